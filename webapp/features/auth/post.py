"""The letters of accounts, written when they leave, in their reader's language."""

from datetime import UTC, datetime

from babel.dates import format_datetime

from graphnet import accounts
from graphnet.core import Core, WriteLetter
from graphnet.engine import Engine
from graphnet.errors import ThingNotFound
from graphnet.mail import Delivery, Letter
from webapp.frame.letters import letter


def _with_link(purpose: str, name: str) -> WriteLetter:
    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        token = delivery.token()
        account = delivery.values["account"]
        if not accounts.make_link_of_letter(engine.store, account, purpose, token):
            return None
        return letter(f"auth/{name}", delivery, token=token)

    return write


def _notice(name: str) -> WriteLetter:
    def write(engine: Engine, delivery: Delivery) -> Letter | None:
        try:
            accounts.account(engine.store, delivery.values["account"])
        except ThingNotFound:  # erased since
            return None
        return letter(f"auth/{name}", delivery)

    return write


def new_device(engine: Engine, delivery: Delivery) -> Letter | None:
    """Somebody has signed in from a browser that is new to the account."""
    locale = {"ru": "ru"}.get(delivery.language, "en_GB")
    at = datetime.fromisoformat(delivery.values["at"])
    moment = f"{format_datetime(at, 'long', locale=locale, tzinfo=UTC)}"
    try:
        accounts.account(engine.store, delivery.values["account"])
    except ThingNotFound:  # erased since
        return None
    return letter("auth/new_device", delivery, moment=moment)


def register(core: Core) -> None:
    """Bring the letters with a link, and the notices of what was done with an account."""
    core.letter("accounts.sign_in", _with_link("sign-in", "sign_in"))
    core.letter("accounts.reset", _with_link("reset", "reset"))
    for name in (
        "rights",
        "closed",
        "opened",
        "ended",
        "password",
        "factor_on",
        "factor_off",
        "passkey_added",
        "passkey_removed",
    ):
        core.letter(f"accounts.{name}", _notice(name))
    core.letter("accounts.new_device", new_device)
