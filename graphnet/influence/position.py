"""One person's reach, whole: every measure with its place, what carries it and how firm it is.

The person sees it on a page of their own; staff see it in the set chooser, and nowhere else.
"""

from dataclasses import dataclass

import numpy as np

from graphnet import privacy
from graphnet.influence.measures import (
    Measures,
    ground,
    rank,
    taking_part,
    verified_people,
)
from graphnet.influence.reach import carried_by
from graphnet.influence.trust import LEAST_TRUST
from graphnet.snapshot import Snapshot

SHOWN_TIES = 10
# With fewer known ties a measure says little, and the page says so.
FEW_TIES = 5


@dataclass(frozen=True)
class Measured:
    """One measure of one person.

    Attributes
    ----------
    name : str
        pagerank, betweenness, core, bridging or answered.
    value : float
    place : float
        Share of the others of the cohort who have less, equals counting half; NaN without a cohort.
    error : float
        Standard error of `value` where it is an estimate, else NaN.
    """

    name: str
    value: float
    place: float
    error: float = float("nan")


@dataclass(frozen=True)
class OwnReach:
    """A person's reach, or why there is none.

    Attributes
    ----------
    why_not : str
        Empty if there is one; else 'no_consent', 'objected', 'no_ties', 'too_far' (from verified
        people) or 'coverage' (too little is known of the cohort).
    measures : tuple of Measured
    low, high : float
        5th and 95th percentile of the place by PageRank over bootstrap samples of the ties.
    missing : float
        By how much that place moves, on average, with one tie in five missing.
    ties : int
    few : bool
        Whether the ties are so few that a measure says little.
    coverage : float
        Share of the cohort with a known tie.
    carried : tuple of (int, float)
        Keys of the acquaintances who bring most of the PageRank, and their share of it.
    other_ties : float
        The share that all other ties bring.
    own : float
        The share that starts at the person, who is verified.
    """

    why_not: str
    measures: tuple[Measured, ...] = ()
    low: float = float("nan")
    high: float = float("nan")
    missing: float = float("nan")
    ties: int = 0
    few: bool = False
    coverage: float = float("nan")
    carried: tuple[tuple[int, float], ...] = ()
    other_ties: float = 0.0
    own: float = 0.0


def why_no_reach(snapshot: Snapshot, measures: Measures, position: int) -> str:
    """Return why a person has no reach; empty if they have one."""
    flags = int(snapshot.flags[position])
    if flags & privacy.NO_PROFILE:
        return "objected"
    if not flags & privacy.REACH:
        return "no_consent"
    if not np.isnan(measures.pagerank[position]):
        return ""
    if measures.ties[position] == 0:
        return "no_ties"
    near = measures.trust[position] >= LEAST_TRUST * _usual(measures)
    return "coverage" if near else "too_far"


def _usual(measures: Measures) -> float:
    tied = measures.ties > 0
    return float(np.median(measures.trust[tied])) if tied.any() else 0.0


def reach_of(snapshot: Snapshot, measures: Measures, position: int) -> OwnReach:
    """Return one person's reach with all its circumstances.

    Parameters
    ----------
    snapshot : Snapshot
    measures : Measures
        Of that snapshot.
    position : int
        Of the person.

    Returns
    -------
    OwnReach
        Of a person without consent, or who objected, no more than that.
    """
    why_not = why_no_reach(snapshot, measures, position)
    if why_not in ("objected", "no_consent"):
        return OwnReach(why_not)
    ties, covered = int(measures.ties[position]), float(measures.coverage[position])
    few = ties < FEW_TIES
    if why_not:
        return OwnReach(why_not, ties=ties, few=few, coverage=covered)
    on = ground(snapshot.layers["knows"], taking_part(snapshot), verified_people(snapshot))
    scores = rank(on)
    parts = carried_by(on.ties.indptr, on.ties.indices, on.ties.weight, scores, position)
    total = float(scores.scores[position])
    share = parts.share / total if total > 0 else parts.share
    named = [
        (int(snapshot.keys[v]), float(s))
        for v, s in zip(parts.neighbours[:SHOWN_TIES], share[:SHOWN_TIES], strict=True)
    ]
    return OwnReach(
        "",
        tuple(
            Measured(
                name,
                float(getattr(measures, name)[position]),
                float(getattr(measures, place)[position]),
                float(measures.betweenness_error[position])
                if name == "betweenness"
                else float("nan"),
            )
            for name, place in (
                ("pagerank", "percentile"),
                ("betweenness", "betweenness_place"),
                ("core", "core_place"),
                ("bridging", "bridging_place"),
                ("answered", "answered_place"),
            )
        ),
        low=float(measures.low[position]),
        high=float(measures.high[position]),
        missing=float(measures.missing[position]),
        ties=ties,
        few=few,
        coverage=covered,
        carried=tuple(named),
        other_ties=float(share.sum()) - sum(s for _, s in named),
        own=parts.own / total if total > 0 else 0.0,
    )
