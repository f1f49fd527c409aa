"""Standings: who contributed and whom they mobilised, in one season, by its rules.

Two readings of the same scores. The *standing* of the contest ranks those who entered it by their
own will. The *candidate ranking* is staff's list of whom they might invite to stand: only people
who consented to profiling are in it. Neither holds anything against who did not answer: nothing is
subtracted, ever, and nobody who is in neither is mentioned.

`score` is the pure function behind both; it needs no database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from graphnet.consent import newest
from graphnet.errors import NotAllowed
from graphnet.ledger import entries, pseudonyms
from graphnet.ledger.pseudonyms import Read
from graphnet.ledger.rules import SeasonRules
from graphnet.ledger.scoring import Point, Score, ranks, score
from graphnet.ledger.sensitivity import Step, rank_intervals, steps_up
from graphnet.privacy import Viewer, alive, in_quarantine, registered, shown
from graphnet.store import Row, Store

__all__ = ["Cohort", "Season", "Standing", "of_person", "score", "standings", "trend"]

# One row: a person with what decides whether they may stand, and their latest intake.
STANDERS = (
    """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
RETURN p.key AS key, p:Alumnus AS alumnus, p.visibility = 'hidden' AS hidden,
  p.died_on IS NOT NULL AS dead, """
    + in_quarantine("p")
    + """ AS in_quarantine,
  COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            UNWIND a.roles AS role RETURN DISTINCT role ORDER BY role } AS roles,
  """
    + newest("p", "profile")
    + """ AS profile,
  COLLECT { MATCH (p)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(c:Cohort)
            RETURN c.id ORDER BY c.intake_year DESC, c.id LIMIT 1 } AS cohort
ORDER BY key LIMIT 1000000"""
)

# One row: an intake, how many people it has on file and how many of them have registered.
COHORTS = (
    """UNWIND $ids AS wanted MATCH (c:Cohort {id: wanted})
RETURN c.id AS id, c.programme AS programme, coalesce(c.programme_ru, c.programme) AS programme_ru,
  c.intake_year AS intake_year,
  COUNT { MATCH (c)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(p:Person)
          WHERE """
    + shown("p")
    + """ AND """
    + alive("p")
    + """ RETURN DISTINCT p } AS people,
  COUNT { MATCH (c)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(p:Person)
          WHERE """
    + shown("p")
    + """ AND """
    + alive("p")
    + """
            AND """
    + registered("p")
    + """
          RETURN DISTINCT p } AS registered
ORDER BY id LIMIT 100000"""
)


@dataclass(frozen=True)
class Cohort:
    """Somebody's place among those who began with them, so that small intakes compare with large.

    `percentile` is the share of the other registered members who have less, equals counted half;
    `coverage` the share of the intake that has registered: on a low one the percentile says little.
    """

    id: str
    programme: str
    programme_ru: str
    intake_year: int | None
    registered: int
    coverage: float
    percentile: float


@dataclass(frozen=True)
class Standing:
    """One person's season among those who are ranked together."""

    pseudonym: str
    person_key: int | None
    rank: int
    best_rank: int
    worst_rank: int
    contributed: Fraction
    mobilised: Fraction
    total: Fraction
    modes: tuple[str, ...]
    capped: Fraction
    award_ready: bool
    points: tuple[Point, ...] = ()
    gap: Fraction = Fraction(0)
    steps: tuple[Step, ...] = ()
    reach: Fraction = Fraction(0)
    cohort: Cohort | None = None


@dataclass(frozen=True)
class Season:
    """One person's season in a row of seasons."""

    rules: SeasonRules
    contributed: Fraction
    mobilised: Fraction
    total: Fraction
    change: Fraction | None


