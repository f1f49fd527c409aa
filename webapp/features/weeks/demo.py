"""The demo's Alumni Week: days with topics, tracks and halls, speakers, and a second version."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from graphnet.engine import Engine
from graphnet.errors import Conflict
from graphnet.events import bringers, registrations, roles
from graphnet.events.content import Content
from graphnet.live import Live
from graphnet.people import of_origins
from graphnet.people.topics import all_topics
from graphnet.privacy import Viewer
from graphnet.weeks import frame, planning, programme
from graphnet.weeks.frame import Column, Day, Week

DAYS = (
    ("Science", "Наука"),
    ("Careers", "Карьера"),
    ("Innovations", "Инновации"),
    ("Entrepreneurship", "Предпринимательство"),
    ("Arts", "Искусство"),
    ("Sport and the ball", "Спорт и бал"),
    ("Family", "Семья"),
)
TRACKS = (
    ("science", "Science and engineering", "Наука и инженерия"),
    ("business", "A business of one’s own", "Своё дело"),
    ("campus", "The university today", "Университет сегодня"),
)
PLACES = (
    ("hall", "Assembly Hall, Kronverksky 49", "Актовый зал, Кронверкский 49"),
    ("lomonosov", "Auditorium on Lomonosova, 9", "Аудитория на Ломоносова, 9"),
    ("birzhevaya", "Co-working space on Birzhevaya, 14", "Коворкинг на Биржевой, 14"),
)
# Day, hour, minutes, track, place, seats, title and its Russian, topic, speaker from outside.
SESSIONS: tuple[tuple[int, int, int, str, str, int, str, str, str, str], ...] = (
    (0, 15, 90, "science", "lomonosov", 40, "A tour of the optics laboratory",
     "Экскурсия по лаборатории оптики", "Optics", ""),
    (0, 15, 60, "campus", "birzhevaya", 60, "The university in ten years",
     "Университет через десять лет", "History of the university", "Елена Ректорова"),
    (1, 17, 90, "business", "birzhevaya", 50, "From an engineer to a head of a team",
     "Из инженера в руководители", "Leadership", ""),
    (2, 15, 90, "science", "lomonosov", 60, "Machines that learn: what works by now",
     "Машинное обучение: что уже работает", "Machine learning", "Пётр Сетевой"),
    (2, 17, 90, "business", "birzhevaya", 40, "From a patent to a product",
     "От патента к продукту", "Entrepreneurship", ""),
    (3, 16, 120, "business", "hall", 120, "Founders tell: three first years",
     "Основатели рассказывают: первые три года", "Entrepreneurship", "Мария Основа"),
    (3, 16, 90, "science", "lomonosov", 30, "Robots for small works",
     "Роботы для малого производства", "Robotics", ""),
    (4, 17, 60, "campus", "birzhevaya", 40, "Drawings from the archive",
     "Рисунки из архива", "History of the university", ""),
    (5, 17, 60, "campus", "lomonosov", 80, "Choir of alumni: an open rehearsal",
     "Хор выпускников: открытая репетиция", "Music", ""),
)  # fmt: skip
NOTE = "Лаборатория занята, поэтому экскурсия позже. / The laboratory is in use: the tour is later."


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Plan it, publish it, let some register, and change it once more, as the pages do."""
    store = engine.store
    wanted = {role: f"synth:person:{people[role]['id']}" for role in ("alumnus", "staff")}
    found = of_origins(store, list(wanted.values()))
    her = Viewer("alumnus", found[wanted["alumnus"]][0], "demo")
    staff = Viewer("staff", found[wanted["staff"]][0], "demo", frozenset({"staff"}), "plan weeks")
    week = frame.current(store, staff)
    if week is None or week.begins is None or week.begins < datetime.now(UTC) + timedelta(days=2):
        return
    live = Live(store, engine.settings.snapshots)
    live.start()
    try:
        _plan(live, staff, week)
        planning.publish(live, staff, week.id, number=1)
        friends = [Viewer("alumnus", card.key, "demo") for card in bringers.bringers_of(live, her)]
        _lived(live, staff, her, friends, frame.one(store, staff, week.id))
    finally:
        live.stop()


def _plan(live: Live, staff: Viewer, week: Week) -> None:
    store = live.store
    first = _monday(week)
    framed = replace(
        week.frame,
        about="A week of talks, laboratories, founders and friends, for all who studied here.",
        about_ru="Неделя докладов, лабораторий, основателей и друзей: для всех, кто у нас учился.",
        days=tuple(Day(first + timedelta(days=n), *names) for n, names in enumerate(DAYS)),
        tracks=tuple(Column(*one) for one in TRACKS),
        places=tuple(Column(*one) for one in PLACES),
    )
    frame.change(store, staff, week.id, framed, version=week.version)
    topics = {row["name"]: row["id"] for row in all_topics(store)}
    for day, hour, minutes, track, place, seats, title, title_ru, topic, speaker in SESSIONS:
        content = Content(
            title=title,
            title_ru=title_ru,
            description="Part of Alumni Week.",
            description_ru="Мероприятие Недели выпускников.",
            kind="lecture",
            audience="public",
            capacity=seats,
            topics=tuple(topics[name] for name in (topic,) if name in topics),
        )
        starts = datetime.combine(first + timedelta(days=day), time(hour))
        slot = planning.Slot(starts, minutes, track, place)
        event_id = planning.add(store, staff, week.id, content, slot)
        if speaker:
            roles.ask(store, staff, event_id, "speaker", name=speaker)
    for one in programme.sessions(live, staff, frame.one(store, staff, week.id), planned=True):
        if one.row["venue_ru"] == PLACES[0][2] and one.place is None:
            length = int((one.ends - one.starts).total_seconds() // 60)
            starts = one.starts.replace(tzinfo=None)
            planning.move(
                store, staff, week.id, one.id, planning.Slot(starts, length, "", PLACES[0][0])
            )


def _monday(week: Week) -> date:
    assert week.begins is not None
    day = week.begins.date()
    return day - timedelta(days=day.weekday())


def _lived(live: Live, staff: Viewer, her: Viewer, friends: list[Viewer], week: Week) -> None:
    """Let some register and speak, and change the programme for them."""
    store = live.store
    every = {one.row["title"]: one for one in programme.sessions(live, staff, week, planned=True)}
    tour, robots = every.get(SESSIONS[0][6]), every.get(SESSIONS[6][6])
    founders, patents = every.get(SESSIONS[5][6]), every.get(SESSIONS[4][6])
    for one in (tour, robots):
        if one is None:
            continue
        for guest in (her, *friends[:4]):
            registrations.answer(store, guest, one.id, "yes")
    for session, guest in ((robots, her), *zip((founders, patents), friends, strict=False)):
        if session is None:
            continue
        try:
            part = roles.ask(store, staff, session.id, "speaker", key=guest.me())
        except Conflict:
            continue  # they do not show themselves to members
        if guest is not her:
            roles.say(store, guest, part, "agree")
    if tour is not None:
        later = tour.starts.replace(tzinfo=None) + timedelta(hours=1)
        planning.move(
            store, staff, week.id, tour.id, planning.Slot(later, 90, TRACKS[0][0], PLACES[1][0])
        )
        planning.publish(live, staff, week.id, number=2, note=NOTE)
