"""Writing: one message, in its place, once; beginning a conversation of two or of a group.

A conversation's node is locked while one writes into it: messages have numbers without a gap in the
order in which they were written, and two who write at once come one after the other. The id of a
message is made from who wrote it and what the form was given, so that a form that is sent twice
writes once.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from graphnet.audit import acted
from graphnet.connections.asking import NEW, limit, lock
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound, TooMany
from graphnet.messages import letters, reach
from graphnet.model import new_id
from graphnet.people import cards
from graphnet.people.lookup import KEY_OF, key_of
from graphnet.privacy import STANDARD, Rules, Viewer, among_members, unblocked
from graphnet.store import Row, Store, Transaction

LONGEST = 3000
LONGEST_TITLE = 80
LARGEST = 50  # people in a conversation
# People one has nothing to do with yet to whom one may begin to write in a day.
A_DAY, A_DAY_WHEN_NEW = 60, 10

# One row: the conversation, locked, with $me in it; whether there is anybody to read it.
OPEN = (
    """MATCH (me:Person {key: $me})-[t:TAKES_PART]->(c:Conversation {id: $id})
WHERE t.until IS NULL
SET c.id = c.id
WITH me, t, c
RETURN c.kind AS kind, c.last AS last, t.role AS role, """
    + among_members("me")
    + """ AS here, COUNT { (c)<-[:TAKES_PART]-(:Person) } AS everybody,
  COUNT { MATCH (c)<-[o:TAKES_PART]-(p:Person)
    WHERE p <> me AND o.until IS NULL AND """
    + among_members("p")
    + """ AND """
    + unblocked("me", "p")
    + """ } AS readers LIMIT 1"""
)

# One row: the message that was written before by the same form.
BEFORE = """MATCH (m:Message {id: $message}) RETURN m.number AS number LIMIT 1"""

# One row: the message, with the next number.
WRITE = """MATCH (me:Person {key: $me})-[t:TAKES_PART]->(c:Conversation {id: $id})
SET c.last = c.last + 1, c.version = c.version + 1, c.at = $now
WITH me, t, c
SET t.seen = c.last
CREATE (c)<-[:IN]-(m:Message {id: $message, conversation: c.id, number: c.last, text: $text,
  at: $now})-[:BY]->(me)
RETURN m.number AS number"""

# One row: the conversation of the two, if there is one.
OF_TWO = """MATCH (:Person {key: $me})-[:TAKES_PART]->(c:Conversation {kind: 'two'})
MATCH (c)<-[:TAKES_PART]-(:Person {key: $other})
RETURN c.id AS id ORDER BY id LIMIT 1"""

# One row: the conversation with that id, if it was begun already.
BEGUN = """MATCH (c:Conversation {id: $id}) RETURN c.id AS id LIMIT 1"""

# One row: the new conversation with its starter.
BEGIN = """MATCH (me:Person {key: $me})
CREATE (me)-[:TAKES_PART {role: 'starter', since: 0, seen: 0, told: 0, at: $now}]->
  (c:Conversation {id: $id, kind: $kind, title: $title, last: 0, version: 0, at: $now})
RETURN c.id AS id"""

# One row: somebody who takes part from the next message on, again or for the first time.
JOIN = """MATCH (c:Conversation {id: $id})
CALL (c) { MATCH (p:Person {key: $key}) RETURN p }
MERGE (p)-[t:TAKES_PART]->(c)
ON CREATE SET t.role = 'member', t.since = c.last, t.seen = c.last, t.told = c.last, t.at = $now
SET c.version = c.version + 1
RETURN p.key AS key, t.until IS NULL AS takes_part"""

# One row: to how many people without a tie $me has begun to write since then; since when $me is
# here.
FRESH = """MATCH (me:Person {key: $me})
RETURN COUNT { MATCH (me)-[:TAKES_PART {role: 'starter'}]->(c:Conversation)
    MATCH (c)<-[t:TAKES_PART]-(p:Person)
    WHERE t.at > $day AND p <> me AND NOT EXISTS { (me)-[:KNOWS]-(p) }
    RETURN DISTINCT p } AS lately,
  COLLECT { MATCH (me)<-[:OF]-(a:Account) RETURN a.created_at ORDER BY a.created_at LIMIT 1 }
    AS begun LIMIT 1"""

# One row: one of those people who can be written to at this moment.
STILL = (
    """UNWIND $keys AS wanted
MATCH (me:Person {key: $me})
CALL (wanted) { MATCH (p:Person {key: wanted}) RETURN p }
WITH me, p WHERE """
    + among_members("p")
    + """ AND """
    + among_members("me")
    + """ AND """
    + unblocked("me", "p")
    + """
