"""The link's pages, the claim by it, the groupmates' question, the desk, the missing groupmate."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts, people
from graphnet.audit import entries as audit_entries
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import PASSWORD, furnished, own_home, reader, site
from tests.support.graphs import ANNA, BORIS, GEORGY, STAFF
from tests.support.letters import delivered
from tests.support.themselves import erase, hide
from webapp.frame.security import limiter

MATE = """MATCH (g:StudyGroup {id: 'A'})
CREATE (p:Person:Alumnus {id: 'lev', key: 21, given_name: 'Лев', family_name: 'Орешкин',
  name_key: 'lev', visibility: 'shown'})
CREATE (p)-[:STUDIED_IN {from_term: 3996, to_term: 4005, role: 'student'}]->(g)"""
CONTACT = """MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:ContactPoint {id: $address,
  kind: 'email', value: $address, value_key: $address, verified_at: datetime()})"""
EVERYTHING = "MATCH (n) RETURN properties(n) AS all LIMIT 5000"
CLEAN = """MATCH (n) WHERE n:Claim OR n:Invitation OR n:Job OR n:Request DETACH DELETE n"""


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("invitations"))
    live = furnished(session_store, home)
    session_store.write(MATE)
    accounts.create_many(
        session_store,
        [{"email": "mate@example.org", "person_key": 21, "roles": ["alumnus"]}],
        PASSWORD,
    )
    old = datetime.now(UTC) - timedelta(days=100)
    session_store.write("MATCH (a:Account) SET a.created_at = $old", old=old)
    made_app = site(live, home)
    limiter.enabled = False  # the test of the limit switches it on
    yield made_app
    limiter.enabled = True
    live.stop()


@pytest.fixture(autouse=True)
def clean(app: Flask, session_store: Store) -> None:
    session_store.write(CLEAN)
    session_store.write("MATCH (a:Account)-[:OF]->(:Person {key: $key}) DETACH DELETE a", key=BORIS)


@pytest.fixture(scope="module")
def clients(app: Flask) -> dict[str, FlaskClient]:
    return {role: reader(app, role) for role in ("alumnus", "staff", "mate", "anyone")}


def made(clients: dict[str, FlaskClient]) -> str:
    """Return the path of the group's link."""
    clients["alumnus"].post("/classmates/A/invitation", data={"act": "make"})
    found = re.search(r"/join/[0-9a-f]{32}", clients["alumnus"].get(LINK).text)
    assert found
    return found[0]


LINK = "/classmates/A/invitation"


def letters(app: Flask) -> str:
    own = app.extensions["graphnet"]
    return "\n".join(one.get_content() for one in delivered(own.store, own.settings))


def test_a_member_makes_shows_renews_and_ends_the_link(clients: dict[str, FlaskClient]) -> None:
    anna = clients["alumnus"]
    assert "Make the link" in anna.get(LINK).text
    path = made(clients)
    page = anna.get(LINK).text
    assert '<svg role="img" aria-label="QR code of the link"' in page
    assert "Откройте" in page, "the message stands in both languages"
    assert "Open the link" in page
    assert "style=" not in page
    assert "г.." not in page
    # What a new link ends is said before, with numbers, and is not done by one click.
    assert "Nobody has asked for their page through it yet." in page
    behind = page.partition('<details class="more"><summary>Make a new link…')[2]
    assert 'value="renew"' in behind
    anna.post(LINK, data={"act": "renew"})
    assert clients["anyone"].get(path).status_code == 404
    again = re.search(r"/join/[0-9a-f]{32}", anna.get(LINK).text)
    assert again
    assert clients["anyone"].get(again[0]).status_code == 200
    anna.post(LINK, data={"act": "revoke"})
    assert clients["anyone"].get(again[0]).status_code == 404


def test_a_group_that_is_not_mine_is_not_there(clients: dict[str, FlaskClient]) -> None:
    for path in ("/classmates/C/invitation", "/classmates/C/missing"):
        foreign, unknown = (clients["alumnus"].get(p) for p in (path, path.replace("/C/", "/x/")))
        assert foreign.status_code == unknown.status_code == 404
    assert clients["staff"].get("/classmates/C/invitation").status_code == 200


