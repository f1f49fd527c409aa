"""Pseudonyms: what the ledger knows people by, and the random keys that lead back to them.

A pseudonym is the HMAC of a person's own key, which stands apart (`:PseudonymKey`) and goes when
the person is erased: their entries stay then, and say nothing about anybody.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable

from graphnet.errors import PersonNotFound
from graphnet.model import new_id
from graphnet.store import Row, Store, Transaction

Read = Callable[..., list[Row]]  # `Store.read`, or `Transaction.run` where others must wait

# One row: a person who is there, and the key behind their pseudonym if they have one.
SECRETS = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
CALL (p) {
  OPTIONAL MATCH (k:PseudonymKey)-[t:OF]->(p)
  RETURN k.secret AS secret, coalesce(size(t.merged), 0) AS joined
}
RETURN p.key AS key, secret ORDER BY key, joined, secret LIMIT 200000"""

# One row: how many people got the key behind their pseudonym.
MAKE_SECRETS = """UNWIND $rows AS row MATCH (p:Person {key: row.key})
CREATE (:PseudonymKey {id: row.id, secret: row.secret})-[:OF]->(p) RETURN count(*) AS made"""

# One row: everybody who has a pseudonym, and the key behind it.
ALL_SECRETS = """MATCH (k:PseudonymKey)-[t:OF]->(p:Person)
RETURN p.key AS key, k.secret AS secret
ORDER BY key, coalesce(size(t.merged), 0) DESC, secret LIMIT 1000000"""


def keyed(secret: str, text: str) -> str:
    """Return what a text becomes under a person's key: another for everybody."""
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()[:32]


def pseudonym_of(secret: str) -> str:
    """Return the pseudonym that a person's random key gives: no way back without the key."""
    return keyed(secret, "pseudonym")


def secrets_of(transaction: Transaction, keys: Iterable[int]) -> dict[int, str]:
    """Return the keys behind people's pseudonyms, making those that are missing; under the lock."""
    wanted = sorted(set(keys))
    found: dict[int, str] = {}
    missing = []
    for row in transaction.run(SECRETS, keys=wanted):
        if row["secret"] is None:
            missing.append(int(row["key"]))
        else:
            found.setdefault(int(row["key"]), row["secret"])
    if len(found) + len(missing) < len(wanted):
        raise PersonNotFound("no such person")
    if missing:
        made = {key: secrets.token_hex(32) for key in missing}
        rows = [{"key": k, "id": new_id(), "secret": secret} for k, secret in made.items()]
        transaction.run(MAKE_SECRETS, rows=rows)
        found |= made
    return found


def pseudonyms(read: Read, keys: Iterable[int]) -> dict[int, str]:
    """Return the pseudonyms of those of the people who stand in the ledger."""
    found: dict[int, str] = {}
    for row in read(SECRETS, keys=sorted(set(keys))):
        if row["secret"] is not None:
            found.setdefault(int(row["key"]), pseudonym_of(row["secret"]))
    return found


def people_behind(store: Store) -> dict[str, int]:
    """Return the person's key behind every pseudonym that still has one.

    Of several of one person the one that they go by comes last.
    """
    return {pseudonym_of(row["secret"]): int(row["key"]) for row in store.read(ALL_SECRETS)}
