"""The review queue: two people who may be one, what speaks for it, and what somebody decided.

A decision is data: who, when; it is ended rather than erased. "Different" holds for ever, and for
all who are joined with one of the two later, since their doubles move with them. What is looked at
is leased for some minutes, so that two of staff do not look at the same two people.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet import people
from graphnet.audit import acted
from graphnet.contacts import Pair, Said
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import STANDARD, Rules, Viewer, registered
from graphnet.store import Row, Store, Transaction, native

LEASE = timedelta(minutes=10)
STATES = ("open", "later", "same", "different")

# One row: how many new pairs there are to ask about. Nothing is asked twice, nor what is decided.
PROPOSE = """UNWIND $rows AS row
MATCH (a:Person {key: row.one}) WITH a, row SKIP 0 MATCH (b:Person {key: row.other})
WHERE NOT EXISTS { MATCH (a)<-[:OF]-(d:Double)-[:OF]->(b) WHERE d.ended_at IS NULL }
CREATE (d:Double {id: row.id, odds: row.odds, evidence: row.evidence, state: 'open', at: $now,
  source: $source})
CREATE (d)-[:OF]->(a) CREATE (d)-[:OF]->(b) RETURN count(d) AS n"""

# One row: two people of whom somebody has said that they are two.
DECIDED = """MATCH (a:Person)<-[:OF]-(d:Double {state: 'different'})-[:OF]->(b:Person)
WHERE d.ended_at IS NULL AND a.key < b.key
RETURN DISTINCT a.key AS one, b.key AS other ORDER BY one, other LIMIT 1000000"""

# That nobody has said of `a` and `b` that they are two: whoever was joined with one of them has
# brought their own pairs along.
NOT_APART = """NOT EXISTS { MATCH (a)<-[:OF]-(x:Double {state: 'different'})-[:OF]->(b)
  WHERE x.ended_at IS NULL }"""

# One row: a pair that waits for an answer, the likeliest first; those put off come last.
QUEUE = (
    """MATCH (a:Person)<-[:OF]-(d:Double)-[:OF]->(b:Person)
WHERE d.state IN ['open', 'later'] AND d.ended_at IS NULL AND a.key < b.key
  AND (d.lease_until IS NULL OR d.lease_until < $now OR d.lease_by = $me) AND """
    + NOT_APART
    + """
RETURN d.id AS id, d.odds AS odds, d.state AS state, d.source AS source
ORDER BY CASE d.state WHEN 'later' THEN 1 ELSE 0 END, odds DESC, id LIMIT $limit"""
)

# A condition without which no pair waits for staff.
STAFF_MAY = "EXISTS { (pair:Double) WHERE pair.state IN ['open', 'later'] }"

# One row: a decision that two people are two, and stands.
STANDS = """MATCH (a:Person {key: $one})<-[:OF]-(d:Double {state: 'different'})-[:OF]->(b:Person)
WHERE b.key = $other AND d.ended_at IS NULL RETURN d.id AS id ORDER BY id LIMIT 1"""

# One row if nobody else looks at it: the write locks it before the condition is looked at.
TAKE = """MATCH (d:Double {id: $id}) SET d.id = d.id
WITH d WHERE d.state IN ['open', 'later'] AND d.ended_at IS NULL
  AND (d.lease_until IS NULL OR d.lease_until < $now OR d.lease_by = $me)
SET d.lease_until = $until, d.lease_by = $me RETURN d.id AS id"""

# One row: a pair with the keys of its two people, the older one first.
ONE = """MATCH (d:Double {id: $id})-[:OF]->(p:Person)
WITH d, p ORDER BY p.key WITH d, collect(p.key) AS keys
RETURN d.id AS id, d.odds AS odds, d.evidence AS evidence, d.state AS state, d.at AS at,
  d.decided_at AS decided_at, d.decided_by AS decided_by, d.ended_at AS ended_at, d.merge AS merge,
  d.source AS source, keys LIMIT 1"""

# One row if it still waits.
DECIDE = """MATCH (d:Double {id: $id}) SET d.id = d.id
WITH d WHERE d.state IN ['open', 'later'] AND d.ended_at IS NULL
SET d.state = $state, d.decided_at = $now, d.decided_by = $me, d.lease_until = null,
  d.lease_by = null, d.merge = $merge
