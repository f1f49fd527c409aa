"""Groupmates who are missing: proposed by an alumnus, decided by staff, then on file.

A proposal is a request at staff's desk. Whoever it names (hidden, erased, on file, unknown), the
proposer's answer, its status and the queries behind it are the same: nothing is looked up for them.
Only staff compare it with who is on file. They name the lawful ground on which a person is held, as
they do for an import; until then nobody is on file by somebody's word alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet import accounts, changes
from graphnet.audit import acted
from graphnet.errors import BadValue, ThingNotFound, TooMany
from graphnet.model import Name, new_id, term
from graphnet.onboarding.name_matching import members, ranked
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Level, Rules, Viewer, shown
from graphnet.requests.closing import Tell, close
from graphnet.requests.kinds import Closing, Kind
from graphnet.requests.opening import open_request
from graphnet.store import Row, Store, Transaction

A_DAY = 20
LONGEST = 500
CONFIDENCE = 0.5  # of a stay that somebody remembers; a list of the university has 1
YEARS = (1930, 2100)

# One row: a group in which $me studied, and how many groupmates $me named lately.
MY_GROUP = """MATCH (me:Person {key: $me})-[:STUDIED_IN]->(g:StudyGroup {id: $group_id})
RETURN g.id AS id, COUNT { (me)-[:ASKED]->(r:Request {kind: 'groupmate'}) WHERE r.at > $since
  } AS lately LIMIT 1"""

# One row: the proposal, with the group that it is for and the years that are remembered.
PROPOSED_FOR = """MATCH (r:Request {id: $id})
SET r.from_year = $from_year, r.to_year = $to_year
WITH r
CALL (r) { MATCH (g:StudyGroup {id: $group_id}) CREATE (r)-[:FOR]->(g) }
RETURN r.id AS id"""

# One row: a proposal of $me, newest first; who was meant, where staff have found or added somebody.
# Once it is dealt with $me's own words are not said again: those about somebody who was erased are
# gone, and their absence would tell.
MINE = """MATCH (:Person {key: $me})-[:ASKED]->(r:Request {kind: 'groupmate'})-[:FOR]->(g)
RETURN r.id AS id, CASE WHEN r.status = 'done' THEN '' ELSE r.subject END AS name,
  r.at AS at, r.status = 'done' AS done, g.id AS group_id,
  coalesce(r.key, -1) AS found, coalesce(r.outcome, '') AS outcome
ORDER BY at DESC, id LIMIT 20"""

# One row: one proposal, all of it, for staff.
PROPOSAL = """MATCH (r:Request {id: $id, kind: 'groupmate'})-[:FOR]->(g:StudyGroup)
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r)
RETURN r.id AS id, r.status AS status, r.subject AS name, r.text AS note, r.at AS at,
  r.due_at AS due_at, r.from_year AS from_year, r.to_year AS to_year, r.answer AS answer,
  g.id AS group_id, asker.key AS asker LIMIT 1"""

# One row: the group that a proposal is for.
GROUP_OF = """MATCH (:Request {id: $id})-[:FOR]->(g:StudyGroup) RETURN g.id AS id LIMIT 1"""

# One row: the proposal, with who was meant.
FOUND = """MATCH (r:Request {id: $id, kind: 'groupmate'})
SET r.key = $key RETURN r.id AS id"""

# One row: the alumnus who is on file from now on, with the stay that is remembered of them, if a
# group is known, and the ground on which the Association holds it.
ADD = """MATCH (p:Person {key: $key})
SET p:Alumnus
CREATE (p)-[:GAVE]->(:Consent {id: $id, purpose: 'hold', state: 'unknown', text_version: $ground,
  at: $now, channel: $source})
WITH p OPTIONAL MATCH (g:StudyGroup {id: $group_id})
FOREACH (one IN CASE WHEN g IS NULL THEN [] ELSE [g] END |
  CREATE (p)-[:STUDIED_IN {from_term: $from_term, to_term: $to_term, role: 'student',
    confidence: $confidence, source: $source}]->(one))
