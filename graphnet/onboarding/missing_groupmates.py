"""Groupmates who are missing: proposed by an alumnus, decided by staff, then on file.

A proposal is a request at staff's desk. Whoever it names (hidden, erased, on file, unknown), the
proposer's answer, its status and the queries behind it are the same: nothing is looked up for them.
Only staff compare it with who is on file. They name the lawful ground on which a person is held, as
they do for an import; until then nobody is on file by somebody's word alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet import accounts, changes
from graphnet.audit import audit
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound, TooMany
from graphnet.model import Name, new_id, term
from graphnet.onboarding.name_matching import members, ranked
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Level, Rules, Viewer
from graphnet.store import Row, Store, Transaction

DUE_DAYS = 14
A_DAY = 20
LONGEST = 500
CONFIDENCE = 0.5  # of a stay that somebody remembers; a list of the university has 1
YEARS = (1930, 2100)

# One row: the request that was made, for a group in which $me studied; how many $me made lately.
PROPOSE = """MATCH (me:Person {key: $me})-[:STUDIED_IN]->(g:StudyGroup {id: $group_id})
WITH DISTINCT me, g, COUNT { (me)-[:ASKED]->(r:Request {kind: 'groupmate'}) WHERE r.at > $since
  } AS lately
CREATE (me)-[:ASKED]->(r:Request {id: $id, kind: 'groupmate', status: 'new', at: $now,
  due_at: $due_at, subject: $name, text: $note, from_year: $from_year, to_year: $to_year})
CREATE (r)-[:FOR]->(g)
RETURN r.id AS id, lately"""

# One row: a proposal of $me, newest first: the words are $me's own; who was meant, where staff have
# found or added somebody.
MINE = """MATCH (:Person {key: $me})-[:ASKED]->(r:Request {kind: 'groupmate'})-[:FOR]->(g)
RETURN r.id AS id, r.subject AS name, r.at AS at, r.status = 'done' AS done, g.id AS group_id,
  coalesce(r.key, -1) AS found, coalesce(r.outcome, '') AS outcome
ORDER BY at DESC, id LIMIT 20"""

# One row: one proposal, all of it, for staff.
PROPOSAL = """MATCH (r:Request {id: $id, kind: 'groupmate'})-[:FOR]->(g:StudyGroup)
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN r.id AS id, r.status AS status, r.subject AS name, r.text AS note, r.at AS at,
  r.due_at AS due_at, r.from_year AS from_year, r.to_year AS to_year, r.answer AS answer,
  g.id AS group_id, asker.key AS asker LIMIT 1"""

# One row: the proposal, locked and closed with this answer, and how it stood before.
CLOSE = """MATCH (r:Request {id: $id, kind: 'groupmate'}) SET r.id = r.id
WITH r, r.status AS before
MATCH (r)-[:FOR]->(g:StudyGroup)
SET r.status = 'done', r.answer = $answer
RETURN before, r.from_year AS from_year, r.to_year AS to_year, g.id AS group_id LIMIT 1"""

# One row: the proposal, with who was meant ('added' by it, or 'known' before).
FOUND = """MATCH (r:Request {id: $id, kind: 'groupmate'})
SET r.key = $key, r.outcome = $outcome RETURN r.id AS id"""

# One row: the alumnus who is on file from now on, with the stay that is remembered of them and the
# ground on which the Association holds it.
ADD = """MATCH (p:Person {key: $key})
CALL (p) { MATCH (g:StudyGroup {id: $group_id}) RETURN g }
SET p:Alumnus
CREATE (p)-[:STUDIED_IN {from_term: $from_term, to_term: $to_term, role: 'student',
  confidence: $confidence, source: 'groupmate'}]->(g)
CREATE (p)-[:GAVE]->(:Consent {id: $id, purpose: 'hold', state: 'unknown', text_version: $ground,
  at: $now, channel: 'groupmate'})
