"""Who may stand in a chosen set: quotas by label, people fixed or barred, and what still fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
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
    """

    name: str
    label: Int32
    least: Mapping[int, int] = field(default_factory=dict)
    most: Mapping[int, int] = field(default_factory=dict)


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
        for quota in quotas:
            if quota.label.shape != (n,):
                raise BadValue(f"quota {quota.name!r} labels {len(quota.label)} of {n} people")
            for label in sorted(set(quota.least) | set(quota.most)):
                columns.append(quota.label == label)
                self.least.append(quota.least.get(label, 0))
                self.most.append(quota.most.get(label, k))
                names.append(f"{quota.name} {label}")
        self.names = names
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

    def check(self, fixed: Sequence[int]) -> None:
        """Refuse rules that no set can meet.

        Raises
        ------
        BadValue
            Naming the quota that cannot be met, where it is one alone.
        """
        if self.possible(self.counts(fixed)):
            return
        for name, column, least in zip(self.names, self.kinds.T, self.least, strict=True):
            there = int((column[self.kind] & self.allowed).sum())
            if there < least:
                raise BadValue(f"the quota asks for {least} of {name}; only {there} may be chosen")
        raise BadValue(
            f"no {self.k} people meet all quotas together with the {len(fixed)} who are fixed"
        )

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
