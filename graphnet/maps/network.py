"""A map of a cohort, a group or a unit, for whoever asks, with the same people in a table.

An analyst sees pseudonyms; what the viewer may not see is cut away before anything is counted.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar, cast

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.errors import BadValue, ThingNotFound
from graphnet.live import Live, View
from graphnet.maps import extract
from graphnet.maps.kept import kept, mark_of
from graphnet.model import Name
from graphnet.people import Card, cards
from graphnet.people.cards import pseudonym
from graphnet.privacy import Level, Rules, Viewer
from graphnet.snapshot import Snapshot, Ties
from graphnet.snapshot.arrays import BoolArray, Things

Int64 = npt.NDArray[np.int64]
Value = TypeVar("Value")

KINDS = ("cohorts", "graduations", "study_groups", "groups", "units")
# The map of all: one thing, whose people are pseudonyms to whoever looks.
EVERYBODY = "everybody"
ALL = "all"
MOST_OF_ALL = 50_000
LAYERS = ("knows", "studied", "worked", "member", "came")
# A map of fewer people would point at them although their names are left out.
SMALLEST_MAP = privacy.SMALLEST_CELL


@dataclass(frozen=True)
class Network:
    """A map and whom it shows; `cards` and `registered` lie beside `drawing.people`."""

    kind: str
    thing_id: str
    label: str
    label_ru: str
    layer: str
    snapshot: str
    day: date
    drawing: extract.Map
    cards: tuple[Card, ...]
    registered: tuple[bool, ...]
    centre: int = -1  # the place of the person whose surroundings it shows
    # Of everybody's map: what it follows from. What follows from the map can be kept: `of_all`.
    mark: Hashable = None

    def labels(self) -> list[str]:
        """Return each person's name, or pseudonym where the viewer works with those."""
        return [card.name.full or card.pseudonym for card in self.cards]

    def names(self) -> list[str]:
        """Return the labels, each once: of those who are called alike the further are numbered."""
        count: dict[str, int] = {}
        found = []
        for label in self.labels():
            count[label] = count.get(label, 0) + 1
            found.append(label if count[label] == 1 else f"{label} ({count[label]})")
        return found

    def ids(self) -> list[str]:
        """Return each person's id, or pseudonym."""
        return [card.id or card.pseudonym for card in self.cards]

    @property
    def people(self) -> int:
        """How many belong on the map, drawn or not."""
        return len(self.cards) + self.drawing.people_left_out

    @property
    def ties(self) -> int:
        """How many ties there are between them, drawn or not."""
        return len(self.drawing.source) + self.drawing.ties_left_out


def choices(live: Live, viewer: Viewer, kind: str) -> list[tuple[str, str, str, int]]:
    """Return the things that can be drawn: id, label, Russian label, how many people are seen."""
    if kind not in KINDS:
        raise BadValue(f"{kind!r} cannot be drawn: {', '.join(KINDS)}")
    view = live.view()
    things, memberships = view.snapshot.things[kind], view.snapshot.memberships[kind]
    allowed = population(view, viewer, live.rules)
    counts = memberships.counts(allowed)
    found = [
        (str(things.ids[i]), str(things.labels[i]), str(things.labels_ru[i]), int(counts[i]))
        for i in np.flatnonzero(counts >= SMALLEST_MAP).tolist()
    ]
    years = things.numbers.get("year")
    if years is not None:
        order = {str(things.ids[i]): int(years[i]) for i in range(len(things))}
        return sorted(found, key=lambda row: (order[row[0]], row[1], row[0]))
    return sorted(found, key=lambda row: (-row[3], row[1], row[0]))


def population(view: View, viewer: Viewer, rules: Rules) -> BoolArray:
    """Return who may be on a map: for an analyst the people whom figures count too."""
    allowed = view.allowed(viewer, rules)
    return allowed & privacy.counted(view.snapshot.flags) if viewer.is_analyst else allowed


def somebody_waits(live: Live) -> bool:
    """Return whether people of an import are in quarantine, where no map has them."""
    return bool((live.view().snapshot.flags & privacy.QUARANTINED).any())


