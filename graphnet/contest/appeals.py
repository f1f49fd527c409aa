"""Appeals: a request to look at a decision or the result again, decided before publication.

That an appeal was made and how it was decided stands in the season's public log; the words of
neither do.
"""

from datetime import datetime

from graphnet.contest.seasons import Season, locked, need_phase, record
from graphnet.errors import BadValue, NotAllowed
from graphnet.privacy import Viewer
from graphnet.requests.kinds import Closing, Kind
from graphnet.requests.opening import open_request
from graphnet.store import Row, Store, Transaction

# One row: whether the person has a part in the season: stands, or nominated somebody who does.
PARTY = """MATCH (c:Contest {id: $contest})
RETURN EXISTS { (:Person {key: $me})<-[:OF]-(:Nomination)-[:IN]->(c) }
  OR EXISTS { (:Person {key: $me})-[:NOMINATED]->(:Nomination)-[:IN]->(c) } AS party LIMIT 1"""

# One row: the appeal, tied to its season.
ABOUT = """MATCH (r:Request {id: $id})
CALL (r) { MATCH (c:Contest {id: $contest}) CREATE (r)-[:ABOUT]->(c) }
RETURN r.id AS id"""

# One row: the season that an appeal is about.
SEASON_OF = """MATCH (:Request {id: $id})-[:ABOUT]->(c:Contest) RETURN c.season AS season LIMIT 1"""

# One row: an appeal of the season, of one person where one is given.
APPEALS = """MATCH (r:Request {kind: 'appeal'})-[:ABOUT]->(:Contest {id: $contest})
MATCH (asker:Person)-[:ASKED]->(r) WHERE $me = 0 OR asker.key = $me
RETURN r.id AS id, r.status AS status, r.text AS text, r.answer AS answer, r.at AS at,
  r.outcome AS outcome, r.due_at AS due_at, asker.key AS asker ORDER BY at, id LIMIT 500"""

DECISIONS = ("upheld", "rejected")
APPEALED_IN = ("check", "jury", "vote", "appeal")


def decide(transaction: Transaction, viewer: Viewer, request: Row, closing: Closing) -> str:
    """Decide an appeal, with its reason, while the season is not yet published.

    Raises
    ------
    BadValue
        ``answer`` without a reason; ``decision`` if it is neither upheld nor rejected.
    Conflict
        ``phase`` once the winners are published.
    """
    if not closing.answer:
        raise BadValue("an appeal is answered in words: say why it is decided so", code="answer")
    decision = closing.choice.get("decision", "")
    if decision not in DECISIONS:
        raise BadValue(f"an appeal is decided as one of {', '.join(DECISIONS)}", code="decision")
    found = transaction.run(SEASON_OF, id=request["id"])
    if not found:
        raise BadValue("the appeal belongs to no season that is there", code="season")
    contest = locked(transaction, found[0]["season"])
    need_phase(contest, closing.now, *APPEALED_IN, "decision")
    record(transaction, viewer, contest.id, f"appeal {decision}", about=request["id"])
    return decision


KIND = Kind("appeal", close=decide)


def appeal(
    store: Store, viewer: Viewer, name: str, text: str, *, subject: str, now: datetime
) -> str:
    """Ask staff to look at a decision or the result again, within the appeal window.

    Who stands, or nominated somebody, can; staff decide, on the record, before anything is
    published.
    """
    said = text.strip()
    me = viewer.own_key()
    if not said or len(said) > 3000:
        raise BadValue("say what is appealed against, in 1 to 3,000 characters", code="text")

    def work(transaction: Transaction) -> str:
        contest = locked(transaction, name)
        need_phase(contest, now, *APPEALED_IN)
        if not transaction.run(PARTY, contest=contest.id, me=me)[0]["party"]:
            raise NotAllowed(
                "only who stands in this season, or nominated somebody, can appeal", code="appeal"
            )
        request = open_request(
            transaction,
            KIND,
            asker=me,
            subject=subject,
            text=said,
            now=now,
            due_at=contest.terms.ends(contest.terms.dates.appeal_until),
        )
        transaction.run(ABOUT, id=request, contest=contest.id)
        record(transaction, viewer, contest.id, "appealed", about=request)
        return request

    return store.in_write(work)


def appeals(store: Store, viewer: Viewer, season: Season) -> list[Row]:
    """Return the season's appeals: all to staff, to others their own."""
    if not viewer.is_staff and viewer.person_key is None:
        return []
    me = 0 if viewer.is_staff else viewer.person_key
    rows = store.read(APPEALS, contest=season.id, me=me)
    for row in rows:
        row["at"], row["due_at"] = row["at"].to_native(), row["due_at"].to_native()
    return rows
