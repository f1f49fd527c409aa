"""The blind jury: who may read whom, and scores that nobody sees before the end.

Who is in it: `graphnet.contest.jurors`. What a juror knows of a candidate is the
statement, letters and evidence; neither the scores of others nor anybody's standing. A conflict of
interest is declared by the juror, and besides looked for in the graph: groupmates (an overlap in
time in the same lineage of groups), co-workers (the same organisation in overlapping years),
supervisor and student, a confirmed acquaintance, and one's own nominee. It is looked for when
jurors are assigned and again with every score.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from graphnet.contest.assignment import agreement, assign, median
from graphnet.contest.candidates import Candidate, candidates
from graphnet.contest.jurors import DROP_SCORES, JURORS, is_juror
from graphnet.contest.seasons import Season, locked, need_phase, record
from graphnet.contest.terms import SCORES
from graphnet.contest.told import tell_person
from graphnet.errors import BadValue, NotAllowed
from graphnet.model import new_id, studied_together
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

# One row: a juror and a candidate between whom there is a tie that forbids scoring, and its kind.
# Unknown years count as an overlap: in doubt another juror reads.
CONFLICTS = (
    """MATCH (j:Person)-[:JUROR_OF]->(c:Contest {id: $contest})<-[:IN]-(n:Nomination)
WHERE n.state IN ['accepted', 'admitted'] AND ($juror = 0 OR j.key = $juror)
MATCH (n)-[:OF]->(p:Person)
WITH j, n, p, [kind IN [
  CASE WHEN p = j THEN 'self' END,
  CASE WHEN EXISTS { (j)-[:NOMINATED]->(n) } THEN 'nominee' END,
  CASE WHEN EXISTS { (j)-[:CONFLICTED]->(n) } THEN 'declared' END,
  CASE WHEN EXISTS { (j)-[:KNOWS]-(p) } THEN 'acquaintance' END,
  CASE WHEN EXISTS { (j)-[:SUPERVISED_BY]-(p) } THEN 'supervisor' END,
  CASE WHEN EXISTS {
    (j)-[a:WORKED_AT]->(:Organisation)<-[b:WORKED_AT]-(p)
    WHERE coalesce(a.from_year, 0) <= coalesce(b.to_year, 9999)
      AND coalesce(b.from_year, 0) <= coalesce(a.to_year, 9999) } THEN 'co-worker' END,
  CASE WHEN """
    + studied_together("j", "p")
    + """ THEN 'groupmate' END
  ] WHERE kind IS NOT NULL] AS kinds