RETURN d.id AS id"""

# One row if it stood: the decision that holds no longer.
END = """MATCH (d:Double {id: $id}) SET d.id = d.id
WITH d WHERE d.state IN ['same', 'different'] AND d.ended_at IS NULL
SET d.ended_at = $now RETURN d.odds AS odds, d.evidence AS evidence, d.source AS source"""

# One row: a decision, the latest first.
DECISIONS = """MATCH (d:Double) WHERE d.state IN ['same', 'different']
RETURN d.id AS id, d.state AS state, d.decided_at AS at, d.decided_by AS by, d.merge AS merge,
  d.ended_at AS ended_at, [(d)-[:OF]->(p:Person) | p.key] AS keys
ORDER BY at DESC, id LIMIT $limit"""

# One row: a pair of two people that is asked about, or was decided and stands.
BETWEEN = """MATCH (a:Person {key: $one})<-[:OF]-(d:Double)-[:OF]->(b:Person)
WHERE b.key = $other AND d.ended_at IS NULL
RETURN d.id AS id, d.state AS state ORDER BY d.at DESC, id LIMIT 1"""

# One row: for a person, what the sources say of them.
RECORDS = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})<-[:ABOUT]-(r:Record)
WHERE NOT r.origin STARTS WITH '#'
RETURN p.key AS key, r.source AS source, r.file AS file, r.row AS row, r.fields AS fields
ORDER BY key, source, file, row LIMIT 200"""

# One row: a person as they are compared, side by side.
SIDES = (
    """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
RETURN p.key AS key, p.id AS id, toString(p.born_on) AS born_on, p.gender AS gender,
  coalesce(p.former_names, []) AS former,
  [(p)-[c:COMPLETED]->(u:Unit) | u.name + coalesce(', ' + toString(c.year), '')] AS completed,
  [(p)-[:STUDIED_IN]->(g:StudyGroup) | g.name] + [(p)-[:STUDIED_IN]->(u:Unit) | u.name]
    AS studied,
  [(p)-[:HAS]->(c:ContactPoint {kind: 'email'}) | c.value] AS emails,
  [(p)-[:HAS]->(c:ContactPoint {kind: 'phone'}) | c.value] AS phones,
  [(p)-[:LIVES_IN]->(x:Place) | coalesce(x.name_ru, x.name)] AS cities,
  [(p)-[:WORKED_AT]->(o:Organisation) | o.name] AS firms,
  """
    + registered("p")
    + """ AS account
ORDER BY key LIMIT 10"""
)

