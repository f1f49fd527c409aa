"""The hand-made association with something on every list, and people who like different things."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from graphnet.live import Live, rebuild
from graphnet.privacy import Viewer
from graphnet.recommendations import ForPerson, Shelf
from graphnet.store import Store
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, VERA, ZHANNA, small_association

TOPICS = ("optics", "robots", "hiking", "music")
MAKE_TOPICS = "UNWIND $topics AS id CREATE (:Topic {id: id, name: id, name_ru: id + '-ru'})"
MAKE_THINGS = """
UNWIND $topics AS topic MATCH (t:Topic {id: topic})
CREATE (g:Group {id: 'g-' + topic, key: toInteger($number[topic]), name: 'Club of ' + topic,
  kind: 'club', visibility: 'members', created_at: $now})-[:ABOUT]->(t)
CREATE (j:Project {id: 'j-' + topic, key: toInteger($number[topic]), name: 'Project of ' + topic,
  visibility: 'public', created_at: $now})-[:ABOUT]->(t)
CREATE (j)-[:HELD_BY]->(g)
CREATE (:News {id: 'n-' + topic, title: 'News of ' + topic, text: 'Text', at: $now})-[:ABOUT]->(t)
CREATE (:Service {id: 's-' + topic, name: 'Service of ' + topic, description: 'Text',
  partner: CASE topic WHEN 'music' THEN 'Guitars Ltd' END})-[:ABOUT]->(t)
WITH t, g, topic UNWIND range(0, 3) AS week
CREATE (e:Event {id: 'e-' + topic + '-' + toString(week), title: 'Evening of ' + topic,
  key: toInteger($number[topic]) * 10 + week, kind: 'meeting', visibility: 'members',
  starts_at: $soon + duration({days: week * 7, hours: toInteger($number[topic]) * 3}),
  time_zone: 'Europe/Moscow', venue: 'Hall', capacity: 50,
  created_at: $now - duration({days: CASE week WHEN 3 THEN 1 ELSE 40 END})})
CREATE (e)-[:ABOUT]->(t) CREATE (e)-[:HELD_BY]->(g)
CREATE (p:Event {id: 'p-' + topic + '-' + toString(week), title: 'Evening of ' + topic,
  key: 1000 + toInteger($number[topic]) * 10 + week, kind: 'meeting', visibility: 'members',
  starts_at: $soon - duration({days: (week + 1) * 7}), time_zone: 'Europe/Moscow', venue: 'Hall',
  created_at: $now - duration({days: 90})})
CREATE (p)-[:ABOUT]->(t) CREATE (p)-[:HELD_BY]->(g)"""
MAKE_BUSINESSES = """UNWIND $rows AS row MATCH (p:Person {key: row[0]}) MATCH (t:Topic {id: row[1]})
CREATE (b:Business {id: 'b-' + row[1] + toString(row[0]), name: 'Works of ' + row[1],
  about: 'Text', state: 'published', version: 1, at: $now, changed_at: $now})-[:OF]->(p)
CREATE (b)-[:ABOUT]->(t)"""
MAKE_CAME = """UNWIND $rows AS row MATCH (p:Person {key: row.key}) MATCH (e:Event {id: row.event})
CREATE (r:Registration {id: row.event + toString(row.key), state: 'yes', at: $at})
CREATE (r)-[:FOR]->(e) CREATE (r)-[:BY]->(p)"""
MAKE_MEMBERS = """UNWIND $rows AS row MATCH (p:Person {key: row[0]}) MATCH (g:Group {id: row[1]})
CREATE (p)-[:MEMBER_OF {role: 'member', since: date('2024-01-01')}]->(g)"""
MAKE_TALENTS = """UNWIND $rows AS row MATCH (p:Person {key: row[0]}) MATCH (t:Topic {id: row[2]})
FOREACH (_ IN CASE row[1] WHEN 'OFFERS' THEN [1] ELSE [] END | CREATE (p)-[:OFFERS]->(t))
FOREACH (_ IN CASE row[1] WHEN 'NEEDS' THEN [1] ELSE [] END | CREATE (p)-[:NEEDS]->(t))
FOREACH (_ IN CASE row[1] WHEN 'LIKES' THEN [1] ELSE [] END |
  CREATE (p)-[:INTERESTED_IN {weight: 0.8}]->(t))"""
MAKE_REQUESTS = """UNWIND $rows AS row MATCH (p:Person {key: row[0]}) MATCH (t:Topic {id: row[2]})
CREATE (p)-[:ASKED]->(r:Request {id: row[1], kind: 'mentor', status: 'open', at: $now,
  subject: 'Who knows ' + row[2] + '?', visibility: 'members'})-[:ABOUT]->(t)"""
MAKE_MORE_PEOPLE = """UNWIND $keys AS key
CREATE (p:Person:Alumnus {id: 'extra' + toString(key), key: key, given_name: 'Extra',
  family_name: 'N' + toString(key), name_key: 'extra', visibility: 'shown',
  audiences: CASE key % 2 WHEN 0 THEN ['events:members'] ELSE [] END})
