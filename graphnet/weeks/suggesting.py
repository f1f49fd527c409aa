"""A way through a programme for one person: what suits them best, and never two things at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime

MOST_A_DAY, MOST = 4, 15


def without_clashes(
    scores: Mapping[str, float],
    times: Mapping[str, tuple[datetime, datetime]],
    taken: Iterable[tuple[datetime, datetime]] = (),
    *,
    a_day: int = MOST_A_DAY,
    most: int = MOST,
) -> list[str]:
    """Choose sessions, the best first, each if it is at the time of none before it.

    Parameters
    ----------
    scores
        How much speaks for each session, by its id.
    times
        When each begins and ends.
    taken
        When the person is at something already.
    a_day, most
        How many are chosen of one day, and in all.

    Returns
    -------
    list of str
        The chosen, in the order of time. Whatever was left out is worth less to the person than
        one that it clashes with, or than those that fill its day.
    """
    busy = list(taken)
    chosen: list[str] = []
    days: dict[object, int] = {}
    for one in sorted(scores, key=lambda key: (-scores[key], times[key][0], key)):
        starts, ends = times[one]
        if len(chosen) == most or days.get(starts.date(), 0) == a_day:
            continue
        if any(starts < end and begin < ends for begin, end in busy):
            continue
        chosen.append(one)
        busy.append((starts, ends))
        days[starts.date()] = days.get(starts.date(), 0) + 1
    return sorted(chosen, key=lambda key: (times[key][0], key))
