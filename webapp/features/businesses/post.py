"""The letters of businesses: to whose it is, when staff have decided."""

from collections.abc import Callable

from graphnet.businesses import writing
from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from webapp.features.events.post import in_tongue
from webapp.frame.letters import letter

KINDS = ("published", "sent_back")


def write_about(what: str) -> Callable[[Engine, Delivery], Letter | None]:
    """Return who writes one kind of letter, while it still says what is so."""

    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        row = writing.about(engine.store, delivery.values["business"])
        if row is None or row["state"] != what:
            return None
        return letter(
            f"businesses/{what}",
            delivery,
            business=in_tongue(delivery.language, row["name"], row["name_ru"]),
            notice=row["notice"],
            address=f"{delivery.settings.site_url}/businesses/{delivery.values['business']}",
        )

    return write


def register(core: Core) -> None:
    """Bring the letters."""
    for what in KINDS:
        core.letter(f"businesses.{what}", write_about(what))
