"""Choosing people who together reach the most, with a certificate of how near the best they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import e, log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphnet.errors import BadValue
from graphnet.influence.cascade import Cascade
from graphnet.influence.quotas import BoolArray, Int32, Int64, Quota, Rules
from graphnet.influence.sampling import Coverage, Samples, samples_met

Float64 = NDArray[np.float64]

FIRST_SAMPLES = 1 << 18
MOST_SAMPLES = 1 << 20
MOST_MEMBERS = 48_000_000  # 4 bytes each, and once more in the index
BELIEF_GAP = 0.002
POLISHING_PASSES = 3


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
    """

    people: Int64
    reach: float
    standard_error: float
    at_least: float
    best_at_most: float
    certificate: float
    samples: int


@dataclass(frozen=True)
class Aim:
    """What is to be made large: the reach, or a fairer sum over groups.

    ``sum over groups g of N_g * (reached share of g)^(1 - dial)``: dial 0 counts everybody alike,
    nearer to 1 what reaches a group that few reach counts more.
    """

    group: Int32
    sizes: Int64
    dial: float

    def scores(self, gain: Int64, covered: Int64, per_sample: float) -> Float64:
        """Return what each person adds to the aim, from shape (n, groups)."""
        if self.dial == 0 or len(self.sizes) == 1:
            plain: Float64 = gain.sum(axis=1).astype(np.float64)
            return plain
        now = covered * per_sample / self.sizes
        then = now + gain * (per_sample / self.sizes)
        power = 1 - self.dial
        added: Float64 = (self.sizes * (then**power - now**power)).sum(axis=1)
        return added


def _aim(group: ArrayLike | None, dial: float, audience: BoolArray) -> Aim:
    if not 0 <= dial < 1:
        raise BadValue(f"the dial of fairness is {dial}, it must be at least 0 and below 1")
    n = len(audience)
    if group is None or dial == 0:
        return Aim(np.zeros(n, np.int32), np.array([max(audience.sum(), 1)], np.int64), 0.0)
    labels = np.asarray(group)
    if labels.shape != (n,):
        raise BadValue(f"the groups label {len(labels)} of {n} people")
    # Groups without audience have nobody to reach; they must not divide by zero.
    known, label = np.unique(labels, return_inverse=True)
    sizes = np.bincount(label[audience], minlength=len(known))
    return Aim(label.astype(np.int32), np.maximum(sizes, 1).astype(np.int64), dial)


@dataclass
class _Cover:
    """A choice on samples while it is made."""

    coverage: Coverage
    aim: Aim
    people: list[int]
    times: NDArray[np.int16]
    gain: Int64
    covered: Int64
    open_to: BoolArray
    upper: float = float("inf")

    def add(self, person: int) -> None:
        self.covered += self.gain[person]
        self.coverage.choose(person, 1, self.aim.group, self.times, self.gain)
        self.people.append(person)
        self.open_to[person] = False

    def take_out(self, person: int) -> None:
        self.coverage.choose(person, -1, self.aim.group, self.times, self.gain)
        self.covered -= self.gain[person]
        self.people.remove(person)
        self.open_to[person] = True

    def bound(self, k: int) -> None:
        """Lower the bound on what any k people cover: what is covered, and the k largest gains."""
        gain = self.gain.sum(axis=1)
        most = (
            np.partition(gain, len(gain) - k)[len(gain) - k :].sum()
            if k < len(gain)
            else (gain.sum())
        )
        self.upper = min(self.upper, float(self.covered.sum() + most))


def _greedy(
    coverage: Coverage, aim: Aim, rules: Rules, fixed: Sequence[int], per_sample: float
) -> _Cover:
    """Choose one after the other who adds most, then exchange while an exchange adds something."""
    groups = len(aim.sizes)
    cover = _Cover(
        coverage,
        aim,
        [],
        np.zeros(len(coverage), np.int16),
        coverage.gains(aim.group, groups),
        np.zeros(groups, np.int64),
        np.ones(coverage.n, np.bool_),
    )
    for person in fixed:
        cover.bound(rules.k)
        cover.add(person)
    chosen = rules.counts(fixed)
    while len(cover.people) < rules.k:
        cover.bound(rules.k)
        scores = aim.scores(cover.gain, cover.covered, per_sample)
        person = rules.best(chosen, scores, cover.open_to)
        cover.add(person)
        chosen[rules.kind[person]] += 1
    cover.bound(rules.k)
    for _ in range(POLISHING_PASSES):
        changed = False
        for person in [p for p in cover.people if p not in fixed]:
            place = cover.people.index(person)
            cover.take_out(person)
            chosen[rules.kind[person]] -= 1
            scores = aim.scores(cover.gain, cover.covered, per_sample)
            other = rules.best(chosen, scores, cover.open_to)
            # Only a real gain is worth an exchange, or two equals would change places for ever.
            if not scores[other] > scores[person] * (1 + 1e-12):
                other = person
            cover.add(other)
            cover.people.insert(place, cover.people.pop())
            chosen[rules.kind[other]] += 1
            changed |= other != person
        if not changed:
            break
    return cover


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
    ``1 - 1/e - 0.01``, or memory for samples is used up. (With few samples the choice fits their
    chances; a trial with 2^14 of them lost to choosing by degree.) The greedy set is then improved
    by exchanges.

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
    aim = _aim(group, fairness, wanted)
    roots = np.flatnonzero(wanted).astype(np.int32)
    samples = Samples(cascade, roots, seed=seed, threads=threads)
    limit = max(most_samples, 1)
    # Each round uses its share of the allowed failure, on both bounds.
    rounds = max(1, (limit // min(FIRST_SAMPLES, limit)).bit_length())
    eta = log(2 * rounds / failure)
    count = min(FIRST_SAMPLES, limit)
    number = 0
    while True:
        samples.grow_to(count)
        per_sample = len(roots) / len(samples)
        cover = _greedy(samples.index(), aim, rules, must, per_sample)
        people = np.asarray(cover.people, np.int64)
        # Fresh ones each round: the choice has seen nothing of them.
        met, fresh = samples_met(
            cascade, roots, people, len(samples), seed=seed + number, threads=threads
        )
        believed = float(cover.covered.sum()) / len(samples)
        share = met / fresh
        low = max((sqrt(met + 2 * eta / 9) - sqrt(eta / 2)) ** 2 - eta / 18, 0.0) / fresh
        high = min((sqrt(cover.upper + eta / 2) + sqrt(eta / 2)) ** 2 / len(samples), 1.0)
        certificate = low / high if high > 0 else 1.0
        noise = sqrt(2 * share * (1 - share) / fresh)
        settled = believed - share <= max(BELIEF_GAP * share, noise)
        if settled and noise <= BELIEF_GAP * share and certificate >= 1 - 1 / e - 0.01:
            break
        if 2 * count > limit or 2 * len(samples.members) > MOST_MEMBERS:
            break
        count *= 2
        number += 1
    size = len(roots)
    return Choice(
        people,
        share * size,
        sqrt(share * (1 - share) / fresh) * size,
        low * size,
        high * size,
        certificate if aim.dial == 0 else float("nan"),
        len(samples),
    )


def positions(people: ArrayLike, n: int) -> list[int]:
    """Return distinct positions, ascending, or refuse one that is out of range."""
    places = np.unique(np.asarray(people, np.int64).reshape(-1))
    if len(places) and (places[0] < 0 or places[-1] >= n):
        raise BadValue(f"a position lies outside of the {n} people")
    return [int(p) for p in places]
