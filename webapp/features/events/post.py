"""The letters of events, written when they leave: in their reader's language, with the calendar."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import babel.dates

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.events import calendar, proposing, roles, telling
from graphnet.mail import Delivery, Letter
from graphnet.store import Row
from webapp.frame.letters import letter

# Letter: the states of a registration in which it still says what is so.
HOLDS = {
    "registered": ("yes",),
    "offer": ("offered",),
    "lapsed": ("lapsed",),
    "left": ("no",),
    "moved": ("yes", "offered", "waiting"),
    "cancelled": ("yes", "offered", "waiting"),
    "reminder": ("yes",),
}
INVITES = ("registered", "moved")
TAKES_BACK = ("left", "cancelled")


def when(moment: datetime | None, zone: str | None, language: str) -> str:
    """Write a time in the event's own zone, with the zone's name, in one language."""
    if moment is None:
        return ""
    locale = "ru" if language == "ru" else "en"
    there = moment.astimezone(ZoneInfo(zone or "UTC"))
    pattern = "d MMMM y, HH:mm" if locale == "ru" else "EEEE d MMMM y, HH:mm"
    text = babel.dates.format_datetime(there, pattern, tzinfo=there.tzinfo, locale=locale)
    name = babel.dates.get_timezone_name(there, width="long", locale=locale)
    return f"{text} ({name})"


def in_tongue(language: str, english: str | None, russian: str | None) -> str:
    """Return the one of two texts that the reader reads, or the only one that there is."""
    first, second = (russian, english) if language == "ru" else (english, russian)
    return first or second or ""


def write_about(what: str) -> Callable[[Engine, Delivery], Letter | None]:
    """Return who writes one kind of letter about a registration."""

    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        row = telling.about(engine.store, delivery.values["registration"])
        if row is None or row["state"] not in HOLDS[what] or _late(what, row):
            return None
        language = delivery.language
        title = in_tongue(language, row["title"], row["title_ru"])
        address = f"{delivery.settings.site_url}/events/{row['id']}"
        written = letter(
            f"events/{what}",
            delivery,
            title=title,
            when=when(row["starts_at"], row["time_zone"], language),
            before=when(row["moved_from"], row["time_zone"], language),
            until=when(row["offered_until"], row["time_zone"], language),
            place=in_tongue(language, row["venue"], row["venue_ru"]),
            online=row["online_url"] if row["state"] == "yes" else "",
            guests=row["my_guests"],
            notice=row["notice"] or "",
            address=address,
        )
        if row["state"] == "yes" and what in INVITES:
            make, method = calendar.invitation, "REQUEST"
        elif what in TAKES_BACK and row["state"] in ("yes", "no"):
            make, method = calendar.cancellation, "CANCEL"
        else:
            return written
        text = in_tongue(language, row["description"], row["description_ru"])
        settings = delivery.settings
        entry = make(
            row,
            calendar.Words(
                title, text, address, in_tongue(language, row["venue"], row["venue_ru"])
            ),
            sender=settings.mail_from,
            name=settings.sender(delivery.language),
            guest=delivery.to,
        )
        return replace(written, calendar=entry, method=method)

    return write


def _late(what: str, row: Row) -> bool:
    """Whether a letter would say what is not so any more by the time it leaves."""
    now = datetime.now(UTC)
    off = row["cancelled_at"] is not None
    if what == "offer":
        return off or row["offered_until"] is None or bool(row["offered_until"] <= now)
    if what in ("registered", "moved", "reminder", "lapsed"):
        return off or bool((row["ends_at"] or row["starts_at"]) <= now)
    return what == "cancelled" and not off


def to_makers(what: str) -> Callable[[Engine, Delivery], Letter | None]:
    """Return who writes one kind of letter to the organisers of an event."""

    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        row = telling.event(engine.store, delivery.values["event"])
        change = delivery.values.get("change", "")
        if row is None:
            return None
        return letter(
            f"events/{what}",
            delivery,
            title=in_tongue(delivery.language, row["title"], row["title_ru"]),
            notice=proposing.reason(engine.store, change) if change else row["notice"] or "",
            address=f"{delivery.settings.site_url}/events/{row['id']}",
        )

    return write


def about_part(what: str) -> Callable[[Engine, Delivery], Letter | None]:
    """Return who writes one kind of letter about a part in an event."""

    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        row = roles.about(engine.store, delivery.values["role"])
        states = ("asked",) if what == "role_asked" else ("agreed", "declined")
        if row is None or row["state"] not in states or row["cancelled_at"] is not None:
            return None
        language, site = delivery.language, delivery.settings.site_url
        business = in_tongue(language, row["business"], row["business_ru"])
        person = " ".join(part for part in (row["given_name"], row["family_name"]) if part)
        address = f"{site}/home" if what == "role_asked" else f"{site}/events/{row['event']}/parts"
        return letter(
            f"events/{what}",
            delivery,
            title=in_tongue(language, row["title"], row["title_ru"]),
            role=role_words(row["role"], language),
            business=business,
            who=business or person,
            about=row["about"],
            when=when(row["starts_at"], row["time_zone"], language),
            place=in_tongue(language, row["venue"], row["venue_ru"]),
            said=row["state"],
            address=address,
        )

    return write


def role_words(role: str, language: str) -> str:
    """Return what somebody is asked to be, in a letter."""
    russian = {"speaker": "докладчик", "exhibitor": "участник выставки", "sponsor": "спонсор"}
    return russian[role] if language == "ru" else role


def register(core: Core) -> None:
    """Bring the letters."""
    for what in HOLDS:
        core.letter(f"events.{what}", write_about(what))
    for what in ("role_asked", "role_answered"):
        core.letter(f"events.{what}", about_part(what))
    for what in telling.TO_MAKERS:
        core.letter(f"events.{what}", to_makers(what))
