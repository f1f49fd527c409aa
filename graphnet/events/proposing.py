"""A change of a published event by its organisers that staff look at before it holds.

Of one event one change waits at a time. It holds the fields that it is about, each as it was and as
it is to be, so that what others change meanwhile stays. Staff see what stands now beside it; who is
registered is told when it holds, as when staff change it. Its makers hear what came of it.
"""

import json
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events import editing
from graphnet.events.content import Content
from graphnet.events.states import LONGEST_NOTICE
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.store import Row, Store, Transaction, native
from graphnet.versions import differences

TIMES = ("starts", "ends", "opens", "closes")
LISTS = ("questions", "topics")

# One row: the change that waits from now on.
PROPOSE = """MATCH (e:Event {id: $event}) CALL (e) { MATCH (p:Person {key: $me}) RETURN p }
CREATE (c:EventChange {id: $id, state: 'waiting', fields: $fields, at: $now})-[:FOR]->(e)
CREATE (c)-[:BY]->(p) RETURN c.id AS id"""

# One row: the change of an event that was made last, and by whom.
LATEST = """MATCH (c:EventChange)-[:FOR]->(:Event {id: $event})
OPTIONAL MATCH (c)-[:BY]->(p:Person)
RETURN c.id AS id, c.state AS state, c.fields AS fields, c.at AS at, c.decided_at AS decided_at,
  coalesce(c.reason, '') AS reason, p.key AS author ORDER BY at DESC, id LIMIT 1"""

# One row: a change of that event; who decides it has the event locked.
ONE = """MATCH (c:EventChange {id: $id})-[:FOR]->(:Event {id: $event})
RETURN c.id AS id, c.state AS state, c.fields AS fields LIMIT 1"""

# One row: the change, with what came of it.
DECIDE = """MATCH (c:EventChange {id: $id})
SET c.state = $state, c.decided_at = $now, c.decided_by = $by, c.reason = $reason
RETURN c.id AS id"""

# One row: the change that is gone, because its maker took it back.
TAKE_BACK = """MATCH (c:EventChange {id: $id}) DETACH DELETE c RETURN $id AS id"""

# One row: a change that waits for staff.
WAITING = """MATCH (c:EventChange {state: 'waiting'})-[:FOR]->(e:Event)
WHERE e.cancelled_at IS NULL
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, c.at AS at ORDER BY at, id LIMIT 50"""

# One row: why a change was refused.
REASON = """MATCH (c:EventChange {id: $id}) RETURN coalesce(c.reason, '') AS reason LIMIT 1"""


@dataclass(frozen=True)
class Proposed:
    """A change of an event as its makers and staff read it.

    Attributes
    ----------
    state
        'waiting', 'approved' or 'refused'.
    wanted
        By the field's name: as it was when the change was made, as it stands now, as it is to be.
    author
        Who made it, where the reader may see them.
    """

    id: str
    state: str
    at: datetime
    reason: str
    wanted: dict[str, tuple[object, object, object]]
    author: Card | None


def propose(
    store: Store, viewer: Viewer, event_id: str, content: Content, *, version: int
) -> list[str]:
    """Leave a change with staff; return the names of the fields that they look at.

    Raises
    ------
    ThingNotFound, BadValue, Meanwhile
    Conflict
        ``waits``: another one waits already. ``cancelled``: it was called off. ``nothing``: it
        says nothing that they look at.
    """
    key = viewer.own_key()
    editing.check(store, viewer, event_id, content)

    def work(transaction: Transaction) -> list[str]:
        found = editing.unchanged(transaction, viewer, event_id, version)
        latest = transaction.run(LATEST, event=event_id)
        if latest and latest[0]["state"] == "waiting":
            raise Conflict(
                f"a change of the event {event_id} waits for staff already: take it back first",
                code="waits",
            )
        looked = editing.looked_at(found, content)
        if not looked:
            raise Conflict(
                "this change needs no look of staff: it can simply be made", code="nothing"
            )
        wanted = differences(found.content, content)
        transaction.run(
            PROPOSE,
            event=event_id,
            me=key,
            id=new_id(),
            fields=json.dumps({n: [_plain(b), _plain(a)] for n, (b, a) in wanted.items()}),
            now=datetime.now(UTC),
        )
        acted(transaction, viewer, "propose change of event", event_id, detail=", ".join(wanted))
        changes.record(transaction, "asked", thing=event_id)
        return looked

    return store.in_write(work)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _read(name: str, value: Any) -> Any:
    if name in TIMES and value is not None:
        return datetime.fromisoformat(value)
    return tuple(value) if name in LISTS else value


