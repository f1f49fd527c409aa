"""Who stands: names by the candidate's own consent; the eligibility check with its reasons.

By accepting, a candidate agrees to be named to members and jurors; by winning, in public; and in
public without winning only if they said so. `privacy.named_in_contest` decides, here and nowhere
else in the contest: who is hidden is not named to anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from graphnet.audit import have_read
from graphnet.contest.jurors import in_jury
from graphnet.contest.seasons import Season, locked, need_phase, record
from graphnet.contest.told import tell_nominee
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.ledger.rules import SeasonRules, read_rules
from graphnet.model import Name
from graphnet.privacy import Viewer, alive, in_quarantine, named_in_contest, registered, shown
from graphnet.store import Row, Store, Transaction

# One row: a candidacy of the season with its nominee, in the order of acceptance.
CANDIDATES = (
    """MATCH (n:Nomination)-[:IN]->(c:Contest {id: $contest}) WHERE n.state IN $states
MATCH (n)-[:OF]->(p:Person)
RETURN n.id AS id, n.category AS category, n.state AS state, n.statement AS statement,
  coalesce(n.finalist_public, false) AS finalist_public, n.accepted_at AS accepted_at,
  n.reason AS reason, p.key AS key, p.id AS person_id, p.given_name AS given,
  p.patronymic AS patronymic, p.family_name AS family, p.language AS language,
  p.visibility = 'hidden' AS hidden, """
    + in_quarantine("p")
    + """ AS in_quarantine,
  EXISTS { (n)<-[:TO]-(:Award) } AS awarded
ORDER BY n.category, n.accepted_at, n.id LIMIT 2000"""
)

# One row: what the eligibility rules ask about one candidate.
FACTS = (
    """MATCH (n:Nomination)-[:IN]->(c:Contest {id: $contest})
WHERE n.state IN ['accepted', 'admitted', 'refused']
MATCH (n)-[:OF]->(p:Person)
RETURN n.id AS id, p:Alumnus AS alumnus, """
    + alive("p")
    + """ AS alive,
  """
    + shown("p")
    + """ AS shown, """
    + in_jury("p", "c")
    + """ AS juror,
  """
    + registered("p")
    + """ AS registered,
  COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            UNWIND a.roles AS role RETURN DISTINCT role ORDER BY role } AS roles,
  [(p)<-[:OF]-(:Nomination)<-[:TO]-(:Award)-[:IN]->(won:Contest) WHERE won.id <> c.id
    | won.season] AS won,
  COUNT { (p)<-[:OF]-(other:Nomination)-[:IN]->(c)
          WHERE other.state IN ['accepted', 'admitted'] AND other.category <> n.category }
    AS elsewhere
