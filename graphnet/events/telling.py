"""Who is told of what, and what a letter about a registration needs to know when it leaves.

Everybody who is registered is written to by one job, in batches: each letter is a job of its own,
once for one version of the event.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from graphnet import jobs, mail
from graphnet.errors import BadValue
from graphnet.privacy import shown
from graphnet.store import Row, Store, Transaction, native

if TYPE_CHECKING:
    from graphnet.engine import Engine

BATCH = 200
POLICY = jobs.Policy(lane="letters")
# Letters to who makes an event, and not to who comes.
TO_MAKERS = ("approved", "sent_back", "change_approved", "change_refused")

# One row: somebody who is concerned by an event, after $after in the order of ids, and where they
# are written to.
CONCERNED = """MATCH (e:Event {id: $id})<-[:FOR]-(r:Registration)-[:BY]->(p:Person)
WHERE r.state IN ['yes', 'offered', 'waiting'] AND r.id > $after
WITH r, head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
  RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email }) AS address
WHERE address IS NOT NULL
RETURN r.id AS registration, address[0] AS email, address[1] AS language
ORDER BY registration LIMIT $limit"""

# One row: somebody who organises an event: the community that holds it, or the reunion it was.
MAKERS = (
    """MATCH (e:Event {id: $id})
CALL (e) {
  MATCH (e)-[:HELD_BY]->(:Group)<-[:MEMBER_OF {role: 'organiser'}]-(p:Person) RETURN p
  UNION MATCH (e)<-[:BECAME]-(:Reunion)<-[t:ORGANISES]-(p:Person)
  WHERE t.role IN ['applicant', 'organiser'] RETURN p
}
WITH DISTINCT p WHERE """
    + shown("p")
    + """
WITH p, head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
  RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email }) AS address
WHERE address IS NOT NULL
RETURN p.id AS person, address[0] AS email, address[1] AS language ORDER BY person LIMIT 50"""
)

# One row: a registration, its person's address, and its event.
ABOUT = """MATCH (r:Registration {id: $registration})-[:FOR]->(e:Event)
MATCH (r)-[:BY]->(p:Person)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
RETURN r.state AS state, coalesce(r.guests, 0) AS my_guests, r.offered_until AS offered_until,
  a.email AS email, e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.description AS description, coalesce(e.description_ru, e.description) AS description_ru,
  e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru,
  e.online_url AS online_url, e.cancelled_at AS cancelled_at, e.notice AS notice,
  e.moved_from AS moved_from, coalesce(e.sequence, 0) AS sequence, e.changed_at AS changed_at,
  e.created_at AS created_at, r.id AS registration ORDER BY email LIMIT 1"""

# One row: an event, for a letter to its makers.
EVENT = """MATCH (e:Event {id: $id})
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.notice AS notice LIMIT 1"""

# One row: somebody who wished to be reminded of what begins soon, and was not yet.
REMIND = """MATCH (e:Event) WHERE e.starts_at > $now AND e.starts_at < $until
  AND e.cancelled_at IS NULL
MATCH (e)<-[:FOR]-(r:Registration {state: 'yes'})-[:BY]->(p:Person)
WHERE r.remind > 0 AND e.starts_at < $now + duration({days: r.remind})
  AND coalesce(r.told, datetime({epochSeconds: 0})) < e.starts_at - duration({days: r.remind})
WITH r, e, head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
  RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email }) AS address
WHERE address IS NOT NULL
RETURN r.id AS registration, address[0] AS email, e.starts_at AS starts_at,
  address[1] AS language ORDER BY registration LIMIT 500"""

# One row: how many have been reminded.
REMINDED = """UNWIND $registrations AS registration MATCH (r:Registration {id: registration})
SET r.told = $now RETURN count(r) AS n"""


def teller(engine: "Engine") -> jobs.Handler:
    """Return the handler that has everybody concerned by an event written to."""

    def work(job: jobs.Job) -> None:
        event_id, what, key = job.payload["event"], job.payload["what"], job.idempotency_key
        about = job.payload.get("about", "")
        if what in TO_MAKERS:
            rows = engine.store.read(MAKERS, id=event_id)
            _batch(engine.store, rows, what, "person", key, event_id, about)
            return
        after = ""
        while rows := engine.store.read(CONCERNED, id=event_id, after=after, limit=BATCH):
            _batch(engine.store, rows, what, "registration", key, event_id)
            after = rows[-1]["registration"]

    return work


def _batch(
    store: Store, rows: list[Row], what: str, who: str, key: str, event_id: str, change: str = ""
) -> None:
    def work(transaction: Transaction) -> None:
        _letters(transaction, rows, what, who, key, event_id, change)

    store.in_write(work)


def _letters(
    transaction: Transaction,
    rows: list[Row],
    what: str,
    who: str,
    key: str,
    event_id: str,
    change: str = "",
) -> None:
    for row in rows:
        try:
            mail.enqueue_about(
                transaction,
                f"events.{what}",
                {who: row[who], "event": event_id} | ({"change": change} if change else {}),
                to=row["email"],
                language=row["language"],
                key=f"{key}:{row[who]}",
            )
        except BadValue:
            continue  # one address that is none does not keep the others' letters


def about(store: Store, registration: str) -> Row | None:
    """Return a registration with its event, for a letter; None if it is nobody's any more."""
    rows = store.read(ABOUT, registration=registration)
    return native(rows[0]) if rows else None


def event(store: Store, event_id: str) -> Row | None:
    """Return an event, for a letter to its makers."""
    rows = store.read(EVENT, id=event_id)
    return native(rows[0]) if rows else None


def remind(store: Store, *, now: datetime | None = None) -> int:
    """Have those written to who wished to be reminded now, each once; return how many."""
    at = now or datetime.now(UTC)
    rows = store.read(REMIND, now=at, until=at + timedelta(days=8))
    if not rows:
        return 0

    def work(transaction: Transaction) -> None:
        transaction.run(REMINDED, registrations=[row["registration"] for row in rows], now=at)
        for row in rows:
            start = native(row)["starts_at"]
            _letters(
                transaction,
                [row],
                "reminder",
                "registration",
                f"events.reminder:{start.isoformat()}",
                "",
            )

    store.in_write(work)
    return len(rows)
