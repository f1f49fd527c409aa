"""The letter that tells somebody of an event: why them, where it is, and how to say "not this"."""

from collections.abc import Sequence
from typing import Any

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from graphnet.notices import stop_address
from graphnet.recommendations import Reason
from graphnet.told import sending
from graphnet.told.audience import Fitting, unpacked
from webapp.features.events.post import in_tongue, when
from webapp.frame.letters import letter, said

NAMED = "told/event"
LONGEST = 400


def values(
    event: dict[str, Any], reasons: Sequence[Reason], language: str, called: str
) -> dict[str, Any]:
    """Return what the letter says of an event and why, in its reader's language."""
    text = in_tongue(language, event["description"], event["description_ru"])
    return {
        "title": in_tongue(language, event["title"], event["title_ru"]),
        "when": when(event["starts_at"], event["time_zone"], language),
        "place": in_tongue(language, event["venue"], event["venue_ru"]),
        "about": text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …",
        "called": called,
        "event": event["id"],
        "reasons": [
            (one.kind, in_tongue(language, one.name, one.name_ru), one.count) for one in reasons[:2]
        ],
    }


def write(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody whom the event would suit; none if they need no letter any more."""
    token = delivery.token()
    row = sending.arm(engine.store, delivery.values["letter"], token)
    if row is None:
        return None
    stop = stop_address(engine.settings, sending.SERIES, delivery.values["person"])
    given = values(row, unpacked(row["reasons"]), delivery.language, row["called"])
    return letter(NAMED, delivery, unsubscribe=stop, token=token, stop=stop, **given)


def sample(event: dict[str, Any], one: Fitting, language: str, site: str) -> tuple[str, str]:
    """Return subject and text of the letter as one person would get it; its links lead nowhere."""
    given = values(event, one.reasons, language, one.called)
    links = {"token": "…", "stop": f"{site}/letters/stop/…"}
    return said(NAMED, language, site=site, **links, **given)


def register(core: Core) -> None:
    """Bring the letter."""
    core.letter(sending.LETTER, write)