WHERE size(kinds) > 0
RETURN j.key AS juror, n.id AS nomination, kinds ORDER BY juror, nomination LIMIT 20000"""
)

# One row: a juror who is to read a candidate.
ASSIGNED = """MATCH (j:Person)-[:ASSIGNED]->(n:Nomination)-[:IN]->(:Contest {id: $contest})
WHERE n.state = 'admitted'
RETURN j.key AS juror, n.id AS nomination ORDER BY nomination, juror LIMIT 20000"""

# Nothing comes back: nobody is assigned to anybody any more.
UNASSIGN = """MATCH (:Person)-[a:ASSIGNED]->(n:Nomination)-[:IN]->(:Contest {id: $contest})
WHERE $nomination = '' OR n.id = $nomination DELETE a"""

# One row: how many were assigned.
ASSIGN = """UNWIND $rows AS row
MATCH (j:Person {key: row.juror})
CALL (row) { MATCH (n:Nomination {id: row.nomination}) RETURN n }
MERGE (j)-[a:ASSIGNED]->(n) ON CREATE SET a.at = $now
RETURN count(*) AS assigned"""

# Nothing comes back: the juror no longer reads this candidate, and has said why.
DECLARE = """MATCH (j:Person {key: $juror})
CALL (j) { MATCH (n:Nomination {id: $nomination}) RETURN n }
MERGE (j)-[c:CONFLICTED]->(n) SET c.at = $now, c.reason = $reason
WITH j, n MATCH (j)-[a:ASSIGNED]->(n) DELETE a"""

# One row: whether the juror is to read this candidate, who is locked for the while.
MAY_SCORE = """MATCH (n:Nomination {id: $nomination})-[:IN]->(c:Contest {id: $contest})
SET n.id = n.id
RETURN n.state AS state, EXISTS { (:Person {key: $juror})-[:ASSIGNED]->(n) } AS assigned LIMIT 1"""

# One row: the score.
SCORE = """MATCH (n:Nomination {id: $nomination})
CALL (n) { MATCH (j:Person {key: $juror}) RETURN j }
MERGE (s:JuryScore {once: $once}) ON CREATE SET s.id = $id, s.criterion = $criterion
SET s.score = $score, s.at = $now
MERGE (s)-[:FOR]->(n) MERGE (s)-[:BY]->(j) RETURN s.id AS id LIMIT 1"""

# One row: a score in the season, of one juror where one is given.
SCORES_OF = """MATCH (s:JuryScore)-[:FOR]->(n:Nomination)-[:IN]->(:Contest {id: $contest})
MATCH (s)-[:BY]->(j:Person) WHERE ($juror = 0 OR j.key = $juror) AND n.state = 'admitted'
RETURN n.id AS nomination, j.key AS juror, s.criterion AS criterion, s.score AS score
ORDER BY nomination, juror, criterion LIMIT 100000"""


@dataclass(frozen=True)
class Sheet:
    """What one juror is to read: a candidate and the juror's own scores so far."""

    candidate: Candidate
    scores: dict[str, int]
    complete: bool


@dataclass(frozen=True)
class Progress:
    """For staff while the jury reads: how far it is, and not one score."""

    jurors: tuple[Row, ...]
    conflicts: dict[tuple[int, str], tuple[str, ...]]
    assigned: dict[str, tuple[int, ...]]
    done: dict[tuple[int, str], bool]
    short: tuple[str, ...]  # candidates with fewer jurors than the terms want

    @property
    def unfinished(self) -> list[int]:
        """The jurors who have not scored every candidate of theirs yet, by their keys."""
        return sorted({juror for (juror, _), done in self.done.items() if not done})


@dataclass(frozen=True)
class Judged:
    """A candidate's medians by criterion, from how many jurors, and the jury's part from 0 to 1."""

    medians: dict[str, Fraction]
    jurors: int
    part: Fraction


