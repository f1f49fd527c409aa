"""Groupmates and classmates: who shared a study group in time, and who shared an intake.

Groupmates are people whose time in the same lineage overlaps, ranked by the terms they shared. A
lineage is a group with what it came from and what it went on as (`CONTINUES_AS`), in either
direction but not there and back: the two halves of a split group are no groupmates for having had
one parent. Groups of mine that are one lineage are one `MyGroup`, under all codes it ever had.
Classmates share an intake, or the graduation where no more is known.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from graphnet.errors import BadValue
from graphnet.live import Live
from graphnet.model import lineage
from graphnet.people import Card, Study, cards
from graphnet.privacy import (
    SMALLEST_COUNT_IN_REASON,
    STANDARD,
    Rules,
    Viewer,
    plain_topic,
    visibilities,
)
from graphnet.store import Row, Store

# One row: a stay that may overlap with one of $key's in the same lineage, and both their terms.
GROUPMATES = (
    """MATCH (:Person {key: $key})-[mine:STUDIED_IN]->(g:StudyGroup)
"""
    + lineage("g", "h")
    + """MATCH (h)<-[theirs:STUDIED_IN]-(other:Person)
WHERE other.key <> $key
  AND coalesce(mine.from_term, -1) <= coalesce(theirs.to_term, 99999)
  AND coalesce(theirs.from_term, -1) <= coalesce(mine.to_term, 99999)
RETURN g.id AS group_id, mine.from_term AS my_from, mine.to_term AS my_to, other.key AS key,
  theirs.from_term AS their_from, theirs.to_term AS their_to,
  coalesce(theirs.role, 'student') = 'monitor' AS monitor
ORDER BY group_id, key, their_from, h.id LIMIT 5000"""
)

# One row: somebody of one of my intakes, and the intake.
CLASSMATES = """MATCH (me:Person {key: $key})
CALL (me) {
  MATCH (me)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(c:Cohort) RETURN c
  UNION MATCH (me)-[:STUDIED_IN]->(c:Cohort) RETURN c
}
CALL (c) {
  MATCH (c)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(other:Person) RETURN other
  UNION MATCH (c)<-[:STUDIED_IN]-(other:Person) RETURN other
}
WITH c, other WHERE other.key <> $key
RETURN c.id AS cohort_id, c.intake_year AS year, coalesce(c.programme, '') AS name,
  coalesce(c.programme_ru, c.programme, '') AS name_ru, other.key AS key
ORDER BY year, cohort_id, key LIMIT $limit"""

# One row: somebody who completed their studies at the same unit in the same year.
GRADUATES = """MATCH (me:Person {key: $key})-[mine:COMPLETED]->(u:Unit)<-[theirs:COMPLETED]-(other)
WHERE other.key <> $key AND mine.year = theirs.year
RETURN DISTINCT u.id + ':' + toString(mine.year) AS cohort_id, mine.year AS year,
  coalesce(u.name, '') AS name, coalesce(u.name_ru, u.name, '') AS name_ru, other.key AS key
ORDER BY year, cohort_id, key LIMIT $limit"""

# One row: what one of the person's groups, or another of its lineage, was called in a year.
MY_CODES = (
    """MATCH (:Person {key: $key})-[:STUDIED_IN]->(g:StudyGroup)
"""
    + lineage("g", "h")
    + """OPTIONAL MATCH (h)-[c:CALLED]->(code:GroupCode)
RETURN DISTINCT g.id AS group_id, h.id AS in_group, c.academic_year AS academic_year,
  code.text AS code
ORDER BY group_id, academic_year, code, in_group LIMIT 1000"""
)

# One row: what one of those people and $me both have: topics that tell nothing delicate,
# communities, events they said yes to; and since when they are registered.
IN_COMMON = (
    """UNWIND $keys AS wanted
MATCH (me:Person {key: $me})
CALL (wanted) { MATCH (p:Person {key: wanted}) RETURN p }
RETURN p.key AS key,
  COLLECT { MATCH (me)-[:INTERESTED_IN]->(t:Topic)<-[:INTERESTED_IN]-(p)
    WHERE """
    + plain_topic("t")
    + """
    RETURN DISTINCT [t.id, t.name, coalesce(t.name_ru, t.name)] AS one ORDER BY one[0] LIMIT 20
  } AS topics,
  COLLECT { MATCH (me)-[:MEMBER_OF]->(g:Group)<-[:MEMBER_OF]-(p)
    WHERE coalesce(g.visibility, 'members') IN $visibilities
    RETURN DISTINCT [g.id, g.name, coalesce(g.name_ru, g.name)] AS one ORDER BY one[0] LIMIT 20
  } AS groups,
  COLLECT { MATCH (me)<-[:BY]-(:Registration {state: 'yes'})-[:FOR]->(e:Event)
    MATCH (e)<-[:FOR]-(:Registration {state: 'yes'})-[:BY]->(p)
    WHERE coalesce(e.visibility, 'members') IN $visibilities
    RETURN DISTINCT [e.id, e.title, coalesce(e.title_ru, e.title)] AS one ORDER BY one[0] LIMIT 20
  } AS events,
  COLLECT { MATCH (a:Account)-[:OF]->(p) WHERE a.disabled_at IS NULL
    RETURN a.created_at ORDER BY a.created_at LIMIT 1 } AS joined
