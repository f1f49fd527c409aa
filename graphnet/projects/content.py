"""What a project says of itself, as its makers enter it; and whether it can be so."""

from dataclasses import dataclass

from graphnet.bilingual import check_bilingual
from graphnet.errors import BadValue
from graphnet.money.amounts import CURRENCIES
from graphnet.store import Row

ORIGINS = ("alumni", "university")
AUDIENCES = ("members", "public")
LONGEST_LINE, LONGEST_TEXT, LONGEST_NOTICE = 200, 8_000, 1_000
MOST_GOAL = 10**11  # in whole units
MOST_TOPICS = 12


@dataclass(frozen=True)
class Content:
    """A project as its makers enter it.

    Attributes
    ----------
    origin
        Whether it is the alumni's own or the university's.
    goal
        In whole units of the currency; none where no money is wanted.
    group
        The id of the community that holds it.
    topics
        Ids of what it is about.
    audience
        Who reads of it once it is open.
    """

    name: str = ""
    name_ru: str = ""
    description: str = ""
    description_ru: str = ""
    kind: str = "education"
    origin: str = "alumni"
    goal: int | None = None
    currency: str = "RUB"
    group: str = ""
    topics: tuple[str, ...] = ()
    audience: str = "members"

    def check(self) -> None:
        """Look whether it can be so.

        Raises
        ------
        BadValue
            Its message is the field's name, a colon and what is wrong with it, in a word.
        """
        check_bilingual(self, "name", longest=LONGEST_LINE)
        check_bilingual(self, "description", longest=LONGEST_TEXT)
        if len(self.kind) > LONGEST_LINE:
            raise BadValue("kind: long")
        if self.origin not in ORIGINS:
            raise BadValue("origin: unknown")
        if self.audience not in AUDIENCES:
            raise BadValue("audience: unknown")
        if self.currency not in CURRENCIES:
            raise BadValue("currency: unknown")
        if self.goal is not None and not 0 < self.goal <= MOST_GOAL:
            raise BadValue("goal: range")
        if len(self.topics) > MOST_TOPICS:
            raise BadValue("topics: range")


def content_of(row: Row) -> Content:
    """Return the content of a project that was read: see `graphnet.projects.editing.WHOLE`."""
    texts = ("name", "name_ru", "description", "description_ru", "kind", "group")
    return Content(
        **{name: row[name] or "" for name in texts},
        origin=row["origin"] if row["origin"] in ORIGINS else "university",
        goal=int(row["goal"]) if row["goal"] else None,
        currency=row["currency"] or "RUB",
        topics=tuple(sorted(row["topics"])),
        audience=row["audience"] if row["audience"] in AUDIENCES else "members",
    )
