"""Groupmates and classmates: who shared a study group in time, and who shared an intake.

Groupmates are people whose time in the same study group overlaps, ranked by the terms they shared.
A group that only changed its code stays one node; one that split or merged goes on as others, in
each of which a stay has its own terms. Classmates share an intake, or the graduation where no more
is known.
"""

from dataclasses import dataclass

from graphnet.people import Card, Study, cards
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.store import Store

# One row: somebody who was in one of $key's study groups at the same time, and how many terms.
GROUPMATES = """MATCH (me:Person {key: $key})-[mine:STUDIED_IN]->(g:StudyGroup)
MATCH (g)<-[theirs:STUDIED_IN]-(other:Person)
WHERE other.key <> $key
WITH g, other,
  CASE WHEN coalesce(mine.from_term, -1) > coalesce(theirs.from_term, -1)
    THEN coalesce(mine.from_term, -1) ELSE coalesce(theirs.from_term, -1) END AS begin,
  CASE WHEN coalesce(mine.to_term, 99999) < coalesce(theirs.to_term, 99999)
    THEN coalesce(mine.to_term, 99999) ELSE coalesce(theirs.to_term, 99999) END AS end,
  theirs.role AS role
WHERE end >= begin
RETURN g.id AS group_id, other.key AS key, sum(end - begin + 1) AS terms,
  max(CASE role WHEN 'monitor' THEN 1 ELSE 0 END) AS monitor
ORDER BY group_id, terms DESC, key LIMIT 2000"""

# One row: somebody of the same intake, and how many of the intake there are at the most.
CLASSMATES = """MATCH (me:Person {key: $key})-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(c:Cohort)
MATCH (c)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(other:Person)
WHERE other.key <> $key
RETURN DISTINCT c.id AS cohort_id, other.key AS key ORDER BY cohort_id, key LIMIT $limit"""

# One row: somebody who completed their studies at the same unit in the same year.
GRADUATES = """MATCH (me:Person {key: $key})-[mine:COMPLETED]->(u:Unit)<-[theirs:COMPLETED]-(other)
WHERE other.key <> $key AND mine.year = theirs.year
RETURN DISTINCT u.id + ':' + toString(mine.year) AS cohort_id, other.key AS key
ORDER BY cohort_id, key LIMIT $limit"""

# One row: what the person's groups were called, in each year.
MY_CODES = """MATCH (me:Person {key: $key})-[:STUDIED_IN]->(g:StudyGroup)
MATCH (g)-[c:CALLED]->(code:GroupCode)
RETURN g.id AS group_id, c.academic_year AS academic_year, code.text AS code
ORDER BY group_id, academic_year, code LIMIT 500"""


@dataclass(frozen=True)
class Groupmate:
    """Somebody of one of my groups, with the terms we shared in it."""

    card: Card
    terms: int
    monitor: bool


@dataclass(frozen=True)
class MyGroup:
    """One of my study groups and everyone of it whom I may see."""

    study: Study
    codes: tuple[tuple[int, str], ...]
    mates: tuple[Groupmate, ...]

    def count(self, state: str) -> int:
        """Return how many of the groupmates are in this state."""
        return sum(mate.card.state == state for mate in self.mates)


@dataclass(frozen=True)
class Classes:
    """My groups, and the classmates beyond them."""

    groups: tuple[MyGroup, ...]
    classmates: tuple[Card, ...]
    by_graduation: bool


def classes(store: Store, viewer: Viewer, *, rules: Rules = STANDARD, limit: int = 500) -> Classes:
    """Return the viewer's groups with groupmates, and classmates who were in other groups.

    Only people whom the viewer may see are in it, counts included.
    """
    key = viewer.person_key
    if key is None:
        return Classes((), (), by_graduation=False)
    rows = store.read(GROUPMATES, key=key)
    mine = cards(store, viewer, [key], rules=rules)
    seen = {
        card.key: card for card in cards(store, viewer, (row["key"] for row in rows), rules=rules)
    }
    codes: dict[str, list[tuple[int, str]]] = {}
    for row in store.read(MY_CODES, key=key):
        codes.setdefault(row["group_id"], []).append((row["academic_year"], row["code"]))
    groups: list[MyGroup] = []
    for study in mine[0].studies if mine else ():
        if not study.group_id or any(g.study.group_id == study.group_id for g in groups):
            continue
        mates = [
            Groupmate(seen[row["key"]], row["terms"], bool(row["monitor"]))
            for row in rows
            if row["group_id"] == study.group_id and row["key"] in seen
        ]
        groups.append(MyGroup(study, tuple(codes.get(study.group_id, ())), tuple(mates)))
    others = store.read(CLASSMATES, key=key, limit=limit)
    by_graduation = not others
    if by_graduation:
        others = store.read(GRADUATES, key=key, limit=limit)
    rest = [row["key"] for row in others if row["key"] not in seen]
    return Classes(
        tuple(groups), tuple(cards(store, viewer, rest, rules=rules)), by_graduation=by_graduation
    )
