"""Conversations as who takes part sees them: the list, one of them, what is new, leaving, muting.

Asking whether there is anything new costs one look at one node. Whom the reader may not see any
more keeps what they wrote and loses their name; what somebody wrote whom the reader has blocked is
not shown.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet.audit import acted
from graphnet.connections.reports import checked_reason, open_report
from graphnet.errors import ThingNotFound
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer, among_members, unblocked
from graphnet.store import Row, Store, Transaction, native

PAGE = 50  # messages on a page

# One row: a conversation of $me's, that with the newest message first; a few of the others in it,
# and the newest message of those that $me may read.
MINE = """MATCH (me:Person {key: $me})-[t:TAKES_PART]->(c:Conversation)
WHERE c.last > t.since OR t.role = 'starter'
WITH me, t, c, coalesce(t.until, c.last) AS newest ORDER BY c.at DESC, c.id SKIP $skip LIMIT $limit
RETURN c.id AS id, c.kind AS kind, c.title AS title, c.at AS at, coalesce(t.muted, false) AS muted,
  t.until IS NOT NULL AS left, newest > t.seen AS unread,
  COUNT { (c)<-[o:TAKES_PART]-(:Person) WHERE o.until IS NULL } AS people,
  COLLECT { MATCH (c)<-[o:TAKES_PART]-(p:Person) WHERE p <> me
            RETURN p.key ORDER BY o.at, p.key LIMIT 3 } AS others,
  COLLECT { MATCH (m:Message) WHERE m.conversation = c.id AND m.number = newest
            MATCH (m)-[:BY]->(p:Person) RETURN [m.text, p.key] ORDER BY p.key LIMIT 1 } AS words
ORDER BY at DESC, id LIMIT 100"""

# One row: how many conversations $me has.
MINE_COUNT = """MATCH (:Person {key: $me})-[t:TAKES_PART]->(c:Conversation)
WHERE c.last > t.since OR t.role = 'starter' RETURN count(c) AS n LIMIT 1"""

# One row: in how many conversations there is something new for $me.
UNREAD = """MATCH (:Person {key: $me})-[t:TAKES_PART]->(c:Conversation)
WHERE t.until IS NULL AND NOT coalesce(t.muted, false) AND c.last > t.seen
RETURN count(c) AS n LIMIT 1"""

# One row: how many acts there have been in a conversation of $me's.
VERSION = """MATCH (:Person {key: $me})-[:TAKES_PART]->(c:Conversation {id: $id})
RETURN c.version AS version LIMIT 1"""

# One row: a conversation of $me's, and whether anybody reads what $me writes there.
ONE = (
    """MATCH (me:Person {key: $me})-[t:TAKES_PART]->(c:Conversation {id: $id})
RETURN c.kind AS kind, c.title AS title, c.last AS last, c.version AS version, t.role AS role,
  t.since AS since, t.seen AS seen, t.until AS until, coalesce(t.muted, false) AS muted,
  """
    + among_members("me")
    + """ AS here, COUNT { MATCH (c)<-[o:TAKES_PART]-(p:Person)
    WHERE p <> me AND o.until IS NULL AND """
    + among_members("p")
    + """ AND """
    + unblocked("me", "p")
    + """ } AS readers,
  COLLECT { MATCH (c)<-[o:TAKES_PART]-(p:Person) WHERE o.until IS NULL
            RETURN p.key ORDER BY o.at, p.key LIMIT 60 } AS people,
  COLLECT { MATCH (me)-[:BLOCKED]->(p:Person)-[:TAKES_PART]->(c)
            RETURN p.key ORDER BY p.key LIMIT 60 } AS blocked LIMIT 1"""
)

# One row: a message that $me may read, the newest first.
MESSAGES = """MATCH (m:Message) WHERE m.conversation = $id AND m.number > $since
  AND m.number <= $newest
OPTIONAL MATCH (m)-[:BY]->(p:Person)
RETURN m.number AS number, m.text AS text, m.at AS at, m.deleted_at IS NOT NULL AS deleted,
  p.key AS author ORDER BY number DESC LIMIT $limit"""

# One row: somebody who has read as far as that.
SEEN = """MATCH (:Person {key: $me})-[t:TAKES_PART]->(:Conversation {id: $id})
WHERE t.seen < $number SET t.seen = $number RETURN t.seen AS seen"""

# One row: a message of $me's own without its words.
DELETE_OWN = """MATCH (c:Conversation {id: $id}) SET c.id = c.id
WITH c MATCH (m:Message) WHERE m.conversation = c.id AND m.number = $number
  AND m.deleted_at IS NULL AND EXISTS { (m)-[:BY]->(:Person {key: $me}) }
