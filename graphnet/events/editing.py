"""Making and changing events: by staff, and by organisers of a community for theirs.

A draft is seen by its makers alone. Organisers propose theirs and staff publish it; after that its
organisers go on changing it, and staff look at what of that is public or moves it: see
`graphnet.events.proposing`. Two who edit at once lose nothing: who saves second is given what
stands there now. What was called off stays readable. Everybody who is registered is told when
something moves or is called off: the letters are jobs, written when they leave.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphnet import changes, jobs
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events import seats
from graphnet.events.choosing import choices
from graphnet.events.content import (
    FOR_WHOM,
    MOVING,
    READ,
    Content,
    content_of,
)
from graphnet.model import lineage, new_id
from graphnet.numbering import next_key
from graphnet.privacy import Viewer, organises
from graphnet.store import Row, Store, Transaction, native
from graphnet.versions import Meanwhile, differences

TOLD = "event told"  # the job that writes to everybody who is registered

_ALL = """
RETURN e.id AS id, coalesce(e.title, '') AS title, coalesce(e.title_ru, '') AS title_ru,
  e.description AS description, e.description_ru AS description_ru, e.kind AS kind,
  e.starts_at AS starts_at, e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru, e.capacity AS capacity,
  coalesce(e.audience, e.visibility, 'members') AS audience,
  e.scale AS scale, e.map_url AS map_url, e.online_url AS online_url,
  e.outside_url AS outside_url, e.price AS price, e.reserve AS reserve, e.opens_at AS opens_at,
  e.closes_at AS closes_at, e.guests AS guests, e.whole_only AS whole_only,
  e.offer_hours AS offer_hours, e.questions AS questions, e.materials AS materials,
  e.invites_year AS invites_year, e.invites_code AS invites_code, e.notice AS notice,
  coalesce(e.state, 'published') AS state, e.cancelled_at AS cancelled_at,
  coalesce(e.version, 0) AS version, coalesce(e.sequence, 0) AS sequence,
  coalesce(e.visibility, 'members') AS visibility,
  head([(e)-[:HELD_BY]->(g:Group) | g.id]) AS group,
  head([(e)-[:HELD_BY]->(u:Unit) | u.id]) AS unit,
  head([(e)-[:LOCATED_IN]->(c:Place) | c.id]) AS city,
  [(e)-[:ABOUT]->(t:Topic) | t.id] AS topics,
  COUNT { MATCH (e)<-[:FOR]-(r:Registration)-[:BY]->(:Person)
    WHERE r.state IN ['yes', 'offered', 'waiting'] } AS registered LIMIT 1"""

# One row: an event that the viewer may change, all that its makers entered.
WHOLE = (
    """MATCH (e:Event {id: $id})
OPTIONAL MATCH (me:Person {key: $me})
WITH e, me WHERE $all OR """
    + organises("e", "me")
    + _ALL
)

# One row: the same, locked until the change is committed.
WHOLE_LOCKED = (
    """MATCH (e:Event {id: $id}) SET e.id = e.id
WITH e OPTIONAL MATCH (me:Person {key: $me})
WITH e, me WHERE $all OR """
    + organises("e", "me")
    + _ALL
)

# One row: the new event.
CREATE = """CREATE (e:Event {id: $id, key: $key, state: 'draft', visibility: 'draft', version: 0,
  sequence: 0, created_at: $now}) RETURN e.id AS id"""

# One row: the event as it is now.
SAVE = """MATCH (e:Event {id: $id}) SET e += $values RETURN e.version AS version"""

# One row: the event, without what it was tied to.
UNTIE = """MATCH (e:Event {id: $id})
OPTIONAL MATCH (e)-[t:HELD_BY]->(:Group|Unit) DELETE t
WITH DISTINCT e OPTIONAL MATCH (e)-[t:ABOUT]->(:Topic) DELETE t
WITH DISTINCT e OPTIONAL MATCH (e)-[t:LOCATED_IN]->(:Place) DELETE t
WITH DISTINCT e OPTIONAL MATCH (e)-[t:INVITES]->(:Group|Cohort|StudyGroup) DELETE t
RETURN DISTINCT e.id AS id"""

# One row: how many of these are there: who holds it, where, what about.
TIE = """MATCH (e:Event {id: $id})
CALL (e) { MATCH (g:Group {id: $group}) MERGE (e)-[:HELD_BY]->(g) RETURN count(g) AS holding }
CALL (e) { MATCH (u:Unit {id: $unit}) MERGE (e)-[:HELD_BY]->(u) RETURN count(u) AS units }
CALL (e) { MATCH (c:Place {id: $city}) MERGE (e)-[:LOCATED_IN]->(c) RETURN count(c) AS cities }
CALL (e) { UNWIND $topics AS topic MATCH (t:Topic {id: topic}) MERGE (e)-[:ABOUT]->(t)
  RETURN count(t) AS topics }
