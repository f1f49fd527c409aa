"""The audit trail: who did what, in which role, for what purpose, to whom. Entries only ever add.

An actor is an account's id, a subject an id or a person's key; no entry holds a name or an address.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction

LONGEST_DETAIL = 200

# One row: the entry that was written.
AUDIT = """CREATE (a:AuditEntry {id: $id, at: $at, actor: $actor, role: $role, act: $act,
  purpose: $purpose, subject: $subject, detail: $detail, keys: $keys}) RETURN a.id AS id"""

# One row: an entry, newest first, narrowed to one actor or one act where those are given.
ENTRIES = """MATCH (a:AuditEntry) WHERE a.at <= $until
  AND ($actor = '' OR a.actor = $actor) AND ($act = '' OR a.act = $act)
OPTIONAL MATCH (who:Account {id: a.actor})
RETURN a.id AS id, a.at AS at, a.actor AS actor, coalesce(who.email, '') AS actor_email,
  a.role AS role, a.act AS act, a.purpose AS purpose, a.subject AS subject, a.detail AS detail
ORDER BY at DESC, id SKIP $skip LIMIT $limit"""

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
    transaction.run(
        AUDIT,
        id=new_id(),
        at=datetime.now(UTC),
        actor=actor,
        role=role,
        act=act,
        purpose=purpose,
        subject=subject,
        detail=detail,
        keys=sorted(set(keys)),
    )


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
    people = sorted(set(keys))
    audit(
        transaction,
        viewer.account_id,
        viewer.kind,
        act,
        purpose=viewer.purpose,
        subject=subject,
        detail=detail[:LONGEST_DETAIL],
        keys=people,
    )
    if change:
        changes.record(transaction, change, people, thing=thing or subject)


def entries(
    store: Store, *, actor: str = "", act: str = "", skip: int = 0, limit: int = 50
) -> list[AuditEntry]:
    """Return entries, newest first, of one actor or one act where those are given."""
    rows = store.read(
        ENTRIES, until=datetime.now(UTC), actor=actor, act=act, skip=skip, limit=limit
    )
    return [
        AuditEntry(
            **{name: row[name] or "" for name in row if name != "at"}, at=row["at"].to_native()
        )
        for row in rows
    ]


def acts(store: Store) -> list[str]:
    """Return the acts that are in the trail, for a filter."""
    return [str(row["act"]) for row in store.read(ACTS)]