RETURN p.id AS id"""


Work = Callable[[Transaction, Row], str]


@dataclass(frozen=True)
class Candidate:
    """Somebody on file whom a name may mean, for staff to compare."""

    card: Card
    score: float
    address: bool = False


def propose(
    store: Store,
    viewer: Viewer,
    group_id: str,
    *,
    name: str,
    from_year: int | None = None,
    to_year: int | None = None,
    note: str = "",
) -> None:
    """Leave the name of a missing groupmate with staff; nothing comes back.

    Raises
    ------
    BadValue
        'name', 'years' or 'note': which of them cannot be used.
    ThingNotFound
        If the group is none of the viewer's.
    TooMany
        After 20 proposals in a day.
    """
    if viewer.kind != "alumnus" or viewer.person_key is None:
        raise NotAllowed("alumni add their groupmates")
    name, note = " ".join(name.split()), note.strip()
    if not name or len(name) > 120:
        raise BadValue("name")
    if len(note) > LONGEST:
        raise BadValue("note")
    check_years(from_year, to_year)
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        request = new_id()
        rows = transaction.run(
            PROPOSE,
            me=viewer.person_key,
            group_id=group_id,
            id=request,
            name=name,
            note=note,
            from_year=from_year,
            to_year=to_year,
            now=now,
            since=now - timedelta(days=1),
            due_at=now + timedelta(days=DUE_DAYS),
        )
        if not rows:
            raise ThingNotFound("no such group")
        if rows[0]["lately"] >= A_DAY:
            raise TooMany("that is enough for one day")
        _record(transaction, viewer, "groupmate.propose", request)

    store.in_write(work)


def check_years(from_year: int | None, to_year: int | None) -> None:
    """Refuse years that cannot be.

    Raises
    ------
    BadValue
        'years'
    """
    for year in (from_year, to_year):
        if year is not None and not YEARS[0] <= year <= YEARS[1]:
            raise BadValue("years")
    if from_year is not None and to_year is not None and from_year > to_year:
        raise BadValue("years")


@dataclass(frozen=True)
class Proposed:
    """What I have proposed: 'waiting', 'added', 'known' or 'done', and the person if I see them."""

    id: str
    name: str
    at: datetime
    group_id: str
    state: str
    card: Card | None = None


def mine(store: Store, viewer: Viewer, *, rules: Rules = STANDARD) -> list[Proposed]:
    """Return what the viewer has proposed, and what came of it as far as they may know.

    Whether staff have added somebody, or knew them already, is told while the viewer may see that
    very person; else it is dealt with, and no more: hidden, erased, refused and unknown are one.
    """
    if viewer.person_key is None:
        return []
    rows = store.read(MINE, me=viewer.person_key)
    seen = {
        card.key: card
        for card in cards(store, viewer, (row["found"] for row in rows), rules=rules)
        if card.level >= Level.ON_FILE
    }
    found = []
    for row in rows:
        card = seen.get(row["found"])
        told = "done" if card is None else row["outcome"]
        found.append(
            Proposed(
                row["id"], row["name"], row["at"].to_native(), row["group_id"],
                told if row["done"] else "waiting", card if row["done"] else None,
            )
        )  # fmt: skip
    return found


def proposal(store: Store, viewer: Viewer, request_id: str) -> Row:
    """Return one proposal, for staff.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    staff_only(viewer)
    rows = store.read(PROPOSAL, id=request_id)
    if not rows:
        raise ThingNotFound("no such proposal")
    row = rows[0]
    return row | {"at": row["at"].to_native(), "due_at": row["due_at"].to_native()}


def candidates(
    store: Store,
    viewer: Viewer,
    group_id: str,
    name: str,
    *,
    former: str = "",
    email_key: str = "",
    rules: Rules = STANDARD,
) -> list[Candidate]:
    """Return who of a group's lineage the name may mean, most probable first; for staff, audited.

    Hidden people are not among them, as in everything else that staff see for this purpose.
    """
    staff_only(viewer)
    rows = store.in_read(lambda t: members(t, group_id, email_key))
    found = ranked(rows, name, former, wide=True)
    by_key = {row["key"]: (score, bool(row["address"])) for score, row in found}
    shown = cards(store, viewer, by_key, rules=rules)
    return [Candidate(card, *by_key[card.key]) for card in shown]


