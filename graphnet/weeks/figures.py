"""A week in figures, for staff: each session's seats, answers, who came; and people, once each."""

from dataclasses import dataclass

from graphnet.privacy import SMALLEST_CELL, Viewer
from graphnet.store import Row, Store, native

# One row: a session of the week in numbers; how it was is told from five answers on.
SESSIONS = """MATCH (f:Festival {id: $week})<-[:IN]-(e:Event)
WHERE coalesce(e.state, 'published') = 'published'
  AND coalesce(e.visibility, 'members') <> 'quarantined'
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, e.capacity AS capacity, e.track AS track,
  e.hall AS hall, e.cancelled_at AS cancelled_at,
  COUNT { (e)<-[:FOR]-(r:Registration) WHERE r.state = 'yes' } AS registered,
  COUNT { (e)<-[:FOR]-(r:Registration) WHERE r.state = 'waiting' } AS waiting,
  COUNT { (e)<-[:FOR]-(r:Registration) WHERE r.attended_at IS NOT NULL } AS came,
  head(COLLECT { MATCH (e)<-[:FOR]-(w:Feedback) WITH count(w) AS n, avg(w.stars) AS mean
    RETURN CASE WHEN n >= $smallest THEN mean END }) AS stars,
  COUNT { (e)<-[:FOR]-(:Feedback) } AS answers
ORDER BY starts_at, id LIMIT 1000"""

# One row: people of the whole week, each counted once.
PEOPLE = """MATCH (f:Festival {id: $week})<-[:IN]-(e:Event)<-[:FOR]-(r:Registration {state: 'yes'})
MATCH (r)-[:BY]->(p:Person)
WITH p, max(CASE WHEN r.attended_at IS NULL THEN 0 ELSE 1 END) AS came,
  sum(CASE WHEN r.attended_at IS NULL THEN 0 ELSE 1 END) AS times
RETURN count(p) AS registered, sum(came) AS came,
  sum(CASE WHEN times > 1 THEN 1 ELSE 0 END) AS several,
  sum(CASE WHEN came = 1 AND NOT EXISTS { MATCH (p)<-[:BY]-(x:Registration)-[:FOR]->(o:Event)
    WHERE x.attended_at IS NOT NULL AND NOT EXISTS { (o)-[:IN]->(:Festival {id: $week}) } }
    THEN 1 ELSE 0 END) AS first_time LIMIT 1"""


@dataclass(frozen=True)
class Figures:
    """A week in numbers."""

    sessions: tuple[Row, ...]
    people: Row

    @property
    def visits(self) -> int:
        """Return how often somebody came to something."""
        return sum(row["came"] for row in self.sessions)


def figures(store: Store, viewer: Viewer, week: str) -> Figures:
    """Return a week's figures.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    rows = store.read(SESSIONS, week=week, smallest=SMALLEST_CELL)
    people = store.read(PEOPLE, week=week)
    nothing = {"registered": 0, "came": 0, "several": 0, "first_time": 0}
    return Figures(tuple(native(row) for row in rows), people[0] if people else nothing)
