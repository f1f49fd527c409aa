"""The letters about a claim, written when they leave, in the claimant's language."""

from graphnet import accounts
from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from graphnet.onboarding import claim_letters
from webapp.frame.letters import letter


def confirm(engine: Engine, delivery: Delivery) -> Letter | None:
    """To the address on file: was it you who asked? With the link that says yes."""
    token = delivery.token()
    if not claim_letters.arm(engine.store, delivery.values["claim"], token):
        return None
    return letter("invitations/confirm", delivery, token=token)


def yours(engine: Engine, delivery: Delivery) -> Letter | None:
    """It was confirmed, with the link to choose a password by."""
    token = delivery.token()
    account = delivery.values["account"]
    if not accounts.make_link_of_letter(engine.store, account, "invite", token):
        return None
    return letter("invitations/yours", delivery, token=token)


def waits(engine: Engine, delivery: Delivery) -> Letter:
    """The claim has come in, and others have to say that it is they."""
    return letter("invitations/waits", delivery)


def refused(engine: Engine, delivery: Delivery) -> Letter:
    """It could not be confirmed."""
    return letter("invitations/refused", delivery)


def register(core: Core) -> None:
    """Bring the four letters."""
    for name, write in (
        ("confirm", confirm), ("waits", waits), ("yours", yours), ("refused", refused),
    ):  # fmt: skip
        core.letter(f"claims.{name}", write)
