"""The letters: staff have granted or ended a membership; a badge was revoked."""

from graphnet.core import Core
from graphnet.engine import Engine
from graphnet.loyalty import badges, joining
from graphnet.mail import Delivery, Letter
from webapp.frame.letters import letter


def membership(engine: Engine, delivery: Delivery) -> Letter | None:
    """To somebody whose membership staff have granted or ended: what, until when, why."""
    term = joining.told(engine.store, delivery.values["term"])
    if term is None:
        return None
    last = term.last
    return letter(
        "loyalty/membership",
        delivery,
        over=term.ended_on is not None,
        until=f"{last:%d.%m.%Y}" if last else "",
        note=term.ended_note or term.note,
    )


def badge_revoked(engine: Engine, delivery: Delivery) -> Letter | None:
    """To the owner of a badge that holds no more."""
    badge = badges.told(engine.store, delivery.values["badge"])
    if badge is None or badge.holds:
        return None
    return letter("loyalty/badge_revoked", delivery, reason=badge.reason, id=badge.id)


def register(core: Core) -> None:
    """Bring the letters."""
    core.letter(joining.LETTER, membership)
    core.letter(badges.LETTER, badge_revoked)
