"""The directory of businesses, one business, my own, and what waits for staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from graphnet.errors import ThingNotFound
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer, among_members, business_shown
from graphnet.store import Row, Store, native

_ALL: LiteralString = """RETURN b.id AS id, coalesce(b.name, '') AS name,
  coalesce(b.name_ru, '') AS name_ru, coalesce(b.about, '') AS about,
  coalesce(b.about_ru, '') AS about_ru, coalesce(b.url, '') AS url, b.state AS state,
  b.version AS version, b.at AS at, b.changed_at AS changed_at, b.published_at AS published_at,
  coalesce(b.notice, '') AS notice,
  head([(b)-[:OF]->(p:Person) | p.key]) AS owner,
  head([(b)-[:LOCATED_IN]->(c:Place) | [c.id, c.name, coalesce(c.name_ru, c.name)]]) AS city,
  [(b)-[:ABOUT]->(t:Topic) | {id: t.id, name: t.name, name_ru: coalesce(t.name_ru, t.name)}]
    AS topics
"""

# Whoever hides takes theirs along, from the office's lists too.
_OWNED: LiteralString = "EXISTS { (b)-[:OF]->(o:Person) WHERE " + among_members("o") + " }"

_CHOSEN: LiteralString = """ AND ($topic = '' OR EXISTS { (b)-[:ABOUT]->(:Topic {id: $topic}) })
  AND ($city = '' OR EXISTS { (b)-[:LOCATED_IN]->(:Place {id: $city}) })
  AND all(word IN $words WHERE toLower(coalesce(b.name, '') + ' ' + coalesce(b.name_ru, '') + ' '
    + coalesce(b.about, '') + ' ' + coalesce(b.about_ru, '')) CONTAINS word)
"""

# One row: a business in the directory, by name.
PUBLISHED = (
    "MATCH (b:Business) WHERE "
    + business_shown("b")
    + _CHOSEN
    + "WITH b ORDER BY toLower(coalesce(b.name_ru, b.name)), b.id SKIP $skip LIMIT $limit\n"
    + _ALL
    + "ORDER BY toLower(CASE name_ru WHEN '' THEN name ELSE name_ru END), id"
)

# One row: how many there are.
COUNT = "MATCH (b:Business) WHERE " + business_shown("b") + _CHOSEN + "RETURN count(b) AS n LIMIT 1"

# One row: the business: to its owner and to staff also while it is not published.
ONE = (
    "MATCH (b:Business {id: $id}) WHERE "
    + business_shown("b")
    + " OR $staff AND "
    + _OWNED
    + " OR EXISTS { (b)-[:OF]->(:Person {key: $me}) }\n"
    + _ALL
    + "LIMIT 1"
)

# One row: a business of the viewer.
MINE = (
    "MATCH (b:Business)-[:OF]->(:Person {key: $me}) WITH b ORDER BY b.at, b.id LIMIT 20\n"
    + _ALL
    + "ORDER BY at, id"
)

# One row: a business in hand, for staff: of one state, or changed since it was published.
IN_HAND = (
    "MATCH (b:Business) WHERE "
    + _OWNED
    + """ AND ($state = '' OR b.state = $state
  OR $state = 'changed' AND b.state = 'published' AND b.changed_at > b.published_at)
