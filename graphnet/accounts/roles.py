"""Roles given and taken. There is always an administrator who can sign in."""

from graphnet.accounts.letters import tell
from graphnet.accounts.records import checked_roles
from graphnet.audit import audit
from graphnet.erasure.holding import Gone
from graphnet.errors import Conflict, ThingNotFound
from graphnet.store import Store, Transaction

# One row: the roles of an account. The write takes the lock that makes "is there another
# administrator" true until the transaction ends, for all accounts: it is one node.
LOCKED_ROLES = """MERGE (c:Counter {name: 'roles'}) ON CREATE SET c.next = 0
SET c.next = c.next + 1
WITH c MATCH (a:Account {id: $id}) RETURN a.roles AS roles LIMIT 1"""

# One row: the account that was changed.
SET_ROLES = """MATCH (a:Account {id: $id}) SET a.roles = $roles
RETURN a.id AS id, a.email AS email, a.language AS language"""

# One row: whether an administrator is left.
ADMINS = """MERGE (c:Counter {name: 'roles'}) ON CREATE SET c.next = 0
SET c.next = c.next + 1
RETURN EXISTS { MATCH (a:Account) WHERE 'admin' IN a.roles AND a.disabled_at IS NULL } AS left"""

# One row: whether somebody else can give roles, or the person could not either.
OTHERS = """MERGE (c:Counter {name: 'roles'}) ON CREATE SET c.next = 0
SET c.next = c.next + 1
RETURN EXISTS { MATCH (a:Account)-[:OF]->(p:Person)
    WHERE 'admin' IN a.roles AND a.disabled_at IS NULL AND p.key <> $key }
  OR NOT EXISTS { MATCH (a:Account)-[:OF]->(:Person {key: $key})
    WHERE 'admin' IN a.roles AND a.disabled_at IS NULL } AS left"""


def leave_an_admin(transaction: Transaction, gone: Gone) -> None:
    """Let nobody be erased who alone can give roles, unless a backup has brought them back.

    Raises
    ------
    Conflict
        If they are the last administrator.
    """
    if not gone.again and not transaction.run(OTHERS, key=gone.key)[0]["left"]:
        raise Conflict("the last administrator stays: make somebody else one first", code="last")


def keep_an_admin(transaction: Transaction) -> None:
    """Undo the transaction if it left nobody who can give roles.

    Raises
    ------
    Conflict
        If no administrator is left.
    """
    if not transaction.run(ADMINS)[0]["left"]:
        raise Conflict("the last administrator stays: make somebody else one first", code="last")


def give_role(store: Store, account_id: str, role: str, *, actor: str = "") -> None:
    """Give an account a role and tell its owner; nothing happens if it has it."""
    _change(store, account_id, role, actor=actor, act="role.give")


def take_role(store: Store, account_id: str, role: str, *, actor: str = "") -> None:
    """Take a role from an account and tell its owner; nothing happens if it does not have it.

    Raises
    ------
    Conflict
        If it is the last administrator's.
    """
    _change(store, account_id, role, actor=actor, act="role.take")


def _change(store: Store, account_id: str, role: str, *, actor: str, act: str) -> None:
    wanted = set(checked_roles([role]))

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED_ROLES, id=account_id)
        if not rows:
            raise ThingNotFound("no such account")
        had = set(rows[0]["roles"] or ())
        has = had | wanted if act == "role.give" else had - wanted
        if has == had:
            return
        changed = transaction.run(SET_ROLES, id=account_id, roles=checked_roles(has))
        if "admin" in had - has:
            keep_an_admin(transaction)
        tell(transaction, changed[0], "rights", role=role, act=act)
        audit(transaction, actor, "admin", act, subject=account_id, detail=role)

    store.in_write(work)
