"""What the record of a person holds, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding
from graphnet.people import leaving


def register(core: Core) -> None:
    """Bring what the record of a person holds, and the job that erases it."""
    leaving.register(core)
    unit = ("name",)
    core.personal(
        Holding(
            "ContactPoint",
            "HAS",
            what="contacts",
            traces=("value",),
            shows=("kind", "value", "verified_at", "bounced_at", "source"),
        ),
        Holding(
            "Consent",
            "GAVE",
            what="consents",
            shows=("purpose", "state", "text_version", "at", "channel"),
        ),
        Holding("Place", "LIVES_IN", what="places", fate="untied", shows=unit),
        Holding("StudyGroup", "STUDIED_IN", what="studies", fate="untied", shows=("id", "name")),
        Holding("Cohort", "STUDIED_IN", what="studies", fate="untied", shows=("id", "programme")),
        Holding("Unit", "STUDIED_IN", what="studies", fate="untied", shows=unit),
        Holding("Unit", "COMPLETED", what="studies", fate="untied", shows=unit),
        Holding("Person", "SUPERVISED_BY", what="studies", fate="untied"),
        Holding("Organisation", "WORKED_AT", what="places", fate="untied", shows=unit),
        Holding("Person", "KNOWS", what="people", fate="untied"),
        Holding(
            "Record",
            "ABOUT",
            what="records",
            fate="emptied",
            empties=("fields", "mapped", "hash", "gave", "gone_at", "gone", "missed", "withdrew"),
            keeps=("id", "origin", "source", "file", "row"),
            shows=("source", "file", "row", "fields"),
            why="what a source calls them, so that importing it again does not bring them back",
        ),
    )
    core.nobodys(
        "Place",
        "Unit",
        "Cohort",
        "StudyGroup",
        "GroupCode",
        "Organisation",
        why="where many live, studied and worked",
    )
    core.nobodys("ImportRun", why="the names of files, and how many rows went in")
