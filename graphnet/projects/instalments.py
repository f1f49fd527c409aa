"""The parts of an intended gift: when each is due, what arrived of it, and which is late.

Nothing of it is stored: the dates follow from the day of the promise, one part a month, and what
arrived follows from the journal, the earliest part first. So it is right after a gift that was
matched with a bank's statement, and after one that was put right.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from graphnet.money.amounts import parts


@dataclass(frozen=True)
class Instalment:
    """One part of an intended gift.

    Attributes
    ----------
    received
        How much of it has arrived.
    received_on
        On which day it was complete.
    state
        ``received``, ``late``, ``due`` (the next one) or ``coming``.
    """

    number: int
    due_on: date
    amount: int
    received: int
    received_on: date | None
    state: str


def due(promised_on: date, number: int) -> date:
    """Return when a part is due: so many months after the promise, at most at the month's end.

    >>> due(date(2027, 1, 31), 1).isoformat(), due(date(2027, 1, 31), 12).isoformat()
    ('2027-02-28', '2028-01-31')
    """
    months = promised_on.year * 12 + promised_on.month - 1 + number
    year, month = divmod(months, 12)
    day = min(promised_on.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def instalments(
    amount: int,
    number: int,
    promised_on: date,
    moved: Iterable[tuple[date, int]],
    *,
    today: date,
) -> list[Instalment]:
    """Return the parts of a promise with what arrived of each.

    Parameters
    ----------
    amount, number
        The promise in the smallest unit, and in how many parts; they add up to it exactly.
    moved
        What arrived of it and what was given back, as less than nothing, with its day.
    """
    amounts = parts(amount, number)
    total, full = 0, [0] * number
    for place, part in enumerate(amounts):
        total += part
        full[place] = total
    came, complete = _complete(full, sorted(moved))
    found: list[Instalment] = []
    waits = True  # the first that is neither here nor late is the one that is due
    for place, part in enumerate(amounts):
        day = due(promised_on, place + 1)
        received = max(0, min(part, came - (full[place] - part)))
        if received >= part:
            state = "received"
        elif day < today:
            state = "late"
        else:
            state, waits = ("due" if waits else "coming"), False
        found.append(Instalment(place + 1, day, part, received, complete[place], state))
    return found


def _complete(
    full: Sequence[int], moved: Sequence[tuple[date, int]]
) -> tuple[int, list[date | None]]:
    """Return what arrived in all, and on which day each part was complete and stayed so."""
    came = 0
    days: list[date | None] = [None] * len(full)
    for day, amount in moved:
        came += amount
        for place, until in enumerate(full):
            if came < until:
                days[place] = None
            elif days[place] is None:
                days[place] = day
    return came, days


def over(found: Sequence[Instalment], received: int) -> int:
    """Return what arrived beyond all parts."""
    return max(0, received - sum(one.amount for one in found))
