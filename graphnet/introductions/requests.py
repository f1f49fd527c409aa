"""Pass-ons, as who asks sees them: asking through a first contact, what became of it, taking back.

A `:PassOn` is one request to reach somebody, with the asker's words. Each hand that it goes through
is a `:Handing`: to whom, by whom, until when; together they are its history. The asker is told
three states: waiting, answered, closed. Who left it, refused it or hid is not told apart from a
month that went by.

What has run out is recognised when it is read, so nothing has to run for it to end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import LiteralString

from graphnet import changes, notices
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.introductions.paths import MOST_OPEN, ways_to
from graphnet.introductions.targets import Target
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer, alive, shown
from graphnet.store import Store, Transaction, native

ASKED, ANSWERED = "introductions.asked", "introductions.answered"  # the letters
LONGEST = 500
A_MONTH = 3  # requests of one person in thirty days
MONTH = timedelta(days=30)
OPEN_DAYS = 30  # until a request closes by itself
HOLD_DAYS = 14  # how long it lies with one who was asked

# One row: what $me has asked lately, and whether a request for that one is open.
STANDING = """MATCH (me:Person {key: $me})
RETURN COUNT { (me)-[:ASKED]->(o:PassOn) WHERE o.at >= $since } AS lately,
  EXISTS { (me)-[:ASKED]->(o:PassOn)-[:ABOUT]->(x) WHERE x.id = $sought AND o.closes_at > $now
    AND o.state IN ['waiting', 'forwarded'] } AS open LIMIT 1"""

# One row: who asks, locked until the request is committed, and what they have asked already.
LOCK_ASKER = """MATCH (me:Person {key: $me}) SET me.id = me.id
WITH me
RETURN COUNT { (me)-[:ASKED]->(o:PassOn) WHERE o.at >= $since } AS lately,
  EXISTS { (me)-[:ASKED]->(o:PassOn)-[:ABOUT]->(x) WHERE x.id = $sought AND o.closes_at > $now
    AND o.state IN ['waiting', 'forwarded'] } AS open LIMIT 1"""

# One row: who is asked, locked too, and how much lies with them.
LOCK_ASKED = """MATCH (p:Person {id: $asked}) SET p.id = p.id
WITH p
RETURN p.key AS key, COUNT { (p)<-[:TO]-(h:Handing)-[:OF]->(o:PassOn)
  WHERE h.done_at IS NULL AND h.expires_at > $now AND o.closes_at > $now
    AND o.state IN ['waiting', 'forwarded'] AND NOT (o)-[:ABOUT]->(p) } AS open LIMIT 1"""

# One row: the new request, in the hands of who is asked.
MAKE = """MATCH (me:Person {key: $me})
CALL (me) { MATCH (p:Person {id: $asked}) RETURN p }
CREATE (me)-[:ASKED]->(o:PassOn {id: $id, state: 'waiting', text: $text, at: $now,
  closes_at: $closes_at})
CREATE (o)<-[:OF]-(h:Handing {id: $handing, act: 'asked', at: $now, expires_at: $expires_at})
CREATE (h)-[:TO]->(p) CREATE (h)-[:BY]->(me)
RETURN o.id AS id"""

# One row: the request, which is now about that person.
ABOUT_PERSON = """MATCH (o:PassOn {id: $id})
CALL (o) { MATCH (x:Person {id: $sought}) RETURN x }
CREATE (o)-[:ABOUT]->(x) RETURN x.id AS id"""

# One row: the request, which is now about somebody of that company.
ABOUT_COMPANY = """MATCH (o:PassOn {id: $id})
CALL (o) { MATCH (x:Organisation {id: $sought}) RETURN x }
CREATE (o)-[:ABOUT]->(x) RETURN x.id AS id"""

# One row: the request, which is now about somebody in that city.
ABOUT_CITY = """MATCH (o:PassOn {id: $id})
CALL (o) { MATCH (x:Place {id: $sought}) RETURN x }
CREATE (o)-[:ABOUT]->(x) RETURN x.id AS id"""

# One row: the request, which is now about somebody of that field.
ABOUT_TOPIC = """MATCH (o:PassOn {id: $id})
CALL (o) { MATCH (x:Topic {id: $sought}) RETURN x }
CREATE (o)-[:ABOUT]->(x) RETURN x.id AS id"""

# One row: a request of $me, the newest first, with whom they asked and what it is about. It stands
# open only while the one who is sought may be found.
MINE = (
    """MATCH (me:Person {key: $me})-[:ASKED]->(o:PassOn)
