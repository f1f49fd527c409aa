"""Two letters: staff have hidden you at your wish; you can be found again."""

from collections.abc import Callable

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from webapp.frame.letters import letter


def _plain(name: str) -> Callable[[Engine, Delivery], Letter | None]:
    return lambda _engine, delivery: letter(f"journal/{name}", delivery)


def register(core: Core) -> None:
    """Bring the letters."""
    core.letter("journal.hidden", _plain("hidden"))
    core.letter("journal.found", _plain("found"))
