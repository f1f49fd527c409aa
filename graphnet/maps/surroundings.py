"""Somebody's surroundings: whom they are tied to, and whom those are tied to, by kind of tie.

Alumni see their own. A tie between two others is on it only where both show the reader what it
says: whom they know, where they studied and worked, their communities, their events. One's own ties
are one's own, but what another does not show of theirs is no tie either. Staff see those of anybody
on file, analysts those of a pseudonym.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock

import numpy as np

from graphnet.errors import BadValue, PersonNotFound, ThingNotFound
from graphnet.live import Live, View
from graphnet.maps import extract
from graphnet.maps.network import (
    LAYERS,
    SMALLEST_MAP,
    Network,
    cards_of,
    population,
    strange_order,
)
from graphnet.people import Card
from graphnet.people.cards import pseudonym
from graphnet.privacy import CLAIMED, Rules, Viewer, event_shown, of_viewer, visibilities
from graphnet.snapshot import Snapshot, Ties, combined
from graphnet.snapshot.arrays import BoolArray, Int64, Memberships
from graphnet.snapshot.layers import LARGEST_CIRCLE, together

AROUND = "around"
ANY = "any"
CHOICES = (ANY, *LAYERS)
RINGS = (1, 2)
MOST_PEOPLE = 200
# What somebody shows when they show a tie of that kind.
FIELDS = {
    "knows": "connections",
    "studied": "studies",
    "worked": "employer",
    "member": "groups",
    "came": "events",
}

# One row: the key of the person with that id.
SOUGHT = "MATCH (p:Person {id: $id}) RETURN p.key AS key LIMIT 1"

# One row: somebody whom $me knows at this moment, and how well.
MINE = """MATCH (:Person {key: $me})-[t:KNOWS]-(p:Person)
RETURN p.key AS key, coalesce(t.strength, 1.0) AS strength ORDER BY key LIMIT 10000"""

# One row: an event that $me does not find: those who came to it are not told of by it.
EVENTS_APART = (
    """OPTIONAL MATCH (me:Person {key: $me})
MATCH (e:Event) WHERE NOT """
    + event_shown("e", "me")
    + """
