"""Who is never asked again for lost groupmates: whoever said so, until they say otherwise."""

from datetime import UTC, datetime

from graphnet.audit import acted
from graphnet.errors import ThingNotFound
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

# One row: the person who is never to be asked from now on.
NEVER = """MATCH (p:Person {key: $key})
WHERE NOT EXISTS { (p)-[:GAVE]->(n:NeverAsk) WHERE n.ended_at IS NULL }
CREATE (p)-[:GAVE]->(:NeverAsk {id: $id, reason: $reason, at: $now, by: $by})
RETURN p.key AS key"""


# One row: an ask that nobody has sent, of somebody who is never to be asked.
BAR = """MATCH (p:Person {key: $key})<-[:OF]-(a:Ask) WHERE a.state IN ['proposed', 'reserve']
SET a.state = 'excluded', a.outcome = 'never' RETURN a.id AS id LIMIT 1000"""


# One row: the person who may be asked again.
AGAIN = """MATCH (p:Person {key: $key})-[:GAVE]->(n:NeverAsk) WHERE n.ended_at IS NULL
SET n.ended_at = $now, n.ended_by = $by RETURN p.key AS key LIMIT 1"""


# One row: somebody who is never to be asked, why, and since when.
BARRED = """MATCH (p:Person)-[:GAVE]->(n:NeverAsk) WHERE n.ended_at IS NULL
RETURN p.key AS key, n.reason AS reason, n.at AS at ORDER BY at DESC, key LIMIT 500"""


def never_ask(store: Store, viewer: Viewer, key: int, reason: str) -> None:
    """Never ask this person again, in any plan, until `may_ask_again`."""
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        bar(transaction, key, reason, by=viewer.account_id)
        acted(transaction, viewer, "recovery.never", keys=[key], change="recovery")

    store.in_write(work)


def bar(transaction: Transaction, key: int, reason: str, *, by: str) -> None:
    """Write in the act's own transaction that somebody is never to be asked."""
    transaction.run(
        NEVER, key=key, id=new_id(), reason=reason.strip()[:300], now=datetime.now(UTC), by=by
    )
    transaction.run(BAR, key=key)


def may_ask_again(store: Store, viewer: Viewer, key: int) -> None:
    """Take `never_ask` back.

    Raises
    ------
    ThingNotFound
        If it does not stand.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        if not transaction.run(AGAIN, key=key, now=datetime.now(UTC), by=viewer.account_id):
            raise ThingNotFound("nobody wrote 'never ask' for this person")
        acted(transaction, viewer, "recovery.ask again", keys=[key], change="recovery")

    store.in_write(work)


def never_asked(live: Live, viewer: Viewer) -> list[tuple[Card, Row]]:
    """Return who is never to be asked, as far as staff may see them, and why."""
    viewer.require_staff()
    rows = {row["key"]: row for row in live.store.read(BARRED)}
    shown = cards(live.store, viewer, rows, rules=live.rules)
    return [(card, rows[card.key]) for card in shown]