def test_the_link_shows_the_group_and_nobody(clients: dict[str, FlaskClient]) -> None:
    page = clients["anyone"].get(made(clients)).text
    assert "221" in page
    assert "1998" in page
    assert "Optics" in page
    for name in ("Анна", "Борис", "Вера", "Георгий", "Лев"):
        assert name not in page


def bare(answer: Any) -> tuple[int, str, list[tuple[str, str]], str]:
    kept = [(k, v) for k, v in answer.headers.items() if k not in ("Date", "Set-Cookie")]
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    return answer.status_code, answer.location or "", kept, text


def test_every_claim_gets_the_same_bytes(
    app: Flask, clients: dict[str, FlaskClient], session_store: Store
) -> None:
    path = made(clients)
    session_store.write(CONTACT, key=GEORGY, address="georgy@example.com")
    outcomes = []
    for name, email in (
        ("Борис Петров", ""),  # on file
        ("Борис Петров", "b@example.com"),
        ("Георгий Сидоров", "georgy@example.com"),  # the address is on file
        ("Вера Орлова", "v@example.com"),  # hidden
        ("Анна Иванова", "a@example.com"),  # registered
        ("Евгений Попов", "e@example.com"),  # has died
        ("Никто Неизвестный", "n@example.com"),
    ):
        fresh = app.test_client()
        first = fresh.post(path, data={"name": name, "email": email})
        assert first.status_code == 303
        outcomes.append((bare(first), bare(fresh.get(first.location))))
    assert all(one == outcomes[0] for one in outcomes)


