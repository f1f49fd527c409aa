"""The letter to somebody who is asked, written when it leaves, by what may be said then."""

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.keys import trusted
from graphnet.live import Live
from graphnet.mail import Delivery, Letter
from graphnet.privacy import Viewer
from graphnet.recovery import outreach
from webapp.features.recovery.words import asking


def ask(engine: Engine, delivery: Delivery) -> Letter | None:
    """Write to somebody who was asked, unless they have answered, refused or gone meanwhile."""
    held = delivery.values
    live = Live(engine.store, engine.settings.snapshots, rules=engine.rules)
    found = outreach.letters(
        live,
        Viewer("staff", account_id=held["by"], purpose="recovery"),
        held["plan"],
        keys=trusted(engine.settings, "links"),
        asks=[held["ask"]],
    )
    if not found or found[0].ask["state"] != "sent":
        return None
    link = f"{engine.settings.site_url}/answer/{found[0].token}"
    subject, text = asking(found[0], held["label"], held["label_ru"], link)
    return Letter(subject, text, f"{link}/never")


def register(core: Core) -> None:
    """Bring the letter."""
    core.letter("recovery.ask", ask)
