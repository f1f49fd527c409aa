"""The letters of coming in, written when they leave, in their reader's language."""

from graphnet import accounts
from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from graphnet.onboarding import claim_letters, finding
from webapp.frame.letters import letter


def found(engine: Engine, delivery: Delivery) -> Letter | None:
    """To an address on file: was it you who looked for your group? With the link that says yes."""
    token = delivery.token()
    if not claim_letters.arm(engine.store, delivery.values["claim"], token):
        return None
    return letter("joining/found", delivery, token=token)


def address(engine: Engine, delivery: Delivery) -> Letter | None:
    """To the address that a visitor gave: is it yours? With the link that says yes."""
    token = delivery.token()
    if not finding.arm_address(engine.store, delivery.values["claim"], delivery.to, token):
        return None
    return letter("joining/address", delivery, token=token)


def already(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody who is registered: you have an account, and this link opens it."""
    token = delivery.token()
    account = delivery.values["account"]
    if not accounts.make_link_of_letter(engine.store, account, "sign-in", token):
        return None
    return letter("joining/already", delivery, token=token)


def register(core: Core) -> None:
    """Bring the three letters."""
    core.letter("claims.found", found)
    core.letter("claims.address", address)
    core.letter("claims.already", already)
