"""'Don't look for me', asked by anyone, with or without an account.

What comes back is the same whether or not such a person is on file; staff compare and choose: one
of those on file, or, as a choice of its own, nobody.
"""

from datetime import UTC, datetime

from graphnet import people
from graphnet.discovery.search import find_people
from graphnet.errors import BadValue, TooMany
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer
from graphnet.requests.kinds import Closing, Kind
from graphnet.requests.opening import open_request
from graphnet.store import Row, Store, Transaction

LONGEST = 2000
MOST_OPEN = 300  # of strangers together: more is a flood, and staff could not look at them
NOBODY = "nobody"  # the choice that nobody on file is meant
MOST_SHOWN = 8


# One row: who asks, locked, and the wish of theirs that is open.
OWN_WISH = """MATCH (p:Person {key: $key}) SET p.id = p.id
RETURN COLLECT { MATCH (p)-[:ASKED]->(r:Request {kind: 'hide'}) WHERE r.status <> 'done'
  RETURN r.id ORDER BY r.id LIMIT 1 } AS open LIMIT 1"""

# One row: how many wishes of nobody on file are open.
STRANGERS = """MATCH (r:Request {kind: 'hide'})
WHERE r.status <> 'done' AND NOT EXISTS { (:Person)-[:ASKED]->(r) }
RETURN count(r) AS n LIMIT 1"""


def hide_chosen(transaction: Transaction, viewer: Viewer, request: Row, closing: Closing) -> str:
    """Hide the person who was chosen, or nobody if that was chosen.

    Raises
    ------
    BadValue
        ``choose`` if nothing was chosen; ``person`` if there is no such person.
    """
    chosen = closing.choice.get("person", "").strip()
    if not chosen:
        raise BadValue("choose who is meant, or that nobody on file is", code="choose")
    if chosen == NOBODY:
        return "nobody"
    found = transaction.run(people.KEY_OF, id=chosen)
    if not found:
        raise BadValue(f"there is nobody with the id {chosen}: nothing was done", code="person")
    people.hide(transaction, viewer, found[0]["key"], why=f"request {request['id']}")
    return "hidden"


KIND = Kind("hide", working_days=5, close=hide_chosen, told=False)


def ask_to_hide(
    store: Store, *, name: str, studies: str, contact: str = "", person_key: int | None = None
) -> str:
    """Leave a request for staff that a person be hidden, and return its id.

    Parameters
    ----------
    name, studies
        Who it is about, in the words of who asks: enough for staff to tell two people apart.
    contact
        Where an answer may go; not needed.
    person_key
        The person, where the one who asks is signed in and so known: one open wish is enough, and
        asked again it is the same.

    Raises
    ------
    BadValue
    TooMany
        If more of strangers wait than anybody could look at.
    """
    name, studies, contact = name.strip(), studies.strip(), contact.strip()
    if not name:
        raise BadValue("a name is needed", code="name", field="name")
    if len(name) + len(studies) + len(contact) > LONGEST:
        raise BadValue(f"at most {LONGEST} characters", code="long")
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> str:
        if person_key is not None:
            rows = transaction.run(OWN_WISH, key=person_key)
            if rows and rows[0]["open"]:
                return str(rows[0]["open"][0])
        elif transaction.run(STRANGERS)[0]["n"] >= MOST_OPEN:
            raise TooMany("more wishes wait than anybody can look at", code="wishes")
        return open_request(
            transaction,
            KIND,
            asker=person_key,
            subject=name,
            text=studies,
            contact=contact,
            about=person_key,
            now=now,
        )

    return store.in_write(work)


def candidates(live: Live, viewer: Viewer, request: Row, words: str = "") -> list[Card]:
    """Return who on file may be meant: whom the request itself is about first, then by the name.

    Parameters
    ----------
    words
        Other words to look for, where the name that was written finds nobody.
    """
    viewer.require_staff()
    correcting = viewer.for_purpose("correct")  # whom a link has hidden already is among them
    certain = cards(live.store, correcting, request["about"], rules=live.rules)
    found = find_people(live, correcting, words or request["subject"], plain=True, k=MOST_SHOWN)
    seen = {card.key for card in certain}
    return [*certain, *(hit.card for hit in found.hits if hit.card.key not in seen)]
