"""Calendar files, read back by two parsers that are not the one that wrote them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject

from graphnet.events import calendar
from graphnet.jobs import Job
from graphnet.mail import Letter, message
from graphnet.settings import Settings

START = datetime(2026, 12, 19, 9, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "id": "abc", "time_zone": "Asia/Yekaterinburg", "starts_at": START, "ends_at": None,
    "changed_at": None, "created_at": START - timedelta(days=30), "sequence": 3,
    "cancelled_at": None,
}  # fmt: skip
TITLE = "Встреча; 10,5 лет\nПермь — длинное название, чтобы строка переносилась посреди букв"
PLACE = "Кронверкский; 49, ауд. 5"
WORDS = calendar.Words(TITLE, "Текст", "https://alumni.example.org/events/abc", PLACE)
PEOPLE = {"sender": "a@example.org", "name": "Ассоциация", "guest": "g@example.org"}


def read(file: bytes) -> Any:
    for line in file.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")  # folded between letters
    assert b"\n" not in file.replace(b"\r\n", b"")
    return vobject.readOne(file.decode("utf-8"))


def test_an_invitation_reads_back_whole() -> None:
    file = calendar.invitation(EVENT, WORDS, **PEOPLE)
    found = read(file)
    assert found.method.value == "REQUEST"
    assert found.vevent.uid.value == "abc@events.graphnet"
    assert found.vevent.sequence.value == "3"
    assert found.vevent.summary.value == TITLE
    assert found.vevent.location.value == PLACE
    assert found.vevent.dtstart.value.isoformat() == "2026-12-19T14:00:00+05:00"
    assert b"BEGIN:VTIMEZONE" in file and b"DTSTART;TZID=Asia/Yekaterinburg:" in file
    assert found.vevent.organizer.value == "mailto:a@example.org"
    assert found.vevent.attendee.value == "mailto:g@example.org"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("month", [1, 3, 7, 10])
def test_every_zone_says_the_same_instant(zone: str, month: int) -> None:
    at = datetime(2027, month, 28, 9, 30, tzinfo=UTC)
    found = read(calendar.single(EVENT | {"time_zone": zone, "starts_at": at}, WORDS))
    assert found.vevent.dtstart.value.astimezone(UTC) == at


def test_of_two_letters_with_one_sequence_the_later_one_holds() -> None:
    """Signing off changes nothing of the event: by SEQUENCE alone the second would be no news."""
    before = datetime.now(UTC).replace(microsecond=0)
    for make in (calendar.invitation, calendar.cancellation):
        found = read(make(EVENT, WORDS, **PEOPLE))
        assert found.vevent.sequence.value == "3"
        assert found.vevent.dtstamp.value >= before
    fed = read(calendar.feed([(EVENT, WORDS)], name="x"))
    assert fed.vevent.dtstamp.value == EVENT["created_at"], "a feed changes with its event alone"


def test_what_takes_it_back_is_the_same_event_in_utc() -> None:
    file = calendar.cancellation(EVENT | {"sequence": 4}, WORDS, **PEOPLE)
    found = read(file)
    assert (found.method.value, found.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert found.vevent.uid.value == calendar.uid("abc")
    assert b"DTSTART:20261219T090000Z" in file and b"VTIMEZONE" not in file
    assert found.vevent.sequence.value == "4"


def test_a_feed_keeps_what_was_called_off_and_is_the_same_twice() -> None:
    events = [
        (EVENT | {"answer": "yes"}, WORDS),
        (EVENT | {"id": "def", "cancelled_at": START, "answer": "yes"}, WORDS),
        (EVENT | {"id": "ghi", "answer": "waiting"}, WORDS),
    ]
    file = calendar.feed(events, name="Мои мероприятия")
    assert file == calendar.feed(events, name="Мои мероприятия")
    found = read(file)
    states = {one.uid.value[:3]: one.status.value for one in found.vevent_list}
    assert states == {"abc": "CONFIRMED", "def": "CANCELLED", "ghi": "TENTATIVE"}
    assert read(calendar.feed([], name="x")).version.value == "2.0"


def test_a_letter_carries_it_as_it_is(tmp_path: Path) -> None:
    file = calendar.invitation(EVENT, WORDS, **PEOPLE)
    job = Job("1", "mail", {"to": "g@example.org", "written_at": START.isoformat()}, 1, "k", START)
    sent = message(
        replace(Settings(), demo=True, home=tmp_path),
        job,
        replace(Letter("S", "T"), calendar=file, method="REQUEST"),
    )
    part = next(one for one in sent.walk() if one.get_content_type() == "text/calendar")
    assert part["content-type"].params["method"] == "REQUEST"
    assert part.get_payload(decode=True) == file
    body = sent.get_body(("plain",))
    assert body is not None and body.get_content() == "T\n"
