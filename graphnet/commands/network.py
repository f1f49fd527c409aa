"""`graphnet network`: what a network is like as a whole, and its communities in words."""

from typing import Any

import click
import numpy as np

from graphnet import privacy
from graphnet.commands.questions import opened, show
from graphnet.influence.ambassadors import Labels, labels
from graphnet.influence.betweenness import betweenness, pivots_for
from graphnet.influence.measures import visible_ties
from graphnet.influence.structure import cut_off, density, mixing, stability
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
    chance = [_random_modularity(ties, seed) for seed in range(SEEDS)]
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
    described = [
        _described(number, people[best.label == number], known)
        for number, size in enumerate(best.sizes[:SHOWN].tolist())
        if size >= SMALLEST_CELL
    ]
    if as_json:
        show(row | {"communities": described}, as_json=True)
    else:
        show(row, as_json=False)
        show(described, as_json=False)


def _shown(count: int) -> int | None:
    return None if small(count) else count


def _random_modularity(ties: Ties, seed: int) -> float:
    """Return the modularity found in a network in which everybody has about as many ties.

    Ends of ties are drawn together at random (the configuration model); the few loops and double
    ties are left out.
    """
    stubs = np.repeat(np.arange(ties.n), np.diff(ties.indptr))
    drawn = np.random.default_rng(seed).permutation(stubs).reshape(-1, 2)
    pairs = np.unique(np.sort(drawn[drawn[:, 0] != drawn[:, 1]], axis=1), axis=0)
    random = Ties.of_pairs(ties.n, pairs[:, 0], pairs[:, 1])
    return find_communities(random.indptr, random.indices, seed=seed).modularity


def _described(number: int, members: Any, known: dict[str, Labels]) -> dict[str, Any]:
    """Return a community in words: of which faculty most are, and of which decades."""
    faculty, share = _usual(known["faculty"], members)
    decades = known["decade"].label[members]
    decades = np.sort(decades[decades >= 0])
    names = known["decade"].words
    span = None
    if len(decades) >= SMALLEST_CELL:
        low, high = (names[decades[int(q * (len(decades) - 1))]] for q in (0.1, 0.9))
        span = f"{low}s" if low == high else f"{low}s to {high}s"
    return {
        "community": number,
        "people": len(members),
        "name": ", ".join(part for part in (faculty, span) if part) or None,
        "faculty_share": share,
    }


def _usual(known: Labels, members: Any) -> tuple[str | None, float]:
    """Return the commonest label and its share; None below half, or where few have it."""
    label = known.label[members]
    label = label[label >= 0]
    if not len(label):
        return None, float("nan")
    count = np.bincount(label)
    most = int(count.argmax())
    share = float(count[most] / len(members))
    others = len(members) - int(count[most])
    if small(int(count[most])) or small(others):
        return (str(known.words[most]) if share >= 0.5 else None), float("nan")
    return (str(known.words[most]) if share >= 0.5 else None), share
