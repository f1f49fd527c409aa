"""`graphnet network`: what a network is like as a whole, and its communities in words."""

from typing import Any

import click
import numpy as np

from graphnet import privacy
from graphnet.analysis.description import described, random_modularity
from graphnet.commands.questions import opened, show
from graphnet.influence.betweenness import betweenness, pivots_for
from graphnet.influence.measures import visible_ties
from graphnet.influence.structure import cut_off, density, mixing, stability
from graphnet.influence.wishes import labels
from graphnet.maps.communities import find_communities, islands
from graphnet.maps.extract import cut
from graphnet.maps.network import LAYERS
from graphnet.privacy import SMALLEST_CELL, Viewer
from graphnet.settings import Settings
from graphnet.snapshot.arrays import Ties
from graphnet.statistics.disclosure import small

SEEDS = 5  # divisions compared, and random networks of the same numbers of ties
LEAVING = 5
SHOWN = 20  # communities


@click.command("network")
@click.option("--layer", type=click.Choice(LAYERS), default="knows", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def network_command(settings: Settings, *, layer: str, as_json: bool) -> None:
    """Describe the whole network: density, mixing, communities and how firm they are.

    Of the people whom statistics count. Modularity stands beside that of random networks in which
    everybody has as many ties; stability is the mean adjusted Rand index of five seeds; the cut-off
    are who leaves the largest island if the five of most betweenness go.
    """
    with opened(settings) as live:
        view = live.view()
        snapshot = view.snapshot
        counted = view.allowed(Viewer("analyst"), live.rules) & privacy.counted(snapshot.flags)
    people = np.flatnonzero(counted)
    whole = visible_ties(snapshot.layers[layer], counted)
    ties = Ties(*cut(whole.indptr, whole.indices, whole.weight, people))
    divisions = [
        find_communities(ties.indptr, ties.indices, ties.weight, seed=seed) for seed in range(SEEDS)
    ]
    best = max(divisions, key=lambda found: found.modularity)
    chance = [random_modularity(ties, seed) for seed in range(SEEDS)]
    _, sizes = islands(ties.indptr, ties.indices)
    between = betweenness(ties.indptr, ties.indices, k=pivots_for(ties.indptr)).scores
    leaving = np.argsort(-between, kind="stable")[:LEAVING]
    gone = cut_off(ties.indptr, ties.indices, leaving)
    known_ties = _shown(len(ties.indices) // 2)
    row: dict[str, Any] = {
        "layer": layer,
        "people": _shown(ties.n),
        "ties": known_ties,
        "density": None if known_ties is None else density(ties.indptr),
        "islands": int(np.count_nonzero(sizes > 1)),
        "largest_island": _shown(int(sizes[0])) if len(sizes) else 0,
        "modularity": best.modularity,
        "random_modularity": float(np.mean(chance)),
        "random_modularity_deviation": float(np.std(chance, ddof=1)),
        "stability": stability([found.label for found in divisions]),
        "cut_off_without_five": _shown(gone),
    }
    known = {by: labels(snapshot, by) for by in ("faculty", "decade")}
    for by, found in known.items():
        mixed = mixing(ties.indptr, ties.indices, found.label[people])
        row |= {f"mixing_{by}": mixed.coefficient, f"mixing_{by}_error": mixed.error}
    words = [
        described(number, people[best.label == number], **known)
        for number, size in enumerate(best.sizes[:SHOWN].tolist())
        if size >= SMALLEST_CELL
    ]
    if as_json:
        show(row | {"communities": words}, as_json=True)
    else:
        show(row, as_json=False)
        show(words, as_json=False)


def _shown(count: int) -> int | None:
    return None if small(count) else count
