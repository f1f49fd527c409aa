"""A survey of the demo: a draft about what graduates need and can give, ready to be opened."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from graphnet.accounts import account_by_email
from graphnet.engine import Engine
from graphnet.events import choosing
from graphnet.privacy import Viewer
from graphnet.surveys import making
from graphnet.surveys.making import Terms, today
from graphnet.surveys.questions import Choice, Question
from graphnet.surveys.recipients import Audience


def furnish(engine: Engine, cast: Mapping[str, Any]) -> None:
    """Let the demo's staff have a draft, with what is asked in it."""
    store = engine.store
    clerk = account_by_email(store, cast["staff"]["email"])
    if clerk is None:
        return
    staff = Viewer("staff", clerk.person_key, clerk.id, purpose=making.PURPOSE)
    topics = choosing.choices(store, staff).topics[:4]
    survey = making.draft(
        store,
        staff,
        Terms(
            "What do you need, and what could you give?",
            "Что вам нужно и чем вы могли бы помочь?",
            "Three questions, two minutes. The Association plans the year by your answers.",
            "Три вопроса, две минуты. По вашим ответам Ассоциация составит план на год.",
            Audience(from_year=1950, to_year=today().year),
            "digest",
            today() + timedelta(days=21),
        ),
    )
    choices = tuple(Choice(t["name"], t["name_ru"], t["id"]) for t in topics)
    for question in (
        Question("", "many", "Where could you help others?",
                 "В чём вы могли бы помочь другим?", choices, "offers"),
        Question("", "scale", "How useful is the Association to you?",
                 "Насколько Ассоциация вам полезна?"),
        Question("", "words", "What do you miss here?", "Чего вам здесь не хватает?"),
    ):  # fmt: skip
        making.keep_question(store, staff, survey, question)
