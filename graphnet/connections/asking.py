"""Asking somebody to be a contact, with a word: accepted, declined, taken back.

Who asked is never told of a no: what was declined looks like what nobody has answered, and goes
from their list when it would have run out. Nobody is asked twice by one person within `REST`,
whatever became of it. Two who ask each other know each other.

Whoever may not be seen, has blocked or is asked nothing gives the answer of who does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet import notices
from graphnet.audit import acted
from graphnet.connections.ties import STANDING, connect
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.people import KEY_OF, Card, cards
from graphnet.privacy import (
    STANDARD,
    Rules,
    Viewer,
    among_members,
    may_be_asked,
    unblocked,
)
from graphnet.store import Row, Store, Transaction, native

LONGEST = 300
WAITS = timedelta(days=60)  # until nobody can answer it any more
REST = timedelta(days=90)  # until the same person may be asked again
NEW = timedelta(days=14)  # an account younger than that is a new one
A_DAY, A_DAY_WHEN_NEW = 20, 5

# No row is needed: one of two people, locked until the act is committed; the lower key first.
LOCK = """MATCH (p:Person {key: $key}) SET p.key = p.key RETURN p.key AS key"""

# One row: the two, and what stands between them.
BETWEEN = (
    """MATCH (me:Person {key: $me})
CALL (me) { MATCH (p:Person {key: $other}) RETURN p }
RETURN """
    + among_members("me")
    + """ AS here, """
    + among_members("p")
    + """ AS there, """
    + unblocked("me", "p")
    + """ AS unblocked,
  p.audiences AS audiences, EXISTS { (me)-[:KNOWS]-(p) } AS connected,
  COLLECT { MATCH (me)-[:ASKED]->(r:ContactRequest)-[:TO]->(p)
            RETURN r.at ORDER BY r.at DESC, r.id LIMIT 1 } AS asked,
  COLLECT { MATCH (p)-[:ASKED]->(r:ContactRequest {state: 'waiting'})-[:TO]->(me)
            WHERE r.at > $since AND r.withdrawn_at IS NULL
            RETURN r.id ORDER BY r.at DESC, r.id LIMIT 1 } AS theirs,
  COUNT { (me)-[:ASKED]->(r:ContactRequest) WHERE r.at > $day } AS today,
  COLLECT { MATCH (me)<-[:OF]-(a:Account) RETURN a.created_at ORDER BY a.created_at LIMIT 1 }
    AS begun
LIMIT 1"""
)

# One row: the asking.
MAKE = """MATCH (me:Person {key: $me})
CALL (me) { MATCH (p:Person {key: $other}) RETURN p }
CREATE (me)-[:ASKED]->(r:ContactRequest {id: $id, state: 'waiting', text: $text, at: $now})
CREATE (r)-[:TO]->(p) RETURN r.id AS id"""

# One row: somebody asks $me, and still may; the newest first.
OF_ME = (
    """MATCH (me:Person {key: $me})<-[:TO]-(r:ContactRequest {state: 'waiting'})
MATCH (r)<-[:ASKED]-(p:Person)
WHERE r.at > $since AND r.withdrawn_at IS NULL AND ($id = '' OR r.id = $id)
  AND """
    + among_members("p")
    + """ AND """
    + unblocked("me", "p")
    + """
RETURN r.id AS id, r.text AS text, r.at AS at, p.key AS key ORDER BY at DESC, id LIMIT 200"""
)

# One row: somebody whom $me has asked and who has not said yes, whatever else they said.
BY_ME = """MATCH (:Person {key: $me})-[:ASKED]->(r:ContactRequest)-[:TO]->(p:Person)
WHERE r.at > $since AND r.withdrawn_at IS NULL AND r.state IN ['waiting', 'declined']
RETURN r.id AS id, r.text AS text, r.at AS at, p.key AS key ORDER BY at DESC, id LIMIT 200"""

# One row: an asking of $me's that was answered, if it still waited.
ANSWER = """MATCH (:Person {key: $me})<-[:TO]-(r:ContactRequest {id: $id}) SET r.id = r.id
WITH r WHERE r.state = 'waiting' AND r.at > $since AND r.withdrawn_at IS NULL
SET r.state = $state, r.answered_at = $now RETURN r.id AS id"""

# One row: an asking by $me that is taken back; one that was declined goes alike.
WITHDRAW = """MATCH (:Person {key: $me})-[:ASKED]->(r:ContactRequest {id: $id}) SET r.id = r.id
WITH r WHERE r.state IN ['waiting', 'declined'] AND r.withdrawn_at IS NULL
SET r.withdrawn_at = $now,
  r.state = CASE r.state WHEN 'waiting' THEN 'withdrawn' ELSE r.state END
