"""Whoever writes to the Association asks it, once they have shown that the address is theirs.

Letters come in by a real LMTP conversation and the link goes out by real SMTP.
"""

import re
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from graphnet.live import Live
from graphnet.requests import by_mail, desk, replies, threads, visitors
from graphnet.requests.forms import KindForm
from graphnet.requests.opening import ask
from graphnet.settings import Settings
from graphnet.store import Row, Store
from tests.graphnet.requests.test_addressees import MONDAY
from tests.graphnet.requests.test_replies import CLERK, KINDS, ME, box, graph
from tests.graphnet.requests.test_replies import home as answering
from tests.support.post_office import PostOffice, do_letters, post_office, posting

__all__ = ["answering", "box", "graph"]
ASK = "ask@alumni.example.org"
OFFERED = {"question": KindForm("question", 0, "A question", "Вопрос")}
WAITING = """MATCH (q:Enquiry) RETURN q.subject AS subject, q.text AS text, q.email AS email,
  q.name AS name, q.language AS language, q.files AS files ORDER BY q.at, q.id LIMIT 50"""
KNOWN = """MATCH (p:Person {id: 'boris'})
CREATE (p)-[:HAS]->(:ContactPoint {id: 'work', kind: 'email', value: 'boris@work.example',
  value_key: 'boris@work.example', verified_at: $at})
CREATE (:Account {id: 'boris', email: 'boris@own.example', email_key: 'boris@own.example',
  created_at: datetime()})-[:OF]->(p)"""


@pytest.fixture
def home(answering: Settings) -> Settings:
    return replace(answering, mail_requests=ASK, site_url="https://alumni.example.org")


@pytest.fixture
def office() -> Iterator[tuple[PostOffice, int]]:
    with post_office() as opened:
        yield opened


def letter(
    sender: str = "Пётр Ильич <petr@example.org>",
    subject: str = "Где мой диплом?",
    text: str = "Учился в группе 5301, окончил в 2003 году.",
    **headers: str,
) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = sender, headers.pop("To", ASK)
    made["Subject"] = subject
    made["Message-ID"] = f"<{abs(hash((sender, subject, text)))}@example.org>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def hand_over(port: int, *letters: EmailMessage, sender: str = "petr@example.org") -> list[int]:
    """Say it to the post box as a mail server does; return what it answers."""
    codes = []
    with smtplib.LMTP("127.0.0.1", port) as server:
        for one in letters:
            server.ehlo_or_helo_if_needed()
            server.mail(sender)
            said = server.rcpt(ASK)
            assert said[0] == 250, said
            codes.append(server.data(one.as_bytes(policy=SMTP))[0])
    return codes


def take(store: Store, home: Settings, made: EmailMessage, **given: object) -> str:
    return by_mail.receive(store, home, KINDS, made.as_bytes(), to=[ASK], **given).outcome  # type: ignore[arg-type]


def waiting(store: Store) -> list[Row]:
    return store.read(WAITING)


def links(opened: PostOffice) -> list[tuple[str, str]]:
    found = []
    for one in opened.taken:
        (token,) = re.findall(r"/ask/confirm/([\w-]+)", one.get_content())
        found.append((str(one["To"]), token))
    return found


def test_a_letter_asks_once_its_sender_has_confirmed_it(
    graph: Store, home: Settings, box: int, office: tuple[PostOffice, int]
) -> None:
    opened, port = office
    asks = letter()
    asks.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="диплом.pdf")
    assert hand_over(box, asks, asks) == [250, 250]
    (kept,) = waiting(graph)
    assert (kept["subject"], kept["name"]) == ("Где мой диплом?", "Пётр Ильич")
    assert (kept["language"], kept["files"]) == ("ru", ["диплом.pdf"])
    assert desk.open_requests(graph, CLERK) == [], "an address in a letter proves nothing"

    do_letters(Live(graph, home.snapshots), replace(posting(home, port), mail_requests=ASK))
    ((to, token),) = links(opened)
    said = opened.taken[0].get_content()
    assert to == "petr@example.org" and "диплом" not in said.casefold(), "nothing of it goes out"
    assert opened.taken[0]["Auto-Submitted"] == "auto-generated"
    assert visitors.waits(graph, token)["files"] == ["диплом.pdf"]
    visitors.confirm(graph, home, KINDS, OFFERED, token, chosen="question")
    (row,) = desk.open_requests(graph, CLERK)
    assert (row["subject"], row["contact"], row["kind"]) == (
        "Где мой диплом?",
        "petr@example.org",
        "question",
    )
    notes = [one.text for one in threads.for_staff(graph, CLERK, row["id"])]
    assert notes == ["came mail\nfiles: диплом.pdf"]
    assert hand_over(box, asks) == [250] and waiting(graph) == [], "the same letter is once"

    # From then on it is answered by mail like any other.
    answer = letter(text="Группа 5301", To=replies.address(home, row["id"], replies.VISITOR))
    assert by_mail.receive(graph, home, KINDS, answer.as_bytes()).outcome == "filed"


