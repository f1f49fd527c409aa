"""Who speaks, exhibits or pays at an event: people, businesses of alumni, or a name alone.

Whoever is of the community is asked first, by letter and on the first page, and stands there once
they have said yes; a business is asked through the alumnus whose it is. Somebody from outside is a
name that the makers answer for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from graphnet import changes, mail
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events.editing import WHOLE_LOCKED, editable, one, who
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, among_members, business_shown, event_shown, of_viewer
from graphnet.store import Row, Store, Transaction, native

ROLES = ("speaker", "exhibitor", "sponsor")
LONGEST, MOST = 200, 60
# Staff read of a person who was asked and may not be seen by members any more that there is nobody.
_SEEN: LiteralString = (
    "WHERE (p IS NULL OR "
    + among_members("p")
    + ") AND (b IS NULL OR "
    + business_shown("b")
    + ")\n"
)

_WHO: LiteralString = """RETURN r.id AS id, coalesce(r.instead, r.id) AS known, e.id AS event,
  r.role AS role, coalesce(r.name, '') AS name, coalesce(r.about, '') AS about, r.state AS state,
  r.at AS at, p.key AS key,
  p.given_name AS given_name, p.family_name AS family_name, p.latin_name AS latin_name,
  b.id AS business, b.name AS business_name, coalesce(b.name_ru, b.name) AS business_name_ru
ORDER BY at, id LIMIT 2000"""

# One row: a part in one of these events that stands.
STANDING = (
    """UNWIND $events AS wanted MATCH (e:Event {id: wanted})<-[:FOR]-(r:EventRole {state: 'agreed'})
OPTIONAL MATCH (r)-[:OF]->(p:Person)
OPTIONAL MATCH (r)-[:OF]->(b:Business)
WITH e, r, p, b """
    + _SEEN
    + _WHO
)

# One row: a part in the event, whatever its state, for its makers.
IN_HAND = (
    """MATCH (e:Event {id: $event})<-[:FOR]-(r:EventRole)
OPTIONAL MATCH (r)-[:OF]->(p:Person)
OPTIONAL MATCH (r)-[:OF]->(b:Business)
WITH e, r, p, b """
    + _SEEN
    + _WHO
)

# One row: how many parts the event has.
COUNT = "MATCH (:Event {id: $event})<-[:FOR]-(r:EventRole) RETURN count(r) AS n LIMIT 1"

# One row: the new part of a person, and where they are written to.
ASK_PERSON = (
    """MATCH (e:Event {id: $event})
CALL (e) { MATCH (p:Person {key: $key}) WHERE """
    + among_members("p")
    + """ AND NOT EXISTS { (p)<-[:OF]-(:EventRole {role: $role})-[:FOR]->(e) } RETURN p }
CREATE (r:EventRole {id: $id, role: $role, about: $about, state: 'asked', at: $now, by: $by,
  instead: $instead})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:OF]->(p)
RETURN r.id AS id, p.key AS key, head(COLLECT { MATCH (p)<-[:OF]-(a:Account)
  WHERE a.disabled_at IS NULL RETURN [a.email, coalesce(a.language, p.language, '')]
  ORDER BY a.email }) AS address"""
)

# One row: the new part of a business, and where the alumnus is written to whose it is.
ASK_BUSINESS = (
    """MATCH (e:Event {id: $event})
CALL (e) { MATCH (b:Business {id: $business})-[:OF]->(p:Person) WHERE """
    + business_shown("b")
    + """ AND NOT EXISTS { (b)<-[:OF]-(:EventRole {role: $role})-[:FOR]->(e) } RETURN b, p LIMIT 1 }
