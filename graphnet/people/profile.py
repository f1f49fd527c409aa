"""One person's page, as the viewer may see it."""

from dataclasses import dataclass

from graphnet import privacy
from graphnet.errors import PersonNotFound
from graphnet.people.cards import FACTS, Card, cards
from graphnet.people.lookup import KEY_OF
from graphnet.privacy import STANDARD, Level, Rules, Viewer
from graphnet.store import Row, Store

# One row: a topic of interest.
INTERESTS = """MATCH (p:Person {key: $key})-[i:INTERESTED_IN]->(t:Topic)
RETURN t.id AS id, t.name AS name, coalesce(t.name_ru, t.name) AS name_ru,
  coalesce(i.weight, 1.0) AS weight ORDER BY weight DESC, id LIMIT 100"""

# One row: a community.
COMMUNITIES = """MATCH (p:Person {key: $key})-[m:MEMBER_OF]->(g:Group)
RETURN g.id AS id, g.name AS name, coalesce(g.name_ru, g.name) AS name_ru, m.role AS role
ORDER BY name, id LIMIT 100"""

# One row: a way to reach the person.
CONTACTS = """MATCH (p:Person {key: $key})-[:HAS]->(c:ContactPoint)
RETURN c.kind AS kind, c.value AS value, c.bounced_at AS bounced_at, c.verified_at AS verified_at
ORDER BY kind, value LIMIT 50"""


@dataclass(frozen=True)
class Profile:
    """Everything on a person's page."""

    card: Card
    interests: tuple[Row, ...]
    communities: tuple[Row, ...]
    contacts: tuple[Row, ...]
    audiences: dict[str, str]
    hidden: bool


def profile(
    store: Store,
    viewer: Viewer,
    person_id: str,
    *,
    rules: Rules = STANDARD,
) -> Profile:
    """Return a person's page for this viewer.

    Raises
    ------
    PersonNotFound
        If there is no such person, or none that the viewer may see: the same answer and code path.
    """
    rows = store.read(KEY_OF, id=person_id)
    key = int(rows[0]["key"]) if rows else -1
    found = cards(store, viewer, [key], rules=rules)
    if not found:
        raise PersonNotFound("no such person")
    card = found[0]
    own = card.level == Level.SELF
    hidden = False
    settings = dict(privacy.DEFAULT_AUDIENCES)
    if own:
        row = store.read(FACTS, keys=[key], me=key)[0]
        hidden = row["visibility"] == "hidden"
        settings = privacy.audiences(row["audiences"])
    return Profile(
        card=card,
        interests=tuple(store.read(INTERESTS, key=key)) if "interests" in card.fields else (),
        communities=tuple(store.read(COMMUNITIES, key=key)) if "groups" in card.fields else (),
        contacts=tuple(store.read(CONTACTS, key=key)) if "contacts" in card.fields else (),
        audiences=settings,
        hidden=hidden,
    )
