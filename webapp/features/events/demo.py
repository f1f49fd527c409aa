"""What the demo has of events: a draft, one that is full, one moved, one called off, one just over.

A seat at the full one is held for the demo's alumnus, who stood first on its waiting list.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from graphnet.engine import Engine
from graphnet.events import bringers, door, editing, registrations, states
from graphnet.events.content import Content
from graphnet.keys import trusted
from graphnet.live import Live
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.store import Store

ZONE = "Europe/Moscow"
TOUR = Content(
    title="A tour of the laser laboratory",
    title_ru="Экскурсия в лазерную лабораторию",
    description="Small group: the laboratory takes three at a time.",
    description_ru="Небольшая группа: лаборатория принимает троих за раз.",
    kind="trip",
    venue="Kronverksky Prospekt 49",
    venue_ru="Кронверкский проспект, 49",
    capacity=3,
    offer_hours=72,
    time_zone=ZONE,
)
DRAFT = replace(
    TOUR,
    title="Board games by the fire",
    title_ru="Настольные игры у камина",
    description="",
    description_ru="",
    kind="party",
    capacity=20,
    venue="",
    venue_ru="",
)
TALK = replace(
    TOUR,
    title="How we built the probe",
    title_ru="Как мы строили зонд",
    kind="lecture",
    description="",
    description_ru="",
    capacity=60,
    venue="Birzhevaya Liniya 14",
    venue_ru="Биржевая линия, 14",
)
TRIP = replace(
    TALK,
    title="Skiing in Toksovo",
    title_ru="Лыжи в Токсово",
    kind="sport",
    venue="Toksovo",
    venue_ru="Токсово",
)
BREAKFAST = replace(
    TALK,
    title="Breakfast with the dean",
    title_ru="Завтрак с деканом",
    kind="meeting",
    venue="Kronverksky Prospekt 49",
    venue_ru="Кронверкский проспект, 49",
)


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Make them, fill them and let time pass, by the same calls that the pages make."""
    store, settings = engine.store, engine.settings
    wanted = {role: f"synth:person:{people[role]['id']}" for role in ("alumnus", "staff")}
    found = of_origins(store, list(wanted.values()))
    her = Viewer("alumnus", found[wanted["alumnus"]][0], "demo")
    staff = Viewer("staff", found[wanted["staff"]][0], "demo", frozenset({"staff"}), "events")
    live = Live(store, settings.snapshots)
    live.start()
    try:
        friends = [Viewer("alumnus", card.key, "demo") for card in bringers.bringers_of(live, her)]
    finally:
        live.stop()
    now = datetime.now(ZoneInfo(ZONE)).replace(tzinfo=None, second=0, microsecond=0)
    evening = now.replace(hour=18, minute=30)
    editing.create(store, staff, replace(DRAFT, starts=evening + timedelta(days=40)))
    _full(store, staff, her, friends, evening + timedelta(days=18))
    _moved(store, staff, [her, *friends[:4]], evening + timedelta(days=12))
    _called_off(store, staff, friends[:3], evening + timedelta(days=9))
    _over(engine, staff, [her, *friends[:5]], now - timedelta(hours=3))


def _publish(store: Store, staff: Viewer, content: Content) -> str:
    event_id = editing.create(store, staff, content)
    states.publish(store, staff, event_id, version=1)
    return event_id


def _full(
    store: Store, staff: Viewer, her: Viewer, friends: list[Viewer], starts: datetime
) -> None:
    full = _publish(store, staff, replace(TOUR, starts=starts, ends=starts + timedelta(hours=2)))
    for one in (*friends[:3], her, *friends[3:6]):
        registrations.answer(store, one, full, "yes")
    if friends:
        registrations.answer(store, friends[0], full, "no")  # the seat is held for her


def _moved(store: Store, staff: Viewer, guests: list[Viewer], starts: datetime) -> None:
    content = replace(TALK, starts=starts, ends=starts + timedelta(hours=2))
    moved = _publish(store, staff, content)
    for one in guests:
        registrations.answer(store, one, moved, "yes")
    later = replace(
        content, starts=starts + timedelta(days=2), ends=starts + timedelta(days=2, hours=2)
    )
    editing.change(store, staff, moved, later, version=2)


def _called_off(store: Store, staff: Viewer, guests: list[Viewer], starts: datetime) -> None:
    off = _publish(store, staff, replace(TRIP, starts=starts))
    for one in guests:
        registrations.answer(store, one, off, "yes")
    states.cancel(store, staff, off, "Нет снега: соберёмся в феврале. / No snow: see you later.")


def _over(engine: Engine, staff: Viewer, guests: list[Viewer], starts: datetime) -> None:
    """Let some come to what is on now, and then let it be over."""
    store = engine.store
    content = replace(BREAKFAST, starts=starts, ends=starts + timedelta(hours=4))
    event_id = _publish(store, staff, content)
    for one in guests:
        registrations.answer(store, one, event_id, "yes")
    keys = trusted(engine.settings, "links")
    at_door = door.opened(store, door.make(store, staff, event_id, keys=keys))
    came = store_registrations(store, staff, event_id)
    for registration in came[:-1]:  # the last has not come
        door.enter(store, at_door, registration, at=datetime.now(UTC) - timedelta(hours=2))
    over = replace(content, ends=starts + timedelta(hours=2))
    editing.change(store, staff, event_id, over, version=2)


def store_registrations(store: Store, staff: Viewer, event_id: str) -> list[str]:
    """Return who said yes, by their registrations."""
    from graphnet.events.attendance import guests

    _, rows = guests(store, staff, event_id)
    return [row.registration for row in rows]