def maps_of(live: Live, viewer: Viewer, key: int) -> list[tuple[str, str, str, str]]:
    """Return the maps on which a person stands: kind, id, label, Russian label."""
    view = live.view()
    snapshot = view.snapshot
    place = snapshot.position(key)
    allowed = population(view, viewer, live.rules)
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
    live: Live,
    viewer: Viewer,
    kind: str,
    thing_id: str,
    *,
    layer: str = "knows",
    whole: bool = False,
    rules: Rules | None = None,
) -> Network:
    """Return the map of everyone in a cohort, group or unit.

    Parameters
    ----------
    whole
        With everybody and every tie, as a file must have it; else no more than can be drawn, and
        `people_left_out` and `ties_left_out` say how much less that is.
    rules
        Other than the installation's, where the pseudonyms are those of one study.

    Raises
    ------
    BadValue
        For an unknown kind or layer.
    ThingNotFound
        If there is no such thing, or fewer than five people of it can be seen.
    """
    if kind not in (*KINDS, EVERYBODY):
        raise BadValue(f"{kind!r} cannot be drawn: {', '.join(KINDS)}")
    if layer not in LAYERS:
        raise BadValue(f"{layer!r} is not a layer: {', '.join(LAYERS)}")
    rules = live.rules if rules is None else rules
    if kind == EVERYBODY and viewer.has_task:
        viewer = Viewer("analyst", None, viewer.account_id, viewer.roles, viewer.purpose)
    if viewer.is_analyst:
        # Whoever is on the map themselves is a pseudonym too: no file has a name in it.
        viewer = replace(viewer, person_key=None)
    view = live.view()
    snapshot = view.snapshot
    if kind == EVERYBODY and thing_id != ALL:
        label, label_ru, members = _circle(live, viewer, thing_id, layer, rules)
    else:
        label, label_ru, members = _members(snapshot, kind, thing_id)
    members &= population(view, viewer, rules)

    most = MOST_OF_ALL if kind == EVERYBODY else extract.MOST_PEOPLE

    def drawn(start: extract.Float64 | None = None) -> extract.Map:
        if np.count_nonzero(members) < SMALLEST_MAP:
            raise ThingNotFound("no such map")
        ties: Ties = snapshot.layers[layer]
        return extract.cohort_map(
            ties.indptr,
            ties.indices,
            ties.weight,
            members,
            order=strange_order(snapshot.n, rules) if viewer.is_analyst else None,
            most_people=None if whole else most,
            most_ties=None if whole else extract.MOST_TIES,
            start=start,
        )

    def beside() -> extract.Map:
        """Take what lies beside the snapshot; for the same people and settings it is the same."""
        settings = f"{layer} {most} {extract.MOST_TIES} {viewer.is_analyst}"
        mark = mark_of(
            snapshot.fingerprint.encode(),
            settings.encode(),
            rules.pseudonym_key if viewer.is_analyst else b"",
            members.tobytes(),
        )
        name = f"{kind} {thing_id} {layer} {viewer.kind}"
        return kept(view.folder, name, mark, snapshot.keys, drawn)

    same = (
        snapshot.fingerprint, view.denied, viewer.kind, rules.pseudonym_key, kind, thing_id, layer,
        most, extract.MOST_TIES,
    )  # fmt: skip
    of_all_people = kind == EVERYBODY and thing_id == ALL and not whole

    def made() -> Network:
        drawing = drawn() if whole else _KEPT.get(same, beside)
        if kind == EVERYBODY:
            found = _pseudonyms(snapshot, drawing.people, rules)
        else:
            found = cards_of(live, viewer, snapshot.keys[drawing.people].tolist(), rules)
        while len(found) < len(drawing.people):
            # Somebody hid while the map was drawn.
            there = np.isin(snapshot.keys[drawing.people], list(found))
            members[drawing.people[~there]] = False
            drawing = drawn()
            found = cards_of(live, viewer, snapshot.keys[drawing.people].tolist(), rules)
        shown = [found[key] for key in snapshot.keys[drawing.people].tolist()]
        if viewer.is_analyst:
            order = np.array(sorted(range(len(shown)), key=lambda i: shown[i].pseudonym), np.int64)
            drawing, shown = extract.in_order(drawing, order), [shown[i] for i in order]
        flags = snapshot.flags[drawing.people]
        return Network(
            kind=kind,
            thing_id=thing_id,
            label=label,
            label_ru=label_ru,
            layer=layer,
            snapshot=snapshot.fingerprint,
            day=datetime.now(UTC).date(),
            drawing=drawing,
            cards=tuple(shown),
            registered=tuple(bool(flag & privacy.CLAIMED) for flag in flags),
            mark=same if of_all_people else None,
        )

    if of_all_people:
        found: Network = _OF_ALL.get(same, made)
        return replace(found, day=datetime.now(UTC).date())
    return made()


