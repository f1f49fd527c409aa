"""Sessions on the server: opened at sign-in, listed, ended; an end counts from the next request.

The browser holds a random token of 256 bits, the graph its SHA-256 sum: a sum needs no salt or
stretching where the secret cannot be guessed, and one lookup finds it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet.accounts.letters import tell
from graphnet.accounts.passwords import hashed, is_dated, matches
from graphnet.accounts.records import SET_HASH, Account, email_key, from_row
from graphnet.audit import audit
from graphnet.errors import BadValue, ThingNotFound
from graphnet.model import new_id
from graphnet.store import Row, Store, Transaction

# One row: what a sign-in compares with.
CREDENTIALS = """MATCH (a:Account {email_key: $email_key})
RETURN a.id AS id, a.password_hash AS password_hash, a.disabled_at IS NOT NULL AS disabled
LIMIT 1"""

# One row: the session that was opened.
OPEN = """MATCH (a:Account {id: $account_id}) WHERE a.disabled_at IS NULL
CREATE (s:Session {id: $id, token_hash: $token_hash, created_at: $now, seen_at: $now,
  expires_at: $expires_at, device: $device})-[:HELD_BY]->(a)
RETURN s.id AS id"""

# One row: whether the account was signed in to from that device before, and from any.
KNOWN_DEVICE = """MATCH (a:Account {id: $account_id})
WITH a, coalesce(a.devices, []) AS before
SET a.devices = CASE WHEN $device_hash IN before THEN before
  ELSE ([$device_hash] + before)[..$most] END
RETURN $device_hash IN before AS known, size(before) > 0 AS others, a.id AS id, a.email AS email,
  a.language AS language"""

# One row: the account of an address that was signed in to from that device before.
KNOWS_DEVICE = """MATCH (a:Account {email_key: $email_key})
WHERE $device_hash IN coalesce(a.devices, []) RETURN a.id AS id LIMIT 1"""

# One row: a session that has not ended, its account and its person.
SESSION = """MATCH (s:Session {token_hash: $token_hash})-[:HELD_BY]->(a:Account)-[:OF]->(p:Person)
WHERE s.expires_at > $now AND a.disabled_at IS NULL
RETURN s.id AS session_id, s.seen_at AS seen_at, s.created_at AS began_at, a.id AS id,
  a.email AS email, a.roles AS roles,
  a.language AS language, a.created_at AS created_at, p.key AS person_key, p.id AS person_id,
  a.password_hash IS NOT NULL AS has_password,
  p.given_name AS given_name, p.patronymic AS patronymic, p.family_name AS family_name,
  p.visibility = 'hidden' AS hidden LIMIT 1"""

# One row: when a session began.
BEGAN = """MATCH (s:Session {token_hash: $token_hash})
RETURN s.created_at AS at LIMIT 1"""

# One row: the session that was used.
SEEN = "MATCH (s:Session {token_hash: $token_hash}) SET s.seen_at = $now RETURN s.id AS id"

# One row: a session of the account, latest used first.
HELD_BY = """MATCH (s:Session)-[:HELD_BY]->(:Account {id: $account_id})
WHERE s.expires_at > $now
RETURN s.id AS id, s.created_at AS created_at, s.seen_at AS seen_at,
  s.expires_at AS expires_at, s.device AS device
