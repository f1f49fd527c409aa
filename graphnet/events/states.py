"""From a draft to what is on, and off again: proposed, published, sent back, called off."""

from datetime import UTC, datetime
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict
from graphnet.events.editing import SAVE, WHOLE_LOCKED, editable, seen_by, tell, who
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction
from graphnet.versions import Meanwhile

LONGEST_NOTICE = 500

# One row: the event is gone; only a draft that nobody answered ever is.
THROW_AWAY = """MATCH (e:Event {id: $id}) WHERE e.state IN ['draft', 'proposed']
  AND NOT EXISTS { (e)<-[:FOR]-(:Registration) }
DETACH DELETE e RETURN $id AS id"""


def publish(store: Store, viewer: Viewer, event_id: str, *, version: int) -> str:
    """Publish a draft: staff do, organisers propose it to them. Returns the state it is in now.

    Raises
    ------
    ThingNotFound, Meanwhile
    Conflict
        If it is published, or has begun.
    """

    return store.in_write(
        lambda transaction: published(transaction, viewer, event_id, version=version)
    )


def published(transaction: Transaction, viewer: Viewer, event_id: str, *, version: int) -> str:
    """Publish a draft as `publish` does, in the transaction of an act that does more."""
    found = editable(transaction.run(WHOLE_LOCKED, id=event_id, **who(viewer)))
    if found.version != version:
        raise Meanwhile(found.content, found.version)
    if found.state == "published" or found.cancelled:
        raise Conflict("the event is published or called off already", code="published")
    now = datetime.now(UTC)
    start = found.content.moment("starts")
    if start is None or (found.content.moment("ends") or start) <= now:
        raise Conflict("the event has no day that is to come: set it first", code="over")
    state = "published" if viewer.is_staff else "proposed"
    values: dict[str, Any] = {"state": state, "version": version + 1, "changed_at": now}
    if state == "published":
        values["visibility"] = seen_by(found.content.audience)
    transaction.run(SAVE, id=event_id, values=values)
    what = "publish event" if state == "published" else "propose event"
    acted(transaction, viewer, what, event_id, change=changes.ANNOUNCED)
    if state == "published" and found.state == "proposed":
        tell(transaction, event_id, "approved", version + 1)
    return state


def send_back(store: Store, viewer: Viewer, event_id: str, notice: str) -> None:
    """Give a proposed event back to its organisers, with what is to be changed.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue, Conflict
    """
    viewer.require_staff()
    said = notice.strip()
    if not said or len(said) > LONGEST_NOTICE:
        raise BadValue(
            f"say why, in 1 to {LONGEST_NOTICE} characters: its organisers read it",
            code="needed",
            field="notice",
        )

    def work(transaction: Transaction) -> None:
        found = editable(transaction.run(WHOLE_LOCKED, id=event_id, **who(viewer)))
        if found.state != "proposed":
            raise Conflict(
                f"the event {event_id} is not proposed: only what is proposed can be sent back",
                code="not_proposed",
            )
        values = {"state": "draft", "version": found.version + 1, "notice": said}
        transaction.run(SAVE, id=event_id, values=values)
        acted(transaction, viewer, "send event back", event_id)
        tell(transaction, event_id, "sent_back", found.version + 1)

    store.in_write(work)


def cancel(store: Store, viewer: Viewer, event_id: str, notice: str) -> int:
    """Call an event off, and return how many are told. It stays readable.

    Raises
    ------
    ThingNotFound
    BadValue
        If no reason is given: those who are told read it.
    Conflict
        If it was called off before, is over or no more than a draft.
    """
    return store.in_write(lambda transaction: called_off(transaction, viewer, event_id, notice))


def called_off(transaction: Transaction, viewer: Viewer, event_id: str, notice: str) -> int:
    """Call an event off as `cancel` does, in the transaction of an act that does more."""
    said = notice.strip()
    if not said or len(said) > LONGEST_NOTICE:
        raise BadValue(
            f"say why, in 1 to {LONGEST_NOTICE} characters: those who are told read it",
            code="needed",
            field="notice",
        )
    found = editable(transaction.run(WHOLE_LOCKED, id=event_id, **who(viewer)))
    now = datetime.now(UTC)
    start = found.content.moment("starts")
    end = found.content.moment("ends") or start
    if found.cancelled or found.state != "published" or end is None or end <= now:
        raise Conflict(
            "the event is over, called off or not published: it cannot be called off", code="over"
        )
    values = {
        "cancelled_at": now, "notice": said, "version": found.version + 1,
        "sequence": found.sequence + 1, "changed_at": now,
    }  # fmt: skip
    transaction.run(SAVE, id=event_id, values=values)
    acted(transaction, viewer, "cancel event", event_id, change=changes.ANNOUNCED)
    tell(transaction, event_id, "cancelled", found.version + 1)
    return found.registered


def throw_away(store: Store, viewer: Viewer, event_id: str) -> None:
    """Remove a draft that nobody ever answered.

    Raises
    ------
    ThingNotFound, Conflict
    """

    def work(transaction: Transaction) -> None:
        editable(transaction.run(WHOLE_LOCKED, id=event_id, **who(viewer)))
        if not transaction.run(THROW_AWAY, id=event_id):
            raise Conflict(
                f"the event {event_id} is no draft any more: call it off instead of throwing it "
                "away",
                code="published",
            )
        acted(transaction, viewer, "throw event away", event_id)

    store.in_write(work)
