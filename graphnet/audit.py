"""The audit trail: who did what, in which role, for what purpose, to whom. Entries only ever add.

An actor is an account's id, a subject an id or a person's key; no entry holds a name or an address.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet import changes
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction, native

LONGEST_DETAIL = 200
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

# One row: the entry that was written.
AUDIT = """CREATE (a:AuditEntry {id: $id, at: $at, actor: $actor, role: $role, act: $act,
  purpose: $purpose, subject: $subject, detail: $detail, keys: $keys}) RETURN a.id AS id"""

# One row: how many entries were written.
AUDIT_SEVERAL = """UNWIND $rows AS row CREATE (a:AuditEntry {id: row.id, at: row.at,
  actor: row.actor, role: row.role, act: row.act, purpose: row.purpose, subject: row.subject,
  detail: row.detail, keys: row.keys}) RETURN count(a) AS n"""

# One row: an entry, newest first, narrowed to one actor, one act, one person whom it is about and a
# time, where those are given.
ENTRIES = """MATCH (a:AuditEntry) WHERE a.at >= $since AND a.at < $until
  AND ($actor = '' OR a.actor = $actor) AND ($act = '' OR a.act = $act)
  AND ($person = 0 OR $person IN a.keys)
OPTIONAL MATCH (who:Account {id: a.actor})
RETURN a.id AS id, a.at AS at, a.actor AS actor, coalesce(who.email, '') AS actor_email,
  a.role AS role, a.act AS act, a.purpose AS purpose, a.subject AS subject, a.detail AS detail,
  coalesce(a.keys, []) AS keys
ORDER BY at DESC, id SKIP $skip LIMIT $limit"""

# One row: on a day, somebody in a role did something with $key's data, for a purpose, so many
# times; what they did themselves by an account of theirs is left out.
OF_PERSON = """MATCH (a:AuditEntry) WHERE a.at >= $since AND $key IN a.keys
  AND NOT EXISTS { (:Person {key: $key})<-[:OF]-(:Account {id: a.actor}) }
RETURN date(a.at) AS day, a.role AS role, a.act AS act, a.purpose AS purpose, count(*) AS times
ORDER BY day DESC, role, act, purpose LIMIT $limit"""

# One row: an act that is in the trail.
ACTS = """MATCH (a:AuditEntry) RETURN DISTINCT a.act AS act ORDER BY act LIMIT 200"""


@dataclass(frozen=True)
class AuditEntry:
    """One line of the audit trail."""

    id: str
    at: datetime
    actor: str
    actor_email: str
    role: str
    act: str
    purpose: str
    subject: str
    detail: str
    keys: tuple[int, ...] = ()


def audit(
    transaction: Transaction,
    actor: str,
    role: str,
    act: str,
    purpose: str = "",
    subject: str = "",
    detail: str = "",
    keys: Iterable[int] = (),
) -> None:
    """Write one entry in the transaction of the act itself; `keys` are the people it is about."""
    transaction.run(AUDIT, **_entry(actor, role, act, purpose, subject, detail, keys))


def _entry(
    actor: str, role: str, act: str, purpose: str, subject: str, detail: str, keys: Iterable[int]
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "at": datetime.now(UTC),
        "actor": actor,
        "role": role,
        "act": act,
        "purpose": purpose,
        "subject": subject,
        "detail": detail[:LONGEST_DETAIL],
        "keys": sorted(set(keys)),
    }


def _by(viewer: Viewer, act: str, subject: str, detail: str, keys: Iterable[int]) -> dict[str, Any]:
    """Return the entry of what a viewer did, in their role and for their purpose."""
    return _entry(viewer.account_id, viewer.kind, act, viewer.purpose, subject, detail, keys)


class _Gathered:
    """Entries of reads that are written at the end of a page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] | None = []

    def takes(self, entry: dict[str, Any]) -> bool:
        """Take an entry, unless the page has ended: what it has begun beside it may go on."""
        with self._lock:
            if self._entries is None:
                return False
            self._entries.append(entry)
            return True

    def end(self) -> list[dict[str, Any]]:
        """Return what was gathered; nothing is taken from now on."""
        with self._lock:
            found, self._entries = self._entries or [], None
            return found


_gathered: ContextVar[_Gathered | None] = ContextVar("gathered", default=None)


@contextmanager
def reads_together(store: Store) -> Iterator[None]:
    """Write what is read of people within into the trail at the end, all in one transaction.

    A page of staff reads several lists, and each entry by itself would be waited for on the disk.
    The entries are written before the page is sent, also when it fails, and if they cannot be
    written it is not sent.
    """
    gathered = _Gathered()
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
        if rows := gathered.end():
            store.write(AUDIT_SEVERAL, rows=rows)


def have_read(store: Store, viewer: Viewer, detail: str, keys: Iterable[int]) -> None:
    """Write into the trail that a viewer has read people's data, and what for."""
    entry = _by(viewer, "read", "", detail, keys)
    gathered = _gathered.get()
    if gathered is None or not gathered.takes(entry):
        store.write(AUDIT_SEVERAL, rows=[entry])


def acted(
    transaction: Transaction,
    viewer: Viewer,
    act: str,
    subject: str = "",
    *,
    detail: str = "",
    keys: Iterable[int] = (),
    change: str = "",
    thing: str = "",
) -> None:
    """Write what a viewer did into the trail, and with `change` into the feed that others follow.

    Parameters
    ----------
    subject
        The id of what it was done to, if that is no person.
    keys
        The people it was done to.
    change, thing
        The change's kind, and the id of what changed where it is not the subject.
    """
    entry = _by(viewer, act, subject, detail, keys)
    transaction.run(AUDIT, **entry)
    if change:
        changes.record(transaction, change, entry["keys"], thing=thing or subject)


def refused(
    store: Store, act: str, *, actor: str = "", role: str = "", subject: str = "", detail: str = ""
) -> None:
    """Write that something was refused, which no act of anybody's goes with."""
    store.in_write(
        lambda transaction: audit(
            transaction,
            actor,
            role or ("self" if actor else "anyone"),
            act,
            subject=subject,
            detail=detail,
        )
    )


def entries(
    store: Store,
    *,
    actor: str = "",
    act: str = "",
    person: int = 0,
    since: datetime | None = None,
    until: datetime | None = None,
    skip: int = 0,
    limit: int = 50,
) -> list[AuditEntry]:
    """Return entries, newest first, narrowed by what is given.

    Parameters
    ----------
    person
        The key of somebody whom it is about.
    since, until
        The first moment, and the first that is too late.
    """
    rows = store.read(
        ENTRIES,
        since=since or BEGINNING,
        until=until or datetime.now(UTC) + timedelta(days=1),
        actor=actor,
        act=act,
        person=person,
        skip=skip,
        limit=limit,
    )
    return [
        AuditEntry(
            **{name: row[name] or "" for name in row if name not in ("at", "keys")},
            at=row["at"].to_native(),
            keys=tuple(row["keys"]),
        )
        for row in rows
    ]


def of_person(store: Store, viewer: Viewer, *, days: int = 365, limit: int = 500) -> list[Row]:
    """Return who did what with the viewer's own data: by day, role, act and purpose, with `times`.

    Raises
    ------
    NotAllowed
        If nobody is signed in.
    """
    since = datetime.now(UTC) - timedelta(days=days)
    return [
        native(row) for row in store.read(OF_PERSON, key=viewer.own_key(), since=since, limit=limit)
    ]


def acts(store: Store) -> list[str]:
    """Return the acts that are in the trail, for a filter."""
    return [str(row["act"]) for row in store.read(ACTS)]
