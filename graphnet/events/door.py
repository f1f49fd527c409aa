"""The door of an event: a link for those who stand there, who has come, once each.

The link shows names only, holds around the time of the event, and can be ended. What is recorded
without a network comes later: it is kept as it happened, and with a warning where somebody had
cancelled meanwhile. The ledger is written by a job, in batches: see `graphnet.events.attendance`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from graphnet import changes, jobs, tokens
from graphnet.accounts import token_hash
from graphnet.audit import acted
from graphnet.errors import Conflict, JobGivenUp, ThingNotFound
from graphnet.events import attendance, tickets
from graphnet.events.editing import one
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import cards
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction, native

if TYPE_CHECKING:
    from graphnet.engine import Engine

PURPOSE = "check in"
ENTERED = "event attendance"  # the job that enters who came
BEFORE, AFTER = timedelta(days=1), timedelta(hours=12)
BATCHES = timedelta(minutes=10)
MOST_LINKS = 10

# One row: a link to the door of an event that stands.
LINKS = """MATCH (e:Event {id: $id})<-[:FOR]-(d:DoorLink) WHERE d.revoked_at IS NULL
RETURN d.id AS id, d.token_hash AS token_hash, d.until AS until, d.created_at AS created_at
ORDER BY created_at, id LIMIT 20"""

# One row: the new link.
MAKE = """MATCH (e:Event {id: $event})
CALL (e) { MATCH (p:Person {key: $me}) RETURN p }
CREATE (d:DoorLink {id: $id, token_hash: $token_hash, until: $until, created_at: $now,
  account: $account})
CREATE (d)-[:FOR]->(e) CREATE (d)-[:BY]->(p) RETURN d.id AS id"""

# One row: the link, which opens nothing any more.
REVOKE = """MATCH (:Event {id: $event})<-[:FOR]-(d:DoorLink {id: $id})
WHERE d.revoked_at IS NULL SET d.revoked_at = $now RETURN d.id AS id"""

# One row: the event whose door a link opens now.
OPENED = """MATCH (d:DoorLink {token_hash: $token_hash})-[:FOR]->(e:Event)
WHERE d.revoked_at IS NULL AND d.until > $now AND e.starts_at - duration('P1D') <= $now
  AND e.cancelled_at IS NULL
RETURN d.id AS link, d.account AS account, d.until AS until, e.id AS id, e.title AS title,
  coalesce(e.title_ru, e.title) AS title_ru, e.starts_at AS starts_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru LIMIT 1"""

# One row: somebody who is expected at the door, or has come.
EXPECTED = """MATCH (:Event {id: $id})<-[:FOR]-(r:Registration)-[:BY]->(p:Person)
WHERE r.state = 'yes' OR r.entered_at IS NOT NULL
RETURN r.id AS registration, p.key AS key, coalesce(r.guests, 0) AS guests,
  r.entered_at AS entered_at ORDER BY p.family_name, p.given_name, registration LIMIT 5000"""

# One row: a registration of the event, locked, and whether it holds.
LOCKED = """MATCH (:Event {id: $event})<-[:FOR]-(r:Registration {id: $id})-[:BY]->(p:Person)
SET r.id = r.id
RETURN r.state AS state, r.entered_at AS entered_at, r.attended_at AS attended_at, p.key AS key
LIMIT 1"""

# One row: the registration of somebody who is in.
ENTER = """MATCH (r:Registration {id: $id})
SET r.entered_at = $at, r.warned = $warned, r.state = 'yes' RETURN r.id AS id"""

# One row: the registration of somebody who is not in after all.
UNDO = """MATCH (r:Registration {id: $id}) REMOVE r.entered_at, r.warned RETURN r.id AS id"""

# One row: somebody who is in and is not in the ledger yet, and by whose link.
TO_ENTER = """MATCH (e:Event {id: $id})<-[:FOR]-(r:Registration {state: 'yes'})
WHERE r.entered_at IS NOT NULL AND r.attended_at IS NULL
RETURN r.id AS registration ORDER BY registration LIMIT 1000"""


@dataclass(frozen=True)
class Link:
    """A link to a door; `token` is '' if the key that made it has changed."""

    id: str
    token: str
    until: datetime


@dataclass(frozen=True)
class Door:
    """A door that a link opens: the event, and as whom one reads there."""

    event: Row
    link: str
    until: datetime
    viewer: Viewer


@dataclass(frozen=True)
class Expected:
    """Somebody at the door: a name, guests, the code, since when they are in."""

    registration: str
    name: str
    guests: int
    short: str
    entered_at: datetime | None


@dataclass(frozen=True)
class Entered:
    """What came of it: 'in', 'again', 'cancelled' (not let in), 'warned' (in all the same)."""

    outcome: str
    at: datetime | None = None


def _token(key: bytes, link_id: str) -> str:
    return tokens.token(key, f"door {link_id}")


def links(store: Store, viewer: Viewer, event_id: str, *, keys: Sequence[bytes]) -> list[Link]:
    """Return the links to the door that stand, for the event's makers.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    one(store, viewer, event_id)
    found = []
    for row in (native(row) for row in store.read(LINKS, id=event_id)):
        made = _token(keys[0], row["id"])
        token = made if token_hash(made) == row["token_hash"] else ""
        found.append(Link(row["id"], token, row["until"]))
    return found


