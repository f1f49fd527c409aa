"""How many queries a page sends to Neo4j: no more than stands here, however much there is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from graphnet import conditions
from graphnet.computed import refresh
from graphnet.live import Live
from graphnet.model import term
from graphnet.settings import Settings
from graphnet.store import Store, listened
from tests.conftest import WIPE
from tests.support.contest_furnished import with_contest
from tests.support.furnished import furnished, own_home, reader, site
from webapp.frame import waiting

# Reader and page: the most queries that it may take, the session's own included: three or four
# more than it takes today, for what other features add to the frame.
MOST = {
    ("alumnus", "/home"): 32,
    ("staff", "/staff"): 29,
    ("staff", "/staff/people/anna"): 15,
    ("alumnus", "/people"): 6,
    ("alumnus", "/classmates"): 10,
    ("alumnus", "/search?q=иванова"): 8,
    ("alumnus", "/events"): 10,
    ("alumnus", "/contest"): 11,
    ("alumnus", "/me"): 22,
}
# Forty more of everything that those pages show: groupmates, acquaintances, guests, events,
# communities, projects, requests.
GROW = """UNWIND range(1000, 1039) AS key
MATCH (g:StudyGroup {id: 'A'}), (anna:Person {id: 'anna'}), (club:Group {id: 'club'}),
  (t:Topic {id: 'optics'}), (evening:Event {id: 'evening'})
CREATE (p:Person:Alumnus {id: 'more' + toString(key), key: key, given_name: 'Анна',
  family_name: 'Иванова', name_key: 'x', visibility: 'shown'})
CREATE (p)-[:STUDIED_IN {from_term: $from, to_term: $to, role: 'student', how: 'admitted'}]->(g)
CREATE (p)-[:KNOWS {strength: 0.5, source: 'test'}]->(anna)
CREATE (p)-[:MEMBER_OF {role: 'member'}]->(club)
CREATE (:Account {id: 'account-more' + toString(key), email: p.id, email_key: p.id,
  roles: ['alumnus'], created_at: $now})-[:OF]->(p)
CREATE (r:Registration {id: 'rmore' + toString(key), state: 'yes', at: $now})-[:FOR]->(evening)
CREATE (r)-[:BY]->(p)
CREATE (:Event {id: 'emore' + toString(key), key: key, title: 'More', title_ru: 'Ещё',
  kind: 'meeting', starts_at: $soon, time_zone: 'Europe/Moscow',
  visibility: 'public'})-[:ABOUT]->(t)
CREATE (:Group {id: 'gmore' + toString(key), key: key, name: 'More', name_ru: 'Ещё', kind: 'club',
  visibility: 'members', created_at: $now})-[:ABOUT]->(t)
CREATE (q:Request {id: 'qmore' + toString(key), kind: 'question', status: 'new', subject: 'A',
  at: $now, due_at: $now, visibility: 'members', text: 'x'})-[:ABOUT]->(t)
CREATE (p)-[:ASKED]->(q)"""


@pytest.fixture(scope="module")
def live(
    session_store: Store,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    conditions_hold: None,
) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("queries"))
    live = furnished(session_store, home)
    with_contest(live)
    with pytest.MonkeyPatch.context() as patch:
        # Other tests ask also where nothing can wait, to prove that nothing does.
        patch.setattr(waiting, "may_wait", conditions.may_wait)
        yield live
    live.stop()


def queries(app: Flask) -> dict[tuple[str, str], list[str]]:
    """What each page asks, once the process has read what it reads once."""
    found = {}
    for role, page in MOST:
        client = reader(app, role)
        for _ in range(2):
            with listened() as asked:
                answer = client.get(page)
            assert answer.status_code == 200, (role, page, answer.status)
        found[role, page] = asked
    return found


def test_a_page_asks_as_often_whatever_there_is(
    live: Live, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = own_home(settings, live.folder.parent)
    few = queries(site(live, home))
    now = datetime.now(UTC)
    live.store.write(
        GROW, now=now, soon=now + timedelta(days=3), **{"from": term(1998), "to": term(2002, 1)}
    )
    refresh(live.store, home.snapshots)
    live.catch_up()
    many = queries(site(live, home))
    for page, most in MOST.items():
        more = sorted(set(many[page]) - set(few[page]))
        assert len(many[page]) <= most, (page, len(many[page]), more)
        assert len(many[page]) <= len(few[page]) + len(more), (page, "grows with the data")