RETURN holding, units, cities, topics LIMIT 1"""

# One row: for how many communities it is.
INVITE_GROUP = """MATCH (e:Event {id: $id}) CALL (e) { MATCH (g:Group {id: $group}) RETURN g }
MERGE (e)-[:INVITES]->(g) RETURN count(g) AS n"""

# One row: for how many intakes it is.
INVITE_COHORT = """MATCH (e:Event {id: $id})
CALL (e) { MATCH (c:Cohort) WHERE c.intake_year = $year
  AND ($unit = '' OR EXISTS { (c)-[:OF]->(:Unit {id: $unit}) }) RETURN c }
MERGE (e)-[:INVITES]->(c) RETURN count(c) AS n"""

# One row: for how many study groups it is: those that had the code, with all of their lineage.
INVITE_STUDY_GROUP = (
    """MATCH (e:Event {id: $id})
CALL (e) { MATCH (:GroupCode {text: $code})<-[k:CALLED]-(g:StudyGroup)
  WHERE $year IS NULL OR k.academic_year = $year RETURN DISTINCT g LIMIT 20 }
"""
    + lineage("g", "h")
    + """WITH DISTINCT e, h MERGE (e)-[:INVITES]->(h) RETURN count(h) AS n"""
)


# One row: the reunion whose event it is.
OF_REUNION = """MATCH (e:Event {id: $id}) CALL (e) { MATCH (r:Reunion {id: $reunion}) RETURN r }
MERGE (r)-[:BECAME]->(e) RETURN r.id AS id"""

# One row: how many groups and intakes its reunion gathers: it is for all of them.
INVITE_REUNION = """MATCH (e:Event {id: $id})<-[:BECAME]-(:Reunion)-[:GATHERS]->(g)
WHERE g:StudyGroup OR g:Cohort
MERGE (e)-[:INVITES]->(g) RETURN count(g) AS n"""


class Looked(Conflict):
    """Staff look at this change first."""

    def __init__(self) -> None:
        super().__init__("staff look at this change first: propose it to them", code="looked")


@dataclass(frozen=True)
class Editable:
    """An event as its makers see it."""

    id: str
    content: Content
    version: int
    state: str
    cancelled: bool
    registered: int
    sequence: int
    notice: str


def one(store: Store, viewer: Viewer, event_id: str) -> Editable:
    """Return an event that the viewer may change.

    Raises
    ------
    ThingNotFound
        If there is none, or it is not theirs.
    """
    return editable(store.read(WHOLE, id=event_id, **who(viewer)))


def who(viewer: Viewer) -> dict[str, Any]:
    """Return the parameters by which `WHOLE` knows who asks."""
    if viewer.is_staff:
        viewer.require_staff()
        return {"me": viewer.person_key or 0, "all": True}
    return {"me": viewer.own_key(), "all": False}


def editable(rows: list[Row]) -> Editable:
    """Return what `WHOLE` found.

    Raises
    ------
    ThingNotFound
    """
    if not rows or rows[0]["visibility"] == "quarantined":
        raise ThingNotFound("no such event")
    row = native(rows[0])
    return Editable(
        row["id"],
        content_of(row),
        row["version"],
        row["state"],
        row["cancelled_at"] is not None,
        row["registered"],
        row["sequence"],
        row["notice"] or "",
    )


def create(store: Store, viewer: Viewer, content: Content) -> str:
    """Draft an event, and return its id.

    Raises
    ------
    NotAllowed, BadValue
    """
    content.check()
    _own(store, viewer, content, None)
    return store.in_write(lambda transaction: draft(transaction, viewer, content))


def draft(transaction: Transaction, viewer: Viewer, content: Content, *, reunion: str = "") -> str:
    """Draft an event that was looked at, in the transaction of an act that does more.

    Parameters
    ----------
    reunion
        The id of the reunion whose groups are invited, where that is its audience.
    """
    now = datetime.now(UTC)
    key = next_key(transaction)
    event_id = str(transaction.run(CREATE, id=new_id(), key=key, now=now)[0]["id"])
    if reunion:
        transaction.run(OF_REUNION, id=event_id, reunion=reunion)
    _write(transaction, event_id, content, {"version": 1, "changed_at": now})
    acted(transaction, viewer, "draft event", event_id)
    return event_id


def _own(store: Store, viewer: Viewer, content: Content, held: Content | None) -> None:
    """Refuse what is held by a community of which the viewer is no organiser; `held` stands now."""
    may = choices(store, viewer, anew=held is None)
    now = held or Content()
    of_reunion = now.audience == "reunion"
    if content.audience == "reunion" and not of_reunion:
        raise _not_offered("audience", content.audience)
    groups = {row["id"] for row in may.groups} | {now.group}
    if content.group and content.group not in groups:
        raise _not_offered("group", content.group)
    if not viewer.is_staff and not (content.group or (of_reunion and not now.group)):
        raise BadValue("choose the community that holds the event", code="needed", field="group")
    if not viewer.is_staff and of_reunion and content.audience != "reunion" and not content.group:
        raise _not_offered("audience", content.audience)
    if content.unit and content.unit not in {row["id"] for row in may.units} | {now.unit}:
        raise _not_offered("unit", content.unit)
    if strange := set(content.topics) - {row["id"] for row in may.topics}:
        raise _not_offered("topics", ", ".join(sorted(strange)))
    if content.city and content.city not in {row["id"] for row in may.cities}:
        raise _not_offered("city", content.city)


def _not_offered(field: str, chosen: str) -> BadValue:
    sentence = f"{field}: {chosen} is none of those that this maker can choose"
    return BadValue(sentence, code="unknown", field=field)


def change(
    store: Store, viewer: Viewer, event_id: str, content: Content, *, version: int
) -> dict[str, tuple[object, object]]:
    """Change an event that was read in that version; return what differs, by the field's name.

    Raises
    ------
    ThingNotFound, BadValue
    Meanwhile
        If somebody has changed it since.
    Looked
        If staff look at it first: then `graphnet.events.proposing.propose` leaves it with them.
    Conflict
        If it was called off.
    """
    check(store, viewer, event_id, content)

    def work(transaction: Transaction) -> dict[str, tuple[object, object]]:
        found = unchanged(transaction, viewer, event_id, version)
        if not viewer.is_staff and looked_at(found, content):
            raise Looked
        return changed(transaction, viewer, found, content)

    return store.in_write(work)


def check(store: Store, viewer: Viewer, event_id: str, content: Content) -> None:
    """Look whether an event can be so, and whether the viewer may make it so.

    Raises
    ------
    ThingNotFound, BadValue
    """
    held = one(store, viewer, event_id)  # of an event that is not theirs they learn nothing
    content.check()
    _own(store, viewer, content, held.content)


def unchanged(transaction: Transaction, viewer: Viewer, event_id: str, version: int) -> Editable:
    """Lock an event that was read in that version, and return it.

    Raises
    ------
    ThingNotFound, Meanwhile
    Conflict
        If it was called off.
    """
    found = editable(transaction.run(WHOLE_LOCKED, id=event_id, **who(viewer)))
    if found.version != version:
        raise Meanwhile(found.content, found.version)
    if found.cancelled:
        raise Conflict(f"the event {event_id} is called off and stays so", code="cancelled")
    return found


def looked_at(found: Editable, content: Content) -> list[str]:
    """Return what of a change by organisers staff look at first, by the field's name.

    Where and when it is; for whom; and what everybody reads of it. A draft is looked at as a whole
    when it is proposed, what is over moves nobody, and seats and questions are the organisers' own.
    """
    if found.state != "published":
        return []
    different = set(differences(found.content, content))
    public = "public" in (found.content.audience, content.audience)
    return sorted(different & (MOVING | FOR_WHOM | (READ if public else frozenset())))


def changed(
    transaction: Transaction,
    viewer: Viewer,
    found: Editable,
    content: Content,
    *,
    told: bool = True,
) -> dict[str, tuple[object, object]]:
    """Make an event, which is locked, say what `content` does; return what differs.

    Parameters
    ----------
    told
        Whether those registered are written to of this event alone when it moves; who moves several
        at once tells each person of all of them in one letter.
    """
    event_id, version = found.id, found.version
    different = differences(found.content, content)
    if not different:
        return {}
    now = datetime.now(UTC)
    public = found.state == "published"
    values: dict[str, Any] = {"version": version + 1, "changed_at": now}
    if public:
        values |= {"sequence": found.sequence + 1, "visibility": seen_by(content.audience)}
    before = found.content.moment("starts")
    over = (content.moment("ends") or content.moment("starts") or now) <= now
    moved = not over and public and bool(MOVING & set(different))
    if moved and {"starts", "time_zone"} & set(different):
        values["moved_from"] = before
    _write(transaction, event_id, content, values)
    acted(
        transaction,
        viewer,
        "change event",
        event_id,
        detail=", ".join(sorted(different)),
        change=changes.ANNOUNCED if public else "",
    )
    if moved and told:
        tell(transaction, event_id, "moved", version + 1)
    if public:
        seats.call(transaction, event_id, now=now)
    return different


def _write(
    transaction: Transaction, event_id: str, content: Content, values: dict[str, Any]
) -> None:
    plain = {
        name: getattr(content, name) or None
        for name in (
            "title_ru",
            "description",
            "description_ru",
            "kind",
            "venue",
            "venue_ru",
            "map_url",
            "online_url",
            "scale",
            "outside_url",
            "price",
            "materials",
            "invites_year",
            "invites_code",
            "audience",
            "time_zone",
        )
    }
    # What is entered in one language is the title in both: every list reads the first.
    plain["title"] = content.title or content.title_ru
    transaction.run(
        SAVE,
        id=event_id,
        values=plain
        | {
            "starts_at": content.moment("starts"),
            "ends_at": content.moment("ends"),
            "opens_at": content.moment("opens"),
            "closes_at": content.moment("closes"),
            "capacity": content.capacity,
            "reserve": content.reserve,
            "guests": content.guests,
            "whole_only": content.whole_only,
            "offer_hours": content.offer_hours,
            "questions": list(content.questions),
        }
        | values,
    )
    transaction.run(UNTIE, id=event_id)
    transaction.run(
        TIE,
        id=event_id,
        group=content.group,
        unit=content.unit,
        city=content.city,
        topics=list(content.topics),
    )
    invited = 1
    if content.audience == "group":
        invited = transaction.run(INVITE_GROUP, id=event_id, group=content.group)[0]["n"]
    elif content.audience == "cohort":
        invited = transaction.run(
            INVITE_COHORT, id=event_id, year=content.invites_year, unit=content.unit
        )[0]["n"]
    elif content.audience == "study_group":
        invited = transaction.run(
            INVITE_STUDY_GROUP,
            id=event_id,
            code=content.invites_code.strip(),
            year=content.invites_year,
        )[0]["n"]
    elif content.audience == "reunion":
        invited = transaction.run(INVITE_REUNION, id=event_id)[0]["n"]
    if not invited:
        field = "invites_code" if content.audience == "study_group" else "invites_year"
        sentence = f"{field}: nobody of {getattr(content, field)} is on file there"
        raise BadValue(sentence, code="unknown", field=field)


def seen_by(audience: str) -> str:
    """Return the `visibility` of a published event for that audience."""
    return audience if audience in ("public", "members") else "invited"


def tell(
    transaction: Transaction, event_id: str, what: str, version: int | str, *, about: str = ""
) -> None:
    """Have everybody concerned written to, once for each version; `about` is a change's id."""
    jobs.enqueue(
        transaction,
        TOLD,
        {"event": event_id, "what": what, "about": about},
        key=f"{TOLD}:{event_id}:{version}",
    )
