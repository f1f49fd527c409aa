"""What may be recommended now, read once for all readers of a process and kept for half a minute.

Nothing here is about the reader. Visibility of the things is that of members; whether a person may
be seen is asked at question time.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from graphnet.privacy import Viewer, audiences, business_shown, plain_topic, visibilities
from graphnet.recommendations.items import Thing, Topic
from graphnet.store import Row, Store, Transaction

AHEAD = timedelta(days=60)
NEWS_AGE = timedelta(days=120)

# One row: a coming event.
EVENTS = """MATCH (e:Event)
WHERE e.starts_at >= $now AND e.starts_at < $until AND e.cancelled_at IS NULL
  AND coalesce(e.visibility, 'members') IN $visibilities
RETURN e.id AS id, e.title AS title, e.title_ru AS title_ru, e.starts_at AS starts_at,
  e.ends_at AS ends_at, e.time_zone AS time_zone,
  e.venue AS venue, e.venue_ru AS venue_ru, e.capacity AS capacity,
  e.created_at AS created_at,
  [(e)-[:HELD_BY]->(g:Group) | [g.id, g.name, coalesce(g.name_ru, g.name)]] AS groups,
  [(e)-[:ABOUT]->(t:Topic) | [t.id, t.name, coalesce(t.name_ru, t.name)]] AS topics
ORDER BY starts_at, id LIMIT 1000"""

# One row: a community.
GROUPS = """MATCH (g:Group) WHERE coalesce(g.visibility, 'members') IN $visibilities
RETURN g.id AS id, g.name AS title, g.name_ru AS title_ru, g.kind AS kind,
  g.description AS text, coalesce(g.description_ru, g.description) AS text_ru,
  [(g)-[:LOCATED_IN]->(c:Place) | [c.id, c.name, coalesce(c.name_ru, c.name)]] AS places,
  [(g)-[:ABOUT]->(t:Topic) | [t.id, t.name, coalesce(t.name_ru, t.name)]] AS topics
ORDER BY id LIMIT 5000"""

# One row: a project.
PROJECTS = """MATCH (j:Project) WHERE coalesce(j.visibility, 'members') IN $visibilities
RETURN j.id AS id, j.name AS title, j.name_ru AS title_ru, j.kind AS kind,
  j.description AS text, coalesce(j.description_ru, j.description) AS text_ru,
  [(j)-[:HELD_BY]->(g:Group) | [g.id, g.name, coalesce(g.name_ru, g.name)]] AS groups,
  [(j)-[:ABOUT]->(t:Topic) | [t.id, t.name, coalesce(t.name_ru, t.name)]] AS topics
ORDER BY id LIMIT 5000"""

# One row: a piece of news that is published.
NEWS = """MATCH (n:News) WHERE n.at >= $since AND n.at <= datetime()
  AND coalesce(n.state, 'published') = 'published'
RETURN n.id AS id, n.title AS title, n.title_ru AS title_ru, n.text AS text,
  coalesce(n.text_ru, n.text) AS text_ru, n.at AS at,
  [(n)-[:ABOUT]->(t:Topic) | [t.id, t.name, coalesce(t.name_ru, t.name)]] AS topics
ORDER BY at DESC, id LIMIT 500"""

# One row: a request that its asker lets members see.
REQUESTS = """MATCH (asker:Person)-[:ASKED]->(r:Request)
WHERE r.status <> 'done' AND r.visibility IN $visibilities
RETURN r.id AS id, r.subject AS title, null AS title_ru, r.kind AS kind, r.at AS at,
  asker.key AS asker,
  [(r)-[:ABOUT]->(t:Topic) | [t.id, t.name, coalesce(t.name_ru, t.name)]] AS topics
ORDER BY at DESC, id LIMIT 500"""

# One row: a service of the university, or a partner's.
SERVICES = """MATCH (s:Service) WHERE s.withdrawn_at IS NULL
RETURN s.id AS id, s.name AS title, s.name_ru AS title_ru, s.description AS text,
  coalesce(s.description_ru, s.description) AS text_ru, s.partner AS partner,
  [(s)-[:ABOUT]->(t:Topic) | [t.id, t.name, coalesce(t.name_ru, t.name)]] AS topics
ORDER BY id LIMIT 1000"""

# One row: a business of an alumnus that stands in the directory.
BUSINESSES = (
    "MATCH (b:Business)-[:OF]->(p:Person) WHERE "
    + business_shown("b")
    + """
