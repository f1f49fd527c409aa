"""The ledger's pages: who may open what, forms with their answers, CSV."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from graphnet.ledger import chain
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.contest_season import season_of_year
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, DARYA

AHEAD = date.today() + timedelta(days=400)  # the last day of the season that is running


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("contributions"))
    live = furnished(session_store, home)
    season_of_year(session_store, "2025")
    season_of_year(session_store, "2026", ends=AHEAD)
    yield site(live, home)
    live.stop()


STAFF_PAGES = (
    "/staff/contributions", "/staff/contributions/new", "/staff/contributions/ranking",
    "/staff/contributions/chain", "/staff/contributions/helped",
    "/staff/contributions/people/darya", "/staff/events/evening/attendance",
)  # fmt: skip


def test_the_ledger_is_for_staff(app: Flask) -> None:
    for path in STAFF_PAGES:
        assert reader(app, "anyone").get(path).status_code == 303, path
        for role in ("alumnus", "analyst"):
            assert reader(app, role).get(path).status_code == 403, (role, path)
        assert reader(app, "staff").get(path).status_code == 200, path
    for path in ("/staff/contributions/new", "/staff/contributions/helped"):
        assert reader(app, "alumnus").post(path, data={"reason": "x"}).status_code == 403


def test_i_see_my_own_season_whole(app: Flask, session_store: Store) -> None:
    page = reader(app, "alumnus").get("/me/contributions").text
    for words in ("Answered a request", "as written", "A newcomer named them", "helped"):
        assert words in page
    assert "somebody whom this page cannot name" in page  # the participant is hidden
    rows = list(
        csv.DictReader(
            io.StringIO(
                reader(app, "alumnus").get("/me/contributions?as=csv").text.lstrip("\ufeff")
            )
        )
    )
    assert {row["entry"]: row["counted"] for row in rows} == {
        "helped": "3.0",
        "brought": "5.0",
        "registered:ranna": "0.0",
    }
    russian = reader(app, "alumnus")
    russian.get("/language/ru")
    assert "Вклад за сезон" in russian.get("/me/contributions").text
    assert reader(app, "alumnus").get("/me/contributions?season=1066").status_code == 404


def test_staff_enter_one_and_take_it_back(app: Flask, session_store: Store) -> None:
    staff = reader(app, "staff")
    values = {"person-id": "darya", "kind": "talk", "day": "2026-01-15",
              "note": "on the programme", "quantity": "2", "participant": ""}  # fmt: skip
    made = staff.post("/staff/contributions/new", data=values)
    assert made.status_code == 303
    where = made.headers["Location"]
    page = staff.get(where).text
    assert "on the programme" in page
    assert "Take it back by a counter-entry" in page
    assert "12" in staff.get("/staff/contributions/people/darya?season=2026").text
    assert staff.post(where, data={"reason": " "}).status_code == 303
    assert "Say in a sentence" in staff.get(where).text
    staff.post(where, data={"reason": "another gave it"})
    page = staff.get(where).text
    assert "another gave it" in page
    assert "Take it back by a counter-entry" not in page
    staff.post(where, data={"reason": "again"})
    assert "taken back already" in staff.get(where).text
    assert chain.broken_link(session_store) is None
    assert "the chain holds" in staff.get("/staff/contributions/chain").text
    listed = staff.get("/staff/contributions?only=corrections&season=2026").text
    assert "Correction: Gave a talk" in listed
    session_store.write("MATCH (c:Contribution {act_id: 'helped'}) SET c.kind = 'talk'")
    assert "the chain is broken" in staff.get("/staff/contributions/chain").text
    session_store.write("MATCH (c:Contribution {act_id: 'helped'}) SET c.kind = 'helped'")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"person-id": "nobody"}, "Say who is meant."),
        ({"person-id": ""}, "Say who is meant."),
        ({"person-id": "vera"}, "Say who is meant."),
        ({"participant-id": "vera"}, "Say who is meant."),
        ({"person": "Дарья"}, "Choose who is meant."),
        ({"person": "Никакогонетов"}, "Nobody of that name is found."),
        ({"day": "yesterday"}, "Give the day on which it happened."),
        ({"day": "1999-01-01"}, "This day lies in no season"),
        ({"day": (AHEAD - timedelta(days=1)).isoformat()}, "the day has passed"),
        ({"quantity": "many"}, "a number from 1 to 100"),
        ({"kind": ""}, "Choose what was done."),
        ({"kind": "referral"}, "Who took part is named for what was mobilised"),
        ({"note": " "}, "Say in a sentence what shows it"),
    ],
)
def test_a_wrong_form_comes_back_with_what_is_wrong(
    app: Flask, change: dict[str, str], words: str
) -> None:
    values = {"person-id": "darya", "kind": "talk", "day": "2026-01-15", "note": "note"}
    answer = reader(app, "staff").post("/staff/contributions/new", data={**values, **change})
    assert answer.status_code == 422
    assert words in answer.text.replace("&#39;", "'")


def test_staff_mark_who_came(app: Flask, session_store: Store) -> None:
    staff = reader(app, "staff")
    path = "/staff/events/evening/attendance"
    assert "Дарья" in staff.get(path).text
    staff.post(path, data={"shown": ["rdarya"], "came": ["rdarya"]})
    assert "has not begun" in staff.get(path).text
    session_store.write(
        "MATCH (e:Event {id: 'evening'}) SET e.starts_at = datetime() - duration('P1D')"
    )
    assert "Mark who came" in staff.get("/events/evening").text
    assert "Mark who came" not in reader(app, "alumnus").get("/events/evening").text
    staff.post(path, data={"shown": ["rdarya", "ranna"], "came": ["rdarya"]})
    assert "1 more came" in staff.get(path).text
    rows = session_store.read(
        "MATCH (r:Registration) WHERE r.attended_at IS NOT NULL RETURN r.id AS id LIMIT 9"
    )
    assert rows == [{"id": "rdarya"}]


def test_the_ranking_has_only_those_who_agreed(app: Flask, session_store: Store) -> None:
    staff = reader(app, "staff")
    assert "Анна" not in staff.get("/staff/contributions/ranking").text
    session_store.write(
        "MATCH (p:Person) WHERE p.key IN $keys CREATE (p)-[:GAVE]->(:Consent {id: randomUUID(), "
        "purpose: 'profile', state: 'given', at: datetime()})",
        keys=[ANNA, DARYA],
    )
    page = staff.get("/staff/contributions/ranking").text
    assert "Анна" in page
    rows = list(
        csv.DictReader(
            io.StringIO(staff.get("/staff/contributions/ranking?as=csv").text.lstrip("\ufeff"))
        )
    )
    # Darya is an administrator here: the rules exclude who works for the Association.
    assert [(row["rank"], row["id"], row["total"]) for row in rows] == [("1", "anna", "8.0")]


# The field that finds people (webapp.frame.whom), on a form that uses it twice

FORM = {"kind": "talk", "day": "2026-01-15", "note": "on the programme"}
WHERE = "/staff/contributions/new"


def test_a_name_brings_those_who_fit_and_nothing_else_is_lost(app: Flask) -> None:
    staff = reader(app, "staff")
    page = staff.post(WHERE, data={**FORM, "person": "дарья"})
    assert page.status_code == 422
    assert "Choose who is meant." in page.text
    assert 'name="person-id" value="darya"' in page.text
    assert (
        " checked"
        not in re.search(r'<ul class="whom-list" id="person-list">.*?</ul>', page.text, re.S)[0]
    )
    assert "on the programme" in page.text
    chosen = {"person": "дарья", "person-for": "дарья", "person-id": "darya"}
    assert staff.post(WHERE, data={**FORM, **chosen}).status_code == 303


def test_whoever_types_another_name_means_somebody_else(app: Flask) -> None:
    staff = reader(app, "staff")
    before = {"person": "анна", "person-for": "дарья", "person-id": "darya"}
    page = staff.post(WHERE, data={**FORM, **before})
    assert page.status_code == 422
    assert 'value="anna"' in page.text
    assert 'value="darya"' not in page.text


def test_the_address_of_a_page_is_the_person(app: Flask) -> None:
    staff = reader(app, "staff")
    for address in ("/people/darya", "http://localhost/people/darya?from=x"):
        assert staff.post(WHERE, data={**FORM, "person": address}).status_code == 303
    nobody = staff.post(WHERE, data={**FORM, "person": "/people/vera"})
    assert nobody.status_code == 422, "who is hidden is not found by address either"


def test_a_set_takes_several_and_forgets_whom_one_takes_away(app: Flask) -> None:
    staff = reader(app, "staff")
    page = staff.post(
        "/staff/ambassadors/plans", data={"k": "3", "fix-id": ["darya", "anna"], "bar": "борис"}
    )
    assert page.status_code == 422
    marked = re.findall(r'name="fix-id" value="(\w+)" checked', page.text)
    assert sorted(marked) == ["anna", "darya"]
    assert 'name="bar-id" value="boris">' in page.text


def test_only_staff_are_offered_whom_staff_may_see(app: Flask) -> None:
    assert reader(app, "alumnus").get("/staff/people/offers?q=дарья").status_code == 403
    offered = reader(app, "staff").get("/staff/people/offers?q=дарья").get_json()["offers"]
    assert "darya" in {one["id"] for one in offered}
    everybody = reader(app, "alumnus").get("/search/people?q=ве").get_json()["offers"]
    assert "vera" not in {one["id"] for one in everybody}