def of_all(network: Network, what: Hashable, make: Callable[[], Value]) -> Value:
    """Return what follows from a map; that of everybody's map is made once for all who look.

    Tens of thousands of people in words and colours take seconds, and are the same to each reader:
    the map of everybody has pseudonyms, and is of one snapshot without those who are denied.
    """
    if network.mark is None:
        return make()
    return cast(Value, _OF_ALL.get((what, network.mark), make))


def _circle(
    live: Live, viewer: Viewer, number: str, layer: str, rules: Rules
) -> tuple[str, str, BoolArray]:
    """Return the names of one circle of the whole network, as its map numbers them, and its people.

    Who is in which circle is as old as the snapshot: the next one may number them anew.
    """
    whole = network_of(live, viewer, EVERYBODY, ALL, layer=layer, rules=rules)
    drawing = whole.drawing
    if not number.isdecimal() or len(number) > 6 or not int(number) >= 1:
        raise ThingNotFound("no such map")
    members = np.zeros(live.view().snapshot.n, bool)
    members[drawing.people[drawing.community == int(number) - 1]] = True
    return f"Circle {int(number)} of the network", f"Круг {int(number)} всей сети", members


def draw_ahead(live: Live) -> None:
    """Draw the network of all before somebody opens it, where that takes longer than a page may."""
    if live.view().snapshot.n >= extract.MOST_PEOPLE:
        network_of(live, Viewer("analyst", purpose="maps"), EVERYBODY, ALL)


def cards_of(live: Live, viewer: Viewer, keys: list[int], rules: Rules) -> dict[int, Card]:
    """Return by key the cards, without what takes longer to read, of those who are seen."""
    return {card.key: card for card in cards(live.store, viewer, keys, rules=rules, brief=True)}


def _members(snapshot: Snapshot, kind: str, thing_id: str) -> tuple[str, str, BoolArray]:
    """Return the names of a thing and who belongs to it, by position."""
    if kind == EVERYBODY:
        return "The whole network", "Вся сеть", np.ones(snapshot.n, bool)
    things: Things = snapshot.things[kind]
    if thing_id not in things.position:
        raise ThingNotFound("no such map")
    place = things.position[thing_id]
    members = np.zeros(snapshot.n, bool)
    members[snapshot.memberships[kind].members(place)] = True
    return str(things.labels[place]), str(things.labels_ru[place]), members


def _pseudonyms(snapshot: Snapshot, people: Int64, rules: Rules) -> dict[int, Card]:
    """Return the cards of all as an analyst has them, without reading tens of thousands of people.

    Whom the feed of changes denies has been left out before.
    """
    found = {}
    for place in people.tolist():
        key, flags = int(snapshot.keys[place]), int(snapshot.flags[place])
        found[key] = Card(
            key=key,
            id="",
            name=Name("", ""),
            latin_name="",
            gender="",
            language="",
            level=Level.PSEUDONYM,
            state="registered" if flags & privacy.CLAIMED else "not_registered",
            fields=frozenset(),
            pseudonym=pseudonym(str(snapshot.ids[place]), rules.pseudonym_key),
        )
    return found


def strange_order(n: int, rules: Rules) -> Int64:
    """Return a number for each position that nobody finds out without the key of pseudonyms."""
    seed = hashlib.blake2b(b"order of maps", key=rules.pseudonym_key[:64]).digest()
    return np.random.default_rng(int.from_bytes(seed)).permutation(n)


class _Kept(Generic[Value]):
    """The last of a kind, so that a page, its data and the next reader make it once; one at a time.

    What is made of something that is kept may be made while that is asked for.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.lock = threading.RLock()
        self.kept: OrderedDict[Hashable, Value] = OrderedDict()

    def __contains__(self, what: Hashable) -> bool:
        return what in self.kept

    def get(self, what: Hashable, make: Callable[[], Value]) -> Value:
        """Return what was made before, or make it."""
        with self.lock:
            found = self.kept.pop(what, None)
            if found is None:
                found = make()
            self.kept[what] = found
            while len(self.kept) > self.most:
                self.kept.popitem(last=False)
            return found


_KEPT: _Kept[extract.Map] = _Kept(32)
_OF_ALL: _Kept[Any] = _Kept(16)
