"""Whom one may want to reach: a person, or somebody of a company, a city or a field of work.

Of a company, city or field only those people count who show it to this viewer.
"""

from dataclasses import dataclass

import numpy as np

from graphnet.errors import BadValue, PersonNotFound
from graphnet.live import Live, View
from graphnet.privacy import Viewer
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Int64, Memberships
from graphnet.store import Row, Transaction

# One row: those whom $me knows now, and how well.
KNOWN = """MATCH (me:Person {key: $me})
RETURN [(me)-[t:KNOWS]-(q:Person) | [q.key, coalesce(t.strength, 1.0)]] AS knows LIMIT 1"""

# Kind of target: its things in the snapshot, and the field that must be shown.
KINDS = {
    "company": ("organisations", "employer"),
    "city": ("places", "city"),
    "topic": ("topics", "interests"),
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
    allowed: BoolArray,
    *,
    sure: bool = True,
) -> list[Int64]:
    """Return for each thing the positions of its people who show it to this viewer.

    Parameters
    ----------
    sure
        Leave out whose settings may have changed since the snapshot; else their card decides.
    """
    snapshot = view.snapshot
    name, field = KINDS[kind]
    things, belonging = snapshot.things.get(name), snapshot.memberships.get(name)
    shown = view.showing(viewer, field, allowed, sure=sure)
    found = []
    for thing_id in ids:
        place = things.position.get(thing_id) if things is not None else None
        if place is None or belonging is None:
            found.append(np.zeros(0, np.int64))
            continue
        people = belonging.members(place).astype(np.int64)
        people = people[shown[people]]
        if kind == "company":
            people = np.array([p for p in people if _last(belonging, int(p)) == place], np.int64)
        found.append(people)
    return found


def _last(belonging: Memberships, person: int) -> int:
    """Return where somebody works, or worked last: what a card tells of them."""
    rows = slice(belonging.indptr[person], belonging.indptr[person + 1])
    end, start = belonging.end[rows], belonging.start[rows]
    order = np.lexsort((start, np.where(end < 0, 9999, end)))
    return int(belonging.things[rows][order[-1]])


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
    name = KINDS[kind][0]
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

    people = shown_people(view, viewer, kind, ids, view.allowed(viewer, live.rules))
    found: list[Row] = []
    for thing_id, place, members in zip(ids, fitting, people, strict=True):
        if len(members) or kind == "topic":
            label, label_ru = str(things.labels[place]), str(things.labels_ru[place])
            found.append({"id": thing_id, "name": label, "name_ru": label_ru, "n": len(members)})
    return sorted(found, key=lambda row: (-row["n"], row["name"], row["id"]))[:k]
