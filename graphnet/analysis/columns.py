"""What people of a map can be coloured, sized and narrowed by, in the words of the reader."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.influence.centrality import core_numbers
from graphnet.influence.wishes import labels
from graphnet.live import Live
from graphnet.maps.extract import cut
from graphnet.maps.network import EVERYBODY, Network, of_all
from graphnet.maps.surroundings import AROUND
from graphnet.privacy import SMALLEST_CELL, Viewer
from graphnet.snapshot import Ties

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

STATES = ("registered", "reachable", "lost")


@dataclass(frozen=True)
class Columns:
    """One value a person of the map, in its order.

    Attributes
    ----------
    state : list of int
        Position in `STATES`.
    core : list of int
        Largest k with k ties each in a group among those drawn (k-core).
    outward : list of int
        How many ties lead into other circles: who has many is a bridge between them.
    between : list of (int, int, int)
        Two circles, the lower number first, and how many ties there are between them.
    words : column -> list of (English, Russian)
        What the codes of `codes` mean: faculty, decade, for whom names are shown city; of alumni
        to alumni what each shows.
    codes : column -> list of int
        Position in the words; -1 where it is not known, or under pseudonyms shared by fewer than
        five people of the map.
    """

    state: list[int]
    core: list[int]
    outward: list[int]
    between: list[tuple[int, int, int]]
    words: dict[str, list[tuple[str, str]]]
    codes: dict[str, list[int]]


def columns_of(live: Live, viewer: Viewer, network: Network) -> Columns:
    """Return what is known of the people of a map, as far as the viewer may know it."""
    return of_all(network, "columns", lambda: _columns_of(live, viewer, network))


def _columns_of(live: Live, viewer: Viewer, network: Network) -> Columns:
    snapshot = live.view().snapshot
    keys = [card.key for card in network.cards]
    there = set(snapshot.keys[snapshot.positions(keys)].tolist())
    place = np.array([snapshot.position(key) if key in there else -1 for key in keys], np.int64)
    known = place >= 0
    flags = np.where(known, snapshot.flags[np.maximum(place, 0)], 0)
    state = np.where(
        flags & privacy.CLAIMED, 0, np.where(flags & privacy.REACHABLE, 1, 2)
    )  # fmt: skip
    if network.kind == AROUND:
        drawing = network.drawing
        drawn = Ties.of_pairs(len(place), drawing.source, drawing.target)
        at, indptr, indices = np.arange(len(place)), drawn.indptr, drawn.indices
    else:
        layer = snapshot.layers[network.layer]
        at = np.flatnonzero(known)
        indptr, indices, _ = cut(layer.indptr, layer.indices, layer.weight, place[known])
    core, outward = np.zeros((2, len(place)), np.int64)
    core[at] = core_numbers(indptr, indices)
    leads, between = _between(indptr, indices, network.drawing.community[at])
    outward[at] = leads
    # The whole network is under pseudonyms for whoever looks.
    strange = viewer.is_analyst or network.kind == EVERYBODY
    words: dict[str, list[tuple[str, str]]] = {}
    codes: dict[str, list[int]] = {}
    for by in ("faculty", "decade") if strange else ("faculty", "decade", "city"):
        of = labels(snapshot, by)
        field = "city" if by == "city" else "studies"
        told = known & [strange or field in card.fields for card in network.cards]
        code = np.where(told, of.label[np.maximum(place, 0)], -1)
        count = np.bincount(code[code >= 0], minlength=len(of.words))
        shown = np.flatnonzero(count >= (SMALLEST_CELL if strange else 1))
        new = np.full(len(of.words) + 1, -1, np.int64)  # the last one is for who has none
        new[shown] = np.arange(len(shown))
        codes[by] = new[code].tolist()
        words[by] = [(str(of.words[i]), str(of.words_ru[i])) for i in shown.tolist()]
    return Columns(state.tolist(), core.tolist(), outward.tolist(), between, words, codes)


def _between(
    indptr: Int64, indices: Int32, circle: Int32
) -> tuple[Int64, list[tuple[int, int, int]]]:
    """Return how many ties of each lead into other circles, and how many join each two circles."""
    owner = np.repeat(np.arange(len(circle)), np.diff(indptr))
    one, other = circle[owner].astype(np.int64), circle[indices].astype(np.int64)
    leads = np.bincount(owner[one != other], minlength=len(circle))
    once = one < other
    width = int(circle.max(initial=0)) + 1
    pairs, ties = np.unique(one[once] * width + other[once], return_counts=True)
    found = zip((pairs // width).tolist(), (pairs % width).tolist(), ties.tolist(), strict=True)
    return leads, list(found)


def circle_names(columns: Columns, circle: Int32) -> list[tuple[str, str]]:
    """Return each circle in words, English and Russian, as far as the largest ones go.

    Of which faculty half of its people are or more, and in which city, and when most of them
    studied. Empty where there is no such; a circle of fewer than five people has no name.
    """
    sizes = np.bincount(circle) if len(circle) else np.zeros(0, np.int64)
    large = int(np.count_nonzero(sizes >= SMALLEST_CELL))
    codes = {by: np.array(values, np.int64) for by, values in columns.codes.items()}
    order = np.argsort(circle, kind="stable")
    ends = np.cumsum(sizes)
    names = []
    for number in range(large):
        inside = order[ends[number] - sizes[number] : ends[number]]
        parts: list[tuple[str, str]] = []
        if faculty := _usual(columns.words["faculty"], codes["faculty"][inside]):
            parts.append(faculty)
        decades = np.sort(codes["decade"][inside])
        decades = decades[decades >= 0]
        if len(decades) >= SMALLEST_CELL:
            low, high = (
                columns.words["decade"][decades[int(q * (len(decades) - 1))]][0] for q in (0.1, 0.9)
            )
            parts.append(
                (f"{low}s", f"{low}-е") if low == high else (f"{low}s–{high}s", f"{low}–{high}-е")
            )
        if "city" in codes and (city := _usual(columns.words["city"], codes["city"][inside])):
            parts.append((f"mostly {city[0]}", f"больше всего {city[1]}"))
        names.append((", ".join(en for en, _ in parts), ", ".join(ru for _, ru in parts)))
    return names


def _usual(words: list[tuple[str, str]], code: Int64) -> tuple[str, str] | None:
    """Return what half of the people or more have, if five have it."""
    count = np.bincount(code[code >= 0], minlength=1)
    most = int(count.argmax())
    if count[most] < SMALLEST_CELL or 2 * count[most] < len(code):
        return None
    return words[most]