def standings(
    store: Store,
    rules: SeasonRules,
    viewer: Viewer,
    *,
    candidates: Iterable[int] | None = None,
    reach: Mapping[int, Fraction] | None = None,
    firmness: bool = True,
    detail: slice | None = None,
) -> list[Standing]:
    """Return the standings of a season, best first.

    Parameters
    ----------
    candidates
        The keys of the people who entered the contest. None: staff's candidate ranking, of
        everybody who has an entry and has consented to profiling.
    reach
        For the candidate ranking, a number from 0 to 1 a person, which counts by the rules' weight
        of reach; never for candidates of the contest.
    firmness
        Whether to work out the rank intervals, which take longest.
    detail
        Which of the lines get intervals and steps; None: all. The others have their rank as both
        ends. Of a page of 25 among 5,000 people and 33,000 entries, the intervals take 1.1 s of
        a busy processor, about as long as the scores; the slow enumeration of the tests takes 2 s.

    Returns
    -------
    list of Standing
        Without those whom the rules exclude (roles, no alumni) and those who are hidden or dead.
        For others than staff the points of other people are not opened.

    Raises
    ------
    NotAllowed
        If others than staff ask for the candidate ranking, or reach is to count in a contest.
    """
    staff = viewer.is_staff
    if candidates is None and not (staff and viewer.purpose):
        raise NotAllowed("the candidate ranking is staff's, for a stated purpose")
    if candidates is not None and reach:
        raise NotAllowed("reach never counts in the contest")
    scores = score(entries.in_time(store.read, rules.start, rules.end), rules)
    behind = pseudonyms.people_behind(store)
    named = {key: name for name, key in behind.items()}
    with_points = {behind[name] for name in scores if name in behind}
    wanted = with_points if candidates is None else set(candidates)
    facts = {
        int(row["key"]): row for row in store.read(STANDERS, keys=sorted(wanted | with_points))
    }
    allowed = {
        key
        for key in wanted
        if key in facts
        and eligible(facts[key], rules)
        and (candidates is not None or facts[key]["profile"] == ["given"])
    }
    ranked: dict[str, Score] = {}
    keys: dict[str, int] = {}
    for key in sorted(allowed):
        # Who entered and has done nothing yet may have no pseudonym; they stand last, with nothing.
        name = named.get(key, f"-{key}")
        ranked[name] = scores.get(name, Score(name, Fraction(0), Fraction(0), ()))
        keys[name] = key
    extra = {name: (reach or {}).get(keys[name], Fraction(0)) for name in ranked}
    result = rank(ranked, rules, reach=extra, firmness=firmness, detail=detail)
    totals = {behind[n]: s.total(rules) for n, s in scores.items() if n in behind}
    cohorts = _cohorts(store, allowed, facts, totals)
    open_to = set(keys.values()) if staff else {viewer.person_key}
    return [
        replace(
            line,
            pseudonym="" if line.pseudonym.startswith("-") else line.pseudonym,
            person_key=keys[line.pseudonym],
            cohort=cohorts.get(keys[line.pseudonym]),
            points=line.points if keys[line.pseudonym] in open_to else (),
            steps=line.steps if keys[line.pseudonym] in open_to else (),
        )
        for line in result
    ]


def rank(
    scores: Mapping[str, Score],
    rules: SeasonRules,
    *,
    reach: Mapping[str, Fraction] | None = None,
    firmness: bool = True,
    detail: slice | None = None,
) -> list[Standing]:
    """Rank scores with one another; pure.

    Where reach has a weight the rank intervals and what would change a rank are of the order
    without it: they speak of what can be earned.
    """
    plain = {name: value.total(rules) for name, value in scores.items()}
    totals = {
        name: value + rules.weights.reach * (reach or {}).get(name, Fraction(0))
        for name, value in plain.items()
    }
    places = ranks(totals)
    names = sorted(scores, key=lambda n: (places[n], n))
    closely = set(names if detail is None else names[detail])
    intervals = rank_intervals(scores, rules, wanted=closely) if firmness and closely else {}
    ordered = sorted(plain.values())
    result = []
    for name in names:
        mine = scores[name]
        gap, steps = steps_up(ordered, mine, rules) if name in closely else (Fraction(0), [])
        best, worst = intervals.get(name, (places[name], places[name]))
        result.append(
            Standing(
                pseudonym=name,
                person_key=None,
                rank=places[name],
                best_rank=best,
                worst_rank=worst,
                contributed=mine.contributed,
                mobilised=mine.mobilised,
                total=totals[name],
                modes=mine.modes,
                capped=mine.capped,
                award_ready=ready(mine, rules),
                points=mine.points,
                gap=gap,
                steps=tuple(steps),
                reach=(reach or {}).get(name, Fraction(0)),
            )
        )
    return result


