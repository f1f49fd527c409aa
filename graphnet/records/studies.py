"""What somebody says they studied: theirs to say, and of no effect until staff have confirmed it.

Whoever is in a group sees its people who have not registered. So nobody puts themselves into one:
what they say is a `:StatedStudy`, shown as their own word, and becomes a tie when staff say so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, PersonNotFound
from graphnet.model import STUDY_LEVELS, new_id
from graphnet.people import Card, cards
from graphnet.people.leaving import LOCKED
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.records import choices
from graphnet.records.corrections import Told, correct_in, noted, role_of
from graphnet.records.edits import entry_of
from graphnet.store import Row, Store, Transaction, native

MOST = 5

# One row: the person, locked, and how much of what they said waits.
WAITING = """MATCH (p:Person {key: $key}) SET p.key = p.key
RETURN COUNT { (s:StatedStudy)-[:OF]->(p) } AS n LIMIT 1"""

# One row: what was said of a study group.
SAY_GROUP = """MATCH (g:StudyGroup {id: $thing})
CALL (g) { MATCH (p:Person {key: $key}) CREATE (s:StatedStudy {id: $id, at: $now,
  from_year: $from_year, to_year: $to_year, level: $level, programme: $programme})-[:OF]->(p)
  CREATE (s)-[:IN]->(g) RETURN s }
RETURN s.id AS id"""

# One row: what was said of a faculty.
SAY_UNIT = """MATCH (g:Unit {id: $thing})
CALL (g) { MATCH (p:Person {key: $key}) CREATE (s:StatedStudy {id: $id, at: $now,
  from_year: $from_year, to_year: $to_year, level: $level, programme: $programme})-[:OF]->(p)
  CREATE (s)-[:IN]->(g) RETURN s }
RETURN s.id AS id"""

# One row: what waits of what people said, the oldest first.
QUEUE = """MATCH (s:StatedStudy)-[:OF]->(p:Person), (s)-[:IN]->(g)
OPTIONAL MATCH (g)-[:OF]->(c:Cohort)
RETURN s.id AS id, p.key AS key, s.at AS at, s.from_year AS from_year, s.to_year AS to_year,
  s.level AS level, s.programme AS programme, g:StudyGroup AS is_group, g.id AS thing,
  coalesce(c.programme, g.name) AS name,
  coalesce(c.programme_ru, c.programme, g.name_ru, g.name) AS name_ru,
  c.intake_year AS intake_year, COLLECT { MATCH (g)-[k:CALLED]->(code:GroupCode)
    RETURN code.text ORDER BY k.academic_year DESC, k.term DESC, code.text LIMIT 1 } AS codes
ORDER BY at, id LIMIT 100"""

# One row: one of them, its person locked.
ONE = """MATCH (s:StatedStudy {id: $id})-[:OF]->(p:Person) SET p.key = p.key
WITH s, p MATCH (s)-[:IN]->(g)
RETURN p.key AS key, s.from_year AS from_year, s.to_year AS to_year, s.level AS level,
  s.programme AS programme, g:StudyGroup AS is_group, g.id AS thing, coalesce(g.name, '') AS name
