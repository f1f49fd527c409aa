"""Letters: written with their act, delivered once by a real SMTP conversation, refused for good."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from graphnet import jobs, mail
from graphnet.errors import BadValue, GraphnetError
from graphnet.settings import Settings
from graphnet.store import Store, Transaction

LETTER = {"to": "anna@example.org", "subject": "Встреча", "text": "Здравствуйте!\n\n.\nАнна"}


class PostOffice:
    """Takes every letter but those to addresses that begin with a code."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address[:3] in ("550", "451"):
            return f"{address[:3]} not here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def office() -> Iterator[tuple[PostOffice, int]]:
    handler = PostOffice()
    with socket.socket() as free:  # the controller asks for a number, and greets it itself
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture
def posting(settings: Settings, office: tuple[PostOffice, int]) -> Settings:
    return replace(
        settings,
        smtp_uri=f"smtp://127.0.0.1:{office[1]}?starttls=no",
        mail_from="alumni@university.example",
    )


def post(store: Store, key: str, **changes: str) -> None:
    store.in_write(lambda t: mail.enqueue(t, key=key, **(LETTER | changes)))


def worker(store: Store, settings: Settings) -> jobs.Worker:
    return jobs.Worker(store, {mail.KIND: jobs.Task(mail.deliver(settings, store), mail.POLICY)})


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
    row = store.read("MATCH (j:Job) RETURN j.state AS state, j.error AS error")[0]
    assert row["state"] == "waiting"
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


@pytest.mark.parametrize("wrong", ["", "anna", "a@b", "a@b.c\nBcc: x@y.z", "a@b.c, d@e.f"])
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
