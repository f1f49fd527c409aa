"""What people say of themselves: interests, what they offer and look for; and what they agree to.

Each act is one transaction with its change; the next page view knows it.
"""

from collections.abc import Collection
from datetime import UTC, datetime

from graphnet import changes
from graphnet.errors import BadValue, ThingNotFound
from graphnet.model import CONSENT_STATES, new_id
from graphnet.privacy import Viewer
from graphnet.records import corrections
from graphnet.store import Row, Store, Transaction

# The purposes that people say yes or no to on their own pages, and the wording they were shown.
PURPOSES = ("profile", "digest", "partners", "asked")
TEXT_VERSION = "2026-1"

# In which ways help with a topic is offered or looked for.
WAYS = ("mentoring", "job", "laboratory", "expertise", "partnership")

# One row: the topic that the person is interested in; saying it oneself outweighs an import.
LIKE = """MATCH (t:Topic {id: $topic})
CALL (t) { MATCH (me:Person {key: $me}) RETURN me }
MERGE (me)-[i:INTERESTED_IN]->(t) SET i.weight = 1.0, i.source = 'stated', i.at = $at
REMOVE i.run
WITH me, t OPTIONAL MATCH (me)-[o:NOT_INTERESTED_IN]->(t) DELETE o
RETURN t.id AS id"""

# One row: the topic that the person offers to help with.
OFFER = """MATCH (t:Topic {id: $topic})
CALL (t) { MATCH (me:Person {key: $me}) RETURN me }
MERGE (me)-[i:OFFERS]->(t) SET i.weight = 1.0, i.source = 'stated', i.at = $at, i.ways = $ways
REMOVE i.run RETURN t.id AS id"""

# One row: the topic that the person looks for.
NEED = """MATCH (t:Topic {id: $topic})
CALL (t) { MATCH (me:Person {key: $me}) RETURN me }
MERGE (me)-[i:NEEDS]->(t) SET i.weight = 1.0, i.source = 'stated', i.at = $at, i.ways = $ways
REMOVE i.run RETURN t.id AS id"""

# One row: what was taken away.
UNLIKE = """MATCH (:Person {key: $me})-[i:INTERESTED_IN]->(t:Topic {id: $topic})
DELETE i RETURN t.id AS id"""

# One row: what was taken away.
UNOFFER = """MATCH (:Person {key: $me})-[i:OFFERS]->(t:Topic {id: $topic})
DELETE i RETURN t.id AS id"""

# One row: what was taken away.
UNNEED = """MATCH (:Person {key: $me})-[i:NEEDS]->(t:Topic {id: $topic})
DELETE i RETURN t.id AS id"""

# One row: a topic, and in which ways somebody says so of it already; of the tie of that name.
SAID = """MATCH (t:Topic {id: $topic})
RETURN t.name AS name, coalesce(t.name_ru, t.name) AS name_ru,
  COLLECT { MATCH (:Person {key: $me})-[i:INTERESTED_IN|OFFERS|NEEDS]->(t) WHERE type(i) = $tie
            RETURN coalesce(i.ways, []) AS ways LIMIT 1 } AS said LIMIT 1"""

TIES = {"likes": "INTERESTED_IN", "offers": "OFFERS", "needs": "NEEDS"}
ADD = {"likes": LIKE, "offers": OFFER, "needs": NEED}
TAKE = {"likes": UNLIKE, "offers": UNOFFER, "needs": UNNEED}

# One row: the consent; earlier ones stay, the latest counts.
CONSENT = """MATCH (me:Person {key: $me})
CREATE (me)-[:GAVE]->(c:Consent {id: $id, purpose: $purpose, state: $state,
  text_version: $text_version, at: $at, channel: 'web'})
RETURN c.id AS id"""

# One row: what was learned from behaviour is gone.
FORGET_SEEN = """MATCH (:Person {key: $me})-[:SAW]->(i:Impression) DETACH DELETE i
RETURN count(*) AS removed"""


def add(store: Store, viewer: Viewer, kind: str, topic: str, *, ways: Collection[str] = ()) -> None:
    """Say that one likes a topic, offers help with it, or looks for it, and in which ways.

    Raises
    ------
    BadValue, NotAllowed, ThingNotFound
    """
    key = _key(viewer, kind)
    if unknown := set(ways) - set(WAYS):
        raise BadValue(f"no way of help: {', '.join(sorted(unknown))}")
    said = [way for way in WAYS if way in ways]

    def work(transaction: Transaction) -> None:
        before = _said(transaction, key, kind, topic)
        given = {"me": key, "topic": topic, "at": datetime.now(UTC), "ways": said}
        if not transaction.run(ADD[kind], **given):
            raise ThingNotFound("no such topic")
        _note(transaction, viewer, key, kind, before, _said(transaction, key, kind, topic))
        _record(transaction, key, kind, topic)

    store.in_write(work)


def take(store: Store, viewer: Viewer, kind: str, topic: str) -> None:
    """Say that one does so no more; what was never said is no error.

    Raises
    ------
    BadValue, NotAllowed
    """
    key = _key(viewer, kind)

    def work(transaction: Transaction) -> None:
        before = _said(transaction, key, kind, topic)
        if transaction.run(TAKE[kind], me=key, topic=topic):
            _note(transaction, viewer, key, kind, before, [])
            _record(transaction, key, kind, topic)

    store.in_write(work)


def _said(transaction: Transaction, key: int, kind: str, topic: str) -> list[Row]:
    """Return what somebody says of a topic, as the history of their page keeps it."""
    rows = transaction.run(SAID, me=key, topic=topic, tie=TIES[kind])
    return [
        {"name": row["name"], "name_ru": row["name_ru"], "ways": list(ways)}
        for row in rows
        for ways in row["said"]
    ]


def _note(
    transaction: Transaction,
    viewer: Viewer,
    key: int,
    kind: str,
    before: list[Row],
    after: list[Row],
) -> None:
    """Note it in the history of one's own page, where it is not as it was."""
    if before != after:
        corrections.noted(transaction, viewer, key, kind, before=before, after=after)


def _record(transaction: Transaction, key: int, kind: str, topic: str) -> None:
    changes.record(transaction, "interests", [key], thing=topic)
    if kind != "likes":  # the list of people to meet is read again
        changes.record(transaction, changes.ANNOUNCED, thing=topic)


def _key(viewer: Viewer, kind: str) -> int:
    key = viewer.own_key()
    if kind not in ADD:
        raise BadValue(f"{kind!r} is none of {', '.join(ADD)}")
    return key


def consent(store: Store, viewer: Viewer, purpose: str, state: str) -> None:
    """Keep a yes or no of the person; who refuses to be learned from leaves no trace of clicks.

    Raises
    ------
    BadValue, NotAllowed
    """
    key = viewer.own_key()
    if purpose not in PURPOSES or state not in CONSENT_STATES:
        raise BadValue(f"{purpose!r} or {state!r} is not asked here")

    def work(transaction: Transaction) -> None:
        transaction.run(
            CONSENT,
            me=key,
            id=new_id(),
            purpose=purpose,
            state=state,
            text_version=TEXT_VERSION,
            at=datetime.now(UTC),
        )
        if purpose == "profile" and state == "refused":
            transaction.run(FORGET_SEEN, me=key)
        changes.record(transaction, "changed", [key], thing=f"consent:{purpose}")

    store.in_write(work)
