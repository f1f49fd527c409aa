"""Loading files up, looking at them, bringing them in, deciding about doubles: the pages."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import merging
from graphnet.ledger import backfill
from graphnet.live import Live
from graphnet.merging import doubles
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from ingest import runs, undoing, undoing_jobs
from ingest.uploads import kept, preview, recipes
from tests.support.furnished import reader
from tests.support.graphs import BORIS, GEORGY, ZHANNA
from tests.support.uploaded import app, following, home, load, post, staff, work
from tests.webapp.conftest import cheap_hashes
from webapp.features.imports.words import problem_word

__all__ = ["app", "cheap_hashes", "following", "home", "staff"]

STAFF = Viewer("staff", 8, "desk", frozenset({"staff"}), purpose="correct")
LIST = (
    "Фамилия;Имя;Дата рождения;Год выпуска;E-mail;Прочее\n"
    "ЗЕЛЕНИН;Пётр;02.03.1980;2003;petr@example.org;x\n"
    "Зорина;Анна;31.02.1981;2004;zorina@example.org;y\n"
)


@pytest.mark.parametrize("small", [preview.SMALL, 0], ids=["by the page", "by a worker"])
def test_why_files_stopped_is_said_in_the_readers_language(
    staff: FlaskClient, following: Live, home: Settings, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(preview, "SMALL", small)
    path = load(staff, "list of 2003.xlsx", b"PK\x03\x04 this was a workbook once")
    staff.get(path)
    work(following, home)
    assert "list of 2003.xlsx is damaged, or is no spreadsheet." in staff.get(path).text
    staff.set_cookie("language", "ru")
    russian = staff.get(path).text
    staff.delete_cookie("language")
    assert "Работа остановилась: list of 2003.xlsx повреждён" in russian


@pytest.mark.parametrize(
    ("stopped", "said"),
    [
        ("locked:a: b.xlsx", "a: b.xlsx is locked: save it without a password."),
        ("busy:", "These files are being brought in, or are in the base already."),
        ("a sentence of an older version", "Something unforeseen has happened"),
    ],
)
def test_the_words_of_what_stopped_files(app: Flask, stopped: str, said: str) -> None:
    with app.test_request_context():
        assert problem_word(stopped).startswith(said)


@pytest.mark.parametrize("role", ["anyone", "alumnus", "analyst"])
def test_strangers_come_nowhere(app: Flask, role: str) -> None:
    client = reader(app, role)
    for path in ("/staff/imports/new", "/staff/doubles", "/staff/imports/numbers",
                 "/staff/imports/uploads/none", "/staff/doubles/none",
                 "/staff/doubles/none/all", "/staff/doubles/obvious"):  # fmt: skip
        assert client.get(path).status_code == (303 if role == "anyone" else 403), path
    answer = post(client, ("a.csv", b"x" * 2_000_000))
    assert answer.status_code in (303, 403, 413)


def test_wrong_files_are_refused_with_what_to_do(staff: FlaskClient) -> None:
    answer = staff.post("/staff/imports/new", data={})
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.text
    for name, content in (("run.exe", b"MZ"), ("empty.csv", b"")):
        assert post(staff, (name, content)).status_code == 422, name


def test_a_large_file_is_no_larger_than_a_page_may_take(staff: FlaskClient) -> None:
    content = (LIST + "".join(f"Имянов{i};Олег;;;;\n" for i in range(60_000))).encode()
    assert len(content) > 1 << 20
    path = load(staff, "large.csv", content)
    assert "being read" in staff.get(path).text
    assert staff.post(path + "/throw-away").status_code == 303
    assert "wait until that has ended" in staff.get(path).text


def test_a_list_comes_in_as_it_was_corrected(
    staff: FlaskClient, following: Live, home: Settings
) -> None:
    work(following, home)
    path = load(staff, "dean.csv", LIST.encode("cp1251"))
    page = staff.get(path).text
    assert "windows-1251" in page
    assert "no such day in the calendar" in page
    assert "<del" in page
    russian = staff.get(path, headers={"Accept-Language": "ru"}).text
    assert "такого дня нет в календаре" in russian
    assert staff.post(path, data={"key": "other.csv|x"}).status_code == 400
    form = {
        "key": "dean.csv|dean", "sender": "Деканат", "use": "yes", "column-0": "family_name",
        "column-1": "given_name", "column-2": "birth_date", "column-3": "graduation_year",
        "column-4": "email", "column-5": "city",
    }  # fmt: skip
    assert staff.post(path, data=form).status_code == 303
    page = staff.get(path).text
    assert 'value="Деканат"' in page
    assert staff.post(path + "/commit").status_code == 303
    assert "You may close this page" in staff.get(path).text
    staff.post(path + "/commit")  # twice is once
    work(following, home)
    page = staff.get(path).text
    assert "in the base" in page, page
    with staff.get(path + "/rejects/0") as rejects:
        assert rejects.status_code == 200
        assert "Зорина" in rejects.text
        assert "date of birth: no such day in the calendar (31.02.1981)" in rejects.text
    with staff.get(path + "/rejects/0", headers={"Accept-Language": "ru"}) as rejects:
        assert "дата рождения: такого дня нет в календаре (31.02.1981)" in rejects.text
    assert "дата рождения: такого дня" in staff.get(path, headers={"Accept-Language": "ru"}).text
    rows = following.store.read(
        "MATCH (p:Person {family_name: 'Зеленин'})-[:LIVES_IN]->(c:Place) RETURN c.name AS c"
    )
    assert rows == [{"c": "X"}]
    runs = staff.get("/staff/imports").text
    assert "dekanat" in runs
    assert "in quarantine" in runs
    told = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", runs))
    assert told["Rows read"] == "1", "the other one was rejected before"
    assert told["Records of people"] == "1 new"
    assert "Skipped" not in told
    numbers = staff.get("/staff/imports/numbers").text
    assert "lawful ground" in numbers
    assert (
        "База в цифрах"
        in staff.get("/staff/imports/numbers", headers={"Accept-Language": "ru"}).text
    )


def test_what_is_read_wrongly_is_said_by_hand_and_remembered_of_the_sender(
    staff: FlaskClient, following: Live
) -> None:
    text = "Отчёт;за;2019\nКто;Имя;Стало\nПетров;Иван;Казань\nСидоров;Олег;Пенза\n"
    path = load(staff, "one.csv", text.encode("cp1251"))
    page = staff.get(path).text
    assert "as found by itself: windows-1251" in page
    assert "1: Отчёт · за · 2019" in page
    recipes.keep(following.store, "Архив", {"Кто": "family_name", "Имя": "given_name",
                 "Стало": "city"}, by="desk", reading={"header": "2"})  # fmt: skip
    as_shown = {
        "key": "one.csv|one", "sender": "Архив", "use": "yes", "header": "", "encoding": "",
        "delimiter": "", "column-0": "", "column-1": "given_name", "column-2": "",
    }  # fmt: skip
    staff.post(path, data=as_shown)
    page = staff.get(path).text
    assert "as in this sender’s last file" in page, "what nobody has touched is the sender's"
    assert 'value="2" selected' in page
    staff.post(path, data=as_shown | {"header": "1", "column-0": "family_name"})
    page = staff.get(path, headers={"Accept-Language": "ru"}).text
    assert "Заголовки столбцов — в строке 1, как вы указали." in page
    staff.post(path, data=as_shown | {"header": "1", "encoding": "no such", "delimiter": ","})
    page = staff.get(path).text
    assert "Cells are parted by a comma, as you have chosen." in page
    staff.post(path + "/throw-away")


# Somebody of the run was registered for an event by its list.
REGISTERED = """MATCH (run:ImportRun {id: $run})<-[:FROM]-(:Record)-[:ABOUT]->(p:Person)
WITH run, p ORDER BY p.key LIMIT 1
CREATE (r:Registration {id: 'came', state: 'yes', at: $now})-[:FROM]->(run)
CREATE (r)-[:BY {run: run.number}]->(p)
CREATE (e:Event {id: 'party', title: 'Party', starts_at: $now})-[:FROM]->(run)
CREATE (r)-[:FOR {run: run.number}]->(e) RETURN r.id AS id"""


def test_an_import_says_what_undoing_it_takes_before_it_does(app: Flask, following: Live) -> None:
    staff, store = reader(app, "staff"), following.store
    run = store.read("MATCH (r:ImportRun {source: 'dekanat'}) RETURN r.id AS id")[0]["id"]
    where = f"/staff/imports/{run}/undo"
    find = "MATCH (u:Upload) WHERE u.done CONTAINS $run RETURN u.id AS id LIMIT 2"
    upload = f"/staff/imports/uploads/{store.read(find, run=run)[0]['id']}"
    back = "taken out of the base again"
    assert back not in staff.get(upload).text + staff.get("/staff/imports/new").text
    assert where in staff.get("/staff/imports").text, "by whoever made it"
    assert "Would go" in reader(app, "admin").get(where).text, "and by an administrator"
    mine = "MATCH (r:ImportRun {id: $id}) SET r.imported_by = $by"
    me = store.read("MATCH (r:ImportRun {id: $id}) RETURN r.imported_by AS by", id=run)[0]["by"]
    store.write(mine, id=run, by="a colleague")
    assert where not in staff.get("/staff/imports").text
    assert [staff.get(where).status_code, staff.post(where).status_code] == [403, 403]
    store.write(mine, id=run, by=me)
    page = staff.get(where).text
    assert "Would go" in page and "in the ledger" not in page
    store.write(REGISTERED, run=run, now=datetime.now(UTC))
    assert backfill.backfill(store)["registered_for_event"] == 1
    assert "1 contribution, a registration or a gift that goes along" in staff.get(where).text
    in_russian = staff.get(where, headers={"Accept-Language": "ru"}).text
    assert "1 вклад, регистрация или пожертвование из этой загрузки" in in_russian
    assert staff.post(where).status_code == 303
    counter = store.read("MATCH (c:Contribution {act_id: 'correct:registered:came'}) RETURN c.kind")
    assert counter, "it is taken back"
    assert not following.store.read("MATCH (p:Person {family_name: 'Зеленин'}) RETURN p LIMIT 1")
    assert back in staff.get(upload).text and back in staff.get("/staff/imports/new").text
    assert "one person" not in staff.get(upload).text, "nothing is left to be answered"
    store.write("MATCH (r:ImportRun {id: $id}) REMOVE r.ground", id=run)
    assert f"/staff/imports/{run}/ground" not in staff.get("/staff/imports").text, "nobody is left"


NEWER = """CREATE (r:ImportRun {id: 'newer', number: 1000000, source: $source, state: 'finished',
  started_at: $now, finished_at: $now})"""
TRAIL = """MATCH (a:AuditEntry {act: 'undo import', subject: $run})
RETURN a.actor AS by, a.purpose AS purpose"""
NEWEST = "MATCH (r:ImportRun) RETURN r.id AS id, r.state AS state ORDER BY r.number DESC LIMIT 1"


def brought_in(staff: FlaskClient, following: Live, home: Settings, family_name: str) -> str:
    """Bring a list of one person in, and return the import."""
    path = load(staff, "list.csv", f"Фамилия;Имя\n{family_name};Саша\n".encode())
    form = {"key": "list.csv|list", "sender": family_name, "use": "yes"}
    staff.post(path, data=form | {"column-0": "family_name", "column-1": "given_name"})
    staff.post(path + "/commit")
    work(following, home)
    return str(following.store.read(NEWEST)[0]["id"])


def test_a_large_import_is_undone_by_a_worker(
    app: Flask, following: Live, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, store = reader(app, "staff"), following.store
    run = brought_in(staff, following, home, "Великанов")
    there = "MATCH (p:Person {family_name: 'Великанов'}) RETURN p.key AS key"
    assert len(store.read(there)) == 1
    monkeypatch.setattr(undoing_jobs, "SMALL", 0)
    where = f"/staff/imports/{run}/undo"
    page = staff.post(where, follow_redirects=True).text
    assert "The import is being undone" in page and ", being undone<" in page
    assert f'hx-select="#state-{run}"' in page, "the page looks again by itself"
    assert "It is being undone already." in staff.post(where, follow_redirects=True).text
    assert len(store.read(there)) == 1, "nothing has been done yet"
    work(following, home)
    assert store.read(NEWEST) == [{"id": run, "state": "undone"}]
    assert store.read(there) == []
    assert f"state-{run}" in staff.get("/staff/imports").text
    page = staff.get("/staff/imports").text
    assert "hx-select" not in page
    card = page[page.index(f'id="{run}"') :].split("</article>")[0]
    assert "released" not in card and "in quarantine" not in card, "nobody of it is there"
    trail = store.read(TRAIL, run=run)
    me = store.read("MATCH (a:Account {email_key: 'staff@example.org'}) RETURN a.id AS id")
    assert [(row["by"], row["purpose"]) for row in trail] == [(me[0]["id"], "imports")]
    assert "undone already" in staff.post(where, follow_redirects=True).text


def test_a_worker_finds_a_large_import_undone_or_a_newer_one_of_its_source(
    app: Flask, following: Live, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, store = reader(app, "staff"), following.store
    run = brought_in(staff, following, home, "Великанова")
    monkeypatch.setattr(undoing_jobs, "SMALL", 0)
    staff.post(f"/staff/imports/{run}/undo")
    undoing.undo_run(store, run)  # from the command line
    work(following, home)  # the job finds nothing to do, and is done
    assert store.read(NEWEST) == [{"id": run, "state": "undone"}]
    older = brought_in(staff, following, home, "Великанова")
    staff.post(f"/staff/imports/{older}/undo")
    source = runs.run_of(store, older)["source"]
    store.write(NEWER, source=source, now=datetime.now(UTC))
    work(following, home)
    assert runs.run_of(store, older)["state"] == "finished", "it is not said to go on for ever"
    store.write("MATCH (r:ImportRun {id: 'newer'}) DELETE r")
    staff.post(f"/staff/imports/{older}/undo")
    work(following, home)
    assert store.read(NEWEST) == [{"id": older, "state": "undone"}]
    done = "MATCH (j:Job {kind: 'undo import'}) RETURN DISTINCT j.state AS state ORDER BY state"
    assert [row["state"] for row in store.read(done)] == ["done"]


def test_a_double_is_answered_and_parted(staff: FlaskClient, following: Live, app: Flask) -> None:
    store = following.store
    said = [{"field": "family_name", "left": "петров", "right": "сидоров", "level": "different",
             "weight": -7.0}]  # fmt: skip
    pair = doubles.pair_of({"odds": 0.0, "said": said})
    assert doubles.propose(store, [(BORIS, GEORGY, pair)], source="test") == 1
    page = staff.get("/staff/doubles").text
    assert "would find about 0.5 doubles" in page
    assert "may be one person" in staff.get("/staff").text
    answer = staff.get("/staff/doubles/next")
    path = answer.headers["Location"]
    page = staff.get(path).text
    assert "against it" in page
    assert "Сидоров" in page
    assert "Рядом" in staff.get(path, headers={"Accept-Language": "ru"}).text
    assert staff.post(path, data={"answer": "nonsense"}).status_code in (400, 422)
    assert staff.post(path, data={"answer": "same"}).status_code == 303
    assert "They are one person now" in staff.get("/staff/doubles").text
    old = staff.get("/people/georgy")
    assert old.status_code == 302
    assert old.headers["Location"].endswith("/people/boris")
    alumnus = reader(app, "alumnus")
    assert alumnus.get("/people/georgy").status_code in (302, 404)
    merge = merging.merges(store, STAFF)[0]["merge"]
    assert staff.post(f"/staff/doubles/merges/{merge}/undo").status_code == 303
    assert "They are two people again." in staff.get("/staff/doubles").text
    assert staff.post(f"/staff/doubles/merges/{merge}/undo").status_code == 303
    assert "undone already" in staff.get("/staff/doubles").text
    waits = doubles.queue(store, STAFF).waiting
    assert len(waits) == 1  # it is asked about anew
    assert staff.post(f"/staff/doubles/{waits[0].id}", data={"answer": "different"}).status_code
    assert doubles.decided(store) == [(BORIS, GEORGY, False)]
    assert staff.post(f"/staff/doubles/{waits[0].id}/end").status_code == 303
    assert doubles.decided(store) == []


def test_one_who_does_not_belong_is_taken_out_and_the_rest_joined(
    staff: FlaskClient, following: Live
) -> None:
    store = following.store
    store.write("MATCH (d:Double) DETACH DELETE d")
    pair = doubles.pair_of({"odds": 6.0, "said": []})
    asked = [(BORIS, GEORGY, pair), (GEORGY, ZHANNA, pair)]
    assert doubles.propose(store, asked, source="test") == 2
    one = doubles.queue(store, STAFF).waiting[0].id
    assert "These are two of 3 people" in staff.get(f"/staff/doubles/{one}").text
    path = f"/staff/doubles/{one}/all"
    page = staff.get(path).text
    assert "Who does not belong to the others?" in page
    assert "Кто здесь лишний?" in staff.get(path, headers={"Accept-Language": "ru"}).text
    shown = ["boris", "georgy", "zhanna"]
    again = staff.post(path, data={"answer": "out", "shown": shown, "stands-family_name": "zhanna"})
    assert again.status_code == 409
    assert "Choose who does not belong" in again.text
    assert re.search(r'name="stands-family_name" value="zhanna" checked', again.text), "not lost"
    again = staff.post(path, data={"answer": "out", "out": "zhanna", "shown": shown[1:]})
    assert "Somebody has answered meanwhile" in again.text
    assert staff.post(path, data={"answer": "nonsense", "shown": shown}).status_code in (400, 422)
    said = {"answer": "out and join", "out": "zhanna", "shown": shown}
    assert staff.post(path, data=said).status_code == 303
    page = staff.get("/staff/doubles").text
    assert "Taken out: another person than all the others, from now on." in page
    assert "1 joining is done" in page
    assert doubles.decided(store) == [(BORIS, ZHANNA, False)]
    assert staff.get(path).status_code == 303  # nothing waits there any more
    merge = merging.merges(store, STAFF)[0]["merge"]
    staff.post(f"/staff/doubles/merges/{merge}/undo")
    assert len(doubles.decided(store)) == 2, "each of the two is another than the one taken out"


def test_field_by_field_staff_choose_whose_value_stands(
    staff: FlaskClient, following: Live
) -> None:
    store = following.store
    store.write("MATCH (d:Double) DETACH DELETE d")
    store.write(
        "MATCH (b:Person {key: $b}) MATCH (g:Person {key: $g}) "
        "SET b.born_on = date('1980-01-02'), g.born_on = date('1980-02-01'), g.gender = 'm'",
        b=BORIS,
        g=GEORGY,
    )
    pair = doubles.pair_of({"odds": 2.0, "said": []})
    assert doubles.propose(store, [(BORIS, GEORGY, pair)], source="test") == 1
    path = f"/staff/doubles/{doubles.queue(store, STAFF).waiting[0].id}"
    page = staff.get(path).text
    assert "whose value stands?" in page
    assert re.search(r'value="boris" checked> Петров', page), "proposed"
    assert "proposed: this record was in the base first" in page
    assert "February 1, 1980" in page
    assert "stands-gender" not in page, "only one of them says it"
    russian = staff.get(path, headers={"Accept-Language": "ru"}).text
    assert "что из сведений остаётся?" in russian
    assert "1 февраля 1980" in russian
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    chosen = {"answer": "same", "stands-family_name": "georgy", "stands-born_on": "boris"}
    stale = staff.post(path, data=chosen | {"seen": "0" * 18})
    assert stale.status_code == 409
    assert "Somebody has changed one of them meanwhile" in stale.text
    assert re.search(r'value="georgy" checked> Сидоров', stale.text), "nothing chosen is lost"
    wrong = staff.post(path, data=chosen | {"stands-family_name": "zhanna"})
    assert wrong.status_code in (400, 422)
    assert staff.post(path, data=chosen | {"seen": seen[1]}).status_code == 303
    page = staff.get("/staff/doubles").text
    assert "Family name: Сидоров, not Петров (chosen by hand)" in page
    assert "Date of birth: January 2, 1980, not February 1, 1980 (as proposed)" in page
    russian = staff.get("/staff/doubles", headers={"Accept-Language": "ru"}).text
    assert "Сидоров, а не Петров (выбрано вручную)" in russian
    history = staff.get("/people/boris/correct").text
    assert "by the Association, when two records of one person were joined" in history
    merging.undo(store, STAFF, merging.merges(store, STAFF)[0]["merge"])
    assert "two records of one person" not in staff.get("/people/boris/correct").text
    store.write("MATCH (d:Double) DETACH DELETE d")
    assert doubles.propose(store, [(BORIS, GEORGY, replace(pair, odds=6.0))], source="test") == 1


def test_pairs_that_are_all_but_sure_are_looked_at_and_joined_together(
    staff: FlaskClient, following: Live
) -> None:
    store = following.store
    assert len(doubles.queue(store, STAFF).waiting) == 1, "Boris and Georgy, parted again"
    assert "1 pair is all but sure" in staff.get("/staff/doubles").text
    page = staff.get("/staff/doubles/obvious").text
    assert "Join 1 pair?" in page
    waits = doubles.queue(store, STAFF).waiting[0].id
    staff.post("/staff/doubles/obvious", data={})
    assert "Choose at least one pair." in staff.get("/staff/doubles/obvious").text
    staff.post("/staff/doubles/obvious", data={"pair": [waits, "gone"]})
    page = staff.get("/staff/doubles").text
    assert "1 pair is one person now" in page
    assert "1 pair was left" in page
    assert "No pair is all but sure" in staff.get("/staff/doubles/obvious").text
    merging.undo(store, STAFF, merging.merges(store, STAFF)[0]["merge"])
    store.write("MATCH (d:Double) DETACH DELETE d")


def test_six_files_of_six_formats_come_in_without_a_mapping_by_hand(
    staff: FlaskClient, following: Live, home: Settings
) -> None:
    folder = Path(__file__).with_name("six_files")
    files = [(p.name, p.read_bytes()) for p in sorted(folder.iterdir()) if p.suffix != ".md"]
    assert len(files) == 6
    answer = post(staff, *files)
    path = answer.headers["Location"]
    page = staff.get(path).text
    told = preview.preview(home, kept.one(following.store, path.rpartition("/")[2]))
    assert told is not None
    assert len(told["sheets"]) == 6
    for sheet in told["sheets"]:
        fields = {column["field"] for column in sheet["columns"]}
        assert fields & {"full_name", "family_name"}, sheet["file"]
        assert sheet["sample"], sheet["file"]
        assert sheet["good"] >= 0.8 * sheet["rows"], (sheet["file"], sheet["groups"])
        assert f'<a href="#s{told["sheets"].index(sheet)}">' in page
    assert sum(sheet["rows"] for sheet in told["sheets"]) == 378
    staff.post(path + "/commit")
    work(following, home)
    assert "in the base" in staff.get(path).text
    done = kept.one(following.store, path.rpartition("/")[2]).done
    assert sum(one["rows"] for one in done) == 378
    read = sum(one["read"] for one in done)
    made = sum(one["made"] for one in done)
    assert read == 378 - sum(one["rejected"] for one in done)
    assert 200 <= made <= 250, "223 people have written them"