def test_a_number_in_the_subject_asks_anew(graph: Store, home: Settings) -> None:
    old = ask(graph, ME, KINDS["question"], "A hall", now=MONDAY)
    assert take(graph, home, letter(subject=f"Re: [{old}] A hall")) == "asked"
    assert threads.for_staff(graph, CLERK, old) == []


@pytest.mark.parametrize("verified", [True, False])
def test_known_and_unknown_are_answered_alike(
    graph: Store, home: Settings, box: int, office: tuple[PostOffice, int], verified: bool
) -> None:
    graph.write(KNOWN, at=MONDAY if verified else None)
    senders = ["anna@example.org", "boris@work.example", "nobody@example.org"]
    assert hand_over(box, *[letter(one, "Hello", "Me") for one in senders]) == [250, 250, 250]
    opened, port = office
    do_letters(Live(graph, home.snapshots), posting(home, port))
    texts = {re.sub(r"confirm/\S+", "", one.get_content()) for one in opened.taken}
    assert len(opened.taken) == 3 and len(texts) == 1
    for _, token in links(opened):
        visitors.confirm(graph, home, KINDS, OFFERED, token)
    asked = {row["contact"]: row["asker_key"] for row in desk.open_requests(graph, CLERK)}
    assert asked["anna@example.org"] is not None and asked["nobody@example.org"] is None
    assert (asked["boris@work.example"] is not None) == verified


def test_what_machines_write_asks_nothing(graph: Store, home: Settings) -> None:
    own = replies.address(home, "0" * 16, "anna")
    for made, given in (
        (letter(Auto_Submitted="auto-replied"), {}),
        (letter(Precedence="list"), {}),
        (letter(List_Id="<news.example.org>"), {}),
        (letter(List_Unsubscribe="<https://news.example.org>"), {}),
        (letter(X_Loop="ask@alumni.example.org"), {}),
        (letter(Return_Path="<>"), {}),
        (letter(), {"sender": ""}),
        (letter("MAILER-DAEMON@example.org"), {}),
        (letter("No Reply <no-reply@example.org>"), {}),
        (letter("dev-owner@example.org"), {}),
        (letter(home.mail_from), {}),
        (letter(f"Ask <{ASK.upper()}>"), {}),
        (letter(own), {}),
    ):
        assert take(graph, home, made, **given) == "automatic", made.items()
    answer = letter(To=f"{own}, {ASK}")
    assert take(graph, home, answer) == "nothing", "an answer that goes to both asks nothing"
    assert take(graph, replace(home, mail_requests=""), letter()) == "unknown", "it is switched off"
    assert waiting(graph) == []


def test_what_cannot_be_read_is_refused_in_words(graph: Store, box: int) -> None:
    wrong = [
        letter("a@example.org, b@example.org"),
        letter("nobody"),
        letter(subject="", text=""),
        letter(text="a line of words\n" * 400),
    ]
    assert hand_over(box, *wrong) == [550, 550, 550, 552]
    assert waiting(graph) == []


def test_odd_letters_are_read(graph: Store, home: Settings) -> None:
    raw = "From: Пётр <petr@example.org>\r\nSubject: Справка\r\n\r\nНужна справка".encode()
    assert by_mail.receive(graph, home, KINDS, raw, to=[ASK]).outcome == "asked"
    for subject, text in (("", "Первая строка\nВторая"), ("Тема " * 60, ""), ("=?x?q?=", "x")):
        sender = f"{abs(hash(subject))}@example.org"
        assert take(graph, home, letter(sender, subject, text)) == "asked"
    first, second, third, _ = waiting(graph)
    assert (first["name"], first["subject"]) == ("Пётр", "Справка")
    assert second["subject"] == "Первая строка"
    assert len(third["subject"]) == 200 and third["text"].startswith("Тема Тема")
    passed_on = letter("x@example.org", "Fwd", "See below\n\nOn Monday Anna wrote:\n> Her diploma")
    assert take(graph, home, passed_on) == "asked"
    assert "Her diploma" in waiting(graph)[-1]["text"], "who writes first passes something on"


def test_nobody_is_written_to_without_end(
    graph: Store, home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(n: int, sender: str = "petr@example.org") -> str:
        return take(graph, home, letter(sender, f"No. {n}"), now=MONDAY + timedelta(minutes=n))

    assert [at(n) for n in range(5)] == ["asked"] * 3 + ["busy"] * 2
    assert at(5, "anna@example.org") == "asked"
    monkeypatch.setattr(visitors, "LETTERS_AN_HOUR", 5)
    assert [at(6, "x@example.org"), at(7, "y@example.org")] == ["asked", "busy"]
    day = timedelta(days=1, minutes=1)
    again = letter(subject="No. 3")
    assert take(graph, home, again, now=MONDAY + day) == "asked", "its server tries again"
    assert visitors.forget(graph, now=MONDAY + timedelta(days=6)) == 0, "seven days, not one"
    assert visitors.forget(graph, now=MONDAY + timedelta(days=9)) == 6
