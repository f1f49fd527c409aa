"""Claims at staff's desk: who it may be, side by side; accepted, added, refused; all audited."""

from collections.abc import Callable
from datetime import UTC, datetime

from graphnet import accounts, mail
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import Name
from graphnet.onboarding.claims import LOCKED, record, settle, settled
from graphnet.onboarding.missing_groupmates import (
    Candidate,
    add_person,
    candidates,
    known,
)
from graphnet.privacy import STANDARD, Rules, Viewer
from graphnet.store import Row, Store, Transaction

# One row: an open claim, those that only staff can decide first.
OPEN = """MATCH (c:Claim) WHERE c.state IN ['waiting', 'desk', 'revoked'] AND c.expires_at > $now
OPTIONAL MATCH (c)-[:THROUGH|FOR*1..2]->(g:StudyGroup)
RETURN c.id AS id, c.name AS name, c.former_name AS former, c.email AS email, c.at AS at,
  c.from_year AS from_year, c.to_year AS to_year, c.referrer AS referrer, c.state AS state,
  c.reason AS reason, c.expires_at AS expires_at, coalesce(g.id, '') AS group_id,
  coalesce(g.name, c.place, '') AS group_name,
  COLLECT { MATCH (g)-[k:CALLED]->(code:GroupCode)
            RETURN code.text ORDER BY k.academic_year, code.text LIMIT 20 } AS codes,
  COUNT { (:Person)-[:SAID {answer: 'yes'}]->(c) } AS yes,
  COUNT { (:Person)-[:SAID {answer: 'no'}]->(c) } AS no
ORDER BY c.state = 'desk' DESC, at, id SKIP $skip LIMIT $limit"""

# A condition without which no claim waits for staff.
STAFF_MAY = "EXISTS { (:Claim {state: 'desk'}) }"

# One row: one claim, for staff.
ONE = """MATCH (c:Claim {id: $id})
OPTIONAL MATCH (c)-[:THROUGH|FOR*1..2]->(g:StudyGroup)
RETURN c.id AS id, coalesce(c.name, '') AS name, coalesce(c.former_name, '') AS former,
  coalesce(c.email, '') AS email, coalesce(c.email_key, '') AS email_key, c.at AS at,
  c.from_year AS from_year, c.to_year AS to_year, coalesce(c.referrer, '') AS referrer,
  c.state AS state, c.reason AS reason, c.expires_at AS expires_at,
  coalesce(g.id, '') AS group_id, coalesce(c.place, '') AS place, c.year AS year,
  coalesce(c.diploma, '') AS diploma, c.expires_at > $now AS open,
  COLLECT { MATCH (p:Person)-[s:SAID]->(c) RETURN [p.key, s.answer] ORDER BY s.at, p.key LIMIT 50
  } AS answers,
  COLLECT { MATCH (c)-[:NAMES]->(p:Person) RETURN p.key LIMIT 1 } AS named LIMIT 1"""

# One row: the claim that was refused.
REFUSE = """MATCH (c:Claim {id: $id})
SET c.state = 'refused', c.decided_at = $now, c.reason = $why, c.letter_hash = null
RETURN c.id AS id"""

Whose = Callable[[Transaction, Row], int]
DECIDABLE = ("waiting", "desk", "revoked")


def open_claims(store: Store, viewer: Viewer, *, skip: int = 0, limit: int = 50) -> list[Row]:
    """Return the claims that are open, what only staff can decide first."""
    viewer.require_staff()
    rows = store.read(OPEN, now=datetime.now(UTC), skip=skip, limit=limit)
    return [
        row | {"at": row["at"].to_native(), "code": (row["codes"] or [row["group_name"]])[-1]}
        for row in rows
    ]


