"""The letters of weeks, written when they leave: what has changed for me, and thanks."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.events import calendar
from graphnet.mail import Delivery, Letter
from graphnet.weeks import telling, thanks
from webapp.features.events.post import in_tongue, when
from webapp.frame.letters import letter


def changed(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody for whom a version has changed something, with all of it as it stands now."""
    week, moves = telling.moves(engine.store, delivery.values["version"])
    if week is None:
        return None
    before = {one["id"]: one for one in moves}
    now = datetime.now(UTC)
    rows = [
        row
        for row in telling.of_person(engine.store, delivery.values["person"], list(before))
        if (row["ends_at"] or row["starts_at"]) > now
    ]
    if not rows:
        return None
    language, site = delivery.language, delivery.settings.site_url
    lines = []
    for row in rows:
        was = before[row["id"]]
        then = ""
        if "starts" in was:
            zone = ZoneInfo(row["time_zone"])
            moment = datetime.fromisoformat(was["starts"]).astimezone(zone)
            place = in_tongue(language, was["place"], was["place_ru"])
            then = ", ".join(p for p in (when(moment, row["time_zone"], language), place) if p)
        lines.append(
            {
                "title": in_tongue(language, row["title"], row["title_ru"]),
                "now": when(row["starts_at"], row["time_zone"], language),
                "place": in_tongue(language, row["venue"], row["venue_ru"]),
                "before": then,
                "address": f"{site}/events/{row['id']}",
            }
        )
    written = letter(
        "weeks/changed",
        delivery,
        week=in_tongue(language, week["name"], week["name_ru"]),
        lines=lines,
        note=week["note"],
        address=f"{site}/week/{week['week']}/mine",
    )
    entries = [
        (
            row,
            calendar.Words(
                in_tongue(language, row["title"], row["title_ru"]),
                in_tongue(language, row["description"], row["description_ru"]),
                f"{site}/events/{row['id']}",
                in_tongue(language, row["venue"], row["venue_ru"]),
            ),
        )
        for row in rows
        if row["comes"]
    ]
    if not entries:
        return written
    return replace(written, calendar=calendar.several(entries), method="PUBLISH")


def thanked(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody who came to a week that is over."""
    name = thanks.name(engine.store, delivery.values["week"])
    rows = thanks.came_to(engine.store, delivery.values["person"], delivery.values["week"])
    if name is None or not rows:
        return None
    language, site = delivery.language, delivery.settings.site_url
    return letter(
        "weeks/thanks",
        delivery,
        week=in_tongue(language, *name),
        lines=[
            {
                "title": in_tongue(language, row["title"], row["title_ru"]),
                "address": f"{site}/events/{row['id']}",
                "materials": bool(row["materials"]),
            }
            for row in rows
        ],
        contribution=f"{site}/me/contributions",
        tier=f"{site}/me/membership",
    )


def register(core: Core) -> None:
    """Bring the letters."""
    core.letter("weeks.changed", changed)
    core.letter("weeks.thanks", thanked)