RETURN r.id AS id"""

# One row: who has said yes to an asking of $me's.
ACCEPTED = """MATCH (:Person {key: $me})-[:ASKED]->(r:ContactRequest {id: $id})-[:TO]->(p:Person)
WHERE r.state = 'accepted' RETURN p.key AS key LIMIT 1"""

# One row: how many askings were forgotten: nobody asks about them any more.
FORGET = """MATCH (r:ContactRequest) WHERE r.at < $before WITH r LIMIT 10000
DETACH DELETE r RETURN count(*) AS removed"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = "EXISTS { (me)<-[:TO]-(:ContactRequest {state: 'waiting'}) }"


@dataclass(frozen=True)
class Asking:
    """One asking: who asks or is asked, in which words, since when."""

    id: str
    card: Card
    text: str
    at: datetime


def checked_word(text: str) -> str:
    """Return the word that goes with an asking, trimmed; there need not be one.

    Raises
    ------
    BadValue
    """
    word = text.replace("\r\n", "\n").strip()
    if len(word) > LONGEST:
        raise BadValue(
            f"a word to somebody has at most {LONGEST} characters", code="long", field="text"
        )
    return word


def key_of(store: Store, person_id: str) -> int:
    """Return the key behind an id, or one that nobody has: then everything goes the same way."""
    rows = store.read(KEY_OF, id=person_id)
    return int(rows[0]["key"]) if rows else -1


def ask(store: Store, viewer: Viewer, person_id: str, text: str = "") -> str:
    """Ask somebody to be a contact; return 'asked', or 'connected' where they had asked already.

    Raises
    ------
    BadValue
        ``long``, or ``hidden``: who is hidden asks nobody.
    PersonNotFound
        If there is nobody to ask, whatever the reason.
    Conflict
        ``connected``; ``asked``: within the last 90 days.
    TooMany
        If enough were asked today.
    """
    word, me = checked_word(text), viewer.me()
    other = key_of(store, person_id)

    def work(transaction: Transaction) -> str:
        now = datetime.now(UTC)
        lock(transaction, (me, other))
        rows = transaction.run(
            BETWEEN, me=me, other=other, since=now - WAITS, day=now - timedelta(days=1)
        )
        if not rows or me == other:
            raise PersonNotFound("no such person")
        row = native(rows[0])
        if not row["here"]:
            raise BadValue(
                "you are hidden, so that nobody could answer you: let yourself be found first",
                code="hidden",
            )
        if not row["there"] or not row["unblocked"] or not may_be_asked(row["audiences"]):
            raise PersonNotFound("no such person")
        if row["connected"]:
            raise Conflict("you are in each other's contacts already", code="connected")
        if row["theirs"]:
            _accept(transaction, viewer, row["theirs"][0], other, now)
            return "connected"
        if row["asked"] and row["asked"][0].to_native() > now - REST:
            raise Conflict(
                f"you have asked them within {REST.days} days already: wait for their answer",
                code="asked",
            )
        if row["today"] >= limit(row["begun"], now, A_DAY, A_DAY_WHEN_NEW):
            raise TooMany("that is enough asking for today: try again tomorrow", code="asked")
        identity = new_id()
        transaction.run(MAKE, me=me, other=other, id=identity, text=word, now=now)
        acted(transaction, viewer, "connection.ask", identity, keys=[me, other])
        notices.tell(
            transaction, other, "contacts.asked", {"request": identity}, once=f"contact:{identity}"
        )
        return "asked"

    return store.in_write(work)


def lock(transaction: Transaction, people: Iterable[int]) -> None:
    """Lock people until the transaction ends, in an order that is everybody's."""
    for key in sorted(people):
        transaction.run(LOCK, key=key)


def limit(begun: list[object], now: datetime, usual: int, when_new: int) -> int:
    """Return which of two limits holds for somebody whose account began then."""
    first = begun[0] if begun else None
    since = first.to_native() if first is not None and hasattr(first, "to_native") else now
    return when_new if since > now - NEW else usual


def standing(store: Store, viewer: Viewer, card: Card) -> str:
    """Return what stands between the viewer and somebody whom they see, in a word.

    'connected', 'blocked' (by the viewer), 'asks' (the viewer), 'asked' (lately), 'free' to be
    asked, or '' where there is nothing to ask.
    """
    now = datetime.now(UTC)
    rows = store.read(STANDING, me=viewer.me(), other=card.key, rest=now - REST, since=now - WAITS)
    if not rows or card.key == viewer.me():
        return ""
    row = rows[0]
    if row["blocked"]:
        return "blocked"
    for state in ("connected", "asks", "asked"):
        if row[state] and not (row["unwanted"] and state == "asks"):
            return state
    free = card.state == "registered" and not row["unwanted"] and may_be_asked(row["audiences"])
    return "free" if free else ""


