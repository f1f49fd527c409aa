"""Who may begin to write to whom: the one place that answers it, for one person or for a list.

Whoever has blocked, hidden, died, is refused, in quarantine, not registered or erased cannot be
written to, and is not told apart from who does not exist; nor is who lets nobody write.
"""

from collections.abc import Iterable

from graphnet.errors import BadValue, PersonNotFound
from graphnet.people import Card, cards
from graphnet.privacy import STANDARD, Rules, Viewer, among_members, may_write, unblocked
from graphnet.store import Store

# One row: one of the people who can be written to at all, and what they have said about it.
OPEN = (
    """UNWIND $keys AS wanted
MATCH (me:Person {key: $me})
CALL (wanted) { MATCH (p:Person {key: wanted}) RETURN p }
WITH me, p WHERE """
    + among_members("p")
    + """ AND """
    + unblocked("me", "p")
    + """
RETURN p.key AS key, p.audiences AS audiences,
  EXISTS { (me)-[:MEMBER_OF]->(:Group)<-[:MEMBER_OF]-(p) } AS in_common
ORDER BY key LIMIT 10000"""
)

# One row: whether $me can be seen by whom they write to.
HERE = "MATCH (me:Person {key: $me}) RETURN " + among_members("me") + " AS here LIMIT 1"


def open_to(
    store: Store, viewer: Viewer, keys: Iterable[int], *, rules: Rules = STANDARD
) -> list[Card]:
    """Return those of the people to whom the viewer may begin to write, in the order of `keys`."""
    me = viewer.me()
    wanted = [key for key in dict.fromkeys(keys) if key != me]
    if not wanted:
        return []
    said = {row["key"]: row for row in store.read(OPEN, keys=wanted, me=me)}
    return [
        card
        for card in cards(store, viewer, said, rules=rules, brief=True)
        if may_write(
            card.fields,
            said[card.key]["audiences"],
            connected=card.connected,
            in_common=said[card.key]["in_common"],
        )
    ]


def one(store: Store, viewer: Viewer, key: int, *, rules: Rules = STANDARD) -> Card:
    """Return somebody to whom the viewer may begin to write.

    Raises
    ------
    PersonNotFound
        If there is nobody, whatever the reason.
    """
    found = open_to(store, viewer, [key], rules=rules)
    if not found:
        raise PersonNotFound("no such person")
    return found[0]


def require_here(store: Store, viewer: Viewer) -> None:
    """Let only those go on who can be answered.

    Raises
    ------
    BadValue
        ``hidden``.
    """
    rows = store.read(HERE, me=viewer.me())
    if not rows or not rows[0]["here"]:
        raise BadValue(
            "you are hidden, so that nobody could answer you: let yourself be found first",
            code="hidden",
        )