CREATE (r:EventRole {id: $id, role: $role, about: $about, state: 'asked', at: $now, by: $by})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:OF]->(b)
RETURN r.id AS id, p.key AS key, head(COLLECT { MATCH (p)<-[:OF]-(a:Account)
  WHERE a.disabled_at IS NULL RETURN [a.email, coalesce(a.language, p.language, '')]
  ORDER BY a.email }) AS address"""
)

# One row: the part of somebody from outside, which stands at once.
NAME = """MATCH (e:Event {id: $event})
CREATE (r:EventRole {id: $id, role: $role, name: $name, about: $about, state: 'agreed', at: $now,
  by: $by})-[:FOR]->(e) RETURN r.id AS id"""

# One row: a part of the event that is a name alone.
IS_NAME = """MATCH (r:EventRole {id: $part})-[:FOR]->(:Event {id: $event})
WHERE NOT EXISTS { (r)-[:OF]->() } RETURN r.id AS id LIMIT 1"""

# One row: the name in whose place somebody stands from now on.
TAKE_PLACE = """MATCH (r:EventRole {id: $id})-[:FOR]->(e:Event)
MATCH (e)<-[:FOR]-(n:EventRole {id: r.instead}) DETACH DELETE n RETURN $id AS id"""

# One row: the part that is gone.
TAKE_AWAY = """MATCH (r:EventRole {id: $id})-[:FOR]->(:Event {id: $event})
DETACH DELETE r RETURN $id AS id"""

_MINE: LiteralString = """EXISTS { (r)-[:OF]->(:Person {key: $me}) }
  OR EXISTS { (r)-[:OF]->(:Business)-[:OF]->(:Person {key: $me}) }"""

# One row: a part that $me is asked for, or has said yes to, in what is not over.
MINE = """MATCH (me:Person {key: $me})
CALL (me) {
  MATCH (me)<-[:OF]-(r:EventRole) RETURN r, null AS b
  UNION MATCH (me)<-[:OF]-(b:Business)<-[:OF]-(r:EventRole) RETURN r, b
}
MATCH (r)-[:FOR]->(e:Event) WHERE r.state IN $states AND e.cancelled_at IS NULL
  AND coalesce(e.ends_at, e.starts_at) > $now AND coalesce(e.visibility, 'members') <> 'quarantined'
RETURN r.id AS id, r.role AS role, coalesce(r.about, '') AS about, r.state AS state,
  e.id AS event, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, e.venue AS venue, e.venue_ru AS venue_ru,
  b.name AS business, b.name_ru AS business_ru ORDER BY starts_at, id LIMIT 50"""

# One row: a part of $me, locked; who asked for it is written to.
MINE_LOCKED = (
    """MATCH (r:EventRole {id: $id})-[:FOR]->(e:Event) WHERE """
    + _MINE
    + """
SET r.id = r.id
RETURN r.state AS state, e.id AS event, coalesce(e.ends_at, e.starts_at) AS ends_at,
  e.cancelled_at AS cancelled_at, head(COLLECT { MATCH (a:Account {id: r.by})
    WHERE a.disabled_at IS NULL RETURN [a.email, coalesce(a.language, '')] }) AS address LIMIT 1"""
)

# One row: the part, with what was said to it.
SAY = """MATCH (r:EventRole {id: $id}) SET r.state = $state, r.answered_at = $now
RETURN r.id AS id"""

# One row: a part and its event, for a letter.
ABOUT = """MATCH (r:EventRole {id: $id})-[:FOR]->(e:Event)
OPTIONAL MATCH (r)-[:OF]->(p:Person)
OPTIONAL MATCH (r)-[:OF]->(b:Business)
RETURN r.role AS role, coalesce(r.about, '') AS about, r.state AS state, e.id AS event,
  e.title AS title, coalesce(e.title_ru, e.title) AS title_ru, e.starts_at AS starts_at,
  e.time_zone AS time_zone, e.venue AS venue, e.venue_ru AS venue_ru,
  e.cancelled_at AS cancelled_at,
  b.name AS business, b.name_ru AS business_ru,
  p.given_name AS given_name, p.family_name AS family_name LIMIT 1"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)<-[:OF]-(:EventRole {state: 'asked'}) }
  OR EXISTS { (me)<-[:OF]-(:Business)<-[:OF]-(:EventRole {state: 'asked'}) }"""


@dataclass(frozen=True)
class Part:
    """Somebody's part in an event.

    `card` is theirs where the reader may see it; `name` what they are called in both languages, or
    the business: whoever agreed stands with it for everybody who finds the event. `known` is the id
    by which it is the same part when a name has become a person.
    """

    id: str
    role: str
    name: tuple[str, str]
    about: str
    state: str
    card: Card | None = None
    business: str = ""
    known: str = ""


def of_events(live: Live, viewer: Viewer, events: Iterable[str]) -> dict[str, list[Part]]:
    """Return who has a part in events that the viewer has found, by the event's id."""
    wanted = list(events)
    if not wanted:
        return {}
    return _parts(live, viewer, live.store.read(STANDING, events=wanted))


