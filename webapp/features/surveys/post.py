"""One letter a person and survey: what it is about, and the page with the button."""

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from graphnet.notices import stop_address
from graphnet.surveys import recipients
from webapp.frame.letters import letter


def asked(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody whom a survey is for; none if they have answered or it is over."""
    token = delivery.token()
    row = recipients.arm(engine.store, delivery.values["ask"], token)
    if row is None:
        return None
    russian = delivery.language == "ru"
    stop = stop_address(engine.settings, recipients.SERIES, delivery.values["person"])
    return letter(
        "surveys/asked",
        delivery,
        unsubscribe=stop,
        token=token,
        stop=stop,
        title=row["title_ru"] if russian else row["title"],
        about=(row["about_ru"] if russian else row["about"]) or "",
        called=row["called"],
        until=row["closes_on"].to_native().strftime("%d.%m.%Y"),
        by_consent=row["consent"],
    )


def register(core: Core) -> None:
    """Bring the letter."""
    core.letter(recipients.LETTER, asked)
