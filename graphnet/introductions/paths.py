"""Ways to reach a person, a company, a city or a field of work: through whom, in how many steps.

The chains come from the snapshot, on the subgraph that who asks may see; my own latest ties and
what is asked of whom right now are read live. Of a chain an alumnus is told the first contact and
the number of steps; staff, who ask for the Association, see all of it, which the audit trail keeps.

Somebody who is hidden, unwilling or unknown gets the same answer as somebody to whom no chain
leads, after the same work: the search runs for a decoy, and its outcome is thrown away.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np

from graphnet import privacy
from graphnet.audit import acted
from graphnet.discovery.introductions import Chain, introductions, offered
from graphnet.errors import NotAllowed
from graphnet.introductions.targets import (
    KINDS,
    Target,
    by_position,
    known_to,
    labels_of,
    place_of,
    shown_people,
)
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, alive, shown
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Int64
from graphnet.snapshot.layers import LAYER_WEIGHTS, chosen_layers, reach_over
from graphnet.store import Row, Transaction

# One row: the key of the person with that id.
SOUGHT = "MATCH (p:Person {id: $id}) RETURN p.key AS key LIMIT 1"

# One row: somebody who was lately asked to pass something on, how often, and how much of it is
# still open.
LOADS = """MATCH (h:Handing) WHERE h.at >= $since AND h.act IN ['asked', 'forwarded']
MATCH (h)-[:OF]->(o:PassOn) MATCH (h)-[:TO]->(p:Person)
WHERE NOT EXISTS { (o)-[:ABOUT]->(p) }
RETURN p.key AS key, count(h) AS asked,
  sum(CASE WHEN h.done_at IS NULL AND h.expires_at > $now AND o.closes_at > $now
    AND o.state IN ['waiting', 'forwarded'] THEN 1 ELSE 0 END) AS open
ORDER BY key LIMIT 20000"""

# One row: one of those people as they stand now, if they may be on a chain at all.
STANDING = (
    """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
WHERE """
    + shown("p")
    + """ AND """
    + alive("p")
    + """
