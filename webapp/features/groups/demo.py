"""The demo's communities talk: hers has an organiser, a question is answered, one is proposed."""

from collections.abc import Mapping
from typing import Any

from graphnet.engine import Engine
from graphnet.errors import GraphnetError
from graphnet.groups import editing, membership, organising, reading, talk
from graphnet.groups.content import Content
from graphnet.people import of_origins
from graphnet.privacy import Viewer

QUESTION = (
    "Коллеги, кто был на дне открытых лабораторий? Стоит ли вести туда школьников, "
    "и записывают ли группами?"
)
ANSWERS = (
    "Стоит, детям от двенадцати понравится. Группы записывают по телефону кафедры.",
    "Я могу провести, пишите: по четвергам после четырёх.",
)
PROPOSED = Content(
    name="Running in the parks",
    name_ru="Бегаем в парках",
    kind="interest",
    description="Sunday mornings, eight kilometres, then tea. Any speed.",
    description_ru="По воскресеньям утром восемь километров, потом чай. Темп любой.",
    entry="open",
)


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Write by the same calls that the pages make."""
    store = engine.store
    wanted = {role: f"synth:person:{people[role]['id']}" for role in ("alumnus", "staff")}
    found = of_origins(store, list(wanted.values()))
    her = Viewer("alumnus", found[wanted["alumnus"]][0], "demo")
    staff = Viewer("staff", found[wanted["staff"]][0], "demo", frozenset({"staff"}), "communities")
    mine, _ = reading.groups(store, her, mine=True, limit=1)
    if not mine:
        rows, _ = reading.groups(store, her, limit=1)
        if not rows:
            return
        membership.join(store, her, rows[0]["id"])
        mine = rows
    group = mine[0]["id"]
    organising.appoint(store, staff, group, found[wanted["alumnus"]][1], organiser=True)
    rows = store.read(reading.MEMBERS, id=group)
    others = [Viewer("alumnus", row["key"], "demo") for row in rows if row["key"] != her.person_key]
    begun = ""
    for one in others:
        try:
            begun = talk.say(store, one, group, QUESTION, form="demo")
        except GraphnetError:
            continue  # this one is not seen by members: the next may be
        break
    if begun:
        for one, words in zip([*others[::-1][:20], her][-2:], ANSWERS, strict=False):
            try:
                talk.say(store, one, group, words, form="demo answer", to=begun)
            except GraphnetError:
                continue
    if others:
        try:
            editing.found(store, others[0], PROPOSED)
        except GraphnetError:
            return
