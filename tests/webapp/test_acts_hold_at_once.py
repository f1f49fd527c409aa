"""What somebody does holds in the next answer: hiding, renaming, erasing, answering, dismissing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from graphnet.computed import refresh
from graphnet.errors import Conflict, SnapshotError
from graphnet.live import Live, usable
from graphnet.model import Name
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.snapshot import current
from graphnet.store import Store
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import DARYA
from tests.support.themselves import erase, hide, rename, show


@pytest.fixture
def live(store: Store, settings: Settings, tmp_path: Path) -> Iterator[Live]:
    following = furnished(store, own_home(settings, tmp_path))
    yield following
    following.stop()


@pytest.fixture
def app(live: Live, settings: Settings, tmp_path: Path) -> Flask:
    return site(live, own_home(settings, tmp_path))


def test_who_hides_is_gone_from_the_next_answer(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    assert "Кузнецова" in client.get("/search?q=кузнецова").text
    hide(live.store, DARYA)
    live.catch_up()
    for path in ("/people", "/classmates", "/home", "/groups/club", "/events/evening"):
        assert "Кузнецова" not in client.get(path).text, path
    assert "Дарья" not in client.get("/search?q=кузнецова").text
    show(live.store, DARYA)
    live.catch_up()
    assert "Дарья" in client.get("/search?q=кузнецова").text


def test_a_name_given_a_second_ago_is_found(app: Flask, live: Live) -> None:
    rename(live.store, DARYA, Name("Дарья", "Белоусова"))
    live.catch_up()
    assert "Белоусова" in reader(app, "alumnus").get("/search?q=белоусова").text


def test_an_erased_person_is_gone_with_all_that_was_theirs(app: Flask, live: Live) -> None:
    with pytest.raises(Conflict, match="the last administrator stays"):
        erase(live.store, Viewer("alumnus", DARYA), DARYA)
    live.store.write(
        "MATCH (a:Account {email: 'staff@example.org'}) SET a.roles = a.roles + 'admin'"
    )
    erase(live.store, Viewer("alumnus", DARYA), DARYA)
    live.catch_up()
    assert "Кузнецова" not in reader(app, "alumnus").get("/search?q=кузнецова").text
    left = live.store.read(
        "MATCH (n) WHERE n.value = 'darya@example.org' OR n.email = 'admin@example.org' "
        "RETURN count(n) AS n"
    )
    assert left[0]["n"] == 0


def test_a_seat_is_taken_once_and_given_on(app: Flask, live: Live) -> None:
    live.store.write("MATCH (e:Event {id: 'evening'}) SET e.capacity = 5")
    staff = reader(app, "staff")
    staff.post("/events/evening/answer", data={"answer": "yes"})
    assert "waiting list" in staff.get("/events/evening", headers={"Accept-Language": "en"}).text
    reader(app, "alumnus").post("/events/evening/answer", data={"answer": "no"})
    states = live.store.read(
        "MATCH (r:Registration)-[:BY]->(p:Person) WHERE p.id IN ['anna', 'staff'] "
        "RETURN p.id AS id, r.state AS state ORDER BY id"
    )
    assert states == [{"id": "anna", "state": "no"}, {"id": "staff", "state": "offered"}]
    staff.post("/events/evening/seat", data={"act": "take"})
    assert "you said yes" in staff.get("/events/evening").text
    for _ in range(2):
        staff.post("/events/evening/answer", data={"answer": "yes"})
    assert live.store.read("MATCH (r:Registration) RETURN count(r) AS n")[0]["n"] == 6


def test_who_brought_me_along_is_kept_and_nobody_is_guessed(app: Flask, live: Live) -> None:
    live.store.write(
        "MATCH (a:Person {id: 'anna'}) MATCH (z:Person {id: 'zhanna'}) "
        "CREATE (a)-[:KNOWS {strength: 0.9, source: 'test'}]->(z)"
    )
    client = reader(app, "alumnus")
    client.post("/events/evening/answer", data={"answer": "yes"})
    page = client.get("/events/evening").text
    assert '<option value="zhanna">' in page
    assert 'value="vera"' not in page  # hidden, though Anna knows her
    refused = set()
    for name in ("vera", "evgeny", "nobody", "darya"):
        answer = client.post(
            "/events/evening/brought", data={"person": name}, follow_redirects=True
        )
        refused.add("notice-error" in answer.text)
    assert refused == {True}
    client.post("/events/evening/brought", data={"person": "zhanna"})
    assert '<option value="zhanna" selected>' in client.get("/events/evening").text
    assert reader(app, "anyone").post("/events/evening/brought").status_code == 303


def test_what_is_dismissed_stays_away(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    page = client.get("/home").text
    assert "Жанна" in page
    client.post("/dismiss", data={"list": "people", "item": "zhanna", "next": "/home"})
    page = client.get("/home").text
    assert "Жанна" not in page
    # What was a slip is taken back on the same page.
    form = re.search(r'action="(/recommended/undo)" class="undo">.*?</form>', page, re.S)
    assert form is not None
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    assert client.post(form[1], data=given).location == "/home"
    assert "Жанна" in client.get("/home").text


def test_joining_twice_is_once(app: Flask, live: Live) -> None:
    client = reader(app, "staff")
    for _ in range(2):
        assert client.post("/groups/club/join").status_code == 303
    count = "MATCH (:Person {id: 'staff'})-[m:MEMBER_OF]->(:Group) RETURN count(m) AS n"
    assert live.store.read(count)[0]["n"] == 1
    client.post("/groups/club/leave")
    assert live.store.read(count)[0]["n"] == 0


def test_people_with_numbers_for_names_are_found_by_them(app: Flask, live: Live) -> None:
    rename(live.store, DARYA, Name("Cornell5 1234", ""))
    live.catch_up()
    client = reader(app, "staff")
    assert "Cornell5 1234" in client.get("/search?q=cornell5 1234").text


def test_a_snapshot_of_an_older_program_is_built_anew(
    live: Live, settings: Settings, tmp_path: Path
) -> None:
    folder = own_home(settings, tmp_path).snapshots
    path = current(folder)
    assert path is not None
    for file in (path / "names").iterdir():
        file.unlink()
    assert not usable(path)
    late = Live(live.store, folder)
    late.start()
    try:
        with pytest.raises(SnapshotError):
            late.view()
        refresh(live.store, folder)
        late.catch_up()
        assert late.view().snapshot.n == live.view().snapshot.n
    finally:
        late.stop()
