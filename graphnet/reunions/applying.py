"""Asking for a reunion: for which groups, roughly when, with what wishes; more groups later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet.errors import BadValue, Conflict
from graphnet.events.editing import INVITE_REUNION
from graphnet.model import lineage, new_id
from graphnet.people.own_studies import CHOICES
from graphnet.privacy import Viewer, reachable, shown
from graphnet.requests.kinds import Kind
from graphnet.requests.opening import asked
from graphnet.reunions.audience import countable
from graphnet.reunions.reading import note, on
from graphnet.store import Row, Store, Transaction

LONGEST_TITLE, LONGEST_ABOUT, LONGEST_WISHES = 120, 200, 2000
MOST_GROUPS = 12
ZONE = "Europe/Moscow"

# One row: one of the groups and intakes, locked, and the reunion that one of them has already.
LOCK_CHOSEN = """UNWIND $chosen AS wanted
CALL (wanted) {
  MATCH (g:StudyGroup {id: wanted}) RETURN g
  UNION MATCH (g:Cohort {id: wanted}) RETURN g
}
SET g.id = g.id
RETURN g.id AS id, head(COLLECT { MATCH (g)<-[:GATHERS]-(r:Reunion) WHERE r.state <> 'closed'
  RETURN r.id ORDER BY r.at, r.id LIMIT 1 }) AS taken ORDER BY id LIMIT 100"""

# One row: the reunion that was asked for, by whom, tied to the request at the desk.
CREATE = (
    """MATCH (p:Person {key: $me}) WHERE """
    + shown("p")
    + """
CALL (p) { MATCH (q:Request {id: $request}) RETURN q }
CREATE (q)-[:FOR]->(r:Reunion {id: $id, title: $title, about: $about, wishes: $wishes,
  state: 'applied', at: $now, time_zone: $zone, asked_by: $by, asked_how: $how})
CREATE (p)-[:ORGANISES {role: 'applicant', at: $now}]->(r)
CREATE (p)-[:ASKED]->(r)
RETURN r.id AS id"""
)

# One row: how many study groups it gathers now: those that were chosen, with all of their lineage.
GATHER_GROUPS = (
    """MATCH (r:Reunion {id: $id})
UNWIND $chosen AS wanted
MATCH (g:StudyGroup {id: wanted})
"""
    + lineage("g", "h")
    + """
MERGE (r)-[t:GATHERS]->(h) SET t.chosen = coalesce(t.chosen, false) OR h.id = wanted
RETURN count(h) AS n"""
)

# One row: how many intakes it gathers now.
GATHER_COHORTS = """MATCH (r:Reunion {id: $id})
UNWIND $chosen AS wanted
MATCH (c:Cohort {id: wanted})
MERGE (r)-[t:GATHERS]->(c) SET t.chosen = true RETURN count(c) AS n"""

# One row: how many of those whom it gathers are lost now.
LOST_NOW = (
    """MATCH (r:Reunion {id: $id})
CALL (r) {
  MATCH (r)-[:GATHERS]->(:StudyGroup|Cohort)<-[:STUDIED_IN]-(p:Alumnus) RETURN p
  UNION MATCH (r)-[:GATHERS]->(:Cohort)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(p:Alumnus) RETURN p
}
WITH r, p WHERE """
    + countable("p")
    + """ AND NOT """
    + reachable("p")
    + """
WITH r, count(DISTINCT p) AS n SET r.lost_then = n RETURN n"""
)

# One row: whether somebody has hidden.
HIDDEN = """MATCH (p:Person {key: $me}) RETURN NOT """ + shown("p") + """ AS hidden LIMIT 1"""


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: ids of groups and intakes, about when, and all else."""

    groups: tuple[str, ...] = ()
    title: str = ""
    about: str = ""
    wishes: str = ""

    @property
    def text(self) -> str:
        """What the desk reads of it."""
        return f"{self.about}\n\n{self.wishes}".strip()

    def check(self) -> None:
        """Look whether it can be asked.

        Raises
        ------
        BadValue
            Its field is the field's name.
        """
        if not self.groups or len(self.groups) > MOST_GROUPS:
            raise BadValue(
                f"choose 1 to {MOST_GROUPS} groups or intakes that the reunion gathers",
                code="groups",
                field="groups",
            )
        if not self.about.strip() or len(self.about) > LONGEST_ABOUT:
            raise BadValue(
                f"say about when you would like to meet, in 1 to {LONGEST_ABOUT} characters",
                code="about",
                field="about",
            )
        if len(self.title) > LONGEST_TITLE:
            raise BadValue(
                f"the name of a reunion has at most {LONGEST_TITLE} characters",
                code="title",
                field="title",
            )
        if len(self.wishes) > LONGEST_WISHES:
            raise BadValue(
                f"wishes have at most {LONGEST_WISHES:,} characters", code="wishes", field="wishes"
            )


