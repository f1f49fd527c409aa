"""Pass-ons, as who holds one sees them: who asks and why, whom they seek; pass it on, or leave it.

Whoever was asked, or was handed it by somebody who was, can give it to the one who is sought, to
the next person on the way, or take a link and send it by their own means; or leave it, which
changes nothing that the asker can see.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from graphnet import changes
from graphnet.accounts.sessions import token_hash
from graphnet.errors import ThingNotFound
from graphnet.introductions.paths import Way, ways_to
from graphnet.introductions.requests import HOLD_DAYS, tell_holder
from graphnet.introductions.targets import Target
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, alive, registered, shown
from graphnet.store import Row, Transaction, native

MOST_HANDS = 2  # people between who asks and who is sought: chains have three steps

# One row: an open request that lies with $me, the oldest first; all of them where $id is ''. Who
# asks and who is sought must both be here still. A request that $me took a link for stays within
# reach, so that the link can be made again.
HELD = (
    """MATCH (me:Person {key: $me})<-[:TO]-(h:Handing)-[:OF]->(o:PassOn)
WHERE ($id = '' AND h.done_at IS NULL OR o.id = $id AND (h.done_at IS NULL
    OR EXISTS { (o)<-[:OF]-(:Handing {act: 'link'})-[:BY]->(me) }))
  AND h.act IN ['asked', 'forwarded'] AND h.expires_at > $now AND o.closes_at > $now
  AND o.state IN ['waiting', 'forwarded']
MATCH (asker:Person)-[:ASKED]->(o)
WHERE """
    + shown("asker")
    + """ AND """
    + alive("asker")
    + """
OPTIONAL MATCH (o)-[:ABOUT]->(person:Person)
OPTIONAL MATCH (o)-[:ABOUT]->(thing:Organisation|Place|Topic)
WITH o, h, asker, person, thing
WHERE thing IS NOT NULL OR person IS NOT NULL AND """
    + alive("person")
    + """
  AND """
    + shown("person")
    + """
RETURN o.id AS id, h.id AS handing, h.at AS at, h.expires_at AS expires_at, o.text AS text,
  o.closes_at AS closes_at, asker.key AS asker_key, person.key AS sought_key,
  person.id AS sought_id, thing.id AS thing_id,
  CASE WHEN thing IS NULL THEN 'person' WHEN thing:Organisation THEN 'company'
    WHEN thing:Place THEN 'city' ELSE 'topic' END AS kind,
  thing.name AS label, coalesce(thing.name_ru, thing.name) AS label_ru,
  """
    + registered("person")
    + """ AS registered,
  COLLECT { MATCH (o)<-[:OF]-(:Handing)-[:TO]->(p:Person) RETURN p.key ORDER BY p.key LIMIT 10 }
    AS hands
ORDER BY at, id LIMIT 50"""
)

# One row: the handing, locked and still open; it ends when this commits.
END_HANDING = """MATCH (h:Handing {id: $handing})-[:OF]->(o:PassOn) SET o.id = o.id
WITH h, o WHERE h.done_at IS NULL AND h.expires_at > $now AND o.closes_at > $now
  AND o.state IN ['waiting', 'forwarded']
SET h.done_at = $now RETURN o.id AS id"""

# One row: the next handing, in the hands of somebody who is registered.
HAND_TO = """MATCH (o:PassOn {id: $id})
CALL (o) { MATCH (by:Person {key: $me}) RETURN by }
CALL (o) { MATCH (p:Person {id: $to}) RETURN p }
SET o.state = 'forwarded'
CREATE (o)<-[:OF]-(h:Handing {id: $handing, act: 'forwarded', at: $now, expires_at: $expires_at})
CREATE (h)-[:TO]->(p) CREATE (h)-[:BY]->(by)
RETURN p.key AS key"""

# One row: the request, locked, while it is open.
LOCK_OPEN = """MATCH (o:PassOn {id: $id}) SET o.id = o.id
WITH o WHERE o.closes_at > $now AND o.state IN ['waiting', 'forwarded']
RETURN o.id AS id, o.closes_at AS closes_at"""

# One row: how many handings of the one who takes a link have ended by that.
DONE_BY_LINK = """MATCH (o:PassOn {id: $id})<-[:OF]-(h:Handing)-[:TO]->(:Person {key: $me})
WHERE h.done_at IS NULL SET h.done_at = $now RETURN count(h) AS n"""

# Nothing comes back: the older links of the same person are gone.
TAKE_BACK_LINKS = """MATCH (o:PassOn {id: $id})<-[:OF]-(h:Handing {act: 'link'})-[:BY]->(p:Person)
WHERE p.key = $me DETACH DELETE h"""

# One row: the link that was made.
MAKE_LINK = """MATCH (o:PassOn {id: $id})
CALL (o) { MATCH (by:Person {key: $me}) RETURN by }
SET o.state = 'forwarded'
CREATE (o)<-[:OF]-(h:Handing {id: $handing, act: 'link', at: $now, expires_at: $expires_at,
  token_hash: $token_hash})
