"""The letters of the desk, written when they leave, in their reader's language."""

from collections.abc import Callable

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from graphnet.requests.desk import summary
from webapp.frame.letters import letter
from webapp.frame.phrases import request_kind


def _about(name: str) -> Callable[[Engine, Delivery], Letter | None]:
    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        about = summary(engine.store, delivery.values["request"])
        if about is None:  # erased since
            return None
        return letter(f"requests/{name}", delivery, about=about, kind=request_kind(about["kind"]))

    return write


def late(engine: Engine, delivery: Delivery) -> Letter | None:
    """To staff: what is late, or has been taken on by nobody, and is still so."""
    found = [summary(engine.store, one) for one in delivery.values["requests"]]
    still = [about for about in found if about is not None and about["status"] != "done"]
    return letter("requests/late", delivery, rows=still) if still else None


def register(core: Core) -> None:
    """Bring the letters."""
    for name in ("received", "reply", "said", "handed", "due"):
        core.letter(f"requests.{name}", _about(name))
    core.letter("requests.late", late)
