"""Time zones by name."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones of this machine.

    Kept, since `available_timezones` reads through a tree of files each time it is asked.
    """
    return frozenset(available_timezones())
