"""Staff correct a person and say how they know; a death needs two; the person is told."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from graphnet import people
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.records import deaths, studies
from graphnet.records.corrections import Told
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import PASSWORD, furnished, own_home, reader, site
from tests.support.graphs import ANNA, BORIS, DARYA
from tests.support.letters import delivered

TOLD = {"source": "telephone", "told_by": "она сама, 3 марта"}
ANNAS = Viewer("alumnus", ANNA)
OTHER = Viewer("staff", None, "another", purpose="correct")


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    following = furnished(session_store, home)
    session_store.write(
        "MATCH (a:Account {email: 'admin@example.org'}) SET a.roles = a.roles + 'alumnus'"
    )
    yield following
    following.stop()


@pytest.fixture
def app(live: Live, home: Settings) -> Flask:
    return site(live, home)


def family(live: Live, key: int) -> str:
    return str(
        live.store.read("MATCH (p:Person {key: $key}) RETURN p.family_name AS n", key=key)[0]["n"]
    )


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_answers_in_both_languages(app: Flask, language: str) -> None:
    staff = reader(app, "staff")
    for what in ("", "names", "studies", "work", "city", "contacts", "death", "nonsense"):
        page = staff.get(f"/people/anna/correct?what={what}", headers={"Accept-Language": language})
        assert page.status_code == 200, what
    page = staff.get("/staff/corrections?q=иванова", headers={"Accept-Language": language})
    assert page.status_code == 200 and "/people/anna/correct" in page.text
    assert "/people/anna/correct" in staff.get("/people/anna").text


def test_only_staff_correct_others(app: Flask) -> None:
    for role in ("alumnus", "analyst"):
        client = reader(app, role)
        for path in ("/people/darya/correct", "/staff/corrections"):
            assert client.get(path).status_code == 403
        for path in ("/people/darya/correct/names", "/people/darya/correct/death",
                     "/staff/corrections/deaths/none"):  # fmt: skip
            assert client.post(path, data=TOLD).status_code == 403
    assert "/people/darya/correct" not in reader(app, "alumnus").get("/people/darya").text


def test_a_surname_is_corrected_and_the_person_told(app: Flask, live: Live, home: Settings) -> None:
    staff = reader(app, "staff")
    names = {"given_name": "Анна", "family_name": "Сидорова", "gender": "f"}
    unsaid = staff.post("/people/anna/correct/names", data=names)
    assert unsaid.status_code == 422 and "Сидорова" in unsaid.text
    assert family(live, ANNA) == "Иванова"
    assert staff.post("/people/anna/correct/names", data=names | TOLD).status_code == 303
    for word in ("сидорова", "иванова"):
        assert "Сидорова" in reader(app, "admin").get(f"/search?q={word}").text
    # Beside it are letters about signing in on a new device.
    told = [one for one in delivered(live.store, home) if "/me/history" in one.get_content()]
    letter = told[-1]
    assert letter["To"] == "alumnus@example.org"
    assert "она сама, 3 марта" in letter.get_content() and "/me/history" in letter.get_content()
    client = reader(app, "alumnus")
    assert "/me/history" in client.get("/home").text
    history = client.get("/me/history").text
    assert "Сидорова" in history and "она сама, 3 марта" in history
    assert "/undo" not in history, "a person changes it on their page instead"
    client.post("/me/history/seen")
    assert (
        "she herself" not in client.get("/home").text and "3 марта" not in client.get("/home").text
    )
    page = staff.get("/people/anna/correct").text
    (undo,) = re.findall(r'action="(/people/anna/correct/undo/\w+)"', page)
    assert staff.post(undo).status_code == 303
    assert family(live, ANNA) == "Иванова"
    assert "taken back" in delivered(live.store, home)[-1].get_content()


def test_the_hidden_are_found_and_corrected_for_their_own_sake(app: Flask, live: Live) -> None:
    staff = reader(app, "staff")
    assert staff.get("/people/vera").status_code == 404
    assert "/people/vera/correct" in staff.get("/staff/corrections?q=орлова").text
    names = {"given_name": "Вера", "family_name": "Орлова-Смит"}
    assert staff.post("/people/vera/correct/names", data=names | TOLD).status_code == 303
    live.catch_up()
    assert "Орлова-Смит" not in reader(app, "alumnus").get("/search?q=орлова").text
    assert staff.get("/people/none/correct").status_code == 404


def test_contacts_work_city_and_studies(app: Flask, live: Live) -> None:
    staff = reader(app, "staff")

    def post(path: str, **more: str) -> int:
        return staff.post(f"/people/boris/correct/{path}", data=TOLD | more).status_code

    assert post("contacts", contact="8 916 123 45 67") == 303
    assert post("contacts", contact="boris@example.org") == 303
    assert post("contacts", contact="nothing") == 422
    assert post("work", employer="ГОИ", from_year="2001") == 303
    assert post("city", city="Атлантида") == 422
    assert post("faculty", unit_id="faculty", year="2004", level="master") == 303
    assert post("group", code="121", group_id="B") == 303
    assert post("take", act="study|STUDIED_IN:B") == 303
    page = staff.get("/people/boris/correct?what=contacts").text
    bounced = re.findall(r'value="(bounced\|\w+)"', page)
    assert len(bounced) == 2
    assert post("take", act=bounced[0]) == 303
    assert post("take", act="bounced|none") == 422
    assert staff.post("/people/boris/correct/take", data={"act": bounced[1]}).status_code == 422
    seen = people.profile(live.store, OTHER, "boris")
    assert sorted((c["kind"], c["bounced_at"] is not None) for c in seen.contacts) == [
        ("email", True),
        ("phone", False),
    ]
    assert [job["name"] for job in seen.work] == ["ГОИ"]
    trail = live.store.read(
        "MATCH (a:AuditEntry) WHERE a.act STARTS WITH 'record.' AND $key IN a.keys "
        "RETURN DISTINCT a.purpose AS purpose LIMIT 9",
        key=BORIS,
    )
    assert trail == [{"purpose": "correct"}]


def test_what_somebody_says_they_studied_waits_for_staff(app: Flask, live: Live) -> None:
    made = studies.say(live.store, ANNAS, unit_id="faculty", to_year=2005)
    staff = reader(app, "staff")
    assert "/staff/corrections#stated" in staff.get("/staff").text
    path = f"/staff/corrections/studies/{made}"
    assert path in staff.get("/staff/corrections").text
    staff.post(path, data={"act": "confirm"})
    assert people.profile(live.store, ANNAS, "anna").stated, "not without saying how one knows"
    staff.post(path, data=TOLD | {"act": "confirm"})
    assert not people.profile(live.store, ANNAS, "anna").stated
    again = staff.post(path, data=TOLD | {"act": "refuse"}, follow_redirects=True)
    assert again.status_code == 200 and "notice-error" in again.text


def test_a_death_needs_a_second_one_and_is_undone(app: Flask, live: Live, home: Settings) -> None:
    staff = reader(app, "staff")
    path = "/people/darya/correct/death"
    wrong = staff.post(path, data=TOLD | {"day": "31", "month": "2", "year": "2026"})
    assert wrong.status_code == 422 and 'value="31"' in wrong.text
    data = TOLD | {"day": "3", "month": "3", "year": "2026", "memorial": "y"}
    assert staff.post(path, data=data).status_code == 303
    assert staff.post(path, data=data).status_code == 422, "it is noted already"
    (one,) = deaths.waiting(live.store, OTHER)
    staff.post(f"/staff/corrections/deaths/{one.id}", data={"act": "confirm"})
    assert deaths.waiting(live.store, OTHER), "not by the one who has noted it"
    to_darya = lambda: [  # noqa: E731
        one for one in delivered(live.store, home) if one["To"] == "admin@example.org"
    ]
    letters = len(to_darya())
    deaths.confirm(live.store, OTHER, one.id)
    live.catch_up()
    alumnus = reader(app, "alumnus")
    assert "/people/darya" not in alumnus.get("/search?q=кузнецова").text
    darya = {"email": "admin@example.org", "password": PASSWORD}
    assert app.test_client().post("/sign-in", data=darya).status_code != 303
    assert len(to_darya()) == letters
    assert staff.post("/people/darya/correct/alive", data=TOLD).status_code == 303
    assert reader(app, "admin").get("/me").status_code == 200
    assert people.cards(live.store, ANNAS, [DARYA])[0].state == "registered"


def test_a_year_alone_is_known_as_a_year(live: Live) -> None:
    told = Told("letter", "из письма брата")
    from webapp.features.records.routes import day_of

    whole, precision = day_of(2019, None, None)
    made = deaths.note(live.store, OTHER, BORIS, died_on=whole, precision=precision, told=told)
    assert (precision, day_of(None, None, None)) == ("year", (None, "unknown"))
    deaths.call_off(live.store, OTHER, made)