ORDER BY key LIMIT 5000"""
)

STATES = ("", "registered", "not_registered", "no_contact", "lately")
LATELY = timedelta(days=60)
LIKE = -14.0  # log probability of a name found; a worse match in so short a list is another name

Named = tuple[str, str, str]  # id, name, Russian name


@dataclass(frozen=True)
class Groupmate:
    """Somebody of one of my groups, with the terms we shared in it; 0 where they are not known."""

    card: Card
    terms: int
    monitor: bool


@dataclass(frozen=True)
class MyGroup:
    """One of my study groups, a whole lineage, and everyone of it whom I may see."""

    study: Study
    codes: tuple[tuple[int, str], ...]
    mates: tuple[Groupmate, ...]
    ids: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """The group in which I was last."""
        return self.study.group_id

    def count(self, state: str) -> int:
        """Return how many of the groupmates are in this state."""
        return sum(mate.card.state == state for mate in self.mates)


@dataclass(frozen=True)
class Intake:
    """Those who started with me, or graduated with me, and were in none of my groups."""

    id: str
    year: int | None
    name: str
    name_ru: str
    by_graduation: bool
    keys: frozenset[int]


@dataclass(frozen=True)
class Classes:
    """My groups, and the classmates beyond them."""

    groups: tuple[MyGroup, ...]
    classmates: tuple[Card, ...]
    by_graduation: bool
    intakes: tuple[Intake, ...] = ()

    def people(self) -> list[Card]:
        """Return everyone, groupmates first, each once."""
        everyone = [mate.card for group in self.groups for mate in group.mates]
        return list({card.key: card for card in (*everyone, *self.classmates)}.values())


@dataclass(frozen=True)
class Common:
    """What somebody shows that I have too, and since when they are here."""

    topics: tuple[Named, ...] = ()
    groups: tuple[Named, ...] = ()
    events: tuple[Named, ...] = ()
    joined_at: datetime | None = None

    def lately(self, now: datetime) -> bool:
        """Return whether they registered in the last 60 days."""
        return self.joined_at is not None and now - self.joined_at <= LATELY


def classes(
    store: Store,
    viewer: Viewer,
    *,
    rules: Rules = STANDARD,
    limit: int = 2000,
    counted: bool = False,
) -> Classes:
    """Return the viewer's groups with groupmates, and classmates who were in other groups.

    Only people whom the viewer may see are in it, counts included. Where groupmates are only
    `counted`, their cards are brief, and nobody is looked for beyond the groups.
    """
    key = viewer.person_key
    if key is None:
        return Classes((), (), by_graduation=False)
    rows = store.read(GROUPMATES, key=key)
    others = [] if counted else store.read(CLASSMATES, key=key, limit=limit)
    by_graduation = not others and not counted
    if by_graduation:
        others = store.read(GRADUATES, key=key, limit=limit)
    near = {row["key"] for row in rows}
    wanted = [key, *(row["key"] for row in rows), *(row["key"] for row in others)]
    brief = {*wanted} - {key} if counted else ()
    seen = {card.key: card for card in cards(store, viewer, wanted, rules=rules, brief=brief)}
    mine = seen[key].studies if key in seen else ()
    lines = store.read(MY_CODES, key=key)
    groups = []
    for ids in _lineages(mine, lines):
        study = max(
            (s for s in mine if s.group_id in ids), key=lambda s: (s.to_term or 0, s.from_term or 0)
        )
        shared = _shared_terms([row for row in rows if row["group_id"] in ids])
        mates = [
            Groupmate(seen[other], len(terms), monitor)
            for other, (terms, monitor) in shared.items()
            if other in seen
        ]
        mates.sort(key=lambda mate: (-mate.terms, mate.card.key))
        groups.append(MyGroup(study, _codes(ids, lines), tuple(mates), ids))
    rest = {row["key"]: seen[row["key"]] for row in others if row["key"] in seen}
    classmates = tuple(card for other, card in rest.items() if other not in near)
    intakes = []
    for name in dict.fromkeys(row["cohort_id"] for row in others):
        of = [row for row in others if row["cohort_id"] == name]
        keys = frozenset(row["key"] for row in of if row["key"] in seen) - near
        first = of[0]
        intakes.append(
            Intake(name, first["year"], first["name"], first["name_ru"], by_graduation, keys)
        )
    return Classes(tuple(groups), classmates, by_graduation, tuple(intakes))


def _lineages(mine: Iterable[Study], lines: list[Row]) -> list[frozenset[str]]:
    """Return the ids of my groups, those of one lineage together, in the order of my stays."""
    related = {(row["group_id"], row["in_group"]) for row in lines}
    found: list[set[str]] = []
    for study in mine:
        if not study.group_id or any(study.group_id in ids for ids in found):
            continue
        near = [ids for ids in found if any((one, study.group_id) in related for one in ids)]
        joined = {study.group_id}.union(*near)
        found = [ids for ids in found if ids not in near]
        found.append(joined)
    return [frozenset(ids) for ids in found]


def _shared_terms(rows: list[Row]) -> dict[int, tuple[set[int], bool]]:
    """Return by person the terms spent together, each counted once, and who was monitor.

    A stay whose beginning or end is not known overlaps, but says nothing of how long.
    """
    found: dict[int, tuple[set[int], bool]] = {}
    for row in rows:
        terms, monitor = found.get(row["key"], (set(), False))
        known = [row[name] for name in ("my_from", "my_to", "their_from", "their_to")]
        if None not in known:
            begin, end = max(known[0], known[2]), min(known[1], known[3])
            terms |= set(range(begin, end + 1))
        found[row["key"]] = (terms, monitor or row["monitor"])
    return found


def _codes(ids: frozenset[str], lines: list[Row]) -> tuple[tuple[int, str], ...]:
    """Return year and code of a lineage: of the group I was in that year, else of the others."""
    years: dict[int, dict[str, bool]] = {}
    for row in lines:
        if row["group_id"] in ids and row["code"]:
            of_year = years.setdefault(row["academic_year"], {})
            of_year[row["code"]] = of_year.get(row["code"], False) or row["in_group"] in ids
    return tuple(
        (year, code)
        for year, codes in sorted(years.items())
        for code, own in sorted(codes.items())
        if own or not any(codes.values())
    )


def in_common(store: Store, viewer: Viewer, people: Iterable[Card]) -> dict[int, Common]:
    """Return by key what each of these people has in common with the viewer, as far as they show.

    Interests, communities and events are each named only where that person's own setting lets the
    viewer see them.
    """
    of = {card.key: card for card in people}
    if viewer.person_key is None or not of:
        return {}
    rows = store.read(
        IN_COMMON, me=viewer.person_key, keys=sorted(of), visibilities=visibilities(viewer)
    )
    found = {}
    for row in rows:
        card = of[row["key"]]
        joined = row["joined"][0].to_native() if row["joined"] else None
        shown = {
            part: tuple((one[0], one[1], one[2]) for one in row[part])
            for part, field in (("topics", "interests"), ("groups", "groups"), ("events", "events"))
            if field in card.fields
        }
        found[card.key] = Common(
            shown.get("topics", ()),
            shown.get("groups", ()),
            shown.get("events", ()),
            joined if card.state == "registered" else None,
        )
    return found


def shared_by_many(common: Iterable[Common]) -> list[tuple[Named, int]]:
    """Return the interests and events that at least three of these people show, most first."""
    count: dict[Named, int] = {}
    for one in common:
        for thing in (*one.topics, *one.events):
            count[thing] = count.get(thing, 0) + 1
    many = [(thing, n) for thing, n in count.items() if n >= SMALLEST_COUNT_IN_REASON]
    return sorted(many, key=lambda pair: (-pair[1], pair[0]))


def named_like(live: Live, people: Iterable[Card], text: str) -> frozenset[int]:
    """Return who of these people has a name like the text, in either script and with its errors.

    Who does not show their name is not found by it.
    """
    names = live.view().names
    keys = [card.key for card in people if "name" in card.fields]
    allowed = np.isin(names.keys, np.asarray(keys, np.int64))
    found = names.find(text, k=len(keys) or 1, allowed=allowed)
    return frozenset(one.key for one in found if one.score > LIKE)


def narrowed(
    found: Classes,
    *,
    state: str = "",
    within: str = "",
    keys: frozenset[int] | None = None,
    lately: frozenset[int] = frozenset(),
) -> Classes:
    """Return those groups and classmates that are asked for; groups keep their place and codes.

    Parameters
    ----------
    state
        One of `STATES`; 'lately' for those in `lately`.
    within
        The id of one of my groups or intakes; empty for all.
    keys
        Who is asked for by name; None for everybody.

    Raises
    ------
    BadValue
        If there is no such state.
    """
    if state not in STATES:
        raise BadValue(f"{state!r} is not a state: {', '.join(STATES[1:])}")

    def asked(card: Card) -> bool:
        if keys is not None and card.key not in keys:
            return False
        return card.key in lately if state == "lately" else state in ("", card.state)

    groups = tuple(
        replace(group, mates=tuple(mate for mate in group.mates if asked(mate.card)))
        for group in found.groups
        if within in ("", *group.ids)
    )
    intake = next((one for one in found.intakes if one.id == within), None)
    classmates = tuple(
        card
        for card in found.classmates
        if asked(card) and (not within or (intake is not None and card.key in intake.keys))
    )
    return Classes(groups, classmates, found.by_graduation, found.intakes)


def joined_lately(common: dict[int, Common]) -> frozenset[int]:
    """Return who registered in the last 60 days."""
    now = datetime.now(UTC)
    return frozenset(key for key, one in common.items() if one.lately(now))
