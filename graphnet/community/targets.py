"""Whom one may want to reach: a person, or somebody of a company, a city or a field of work.

Of a company, city or field only those people count who show it to this viewer.
"""

from dataclasses import dataclass
from typing import LiteralString

import numpy as np

from graphnet import privacy
from graphnet.errors import BadValue, PersonNotFound
from graphnet.live import Live, View
from graphnet.privacy import Viewer
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Int64
from graphnet.store import Row, Transaction

# One row: those whom $me knows now, and how well.
KNOWN = """MATCH (me:Person {key: $me})
RETURN [(me)-[t:KNOWS]-(q:Person) | [q.key, coalesce(t.strength, 1.0)]] AS knows LIMIT 1"""

# One row: who works at one of the companies now, as their card tells it, and has set a field.
EMPLOYED = """UNWIND $ids AS wanted
MATCH (o:Organisation {id: wanted})<-[:WORKED_AT]-(p:Person)
WHERE any(entry IN p.audiences WHERE entry STARTS WITH 'employer:')
WITH DISTINCT wanted, p
WITH wanted, p, COLLECT { MATCH (p)-[w:WORKED_AT]->(x:Organisation) RETURN x.id
  ORDER BY coalesce(w.to_year, 9999) DESC, coalesce(w.from_year, 0) DESC, x.name LIMIT 1 } AS last
WHERE last = [wanted]
RETURN wanted AS id, p.key AS key, p.audiences AS audiences ORDER BY id, key LIMIT 20000"""

# One row: who lives in one of the cities and has set who sees it.
LIVING = """UNWIND $ids AS wanted
MATCH (c:Place {id: wanted})<-[l:LIVES_IN]-(p:Person)
WHERE l.to_year IS NULL AND any(entry IN p.audiences WHERE entry STARTS WITH 'city:')
RETURN DISTINCT wanted AS id, p.key AS key, p.audiences AS audiences
ORDER BY id, key LIMIT 20000"""

# One row: who is interested in one of the topics and has set who sees it.
INTERESTED = """UNWIND $ids AS wanted
MATCH (t:Topic {id: wanted})<-[:INTERESTED_IN]-(p:Person)
WHERE any(entry IN p.audiences WHERE entry STARTS WITH 'interests:')
RETURN DISTINCT wanted AS id, p.key AS key, p.audiences AS audiences
ORDER BY id, key LIMIT 20000"""

# Kind of target: its things in the snapshot, the field that must be shown, who has set it.
KINDS: dict[str, tuple[str, str, LiteralString]] = {
    "company": ("organisations", "employer", EMPLOYED),
    "city": ("places", "city", LIVING),
    "topic": ("topics", "interests", INTERESTED),
}


@dataclass(frozen=True)
class Target:
    """Whom one wants to reach: the kind is 'person', 'company', 'city' or 'topic'."""

    kind: str
    id: str

    def __post_init__(self) -> None:
        if self.kind != "person" and self.kind not in KINDS:
            raise BadValue(f"{self.kind!r} cannot be sought: person, {', '.join(KINDS)}")


def known_to(transaction: Transaction, viewer: Viewer) -> list[tuple[int, float]]:
    """Return the keys of those whom the viewer knows at this moment, with each tie's strength."""
    rows = transaction.run(KNOWN, me=viewer.person_key or 0)
    return [(int(key), float(strength)) for key, strength in rows[0]["knows"]] if rows else []


def labels_of(snapshot: Snapshot, target: Target) -> tuple[str, str]:
    """Return a thing's name in both languages, empty where there is no such thing."""
    things = snapshot.things.get(KINDS[target.kind][0])
    place = things.position.get(target.id) if things is not None else None
    if things is None or place is None:
        return "", ""
    return str(things.labels[place]), str(things.labels_ru[place])