ORDER BY n.id LIMIT 2000"""
)

# One row: the nomination, locked.
STATE = """MATCH (n:Nomination {id: $id})-[:IN]->(:Contest {id: $contest}) SET n.id = n.id
RETURN n.state AS state LIMIT 1"""

# One row: the decision.
DECIDE = """MATCH (n:Nomination {id: $id})
SET n.state = $state, n.reason = $reason, n.decided_at = $now RETURN n.id AS id LIMIT 1"""


@dataclass(frozen=True)
class Candidate:
    """Somebody who stands, as the viewer may know them; `name` is None where they may not."""

    id: str
    category: str
    state: str
    key: int
    person_id: str
    name: Name | None
    language: str
    statement: str
    finalist_public: bool
    awarded: bool
    reason: str


@dataclass(frozen=True)
class Check:
    """One rule of eligibility: a word for it, whether it is met, and what it is about."""

    rule: str
    met: bool
    about: str = ""


def candidates(
    store: Store, viewer: Viewer, season: Season, *,
    states: Iterable[str] = ("admitted",), ids: Iterable[str] | None = None,
) -> list[Candidate]:  # fmt: skip
    """Return who stands in the season, those in `ids` only where it is given.

    Whoever the viewer may not have named to them is left out, but for staff, who must decide about
    them (to staff a hidden candidate is one without a name), and for engines, which need no names.
    A read by staff is audited.
    """
    rows = store.read(CANDIDATES, contest=season.id, states=list(states))
    wanted = None if ids is None else set(ids)
    found = []
    for row in rows:
        if wanted is not None and row["id"] not in wanted:
            continue
        named = named_in_contest(
            viewer,
            published=season.published_at is not None,
            winner=row["awarded"],
            agreed=row["finalist_public"],
            apart=row["hidden"] or row["in_quarantine"],
            myself=row["key"] == viewer.person_key,
        )
        if named or (viewer.is_staff or viewer.is_engine):
            found.append(_candidate(row, named=named))
    if viewer.is_staff and found:
        keys = sorted(one.key for one in found)
        have_read(store, viewer, f"{len(found)} candidates", keys)
    return found


def check(rules: SeasonRules, season: Season, facts: Row) -> list[Check]:
    """Return every rule of eligibility with whether it is met.

    A winner sits out as many seasons as the rules say; seasons are told apart by their year.
    """
    wanted = rules.eligibility
    recent = sorted(
        won
        for won in facts["won"]
        if 0 <= _year(season.season) - _year(won) <= wanted.years_after_award
    )
    barred = sorted(set(facts["roles"]) & set(wanted.excluded_roles))
    return [
        Check("alumnus", bool(facts["alumnus"]) or not wanted.alumni_only),
        Check("registered", bool(facts["registered"])),
        Check("alive", bool(facts["alive"])),
        Check("shown", bool(facts["shown"])),
        Check("not staff", not barred, ", ".join(barred)),
        Check("not in the jury", not facts["juror"]),
        Check("no recent winner", not recent, ", ".join(recent)),
        Check("one category", facts["elsewhere"] == 0),
    ]


def checks(store: Store, viewer: Viewer, season: Season) -> dict[str, list[Check]]:
    """Return the rules with their outcome for every candidacy of the season; for staff."""
    viewer.require_staff()
    rules = read_rules(season.rules)
    return {row["id"]: check(rules, season, row) for row in store.read(FACTS, contest=season.id)}


def decide(
    store: Store, viewer: Viewer, name: str, nomination: str, *, admit: bool, reason: str,
    now: datetime,
) -> None:  # fmt: skip
    """Admit a candidate to the jury, or refuse one with a reason that they will read.

    During entry and check; later by two of staff: `graphnet.contest.exclusions`. A candidate who
    breaks a rule cannot be admitted.

    Raises
    ------
    Conflict
        ``phase``, ``state``, or ``rules`` if a rule of eligibility is not met.
    """
    viewer.require_staff()
    said = reason.strip()
    if not admit and not said:
        raise BadValue("say why the candidate is not admitted: they read it", code="reason")
    if len(said) > 1000:
        raise BadValue("a reason has at most 1,000 characters", code="long")

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, "entry", "check")
        rows = transaction.run(STATE, id=nomination, contest=contest.id)
        if not rows:
            raise ThingNotFound("no such nomination")
        if rows[0]["state"] not in ("accepted", "admitted", "refused"):
            raise Conflict(
                "the candidate has withdrawn, or has not accepted: there is nothing to decide",
                code="state",
            )
        if admit:
            rules = read_rules(contest.rules)
            facts = [r for r in transaction.run(FACTS, contest=contest.id) if r["id"] == nomination]
            if not facts or not all(one.met for one in check(rules, contest, facts[0])):
                raise Conflict("a rule of eligibility is not met: look which one", code="rules")
        state = "admitted" if admit else "refused"
        transaction.run(DECIDE, id=nomination, state=state, reason=said, now=now)
        # The words are the candidate's to read, not the trail's to keep.
        record(transaction, viewer, contest.id, state, about=nomination)
        if state != rows[0]["state"]:
            once = f"{state} {nomination} {now.isoformat()}"
            tell_nominee(transaction, name, nomination, "contest.decided", once=once)

    store.in_write(work)


def _year(season: str) -> int:
    digits = "".join(c for c in season if c.isdigit())[:4]
    return int(digits) if digits else 0


def _candidate(row: Row, *, named: bool) -> Candidate:
    return Candidate(
        id=row["id"],
        category=row["category"],
        state=row["state"],
        key=row["key"],
        person_id=row["person_id"] if named else "",
        name=Name(row["given"] or "", row["family"] or "", row["patronymic"] or "")
        if named
        else None,
        language=row["language"] or "",
        statement=(row["statement"] or "") if named else "",
        finalist_public=row["finalist_public"],
        awarded=row["awarded"],
        reason=row["reason"] or "",
    )
