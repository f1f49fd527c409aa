"""The letters of projects, each written when it leaves, in its reader's language."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import babel.numbers

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.errors import PersonNotFound
from graphnet.mail import Delivery, Letter
from graphnet.people import cards
from graphnet.people.lookup import key_of
from graphnet.privacy import Viewer
from graphnet.projects import needs, team, telling, treasury
from graphnet.store import Row
from webapp.features.events.post import in_tongue
from webapp.frame.letters import letter

Write = Callable[[Engine, Delivery], Letter | None]
# Letter: the state of the project in which it still says what is so; none: whatever it is.
OF_PROJECT = {
    "proposed": "proposed",
    "opened": "open",
    "declined": "declined",
    "finished": "finished",
    "appointed": "",
}


def _values(engine: Engine, delivery: Delivery, row: Row) -> dict[str, Any]:
    return {
        "title": in_tongue(delivery.language, row["name"], row["name_ru"]),
        "notice": row["notice"],
        "page": f"{engine.settings.site_url}/projects/{row['id']}",
    }


def of_project(what: str) -> Write:
    """Return who writes one kind of letter about a project itself."""

    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        row = telling.project(engine.store, delivery.values["project"])
        if row is None or OF_PROJECT[what] not in ("", row["state"]):
            return None
        return letter(f"projects/{what}", delivery, **_values(engine, delivery, row))

    return write


def _name(engine: Engine, delivery: Delivery, key: int) -> str:
    """Return somebody's name as the letter's reader may see it."""
    try:
        reader = Viewer("alumnus", key_of(engine.store, delivery.values["person"]))
    except PersonNotFound:
        return ""
    found = cards(engine.store, reader, [key], rules=engine.rules, brief=True)
    return found[0].name.full if found else ""


def invited(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody who is asked into a team, unless they have answered."""
    row = telling.project(engine.store, delivery.values["project"])
    held = team.for_letter(engine.store, delivery.values["invitation"])
    if row is None or held is None or held["state"] != "asked":
        return None
    values = _values(engine, delivery, row)
    return letter("projects/invited", delivery, words=held["words"], **values)


def answered(engine: Engine, delivery: Delivery) -> Letter | None:
    """To who leads a project: somebody whom they asked said yes or no."""
    row = telling.project(engine.store, delivery.values["project"])
    held = team.for_letter(engine.store, delivery.values["invitation"])
    if row is None or held is None or held["state"] == "asked":
        return None
    who = _name(engine, delivery, held["key"])
    values = _values(engine, delivery, row)
    return letter("projects/answered", delivery, who=who, yes=held["state"] == "yes", **values)


def left(engine: Engine, delivery: Delivery) -> Letter | None:
    """To who leads a project: somebody has left its team."""
    row = telling.project(engine.store, delivery.values["project"])
    if row is None:
        return None
    who = _name(engine, delivery, delivery.values["by"])
    return letter("projects/left", delivery, who=who, **_values(engine, delivery, row))


def _need(delivery: Delivery, held: Row) -> str:
    return in_tongue(delivery.language, held["need"], held["need_ru"])


def offered(engine: Engine, delivery: Delivery) -> Letter | None:
    """To who leads a project: somebody offers help, unless it was taken back."""
    row = telling.project(engine.store, delivery.values["project"])
    held = needs.for_letter(engine.store, delivery.values["offer"])
    if row is None or held is None or held["state"] != "open":
        return None
    values = _values(engine, delivery, row)
    return letter("projects/offered", delivery, need=_need(delivery, held), **values)


def matched(engine: Engine, delivery: Delivery) -> Letter | None:
    """To who offered help: accepted or declined, in the words of who leads the project."""
    row = telling.project(engine.store, delivery.values["project"])
    held = needs.for_letter(engine.store, delivery.values["offer"])
    if row is None or held is None or held["state"] not in ("accepted", "declined"):
        return None
    return letter(
        "projects/matched",
        delivery,
        need=_need(delivery, held),
        answer=held["answer"],
        yes=held["state"] == "accepted",
        **_values(engine, delivery, row),
    )


def of_money(what: str) -> Write:
    """Return who writes to somebody whose gift arrived, or was given back."""

    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        row = telling.project(engine.store, delivery.values["project"])
        moved = treasury.for_letter(engine.store, delivery.values["transfer"])
        if row is None or moved is None:
            return None
        locale = "ru" if delivery.language == "ru" else "en"
        amount = babel.numbers.format_currency(
            Decimal(moved["amount"]) / 100, moved["currency"], locale=locale
        )
        return letter(
            f"projects/{what}",
            delivery,
            amount=amount,
            day=moved["happened_on"].strftime("%d.%m.%Y"),
            what=moved["what"],
            receipt=f"{engine.settings.site_url}/me/gifts/{delivery.values['transfer']}",
            books=f"{engine.settings.site_url}/projects/{row['id']}/books",
            **_values(engine, delivery, row),
        )

    return write


def register(core: Core) -> None:
    """Bring the letters."""
    for what in OF_PROJECT:
        core.letter(f"projects.{what}", of_project(what))
    for what in ("received", "refunded", "unbooked"):
        core.letter(f"projects.{what}", of_money(what))
    core.letter("projects.invited", invited)
    core.letter("projects.answered", answered)
    core.letter("projects.left", left)
    core.letter("projects.offered", offered)
    core.letter("projects.matched", matched)