OPTIONAL MATCH (o)<-[:OF]-(:Handing {act: 'asked'})-[:TO]->(asked:Person)
OPTIONAL MATCH (o)-[:ABOUT]->(person:Person)
OPTIONAL MATCH (o)-[:ABOUT]->(thing:Organisation|Place|Topic)
RETURN o.id AS id, o.text AS text, o.at AS at, o.answer AS answer, o.answered_at AS answered_at,
  o.state IN ['waiting', 'forwarded'] AS kept_open,
  o.seen_at AS seen_at, asked.key AS asked_key, person.key AS sought_key,
  thing.name AS label, coalesce(thing.name_ru, thing.name) AS label_ru,
  CASE WHEN o.state = 'answered' THEN 'answered'
    WHEN o.state IN ['waiting', 'forwarded'] AND o.closes_at > $now
      AND (thing IS NOT NULL OR person IS NOT NULL AND """
    + alive("person")
    + """
        AND """
    + shown("person")
    + """) THEN 'waiting'
    ELSE 'closed' END AS state
ORDER BY at DESC, id LIMIT 100"""
)

# One row: how many requests that are seen to be closed stay so for good: whoever hides and shows
# themselves again would be told apart by them.
STAY_CLOSED = """MATCH (:Person {key: $me})-[:ASKED]->(o:PassOn)
WHERE o.id IN $ids AND o.state IN ['waiting', 'forwarded']
SET o.state = 'closed' RETURN count(o) AS n"""

# One row: the request that its asker has taken back.
WITHDRAW = """MATCH (:Person {key: $me})-[:ASKED]->(o:PassOn {id: $id}) SET o.id = o.id
WITH o WHERE o.state IN ['waiting', 'forwarded'] SET o.state = 'closed' RETURN o.id AS id"""

# One row: how many answers the asker has now seen.
SEEN = """MATCH (:Person {key: $me})-[:ASKED]->(o:PassOn {state: 'answered'})
WHERE o.seen_at IS NULL SET o.seen_at = $now RETURN count(o) AS n"""

# One row: somebody who handed a request on that was answered since then, once a request; who was
# sought and answers passes nothing on.
RELAYS = """MATCH (o:PassOn {state: 'answered'}) WHERE o.answered_at >= $since
MATCH (o)<-[:OF]-(h:Handing) WHERE h.act IN ['forwarded', 'link']
MATCH (h)-[:BY]->(p:Person)
RETURN o.id AS pass_on, p.key AS person_key, min(h.at) AS at, o.answered_at AS answered_at
ORDER BY answered_at, pass_on, person_key LIMIT 100000"""

# One row: how many requests are on their way now.
OPEN_COUNT = """MATCH (o:PassOn) WHERE o.closes_at > $now AND o.state IN ['waiting', 'forwarded']
RETURN count(o) AS n LIMIT 1"""

ABOUT: dict[str, LiteralString] = {
    "person": ABOUT_PERSON,
    "company": ABOUT_COMPANY,
    "city": ABOUT_CITY,
    "topic": ABOUT_TOPIC,
}

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)<-[:TO]-(held:Handing) WHERE held.done_at IS NULL }
  OR EXISTS { (me)-[:ASKED]->(mine:PassOn {state: 'answered'}) WHERE mine.seen_at IS NULL }"""


@dataclass(frozen=True)
class Asked:
    """One of my requests: whom I asked, whom I seek, and what I may know of how it stands."""

    id: str
    state: str  # waiting | answered | closed
    text: str
    at: datetime
    asked: Card | None
    sought: Card | None = None
    label: str = ""
    label_ru: str = ""
    answer: str = ""
    answered_at: datetime | None = None
    seen: bool = True


@dataclass(frozen=True)
class Relay:
    """Somebody passed a request on, and it was answered."""

    pass_on: str
    person_key: int
    at: datetime
    answered_at: datetime


@dataclass(frozen=True)
class Standing:
    """How many requests are left to me within thirty days, and whether one for this is open."""

    left: int
    open: bool

    @property
    def may_ask(self) -> bool:
        """Whether another request would be taken now."""
        return self.left > 0 and not self.open


def standing(store: Store, viewer: Viewer, target: Target) -> Standing:
    """Return what is left to me to ask, so that nobody writes what is refused then."""
    now = datetime.now(UTC)
    rows = store.read(STANDING, me=viewer.me(), sought=target.id, now=now, since=now - MONTH)
    if not rows:
        return Standing(0, open=False)
    return Standing(max(0, A_MONTH - rows[0]["lately"]), rows[0]["open"])


