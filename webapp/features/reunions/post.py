"""The letters of reunions, each written when it leaves, in its reader's language."""

from collections.abc import Callable
from typing import Any

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.errors import PersonNotFound, ThingNotFound
from graphnet.keys import trusted
from graphnet.mail import Delivery, Letter
from graphnet.people import cards
from graphnet.people.lookup import key_of
from graphnet.privacy import Viewer
from graphnet.reunions import afterwards, links, on_behalf, planning, reading
from graphnet.reunions.organisers import MAKERS
from graphnet.store import Row
from webapp.features.events.post import when
from webapp.frame.letters import letter

WRITER = Viewer("staff", purpose="letters of reunions")
Write = Callable[[Engine, Delivery], Letter | None]


def _reunion(engine: Engine, reunion: str) -> Row | None:
    try:
        return reading.one(engine.store, WRITER, reunion)
    except ThingNotFound:
        return None


def _values(row: Row, language: str) -> dict[str, Any]:
    starts = row["event"]["starts_at"] if row["event"] else row["starts_at"]
    return {
        "title": row["title"],
        "groups": [dict(group) for group in row["groups"]],
        "about": row["about"],
        "when": when(starts, row["time_zone"], language),
        "place": row["venue"],
        "partner": row["partner"],
        "reason": row["reason"],
    }


def _answer_page(engine: Engine, invitation: str) -> str:
    keys = trusted(engine.settings, "links")
    word = links.link_of(engine.store, keys, invitation)
    return f"{engine.settings.site_url}/reunions/answer/{word}"