RETURN p.id AS id"""


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
    viewer.me()
    name, note = " ".join(name.split()), note.strip()
    if not name or len(name) > 120:
        raise BadValue(
            "write the name of who is missing, in 1 to 120 characters", code="name", field="name"
        )
    if len(note) > LONGEST:
        raise BadValue(f"a note has at most {LONGEST} characters", code="note", field="note")
    check_years(from_year, to_year)
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        since = now - timedelta(days=1)
        rows = transaction.run(MY_GROUP, me=viewer.person_key, group_id=group_id, since=since)
        if not rows:
            raise ThingNotFound("no such group")
        if rows[0]["lately"] >= A_DAY:
            raise TooMany("that is enough for one day", code="proposed")
        request = open_request(
            transaction, KIND, asker=viewer.person_key, subject=name, text=note, now=now
        )
        transaction.run(
            PROPOSED_FOR, id=request, group_id=group_id, from_year=from_year, to_year=to_year
        )
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
            raise BadValue(
                f"a year is between {YEARS[0]} and {YEARS[1]}", code="years", field="to_year"
            )
    if from_year is not None and to_year is not None and from_year > to_year:
        raise BadValue("the first year comes before the last one", code="years", field="to_year")


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
                row["id"],
                row["name"],
                row["at"].to_native(),
                row["group_id"],
                told if row["done"] else "waiting",
                card if row["done"] else None,
            )
        )
    return found


def proposal(store: Store, viewer: Viewer, request_id: str) -> Row:
    """Return one proposal, for staff.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
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
    viewer.require_staff()
    rows = store.in_read(lambda t: members(t, group_id, email_key))
    found = ranked(rows, name, former, wide=True)
    by_key = {row["key"]: (score, bool(row["address"])) for score, row in found}
    shown = cards(store, viewer, by_key, rules=rules)
    return [Candidate(card, *by_key[card.key]) for card in shown]


def decide(transaction: Transaction, viewer: Viewer, request: Row, closing: Closing) -> str:
    """Put the proposed person on file, say that they were, or refuse: the rule of this kind.

    ``act`` is accept, with given, family and patronymic and the lawful ground; same, with the
    ``key`` of the person; or refuse, with the reason as the answer, for staff's own record.

    Raises
    ------
    BadValue
        ``act``, or what of the act is missing.
    """
    act = closing.choice.get("act", "")
    if act == "accept":
        outcome = "added"
        given, family, patronymic = (
            closing.choice.get(part, "") for part in ("given", "family", "patronymic")
        )
        name = Name(given, family, patronymic)
        key = _put_on_file(transaction, request, name, closing.choice.get("ground", ""))
        changes.record(transaction, "added", [key], thing=request["id"])
    elif act == "same":
        outcome = "known"
        key = _shown(transaction, closing.choice.get("person", ""))
    elif act == "refuse":
        if not closing.answer:
            raise BadValue(
                "say in a few words why the proposal is refused: it is for the record only",
                code="why",
            )
        outcome, key = "refused", None
    else:
        raise BadValue("a proposed groupmate is added, recognised or refused", code="act")
    if key is not None:
        transaction.run(FOUND, id=request["id"], key=key)
    _record(transaction, viewer, f"groupmate.{act}", request["id"], outcome)
    return outcome


KIND = Kind("groupmate", close=decide, told=False, page="invitations.one_proposal")


def _put_on_file(transaction: Transaction, request: Row, name: Name, ground: str) -> int:
    group = transaction.run(GROUP_OF, id=request["id"])
    key, _ = add_person(
        transaction,
        name,
        group[0]["id"],
        ground=ground,
        from_year=request["from_year"],
        to_year=request["to_year"],
    )
    return key


# One row: the key behind an id, of whom staff see for this purpose.
SHOWN_KEY = (
    """MATCH (p:Person {id: $id}) WHERE """
    + shown("p")
    + """
RETURN p.key AS key LIMIT 1"""
)


