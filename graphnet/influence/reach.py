"""Reach beside its circumstances: within the cohort, by the ties that carry it, and how firm it is.

A position in the network can be compared only among people whose ties are known equally well. So
each measure is shown as a place within the cohort, beside the share of the cohort that has any
known tie; cohorts below a stated coverage get no value at all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numba import njit
from numpy.typing import ArrayLike, NDArray

from graphnet.errors import BadValue
from graphnet.influence.centrality import PageRank, effective_strengths, pagerank

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

LEAST_COVERAGE = 0.25
LEAST_COHORT = 5


@dataclass(frozen=True)
class CohortCoverage:
    """How much is known of each cohort.

    Attributes
    ----------
    cohort : int64[c]
        The labels, ascending.
    people : int64[c]
    tied : int64[c]
        How many have at least one known tie.
    share : float64[c]
        ``tied / people``.
    mean_ties : float64[c]
        Known ties a person.
    """

    cohort: Int64
    people: Int64
    tied: Int64
    share: Float64
    mean_ties: Float64


def coverage(
    cohort: ArrayLike, degree: ArrayLike, *, people: dict[int, int] | None = None
) -> CohortCoverage:
    """Return how many of each cohort have a known tie.

    Parameters
    ----------
    cohort : int[n]
        Label of each person; negative for none.
    degree : int[n]
        Number of known ties.
    people : label -> number, optional
        Official sizes, where they are larger than what is on file.
    """
    label, ties = np.asarray(cohort, np.int64), np.asarray(degree, np.int64)
    known = label >= 0
    names, group = np.unique(label[known], return_inverse=True)
    size = np.bincount(group, minlength=len(names))
    if people is not None:
        size = np.maximum(size, [people.get(int(name), 0) for name in names])
    tied = np.bincount(group, weights=ties[known] > 0, minlength=len(names)).astype(np.int64)
    mean = np.bincount(group, weights=ties[known], minlength=len(names)) / np.maximum(size, 1)
    return CohortCoverage(names, size.astype(np.int64), tied, tied / np.maximum(size, 1), mean)


def within_cohort(
    score: ArrayLike,
    cohort: ArrayLike,
    *,
    by: str = "percentile",
    degree: ArrayLike | None = None,
    least_coverage: float = LEAST_COVERAGE,
    least_people: int = LEAST_COHORT,
) -> Float64:
    """Return each person's place within their cohort.

    Parameters
    ----------
    score : float[n]
    cohort : int[n]
        Negative for none.
    by : {"percentile", "z"}
        Share of the others of the cohort who score lower (equals count half), in [0, 1]; or the
        distance from the cohort's median in robust standard deviations (1.4826 times the median
        absolute deviation; 0 for all where that is 0 and the score is the median).
    degree : int[n], optional
        Number of known ties; then cohorts of too little coverage are left out.
    least_coverage, least_people
        Cohorts below either get NaN.

    Returns
    -------
    float64[n]
        NaN where there is no value to be had.

    Examples
    --------
    >>> within_cohort([1.0, 2.0, 3.0], [7, 7, 7], least_people=3)
    array([0. , 0.5, 1. ])
    """
    if by not in ("percentile", "z"):
        raise BadValue(f"a place within a cohort is by 'percentile' or 'z', not {by!r}")
    value, label = np.asarray(score, np.float64), np.asarray(cohort, np.int64)
    place = np.full(len(value), np.nan)
    order = np.lexsort((value, label))
    ordered = label[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1) != 0)
    ends = np.append(starts[1:], len(order))
    ties = None if degree is None else np.asarray(degree)
    for start, end in zip(starts, ends, strict=True):
        members = order[start:end]
        if label[members[0]] < 0 or len(members) < max(least_people, 2):
            continue
        if ties is not None and (ties[members] > 0).mean() < least_coverage:
            continue
        own = value[members]
        if by == "percentile":
            lower = np.searchsorted(own, own, "left")
            equal = np.searchsorted(own, own, "right") - lower - 1
            place[members] = (lower + equal / 2) / (len(members) - 1)
        else:
            middle = np.median(own)
            spread = 1.4826 * np.median(np.abs(own - middle))
            with np.errstate(divide="ignore", invalid="ignore"):
                distance = (own - middle) / spread
            place[members] = np.where(own == middle, 0.0, distance)
    return place


@dataclass(frozen=True)
class Carried:
    """Where one person's PageRank comes from.

    Attributes
    ----------
    own : float
        What restarts at the person.
    neighbours : int64[d]
        People tied to them, from who brings the most.
    share : float64[d]
        What each tie brings. ``own + share.sum()`` is the score.
    sources : int64[s], source_share : float64[s]
        The same score by where walks started (say: which verified people); sums to the score too.
    """

    own: float
    neighbours: Int64
    share: Float64
    sources: Int64
    source_share: Float64


def carried_by(
    indptr: Int64,
    indices: Int32,
    weight: Float32 | None,
    ranks: PageRank,
    person: int,
    *,
    tolerance: float = 1e-12,
) -> Carried:
    """Split a person's PageRank over their ties, and over the people where walks start.

    By ties, the equation itself is the split: ``x_v = c (1 - d) r_v + sum over u of
    d x_u w_uv / s_u``. By sources, the score is linear in the restart vector, and on symmetric ties
    ``ppr_s(v) / s_v = ppr_v(s) / s_s``: one more solution, from the person, gives all at once.

    Both sums equal the score up to the tolerance of the solutions.
    """
    n = len(indptr) - 1
    if not 0 <= person < n:
        raise BadValue(f"position {person} lies outside of the {n} people")
    strength = effective_strengths(indptr, weight, ranks.least_strength)
    row = slice(int(indptr[person]), int(indptr[person + 1]))
    neighbours = indices[row].astype(np.int64)
    value = np.ones(len(neighbours)) if weight is None else weight[row].astype(np.float64)
    share = ranks.damping * ranks.scores[neighbours] * value / strength[neighbours]
    order = np.lexsort((neighbours, -share))
    own = float(ranks.scale * (1 - ranks.damping) * ranks.restart[person])

    only = np.zeros(n)
    only[person] = 1.0
    back = pagerank(
        indptr,
        indices,
        weight,
        restart=only,
        damping=ranks.damping,
        least_strength=ranks.least_strength,
        tolerance=tolerance,
    )
    back_solution = back.scores / back.scale
    by_source = ranks.scale * ranks.restart * back_solution * (strength[person] / strength)
    sources = np.flatnonzero(by_source > 0)
    sources = sources[np.lexsort((sources, -by_source[sources]))]
    return Carried(own, neighbours[order], share[order], sources, by_source[sources])


@dataclass(frozen=True)
class Stability:
    """How a measure moves when the ties had been known a little otherwise.

    Attributes
    ----------
    mean, deviation : float64[n]
        Of the measure over samples.
    low, high : float64[n]
        Its 5th and 95th percentile.
    rank_low, rank_high : int64[n]
        Range (5th to 95th percentile) of the place in the order of all, 1 for the highest.
    in_top : float64[n]
        Share of samples in which the person is among the `top` highest.
    change : float64[n]
        Mean distance of the samples' values from what they are compared with.
    """

    mean: Float64
    deviation: Float64
    low: Float64
    high: Float64
    rank_low: Int64
    rank_high: Int64
    in_top: Float64
    change: Float64


@njit(cache=True, nogil=True)
def _keep(
    indptr: Int64, indices: Int32, old: Float32, times: Int32
) -> tuple[Int64, Int32, Float32]:
    """Keep ties, their weight times `times` (of each stored tie), where that is above 0."""
    n = len(indptr) - 1
    new_indptr = np.zeros(n + 1, np.int64)
    kept = np.empty(len(indices), np.int32)
    weight = np.empty(len(indices), np.float32)
    at = 0
    for v in range(n):
        for j in range(indptr[v], indptr[v + 1]):
            if times[j] > 0:
                kept[at] = indices[j]
                weight[at] = times[j] * old[j]
                at += 1
        new_indptr[v + 1] = at
    return new_indptr, kept[:at].copy(), weight[:at].copy()


def _mirror(indptr: Int64, indices: Int32) -> Int64:
    """Return, for each stored tie, the place of the same tie seen from the other end."""
    n = len(indptr) - 1
    places = sp.csr_array((np.arange(1, len(indices) + 1), indices, indptr), shape=(n, n))
    mirrored = places.T.tocsr()
    mirrored.sort_indices()
    return np.asarray(mirrored.data - 1, np.int64)


def stability(
    indptr: Int64,
    indices: Int32,
    measure: Callable[[Int64, Int32, Float32 | None], Float64],
    *,
    weight: Float32 | None = None,
    missing: float | None = None,
    samples: int = 50,
    top: int = 20,
    seed: int = 0,
    around: Float64 | None = None,
) -> Stability:
    """Measure again on samples of the ties.

    Parameters
    ----------
    indptr, indices : int64[n + 1], int32[m]
        Symmetric ties, neighbours ascending.
    measure : function
        From (indptr, indices, weight) to a value each person, shape (n,).
    weight : float32[m], optional
        Of the ties; all alike by default.
    missing : float in (0, 1), optional
        Leave out each tie with this chance. Without it, a bootstrap: as many ties are drawn with
        repeats as there are, and one drawn twice has twice its weight.
    samples : int
    top : int
        For `in_top`.
    seed : int
    around : float64[n], optional
        What `change` is measured from; the mean over samples by default.

    Returns
    -------
    Stability

    References
    ----------
    Costenbader and Valente, "The stability of centrality measures when networks are sampled",
    Social Networks 25 (2003). Snijders and Borgatti, "Non-parametric standard errors and tests for
    network statistics", Connections 22 (1999).
    """
    if missing is not None and not 0 < missing < 1:
        raise BadValue(f"the share of missing ties is {missing}, it must lie between 0 and 1")
    if samples < 2:
        raise BadValue("stability needs at least two samples")
    n = len(indptr) - 1
    rng = np.random.default_rng(seed)
    mirror = _mirror(indptr, indices)
    first = np.flatnonzero(np.arange(len(indices)) < mirror)
    old = np.ones(len(indices), np.float32) if weight is None else weight
    values = np.empty((samples, n))
    ranks = np.empty((samples, n), np.int64)
    for i in range(samples):
        times = np.zeros(len(indices), np.int32)
        if missing is None:
            drawn = rng.integers(len(first), size=len(first)) if len(first) else first
            times[first] = np.bincount(drawn, minlength=len(first))
        else:
            times[first] = rng.random(len(first)) >= missing
        times[mirror[first]] = times[first]
        new_indptr, kept, value = _keep(indptr, indices, old, times)
        plain = missing is not None and weight is None
        values[i] = measure(new_indptr, kept, None if plain else value)
        ranks[i, np.lexsort((np.arange(n), -values[i]))] = np.arange(1, n + 1)
    low, high = np.percentile(values, [5, 95], axis=0)
    # Ranks are whole numbers: the nearest one outward, so that the range is never too narrow.
    rank_low = np.percentile(ranks, 5, axis=0, method="lower").astype(np.int64)
    rank_high = np.percentile(ranks, 95, axis=0, method="higher").astype(np.int64)
    mean = values.mean(axis=0)
    return Stability(
        mean,
        values.std(axis=0, ddof=1),
        low,
        high,
        rank_low,
        rank_high,
        (ranks <= top).mean(axis=0),
        np.abs(values - (mean if around is None else around)).mean(axis=0),
    )


def bridging(indptr: Int64, indices: Int32, cohort: ArrayLike) -> Float64:
    """Return each person's probability that two of their acquaintances are of different cohorts.

    ``1 - sum over cohorts c of (d_c / d)^2``; acquaintances of no known cohort (negative label)
    are left out. 0 without such acquaintances.

    References
    ----------
    Guimera and Amaral, "Functional cartography of complex metabolic networks", Nature 433 (2005)
    (the participation coefficient, here with cohorts for modules). The same index measures
    heterogeneity in Blau, "Inequality and Heterogeneity", 1977.
    """
    n = len(indptr) - 1
    label = np.asarray(cohort, np.int64)
    person = np.repeat(np.arange(n), np.diff(indptr))
    known = label[indices] >= 0
    person, other = person[known], label[indices][known]
    width = int(other.max(initial=-1)) + 1
    pair, count = np.unique(person * max(width, 1) + other, return_counts=True)
    owner = pair // max(width, 1)
    total = np.bincount(person, minlength=n).astype(np.float64)
    squares = np.bincount(owner, weights=count.astype(np.float64) ** 2, minlength=n)
    return np.where(total > 0, 1 - squares / np.maximum(total, 1) ** 2, 0.0)
