"""What a survey has found: counts in which nobody is to be seen, fixed at the moment it closes.

While it is open nothing is shown but how many have answered, and afterwards nothing changes any
more: of two counts that differ by one person the difference would be that person's answer. A cell
of one to four is not shown, nor one whose complement is that small; what is not shown of one whole
is always several cells with five people or more together, or it could be reckoned back.

References
----------
Hundepool et al., "Statistical Disclosure Control", 2012, chapter 4 (tables of counts).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from graphnet.privacy import SMALLEST_CELL
from graphnet.surveys.questions import Question, chosen

Cells = list[int | None]


def small(count: int) -> bool:
    """Return whether a count could point at somebody."""
    return 0 < count < SMALLEST_CELL


def of_whole(counts: Sequence[int]) -> Cells:
    """Return the parts of one whole, without those that may not be shown.

    Parameters
    ----------
    counts
        Parts that exclude each other and are everybody together.
    """
    hidden = {place for place, count in enumerate(counts) if small(count)}
    while hidden:
        together = [counts[place] for place in hidden if counts[place]]
        if len(together) >= 2 and sum(together) >= SMALLEST_CELL:
            break
        rest = [place for place in range(len(counts)) if place not in hidden and counts[place]]
        if not rest:
            return [None] * len(counts)
        hidden.add(min(rest, key=lambda place: (counts[place], place)))
    return [None if place in hidden else count for place, count in enumerate(counts)]


def of_many(counts: Sequence[int], everybody: int) -> Cells:
    """Return how many chose each of several things, without what may not be shown."""
    return [None if small(count) or small(everybody - count) else count for count in counts]


def figures(questions: Iterable[Question], answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what is kept of a survey that closes: per question its cells, and a scale's mean.

    The last cell of each is who left the question out.
    """
    everybody = len(answers)
    found: dict[str, Any] = {"n": everybody, "questions": {}}
    for one in questions:
        given = [answer[one.id] for answer in answers if one.id in answer]
        counts = [0] * one.cells
        for value in given if one.kind != "words" else ():
            for place in chosen(one, value):
                counts[place] += 1
        counts.append(everybody - len(given))
        if one.kind == "words":
            counts = [len(given), *counts]
        cells = of_many(counts, everybody) if one.kind == "many" else of_whole(counts)
        if everybody < SMALLEST_CELL:
            cells = [None] * len(counts)
        mean = None
        if one.kind == "scale" and given and None not in cells:
            mean = sum(given) / len(given)
        found["questions"][one.id] = {"cells": cells, "mean": mean}
    return found
