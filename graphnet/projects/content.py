"""What a project says of itself, as its makers enter it; and whether it can be so."""

from dataclasses import dataclass

from graphnet.bilingual import as_entered, check_bilingual
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
            Its field is the field's name, its code what is wrong with it.
        """
        check_bilingual(self, "name", longest=LONGEST_LINE)
        check_bilingual(self, "description", longest=LONGEST_TEXT)
        if len(self.kind) > LONGEST_LINE:
            raise BadValue(
                f"the kind of a project has at most {LONGEST_LINE} characters",
                code="long",
                field="kind",
            )
        if self.origin not in ORIGINS:
            raise BadValue(
                f"a project comes from one of {', '.join(ORIGINS)}", code="unknown", field="origin"
            )
        if self.audience not in AUDIENCES:
            raise BadValue(
                f"a project is shown to one of {', '.join(AUDIENCES)}",
                code="unknown",
                field="audience",
            )
        if self.currency not in CURRENCIES:
            raise BadValue(
                f"money is given in one of {', '.join(CURRENCIES)}",
                code="unknown",
                field="currency",
            )
        if self.goal is not None and not 0 < self.goal <= MOST_GOAL:
            raise BadValue(
                f"a goal is a whole number above nothing, at most {MOST_GOAL:,}",
                code="range",
                field="goal",
            )
        if len(self.topics) > MOST_TOPICS:
            raise BadValue(
                f"a project has at most {MOST_TOPICS} topics", code="range", field="topics"
            )


def content_of(row: Row) -> Content:
    """Return the content of a project that was read: see `graphnet.projects.editing.WHOLE`."""
    return Content(
        **as_entered(row, ("name", "description")),
        kind=row["kind"] or "",
        group=row["group"] or "",
        origin=row["origin"] if row["origin"] in ORIGINS else "university",
        goal=int(row["goal"]) if row["goal"] else None,
        currency=row["currency"] or "RUB",
        topics=tuple(sorted(row["topics"])),
        audience=row["audience"] if row["audience"] in AUDIENCES else "members",
    )
