"""Badges: what a member has earned, taken as a signed credential, and revoked by staff.

What is earned follows from the ledger, the tiers and the published results of the contest. A badge
is made when its owner takes it, and says what was earned and when; it holds nothing of its owner.
Its page and its credential answer only while its owner is to be found: badges of the hidden, of
those who have refused, died or been erased answer as nobody's. What is revoked says so, with the
reason, and stands in a list; so does a badge whose owner is erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graphnet import mail
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.loyalty.joining import LOCK, LONGEST_NOTE
from graphnet.loyalty.memberships import Mine, of_person
from graphnet.model import new_id
from graphnet.privacy import Viewer, among_members
from graphnet.store import Row, Store, Transaction, native

KINDS = ("ambassador", "tier", "mentor")
LETTER = "loyalty.badge_revoked"
GONE = "withdrawn"  # the reason of a badge whose owner is erased

_BADGE = """b.id AS id, b.kind AS kind, b.about AS about, b.issued_at AS issued_at,
  b.revoked_at AS revoked_at, b.reason AS reason"""

# One row: a badge of somebody's, the newest first.
OF_ONE = (
    """MATCH (:Person {key: $key})<-[:OF]-(b:Badge) RETURN """
    + _BADGE
    + " ORDER BY issued_at DESC, id LIMIT 200"
)

# One row: a season of the contest, published, in which somebody has won an award.
AWARDS = """MATCH (:Person {key: $key})<-[:OF]-(:Nomination)<-[:TO]-(:Award)-[:IN]->(c:Contest)
WHERE c.published_at IS NOT NULL
RETURN DISTINCT c.season AS season ORDER BY season DESC LIMIT 50"""

# One row: the new badge.
CREATE = """MATCH (p:Person {key: $key})
CREATE (b:Badge {id: $id, kind: $kind, about: $about, issued_at: $now})-[:OF]->(p)
RETURN b.id AS id"""

# One row: a badge whose owner every member may see, and who that is.
SHOWN = (
    """MATCH (b:Badge {id: $id})-[:OF]->(p:Person) WHERE """
    + among_members("p")
    + """
RETURN p.key AS key, """
    + _BADGE
    + " LIMIT 1"
)

# One row: the badge that is revoked now, and whose it is.
REVOKE = """MATCH (b:Badge {id: $id})-[:OF]->(p:Person) WHERE b.revoked_at IS NULL
SET b.revoked_at = $now, b.reason = $reason RETURN p.key AS key"""

# One row: a badge that holds no more: revoked, or its owner is erased.
REVOKED = (
    """MATCH (b:Badge) WHERE b.revoked_at IS NOT NULL OR NOT EXISTS { (b)-[:OF]->(:Person) }
RETURN """
    + _BADGE
    + " ORDER BY issued_at, id LIMIT 100000"
)

# One row: a badge that was revoked, for the letter about it.
TOLD = "MATCH (b:Badge {id: $id}) RETURN " + _BADGE + " LIMIT 1"


@dataclass(frozen=True)
class Badge:
    """One badge: what for (`about` is a tier or a season), since when, and whether it holds."""

    id: str
    kind: str
    about: str
    issued_at: datetime
    revoked_at: datetime | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether nobody has revoked it."""
        return self.revoked_at is None


@dataclass(frozen=True)
class Earned:
    """Something that a badge can be taken for, and the one that was."""

    kind: str
    about: str
    badge: Badge | None = None


def badge_of(row: Row) -> Badge:
    """Return a row as a badge."""
    row = native(row)
    return Badge(
        row["id"],
        row["kind"],
        row["about"] or "",
        row["issued_at"],
        row["revoked_at"],
        row["reason"] or "",
    )


def of_one(store: Store, viewer: Viewer, key: int) -> list[Badge]:
    """Return somebody's badges, to them and to staff who have the task.

    Raises
    ------
    NotAllowed
    """
    if viewer.person_key != key:
        viewer.require_staff()
    return [badge_of(row) for row in store.read(OF_ONE, key=key)]


