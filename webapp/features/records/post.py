"""Two letters: confirm your new address; the Association has corrected something about you."""

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from graphnet.records import contacts, corrections
from webapp.frame.letters import letter


def address(engine: Engine, delivery: Delivery) -> Letter | None:
    """To a new address, with the link whose page has the button."""
    token = delivery.token()
    if not contacts.arm(engine.store, delivery.values["proof"], token):
        return None
    return letter("records/address", delivery, token=token, days=contacts.DAYS)


def corrected(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody whose record staff have changed: what, and how they knew."""
    told = corrections.told_of(engine.store, delivery.values["correction"])
    if told is None:
        return None
    return letter(
        "records/corrected",
        delivery,
        field=told["field"],
        source=told["source"],
        who=told["told_by"] or "",
        undone=told["undone_at"] is not None,
    )


def register(core: Core) -> None:
    """Bring the letters."""
    core.letter("records.address", address)
    core.letter("records.corrected", corrected)
