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

import math
from bisect import bisect_right
from collections import Counter
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
    ratio = [low / high, high / low]
    values = [
        [
            weights.contributed * scores[name].contributed
            + step * weights.mobilised * scores[name].mobilised
            for step in ratio
        ]
        for name in names
    ]
    best, worst = along(ratio, values, wanted=mine)
    totals = {name: score.total(rules) for name, score in scores.items()}
    users: dict[str, list[str]] = {}
    for name in names:
        for kind in {p.entry.kind for p in scores[name].points if p.points > 0}:
            users.setdefault(kind, []).append(name)
    for kind in rules.kinds:
        lines = {name: Along(scores[name], rules, kind) for name in users.get(kind, ())}
        if not lines:
            continue
        steps = sorted({low, high} | {b for line in lines.values() for b in line.bends(low, high)})
        values = [
            [lines[name].total(t) for t in steps] if name in lines else [totals[name]] * len(steps)
            for name in names
        ]
        here_best, here_worst = along(steps, values, wanted=mine)
        best = [min(pair) for pair in zip(best, here_best, strict=True)]
        worst = [max(pair) for pair in zip(worst, here_worst, strict=True)]
    return dict(zip(chosen, zip(best, worst, strict=True), strict=True))


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
    steps: Sequence[Fraction],
    values: Sequence[Sequence[Fraction]],
    *,
    wanted: Sequence[int] | None = None,
) -> tuple[list[int], list[int]]:
    """Return the best and the worst rank of each as one variable moves over `steps`.

    Parameters
    ----------
    steps
        Two or more values of the variable, rising.
    values
        ``values[i][s]``: the total of i at ``steps[s]``; linear between two steps.
    wanted
        Whose ranks are asked for, by their places in `values`; None: everybody's.

    Returns
    -------
    best, worst : list of int, shape (len(wanted),)
        Rank 1 is the highest total; equals share the better rank.
    """
    mine = range(len(values)) if wanted is None else wanted
    best, worst = [len(values)] * len(mine), [1] * len(mine)
    # Whole numbers instead of fractions: the same order, several times as fast.
    scale = math.lcm(*{value.denominator for row in values for value in row})
    whole = [[int(value * scale) for value in row] for row in values]
    for s in range(len(steps) - 1):
        pieces = Counter((row[s], row[s + 1]) for row in whole)
        found = _ahead(pieces, {(whole[i][s], whole[i][s + 1]) for i in mine})
        for place, i in enumerate(mine):
            least, most = found[whole[i][s], whole[i][s + 1]]
            best[place] = min(best[place], 1 + least)
            worst[place] = max(worst[place], 1 + most)
    return best, worst


def _ahead(
    pieces: Counter[tuple[int, int]], wanted: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Return for each linear piece that is wanted how many others are ahead, at least and at most.

    Many people have the same piece, and most pieces never meet: those whose least is above my most
    are ahead all along, those whose most is not above my least never are.
    """
    by_least = sorted((min(piece), max(piece), piece, n) for piece, n in pieces.items())
    leasts = [row[0] for row in by_least]
    above = [0]  # how many people are in the last k pieces
    for row in reversed(by_least):
        above.append(above[-1] + row[3])
    result = {}
    for piece in wanted:
        low, high = min(piece), max(piece)
        end = bisect_right(leasts, high)
        always = above[len(by_least) - end]
        near = [
            (other[0] - piece[0], other[1] - piece[1], n)
            for _, most, other, n in by_least[:end]
            if most > low
        ]
        least, most = _within(near)
        result[piece] = (always + least, always + most)
    return result


def _within(leads: Iterable[tuple[int, int, int]]) -> tuple[int, int]:
    """Return how many others are ahead, at least and at most, on one linear piece.

    Each lead is how far others are ahead at the piece's begin and end, and how many they are. Who
    is ahead all along is counted at once; each other crosses at one place, and the count is
    followed from place to place: at the place itself the two are equal, and neither is ahead.
    """
    ahead = 0  # just now, at the begin
    leave: dict[Fraction, int] = {}
    join: dict[Fraction, int] = {}
    for begin, end, n in leads:
        if begin > 0:
            ahead += n
            if end <= 0:
                place = Fraction(begin, begin - end)
                leave[place] = leave.get(place, 0) + n
        elif end > 0:
            place = Fraction(begin, begin - end)
            join[place] = join.get(place, 0) + n
    least = most = ahead
    for place in sorted({*leave, *join}):
        ahead -= leave.get(place, 0)
        least = min(least, ahead)
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