def earned(store: Store, viewer: Viewer, mine: Mine) -> list[Earned]:
    """Return what the viewer can take a badge for, and what they have taken already.

    Raises
    ------
    NotAllowed
    """
    me = viewer.me()
    held = {(one.kind, one.about): one for one in reversed(of_one(store, viewer, me))}
    found = [("ambassador", row["season"]) for row in store.read(AWARDS, key=me)]
    if mine.tier and mine.tier != mine.rules.order[0]:
        found.append(("tier", mine.tier))
    if any(act.kind == "mentoring" for act in mine.acts):
        found.append(("mentor", ""))
    return [
        Earned(kind, about, held.get((kind, about)))
        for kind, about in dict.fromkeys([*found, *held])
    ]


def take(store: Store, viewer: Viewer, kind: str, about: str, *, home: Path | None = None) -> str:
    """Take a badge for what one has earned, and return its id; a second time it is the same.

    Raises
    ------
    NotAllowed
    ThingNotFound
        If it is not earned.
    Conflict
        If it was revoked.
    """
    me = viewer.me()
    mine = of_person(store, viewer, me, home=home)
    if not any((one.kind, one.about) == (kind, about) for one in earned(store, viewer, mine)):
        raise ThingNotFound("no such badge is earned")

    def work(transaction: Transaction) -> str:
        if not transaction.run(LOCK, key=me):
            raise ThingNotFound("no such person")
        for badge in map(badge_of, transaction.run(OF_ONE, key=me)):
            if (badge.kind, badge.about) == (kind, about):
                if not badge.holds:
                    raise Conflict("this badge was taken back already", code="revoked")
                return badge.id
        made = new_id()
        transaction.run(CREATE, key=me, id=made, kind=kind, about=about, now=datetime.now(UTC))
        acted(transaction, viewer, "take badge", made, detail=f"{kind} {about}".strip())
        return made

    return store.in_write(work)


def shown(store: Store, badge_id: str) -> tuple[Badge, int]:
    """Return a badge, and the key of whose it is, to anyone who has its address.

    Raises
    ------
    ThingNotFound
        Unknown, and of whoever is not to be found: one answer.
    """
    rows = store.read(SHOWN, id=badge_id)
    if not rows:
        raise ThingNotFound("no such badge")
    return badge_of(rows[0]), int(rows[0]["key"])


def revoke(store: Store, viewer: Viewer, badge_id: str, reason: str) -> None:
    """Revoke a badge with a reason that everybody reads who verifies it, and tell its owner.

    Raises
    ------
    NotAllowed, BadValue
    Conflict
        If it is revoked already, or there is none.
    """
    viewer.require_staff()
    text = " ".join(reason.split())
    if not 3 <= len(text) <= LONGEST_NOTE:
        raise BadValue(
            f"say why the badge is taken back, in 3 to {LONGEST_NOTE} characters",
            code="reason",
            field="reason",
        )

    def work(transaction: Transaction) -> None:
        rows = transaction.run(REVOKE, id=badge_id, now=datetime.now(UTC), reason=text)
        if not rows:
            raise Conflict("this badge was taken back already", code="revoked")
        key = rows[0]["key"]
        acted(transaction, viewer, "revoke badge", badge_id, detail=text, keys=[key])
        for person in transaction.run(LOCK, key=key):
            if person["address"] is not None:
                to, language = person["address"]
                mail.enqueue_about(
                    transaction,
                    LETTER,
                    {"badge": badge_id},
                    to=to,
                    key=f"revoke badge:{badge_id}",
                    language=language,
                    person=person["id"],
                )

    store.in_write(work)


def told(store: Store, badge_id: str) -> Badge | None:
    """Return a badge for the letter about it."""
    rows = store.read(TOLD, id=badge_id)
    return badge_of(rows[0]) if rows else None


def revoked(store: Store) -> Sequence[Badge]:
    """Return every badge that holds no more, for the list that verifiers read.

    It says random ids and reasons, and of one whose owner is erased that it was withdrawn.
    """
    return [badge_of(row) for row in store.read(REVOKED)]