def assign_all(
    store: Store, viewer: Viewer, name: str, *, now: datetime
) -> dict[str, tuple[int, ...]]:
    """Give every admitted candidate jurors: as many as the terms want, evenly, from the seed.

    Who has been assigned and has no conflict stays; so the act can be repeated when a juror leaves,
    declares a conflict or joins.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> dict[str, tuple[int, ...]]:
        contest = locked(transaction, name)
        need_phase(contest, now, "check", "jury")
        found = _assign(transaction, contest, now)
        record(
            transaction,
            viewer,
            contest.id,
            "jurors assigned",
            detail=f"{sum(map(len, found.values()))} readings, seed {contest.seed}",
        )
        return found

    return store.in_write(work)


def _assign(transaction: Transaction, contest: Season, now: datetime) -> dict[str, tuple[int, ...]]:
    everyone = [row["key"] for row in transaction.run(JURORS, contest=contest.id) if row["sits"]]
    barred = {
        (row["juror"], row["nomination"])
        for row in transaction.run(CONFLICTS, contest=contest.id, juror=0)
    }
    stays: dict[str, set[int]] = defaultdict(set)
    for row in transaction.run(ASSIGNED, contest=contest.id):
        if (row["juror"], row["nomination"]) not in barred:
            stays[row["nomination"]].add(row["juror"])
    ids = [row["id"] for row in transaction.run(ADMITTED, contest=contest.id)]
    load: dict[int, int] = defaultdict(int)
    for kept in stays.values():
        for juror in kept:
            load[juror] += 1
    # Everybody gets the same number; who lacks some gets only those.
    result = {one: set(stays[one]) for one in ids}
    for lacking in range(1, contest.terms.jurors + 1):
        some = [one for one in ids if contest.terms.jurors - len(stays[one]) == lacking]
        allowed = {
            one: [j for j in everyone if (j, one) not in barred and j not in stays[one]]
            for one in some
        }
        for one, chosen in assign(allowed, each=lacking, seed=contest.seed, load=load).items():
            result[one] |= set(chosen)
            for juror in chosen:
                load[juror] += 1
    transaction.run(UNASSIGN, contest=contest.id, nomination="")
    rows = [{"juror": j, "nomination": one} for one, held in result.items() for j in sorted(held)]
    transaction.run(ASSIGN, rows=rows, now=now)
    for juror in sorted({row["juror"] for row in rows}):
        # One letter a day, however often assigning is repeated.
        once = f"jury reads {contest.id} {juror} {now:%Y-%m-%d}"
        tell_person(transaction, contest.season, juror, "contest.reads", once=once)
    return {one: tuple(sorted(held)) for one, held in result.items()}


# One row: an admitted candidate.
ADMITTED = """MATCH (n:Nomination {state: 'admitted'})-[:IN]->(:Contest {id: $contest})
RETURN n.id AS id ORDER BY id LIMIT 2000"""


def sheets(store: Store, viewer: Viewer, season: Season) -> list[Sheet]:
    """Return what the viewer, a juror, is to read, with the viewer's own scores and no others.

    Raises
    ------
    NotAllowed
        If the viewer is not in this season's jury.
    """
    if not is_juror(store, viewer, season):
        raise NotAllowed("only the jury of this season reads here")
    me = viewer.person_key or 0
    ids = [
        row["nomination"] for row in store.read(ASSIGNED, contest=season.id) if row["juror"] == me
    ]
    scores: dict[str, dict[str, int]] = defaultdict(dict)
    for row in store.read(SCORES_OF, contest=season.id, juror=me):
        scores[row["nomination"]][row["criterion"]] = row["score"]
    keys = {criterion.key for criterion in season.terms.criteria}
    return [
        Sheet(one, scores[one.id], keys <= set(scores[one.id]))
        for one in candidates(store, viewer, season, ids=ids)
    ]


def score(
    store: Store, viewer: Viewer, name: str, nomination: str, given: dict[str, int], *,
    now: datetime,
) -> None:  # fmt: skip
    """Keep a juror's scores of one candidate; they can be changed until the jury closes.

    Raises
    ------
    BadValue
        If a criterion is unknown or a score not a whole number from 1 to 10.
    NotAllowed
        If the juror is not to read this candidate, or the graph knows of a conflict.
    """
    me = viewer.own_key()

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, "jury")
        keys = {criterion.key for criterion in contest.terms.criteria}
        if not given or not set(given) <= keys or any(v not in SCORES for v in given.values()):
            raise BadValue(
                f"score every criterion by a whole number of {', '.join(map(str, SCORES))}",
                code="score",
            )
        rows = transaction.run(MAY_SCORE, nomination=nomination, contest=contest.id, juror=me)
        if not rows or not rows[0]["assigned"] or rows[0]["state"] != "admitted":
            raise NotAllowed("this candidate is read by others")
        if any(
            row["nomination"] == nomination
            for row in transaction.run(CONFLICTS, contest=contest.id, juror=me)
        ):
            raise NotAllowed(
                "there is a tie between this juror and this candidate: another juror scores them",
                code="conflict",
            )
        for criterion, value in sorted(given.items()):
            transaction.run(
                SCORE,
                nomination=nomination,
                juror=me,
                criterion=criterion,
                score=value,
                once=f"{nomination}:{me}:{criterion}",
                id=new_id(),
                now=now,
            )
        record(transaction, viewer, contest.id, "scored", about=nomination)

    store.in_write(work)


def declare(
    store: Store, viewer: Viewer, name: str, nomination: str, reason: str, *, now: datetime
) -> None:
    """Say that one has a conflict of interest: one's scores go, and another juror is assigned."""
    me = viewer.own_key()
    said = reason.strip()
    if not said or len(said) > 500:
        raise BadValue(
            "say in 1 to 500 characters why this juror does not score this candidate", code="reason"
        )

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, "check", "jury")
        rows = transaction.run(MAY_SCORE, nomination=nomination, contest=contest.id, juror=me)
        if not rows or not rows[0]["assigned"]:
            raise NotAllowed("this candidate is read by others")
        transaction.run(DROP_SCORES, key=me, contest=contest.id, nomination=nomination)
        transaction.run(DECLARE, juror=me, nomination=nomination, reason=said, now=now)
        _assign(transaction, contest, now)
        record(transaction, viewer, contest.id, "conflict declared", about=nomination)

    store.in_write(work)


