"""What accounts hold of a person, for their export and their erasure."""

from graphnet.accounts.roles import leave_an_admin
from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what accounts hold of a person."""
    own = "<-[:OF]-(a:Account)"
    core.personal(
        Holding(
            "Session",
            "HELD_BY",
            through=own,
            what="account",
            shows=("created_at", "seen_at", "expires_at", "device"),
        ),
        Holding("RecoveryCode", "FOR", through=own, what="account", secret=True),
        Holding(
            "SecondFactor",
            "OF",
            through=own,
            what="account",
            shows=("created_at", "confirmed_at"),
        ),
        Holding(
            "Identity",
            "OF",
            through=own,
            what="account",
            shows=("issuer", "subject", "created_at"),
        ),
        Holding(
            "Passkey",
            "OF",
            through=own,
            what="account",
            shows=("name", "created_at", "used_at"),
        ),
        Holding("OneTimeLink", "FOR", through=own, what="account", secret=True),
        Holding(
            "Account",
            "OF",
            what="account",
            act=leave_an_admin,
            traces=("id", "email"),
            shows=("email", "roles", "language", "created_at"),
        ),
    )
