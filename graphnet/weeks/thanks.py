"""When a week is over, whoever came is thanked, once: with what they came to, and what it counts.

It is written a day later, when those at the doors and staff have entered who came.
"""

from datetime import UTC, datetime, timedelta

from graphnet import mail
from graphnet.errors import BadValue
from graphnet.privacy import Viewer, apart
from graphnet.store import Row, Store, Transaction, native

AFTER, WITHIN = timedelta(days=1), timedelta(days=14)

# One row: a week that has been over for a day and has not thanked yet; older ones never do.
OVER = """MATCH (f:Festival) WHERE f.thanked_at IS NULL
  AND coalesce(f.state, 'published') = 'published'
CALL (f) { MATCH (e:Event)-[:IN]->(f) WHERE e.cancelled_at IS NULL
  RETURN max(coalesce(e.ends_at, e.starts_at)) AS ended }
WITH f, ended WHERE ended < $until AND ended > $since
RETURN f.id AS id ORDER BY id LIMIT 10"""

# One row: the week, which has thanked.
THANKED = """MATCH (f:Festival {id: $id}) WHERE f.thanked_at IS NULL SET f.thanked_at = $now
RETURN f.id AS id"""

# One row: somebody who came to a session, and where they are written to.
CAME = (
    """MATCH (f:Festival {id: $id})<-[:IN]-(e:Event)<-[:FOR]-(r:Registration)
WHERE r.attended_at IS NOT NULL
MATCH (r)-[:BY]->(p:Person) WHERE NOT """
    + apart("p")
    + """
WITH DISTINCT p
WITH p, head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
  RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email }) AS address
WHERE address IS NOT NULL
RETURN p.id AS person, address[0] AS email, address[1] AS language ORDER BY person LIMIT 20000"""
)

# One row: a session of the week to which somebody came.
CAME_TO = """MATCH (p:Person {id: $person})<-[:BY]-(r:Registration)-[:FOR]->(e:Event)
WHERE r.attended_at IS NOT NULL
MATCH (e)-[:IN]->(:Festival {id: $week})
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, e.materials AS materials
ORDER BY starts_at, id LIMIT 100"""

# One row: what a week is called.
NAME = """MATCH (f:Festival {id: $id})
RETURN f.name AS name, coalesce(f.name_ru, f.name) AS name_ru LIMIT 1"""


def thank(store: Store, *, now: datetime | None = None) -> int:
    """Have those thanked who came to a week that is over; return how many."""
    at, number = now or datetime.now(UTC), 0
    for week in store.read(OVER, until=at - AFTER, since=at - WITHIN):

        def work(transaction: Transaction, week: Row = week) -> int:
            if not transaction.run(THANKED, id=week["id"], now=at):
                return 0  # another worker does it
            people = transaction.run(CAME, id=week["id"])
            for row in people:
                try:
                    mail.enqueue_about(
                        transaction,
                        "weeks.thanks",
                        {"week": week["id"], "person": row["person"]},
                        to=row["email"],
                        language=row["language"],
                        key=f"weeks.thanks:{week['id']}:{row['person']}",
                        person=row["person"],
                    )
                except BadValue:
                    continue  # one address that is none does not keep the others' letters
            return len(people)

        number += store.in_write(work)
    return number


def name(store: Store, week: str) -> tuple[str, str] | None:
    """Return what a week is called, for a letter."""
    rows = store.read(NAME, id=week)
    return (rows[0]["name"], rows[0]["name_ru"]) if rows else None


def came_to(store: Store, person: str, week: str) -> list[Row]:
    """Return the sessions to which somebody came, for their letter."""
    return [native(row) for row in store.read(CAME_TO, person=person, week=week)]


# One row: the viewer, by the id that letters know.
ME = "MATCH (p:Person {key: $me}) RETURN p.id AS id LIMIT 1"


def i_came_to(store: Store, viewer: Viewer, week: str) -> list[Row]:
    """Return the sessions to which the viewer came."""
    if viewer.person_key is None:
        return []
    rows = store.read(ME, me=viewer.person_key)
    return came_to(store, rows[0]["id"], week) if rows else []
