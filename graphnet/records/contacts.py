"""Addresses and numbers of a person: added, removed, noted as not working any more.

An address of one's own counts when its owner has opened the letter that went to it and pressed the
button there: until then it is a `:ContactProof` that nobody sees. What staff note was told to them.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet import mail
from graphnet.accounts.sessions import token_hash
from graphnet.addresses import address_key
from graphnet.audit import acted
from graphnet.discovery.contacts import contact_key
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.records.corrections import Told, correct, correct_in, role_of
from graphnet.store import Row, Store, Transaction, native

DAYS = 3
MOST = 20  # contacts of one person
MOST_LETTERS = 5  # to addresses that wait, so that nobody writes to strangers through us

# One row: how many addresses of a person wait to be confirmed, and one like this among them.
WAITING = """MATCH (p:Person {key: $key}) SET p.key = p.key
WITH p RETURN COUNT { (w:ContactProof)-[:OF]->(p) WHERE w.expires_at > $now } AS waiting,
  COLLECT { MATCH (w:ContactProof {value_key: $value_key})-[:OF]->(p)
            WHERE w.expires_at > $now RETURN w.id ORDER BY w.id LIMIT 1 } AS same,
  EXISTS { (p)-[:HAS]->(:ContactPoint {value_key: $value_key}) } AS there LIMIT 1"""

# One row: the address that waits from now on. Those that have run out are gone.
PROPOSE = """MATCH (p:Person {key: $key})
OPTIONAL MATCH (old:ContactProof)-[:OF]->(p) WHERE old.expires_at <= $now
DETACH DELETE old WITH DISTINCT p
CREATE (w:ContactProof {id: $id, value: $value, value_key: $value_key, at: $now,
  expires_at: $until})-[:OF]->(p) RETURN w.id AS id"""

# One row: the proof whose letter leaves now.
ARM = """MATCH (w:ContactProof {id: $id}) WHERE w.expires_at > $now
SET w.token_hash = $token_hash RETURN w.id AS id"""

# One row: the address behind a link.
BEHIND = """MATCH (w:ContactProof {token_hash: $token_hash})-[:OF]->(p:Person)
WHERE w.expires_at > $now RETURN w.id AS id, w.value AS value, p.key AS key LIMIT 1"""

# One row: what the proof said; it is gone. The first SET takes the lock.
TAKE = """MATCH (w:ContactProof {token_hash: $token_hash})-[:OF]->(p:Person) SET p.key = p.key
WITH w, p WHERE w.expires_at > $now
WITH w, p.key AS key, w.value AS value, w.value_key AS value_key
DETACH DELETE w RETURN key, value, value_key"""

# One row: an address of the person's that waits.
PENDING = """MATCH (w:ContactProof)-[:OF]->(:Person {key: $key}) WHERE w.expires_at > $now
RETURN w.id AS id, w.value AS value, w.expires_at AS expires_at ORDER BY w.at, id LIMIT 20"""

# One row: how many that wait are gone.
CALL_OFF = """MATCH (w:ContactProof {id: $id})-[:OF]->(:Person {key: $key})
DETACH DELETE w RETURN count(*) AS n"""


def ask_address(store: Store, viewer: Viewer, key: int, address: str, *, language: str) -> None:
    """Send a letter to a new address of a person's; it counts when its button was pressed.

    Raises
    ------
    BadValue
        'address' if it is none.
    Conflict
        'there' if it is the person's already, 'waits' if a letter is under way.
    TooMany
        If too many wait.
    NotAllowed, PersonNotFound
    """
    role_of(viewer, key)
    value, value_key = checked_address(address)

    def work(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        rows = transaction.run(WAITING, key=key, value_key=value_key, now=now)
        if not rows:
            raise PersonNotFound("no such person")
        if rows[0]["there"]:
            raise Conflict("this address stands on the page already", code="there")
        if rows[0]["same"]:
            raise Conflict(
                "a letter has gone to this address already: open it to confirm the address",
                code="waits",
            )
        if rows[0]["waiting"] >= MOST_LETTERS:
            raise TooMany(
                f"{MOST_LETTERS} addresses wait to be confirmed already: open those letters first",
                code="waiting",
            )
        made = new_id()
        until = now + timedelta(days=DAYS)
        transaction.run(
            PROPOSE, key=key, id=made, value=value, value_key=value_key, now=now, until=until
        )
        mail.enqueue_about(
            transaction,
            "records.address",
            {"proof": made},
            to=value,
            key=f"address:{made}",
            language=language,
        )
        acted(transaction, viewer, "contact.ask", made, keys=[key])

    store.in_write(work)


def checked_address(address: str) -> tuple[str, str]:
    """Return an address and its key.

    Raises
    ------
    BadValue
        'address' if it is none.
    """
    value = address.strip()
    try:
        mail.address(value)
        return value, address_key(value)
    except BadValue as problem:
        raise BadValue(
            "this is no e-mail address: write it like anna@example.org", code="address"
        ) from problem


def arm(store: Store, proof_id: str, token: str) -> bool:
    """Give a letter that leaves now its link; False if its address waits no more."""
    return bool(store.write(ARM, id=proof_id, token_hash=token_hash(token), now=datetime.now(UTC)))


def behind(store: Store, token: str) -> Row:
    """Return the address that a link confirms, without confirming it.

    Raises
    ------
    ThingNotFound
        If it was used, has run out, or never was: the same answer.
    """
    rows = store.read(BEHIND, token_hash=token_hash(token), now=datetime.now(UTC))
    if not rows:
        raise ThingNotFound("this link does not work any more")
    return rows[0]


def confirm(store: Store, token: str) -> None:
    """Make the address behind a link a contact of its person, confirmed now.

    Raises
    ------
    ThingNotFound
        As `behind`.
    """

    def work(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        rows = transaction.run(TAKE, token_hash=token_hash(token), now=now)
        if not rows:
            raise ThingNotFound("this link does not work any more")
        row = rows[0]
        themselves = Viewer("alumnus", row["key"])
        added = _added("email", row["value"], row["value_key"], verified=now, source="self")
        correct_in(transaction, themselves, row["key"], "contacts", added)

    store.in_write(work)


def pending(store: Store, viewer: Viewer, key: int) -> list[Row]:
    """Return the addresses of a person that wait to be confirmed."""
    role_of(viewer, key)
    return [native(row) for row in store.read(PENDING, key=key, now=datetime.now(UTC))]


def call_off(store: Store, viewer: Viewer, key: int, proof_id: str) -> None:
    """Wait no more for an address; one that does not wait is no error."""
    role_of(viewer, key)
    store.write(CALL_OFF, key=key, id=proof_id)


def add(
    store: Store, viewer: Viewer, key: int, kind: str, value: str, *, told: Told | None = None
) -> str:
    """Add a telephone number as `phonenumbers` writes it, or an address that staff were told.

    Raises
    ------
    BadValue, NotAllowed, PersonNotFound
    Conflict
        'there' if it is the person's already.
    """
    if kind == "phone":
        value_key = contact_key(value)
        if not value.startswith("+") or value_key != value:
            raise BadValue(
                "this is no telephone number with its country: write it like +7 916 123-45-67",
                code="phone",
            )
    elif role_of(viewer, key) == "staff":
        value, value_key = checked_address(value)
    else:
        raise BadValue(
            "one's own e-mail address is confirmed by a letter, not written onto the page",
            code="address",
        )
    source = role_of(viewer, key)
    change = _added(kind, value, value_key, verified=None, source=source)
    return correct(store, viewer, key, "contacts", change, told=told)


def _added(
    kind: str, value: str, value_key: str, *, verified: datetime | None, source: str
) -> Callable[[Any], Any]:
    """Return what adds a contact; one that does not work any more works again."""

    def change(now: list[Row]) -> list[Row]:
        rest = [row for row in now if row["said"].get("value_key") != value_key]
        if len(rest) != len(now) and verified is None:
            raise Conflict("this stands on the page already", code="there")
        if len(rest) >= MOST:
            raise BadValue(f"a page has at most {MOST} of these: take one away first", code="many")
        said = {"kind": kind, "value": value, "value_key": value_key, "source": source}
        if verified is not None:
            said["verified_at"] = verified.isoformat()
        made = new_id()
        return [*rest, {"id": made, "tie": {}, "said": {"id": made} | said}]

    return change


def remove(
    store: Store, viewer: Viewer, key: int, contact_id: str, *, told: Told | None = None
) -> str:
    """Take a contact away; no later import brings it back.

    Raises
    ------
    ThingNotFound
        If the person has no such contact.
    """

    def change(now: list[Row]) -> list[Row]:
        _must_have(now, contact_id)
        return [row for row in now if row["id"] != contact_id]

    return correct(store, viewer, key, "contacts", change, told=told)


def bounced(store: Store, viewer: Viewer, key: int, contact_id: str, *, told: Told) -> str:
    """Note that a contact does not work any more; staff do.

    Raises
    ------
    ThingNotFound, NotAllowed
    """
    viewer.require_staff()
    now = datetime.now(UTC).isoformat()

    def change(rows: list[Row]) -> list[Row]:
        _must_have(rows, contact_id)
        return [
            row | {"said": row["said"] | {"bounced_at": row["said"].get("bounced_at") or now}}
            if row["id"] == contact_id
            else row
            for row in rows
        ]

    return correct(store, viewer, key, "contacts", change, told=told)


def _must_have(rows: list[Row], contact_id: str) -> None:
    if not any(row["id"] == contact_id for row in rows):
        raise ThingNotFound("no such contact")