RETURN b.id AS id, b.name AS title, b.name_ru AS title_ru, b.about AS text,
  coalesce(b.about_ru, b.about) AS text_ru, p.key AS owner,
  [(b)-[:LOCATED_IN]->(c:Place) | [c.id, c.name, coalesce(c.name_ru, c.name)]] AS places,
  [(b)-[:ABOUT]->(t:Topic) | [t.id, t.name, coalesce(t.name_ru, t.name)]] AS topics
ORDER BY id LIMIT 5000"""
)

# One row: somebody who offers something or looks for it; nobody is met by a delicate topic.
TALENTS = (
    """MATCH (p:Person)-[o:OFFERS|NEEDS]->(t:Topic) WHERE """
    + plain_topic("t")
    + """
RETURN p.key AS key, p.audiences AS audiences,
  collect([type(o), t.id]) AS what ORDER BY key LIMIT 100000"""
)

# One row: a topic.
TOPICS = """MATCH (t:Topic)
RETURN t.id AS id, t.name AS name, coalesce(t.name_ru, t.name) AS name_ru,
  coalesce(t.delicate, '') AS delicate
ORDER BY name, id LIMIT 5000"""


@dataclass(frozen=True)
class Talent:
    """Somebody who shows to members what they offer and look for."""

    key: int
    offers: frozenset[str]
    needs: frozenset[str]


@dataclass(frozen=True)
class Things:
    """What may be recommended.

    Attributes
    ----------
    of
        The things of each list, but for people.
    talents
        Who offers something or looks for it.
    by_offer, by_need
        Topic: places in `talents`.
    """

    read_at: datetime
    topics: dict[str, Topic]
    of: dict[str, tuple[Thing, ...]]
    talents: tuple[Talent, ...] = ()
    by_offer: dict[str, list[int]] = field(default_factory=dict)
    by_need: dict[str, list[int]] = field(default_factory=dict)

    def find(self, list_name: str, item: str) -> Thing | None:
        """Return one thing of a list."""
        return self._index.get((list_name, item))

    @cached_property
    def _index(self) -> dict[tuple[str, str], Thing]:
        return {(name, thing.id): thing for name, things in self.of.items() for thing in things}


def topics(store: Store) -> list[Topic]:
    """Return every topic, by name."""
    return [_topic(row) for row in store.read(TOPICS)]


def read_things(store: Store) -> Things:
    """Read what may be recommended to members."""
    now = datetime.now(UTC)
    seen = visibilities(Viewer("alumnus"))

    def work(transaction: Transaction) -> dict[str, list[Row]]:
        return {
            "topics": transaction.run(TOPICS),
            "events": transaction.run(EVENTS, now=now, until=now + AHEAD, visibilities=seen),
            "groups": transaction.run(GROUPS, visibilities=seen),
            "projects": transaction.run(PROJECTS, visibilities=seen),
            "news": transaction.run(NEWS, since=now - NEWS_AGE),
            "requests": transaction.run(REQUESTS, visibilities=seen),
            "services": transaction.run(SERVICES),
            "businesses": transaction.run(BUSINESSES),
            "talents": transaction.run(TALENTS),
        }

    rows = store.in_read(work)
    of = {
        name: tuple(_thing(name, row) for row in rows[name])
        for name in ("events", "groups", "projects", "news", "requests", "services", "businesses")
    }
    talents = tuple(_talents(rows["talents"]))
    by_offer: dict[str, list[int]] = {}
    by_need: dict[str, list[int]] = {}
    for place, talent in enumerate(talents):
        for topic in talent.offers:
            by_offer.setdefault(topic, []).append(place)
        for topic in talent.needs:
            by_need.setdefault(topic, []).append(place)
    named = {row["id"]: _topic(row) for row in rows["topics"]}
    return Things(now, named, of, talents, by_offer, by_need)


def _topic(row: Row) -> Topic:
    return Topic(row["id"], row["name"], row["name_ru"], row["delicate"])


def _thing(name: str, row: Row) -> Thing:
    plain: dict[str, Any] = {
        key: value.to_native() if hasattr(value, "to_native") else value
        for key, value in row.items()
    }
    plain["title_ru"] = plain["title_ru"] or plain["title"]
    return Thing(
        name,
        row["id"],
        plain["title"] or "",
        plain["title_ru"] or "",
        tuple(Topic(*topic) for topic in sorted(row["topics"])),
        plain,
        begins=plain.get("starts_at"),
        ends=plain.get("ends_at"),
    )


def _talents(rows: list[Row]) -> list[Talent]:
    found = []
    for row in rows:
        if audiences(row["audiences"])["interests"] not in ("members", "public"):
            continue
        offers = frozenset(topic for kind, topic in row["what"] if kind == "OFFERS")
        needs = frozenset(topic for kind, topic in row["what"] if kind == "NEEDS")
        found.append(Talent(row["key"], offers, needs))
    return found
