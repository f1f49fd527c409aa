"""A reunion as one reader finds it, those of a reader, and the lock under which all acts stand."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, LiteralString, TypeVar

from graphnet.audit import acted
from graphnet.errors import Conflict, NotAllowed, ThingNotFound
from graphnet.privacy import Viewer, of_viewer
from graphnet.reunions.audience import gathered, makes_reunion, reunion_shown
from graphnet.store import Row, Store, Transaction, native

Answer = TypeVar("Answer")

STAGES = ("applied", "gathering", "dated", "announced", "held", "closed")

_SAID: LiteralString = (
    """
RETURN r.id AS id, coalesce(r.title, '') AS title, coalesce(r.about, '') AS about,
  coalesce(r.wishes, '') AS wishes, r.state AS state, r.at AS at, r.time_zone AS time_zone,
  r.poll_closes_at AS poll_closes_at, r.starts_at AS starts_at, coalesce(r.venue, '') AS venue,
  r.heads AS heads, r.lost_then AS lost_then, r.closed_at AS closed_at,
  coalesce(r.outcome, '') AS outcome, coalesce(r.reason, '') AS reason,
  coalesce(r.plans, []) AS plans, coalesce(r.owner, '') AS owner,
  r.asked_by IS NOT NULL AS written_down, coalesce(r.asked_how, '') AS asked_how,
  r.agreed_at AS agreed_at,
  COLLECT { MATCH (owner:Account {id: r.owner})-[:OF]->(o:Person)
    RETURN trim(coalesce(o.given_name, '') + ' ' + coalesce(o.family_name, ''))
    ORDER BY owner.id LIMIT 1 } AS partner,
  COLLECT { MATCH (r)-[t:GATHERS]->(g) WHERE t.chosen
    RETURN {id: g.id, cohort: g:Cohort,
      code: CASE WHEN g:Cohort THEN '' ELSE coalesce(head(COLLECT {
        MATCH (g)-[k:CALLED]->(code:GroupCode)
        RETURN code.text ORDER BY k.academic_year DESC, k.term DESC, code.text LIMIT 1 }),
        g.name, '') END,
      programme: coalesce(g.programme, ''), programme_ru: coalesce(g.programme_ru, g.programme, ''),
      year: coalesce(g.intake_year, head(COLLECT {
        MATCH (g)-[:OF]->(c:Cohort) RETURN c.intake_year ORDER BY c.id LIMIT 1 })) } AS one
    ORDER BY one.code, one.id LIMIT 20 } AS groups,
  COLLECT { MATCH (r)-[:BECAME]->(e:Event) WHERE e.cancelled_at IS NULL
    RETURN [e.id, e.starts_at, coalesce(e.ends_at, e.starts_at)]
    ORDER BY e.starts_at DESC, e.id LIMIT 1 } AS events,
  COLLECT { MATCH (q:Request)-[:FOR]->(r) RETURN [q.id, q.status, q.due_at]
    ORDER BY q.at DESC, q.id LIMIT 1 } AS requests,
  COLLECT { MATCH (me)-[t:ORGANISES]->(r) RETURN t.role ORDER BY t.role LIMIT 1 } AS roles,
  COLLECT { MATCH (me)<-[:TO]-(i:ReunionInvitation)-[:FOR]->(r)
    RETURN i.state ORDER BY i.at, i.id LIMIT 1 } AS invited,
  coalesce("""
    + makes_reunion("r", "me")
    + """, false) AS makes,
  coalesce("""
    + gathered("r", "me")
    + """, false) AS gathered"""
)

# One row: the reunion, if the reader finds it.
ONE = (
    """MATCH (r:Reunion {id: $id})
OPTIONAL MATCH (me:Person {key: $me})
WITH r, me WHERE """
    + reunion_shown("r", "me")
    + _SAID
    + " LIMIT 1"
)

# One row: the same, locked until the act is committed.
LOCKED = (
    """MATCH (r:Reunion {id: $id}) SET r.id = r.id
WITH r OPTIONAL MATCH (me:Person {key: $me})
WITH r, me WHERE """
    + reunion_shown("r", "me")
    + _SAID
    + " LIMIT 1"
)

# One row: a reunion of the reader's: they make it, help, were invited, or it gathers their group.
MINE = (
    """MATCH (me:Person {key: $me})
CALL (me) {
  MATCH (me)-[:ORGANISES]->(r:Reunion) RETURN r
  UNION MATCH (me)<-[:TO]-(:ReunionInvitation)-[:FOR]->(r:Reunion) RETURN r
  UNION MATCH (me)-[:STUDIED_IN]->()<-[:GATHERS]-(r:Reunion) RETURN r
  UNION MATCH (me)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(:Cohort)<-[:GATHERS]-(r:Reunion) RETURN r
}
WITH DISTINCT me, r WHERE """
    + reunion_shown("r", "me")
    + _SAID
    + """
