"""A second factor: codes of an authenticator (TOTP, RFC 6238), and ten recovery codes for its loss.

The authenticator's secret stands nowhere: it is the HMAC of a nonce that is stored, under a key
beside the database, so that a copy of the database makes no codes. Of recovery codes, which have 80
bits, the SHA-256 sums are kept. Each code works once; after five wrong ones nobody tries for a
quarter of an hour.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pyotp

from graphnet.accounts.letters import tell
from graphnet.audit import audit
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.store import Row, Store, Transaction

CODES = 10
WINDOW = 1  # steps of 30 seconds that a clock may be off, either way
TRIES = 5
REST = timedelta(minutes=15)

Answer = TypeVar("Answer")

# One row: the factor that was begun, in place of one that was never confirmed.
BEGIN = """MATCH (a:Account {id: $account_id}) SET a.id = a.id
WITH a WHERE NOT EXISTS { (a)<-[:OF]-(f:SecondFactor) WHERE f.confirmed_at IS NOT NULL }
CALL (a) { OPTIONAL MATCH (a)<-[:OF]-(old:SecondFactor) DETACH DELETE old }
CREATE (f:SecondFactor {id: $id, nonce: $nonce, created_at: $now, last_step: 0, tries: 0})
  -[:OF]->(a)
RETURN f.id AS id"""

# One row: the factor of an account, confirmed or only begun, and how many recovery codes are left.
FACTOR = """MATCH (a:Account {id: $account_id})<-[:OF]-(f:SecondFactor)
RETURN f.id AS id, f.nonce AS nonce, f.confirmed_at AS confirmed_at, a.email AS email,
  COUNT { (a)<-[:FOR]-(c:RecoveryCode) WHERE c.used_at IS NULL } AS codes_left LIMIT 1"""

# One row: the same, locked, so that of two tries with one code one works, and every try counts.
LOCKED = """MATCH (a:Account {id: $account_id})<-[:OF]-(f:SecondFactor) SET f.id = f.id
RETURN f.id AS id, f.nonce AS nonce, f.confirmed_at IS NOT NULL AS confirmed,
  f.last_step AS last_step, f.tries AS tries, f.tried_at AS tried_at,
  a.id AS account_id, a.email AS email, a.language AS language LIMIT 1"""

# One row: the factor after a right code.
RIGHT = """MATCH (f:SecondFactor {id: $id}) SET f.last_step = $step, f.tries = 0
RETURN f.id AS id"""

# One row: the factor after a wrong code.
WRONG = """MATCH (f:SecondFactor {id: $id}) SET f.tries = $tries, f.tried_at = $now
RETURN f.id AS id"""

# One row: the recovery code that is used up.
USE_CODE = """MATCH (c:RecoveryCode {code_hash: $code_hash})-[:FOR]->(:Account {id: $account_id})
WHERE c.used_at IS NULL SET c.used_at = $now RETURN c.id AS id"""

# One row: the factor that is asked for from now on.
CONFIRM = """MATCH (f:SecondFactor {id: $id}) SET f.confirmed_at = $now RETURN f.id AS id"""

# One row: how many recovery codes there are, the earlier ones gone.
RENEW_CODES = """MATCH (a:Account {id: $account_id})
CALL (a) { OPTIONAL MATCH (a)<-[:FOR]-(old:RecoveryCode) DETACH DELETE old }
UNWIND $rows AS row CREATE (c:RecoveryCode {id: row.id, code_hash: row.code_hash})-[:FOR]->(a)
RETURN count(c) AS n"""

# One row: how many factors are gone, with their codes.
REMOVE = """MATCH (a:Account {id: $account_id})<-[:OF]-(f:SecondFactor)
OPTIONAL MATCH (a)<-[:FOR]-(c:RecoveryCode)
WITH f, collect(c) AS codes
FOREACH (code IN codes | DETACH DELETE code)
DETACH DELETE f RETURN count(*) AS gone"""

# A condition on $account: nothing is to be said of a second factor to who has one.
STAFF_MAY = """NOT EXISTS { (:Account {id: $account})<-[:OF]-(factor:SecondFactor)
    WHERE factor.confirmed_at IS NOT NULL }"""


@dataclass(frozen=True)
class Factor:
    """The second factor of an account: 'confirmed', or only begun."""

    id: str
    confirmed: bool
    codes_left: int


def factor(store: Store, account_id: str) -> Factor | None:
    """Return the second factor of an account, begun or confirmed."""
    rows = store.read(FACTOR, account_id=account_id)
    if not rows:
        return None
    return Factor(rows[0]["id"], rows[0]["confirmed_at"] is not None, rows[0]["codes_left"])


def is_asked_for(store: Store, account_id: str) -> bool:
    """Return whether signing in to the account takes a second factor."""
    found = factor(store, account_id)
    return found is not None and found.confirmed


def begin(store: Store, account_id: str) -> None:
    """Begin a second factor: from now on `setup` shows its secret, until a code confirms it.

    Raises
    ------
    Conflict
        If there is one already.
    """
    made = store.write(
        BEGIN,
        account_id=account_id,
        id=new_id(),
        nonce=secrets.token_hex(20),
        now=datetime.now(UTC),
    )
    if not made:
        raise Conflict("there is a second factor already", code="there")


def setup(store: Store, account_id: str, *, keys: Sequence[bytes], issuer: str) -> tuple[str, str]:
    """Return the secret of a factor that was begun, as letters, and as an address for a QR code.

    Raises
    ------
    ThingNotFound
        If none was begun, or it is confirmed: the secret is shown no more.
    """
    rows = store.read(FACTOR, account_id=account_id)
    if not rows or rows[0]["confirmed_at"] is not None:
        raise ThingNotFound("there is no second factor that waits for its first code")
    secret = _secret(keys[0], rows[0]["nonce"])
    return secret, pyotp.TOTP(secret).provisioning_uri(name=rows[0]["email"], issuer_name=issuer)


def confirm(store: Store, account_id: str, code: str, *, keys: Sequence[bytes]) -> list[str]:
    """Confirm a factor that was begun by its first code; return ten recovery codes, once.

    Raises
    ------
    BadValue
        'code' if it is wrong.
    Conflict
        If it was confirmed meanwhile.
    ThingNotFound, TooMany
    """

    def work(transaction: Transaction, found: Row) -> list[str]:
        if found["confirmed"]:
            raise Conflict("there is a second factor already", code="there")
        now = datetime.now(UTC)
        transaction.run(CONFIRM, id=found["id"], now=now)
        _told(transaction, found, "factor_on", "factor.on")
        return _renewed(transaction, account_id)

    return _with_code(store, account_id, code, work, keys=keys)


def verify(store: Store, account_id: str, code: str, *, keys: Sequence[bytes]) -> None:
    """Let somebody go on who has a code of the authenticator, or a recovery code.

    Raises
    ------
    BadValue
        'code' if it is wrong, or was used before.
    ThingNotFound
        If the account has no second factor.
    TooMany
        After five wrong ones, for a quarter of an hour.
    """
    _with_code(store, account_id, code, lambda transaction, found: None, keys=keys)


def renew_codes(store: Store, account_id: str, code: str, *, keys: Sequence[bytes]) -> list[str]:
    """Make ten other recovery codes for somebody who has a code; the earlier ones are gone.

    Raises
    ------
    BadValue, ThingNotFound, TooMany
        As `verify`.
    """

    def work(transaction: Transaction, found: Row) -> list[str]:
        audit(transaction, account_id, "self", "factor.codes", subject=account_id)
        return _renewed(transaction, account_id)

    return _with_code(store, account_id, code, work, keys=keys)


def switch_off(store: Store, account_id: str, code: str, *, keys: Sequence[bytes]) -> None:
    """Take the second factor away, for somebody who has a code of it.

    Raises
    ------
    BadValue, ThingNotFound, TooMany
        As `verify`.
    """

    def work(transaction: Transaction, found: Row) -> None:
        transaction.run(REMOVE, account_id=account_id)
        _told(transaction, found, "factor_off", "factor.off")

    _with_code(store, account_id, code, work, keys=keys)


def take_away(store: Store, account_id: str, *, actor: str) -> None:
    """Take somebody's second factor away, for an administrator whom they have convinced.

    Raises
    ------
    ThingNotFound
        If there is none.
    """

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, account_id=account_id)
        if not rows:
            raise ThingNotFound("no second factor")
        transaction.run(REMOVE, account_id=account_id)
        tell(transaction, _account(rows[0]), "factor_off")
        audit(transaction, actor, "admin", "factor.off", subject=account_id)

    store.in_write(work)


def _told(transaction: Transaction, found: Row, letter: str, act: str) -> None:
    tell(transaction, _account(found), letter)
    account_id = found["account_id"]
    audit(transaction, account_id, "self", act, subject=account_id)


def _account(found: Row) -> dict[str, str]:
    return {"id": found["account_id"], "email": found["email"], "language": found["language"]}


def _with_code(
    store: Store,
    account_id: str,
    code: str,
    act: Callable[[Transaction, Row], Answer],
    *,
    keys: Sequence[bytes],
) -> Answer:
    """Do something in the transaction in which a code is used up; a wrong one is kept as a try."""
    typed = "".join(letter for letter in code.lower() if letter.isalnum())
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> tuple[Answer] | None:
        rows = transaction.run(LOCKED, account_id=account_id)
        if not rows:
            raise ThingNotFound("no second factor")
        found = rows[0]
        tried_at = found["tried_at"]
        rested = tried_at is None or now - tried_at.to_native() >= REST
        tries = 0 if rested else found["tries"]
        if tries >= TRIES:
            raise TooMany("too many wrong codes: wait a quarter of an hour", code="tries")
        step = _step(keys, found["nonce"], typed, now)
        by_app = step is not None and step > found["last_step"]
        if not by_app and not (
            found["confirmed"]
            and transaction.run(USE_CODE, account_id=account_id, code_hash=_sum(typed), now=now)
        ):
            transaction.run(WRONG, id=found["id"], tries=tries + 1, now=now)
            return None
        last = step if by_app else found["last_step"]
        transaction.run(RIGHT, id=found["id"], step=last)
        return (act(transaction, found),)

    # The try is committed before it is refused.
    outcome = store.in_write(work)
    if outcome is None:
        raise BadValue(
            "this is not the code of now: wait for the next one, or use a code from the list",
            code="code",
        )
    return outcome[0]


def _renewed(transaction: Transaction, account_id: str) -> list[str]:
    codes = [new_id() for _ in range(CODES)]
    rows = [{"id": new_id(), "code_hash": _sum(code)} for code in codes]
    transaction.run(RENEW_CODES, account_id=account_id, rows=rows)
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in codes]


def _sum(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _secret(key: bytes, nonce: str) -> str:
    digest = hmac.digest(key, b"second factor:" + nonce.encode(), hashlib.sha256)
    return base64.b32encode(digest[:20]).decode("ascii")


def _step(keys: Sequence[bytes], nonce: str, code: str, now: datetime) -> int | None:
    """Return the step of 30 seconds whose code that is; None if it is wrong."""
    for key in keys:
        generator = pyotp.TOTP(_secret(key, nonce))
        here = generator.timecode(now)
        for step in range(here - WINDOW, here + WINDOW + 1):
            if hmac.compare_digest(generator.generate_otp(step), code):
                return step
    return None
