"""An answer to a notice lands in the thread, by an address of the reader's own, over real LMTP."""

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from graphnet.engine import Engine
from graphnet.errors import SettingsError
from graphnet.features import registered
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.requests import desk, post_box, referrals, replies, threads, work
from graphnet.requests.closing import close
from graphnet.requests.letter_text import of_html, own_words
from graphnet.requests.opening import ask
from graphnet.settings import Settings, load
from graphnet.store import Store
from tests.graphnet.requests.test_addressees import EXPERTS, HER, MONDAY, agree
from tests.support.graphs import ANNA, STAFF, small_association
from tests.support.letters import delivered
from tests.support.ports import free_port

KINDS = registered().request_kinds
ME = Viewer("alumnus", ANNA, "account-1")
CLERK = Viewer("staff", STAFF, "clerk", frozenset({"staff"}), "answer requests")
STAFF_IS = "MATCH (a:Account {id: 'clerk'}), (p:Person {id: 'staff'}) CREATE (a)-[:OF]->(p)"


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    return replace(
        settings,
        home=tmp_path,
        demo=True,
        mail_replies="reply@alumni.example.org",
        mail_from="office@alumni.example.org",
    )


@pytest.fixture
def graph(store: Store) -> Store:
    small_association(store)
    store.write(EXPERTS)
    store.write(STAFF_IS)
    agree(store, "darya")
    return store


@pytest.fixture
def request_id(graph: Store) -> str:
    return ask(graph, ME, KINDS["question"], "A hall", "For forty people", now=MONDAY)


@pytest.fixture
def box(graph: Store, home: Settings) -> Iterator[int]:
    port = free_port()
    controller = post_box.opened(
        Engine(home, graph, Live(graph, home.snapshots)), "127.0.0.1", port
    )
    yield port
    controller.stop()


def letter(to: str, text: str, *, sender: str = "anna@example.org", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, "Re: A hall"
    made["Message-ID"] = headers.pop("message_id", f"<{abs(hash((to, text)))}@example.org>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def written(store: Store, request: str) -> list[tuple[str, str, str]]:
    entries = threads.for_staff(store, CLERK, request)
    return [(one.kind, one.by, one.text) for one in entries if one.kind != "step"]


def take(store: Store, home: Settings, made: EmailMessage, **given: object) -> str:
    return replies.receive(store, home, KINDS, made.as_bytes(), **given).outcome  # type: ignore[arg-type]


def test_an_answer_to_a_notice_lands_in_the_thread(
    graph: Store, home: Settings, request_id: str, box: int
) -> None:
    work.reply(graph, CLERK, KINDS, request_id, "Which day?", wait=True)
    notice = delivered(graph, home)[-1]
    to = str(notice["Reply-To"])
    assert to.startswith(f"reply+{request_id}") and len(to.partition("@")[0]) <= 64
    answer = letter(
        to,
        "On Friday\n\nOn Mon, 23 Nov 2026 at 10:00, Office <office@alumni.example.org> wrote:\n"
        "> Which day?\n",
    )
    with smtplib.LMTP("127.0.0.1", box) as server:
        server.send_message(answer)
        server.send_message(answer)
    assert written(graph, request_id)[-1] == ("reply", "asker", "On Friday")
    assert len(written(graph, request_id)) == 2, "the same letter twice is once"
    assert desk.one(graph, CLERK, request_id)["status"] == "in_work", "the clock runs on"


def test_who_is_not_there_is_told_in_the_conversation(
    graph: Store, home: Settings, request_id: str, box: int
) -> None:
    right = replies.address(home, request_id, "anna")
    wrong = [
        right.replace(request_id, "0" * 16),
        right[:-30] + "aaaaaa" + right[-24:],
        "reply+@alumni.example.org",
        "reply+x@alumni.example.org",
        "info@alumni.example.org",
        replies.address(home, request_id, "boris"),
    ]
    with smtplib.LMTP("127.0.0.1", box) as server:
        server.ehlo_or_helo_if_needed()
        for address in wrong:
            server.mail("boris@example.org")
            code, said = server.rcpt(address)
            assert code == 550 and b"not known" in said and b"/requests" in said, address
            server.rset()
        server.mail("anna@example.org")
        assert server.rcpt(right.upper())[0] == 250, "servers may change the case of letters"
        server.rset()
        with pytest.raises(smtplib.SMTPDataError) as refused:
            server.send_message(letter(right, "> A hall\n"))
        assert (
            refused.value.smtp_code == 550 and b"nothing in the letter" in refused.value.smtp_error
        )
        with pytest.raises(smtplib.SMTPDataError, match="longer than"):
            server.send_message(letter(right, "word " * 1200))
        with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)) as large:
            server.sendmail("anna@example.org", [right], b"x: y\r\n\r\n" + b"a\r\n" * 4_000_000)
        assert large.value.smtp_code == 552
    assert written(graph, request_id) == []


def test_machines_do_not_answer(graph: Store, home: Settings, request_id: str) -> None:
    to = replies.address(home, request_id, "anna")
    for headers in (
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ):
        assert take(graph, home, letter(to, "I am away until Monday", **headers)) == "automatic"
    report = letter(to, "failed")
    report.replace_header(
        "Content-Type", "multipart/report; report-type=delivery-status; boundary=x"
    )
    assert take(graph, home, report) == "automatic"
    assert take(graph, home, letter(to, "Here I am", Auto_Submitted="no")) == "filed"
    assert [text for _, _, text in written(graph, request_id)] == ["Here I am"]


