"""Of which features something may wait for a reader: the conditions of all of them in one read."""

from collections.abc import Sequence
from typing import LiteralString

from graphnet.core import Waits
from graphnet.privacy import Viewer
from graphnet.store import Store


def conditions_query(waits: Sequence[Waits]) -> LiteralString:
    """Return a query, one row of which says whether each condition of an alumnus holds."""
    return _all_of("MATCH (me:Person {key: $me})", [one.only_if for one in waits])


def staff_query(waits: Sequence[Waits]) -> LiteralString:
    """Return the same for staff."""
    return _all_of("OPTIONAL MATCH (me:Person {key: $me})", [one.staff_if for one in waits])


def _all_of(begin: LiteralString, conditions: Sequence[LiteralString]) -> LiteralString:
    given: list[LiteralString] = [f"({condition})" for condition in conditions if condition]
    return begin + " RETURN [\n  " + ",\n  ".join(given) + "\n] AS holds LIMIT 1"


def may_wait(store: Store, viewer: Viewer, waits: Sequence[Waits]) -> list[bool]:
    """Return for each question whether it is to be asked for this reader."""
    if viewer.is_staff:
        asked = {"me": viewer.person_key or 0, "account": viewer.account_id}
        rows = store.read(staff_query(waits), **asked)
        conditions = [one.staff_if for one in waits]
    elif viewer.is_alumnus and viewer.person_key is not None:
        rows = store.read(conditions_query(waits), me=viewer.person_key)
        conditions = [one.only_if for one in waits]
    else:
        return [True] * len(waits)
    holds = iter(rows[0]["holds"] if rows else [False] * len(waits))
    return [bool(next(holds)) if condition else True for condition in conditions]
