"""Requests of the demo: asked, taken on, answered, waiting for who asked, late."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.accounts import account_by_email
from graphnet.engine import Engine
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.recommendations import preferences
from graphnet.recommendations.catalogue import read_things
from graphnet.requests import work
from graphnet.requests.opening import ask

WILLING = 60  # of those who offer something, how many may be asked


def furnish(engine: Engine, cast: Mapping[str, Any]) -> None:
    """Let the demo's alumna ask, and its staff work."""
    store, kinds = engine.store, registered().request_kinds
    her, staff = (account_by_email(store, cast[role]["email"]) for role in ("alumnus", "staff"))
    if her is None or staff is None:
        return
    things = read_things(store)
    for talent in [one for one in things.talents if one.offers][:WILLING]:
        preferences.consent(store, Viewer("alumnus", talent.key), "asked", "given")
    me = Viewer("alumnus", her.person_key, her.id)
    clerk = Viewer("staff", staff.person_key, staff.id, purpose="answer requests")
    certificate = ask(
        store,
        me,
        kinds["document"],
        "Архивная справка об обучении",
        "Нужна справка за 1998–2003 годы для пенсионного фонда.",
    )
    work.claim(store, clerk, certificate)
    work.note(store, clerk, certificate, "Архив отвечает до пятницы, звонила.")
    work.reply(
        store,
        clerk,
        kinds,
        certificate,
        "Екатерина, справку готовим. Прислать её почтой или вы зайдёте сами?",
        wait=True,
    )
    topics = sorted(topic.name_ru for topic in things.topics.values())
    if topics:
        ask(
            store,
            me,
            kinds["commercialisation"],
            f"Кто посоветует: {topics[0].lower()}",
            "Есть прибор, нужен совет того, кто выводил такое на рынок.",
        )
    ask(
        store,
        me,
        kinds["lecture"],
        "Рассказать студентам о работе в Арктике",
        "Могла бы приехать в апреле. Нужны аудитория и те, кому это интересно.",
        now=datetime.now(UTC) - timedelta(days=20),
    )