def test_a_number_in_the_subject_opens_nothing(
    graph: Store, home: Settings, request_id: str
) -> None:
    stranger = letter("reply@alumni.example.org", "Let me in", sender="boris@example.org")
    stranger.replace_header("Subject", f"Re: [{request_id}] A hall")
    assert take(graph, home, stranger) == "nothing"
    assert written(graph, request_id) == []


def test_who_was_joined_with_another_still_answers(
    graph: Store, home: Settings, request_id: str
) -> None:
    graph.write(
        "MATCH (p:Person {id: 'anna'}) "
        "CREATE (:MergedPerson {id: 'old-anna', key: 99})-[:MERGED_INTO]->(p)"
    )
    assert (
        take(graph, home, letter(replies.address(home, request_id, "old-anna"), "Still me"))
        == "filed"
    )


def test_after_the_end_it_is_opened_again_or_refused(
    graph: Store, home: Settings, request_id: str
) -> None:
    to = replies.address(home, request_id, "anna")
    close(graph, CLERK, KINDS, request_id, "Hall 3")
    assert take(graph, home, letter(to, "Hall 3 is closed")) == "filed"
    assert desk.one(graph, CLERK, request_id)["status"] == "new"
    close(graph, CLERK, KINDS, request_id, "Hall 4")
    graph.write("MATCH (r:Request) SET r.closed_at = r.closed_at - duration('P40D')")
    received = replies.receive(graph, home, KINDS, letter(to, "And hall 4?").as_bytes())
    assert (received.outcome, received.refused) == ("old", True)
    assert "settled" in post_box.reply(received, home.site_url)


def test_staffs_letters_are_notes_and_helpers_are_answers(
    graph: Store, home: Settings, request_id: str
) -> None:
    work.claim(graph, CLERK, request_id)
    note = letter(
        replies.address(home, request_id, "staff"), "She is difficult", sender="clerk@example.org"
    )
    assert take(graph, home, note) == "filed"
    referrals.ask(graph, CLERK, KINDS, request_id, "darya", "A hall?", now=MONDAY)
    letters = delivered(graph, home)
    (asked,) = (one for one in letters if one["To"] == "darya@example.org")
    help_ = letter(str(asked["Reply-To"]), "Take hall 5", sender="darya@home.example")
    help_.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="план.pdf")
    assert take(graph, home, help_) == "filed"
    assert written(graph, request_id) == [
        ("note", "staff", "She is difficult"),
        ("reply", "helper", "Take hall 5"),
        ("note", "site", "other address\nfiles: план.pdf"),
    ]
    mine = [one.text for one in threads.for_asker(graph, request_id, ME) if one.kind == "reply"]
    assert mine == ["Take hall 5"], "a note never leaves"
    assert referrals.mine(graph, HER, states=("helps",)) != []


def test_nobody_floods_a_thread(graph: Store, home: Settings, request_id: str) -> None:
    to = replies.address(home, request_id, "anna")
    outcomes = [
        take(graph, home, letter(to, f"No. {n}"), now=MONDAY + timedelta(seconds=n))
        for n in range(32)
    ]
    assert outcomes == ["filed"] * 30 + ["busy"] * 2


def test_of_a_page_of_html_the_words_are_read(
    graph: Store, home: Settings, request_id: str
) -> None:
    made = letter(replies.address(home, request_id, "anna"), "x")
    made.set_content(
        "<html><head><style>p {}</style></head><body><p>Да, <b>в пятницу</b></p>"
        "<div class='gmail_quote'>"
        "Когда?<blockquote>Раньше</blockquote></div></body></html>",
        subtype="html",
        charset="koi8-r",
    )
    assert take(graph, home, made) == "filed"
    assert written(graph, request_id)[-1][2] == "Да, в пятницу"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Да\n\n23.11.2026 10:00, Ассоциация пишет:\n> Когда?", "Да"),
        (
            "Да\n\nпн, 23 нояб. 2026 г. в 10:00, Ассоциация\n<office@a.org> написал(а):\n> Когда?",
            "Да",
        ),
        ("Да\n\n-----Исходное сообщение-----\nОт: Office\nКому: Anna", "Да"),
        ("Yes\n\nFrom: Office\nSent: Monday\nTo: Anna\nSubject: A hall\n\nWhich day?", "Yes"),
        ("Да\n-- \nАнна, тел. 1", "Да"),
        ("Да\n\nОтправлено с iPhone", "Да"),
        ("> Когда?\n\nВ пятницу\n\n> Где?\n\nВ зале", "В пятницу\n\nВ зале"),
        ("From: the beginning it was clear.\nYes", "From: the beginning it was clear.\nYes"),
        ("On Friday we wrote: nothing", "On Friday we wrote: nothing"),
        ("> только цитата", ""),
    ],
)
def test_what_is_quoted_is_cut_and_nothing_else(text: str, own: str) -> None:
    assert own_words(text) == own
    assert own_words(text.replace("\n", "\r\n")) == own


def test_html_that_is_cut_off_or_hides_something() -> None:
    assert (
        of_html("<p>Yes<p>No<div style='display: none'>spy</div><script>x()</script>") == "Yes\nNo"
    )
    assert of_html("<b>Yes") == "Yes" and of_html("") == ""


def test_the_setting_is_an_address() -> None:
    assert load({"GRAPHNET_MAIL_REPLIES": "reply@a.example"}).mail_replies == "reply@a.example"
    for wrong in ("reply", "reply+x@a.example", "@a.example", "r@localhost"):
        with pytest.raises(SettingsError):
            load({"GRAPHNET_MAIL_REPLIES": wrong})
