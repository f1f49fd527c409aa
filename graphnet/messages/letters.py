"""Who is written to about a message: once a conversation until they have looked, as they chose.

A letter is worded when it leaves, from what is unread then, without any of the words; whoever has
looked, left, muted, or would have to be told of somebody who has hidden since, gets none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from graphnet import notices
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer, alive, among_members, unblocked
from graphnet.store import Row, Store, Transaction

LETTER, DAILY = "messages.new", "messages.daily"

# One row: somebody who is now to be told of a message, and has not been of an earlier one that they
# have not looked at yet.
TO_TELL = (
    """MATCH (me:Person {key: $me})
CALL (me) {
  MATCH (c:Conversation {id: $id})<-[t:TAKES_PART]-(p:Person)
  WHERE p <> me AND t.until IS NULL AND NOT coalesce(t.muted, false) AND t.told <= t.seen
    AND coalesce(p.notices, $standard) = 'at_once' AND """
    + among_members("p")
    + """ AND """
    + unblocked("me", "p")
    + """
  RETURN p, t
}
SET t.told = $number RETURN p.key AS key ORDER BY key LIMIT 100"""
)

# One row: a conversation of somebody's with messages that they have not seen; who wrote the latest
# of them, if they may be named.
UNSEEN = (
    """MATCH (me:Person {key: $me})-[t:TAKES_PART]->(c:Conversation)
WHERE ($id = '' OR c.id = $id) AND t.until IS NULL AND NOT coalesce(t.muted, false)
  AND c.last > t.seen
CALL (me, t, c) {
  MATCH (m:Message) WHERE m.conversation = c.id AND m.number > t.seen AND m.deleted_at IS NULL
  MATCH (m)-[:BY]->(p:Person) WHERE p <> me AND """
    + among_members("p")
    + """ AND """
    + unblocked("me", "p")
    + """
  RETURN p.key AS author, m.number AS number ORDER BY number DESC LIMIT 1
}
RETURN c.id AS id, c.kind AS kind, c.title AS title, author, c.at AS at
ORDER BY at DESC, id LIMIT 50"""
)

# One row: somebody who wants one letter a day, and whose last was long enough ago.
DUE = (
    """MATCH (p:Person) WHERE p.notices = 'daily' AND p.key > $after
  AND coalesce(p.notices_at, $long_ago) < $before AND """
    + alive("p")
    + """
RETURN p.key AS key ORDER BY key LIMIT 500"""
)

# One row: somebody whose letter of the day is written, if nobody else has written it.
WRITTEN = """MATCH (p:Person {key: $key}) SET p.key = p.key
WITH p WHERE p.notices = 'daily' AND coalesce(p.notices_at, $long_ago) < $before
SET p.notices_at = $now RETURN p.key AS key"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)-[part:TAKES_PART]->(talk:Conversation)
    WHERE talk.last > part.seen AND part.until IS NULL }"""


@dataclass(frozen=True)
class Unseen:
    """A conversation with something new, and who wrote it."""

    id: str
    kind: str
    title: str
    author: Card


def tell(transaction: Transaction, me: int, conversation: str, number: int) -> None:
    """Have everybody else told of a message, in the transaction that writes it."""
    for row in transaction.run(
        TO_TELL, me=me, id=conversation, number=number, standard=notices.STANDARD
    ):
        notices.tell(
            transaction,
            row["key"],
            LETTER,
            {"conversation": conversation},
            once=f"message:{conversation}:{number}:{row['key']}",
        )


def unseen(
    store: Store, viewer: Viewer, conversation: str = "", *, rules: Rules = STANDARD
) -> list[Unseen]:
    """Return conversations with something new for the viewer, the latest first.

    Parameters
    ----------
    conversation
        Of this one only.
    """
    rows = store.read(UNSEEN, me=viewer.me(), id=conversation)
    shown = cards(store, viewer, [row["author"] for row in rows], rules=rules, brief=True)
    by_key = {card.key: card for card in shown}
    return [
        Unseen(row["id"], row["kind"], row["title"] or "", by_key[row["author"]])
        for row in rows
        if row["author"] in by_key
    ]


def due(store: Store, now: datetime, *, after: int = 0) -> list[Row]:
    """Return who may get a letter of the day, by key, some at a time."""
    return store.read(DUE, after=after, before=now - A_DAY, long_ago=LONG_AGO)


def write_daily(store: Store, key: int, now: datetime) -> bool:
    """Have somebody's letter of the day written, once a day whoever asks; return whether it is."""

    def work(transaction: Transaction) -> bool:
        found = notices.reader(transaction, key)
        if found is None or not transaction.run(
            WRITTEN, key=key, before=now - A_DAY, now=now, long_ago=LONG_AGO
        ):
            return False
        notices.enqueue(
            transaction,
            found,
            DAILY,
            {},
            once=f"daily:{now:%Y-%m-%d}:{key}",
            patience=timedelta(0),
        )
        return True

    return store.in_write(work)


A_DAY = timedelta(hours=23)
LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
