"""The journal of the demo: some calls, a meeting, steps that are due, one that was corrected."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from graphnet.accounts import account_by_email
from graphnet.discovery.classmates import classes
from graphnet.engine import Engine
from graphnet.journal import writing
from graphnet.journal.writing import Said, today
from graphnet.privacy import Viewer


def furnish(engine: Engine, cast: Mapping[str, Any]) -> None:
    """Let the demo's staff have talked with some of the alumna's groupmates."""
    store = engine.store
    her, clerk = (account_by_email(store, cast[role]["email"]) for role in ("alumnus", "staff"))
    if her is None or clerk is None:
        return
    staff = Viewer("staff", clerk.person_key, clerk.id, purpose=writing.PURPOSE)
    mates = classes(store, Viewer("alumnus", her.person_key, her.id)).groups
    keys = [mate.card.key for group in mates for mate in group.mates][:3]
    now, day = today(), timedelta(days=1)
    writing.write(
        store,
        staff,
        her.person_key,
        Said(
            "talk",
            "Готова помочь с встречей группы в мае. Просит список тех, с кем нет связи.",
            "reached",
            now - 3 * day,
            "Прислать список потерянных группы",
            now,
            clerk.id,
        ),
    )
    for key, said in zip(keys, _said(now, day, clerk.id), strict=False):
        entry = writing.write(store, staff, key, said)
        if said.kind == "note":
            better = Said("note", "Живёт в Твери, работает на вагонном заводе.", "", now - 9 * day)
            writing.correct(store, staff, entry, better, version=1)


def _said(now: Any, day: timedelta, clerk: str) -> tuple[Said, ...]:
    return (
        Said("talk", "", "call_back", now - 2 * day, "", now - day, clerk),
        Said(
            "meeting",
            "Заходил в Ассоциацию. Хочет прочитать лекцию о лазерах на Неделе выпускников.",
            "",
            now - 5 * day,
            "Найти аудиторию для лекции",
            now + day,
        ),
        Said("note", "Живёт в Туле.", "", now - 9 * day),
    )
