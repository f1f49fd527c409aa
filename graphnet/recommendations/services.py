"""Services: reading one, and adding one with its topics (staff)."""

from datetime import UTC, datetime

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.recommendations.own import mine
from graphnet.store import Row, Store, Transaction

LONGEST_TITLE, LONGEST_TEXT = 200, 5000

# One row: the service.
ONE_SERVICE = """MATCH (s:Service {id: $id})
RETURN s.id AS id, s.name AS title, coalesce(s.name_ru, s.name) AS title_ru,
  s.description AS text, coalesce(s.description_ru, s.description) AS text_ru,
  s.partner AS partner,
  [(s)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics LIMIT 1"""

# One row: the new service.
ADD_SERVICE = """CREATE (s:Service {id: $id, name: $title, name_ru: $title_ru, description: $text,
  description_ru: $text_ru, partner: $partner, created_at: $at})
WITH s UNWIND $topics AS topic MATCH (t:Topic {id: topic}) CREATE (s)-[:ABOUT]->(t)
RETURN s.id AS id LIMIT 1"""


def service(store: Store, viewer: Viewer, service_id: str) -> Row:
    """Return one service; a partner's only to those who agreed to see partners' offers.

    Raises
    ------
    ThingNotFound
    """
    rows = store.read(ONE_SERVICE, id=service_id) if not viewer.is_anyone else []
    agreed = viewer.is_staff or (
        viewer.person_key is not None
        and mine(store, viewer.person_key).consents.get("partners") == "given"
    )
    if not rows or (rows[0]["partner"] and not agreed):
        raise ThingNotFound("no such service")
    return rows[0]


def add(
    store: Store, viewer: Viewer, *, title: str, text: str, topics: list[str],
    title_ru: str = "", text_ru: str = "", partner: str = "",
) -> str:  # fmt: skip
    """Add a service with its topics, for every list at once; return its id.

    Raises
    ------
    NotAllowed, BadValue
    """
    viewer.require_staff()
    title, text = title.strip(), text.strip()
    if not title or not text or not topics:
        raise BadValue("a title, a text and at least one topic are needed")
    if len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
        raise BadValue("the title or the text is too long")
    name = new_id()
    values = {
        "id": name, "title": title, "text": text, "title_ru": title_ru.strip() or None,
        "text_ru": text_ru.strip() or None, "topics": topics, "at": datetime.now(UTC),
    }  # fmt: skip

    def work(transaction: Transaction) -> str:
        rows = transaction.run(ADD_SERVICE, partner=partner.strip() or None, **values)
        if not rows:
            raise BadValue("none of those topics exists")
        acted(transaction, viewer, "add service", name, detail=title, change=changes.ANNOUNCED)
        return name

    return store.in_write(work)
