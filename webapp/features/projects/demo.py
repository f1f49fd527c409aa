"""What the demo has of projects: one that a member leads, with needs, news and money; an offer.

Who supports the others, and their books, came with the import.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.engine import Engine
from graphnet.model import new_id
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.projects import books, editing, needs, states, steps, treasury
from graphnet.projects.content import Content
from graphnet.projects.treasury import Given
from graphnet.requests import opening
from graphnet.store import Store
from webapp.features.projects.routes import KIND

LENS = Content(
    name="A telescope that pupils grind",
    name_ru="Телескоп, который шлифуют школьники",
    description="Eight Saturdays in the workshop: pupils grind a mirror and take it home.",
    description_ru="Восемь суббот в мастерской: школьники шлифуют зеркало и осенью забирают его.",
    kind="education",
    origin="alumni",
    goal=180_000,
)
DRAFT = Content(
    name="Letters of the first graduates",
    name_ru="Письма первых выпускников",
    description_ru="Собрать и прочитать письма тридцатых годов.",
    kind="heritage",
    origin="alumni",
)


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Do it by the same calls that the pages make."""
    store = engine.store
    wanted = {role: f"synth:person:{people[role]['id']}" for role in ("alumnus", "staff")}
    found = of_origins(store, list(wanted.values()))
    her = Viewer("alumnus", found[wanted["alumnus"]][0], "demo")
    staff = Viewer("staff", found[wanted["staff"]][0], "demo", frozenset({"staff"}), "projects")
    for row in books.projects(store, her, limit=1):
        opening.ask(store, her, KIND, row["name"], "I could give two evenings a month.")
    _led(store, her, staff)
    waits = editing.create(store, her, DRAFT)
    states.publish(store, her, waits, version=1)


def _led(store: Store, her: Viewer, staff: Viewer) -> None:
    project_id = editing.create(store, her, LENS)
    needs.add(store, her, project_id, "expertise", "Человек, который умеет шлифовать зеркала")
    needs.add(store, her, project_id, "lab", "Тёмная комната на две субботы")
    today = datetime.now(UTC).date()
    steps.add(store, her, project_id, "Заготовки куплены", today - timedelta(days=10))
    steps.add(store, her, project_id, "Зеркало готово", today + timedelta(days=120))
    states.publish(store, her, project_id, version=1)
    states.publish(store, staff, project_id, version=2)
    bought = steps.milestones(store, project_id)[0]
    steps.done(store, her, project_id, bought["id"], is_done=True)
    steps.write(
        store, her, project_id, "The blanks are here.", "Заготовки приехали, начинаем в субботу."
    )
    treasurer = staff.for_purpose(treasury.PURPOSE)
    for given in (
        Given(new_id(), "gift", 6_000_000, "RUB", today - timedelta(days=30), party_shown=True,
              party="Оптический завод", document="Договор № 14", fee=15_000),
        Given(new_id(), "expense", 2_437_050, "RUB", today - timedelta(days=12),
              what="Blanks of glass / Заготовки из стекла", document="Счёт № 88",
              party="ООО «Стекло»", party_shown=True),
        Given(new_id(), "expense", 900_000, "RUB", today, approved=True,
              what="Polishing powder / Полировальный порошок"),
    ):  # fmt: skip
        treasury.enter(store, treasurer, project_id, given)
