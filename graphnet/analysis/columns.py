"""What people of a map can be coloured, sized and narrowed by, in the words of the reader."""

from dataclasses import dataclass

import numpy as np

from graphnet import privacy
from graphnet.influence.centrality import core_numbers
from graphnet.influence.wishes import labels
from graphnet.live import Live
from graphnet.maps.extract import cut
from graphnet.maps.network import Network
from graphnet.maps.surroundings import AROUND
from graphnet.privacy import SMALLEST_CELL, Viewer
from graphnet.snapshot import Ties

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
    words : column -> list of (English, Russian)
        What the codes of `codes` mean: faculty, decade, for whom names are shown city; of alumni
        to alumni what each shows.
    codes : column -> list of int
        Position in the words; -1 where it is not known, or under pseudonyms shared by fewer than
        five people of the map.
    """

    state: list[int]
    core: list[int]
    words: dict[str, list[tuple[str, str]]]
    codes: dict[str, list[int]]


def columns_of(live: Live, viewer: Viewer, network: Network) -> Columns:
    """Return what is known of the people of a map, as far as the viewer may know it."""
    snapshot = live.view().snapshot
    keys = [card.key for card in network.cards]
    there = set(snapshot.keys[snapshot.positions(keys)].tolist())
    place = np.array([snapshot.position(key) if key in there else -1 for key in keys], np.int64)
    known = place >= 0
    flags = np.where(known, snapshot.flags[np.maximum(place, 0)], 0)
    state = np.where(
        flags & privacy.CLAIMED, 0, np.where(flags & privacy.REACHABLE, 1, 2)
    )  # fmt: skip
    core = np.zeros(len(place), np.int64)
    if network.kind == AROUND:
        drawing = network.drawing
        drawn = Ties.of_pairs(len(place), drawing.source, drawing.target)
        core[:] = core_numbers(drawn.indptr, drawn.indices)
    else:
        layer = snapshot.layers[network.layer]
        indptr, indices, _ = cut(layer.indptr, layer.indices, layer.weight, place[known])
        core[known] = core_numbers(indptr, indices)
    words: dict[str, list[tuple[str, str]]] = {}
    codes: dict[str, list[int]] = {}
    for by in ("faculty", "decade") if viewer.is_analyst else ("faculty", "decade", "city"):
        of = labels(snapshot, by)
        field = "city" if by == "city" else "studies"
        told = known & [viewer.is_analyst or field in card.fields for card in network.cards]
        code = np.where(told, of.label[np.maximum(place, 0)], -1)
        count = np.bincount(code[code >= 0], minlength=len(of.words))
        shown = np.flatnonzero(count >= (SMALLEST_CELL if viewer.is_analyst else 1))
        new = np.full(len(of.words) + 1, -1, np.int64)  # the last one is for who has none
        new[shown] = np.arange(len(shown))
        codes[by] = new[code].tolist()
        words[by] = [(str(of.words[i]), str(of.words_ru[i])) for i in shown.tolist()]
    return Columns(state.tolist(), core.tolist(), words, codes)
