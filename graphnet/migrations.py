"""The database's migrations: each is done once, in order, and recorded; again is harmless."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import LiteralString

from graphnet.addresses import address_key
from graphnet.delicate import mark_topics
from graphnet.errors import BadValue, ConstraintViolated, StoreError
from graphnet.model import NODES, TIES
from graphnet.schema import constraints_and_indexes, log
from graphnet.store import Store


def names_known(store: Store) -> None:
    """Make every name of the model known; see `known`."""
    known(store, NODES, TIES)


def of_features(store: Store, labels: Mapping[str, tuple[str, ...]]) -> None:
    """Make the labels of features known, and the first property of each unique; repeatable."""
    if labels:
        known(store, labels, {})
    for label, names in labels.items():
        # From `Core.label`, which lets plain names through only.
        statement = (
            f"CREATE CONSTRAINT `feature_{label.lower()}` IF NOT EXISTS "
            f"FOR (n:`{label}`) REQUIRE n.`{names[0]}` IS UNIQUE"
        )
        store.run_alone(statement)


def known(
    store: Store, nodes: Mapping[str, tuple[str, ...]], ties: Mapping[str, tuple[str, ...]]
) -> None:
    """Make every label, tie type and property name known, by creating and deleting each once.

    A query that names something which never was in the database draws a warning (01N50-01N52); with
    all names known, such a warning always means a spelling mistake.
    """
    quoted = {name: f"`{name}`" for name in (*nodes, *ties)}
    properties = sorted({name for names in (*nodes.values(), *ties.values()) for name in names})
    labels = "".join(f":{quoted[label]}" for label in nodes)
    # The names come from our own code, never from outside: the one query made of parts.
    pattern = "".join(f" CREATE (a)-[:{quoted[kind]}]->(b)" for kind in ties)
    # No migration has a negative number: repeated later, this meets the constraint on it.
    settings = ", ".join(f"c.`{name}` = -1" for name in properties)
    query = (
        f"CREATE (a{labels}) CREATE (b:Migration) CREATE (c:Migration){pattern} "
        f"SET {settings} WITH a, b, c DETACH DELETE a, b, c"
    )
    store.run_alone(query)


# No row: in transactions of their own, entries of the trail that named people in a text.
KEYS_OF_READS = """MATCH (a:AuditEntry) WHERE a.keys IS NULL
CALL (a) {
  WITH a, CASE WHEN a.subject =~ '\\d+(,\\d+)*' THEN split(a.subject, ',') ELSE [] END AS keys
  SET a.keys = [key IN keys | toInteger(key)],
    a.subject = CASE keys WHEN [] THEN a.subject ELSE '' END
} IN TRANSACTIONS OF 10000 ROWS"""


def keys_of_reads(store: Store) -> None:
    """Turn the people whom old entries of the trail name in a text into numbers.

    The older program kept the first 50 of a list.
    """
    store.run_alone(KEYS_OF_READS)


_BEYOND = "'(?s).*[^\\x00-\\x7F].*'"


# One row: an address with letters beyond ASCII, and the key it has: of the others the key has not
# changed. Addresses on file, of accounts, of claims and of nominations by address.
STALE_KEYS: dict[str, LiteralString] = {
    "ContactPoint": "MATCH (n:ContactPoint {kind: 'email'}) WHERE n.value =~ "
    + _BEYOND
    + " AND n.id > $after "
    "RETURN n.id AS id, n.value AS address, n.value_key AS key ORDER BY id LIMIT 5000",
    "Account": "MATCH (n:Account) WHERE n.email =~ " + _BEYOND + " AND n.id > $after "
    "RETURN n.id AS id, n.email AS address, n.email_key AS key ORDER BY id LIMIT 5000",
    "Claim": "MATCH (n:Claim) WHERE n.email =~ " + _BEYOND + " AND n.id > $after "
    "RETURN n.id AS id, n.email AS address, n.email_key AS key ORDER BY id LIMIT 5000",
    "Nomination": "MATCH (n:Nomination) WHERE n.email =~ " + _BEYOND + " AND n.id > $after "
    "RETURN n.id AS id, n.email AS address, n.email_key AS key ORDER BY id LIMIT 5000",
}


# One row: whose key was changed.
SET_KEY: dict[str, LiteralString] = {
    "ContactPoint": "MATCH (n:ContactPoint {id: $id}) SET n.value_key = $key RETURN n.id AS id",
    "Account": "MATCH (n:Account {id: $id}) SET n.email_key = $key RETURN n.id AS id",
    "Claim": "MATCH (n:Claim {id: $id}) SET n.email_key = $key RETURN n.id AS id",
    "Nomination": "MATCH (n:Nomination {id: $id}) SET n.email_key = $key RETURN n.id AS id",
}


def address_keys(store: Store) -> None:
    """Give every address the key that `graphnet.addresses` gives it today.

    Of two accounts that turn out to have one address the second keeps its old key, and the log says
    so: their owners have to be asked.
    """
    for label, stale in STALE_KEYS.items():
        after = ""
        while rows := store.read(stale, after=after):
            after = rows[-1]["id"]
            for row in rows:
                try:
                    key = address_key(row["address"])
                    if key != row["key"]:
                        store.write(SET_KEY[label], id=row["id"], key=key)
                except BadValue:
                    log.warning("address.unusable of=%s id=%s", label, row["id"])
                except ConstraintViolated:
                    log.warning("address.taken of=%s id=%s", label, row["id"])


def delicate_topics(store: Store) -> None:
    """Mark the topics of the closed list, see `graphnet.delicate`; and index what is looked up."""
    mark_topics(store)
    constraints_and_indexes(store)


MIGRATIONS: tuple[tuple[int, str, Callable[[Store], None]], ...] = (
    (1, "every name known; constraints and indexes", names_known),
    (2, "constraints and indexes", constraints_and_indexes),
    (3, "names of invitations, pass-ons, plans, the contest and what was recommended", names_known),
    (4, "their constraints and indexes", constraints_and_indexes),
    (5, "names of jobs that end workers", names_known),
    (6, "the name of the people whom an entry of the trail is about", names_known),
    (7, "who was read, as numbers", keys_of_reads),
    (8, "addresses are compared by the A-label of their domain", address_keys),
    (9, "names of what people and staff correct", names_known),
    (10, "their constraints and indexes", constraints_and_indexes),
    (11, "names of contacts and messages", names_known),
    (12, "their constraints and indexes", constraints_and_indexes),
    (13, "names of coming in without an invitation", names_known),
    (14, "its constraint", constraints_and_indexes),
    (15, "names of second factors and passkeys", names_known),
    (16, "their constraints", constraints_and_indexes),
    (17, "names of identities of other sites", names_known),
    (18, "their constraints", constraints_and_indexes),
    (19, "names of uploads, doubles and merges", names_known),
    (20, "their constraints and indexes", constraints_and_indexes),
    (21, "names of the desk and of events that are made here", names_known),
    (22, "their constraints and indexes", constraints_and_indexes),
    (23, "names of reunions", names_known),
    (24, "their constraints", constraints_and_indexes),
    (25, "names of who is asked, kinds that staff edit, letters in and services", names_known),
    (26, "their constraints and indexes", constraints_and_indexes),
    (27, "names of the journal and of surveys", names_known),
    (28, "their constraints and indexes", constraints_and_indexes),
    (29, "names of the loyalty programme", names_known),
    (30, "its constraints", constraints_and_indexes),
    (31, "names of what is asked and proposed in a contest, and of news", names_known),
    (32, "the name of who has imported a run", names_known),
    (33, "names of who is told of an event, person by person", names_known),
    (34, "their constraints", constraints_and_indexes),
    (35, "names of how a sender's file is read, and of who has ended a stay", names_known),
    (36, "names of projects that are made here, and of the journal of their money", names_known),
    (37, "their constraints and indexes", constraints_and_indexes),
    (38, "names of what organisers propose, and of what was asked for somebody", names_known),
    (39, "their constraint and index", constraints_and_indexes),
    (40, "names of delicate topics, first steps and what becomes of a plan", names_known),
    (41, "topics that are delicate are marked; an index of programmes", delicate_topics),
    (42, "names of what is chosen at a merge, and of what a file takes away", names_known),
    (48, "names of communities that are founded, asked and talked in", names_known),
    (49, "their constraints", constraints_and_indexes),
    (50, "names of what a bank tells, and of needs and milestones in Russian", names_known),
    (51, "their constraints and indexes", constraints_and_indexes),
    (53, "names of programmes, of parts in events and of businesses", names_known),
    (54, "their constraints", constraints_and_indexes),
    (56, "names of what a letter asks", names_known),
    (57, "an index of when strangers have asked", constraints_and_indexes),
    (58, "names of who keeps books, of reminders, of names that become people", names_known),
    (61, "indexes of what communities and who asks them wait for", constraints_and_indexes),
)


# One row: a migration that has been done.
DONE = "MATCH (m:Migration) RETURN m.number AS number ORDER BY number LIMIT 10000"


# One row: the migration that was recorded.
RECORD = """MERGE (m:Migration {number: $number}) ON CREATE SET m.name = $name, m.at = $at
RETURN m.number AS number"""


def missing(store: Store) -> list[int]:
    """Return the numbers of the migrations that have not been done."""
    done = {row["number"] for row in store.read(DONE)}
    return [number for number, _, _ in MIGRATIONS if number not in done]


def migrate(store: Store) -> list[int]:
    """Do every migration that is not recorded, in order; return their numbers.

    A migration that was interrupted is done again: repeating one is harmless.

    Raises
    ------
    StoreError
        If the database has a migration that this program does not know: it is of a newer version.
    """
    # The label must exist before it is asked for, or the server warns about an unknown name.
    store.run_alone(
        "CREATE CONSTRAINT migration_number IF NOT EXISTS "
        "FOR (n:Migration) REQUIRE n.number IS UNIQUE"
    )
    done = {row["number"] for row in store.read(DONE)}
    newest = MIGRATIONS[-1][0]
    if done and max(done) > newest:
        raise StoreError(
            f"the database has migration {max(done)}, this program knows {newest}: "
            "start the newer program, or restore a backup"
        )
    performed = []
    for number, name, step in MIGRATIONS:
        if number not in done:
            step(store)
            store.write(RECORD, number=number, name=name, at=datetime.now(UTC))
            performed.append(number)
    return performed
