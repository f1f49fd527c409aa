"""How firm a ranking is, and what would change a rank: exact, because a score is a sum.

A rank interval says between which ranks somebody stands when weights are up to a fifth smaller or
larger. Two questions are answered exactly, in fractions:

- the weights of the two parts, each anywhere within its fifth, together. Only their ratio matters
  for an order, so that this is one number between ``0.8/1.2`` and ``1.2/0.8`` of what it is;
- the points of one kind at a time, caps staying where they are.

Both are questions in one variable in which every total is piecewise linear; between two bends, two
totals cross at most once, so that looking at the bends, at the crossings and between them finds
every order that there is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from graphnet.community.rules import SeasonRules
from graphnet.community.scoring import (
    CORRECTED,
    NOT_IN_RULES,
    Score,
)

SPREAD = Fraction(1, 5)


def rank_intervals(
    scores: Mapping[str, Score], rules: SeasonRules, *, spread: Fraction = SPREAD
) -> dict[str, tuple[int, int]]:
    """Return the best and the worst rank of each, over all that the module's docstring names.

    Parameters
    ----------
    scores
        The scores of those who are ranked together.
    rules
        The season's rules.
    spread
        How far each weight may be off, 1/5 by default.

    Returns
    -------
    dict
        Pseudonym: (best, worst). Exact for each of the two questions; the interval is the union
        over them. O(k n^2 log n) for n people and k kinds in use; 100 people and 13 kinds take
        about 2 s.
    """
    names = sorted(scores)
    low, high = 1 - spread, 1 + spread
    weights = rules.weights
    # Contributed as it is, mobilised by the ratio: the same order as with both weights moved.
    ratio = [low / high, high / low]
    bends = [
        [
            weights.contributed * scores[name].contributed
            + step * weights.mobilised * scores[name].mobilised
            for step in ratio
        ]
        for name in names
    ]
    best, worst = along(ratio, bends)
    used = {p.entry.kind for s in scores.values() for p in s.points if p.points > 0}
    for kind in rules.kinds:
        if kind not in used:
            continue
        lines = [Along(scores[name], rules, kind) for name in names]
        steps = sorted({low, high} | {b for line in lines for b in line.bends(low, high)})
        here_best, here_worst = along(steps, [[line.total(t) for t in steps] for line in lines])
        best = [min(pair) for pair in zip(best, here_best, strict=True)]
        worst = [max(pair) for pair in zip(worst, here_worst, strict=True)]
    return dict(zip(names, zip(best, worst, strict=True), strict=True))


class Along:
    """One total as a function of the factor on one kind's points; its bends are where caps bite."""

    def __init__(self, score: Score, rules: SeasonRules, kind: str) -> None:
        chosen = rules.kinds[kind]
        self._kind_cap = chosen.at_most
        contributed = chosen.part == "contributed"
        self._weight = rules.weights.contributed if contributed else rules.weights.mobilised
        self._mode_cap = rules.caps.get(chosen.mode) if contributed else None
        full: dict[str, Fraction] = {}
        for point in score.points:
            if point.why not in (CORRECTED, NOT_IN_RULES):
                full[point.entry.kind] = full.get(point.entry.kind, Fraction(0)) + point.points
        self._mine = full.pop(kind, Fraction(0))
        # The other kinds of the same mode share its cap with this one.
        self._beside = Fraction(0)
        if contributed:
            for other, points in full.items():
                rule = rules.kinds[other]
                if rule.part == "contributed" and rule.mode == chosen.mode:
                    cap = rule.at_most
                    self._beside += points if cap is None else min(points, cap)
        now = self._of_mode(Fraction(1))
        self._rest = score.total(rules) - self._weight * now

    def _of_mode(self, factor: Fraction) -> Fraction:
        mine = factor * self._mine
        if self._kind_cap is not None:
            mine = min(mine, self._kind_cap)
        whole = self._beside + mine
        return whole if self._mode_cap is None else min(whole, self._mode_cap)

    def total(self, factor: Fraction) -> Fraction:
        """Return the total when the kind's points are multiplied by the factor."""
        return self._rest + self._weight * self._of_mode(factor)

    def with_more(self, points: Fraction) -> Fraction:
        """Return the total when so many more points of the kind are earned."""
        mine = self._mine + points
        if self._kind_cap is not None:
            mine = min(mine, self._kind_cap)
        whole = self._beside + mine
        if self._mode_cap is not None:
            whole = min(whole, self._mode_cap)
        return self._rest + self._weight * whole

    def bends(self, low: Fraction, high: Fraction) -> list[Fraction]:
        """Return the factors between two at which a cap begins to bite."""
        if self._mine <= 0:
            return []
        found = []
        if self._kind_cap is not None:
            found.append(self._kind_cap / self._mine)
        if self._mode_cap is not None:
            found.append((self._mode_cap - self._beside) / self._mine)
        return [factor for factor in found if low < factor < high]


