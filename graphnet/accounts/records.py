"""Accounts themselves: made, read, listed, switched off; each belongs to exactly one person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphnet import changes
from graphnet.accounts.passwords import check_password, hashed, matches
from graphnet.addresses import address_key
from graphnet.audit import audit
from graphnet.errors import BadValue, Conflict, ConstraintViolated, PersonNotFound, ThingNotFound
from graphnet.model import ROLES, Name, new_id
from graphnet.names.folding import fold
from graphnet.privacy import shown
from graphnet.store import Row, Store, Transaction

# One row: an account with its person.
ACCOUNT = """MATCH (a:Account {id: $id})-[:OF]->(p:Person)
RETURN a.id AS id, a.email AS email, a.roles AS roles, a.language AS language,
  a.created_at AS created_at, a.disabled_at AS disabled_at,
  a.password_hash IS NOT NULL AS has_password, p.key AS person_key, p.id AS person_id,
  p.given_name AS given_name, p.patronymic AS patronymic, p.family_name AS family_name,
  p.visibility = 'hidden' AS hidden LIMIT 1"""

# One row: the same, found by its address.
ACCOUNT_BY_EMAIL = """MATCH (a:Account {email_key: $email_key})-[:OF]->(p:Person)
RETURN a.id AS id, a.email AS email, a.roles AS roles, a.language AS language,
  a.created_at AS created_at, a.disabled_at AS disabled_at,
  a.password_hash IS NOT NULL AS has_password, p.key AS person_key, p.id AS person_id,
  p.given_name AS given_name, p.patronymic AS patronymic, p.family_name AS family_name,
  p.visibility = 'hidden' AS hidden LIMIT 1"""

# One row: an account whose address or family name contains the words, in one role where given.
ACCOUNTS = (
    """MATCH (a:Account)-[:OF]->(p:Person)
WHERE ($role = '' OR $role IN a.roles)
  AND ($words = '' OR a.email_key CONTAINS $words
    OR ("""
    + shown("p")
    + """ AND p.name_key CONTAINS $folded))
RETURN a.id AS id, a.email AS email, a.roles AS roles, a.language AS language,
  a.created_at AS created_at, a.disabled_at AS disabled_at,
  a.password_hash IS NOT NULL AS has_password, p.key AS person_key, p.id AS person_id,
  p.given_name AS given_name, p.patronymic AS patronymic, p.family_name AS family_name,
  p.visibility = 'hidden' AS hidden
ORDER BY a.email_key, a.id SKIP $skip LIMIT $limit"""
)

# One row: how many accounts that would be.
COUNT = (
    """MATCH (a:Account)-[:OF]->(p:Person)
WHERE ($role = '' OR $role IN a.roles)
  AND ($words = '' OR a.email_key CONTAINS $words
    OR ("""
    + shown("p")
    + """ AND p.name_key CONTAINS $folded))
RETURN count(a) AS n LIMIT 1"""
)

# One row: the hash of an account's password.
HASH_OF = """MATCH (a:Account {id: $id})
RETURN a.password_hash AS password_hash, a.email AS email LIMIT 1"""

# One row: the account that was made for a person who is there.
CREATE = """MATCH (p:Person {key: $person_key})
CREATE (a:Account {id: $id, email: $email, email_key: $email_key, password_hash: $password_hash,
  roles: $roles, language: $language, created_at: $now})-[:OF]->(p)
RETURN a.id AS id, EXISTS { (p)<-[:OF]-(other:Account) WHERE other.id <> $id } AS taken"""

# One row: the key of a person who was made for an account: staff and partners are no alumni.
CREATE_PERSON = """MERGE (c:Counter {name: 'person'}) ON CREATE SET c.next = 0
SET c.next = c.next + 1 WITH c.next AS key
CREATE (p:Person {id: $id, key: key, given_name: $given, patronymic: $patronymic,
  family_name: $family, name_key: $name_key, visibility: 'shown', created_at: $now})
