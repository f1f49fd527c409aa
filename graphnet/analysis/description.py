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


def described(
    number: int, members: Int64, *, faculty: Labels, decade: Labels, city: Labels | None = None
) -> dict[str, Any]:
    """Return a community in words: of which faculty most are, of which decades, in which city.

    A city of all but a few would be that of each of them: it is said where five or more live
    elsewhere, or it is not known where.
    """
    place, share = _usual(faculty, members)
    parts = [] if place is None else [(str(faculty.words[place]), str(faculty.words_ru[place]))]
    decades = decade.label[members]
    decades = np.sort(decades[decades >= 0])
    if len(decades) >= SMALLEST_CELL:
        low, high = (decade.words[decades[int(q * (len(decades) - 1))]] for q in (0.1, 0.9))
        parts.append(
            (f"{low}s", f"{low}-е")
            if low == high
            else (f"{low}s to {high}s", f"{low}-е – {high}-е")
        )
    if city is not None:
        place, living = _usual(city, members)
        if place is not None and 0 < living < 1:
            parts.append((f"mostly {city.words[place]}", f"больше всего {city.words_ru[place]}"))
    return {
        "community": number,
        "people": len(members),
        "name": ", ".join(english for english, _ in parts) or None,
        "name_ru": ", ".join(russian for _, russian in parts) or None,
        "faculty_share": share,
    }


def _usual(known: Labels, members: Int64) -> tuple[int | None, float]:
    """Return the commonest label and its share; None below half, or where few have it."""
    label = known.label[members]
    label = label[label >= 0]
    if not len(label):
        return None, float("nan")
    count = np.bincount(label)
    most = int(count.argmax())
    share = float(count[most] / len(members))
    usual = most if share >= 0.5 else None
    others = len(members) - int(count[most])
    if small(int(count[most])) or small(others):
        return usual, float("nan")
    return usual, share
