"""Who sits in the jury of a season: asked by staff, in it once they have said yes.

A juror is one for a season, not by a role of the account. Nobody takes themselves in.
"""

from datetime import datetime
from typing import LiteralString

from graphnet.contest.seasons import Season, locked, need_phase, record
from graphnet.contest.told import tell_person
from graphnet.errors import Conflict, NotAllowed, ThingNotFound
from graphnet.notices import PATIENCE
from graphnet.privacy import Viewer, alive, registered
from graphnet.store import Row, Store, Transaction

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)<-[:OF]-(:Nomination {state: 'invited'}) }
  OR EXISTS { MATCH (me)<-[:OF]-(mine:Account)
              MATCH (:Nomination {email_key: mine.email_key, state: 'invited'}) }
  OR EXISTS { (me)-[:JUROR_OF]->(season:Contest) WHERE season.published_at IS NULL }
  OR EXISTS { (me)-[may:MAY_VOTE]->(season:Contest)
              WHERE NOT coalesce(may.took, false) AND season.published_at IS NULL }"""

# The same of staff: without it nothing of this waits for them.
STAFF_MAY = "EXISTS { (season:Contest) WHERE season.published_at IS NULL }"


def in_jury(person: LiteralString, contest: LiteralString) -> LiteralString:
    """Return the Cypher condition that somebody sits in a jury: was asked, and has agreed."""
    return (
        "EXISTS { (" + person + ")-[sits:JUROR_OF]->(" + contest + ") "
        "WHERE sits.asked_at IS NULL OR sits.agreed_at IS NOT NULL }"
    )


TIME = ("draft", "announced", "entry", "check", "jury")

# One row: somebody of the season's jury; `sits` says whether they have agreed to be.
JURORS = """MATCH (p:Person)-[j:JUROR_OF]->(c:Contest {id: $contest})
RETURN p.key AS key, p.id AS id, j.at AS at,
  j.asked_at IS NULL OR j.agreed_at IS NOT NULL AS sits,
  COUNT { (p)-[:ASSIGNED]->(:Nomination)-[:IN]->(c) } AS assigned
ORDER BY key LIMIT 200"""

# One row: who is asked, if they have an account and do not stand; `there` if they were asked
# before, `staff` if their account has an office of the Association.
ASK = (
    """MATCH (p:Person {key: $key})
WHERE """
    + registered("p")
    + """ AND """
    + alive("p")
    + """
  AND NOT EXISTS { (p)<-[:OF]-(n:Nomination)-[:IN]->(:Contest {id: $contest})
                   WHERE n.state IN ['accepted', 'admitted'] }
WITH p, EXISTS { (p)-[:JUROR_OF]->(:Contest {id: $contest}) } AS there,
  EXISTS { (p)<-[:OF]-(a:Account)
           WHERE a.disabled_at IS NULL AND ('staff' IN a.roles OR 'admin' IN a.roles) } AS staff
CALL (p) { MATCH (c:Contest {id: $contest}) MERGE (p)-[j:JUROR_OF]->(c)
  ON CREATE SET j.at = $now, j.asked_at = $now }
RETURN p.key AS key, there, staff LIMIT 1"""
)

# One row: whoever was asked and had not answered, and has now said yes.
AGREE = """MATCH (p:Person {key: $key})-[j:JUROR_OF]->(:Contest {id: $contest})
WHERE j.asked_at IS NOT NULL AND j.agreed_at IS NULL SET j.agreed_at = $now
RETURN p.key AS key LIMIT 1"""

# One row: somebody was taken from the jury, with what they had been given to read; since when they
# had been asked, if they had not answered.
REMOVE = """MATCH (p:Person {key: $key})-[j:JUROR_OF]->(c:Contest {id: $contest})
OPTIONAL MATCH (p)-[a:ASSIGNED]->(:Nomination)-[:IN]->(c)
WITH DISTINCT p, j, c, collect(a) AS given,
  CASE WHEN j.agreed_at IS NULL THEN j.asked_at END AS unanswered_since