def _fields(text: str) -> dict[str, tuple[Any, Any]]:
    known = {one.name for one in fields(Content)}
    return {
        name: (_read(name, before), _read(name, after))
        for name, (before, after) in json.loads(text).items()
        if name in known
    }


def latest(
    store: Store, viewer: Viewer, held: editing.Editable, *, rules: Rules = STANDARD
) -> Proposed | None:
    """Return the last change that was proposed for an event, which its reader may change."""
    rows = store.read(LATEST, event=held.id)
    if not rows:
        return None
    row = native(rows[0])
    seen = cards(store, viewer, [row["author"]], rules=rules) if row["author"] is not None else []
    return Proposed(
        row["id"],
        row["state"],
        row["at"],
        row["reason"],
        {
            name: (before, getattr(held.content, name), after)
            for name, (before, after) in _fields(row["fields"]).items()
        },
        seen[0] if seen else None,
    )


def _waiting(transaction: Transaction, event_id: str, change_id: str) -> Row:
    rows = transaction.run(ONE, id=change_id, event=event_id)
    if not rows:
        raise ThingNotFound("no such change")
    if rows[0]["state"] != "waiting":
        raise Conflict("this change was decided, or taken back, meanwhile", code="decided")
    return rows[0]


def approve(
    store: Store, viewer: Viewer, event_id: str, change_id: str, *, version: int
) -> dict[str, tuple[object, object]]:
    """Make a change hold; return what differs. Who is registered is told, and its makers.

    Parameters
    ----------
    version
        The event's, as it stood beside the change when it was read.

    Raises
    ------
    NotAllowed, ThingNotFound, Meanwhile
    BadValue
        If the event cannot be so any more.
    Conflict
        ``decided``: it was taken back or decided meanwhile; ``cancelled``.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> dict[str, tuple[object, object]]:
        found = editing.unchanged(transaction, viewer, event_id, version)
        row = _waiting(transaction, event_id, change_id)
        wanted = {name: after for name, (_, after) in _fields(row["fields"]).items()}
        content = replace(found.content, **wanted)
        content.check()
        different = editing.changed(transaction, viewer, found, content)
        _decide(transaction, viewer, change_id, "approved", "")
        editing.tell(transaction, event_id, "change_approved", f"change-{change_id}")
        return different

    return store.in_write(work)


def refuse(store: Store, viewer: Viewer, event_id: str, change_id: str, reason: str) -> None:
    """Leave an event as it is, and say why; its makers are told.

    Raises
    ------
    NotAllowed, ThingNotFound, Conflict
    BadValue
        ``notice: needed``.
    """
    viewer.require_staff()
    said = reason.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST_NOTICE:
        raise BadValue(
            f"say why, in 1 to {LONGEST_NOTICE} characters: its organisers read it",
            code="needed",
            field="notice",
        )

    def work(transaction: Transaction) -> None:
        editing.editable(transaction.run(editing.WHOLE_LOCKED, id=event_id, **editing.who(viewer)))
        _waiting(transaction, event_id, change_id)
        _decide(transaction, viewer, change_id, "refused", said)
        acted(transaction, viewer, "refuse change of event", event_id)
        editing.tell(
            transaction, event_id, "change_refused", f"change-{change_id}", about=change_id
        )

    store.in_write(work)


def _decide(
    transaction: Transaction, viewer: Viewer, change_id: str, state: str, reason: str
) -> None:
    transaction.run(
        DECIDE,
        id=change_id,
        state=state,
        now=datetime.now(UTC),
        by=viewer.account_id,
        reason=reason or None,
    )


def take_back(store: Store, viewer: Viewer, event_id: str, change_id: str) -> None:
    """Take a change back that nobody has decided; any of the event's makers may.

    Raises
    ------
    ThingNotFound, Conflict
    """

    def work(transaction: Transaction) -> None:
        editing.editable(transaction.run(editing.WHOLE_LOCKED, id=event_id, **editing.who(viewer)))
        _waiting(transaction, event_id, change_id)
        transaction.run(TAKE_BACK, id=change_id)
        acted(transaction, viewer, "take change of event back", event_id)

    store.in_write(work)


def waiting(store: Store, viewer: Viewer) -> list[Row]:
    """Return the events with a change that waits for staff, the oldest first.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return [native(row) for row in store.read(WAITING)]


def reason(store: Store, change_id: str) -> str:
    """Return why a change was refused, for the letter."""
    rows = store.read(REASON, id=change_id)
    return str(rows[0]["reason"]) if rows else ""