ORDER BY state = 'closed', at DESC, id LIMIT 50"""
)

# One row: a reunion, for staff; those that are closed last, the newest first.
ALL = (
    """MATCH (r:Reunion) OPTIONAL MATCH (me:Person {key: $me}) WITH r, me"""
    + _SAID
    + """
ORDER BY state = 'closed', at DESC, id LIMIT 500"""
)

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)-[:ORGANISES]->(:Reunion) }
  OR EXISTS { (me)<-[:TO]-(:ReunionInvitation) }
  OR EXISTS { (me)-[:STUDIED_IN]->(:StudyGroup|Cohort)<-[:GATHERS]-(:Reunion) }
  OR EXISTS { (me)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(:Cohort)<-[:GATHERS]-(:Reunion) }"""

# The same of staff: without it nothing of this waits for them.
STAFF_MAY = "EXISTS { (reunion:Reunion) WHERE reunion.owner = $account }"


def stage(row: Row, now: datetime | None = None) -> str:
    """Return where a reunion stands, one of `STAGES`."""
    if row["state"] == "closed":
        return "closed"
    if row["event"]:
        return "held" if row["event"]["ends_at"] <= (now or datetime.now(UTC)) else "announced"
    return "dated" if row["starts_at"] is not None else str(row["state"])


def read(rows: list[Row]) -> list[Row]:
    """Return rows as pages read them: `stage`, `event`, `request`, `role`, `invited`, `partner`."""
    found = []
    for raw in rows:
        row = native(raw)
        events = [
            {"id": one[0], "starts_at": one[1].to_native(), "ends_at": one[2].to_native()}
            for one in row.pop("events")
        ]
        requests = [
            {"id": one[0], "status": one[1], "due_at": one[2].to_native() if one[2] else None}
            for one in row.pop("requests")
        ]
        row["event"] = events[0] if events else None
        row["request"] = requests[0] if requests else None
        row["role"] = row.pop("roles")[0] if row["roles"] else ""
        row["invited"] = row["invited"][0] if row["invited"] else ""
        row["partner"] = row["partner"][0] if row["partner"] else ""
        row["stage"] = stage(row)
        found.append(row)
    return found


def one(store: Store, viewer: Viewer, reunion_id: str) -> Row:
    """Return a reunion that the viewer finds; `makes` says whether they may change it.

    Raises
    ------
    ThingNotFound
        If there is none, or it is none of theirs: the same answer.
    """
    return _one(store.read(ONE, id=reunion_id, **asking(viewer)), viewer)


def _one(rows: list[Row], viewer: Viewer) -> Row:
    if not rows:
        raise ThingNotFound("no such reunion")
    row = read(rows)[0]
    row["makes"] = row["makes"] or viewer.is_staff
    return row


def asking(viewer: Viewer) -> dict[str, Any]:
    """Return the parameters by which a reunion is found for a viewer."""
    if viewer.is_staff:
        viewer.require_staff()
    else:
        viewer.own_key()
    given = of_viewer(viewer)
    return {"me": given["me"], "all": given["all"]}


def mine(store: Store, viewer: Viewer) -> list[Row]:
    """Return the reunions of the viewer's groups, and those to which they belong otherwise."""
    return read(store.read(MINE, me=viewer.own_key(), all=False))


def on(
    store: Store,
    viewer: Viewer,
    reunion_id: str,
    act: Callable[[Transaction, Row, datetime], Answer],
    *,
    did: str,
    who: str = "makers",
    now: datetime | None = None,
    closed: bool = False,
) -> Answer:
    """Do something with a reunion, under its lock and on the record.

    Parameters
    ----------
    did
        What is done, for the trail.
    who
        'makers': its organisers and staff; 'staff'; 'anyone': all who find it.
    closed
        Whether it may be closed.

    Raises
    ------
    ThingNotFound, NotAllowed
    Conflict
        ``closed``: it is over and done with.
    """

    def work(transaction: Transaction) -> Answer:
        row = _one(transaction.run(LOCKED, id=reunion_id, **asking(viewer)), viewer)
        if who == "staff":
            viewer.require_staff()
        if who == "makers" and not row["makes"]:
            raise NotAllowed("only its organisers and staff do this")
        if row["state"] == "closed" and not closed:
            raise Conflict(
                f"the reunion {reunion_id} is closed: nothing of it can be changed any more",
                code="closed",
            )
        answer = act(transaction, row, now or datetime.now(UTC))
        note(transaction, viewer, did, reunion_id)
        return answer

    return store.in_write(work)


def note(transaction: Transaction, viewer: Viewer, did: str, reunion_id: str) -> None:
    """Write what was done into the trail and the feed."""
    acted(transaction, viewer, did, reunion_id, change="reunion")