RETURN p.key AS key"""

# One row: the highest key of a person.
HIGHEST_KEY = """MATCH (p:Person) WHERE p.key IS NOT NULL
RETURN p.key AS key ORDER BY key DESC LIMIT 1"""

# One row: the counter, at least at $least.
RAISE_COUNTER = """MERGE (c:Counter {name: 'person'}) ON CREATE SET c.next = 0
SET c.next = CASE WHEN c.next < $least THEN $least ELSE c.next END RETURN c.next AS next"""

# Nothing comes back; rows whose person is not there are left out.
CREATE_MANY = """UNWIND $rows AS row
MATCH (p:Person {key: row.person_key})
MERGE (a:Account {email_key: row.email_key})
ON CREATE SET a.id = row.id, a.email = row.email, a.password_hash = $password_hash,
  a.roles = row.roles, a.language = row.language,
  a.created_at = coalesce(row.created_at, $now)
MERGE (a)-[:OF]->(p)"""

# One row: the account that was changed.
SET_LANGUAGE = "MATCH (a:Account {id: $id}) SET a.language = $language RETURN a.id AS id"

# One row: the account that was changed.
SET_HASH = """MATCH (a:Account {id: $id}) SET a.password_hash = $password_hash
RETURN a.id AS id, a.email AS email, a.language AS language"""

# One row: how many links that would open the account are gone.
END_LINKS = """MATCH (l:OneTimeLink)-[:FOR]->(:Account {id: $account_id})
DETACH DELETE l RETURN count(*) AS gone"""

# One row: the account that was changed; its sessions end.
DISABLE = """MATCH (a:Account {id: $id}) SET a.disabled_at = $now
WITH a OPTIONAL MATCH (s:Session)-[:HELD_BY]->(a) DETACH DELETE s
RETURN DISTINCT a.id AS id, a.email AS email, a.language AS language"""

# One row: the account that was changed.
ENABLE = """MATCH (a:Account {id: $id}) SET a.disabled_at = NULL
RETURN a.id AS id, a.email AS email, a.language AS language"""


@dataclass(frozen=True)
class Account:
    """Who can sign in, and the person they are."""

    id: str
    email: str
    roles: tuple[str, ...]
    language: str
    created_at: datetime
    disabled: bool
    has_password: bool
    person_key: int
    person_id: str
    name: Name
    hidden: bool = False


def email_key(email: str) -> str:
    """Return an address as it is compared: see `graphnet.addresses`.

    Raises
    ------
    BadValue
        If it cannot be an address.
    """
    return address_key(email)


def from_row(row: Row) -> Account:
    """Return the account that one of the queries here, or of sessions.py, has found."""
    return Account(
        id=row["id"],
        email=row["email"],
        roles=tuple(role for role in ROLES if role in (row["roles"] or ())),
        language=row["language"] or "",
        created_at=row["created_at"].to_native(),
        disabled=row.get("disabled_at") is not None,
        has_password=row["has_password"],
        person_key=row["person_key"],
        person_id=row["person_id"],
        name=Name(row["given_name"] or "", row["family_name"] or "", row["patronymic"] or ""),
        hidden=bool(row["hidden"]),
    )


def account(store: Store, account_id: str) -> Account:
    """Return an account.

    Raises
    ------
    ThingNotFound
        If there is none with that id.
    """
    rows = store.read(ACCOUNT, id=account_id)
    if not rows:
        raise ThingNotFound("no such account")
    return from_row(rows[0])


def account_by_email(store: Store, email: str) -> Account | None:
    """Return the account with that address, if there is one."""
    rows = store.read(ACCOUNT_BY_EMAIL, email_key=email_key(email))
    return from_row(rows[0]) if rows else None


def accounts(
    store: Store, *, words: str = "", role: str = "", skip: int = 0, limit: int = 50
) -> tuple[list[Account], int]:
    """Return one page of accounts by address, and how many there are in all."""
    asked: dict[str, Any] = {
        "words": words.strip().casefold(),
        "folded": fold(words.strip()),
        "role": role,
    }
    rows = store.read(ACCOUNTS, skip=skip, limit=limit, **asked)
    return [from_row(row) for row in rows], int(store.read(COUNT, **asked)[0]["n"])


def checked_roles(roles: Iterable[str]) -> list[str]:
    """Return the roles in their usual order.

    Raises
    ------
    BadValue
        If one is unknown.
    """
    given = set(roles)
    if unknown := given - set(ROLES):
        raise BadValue(
            f"no such role: {', '.join(sorted(unknown))}; there are {', '.join(ROLES)}",
            code="unknown",
            field="roles",
        )
    return [role for role in ROLES if role in given]


def create(
    store: Store,
    email: str,
    password: str | None = None,
    *,
    roles: Iterable[str] = ("alumnus",),
    person_key: int | None = None,
    name: Name | None = None,
    language: str = "",
    actor: str = "",
) -> Account:
    """Make an account for a person who is on file, or for a new one who is no alumnus.

    Parameters
    ----------
    password
        None for somebody who will choose one by an invitation.
    person_key
        Whose account it is; without it a person of that `name` is made.
    actor
        The id of the account that does it; empty at the command line.

    Raises
    ------
    BadValue
        If the address, a role or the password cannot be used.
    Conflict
        If the address or the person has an account already.
    PersonNotFound
        If there is no person with that key.
    """
    if password is not None:
        check_password(password, email=email)
    password_hash = hashed(password) if password is not None else None

    def work(transaction: Transaction) -> str:
        owner = person_key
        if owner is None:
            owner = create_person(transaction, name or Name(email.partition("@")[0], ""))
        return create_in(
            transaction,
            email,
            owner,
            roles=roles,
            language=language,
            actor=actor,
            password_hash=password_hash,
        )

    try:
        made = store.in_write(work)
    except ConstraintViolated as problem:
        raise Conflict(
            "this address has an account already", code="taken", field="email"
        ) from problem
    return account(store, made)


def create_in(
    transaction: Transaction,
    email: str,
    person_key: int,
    *,
    roles: Iterable[str] = ("alumnus",),
    language: str = "",
    actor: str = "",
    role: str = "admin",
    password_hash: str | None = None,
) -> str:
    """Make an account in the act's own transaction and return its id.

    Parameters
    ----------
    actor, role
        Who does it, and as what: the audit trail keeps both.

    Raises
    ------
    Conflict
        If the person has an account already. An address that is taken is `ConstraintViolated`.
    PersonNotFound
        If there is no person with that key.
    """
    made, given = new_id(), checked_roles(roles)
    rows = transaction.run(
        CREATE,
        person_key=person_key,
        id=made,
        email=email.strip(),
        email_key=email_key(email),
        password_hash=password_hash,
        roles=given,
        language=language,
        now=datetime.now(UTC),
    )
    if not rows:
        raise PersonNotFound("no such person")
    if rows[0]["taken"]:
        raise Conflict("this person has an account already", code="account")
    audit(transaction, actor, role, "account.create", subject=made, detail=", ".join(given))
    changes.record(transaction, "joined", [person_key])
    return made


def create_person(transaction: Transaction, name: Name) -> int:
    """Make a person who is no alumnus, with the next key, and return the key."""
    # Whoever else numbers people may not have counted here: never give a key that is taken.
    highest = transaction.run(HIGHEST_KEY)
    transaction.run(RAISE_COUNTER, least=highest[0]["key"] if highest else 0)
    rows = transaction.run(
        CREATE_PERSON,
        id=new_id(),
        given=name.given,
        patronymic=name.patronymic,
        family=name.family,
        name_key=fold(name.full),
        now=datetime.now(UTC),
    )
    return int(rows[0]["key"])


def create_many(store: Store, rows: Iterable[Mapping[str, Any]], password: str) -> int:
    """Make accounts of people on file who all have one password: a demo's, or a test's.

    The password is hashed once, which makes hundreds quick and says that they share it; real people
    get their accounts one by one.

    Parameters
    ----------
    rows
        Each with ``email`` and ``person_key``, and if wanted ``roles``, ``language`` and
        ``created_at``.
    """
    prepared = [
        {
            "id": new_id(),
            "email": row["email"],
            "email_key": email_key(row["email"]),
            "person_key": row["person_key"],
            "roles": checked_roles(row.get("roles", ("alumnus",))),
            "language": row.get("language", ""),
            "created_at": row.get("created_at"),
        }
        for row in rows
    ]
    return store.write_rows(
        CREATE_MANY, prepared, password_hash=hashed(password), now=datetime.now(UTC)
    )


def set_language(store: Store, account_id: str, language: str) -> None:
    """Keep the language that somebody reads in."""
    store.write(SET_LANGUAGE, id=account_id, language=language)


def knows_password(store: Store, account_id: str, password: str) -> bool:
    """Return whether that is the account's password; an account without one takes any."""
    rows = store.read(HASH_OF, id=account_id)
    if not rows:
        return False
    return rows[0]["password_hash"] is None or matches(rows[0]["password_hash"], password)


