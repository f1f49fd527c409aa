"""The ways between two people of a map, by the same search as the ways to reach somebody.

Of a map only: whoever and whatever is not drawn on it is on no way, so a way says nothing that the
map does not.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graphnet.discovery.introductions import introductions, offered
from graphnet.live import Live
from graphnet.maps.extract import cut
from graphnet.maps.network import SMALLEST_MAP, Network, population
from graphnet.maps.surroundings import AROUND
from graphnet.privacy import Viewer
from graphnet.snapshot import Ties

K = 3
GROUPS = "study_groups"
BY_GROUP = ("any", "studied")  # layers on which a group in common is what ties two people


@dataclass(frozen=True)
class Between:
    """Ways between two people, as places on the map, the strongest first.

    Attributes
    ----------
    chains
        Each from the one to the other, both included.
    groups
        Beside them for each step the study group in common, in both languages; empty where it was
        something else.
    islands
        Whether the two lie on different islands, so that there is no way of any length.
    """

    chains: tuple[tuple[int, ...], ...]
    groups: tuple[tuple[tuple[str, str], ...], ...]
    islands: bool


def between(live: Live, viewer: Viewer, network: Network, one: int, other: int) -> Between:
    """Return at most three ways of at most three steps between two places of a map."""
    drawing = network.drawing
    n = len(drawing.people)
    if network.kind == AROUND:
        ties = Ties.of_pairs(n, drawing.source, drawing.target, drawing.weight)
    else:
        layer = live.view().snapshot.layers[network.layer]
        ties = Ties(*cut(layer.indptr, layer.indices, layer.weight, drawing.people))
    ties = Ties(ties.indptr, ties.indices, np.clip(ties.weight, 0.001, 1.0).astype(np.float32))
    mine = slice(int(ties.indptr[one]), int(ties.indptr[one + 1]))
    allowed = np.ones(n, bool)
    allowed[one] = False

    first, strength = ties.indices[mine], ties.weight[mine]
    strongest = introductions(ties, first, strength, [other], K, allowed=allowed)
    short = introductions(ties, first, strength, [other], 1, allowed=allowed, most_steps=2)
    chains = tuple((one, *chain.positions.tolist()) for chain in offered(strongest, short, K)[:K])
    return Between(
        chains,
        tuple(
            tuple(_group(live, viewer, network, u, v) for u, v in pairwise(chain))
            for chain in chains
        ),
        bool(drawing.island[one] != drawing.island[other]),
    )


def _group(live: Live, viewer: Viewer, network: Network, u: int, v: int) -> tuple[str, str]:
    """Return the study group that two people have in common, as far as both show it."""
    cards = network.cards[u], network.cards[v]
    if network.layer not in BY_GROUP or not all("studies" in card.fields for card in cards):
        return "", ""
    view = live.view()
    snapshot = view.snapshot
    belonging, things = snapshot.memberships[GROUPS], snapshot.things[GROUPS]
    places = snapshot.positions([card.key for card in cards]).tolist()
    if len(places) < len(cards):
        return "", ""
    for group in np.intersect1d(belonging.of(places[0]), belonging.of(places[1])).tolist():
        if viewer.is_analyst:
            there = population(view, viewer, live.rules)[belonging.members(group)]
            if np.count_nonzero(there) < SMALLEST_MAP:
                continue
        return str(things.labels[group]), str(things.labels_ru[group])
    return "", ""
