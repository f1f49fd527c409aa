"""Who is told of what becomes of a reunion: one job finds them, each gets a letter of their own.

What a letter says is written when it leaves, to those who have not said "not this" by then.
"""

from typing import TYPE_CHECKING, LiteralString

from graphnet import jobs, mail
from graphnet.errors import BadValue, Conflict, NotFound
from graphnet.events import registrations
from graphnet.privacy import Viewer, apart, registered
from graphnet.store import Store, Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

TOLD = "reunion told"
POLICY = jobs.Policy(lane="letters")
# What is told: the answers of those who are told it.
CONCERNED = {
    "date": ("yes", "maybe"),
    "event": ("yes", "maybe"),
    "cancelled": ("invited", "yes", "maybe"),
}

# Where somebody gets a letter: their account's address, else one on file at which letters arrive.
ADDRESS: LiteralString = """head(COLLECT { MATCH (p)<-[:OF]-(a:Account)
    WHERE a.disabled_at IS NULL
      AND NOT EXISTS { (p)-[:HAS]->(x:ContactPoint {value_key: a.email_key})
                       WHERE x.bounced_at IS NOT NULL }
    RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email LIMIT 1 }
  + COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'email'}) WHERE c.bounced_at IS NULL
    RETURN [c.value, coalesce(p.language, '')] ORDER BY c.verified_at IS NULL, c.value LIMIT 1 })"""

# One row: somebody who is concerned: by their answer to the invitation, by what they said to the
# days, or as one who makes it; what they said, and where they are written to.
PEOPLE = (
    """MATCH (r:Reunion {id: $id})
CALL (r) {
  MATCH (i:ReunionInvitation)-[:FOR]->(r) MATCH (i)-[:TO]->(p:Person) RETURN p
  UNION MATCH (p:Person)-[:ORGANISES]->(r) RETURN p
  UNION MATCH (p:Person)-[t:CAN]->(:ReunionDate)-[:FOR]->(r)
  WHERE t.answer IN ['yes', 'if_need_be'] RETURN p
}
WITH DISTINCT r, p WHERE NOT """
    + apart("p")
    + """
RETURN p.id AS id, p.key AS key,
  head(COLLECT { MATCH (p)<-[:TO]-(i:ReunionInvitation)-[:FOR]->(r)
    RETURN [i.id, i.state] ORDER BY i.at, i.id LIMIT 1 }) AS invitation,
  EXISTS { (p)-[:ORGANISES]->(r) } AS makes,
  """
    + registered("p")
    + """ AS here,
  EXISTS { MATCH (p)-[t:CAN {answer: 'yes'}]->(d:ReunionDate)-[:FOR]->(r)
    WHERE d.starts_at.epochSeconds = r.starts_at.epochSeconds } AS that_day, """
    + ADDRESS
    + """ AS address,
  head(COLLECT { MATCH (r)-[:BECAME]->(e:Event) WHERE e.cancelled_at IS NULL
    RETURN e.id ORDER BY e.starts_at DESC, e.id LIMIT 1 }) AS event
ORDER BY id LIMIT 5000"""
)


def tell(transaction: Transaction, reunion: str, what: str, *, once: str) -> None:
    """Have everybody concerned written to; the same `once` twice is one letter each."""
    jobs.enqueue(
        transaction,
        TOLD,
        {"reunion": reunion, "what": what, "once": once},
        key=f"{TOLD}:{reunion}:{what}:{once}",
    )


def teller(engine: "Engine") -> jobs.Handler:
    """Return the handler that has everybody concerned by a reunion written to."""

    def work(job: jobs.Job) -> None:
        held = job.payload
        spread(engine.store, held["reunion"], held["what"], once=held["once"])

    return work


def spread(store: Store, reunion: str, what: str, *, once: str) -> int:
    """Write to everybody concerned, and return to how many; safe to repeat.

    With 'event' a place is kept for those who had said yes to the reunion and to that very day:
    they learn it by the letter of their registration, or by ours if they have no account.
    """
    rows = store.read(PEOPLE, id=reunion)
    told = []
    for row in rows:
        state = row["invitation"][1] if row["invitation"] else ""
        if state in ("never", "no") or not (
            row["makes"] or state in CONCERNED[what] or (not state and row["that_day"])
        ):
            continue
        seat = False
        if what == "event" and state == "yes" and row["that_day"]:
            seat = keep_seat(store, row["key"], row["event"], "yes")
        if not (seat and row["here"]):
            told.append(row | {"seat": seat})

    def work(transaction: Transaction) -> int:
        n = 0
        for row in told:
            try:
                mail.enqueue_about(
                    transaction,
                    f"reunions.{what}",
                    {
                        "reunion": reunion,
                        "invitation": row["invitation"][0] if row["invitation"] else "",
                        "person": row["id"],
                        "here": row["here"],
                        "seat": row["seat"],
                    },
                    to=row["address"][0] if row["address"] else "",
                    language=row["address"][1] if row["address"] else "",
                    key=f"reunion-{what}:{reunion}:{once}:{row['id']}",
                    person=row["id"],
                )
                n += 1
            except BadValue:
                continue  # who has no address is told by those who are in touch with them
        return n

    return store.in_write(work)


def keep_seat(store: Store, key: int, event: str | None, answer: str) -> bool:
    """Say yes or no to a reunion's event for who has said so; return whether a place is theirs."""
    if event is None:
        return False
    try:
        return registrations.answer(store, Viewer("alumnus", key), event, answer) == "yes"
    except (Conflict, NotFound, BadValue):  # full, closed, over: they are told, and see it there
        return False
