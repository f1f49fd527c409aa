"""The letters about contacts: who asks, who has said yes; worded when they leave."""

from graphnet import notices
from graphnet.connections import asking, ties
from graphnet.engine import Engine
from graphnet.errors import PersonNotFound
from graphnet.mail import Delivery, Letter
from graphnet.people.lookup import key_of
from graphnet.privacy import Viewer
from webapp.frame.letters import letter


def asked(engine: Engine, delivery: Delivery) -> Letter | None:
    """Somebody asks; nothing where it was answered or taken back, or they have hidden since."""
    me = _reader(engine, delivery)
    if me is None:
        return None
    for one in asking.asked_of_me(engine.store, me, rules=engine.rules):
        if one.id == delivery.values["request"]:
            return _letter("contacts/asked", delivery, one.card.name.full)
    return None


def accepted(engine: Engine, delivery: Delivery) -> Letter | None:
    """Somebody has said yes."""
    me = _reader(engine, delivery)
    if me is None:
        return None
    key = asking.answerer(engine.store, me, delivery.values["request"])
    known = {one.card.key: one.card for one in ties.mine(engine.store, me, rules=engine.rules)}
    return _letter("contacts/accepted", delivery, known[key].name.full) if key in known else None


def _reader(engine: Engine, delivery: Delivery) -> Viewer | None:
    try:
        return Viewer("alumnus", key_of(engine.store, delivery.values["person"]))
    except PersonNotFound:
        return None


def _letter(name: str, delivery: Delivery, who: str) -> Letter:
    stop = notices.stop_address(delivery.settings, notices.SERIES, delivery.values["person"])
    return letter(name, delivery, unsubscribe=stop, who=who, stop=stop)
