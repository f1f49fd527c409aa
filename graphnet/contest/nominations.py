"""Nomination: somebody is invited; only what they accept is kept. Letters and evidence.

Before the nominee accepts, the graph holds the invitation and no more: who is invited (a person on
file whom the nominator may see, or an address), by whom, in which category. Letters and evidence
can therefore be written only afterwards. A second nominator of the same person joins the same
invitation and is told the same, whatever its state. Unanswered invitations go when the entry
term ends; a declined one keeps only that it was declined, so that nobody asks again this season.
"""

from datetime import datetime

from graphnet import mail
from graphnet.accounts import email_key
from graphnet.contest.seasons import (
    Season,
    locked,
    need_phase,
    record,
    season,
    seasons,
    sha256,
)
from graphnet.erasure.holding import Gone
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound, TooMany
from graphnet.live import Live
from graphnet.model import new_id
from graphnet.people import cards, key_of
from graphnet.privacy import Level, Viewer, alive, engine
from graphnet.store import Row, Store, Transaction

MOST = 5  # nominations a member and season
LONGEST = 3000
OPEN = ("invited", "accepted", "admitted")

# One row: how many invitations of the season the nominator has a part in.
MADE = """MATCH (:Person {key: $me})-[:NOMINATED]->(n:Nomination)-[:IN]->(:Contest {id: $contest})
RETURN count(n) AS n LIMIT 1"""

# One row: the invitation, whether it was there or is new.
INVITE_PERSON = """MATCH (me:Person {key: $me})
CALL (me) { MATCH (p:Person {key: $key}) RETURN p }
CALL (me) { MATCH (c:Contest {id: $contest}) RETURN c }
MERGE (n:Nomination {once: $once})
ON CREATE SET n.id = $id, n.at = $now, n.state = 'invited', n.category = $category
MERGE (n)-[:IN]->(c) MERGE (n)-[:OF]->(p) MERGE (me)-[by:NOMINATED]->(n)
ON CREATE SET by.at = $now
RETURN n.id AS id LIMIT 1"""

# One row: the same for somebody who is known by an address only.
INVITE_ADDRESS = """MATCH (me:Person {key: $me})
CALL (me) { MATCH (c:Contest {id: $contest}) RETURN c }
MERGE (n:Nomination {once: $once})
ON CREATE SET n.id = $id, n.at = $now, n.state = 'invited', n.category = $category,
  n.email = $email, n.email_key = $email_key
MERGE (n)-[:IN]->(c) MERGE (me)-[by:NOMINATED]->(n) ON CREATE SET by.at = $now
RETURN n.id AS id LIMIT 1"""

# One row: how many of somebody's nominations of seasons that still go on have ended.
WITHDRAW_OF = """MATCH (n:Nomination)-[:OF]->(:Person {key: $key})
WHERE NOT EXISTS { (n)-[:IN]->(c:Contest) WHERE c.published_at IS NOT NULL }
SET n.state = 'withdrawn' RETURN count(n) AS n"""

# One row: the same of those at one of their addresses.
WITHDRAW_TO = """MATCH (n:Nomination) WHERE n.email IN $traces
SET n.state = 'withdrawn' RETURN count(n) AS n"""

# One row: where a letter to the person may go: their account's address, else one that works.
WHERE_TO = (
    """MATCH (p:Person {key: $key}) WHERE """
    + alive("p")
    + """
RETURN COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
                 RETURN a.email ORDER BY a.email LIMIT 1 }
     + COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'email'}) WHERE c.bounced_at IS NULL
                 RETURN c.value ORDER BY c.verified_at DESC, c.value LIMIT 1 } AS addresses
LIMIT 1"""
)

# One row: how an address stands on file, of an account or a person: a letter goes there, never to
# one that was typed and only counts as the same.
AS_ON_FILE = """RETURN COLLECT { MATCH (a:Account {email_key: $key})
                 WHERE a.disabled_at IS NULL RETURN a.email LIMIT 1 }
     + COLLECT { MATCH (c:ContactPoint {value_key: $key}) WHERE c.bounced_at IS NULL
                 RETURN c.value ORDER BY c.verified_at IS NULL, c.value LIMIT 1 } AS addresses
LIMIT 1"""

