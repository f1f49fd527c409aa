"""Who is told that a programme has changed: each who is concerned, once a version, of all of it.

Concerned is whoever is registered for what has moved, or has a part in it.
"""

import json
from typing import TYPE_CHECKING, Any, LiteralString

from graphnet import jobs, mail
from graphnet.errors import BadValue
from graphnet.privacy import apart
from graphnet.store import Row, Transaction, native

if TYPE_CHECKING:
    from graphnet.engine import Engine
    from graphnet.store import Store

TOLD = "week told"
BATCH = 200
POLICY = jobs.Policy(lane="letters")

# One row: the events that a version has moved, and its week.
MOVES = """MATCH (v:FestivalVersion {id: $version})-[:IN]->(f:Festival)
RETURN v.moves AS moves, v.number AS number, coalesce(v.note, '') AS note, f.id AS week,
  f.name AS name, coalesce(f.name_ru, f.name) AS name_ru LIMIT 1"""

# The event e and somebody p who is concerned by it.
_CONCERNED: LiteralString = """CALL (e) {
  MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(p:Person)
  WHERE r.state IN ['yes', 'offered', 'waiting'] RETURN p
  UNION MATCH (e)<-[:FOR]-(r:EventRole)-[:OF]->(p:Person) WHERE r.state IN ['asked', 'agreed']
  RETURN p
}
"""

# One row: somebody who is concerned by one of these events, after $after in the order of keys, and
# where they are written to.
PEOPLE = (
    """UNWIND $events AS wanted MATCH (e:Event {id: wanted})
"""
    + _CONCERNED
    + """WITH DISTINCT p WHERE p.key > $after AND NOT """
    + apart("p")
    + """
WITH p, head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
  RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email }) AS address
WHERE address IS NOT NULL
RETURN p.key AS key, p.id AS person, address[0] AS email, address[1] AS language
ORDER BY key LIMIT $limit"""
)

# One row: one of these events that still concerns somebody, as it stands now.
OF_PERSON = (
    """MATCH (wanted:Person {id: $person})
UNWIND $events AS id MATCH (e:Event {id: id}) WHERE e.cancelled_at IS NULL
WITH wanted, e
"""
    + _CONCERNED
    + """WITH DISTINCT e, p, wanted WHERE p = wanted
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.description AS description, coalesce(e.description_ru, e.description) AS description_ru,
  e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru,
  coalesce(e.sequence, 0) AS sequence, e.changed_at AS changed_at, e.created_at AS created_at,
  e.cancelled_at AS cancelled_at, null AS online_url,
  EXISTS { (e)<-[:FOR]-(:Registration {state: 'yes'})-[:BY]->(p) } AS comes
ORDER BY starts_at, id LIMIT 100"""
)


def teller(engine: "Engine") -> jobs.Handler:
    """Return the handler that writes to everybody whom a version concerns."""

    def work(job: jobs.Job) -> None:
        version, after = job.payload["version"], 0
        events = [one["id"] for one in moves(engine.store, version)[1]]
        while rows := engine.store.read(PEOPLE, events=events, after=after, limit=BATCH):
            _batch(engine.store, version, rows)
            after = rows[-1]["key"]

    return work


def _batch(store: "Store", version: str, rows: list[Row]) -> None:
    def work(transaction: Transaction) -> None:
        for row in rows:
            try:
                mail.enqueue_about(
                    transaction,
                    "weeks.changed",
                    {"version": version, "person": row["person"]},
                    to=row["email"],
                    language=row["language"],
                    key=f"weeks.changed:{version}:{row['person']}",
                    person=row["person"],
                )
            except BadValue:
                continue  # one address that is none does not keep the others' letters

    store.in_write(work)


def moves(store: "Store", version: str) -> tuple[Row | None, list[dict[str, Any]]]:
    """Return a version's week and the sessions that it has moved, each as it stood before."""
    rows = store.read(MOVES, version=version)
    return (rows[0], json.loads(rows[0]["moves"])) if rows else (None, [])


def of_person(store: "Store", person: str, events: list[str]) -> list[Row]:
    """Return those of the events that concern somebody still, for their letter."""
    return [native(row) for row in store.read(OF_PERSON, person=person, events=events)]
