"""Letters: written with their act, delivered once by a real SMTP conversation, refused for good."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from graphnet import jobs, mail
from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.errors import BadValue, GraphnetError
from graphnet.settings import Settings
from graphnet.store import Store, Transaction
from tests.support.letters import postman
from tests.support.post_office import PostOffice, post_office
from tests.support.post_office import posting as to_office

LETTER = {"to": "anna@example.org", "subject": "Встреча", "text": "Здравствуйте!\n\n.\nАнна"}


@pytest.fixture
def office() -> Iterator[tuple[PostOffice, int]]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def posting(settings: Settings, office: tuple[PostOffice, int]) -> Settings:
    return to_office(settings, office[1])


def post(store: Store, key: str, **changes: str) -> None:
    store.in_write(lambda t: mail.enqueue(t, key=key, **(LETTER | changes)))


worker = postman


def test_a_letter_arrives_as_it_was_written_once(
    store: Store, posting: Settings, office: tuple[PostOffice, int]
) -> None:
    post(store, "a", unsubscribe="https://x.example/stop/1")
    post(store, "a")
    postman = worker(store, posting)
    assert postman.step()
    assert not postman.step()
    (letter,) = office[0].taken
    assert letter["To"] == "anna@example.org"
    assert letter["Subject"] == "Встреча"
    assert letter["From"] == "Alumni network <alumni@university.example>"
    assert letter["List-Unsubscribe"] == "<https://x.example/stop/1>"
    assert letter.get_content().splitlines() == LETTER["text"].splitlines()


def test_a_letter_of_an_act_that_fails_is_not_sent(
    store: Store, posting: Settings, office: tuple[PostOffice, int]
) -> None:
    def work(transaction: Transaction) -> None:
        mail.enqueue(transaction, key="b", **LETTER)
        raise BadValue("no")

    with pytest.raises(BadValue):
        store.in_write(work)
    assert not worker(store, posting).step()
    assert not office[0].taken


def test_an_address_refused_for_good_is_marked_and_not_tried_again(
    store: Store, posting: Settings
) -> None:
    store.write("CREATE (:ContactPoint {id: 'c', value_key: '550@example.org'})")
    post(store, "c", to="550@example.org")
    postman = worker(store, posting)
    assert postman.step()
    assert not postman.step()
    assert store.read("MATCH (c:ContactPoint) RETURN c.bounced_at AS at")[0]["at"] is not None
    assert [row["state"] for row in jobs.counts(store)] == ["done"]


def test_a_busy_server_is_tried_again(store: Store, posting: Settings) -> None:
    post(store, "d", to="451@example.org")
    assert worker(store, posting).step()
    (row,) = jobs.listed(store)
    assert (row["state"], row["code"]) == ("waiting", "refused")
    assert "451" in row["error"]


def test_without_a_server_letters_wait_and_the_demo_writes_files(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    assert not mail.ready(replace(settings, demo=False))
    demo = replace(settings, demo=True, home=tmp_path)
    post(store, "e")
    assert worker(store, demo).step()
    (file,) = (tmp_path / "mail").iterdir()
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"] == "Встреча"


def test_a_letter_too_late_is_left(
    store: Store, posting: Settings, office: tuple[PostOffice, int]
) -> None:
    old = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    payload = {**LETTER, "unsubscribe": "", "written_at": old}
    store.in_write(lambda t: jobs.enqueue(t, mail.KIND, payload, key="mail:f"))
    assert worker(store, posting).step()
    assert not office[0].taken
    (row,) = jobs.listed(store)
    assert row["state"] == "failed" and "7 days" in row["error"] and not row["whole"]


class Later(datetime):
    """A clock that the test moves."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Later]:
    monkeypatch.setattr(Later, "ahead", timedelta(0))
    for module in (jobs, mail):
        monkeypatch.setattr(module, "datetime", Later)
    return Later


def test_an_outage_of_an_hour_loses_no_letter(
    store: Store, posting: Settings, office: tuple[PostOffice, int], clock: type[Later]
) -> None:
    with socket.socket() as taken:  # nobody listens here: the server is away
        taken.bind(("127.0.0.1", 0))
        away = replace(posting, smtp_uri=f"smtp://127.0.0.1:{taken.getsockname()[1]}?starttls=no")
        post(store, "outage")
        postman, tries = worker(store, away), 0
        while clock.ahead < timedelta(hours=1):
            tries += postman.step()
            clock.ahead += timedelta(seconds=15)
    (row,) = jobs.listed(store)
    assert row["state"] == "waiting"
    assert 5 < tries < 20, "it asks again, and does not hammer"
    postman, waited = worker(store, posting), clock.ahead
    while not office[0].taken:
        assert clock.ahead - waited < timedelta(minutes=45)
        postman.step()
        clock.ahead += timedelta(minutes=1)
    assert len(office[0].taken) == 1
    assert [row["state"] for row in jobs.counts(store)] == ["done"]