SET m.deleted_at = $now, c.version = c.version + 1 REMOVE m.text RETURN m.number AS number"""

# One row: whether a conversation is muted now.
MUTE = """MATCH (:Person {key: $me})-[t:TAKES_PART]->(:Conversation {id: $id})
SET t.muted = $muted RETURN t.muted AS muted"""

# One row: a group that $me has left; somebody else has it now, who took part the longest.
LEAVE = """MATCH (me:Person {key: $me})-[t:TAKES_PART]->(c:Conversation {id: $id, kind: 'group'})
WHERE t.until IS NULL
SET c.version = c.version + 1
WITH me, t, c, t.role AS role
SET t.until = c.last, t.role = 'member'
WITH me, c, role
CALL (me, c, role) {
  MATCH (c)<-[o:TAKES_PART]-(p:Person) WHERE role = 'starter' AND p <> me AND o.until IS NULL
  WITH o ORDER BY o.at, p.key LIMIT 1
  SET o.role = 'starter' RETURN count(o) AS passed
}
RETURN c.id AS id, passed LIMIT 1"""

# One row: the words of a message that $me may read, and who wrote them.
REPORTED = """MATCH (:Person {key: $me})-[t:TAKES_PART]->(c:Conversation {id: $id})
MATCH (m:Message) WHERE m.conversation = c.id AND m.number = $number AND m.number > t.since
  AND (t.until IS NULL OR m.number <= t.until) AND m.deleted_at IS NULL
MATCH (m)-[:BY]->(p:Person) WHERE p.key <> $me
RETURN m.text AS text, m.at AS at, p.key AS key LIMIT 1"""


@dataclass(frozen=True)
class Line:
    """One conversation in the list."""

    id: str
    kind: str
    title: str
    at: datetime
    others: tuple[Card, ...]
    people: int
    words: str
    by: Card | None
    mine: bool
    unread: bool
    muted: bool
    left: bool


@dataclass(frozen=True)
class Message:
    """One message: `text` is None where it was deleted, or written by somebody who is blocked."""

    number: int
    at: datetime
    text: str | None
    deleted: bool
    mine: bool
    author: Card | None  # None where the reader may not see them any more


@dataclass(frozen=True)
class Thread:
    """One conversation with a page of its messages, the oldest first."""

    id: str
    kind: str
    title: str
    version: int
    starter: bool
    muted: bool
    left: bool
    here: bool  # whether the reader can be seen by the others
    answered: bool  # whether anybody reads what the reader writes
    people: tuple[Card, ...]  # the others who take part, as far as the reader may see them
    unseen: int  # from which number on it is new to the reader
    messages: tuple[Message, ...]
    earlier: int  # the number before which there is more; 0 if there is nothing more


def unread(store: Store, viewer: Viewer) -> int:
    """Return in how many conversations there is something new; nobody's is 0."""
    if not viewer.is_alumnus or viewer.person_key is None:
        return 0
    return int(store.read(UNREAD, me=viewer.person_key)[0]["n"])


def version(store: Store, viewer: Viewer, conversation: str) -> int:
    """Return how many acts there have been in a conversation: the cheap question.

    Raises
    ------
    ThingNotFound
    """
    rows = store.read(VERSION, me=viewer.me(), id=conversation)
    if not rows:
        raise ThingNotFound("no such conversation")
    return int(rows[0]["version"])


def count(store: Store, viewer: Viewer) -> int:
    """Return how many conversations the viewer has."""
    return int(store.read(MINE_COUNT, me=viewer.me())[0]["n"])


def mine(
    store: Store, viewer: Viewer, *, skip: int = 0, limit: int = 20, rules: Rules = STANDARD
) -> list[Line]:
    """Return the viewer's conversations, that with the newest message first."""
    me = viewer.me()
    rows = store.read(MINE, me=me, skip=skip, limit=limit)
    keys = [key for row in rows for key in row["others"]]
    keys += [words[1] for row in rows for words in row["words"]]
    shown = {c.key: c for c in cards(store, viewer, keys, rules=rules, brief=True)}
    found = []
    for row in map(native, rows):
        text, author = row["words"][0] if row["words"] else (None, 0)
        others = tuple(shown[key] for key in row["others"] if key in shown)
        found.append(
            Line(
                row["id"],
                row["kind"],
                row["title"] or "",
                row["at"],
                others,
                row["people"],
                text or "",
                shown.get(author),
                author == me,
                row["unread"],
                row["muted"],
                row["left"],
            )
        )
    return found