CREATE (:Account {id: 'account-' + toString(key), email: p.id + '@example.org',
  email_key: p.id + '@example.org', roles: ['alumnus'], created_at: $now})-[:OF]->(p)"""
SHOW_EVENTS = """MATCH (p:Person) WHERE p.key IN $keys SET p.audiences = ['events:members']"""

EXTRA = list(range(101, 131))
NOW = datetime.now(UTC)


def association(store: Store) -> None:
    """Write it: Anna likes optics and goes there; Darya goes with her and shows it."""
    small_association(store)
    number = {topic: str(i + 1) for i, topic in enumerate(TOPICS)}
    now = NOW
    store.write(MAKE_TOPICS, topics=list(TOPICS))
    store.write(
        MAKE_THINGS, topics=list(TOPICS), number=number, now=now, soon=now + timedelta(days=3)
    )
    store.write(MAKE_MORE_PEOPLE, keys=EXTRA, now=now)
    went = {ANNA: "optics", DARYA: "optics", VERA: "optics"} | {
        key: TOPICS[key % 4] for key in EXTRA
    }
    rows = [
        {"key": key, "event": f"p-{topic}-{week}"}
        for key, topic in went.items()
        for week in range(4)
        if (key + week) % 3
    ]
    rows += [{"key": key, "event": f"e-{went[key]}-0"} for key in (DARYA, VERA, *EXTRA[:20])]
    store.write(MAKE_CAME, rows=rows, at=now - timedelta(days=40))
    store.write(
        MAKE_MEMBERS,
        rows=[[key, f"g-{topic}"] for key, topic in went.items()]
        + [[key, f"g-{TOPICS[(key + 1) % 4]}"] for key in EXTRA if key % 3],
    )
    store.write(
        MAKE_TALENTS,
        rows=[
            [ANNA, "LIKES", "optics"], [ANNA, "LIKES", "robots"], [ANNA, "OFFERS", "hiking"],
            [ANNA, "NEEDS", "music"], [VERA, "OFFERS", "music"], [ZHANNA, "OFFERS", "music"],
            [DARYA, "NEEDS", "hiking"], [101, "OFFERS", "music"], [102, "OFFERS", "music"],
        ],
    )  # fmt: skip
    store.write(
        MAKE_REQUESTS,
        rows=[[DARYA, "r1", "hiking"], [VERA, "r2", "hiking"], [101, "r3", "optics"]],
        now=now,
    )
    businesses = [[101, "optics"], [102, "music"], [103, "robots"], [VERA, "optics"]]
    store.write(MAKE_BUSINESSES, rows=businesses, now=now)
    store.write(SHOW_EVENTS, keys=[DARYA, VERA])
    assert BORIS and GEORGY


@dataclass
class Site:
    """What a process would hold."""

    store: Store
    live: Live
    folder: Path

    def shelf(self, folder: Path | None = None) -> Shelf:
        """A fresh shelf, as of a process that has just started."""
        self.live.catch_up()
        return Shelf(self.live, folder)

    def of(self, key: int, folder: Path | None = None) -> ForPerson:
        """One reader's lists on a fresh shelf."""
        return self.shelf(folder).of(Viewer("alumnus", key, f"account-{key}"), now=NOW)


def site(store: Store, folder: Path) -> Site:
    """Build the snapshot and follow it; who opened it stops it."""
    rebuild(store, folder / "snapshots")
    live = Live(store, folder / "snapshots")
    live.start()
    return Site(store, live, folder)