def test_one_address_asks_only_so_often(
    clients: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(clients)
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    codes = [clients["anyone"].post(path, data={"name": ""}).status_code for _ in range(61)]
    limiter.reset()
    assert codes == [422] * 60 + [429]


def test_what_is_wrong_is_said_in_the_form(clients: dict[str, FlaskClient]) -> None:
    path = made(clients)
    # What groupmates read is a name (found A38).
    rude = (
        {"name": "<b>Вася</b>"},
        {"name": "Вася " + "Ы" * 60},
        {"name": "Вася", "former": "1 2"},
    )
    for data in (
        {"name": ""}, {"name": "A B", "email": "nobody"}, {"name": "A B", "from_year": 5}, *rude
    ):  # fmt: skip
        answer = clients["anyone"].post(path, data=data)
        assert answer.status_code == 422
        assert "field-error" in answer.text


def test_two_groupmates_confirm_and_the_newcomer_chooses_a_password(
    app: Flask, clients: dict[str, FlaskClient], session_store: Store
) -> None:
    newcomer = app.test_client()
    newcomer.post(
        made(clients),
        data={"name": "Boris Petrov", "email": "boris@example.com"},
        headers={"Accept-Language": "ru"},
    )
    for who in ("alumnus", "mate"):
        home = clients[who].get("/home").text
        assert "Is this really Boris Petrov?" in home
        page = clients[who].get("/invitations/questions").text
        assert "boris@example.com" not in page
        claim = re.search(r'action="(/invitations/questions/[^"]+)"', page)
        assert claim
        assert clients[who].post(claim[1], data={"answer": "yes"}).status_code == 303
    link = re.search(r"/reset/[\w-]+", letters(app))
    assert link
    last = delivered(session_store, app.extensions["graphnet"].settings)[-1]
    assert "Ваша страница" in last["Subject"], "in the newcomer's language"
    assert link[0].rpartition("/")[2] not in str(session_store.read(EVERYTHING))
    answer = newcomer.post(link[0], data={"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 303
    answer = newcomer.post("/sign-in", data={"email": "boris@example.com", "password": PASSWORD})
    assert answer.status_code == 303
    assert "Анна" in newcomer.get("/classmates").text


def test_the_letter_of_an_address_on_file_leads_to_a_password(
    app: Flask, clients: dict[str, FlaskClient], session_store: Store
) -> None:
    session_store.write(CONTACT, key=BORIS, address="b2@example.com")
    newcomer = app.test_client()
    newcomer.post(made(clients), data={"name": "Борис Петров", "email": "b2@example.com"})
    link = re.search(r"/join/confirm/[\w-]+", letters(app))
    assert link
    assert newcomer.get(link[0]).status_code == 200
    assert newcomer.get(link[0]).status_code == 200, "looking does not use it up"
    assert link[0].rpartition("/")[2] not in str(session_store.read(EVERYTHING))
    answer = newcomer.post(link[0])
    assert answer.status_code == 303
    assert "/reset/" in answer.location
    assert newcomer.get(answer.location).status_code == 200
    assert newcomer.post(link[0]).status_code == 404


def test_a_no_brings_it_to_staff_who_accept(
    clients: dict[str, FlaskClient], session_store: Store
) -> None:
    clients["anyone"].post(made(clients), data={"name": "Boris Petrov"})
    page = clients["mate"].get("/invitations/questions").text
    claim = re.search(r'action="/invitations/questions/([^"]+)"', page)
    assert claim
    clients["mate"].post(f"/invitations/questions/{claim[1]}", data={"answer": "no"})
    assert "Who is this: Boris Petrov?" in clients["staff"].get("/staff").text
    assert "a groupmate says no" in clients["staff"].get("/staff/claims").text
    path = f"/staff/claims/{claim[1]}"
    page = clients["staff"].get(path).text
    assert "Борис" in page
    assert "Вера" not in page
    for data, said in (
        ({"act": "accept", "person": "boris"}, "Name an e-mail address"),
        ({"act": "accept", "person": "vera", "email": "b@example.com"}, "is not on file"),
        ({"act": "accept", "person": "nobody", "email": "b@example.com"}, "is not on file"),
        ({"act": "accept", "person": "anna", "email": "b@example.com"}, "has an account already"),
        ({"act": "accept", "other": "Попов Борис"}, "Choose who is meant."),
        ({"act": "accept", "other": "Вера Орлова"}, "Nobody of that name is found."),
        ({"act": "accept"}, "Say who is meant."),
        ({"act": "add", "given": "Б", "family": "П", "email": "b@e.com"}, "lawful ground"),
        ({"act": "refuse"}, "Say in a few words why"),
    ):
        answer = clients["staff"].post(path, data=data)
        assert answer.status_code == 422
        assert said in answer.text
    answer = clients["staff"].post(
        path, data={"act": "accept", "other-id": "boris", "email": "b3@example.com"}
    )
    assert answer.status_code == 303
    assert "closed" in clients["staff"].get(path).text
    owner = accounts.account_by_email(session_store, "b3@example.com")
    assert owner is not None
    assert owner.person_key == BORIS


def test_staff_find_a_group_by_any_code_it_had(clients: dict[str, FlaskClient]) -> None:
    page = clients["staff"].get("/staff/claims?code=121").text
    assert "/classmates/A/invitation" in page
    assert "/classmates/B/invitation" in page
    assert "No group was ever called so" in clients["staff"].get("/staff/claims?code=zzz").text


# A groupmate who is missing


def test_the_answer_to_a_proposal_is_the_same_for_everybody(
    clients: dict[str, FlaskClient], session_store: Store
) -> None:
    outcomes = []
    for name in ("Борис Петров", "Вера Орлова", "Никто Неизвестный", "Лев Орешкин"):
        first = clients["alumnus"].post("/classmates/A/missing", data={"name": name})
        page = clients["alumnus"].get(first.location)
        bared = bare(page)
        outcomes.append((first.status_code, first.location, bared[3].replace(name, "NAME")))
        session_store.write("MATCH (r:Request) DETACH DELETE r")
    assert all(one == outcomes[0] for one in outcomes)


def test_staff_put_a_proposed_groupmate_on_file(
    clients: dict[str, FlaskClient], session_store: Store
) -> None:
    clients["alumnus"].post(
        "/classmates/A/missing",
        data={"name": "Клара Новая", "from_year": 1998, "to_year": 2000, "note": "sat beside me"},
    )
    desk = clients["staff"].get("/staff/requests").text
    path = re.search(r"/staff/groupmates/[0-9a-z]+", desk)
    assert path
    assert "sat beside me" in clients["staff"].get(path[0]).text
    record = {"act": "accept", "given": "Клара", "family": "Новая"}
    answer = clients["staff"].post(path[0], data=record)
    assert answer.status_code == 422
    assert "lawful ground" in answer.text
    answer = clients["staff"].post(path[0], data=record | {"ground": "a groupmate's word"})
    assert answer.status_code == 303
    mates = clients["alumnus"].get("/classmates").text
    assert "Клара" in mates
    assert "4 terms together" in mates
    told = clients["alumnus"].get("/classmates/A/missing").text
    assert "added</span>" in told
    assert "dealt with" not in told
    acts = audit_entries(session_store, act="groupmate.accept")
    assert acts[0].purpose == "missing groupmates"
    assert clients["staff"].post(path[0], data=record | {"ground": "x"}).status_code == 422
    card = people.cards(session_store, Viewer("alumnus", ANNA), [acts and _key(session_store)])[0]
    assert card.state == "no_contact"


def _key(store: Store, name: str = "Клара") -> int:
    rows = store.read("MATCH (p:Person {given_name: $name}) RETURN p.key AS key LIMIT 1", name=name)
    return int(rows[0]["key"])


def test_what_came_of_a_proposal_is_told_only_of_whom_i_see(
    clients: dict[str, FlaskClient], session_store: Store
) -> None:
    def page() -> str:
        return clients["alumnus"].get("/classmates/A/missing").text

    def decided(**form: str) -> str:
        clients["alumnus"].post("/classmates/A/missing", data={"name": "NAME"})
        row = session_store.read("MATCH (r:Request {status: 'new'}) RETURN r.id AS id LIMIT 1")[0]
        assert "with our staff" in page()
        answer = clients["staff"].post(f"/staff/groupmates/{row['id']}", data=form)
        assert answer.status_code == 303
        return page()

    def forgotten() -> str:
        found = bare(clients["alumnus"].get("/classmates/A/missing"))[3]
        session_store.write("MATCH (r:Request) DETACH DELETE r")
        return found

    refused = decided(act="refuse", why="is unknown")
    assert "dealt with" in refused
    outcomes = [forgotten()]
    told = decided(act="same", person="boris")
    assert "on file already" in told
    assert 'href="/people/boris"' in told
    hide(session_store, BORIS)
    outcomes.append(forgotten())
    session_store.write("MATCH (p:Person {key: $key}) SET p.visibility = 'shown'", key=BORIS)
    assert "on file already" in decided(act="same", person="boris")
    erase(session_store, Viewer("staff", account_id="s", purpose="erase"), BORIS)
    outcomes.append(forgotten())
    told = decided(act="accept", given="Тамара", family="Новая", ground="a groupmate's word")
    assert "added</span>" in told
    hide(session_store, _key(session_store, "Тамара"))
    outcomes.append(forgotten())
    assert outcomes == [outcomes[0]] * 4
    assert "boris" not in outcomes[0]


@pytest.mark.parametrize("person", ["vera", "nobody"])
def test_staff_match_or_refuse_a_proposal(
    clients: dict[str, FlaskClient], session_store: Store, person: str
) -> None:
    clients["alumnus"].post("/classmates/A/missing", data={"name": "Вера Орлова"})
    row = session_store.read("MATCH (r:Request) RETURN r.id AS id LIMIT 1")[0]
    path = f"/staff/groupmates/{row['id']}"
    assert "/people/vera" not in clients["staff"].get(path).text
    answer = clients["staff"].post(path, data={"act": "same", "person": person})
    assert "is not on file" in answer.text
    answer = clients["staff"].post(path, data={"act": "refuse", "why": "wishes no contact"})
    assert answer.status_code == 303
    page = clients["alumnus"].get("/classmates/A/missing").text
    assert "dealt with" in page
    assert "wishes no contact" not in page


def test_nobody_but_staff_decides(clients: dict[str, FlaskClient]) -> None:
    for path in ("/staff/claims", "/staff/claims/none", "/staff/groupmates/none"):
        assert clients["alumnus"].get(path).status_code == 403
        assert clients["anyone"].get(path).status_code == 303
    assert STAFF
