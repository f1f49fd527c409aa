"""What a community says of itself, as its organisers enter it; and whether it can be so."""

from dataclasses import dataclass

from graphnet.bilingual import as_entered, check_bilingual
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
            Its field is the field's name, its code what is wrong with it.
        """
        check_bilingual(self, "name", longest=LONGEST_NAME)
        check_bilingual(self, "description", longest=LONGEST_TEXT, needed=False)
        if self.kind not in GROUP_KINDS:
            raise BadValue(
                f"a community is of one of these kinds: {', '.join(GROUP_KINDS)}",
                code="unknown",
                field="kind",
            )
        if self.entry not in ENTRIES:
            raise BadValue(
                f"one enters a community in one of these ways: {', '.join(ENTRIES)}",
                code="unknown",
                field="entry",
            )
        if self.audience not in AUDIENCES:
            raise BadValue(
                f"a community is found by one of these: {', '.join(AUDIENCES)}",
                code="unknown",
                field="audience",
            )
        if len(self.topics) > MOST_TOPICS:
            raise BadValue(
                f"a community has at most {MOST_TOPICS} topics", code="many", field="topics"
            )
        if self.chat_url and not is_page(self.chat_url):
            raise BadValue(
                "the chat's address is that of a page, such as https://t.me/name",
                code="address",
                field="chat_url",
            )
        if len(self.links) > MOST_LINKS:
            raise BadValue(
                f"a community has at most {MOST_LINKS} links", code="many", field="links"
            )
        for name, address in self.links:
            if not name or len(name) > LONGEST_LINK or not is_page(address):
                raise BadValue(
                    f"a link is a name of at most {LONGEST_LINK} characters and the whole "
                    "address of a page",
                    code="address",
                    field="links",
                )


def content_of(row: Row) -> Content:
    """Return the content of a community that was read: see `graphnet.groups.editing.WHOLE`."""
    return Content(
        **as_entered(row, ("name",)),
        description=row["description"] or "",
        description_ru=row["description_ru"] or "",
        chat_url=row["chat_url"] or "",
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