def along(
    steps: Sequence[Fraction], values: Sequence[Sequence[Fraction]]
) -> tuple[list[int], list[int]]:
    """Return everybody's best and worst rank as one variable moves over `steps`.

    Parameters
    ----------
    steps
        Two or more values of the variable, rising.
    values
        ``values[i][s]``: the total of i at ``steps[s]``; linear between two steps.

    Returns
    -------
    best, worst : list of int, shape (n,)
        Rank 1 is the highest total; equals share the better rank.
    """
    n = len(values)
    best, worst = [n] * n, [1] * n
    for s in range(len(steps) - 1):
        for i in range(n):
            least, most = _within(
                [(values[j][s] - values[i][s], values[j][s + 1] - values[i][s + 1])
                 for j in range(n) if j != i]
            )  # fmt: skip
            best[i] = min(best[i], 1 + least)
            worst[i] = max(worst[i], 1 + most)
    return best, worst


def _within(leads: Iterable[tuple[Fraction, Fraction]]) -> tuple[int, int]:
    """Return how many others are ahead, at least and at most, on one linear piece.

    Each lead is how far another is ahead at the piece's begin and end. Who is ahead all along is
    counted at once; each other crosses at one place, and the count is followed from place to place:
    at the place itself the two are equal, and nobody of them is ahead.
    """
    ahead = 0  # just now, at the begin
    leave: dict[Fraction, int] = {}
    join: dict[Fraction, int] = {}
    for begin, end in leads:
        if begin > 0:
            ahead += 1
            if end <= 0:
                place = begin / (begin - end)
                leave[place] = leave.get(place, 0) + 1
        elif end > 0:
            place = begin / (begin - end)
            join[place] = join.get(place, 0) + 1
    least = most = ahead
    for place in sorted({*leave, *join}):
        ahead -= leave.get(place, 0)
        least = min(least, ahead)
        if place < 1:
            ahead += join.get(place, 0)
            most = max(most, ahead)
    return least, most


@dataclass(frozen=True)
class Step:
    """What would lift somebody by at least one rank: so many more of one kind."""

    kind: str
    times: int
    rank: int


def steps_up(
    totals: Mapping[str, Fraction], mine: Score, rules: SeasonRules
) -> tuple[Fraction, list[Step]]:
    """Return how many points the next better rank is away, and what would earn it.

    Exact: the score is a sum. For each kind, the smallest number of further whole contributions
    that passes the next one above, caps counted; a kind whose cap leaves too little room is not
    there, and neither is what nobody can earn.

    Parameters
    ----------
    totals
        Everybody's total by pseudonym, the reader's among them.
    mine
        The reader's score.
    """
    total = totals[mine.pseudonym]
    above = sorted({value for value in totals.values() if value > total})
    if not above:
        return Fraction(0), []
    gap = above[0] - total
    found = []
    for name, kind in rules.kinds.items():
        worth = Along(mine, rules, name)
        weight = getattr(rules.weights, kind.part)
        if kind.points <= 0 or weight <= 0:
            continue
        # Equals share the better rank, but to be before somebody takes more than equality; what is
        # asked for here is the next better rank, which equality gives.
        times = -(-gap // (weight * kind.points))
        gained = worth.with_more(times * kind.points) - total
        if gained < gap:
            continue
        higher = sum(1 for other, v in totals.items() if other != mine.pseudonym
                     and v > total + gained)  # fmt: skip
        found.append(Step(name, int(times), 1 + higher))
    return gap, sorted(found, key=lambda step: (step.times, step.kind))
