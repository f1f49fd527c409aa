"""What coming in holds of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding
from graphnet.onboarding.invitation_links import revoke_all_of


def register(core: Core) -> None:
    """Bring what coming in holds of a person."""
    written = ("id", "name", "former_name", "email", "from_year", "to_year", "place", "year",
               "diploma", "at", "state")  # fmt: skip
    core.personal(
        Holding("Claim", "OF", what="claims", shows=written, traces=("email",)),
        Holding(
            "Claim", what="claims", found="MATCH (n:Claim) WHERE n.email IN $traces", shows=written
        ),
        Holding(
            "Claim",
            "NAMES",
            what="claims",
            fate="emptied",
            empties=("referrer",),
            anothers=True,
            secret=True,
        ),
        Holding("Claim", "SAID", what="claims", fate="untied", shows=("id",)),
        Holding(
            "Invitation",
            "BY",
            what="invitations",
            fate="emptied",
            act=revoke_all_of,
            empties=("nonce",),
            keeps=("id", "token_hash", "created_at", "expires_at", "revoked_at"),
            shows=("id", "created_at", "expires_at"),
            why="claims that came by the link lead to their group by it; the link itself is dead",
        ),
        # A groupmate whom somebody proposed and who was found, or came on file by it.
        Holding(
            "Request",
            what="requests",
            found="MATCH (n:Request {key: $key})",
            fate="emptied",
            empties=("subject", "text", "answer"),
            anothers=True,
            shows=("kind", "at"),
        ),
    )
