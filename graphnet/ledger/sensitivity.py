"""How firm a ranking is, and what would change a rank: exact, because a score is a sum.

A rank interval says between which ranks somebody stands when weights are up to a fifth smaller or
larger. Two questions are answered exactly, in fractions:

- the weights of the two parts, each anywhere within its fifth, together. Only their ratio matters
  for an order, so that this is one number between ``0.8/1.2`` and ``1.2/0.8`` of what it is;
- the points of one kind at a time, caps staying where they are.

Both are questions in one variable in which every total rises in a line until its cap, if any. So
where one total is a line, another is above it in one stretch at most; counting who begins and who
ceases to be above it, in the order of the places, finds every rank that there is. All totals are
put on one scale of whole numbers, and the places compared by multiplying crosswise: exact, with
arrays.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphnet.ledger.rules import SeasonRules
from graphnet.ledger.scoring import CORRECTED, NOT_IN_RULES, Score

Whole = NDArray[Any]  # int64, or object where 64 bits could overflow
Line = tuple[Fraction, Fraction, Fraction]  # base, slope, cap

SPREAD = Fraction(1, 5)


def rank_intervals(
    scores: Mapping[str, Score],
    rules: SeasonRules,
    *,
    wanted: Iterable[str] | None = None,
    spread: Fraction = SPREAD,
) -> dict[str, tuple[int, int]]:
    """Return the best and the worst rank of each, over all that the module's docstring names.

    Parameters
    ----------
    scores
        The scores of those who are ranked together.
    rules
        The season's rules.
    wanted
        Whose intervals are asked for; None: everybody's.
    spread
        How far each weight may be off, 1/5 by default.

    Returns
    -------
    dict
        Pseudonym: (best, worst). Exact for each of the two questions; the interval is the union
        over them. O(k m n) at worst for n people, k kinds in use and m wanted; measured figures
        stand in `standing.standings`.
    """
    names = sorted(scores)
    chosen = names if wanted is None else sorted(set(wanted))
    place = {name: i for i, name in enumerate(names)}
    mine = [place[name] for name in chosen]
    low, high = 1 - spread, 1 + spread
    weights = rules.weights
    # Contributed as it is, mobilised by the ratio: the same order as with both weights moved.
    found = [
        along(
            [
                _uncapped(
                    weights.contributed * scores[name].contributed,
                    weights.mobilised * scores[name].mobilised,
                    high / low,
                )
                for name in names
            ],
            low / high,
            high / low,
            wanted=mine,
        )
    ]
    totals = [scores[name].total(rules) for name in names]
    earned = [by_kind(scores[name]) for name in names]
    for kind in rules.kinds:
        users = {i for i, mine_by_kind in enumerate(earned) if mine_by_kind.get(kind, 0) > 0}
        if users:
            lines = [
                Along(scores[name], rules, kind, earned=earned[i], total=totals[i]).line(high)
                if i in users
                else (totals[i], Fraction(0), totals[i])
                for i, name in enumerate(names)
            ]
            found.append(along(lines, low, high, wanted=mine))
    return {
        name: (min(best[i] for best, _ in found), max(worst[i] for _, worst in found))
        for i, name in enumerate(chosen)
    }


def _uncapped(base: Fraction, slope: Fraction, high: Fraction) -> Line:
    """Return the line of a total that no cap holds, up to `high`."""
    return base, slope, base + slope * high


def by_kind(score: Score) -> dict[str, Fraction]:
    """Return the points of each kind before caps, without those that do not count at all."""
    full: dict[str, Fraction] = {}
    for point in score.points:
        if point.why not in (CORRECTED, NOT_IN_RULES):
            kind = point.entry.kind
            full[kind] = full[kind] + point.points if kind in full else point.points
    return full


class Along:
    """One total as a function of one kind's points before caps."""

    def __init__(
        self,
        score: Score,
        rules: SeasonRules,
        kind: str,
        *,
        earned: Mapping[str, Fraction] | None = None,
        total: Fraction | None = None,
    ) -> None:
        chosen = rules.kinds[kind]
        self._kind_cap = chosen.at_most
        contributed = chosen.part == "contributed"
        self._weight = rules.weights.contributed if contributed else rules.weights.mobilised
        self._mode_cap = rules.caps.get(chosen.mode) if contributed else None
        full = by_kind(score) if earned is None else dict(earned)
        self._mine = full.pop(kind, Fraction(0))
        # The other kinds of the same mode share its cap with this one.
        self._beside = Fraction(0)
        if contributed:
            for other, points in full.items():
                rule = rules.kinds[other]
                if rule.part == "contributed" and rule.mode == chosen.mode:
                    cap = rule.at_most
                    self._beside += points if cap is None else min(points, cap)
        whole = score.total(rules) if total is None else total
        self._rest = whole - self._weight * self._counted(self._mine)

    def _counted(self, points: Fraction) -> Fraction:
        """Return what counts of the kind's mode when so many points of the kind are earned."""
        mine = points if self._kind_cap is None else min(points, self._kind_cap)
        whole = self._beside + mine
        return whole if self._mode_cap is None else min(whole, self._mode_cap)

    def total(self, factor: Fraction) -> Fraction:
        """Return the total when the kind's points are multiplied by the factor."""
        return self._rest + self._weight * self._counted(factor * self._mine)

    def line(self, high: Fraction) -> Line:
        """Return the total as (base, slope, cap) of the factor, which is at most `high`."""
        base, slope = self._rest + self._weight * self._beside, self._weight * self._mine
        return base, slope, self.total(high)

    def with_more(self, points: Fraction) -> Fraction:
        """Return the total when so many more points of the kind are earned."""
        return self._rest + self._weight * self._counted(self._mine + points)