def ready(mine: Score, rules: SeasonRules) -> bool:
    """Say whether a season has what an award asks: enough modes, enough points."""
    return (
        len(mine.modes) >= rules.award.modes_at_least
        and mine.total(rules) >= rules.award.points_at_least
    )


def eligible(row: Row, rules: SeasonRules) -> bool:
    """Say whether the rules let a person stand; a row of `STANDERS`."""
    if row["hidden"] or row["dead"] or row["in_quarantine"]:
        return False
    if rules.eligibility.alumni_only and not row["alumnus"]:
        return False
    return not set(row["roles"]) & set(rules.eligibility.excluded_roles)


def may_stand(read: Read, rules: SeasonRules, keys: Iterable[int]) -> set[int]:
    """Return those of the people whom the rules let stand."""
    rows = read(STANDERS, keys=sorted(set(keys)))
    return {int(row["key"]) for row in rows if eligible(row, rules)}


def of_person(store: Store, rules: SeasonRules, viewer: Viewer, key: int) -> Score:
    """Return one person's season whole, to that person or to staff.

    Raises
    ------
    NotAllowed
    """
    if viewer.person_key != key and not viewer.has_task:
        raise NotAllowed("a person's points are for that person and for staff")
    name = pseudonyms.pseudonyms(store.read, [key]).get(key, "")
    found = score(entries.of_one(store, name, rules.start, rules.end), rules) if name else {}
    return found.get(name, Score(name, Fraction(0), Fraction(0), ()))


def trend(store: Store, seasons: Sequence[SeasonRules], viewer: Viewer, key: int) -> list[Season]:
    """Return one person's seasons, oldest first, each with the change from the one before."""
    result: list[Season] = []
    for rules in sorted(seasons, key=lambda r: r.starts):
        mine = of_person(store, rules, viewer, key)
        total = mine.total(rules)
        change = total - result[-1].total if result else None
        result.append(Season(rules, mine.contributed, mine.mobilised, total, change))
    return result


def _cohorts(
    store: Store, wanted: Iterable[int], facts: Mapping[int, Row], totals: Mapping[int, Fraction]
) -> dict[int, Cohort]:
    """Return each one's place in their intake, among all its registered members.

    Members outside the ranking count with what they have, unnamed; most have nothing.
    """
    members: dict[str, list[int]] = {}
    for key, row in facts.items():
        if row["cohort"] and row["roles"] and not row["hidden"] and not row["dead"]:
            members.setdefault(row["cohort"][0], []).append(key)
    mine = {key: facts[key]["cohort"][0] for key in wanted if facts[key]["cohort"]}
    rows = {row["id"]: row for row in store.read(COHORTS, ids=sorted(set(mine.values())))}
    result = {}
    for key, cohort in mine.items():
        row = rows[cohort]
        total = totals.get(key, Fraction(0))
        others = [totals.get(k, Fraction(0)) for k in members.get(cohort, ()) if k != key]
        n = max(int(row["registered"]) - 1, len(others))
        others += [Fraction(0)] * (n - len(others))
        below = sum(value < total for value in others)
        equal = sum(value == total for value in others)
        result[key] = Cohort(
            id=cohort,
            programme=row["programme"] or "",
            programme_ru=row["programme_ru"] or "",
            intake_year=row["intake_year"],
            registered=int(row["registered"]),
            coverage=row["registered"] / row["people"] if row["people"] else 0.0,
            percentile=(below + equal / 2) / n if n else 0.5,
        )
    return result