LIMIT 1"""

# One row: what is gone.
DROP = "MATCH (s:StatedStudy {id: $id}) DETACH DELETE s RETURN count(*) AS n"

# One row: how many people of a group are on file who overlap with what was said.
COMPANY = """UNWIND $groups AS id MATCH (g:StudyGroup {id: id})
RETURN id, COUNT { (:Person)-[:STUDIED_IN]->(g) } AS n ORDER BY id LIMIT 100"""


@dataclass(frozen=True)
class Stated:
    """What somebody says they studied."""

    id: str
    key: int
    at: datetime
    is_group: bool
    name: str
    name_ru: str
    code: str
    intake_year: int | None
    from_year: int | None
    to_year: int | None
    level: str
    programme: str
    card: Card | None = None
    people: int = 0  # of the group who are on file


def say(
    store: Store,
    viewer: Viewer,
    *,
    group_id: str = "",
    unit_id: str = "",
    from_year: int | None = None,
    to_year: int | None = None,
    level: str = "",
    programme: str = "",
) -> str:
    """Say what one studied: a study group, or a faculty with the year of the diploma.

    Raises
    ------
    BadValue
        'study', 'year', 'years', 'level', 'long', or 'many' if too much waits.
    """
    key = viewer.own_key()
    choices.checked_years(from_year, to_year)
    programme = " ".join(programme.split())
    if level and level not in STUDY_LEVELS:
        raise BadValue(
            f"there is no such degree: choose one of {', '.join(STUDY_LEVELS)}", code="level"
        )
    if len(programme) > choices.LONGEST:
        raise BadValue(
            f"the name of a programme has at most {choices.LONGEST} characters", code="long"
        )
    if not group_id and to_year is None:
        raise BadValue("say a study group, or the year in which it ended", code="year")

    def work(transaction: Transaction) -> str:
        rows = transaction.run(WAITING, key=key)
        if not rows:
            raise PersonNotFound("no such person")
        if rows[0]["n"] >= MOST:
            raise BadValue(
                f"{MOST} studies wait to be looked at already: wait for an answer, or take one "
                "back",
                code="many",
            )
        made = new_id()
        said = transaction.run(
            SAY_GROUP if group_id else SAY_UNIT,
            thing=group_id or unit_id,
            key=key,
            id=made,
            now=datetime.now(UTC),
            from_year=from_year,
            to_year=to_year,
            level=level,
            programme=programme,
        )
        if not said:
            raise BadValue(
                "there is no such study group or faculty: choose one of the list", code="study"
            )
        acted(transaction, viewer, "study.say", made, keys=[key], change="changed")
        return made

    return store.in_write(work)


def take_back(store: Store, viewer: Viewer, stated_id: str) -> None:
    """Take back what one has said and nobody has confirmed; it may be gone already."""
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        rows = transaction.run(ONE, id=stated_id)
        if rows and rows[0]["key"] == key:
            transaction.run(DROP, id=stated_id)
            acted(transaction, viewer, "study.take back", keys=[key], change="changed")

    store.in_write(work)


def confirm(store: Store, viewer: Viewer, stated_id: str, *, told: Told) -> None:
    """Make a tie of what somebody said; the person is told.

    Raises
    ------
    NotAllowed
    Conflict
        If it does not wait any more.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        row = _waiting(transaction, stated_id)
        entry = entry_of(
            transaction,
            row["thing"] if row["is_group"] else "",
            row["thing"],
            row["from_year"],
            row["to_year"],
            row["level"] or "",
            row["programme"] or "",
            source="confirmed",
        )

        def change(now: list[Row]) -> list[Row]:
            rest = [one for one in now if (one["tie"], one["id"]) != (entry["tie"], entry["id"])]
            return [*rest, entry]

        transaction.run(DROP, id=stated_id)
        correct_in(transaction, viewer, row["key"], "studies", change, told=told)

    store.in_write(work)


def refuse(store: Store, viewer: Viewer, stated_id: str, *, told: Told) -> None:
    """Say that it is not so, and how one knows; the person is told.

    Raises
    ------
    NotAllowed
    Conflict
        If it does not wait any more.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        row = _waiting(transaction, stated_id)
        role_of(viewer, row["key"])
        transaction.run(DROP, id=stated_id)
        locked = transaction.run(LOCKED, key=row["key"])
        said: Any = {"name": row["name"], "to_year": row["to_year"], "from_year": row["from_year"]}
        noted(
            transaction,
            viewer,
            row["key"],
            "stated",
            before=said,
            after=None,
            told=told.checked(),
            addresses=locked[0]["addresses"],
        )

    store.in_write(work)


def _waiting(transaction: Transaction, stated_id: str) -> Row:
    rows = transaction.run(ONE, id=stated_id)
    if not rows:
        raise Conflict("this was decided, or taken back, meanwhile", code="decided")
    return rows[0]


def queue(store: Store, viewer: Viewer, *, rules: Rules = STANDARD) -> list[Stated]:
    """Return what waits for staff, the oldest first, with who says it.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    rows = [native(row) for row in store.read(QUEUE)]
    found = {c.key: c for c in cards(store, viewer, [row["key"] for row in rows], rules=rules)}
    groups = [row["thing"] for row in rows if row["is_group"]]
    company = {row["id"]: row["n"] for row in store.read(COMPANY, groups=groups)} if groups else {}
    return [
        of_row(row, card=found[row["key"]], people=company.get(row["thing"], 0))
        for row in rows
        if row["key"] in found
    ]


def waiting_count(store: Store, viewer: Viewer) -> int:
    """Return how much waits for staff.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return int(store.read(COUNT)[0]["n"])


# One row: how much waits.
COUNT = "MATCH (s:StatedStudy) RETURN count(s) AS n LIMIT 1"

# A condition without which nothing that somebody says of their studies waits.
STAFF_MAY = "EXISTS { (:StatedStudy) }"


def of_row(row: Row, *, card: Card | None = None, people: int = 0) -> Stated:
    """Return what one of the queries here has found, or that of a profile."""
    return Stated(
        id=row["id"],
        key=row["key"],
        at=row["at"],
        is_group=row["is_group"],
        name=row["name"] or "",
        name_ru=row["name_ru"] or "",
        code="".join(_first(row["codes"])),
        intake_year=row["intake_year"],
        from_year=row["from_year"],
        to_year=row["to_year"],
        level=row["level"] or "",
        programme=row["programme"] or "",
        card=card,
        people=people,
    )


def _first(codes: Iterable[str]) -> list[str]:
    return list(codes)[:1]