RETURN p.key AS key, EXISTS { (me)-[:KNOWS]-(p) } AS connected ORDER BY key LIMIT 100"""
)


def checked_words(text: str) -> str:
    """Return a message's words, trimmed.

    Raises
    ------
    BadValue
        ``empty`` or ``long``.
    """
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise BadValue("there is nothing in it: write something", code="empty", field="text")
    if len(words) > LONGEST:
        raise BadValue(f"a message has at most {LONGEST:,} characters", code="long", field="text")
    return words


def post(store: Store, viewer: Viewer, conversation: str, text: str, *, once: str = "") -> int:
    """Write into a conversation and return the message's number.

    Parameters
    ----------
    once
        What the form was given; the same twice writes once.

    Raises
    ------
    BadValue
        ``empty``, ``long`` or ``hidden``.
    ThingNotFound
        If the viewer takes no part in it.
    Conflict
        ``nobody`` can be reached there now, whatever the reason.
    """
    words = checked_words(text)
    return store.in_write(lambda t: _write(t, viewer, conversation, words, once))


def _write(
    transaction: Transaction, viewer: Viewer, conversation: str, words: str, once: str
) -> int:
    me, now = viewer.me(), datetime.now(UTC)
    rows = transaction.run(OPEN, me=me, id=conversation)
    if not rows:
        raise ThingNotFound("no such conversation")
    message = _made_of(str(me), conversation, once) if once else new_id()
    if before := transaction.run(BEFORE, message=message):
        return int(before[0]["number"])
    if not rows[0]["here"]:
        raise BadValue(
            "you are hidden, so that nobody could answer you: let yourself be found first",
            code="hidden",
        )
    if not rows[0]["readers"]:
        raise Conflict(
            f"nobody can be reached in the conversation {conversation} now", code="nobody"
        )
    number = int(
        transaction.run(WRITE, me=me, id=conversation, message=message, text=words, now=now)[0][
            "number"
        ]
    )
    letters.tell(transaction, me, conversation, number)
    return number


def _made_of(*parts: str) -> str:
    digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=10).digest()
    return base64.b32encode(digest).decode("ascii").lower()


def existing(store: Store, viewer: Viewer, person_id: str, *, rules: Rules = STANDARD) -> str:
    """Return the id of the viewer's conversation with somebody; '' if there is none.

    Whoever may not be seen now is nobody, also where words were exchanged before.
    """
    keys = [row["key"] for row in store.read(KEY_OF, id=person_id)]
    if not cards(store, viewer, keys, rules=rules):
        return ""
    found = store.read(OF_TWO, me=viewer.me(), other=keys[0])
    return str(found[0]["id"]) if found else ""


def begin(
    store: Store,
    viewer: Viewer,
    person_id: str,
    text: str,
    *,
    once: str = "",
    rules: Rules = STANDARD,
) -> str:
    """Write to somebody for the first time, or again; return the conversation's id.

    Raises
    ------
    PersonNotFound
        If the viewer may not begin to write to such a person, or there is none.
    BadValue
        ``empty``, ``long`` or ``hidden``.
    TooMany
        If the viewer has begun to write to enough people today.
    """
    words, me = checked_words(text), viewer.me()
    if known := existing(store, viewer, person_id, rules=rules):
        post(store, viewer, known, words, once=once)
        return known
    other = reach.one(store, viewer, key_of(store, person_id), rules=rules).key
    reach.require_here(store, viewer)

    def work(transaction: Transaction) -> str:
        lock(transaction, (me, other))
        found = transaction.run(OF_TWO, me=me, other=other)
        conversation = (
            str(found[0]["id"]) if found else open_two(transaction, viewer, other, limited=True)
        )
        _write(transaction, viewer, conversation, words, once)
        return conversation

    return store.in_write(work)


def open_two(transaction: Transaction, viewer: Viewer, other: int, *, limited: bool = False) -> str:
    """Return the id of the conversation of two people, which is there or begins, without a word.

    Both must be locked by the caller.

    Raises
    ------
    PersonNotFound
        If they cannot write to each other.
    TooMany
        Where it is `limited`.
    """
    me, now = viewer.me(), datetime.now(UTC)
    if found := transaction.run(OF_TWO, me=me, other=other):
        return str(found[0]["id"])
    still = transaction.run(STILL, me=me, keys=[other])
    if not still:
        raise PersonNotFound("no such person")
    if limited:
        _within_limits(transaction, me, still, now)
    conversation = new_id()
    transaction.run(BEGIN, me=me, id=conversation, kind="two", title="", now=now)
    transaction.run(JOIN, id=conversation, key=other, now=now)
    acted(transaction, viewer, "conversation.begin", conversation, keys=[me])
    return conversation


def carry(
    transaction: Transaction, asker: Viewer, sought: Viewer, *, asked: str, answered: str
) -> None:
    """Open the conversation of two whose words others have passed on, with those words in it.

    Where they cannot write to each other nothing is opened: the answer has gone its other way.
    """
    one, other = asker.me(), sought.me()
    lock(transaction, (one, other))
    if len(transaction.run(STILL, me=one, keys=[other])) < 1:
        return
    conversation = open_two(transaction, asker, other)
    _write(transaction, asker, conversation, asked, "")
    _write(transaction, sought, conversation, answered, "")


def _within_limits(transaction: Transaction, me: int, people: Sequence[Row], now: datetime) -> None:
    strangers = sum(not row["connected"] for row in people)
    row = transaction.run(FRESH, me=me, day=now - timedelta(days=1))[0]
    if strangers and row["lately"] + strangers > limit(row["begun"], now, A_DAY, A_DAY_WHEN_NEW):
        raise TooMany(
            f"enough new people for today; an account of {NEW.days} days may more", code="people"
        )


def begin_group(
    store: Store,
    viewer: Viewer,
    title: str,
    person_ids: Iterable[str],
    text: str,
    *,
    once: str = "",
    rules: Rules = STANDARD,
) -> str:
    """Begin a conversation of several people; return its id.

    Raises
    ------
    BadValue
        ``title``, ``people`` (nobody, or too many), ``empty``, ``long`` or ``hidden``.
    PersonNotFound
        If one of them may not be written to; nobody is told which.
    TooMany
    """
    words, name, me = checked_words(text), _checked_title(title), viewer.me()
    keys = _keys(store, viewer, person_ids, rules=rules)
    if not 1 <= len(keys) < LARGEST:
        raise BadValue(
            f"choose 1 to {LARGEST - 1} people to write to", code="people", field="people"
        )
    reach.require_here(store, viewer)
    conversation = _made_of("group", str(me), once) if once else new_id()

    def work(transaction: Transaction) -> str:
        now = datetime.now(UTC)
        lock(transaction, (me,))
        if not transaction.run(BEGUN, id=conversation):
            still = transaction.run(STILL, me=me, keys=keys)
            if len(still) < len(keys):
                raise PersonNotFound("no such person")
            _within_limits(transaction, me, still, now)
            transaction.run(BEGIN, me=me, id=conversation, kind="group", title=name, now=now)
            for key in keys:
                transaction.run(JOIN, id=conversation, key=key, now=now)
            acted(transaction, viewer, "conversation.begin", conversation, keys=[me])
        _write(transaction, viewer, conversation, words, once)
        return conversation

    return store.in_write(work)


def add(
    store: Store,
    viewer: Viewer,
    conversation: str,
    person_ids: Iterable[str],
    *,
    rules: Rules = STANDARD,
) -> int:
    """Add people to a group that the viewer has begun; return how many. They read from now on.

    Who has left is not brought back.

    Raises
    ------
    ThingNotFound
        If it is no group of the viewer's.
    PersonNotFound, TooMany
    BadValue
        ``people``: nobody, or too many.
    """
    me, keys = viewer.me(), _keys(store, viewer, person_ids, rules=rules)

    def work(transaction: Transaction) -> int:
        now = datetime.now(UTC)
        rows = transaction.run(OPEN, me=me, id=conversation)
        if not rows or rows[0]["kind"] != "group" or rows[0]["role"] != "starter":
            raise ThingNotFound("no such conversation")
        if not keys or rows[0]["everybody"] + len(keys) > LARGEST:
            raise BadValue(
                f"a conversation has at most {LARGEST} people in all", code="people", field="people"
            )
        still = transaction.run(STILL, me=me, keys=keys)
        if len(still) < len(keys):
            raise PersonNotFound("no such person")
        _within_limits(transaction, me, still, now)
        joined = [transaction.run(JOIN, id=conversation, key=key, now=now)[0] for key in keys]
        acted(transaction, viewer, "conversation.add", conversation, keys=[me])
        return sum(row["takes_part"] for row in joined)

    return store.in_write(work)


def _keys(store: Store, viewer: Viewer, person_ids: Iterable[str], *, rules: Rules) -> list[int]:
    """Return the keys of people whom the viewer may write to, all of them or nobody's."""
    wanted = list(dict.fromkeys(person_ids))[: LARGEST + 1]
    keys = [key_of(store, one) for one in wanted]
    if len(reach.open_to(store, viewer, keys, rules=rules)) < len(keys):
        raise PersonNotFound("no such person")
    return keys


def _checked_title(title: str) -> str:
    name = " ".join(title.split())
    if not name or len(name) > LONGEST_TITLE:
        raise BadValue(
            f"the name of a conversation has 1 to {LONGEST_TITLE} characters",
            code="title",
            field="title",
        )
    return name
