"""What projects hold of a person, for their export and their erasure."""

from graphnet.core import Core
from graphnet.erasure.holding import Holding


def register(core: Core) -> None:
    """Bring what projects hold of a person: a promise goes, money that moved stays in the books."""
    books = "the books of a project add up: what came and went, and not whose it was"
    core.personal(
        Holding("Project", "WORKS_ON", what="projects", fate="untied", shows=("id", "name")),
        Holding("Project", "KEEPS_BOOKS", what="projects", fate="untied", shows=("id", "name")),
        Holding(
            "Pledge", "BY", narrowed="n.state = 'open'", what="gifts",
            shows=("amount", "minor", "parts", "currency", "at", "state", "remind"),
        ),
        Holding(
            "Pledge", "BY", narrowed="n.state <> 'open'", what="gifts", fate="emptied",
            empties=("named", "remind", "told"),
            keeps=("id", "amount", "minor", "parts", "currency", "at", "state"), why=books,
            shows=("amount", "minor", "parts", "currency", "at", "state", "named"),
        ),
        Holding(
            "Receipt", "BY", what="gifts", fate="emptied", empties=("note",),
            keeps=("id", "amount", "at"), why=books, shows=("amount", "at", "note"),
        ),
        Holding(
            "Refund", "BY", what="gifts", fate="emptied", empties=("note",),
            keeps=("id", "amount", "at"), why=books, shows=("amount", "at", "note"),
        ),
        Holding(
            "Refund", "TO", what="gifts", fate="emptied", empties=("note",),
            keeps=("id", "amount", "at"), why=books, shows=("amount", "at", "note"),
        ),
        Holding(
            "Expense", "BY", what="gifts", fate="kept", keeps=("id", "amount", "at", "note"),
            why=f"{books}; the note says what was bought", shows=("amount", "at", "note"),
        ),
    )  # fmt: skip
    core.personal(
        Holding(
            "BankEntry",
            "BY",
            what="gifts",
            fate="emptied",
            empties=("party", "text", "reference"),
            keeps=(
                "id",
                "currency",
                "amount",
                "into",
                "happened_on",
                "reversal",
                "state",
                "round",
                "transfer",
                "made",
                "decided_at",
            ),
            why=f"{books}; that the bank’s payment was booked, and not whose it was",
            shows=("amount", "currency", "happened_on", "party", "text"),
        ),
    )
    core.nobodys("BankStatement", why="what an account of the Association had, not a person’s")
    core.personal(
        Holding("HelpOffer", "BY", what="projects", shows=("state", "text", "at", "answer")),
        Holding("TeamInvitation", "TO", what="projects", shows=("state", "words", "at")),
    )
    core.nobodys(
        "Project", "ProjectNeed", "Milestone", "ProjectNews",
        why="what many work on, in the words of those who run it",
    )  # fmt: skip