def make(store: Store, viewer: Viewer, event_id: str, *, keys: Sequence[bytes]) -> str:
    """Make a link to the door, and return its token. It holds until half a day after the end.

    Raises
    ------
    ThingNotFound, NotAllowed
    Conflict
        If there are enough, or the event is over, called off or a draft.
    """
    held = one(store, viewer, event_id)
    now = datetime.now(UTC)
    end = held.content.moment("ends") or held.content.moment("starts")
    if held.cancelled or held.state != "published" or end is None or end + AFTER <= now:
        raise Conflict(
            f"the event {event_id} is over, called off or not published: its door has no link",
            code="over",
        )
    if len(store.read(LINKS, id=event_id)) >= MOST_LINKS:
        raise Conflict(
            f"the event {event_id} has {MOST_LINKS} links for its door already: end one of them "
            "first",
            code="links",
        )
    link_id = new_id()
    made = _token(keys[0], link_id)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(
            MAKE,
            event=event_id,
            me=viewer.own_key(),
            id=link_id,
            token_hash=token_hash(made),
            until=end + AFTER,
            now=now,
            account=viewer.account_id,
        )
        if not rows:
            raise ThingNotFound("no such event")
        acted(transaction, viewer, "make door link", event_id, detail=link_id)

    store.in_write(work)
    return made


def revoke(store: Store, viewer: Viewer, event_id: str, link_id: str) -> None:
    """End a link to the door.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    one(store, viewer, event_id)

    def work(transaction: Transaction) -> None:
        if not transaction.run(REVOKE, event=event_id, id=link_id, now=datetime.now(UTC)):
            raise ThingNotFound("no such link")
        acted(transaction, viewer, "revoke door link", event_id, detail=link_id)

    store.in_write(work)


def opened(store: Store, token: str, *, now: datetime | None = None) -> Door:
    """Return the door that a link opens: from a day before the event, until half a day after.

    Raises
    ------
    ThingNotFound
        If it opens none now: revoked, too early, too late and unknown alike.
    """
    rows = store.read(OPENED, token_hash=token_hash(token), now=now or datetime.now(UTC))
    if not rows:
        raise ThingNotFound("no such door")
    row = native(rows[0])
    # Who stands there does what the maker of the link would: names only, for this one task.
    keeper = Viewer("staff", None, row["account"] or "", frozenset(), PURPOSE)
    return Door(row, row["link"], row["until"], keeper)


def expected(live: Live, door: Door, *, key: bytes) -> list[Expected]:
    """Return who is registered, by name, with the code that can be typed."""
    rows = [native(row) for row in live.store.read(EXPECTED, id=door.event["id"])]
    shown = {
        card.key: card
        for card in cards(
            live.store, door.viewer, [r["key"] for r in rows], rules=live.rules, brief=True
        )
    }
    return [
        Expected(
            row["registration"],
            " ".join(filter(None, (shown[row["key"]].name.family, shown[row["key"]].name.given))),
            row["guests"],
            tickets.short(key, row["registration"]),
            row["entered_at"],
        )
        for row in rows
        if row["key"] in shown
    ]


def enter(
    store: Store,
    door: Door,
    registration: str,
    *,
    at: datetime | None = None,
    let_in: bool = False,
) -> Entered:
    """Record that somebody is in, once; who comes twice is told since when they are here.

    Parameters
    ----------
    at
        When, if it was recorded without a network: no later than now, no earlier than a day ago.
    let_in
        Whether who had cancelled is in all the same: they were let in before that was known.

    Raises
    ------
    ThingNotFound
        If it is no registration of this event.
    """
    now = datetime.now(UTC)
    moment = now if at is None else min(max(at, now - BEFORE), now)

    def work(transaction: Transaction) -> Entered:
        rows = transaction.run(LOCKED, event=door.event["id"], id=registration)
        if not rows:
            raise ThingNotFound("not registered here")
        row = native(rows[0])
        if row["entered_at"] is not None:
            return Entered("again", row["entered_at"])
        holds = row["state"] == "yes"
        if not holds and not let_in:
            return Entered("cancelled")
        transaction.run(ENTER, id=registration, at=moment, warned=not holds)
        acted(
            transaction,
            door.viewer,
            "check in",
            door.event["id"],
            keys=[row["key"]],
            detail="" if holds else "had cancelled",
            change="attended",
        )
        batch = int(now.timestamp() // BATCHES.total_seconds())
        begins = door.event["starts_at"] + timedelta(minutes=1) - now
        jobs.enqueue(
            transaction,
            ENTERED,
            {"event": door.event["id"], "by": door.viewer.account_id},
            key=f"{ENTERED}:{door.event['id']}:{batch}",
            delay=max(BATCHES, begins),
        )
        return Entered("in" if holds else "warned", moment)

    return store.in_write(work)


def undo(store: Store, door: Door, registration: str) -> None:
    """Take back that somebody is in, until it is in the ledger.

    Raises
    ------
    ThingNotFound, Conflict
    """

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, event=door.event["id"], id=registration)
        if not rows or rows[0]["entered_at"] is None:
            raise ThingNotFound("nobody is in by this registration")
        if rows[0]["attended_at"] is not None:
            raise Conflict(
                "that they came stands in the ledger already: it is corrected there", code="ledger"
            )
        transaction.run(UNDO, id=registration)
        acted(transaction, door.viewer, "undo check in", door.event["id"], keys=[rows[0]["key"]])
        changes.record(transaction, "attended", [], thing=door.event["id"])

    store.in_write(work)


def bookkeeper(engine: "Engine") -> jobs.Handler:
    """Return the handler that enters into the ledger who came, in batches."""

    def work(job: jobs.Job) -> None:
        event_id = job.payload["event"]
        keeper = Viewer("staff", None, job.payload["by"], frozenset(), "attendance")
        while rows := engine.store.read(TO_ENTER, id=event_id):
            ids = [row["registration"] for row in rows]
            try:
                attendance.mark(engine.store, keeper, event_id, shown=ids, came=ids)
            except Conflict as problem:
                raise JobGivenUp(str(problem), code=problem.code) from problem

    return work
