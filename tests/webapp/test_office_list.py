"""The list of people as an office needs it: on the page, and as a file that Excel in Russian opens
(found S24, SD4)."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from graphnet import audit
from graphnet.computed import refresh
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from webapp.frame import respond

MORE = """MATCH (p:Person {id: 'anna'}), (u:Unit {id: 'faculty'})
SET p.former_names = ['Лебедева']
CREATE (p)-[:COMPLETED {programme: 'Optics', year: 2003}]->(u)
CREATE (p)-[:HAS]->(:ContactPoint {id: 'tel', kind: 'phone', value: '+7 (812) 000-17-88',
  value_key: '+78120001788'})
CREATE (p)-[:HAS]->(:ContactPoint {id: 'old', kind: 'email', value: 'old@example.org',
  value_key: 'old@example.org', bounced_at: datetime()})
WITH u CREATE (q:Person:Alumnus {key: 77, id: 'nina', given_name: 'Нина', family_name: 'Новикова',
  name_key: 'n', visibility: 'shown'})-[:COMPLETED {programme: 'Optics', year: 2002}]->(u)"""


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("list"))
    furnished(session_store, home).stop()
    session_store.write(MORE)
    refresh(session_store, home.snapshots)
    live = Live(session_store, home.snapshots)
    live.start()
    yield site(live, home)
    live.stop()


def test_staff_read_a_row_each_and_members_cards(app: Flask) -> None:
    page = reader(app, "staff").get("/people").text
    assert page.count("<tr>") == 1 + page.count('<th scope="row">')
    assert 'href="tel:+78120001788"' in page
    assert 'href="mailto:anna@example.org"' in page
    assert "old@example.org" not in page, "it works no more"
    assert "nothing on file" in page
    members = reader(app, "alumnus").get("/people").text
    assert '<li class="person">' in members
    assert "<table>" not in members


def test_the_file_is_for_a_russian_office(app: Flask, session_store: Store) -> None:
    staff = reader(app, "staff")
    staff.get("/language/ru")
    answer = staff.get("/people?as=csv")
    assert answer.text.startswith("\ufeff"), "or Excel takes Cyrillic for Latin-1"
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    anna = next(row for row in rows if row["имя"] == "Анна")
    assert anna == {
        "фамилия": "Иванова", "имя": "Анна", "отчество": "", "прежние фамилии": "Лебедева",
        "статус": "зарегистрирована", "факультет": "Оптика", "специальность": "Оптика",
        "группа": "221", "набор": "1998", "выпуск": "2003", "эл. почта": "anna@example.org",
        "телефон": "'+7 (812) 000-17-88", "город": "", "работа": "",
        "конец адреса страницы": "anna",
    }  # fmt: skip
    nina = next(row for row in rows if row["имя"] == "Нина")
    assert nina["специальность"] == "Оптика", "as the programme's intakes have it, found A36"
    taken = audit.entries(session_store, act="export", limit=5)
    assert taken[0].purpose == "directory"
    assert 77 in taken[0].keys


def test_the_same_in_english(app: Flask) -> None:
    staff = reader(app, "staff")
    staff.get("/language/en")
    text = staff.get("/people?as=csv").text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    anna = next(row for row in rows if row["first name"] == "Анна")
    assert (anna["status"], anna["faculty"], anna["graduation"]) == ("registered", "Optics", "2003")


def test_numbers_and_days_are_written_as_the_readers_spreadsheet_reads_them(app: Flask) -> None:
    row = [1.5, date(2026, 5, 9), 3, "a;b", datetime(2026, 5, 9, tzinfo=UTC)]
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        answer = respond.csv_answer("x", ["n"], [row])
        assert answer.get_data(as_text=True).splitlines()[1].startswith('1,5;09.05.2026;3;"a;b";2')
        plain = respond.csv_answer("x", ["n"], [row], plain=True)
        assert plain.get_data(as_text=True).splitlines()[1].startswith("1.5,2026-05-09,3,a;b,2026")
