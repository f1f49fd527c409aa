"""Being erased: asked for on one's page or by staff, called off, and then done, files and all."""

import json
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from graphnet import job_worker
from graphnet.commands.people import people as command
from graphnet.computed import KIND as SNAPSHOT
from graphnet.engine import Engine
from graphnet.erasure.remembered import in_file
from graphnet.features import registered
from graphnet.live import Live
from graphnet.mail import KIND as MAIL
from graphnet.settings import Settings
from graphnet.snapshot import current
from graphnet.store import Store
from tests.support.furnished import PASSWORD, furnished, own_home, reader, site
from tests.support.graphs import GEORGY, VERA, ZHANNA
from webapp.features.erasure.words import WHAT

ZHANNAS = "analyst@example.org"  # Zhanna's account, which has two roles here
PENDING = "MATCH (j:Job {kind: 'erase'}) RETURN j.state AS state LIMIT 9"


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    return own_home(settings, tmp_path)


@pytest.fixture
def live(store: Store, home: Settings) -> Iterator[Live]:
    following = furnished(store, home)
    yield following
    following.stop()


@pytest.fixture
def app(live: Live, home: Settings) -> Flask:
    return site(live, home)


def work_off(live: Live, home: Settings, *kinds: str) -> None:
    """Do all that waits of those kinds, as a worker would, whenever it was to be done."""
    core, engine = registered(), Engine(home, live.store, live)
    tasks = {kind: task for kind in kinds if (task := core.jobs[kind].task(engine)) is not None}
    live.store.write("MATCH (j:Job {state: 'waiting'}) SET j.run_at = datetime() - duration('P1D')")
    worker = job_worker.Worker(live.store, tasks)
    while worker.step():
        pass
    live.catch_up()


def traces(folder: Path, *words: str) -> list[str]:
    """Files below a folder in which one of the words stands, in any encoding of a text."""
    needles = [word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "utf-32-le")]
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


def test_everything_that_is_held_has_a_word() -> None:
    assert {holding.what for holding in registered().holdings} == WHAT.keys()


def test_whoever_asks_is_erased_in_seven_days(app: Flask, live: Live, home: Settings) -> None:
    home.rejects.mkdir()
    rejected = home.rejects / "people.csv"
    rejected.write_text(
        "file,row,field,value,reason,id,name,mail\n"
        f"people.csv,3,year,x,no number,7,Соколова Жанна,{ZHANNAS}\n"
        f"people.csv,4,year,x,no number,8,Другая Жанна,not-{ZHANNAS}\n",
        encoding="utf-8",
    )
    client = reader(app, "analyst")
    page = client.get("/me/erase", headers={"Accept-Language": "en"}).text
    assert "In 7 days everything about you goes" in page and "Answers to events" in page
    assert client.post("/me/erase", data={"password": "wrong"}).status_code == 422
    assert live.store.read(PENDING) == []
    assert client.post("/me/erase", data={"password": PASSWORD}).status_code == 303
    for path in ("/me", "/me/erase"):
        russian = client.get(path, headers={"Accept-Language": "ru"}).text
        assert "Ваши данные будут удалены" in russian, path
    work_off(live, home, MAIL)
    (letter,) = home.outbox.glob("*.eml")
    read = message_from_bytes(letter.read_bytes(), policy=default)
    assert read["To"] == ZHANNAS and "/me/erase" in read.get_content()
    assert traces(home.home, "zhanna"), "or there is nothing to look for"

    live.store.write(
        "CREATE (:Job {id: 'w', kind: 'mail', state: 'waiting', idempotency_key: 'mail:w', "
        "run_at: datetime(), attempts: 0, created_at: datetime(), payload: $payload})",
        payload=json.dumps({"to": ZHANNAS, "subject": "x", "text": "x", "written_at": "x"}),
    )
    work_off(live, home, "erase")
    assert client.get("/me").status_code == 303, "the session is gone"
    assert not live.store.read("MATCH (p:Person {key: $key}) RETURN p.id AS id LIMIT 1", key=ZHANNA)
    assert not live.store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.id AS id LIMIT 1")
    work_off(live, home, "erase_files", SNAPSHOT)
    assert not list(home.outbox.glob("*.eml"))
    assert [line.split(",")[1] for line in rejected.read_text().splitlines()[1:]] == ["4"]
    assert in_file(home.home) == {ZHANNA}
    path = current(home.snapshots)
    kept = {folder.name for folder in home.snapshots.iterdir() if folder.is_dir()}
    assert path is not None and kept == {path.name, "current"}
    words = ("zhanna", "Жанна", "жанна", "Соколова", "соколова", "sokolova")
    assert [name for name in traces(home.home, *words) if name != "rejects/people.csv"] == []
    assert not reader(app, "alumnus").get("/search?q=соколова").text.count("Жанна")
    assert not live.store.read(
        "MATCH (j:Job {kind: 'erase_files'}) WHERE j.payload IS NOT NULL RETURN j.id AS id LIMIT 1"
    )


