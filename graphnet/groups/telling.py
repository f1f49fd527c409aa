"""Who is told what of a community: organisers, all of its members, or one person.

Letters leave as jobs and are written then, so that none says what is not so any more. All members
are written to by one job, in batches, each once for one version.
"""

from typing import TYPE_CHECKING, LiteralString

from graphnet import jobs, mail
from graphnet.errors import BadValue
from graphnet.privacy import shown
from graphnet.store import Row, Store, Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

TOLD = "community told"  # the job that writes to everybody who is a member
POLICY = jobs.Policy(lane="letters")
BATCH = 200

_ADDRESS: LiteralString = """head(COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
  RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email }) AS address
WHERE address IS NOT NULL
RETURN p.key AS key, p.id AS person, address[0] AS email, address[1] AS language"""

# One row: somebody who organises a community, and where they are written to.
ORGANISERS = (
    """MATCH (:Group {id: $id})<-[:MEMBER_OF {role: 'organiser'}]-(p:Person) WHERE """
    + shown("p")
    + " WITH p, "
    + _ADDRESS
    + " ORDER BY key LIMIT 50"
)

# One row: a member of a community after $after in the order of keys, and where they are written to.
MEMBERS = (
    """MATCH (:Group {id: $id})<-[:MEMBER_OF]-(p:Person) WHERE p.key > $after AND """
    + shown("p")
    + " WITH p, "
    + _ADDRESS
    + " ORDER BY key LIMIT $limit"
)

# One row: one person, and where they are written to.
PERSON = (
    """MATCH (p:Person {key: $key}) WHERE """ + shown("p") + " WITH p, " + _ADDRESS + " LIMIT 1"
)

# One row: what a letter says of the community when it leaves.
ABOUT = """MATCH (g:Group {id: $id})
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru,
  coalesce(g.visibility, 'members') AS visibility, coalesce(g.state, 'published') AS state,
  g.notice AS notice, [(g)-[:BECAME]->(h:Group) | [h.id, h.name, coalesce(h.name_ru, h.name)]]
    AS became LIMIT 1"""

# One row: what a letter says of a request when it leaves: how it stands, and the words with it.
REQUEST = """MATCH (q:MembershipRequest {id: $id})-[:BY]->(p:Person)
RETURN q.kind AS kind, q.state AS state, q.text AS text, q.answer AS answer, p.key AS key LIMIT 1"""

# One row: how somebody stands in a community when a letter leaves.
ROLE = """MATCH (:Person {id: $person})-[m:MEMBER_OF]->(:Group {id: $id})
RETURN coalesce(m.role, 'member') AS role LIMIT 1"""


# One row: somebody who organises a community, whether they can be written to or not.
ORGANISERS_OF = """MATCH (:Group {id: $id})<-[:MEMBER_OF {role: 'organiser'}]-(p:Person)
RETURN p.key AS key ORDER BY key LIMIT 50"""


def organisers(
    transaction: Transaction, what: str, group_id: str, *, once: str, request: str = ""
) -> int:
    """Have all who organise a community written to; return how many."""
    rows = transaction.run(ORGANISERS, id=group_id)
    return _letters(transaction, rows, what, group_id, once=once, request=request)


def person(
    transaction: Transaction, what: str, group_id: str, key: int, *, once: str, request: str = ""
) -> int:
    """Have one person written to; return whether there is where to."""
    rows = transaction.run(PERSON, key=key)
    return _letters(transaction, rows, what, group_id, once=once, request=request)


def members(transaction: Transaction, what: str, group_id: str, *, once: str) -> None:
    """Have all members written to, by a job."""
    key = f"{TOLD}:{group_id}:{what}:{once}"
    jobs.enqueue(transaction, TOLD, {"group": group_id, "what": what, "once": once}, key=key)


def now(transaction: Transaction, what: str, group_id: str, *, once: str) -> None:
    """Have all who are members at this moment written to, before they are it no more."""
    after = 0
    while rows := transaction.run(MEMBERS, id=group_id, after=after, limit=BATCH):
        _letters(transaction, rows, what, group_id, once=once)
        after = rows[-1]["key"]


def teller(engine: "Engine") -> jobs.Handler:
    """Return the handler that has everybody in a community written to."""

    def work(job: jobs.Job) -> None:
        group, what, once = (job.payload[name] for name in ("group", "what", "once"))
        after = 0
        while rows := engine.store.read(MEMBERS, id=group, after=after, limit=BATCH):
            _batch(engine.store, rows, what, group, once)
            after = rows[-1]["key"]

    return work


def _batch(store: Store, rows: list[Row], what: str, group: str, once: str) -> None:
    store.in_write(lambda transaction: _letters(transaction, rows, what, group, once=once))


def _letters(
    transaction: Transaction,
    rows: list[Row],
    what: str,
    group: str,
    *,
    once: str,
    request: str = "",
) -> int:
    written = 0
    for row in rows:
        try:
            mail.enqueue_about(
                transaction,
                f"groups.{what}",
                {"group": group, "request": request, "person": row["person"]},
                to=row["email"],
                language=row["language"],
                key=f"groups.{what}:{group}:{once}:{row['person']}",
                person=row["person"],
            )
            written += 1
        except BadValue:
            continue  # one address that is none does not keep the others' letters
    return written


def about(store: Store, group_id: str) -> Row | None:
    """Return a community, for a letter."""
    rows = store.read(ABOUT, id=group_id)
    return rows[0] if rows else None


def request(store: Store, request_id: str) -> Row | None:
    """Return a request for membership, for a letter."""
    rows = store.read(REQUEST, id=request_id)
    return rows[0] if rows else None


def role(store: Store, person_id: str, group_id: str) -> str:
    """Return how somebody stands in a community: 'organiser', 'member' or ''."""
    rows = store.read(ROLE, person=person_id, id=group_id)
    return str(rows[0]["role"]) if rows else ""
