"""Speakers who came as names: who of the community each may be, and one press that asks them.

A name out of a spreadsheet stands in the programme as it is. Whom staff confirm is asked, and takes
the name's place with their yes; until then, or after a no, the name stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet.discovery.search import find_people
from graphnet.errors import Conflict, ThingNotFound
from graphnet.events import roles
from graphnet.live import Live
from graphnet.people import Card
from graphnet.privacy import Level, Viewer
from graphnet.store import Row, native

MOST_NAMES, OFFERED = 40, 3

# One row: a speaker of a week to come who stands there as a name, and of whom nobody was asked yet.
NAMED = """MATCH (:Festival {id: $week})<-[:IN]-(e:Event)<-[:FOR]-(r:EventRole {role: 'speaker'})
WHERE r.name <> '' AND NOT EXISTS { (r)-[:OF]->() } AND e.cancelled_at IS NULL
  AND coalesce(e.ends_at, e.starts_at) > $now
  AND NOT EXISTS { (e)<-[:FOR]-(:EventRole {instead: r.id}) }
RETURN r.id AS id, r.name AS name, e.id AS event, e.title AS title,
  coalesce(e.title_ru, e.title) AS title_ru, e.starts_at AS starts_at, r.at AS at
ORDER BY starts_at, event, at, id LIMIT 300"""


@dataclass(frozen=True)
class Proposal:
    """A name, the sessions in which it stands, and who it may be, the likeliest first."""

    name: str
    sessions: tuple[Row, ...]
    people: tuple[Card, ...]


def proposals(
    live: Live, viewer: Viewer, week: str, *, skip: int = 0
) -> tuple[list[Proposal], int]:
    """Return names with who each may be, for staff, and how many names there are in all.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    found: dict[str, list[Row]] = {}
    for row in live.store.read(NAMED, week=week, now=datetime.now(UTC)):
        found.setdefault(row["name"], []).append(native(row))
    here = list(found)[skip : skip + MOST_NAMES]
    made = [Proposal(name, tuple(found[name]), _people(live, viewer, name)) for name in here]
    return made, len(found)


def _people(live: Live, viewer: Viewer, name: str) -> tuple[Card, ...]:
    hits = find_people(live, viewer, name, plain=True, k=OFFERED).hits
    return tuple(hit.card for hit in hits if hit.card.level != Level.MEMORIAL)


def ask(live: Live, viewer: Viewer, week: str, parts: Sequence[str], key: int) -> int:
    """Ask somebody whether a name is theirs, for each session of it; return for how many.

    Raises
    ------
    NotAllowed
    ThingNotFound
        If the name stands in none of them any more, or somebody was asked.
    Conflict
        ``there``: they are asked already, or cannot be.
    """
    viewer.require_staff()
    rows = live.store.read(NAMED, week=week, now=datetime.now(UTC))
    wanted = [row for row in rows if row["id"] in parts]
    if not wanted:
        raise ThingNotFound("no such name")
    asked = 0
    for row in wanted:
        try:
            roles.ask(live.store, viewer, row["event"], "speaker", key=key, instead=row["id"])
        except Conflict:
            continue  # they have a part in that session, or it is over
        asked += 1
    if not asked:
        raise Conflict("they are asked already, or cannot be asked", code="there")
    return asked