def accept(store: Store, viewer: Viewer, request_id: str) -> Card:
    """Say yes to who asked me: both know each other now, and they are told. Return who it is.

    Raises
    ------
    ThingNotFound
        If nothing waits for me under that id: taken back, run out, hidden, blocked or never.
    """
    asking = _waiting(store, viewer, request_id)
    other = asking.card.key

    def work(transaction: Transaction) -> None:
        lock(transaction, (viewer.me(), other))
        _accept(transaction, viewer, request_id, other, datetime.now(UTC))

    store.in_write(work)
    return asking.card


def _accept(
    transaction: Transaction, viewer: Viewer, request_id: str, other: int, now: datetime
) -> None:
    me = viewer.me()
    open_rows = transaction.run(OF_ME, me=me, id=request_id, since=now - WAITS)
    answered = open_rows and transaction.run(
        ANSWER, me=me, id=request_id, since=now - WAITS, state="accepted", now=now
    )
    if not answered:
        raise ThingNotFound("nothing here waits for you")
    connect(transaction, other, me, source="contact", now=now)
    acted(transaction, viewer, "connection.accept", request_id, keys=[me, other])
    notices.tell(
        transaction,
        other,
        "contacts.accepted",
        {"request": request_id},
        once=f"contact-accepted:{request_id}",
    )


def answerer(store: Store, viewer: Viewer, request_id: str) -> int:
    """Return the key of who has accepted an asking of the viewer's; 0 if nobody has."""
    rows = store.read(ACCEPTED, me=viewer.me(), id=request_id)
    return int(rows[0]["key"]) if rows else 0


def decline(store: Store, viewer: Viewer, request_id: str) -> None:
    """Say no to who asked me; nobody is told.

    Raises
    ------
    ThingNotFound
        As `accept`.
    """
    _waiting(store, viewer, request_id)
    me = viewer.me()

    def work(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        if not transaction.run(
            ANSWER, me=me, id=request_id, since=now - WAITS, state="declined", now=now
        ):
            raise ThingNotFound("nothing here waits for you")
        acted(transaction, viewer, "connection.decline", request_id, keys=[me])

    store.in_write(work)


def withdraw(store: Store, viewer: Viewer, request_id: str) -> None:
    """Take an asking of mine back.

    Raises
    ------
    ThingNotFound
        If there is none of mine that is open.
    """
    me = viewer.me()

    def work(transaction: Transaction) -> None:
        if not transaction.run(WITHDRAW, me=me, id=request_id, now=datetime.now(UTC)):
            raise ThingNotFound("nothing to take back")
        acted(transaction, viewer, "connection.withdraw", request_id, keys=[me])

    store.in_write(work)


def _waiting(store: Store, viewer: Viewer, request_id: str) -> Asking:
    rows = store.read(OF_ME, me=viewer.me(), since=datetime.now(UTC) - WAITS, id=request_id)
    found = _askings(store, viewer, rows, STANDARD)
    if not request_id or not found:
        raise ThingNotFound("nothing here waits for you")
    return found[0]


def asked_of_me(store: Store, viewer: Viewer, *, rules: Rules = STANDARD) -> list[Asking]:
    """Return who asks me, the newest first; who has hidden or died since is not among them."""
    rows = store.read(OF_ME, me=viewer.me(), since=datetime.now(UTC) - WAITS, id="")
    return _askings(store, viewer, rows, rules)


def asked_by_me(store: Store, viewer: Viewer, *, rules: Rules = STANDARD) -> list[Asking]:
    """Return whom I have asked and who has not said yes, of those whom I may still see."""
    rows = store.read(BY_ME, me=viewer.me(), since=datetime.now(UTC) - WAITS)
    return _askings(store, viewer, rows, rules)


def _askings(store: Store, viewer: Viewer, rows: list[Row], rules: Rules) -> list[Asking]:
    shown = cards(store, viewer, [row["key"] for row in rows], rules=rules)
    by_key = {card.key: card for card in shown}
    return [
        Asking(row["id"], by_key[row["key"]], row["text"] or "", row["at"])
        for row in map(native, rows)
        if row["key"] in by_key
    ]


def forget(store: Store, *, now: datetime | None = None) -> int:
    """Remove askings after which the same person may be asked again; return how many."""
    before, total = (now or datetime.now(UTC)) - REST, 0
    while removed := int(store.write(FORGET, before=before)[0]["removed"]):
        total += removed
    return total
