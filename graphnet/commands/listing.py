"""`graphnet list`: the things that other commands ask for by their ids."""

from typing import Any

import click
import numpy as np

from graphnet.commands.answers import opened, show
from graphnet.errors import NotFound
from graphnet.privacy import Viewer
from graphnet.settings import Settings

THINGS = (
    "cohorts", "graduations", "study_groups", "groups", "units", "organisations", "places",
    "events", "topics",
)  # fmt: skip


@click.command("list")
@click.argument("what", metavar="WHAT", type=click.Choice(THINGS))
@click.option("--name", default="", help="Only those whose name has this in it.")
@click.option("--limit", type=click.IntRange(1), default=None, help="At most so many; all of them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_command(
    settings: Settings, *, what: str, name: str, limit: int | None, as_json: bool
) -> None:
    """List things with their ids and how many living people belong to them, as staff see it.

    WHAT is cohorts, graduations, study_groups, groups, units, organisations, places, events or
    topics. The ids are what `map`, `recover`, `reach` and `find` take, and do not change. A name
    that none of them has is an error, and the code is 1.
    """
    with opened(settings) as live:
        view = live.view()
        snapshot = view.snapshot
        staff = Viewer("staff", account_id="command line", purpose="command line")
        people = view.allowed(staff, live.rules)
        things = snapshot.things[what]
        counts = snapshot.memberships[what].counts(people)
    wanted = name.casefold()
    years = things.numbers.get("year")
    rows: list[dict[str, Any]] = []
    for i in np.lexsort((things.ids, things.labels)).tolist():
        label, label_ru = str(things.labels[i]), str(things.labels_ru[i])
        if wanted in label.casefold() or wanted in label_ru.casefold():
            rows.append(
                {
                    "id": str(things.ids[i]),
                    "name": label,
                    "name_ru": label_ru,
                    "kind": str(things.kinds[i]) or None,
                    "year": int(years[i]) if years is not None and years[i] > 0 else None,
                    "people": int(counts[i]),
                }
            )
    if name and not rows:
        raise NotFound(f"none of the {what.replace('_', ' ')} has {name!r} in its name")
    show(rows[:limit], as_json=as_json)