# One row: an account of one of the people.
ACCOUNTS = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})<-[:OF]-(a:Account)
RETURN a.id AS id, a.email AS email ORDER BY p.key, id LIMIT 10"""


@dataclass(frozen=True)
class Waiting:
    """One pair of the queue, and how probably it is one person."""

    id: str
    probability: float
    state: str
    source: str


@dataclass(frozen=True)
class Queue:
    """What waits, the likeliest first, and when one may stop."""

    waiting: tuple[Waiting, ...]

    @property
    def expected(self) -> float:
        """How many doubles all answers together would find."""
        return sum(one.probability for one in self.waiting)

    def next(self, n: int) -> float:
        """Return how many doubles the next n answers are expected to find."""
        return sum(one.probability for one in self.waiting[:n])


@dataclass(frozen=True)
class Double:
    """Two people who may be one: both cards, all that is compared, and the evidence."""

    id: str
    probability: float
    state: str
    source: str
    cards: tuple[people.Card, people.Card]
    sides: tuple[Row, Row]
    records: tuple[tuple[Row, ...], tuple[Row, ...]]
    said: tuple[Said, ...]
    decided_at: datetime | None
    ended_at: datetime | None
    merge: str


def packed_pair(pair: Pair) -> dict[str, Any]:
    """Return a pair as JSON keeps it."""
    return {"odds": pair.odds, "said": [asdict(said) for said in pair.said]}


def pair_of(told: dict[str, Any]) -> Pair:
    """Return a pair out of `packed_pair`."""
    return Pair("", "", float(told["odds"]), tuple(Said(**said) for said in told["said"]))


def propose(
    store: Store, pairs: Sequence[tuple[int, int, Pair]], *, source: str, size: int = 500
) -> int:
    """Put pairs into the queue; return how many are new. What is decided is not asked again."""
    once: dict[tuple[int, int], Pair] = {}
    for one, other, pair in pairs:
        if one != other:
            once.setdefault((min(one, other), max(one, other)), pair)
    rows = [
        {
            "id": new_id(),
            "one": one,
            "other": other,
            "odds": pair.odds,
            "evidence": json.dumps(packed_pair(pair)["said"], ensure_ascii=False),
        }
        for (one, other), pair in once.items()
    ]
    return sum(
        int(
            store.write(PROPOSE, rows=rows[i : i + size], now=datetime.now(UTC), source=source)[0][
                "n"
            ]
        )
        for i in range(0, len(rows), size)
    )


def ask_about(store: Store, viewer: Viewer, one: int, other: int) -> str:
    """Let staff say of two people that they may be one; return the pair to look at.

    Raises
    ------
    BadValue
        'same' if it is one person to begin with.
    Conflict
        'different' if somebody has decided that they are two.
    """
    viewer.require_staff()
    if one == other:
        raise BadValue("this is one and the same record: choose another one", code="same")
    propose(store, [(one, other, Pair("", "", 0.0, ()))], source="staff")
    rows = store.read(BETWEEN, one=one, other=other)
    if not rows:
        raise PersonNotFound("no such person")
    if rows[0]["state"] not in ("open", "later"):
        raise Conflict(
            "somebody has decided that these are two people: end that decision first",
            code="different",
        )
    found = str(rows[0]["id"])
    store.in_write(lambda t: acted(t, viewer, "double.ask", found, keys=[one, other]))
    return found


def keys_of(store: Store, origins: Iterable[str]) -> dict[str, int]:
    """Return whose each record is now."""
    return {origin: key for origin, (key, _) in people.of_origins(store, origins).items()}


def decided(store: Store) -> list[tuple[int, int, bool]]:
    """Return what was decided of pairs: two keys, and whether they are one person."""
    return [(row["one"], row["other"], False) for row in store.read(DECIDED)]


def queue(store: Store, viewer: Viewer, *, limit: int = 5_000) -> Queue:
    """Return what waits for an answer, but for what another of staff looks at now."""
    viewer.require_staff()
    rows = store.read(QUEUE, now=datetime.now(UTC), me=viewer.account_id, limit=limit)
    return Queue(
        tuple(Waiting(r["id"], probability(r["odds"]), r["state"], r["source"] or "") for r in rows)
    )


def probability(odds: float) -> float:
    """Return a probability out of natural log odds."""
    return pair_of({"odds": odds, "said": []}).probability


def take(store: Store, viewer: Viewer, double_id: str) -> bool:
    """Look at a pair alone for some minutes; False if somebody else does, or it is decided."""
    viewer.require_staff()
    now = datetime.now(UTC)
    return bool(store.write(TAKE, id=double_id, now=now, until=now + LEASE, me=viewer.account_id))


def double(store: Store, viewer: Viewer, double_id: str, *, rules: Rules = STANDARD) -> Double:
    """Return a pair with all that speaks for and against it.

    Raises
    ------
    ThingNotFound
        If there is none, or one of the two is nobody whom this reader may see.
    """
    viewer.require_staff()
    rows = store.read(ONE, id=double_id)
    if not rows or len(rows[0]["keys"]) != 2:
        raise ThingNotFound("no such pair")
    row = native(rows[0])
    keys = row["keys"]
    cards = {card.key: card for card in people.cards(store, viewer, keys, rules=rules)}
    if set(cards) != set(keys):
        raise ThingNotFound("no such pair")
    sides = {side["key"]: side for side in store.read(SIDES, keys=keys)}
    records: dict[int, list[Row]] = {key: [] for key in keys}
    for record in store.read(RECORDS, keys=keys):
        records[record["key"]].append(record | {"fields": json.loads(record["fields"] or "{}")})
    one, other = keys
    return Double(
        row["id"],
        probability(row["odds"]),
        row["state"],
        row["source"] or "",
        (cards[one], cards[other]),
        (sides[one], sides[other]),
        (tuple(records[one]), tuple(records[other])),
        tuple(Said(**said) for said in json.loads(row["evidence"] or "[]")),
        row["decided_at"],
        row["ended_at"],
        row["merge"] or "",
    )


def accounts(store: Store, viewer: Viewer, keys: Iterable[int]) -> list[tuple[str, str]]:
    """Return the accounts of people, id and address, for an administrator who chooses."""
    viewer.require_staff()
    if "admin" not in viewer.roles:
        return []
    return [(row["id"], row["email"]) for row in store.read(ACCOUNTS, keys=list(keys))]


def mark(
    transaction: Transaction, viewer: Viewer, double_id: str, state: str, *, merge: str = ""
) -> None:
    """Write down an answer in the transaction of what follows from it.

    Raises
    ------
    Conflict
        If somebody has answered already.
    """
    if state not in STATES:
        raise BadValue(f"an answer is one of {', '.join(STATES[1:])}", code="unknown")
    given = {"now": datetime.now(UTC), "me": viewer.account_id, "merge": merge}
    if not transaction.run(DECIDE, id=double_id, state=state, **given):
        raise Conflict("somebody has answered this already", code="answered")


def differ(store: Store, viewer: Viewer, double_id: str, *, rules: Rules = STANDARD) -> None:
    """Say that the two are two: for ever, until somebody ends it."""
    pair = double(store, viewer, double_id, rules=rules)

    def work(transaction: Transaction) -> None:
        mark(transaction, viewer, double_id, "different")
        keys = [card.key for card in pair.cards]
        acted(transaction, viewer, "double.different", double_id, keys=keys)

    store.in_write(work)


def put_off(store: Store, viewer: Viewer, double_id: str) -> None:
    """Leave a pair for later: it comes after all others."""
    viewer.require_staff()
    store.in_write(lambda transaction: mark(transaction, viewer, double_id, "later"))


def decisions(store: Store, viewer: Viewer, *, limit: int = 50) -> list[Row]:
    """Return what was decided, the latest first."""
    viewer.require_staff()
    return [native(row) for row in store.read(DECISIONS, limit=limit)]


def end(store: Store, viewer: Viewer, double_id: str) -> None:
    """End a decision of "different": the pair is asked about anew.

    Raises
    ------
    Conflict
        If it stands no longer.
    """
    viewer.require_staff()
    rows = store.read(ONE, id=double_id)
    if not rows or rows[0]["state"] != "different" or len(rows[0]["keys"]) != 2:
        raise PersonNotFound("no such decision")
    one, other = rows[0]["keys"]

    def work(transaction: Transaction) -> None:
        again(transaction, double_id, one, other)
        acted(transaction, viewer, "double.end", double_id, keys=[one, other])

    store.in_write(work)


def again(transaction: Transaction, double_id: str, one: int, other: int) -> None:
    """End a decision and ask anew, in the transaction of what follows from it."""
    ended: list[Row] = transaction.run(END, id=double_id, now=datetime.now(UTC))
    if not ended:
        raise Conflict("this decision stands no longer", code="over")
    row = ended[0]
    fresh = {
        "id": new_id(), "one": one, "other": other, "odds": row["odds"],
        "evidence": row["evidence"],
    }  # fmt: skip
    transaction.run(PROPOSE, rows=[fresh], now=datetime.now(UTC), source=row["source"])
