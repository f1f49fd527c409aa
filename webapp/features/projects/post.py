"""The letters of projects, each written when it leaves, in its reader's language."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import babel.numbers

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.errors import PersonNotFound
from graphnet.mail import Delivery, Letter
from graphnet.money.references import reference_of
from graphnet.people import cards
from graphnet.people.lookup import key_of
from graphnet.privacy import Viewer
from graphnet.projects import bookkeepers, needs, promises, team, telling, treasury
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
        return letter(
            f"projects/{what}",
            delivery,
            amount=_money(delivery, moved["amount"], moved["currency"]),
            day=moved["happened_on"].strftime("%d.%m.%Y"),
            what=moved["what"],
            receipt=f"{engine.settings.site_url}/me/gifts/{delivery.values['transfer']}",
            books=f"{engine.settings.site_url}/projects/{row['id']}/books",
            **_values(engine, delivery, row),
        )

    return write


def of_books(what: str, *, named: bool) -> Write:
    """Return who writes to somebody who was named for a project's books, or is no longer."""

    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        row = telling.project(engine.store, delivery.values["project"])
        if row is None:
            return None
        try:
            key = key_of(engine.store, delivery.values["person"])
        except PersonNotFound:
            return None
        role = delivery.values["role"]
        if (bookkeepers.role_of(engine.store, row["id"], key) == role) is not named:
            return None  # it has changed again before the letter left
        values = _values(engine, delivery, row)
        money = f"{values['page']}/money"
        return letter(f"projects/{what}", delivery, role=role, money=money, **values)

    return write


def instalment(engine: Engine, delivery: Delivery) -> Letter | None:
    """To who wished it: a part of their gift is due, unless it has arrived meanwhile."""
    row = telling.project(engine.store, delivery.values["project"])
    promise = promises.for_letter(engine.store, delivery.values["pledge"])
    if row is None or promise is None or promise["state"] != "open" or not promise["remind"]:
        return None
    parts, number = promise["instalments"], delivery.values["number"]
    if not 1 <= number <= len(parts) or parts[number - 1].state == "received":
        return None
    part = parts[number - 1]
    return letter(
        "projects/instalment",
        delivery,
        number=number,
        parts=len(parts),
        amount=_money(delivery, part.amount - part.received, promise["currency"]),
        day=part.due_on.strftime("%d.%m.%Y"),
        reference=reference_of(promise["id"]),
        gifts=f"{engine.settings.site_url}/me/gifts",
        **_values(engine, delivery, row),
    )


def _money(delivery: Delivery, amount: int, currency: str) -> str:
    locale = "ru" if delivery.language == "ru" else "en"
    return str(babel.numbers.format_currency(Decimal(amount) / 100, currency, locale=locale))


def register(core: Core) -> None:
    """Bring the letters."""
    for what in OF_PROJECT:
        core.letter(f"projects.{what}", of_project(what))
    for what in ("received", "refunded", "unbooked"):
        core.letter(f"projects.{what}", of_money(what))
    core.letter("projects.books", of_books("books", named=True))
    core.letter("projects.books_ended", of_books("books_ended", named=False))
    core.letter("projects.instalment", instalment)
    core.letter("projects.invited", invited)
    core.letter("projects.answered", answered)
    core.letter("projects.left", left)
    core.letter("projects.offered", offered)
    core.letter("projects.matched", matched)
