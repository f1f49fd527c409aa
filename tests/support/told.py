"""An evening of a club about optics, and people whom it would suit in different ways."""

from datetime import UTC, datetime, timedelta

from graphnet.privacy import Viewer
from graphnet.store import Store

FIRST = 300
CLERK = Viewer("staff", 8, "clerk", frozenset({"staff"}), "events")
EVENT = "evening-of-optics"
# key - FIRST: in which ways the evening would suit them.
WAYS = {
    0: "class",
    1: "class",
    2: "member",
    3: "member",
    4: "topic",
    5: "topic",
    6: "topic",
    7: "habit",
    8: "habit",
    9: "none",
}
MAKE = """CREATE (f:Unit {id: 'optics-faculty', kind: 'faculty', name: 'Optics', name_ru: 'Оптика'})
CREATE (c:Cohort {id: 'intake-2005', programme: 'Lasers', programme_ru: 'Лазеры',
  intake_year: 2005})-[:OF]->(f)
CREATE (s:StudyGroup {id: 'group-2005', name: '3-12'})-[:OF]->(c)
CREATE (t:Topic {id: 'light', name: 'Light', name_ru: 'Свет'})
CREATE (u:Topic {id: 'ships', name: 'Ships', name_ru: 'Корабли'})
CREATE (g:Group {id: 'light-club', key: 501, name: 'Light club', name_ru: 'Клуб света',
  kind: 'club', visibility: 'members', created_at: $now})-[:ABOUT]->(t)
CREATE (e:Event {id: $event, key: 501, title: 'Evening of light', title_ru: 'Вечер света',
  description: 'We look at lamps.', description_ru: 'Смотрим на лампы.', kind: 'meeting',
  starts_at: $now + duration('P20D'), time_zone: 'Europe/Moscow', venue: 'Hall 2',
  visibility: $visibility, state: 'published', created_at: $now})
CREATE (e)-[:HELD_BY]->(g) CREATE (e)-[:ABOUT]->(t)
CREATE (e)-[:INVITES]->(s)
CREATE (o:Event {id: 'earlier-evening', key: 502, title: 'Earlier', title_ru: 'Раньше',
  kind: 'meeting', starts_at: $now - duration('P40D'), time_zone: 'Europe/Moscow',
  visibility: 'members', created_at: $now - duration('P60D')})-[:HELD_BY]->(g)
WITH e, g, t, s, o UNWIND $rows AS row
CREATE (p:Person:Alumnus {key: row.key, id: 'fit' + toString(row.key), given_name: 'Павел',
  family_name: 'Лучев' + toString(row.key), name_key: 'x' + toString(row.key), visibility: 'shown',
  language: CASE row.key % 2 WHEN 0 THEN 'ru' ELSE 'en' END})
CREATE (:Account {id: 'of-' + p.id, email: p.id + '@example.org',
  email_key: p.id + '@example.org', roles: ['alumnus'], created_at: $now})-[:OF]->(p)
CREATE (p)-[:GAVE]->(:Consent {id: 'digest-' + p.id, purpose: 'digest', state: 'given',
  at: $now, channel: 'web'})
FOREACH (_ IN CASE row.way WHEN 'class' THEN [1] ELSE [] END |
  CREATE (p)-[:STUDIED_IN {role: 'student', how: 'admitted'}]->(s))
FOREACH (_ IN CASE row.way WHEN 'member' THEN [1] ELSE [] END |
  CREATE (p)-[:MEMBER_OF {role: 'member'}]->(g))
FOREACH (_ IN CASE row.way WHEN 'topic' THEN [1] ELSE [] END |
  CREATE (p)-[:INTERESTED_IN {weight: 1.0, source: 'stated'}]->(t))
FOREACH (_ IN CASE row.way WHEN 'habit' THEN [1] ELSE [] END |
  CREATE (r:Registration {id: 'went-' + p.id, state: 'yes', at: $now - duration('P41D')})
    -[:FOR]->(o) CREATE (r)-[:BY]->(p))"""


def evening(store: Store, *, visibility: str = "members") -> list[Viewer]:
    """Write it; return each of the people as a viewer."""
    rows = [{"key": FIRST + i, "way": way} for i, way in WAYS.items()]
    now = datetime.now(UTC) - timedelta(seconds=5)
    store.write(MAKE, now=now, event=EVENT, rows=rows, visibility=visibility)
    return [Viewer("alumnus", FIRST + i, f"of-fit{FIRST + i}") for i in WAYS]


def leave_now(store: Store) -> None:
    """Let the letters that wait leave at once."""
    store.write("MATCH (j:Job {kind: 'mail'}) SET j.run_at = $now", now=datetime.now(UTC))