ORDER BY seen_at DESC, id LIMIT 200"""

# One row: how many sessions were ended (0 or 1).
END = """MATCH (s:Session {id: $id})-[:HELD_BY]->(:Account {id: $account_id})
DETACH DELETE s RETURN count(*) AS ended"""

# One row: where an account's owner is told of what was done with it.
OWNER = """MATCH (a:Account {id: $account_id})
RETURN a.id AS id, a.email AS email, a.language AS language LIMIT 1"""

# One row: how many sessions were ended.
END_OTHERS = """MATCH (s:Session)-[:HELD_BY]->(:Account {id: $account_id})
WHERE s.id <> $keep DETACH DELETE s RETURN count(*) AS ended"""

# One row: how many sessions were ended (0 or 1).
SIGN_OUT = """MATCH (s:Session {token_hash: $token_hash}) DETACH DELETE s
RETURN count(*) AS ended"""

# One row: how many were removed.
FORGET = """MATCH (s:Session) WHERE s.expires_at <= $now
WITH s LIMIT 10000 DETACH DELETE s RETURN count(*) AS removed"""

# A write a request would be waste: when somebody was last seen is kept to this precision.
SEEN_EVERY = timedelta(minutes=5)
OFFICE_ROLES = frozenset({"staff", "analyst", "admin"})
DEVICES = 20  # that are known again; who uses more hears of it


@dataclass(frozen=True)
class Session:
    """One sign-in that has not ended."""

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    device: str


@dataclass(frozen=True)
class Office:
    """When a session ends of somebody who sees or decides more than of themselves."""

    idle: timedelta
    lasts: timedelta


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def who_signs_in(store: Store, email: str, password: str) -> str | None:
    """Return the id of an account, or None if address and password do not belong together.

    An unknown address, one that is none, a disabled account and a wrong password cost the same
    time: one query and one argon2 run.
    """
    try:
        key = email_key(email)
    except BadValue:
        key = ""
    rows = store.read(CREDENTIALS, email_key=key)
    stored = rows[0] if rows and not rows[0]["disabled"] else None
    password_hash = stored["password_hash"] if stored else None
    if not matches(password_hash, password) or stored is None or password_hash is None:
        return None
    account_id = str(stored["id"])
    if is_dated(password_hash):
        store.write(SET_HASH, id=account_id, password_hash=hashed(password))
    return account_id


def knows_device(store: Store, email: str, device_token: str) -> bool:
    """Return whether the account of an address was signed in to from that browser before."""
    try:
        key = email_key(email)
    except BadValue:
        return False
    asked = {"email_key": key, "device_hash": token_hash(device_token)}
    return bool(device_token) and bool(store.read(KNOWS_DEVICE, **asked))


def begin_session(
    store: Store,
    account_id: str,
    *,
    how: str,
    device: str = "",
    device_token: str = "",
    days: int = 30,
) -> str:
    """Open a session for somebody who has proved who they are, and return its token.

    Every way to sign in ends here.

    Parameters
    ----------
    how
        By what it was proved, for the trail: 'password', 'letter', ...
    device
        What the browser calls itself, in two words.
    device_token
        What the browser was given to be known by when it comes again; from one that is new to the
        account, and not its first, a letter tells the owner.

    Raises
    ------
    ThingNotFound
        If the account is gone or switched off.
    """
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(
            OPEN,
            account_id=account_id,
            id=new_id(),
            token_hash=token_hash(token),
            now=now,
            expires_at=now + timedelta(days=days),
            device=device[:80],
        )
        if not rows:
            raise ThingNotFound("no such account")
        audit(transaction, account_id, "self", "sign-in", subject=account_id, detail=how)
        if device_token:
            asked = {"account_id": account_id, "device_hash": token_hash(device_token)}
            (known,) = transaction.run(KNOWN_DEVICE, most=DEVICES, **asked)
            if known["others"] and not known["known"]:
                tell(transaction, known, "new_device", device=device[:80], at=now.isoformat())

    store.in_write(work)
    return token


def session_of(
    store: Store, token: str, *, office: Office | None = None
) -> tuple[str, Account] | None:
    """Return the id of the session with that token and its account; None if it has ended.

    Parameters
    ----------
    office
        When those of staff, analysts and administrators end before their time.
    """
    now = datetime.now(UTC)
    rows = store.read(SESSION, token_hash=token_hash(token), now=now)
    if not rows:
        return None
    row = rows[0]
    seen = row["seen_at"].to_native()
    if _office_is_over(office, row, seen, now):
        sign_out(store, token)
        return None
    if now - seen > SEEN_EVERY:
        store.write(SEEN, token_hash=token_hash(token), now=now)
    return row["session_id"], from_row(row)


def is_fresh(store: Store, token: str, within: timedelta) -> bool:
    """Return whether the owner of a session has shown lately who they are."""
    rows = store.read(BEGAN, token_hash=token_hash(token))
    return bool(rows) and datetime.now(UTC) - rows[0]["at"].to_native() <= within


def _office_is_over(office: Office | None, row: Row, seen: datetime, now: datetime) -> bool:
    """Return whether a session of the office's ends before its time."""
    if office is None or not OFFICE_ROLES.intersection(row["roles"] or ()):
        return False
    return now - seen > office.idle or now - row["began_at"].to_native() > office.lasts


def held_by(store: Store, account_id: str) -> list[Session]:
    """Return the sessions of an account, the latest used first."""
    return [
        Session(
            row["id"],
            row["created_at"].to_native(),
            row["seen_at"].to_native(),
            row["expires_at"].to_native(),
            row["device"] or "",
        )
        for row in store.read(HELD_BY, account_id=account_id, now=datetime.now(UTC))
    ]


def end_session(store: Store, account_id: str, session_id: str, *, actor: str = "") -> bool:
    """End one session of an account; return whether there was one."""

    def work(transaction: Transaction) -> bool:
        ended = transaction.run(END, account_id=account_id, id=session_id)[0]["ended"]
        if ended:
            role = "self" if actor in ("", account_id) else "admin"
            if role == "admin":
                tell(transaction, transaction.run(OWNER, account_id=account_id)[0], "ended")
            audit(transaction, actor or account_id, role, "session.end", subject=account_id)
        return bool(ended)

    return store.in_write(work)


def end_other_sessions(store: Store, account_id: str, *, keep: str = "", actor: str = "") -> int:
    """End all sessions of an account but the one to `keep`; return how many."""

    def work(transaction: Transaction) -> int:
        ended = int(transaction.run(END_OTHERS, account_id=account_id, keep=keep)[0]["ended"])
        role = "self" if actor in ("", account_id) else "admin"
        detail = str(ended)
        if ended and role == "admin":
            tell(transaction, transaction.run(OWNER, account_id=account_id)[0], "ended")
        audit(
            transaction,
            actor or account_id,
            role,
            "session.end_all",
            subject=account_id,
            detail=detail,
        )
        return ended

    return store.in_write(work)


def sign_out(store: Store, token: str) -> None:
    """End the session with that token."""
    store.write(SIGN_OUT, token_hash=token_hash(token))


def forget_ended(store: Store) -> int:
    """Remove sessions that have run out; return how many."""
    return int(store.write(FORGET, now=datetime.now(UTC))[0]["removed"])