def accept(store: Store, viewer: Viewer, request_id: str, name: Name, *, ground: str) -> str:
    """Put the proposed person on file; return their id.

    Parameters
    ----------
    ground
        The lawful ground on which the Association holds them, in words; it is kept with them.

    Raises
    ------
    BadValue, Conflict, ThingNotFound, NotAllowed
    """

    def work(transaction: Transaction, row: Row) -> str:
        key, made = add_person(
            transaction,
            name,
            row["group_id"],
            ground=ground,
            from_year=row["from_year"],
            to_year=row["to_year"],
        )
        transaction.run(FOUND, id=request_id, key=key, outcome="added")
        changes.record(transaction, "added", [key], thing=request_id)
        return made

    return _decide(store, viewer, request_id, "groupmate.accept", "put on file", work)


def same_as(store: Store, viewer: Viewer, request_id: str, person_id: str) -> None:
    """Close a proposal: the person is on file already.

    Raises
    ------
    BadValue
        If staff see nobody with that id.
    """
    key = known(store, viewer, person_id)

    def work(transaction: Transaction, row: Row) -> str:
        transaction.run(FOUND, id=request_id, key=key, outcome="known")
        return person_id

    _decide(store, viewer, request_id, "groupmate.same", f"on file as {person_id}", work)


def refuse(store: Store, viewer: Viewer, request_id: str, why: str) -> None:
    """Close a proposal without putting anybody on file; `why` is for staff's own record."""
    if not why.strip():
        raise BadValue("why")
    _decide(
        store, viewer, request_id, "groupmate.refuse", why.strip()[:LONGEST],
        lambda transaction, row: "",
    )  # fmt: skip


# One row: the key behind an id.
KEY_OF = "MATCH (p:Person {id: $id}) RETURN p.key AS key LIMIT 1"


def known(store: Store, viewer: Viewer, person_id: str) -> int:
    """Return the key of a person whom staff see for this purpose.

    Raises
    ------
    BadValue
        'person', if there is none: hidden, erased and unknown are the same.
    """
    staff_only(viewer)
    rows = store.read(KEY_OF, id=person_id.strip())
    found = cards(store, viewer, [rows[0]["key"] if rows else -1])
    if not found:
        raise BadValue("person")
    return found[0].key


def add_person(
    transaction: Transaction,
    name: Name,
    group_id: str,
    *,
    ground: str,
    from_year: int | None,
    to_year: int | None,
) -> tuple[int, str]:
    """Make an alumnus on staff's decision, in the act's own transaction; return key and id.

    Raises
    ------
    BadValue
        'name' or 'ground', if it is empty.
    """
    if not name.given.strip() or not name.family.strip():
        raise BadValue("name")
    if not ground.strip():
        raise BadValue("ground")
    key = accounts.create_person(transaction, name)
    rows = transaction.run(
        ADD,
        key=key,
        group_id=group_id,
        id=new_id(),
        ground=ground.strip()[:LONGEST],
        now=datetime.now(UTC),
        confidence=CONFIDENCE,
        from_term=term(from_year) if from_year else None,
        # Somebody who left in 2003 was there last in the spring of the academic year 2002/03.
        to_term=term(to_year - 1, 1) if to_year else None,
    )
    return key, str(rows[0]["id"])


def _decide(
    store: Store, viewer: Viewer, request_id: str, act: str, answer: str, work: Work
) -> str:
    staff_only(viewer)

    def whole(transaction: Transaction) -> str:
        rows = transaction.run(CLOSE, id=request_id, answer=answer)
        if not rows:
            raise ThingNotFound("no such proposal")
        if rows[0]["before"] == "done":
            raise Conflict("somebody has decided this already")
        done = work(transaction, rows[0])
        _record(transaction, viewer, act, request_id, answer)
        return done

    return store.in_write(whole)


def staff_only(viewer: Viewer) -> None:
    """Refuse whoever is not staff with a stated purpose."""
    if viewer.kind != "staff" or not viewer.purpose:
        raise NotAllowed("staff decide this, for a stated purpose")


def _record(
    transaction: Transaction, viewer: Viewer, act: str, subject: str, detail: str = ""
) -> None:
    audit(
        transaction, viewer.account_id, viewer.kind, act, purpose=viewer.purpose,
        subject=subject, detail=detail,
    )  # fmt: skip
    changes.record(transaction, "proposal", thing=subject)
