"""Who may stand in a chosen set: quotas by label, people fixed or barred, and what still fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from graphnet.errors import BadValue

BoolArray = NDArray[np.bool_]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Quota:
    """How many of a set may, or must, carry which label (faculty, decade, city ...).

    Attributes
    ----------
    name : str
        What the labels are, for messages.
    label : int32[n]
        One label a person; -1 for none.
    least, most : label -> number
        At least, at most so many of a label; labels not named are free.
    words : label -> str
        What the labels are called, for messages.
    """

    name: str
    label: Int32
    least: Mapping[int, int] = field(default_factory=dict)
    most: Mapping[int, int] = field(default_factory=dict)
    words: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lack:
    """What stands in the way of a set.

    Attributes
    ----------
    name : str
        Of the quota and its label, or 'people' for the set as a whole.
    asked : int
    there : int
        How many there are or could be, or (for 'size') the size that would do.
    why : str
        'people': too few may be chosen at all. 'size': the set is too small for all quotas.
        'together': the quotas leave room for only so many. 'most': the others, or the fixed people,
        need more than the quota allows. 'fixed': more people are fixed than the set has.
    """

    name: str
    asked: int
    there: int
    why: str

    def sentence(self) -> str:
        """Return it in words."""
        return {
            "people": f"{self.asked} of {self.name} are asked for; only {self.there} may be chosen",
            "size": f"all quotas together need {self.there} people; the set has {self.asked}",
            "together": f"{self.asked} of {self.name} are asked for; "
            f"the other quotas leave room for {self.there}",
            "most": f"at most {self.asked} of {self.name} are allowed; "
            f"the others need {self.there}",
            "fixed": f"{self.there} people are fixed; the set has {self.asked}",
        }[self.why]


class QuotasNotMet(BadValue):
    """No set meets the quotas; `lacks` says which and why."""

    def __init__(self, lacks: Sequence[Lack], k: int) -> None:
        self.lacks = tuple(lacks)
        super().__init__(
            f"no {k} people meet all quotas: " + "; ".join(lack.sentence() for lack in self.lacks)
        )


class Rules:
    """Decides whether a set can still be completed to k people who meet every quota.

    People with the same labels are alike here, so the question is a small integer programme over
    kinds of people (solved by HiGHS); answers are remembered by how many of each kind are chosen.
    """

    def __init__(self, n: int, k: int, quotas: Sequence[Quota], barred: BoolArray) -> None:
        self.k = k
        self.allowed = ~barred
        columns, self.least, self.most = [], [], []
        names = []
        groups = []
        for number, quota in enumerate(quotas):
            if quota.label.shape != (n,):
                raise BadValue(f"quota {quota.name!r} labels {len(quota.label)} of {n} people")
            for label in sorted(set(quota.least) | set(quota.most)):
                columns.append(quota.label == label)
                self.least.append(quota.least.get(label, 0))
                self.most.append(quota.most.get(label, k))
                names.append(f"{quota.name} {quota.words.get(label, label)}")
                groups.append(number)
        self.names = names
        self.group = np.asarray(groups, np.int64)
        table = np.stack(columns, axis=1) if columns else np.zeros((n, 0), bool)
        kinds, kind = np.unique(table, axis=0, return_inverse=True)
        self.kinds: BoolArray = kinds
        self.kind: Int64 = kind.reshape(-1).astype(np.int64)
        self.known: dict[tuple[int, ...], bool] = {}

    def counts(self, people: Sequence[int]) -> Int64:
        """Return how many of each kind these are."""
        places = np.asarray(people, np.int64)
        return np.bincount(self.kind[places], minlength=len(self.kinds)).astype(np.int64)

    def possible(self, chosen: Int64) -> bool:
        """Say whether a choice with so many of each kind can be completed."""
        key = tuple(int(c) for c in chosen)
        if key not in self.known:
            self.known[key] = self._solve(chosen)
        return self.known[key]

    def _solve(self, chosen: Int64) -> bool:
        available = np.bincount(self.kind[self.allowed], minlength=len(self.kinds))
        room = np.maximum(available, chosen)  # the fixed may be barred people
        if chosen.sum() > self.k or room.sum() < self.k:
            return False
        if not self.names:
            return True
        # A person has one label of each quota, so that its open demands need as many people. Most
        # impossible choices are seen here, a thousand times as fast.
        need = np.maximum(np.asarray(self.least) - chosen @ self.kinds, 0)
        if np.bincount(self.group, weights=need).max() > self.k - chosen.sum():
            return False
        if self._greedily(chosen, room):
            return True
        demand = sp.csr_array(
            np.vstack([np.ones(len(self.kinds)), self.kinds.T.astype(np.float64)])
        )
        answer = milp(
            np.zeros(len(self.kinds)),
            integrality=np.ones(len(self.kinds), np.int64),
            bounds=Bounds(chosen.astype(np.float64), room.astype(np.float64)),
            constraints=LinearConstraint(demand, [self.k, *self.least], [self.k, *self.most]),
        )
        return bool(answer.success)

    def _greedily(self, chosen: Int64, room: Int64) -> bool:
        """Try to complete a choice by whoever meets most open demands; failing proves nothing."""
        got = chosen @ self.kinds
        most, least = np.asarray(self.most), np.asarray(self.least)
        if (got > most).any():
            return False
        spare = room - chosen
        for _ in range(self.k - int(chosen.sum())):
            full = got >= most
            able = (spare > 0) & ~(self.kinds & full).any(axis=1)
            if not able.any():
                return False
            meets = np.where(able, (self.kinds & (got < least)).sum(axis=1), -1)
            kind = int(meets.argmax())
            spare[kind] -= 1
            got = got + self.kinds[kind]
        return bool((got >= least).all())

    def check(self, fixed: Sequence[int]) -> None:
        """Refuse rules that no set can meet.

        Raises
        ------
        QuotasNotMet
            Naming what stands in the way.
        """
        chosen = self.counts(fixed)
        if not self.possible(chosen):
            raise QuotasNotMet(self.lacks(chosen), self.k)

    def lacks(self, chosen: Int64) -> list[Lack]:
        """Return why a choice cannot be completed: the fewest quotas that have to give way.

        First those of which too few people may be chosen at all; else, if a larger set would do,
        its size; else the quotas that contradict each other, by the least change that helps.
        """
        available = np.bincount(self.kind[self.allowed], minlength=len(self.kinds))
        room = np.maximum(available, chosen)
        there = room @ self.kinds if self.names else np.zeros(0, np.int64)
        short = [
            Lack(name, least, int(n), "people")
            for name, least, n in zip(self.names, self.least, there, strict=True)
            if n < least
        ]
        if short:
            return short
        if room.sum() < self.k:
            return [Lack("people", self.k, int(room.sum()), "people")]
        kinds, rules = len(self.kinds), len(self.names)
        table = self.kinds.T.astype(np.float64)
        smallest = milp(
            np.ones(kinds),
            integrality=np.ones(kinds, np.int64),
            bounds=Bounds(chosen.astype(np.float64), room.astype(np.float64)),
            constraints=LinearConstraint(table, self.least, self.most),
        )
        if smallest.success and round(smallest.fun) > self.k:
            return [Lack("people", self.k, round(smallest.fun), "size")]
        # Elastic: each quota may be missed at a cost of one a head, below or above.
        wide = np.hstack([table, np.eye(rules), -np.eye(rules)])
        whole = np.concatenate([np.ones(kinds), np.zeros(2 * rules)])
        elastic = milp(
            np.concatenate([np.zeros(kinds), np.ones(2 * rules)]),
            integrality=np.ones(kinds + 2 * rules, np.int64),
            bounds=Bounds(
                np.concatenate([chosen, np.zeros(2 * rules)]),
                np.concatenate([room, np.full(2 * rules, np.inf)]),
            ),
            constraints=LinearConstraint(
                np.vstack([whole, wide]), [self.k, *self.least], [self.k, *self.most]
            ),
        )
        if not elastic.success:
            return [Lack("people", self.k, int(chosen.sum()), "fixed")]
        below = np.round(elastic.x[kinds : kinds + rules]).astype(int)
        above = np.round(elastic.x[kinds + rules :]).astype(int)
        return [
            Lack(name, least, least - int(less), "together")
            for name, least, less in zip(self.names, self.least, below, strict=True)
            if less
        ] + [
            Lack(name, most, most + int(more), "most")
            for name, most, more in zip(self.names, self.most, above, strict=True)
            if more
        ]

    def fits(self, chosen: Int64, person: int) -> bool:
        """Say whether the choice can still be completed with this person in it."""
        after = chosen.copy()
        after[self.kind[person]] += 1
        return self.possible(after)

    def best(self, chosen: Int64, score: NDArray[np.float64], open_to: BoolArray) -> int:
        """Return the person of highest score who fits, the first of equals; -1 if nobody does."""
        value = np.where(open_to & self.allowed, score, -np.inf)
        while True:
            person = int(value.argmax())
            if value[person] == -np.inf:
                return -1
            if self.fits(chosen, person):
                return person
            value[self.kind == self.kind[person]] = -np.inf


def by_score(score: ArrayLike, rules: Rules, fixed: Sequence[int] = ()) -> Int64:
    """Choose from the highest score down, under the same rules; equals by position."""
    value = np.asarray(score, np.float64)
    people = list(fixed)
    chosen = rules.counts(people)
    open_to = np.ones(len(value), np.bool_)
    open_to[people] = False
    while len(people) < rules.k:
        person = rules.best(chosen, value, open_to)
        people.append(person)
        open_to[person] = False
        chosen[rules.kind[person]] += 1
    return np.asarray(people, np.int64)
