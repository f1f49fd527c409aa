"""Ways to people on the site: one answer for nobody and for no way, byte for byte; and the CLI."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.pages import without_tokens

# Zhanna knows Anna, who is registered and knows Boris; Vera is hidden; Evgeny has died.
NOBODY = ("vera", "evgeny", "nemo", "anna-0", "zzzz")
TIE = """MATCH (a:Person {id: 'zhanna'}) MATCH (b:Person {id: 'anna'})
CREATE (a)-[:KNOWS {strength: 0.9, source: 'test'}]->(b)"""


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("reach"))
    live = furnished(session_store, home)
    session_store.write(TIE)
    session_store.write(
        "MATCH (a:Account {email: 'analyst@example.org'}) SET a.roles = ['alumnus']"
    )
    yield site(live, home)
    live.stop()


def stripped(text: str, name: str) -> str:
    """A page without the name that was asked about and without its form's own token."""
    return re.sub(rf"{name}", "", without_tokens(text))


def told(client: FlaskClient, name: str, path: str = "/reach/{}") -> tuple[int, str]:
    answer = client.get(path.format(name))
    return answer.status_code, stripped(answer.get_data(as_text=True), name)


def test_there_is_a_way(app: Flask) -> None:
    status, text = told(reader(app, "analyst"), "boris")
    assert status == 200
    assert "Борис" in text
    assert "Анна" in text


def test_the_kinds_of_ties_can_be_chosen(app: Flask) -> None:
    client = reader(app, "analyst")
    over_contacts = client.get("/reach/boris?layer=knows").get_data(as_text=True)
    assert "Анна" in over_contacts
    assert '<input type="hidden" name="layer" value="knows">' in over_contacts  # asks over the same
    over_work = client.get("/reach/boris?layer=worked&layer=came").get_data(as_text=True)
    assert "Анна" not in over_work
    assert over_work.count(" checked") == 2
    assert client.get("/reach/boris").get_data(as_text=True).count(" checked") == 5
    assert client.get("/reach/boris?layer=friends").status_code == 400
    form = {"kind": "person", "target": "boris", "asked": "anna", "text": "hello"}
    refused = client.post("/reach/ask", data=form | {"layer": "worked"}, follow_redirects=True)
    assert "This way is not open" in refused.get_data(as_text=True)


def test_one_is_told_what_is_left_before_one_writes(app: Flask, session_store: Store) -> None:
    client = reader(app, "analyst")
    assert "3 of 3 requests within thirty days are left to you" in client.get("/reach/boris").text
    form = {"kind": "person", "target": "boris", "asked": "anna", "text": "my own words"}
    assert client.post("/reach/ask", data=form).status_code == 303
    page = client.get("/reach/boris").text
    assert "A request of yours for this is open" in page
    assert page.count(" disabled>Ask to pass on") == page.count(">Ask to pass on") > 0
    again = client.post("/reach/ask", data=form)
    assert again.status_code == 409
    assert ">my own words</textarea>" in again.text, "what was written is not lost"
    session_store.write("MATCH (o:PassOn) SET o.state = 'closed'")
    session_store.write(
        "MATCH (p:Person {id: 'zhanna'}) UNWIND range(1, 2) AS n CREATE (p)-[:ASKED]->"
        "(:PassOn {id: 'spent' + n, state: 'closed', at: datetime(), closes_at: datetime()})"
    )
    assert "You have asked 3 times within thirty days" in client.get("/reach/boris").text
    spent = client.post("/reach/ask", data=form)
    assert spent.status_code == 429
    assert ">my own words</textarea>" in spent.text
    session_store.write("MATCH (o:PassOn) DETACH DELETE o")


@pytest.mark.parametrize("role", ["analyst", "staff"])
def test_nobody_and_no_way_are_the_same_bytes(app: Flask, role: str) -> None:
    client = reader(app, role)
    chosen = "/reach/{}?layer=knows&layer=came"
    assert len({told(client, name, chosen) for name in NOBODY}) == 1
    first = told(client, NOBODY[0])
    assert first[0] == 200
    for name in NOBODY[1:]:
        assert told(client, name) == first, name
    if role == "analyst":  # herself, and one whom she may not see: not of her year, not registered
        assert told(client, "zhanna")[0] == 200
        for kind in ("company", "city", "topic"):
            assert told(client, "nemo", f"/reach?{kind}={{}}")[0] == 200


def test_asking_about_nobody_is_one_refusal(app: Flask) -> None:
    client = reader(app, "analyst")
    answers = set()
    for name in NOBODY:
        form = {"kind": "person", "target": name, "asked": "anna", "text": "hello"}
        answer = client.post("/reach/ask", data=form, follow_redirects=True)
        answers.add((answer.status_code, stripped(answer.get_data(as_text=True), name)))
    assert len(answers) == 1


def test_others_are_kept_out(app: Flask) -> None:
    assert reader(app, "anyone").get("/reach/boris").status_code == 303
    staff = reader(app, "staff")
    assert staff.get("/pass-ons").status_code == 403
    assert staff.post("/reach/ask", data={}).status_code == 403
    alumnus = reader(app, "alumnus")
    assert alumnus.get("/pass-on/none").status_code == 404
    assert alumnus.post("/pass-on/none", data={"act": "leave"}).status_code == 404
    assert alumnus.post("/pass-ons/none/withdraw").status_code == 404
    for answer in (
        reader(app, "anyone").get("/passed/none"),
        reader(app, "anyone").post("/passed/none", data={"act": "reach", "text": "hi"}),
    ):
        assert answer.status_code == 404


def test_too_many_words_come_back(app: Flask) -> None:
    form = {"kind": "person", "target": "boris", "asked": "anna", "text": "x" * 501}
    answer = reader(app, "analyst").post("/reach/ask", data=form)
    assert answer.status_code == 422
    assert "x" * 501 in answer.get_data(as_text=True)
    form |= {"kind": "planet"}
    assert reader(app, "analyst").post("/reach/ask", data=form).status_code == 400