@dataclass(frozen=True)
class Lines:
    """Totals that rise along one variable and then stay: ``min(cap, base + slope t)``, exactly.

    Attributes
    ----------
    base, slope, cap : int64[n] or object[n]
        Whole numbers on a common scale; Python's own where 64 bits could overflow.
    """

    base: Whole
    slope: Whole
    cap: Whole

    @classmethod
    def of(cls, lines: Sequence[Line], low: Fraction, high: Fraction) -> "Lines":
        """Put (base, slope, cap) on one scale of whole numbers."""
        scale = math.lcm(*{value.denominator for line in lines for value in line})
        table = [[int(value * scale) for value in line] for line in lines]
        largest = max(abs(value) for row in table for value in row) or 1
        ends = max(low.numerator, high.numerator, low.denominator, high.denominator)
        # Products are of a difference of two with an end of a piece, or with another difference.
        safe = 16 * largest * max(largest, ends) < 2**62
        columns = np.array(table, np.int64 if safe else object).T
        return cls(columns[0], columns[1], columns[2])


def along(
    lines: Sequence[Line],
    low: Fraction,
    high: Fraction,
    *,
    wanted: Sequence[int],
) -> tuple[list[int], list[int]]:
    """Return the best and the worst rank of each as one variable moves from `low` to `high`.

    Parameters
    ----------
    lines
        Each total as (base, slope, cap): ``min(cap, base + slope t)``, the slope not negative.
    low, high
        Above 0.
    wanted
        Whose ranks are asked for, by their places in `lines`.

    Returns
    -------
    best, worst : list of int, shape (len(wanted),)
        Rank 1 is the highest total; equals share the better rank.
    """
    pieces = Counter(lines)
    place = {line: i for i, line in enumerate(pieces)}
    count = np.array(list(pieces.values()), np.int64)
    table = Lines.of(list(pieces), low, high)
    found = {
        i: _ranks(table, count, i, low, high) for i in sorted({place[lines[w]] for w in wanted})
    }
    here = [found[place[lines[w]]] for w in wanted]
    return [1 + least for least, _ in here], [1 + most for _, most in here]


def _ranks(
    lines: Lines, count: NDArray[np.int64], mine: int, low: Fraction, high: Fraction
) -> tuple[int, int]:
    """Return how many are ahead of one, at least and at most."""
    base, slope, cap = int(lines.base[mine]), int(lines.slope[mine]), int(lines.cap[mine])
    ends = [low, high]
    if slope > 0 and low < (bend := Fraction(cap - base, slope)) < high:
        ends.insert(1, bend)
    least, most = int(count.sum()), 0
    for start, end in pairwise(ends):
        # Between two ends mine is one line. Theirs less mine is the lesser of two lines, so that
        # they are ahead in one stretch, which has a begin where a rising line crosses zero and an
        # end where a falling one does.
        mine_base, mine_slope = (base, slope) if base + slope * end <= cap else (cap, 0)
        fewest, highest = _stretches(
            (lines.cap - mine_base, np.zeros_like(lines.slope) - mine_slope),
            (lines.base - mine_base, lines.slope - mine_slope),
            count, start, end,
        )  # fmt: skip
        least, most = min(least, fewest), max(most, highest)
    return least, most


