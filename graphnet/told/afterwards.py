"""What became of it: who was told and what they did, who was not told and why, when it was done."""

import json
from dataclasses import dataclass
from datetime import datetime

from graphnet.events import editing
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, apart
from graphnet.recommendations.items import Reason
from graphnet.store import Row, Store, native
from graphnet.surveys.results import of_whole
from graphnet.told.audience import Figures, guarded, unpacked

# What became of a letter, each person once.
OUTCOMES = ("waiting", "came", "coming", "declined", "not_this", "silent", "stopped", "needless")

# One row: somebody to whom a letter about an event was written, what became of it, and why it was.
LETTERS = (
    """MATCH (e:Event {id: $id})<-[:FOR]-(l:EventLetter)-[:TO]->(p:Person)
WHERE l.state <> 'left_out' AND NOT """
    + apart("p")
    + """
WITH e, p, l ORDER BY l.at DESC, l.id
WITH e, p, head(collect(l)) AS l
WITH e, p, l, head(COLLECT { MATCH (p)<-[:BY]-(r:Registration)-[:FOR]->(e)
  RETURN r ORDER BY r.at DESC, r.id }) AS r
RETURN p.key AS key, l.reasons AS reasons, l.at AS at,
  CASE
    WHEN r.attended_at IS NOT NULL OR r.entered_at IS NOT NULL THEN 'came'
    WHEN r.state IN ['yes', 'offered', 'waiting'] THEN 'coming'
    WHEN r IS NOT NULL THEN 'declined'
    WHEN l.said = 'not_this' THEN 'not_this'
    WHEN l.state = 'sent' THEN 'silent'
    ELSE l.state END AS outcome
ORDER BY at DESC, key LIMIT 5000"""
)

# One row: an act of telling, the latest first.
TELLINGS = """MATCH (:Event {id: $id})<-[:FOR]-(t:EventTelling)
RETURN t.at AS at, t.told AS told, t.figures AS figures ORDER BY at DESC, t.id LIMIT 50"""


@dataclass(frozen=True)
class Afterwards:
    """What became of telling of an event.

    Attributes
    ----------
    outcomes
        How many letters came to what, of `OUTCOMES`; None is what the reader may not know.
    people
        For staff: who was told, why, and what became of it.
    tellings
        When, and how many letters each time.
    then
        Whom it would have suited and who was not told, as it was at the last time.
    """

    outcomes: dict[str, int | None]
    people: tuple[tuple[Card, tuple[Reason, ...], str], ...]
    tellings: tuple[tuple[datetime, int], ...]
    then: Figures | None


def afterwards(live: Live, viewer: Viewer, event_id: str) -> Afterwards:
    """Return what became of telling of an event: staff see who, its organisers counts alone.

    Raises
    ------
    ThingNotFound
        If there is no such event, or it is not theirs.
    """
    store: Store = live.store
    editing.one(store, viewer, event_id)
    rows = store.read(LETTERS, id=event_id)
    counts = [sum(row["outcome"] == name for row in rows) for name in OUTCOMES]
    tellings = [native(row) for row in store.read(TELLINGS, id=event_id)]
    then = Figures(**json.loads(tellings[0]["figures"])) if tellings else None
    if not viewer.is_staff:
        cells = dict(zip(OUTCOMES, of_whole(counts), strict=True))
        return Afterwards(cells, (), (), then and guarded(then))
    return Afterwards(
        dict(zip(OUTCOMES, counts, strict=True)),
        _people(live, viewer, rows),
        tuple((row["at"], row["told"]) for row in tellings),
        then,
    )


def _people(
    live: Live, viewer: Viewer, rows: list[Row]
) -> tuple[tuple[Card, tuple[Reason, ...], str], ...]:
    keys = [row["key"] for row in rows]
    shown = {card.key: card for card in cards(live.store, viewer, keys, rules=live.rules)}
    return tuple(
        (shown[row["key"]], unpacked(row["reasons"]), row["outcome"])
        for row in rows
        if row["key"] in shown
    )
