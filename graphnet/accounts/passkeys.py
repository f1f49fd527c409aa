"""Passkeys (WebAuthn, level 3): a key that the reader's device keeps, and unlocks for this site.

A passkey is asked for with user verification, so that it is two factors in itself: the device, and
the finger, face or number that unlocks it. The challenge is the site's own, bound to the browser
that asked, and each answer is taken once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from graphnet.accounts.letters import tell
from graphnet.accounts.records import Account
from graphnet.audit import audit
from graphnet.errors import BadValue, Conflict, ConstraintViolated, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.store import Row, Store, Transaction

MOST = 20
LONGEST_NAME = 60

# One row: the passkey that was added to the account.
ADD = """MATCH (a:Account {id: $account_id}) SET a.id = a.id
WITH a WHERE COUNT { (a)<-[:OF]-(:Passkey) } < $most
CREATE (k:Passkey {id: $id, credential_id: $credential_id, public_key: $public_key,
  sign_count: $sign_count, name: $name, created_at: $now})-[:OF]->(a)
RETURN a.id AS id, a.email AS email, a.language AS language"""

# One row: a passkey of the account, the newest first.
HELD_BY = """MATCH (:Account {id: $account_id})<-[:OF]-(k:Passkey)
RETURN k.id AS id, k.name AS name, k.created_at AS created_at, k.used_at AS used_at,
  k.credential_id AS credential_id ORDER BY created_at DESC, id LIMIT 50"""

# One row: the passkey that is gone, and whose it was.
REMOVE = """MATCH (a:Account {id: $account_id})<-[:OF]-(k:Passkey {id: $id})
WITH a, k, k.id AS gone DETACH DELETE k
RETURN gone, a.id AS id, a.email AS email, a.language AS language"""

# One row: the passkey with another name.
RENAME = """MATCH (:Account {id: $account_id})<-[:OF]-(k:Passkey {id: $id}) SET k.name = $name
RETURN k.id AS id"""

# One row: the passkey that somebody signs in with, locked, and its account.
LOCKED = """MATCH (k:Passkey {credential_id: $credential_id}) SET k.id = k.id
WITH k MATCH (k)-[:OF]->(a:Account) WHERE a.disabled_at IS NULL
RETURN k.id AS id, k.public_key AS public_key, k.sign_count AS sign_count,
  k.last_challenge AS last_challenge, a.id AS account_id LIMIT 1"""

# One row: the passkey that was used.
USED = """MATCH (k:Passkey {id: $id})
SET k.sign_count = $sign_count, k.used_at = $now, k.last_challenge = $challenge
RETURN k.id AS id"""


@dataclass(frozen=True)
class Site:
    """For whom a passkey is: the site's domain, its whole address, and its name."""

    domain: str
    origin: str
    name: str


