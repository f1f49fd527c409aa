"""Erase a person, export what is held of them, say what would go: by all that is declared."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from graphnet.audit import acted
from graphnet.erasure.files import ask_for_files
from graphnet.erasure.holding import Gone, Holding, parameters
from graphnet.errors import NotAllowed, PersonNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer, engine
from graphnet.store import Row, Store, Transaction

# One row: the person, locked until the erasure is committed.
LOCKED = """MATCH (p:Person {key: $key}) SET p.key = p.key
RETURN p.id AS id, p.given_name AS given, p.family_name AS family LIMIT 1"""

# One row: the person, all of it.
WHOLE = "MATCH (p:Person {key: $key}) RETURN properties(p) AS person LIMIT 1"

# One row: 1 if the person was there.
ERASE = """MATCH (p:Person {key: $key}) DETACH DELETE p RETURN 1 AS removed"""

# One row: the note that somebody was erased, so that a restored backup erases them again.
NOTE = """CREATE (e:Erasure {id: $id, key: $key, at: $at}) RETURN e.id AS id"""

SHORTEST_TRACE = 6  # a shorter word would be found in everybody's letters


def may_erase(viewer: Viewer, key: int) -> None:
    """Let only the person go on, or whoever names the purpose 'erase'.

    Raises
    ------
    NotAllowed
    """
    if viewer.person_key != key and viewer.purpose != "erase":
        raise NotAllowed("only the person, or staff for the purpose 'erase', may erase")


def erase(
    store: Store,
    viewer: Viewer,
    key: int,
    holdings: Iterable[Holding],
    *,
    again: bool = False,
) -> None:
    """Remove a person and all that is only theirs; what remains is a note with the bare key.

    The note lets a restored backup erase the person `again`.

    Raises
    ------
    PersonNotFound, NotAllowed
    """
    may_erase(viewer, key)
    declared = list(holdings)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, key=key)
        if not rows:
            raise PersonNotFound("no such person")
        gone = _gone(key, rows[0], again=again)
        for holding in declared:
            holding.note(transaction, gone)
        gone.traces = {trace for trace in gone.traces if len(trace) >= SHORTEST_TRACE}
        for holding in declared:
            holding.erase(transaction, gone)
        transaction.run(ERASE, key=key)
        transaction.run(NOTE, id=new_id(), key=key, at=gone.at)
        for_that = replace(viewer, purpose="erase")
        acted(transaction, for_that, "erase", keys=[key], change="erased")
        ask_for_files(transaction, gone)

    store.in_write(work)


def _gone(key: int, row: Row, *, again: bool) -> Gone:
    given, family = row["given"] or "", row["family"] or ""
    names = {f"{given} {family}", f"{family} {given}"} if given and family else set()
    return Gone(key, row["id"], frozenset(names), datetime.now(UTC), {row["id"]}, again)


def apply_again(store: Store, keys: Iterable[int], holdings: Iterable[Holding]) -> int:
    """Erase those of the keys whom a restored database has brought back; return how many."""
    viewer = engine("erase")
    declared = list(holdings)
    done = 0
    for key in sorted(set(keys)):
        try:
            erase(store, viewer, key, declared, again=True)
        except PersonNotFound:
            continue
        done += 1
    return done


def export(store: Store, viewer: Viewer, key: int, holdings: Iterable[Holding]) -> dict[str, Any]:
    """Return all that the graph holds of a person, to that person or to staff on their behalf.

    Other people appear as ties without names: a tie belongs to both its ends.

    Raises
    ------
    PersonNotFound, NotAllowed
    """
    if viewer.person_key != key and not viewer.is_staff:
        raise NotAllowed("a person's data goes to that person only")
    declared = [holding for holding in holdings if not holding.secret]

    def work(transaction: Transaction) -> dict[str, Any]:
        rows = transaction.run(WHOLE, key=key)
        if not rows:
            raise PersonNotFound("no such person")
        person = rows[0]["person"]
        gone = Gone(key, person["id"], frozenset(), datetime.now(UTC), {person["id"]})
        for holding in declared:
            holding.note(transaction, gone)
        return {"person": person, "ties": _ties(transaction, gone, declared)}

    return store.in_read(work)


def _ties(transaction: Transaction, gone: Gone, declared: Sequence[Holding]) -> list[Row]:
    return [
        {
            "tie": row["tie"],
            "outgoing": row["outgoing"],
            "properties": row["said"],
            "to": row["labels"],
            "thing": row["thing"],
        }
        for holding in declared
        for row in transaction.run(holding.exported, **parameters(gone))
    ]


def count(store: Store, key: int, holdings: Iterable[Holding]) -> dict[str, dict[str, int]]:
    """Return how many things of a person have which fate, by what they are; zeros are left out.

    Raises
    ------
    PersonNotFound
    """
    declared = list(holdings)

    def work(transaction: Transaction) -> dict[str, dict[str, int]]:
        rows = transaction.run(WHOLE, key=key)
        if not rows:
            raise PersonNotFound("no such person")
        person_id = rows[0]["person"]["id"]
        gone = Gone(key, person_id, frozenset(), datetime.now(UTC), {person_id})
        for holding in declared:
            holding.note(transaction, gone)
        found: dict[str, dict[str, int]] = {}
        for holding in declared:
            n = transaction.run(holding.counted, **parameters(gone))[0]["n"]
            if n:
                of = found.setdefault(holding.what, {})
                of[holding.fate] = of.get(holding.fate, 0) + n
        return found

    return store.in_read(work)


def jsonable(value: Any) -> Any:
    """Turn the times in an export into ISO 8601 text."""
    if isinstance(value, dict):
        return {key: jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(inner) for inner in value]
    return value.iso_format() if hasattr(value, "iso_format") else value
