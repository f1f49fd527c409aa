"""How a reunion's groups stand: here, reachable, relay possible, lost; as the reader may see it.

Everybody counted is somebody whom the reader may see on a list; nobody is who hides, has died, lies
in quarantine or has refused to be shown, not even for staff.
"""

from dataclasses import dataclass, field
from datetime import datetime

from graphnet.people import Card, cards
from graphnet.privacy import SMALLEST_COUNT_IN_REASON, Rules, Viewer, apart, registered
from graphnet.reunions.audience import countable
from graphnet.store import Row, Store

# One row: the key of somebody whom a reunion gathers, and since when they have an account.
MEMBERS = (
    """MATCH (r:Reunion {id: $id})
CALL (r) {
  MATCH (r)-[:GATHERS]->(:StudyGroup|Cohort)<-[:STUDIED_IN]-(p:Alumnus) RETURN p
  UNION MATCH (r)-[:GATHERS]->(:Cohort)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(p:Alumnus) RETURN p
}
WITH DISTINCT p WHERE """
    + countable("p")
    + """
RETURN p.key AS key, COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
  RETURN a.created_at ORDER BY a.created_at LIMIT 1 } AS since ORDER BY key LIMIT 5000"""
)

# One row: of these people, the key of one whom somebody knows who is here and passes things on.
RELAYS = (
    """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
WHERE EXISTS { MATCH (p)-[:KNOWS]-(q:Person) WHERE """
    + registered("q")
    + """ AND NOT """
    + apart("q")
    + """
    AND none(said IN coalesce(q.audiences, []) WHERE said IN ['pass_on:nobody',
      'connections:nobody']) }
RETURN p.key AS key ORDER BY key LIMIT 5000"""
)

HERE = ("registered",)
REACHABLE = ("not_registered", "reachable", "silent")
LOST = ("no_contact", "lost")


@dataclass(frozen=True)
class Coverage:
    """How the groups of a reunion stand, in people whom the reader may see.

    `relay` is how many of the `missing` somebody here may be able to reach; None where the split
    would say it of fewer than three people to who is not staff.
    """

    here: tuple[Card, ...] = ()
    reachable: tuple[Card, ...] = ()
    missing: tuple[Card, ...] = ()
    relay: int | None = None
    came_back: int = 0  # have an account since the reunion was asked for
    keys: frozenset[int] = field(default_factory=frozenset)

    @property
    def people(self) -> int:
        """How many there are in all."""
        return len(self.here) + len(self.reachable) + len(self.missing)


def coverage(store: Store, viewer: Viewer, reunion: Row, *, rules: Rules) -> Coverage:
    """Return how the groups of a reunion stand for this reader."""
    rows = store.read(MEMBERS, id=reunion["id"])
    since = {row["key"]: row["since"][0].to_native() for row in rows if row["since"]}
    seen = cards(store, viewer, [row["key"] for row in rows], rules=rules, brief=True)
    seen.sort(key=lambda card: (card.name.family, card.name.given, card.key))
    missing = tuple(card for card in seen if card.state in LOST)
    relay = len(store.read(RELAYS, keys=[card.key for card in missing])) if missing else 0
    begun: datetime = reunion["at"]
    return Coverage(
        tuple(card for card in seen if card.state in HERE),
        tuple(card for card in seen if card.state in REACHABLE),
        missing,
        relay if viewer.is_staff else _told(relay, len(missing)),
        sum(card.key in since and since[card.key] >= begun for card in seen),
        frozenset(card.key for card in seen),
    )


def _told(relay: int, of: int) -> int | None:
    """Leave a split out that would speak of one or two people."""
    small = any(0 < part < SMALLEST_COUNT_IN_REASON for part in (relay, of - relay))
    return None if small else relay