# One row: an invitation or candidacy of the person, theirs by name or by their account's address.
MINE = """MATCH (me:Person {key: $me})
OPTIONAL MATCH (me)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
WITH me, collect(a.email_key) AS addresses
CALL (me, addresses) {
  MATCH (n:Nomination)-[:OF]->(me) RETURN n
  UNION
  MATCH (n:Nomination) WHERE n.email_key IN addresses RETURN n
}
MATCH (n)-[:IN]->(c:Contest)
RETURN n.id AS id, n.state AS state, n.category AS category, c.season AS season,
  n.statement AS statement, coalesce(n.finalist_public, false) AS finalist_public,
  n.reason AS reason, n.at AS at, EXISTS { (n)-[:OF]->(me) } AS named,
  COLLECT { MATCH (by:Person)-[:NOMINATED]->(n) RETURN by.key ORDER BY by.key LIMIT 20 }
    AS nominators
ORDER BY season DESC, at, id LIMIT 100"""

# One row: a nomination that the person has made or joined.
MADE_BY_ME = """MATCH (:Person {key: $me})-[:NOMINATED]->(n:Nomination)-[:IN]->(c:Contest)
OPTIONAL MATCH (n)-[:OF]->(p:Person)
RETURN n.id AS id, n.state AS state, n.category AS category, c.season AS season, p.key AS key,
  coalesce(n.email, '') AS email, n.at AS at
ORDER BY season DESC, at, id LIMIT 200"""

# One row: the nomination, locked, with what the acts on it depend on.
ONE = """MATCH (n:Nomination {id: $id})-[:IN]->(c:Contest) SET n.id = n.id
WITH n, c
OPTIONAL MATCH (n)-[:OF]->(p:Person)
RETURN n.id AS id, n.state AS state, n.category AS category, n.email_key AS email_key,
  c.id AS contest, c.season AS season, p.key AS nominee,
  EXISTS { (:Person {key: $me})<-[:OF]-(a:Account)
           WHERE a.email_key = n.email_key AND a.disabled_at IS NULL } AS addressed,
  EXISTS { (:Person {key: $me})-[:NOMINATED]->(n) } AS nominated,
  COUNT { (n)<-[:FOR]-(:Letter) } AS letters LIMIT 1"""

# One row: the candidacy that was accepted; an invitation by address is now one of the person.
ACCEPT = """MATCH (n:Nomination {id: $id})
CALL (n) { MATCH (me:Person {key: $me}) RETURN me }
MERGE (n)-[:OF]->(me)
SET n.once = $once, n.state = 'accepted', n.accepted_at = $now, n.statement = $statement,
  n.finalist_public = $finalist_public
REMOVE n.email, n.email_key RETURN n.id AS id LIMIT 1"""

# One row: the text and the choice that were changed.
REWRITE = """MATCH (n:Nomination {id: $id})
SET n.statement = $statement, n.finalist_public = $finalist_public RETURN n.id AS id LIMIT 1"""

# One row: the invitation that was declined, or the candidacy that was withdrawn.
LEAVE = """MATCH (n:Nomination {id: $id}) SET n.state = $state, n.finalist_public = false
REMOVE n.email, n.email_key, n.statement RETURN n.id AS id LIMIT 1"""

# Nothing comes back: what was written for the candidate is gone.
DROP_LETTERS = """MATCH (l:Letter)-[:FOR]->(:Nomination {id: $id}) DETACH DELETE l"""


# One row: how many nominations of the season are in a state.
COUNTS = """MATCH (n:Nomination)-[:IN]->(:Contest {id: $contest})
RETURN n.state AS state, count(n) AS n ORDER BY state LIMIT 20"""

# One row: how many invitations nobody answered are gone, with their addresses.
FORGET = """MATCH (n:Nomination {state: 'invited'})-[:IN]->(:Contest {id: $contest})
DETACH DELETE n RETURN count(*) AS removed"""