def change_password(store: Store, account_id: str, old: str, new: str, *, keep: str = "") -> None:
    """Give an account another password, for somebody who knows the present one.

    The other sessions end with it, and links that are on their way.

    Parameters
    ----------
    keep
        The session that goes on: that of whoever changes it.

    Raises
    ------
    BadValue
        With the message 'wrong' if the present password is another, else as `check_password`.
    """
    # What ends with a password stands beside it: sessions know accounts, not the other way.
    from graphnet.accounts.letters import tell
    from graphnet.accounts.sessions import END_OTHERS

    rows = store.read(HASH_OF, id=account_id)
    if not rows or not matches(rows[0]["password_hash"], old):
        raise BadValue("this is not the account's password, so it stays as it is", code="wrong")
    check_password(new, email=rows[0]["email"])
    password_hash = hashed(new)

    def work(transaction: Transaction) -> None:
        changed = transaction.run(SET_HASH, id=account_id, password_hash=password_hash)
        transaction.run(END_OTHERS, account_id=account_id, keep=keep)
        transaction.run(END_LINKS, account_id=account_id)
        tell(transaction, changed[0], "password")
        audit(transaction, account_id, "self", "password.change", subject=account_id)

    store.in_write(work)


def disable(store: Store, account_id: str, *, actor: str = "") -> None:
    """Switch an account off and end its sessions; nothing else is lost. Its owner is told.

    Raises
    ------
    Conflict
        If it is the last administrator's.
    """
    # The rule about the last administrator is one place: roles.py.
    from graphnet.accounts.letters import tell
    from graphnet.accounts.roles import keep_an_admin

    def work(transaction: Transaction) -> None:
        rows = transaction.run(DISABLE, id=account_id, now=datetime.now(UTC))
        if not rows:
            raise ThingNotFound("no such account")
        keep_an_admin(transaction)
        tell(transaction, rows[0], "closed")
        audit(transaction, actor, "admin", "account.disable", subject=account_id)

    store.in_write(work)


def enable(store: Store, account_id: str, *, actor: str = "") -> None:
    """Switch an account on again; its owner is told."""
    from graphnet.accounts.letters import tell

    def work(transaction: Transaction) -> None:
        rows = transaction.run(ENABLE, id=account_id)
        if not rows:
            raise ThingNotFound("no such account")
        tell(transaction, rows[0], "opened")
        audit(transaction, actor, "admin", "account.enable", subject=account_id)

    store.in_write(work)