@dataclass(frozen=True)
class Passkey:
    """One passkey of an account."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None


def held_by(store: Store, account_id: str) -> list[Passkey]:
    """Return the passkeys of an account, the newest first."""
    return [
        Passkey(
            row["id"],
            row["name"],
            row["created_at"].to_native(),
            row["used_at"].to_native() if row["used_at"] is not None else None,
        )
        for row in store.read(HELD_BY, account_id=account_id)
    ]


def options_to_add(store: Store, account: Account, site: Site) -> tuple[dict[str, Any], str]:
    """Return what the browser is asked to make a passkey with, and the challenge to keep."""
    have = [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(row["credential_id"]))
        for row in store.read(HELD_BY, account_id=account.id)
    ]
    options = generate_registration_options(
        rp_id=site.domain,
        rp_name=site.name,
        user_id=account.id.encode(),
        user_name=account.email,
        user_display_name=account.name.full or account.email,
        exclude_credentials=have,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return json.loads(options_to_json(options)), bytes_to_base64url(options.challenge)


def add(
    store: Store,
    account_id: str,
    made: Mapping[str, Any],
    *,
    challenge: str,
    site: Site,
    name: str,
) -> None:
    """Add the passkey that the browser has made; its owner is told.

    Raises
    ------
    BadValue
        'passkey' if it does not answer the challenge; 'name' if that is too long.
    Conflict
        If it is somebody's already.
    TooMany
        If the account has 20.
    """
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise BadValue(f"a passkey's name has at most {LONGEST_NAME} characters", code="name")
    try:
        verified = verify_registration_response(
            credential=dict(made),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as problem:
        raise BadValue(
            "the passkey does not answer this site's challenge: try again", code="passkey"
        ) from problem

    def work(transaction: Transaction) -> None:
        rows = transaction.run(
            ADD,
            account_id=account_id,
            id=new_id(),
            name=name,
            most=MOST,
            now=datetime.now(UTC),
            credential_id=bytes_to_base64url(verified.credential_id),
            public_key=bytes_to_base64url(verified.credential_public_key),
            sign_count=verified.sign_count,
        )
        if not rows:
            raise TooMany("that is enough passkeys for one account", code="passkeys")
        tell(transaction, rows[0], "passkey_added", name=name)
        audit(transaction, account_id, "self", "passkey.add", subject=account_id)

    try:
        store.in_write(work)
    except ConstraintViolated as problem:
        raise Conflict("this passkey is known already", code="known") from problem


def remove(store: Store, account_id: str, passkey_id: str) -> None:
    """Take a passkey away: it signs nobody in any more.

    Raises
    ------
    ThingNotFound
        If it is none of the account's.
    """

    def work(transaction: Transaction) -> None:
        rows = transaction.run(REMOVE, account_id=account_id, id=passkey_id)
        if not rows:
            raise ThingNotFound("no such passkey")
        tell(transaction, rows[0], "passkey_removed")
        audit(transaction, account_id, "self", "passkey.remove", subject=account_id)

    store.in_write(work)


def rename(store: Store, account_id: str, passkey_id: str, name: str) -> None:
    """Call a passkey something else.

    Raises
    ------
    BadValue
        'name'
    ThingNotFound
        As `remove`.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise BadValue(f"a passkey's name has 1 to {LONGEST_NAME} characters", code="name")
    if not store.write(RENAME, account_id=account_id, id=passkey_id, name=name):
        raise ThingNotFound("no such passkey")


def options_to_sign_in(site: Site) -> tuple[dict[str, Any], str]:
    """Return what the browser is asked for a passkey with, and the challenge to keep.

    It names no passkey and so no account: the device knows which of its own are for this site.
    """
    options = generate_authentication_options(
        rp_id=site.domain, user_verification=UserVerificationRequirement.REQUIRED
    )
    return json.loads(options_to_json(options)), bytes_to_base64url(options.challenge)


def who_signs_in(
    store: Store, answer: Mapping[str, Any], *, challenge: str, site: Site
) -> str | None:
    """Return the id of the account whose passkey answers the challenge, or None; each once."""
    credential_id = answer.get("id")
    if not isinstance(credential_id, str):
        return None

    def work(transaction: Transaction) -> str | None:
        rows = transaction.run(LOCKED, credential_id=credential_id)
        if not rows or rows[0]["last_challenge"] == challenge:
            return None
        sign_count = _checked(rows[0], answer, challenge, site)
        if sign_count is None:
            return None
        transaction.run(
            USED,
            id=rows[0]["id"],
            sign_count=sign_count,
            challenge=challenge,
            now=datetime.now(UTC),
        )
        return str(rows[0]["account_id"])

    return store.in_write(work)


def _checked(row: Row, answer: Mapping[str, Any], challenge: str, site: Site) -> int | None:
    try:
        verified = verify_authentication_response(
            credential=dict(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(row["public_key"]),
            credential_current_sign_count=row["sign_count"],
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return verified.new_sign_count
