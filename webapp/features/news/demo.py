"""What the demo shows of the news: one for everybody, one of an alumna, a draft."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphnet.engine import Engine
from graphnet.news import writing
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.recommendations.catalogue import topics

WEEK = writing.Words(
    title="Registration for the Alumni Week is open",
    title_ru="Открыта регистрация на Неделю выпускников",
    text="A topic a day: science, innovations, entrepreneurship. Choose your days and bring "
    "a groupmate.",
    text_ru="Каждый день своя тема: наука, инновации, предпринимательство. Выберите свои дни "
    "и приводите одногруппника.",
    kind="news",
    link="/events",
    visibility="public",
)
PRIZE = writing.Words(
    title="A graduate of 2003 leads the laboratory of the year",
    title_ru="Выпускница 2003 года руководит лабораторией года",
    text="The laboratory was chosen by a jury of three universities. Students are welcome there "
    "from the second year on.",
    text_ru="Лабораторию выбрало жюри трёх университетов. Студентов там ждут со второго курса.",
    kind="achievement",
    visibility="public",
)
DRAFT = writing.Words(
    title_ru="Библиотека открывает вечерний зал",
    text_ru="С понедельника зал работает до 22 часов; по карте выпускника вход свободный.",
)


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Do it by the same calls that the pages make."""
    store = engine.store
    origin = f"synth:person:{people['staff']['id']}"
    key = of_origins(store, [origin])[origin][0]
    staff = Viewer("staff", key, "demo", frozenset({"staff"}), "news")
    known = [topic.id for topic in topics(store)]
    if not known:
        return
    for place, words in enumerate((WEEK, PRIZE, DRAFT)):
        about = tuple(dict.fromkeys((known[place % len(known)], known[-1])))
        made = writing.write(store, staff, replace(words, topics=about))
        if words is not DRAFT:
            writing.publish(store, staff, made)
