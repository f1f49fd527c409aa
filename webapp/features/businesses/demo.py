"""Businesses of the demo's alumni: published, proposed, one sent back, one asked to exhibit."""

from collections.abc import Mapping
from typing import Any

from graphnet.businesses import writing
from graphnet.businesses.writing import Words
from graphnet.engine import Engine
from graphnet.errors import Conflict
from graphnet.events import bringers, choosing, roles
from graphnet.live import Live
from graphnet.people import of_origins
from graphnet.people.topics import all_topics
from graphnet.privacy import Viewer
from graphnet.weeks import frame, programme

# Name and its Russian, what it does and its Russian, topic, and what staff did with it.
BUSINESSES = (
    ("Clear Lens", "Ясная линза", "Optical instruments for laboratories and schools.",
     "Оптические приборы для лабораторий и школ.", "Optics", "publish"),
    ("White Nights Robotics", "Роботы белых ночей", "Small robots for small works.",
     "Небольшие роботы для малых производств.", "Robotics", "publish"),
    ("Nevsky Data", "Невские данные", "We teach machines to read documents.",
     "Учим машины читать документы.", "Machine learning", "publish"),
    ("Bread and Vector", "Хлеб и вектор", "A bakery by an engineer, next to the university.",
     "Пекарня инженера рядом с университетом.", "Entrepreneurship", ""),
)  # fmt: skip
BACK = "Напишите, пожалуйста, чем занимается компания."


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Let some of the demo's alumni write theirs, and staff publish them."""
    store = engine.store
    wanted = {role: f"synth:person:{people[role]['id']}" for role in ("alumnus", "staff")}
    found = of_origins(store, list(wanted.values()))
    her = Viewer("alumnus", found[wanted["alumnus"]][0], "demo")
    staff = Viewer("staff", found[wanted["staff"]][0], "demo", frozenset({"staff"}), "businesses")
    live = Live(store, engine.settings.snapshots)
    live.start()
    try:
        friends = [Viewer("alumnus", card.key, "demo") for card in bringers.bringers_of(live, her)]
        topics = {row["name"]: row["id"] for row in all_topics(store)}
        cities = {row["name"]: row["id"] for row in choosing.cities(store)}
        city = cities.get("St Petersburg", "")
        made = []
        for (name, name_ru, about, about_ru, topic, act), one in zip(
            BUSINESSES, friends, strict=False
        ):
            chosen = tuple(topics[n] for n in (topic,) if n in topics)
            words = Words(name, name_ru, about, about_ru, "", city, chosen)
            made.append(writing.write(store, one, words))
            if act:
                writing.decide(store, staff, made[-1], act)
        mine = writing.write(
            store, her, Words("Sokolova Design", "Дизайн Соколовой", "Design.", "Дизайн.")
        )
        writing.decide(store, staff, mine, "send_back", BACK)
        week = frame.current(store, staff)
        if week is None or week.over or not made:
            return
        for session in programme.sessions(live, staff, week)[:1]:
            try:
                part = roles.ask(store, staff, session.id, "exhibitor", business=made[0])
                roles.say(store, friends[0], part, "agree")
            except Conflict:
                return  # whose it is does not show themselves
    finally:
        live.stop()