def ask(
    live: Live,
    viewer: Viewer,
    target: Target,
    asked_id: str,
    text: str,
    *,
    layers: Iterable[str] = (),
) -> str:
    """Ask a first contact to pass my words on, and return the request's id.

    `layers` are those that the way was found over, as in `ways_to`.

    Raises
    ------
    BadValue
        If there are no words, or more than 500 letters.
    ThingNotFound
        If there is no such way: also where nobody may know that the person is here.
    Conflict
        If I have an open request for the same person, or too much lies with the contact by now.
    TooMany
        If I have asked three times in thirty days.
    """
    words = checked_words(text)
    me = viewer.me()
    found = ways_to(live, viewer, target, layers=layers)
    if asked_id not in {way.contact.id for way in found.ways}:
        raise ThingNotFound("there is no such way")

    def work(transaction: Transaction) -> str:
        now = datetime.now(UTC)
        stands = transaction.run(LOCK_ASKER, me=me, sought=target.id, now=now, since=now - MONTH)[0]
        if stands["open"]:
            raise Conflict("one open request for the same person is enough")
        if stands["lately"] >= A_MONTH:
            raise TooMany(f"{A_MONTH} requests in {MONTH.days} days are enough")
        asked = transaction.run(LOCK_ASKED, asked=asked_id, now=now)[0]
        if asked["open"] >= MOST_OPEN:
            raise Conflict("this person has been asked a lot: choose another way")
        identity = new_id()
        transaction.run(
            MAKE,
            me=me,
            asked=asked_id,
            id=identity,
            handing=new_id(),
            text=words,
            now=now,
            closes_at=now + timedelta(days=OPEN_DAYS),
            expires_at=now + timedelta(days=HOLD_DAYS),
        )
        transaction.run(ABOUT[target.kind], id=identity, sought=target.id)
        changes.record(transaction, "asked", [me, asked["key"]], thing=identity)
        tell_holder(transaction, asked["key"], identity)
        return identity

    return live.store.in_write(work)


def tell_holder(transaction: Transaction, key: int, pass_on: str) -> None:
    """Let somebody know, by their own choice of letters, that a request lies with them now."""
    notices.tell(
        transaction, key, ASKED, {"pass_on": pass_on}, once=f"pass-on:{pass_on}:asked:{key}"
    )


def mine(store: Store, viewer: Viewer, *, rules: Rules = STANDARD) -> list[Asked]:
    """Return my requests, newest first, each in the state that I may know."""
    rows = store.read(MINE, me=viewer.me(), now=datetime.now(UTC))
    ended = [row["id"] for row in rows if row["state"] == "closed" and row["kept_open"]]
    if ended:
        store.write(STAY_CLOSED, me=viewer.me(), ids=ended)
    keys = [row[name] for row in rows for name in ("asked_key", "sought_key") if row[name]]
    seen = {card.key: card for card in cards(store, viewer, keys, rules=rules)}
    found = []
    for row in map(native, rows):
        # Of what is closed nobody is named any more: it might be because they have hidden.
        closed = row["state"] == "closed"
        found.append(
            Asked(
                id=row["id"],
                state=row["state"],
                text=row["text"],
                at=row["at"],
                asked=seen.get(row["asked_key"]),
                sought=None if closed else seen.get(row["sought_key"]),
                label="" if closed else row["label"] or "",
                label_ru="" if closed else row["label_ru"] or "",
                answer=row["answer"] or "" if row["state"] == "answered" else "",
                answered_at=row["answered_at"] if row["state"] == "answered" else None,
                seen=row["state"] != "answered" or row["seen_at"] is not None,
            )
        )
    return found


def mark_seen(store: Store, viewer: Viewer) -> None:
    """Note that I have seen the answers that I got."""
    store.write(SEEN, me=viewer.me(), now=datetime.now(UTC))


def withdraw(store: Store, viewer: Viewer, pass_on: str) -> None:
    """Take a request of mine back.

    Raises
    ------
    ThingNotFound
        If it is not mine, or not open any more.
    """
    me = viewer.me()

    def work(transaction: Transaction) -> None:
        if not transaction.run(WITHDRAW, me=me, id=pass_on):
            raise ThingNotFound("no such request")
        changes.record(transaction, "asked", [me], thing=pass_on)

    store.in_write(work)


def relays(store: Store, since: datetime) -> list[Relay]:
    """Return who passed on what was answered since then: for the ledger of contributions."""
    return [Relay(**native(row)) for row in store.read(RELAYS, since=since)]


def open_count(store: Store) -> int:
    """Return how many requests are on their way now, for staff."""
    return int(store.read(OPEN_COUNT, now=datetime.now(UTC))[0]["n"])


def checked_words(text: str) -> str:
    """Return the asker's or answerer's words, trimmed.

    Raises
    ------
    BadValue
        If there are none, or more than 500 letters.
    """
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise BadValue("a few words are needed")
    if len(words) > LONGEST:
        raise BadValue(f"at most {LONGEST} characters")
    return words