def _stretches(
    one: tuple[Whole, Whole],
    two: tuple[Whole, Whole],
    count: NDArray[np.int64],
    start: Fraction,
    end: Fraction,
) -> tuple[int, int]:
    """Return how many are above zero at least and at most, each the lesser of two lines.

    At the place itself where somebody begins or ceases to be ahead, the two are equal and neither
    is ahead: so at each place those who cease are counted before those who begin.
    """

    def above(line: tuple[Whole, Whole], at: Fraction) -> NDArray[np.bool_]:
        value = line[0] * at.denominator + line[1] * at.numerator
        return np.asarray(value > 0, np.bool_)

    one_first, one_last = above(one, start), above(one, end)
    two_first, two_last = above(two, start), above(two, end)
    first, last = one_first & two_first, one_last & two_last
    ahead = int(count[first].sum())
    # A line that is above zero at neither end never is; who is ahead all along stays so.
    possible = (one_first | one_last) & (two_first | two_last) & ~(first & last)
    begins = possible & ~two_first  # the first line never rises
    ends_one, ends_two = possible & ~one_last, possible & ~two_last
    # Where both lines fall, the earlier crossing ends it; where one rises and one falls, they may
    # cross in the wrong order: then it is never ahead.
    both = ends_one & ends_two
    earlier = one[0] * -two[1] <= two[0] * -one[1]
    ends_one &= ~both | earlier
    ends_two &= ~both | ~earlier
    never = begins & ends_one & (-two[0] * -one[1] >= one[0] * two[1])
    begins &= ~never
    ends_one &= ~never
    number = np.concatenate([-two[0][begins], one[0][ends_one], two[0][ends_two]])
    under = np.concatenate([two[1][begins], -one[1][ends_one], -two[1][ends_two]])
    change = np.concatenate([count[begins], -count[ends_one], -count[ends_two]])
    if not len(change):
        return ahead, ahead
    order = _in_order(number, under, change > 0)
    then = ahead + np.cumsum(change[order])
    return min(ahead, int(then.min())), max(ahead, int(then.max()))


def _in_order(number: Whole, under: Whole, joins: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Sort the fractions ``number / under`` exactly, of equals first those that do not join.

    They are sorted as floating point numbers, and the order is then proved in whole numbers; if it
    does not hold (fractions nearer to each other than that), they are sorted as fractions.
    """
    near = number.astype(np.float64) / under.astype(np.float64)
    order = np.lexsort((joins, near))
    a, b = order[:-1], order[1:]
    left, right = number[a] * under[b], number[b] * under[a]
    proved = (left < right) | ((left == right) & (joins[a] <= joins[b]))
    if not proved.all():
        exact = [Fraction(int(n), int(d)) for n, d in zip(number, under, strict=True)]
        order = np.array(sorted(range(len(exact)), key=lambda i: (exact[i], joins[i])))
    return order


@dataclass(frozen=True)
class Step:
    """What would lift somebody by at least one rank: so many more of one kind."""

    kind: str
    times: int
    rank: int


def steps_up(
    ordered: Sequence[Fraction], mine: Score, rules: SeasonRules
) -> tuple[Fraction, list[Step]]:
    """Return how many points the next better rank is away, and what would earn it.

    Exact: the score is a sum. For each kind, the smallest number of further whole contributions
    that reaches the next total above (equals share the better rank), caps counted. A kind whose cap
    leaves too little room is not there, and neither is what nobody can earn.

    Parameters
    ----------
    ordered
        Everybody's total, the reader's among them, from the lowest to the highest.
    mine
        The reader's score.
    """
    total = mine.total(rules)
    next_one = bisect_right(ordered, total)
    if next_one == len(ordered):
        return Fraction(0), []
    gap = ordered[next_one] - total
    found = []
    for name, kind in rules.kinds.items():
        weight = getattr(rules.weights, kind.part)
        if kind.points <= 0 or weight <= 0:
            continue
        times = -(-gap // (weight * kind.points))
        gained = Along(mine, rules, name).with_more(times * kind.points) - total
        if gained >= gap:
            higher = len(ordered) - bisect_right(ordered, total + gained)
            found.append(Step(name, int(times), 1 + higher))
    return gap, sorted(found, key=lambda step: (step.times, step.kind))
