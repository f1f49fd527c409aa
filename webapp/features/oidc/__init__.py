"""The feature `oidc`: signing in by another site's account (OpenID Connect), where one is named."""

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.mail import Delivery, Letter
from webapp.features.oidc.routes import blueprint, offered, shown
from webapp.frame.letters import letter


def linked(engine: Engine, delivery: Delivery) -> Letter:
    """An identity opens the account from now on."""
    return letter("oidc/linked", delivery)


def register(core: Core) -> None:
    """Bring the feature."""
    core.pages(blueprint)
    core.letter("accounts.identity_linked", linked)
    core.part("sign-in", "oidc/_sign_in.html", offered, order=20)
    core.part("account", "oidc/_account.html", shown, order=20)