RETURN p.key AS key, p.audiences AS audiences ORDER BY key LIMIT 1000"""
)

MOST_OPEN = 2  # requests that may lie with one person at a time
WEARINESS = 0.6  # what each request of the last month leaves of somebody's willingness
WINDOW = timedelta(days=30)
WEAKEST = 0.005  # a chain below this is no way: two people of a large circle who need not have met
K = 3
SPARE = 2  # chains that may turn out not to hold any more


@dataclass(frozen=True)
class Way:
    """One way: whom to ask first, and how many steps it is; staff also see the whole chain."""

    contact: Card
    steps: int
    strength: float
    chain: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Ways:
    """What is known of how to reach somebody; without `ways` there is nothing else in it."""

    target: Target
    ways: tuple[Way, ...] = ()
    sought: Card | None = None
    label: str = ""
    label_ru: str = ""
    connected: bool = False


def ways_to(
    live: Live,
    viewer: Viewer,
    target: Target,
    *,
    k: int = K,
    without: Iterable[int] = (),
    layers: Iterable[str] = (),
) -> Ways:
    """Return at most k different ways from the viewer, or for staff from the Association.

    Parameters
    ----------
    without
        Keys of people who are to be on no chain: who asks, who was asked before.
    layers
        Of which kinds the ties of a chain may be, by the names in `LAYER_WEIGHTS`; all if empty.

    Raises
    ------
    NotAllowed
        If the viewer is neither an alumnus nor staff.
    BadValue
        If there is no such kind of target or of tie.
    """
    if not (viewer.is_alumnus or viewer.is_staff):
        raise NotAllowed("ways to people are for alumni and staff")
    view = live.view()
    snapshot = view.snapshot
    counted = chosen_layers(layers)
    ties = reach_over(snapshot, counted)
    known, loads, rows = _live_facts(live, viewer, target)
    me = place_of(snapshot, viewer.person_key) if viewer.is_alumnus else None
    allowed = view.allowed(viewer, live.rules)
    allowed[snapshot.positions(without)] = False
    knows = by_position(snapshot, known) if "knows" in counted else {}
    label = label_ru = ""
    sought = -1
    if target.kind == "person":
        sought, ends = _person(snapshot, allowed, rows, target.id)
        if ends[0] == (-1 if me is None else me):
            sought = -1
        # The search itself looks for them whether or not they may be seen.
        allowed[ends] = True
    else:
        label, label_ru = labels_of(snapshot, target)
        ends = shown_people(view, viewer, target.kind, [target.id], allowed, sure=False)[0]
        ends = ends[ends != (-1 if me is None else me)]
    willing = _willingness(snapshot, loads, me)
    first, strength = _first_contacts(snapshot, viewer, me, knows, willing, counted)
    if target.kind == "person":  # tied to them already, or not: that is no way
        strength = np.where(first == ends[0], 0.0, strength)
    patient = not viewer.is_staff
    search = partial(
        introductions,
        ties,
        first,
        strength,
        ends,
        allowed=allowed,
        willing=willing,
        patient=patient,
    )
    # Both are always looked for, so that the time it takes says nothing.
    strongest, short = search(k=k + SPARE), search(k=1, most_steps=2)
    chains = offered(strongest, [c for c in short if c.strength >= WEAKEST], k)[: k + SPARE]
    seen = _cards(live, viewer, snapshot, chains, target, rows)
    standing = _standing(live, snapshot, chains)
    found: list[Way] = []
    for chain in chains:
        way = _way(snapshot, viewer, chain, target, label, seen, standing)
        if way is not None and len(found) < k:
            found.append(way)
    person = seen.get(_key(snapshot, sought)) if sought >= 0 else None
    if target.kind == "person" and person is None:
        found = []
    connected = bool(person and person.connected)
    if viewer.is_staff:
        _audit(live, viewer, target, found)
    if not found and not connected:
        return Ways(target)
    return Ways(target, tuple(found), person, label, label_ru, connected)


def _live_facts(
    live: Live, viewer: Viewer, target: Target
) -> tuple[list[tuple[int, float]], list[Row], list[Row]]:
    """Return my ties, what is asked of whom, and the person who is sought."""
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> tuple[list[tuple[int, float]], list[Row], list[Row]]:
        return (
            known_to(transaction, viewer),
            transaction.run(LOADS, now=now, since=now - WINDOW),
            transaction.run(SOUGHT, id=target.id if target.kind == "person" else ""),
        )

    return live.store.in_read(work)


def _person(
    snapshot: Snapshot, allowed: BoolArray, rows: list[Row], person_id: str
) -> tuple[int, Int64]:
    """Return the position of who is sought, -1 if there is nobody for this viewer; and whom to
    search for: that person, or a decoy.
    """
    place = place_of(snapshot, rows[0]["key"]) if rows else None
    decoy = zlib.crc32(person_id.encode()) % max(snapshot.n, 1)
    end = decoy if place is None else place
    # A person who has just registered is in the next snapshot.
    sought = end if place is not None and allowed[end] else -1
    return sought, np.array([end], np.int64)


def _willingness(snapshot: Snapshot, loads: list[Row], me: int | None) -> Any:
    willing = np.ones(snapshot.n)
    unwilling = privacy.NO_PASS_ON | privacy.NO_PROFILE
    willing[(snapshot.flags & unwilling) != 0] = 0.0
    willing[(snapshot.flags & privacy.REACHABLE) == 0] = 0.0  # who is lost passes nothing on
    for row in loads:
        place = place_of(snapshot, row["key"])
        if place is not None:
            willing[place] *= 0.0 if row["open"] >= MOST_OPEN else WEARINESS ** row["asked"]
    if me is not None:
        willing[me] = 0.0
    return willing


def _first_contacts(
    snapshot: Snapshot,
    viewer: Viewer,
    me: int | None,
    knows: dict[int, float],
    willing: Any,
    counted: frozenset[str],
) -> tuple[Int64, Any]:
    """Return who can be asked first and the strength of the tie to each.

    For the Association those whom it can reach; for an alumnus their ties, as they are now, to
    people who are registered: others cannot be asked here.
    """
    if viewer.is_staff:
        first = np.flatnonzero((snapshot.flags & privacy.REACHABLE) != 0)
        return first, np.where(willing[first] > 0.0, 1.0, 0.0)
    missing: dict[int, float] = {}
    if me is not None:
        for name, factor in LAYER_WEIGHTS.items():
            layer = snapshot.layers.get(name)
            if layer is None or name == "knows" or name not in counted:
                continue
            ties = slice(layer.indptr[me], layer.indptr[me + 1])
            for other, weight in zip(
                layer.indices[ties].tolist(), layer.weight[ties].tolist(), strict=True
            ):
                missing[other] = missing.get(other, 1.0) * (1.0 - factor * min(weight, 1.0))
    for other, weight in knows.items():
        missing[other] = missing.get(other, 1.0) * (1.0 - LAYER_WEIGHTS["knows"] * min(weight, 1.0))
    first = np.array(sorted(missing), np.int64)
    strength = np.array([1.0 - missing[other] for other in first.tolist()])
    claimed = (snapshot.flags[first] & privacy.CLAIMED) != 0
    return first, np.where(claimed & (willing[first] > 0.0), np.clip(strength, 0.0, 1.0), 0.0)


def _cards(
    live: Live,
    viewer: Viewer,
    snapshot: Snapshot,
    chains: list[Chain],
    target: Target,
    rows: list[Row],
) -> dict[int, Card]:
    """Return the cards that the answer needs, always of the same number of people."""
    keys = [int(row["key"]) for row in rows[:1]] if target.kind == "person" else []
    for chain in chains:
        wanted = chain.positions
        if not viewer.is_staff:
            wanted = wanted[[0]] if target.kind == "person" else wanted[[0, -1]]
        keys += [int(snapshot.keys[place]) for place in wanted]
    if viewer.is_staff:
        return {card.key: card for card in cards(live.store, viewer, keys, rules=live.rules)}
    padded = _padded(snapshot, keys, 1 + 2 * (K + SPARE))
    return {card.key: card for card in cards(live.store, viewer, padded, rules=live.rules)}


def _standing(live: Live, snapshot: Snapshot, chains: list[Chain]) -> dict[int, bool]:
    """Return who of the chains may be on one now, and whether they pass things on."""
    keys = [int(snapshot.keys[place]) for chain in chains for place in chain.positions]
    rows = live.store.read(STANDING, keys=_padded(snapshot, keys, 3 * (K + SPARE)))
    return {row["key"]: privacy.passes_on(row["audiences"]) for row in rows}


def _padded(snapshot: Snapshot, keys: list[int], size: int) -> list[int]:
    """Return the keys and as many others as make their number say nothing."""
    wanted = list(dict.fromkeys(keys))
    taken = set(wanted)
    others = (int(key) for key in snapshot.keys[: size + len(wanted)])
    return (wanted + [key for key in others if key not in taken])[: max(size, len(wanted))]


def _way(
    snapshot: Snapshot,
    viewer: Viewer,
    chain: Chain,
    target: Target,
    label: str,
    seen: dict[int, Card],
    standing: dict[int, bool],
) -> Way | None:
    """Return the chain as the viewer may know it, or None if it does not hold (any more)."""
    keys = [int(snapshot.keys[place]) for place in chain.positions]
    connectors = keys[:-1] if target.kind == "person" or len(keys) > 1 else keys
    contact = seen.get(keys[0])
    if chain.strength < WEAKEST or contact is None or keys[-1] not in standing:
        return None
    if not all(standing.get(key, False) for key in connectors):
        return None
    if viewer.is_staff:
        whole = tuple(seen[key] for key in keys if key in seen)
        if len(whole) < len(keys):
            return None
        return Way(contact, chain.steps, chain.strength, whole)
    if contact.state != "registered" or "pass_on" not in contact.fields:
        return None
    if target.kind != "person":
        end = seen.get(keys[-1])
        field = KINDS[target.kind][1]
        if end is None or field not in end.fields:
            return None
        shown = {"employer": end.employer[0], "city": end.city[0]}.get(field, label)
        if shown != label:
            return None
    return Way(contact, chain.steps, chain.strength)


def _audit(live: Live, viewer: Viewer, target: Target, found: list[Way]) -> None:
    detail = "; ".join(" - ".join(str(card.key) for card in way.chain) for way in found)
    live.store.in_write(
        lambda transaction: acted(
            transaction,
            viewer,
            "reach",
            f"{target.kind} {target.id}"[:80],
            detail=detail,
            keys={card.key for way in found for card in way.chain},
        )
    )


def _key(snapshot: Snapshot, place: int) -> int:
    return int(snapshot.keys[place])
