"""What a community says of itself, as its organisers enter it; and whether it can be so."""

from dataclasses import dataclass

from graphnet.bilingual import check_bilingual
from graphnet.errors import BadValue
from graphnet.model import GROUP_KINDS
from graphnet.store import Row
from graphnet.web_addresses import is_page

# How one becomes a member: by oneself, by asking its organisers, or when they invite.
ENTRIES = ("open", "request", "closed")
AUDIENCES = ("members", "public")
LONGEST_NAME, LONGEST_TEXT, LONGEST_LINK = 120, 4_000, 120
MOST_LINKS, MOST_TOPICS = 20, 12


@dataclass(frozen=True)
class Content:
    """A community as its organisers enter it.

    Attributes
    ----------
    entry
        How one becomes a member: see `ENTRIES`.
    audience
        Who finds it: all alumni, or everybody.
    topics
        Ids of what it is about.
    chat_url
        The invitation to the chat that it has already; only members get it.
    links
        What it keeps elsewhere: a name and an address each. Only members get them.
    """

    name: str = ""
    name_ru: str = ""
    kind: str = "interest"
    description: str = ""
    description_ru: str = ""
    entry: str = "open"
    audience: str = "members"
    topics: tuple[str, ...] = ()
    chat_url: str = ""
    links: tuple[tuple[str, str], ...] = ()

    def check(self) -> None:
        """Look whether it can be so.

        Raises
        ------
        BadValue
            Its message is the field's name, a colon and what is wrong with it, in a word.
        """
        check_bilingual(self, "name", longest=LONGEST_NAME)
        check_bilingual(self, "description", longest=LONGEST_TEXT, needed=False)
        if self.kind not in GROUP_KINDS:
            raise BadValue("kind: unknown")
        if self.entry not in ENTRIES:
            raise BadValue("entry: unknown")
        if self.audience not in AUDIENCES:
            raise BadValue("audience: unknown")
        if len(self.topics) > MOST_TOPICS:
            raise BadValue("topics: many")
        if self.chat_url and not is_page(self.chat_url):
            raise BadValue("chat_url: address")
        if len(self.links) > MOST_LINKS:
            raise BadValue("links: many")
        for name, address in self.links:
            if not name or len(name) > LONGEST_LINK or not is_page(address):
                raise BadValue("links: address")


def content_of(row: Row) -> Content:
    """Return the content of a community that was read: see `graphnet.groups.editing.WHOLE`."""
    plain = ("name", "name_ru", "description", "description_ru", "chat_url")
    return Content(
        **{name: row[name] or "" for name in plain},
        kind=row["kind"] if row["kind"] in GROUP_KINDS else "interest",
        entry=row["entry"],
        audience=row["audience"] if row["audience"] in AUDIENCES else "members",
        topics=tuple(sorted(row["topics"])),
        links=tuple(parted(line) for line in row["links"] or ()),
    )


def parted(line: str) -> tuple[str, str]:
    """Return the name and the address that are kept in one line."""
    name, _, address = line.rpartition(" ")
    return name.strip(), address.strip()
