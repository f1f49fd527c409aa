"""Other ways to choose as many people, simulated on the same cascades: what a choice must beat."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphnet.influence.cascade import Cascade, paired, simulate
from graphnet.influence.centrality import pagerank
from graphnet.influence.quotas import Int32, Int64, Quota, Rules, by_score
from graphnet.influence.spread import positions

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Alternative:
    """One way of choosing and what it reaches.

    Attributes
    ----------
    name : str
        chosen, random, random_more, degree, pagerank or peers.
    people : int64[k]
    reach, standard_error : float
        Mean over all simulated cascades.
    ahead, ahead_error : float
        How much more the choice reaches than this one, and the standard error of that difference;
        both ran in the same worlds, so that it is smaller than either one's error.
    """

    name: str
    people: Int64
    reach: float
    standard_error: float
    ahead: float
    ahead_error: float

    @property
    def beaten(self) -> bool:
        """Whether the choice is ahead by more than two standard errors of the difference."""
        return self.ahead > 2 * self.ahead_error


def peer_scores(indptr: Int64, indices: Int32, *, seed: int) -> Float64:
    """Score people by a nomination: people in random order each name one acquaintance at random.

    Who is named early comes first. On average a friend has more friends than oneself (Feld,
    "Why your friends have more friends than you do", 1991), which needs no map of the network.
    """
    rng = np.random.default_rng(seed)
    n = len(indptr) - 1
    degree = np.diff(indptr)
    asked = rng.permutation(np.flatnonzero(degree > 0))
    pick = indptr[asked] + (rng.random(len(asked)) * degree[asked]).astype(np.int64)
    score = np.zeros(n)
    # From the last to the first, so that the earliest nomination is the one that stays.
    score[indices[pick][::-1]] = np.arange(1, len(asked) + 1)
    return score


def compare(
    cascade: Cascade,
    chosen: ArrayLike,
    ties: tuple[Int64, Int32],
    *,
    quotas: Sequence[Quota] = (),
    fixed: ArrayLike = (),
    barred: ArrayLike = (),
    audience: NDArray[np.bool_] | None = None,
    extra: int | None = None,
    runs: int = 400,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    threads: int | None = None,
) -> list[Alternative]:
    """Simulate a choice beside other choices of the same size under the same rules.

    Parameters
    ----------
    cascade : Cascade
    chosen : array_like of int
        The choice, of k people.
    ties : (int64[n + 1], int32[m])
        Who knows whom: for degree, PageRank and peer nomination.
    quotas, fixed, barred, audience
        As they were for the choice.
    extra : int, optional
        The alternative `random_more` has so many people more; as many again by default. It says
        what simply asking more people would do.
    runs, seeds : int, sequence of int
        Cascades for each seed of the simulation.

    Returns
    -------
    list of Alternative
        The choice itself first.
    """
    people = np.asarray(chosen, np.int64)
    indptr, indices = ties
    n, k = cascade.n, len(people)
    must = positions(fixed, n)
    bars = np.zeros(n, np.bool_)
    bars[positions(barred, n)] = True
    bars[must] = False
    rules = Rules(n, k, quotas, bars)
    shuffled = np.random.default_rng(seeds[0]).permutation(n)
    more = k if extra is None else extra
    free = Rules(n, min(k + more, int((~bars).sum())), (), bars)
    sets = {
        "chosen": people,
        "random": by_score(shuffled, rules, must),
        "random_more": by_score(shuffled, free, must),
        "degree": by_score(np.diff(indptr), rules, must),
        "pagerank": by_score(pagerank(indptr, indices).scores, rules, must),
        "peers": by_score(peer_scores(indptr, indices, seed=seeds[0]), rules, must),
    }
    found: list[Alternative] = []
    for name, some in sets.items():
        reaches = [
            simulate(cascade, some, runs=runs, seed=s, audience=audience, threads=threads)
            for s in seeds
        ]
        mean = float(np.mean([r.mean for r in reaches]))
        error = sqrt(sum(r.standard_error**2 for r in reaches)) / len(reaches)
        reached = np.concatenate([r.reached for r in reaches])
        if name == "chosen":
            own = reached
        ahead, ahead_error = paired(own, reached)
        found.append(Alternative(name, some, mean, error, ahead, ahead_error))
    return found
