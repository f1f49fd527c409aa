"""Of which features something may wait for a person: the conditions of all of them in one read."""

from collections.abc import Sequence
from typing import LiteralString

from graphnet.core import Waits
from graphnet.privacy import Viewer
from graphnet.store import Store


def conditions_query(waits: Sequence[Waits]) -> LiteralString:
    """Return the query of which one row is: whether each condition holds, in their order."""
    given: list[LiteralString] = [one.only_if for one in waits if one.only_if]
    return (
        "MATCH (me:Person {key: $me}) RETURN [\n  "
        + ",\n  ".join(f"({condition})" for condition in given)
        + "\n] AS holds LIMIT 1"
    )


def may_wait(store: Store, viewer: Viewer, waits: Sequence[Waits]) -> list[bool]:
    """Return for each question whether it is to be asked for this reader.

    Only an alumnus' questions have conditions: what waits for staff is everybody's.
    """
    if not viewer.is_alumnus or viewer.person_key is None:
        return [True] * len(waits)
    rows = store.read(conditions_query(waits), me=viewer.person_key)
    holds = iter(rows[0]["holds"] if rows else [False] * len(waits))
    return [bool(next(holds)) if one.only_if else True for one in waits]
