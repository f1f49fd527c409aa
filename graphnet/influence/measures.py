"""Everyone's position in the network, computed once a snapshot by the worker and kept beside it.

Shown to staff only, beside what people have earned and never in it; normalised by cohort, with
the coverage of that cohort, since a measure on few known ties says little. People who have not
consented to profiling take part in the network but have no position of their own; who objected to
it takes no part at all.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.errors import ModelMissing
from graphnet.influence.betweenness import PIVOTS as PIVOTS
from graphnet.influence.betweenness import betweenness, pivots_for
from graphnet.influence.centrality import PageRank, core_numbers, pagerank
from graphnet.influence.reach import bridging, coverage, stability, within_cohort
from graphnet.influence.trust import trust, trusted
from graphnet.model import new_id
from graphnet.privacy import engine
from graphnet.snapshot import Snapshot, read_npz
from graphnet.snapshot.arrays import BoolArray, Ties

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

FILE = "measures.npz"
# A tie of somebody with few ties carries no more than one of twenty: otherwise one verified person
# whose only ties lead to invented accounts would hand them everything (see tests of reach).
LEAST_STRENGTH = 20
SMALLEST_COVERAGE = 0.25  # cohorts of which fewer have a known tie are left out
SAMPLES = 30  # of the ties, for the bootstrap and for missing ones each
FEWER_SAMPLES = 10  # where there are more ties than
MANY_TIES = 300_000
MISSING = 0.2  # share of ties left out to see what changes

KINDS = ("pagerank", "betweenness", "core", "bridging", "answered")


@dataclass(frozen=True)
class Measures:
    """One value a person, by position in the snapshot; NaN where there is none to show.

    Attributes
    ----------
    pagerank, betweenness, core, bridging, answered : float64[n]
        The five measures. `bridging` is the chance that two of somebody's acquaintances are of
        different cohorts; `answered` how often they answered a request or an invitation, or
        somebody came by theirs. Not answering is not counted.
    betweenness_error : float64[n]
        Of 100 people, the exact value of at least 95 lies within this of their estimate; 0 where
        it was computed exactly.
    percentile, betweenness_place, core_place, bridging_place, answered_place : float64[n]
        The share of the others of the cohort who have less; equals count half. `percentile` is
        that of PageRank.
    low, high : float64[n]
        5th and 95th percentile of `percentile` over bootstrap samples of the ties.
    missing : float64[n]
        By how much `percentile` moves, on average, when one tie in five is left out at random.
    ties : int32[n]
        Known ties to people who take part.
    coverage : float64[n]
        Share of the person's cohort with a known tie.
    trust : float64[n]
        As `graphnet.influence.trust` has it.
    """

    pagerank: Float64
    percentile: Float64
    low: Float64
    high: Float64
    missing: Float64
    betweenness: Float64
    betweenness_error: Float64
    betweenness_place: Float64
    core: Float64
    core_place: Float64
    bridging: Float64
    bridging_place: Float64
    answered: Float64
    answered_place: Float64
    ties: Int32
    coverage: Float64
    trust: Float64


@dataclass(frozen=True)
class Ground:
    """What positions are computed on: who takes part, by which ties, and where walks start."""

    allowed: BoolArray
    ties: Ties  # between people who are near enough to verified ones
    all_ties: Ties
    verified: BoolArray
    trust: Float64
    near: BoolArray


def visible_ties(ties: Ties, allowed: npt.NDArray[np.bool_]) -> Ties:
    """Return the ties both of whose ends are allowed; positions stay the same."""
    owner = np.repeat(np.arange(ties.n), np.diff(ties.indptr))
    kept = allowed[owner] & allowed[ties.indices]
    indptr = np.zeros(ties.n + 1, np.int64)
    indptr[1:] = np.cumsum(np.bincount(owner[kept], minlength=ties.n))
    return Ties(indptr, ties.indices[kept], ties.weight[kept])


def taking_part(snapshot: Snapshot) -> BoolArray:
    """Return who takes part: neither hidden nor dead, and no objection to profiling."""
    allowed = snapshot.visible_to(engine("position in the network"))
    part: BoolArray = allowed & ((snapshot.flags & privacy.NO_PROFILE) == 0)
    return part


def verified_people(snapshot: Snapshot) -> BoolArray:
    """Return the alumni on file whose account has been opened by themselves."""
    wanted = privacy.CLAIMED | privacy.ALUMNUS
    verified: BoolArray = taking_part(snapshot) & ((snapshot.flags & wanted) == wanted)
    return verified


def ground(ties: Ties, allowed: BoolArray, verified: BoolArray) -> Ground:
    """Return what to compute on: ties among people who are near enough to verified ones."""
    known = visible_ties(ties, allowed)
    chance = trust(known, verified)
    near = allowed & trusted(chance, np.diff(known.indptr) > 0)
    return Ground(allowed, visible_ties(known, near), known, verified & near, chance, near)


def rank(on: Ground, ties: Ties | None = None, *, tolerance: float = 1e-9) -> PageRank:
    """Return PageRank from verified people (Haveliwala 2002, topic-sensitive PageRank)."""
    used = on.ties if ties is None else ties
    return pagerank(
        used.indptr,
        used.indices,
        used.weight,
        restart=on.verified.astype(np.float64),
        least_strength=LEAST_STRENGTH,
        tolerance=tolerance,
    )


def cohort_labels(snapshot: Snapshot) -> Int64:
    """Return one label a person: the intake, or the graduation where no intake is known; else -1.

    Intakes have their position, graduations their position below -1 turned positive after them.
    """
    label = np.full(snapshot.n, -1, np.int64)
    first = 0
    for kind, name in (("cohorts", "cohort"), ("graduations", "graduation")):
        codes = snapshot.attributes.get(name)
        if codes is not None:
            new = (label < 0) & (codes > 0)
            label[new] = codes[new].astype(np.int64) - 1 + first
        first += len(snapshot.things.get(kind, ()))
    return label


def measure(
    snapshot: Snapshot,
    *,
    seed: int = 0,
    answered: Float64 | None = None,
    samples: int | None = None,
) -> Measures:
    """Compute every measure on the people who are neither hidden nor dead and did not object.

    Walks start at verified people, and only people near to these count (see `trust`), so that a
    ring of invented accounts cannot lift itself. Betweenness is exact where that takes seconds, and
    else estimated.

    Parameters
    ----------
    snapshot : Snapshot
    seed : int
        Chooses pivots and samples of ties; the same seed gives the same measures.
    answered : float64[n], optional
        How often each person answered.
    samples : int, optional
        Of the ties, for the bootstrap, and as many with ties missing; fewer by default where there
        are many ties.
    """
    on = ground(snapshot.layers["knows"], taking_part(snapshot), verified_people(snapshot))
    cohort = cohort_labels(snapshot)
    degree = np.diff(on.all_ties.indptr).astype(np.int32)
    covered = _coverage(cohort, np.where(on.allowed, cohort, -1), degree)
    consented = on.near & ((snapshot.flags & privacy.REACH) != 0) & (degree > 0)
    enough = consented & (covered >= SMALLEST_COVERAGE)
    if not len(on.ties.indices) or not on.verified.any():
        nothing = np.full(snapshot.n, np.nan)
        values = dict.fromkeys(list(Measures.__dataclass_fields__)[:-3], nothing)
        return Measures(**values, ties=degree, coverage=covered, trust=on.trust)
    among = np.where(on.allowed, cohort, -1)

    def place(values: npt.ArrayLike) -> Float64:
        return within_cohort(
            values, among, degree=degree, least_coverage=SMALLEST_COVERAGE, least_people=2
        )

    def shown(values: npt.ArrayLike) -> Float64:
        return np.where(enough, np.asarray(values, np.float64), np.nan)

    def percentile_of(indptr: Int64, indices: Int32, weight: Float32 | None) -> Float64:
        used = weight if weight is not None else np.ones(len(indices), np.float32)
        scores = rank(on, Ties(indptr, indices, used), tolerance=1e-6).scores
        return np.nan_to_num(place(scores))

    ties = on.ties
    score = rank(on).scores
    between = betweenness(
        ties.indptr, ties.indices,
        k=pivots_for(ties.indptr, on.allowed), people=on.allowed, seed=seed,
    )  # fmt: skip
    core = core_numbers(ties.indptr, ties.indices)
    bridge = bridging(ties.indptr, ties.indices, cohort)
    answers = np.zeros(snapshot.n) if answered is None else answered
    percentile = place(score)
    if samples is None:
        samples = SAMPLES if len(ties.indices) <= 2 * MANY_TIES else FEWER_SAMPLES
    drawn = stability(
        ties.indptr, ties.indices, percentile_of, weight=ties.weight, samples=samples, seed=seed
    )
    without = stability(
        ties.indptr, ties.indices, percentile_of, weight=ties.weight, missing=MISSING,
        samples=samples, seed=seed, around=percentile,
    )  # fmt: skip
    known = ~np.isnan(percentile)
    return Measures(
        pagerank=shown(score),
        percentile=shown(percentile),
        low=shown(np.where(known, drawn.low, np.nan)),
        high=shown(np.where(known, drawn.high, np.nan)),
        missing=shown(np.where(known, without.change, np.nan)),
        betweenness=shown(between.scores),
        betweenness_error=shown(2 * between.standard_error),
        betweenness_place=shown(place(between.scores)),
        core=shown(core),
        core_place=shown(place(core)),
        bridging=shown(bridge),
        bridging_place=shown(place(bridge)),
        answered=shown(answers),
        answered_place=shown(place(answers)),
        ties=degree,
        coverage=covered,
        trust=on.trust,
    )


def _coverage(cohort: Int64, among: Int64, degree: Int32) -> Float64:
    """Return each person's cohort's share of people with a known tie; NaN without a cohort."""
    found = coverage(among, degree)
    share = np.full(len(cohort), np.nan)
    if len(found.cohort):
        place = np.minimum(np.searchsorted(found.cohort, cohort), len(found.cohort) - 1)
        same = found.cohort[place] == cohort
        share[same] = found.share[place[same]]
    return share


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
        If the worker has not computed them yet, or an older program did.
    """
    try:
        arrays = read_npz(folder / FILE)
        return Measures(**{name: arrays[name] for name in Measures.__dataclass_fields__})
    except (FileNotFoundError, KeyError) as problem:
        raise ModelMissing(
            "positions in the network are being computed: the worker does it after each snapshot"
        ) from problem