class There(Conflict):
    """One of the groups has a reunion in the making already."""

    def __init__(self, reunion: str) -> None:
        super().__init__(
            f"one of these groups has a reunion in the making already: {reunion}", code="there"
        )
        self.reunion = reunion


def apply(store: Store, viewer: Viewer, kind: Kind, wish: Wish, *, subject: str) -> str:
    """Ask for a reunion: it has its page, and stands as a request at the desk. Return its id.

    Of two who ask for one group at once the second is told of the first one's.

    Parameters
    ----------
    subject
        What the desk calls it.

    Raises
    ------
    BadValue, TooMany
    There
        With the reunion that one of the groups has already.
    Conflict
        ``hidden``: whoever hides cannot be named in invitations.
    """
    me = viewer.me()
    wish.check()

    def work(transaction: Transaction) -> str:
        now = datetime.now(UTC)
        if transaction.run(HIDDEN, me=me)[0]["hidden"]:
            raise Conflict(
                "you are hidden, so that nobody could be told who invites them: show yourself "
                "first",
                code="hidden",
            )
        chosen = lock(transaction, me, wish.groups)
        request = asked(transaction, viewer, kind, subject, wish.text, now=now)
        reunion = make(transaction, me, request, wish, chosen, now)
        note(transaction, viewer, "ask for reunion", reunion)
        return reunion

    return store.in_write(work)


def make(
    transaction: Transaction,
    applicant: int,
    request: str,
    wish: Wish,
    chosen: list[str],
    now: datetime,
    *,
    by: str = "",
    how: str = "",
) -> str:
    """Make the reunion that a request asks for, and return its id; `chosen` is what `lock` gave.

    Parameters
    ----------
    by, how
        The account of staff who wrote it down for the applicant, and how these had asked.
    """
    reunion = str(
        transaction.run(
            CREATE,
            me=applicant,
            id=new_id(),
            request=request,
            title=wish.title.strip() or None,
            about=wish.about.strip(),
            wishes=wish.wishes.replace("\r\n", "\n").strip(),
            now=now,
            zone=ZONE,
            by=by or None,
            how=how or None,
        )[0]["id"]
    )
    _gather(transaction, reunion, chosen)
    transaction.run(LOST_NOW, id=reunion)
    return reunion


def lock(transaction: Transaction, applicant: int, groups: Sequence[str]) -> list[str]:
    """Return the chosen groups, locked, if the applicant may ask for them and nobody has."""
    may = {row["id"] for row in transaction.run(CHOICES, me=applicant)}
    chosen = sorted(set(groups))
    if not may >= set(chosen):
        raise BadValue(
            "one of these groups or intakes is not one's own: choose among those offered",
            code="groups",
            field="groups",
        )
    taken = [row["taken"] for row in transaction.run(LOCK_CHOSEN, chosen=chosen) if row["taken"]]
    if taken:
        raise There(taken[0])
    return chosen


def _gather(transaction: Transaction, reunion: str, chosen: list[str]) -> None:
    transaction.run(GATHER_GROUPS, id=reunion, chosen=chosen)
    transaction.run(GATHER_COHORTS, id=reunion, chosen=chosen)


# One row: the key of who asked for it.
APPLICANT = """MATCH (p:Person)-[:ORGANISES {role: 'applicant'}]->(:Reunion {id: $id})
RETURN p.key AS key LIMIT 1"""


def more_choices(store: Store, viewer: Viewer, reunion: Row) -> list[Row]:
    """Return which groups an organiser can still add: what its applicant may ask for."""
    rows = store.read(APPLICANT, id=reunion["id"])
    there = {group["id"] for group in reunion["groups"]}
    found = store.read(CHOICES, me=rows[0]["key"]) if rows and reunion["makes"] else []
    return [row for row in found if row["id"] not in there]


def add_groups(store: Store, viewer: Viewer, reunion_id: str, groups: Sequence[str]) -> None:
    """Gather more groups; who of them is invited is chosen afterwards, person by person.

    Raises
    ------
    ThingNotFound, NotAllowed, BadValue, There, Conflict
    """

    def act(transaction: Transaction, row: Row, _now: datetime) -> None:
        rows = transaction.run(APPLICANT, id=reunion_id)
        there = {group["id"] for group in row["groups"]}
        new = [group for group in groups if group not in there]
        if not rows or not new or len(there) + len(new) > MOST_GROUPS:
            raise BadValue(
                f"choose a new group, and {MOST_GROUPS} in all at most",
                code="groups",
                field="groups",
            )
        _gather(transaction, reunion_id, lock(transaction, rows[0]["key"], new))
        transaction.run(LOST_NOW, id=reunion_id)
        if row["event"]:
            transaction.run(INVITE_REUNION, id=row["event"]["id"])

    on(store, viewer, reunion_id, act, did="add groups to reunion")