RETURN e.id AS id ORDER BY id LIMIT 100000"""
)

# One row: a community that members do not find.
GROUPS_APART = """MATCH (g:Group) WHERE NOT coalesce(g.visibility, 'members') IN $visibilities
RETURN g.id AS id ORDER BY id LIMIT 100000"""


def surroundings(
    live: Live, viewer: Viewer, who: str = "", *, layer: str = ANY, rings: int = 1
) -> Network | None:
    """Return the map of a person's surroundings; None if there is nobody to draw beside them.

    Parameters
    ----------
    who
        For staff a person's id, for analysts a pseudonym; alumni see their own.
    layer
        One kind of tie, or `ANY`.
    rings
        1 for those tied to the person, 2 for those tied to these as well.

    Raises
    ------
    BadValue
        For an unknown layer or number of rings.
    ThingNotFound
        If there is no such person for this viewer.
    """
    if layer not in CHOICES or rings not in RINGS:
        raise BadValue(f"surroundings have 1 or 2 rings and a layer: {', '.join(CHOICES)}")
    view = live.view()
    snapshot, rules = view.snapshot, live.rules
    allowed = population(view, viewer, rules)
    if viewer.is_analyst:
        viewer = replace(viewer, person_key=None)
    elif viewer.is_alumnus:
        allowed &= view.showing(viewer, "name", allowed)
    centre = _centre(live, viewer, view, who, allowed)
    if centre is None:
        return None
    seen = _Seen.of(live, viewer, view, centre, allowed)
    while True:
        drawing = _drawn(snapshot, viewer, rules, seen, layer, rings)
        people = snapshot.keys[drawing.people].tolist()
        found = cards_of(live, viewer, people, rules)
        if not seen.less(snapshot, found, drawing.people):
            break
        # Somebody hid something of themselves while the map was drawn.
    if len(people) < (SMALLEST_MAP if viewer.is_analyst else 2):
        return None
    shown = [found[key] for key in people]
    middle = 0
    if viewer.is_analyst:
        order = np.array(sorted(range(len(shown)), key=lambda i: shown[i].pseudonym), np.int64)
        drawing, shown = extract.in_order(drawing, order), [shown[i] for i in order]
        middle = int(np.flatnonzero(order == 0)[0])
    one = shown[middle]
    return Network(
        kind=AROUND,
        thing_id=one.id or one.pseudonym,
        label=one.name.full or one.pseudonym,
        label_ru=one.name.full or one.pseudonym,
        layer=layer,
        snapshot=snapshot.fingerprint,
        day=datetime.now(UTC).date(),
        drawing=drawing,
        cards=tuple(shown),
        registered=tuple(bool(flag & CLAIMED) for flag in snapshot.flags[drawing.people]),
        centre=middle,
    )


def _centre(live: Live, viewer: Viewer, view: View, who: str, allowed: BoolArray) -> int | None:
    """Return the position of the person in the middle; None for who has joined a moment ago."""
    snapshot = view.snapshot
    if viewer.is_alumnus:
        try:
            place = snapshot.position(viewer.me())
        except PersonNotFound:
            return None
        allowed[place] = True
        return place
    if viewer.is_analyst:
        return _by_pseudonym(snapshot, live.rules, allowed, who)
    viewer.require_staff()
    rows = live.store.read(SOUGHT, id=who)
    places = snapshot.positions([row["key"] for row in rows])
    if not len(places) or not allowed[places[0]]:
        raise ThingNotFound("no such map")
    return int(places[0])


def _by_pseudonym(snapshot: Snapshot, rules: Rules, allowed: BoolArray, who: str) -> int:
    for place in np.flatnonzero(allowed).tolist():
        if pseudonym(str(snapshot.ids[place]), rules.pseudonym_key) == who:
            return int(place)
    raise ThingNotFound("no such map")


@dataclass
class _Seen:
    """What of the network the viewer may see around one person."""

    centre: int
    allowed: BoolArray
    shows: dict[str, BoolArray]  # by layer: whose ties of it are shown
    known: dict[int, float] | None  # whom the person in the middle knows now, where they ask
    layers: dict[str, Ties]

    @classmethod
    def of(cls, live: Live, viewer: Viewer, view: View, centre: int, allowed: BoolArray) -> "_Seen":
        snapshot = view.snapshot
        layers = {name: snapshot.layers[name] for name in LAYERS if name in snapshot.layers}
        if not viewer.is_alumnus:
            return cls(centre, allowed, dict.fromkeys(layers, allowed), None, layers)
        shows = {}
        for name in layers:
            shows[name] = view.showing(viewer, FIELDS[name], allowed)
            shows[name][centre] = True
        rows = live.store.read(MINE, me=viewer.me())
        known = {
            place: float(np.clip(row["strength"], 0.01, 1.0))
            for row in rows
            for place in snapshot.positions([row["key"]]).tolist()
        }
        for name, kind, rows in (
            ("came", "events", live.store.read(EVENTS_APART, **of_viewer(viewer))),
            (
                "member",
                "groups",
                live.store.read(GROUPS_APART, visibilities=visibilities(viewer)),
            ),
        ):
            if name in layers:
                apart = frozenset(str(row["id"]) for row in rows)
                layers[name] = _without(snapshot, name, kind, apart)
        return cls(centre, allowed, shows, known, layers)

    def less(self, snapshot: Snapshot, found: dict[int, Card], people: Int64) -> bool:
        """Take out whatever the cards, which are newer, do not show; say whether there was any."""
        changed = False
        for place in people.tolist():
            card = found.get(int(snapshot.keys[place]))
            if place == self.centre and card is None:
                raise ThingNotFound("no such map")
            if card is None or (self.known is not None and not card.name.full):
                self.allowed[place] = False
                changed = True
            elif self.known is not None and place != self.centre:
                for name, shown in self.shows.items():
                    if shown[place] and FIELDS[name] not in card.fields:
                        shown[place] = False
                        changed = True
        return changed


def _drawn(
    snapshot: Snapshot, viewer: Viewer, rules: Rules, seen: _Seen, layer: str, rings: int
) -> extract.Map:
    """Draw what is left; the person in the middle comes first."""
    names = list(seen.layers) if layer == ANY else [layer]
    near = _near(snapshot, seen, names, rings)
    if viewer.is_analyst:
        # Positions say who was entered first.
        near = near[np.argsort(strange_order(snapshot.n, rules)[near], kind="stable")]
    middle = int(np.flatnonzero(near == seen.centre)[0])
    own = [(int(np.flatnonzero(near == place)[0]), value) for place, value in _known(seen, near)]
    parts = {}
    for name in names:
        ties = seen.layers[name]
        indptr, indices, weight = extract.cut(ties.indptr, ties.indices, ties.weight, near)
        u = np.repeat(np.arange(len(near)), np.diff(indptr))
        shown = seen.shows[name][near]
        keep = (u < indices) & shown[u] & shown[indices]
        left, right, value = u[keep], indices[keep].astype(np.int64), weight[keep]
        if name == "knows" and seen.known is not None:
            # One's own acquaintances are those of this moment.
            others = (left != middle) & (right != middle)
            left = np.concatenate([left[others], np.full(len(own), middle)])
            right = np.concatenate([right[others], np.array([at for at, _ in own], np.int64)])
            value = np.concatenate([value[others], np.array([v for _, v in own], np.float32)])
        parts[name] = Ties.of_pairs(len(near), left, right, np.clip(value, 0.001, 1.0))
    ties = combined(len(near), parts) if layer == ANY else parts[layer]
    drawing = extract.ego_map(
        ties.indptr, ties.indices, ties.weight, middle, rings=rings, most_people=MOST_PEOPLE
    )
    return replace(drawing, people=near[drawing.people])


def _known(seen: _Seen, near: Int64) -> list[tuple[int, float]]:
    there = set(near.tolist())
    return [(place, value) for place, value in (seen.known or {}).items() if place in there]


def _near(snapshot: Snapshot, seen: _Seen, names: list[str], rings: int) -> Int64:
    """Return whoever may be on the map: allowed, and so many steps away; ascending."""
    inside = np.zeros(snapshot.n, bool)
    inside[seen.centre] = True
    edge = np.array([seen.centre], np.int64)
    for _ in range(rings):
        reached = np.zeros(snapshot.n, bool)
        for name in names:
            ties = seen.layers[name]
            for place in edge.tolist():
                reached[ties.neighbours(place)] = True
        if seen.known is not None and "knows" in names and edge[0] == seen.centre:
            reached[list(seen.known)] = True
        reached &= seen.allowed & ~inside
        inside |= reached
        edge = np.flatnonzero(reached)
        if not len(edge):
            break
    return np.flatnonzero(inside).astype(np.int64)


# Layers without what one reader does not find: mostly the same for all of them.
KEPT = 4
_kept: OrderedDict[tuple[str, str, frozenset[str]], Ties] = OrderedDict()
_keeping = Lock()


def _without(snapshot: Snapshot, name: str, kind: str, apart: frozenset[str]) -> Ties:
    """Return a layer as it is without the ties of some things."""
    things, memberships = snapshot.things[kind], snapshot.memberships[kind]
    sizes = np.diff(memberships.thing_indptr)
    apart = frozenset(
        one
        for one in apart
        if one in things.position and 2 <= sizes[things.position[one]] <= LARGEST_CIRCLE[kind]
    )
    if not apart:
        return snapshot.layers[name]
    key = (snapshot.fingerprint, name, apart)
    with _keeping:
        if key not in _kept:
            gone = np.array([things.position[one] for one in apart], np.int64)
            keep = ~np.isin(memberships.things, gone)
            owner = np.repeat(np.arange(snapshot.n), np.diff(memberships.indptr))
            rest = Memberships.of_rows(
                snapshot.n, len(things), owner[keep], memberships.things[keep]
            )
            _kept[key] = together(snapshot.n, rest, largest=LARGEST_CIRCLE[kind], timed=False)
            if len(_kept) > KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]
