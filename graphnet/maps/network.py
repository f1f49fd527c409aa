"""A map of a cohort, a group or a unit, for whoever asks, with the same people in a table.

An analyst sees pseudonyms; what the viewer may not see is cut away before anything is counted.
"""

from dataclasses import dataclass

import numpy as np

from graphnet import privacy
from graphnet.errors import BadValue, ThingNotFound
from graphnet.live import Live
from graphnet.maps import extract
from graphnet.maps.communities import islands
from graphnet.people import Card, cards
from graphnet.privacy import Viewer
from graphnet.snapshot import Ties
from graphnet.snapshot.arrays import Things

KINDS = ("cohorts", "graduations", "study_groups", "groups", "units")
LAYERS = ("knows", "studied", "worked", "member", "came")
# A map of fewer people would point at them although their names are left out.
SMALLEST_MAP = privacy.SMALLEST_CELL


@dataclass(frozen=True)
class Network:
    """A drawing and whom it shows; `cards`, `island`, `registered` lie beside `drawing.people`."""

    kind: str
    thing_id: str
    label: str
    label_ru: str
    layer: str
    drawing: extract.Map
    cards: tuple[Card, ...]
    island: tuple[int, ...]
    islands: int
    registered: tuple[bool, ...]

    def labels(self) -> list[str]:
        """Return each person's name, or pseudonym where the viewer works with those."""
        return [card.name.full or card.pseudonym for card in self.cards]

    def ids(self) -> list[str]:
        """Return each person's id, or pseudonym."""
        return [card.id or card.pseudonym for card in self.cards]


def choices(live: Live, viewer: Viewer, kind: str) -> list[tuple[str, str, str, int]]:
    """Return the things that can be drawn: id, label, Russian label, how many people are seen."""
    if kind not in KINDS:
        raise BadValue(f"{kind!r} cannot be drawn: {', '.join(KINDS)}")
    view = live.view()
    things, memberships = view.snapshot.things[kind], view.snapshot.memberships[kind]
    allowed = view.allowed(viewer, live.rules)
    found = []
    for i in range(len(things)):
        n = int(np.count_nonzero(allowed[memberships.members(i)]))
        if n >= SMALLEST_MAP:
            found.append((str(things.ids[i]), str(things.labels[i]), str(things.labels_ru[i]), n))
    years = things.numbers.get("year")
    if years is not None:
        order = {str(things.ids[i]): int(years[i]) for i in range(len(things))}
        return sorted(found, key=lambda row: (order[row[0]], row[1], row[0]))
    return sorted(found, key=lambda row: (-row[3], row[1], row[0]))


def maps_of(live: Live, viewer: Viewer, key: int) -> list[tuple[str, str, str, str]]:
    """Return the maps on which a person stands: kind, id, label, Russian label."""
    view = live.view()
    snapshot = view.snapshot
    place = snapshot.position(key)
    allowed = view.allowed(viewer, live.rules)
    found = []
    for kind in KINDS:
        things, memberships = snapshot.things[kind], snapshot.memberships[kind]
        for thing in np.unique(memberships.of(place)).tolist():
            if np.count_nonzero(allowed[memberships.members(thing)]) >= SMALLEST_MAP:
                found.append(
                    (
                        kind,
                        str(things.ids[thing]),
                        str(things.labels[thing]),
                        str(things.labels_ru[thing]),
                    )
                )
    return found


def network_of(
    live: Live, viewer: Viewer, kind: str, thing_id: str, *, layer: str = "knows"
) -> Network:
    """Return the map of everyone in a cohort, group or unit.

    Raises
    ------
    BadValue
        For an unknown kind or layer.
    ThingNotFound
        If there is no such thing, or fewer than five people of it can be seen.
    """
    if kind not in KINDS:
        raise BadValue(f"{kind!r} cannot be drawn: {', '.join(KINDS)}")
    if layer not in LAYERS:
        raise BadValue(f"{layer!r} is not a layer: {', '.join(LAYERS)}")
    view = live.view()
    snapshot = view.snapshot
    things: Things = snapshot.things[kind]
    if thing_id not in things.position:
        raise ThingNotFound("no such map")
    place = things.position[thing_id]
    allowed = view.allowed(viewer, live.rules)
    members = np.zeros(snapshot.n, bool)
    members[snapshot.memberships[kind].members(place)] = True
    members &= allowed
    if np.count_nonzero(members) < SMALLEST_MAP:
        raise ThingNotFound("no such map")
    ties: Ties = snapshot.layers[layer]
    drawing = extract.cohort_map(ties.indptr, ties.indices, ties.weight, members, visible=allowed)
    return _network(
        live, viewer, drawing, kind=kind, thing_id=thing_id, layer=layer,
        labels=(str(things.labels[place]), str(things.labels_ru[place])),
    )  # fmt: skip


def _network(
    live: Live,
    viewer: Viewer,
    drawing: extract.Map,
    *,
    kind: str,
    thing_id: str,
    layer: str,
    labels: tuple[str, str],
) -> Network:
    snapshot = live.view().snapshot
    keys = snapshot.keys[drawing.people].tolist()
    shown = {card.key: card for card in cards(live.store, viewer, keys, rules=live.rules)}
    # Somebody who hid while the map was drawn is cut out with all their ties.
    there = np.array([key in shown for key in keys], bool)
    if not there.all():
        drawing = without(drawing, there)
        keys = [key for key in keys if key in shown]
    between = Ties.of_pairs(len(keys), drawing.source, drawing.target, drawing.weight)
    island, sizes = islands(between.indptr, between.indices)
    flags = snapshot.flags[drawing.people]
    return Network(
        kind=kind,
        thing_id=thing_id,
        label=labels[0],
        label_ru=labels[1],
        layer=layer,
        drawing=drawing,
        cards=tuple(shown[key] for key in keys),
        island=tuple(int(i) for i in island),
        islands=int(np.count_nonzero(sizes > 1)),
        registered=tuple(bool(flag & privacy.CLAIMED) for flag in flags),
    )


def without(drawing: extract.Map, there: np.ndarray) -> extract.Map:
    """Return the drawing without some of its people."""
    place = np.cumsum(there) - 1
    kept = there[drawing.source] & there[drawing.target]
    return extract.Map(
        people=drawing.people[there],
        source=place[drawing.source[kept]].astype(np.int32),
        target=place[drawing.target[kept]].astype(np.int32),
        weight=drawing.weight[kept],
        coordinates=drawing.coordinates[there],
        community=drawing.community[there],
        degree=drawing.degree[there],
        people_left_out=drawing.people_left_out,
        ties_left_out=drawing.ties_left_out,
        rule=drawing.rule,
    )