FOREACH (one IN given | DELETE one) DELETE j RETURN unanswered_since"""

# Nothing comes back: the scores of a juror in the season, or for one candidate, are gone.
DROP_SCORES = """MATCH (s:JuryScore)-[:BY]->(:Person {key: $key})
MATCH (s)-[:FOR]->(n:Nomination)-[:IN]->(:Contest {id: $contest})
WHERE $nomination = '' OR n.id = $nomination DETACH DELETE s"""

# One row: how the person stands to the jury of the season.
STANDS = """MATCH (:Person {key: $me})-[j:JUROR_OF]->(:Contest {id: $contest})
RETURN j.asked_at IS NULL OR j.agreed_at IS NOT NULL AS sits LIMIT 1"""

# One row: a season in whose jury the person is, or is asked to be.
JURIES = """MATCH (:Person {key: $me})-[j:JUROR_OF]->(c:Contest)
RETURN c.season AS season, j.asked_at IS NULL OR j.agreed_at IS NOT NULL AS sits
ORDER BY season DESC LIMIT 20"""


def jurors(store: Store, viewer: Viewer, season: Season) -> list[Row]:
    """Return the jury; its names are public, its scores and who has not answered are not."""
    rows = store.read(JURORS, contest=season.id)
    for row in rows:
        row["at"] = row["at"].to_native()
        if not viewer.is_staff:
            del row["assigned"]
    return rows if viewer.is_staff else [row for row in rows if row["sits"]]


def is_juror(store: Store, viewer: Viewer, season: Season) -> bool:
    """Return whether the viewer is in the jury of the season."""
    return _stands(store, viewer, season) is True


def is_asked(store: Store, viewer: Viewer, season: Season) -> bool:
    """Return whether the viewer is asked to be in the jury, and has not answered."""
    return _stands(store, viewer, season) is False


def _stands(store: Store, viewer: Viewer, season: Season) -> bool | None:
    if viewer.person_key is None:
        return None
    rows = store.read(STANDS, contest=season.id, me=viewer.person_key)
    return bool(rows[0]["sits"]) if rows else None


def juries(store: Store, viewer: Viewer) -> dict[str, bool]:
    """Return the seasons in whose jury the viewer is (True), or is asked to be (False)."""
    if viewer.person_key is None:
        return {}
    return {row["season"]: row["sits"] for row in store.read(JURIES, me=viewer.person_key)}


def ask(store: Store, viewer: Viewer, name: str, key: int, *, now: datetime) -> bool:
    """Ask somebody with an account to be in the jury; return whether they work for the Association.

    Raises
    ------
    NotAllowed
        ``own jury``: nobody takes themselves in.
    Conflict
        If the person stands as a candidate or has no account: ``juror``; ``sits already``.
    """
    viewer.require_staff()
    if viewer.person_key == key:
        raise NotAllowed(
            "nobody takes themselves into the jury: another member of staff asks you",
            code="own_jury",
        )

    def work(transaction: Transaction) -> bool:
        contest = locked(transaction, name)
        need_phase(contest, now, *TIME)
        asked = transaction.run(ASK, key=key, contest=contest.id, now=now)
        if not asked:
            raise Conflict(
                "a juror has an account and does not stand as a candidate: choose somebody else",
                code="juror",
            )
        if asked[0]["there"]:
            raise Conflict(
                "this person sits in the jury already, or is asked already: nothing was done",
                code="sits",
            )
        record(transaction, viewer, contest.id, "juror asked", about=str(key))
        once = f"jury asked {contest.id} {key} {now.isoformat()}"
        tell_person(transaction, name, key, "contest.asked", once=once)
        return bool(asked[0]["staff"])

    return store.in_write(work)


def reply(store: Store, viewer: Viewer, name: str, *, agrees: bool, now: datetime) -> None:
    """Say yes or no to being in the jury.

    Raises
    ------
    Conflict
        ``state`` if nobody asks, or it was answered already; ``phase``.
    """
    me = viewer.own_key()

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, *TIME)
        waiting = [
            row
            for row in transaction.run(JURORS, contest=contest.id)
            if row["key"] == me and not row["sits"]
        ]
        if not waiting:
            raise Conflict("this is answered already, or was taken back", code="state")
        transaction.run(AGREE if agrees else REMOVE, key=me, contest=contest.id, now=now)
        act = "juror added" if agrees else "juror declined"
        record(transaction, viewer, contest.id, act, about=str(me))

    store.in_write(work)


def remove(store: Store, viewer: Viewer, name: str, key: int, *, now: datetime) -> None:
    """Take somebody from the jury, with what they scored; others read their candidates."""
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, *TIME)
        transaction.run(DROP_SCORES, key=key, contest=contest.id, nomination="")
        removed = transaction.run(REMOVE, key=key, contest=contest.id)
        if not removed:
            raise ThingNotFound("no such juror")
        record(transaction, viewer, contest.id, "juror removed", about=str(key))
        since = removed[0]["unanswered_since"]
        if since is not None and now - since.to_native() < PATIENCE:
            return  # a slip: the letter that asks them has not left, and will not
        once = f"jury left {contest.id} {key} {now.isoformat()}"
        tell_person(transaction, name, key, "contest.left", once=once)

    store.in_write(work)
