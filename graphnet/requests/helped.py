"""Whoever asked says of somebody who answered that it helped: one entry in the ledger, once.

Only who was asked by staff, said yes and has written into the request can be named so, and only by
who asked: a member, or a visitor on the page of their own, to whom nobody is named. Nobody thanks
themselves by another address of theirs. The helper is told. It is taken back as any entry of the
ledger is: by staff, by a counter-entry with its reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import LiteralString

from graphnet import changes, mail
from graphnet.addresses import address_key
from graphnet.audit import acted
from graphnet.errors import Conflict, ThingNotFound
from graphnet.ledger import backfill
from graphnet.people import Card, cards
from graphnet.privacy import ANYONE, STANDARD, Rules, Viewer, alive, shown
from graphnet.requests import work
from graphnet.store import Row, Store, Transaction, native

# Somebody who has answered a request, and when whoever asked said that it helped.
_HELPER: LiteralString = (
    """MATCH (f:Referral {state: 'helps'})-[:OF]->(r) MATCH (f)-[:TO]->(p:Person)
WHERE """
    + shown("p")
    + " AND "
    + alive("p")
    + """ AND NOT EXISTS { (p)-[:ASKED]->(r) }
  AND EXISTS { (p)<-[:BY]-(:RequestEntry {by: 'helper', kind: 'reply'})-[:IN]->(r) }
RETURN f.id AS referral, p.key AS key, p.id AS person, f.helped_at AS helped_at,
  COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
    RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email LIMIT 1 } AS accounts,
  [(p)<-[:OF]-(a:Account) | a.email_key] + [(p)-[:HAS]->(c:ContactPoint) | c.value_key]
    AS addresses, coalesce(r.visitor, '') AS visitor
ORDER BY referral LIMIT 50"""
)

# One row: such a helper, of a request that this member has asked.
HELPERS = "MATCH (:Person {key: $me})-[:ASKED]->(r:Request {id: $id})\n" + _HELPER

# One row: such a helper, of a request that a visitor has asked.
VISITORS_HELPERS = "MATCH (r:Request {id: $id}) WHERE r.visitor IS NOT NULL\n" + _HELPER

# One row: the referral that has helped.
HELPED = """MATCH (f:Referral {id: $referral}) SET f.helped_at = $now RETURN f.id AS id"""

# One row: what the letter to a helper says.
FOR_LETTER = """MATCH (f:Referral {id: $referral})-[:OF]->(r:Request)
WHERE f.helped_at IS NOT NULL RETURN coalesce(r.subject, '') AS subject LIMIT 1"""


@dataclass(frozen=True)
class Helper:
    """Somebody who has answered my request; `person` is None where I may not see who it is."""

    referral: str
    person: Card | None
    helped_at: datetime | None


def helpers(
    store: Store, viewer: Viewer, request_id: str, *, rules: Rules = STANDARD
) -> list[Helper]:
    """Return who has answered a request of the viewer's."""
    rows = [native(row) for row in store.read(HELPERS, me=viewer.own_key(), id=request_id)]
    seen = {
        card.key: card
        for card in cards(store, viewer, [row["key"] for row in rows], rules=rules, brief=True)
    }
    return [Helper(row["referral"], seen.get(row["key"]), row["helped_at"]) for row in rows]


def say(
    store: Store, viewer: Viewer, request_id: str, referral: str, *, now: datetime | None = None
) -> None:
    """Say that somebody's answer helped: it counts for them, and they are told. Twice is once.

    Raises
    ------
    ThingNotFound
        If it is no request of theirs, or nobody has answered it under that referral.
    Conflict
        ``joined``: it was joined to another one.
    """
    me = viewer.own_key()

    def find(transaction: Transaction) -> list[Row]:
        return transaction.run(HELPERS, me=me, id=request_id)

    _say(store, viewer, request_id, referral, find, now)


def visitors_helpers(store: Store, request_id: str) -> list[Helper]:
    """Return who has answered a visitor's request, namelessly; that it is theirs was proved."""
    rows = [native(row) for row in store.read(VISITORS_HELPERS, id=request_id)]
    return [Helper(row["referral"], None, row["helped_at"]) for row in _others(rows)]


def say_as_visitor(
    store: Store, request_id: str, referral: str, *, now: datetime | None = None
) -> None:
    """Say as the visitor who has asked that an answer helped; that it is they was proved before.

    Raises
    ------
    ThingNotFound, Conflict
        As `say`.
    """

    def find(transaction: Transaction) -> list[Row]:
        return _others(transaction.run(VISITORS_HELPERS, id=request_id))

    _say(store, ANYONE, request_id, referral, find, now)


def _others(rows: list[Row]) -> list[Row]:
    """Leave out whoever the visitor's own address is of."""
    return [row for row in rows if address_key(row["visitor"]) not in row["addresses"]]


def _say(
    store: Store,
    viewer: Viewer,
    request_id: str,
    referral: str,
    find: Callable[[Transaction], list[Row]],
    now: datetime | None,
) -> None:
    def work_on(transaction: Transaction) -> None:
        request = work.locked(transaction, request_id)
        if request["kept"]:
            raise Conflict("this request is joined to another one: answer that one", code="joined")
        found = [row for row in find(transaction) if row["referral"] == referral]
        if not found:
            raise ThingNotFound("nobody has answered that")
        if found[0]["helped_at"] is not None:
            return
        _enter(transaction, viewer, request_id, found[0], now or datetime.now(UTC))

    store.in_write(work_on)


def _enter(
    transaction: Transaction, viewer: Viewer, request_id: str, row: Row, at: datetime
) -> None:
    transaction.run(HELPED, referral=row["referral"], now=at)
    acted(transaction, viewer, "say that it helped", request_id, keys=[row["key"]])
    changes.record(transaction, "request", [row["key"]], thing=request_id)
    backfill.helped(transaction, row["key"], row["referral"], at)
    for email, language in row["accounts"]:
        mail.enqueue_about(
            transaction,
            "requests.helped",
            {"referral": row["referral"]},
            to=email,
            language=language,
            person=row["person"],
            key=f"request-helped-said:{row['referral']}",
        )


def subject(store: Store, referral: str) -> str:
    """Return what was asked where somebody helped, for the letter; '' if that is gone."""
    rows = store.read(FOR_LETTER, referral=referral)
    return str(rows[0]["subject"]) if rows else ""
