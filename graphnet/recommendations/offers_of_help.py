"""Requests that members may answer: staff open them, members offer help, staff bring both together.

A request is shown to members only after staff have opened it with topics, once its asker agreed;
members see its subject and never the asker.
"""

from datetime import UTC, datetime

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, ThingNotFound
from graphnet.privacy import Viewer, visibilities
from graphnet.requests.kinds import Kinds
from graphnet.store import Row, Store, Transaction

# One row: the request that members see now.
OPEN = """MATCH (r:Request {id: $id}) WHERE r.status <> 'done' AND r.kind IN $kinds
SET r.visibility = 'members'
WITH r UNWIND $topics AS topic MATCH (t:Topic {id: topic}) MERGE (r)-[:ABOUT]->(t)
RETURN r.id AS id LIMIT 1"""

# One row: the request that members see no more.
CLOSE = """MATCH (r:Request {id: $id}) REMOVE r.visibility RETURN r.id AS id"""

# One row: the request to which help was offered.
OFFER = """MATCH (r:Request {id: $id}) WHERE r.status <> 'done' AND r.visibility IN $visibilities
CALL (r) { MATCH (me:Person {key: $me}) RETURN me }
MERGE (me)-[o:OFFERED_HELP]->(r) ON CREATE SET o.at = $at RETURN r.id AS id"""

# One row: an open request that members could answer, who asked and who offered help with it.
OFFERS = """MATCH (r:Request) WHERE r.status <> 'done' AND r.kind IN $kinds
RETURN r.id AS id, r.subject AS subject, r.kind AS kind, r.visibility AS visibility,
  [(r)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics,
  [(p:Person)-[:OFFERED_HELP]->(r) | p.key] AS helpers, r.at AS at,
  head([(p:Person)-[:ASKED]->(r) | p.key]) AS asker_key
ORDER BY size(helpers) DESC, at DESC, id LIMIT 100"""


def open_to_members(
    store: Store, viewer: Viewer, kinds: Kinds, request_id: str, topics: list[str]
) -> None:
    """Let members see the subject of a request whose asker agreed, by topics.

    Raises
    ------
    NotAllowed, BadValue
    ThingNotFound
        Also for a request of a kind that is not for members: its subject may be a name.
    """
    if not topics:
        raise BadValue("name at least one topic")
    _by_staff(store, viewer, request_id, topics, _for_members(kinds))


def close_to_members(store: Store, viewer: Viewer, request_id: str) -> None:
    """Take a request out of the members' lists."""
    _by_staff(store, viewer, request_id, None, [])


def _for_members(kinds: Kinds) -> list[str]:
    return sorted(kind.name for kind in kinds.values() if kind.for_members)


def _by_staff(
    store: Store, viewer: Viewer, request_id: str, topics: list[str] | None, kinds: list[str]
) -> None:
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        if topics is None:
            rows = transaction.run(CLOSE, id=request_id)
        else:
            rows = transaction.run(OPEN, id=request_id, topics=topics, kinds=kinds)
        if not rows:
            raise ThingNotFound("no such request")
        act = "close request to members" if topics is None else "open request to members"
        acted(transaction, viewer, act, request_id, change=changes.ANNOUNCED)

    store.in_write(work)


def offer(store: Store, viewer: Viewer, request_id: str) -> None:
    """Offer help with a request; twice is once.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    key = viewer.own_key()

    def work(transaction: Transaction) -> None:
        rows = transaction.run(
            OFFER, id=request_id, me=key, at=datetime.now(UTC), visibilities=visibilities(viewer)
        )
        if not rows:
            raise ThingNotFound("no such request")
        changes.record(transaction, "offered_help", [key], thing=request_id)

    store.in_write(work)


def offers(store: Store, viewer: Viewer, kinds: Kinds) -> list[Row]:
    """Return the open requests that members could answer, with who offered help, for staff."""
    viewer.require_staff()
    return store.read(OFFERS, kinds=_for_members(kinds))
