"""One-time links: to choose a first or another password, or to sign in once. Each works once.

They go out by letter, or staff hand them over in person or by telephone. Making one for an account
takes the older ones of that purpose back.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet.accounts.letters import tell
from graphnet.accounts.passwords import check_password, hashed
from graphnet.accounts.records import END_LINKS, SET_HASH
from graphnet.accounts.sessions import END_OTHERS, token_hash
from graphnet.audit import audit
from graphnet.errors import BadValue, ThingNotFound
from graphnet.model import new_id
from graphnet.store import Store, Transaction

PURPOSES = ("reset", "invite", "sign-in")
LASTS = {
    "reset": timedelta(hours=24),
    "invite": timedelta(days=14),
    "sign-in": timedelta(hours=1),
}
BY_LETTER = {"reset": timedelta(hours=1), "sign-in": timedelta(minutes=15)}  # whoever asked for it

# Nothing comes back: older links of that purpose are gone.
TAKE_BACK = """MATCH (l:OneTimeLink {purpose: $purpose})-[:FOR]->(:Account {id: $account_id})
DETACH DELETE l"""

# One row: the link that was made.
MAKE = """MATCH (a:Account {id: $account_id}) WHERE a.disabled_at IS NULL
CREATE (l:OneTimeLink {id: $id, token_hash: $token_hash, purpose: $purpose, created_at: $now,
  expires_at: $expires_at})-[:FOR]->(a)
RETURN l.id AS id"""

# One row: the link with that token, used or not.
MADE = "MATCH (l:OneTimeLink {token_hash: $token_hash}) RETURN l.id AS id LIMIT 1"

# One row: a link that can still be used.
LINK = """MATCH (l:OneTimeLink {token_hash: $token_hash})-[:FOR]->(a:Account)
WHERE l.used_at IS NULL AND l.expires_at > $now AND a.disabled_at IS NULL
RETURN l.purpose AS purpose, l.expires_at AS expires_at, a.id AS account_id, a.email AS email
LIMIT 1"""

# One row: the link that has now been used. Setting first takes the lock, so that of two who come at
# once the second sees that it is used.
USE = """MATCH (l:OneTimeLink {token_hash: $token_hash})-[:FOR]->(a:Account)
SET l.id = l.id
WITH l, a WHERE l.used_at IS NULL AND l.expires_at > $now AND a.disabled_at IS NULL
  AND l.purpose IN $purposes
SET l.used_at = $now
RETURN a.id AS account_id, l.purpose AS purpose"""


@dataclass(frozen=True)
class Link:
    """A link that can still be used."""

    purpose: str
    account_id: str
    email: str
    expires_at: datetime


def make_link(store: Store, account_id: str, purpose: str, *, actor: str = "") -> str:
    """Return the token of a new link; only its sum is kept, so this is the one time to see it.

    Parameters
    ----------
    purpose
        'reset' (24 hours), 'invite' (14 days) or 'sign-in' (1 hour).
    """
    return store.in_write(lambda t: make_link_in(t, account_id, purpose, actor=actor))


def make_link_in(
    transaction: Transaction,
    account_id: str,
    purpose: str,
    *,
    actor: str = "",
    role: str = "admin",
    token: str = "",
    lasts: timedelta | None = None,
) -> str:
    """Make a link in the act's own transaction and return its token; see `make_link`.

    Parameters
    ----------
    token
        A letter's own, which must be as hard to guess as one that is made here.
    lasts
        How long it works, if not as long as usual.
    """
    if purpose not in PURPOSES:
        raise BadValue(f"a link is for one of {', '.join(PURPOSES)}")
    token = token or secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    transaction.run(TAKE_BACK, account_id=account_id, purpose=purpose)
    made = transaction.run(
        MAKE,
        account_id=account_id,
        id=new_id(),
        token_hash=token_hash(token),
        purpose=purpose,
        now=now,
        expires_at=now + (lasts or LASTS[purpose]),
    )
    if not made:
        raise ThingNotFound("no such account")
    audit(transaction, actor, role, f"link.{purpose}", subject=account_id)
    return token


def make_link_of_letter(store: Store, account_id: str, purpose: str, token: str) -> bool:
    """Make the link of a letter that is about to leave; one that leaves again has the same.

    Returns False if the account is gone or switched off: then there is nothing to write.
    """

    def work(transaction: Transaction) -> bool:
        if not transaction.run(MADE, token_hash=token_hash(token)):
            make_link_in(
                transaction,
                account_id,
                purpose,
                role="letter",
                token=token,
                lasts=BY_LETTER.get(purpose),
            )
        return True

    try:
        return store.in_write(work)
    except ThingNotFound:
        return False


def link_of(store: Store, token: str) -> Link:
    """Return the link with that token, without using it.

    Raises
    ------
    ThingNotFound
        If it was used, has run out, or never was: the same answer.
    """
    rows = store.read(LINK, token_hash=token_hash(token), now=datetime.now(UTC))
    if not rows:
        raise ThingNotFound("this link does not work any more")
    row = rows[0]
    return Link(row["purpose"], row["account_id"], row["email"], row["expires_at"].to_native())


def set_password_by_link(store: Store, token: str, password: str) -> str:
    """Use a 'reset' or 'invite' link: set the password, end every session; return the account's id.

    Raises
    ------
    BadValue
        As `check_password`; the link can then be used again.
    ThingNotFound
        If the link does not work any more.
    """
    check_password(password, email=link_of(store, token).email)
    password_hash = hashed(password)

    def work(transaction: Transaction) -> str:
        account_id, purpose = _use(transaction, token, ["reset", "invite"])
        changed = transaction.run(SET_HASH, id=account_id, password_hash=password_hash)
        transaction.run(END_OTHERS, account_id=account_id, keep="")
        transaction.run(END_LINKS, account_id=account_id)
        if purpose == "reset":
            tell(transaction, changed[0], "password")
        audit(transaction, account_id, "self", "password.set", purpose=purpose, subject=account_id)
        return account_id

    return store.in_write(work)


def use_sign_in_link(store: Store, token: str) -> str:
    """Use a 'sign-in' link and return the id of its account.

    Raises
    ------
    ThingNotFound
        If the link does not work any more.
    """
    return store.in_write(lambda transaction: _use(transaction, token, ["sign-in"])[0])


def _use(transaction: Transaction, token: str, purposes: list[str]) -> tuple[str, str]:
    rows = transaction.run(
        USE, token_hash=token_hash(token), purposes=purposes, now=datetime.now(UTC)
    )
    if not rows:
        raise ThingNotFound("this link does not work any more")
    return str(rows[0]["account_id"]), str(rows[0]["purpose"])
