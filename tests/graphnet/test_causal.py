"""Whoever has done something reads it on their next page, from whichever member of a cluster."""

from dataclasses import replace
from typing import LiteralString

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import causal
from graphnet.errors import StoreError
from graphnet.settings import Settings
from graphnet.store import Store
from webapp.frame.causal import install

COUNT: LiteralString = "MATCH (t:Topic {id: 'causal'}) RETURN count(t) AS n LIMIT 1"
MAKE: LiteralString = "CREATE (:Topic {id: 'causal', name: 'C', name_ru: 'Ц'})"


def test_a_write_leaves_marks_with_which_another_process_reads(
    store: Store, address: tuple[str, str, str]
) -> None:
    with causal.following() as mine:
        store.read(COUNT)
        assert not mine.wrote, "who only reads brings nothing along"
        store.write(MAKE)
        assert mine.wrote and mine.marks
        store.write_rows("UNWIND $rows AS row MERGE (:Topic {id: row.id})", [{"id": "causal"}])
        marks = sorted(mine.marks)
    assert causal.seen() is None
    with Store(*address) as other, causal.following(marks) as theirs:
        assert other.read(COUNT) == [{"n": 1}]
        assert theirs.marks == set(marks) and not theirs.wrote


def test_the_server_gets_the_marks_and_ones_that_it_does_not_know_are_let_go(store: Store) -> None:
    with causal.following(["FB:no mark of this server"]) as mine:
        with pytest.raises(StoreError, match="Bookmark"):
            store.read(COUNT)
        assert not mine.marks
        assert store.read(COUNT)


@pytest.fixture
def pages(store: Store, settings: Settings) -> FlaskClient:
    app = Flask(__name__)
    app.secret_key = "x" * 32
    install(app, replace(settings, neo4j_uri="neo4j://members.example.org"))

    @app.post("/act")
    def act() -> str:
        store.write(MAKE)
        return "done"

    @app.get("/look")
    def look() -> str:
        seen = causal.seen()
        assert seen is not None
        return f"{len(seen.marks)} {store.read(COUNT)[0]['n']}"

    return app.test_client()


def test_marks_go_with_the_reader_to_their_next_page_and_to_nobody_else(
    pages: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pages.get("/look").text.startswith("0 ")
    assert "Set-Cookie" not in pages.get("/look").headers
    assert pages.post("/act").status_code == 200
    assert pages.get("/look").text == "1 1"
    assert pages.application.test_client().get("/look").text == "0 1"
    assert causal.seen() is None
    monkeypatch.setattr("webapp.frame.causal.SECONDS", -1.0)
    assert pages.get("/look").text == "0 1", "old marks are not looked at"
    app = Flask(__name__)
    install(app, Settings(neo4j_uri="bolt://one.example.org"))
    assert not app.before_request_funcs, "a single server needs none"
