"""Letters that come back: hard at once, three soft in a week, replies and forgeries never."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

from graphnet import bounces, jobs, mail
from graphnet.people import profile
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import own_home
from tests.support.graphs import ANNA, DARYA, small_association

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ME = Viewer("alumnus", DARYA)


@pytest.fixture
def home(store: Store, settings: Settings, tmp_path: Path) -> Settings:
    small_association(store)
    return own_home(settings, tmp_path)


def sent(home: Settings, to: str = "Darya@example.org", key: str = "k") -> EmailMessage:
    """A letter as it left."""
    payload = {"to": to, "written_at": NOW.isoformat()}
    job = jobs.Job("id", mail.KIND, payload, 1, key, NOW)
    return mail.message(home, job, mail.Letter("Привет", "слова"))


def report(
    letter: EmailMessage, status: str, action: str = "failed", *, headers_only: bool = False
) -> bytes:
    """What a mail server sends back about a letter (RFC 3464)."""
    made = MIMEMultipart("report")
    made.set_param("report-type", "delivery-status")
    made["From"], made["To"] = "MAILER-DAEMON@mx.example.net", "alumni@localhost.localdomain"
    made["Auto-Submitted"] = "auto-replied"
    made.attach(MIMEText("It was not delivered."))
    fields = (
        "Reporting-MTA: dns; mx.example.net\n\n"
        "Final-Recipient: rfc822; forwarded@elsewhere.example\n"
        f"Action: {action}\nStatus: {status}\n"
    )
    status_part = EmailMessage()
    status_part["Content-Type"] = "message/delivery-status"
    status_part.set_payload([Parser().parsestr(part + "\n") for part in fields.split("\n\n")])
    made.attach(status_part)
    if headers_only:
        head = MIMEText("".join(f"{name}: {value}\n" for name, value in letter.items()))
        head.replace_header("Content-Type", "text/rfc822-headers; charset=utf-8")
        made.attach(head)
    else:
        made.attach(MIMEMessage(letter))
    return made.as_bytes()


def bounced(store: Store) -> Any:
    rows = store.read(
        "MATCH (c:ContactPoint {value_key: 'darya@example.org'}) RETURN c.bounced_at AS at LIMIT 2"
    )
    return rows[0]["at"]


@pytest.mark.parametrize("headers_only", [False, True])
def test_for_good_is_for_good_at_once(store: Store, home: Settings, headers_only: bool) -> None:
    raw = report(sent(home), "5.1.1", headers_only=headers_only)
    assert bounces.receive(store, home, raw, now=NOW) == "hard"
    assert bounced(store) is not None
    store.write("MATCH (p:Person {key: $key}) SET p.audiences = ['contacts:members']", key=DARYA)
    (contact,) = profile(store, Viewer("alumnus", ANNA), "darya").contacts
    assert contact["bounced_at"] is not None, "the person's page says that it no longer works"
    bounces.receive(store, home, report(sent(home), "4.2.2"), now=NOW + timedelta(days=1))
    assert bounced(store).to_native() == NOW, "the stricter stays"


def test_three_of_a_week_are_for_good(store: Store, home: Settings) -> None:
    for day in (0, 3, 8):
        raw = report(sent(home, key=str(day)), "4.2.2")
        assert bounces.receive(store, home, raw, now=NOW + timedelta(days=day)) == "soft"
        assert bounced(store) is None, "never three within seven days"
    raw = report(sent(home, key="last"), "4.4.7")
    assert bounces.receive(store, home, raw, now=NOW + timedelta(days=9)) == "soft"
    assert bounced(store) is not None


def out_of_office() -> bytes:
    reply = EmailMessage()
    reply["Auto-Submitted"], reply["Subject"] = "auto-replied", "5.1.1 on holiday"
    reply.set_content("Status: 5.1.1")
    return reply.as_bytes()


def test_a_reply_a_delay_and_a_forgery_change_nothing(store: Store, home: Settings) -> None:
    letter = sent(home)
    forged = sent(home, to="anna@example.org")
    forged.replace_header("To", "darya@example.org")
    foreign = EmailMessage()
    foreign["To"], foreign["Message-ID"] = "darya@example.org", "<x@elsewhere.example>"
    for raw in (
        out_of_office(), b"", b"\xff\xfe no mail at all", letter.as_bytes(),
        report(letter, "4.0.0", "delayed"), report(letter, "2.0.0", "delivered"),
        report(letter, "5", "failed"), report(forged, "5.1.1"), report(foreign, "5.1.1"),
    ):  # fmt: skip
        assert bounces.receive(store, home, raw, now=NOW) == "nothing"
    assert bounced(store) is None