def thread(
    store: Store,
    viewer: Viewer,
    conversation: str,
    *,
    before: int = 0,
    rules: Rules = STANDARD,
) -> Thread:
    """Return a conversation of the viewer's with its newest messages, or those before a number.

    Raises
    ------
    ThingNotFound
        If the viewer takes no part in it: it may be there or not.
    """
    me = viewer.me()

    def work(transaction: Transaction) -> tuple[Row, list[Row]]:
        rows = transaction.run(ONE, me=me, id=conversation)
        if not rows:
            raise ThingNotFound("no such conversation")
        row = rows[0]
        newest = row["last"] if row["until"] is None else row["until"]
        newest = min(newest, before - 1) if before else newest
        return row, transaction.run(
            MESSAGES, id=conversation, since=row["since"], newest=newest, limit=PAGE + 1
        )

    row, found = store.in_read(work)
    keys = [*row["people"], *(one["author"] for one in found if one["author"])]
    shown = {c.key: c for c in cards(store, viewer, keys, rules=rules, brief=True)}
    blocked = set(row["blocked"])
    messages = [
        Message(
            one["number"],
            one["at"],
            None if one["author"] in blocked else one["text"],
            one["deleted"],
            one["author"] == me,
            shown.get(one["author"]),
        )
        for one in map(native, found[:PAGE])
    ]
    return Thread(
        conversation,
        row["kind"],
        row["title"] or "",
        row["version"],
        row["role"] == "starter",
        row["muted"],
        row["until"] is not None,
        row["here"],
        row["readers"] > 0,
        tuple(shown[key] for key in row["people"] if key in shown and key != me),
        row["seen"] + 1,
        tuple(reversed(messages)),
        messages[-1].number if len(found) > PAGE else 0,
    )


def mark_seen(store: Store, viewer: Viewer, shown: Thread) -> None:
    """Note that the viewer has read as far as a page shows."""
    last = shown.messages[-1].number if shown.messages else 0
    if last >= shown.unseen:
        store.write(SEEN, me=viewer.me(), id=shown.id, number=last)


def delete(store: Store, viewer: Viewer, conversation: str, number: int) -> None:
    """Take the words of a message of the viewer's own away, for everybody.

    Raises
    ------
    ThingNotFound
    """
    me = viewer.me()

    def work(transaction: Transaction) -> None:
        if not transaction.run(
            DELETE_OWN, me=me, id=conversation, number=number, now=datetime.now(UTC)
        ):
            raise ThingNotFound("no such message")
        acted(transaction, viewer, "message.delete", conversation, keys=[me])

    store.in_write(work)


def mute(store: Store, viewer: Viewer, conversation: str, *, muted: bool) -> None:
    """Hear no more of a conversation until one looks, or hear of it again.

    Raises
    ------
    ThingNotFound
    """
    if not store.write(MUTE, me=viewer.me(), id=conversation, muted=muted):
        raise ThingNotFound("no such conversation")


def leave(store: Store, viewer: Viewer, conversation: str) -> None:
    """Leave a group; what was written until then stays readable.

    Raises
    ------
    ThingNotFound
        If the viewer is in no such group: a conversation of two is not left.
    """
    if not store.write(LEAVE, me=viewer.me(), id=conversation):
        raise ThingNotFound("no such conversation")


def report(store: Store, viewer: Viewer, conversation: str, number: int, why: str) -> str:
    """Report a message to staff, who get its words and no others; return the request's id.

    Raises
    ------
    ThingNotFound
        If there is no such message of somebody else's.
    BadValue, TooMany
    """
    said = checked_reason(why)
    rows = store.read(REPORTED, me=viewer.me(), id=conversation, number=number)
    if not rows or not rows[0]["text"]:
        raise ThingNotFound("no such message")
    key, words = int(rows[0]["key"]), rows[0]["text"]
    shown = cards(store, viewer, [key], brief=True)
    subject = shown[0].name.full if shown else "…"
    return store.in_write(
        lambda transaction: open_report(
            transaction, viewer, key, subject=subject, text=f"{said}\n\n«{words}»"
        )
    )


def reported(store: Store, viewer: Viewer, conversation: str, number: int) -> str:
    """Return the words that a report of a message would give to staff.

    Raises
    ------
    ThingNotFound
    """
    rows = store.read(REPORTED, me=viewer.me(), id=conversation, number=number)
    if not rows or not rows[0]["text"]:
        raise ThingNotFound("no such message")
    return str(rows[0]["text"])