def progress(store: Store, viewer: Viewer, season: Season) -> Progress:
    """Return how far the jury is, for staff: no score, of anybody, before the jury has closed."""
    viewer.require_staff()

    def work(transaction: Transaction) -> tuple[list[Row], ...]:
        return (
            transaction.run(JURORS, contest=season.id),
            transaction.run(CONFLICTS, contest=season.id, juror=0),
            transaction.run(ASSIGNED, contest=season.id),
            transaction.run(SCORES_OF, contest=season.id, juror=0),
            transaction.run(ADMITTED, contest=season.id),
        )

    everyone, conflicts, given, scores, admitted = store.in_read(work)
    assigned: dict[str, list[int]] = {row["id"]: [] for row in admitted}
    for row in given:
        assigned[row["nomination"]].append(row["juror"])
    counted: dict[tuple[int, str], int] = defaultdict(int)
    for row in scores:
        counted[row["juror"], row["nomination"]] += 1
    all_of_them = len(season.terms.criteria)
    return Progress(
        tuple(everyone),
        {(row["juror"], row["nomination"]): tuple(row["kinds"]) for row in conflicts},
        {one: tuple(held) for one, held in assigned.items()},
        {
            (juror, one): counted[juror, one] == all_of_them
            for one, held in assigned.items()
            for juror in held
        },
        tuple(one for one, held in assigned.items() if len(held) < season.terms.jurors),
    )


def judged(
    store: Store, viewer: Viewer, season: Season, *, now: datetime
) -> tuple[dict[str, Judged], dict[str, float | None]]:
    """Return each candidate's medians, and by criterion how far the jurors agree.

    A sheet counts when it is complete and of an assigned juror. The jury's part is the mean of the
    medians over the criteria, moved from 1-10 to 0-1.

    Raises
    ------
    Conflict
        Before the jury has closed: ``phase``.
    """
    need_phase(season, now, "vote", "appeal", "decision", "published", "archived")
    if not (viewer.is_staff or viewer.is_engine):
        raise NotAllowed("scores are for staff, after the jury has closed")
    assigned = {
        (row["juror"], row["nomination"]) for row in store.read(ASSIGNED, contest=season.id)
    }
    held: dict[str, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in store.read(SCORES_OF, contest=season.id, juror=0):
        if (row["juror"], row["nomination"]) in assigned:
            held[row["nomination"]][row["juror"]][row["criterion"]] = row["score"]
    keys = [criterion.key for criterion in season.terms.criteria]
    whole = {
        one: [sheet for _, sheet in sorted(by.items()) if set(keys) <= set(sheet)]
        for one, by in held.items()
    }
    result = {}
    for one, complete in whole.items():
        if complete:
            medians = {key: median([sheet[key] for sheet in complete]) for key in keys}
            part = (sum(medians.values()) / len(keys) - 1) / 9
            result[one] = Judged(medians, len(complete), Fraction(part))
    agreed = {
        key: agreement([[sheet[key] for sheet in complete] for complete in whole.values()])
        for key in keys
    }
    return result, agreed
