"""Everyone's position in the network, computed once a snapshot by the worker and kept beside it.

Shown to staff only, beside what people have earned and never in it; normalised by cohort, with
the coverage of that cohort, since a measure on few known ties says little. People who have not
consented to profiling take part in the network but have no position of their own.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.errors import ModelMissing, SnapshotError
from graphnet.influence.betweenness import betweenness
from graphnet.influence.centrality import core_numbers, pagerank
from graphnet.model import new_id
from graphnet.privacy import engine
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import Ties

Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]

FILE = "measures.npz"
PIVOTS = 64  # shortest-path trees sampled for betweenness
# A tie of somebody with few ties carries no more than one of twenty: otherwise one verified person
# whose only ties lead to invented accounts would hand them everything (see tests of reach).
LEAST_STRENGTH = 20
SMALLEST_COVERAGE = 0.25  # cohorts of which fewer have a known tie are left out


@dataclass(frozen=True)
class Measures:
    """One value a person, by position in the snapshot; NaN where there is none to show."""

    pagerank: Float64
    percentile: Float64  # of PageRank within the person's cohort, 0 to 1
    betweenness: Float64
    betweenness_error: Float64
    core: Int32
    ties: Int32
    coverage: Float64  # share of the person's cohort with a known tie


def visible_ties(ties: Ties, allowed: npt.NDArray[np.bool_]) -> Ties:
    """Return the ties both of whose ends are allowed; positions stay the same."""
    owner = np.repeat(np.arange(ties.n), np.diff(ties.indptr))
    kept = allowed[owner] & allowed[ties.indices]
    indptr = np.zeros(ties.n + 1, np.int64)
    indptr[1:] = np.cumsum(np.bincount(owner[kept], minlength=ties.n))
    return Ties(indptr, ties.indices[kept], ties.weight[kept])


def measure(snapshot: Snapshot, *, seed: int = 0) -> Measures:
    """Compute every measure on the people who are neither hidden nor dead.

    PageRank restarts at registered people, so that a ring of invented accounts cannot lift itself
    (Haveliwala 2002, topic-sensitive PageRank; as in SybilRank, Cao et al. 2012). Betweenness is
    estimated from sampled pivots (Brandes and Pich 2007).
    """
    allowed = snapshot.visible_to(engine("position in the network"))
    ties = visible_ties(snapshot.layers["knows"], allowed)
    verified = allowed & ((snapshot.flags & privacy.CLAIMED) != 0)
    degree = np.diff(ties.indptr).astype(np.int32)
    if not len(ties.indices):
        nothing = np.full(snapshot.n, np.nan)
        zero = np.zeros(snapshot.n, np.int32)
        return Measures(nothing, nothing, nothing, nothing, zero, zero, nothing)
    restart = verified if verified.any() else allowed
    rank = pagerank(
        ties.indptr,
        ties.indices,
        ties.weight,
        restart=restart.astype(np.float64),
        least_strength=LEAST_STRENGTH,
    )
    between = betweenness(ties.indptr, ties.indices, k=min(PIVOTS, snapshot.n), seed=seed)
    score = np.asarray(rank.scores, np.float64)
    percentile, coverage = within_cohorts(snapshot, score, degree)
    consented = allowed & ((snapshot.flags & privacy.REACH) != 0)
    enough = consented & (coverage >= SMALLEST_COVERAGE)

    def shown(values: npt.ArrayLike) -> Float64:
        return np.where(enough, np.asarray(values, np.float64), np.nan)

    return Measures(
        shown(score),
        shown(percentile),
        shown(between.scores),
        shown(between.standard_error),
        core_numbers(ties.indptr, ties.indices).astype(np.int32),
        degree,
        coverage,
    )


def within_cohorts(snapshot: Snapshot, score: Float64, degree: Int32) -> tuple[Float64, Float64]:
    """Return each person's percentile within their cohort, and that cohort's coverage.

    The cohort is the intake, or the graduation where no intake is known.
    """
    percentile = np.full(snapshot.n, np.nan)
    coverage = np.full(snapshot.n, np.nan)
    for kind in ("graduations", "cohorts"):
        if kind not in snapshot.memberships:
            continue
        belonging = snapshot.memberships[kind]
        for thing in range(len(snapshot.things[kind])):
            members = belonging.members(thing)
            if not len(members):
                continue
            order = np.argsort(np.argsort(score[members], kind="stable"), kind="stable")
            percentile[members] = (order + 0.5) / len(members)
            coverage[members] = np.count_nonzero(degree[members]) / len(members)
    return percentile, coverage


def save(measures: Measures, folder: Path) -> None:
    """Write the measures into a snapshot's folder, in one step."""
    draft = folder / f".{new_id()}.npz"
    np.savez(draft, **measures.__dict__)
    draft.replace(folder / FILE)


def open_measures(folder: Path) -> Measures:
    """Read the measures of a snapshot.

    Raises
    ------
    ModelMissing
        If the worker has not computed them yet.
    """
    try:
        with np.load(folder / FILE, allow_pickle=False) as file:
            return Measures(**{name: file[name] for name in Measures.__dataclass_fields__})
    except FileNotFoundError as problem:
        raise ModelMissing(
            "positions in the network are being computed: the worker does it after each snapshot"
        ) from problem
    except (OSError, ValueError, KeyError) as problem:
        raise SnapshotError(f"{folder / FILE} is damaged: {problem}") from problem
