"""The catalogue of services: what, for whom, in which steps, with which documents, on what terms.

Staff write it in the browser; everybody reads it. A service leads to the kind of request by which
it is asked for. A partner's offer is shown to those who agreed to see partners' offers.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.consent import newest
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

LONGEST_NAME, LONGEST_TEXT = 200, 5000
TEXTS = ("description", "audience", "steps", "documents", "terms")

# One row: a service that this reader is shown, or all of them where staff write them.
SERVICES = (
    """MATCH (s:Service) WHERE $all OR s.withdrawn_at IS NULL
OPTIONAL MATCH (me:Person {key: $me})
WITH s WHERE $all OR s.partner IS NULL OR """
    + newest("me", "partners")
    + """ = ['given']
RETURN s.id AS id, s.name AS name, coalesce(s.name_ru, s.name) AS name_ru,
  coalesce(s.description, '') AS description, coalesce(s.description_ru, '') AS description_ru,
  coalesce(s.audience, '') AS audience, coalesce(s.audience_ru, '') AS audience_ru,
  coalesce(s.partner, '') AS partner, s.withdrawn_at IS NOT NULL AS withdrawn,
  coalesce(s.position, 100) AS position
ORDER BY position, name, id LIMIT 500"""
)

# One row: one service with everything that is said of it.
SERVICE = (
    """MATCH (s:Service {id: $id}) WHERE $all OR s.withdrawn_at IS NULL
OPTIONAL MATCH (me:Person {key: $me})
WITH s WHERE $all OR s.partner IS NULL OR """
    + newest("me", "partners")
    + """ = ['given']
RETURN s {.*, name_ru: coalesce(s.name_ru, s.name)} AS service,
  COLLECT { MATCH (s)-[:HELD_BY]->(u:Unit)
            RETURN [u.id, u.name, coalesce(u.name_ru, u.name)] LIMIT 1 } AS units,
  [(s)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics LIMIT 1"""
)

# One row: the service as it is written now, if nobody has written it since.
SAVE = """MERGE (s:Service {id: $id}) ON CREATE SET s.created_at = $now, s.version = 0
WITH s WHERE coalesce(s.version, 0) = $version
SET s += $values, s.version = $version + 1, s.changed_at = $now,
  s.withdrawn_at = CASE WHEN $withdrawn THEN coalesce(s.withdrawn_at, $now) END
WITH s
OPTIONAL MATCH (s)-[old:HELD_BY|ABOUT]->() DELETE old
WITH DISTINCT s
CALL (s) {
  MATCH (u:Unit {id: $unit}) CREATE (s)-[:HELD_BY]->(u) RETURN count(u) AS held
}
CALL (s) {
  MATCH (t:Topic) WHERE t.id IN $topics CREATE (s)-[:ABOUT]->(t) RETURN count(t) AS about
}
RETURN s.id AS id, held, about"""


@dataclass(frozen=True)
class Service:
    """A service as staff write it; texts in both languages, one of which is enough."""

    id: str = ""
    version: int = 0
    name: str = ""
    name_ru: str = ""
    description: str = ""
    description_ru: str = ""
    audience: str = ""
    audience_ru: str = ""
    steps: str = ""
    steps_ru: str = ""
    documents: str = ""
    documents_ru: str = ""
    terms: str = ""
    terms_ru: str = ""
    partner: str = ""
    request_kind: str = ""
    unit: str = ""
    unit_name: str = ""
    unit_name_ru: str = ""
    topics: tuple[str, ...] = ()
    topic_names: tuple[tuple[str, str], ...] = field(default=())
    position: int = 100
    withdrawn: bool = False


def every(store: Store, viewer: Viewer, *, to_write: bool = False) -> list[Row]:
    """Return the services that the viewer is shown, in their order.

    Parameters
    ----------
    to_write
        For staff: those that were withdrawn and partners' offers as well.

    Raises
    ------
    NotAllowed
    """
    if to_write:
        viewer.require_staff()
    return store.read(SERVICES, me=viewer.person_key or 0, all=to_write)


def one(store: Store, viewer: Viewer, service_id: str, *, to_write: bool = False) -> Service:
    """Return one service.

    Raises
    ------
    ThingNotFound
        Also where this reader is not shown it.
    NotAllowed
    """
    if to_write:
        viewer.require_staff()
    seen_all = to_write or viewer.is_staff
    rows = store.read(SERVICE, id=service_id, me=viewer.person_key or 0, all=seen_all)
    if not rows:
        raise ThingNotFound("no such service")
    held = rows[0]["service"]
    names = set(Service.__dataclass_fields__) - {"topics", "topic_names", "unit"}
    plain = {name: held[name] for name in names if held.get(name) is not None}
    unit = rows[0]["units"][0] if rows[0]["units"] else ("", "", "")
    topics = sorted(rows[0]["topics"], key=lambda topic: str(topic["name"]))
    return Service(
        **plain,
        unit=unit[0],
        unit_name=unit[1],
        unit_name_ru=unit[2],
        topics=tuple(topic["id"] for topic in topics),
        topic_names=tuple((topic["name"], topic["name_ru"]) for topic in topics),
        withdrawn=held.get("withdrawn_at") is not None,
    )


def save(store: Store, viewer: Viewer, service: Service, *, now: datetime | None = None) -> str:
    """Write a service, a new one where it has no id; return its id.

    Raises
    ------
    BadValue
        ``name``, ``long``, ``unit`` or ``topics``.
    Conflict
        ``changed``: somebody has written it since.
    NotAllowed
    """
    viewer.require_staff()
    if not (service.name.strip() or service.name_ru.strip()):
        raise BadValue(
            "a service needs a name, in English or in Russian", code="name", field="name"
        )
    values = {name: value for name, value in asdict(service).items() if isinstance(value, str)}
    if max(len(service.name), len(service.name_ru), len(service.partner)) > LONGEST_NAME:
        raise BadValue(
            f"the names of a service and its partner have at most {LONGEST_NAME} characters",
            code="name",
            field="name",
        )
    if any(len(value) > LONGEST_TEXT for value in values.values()):
        raise BadValue(f"a text of a service has at most {LONGEST_TEXT:,} characters", code="long")
    for name in ("id", "unit", "unit_name", "unit_name_ru"):
        del values[name]
    written: dict[str, Any] = {name: value.strip() or None for name, value in values.items()}
    written["name"] = written["name"] or written["name_ru"]
    written["position"] = service.position
    service_id = service.id or new_id()

    def work(transaction: Transaction) -> str:
        rows = transaction.run(
            SAVE,
            id=service_id,
            version=service.version,
            values=written,
            withdrawn=service.withdrawn,
            unit=service.unit,
            topics=list(service.topics),
            now=now or datetime.now(UTC),
        )
        if not rows:
            raise Conflict(
                "a colleague has changed the service meanwhile: look at it again, then save once "
                "more",
                code="changed",
            )
        if service.unit and not rows[0]["held"]:
            raise BadValue(
                f"there is no unit {service.unit!r}: choose one of the list",
                code="unit",
                field="unit",
            )
        if rows[0]["about"] != len(set(service.topics)):
            raise BadValue(
                "one of these topics is not in the catalogue: choose from it",
                code="topics",
                field="topics",
            )
        act = "withdraw service" if service.withdrawn else "write service"
        acted(transaction, viewer, act, service_id, change=changes.ANNOUNCED)
        return service_id

    return store.in_write(work)
