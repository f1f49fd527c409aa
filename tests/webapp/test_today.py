"""Today: one list of what is due, mine first, then nobody's, then the rest, settled on the spot."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from graphnet.journal import writing
from graphnet.journal.writing import Said, today
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, BORIS, DARYA, STAFF
from webapp.frame.waiting import Waiting, by_owner

# What of everything waits: an import, a pair, a death, a claim; and a colleague of staff.
WAITS = """MATCH (p:Person {key: $anna}) MATCH (q:Person {key: $boris})
CREATE (:ImportRun {id: 'run', number: 1, source: 'dean', state: 'finished', ground: '',
  started_at: $now, mapping: 'x', mapping_hash: 'x'})
CREATE (d:Double {id: 'pair', odds: 1.0, evidence: '[]', state: 'open', at: $now, source: 'x'})
CREATE (d)-[:OF]->(p) CREATE (d)-[:OF]->(q)
CREATE (:DeathNote {id: 'note', state: 'waiting', died_on: date('2026-01-01'), precision: 'day',
  memorial: false, told_by: 'a widow', source: 'telephone', at: $now, by: 'x'})-[:OF]->(q)
CREATE (:Claim {id: 'claim', name: 'Пётр Неизвестный', state: 'desk', at: $now, email: '',
  expires_at: $now + duration('P9D'), place: '', reason: ''})
CREATE (:Request {id: 'asked', kind: 'question', status: 'new', subject: 'A question', at: $now,
  due_at: $now + duration('P2D'), text: 'x'})
WITH p MATCH (a:Account)-[:OF]->(:Person {key: $darya}) SET a.roles = ['staff']"""


@pytest.fixture(scope="module")
def live(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    made = furnished(session_store, own_home(settings, tmp_path_factory.mktemp("today")))
    made.store.write(WAITS, anna=ANNA, boris=BORIS, darya=DARYA, now=datetime.now(UTC))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def app(live: Live, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return site(live, own_home(settings, tmp_path_factory.mktemp("site")))


def account_of(store: Store, key: int) -> str:
    rows = store.read("MATCH (a:Account)-[:OF]->(:Person {key: $key}) RETURN a.id AS id", key=key)
    return str(rows[0]["id"])


def test_mine_first_then_nobodys_then_the_rest_each_settled_on_the_spot(
    app: Flask, live: Live
) -> None:
    store = live.store
    mine, theirs = account_of(store, STAFF), account_of(store, DARYA)
    clerk = Viewer("staff", STAFF, mine, purpose=writing.PURPOSE)
    for step, owner, days in (("Call him", mine, 0), ("Ask her", "", 0), ("Write", theirs, 0),
                              ("Not yet", mine, 3)):  # fmt: skip
        due = today() + timedelta(days=days)
        said = Said("note", "x", next_step=step, due_on=due, owner=owner)
        writing.write(store, clerk, BORIS, said)
    staff = reader(app, "staff")
    text = staff.get("/staff").text
    places = [text.index(f'id="due-{name}"') for name in ("mine", "nobodys", "others")]
    assert places == sorted(places)
    parts = re.split(r'id="due-\w+"', text)
    assert "Call him" in parts[1] and "Not yet" not in text
    for waits in (
        "Ask her",
        "Name the lawful ground of the source dean",
        "may be one person",
        "Has Борис Петров died?",
        "Who is this: Пётр Неизвестный?",
        "A question",
    ):
        assert waits in parts[2], waits  # fmt: skip
    assert "Write" in parts[3] and "Дарья Кузнецова" in parts[3]
    # One click each, and one is back where one was.
    for label in ("I take it", "I know it too: confirm", "Done"):
        assert label in text
    entry = re.search(r'action="(/staff/journal/\w+/step)"', parts[2])
    assert entry is not None
    answer = staff.post(entry[1], data={"act": "take", "next": "/staff"})
    assert answer.headers["Location"] == "/staff"
    answer = staff.post("/staff/requests/asked/work", data={"act": "claim", "next": "/staff"})
    assert answer.headers["Location"] == "/staff"
    mine_now = re.split(r'id="due-\w+"', staff.get("/staff").text)[1]
    assert "Ask her" in mine_now and "A question" in mine_now
    answer = staff.post("/staff/corrections/deaths/note", data={"act": "confirm", "next": "/staff"})
    assert answer.headers["Location"] == "/staff"
    assert "Has Борис" not in staff.get("/staff").text


def test_the_late_come_first_and_then_as_they_are_due(app: Flask) -> None:
    now = datetime.now(UTC)
    items = [
        Waiting("/a", "no day"),
        Waiting("/b", "tomorrow", due=now + timedelta(days=1)),
        Waiting("/c", "late", late=True, due=now - timedelta(days=9)),
        Waiting("/d", "theirs", owner="other"),
        Waiting("/e", "mine", owner="me"),
        Waiting("/f", "today", due=now.date()),
    ]
    with app.test_request_context():
        found = {
            group.name: [item.title for item in group.items] for group in by_owner(items, "me")
        }
    assert found == {
        "mine": ["mine"],
        "nobodys": ["late", "today", "tomorrow", "no day"],
        "others": ["theirs"],
    }
