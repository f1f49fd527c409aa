"""The letters about passing on: you are asked, or sought; there is an answer. Worded on leaving."""

from typing import Any

from babel.dates import format_date

from graphnet import notices
from graphnet.engine import Engine
from graphnet.errors import PersonNotFound
from graphnet.introductions import relays, requests
from graphnet.mail import Delivery, Letter
from graphnet.people.lookup import key_of
from graphnet.privacy import Viewer
from webapp.frame.letters import letter


def asked(engine: Engine, delivery: Delivery) -> Letter | None:
    """Somebody asks me, or seeks me; nothing where it does not lie with me any more."""
    me = _reader(engine, delivery)
    for one in relays.all_held(engine.live, me) if me else []:
        if one.id == delivery.values["pass_on"]:
            locale = "ru" if delivery.language == "ru" else "en_GB"
            until = format_date(one.expires_at, "d MMMM y", locale=locale)
            said = {"who": one.asker.name.full, "for_me": one.is_for_me, "id": one.id}
            return _letter("asked", delivery, until=until, **said)
    return None


def answered(engine: Engine, delivery: Delivery) -> Letter | None:
    """There is an answer to my request; nothing where I have read it already."""
    me = _reader(engine, delivery)
    for one in requests.mine(engine.store, me, rules=engine.rules) if me else []:
        if one.id == delivery.values["pass_on"] and not one.seen:
            return _letter("answered", delivery)
    return None


def hide(engine: Engine, delivery: Delivery) -> Letter:
    """Somebody who has a link that was passed on says that I do not wish to be found."""
    return letter("introductions/hide", delivery)


def _reader(engine: Engine, delivery: Delivery) -> Viewer | None:
    try:
        return Viewer("alumnus", key_of(engine.store, delivery.values["person"]))
    except PersonNotFound:
        return None


def _letter(name: str, delivery: Delivery, **said: Any) -> Letter:
    stop = notices.stop_address(delivery.settings, notices.SERIES, delivery.values["person"])
    return letter(f"introductions/{name}", delivery, unsubscribe=stop, stop=stop, **said)
