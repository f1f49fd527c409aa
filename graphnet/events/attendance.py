"""Who came to an event: marked by staff, entered into the ledger in the same transaction.

However many guests there are, the number of queries is the same: everybody's sign-up waits
meanwhile, since the ledger and the feed of changes have one writer at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet.audit import acted
from graphnet.errors import Conflict, ThingNotFound
from graphnet.ledger import entries
from graphnet.ledger.acts import free_acts
from graphnet.ledger.backfill import brought
from graphnet.ledger.backfill import came as came_to
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.store import Row, Store, Transaction, native

# One row: an event that has begun, to mark who came.
EVENT = """MATCH (e:Event {id: $id})
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, e.cancelled_at AS cancelled_at LIMIT 1"""

# One row: somebody who said yes to the event, and whether they came.
SAID_YES = """MATCH (:Event {id: $id})<-[:FOR]-(r:Registration {state: 'yes'})-[:BY]->(p:Person)
RETURN r.id AS registration, p.key AS key, r.attended_at AS attended_at,
  head([(r)-[:NAMES]->(by:Person) | by.key]) AS bringer
ORDER BY p.family_name, p.given_name, registration LIMIT 5000"""

# One row: how many registrations were marked, or with no time unmarked.
MARK = """UNWIND $registrations AS registration MATCH (r:Registration {id: registration})
SET r.attended_at = $at RETURN count(r) AS n"""


@dataclass(frozen=True)
class Guest:
    """Somebody who said yes to an event, as staff see them, and whether they came."""

    registration: str
    card: Card
    came: bool


def guests(
    store: Store, viewer: Viewer, event_id: str, *, rules: Rules = STANDARD
) -> tuple[Row, list[Guest]]:
    """Return an event and those who said yes to it, for staff to mark who came.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()
    event = _event(store.read(EVENT, id=event_id))
    rows = store.read(SAID_YES, id=event_id)
    shown = {card.key: card for card in cards(store, viewer, [r["key"] for r in rows], rules=rules)}
    return event, [
        Guest(row["registration"], shown[row["key"]], row["attended_at"] is not None)
        for row in rows
        if row["key"] in shown
    ]


def mark(
    store: Store, viewer: Viewer, event_id: str, *, shown: Iterable[str], came: Iterable[str]
) -> tuple[int, int]:
    """Keep who came to an event, and enter it; return how many were marked and unmarked.

    Whoever is unmarked gets a counter-entry. Marking the same people again changes nothing.

    Parameters
    ----------
    shown
        The registrations that staff saw on the page: no other is touched.
    came
        Those of them who came.

    Raises
    ------
    NotAllowed, ThingNotFound
    Conflict
        If the event has not begun or was cancelled.
    """
    viewer.require_staff()
    seen, there = set(shown), set(came)

    def work(transaction: Transaction) -> tuple[int, int]:
        event = _event(transaction.run(EVENT, id=event_id))
        if event["starts_at"] > datetime.now(UTC):
            raise Conflict("the event has not begun", code="early")
        if event["cancelled_at"] is not None:
            raise Conflict("the event was cancelled", code="cancelled")
        changed = [
            row
            for row in transaction.run(SAID_YES, id=event_id)
            if row["registration"] in seen
            and (row["attended_at"] is not None) != (row["registration"] in there)
        ]
        if not changed:
            return 0, 0
        names = [f"attended:{row['registration']}" for row in changed]
        names += [f"brought:{r['registration']}" for r in changed if r["bringer"] is not None]
        acts = free_acts(transaction, names)
        arrived = [row for row in changed if row["registration"] in there]
        gone = [row for row in changed if row["registration"] not in there]
        at, by = event["starts_at"], viewer.account_id
        new = []
        for row in arrived:
            act, known = acts[f"attended:{row['registration']}"]
            if not known:
                new.append(came_to(row["key"], act, event_id, at, by))
            if row["bringer"] is not None:
                act, known = acts[f"brought:{row['registration']}"]
                if not known:
                    new.append(brought(row["bringer"], act, event_id, at, row["key"], by))
        entries.record_many(transaction, new)
        back = [
            act
            for row in gone
            for name in (f"attended:{row['registration']}", f"brought:{row['registration']}")
            for act, known in (acts.get(name, ("", False)),)
            if known
        ]
        entries.correct_many(transaction, viewer, back, "marked by mistake: did not come")
        for rows, time in ((arrived, at), (gone, None)):
            marked = [row["registration"] for row in rows]
            transaction.run(MARK, registrations=marked, at=time)
        acted(
            transaction,
            viewer,
            "mark attendance",
            event_id,
            detail=f"+{len(arrived)} -{len(gone)}",
            change="attended",
        )
        return len(arrived), len(gone)

    return store.in_write(work, seconds=120)


def _event(rows: list[Row]) -> Row:
    if not rows:
        raise ThingNotFound("no such event")
    return native(rows[0])
