"""Covering samples: the aim, the greedy choice and exchanges; `spread` decides on what samples."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graphnet.errors import BadValue
from graphnet.influence.quotas import BoolArray, Int32, Int64, Rules
from graphnet.influence.sampling import Coverage

Float64 = NDArray[np.float64]

POLISHING_PASSES = 5
FIRM = 5.0


@dataclass(frozen=True)
class Aim:
    """What is to be made large: the reach, or a fairer sum over groups.

    ``sum over groups g of N_g * (reached share of g)^(1 - dial)``: dial 0 counts everybody alike,
    nearer to 1 what reaches a group that few reach counts more.
    """

    group: Int32
    sizes: Int64
    dial: float

    def worth(self, covered: Int64, per_sample: float) -> float:
        """Return the aim's value, given how many samples of each group are covered."""
        if self.dial == 0 or len(self.sizes) == 1:
            return float(covered.sum() * per_sample)
        return float((self.sizes * (covered * per_sample / self.sizes) ** (1 - self.dial)).sum())

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


def aim_of(group: ArrayLike | None, dial: float, audience: BoolArray) -> Aim:
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
class Cover:
    """A choice on samples while it is made."""

    coverage: Coverage
    aim: Aim
    label: Int32
    people: list[int]
    times: NDArray[np.int16]
    gain: Int64
    covered: Int64
    open_to: BoolArray
    upper: float = float("inf")

    def add(self, person: int) -> None:
        self.covered += self.gain[person]
        self.coverage.choose(person, 1, self.label, self.times, self.gain)
        self.people.append(person)
        self.open_to[person] = False

    def take_out(self, person: int) -> None:
        self.coverage.choose(person, -1, self.label, self.times, self.gain)
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


def cover_by(
    coverage: Coverage, aim: Aim, rules: Rules, first: Sequence[int], per_sample: float
) -> Cover:
    """Choose these first, then one after the other who adds most, till there are k."""
    groups = len(aim.sizes)
    label = aim.group[coverage.root]
    cover = Cover(
        coverage,
        aim,
        label,
        [],
        np.zeros(len(coverage), np.int16),
        coverage.gains(label, groups),
        np.zeros(groups, np.int64),
        np.ones(coverage.n, np.bool_),
    )
    for person in first:
        cover.bound(rules.k)
        cover.add(person)
    chosen = rules.counts(first)
    while len(cover.people) < rules.k:
        cover.bound(rules.k)
        scores = aim.scores(cover.gain, cover.covered, per_sample)
        person = rules.best(chosen, scores, cover.open_to)
        cover.add(person)
        chosen[rules.kind[person]] += 1
    cover.bound(rules.k)
    return cover


def exchange(cover: Cover, rules: Rules, fixed: Iterable[int], per_sample: float) -> Cover:
    """Exchange one person for another, in place, while an exchange adds something."""
    aim = cover.aim
    chosen = rules.counts(cover.people)
    stay = set(fixed)
    for _ in range(POLISHING_PASSES):
        changed = False
        for person in [p for p in cover.people if p not in stay]:
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


def firm(cover: Cover, rules: Rules, fixed: Iterable[int], per_sample: float) -> list[int]:
    """Return whom no exchange would take out, beyond the chance of these samples.

    Each who is not fixed is taken out and put back; the margin over the best other is in units of
    its error, of which `FIRM` are asked for.
    """
    chosen = rules.counts(cover.people)
    found = []
    stay = set(fixed)
    for place, person in enumerate(list(cover.people)):
        if person in stay:
            continue
        cover.take_out(person)
        cover.open_to[person] = False
        chosen[rules.kind[person]] -= 1
        scores = cover.aim.scores(cover.gain, cover.covered, per_sample)
        other = rules.best(chosen, scores, cover.open_to)
        best = scores[other] if other >= 0 else 0.0
        if scores[person] - best > FIRM * np.sqrt(scores[person] + best):
            found.append(person)
        cover.add(person)
        cover.people.insert(place, cover.people.pop())
        chosen[rules.kind[person]] += 1
    return found