def test_a_letter_is_tried_for_seven_days_and_its_words_go_then(
    store: Store, posting: Settings, clock: type[Later]
) -> None:
    post(store, "week", to="451@example.org")
    postman, tries = worker(store, posting), 0
    while jobs.listed(store, ["waiting"]):
        due = store.read("MATCH (j:Job) RETURN j.run_at AS at LIMIT 1")[0]["at"].to_native()
        clock.ahead = due - datetime.now(UTC) + timedelta(seconds=1)
        tries += postman.step()
    assert timedelta(days=6, hours=22) < clock.ahead <= timedelta(days=7)
    assert 100 < tries < 250
    (row,) = jobs.listed(store)
    assert row["state"] == "failed" and "451" in row["error"] and not row["whole"]


def test_a_domain_of_any_script_goes_over_the_wire_as_it_is_registered(
    store: Store, posting: Settings, office: tuple[PostOffice, int]
) -> None:
    for key, to in (("1", "elena@strauß.example"), ("2", "Anna@ПРИМЕР.рф")):
        post(store, key, to=to)
    postman = worker(store, posting)
    while postman.step():
        pass
    assert {letter["To"] for letter in office[0].taken} == {
        "elena@xn--strau-pqa.example",
        "Anna@xn--e1afmkfd.xn--p1ai",
    }


def test_a_bounce_marks_the_address_that_is_the_same_and_no_other(
    store: Store, posting: Settings
) -> None:
    store.write(
        "UNWIND $keys AS key CREATE (:ContactPoint {id: key, value_key: key})",
        keys=["550@xn--strau-pqa.example", "550@strauss.example"],
    )
    post(store, "bounce", to="550@STRAUß.example")
    assert worker(store, posting).step()
    rows = store.read("MATCH (c:ContactPoint) WHERE c.bounced_at IS NOT NULL RETURN c.id AS id")
    assert [row["id"] for row in rows] == ["550@xn--strau-pqa.example"]


def test_a_link_is_made_when_its_letter_leaves_and_stands_nowhere_in_the_database(
    store: Store, posting: Settings, office: tuple[PostOffice, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    core = Core()
    made: list[str] = []

    def write(engine: Engine, delivery: mail.Delivery) -> mail.Letter | None:
        if delivery.values["whom"] == "gone":
            return None
        made.append(delivery.token())
        return mail.Letter("Come in", f"{delivery.settings.site_url}/reset/{made[-1]}")

    core.letter("in", write)
    monkeypatch.setattr(Engine, "core", core)
    own = replace(posting, secret_key="a test's secret")

    def ask(key: str, letter: str, whom: str) -> None:
        store.in_write(
            lambda t: mail.enqueue_about(
                t, letter, {"whom": whom}, to="anna@example.org", key=key, language="ru"
            )
        )

    ask("a", "in", "anna")
    everything = "MATCH (n) RETURN properties(n) AS all LIMIT 1000"
    postman = worker(store, replace(own, smtp_uri="smtp://127.0.0.1:1?starttls=no"))
    assert postman.step(), "the server is away"
    assert made[0] not in str(store.read(everything))
    store.write("MATCH (j:Job) SET j.run_at = $now", now=datetime.now(UTC))
    assert worker(store, own).step()
    assert made[0] == made[1] and len(made[0]) == 43, "the same link at every attempt"
    assert made[0] in office[0].taken[0].get_content()
    assert made[0] not in str(store.read(everything))
    ask("b", "in", "gone")
    ask("c", "unknown", "anna")
    while worker(store, own).step():
        pass
    assert len(office[0].taken) == 1, "what needs no letter any more gets none"
    states = {row["state"]: row["error"] for row in jobs.listed(store, jobs.STATES)}
    assert "no feature" in states["failed"]
    ask("d", "in", "anna")
    worker(store, own).step()
    assert made[-1] != made[0], "another letter has another link"


@pytest.mark.parametrize(
    "wrong", ["", "anna", "a@b", "a@b.c\nBcc: x@y.z", "a@b.c, d@e.f", "a@@b.c", "a@b..c", "a@-ß.de"]
)
def test_what_is_no_address_is_refused(store: Store, wrong: str) -> None:
    with pytest.raises(GraphnetError):
        post(store, "g", to=wrong)


@pytest.mark.parametrize(
    "text",
    ["a@@b.c", "a@", "@b.c", "a b@c.d e", "a@b..c", "<a@b.c", "a@[b", '"a@b.c', "", "a@b\n.c"],
)
def test_what_is_no_address_is_a_mistake_and_no_accident(text: str) -> None:
    with pytest.raises(BadValue):
        mail.address(text)
