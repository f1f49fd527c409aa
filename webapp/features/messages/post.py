"""The letters about messages, written when they leave: who has written, and never what."""

from datetime import UTC, datetime

from graphnet import mail, notices
from graphnet.connections import asking
from graphnet.engine import Engine
from graphnet.errors import PersonNotFound
from graphnet.mail import Delivery, Letter
from graphnet.messages import letters
from graphnet.people.lookup import key_of
from graphnet.privacy import Viewer
from webapp.frame.letters import letter


def new(engine: Engine, delivery: Delivery) -> Letter | None:
    """Somebody has written; nothing for who has looked since, left or muted."""
    me = _reader(engine, delivery)
    if me is None:
        return None
    found = letters.unseen(engine.store, me, delivery.values["conversation"], rules=engine.rules)
    return _letter("messages/new", delivery, found=found[0]) if found else None


def daily(engine: Engine, delivery: Delivery) -> Letter | None:
    """What the day has brought, together; nothing where it has brought nothing."""
    me = _reader(engine, delivery)
    if me is None:
        return None
    unseen = letters.unseen(engine.store, me, rules=engine.rules)
    asks = asking.asked_of_me(engine.store, me, rules=engine.rules)
    if not unseen and not asks:
        return None
    return _letter(
        "messages/daily",
        delivery,
        writers=list(dict.fromkeys(one.author.name.full for one in unseen)),
        askers=[one.card.name.full for one in asks],
    )


def write_due(engine: Engine) -> int:
    """Have every letter of the day written whose reader has something to read; return how many."""
    if not mail.ready(engine.settings):
        return 0
    now, after, written = datetime.now(UTC), 0, 0
    while rows := letters.due(engine.store, now, after=after):
        for row in rows:
            after = row["key"]
            me = Viewer("alumnus", after)
            waits = letters.unseen(engine.store, me, rules=engine.rules) or asking.asked_of_me(
                engine.store, me, rules=engine.rules
            )
            if waits and letters.write_daily(engine.store, after, now):
                written += 1
    return written


def _reader(engine: Engine, delivery: Delivery) -> Viewer | None:
    try:
        return Viewer("alumnus", key_of(engine.store, delivery.values["person"]))
    except PersonNotFound:
        return None


def _letter(name: str, delivery: Delivery, **values: object) -> Letter:
    stop = notices.stop_address(delivery.settings, notices.SERIES, delivery.values["person"])
    return letter(name, delivery, unsubscribe=stop, stop=stop, **values)
