"""What reunions hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what reunions hold of a person."""
    core.personal(
        Holding(
            "ReunionInvitation",
            "TO",
            what="reunions",
            shows=("state", "at", "answered_at", "channel", "words"),
        ),
        Holding("ReunionInvitation", "BY", what="reunions", fate="untied", secret=True),
        Holding("ReunionDate", "CAN", what="reunions", fate="untied", shows=("starts_at",)),
        Holding(
            "ReunionTask",
            "OF",
            what="reunions",
            fate="untied",
            shows=("what", "due_on", "done_at"),
        ),
        # What an applicant has written goes; the reunion is their groupmates' too.
        Holding(
            "Reunion",
            "ASKED",
            what="reunions",
            fate="emptied",
            anothers=True,
            empties=("title", "about", "wishes"),
            shows=("title", "about", "wishes", "at"),
        ),
        Holding(
            "Reunion",
            "ORGANISES",
            what="reunions",
            fate="untied",
            shows=("state", "at", "starts_at", "venue"),
        ),
    )
    core.nobodys(
        "Reunion",
        "ReunionDate",
        "ReunionCost",
        "ReunionTask",
        why="what a group plans together; whose each is is a tie that goes",
    )