def test_whoever_changes_their_mind_stays(app: Flask, live: Live, home: Settings) -> None:
    client = reader(app, "analyst")
    for _ in range(2):  # called off, it can be asked for anew
        client.post("/me/erase", data={"password": PASSWORD})
        assert live.store.read(PENDING) == [{"state": "waiting"}]
        client.post("/me/erase", data={"password": PASSWORD})  # twice is once
        assert client.post("/me/erase/stay").status_code == 303
        assert live.store.read(PENDING) == []
    work_off(live, home, "erase")
    assert client.get("/me").status_code == 200
    page = client.get("/me/erase", headers={"Accept-Language": "en"}).text
    assert "You will be erased" not in page
    acts = live.store.read("MATCH (a:AuditEntry) WHERE $key IN a.keys AND a.role = 'alumnus' "
                           "RETURN a.act AS act ORDER BY a.at LIMIT 9", key=ZHANNA)  # fmt: skip
    assert [row["act"] for row in acts] == ["ask to erase", "call erasure off"] * 2


def test_the_last_administrator_is_told_to_make_another(app: Flask, live: Live) -> None:
    client = reader(app, "admin")
    answer = client.post(
        "/me/erase", data={"password": PASSWORD}, follow_redirects=True,
        headers={"Accept-Language": "en"},
    )  # fmt: skip
    assert "The last administrator stays" in answer.text
    assert live.store.read(PENDING) == []


def test_staff_erase_whoever_has_asked_them_hidden_or_not(
    app: Flask, live: Live, home: Settings
) -> None:
    for role, status in (("alumnus", 403), ("analyst", 403), ("anyone", 303)):
        assert reader(app, role).get("/people/georgy/erase").status_code == status
        assert reader(app, role).post("/people/georgy/erase").status_code == status
    staff = reader(app, "staff")
    assert "/people/georgy/erase" in staff.get("/people/georgy").text
    assert staff.get("/people/nobody/erase").status_code == 404
    assert staff.post("/people/vera/erase", data={"why": ""}).status_code == 422
    assert "Вера" in staff.get("/people/vera/erase").text  # hidden: only to correct or erase
    for person in ("georgy", "vera"):
        staff.post(f"/people/{person}/erase", data={"why": "by letter of 3 March"})
    page = staff.get("/people/vera/erase", headers={"Accept-Language": "ru"}).text
    assert "Данные этого человека будут удалены" in page
    staff.post("/people/georgy/erase/stay")
    work_off(live, home, "erase")
    left = live.store.read("MATCH (p:Person) WHERE p.key IN $keys RETURN p.key AS key LIMIT 9",
                           keys=[GEORGY, VERA])  # fmt: skip
    assert left == [{"key": GEORGY}]
    asked = live.store.read("MATCH (a:AuditEntry {act: 'ask to erase'}) "
                            "RETURN a.purpose AS purpose LIMIT 9")  # fmt: skip
    assert asked == [{"purpose": "erase"}] * 2


def test_the_command_says_what_would_go_and_does_it_only_with_yes(
    live: Live, home: Settings, address: tuple[str, str, str]
) -> None:
    uri, user, password = address
    own = replace(home, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)

    def run(*arguments: str) -> str:
        found = CliRunner().invoke(command, arguments, obj=own, catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.output

    there = "MATCH (p:Person {id: 'zhanna'}) RETURN count(p) AS n LIMIT 1"
    assert "account: " in run("erase", "zhanna")
    assert live.store.read(there) == [{"n": 1}]
    told = json.loads(run("erase", "zhanna", "--yes", "--json"))
    assert told["erased"] and told["held"]["account"]["gone"] == 1
    assert live.store.read(there) == [{"n": 0}]
    assert in_file(own.home) == {ZHANNA}
