"""What the contest holds of a person, for their export and their erasure."""

from graphnet.contest.nominations import withdraw_of, withdraw_to
from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what the contest holds of a person.

    Of whom a season is about only the bare nomination stays, so that it still adds up; of what they
    nominated, the invitations that nobody has answered go.
    """
    bare = ("id", "at", "state", "category")
    said = (
        "once", "statement", "finalist_public", "reason", "accepted_at", "decided_at", "email",
        "email_key", "proposed_state", "proposed_code", "proposed_reason", "proposed_by",
        "proposed_at", "removed_at", "removed_code",
    )  # fmt: skip
    named = ("id", "category", "at")
    core.personal(
        Holding(
            "Letter", "FOR", through="<-[:OF]-(:Nomination)", what="contest", secret=True,
        ),
        Holding(
            "Letter",
            "FOR",
            through="-[:NOMINATED]->(:Nomination {state: 'invited'})",
            what="contest",
            secret=True,
        ),
        Holding("Letter", "BY", what="contest", shows=("kind", "text", "at")),
        Holding(
            "Nomination", "NOMINATED", narrowed="n.state = 'invited'", what="contest", shows=named
        ),
        Holding(
            "Nomination", "NOMINATED", narrowed="n.state <> 'invited'", what="contest",
            fate="untied", shows=named,
        ),
        Holding(
            "Nomination", "OF", what="contest", fate="emptied", act=withdraw_of, empties=said,
            keeps=bare, why="a past season still adds up: that somebody stood, and not who",
            shows=(
                "id", "at", "state", "category", "statement", "finalist_public", "reason",
                "accepted_at", "decided_at",
            ),
        ),
        Holding(
            "Nomination", what="contest", fate="emptied", act=withdraw_to, empties=said, keeps=bare,
            found="MATCH (n:Nomination) WHERE n.email IN $traces "
            "AND NOT EXISTS { (n)-[:OF]->(:Person) }",
            why="whoever nominated them sees that it has ended", secret=True,
        ),
        Holding(
            "JuryScore", "BY", what="contest", fate="kept", shows=("criterion", "score", "at"),
            keeps=("id", "once", "criterion", "score", "at"),
            why="a published result adds up; who gave the score is a tie that goes",
        ),
        Holding("Nomination", "ASSIGNED", what="contest", fate="untied", shows=named),
        Holding("Nomination", "CONFLICTED", what="contest", fate="untied", shows=named),
        Holding("Contest", "JUROR_OF", what="contest", fate="untied", shows=("season",)),
        Holding("Contest", "MAY_VOTE", what="contest", fate="untied", shows=("season",)),
    )  # fmt: skip
    core.nobodys(
        "Contest", "Announcement", "Award", "SeasonArchive",
        why="the season's own; a winner is named by the nomination, an archive knows pseudonyms",
    )  # fmt: skip
    core.nobodys("Ballot", why="a secret vote: nothing says who cast it")
