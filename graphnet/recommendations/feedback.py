"""What a reader does to their own lists: not interested, less like this, wrong topic; and back.

Each act is one transaction with its change and holds at the next page view.
"""

from datetime import UTC, datetime

from graphnet import changes
from graphnet.errors import BadValue, NotAllowed, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.recommendations.items import LISTS
from graphnet.store import Store, Transaction

HOW = ("never", "less")

# One row: the dismissal; the topics of the thing stand in it, so that less of them is recommended.
DISMISS = """MATCH (me:Person {key: $me}) SET me.id = me.id
WITH me, COUNT { (me)-[:DISMISSED]->(:Dismissal) } AS kept
MERGE (me)-[:DISMISSED]->(d:Dismissal {list: $list, item: $item}) ON CREATE SET d.id = $id
SET d.how = $how, d.topics = $topics, d.at = $at
RETURN d.id AS id, kept"""

MOST_DISMISSED = 2000  # by one person, in all lists

# One row: the dismissal that was taken back.
TAKE_BACK = """MATCH (:Person {key: $me})-[:DISMISSED]->(d:Dismissal {id: $id})
WITH d, d.id AS id DETACH DELETE d RETURN id"""

# One row: the topic that counts nothing from now on.
OFF = """MATCH (t:Topic {id: $topic})
CALL (t) { MATCH (me:Person {key: $me}) RETURN me }
MERGE (me)-[o:NOT_INTERESTED_IN]->(t) ON CREATE SET o.at = $at RETURN t.id AS id"""

# One row: the topic that counts again.
ON = """MATCH (:Person {key: $me})-[o:NOT_INTERESTED_IN]->(t:Topic {id: $topic})
DELETE o RETURN t.id AS id"""


def act(
    store: Store, viewer: Viewer, list_name: str, item: str, *, how: str = "never",
    topics: tuple[str, ...] = (),
) -> str:  # fmt: skip
    """Never recommend this again, with 'less' also less of its topics; return the id to undo it.

    Raises
    ------
    BadValue, NotAllowed, TooMany
    """
    key = viewer.own_key()
    if list_name not in LISTS or how not in HOW or not item or len(item) > 64:
        raise BadValue(f"{list_name!r} is not a list, or {how!r} not an act")
    if len(topics) > 20 or any(len(topic) > 64 for topic in topics):
        raise BadValue("too many topics")
    name = new_id()

    def work(transaction: Transaction) -> str:
        rows = transaction.run(
            DISMISS,
            me=key,
            id=name,
            list=list_name,
            item=item,
            how=how,
            topics=list(topics),
            at=datetime.now(UTC),
        )
        if not rows:
            raise NotAllowed("sign in first")
        if rows[0]["kept"] >= MOST_DISMISSED:
            raise TooMany(f"{MOST_DISMISSED} things are taken out of lists already")
        changes.record(transaction, "dismissed", [key], thing=item)
        return str(rows[0]["id"])

    return store.in_write(work)


def undo(store: Store, viewer: Viewer, dismissal: str) -> None:
    """Take a dismissal of one's own back; one that is gone is no error."""
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        if transaction.run(TAKE_BACK, me=key, id=dismissal):
            changes.record(transaction, "dismissed", [key])

    store.in_write(work)


def mark_off(store: Store, viewer: Viewer, topic: str) -> None:
    """Let a topic count nothing, however it came to be believed.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        if not transaction.run(OFF, me=key, topic=topic, at=datetime.now(UTC)):
            raise ThingNotFound("no such topic")
        changes.record(transaction, "interests", [key], thing=topic)

    store.in_write(work)


def mark_on(store: Store, viewer: Viewer, topic: str) -> None:
    """Let a topic count again."""
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        if transaction.run(ON, me=key, topic=topic):
            changes.record(transaction, "interests", [key], thing=topic)

    store.in_write(work)