def nominate(
    live: Live, viewer: Viewer, name: str, category: str, letter: mail.Letter, *,
    now: datetime, person_id: str = "", email: str = "",
) -> str:  # fmt: skip
    """Invite somebody, or oneself, to stand in a category; return the nomination's id.

    The nominator learns nothing from it: whoever they may name, the answer is the same whether the
    person has been invited before, has declined, or can be written to at all.

    Raises
    ------
    PersonNotFound
        If the viewer may not see the person, or the person has died: one answer.
    Conflict
        Outside the entry term: ``phase``.
    TooMany, BadValue, NotAllowed
    """
    me = viewer.own_key()
    if bool(person_id) == bool(email.strip()):
        raise BadValue("choose a person, or write one address: exactly one of the two", code="whom")
    store = live.store
    key = 0
    if person_id:
        key = key_of(store, person_id)
        found = cards(store, viewer, [key], rules=live.rules)
        if not found or found[0].level == Level.MEMORIAL or found[0].state == "deceased":
            raise PersonNotFound("no such person")
    else:
        mail.address(email)

    def work(transaction: Transaction) -> str:
        contest = locked(transaction, name)
        need_phase(contest, now, "entry")
        contest.terms.category(category)
        if transaction.run(MADE, me=me, contest=contest.id)[0]["n"] >= MOST:
            raise TooMany(
                f"{MOST} nominations in a season are all that a member can make", code="nominations"
            )
        values = {
            "me": me, "contest": contest.id, "category": category, "id": new_id(), "now": now,
        }  # fmt: skip
        if person_id:
            rows = transaction.run(
                INVITE_PERSON, key=key, once=_once(contest, category, str(key)), **values
            )
            to = transaction.run(WHERE_TO, key=key)[0]["addresses"] if key != me else []
        else:
            address = email_key(email)
            once = _once(contest, category, sha256(f"{contest.id} {address}"))
            rows = transaction.run(
                INVITE_ADDRESS, once=once, email=email.strip(), email_key=address, **values
            )
            to = [*transaction.run(AS_ON_FILE, key=address)[0]["addresses"], email.strip()]
        nomination = str(rows[0]["id"])
        if to and nomination == values["id"]:  # one letter, however many nominate
            mail.enqueue(
                transaction,
                to=to[0],
                subject=letter.subject,
                text=letter.text,
                key=f"contest:{nomination}",
            )
        record(transaction, viewer, contest.id, "nominated", about=category)
        return nomination

    return store.in_write(work)


def accept(
    store: Store, viewer: Viewer, nomination: str, *, statement: str, finalist_public: bool,
    now: datetime,
) -> None:  # fmt: skip
    """Stand as a candidate: only the nominee can, and only within the entry term.

    Parameters
    ----------
    statement
        What the candidate says of what they did; members and jurors read it.
    finalist_public
        Whether they may be named on the public page if they do not win; a winner always is.
    """
    me = viewer.own_key()
    text = checked_text(statement, needed=True)

    def work(transaction: Transaction) -> None:
        held = _held(transaction, nomination, me)
        contest = locked(transaction, held["season"])
        need_phase(contest, now, "entry")
        if held["state"] != "invited":
            raise Conflict("this nomination is answered already, or was taken back", code="state")
        transaction.run(
            ACCEPT,
            id=nomination,
            me=me,
            once=_once(contest, held["category"], str(me)),
            statement=text,
            finalist_public=finalist_public,
            now=now,
        )
        record(transaction, viewer, contest.id, "accepted", about=nomination)

    store.in_write(work)


def rewrite(
    store: Store, viewer: Viewer, nomination: str, *, statement: str, finalist_public: bool,
    now: datetime,
) -> None:  # fmt: skip
    """Change one's statement until the jury begins; whether to be named, at any time."""
    me = viewer.own_key()
    text = checked_text(statement, needed=True)

    def work(transaction: Transaction) -> None:
        held = _held(transaction, nomination, me)
        if held["nominee"] != me or held["state"] not in ("accepted", "admitted"):
            raise Conflict(
                "only who has accepted, and stands, can write the statement of a nomination",
                code="state",
            )
        contest = locked(transaction, held["season"])
        if contest.phase(now) not in ("entry", "check"):
            before = [row for row in _mine(transaction, me) if row["id"] == nomination]
            if before[0]["statement"] != text:
                raise Conflict(
                    "entry is over: the statement of a nomination is fixed", code="phase"
                )
        transaction.run(REWRITE, id=nomination, statement=text, finalist_public=finalist_public)
        record(transaction, viewer, contest.id, "statement changed", about=nomination)

    store.in_write(work)