CREATE (h)-[:BY]->(by) RETURN h.id AS id"""

# One row: the note that somebody left it; the asker's request stands as it stood.
LEAVE = """MATCH (o:PassOn {id: $id})
CALL (o) { MATCH (by:Person {key: $me}) RETURN by }
CREATE (o)<-[:OF]-(h:Handing {id: $handing, act: 'left', at: $now})
CREATE (h)-[:BY]->(by) RETURN h.id AS id"""


@dataclass(frozen=True)
class Held:
    """A request that lies with me: who asks, why, whom they seek, and whom I could hand it to."""

    id: str
    asker: Card
    text: str
    at: datetime
    expires_at: datetime
    target: Target
    sought: Card | None = None
    label: str = ""
    label_ru: str = ""
    is_for_me: bool = False
    sought_registered: bool = False
    onward: tuple[Way, ...] = ()
    handing: str = ""


def held(live: Live, viewer: Viewer, pass_on: str) -> Held:
    """Return one request that lies with me.

    Raises
    ------
    ThingNotFound
        If none does under that id: it never did, was answered, ran out, or somebody has hidden.
    """
    rows = _rows(live, viewer, pass_on) if pass_on else []
    found = [one for row in rows if (one := _held(live, viewer, row)) is not None]
    if not found:
        raise ThingNotFound("nothing here waits for you")
    one, row = found[0], rows[0]
    hands = set(row["hands"])
    if one.is_for_me or len(hands - {row["sought_key"]}) >= MOST_HANDS:
        return one
    onward = ways_to(live, viewer, one.target, without=hands | {row["asker_key"]} - {viewer.me()})
    return replace(one, onward=onward.ways)


def all_held(live: Live, viewer: Viewer) -> list[Held]:
    """Return everything that waits for me, the oldest first, without whom I could hand it to."""
    rows = _rows(live, viewer, "")
    return [one for row in rows if (one := _held(live, viewer, row)) is not None]


def hand_on(live: Live, viewer: Viewer, pass_on: str, to: str) -> None:
    """Give a request to the one who is sought, or to the next person on the way, on the site.

    Raises
    ------
    ThingNotFound
        If the request does not lie with me, or that person is not among those I was offered.
    """
    one = held(live, viewer, pass_on)
    straight = one.sought is not None and one.sought_registered and one.sought.id == to
    if not straight and to not in {way.contact.id for way in one.onward}:
        raise ThingNotFound("there is no such way")
    me = viewer.me()

    def work(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        if not transaction.run(END_HANDING, handing=one.handing, now=now):
            raise ThingNotFound("nothing here waits for you")
        handed = transaction.run(
            HAND_TO,
            id=pass_on,
            me=me,
            to=to,
            handing=new_id(),
            now=now,
            expires_at=now + timedelta(days=30 if straight else HOLD_DAYS),
        )
        if not handed:
            raise ThingNotFound("there is no such way")
        changes.record(transaction, "passed", [me, handed[0]["key"]], thing=pass_on)
        tell_holder(transaction, handed[0]["key"], pass_on)

    live.store.in_write(work)


def make_link(live: Live, viewer: Viewer, pass_on: str) -> str:
    """Return the token of a link that I send by my own means; only its sum is kept.

    Making one takes back an earlier link of mine for the same request.
    """
    one = held(live, viewer, pass_on)
    me = viewer.me()
    token = secrets.token_urlsafe(32)

    def work(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        rows = transaction.run(LOCK_OPEN, id=one.id, now=now)
        if not rows:
            raise ThingNotFound("nothing here waits for you")
        transaction.run(TAKE_BACK_LINKS, id=one.id, me=me)
        transaction.run(DONE_BY_LINK, id=one.id, me=me, now=now)
        transaction.run(
            MAKE_LINK,
            id=one.id,
            me=me,
            handing=new_id(),
            now=now,
            expires_at=rows[0]["closes_at"],
            token_hash=token_hash(token),
        )
        changes.record(transaction, "passed", [me], thing=one.id)

    live.store.in_write(work)
    return token


def leave(live: Live, viewer: Viewer, pass_on: str) -> None:
    """Leave a request: it lies with me no longer, and nobody is told.

    Raises
    ------
    ThingNotFound
        If it does not lie with me.
    """
    one = held(live, viewer, pass_on)
    me = viewer.me()

    def work(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        if not transaction.run(END_HANDING, handing=one.handing, now=now):
            raise ThingNotFound("nothing here waits for you")
        transaction.run(LEAVE, id=one.id, me=me, handing=new_id(), now=now)
        changes.record(transaction, "passed", [me], thing=one.id)

    live.store.in_write(work)


def _rows(live: Live, viewer: Viewer, pass_on: str) -> list[Row]:
    rows = live.store.read(HELD, me=viewer.me(), id=pass_on, now=datetime.now(UTC))
    return [native(row) for row in rows]


def _held(live: Live, viewer: Viewer, row: Row) -> Held | None:
    """Return the request with its people, or None if one of them may not be seen any more."""
    me = viewer.me()
    askers = cards(live.store, viewer, [row["asker_key"]], rules=live.rules)
    # Who is sought is told by the asker, who may see no more of them than this.
    as_asker = Viewer("alumnus", row["asker_key"])
    sought = (
        cards(live.store, as_asker, [row["sought_key"]], rules=live.rules)
        if row["sought_key"]
        else []
    )
    if not askers or (row["kind"] == "person" and not sought):
        return None
    return Held(
        id=row["id"],
        asker=askers[0],
        text=row["text"],
        at=row["at"],
        expires_at=row["expires_at"],
        target=Target(row["kind"], row["sought_id"] or row["thing_id"]),
        sought=sought[0] if sought else None,
        label=row["label"] or "",
        label_ru=row["label_ru"] or "",
        is_for_me=row["sought_key"] == me,
        sought_registered=row["registered"],
        handing=row["handing"],
    )
