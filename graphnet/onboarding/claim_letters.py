"""The link in a letter to an address on file: whoever answers it reads that mailbox."""

from datetime import UTC, datetime

from graphnet import accounts
from graphnet.errors import ThingNotFound
from graphnet.onboarding.claims import LOCKED, settle, settled
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction

OPEN = ("waiting", "found")

# One row: the claim whose letter is about to leave, with its link: from now on it works.
ARM = """MATCH (c:Claim {id: $id}) WHERE c.state IN ['waiting', 'found'] AND c.expires_at > $now
SET c.letter_hash = $letter_hash RETURN c.id AS id"""

# One row: the claim of a letter's link, while it can still be used.
BY_LETTER = """MATCH (c:Claim {letter_hash: $letter_hash})
WHERE c.state IN ['waiting', 'found'] AND c.expires_at > $now
RETURN c.id AS id, c.name AS name LIMIT 1"""


def arm(store: Store, claim_id: str, token: str) -> bool:
    """Make the link of a letter that is about to leave work; False if the claim is decided."""
    return bool(
        store.write(ARM, id=claim_id, letter_hash=accounts.token_hash(token), now=datetime.now(UTC))
    )


def by_letter(store: Store, token: str) -> str:
    """Return the name in the claim whose letter has that link, without using it.

    Raises
    ------
    ThingNotFound
        If the link does not work any more.
    """
    rows = store.read(BY_LETTER, letter_hash=accounts.token_hash(token), now=datetime.now(UTC))
    if not rows:
        raise ThingNotFound("this link does not work any more")
    return str(rows[0]["name"])


def confirm_by_letter(store: Store, token: str) -> str:
    """Use the link of a letter to an address on file; return the token to choose a password by.

    Returns '' if staff must decide after all, because the record has changed since.

    Raises
    ------
    ThingNotFound
        If the link does not work any more, used included.
    """
    now = datetime.now(UTC)
    nobody = Viewer("anyone")

    def work(transaction: Transaction) -> str:
        rows = transaction.run(BY_LETTER, letter_hash=accounts.token_hash(token), now=now)
        locked = transaction.run(LOCKED, id=rows[0]["id"] if rows else "", now=now)
        if not locked or locked[0]["state"] not in OPEN or not locked[0]["open"]:
            raise ThingNotFound("this link does not work any more")
        account = settle(transaction, nobody, locked[0], how="address")
        if not account:
            return ""
        return accounts.make_link_in(transaction, account, "invite", role=nobody.kind)

    rows = store.read(BY_LETTER, letter_hash=accounts.token_hash(token), now=now)
    return settled(store, rows[0]["id"] if rows else "", work) or ""