WITH b ORDER BY b.changed_at DESC, b.id SKIP $skip LIMIT $limit
"""
    + _ALL
    + "ORDER BY changed_at DESC, id"
)

# One row: a city or a topic that a published business has.
CITIES = (
    "MATCH (b:Business)-[:LOCATED_IN]->(c:Place) WHERE "
    + business_shown("b")
    + " RETURN c.id AS id, c.name AS name, coalesce(c.name_ru, c.name) AS name_ru, count(b) AS n "
    "ORDER BY n DESC, id LIMIT 100"
)

# One row: a topic that a published business has.
TOPICS = (
    "MATCH (b:Business)-[:ABOUT]->(t:Topic) WHERE "
    + business_shown("b")
    + " RETURN t.id AS id, t.name AS name, coalesce(t.name_ru, t.name) AS name_ru, count(b) AS n "
    "ORDER BY n DESC, id LIMIT 100"
)

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = "EXISTS { (me)<-[:OF]-(:Business {state: 'sent_back'}) }"

# The same of staff: without it nothing of this waits for them.
STAFF_MAY = "EXISTS { (:Business {state: 'proposed'}) }"


@dataclass(frozen=True)
class Business:
    """A business as its reader sees it; `owner` where they may see whose it is."""

    id: str
    name: str
    name_ru: str
    about: str
    about_ru: str
    url: str
    state: str
    version: int
    city: tuple[str, str, str] | None
    topics: tuple[Row, ...]
    changed_at: datetime
    published_at: datetime | None
    notice: str
    owner: Card | None = None
    mine: bool = False


def published(
    store: Store,
    viewer: Viewer,
    *,
    text: str = "",
    topic: str = "",
    city: str = "",
    skip: int = 0,
    limit: int = 30,
    rules: Rules = STANDARD,
) -> tuple[list[Business], int]:
    """Return the directory, and how many there are in all; visitors find nobody's."""
    if viewer.is_anyone:
        return [], 0
    given: dict[str, Any] = {
        "topic": topic,
        "city": city,
        "words": text.casefold().split()[:8],
    }
    rows = store.read(PUBLISHED, skip=skip, limit=limit, **given)
    return _with_owners(store, viewer, rows, rules), int(store.read(COUNT, **given)[0]["n"])


def one(store: Store, viewer: Viewer, business_id: str, *, rules: Rules = STANDARD) -> Business:
    """Return one business.

    Raises
    ------
    ThingNotFound
        Also for one that this reader may not see.
    """
    if viewer.is_anyone:
        raise ThingNotFound("no such business")
    given = {"staff": viewer.is_staff, "me": viewer.person_key or 0}
    rows = store.read(ONE, id=business_id, **given)
    if not rows:
        raise ThingNotFound("no such business")
    return _with_owners(store, viewer, rows, rules)[0]


def mine(store: Store, viewer: Viewer) -> list[Business]:
    """Return the viewer's own businesses."""
    return [_business(row, None, mine=True) for row in store.read(MINE, me=viewer.own_key())]


def in_hand(
    store: Store,
    viewer: Viewer,
    state: str = "",
    *,
    skip: int = 0,
    limit: int = 50,
    rules: Rules = STANDARD,
) -> list[Business]:
    """Return businesses of a state for staff; 'changed': since they were published.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    rows = store.read(IN_HAND, state=state, skip=skip, limit=limit)
    return _with_owners(store, viewer, rows, rules)


def choices(store: Store) -> tuple[list[Row], list[Row]]:
    """Return the cities and the topics of the directory."""
    return store.read(CITIES), store.read(TOPICS)


def _with_owners(store: Store, viewer: Viewer, rows: list[Row], rules: Rules) -> list[Business]:
    keys = [row["owner"] for row in rows if row["owner"] is not None]
    shown = {
        card.key: card
        for card in (cards(store, viewer, keys, rules=rules, brief=True) if keys else ())
    }
    own = viewer.person_key
    return [
        _business(row, shown.get(row["owner"]), mine=own is not None and row["owner"] == own)
        for row in rows
    ]


def _business(row: Row, owner: Card | None, *, mine: bool) -> Business:
    row = native(row)
    return Business(
        row["id"],
        row["name"],
        row["name_ru"],
        row["about"],
        row["about_ru"],
        row["url"],
        row["state"],
        row["version"],
        tuple(row["city"]) if row["city"] else None,
        tuple(row["topics"]),
        row["changed_at"],
        row["published_at"],
        row["notice"],
        owner,
        mine,
    )
