"""What the loyalty programme holds of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what the loyalty programme holds of a person."""
    core.personal(
        Holding(
            "Membership",
            "OF",
            what="membership",
            shows=("starts", "ends", "kind", "at", "note", "ended_on", "ended_note"),
        ),
        Holding("MemberCard", "OF", what="membership", shows=("created_at",)),
        Holding(
            "PerkCode",
            "BY",
            what="membership",
            fate="untied",
            shows=("taken_at", "until", "redeemed_at"),
            loose=True,
        ),
        Holding(
            "Badge",
            "OF",
            what="membership",
            fate="emptied",
            shows=("kind", "about", "issued_at", "revoked_at", "reason"),
            empties=("reason",),
            keeps=("id", "kind", "about", "issued_at", "revoked_at"),
            why="whoever holds a copy of it must learn that it is nobody's any more",
            loose=True,
        ),
    )
    core.nobodys("Partner", "Perk", why="who offers something to members, and what")
    core.nobodys("PerkCode", why="a code by which something is had once: it says nothing of whose")