def shown_people(
    view: View,
    viewer: Viewer,
    kind: str,
    ids: list[str],
    rows: list[Row],
    allowed: BoolArray,
    me: int | None,
    knows: dict[int, float],
) -> list[Int64]:
    """Return for each thing the positions of its people who show it to this viewer.

    Parameters
    ----------
    rows
        What the query of that kind returned: who has set an audience.
    """
    snapshot = view.snapshot
    name, field, _ = KINDS[kind]
    things, belonging = snapshot.things.get(name), snapshot.memberships.get(name)
    usual = privacy.DEFAULT_AUDIENCES[field]
    near = (
        np.zeros(snapshot.n, np.bool_)
        if me is None
        else snapshot.same(me, "study_groups", "cohorts", "graduations")
    )
    connected = np.zeros(snapshot.n, np.bool_)
    connected[list(knows)] = True
    shows = np.full(snapshot.n, usual, "U11")
    said = snapshot.positions(row["key"] for row in rows)
    present = set(said.tolist())
    shows[said] = [
        privacy.audiences(row["audiences"])[field]
        for row in rows
        if place_of(snapshot, row["key"]) in present
    ]
    named: dict[str, set[int]] = {}
    for row in rows:
        named.setdefault(row["id"], set()).add(row["key"])
    found = []
    for thing_id in ids:
        place = things.position.get(thing_id) if things is not None else None
        if place is None or belonging is None:
            found.append(np.zeros(0, np.int64))
            continue
        people = belonging.members(place).astype(np.int64)
        if usual == "nobody" and viewer.kind != "staff":
            people = np.intersect1d(people, snapshot.positions(sorted(named.get(thing_id, ()))))
        claimed = (snapshot.flags[people] & privacy.CLAIMED) != 0
        mask = allowed[people] & (claimed | (viewer.kind == "staff"))
        mask &= privacy.audience_mask(
            viewer, shows[people], same_cohort=near[people], connected=connected[people]
        )
        found.append(people[mask])
    return found


def by_position(snapshot: Snapshot, known: list[tuple[int, float]]) -> dict[int, float]:
    """Return the strengths of ties by the position of the other end."""
    found = {}
    for key, strength in known:
        place = place_of(snapshot, key)
        if place is not None:
            found[place] = strength
    return found


def place_of(snapshot: Snapshot, key: int | None) -> int | None:
    """Return a person's position, None for nobody and for who is not in the snapshot yet."""
    if key is None:
        return None
    try:
        return snapshot.position(key)
    except PersonNotFound:
        return None


def offered(live: Live, viewer: Viewer, kind: str, text: str, *, k: int = 12) -> list[Row]:
    """Return companies, cities or topics whose name has these letters, the largest first.

    One is offered only where somebody shows the viewer that they belong to it; topics always are.
    """
    if kind not in KINDS:
        raise BadValue(f"{kind!r} is not one of {', '.join(KINDS)}")
    view = live.view()
    snapshot = view.snapshot
    name, _, query = KINDS[kind]
    wanted = text.strip().casefold()
    if name not in snapshot.things:
        return []
    things, belonging = snapshot.things[name], snapshot.memberships[name]
    sizes = np.diff(belonging.thing_indptr)
    fitting = [
        place
        for place in np.argsort(-sizes, kind="stable").tolist()
        if sizes[place]
        and (
            wanted in str(things.labels[place]).casefold()
            or wanted in str(things.labels_ru[place]).casefold()
        )
    ][: 5 * k]
    ids = [str(things.ids[place]) for place in fitting]

    def work(transaction: Transaction) -> tuple[list[tuple[int, float]], list[Row]]:
        return known_to(transaction, viewer), transaction.run(query, ids=ids)

    known, rows = live.store.in_read(work)
    me = place_of(snapshot, viewer.person_key) if viewer.kind == "alumnus" else None
    allowed = view.allowed(viewer, live.rules)
    knows = by_position(snapshot, known)
    people = shown_people(view, viewer, kind, ids, rows, allowed, me, knows)
    found: list[Row] = []
    for thing_id, place, members in zip(ids, fitting, people, strict=True):
        if len(members) or kind == "topic":
            label, label_ru = str(things.labels[place]), str(things.labels_ru[place])
            found.append({"id": thing_id, "name": label, "name_ru": label_ru, "n": len(members)})
    return sorted(found, key=lambda row: (-row["n"], row["name"], row["id"]))[:k]