def speakers_in(read: Transaction, events: Iterable[str]) -> dict[str, list[str]]:
    """Return by which ids the speakers of events are known that stand there now."""
    found: dict[str, list[str]] = {}
    for row in read.run(STANDING, events=list(events)):
        if row["role"] == "speaker":
            found.setdefault(row["event"], []).append(row["known"])
    return found


def in_hand(live: Live, viewer: Viewer, event_id: str) -> list[Part]:
    """Return the parts of an event with who has not answered, for its makers.

    Raises
    ------
    ThingNotFound
    """
    one(live.store, viewer, event_id)
    rows = live.store.read(IN_HAND, event=event_id)
    return _parts(live, viewer, rows).get(event_id, [])


def _parts(live: Live, viewer: Viewer, rows: list[Row]) -> dict[str, list[Part]]:
    keys = [row["key"] for row in rows if row["key"] is not None]
    shown: dict[int, Card] = {}
    if keys and not viewer.is_anyone:
        shown = {
            card.key: card for card in cards(live.store, viewer, keys, rules=live.rules, brief=True)
        }
    found: dict[str, list[Part]] = {}
    for row in rows:
        if row["business"]:
            name = (row["business_name"] or "", row["business_name_ru"] or "")
        elif row["key"] is not None:
            written = " ".join(p for p in (row["given_name"], row["family_name"]) if p)
            name = (row["latin_name"] or written, written)
        else:
            name = (row["name"], row["name"])
        part = Part(
            row["id"],
            row["role"],
            name,
            row["about"],
            row["state"],
            shown.get(row["key"]) if row["key"] is not None else None,
            row["business"] or "",
            row["known"],
        )
        found.setdefault(row["event"], []).append(part)
    return found


def ask(
    store: Store,
    viewer: Viewer,
    event_id: str,
    role: str,
    *,
    about: str = "",
    key: int | None = None,
    business: str = "",
    name: str = "",
    instead: str = "",
) -> str:
    """Ask a person or a business for a part, or name somebody from outside; return the part's id.

    Parameters
    ----------
    instead
        The part that stands there as a name, until the person says that it is them.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        ``role``, ``who`` or ``long``.
    Conflict
        ``there``: they are asked already, or cannot be; ``over``; ``full``.
    """
    said, called = " ".join(about.split()), " ".join(name.split())
    if role not in ROLES:
        raise BadValue(
            f"somebody stands on an event's page as one of {', '.join(ROLES)}", code="role"
        )
    if max(len(said), len(called)) > LONGEST:
        raise BadValue(
            f"a name, and what it is about, have at most {LONGEST} characters", code="long"
        )
    if sum(map(bool, (key is not None, business, called))) != 1:
        raise BadValue("say who it is: a person, a business or a name; one of them", code="who")

    def work(transaction: Transaction) -> str:
        found = editable(transaction.run(WHOLE_LOCKED, id=event_id, **who(viewer)))
        now = datetime.now(UTC)
        ends = found.content.moment("ends") or found.content.moment("starts")
        if found.cancelled or ends is None or ends <= now:
            raise Conflict(f"the event {event_id} is over or was called off", code="over")
        if transaction.run(COUNT, event=event_id)[0]["n"] >= MOST:
            raise Conflict(f"no more than {MOST} can stand on an event's page", code="full")
        values: dict[str, Any] = {
            "event": event_id,
            "id": new_id(),
            "role": role,
            "about": said,
            "now": now,
            "by": viewer.account_id,
        }
        if called:
            transaction.run(NAME, name=called, **values)
            acted(transaction, viewer, "name part in event", event_id, detail=role)
            return str(values["id"])
        if business:
            rows = transaction.run(ASK_BUSINESS, business=business, **values)
        else:
            if instead and not transaction.run(IS_NAME, part=instead, event=event_id):
                raise ThingNotFound("no such name")
            rows = transaction.run(ASK_PERSON, key=key, instead=instead or None, **values)
        if not rows:
            raise Conflict("they are asked already, or cannot be asked", code="there")
        _write(transaction, "role_asked", values["id"], rows[0]["address"])
        asked = [rows[0]["key"]]
        acted(transaction, viewer, "ask for part in event", event_id, detail=role, keys=asked)
        changes.record(transaction, "asked", asked, thing=event_id)
        return str(values["id"])

    return store.in_write(work)


