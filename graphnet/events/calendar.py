"""Events as files of calendars (RFC 5545): one event, an invitation by letter, a feed.

The UID is the event's for ever, wherever the file goes; SEQUENCE is a plain counter. An invitation
has the event's own zone, described in the file; what calls it off has its times in UTC, which every
program reads alike. What was called off stays in a feed as such, or it would stay in calendars as
if it took place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from graphnet.store import Row
from graphnet.zones import zones

PRODUCT = "-//Graphnet//Alumni events//EN"
DOMAIN = "events.graphnet"
CONTENT_TYPE = "text/calendar; charset=utf-8"
HOUR = timedelta(hours=1)  # what is shown of an event that does not say when it ends


@dataclass(frozen=True)
class Words:
    """What an entry says, in its reader's language; `address` is the event's page."""

    title: str
    text: str
    address: str
    place: str


def uid(event_id: str) -> str:
    """Return what an event is called in every calendar, for ever."""
    return f"{event_id}@{DOMAIN}"


def single(event: Row, words: Words) -> bytes:
    """Return the file of one event, for whoever wants it in their calendar."""
    return _file([_entry(event, words)])


def invitation(event: Row, words: Words, *, sender: str, name: str, guest: str) -> bytes:
    """Return what a letter invites a guest with: a program puts it into their calendar."""
    entry = _entry(event, words)
    _between(entry, sender=sender, name=name, guest=guest)
    return _file([entry], method="REQUEST")


def cancellation(event: Row, words: Words, *, sender: str, name: str, guest: str) -> bytes:
    """Return what takes an event out of a guest's calendar again."""
    entry = _entry(event, words, in_utc=True, cancelled=True)
    _between(entry, sender=sender, name=name, guest=guest)
    return _file([entry], method="CANCEL")


def several(events: Iterable[tuple[Row, Words]]) -> bytes:
    """Return the file of several events, for whoever wants all of them in their calendar."""
    return _file([_entry(event, words) for event, words in events], method="PUBLISH")


def feed(events: Iterable[tuple[Row, Words]], *, name: str) -> bytes:
    """Return a calendar that a program looks at again and again."""
    return _file([_entry(event, words) for event, words in events], name=name)


def _file(entries: list[Event], *, method: str = "", name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=4), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(entry)
    # Only the years in question: some programs misread what a zone did long ago.
    days = [date(start.year, start.month, start.day) for start in (one.start for one in entries)]
    days = days or [datetime.now(UTC).date()]
    calendar.add_missing_timezones(
        first_date=min(days) - timedelta(days=400), last_date=max(days) + timedelta(days=400)
    )
    written: bytes = calendar.to_ical()
    return written


def _entry(
    event: Row, words: Words, *, in_utc: bool = False, cancelled: bool | None = None
) -> Event:
    known = event["time_zone"] in zones()
    zone: tzinfo = UTC if in_utc or not known else ZoneInfo(event["time_zone"])
    start = event["starts_at"].astimezone(zone)
    end = (event["ends_at"] or event["starts_at"] + HOUR).astimezone(zone)
    changed = (event["changed_at"] or event["created_at"] or event["starts_at"]).astimezone(UTC)
    entry = Event()
    entry.add("uid", uid(event["id"]))
    entry.add("sequence", int(event["sequence"]))
    entry.add("dtstamp", changed.replace(microsecond=0))
    entry.add("last-modified", changed.replace(microsecond=0))
    entry.add("dtstart", start)
    entry.add("dtend", end)
    entry.add("summary", words.title)
    place = words.place or event.get("online_url") or ""
    if place:
        entry.add("location", place)
    if words.text:
        entry.add("description", words.text)
    entry.add("url", words.address)
    off = event["cancelled_at"] is not None if cancelled is None else cancelled
    tentative = event.get("answer") in ("waiting", "offered")
    entry.add("status", "CANCELLED" if off else "TENTATIVE" if tentative else "CONFIRMED")
    if off or tentative:
        entry.add("transp", "TRANSPARENT")
    return entry


def _between(entry: Event, *, sender: str, name: str, guest: str) -> None:
    """Say who invites whom, without which a program takes no invitation."""
    # With one SEQUENCE the later DTSTAMP wins: whoever signs off and on again is followed.
    entry.pop("dtstamp")
    entry.add("dtstamp", datetime.now(UTC).replace(microsecond=0))
    organiser = vCalAddress(f"mailto:{sender}")
    organiser.params["CN"] = vText(name)
    entry.add("organizer", organiser)
    attendee = vCalAddress(f"mailto:{guest}")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    entry.add("attendee", attendee)
