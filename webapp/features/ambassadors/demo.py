"""What the demo's staff have done about ambassadors: one set is chosen, and some were asked."""

from collections.abc import Mapping
from typing import Any

from graphnet.ambassadors import plans
from graphnet.ambassadors.asks import conflicts
from graphnet.ambassadors.work import choose_now
from graphnet.engine import Engine
from graphnet.influence.wishes import Wish, place_named
from graphnet.live import Live
from graphnet.privacy import Viewer

STAFF = Viewer("staff", account_id="demo", purpose="ambassadors")
NAME = "Неделя выпускников 2026"
CITY = "Санкт-Петербург"


def furnish(engine: Engine, people: Mapping[str, Any]) -> None:
    """Choose a set and note what was answered, by the same calls that the pages make."""
    store, settings = engine.store, engine.settings
    live = Live(store, settings.snapshots)
    live.start()
    try:
        view = live.view()
        wish = Wish(
            k=24,
            per={"faculty": 1, "decade": 1},
            cities={place_named(view.snapshot, CITY): 2},
            barred=tuple(sorted(conflicts(store, STAFF))),
            where_possible=True,
        )
        plan = plans.make_plan(store, STAFF, wish, name=NAME)
        choose_now(store, live, view, plan)
        chosen = plans.plan(store, STAFF, plan, rules=live.rules).people
        for one, answer in zip(chosen, ("accepted", "declined", ""), strict=False):
            plans.mark(store, STAFF, plan, one.card.id, "asked")
            if answer:
                plans.mark(store, STAFF, plan, one.card.id, answer)
    finally:
        live.stop()