def _write(transaction: Transaction, what: str, role: str, address: list[str] | None) -> None:
    if not address:
        return
    try:
        mail.enqueue_about(
            transaction,
            f"events.{what}",
            {"role": role},
            to=address[0],
            language=address[1],
            key=f"events.{what}:{role}",
        )
    except BadValue:
        return  # an address that is none keeps nobody from being asked on their first page


def name_speaker(transaction: Transaction, viewer: Viewer, event_id: str, name: str) -> None:
    """Name a speaker from outside in the transaction of an act that does more."""
    transaction.run(
        NAME,
        event=event_id,
        id=new_id(),
        role="speaker",
        name=name,
        about="",
        now=datetime.now(UTC),
        by=viewer.account_id,
    )


def take_away(store: Store, viewer: Viewer, event_id: str, role_id: str) -> None:
    """Take a part away; an event's makers may.

    Raises
    ------
    ThingNotFound, NotAllowed
    """

    def work(transaction: Transaction) -> None:
        editable(transaction.run(WHOLE_LOCKED, id=event_id, **who(viewer)))
        if not transaction.run(TAKE_AWAY, id=role_id, event=event_id):
            raise ThingNotFound("no such part")
        acted(transaction, viewer, "take part in event away", event_id)

    store.in_write(work)


def mine(store: Store, viewer: Viewer, *states: str) -> list[Row]:
    """Return the parts that the viewer is asked for or has agreed to, the soonest first."""
    rows = store.read(MINE, me=viewer.own_key(), states=list(states), now=datetime.now(UTC))
    return [native(row) for row in rows]


def say(store: Store, viewer: Viewer, role_id: str, answer: str) -> str:
    """Agree to a part, or decline it, or step back from it; return the event's id.

    Raises
    ------
    BadValue
    ThingNotFound
        If it is not the viewer's.
    Conflict
        If the event is over or off.
    """
    states = {"agree": "agreed", "decline": "declined"}
    if answer not in states:
        raise BadValue("agree or decline", code="answer")
    me = viewer.own_key()

    def work(transaction: Transaction) -> str:
        rows = transaction.run(MINE_LOCKED, id=role_id, me=me)
        if not rows:
            raise ThingNotFound("no such part")
        row, now = native(rows[0]), datetime.now(UTC)
        if row["cancelled_at"] is not None or row["ends_at"] <= now:
            raise Conflict("the event is over or was called off", code="over")
        if row["state"] != states[answer]:
            transaction.run(SAY, id=role_id, state=states[answer], now=now)
            if answer == "agree":
                transaction.run(TAKE_PLACE, id=role_id)
            _write(transaction, "role_answered", role_id, row["address"])
            acted(transaction, viewer, f"{answer} part in event", row["event"], keys=[me])
            changes.record(transaction, "replied", [me], thing=row["event"])
        return str(row["event"])

    return store.in_write(work)


def about(store: Store, role_id: str) -> Row | None:
    """Return a part with its event, for a letter."""
    rows = store.read(ABOUT, id=role_id)
    return native(rows[0]) if rows else None


# One row: an event in which a part that has been taken over by somebody stands.
OF_BUSINESS = (
    """MATCH (b:Business {id: $business})<-[:OF]-(:EventRole {state: 'agreed'})-[:FOR]->(e:Event)
OPTIONAL MATCH (me:Person {key: $me})
WITH DISTINCT e, me WHERE """
    + event_shown("e", "me")
    + """ AND coalesce(e.state, 'published') = 'published' AND e.cancelled_at IS NULL
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, e.time_zone AS time_zone, e.venue AS venue, e.venue_ru AS venue_ru
ORDER BY starts_at DESC, id LIMIT 20"""
)


def of_business(store: Store, viewer: Viewer, business: str) -> list[Row]:
    """Return the events in which a business has a part, as far as the viewer finds them."""
    rows = store.read(OF_BUSINESS, business=business, **of_viewer(viewer))
    return [native(row) for row in rows]
