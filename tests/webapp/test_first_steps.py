"""Whoever has just come in is led to four or five things; each ends, and then all of it (A29)."""

from collections.abc import Iterator

import pytest
from flask import Flask

from graphnet.live import Live
from graphnet.onboarding import first_steps
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("steps"))


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    following = furnished(session_store, home)
    yield following
    following.stop()


@pytest.fixture
def app(live: Live, home: Settings) -> Flask:
    # Whatever an earlier test did is a step undone again.
    live.store.write("MATCH (a:Account) REMOVE a.first_steps")
    live.store.write("MATCH (a:Account) SET a.created_at = datetime()")
    live.store.write(
        """MATCH (p:Person {key: $me}) REMOVE p.audiences
        WITH p OPTIONAL MATCH (p)-[t:INTERESTED_IN]->() DELETE t
        WITH DISTINCT p OPTIONAL MATCH (p)-[:GAVE]->(c:Consent {purpose: 'digest'}) DETACH DELETE c
        WITH DISTINCT p OPTIONAL MATCH (k:Correction)-[:OF]->(p) DETACH DELETE k""",
        me=ANNA,
    )
    return site(live, home)


def left(store: Store) -> list[str]:
    account = store.read(
        "MATCH (a:Account)-[:OF]->(:Person {key: $me}) RETURN a.id AS id LIMIT 1", me=ANNA
    )
    viewer = Viewer("alumnus", ANNA, account[0]["id"])
    return [step.name for step in first_steps.steps(store, viewer) if not step.done]


def test_a_newcomer_is_led_and_each_step_ends(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    page = client.get("/home").text
    assert "Done: 0 of 5." in page
    assert page.index("First steps") < page.index("People you may know")
    for step, where in (
        ("classmates", "/classmates"), ("page", "/me"), ("seen", "/me/seen"),
        ("interests", "/me/interests"), ("letters", "/me/digest"),
    ):  # fmt: skip
        answer = client.post("/first-steps", data={"step": step, "act": "go"})
        assert (answer.status_code, answer.location) == (303, where)
        assert client.get(where).status_code == 200
    assert left(live.store) == ["interests", "letters"], "to have looked there is not to choose"
    client.post("/me/interests", data={"act": "add", "topic": "optics"})
    assert left(live.store) == ["letters"]
    client.post("/me/digest", data={"frequency": "weekly", "lists": "events"})
    assert left(live.store) == []
    assert "First steps" not in client.get("/home").text


def test_what_one_did_oneself_is_done_whichever_way_one_came(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    client.post("/me/about", data={"about": "Lasers", "audience": "members"})
    client.post("/me/audiences", data={"section": "interests", "interests": "nobody"})
    assert left(live.store) == ["classmates", "interests", "letters"]


def test_steps_are_left_out_one_by_one_or_all_at_once(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    for _ in range(2):
        client.post("/first-steps", data={"step": "letters", "act": "skip"})
    assert left(live.store) == ["classmates", "page", "seen", "interests"]
    assert "Say which letters you want" not in client.get("/home").text
    page = client.post("/first-steps", data={"act": "end"}, follow_redirects=True).text
    assert "The first steps are put away" in page
    assert 'id="first-steps"' not in page
    assert client.post("/first-steps", data={"step": "x", "act": "go"}).status_code == 400
    assert client.post("/first-steps", data={"step": "page"}).status_code == 400


def test_only_alumni_who_came_lately_are_led(app: Flask, live: Live) -> None:
    live.store.write("MATCH (a:Account) SET a.created_at = datetime() - duration('P61D')")
    assert 'id="first-steps"' not in reader(app, "alumnus").get("/home").text
    assert reader(app, "staff").post("/first-steps", data={"act": "end"}).status_code == 403
