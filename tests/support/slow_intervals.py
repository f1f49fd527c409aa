"""Rank intervals by plain enumeration in fractions: slow, and what the fast way must agree with."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from graphnet.ledger.rules import SeasonRules
from graphnet.ledger.scoring import Score
from graphnet.ledger.sensitivity import Along


def slow_intervals(
    scores: Mapping[str, Score],
    rules: SeasonRules,
    *,
    wanted: Iterable[str] | None = None,
    spread: Fraction = Fraction(1, 5),
) -> dict[str, tuple[int, int]]:
    """Return rank intervals by following every total over every bend, in fractions."""
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
        steps = sorted({low, high} | {b for line in lines.values() for b in bends(line, low, high)})
        values = [
            [lines[name].total(t) for t in steps] if name in lines else [totals[name]] * len(steps)
            for name in names
        ]
        here_best, here_worst = along(steps, values, wanted=mine)
        best = [min(pair) for pair in zip(best, here_best, strict=True)]
        worst = [max(pair) for pair in zip(worst, here_worst, strict=True)]
    return dict(zip(chosen, zip(best, worst, strict=True), strict=True))


def bends(line: Along, low: Fraction, high: Fraction) -> list[Fraction]:
    """Return the factors between two at which a cap begins to bite."""
    if line._mine <= 0:
        return []
    found = []
    if line._kind_cap is not None:
        found.append(line._kind_cap / line._mine)
    if line._mode_cap is not None:
        found.append((line._mode_cap - line._beside) / line._mine)
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