def decline(store: Store, viewer: Viewer, nomination: str) -> None:
    """Say no to an invitation; nothing but that remains."""
    _leave(store, viewer, nomination, ("invited",), "declined")


def withdraw(store: Store, viewer: Viewer, nomination: str) -> None:
    """Stand no longer, at any time before the winners are published; letters go with it."""
    _leave(store, viewer, nomination, ("accepted", "admitted", "refused"), "withdrawn")


def _leave(
    store: Store, viewer: Viewer, nomination: str, allowed: tuple[str, ...], state: str
) -> None:
    me = viewer.own_key()

    def work(transaction: Transaction) -> None:
        held = _held(transaction, nomination, me)
        contest = locked(transaction, held["season"])
        if contest.published_at is not None:
            raise Conflict(
                "the season is published: nobody withdraws from it any more", code="phase"
            )
        if held["state"] not in allowed:
            raise Conflict("this nomination is answered or withdrawn already", code="state")
        transaction.run(DROP_LETTERS, id=nomination)
        transaction.run(LEAVE, id=nomination, state=state)
        record(transaction, viewer, contest.id, state, about=nomination)

    store.in_write(work)


def mine(store: Store, viewer: Viewer) -> list[Row]:
    """Return the viewer's own invitations and candidacies."""
    if viewer.person_key is None:
        return []
    return store.in_read(lambda t: _mine(t, viewer.person_key or 0))


def made(store: Store, viewer: Viewer) -> list[Row]:
    """Return what the viewer has nominated; somebody who has not accepted stays 'invited'.

    A no and silence look alike to who asked, as with every request to a person.
    """
    rows = store.read(MADE_BY_ME, me=viewer.person_key or 0)
    for row in rows:
        row["at"] = row["at"].to_native()
        if row["state"] == "declined":
            row["state"] = "invited"
    return rows


def counts(store: Store, viewer: Viewer, season: Season) -> dict[str, int]:
    """Return how many nominations are in each state, for staff; who was invited is not told."""
    viewer.require_staff()
    return {row["state"]: row["n"] for row in store.read(COUNTS, contest=season.id)}


def forget_unanswered(store: Store, now: datetime) -> int:
    """Remove invitations nobody answered in a season whose entry term is over; return how many."""
    removed = 0
    for one in seasons(store, engine("invitations that ran out")):
        if one.phase(now) not in ("draft", "announced", "entry"):
            removed += int(store.write(FORGET, contest=one.id)[0]["removed"])
    return removed


def season_of(store: Store, viewer: Viewer, nomination: str) -> Season:
    """Return the season of one of the viewer's own nominations."""
    for row in [*mine(store, viewer), *made(store, viewer)]:
        if row["id"] == nomination:
            return season(store, viewer, row["season"])
    raise ThingNotFound("no such nomination")


def _mine(transaction: Transaction, me: int) -> list[Row]:
    rows = transaction.run(MINE, me=me)
    for row in rows:
        row["at"] = row["at"].to_native()
    return rows


def _held(transaction: Transaction, nomination: str, me: int) -> Row:
    """The nomination, if it is of this person: all others get the answer of no nomination."""
    rows = transaction.run(ONE, id=nomination, me=me)
    if not rows or (rows[0]["nominee"] != me and not rows[0]["addressed"]):
        raise ThingNotFound("no such nomination")
    return rows[0]


def _once(contest: Season, category: str, who: str) -> str:
    return sha256(f"{contest.id}:{category}:{who}")


def checked_text(text: str, *, needed: bool) -> str:
    said = text.strip()
    if needed and not said:
        raise BadValue("there is nothing in it: write some words", code="empty")
    if len(said) > LONGEST:
        raise BadValue(f"this has more than {LONGEST:,} characters: shorten it", code="long")
    return said


def withdraw_of(transaction: Transaction, gone: Gone) -> None:
    """Withdraw somebody who is being erased from what has not been published."""
    transaction.run(WITHDRAW_OF, key=gone.key)


def withdraw_to(transaction: Transaction, gone: Gone) -> None:
    """The same of nominations at an address of theirs."""
    transaction.run(WITHDRAW_TO, traces=sorted(gone.traces))
