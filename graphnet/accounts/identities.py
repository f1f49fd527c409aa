"""Identities of other sites: an account is opened by one that its owner has linked, by no other.

An identity is an issuer and a subject (OpenID Connect Core 1.0, section 2), which together are
never given to somebody else. An address that an issuer names proves nothing here: issuers let
people change theirs, and give them to others.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet.accounts.letters import tell
from graphnet.audit import audit
from graphnet.errors import Conflict, ConstraintViolated, ThingNotFound
from graphnet.model import new_id
from graphnet.store import Store, Transaction

# One row: the account that the identity opens from now on.
LINK = """MATCH (a:Account {id: $account_id}) SET a.id = a.id
CREATE (i:Identity {id: $id, who: $who, issuer: $issuer, subject: $subject, created_at: $now})
  -[:OF]->(a)
RETURN a.id AS id, a.email AS email, a.language AS language"""

# One row: an identity of the account, the newest first.
HELD_BY = """MATCH (:Account {id: $account_id})<-[:OF]-(i:Identity)
RETURN i.id AS id, i.issuer AS issuer, i.created_at AS created_at
ORDER BY created_at DESC, id LIMIT 20"""

# One row: the identity that is gone, and whose it was.
UNLINK = """MATCH (a:Account {id: $account_id})<-[:OF]-(i:Identity {id: $id})
WITH a, i, i.id AS gone DETACH DELETE i
RETURN gone, a.id AS id, a.email AS email, a.language AS language"""

# One row: the account that the identity opens.
WHO = """MATCH (i:Identity {who: $who})-[:OF]->(a:Account) WHERE a.disabled_at IS NULL
RETURN a.id AS id LIMIT 1"""


@dataclass(frozen=True)
class Identity:
    """One identity that opens an account."""

    id: str
    issuer: str
    created_at: datetime


def link(store: Store, account_id: str, issuer: str, subject: str) -> None:
    """Let an identity open the account of whoever is signed in; its owner is told.

    Raises
    ------
    Conflict
        If it opens an account already.
    """

    def work(transaction: Transaction) -> None:
        rows = transaction.run(
            LINK,
            account_id=account_id,
            id=new_id(),
            who=_who(issuer, subject),
            issuer=issuer,
            subject=subject,
            now=datetime.now(UTC),
        )
        if not rows:
            raise ThingNotFound("no such account")
        tell(transaction, rows[0], "identity_linked", issuer=issuer)
        audit(transaction, account_id, "self", "identity.link", subject=account_id)

    try:
        store.in_write(work)
    except ConstraintViolated as problem:
        raise Conflict("it opens an account already", code="opens") from problem


def unlink(store: Store, account_id: str, identity_id: str) -> None:
    """Let an identity open the account no more.

    Raises
    ------
    ThingNotFound
        If it is none of the account's.
    """

    def work(transaction: Transaction) -> None:
        if not transaction.run(UNLINK, account_id=account_id, id=identity_id):
            raise ThingNotFound("no such identity")
        audit(transaction, account_id, "self", "identity.unlink", subject=account_id)

    store.in_write(work)


def held_by(store: Store, account_id: str) -> list[Identity]:
    """Return the identities that open an account."""
    return [
        Identity(row["id"], row["issuer"], row["created_at"].to_native())
        for row in store.read(HELD_BY, account_id=account_id)
    ]


def who_signs_in(store: Store, issuer: str, subject: str) -> str | None:
    """Return the id of the account that an identity opens, if it was linked with one."""
    rows = store.read(WHO, who=_who(issuer, subject))
    return str(rows[0]["id"]) if rows else None


def _who(issuer: str, subject: str) -> str:
    return f"{issuer} {subject}"  # neither an address nor a subject of ours has a blank in it
