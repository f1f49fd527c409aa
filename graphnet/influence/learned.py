"""Chances of passing word on: learned from past answers where there are any, else by cascade."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphnet.influence.cascade import Cascade, cascade_of_pairs
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import Ties

Int64 = npt.NDArray[np.int64]

# How many tries the weighted cascade's chance is worth beside what was seen.
PRIOR_TRIES = 2.0


@dataclass(frozen=True)
class Answers:
    """What was passed on, by whom to whom.

    Attributes
    ----------
    teller, hearer : int64[a]
        Keys: who passed something on (a link, an invitation, a message), and to whom.
    tried, answered : int64[a]
        How often, and how often an answer came.
    """

    teller: Int64
    hearer: Int64
    tried: Int64
    answered: Int64


def learned_cascade(snapshot: Snapshot, ties: Ties, answers: Answers | None) -> tuple[Cascade, int]:
    """Make the cascade of a layer of ties, and say for how many ties something was learned.

    A tie's chance is its share of the hearer's weights (weighted cascade); where the hearer has
    answered this teller, ``(PRIOR_TRIES * that chance + answered) / (PRIOR_TRIES + tried)``, the
    mean of a beta distribution, if that is more. Silence lowers nobody's chance: it has other
    causes than unwillingness, and must not count against anyone.

    Parameters
    ----------
    snapshot : Snapshot
        To find the keys of answers.
    ties : Ties
        Both directions stored.
    answers : Answers, optional

    References
    ----------
    Goyal, Bonchi and Lakshmanan, "Learning influence probabilities in social networks", WSDM 2010,
    section 4 (share of tries that succeeded; here with a prior, as most ties were tried once).
    """
    n = ties.n
    hearer = np.repeat(np.arange(n, dtype=np.int64), np.diff(ties.indptr))
    teller = ties.indices.astype(np.int64)
    weight = ties.weight.astype(np.float64)
    total = np.bincount(hearer, weights=weight, minlength=n)
    chance = np.minimum(weight / np.maximum(total[hearer], 1e-12), 1.0)
    learned = 0
    if answers is not None and len(answers.teller):
        code = hearer * n + teller  # ascending: rows, then neighbours
        last = max(snapshot.n - 1, 0)
        u = np.minimum(np.searchsorted(snapshot.keys, answers.teller), last)
        v = np.minimum(np.searchsorted(snapshot.keys, answers.hearer), last)
        known = (snapshot.keys[u] == answers.teller) & (snapshot.keys[v] == answers.hearer)
        wanted = v * n + u
        place = np.minimum(np.searchsorted(code, wanted), max(len(code) - 1, 0))
        if len(code):
            known &= (code[place] == wanted) & (answers.answered > 0)
            at = place[known]
            tried = np.maximum(answers.tried[known], answers.answered[known])
            seen = (PRIOR_TRIES * chance[at] + answers.answered[known]) / (PRIOR_TRIES + tried)
            chance[at] = np.maximum(chance[at], np.minimum(seen, 1.0))
            learned = len(np.unique(at))
    # Two people who shared no time in a place have a tie of weight 0: nothing passes over it.
    some = chance.astype(np.float32) > 0
    return cascade_of_pairs(n, teller[some], hearer[some], chance[some]), learned