def _shown(transaction: Transaction, person_id: str) -> int:
    rows = transaction.run(SHOWN_KEY, id=person_id.strip())
    if not rows:
        raise BadValue(
            f"there is no person with the id {person_id}: nothing was done", code="person"
        )
    return int(rows[0]["key"])


def accept(
    store: Store,
    viewer: Viewer,
    request_id: str,
    name: Name,
    *,
    ground: str,
    tell: Tell | None = None,
) -> None:
    """Put the proposed person on file.

    Parameters
    ----------
    ground
        The lawful ground on which the Association holds them, in words; it is kept with them.

    Raises
    ------
    BadValue, Conflict, ThingNotFound, NotAllowed
    """
    choice = {
        "act": "accept",
        "given": name.given,
        "family": name.family,
        "patronymic": name.patronymic,
        "ground": ground,
    }
    close(store, viewer, {KIND.name: KIND}, request_id, choice=choice, tell=tell)


def same_as(
    store: Store, viewer: Viewer, request_id: str, person_id: str, *, tell: Tell | None = None
) -> None:
    """Close a proposal: the person is on file already.

    Raises
    ------
    BadValue
        If staff see nobody with that id.
    """
    known(store, viewer, person_id)
    choice = {"act": "same", "person": person_id}
    close(store, viewer, {KIND.name: KIND}, request_id, choice=choice, tell=tell)


def refuse(
    store: Store, viewer: Viewer, request_id: str, why: str, *, tell: Tell | None = None
) -> None:
    """Close a proposal without putting anybody on file; `why` is for staff's own record."""
    choice = {"act": "refuse"}
    close(store, viewer, {KIND.name: KIND}, request_id, why[:LONGEST], choice=choice, tell=tell)


# One row: the key behind an id.
KEY_OF = "MATCH (p:Person {id: $id}) RETURN p.key AS key LIMIT 1"


def known(store: Store, viewer: Viewer, person_id: str) -> int:
    """Return the key of a person whom staff see for this purpose.

    Raises
    ------
    BadValue
        'person', if there is none: hidden, erased and unknown are the same.
    """
    viewer.require_staff()
    rows = store.read(KEY_OF, id=person_id.strip())
    found = cards(store, viewer, [rows[0]["key"] if rows else -1])
    if not found:
        raise BadValue(
            f"there is no person with the id {person_id}: nothing was done", code="person"
        )
    return found[0].key


def add_person(
    transaction: Transaction,
    name: Name,
    group_id: str,
    *,
    ground: str,
    from_year: int | None,
    to_year: int | None,
    source: str = "groupmate",
) -> tuple[int, str]:
    """Make an alumnus on staff's decision, in the act's own transaction; return key and id.

    Parameters
    ----------
    source
        By whose word: 'groupmate' or 'self'; it stays with what is held of them.

    Raises
    ------
    BadValue
        'name' or 'ground', if it is empty.
    """
    if not name.given.strip() or not name.family.strip():
        raise BadValue("a given name and a family name are needed", code="name")
    if not ground.strip():
        raise BadValue("name the lawful ground on which this person is held", code="ground")
    key = accounts.create_person(transaction, name)
    rows = transaction.run(
        ADD,
        key=key,
        group_id=group_id,
        id=new_id(),
        ground=ground.strip()[:LONGEST],
        source=source,
        now=datetime.now(UTC),
        confidence=CONFIDENCE,
        from_term=term(from_year) if from_year else None,
        # Somebody who left in 2003 was there last in the spring of the academic year 2002/03.
        to_term=term(to_year - 1, 1) if to_year else None,
    )
    return key, str(rows[0]["id"])


def _record(
    transaction: Transaction, viewer: Viewer, act: str, subject: str, detail: str = ""
) -> None:
    acted(transaction, viewer, act, subject, detail=detail, change="proposal")
