"""A network in words and figures: communities by name, what chance would have made of it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from graphnet.influence.wishes import Labels
from graphnet.maps.communities import find_communities
from graphnet.privacy import SMALLEST_CELL
from graphnet.snapshot.arrays import Ties
from graphnet.statistics.disclosure import small

Int64 = npt.NDArray[np.int64]


def random_modularity(ties: Ties, seed: int) -> float:
    """Return the modularity found in a network in which everybody has about as many ties.

    Ends of ties are drawn together at random (the configuration model); the few loops and double
    ties are left out.
    """
    stubs = np.repeat(np.arange(ties.n), np.diff(ties.indptr))
    drawn = np.random.default_rng(seed).permutation(stubs).reshape(-1, 2)
    pairs = np.unique(np.sort(drawn[drawn[:, 0] != drawn[:, 1]], axis=1), axis=0)
    random = Ties.of_pairs(ties.n, pairs[:, 0], pairs[:, 1])
    return find_communities(random.indptr, random.indices, seed=seed).modularity


def described(number: int, members: Int64, *, faculty: Labels, decade: Labels) -> dict[str, Any]:
    """Return a community in words: of which faculty most are, and of which decades."""
    name, share = _usual(faculty, members)
    decades = decade.label[members]
    decades = np.sort(decades[decades >= 0])
    span = None
    if len(decades) >= SMALLEST_CELL:
        low, high = (decade.words[decades[int(q * (len(decades) - 1))]] for q in (0.1, 0.9))
        span = f"{low}s" if low == high else f"{low}s to {high}s"
    return {
        "community": number,
        "people": len(members),
        "name": ", ".join(part for part in (name, span) if part) or None,
        "faculty_share": share,
    }


def _usual(known: Labels, members: Int64) -> tuple[str | None, float]:
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