def claim(store: Store, viewer: Viewer, claim_id: str) -> Row:
    """Return one claim as it was written, with who said what.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
    rows = store.read(ONE, id=claim_id, now=datetime.now(UTC))
    if not rows:
        raise ThingNotFound("no such claim")
    row = rows[0]
    times = {name: row[name].to_native() for name in ("at", "expires_at")}
    return row | times | {"decidable": row["open"] and row["state"] in DECIDABLE}


def candidates_of(
    store: Store, viewer: Viewer, one: Row, *, rules: Rules = STANDARD
) -> list[Candidate]:
    """Return who of the group's lineage the claim may be for, most probable first; audited."""
    return candidates(
        store,
        viewer,
        one["group_id"],
        one["name"],
        former=one["former"],
        email_key=one["email_key"],
        rules=rules,
    )


def accept(store: Store, viewer: Viewer, claim_id: str, person_id: str, *, email: str = "") -> None:
    """Give the claimant a record that is on file.

    Parameters
    ----------
    email
        Where the link to choose a password goes, if the claimant gave no address or another.

    Raises
    ------
    BadValue
        'person', if staff see nobody with that id; 'email', if there is no address to write to.
    Conflict
        'decided', if the claim was decided meanwhile; 'taken', if person or address have an
        account.
    """
    key = known(store, viewer, person_id)
    _decide(store, viewer, claim_id, email, lambda transaction, row: key)


def add(
    store: Store,
    viewer: Viewer,
    claim_id: str,
    name: Name,
    *,
    ground: str,
    email: str = "",
) -> None:
    """Put the claimant on file and give them the record; for somebody who was on no list.

    Raises
    ------
    BadValue
        'name', 'ground' or 'email': which of them is missing.
    Conflict
        As `accept`.
    """

    def made(transaction: Transaction, row: Row) -> int:
        key, _ = add_person(
            transaction,
            name,
            row["group_id"],
            ground=ground,
            from_year=row["from_year"],
            to_year=row["to_year"],
            source="self",
        )
        return key

    _decide(store, viewer, claim_id, email, made)


def _decide(store: Store, viewer: Viewer, claim_id: str, email: str, whose: Whose) -> None:
    viewer.require_staff()
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> bool:
        row = _locked(transaction, claim_id, now)
        if email:
            row |= {"email": email.strip(), "email_key": accounts.email_key(email)}
        if not row["email"]:
            raise BadValue(
                f"the claim {claim_id} has no e-mail address that the link could go to: name one",
                code="email",
            )
        mail.address(row["email"])
        key = whose(transaction, row)
        if not settle(transaction, viewer, row, how="staff", key=key):
            raise Conflict("this person, or this address, has an account already", code="taken")
        return True

    if settled(store, claim_id, work) is None:
        raise Conflict("this person, or this address, has an account already", code="taken")


def refuse(store: Store, viewer: Viewer, claim_id: str, why: str) -> None:
    """Close a claim: it is not this person, or cannot be known; a letter says that it ended.

    Raises
    ------
    BadValue
        'why', if that is empty: it is for staff's record, the claimant is not told.
    Conflict
        'decided', if it was decided meanwhile.
    """
    viewer.require_staff()
    if not why.strip():
        raise BadValue(
            "say in a few words why the claim is refused: it is for the record only", code="why"
        )
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        row = _locked(transaction, claim_id, now)
        transaction.run(REFUSE, id=claim_id, why=why.strip()[:500], now=now)
        if row["email"]:
            mail.enqueue_about(
                transaction,
                "claims.refused",
                {"claim": claim_id},
                to=row["email"],
                key=f"refused:{claim_id}",
                language=row["language"],
            )
        record(transaction, viewer, "claim.refuse", claim_id)

    store.in_write(work)


def _locked(transaction: Transaction, claim_id: str, now: datetime) -> Row:
    rows = transaction.run(LOCKED, id=claim_id, now=now)
    if not rows:
        raise ThingNotFound("no such claim")
    if rows[0]["state"] not in DECIDABLE or not rows[0]["open"]:
        raise Conflict(
            f"the claim {claim_id} was decided already, or never confirmed", code="decided"
        )
    return rows[0]