def invited(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody who is invited, unless they may not be any more, or have answered."""
    invitation = delivery.values["invitation"]
    held = links.for_letter(engine.store, invitation)
    row = _reunion(engine, held["reunion"]) if held else None
    if held is None or row is None or held["state"] != "invited" or row["stage"] == "closed":
        return None
    page = _answer_page(engine, invitation)
    return letter(
        "reunions/invited",
        delivery,
        unsubscribe=f"{page}/stop",
        page=page,
        by=held["by"] or "",
        called=" ".join(part for part in (held["given_name"], held["patronymic"]) if part),
        **_values(row, delivery.language),
    )


def asked_for(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody for whom staff have asked for a reunion, while they are its applicant."""
    row = _reunion(engine, delivery.values["reunion"])
    held = on_behalf.for_whom(engine.store, delivery.values["reunion"])
    if row is None or held is None or held["person"] != delivery.values["person"]:
        return None
    if row["stage"] in ("held", "closed") or row["agreed_at"]:
        return None
    page = _page(engine, row)
    if not delivery.values["here"]:
        word = on_behalf.word_of(trusted(engine.settings, "links")[0], row["id"], held["person"])
        page = f"{page}/asked-for/{word}"
    return letter(
        "reunions/asked_for",
        delivery,
        page=page,
        how=row["asked_how"],
        called=" ".join(part for part in (held["given_name"], held["patronymic"]) if part),
        **_values(row, delivery.language),
    )


def refused(engine: Engine, delivery: Delivery) -> Letter | None:
    """To whoever of staff wrote a reunion down: the one for whom it was says it is not so."""
    row = _reunion(engine, delivery.values["reunion"])
    if row is None:
        return None
    values = _values(row, delivery.language)
    return letter("reunions/refused", delivery, page=_page(engine, row), **values)


def told(what: str) -> Write:
    """Return who writes to those concerned: of the date, the event, that it is called off."""

    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        row = _reunion(engine, delivery.values["reunion"])
        if row is None or _late(what, row):
            return None
        page, stop = f"{engine.settings.site_url}/reunions/{row['id']}", ""
        invitation = delivery.values["invitation"]
        if invitation and not delivery.values["here"]:
            held = links.for_letter(engine.store, invitation)
            if held is None:
                return None
            page = _answer_page(engine, invitation)
            stop = f"{page}/stop"
        values = _values(row, delivery.language)
        return letter(f"reunions/{what}", delivery, unsubscribe=stop, page=page, **values)

    return write


def _late(what: str, row: Row) -> bool:
    """Whether a letter would say what is not so any more."""
    if what == "cancelled":
        return bool(row["outcome"] != "cancelled")
    if what == "date":
        return bool(row["stage"] != "dated")
    return bool(row["stage"] != "announced")


def _reader(engine: Engine, delivery: Delivery) -> Viewer | None:
    try:
        return Viewer("alumnus", key_of(engine.store, delivery.values["person"]))
    except PersonNotFound:
        return None


def thanks(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody who helped: thank you, in the words of those who thank."""
    row = _reunion(engine, delivery.values["reunion"])
    words = afterwards.words_of_thanks(engine.store, delivery.values["reunion"])
    if row is None or not words:
        return None
    values = _values(row, delivery.language)
    return letter("reunions/thanks", delivery, words=words, page=_page(engine, row), **values)


def _page(engine: Engine, row: Row) -> str:
    return f"{engine.settings.site_url}/reunions/{row['id']}"


def task(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody who was given something to do, while it is theirs and not done."""
    row = _reunion(engine, delivery.values["reunion"])
    held = planning.for_letter(engine.store, delivery.values["task"], delivery.values["person"])
    if row is None or held is None or row["stage"] == "closed":
        return None
    values = _values(row, delivery.language)
    due = held["due_on"].strftime("%d.%m.%Y") if held["due_on"] else ""
    return letter(
        "reunions/task", delivery, what=held["what"], due=due, page=_page(engine, row), **values
    )


def help_offered(engine: Engine, delivery: Delivery) -> Letter | None:
    """To an organiser: somebody offers to help, whom they may see."""
    row, me = _reunion(engine, delivery.values["reunion"]), _reader(engine, delivery)
    if row is None or me is None:
        return None
    seen = cards(engine.store, me, [delivery.values["by"]], rules=engine.rules, brief=True)
    if not seen:
        return None
    values = _values(row, delivery.language)
    return letter(
        "reunions/help", delivery, who=seen[0].name.full, page=_page(engine, row), **values
    )


def answers(engine: Engine, delivery: Delivery) -> Letter | None:
    """To an organiser, once a day: how the answers stand."""
    row, me = _reunion(engine, delivery.values["reunion"]), _reader(engine, delivery)
    if row is None or me is None or row["stage"] in ("held", "closed"):
        return None
    if reading.one(engine.store, me, row["id"])["role"] not in MAKERS:
        return None
    values = _values(row, delivery.language)
    figures = afterwards.figures(engine.store, row)
    return letter("reunions/answers", delivery, figures=figures, page=_page(engine, row), **values)


def appointed(name: str) -> Write:
    """Return who writes to somebody who makes a reunion, or looks after it, from now on."""

    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        row, me = _reunion(engine, delivery.values["reunion"]), _reader(engine, delivery)
        if row is None or me is None or row["stage"] == "closed":
            return None
        mine = reading.one(engine.store, me, row["id"]) if name == "appointed" else None
        if mine is not None and mine["role"] not in MAKERS:
            return None
        values = _values(row, delivery.language)
        return letter(f"reunions/{name}", delivery, page=_page(engine, row), **values)

    return write


def register(core: Core) -> None:
    """Bring the letters."""
    core.letter("reunions.invited", invited)
    core.letter("reunions.asked_for", asked_for)
    core.letter("reunions.refused", refused)
    for what in ("date", "event", "cancelled"):
        core.letter(f"reunions.{what}", told(what))
    core.letter("reunions.thanks", thanks)
    core.letter("reunions.task", task)
    core.letter("reunions.help", help_offered)
    core.letter("reunions.answers", answers)
    for name in ("appointed", "handed"):
        core.letter(f"reunions.{name}", appointed(name))
