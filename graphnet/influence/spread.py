"""Choosing people who together reach the most, with a certificate of how near the best they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import e, log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphnet.errors import BadValue
from graphnet.influence.cascade import Cascade
from graphnet.influence.cover import Aim, Cover, aim_of, cover_by, exchange, firm
from graphnet.influence.quotas import BoolArray, Int64, Quota, Rules, by_score
from graphnet.influence.sampling import Meeting, Samples, samples_met

FIRST_SAMPLES = 1 << 18
MOST_SAMPLES = 1 << 19
MOST_MEMBERS = 48_000_000  # 4 bytes each, and once more in the index
BELIEF_GAP = 0.002
# The fine samples, of which only those members are kept who may still be chosen.
FINE_SAMPLES = 1 << 23
FINE_A_HEAD = 200
FINE_WORK = 1 << 28  # people met while drawing them: some six seconds of two processors
MOST_FRESH = 1 << 20
POOL = 400
POOL_A_KIND = 10


@dataclass(frozen=True)
class Choice:
    """A chosen set and what is known of its reach.

    Attributes
    ----------
    people : int64[k]
        Positions: the fixed first, then in the order of choice.
    reach : float
        Expected reach, estimated on samples that had no part in the choice.
    standard_error : float
        Of `reach`.
    at_least, best_at_most : float
        With probability `1 - failure`, the set reaches at least the one, and no set of this size
        (under no quotas) more than the other.
    certificate : float
        Their ratio; 1 would prove that nothing is better. For the plain aim only, else NaN.
    samples : int
        Number of reverse samples the choice was made on.
    ahead_of_degree, ahead_error : float
        How many more it reaches than as many people with the most ties under the same rules, and
        the standard error of that, on the same fresh samples.
    """

    people: Int64
    reach: float
    standard_error: float
    at_least: float
    best_at_most: float
    certificate: float
    samples: int
    ahead_of_degree: float
    ahead_error: float

    @property
    def better_than_degree(self) -> bool:
        """Whether it beats choosing by degree by more than two standard errors."""
        return self.ahead_of_degree > 2 * self.ahead_error


def choose_people(
    cascade: Cascade,
    k: int,
    *,
    quotas: Sequence[Quota] = (),
    fixed: ArrayLike = (),
    barred: ArrayLike = (),
    audience: NDArray[np.bool_] | None = None,
    group: ArrayLike | None = None,
    fairness: float = 0.0,
    seed: int = 0,
    failure: float = 0.001,
    most_samples: int = MOST_SAMPLES,
    threads: int | None = None,
) -> Choice:
    """Choose k people who together reach the most of the audience.

    Samples are doubled until what the choice promises on the samples it was made on, and what as
    many fresh samples say of it, differ by less than 0.2 % and the certificate passes
    ``1 - 1/e - 0.01``, or the limit is reached. (With few samples the choice fits their chances; a
    trial with 2^14 of them lost to choosing by degree.) The greedy set is improved by exchanges.

    In a large network the best sets differ by less than the error of half a million samples. So
    the last word have up to eight million, of which only those members are kept who are near to
    being chosen (some hundreds), most samples thus being empty; on these it is chosen anew, and
    improved from three starts: greedy, the first choice, the people of highest degree. Whom no
    exchange would take out of the first choice by five standard errors is settled before.

    Parameters
    ----------
    cascade : Cascade
        Chances of passing on, of n people.
    k : int
        Size of the set, the fixed included.
    quotas : sequence of Quota
        Each must hold; several may overlap.
    fixed, barred : array_like of int
        Who must be in it, who must not.
    audience : bool[n], optional
        Whom to reach (say: those who have not heard in an earlier wave); everybody by default.
    group, fairness : int[n], float in [0, 1)
        Groups between which reach is shared, and the dial of `Aim`; 0 for reach alone.
    seed : int
        The same seed gives the same set, for any number of threads.
    failure : float
        Probability with which the certificate may be wrong.
    most_samples : int
        Stop doubling there.

    Returns
    -------
    Choice

    Raises
    ------
    BadValue
        If k is out of range, positions are, or no set meets the rules.

    References
    ----------
    Tang, Tang, Xiao and Yuan, "Online processing algorithms for influence maximization", SIGMOD
    2018, sections 4 and 5 (OPIM-C; bounds of lemmas 4.2 and 4.3 with the tighter one of 5.1).
    Guo, Wang, Wei and Chen, "Influence maximization revisited: efficient reverse reachable set
    generation with bound tightened", SIGMOD 2020 (drawing in sorted rows).
    """
    n = cascade.n
    must = positions(fixed, n)
    bars = np.zeros(n, np.bool_)
    bars[positions(barred, n)] = True
    bars[must] = False
    if not len(must) <= k <= n or k < 1:
        raise BadValue(f"{k} people cannot be chosen of {n} with {len(must)} fixed")
    wanted = np.ones(n, np.bool_) if audience is None else np.asarray(audience, np.bool_)
    if wanted.shape != (n,) or not wanted.any():
        raise BadValue(f"the audience must mark at least one of the {n} people")
    rules = Rules(n, k, quotas, bars)
    rules.check(must)
    aim = aim_of(group, fairness, wanted)
    roots = np.flatnonzero(wanted).astype(np.int32)
    by_degree = _by_degree(cascade, rules, must)
    samples = Samples(cascade, roots, seed=seed, threads=threads)
    limit = max(most_samples, 1)
    # Each round uses its share of the allowed failure, on both bounds; one more for the last.
    rounds = 1 + max(1, (limit // min(FIRST_SAMPLES, limit)).bit_length())
    eta = log(2 * rounds / failure)
    count = min(FIRST_SAMPLES, limit)
    number = 0

    def look(people: Int64, count: int) -> Meeting:
        # Fresh ones each round: the choice has seen nothing of them.
        return samples_met(
            cascade, roots, people, by_degree, count, seed=seed + number, threads=threads
        )

    while True:
        samples.grow_to(count)
        per_sample = len(roots) / len(samples)
        cover = cover_by(samples.index(), aim, rules, must, per_sample)
        exchange(cover, rules, must, per_sample)
        people = np.asarray(cover.people, np.int64)
        made_on = len(samples)
        fresh = look(people, len(samples))
        believed = float(cover.covered.sum()) / len(samples)
        low, high = _bounds(fresh, cover.upper, len(samples), eta)
        certificate = low / high if high > 0 else 1.0
        settled = believed - fresh.share <= max(BELIEF_GAP * fresh.share, sqrt(2) * fresh.error)
        known = sqrt(2) * fresh.error <= BELIEF_GAP * fresh.share
        if settled and known and certificate >= 1 - 1 / e - 0.01:
            break
        if 2 * count > limit or 2 * len(samples.members) > MOST_MEMBERS:
            break
        count *= 2
        number += 1
    fine = min(FINE_SAMPLES, FINE_A_HEAD * len(roots), FINE_WORK * made_on // len(samples.members))
    if fine > 2 * made_on:
        keep = _pool(cover, samples, rules, by_degree, per_sample)
        # A fairer aim depends on how much of each group is reached, by the settled as well.
        sure = must if aim.dial else [*must, *firm(cover, rules, must, per_sample)]
        core = np.array([] if aim.dial else sure, np.int64)
        upper = cover.upper
        del samples, cover
        finer = Samples(cascade, roots, seed=seed, threads=threads, keep=keep, settled=core, use=3)
        finer.grow_to(fine)
        narrow = Rules(n, k, quotas, ~keep)
        people = _finely(finer, aim, narrow, sure, must, (people, by_degree))
        number += 1
        fresh = look(people, MOST_FRESH)
        low, high = _bounds(fresh, upper, made_on, eta)
        certificate = low / high if high > 0 else 1.0
        made_on = fine
    size = len(roots)
    ahead, ahead_error = fresh.ahead
    return Choice(
        people,
        fresh.share * size,
        fresh.error * size,
        low * size,
        high * size,
        certificate if aim.dial == 0 else float("nan"),
        made_on,
        ahead * size,
        ahead_error * size,
    )


def _bounds(fresh: Meeting, upper: float, samples: int, eta: float) -> tuple[float, float]:
    """Return what share the set meets at least, and the best set of its size at most."""
    low = max((sqrt(fresh.met + 2 * eta / 9) - sqrt(eta / 2)) ** 2 - eta / 18, 0.0)
    high = (sqrt(upper + eta / 2) + sqrt(eta / 2)) ** 2
    return low / fresh.samples, min(high / samples, 1.0)


def _by_degree(cascade: Cascade, rules: Rules, fixed: Sequence[int]) -> Int64:
    """Return the people with the most ties, under the same rules."""
    degree = np.diff(cascade.forward.indptr).astype(np.float64)
    return by_score(degree, rules, fixed)


def _pool(
    cover: Cover, samples: Samples, rules: Rules, others: Int64, per_sample: float
) -> BoolArray:
    """Return who is worth a closer look: the set, and whoever is near to it by any sign.

    The signs are what each reaches alone, what each adds to the set, and the number of ties; of
    each kind of people that quotas tell apart there are some, so that they can be exchanged.
    """
    n = samples.cascade.n
    keep = np.zeros(n, np.bool_)
    alone = np.bincount(samples.members, minlength=n).astype(np.float64)
    added = cover.aim.scores(cover.gain, cover.covered, per_sample)
    ties = np.diff(samples.cascade.forward.indptr).astype(np.float64)
    for score in (alone, added, ties):
        order = np.argsort(np.where(rules.allowed, -score, np.inf), kind="stable")
        keep[order[:POOL]] = True
    if len(rules.kinds) > 1:
        order = np.lexsort((-alone, ~rules.allowed, rules.kind))
        start = np.searchsorted(rules.kind[order], np.arange(len(rules.kinds)))
        keep[order[np.arange(n) - start[rules.kind[order]] < POOL_A_KIND]] = True
    keep &= rules.allowed
    keep[cover.people] = True
    keep[others] = True
    return keep


def _finely(
    samples: Samples,
    aim: Aim,
    rules: Rules,
    sure: Sequence[int],
    fixed: Sequence[int],
    sets: Sequence[Int64],
) -> Int64:
    """Choose anew on many more samples, from several starts; return the best end.

    The sure stay. With an exchange from the people of highest degree among the starts, the choice
    is as good as they are on these samples.
    """
    coverage = samples.index()
    per_sample = len(samples.roots) / len(samples)
    ends: list[tuple[float, Int64]] = []
    for one in (np.zeros(0, np.int64), *sets):
        first = list(sure)
        chosen = rules.counts(first)
        for person in one:
            if person not in first and len(first) < rules.k and rules.fits(chosen, int(person)):
                first.append(int(person))
                chosen[rules.kind[person]] += 1
        cover = cover_by(coverage, aim, rules, first, per_sample)
        exchange(cover, rules, sure, per_sample)
        people = np.asarray(cover.people, np.int64)
        ends.append((aim.worth(cover.covered, per_sample), people))
    return max(ends, key=lambda end: end[0])[1]


def positions(people: ArrayLike, n: int) -> list[int]:
    """Return distinct positions, ascending, or refuse one that is out of range."""
    places = np.unique(np.asarray(people, np.int64).reshape(-1))
    if len(places) and (places[0] < 0 or places[-1] >= n):
        raise BadValue(f"a position lies outside of the {n} people")
    return [int(p) for p in places]
