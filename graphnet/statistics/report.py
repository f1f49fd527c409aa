"""The report for the rector: the contact base on one page, and what would be done about it next.

Every figure is cut as the tables for analysts are (`disclosure`): a page leaves the house. All of
them count the same people, those of `association.counted`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from graphnet import privacy
from graphnet.ledger.rule_files import MODES
from graphnet.live import Live
from graphnet.privacy import Viewer, has_contact, registered
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray
from graphnet.statistics import association
from graphnet.statistics.association import Cell
from graphnet.statistics.disclosure import Count, Total, protect, small
from graphnet.statistics.engagement import who_engaged

YEAR = timedelta(days=365)
GROWTH_YEARS = 6
FACULTIES = 8  # the largest of them stand on the page
UNITS = ("faculty", "institute", "department")  # as the tables have them: they are cut together
TOP_UNITS = ("faculty", "institute")
KINDS = ("recovery", "survey", "event", "passing", "reunion")
FRESHNESS = ("year", "three", "older", "never")
# A share of fewer people says little about where to begin.
ENOUGH_PEOPLE = 50

# One row: a year, and the keys of all who registered in it and can sign in.
JOINED_IN = """MATCH (a:Account)-[:OF]->(p:Person) WHERE a.disabled_at IS NULL
WITH p, min(a.created_at.year) AS year
RETURN year, collect(p.key) AS keys ORDER BY year LIMIT 200"""

# One row: how long ago those who can be reached were last heard from, and their keys: by an answer,
# a confirmed contact, signing up or signing in.
LAST_HEARD = (
    """MATCH (p:Person) WHERE """
    + registered("p")
    + """ OR """
    + has_contact("p")
    + """
CALL (p) {
  UNWIND [p.last_answer_at]
    + COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint) WHERE c.bounced_at IS NULL
                RETURN c.verified_at }
    + COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL RETURN a.created_at }
    + COLLECT { MATCH (p)<-[:OF]-(:Account)<-[:HELD_BY]-(s:Session) RETURN s.seen_at } AS moment
  RETURN max(moment) AS heard
}
RETURN CASE WHEN heard IS NULL THEN 'never' WHEN heard >= $year_ago THEN 'year'
  WHEN heard >= $three_years_ago THEN 'three' ELSE 'older' END AS since,
  collect(p.key) AS keys ORDER BY since LIMIT 10"""
)

# One row: a way in which people were asked something since then, whom, and who of them answered.
ASKED = """CALL () {
  MATCH (a:Ask)-[:OF]->(p:Person) WHERE a.sent_at >= $since
  RETURN 'recovery' AS kind, p.key AS key, a.answered_at IS NOT NULL AS answered
  UNION ALL
  MATCH (s:Survey)<-[:IN]-(k:SurveyAsk)-[:TO]->(p:Person) WHERE k.at >= $since
  RETURN 'survey' AS kind, p.key AS key,
    EXISTS { (p)<-[:BY]-(:SurveyAnswer)-[:IN]->(s) } AS answered
  UNION ALL
  MATCH (l:EventLetter)-[:TO]->(p:Person) WHERE l.sent_at >= $since
  RETURN 'event' AS kind, p.key AS key, l.said_at IS NOT NULL AS answered
  UNION ALL
  MATCH (h:Handing {act: 'asked'})-[:TO]->(p:Person) WHERE h.at >= $since
  RETURN 'passing' AS kind, p.key AS key, h.done_at IS NOT NULL AS answered
  UNION ALL
  MATCH (i:ReunionInvitation)-[:TO]->(p:Person) WHERE i.at >= $since
  RETURN 'reunion' AS kind, p.key AS key, i.answered_at IS NOT NULL AS answered
}
RETURN kind, collect(DISTINCT key) AS asked,
  collect(DISTINCT CASE WHEN answered THEN key END) AS answered ORDER BY kind LIMIT 10"""


@dataclass(frozen=True)
class Share:
    """So many people of so many, by what they did; None where a count may not be shown."""

    of: str
    n: int | None
    whole: int | None

    @property
    def share(self) -> float | None:
        """The first as a share of the second."""
        return None if self.n is None or not self.whole else self.n / self.whole


@dataclass(frozen=True)
class Next:
    """What would be done next, and the figures that say so: words are made of it elsewhere.

    `what` is decade, faculty, register, refresh, mode or asking.
    """

    what: str
    n: int
    whole: int
    label: str = ""
    label_ru: str = ""


@dataclass(frozen=True)
class Report:
    """All that stands on the page.

    Attributes
    ----------
    day
        Of the snapshot that was counted.
    decades, faculties
        Rows of people, registered, reachable, lost; of the largest faculties only.
    faculties_left_out
        How many further ones there are.
    growth
        (year, how many registered in it), the newest last; the first is all years before.
    engagement
        For each of CASE's four modes of engagement, how many took part in the last 12 months, of
        all; then `any` of them and `several`.
    response
        For each way of asking that was used in the last 12 months: how many answered, of how many.
    freshness
        Of those who can be reached: when they were last heard from.
    """

    day: date
    people: Cell
    decades: list[Cell]
    faculties: list[Cell]
    faculties_left_out: int
    growth: list[tuple[int, int | None]]
    engagement: list[Share]
    response: list[Share]
    freshness: list[Share]
    next: list[Next]


def report(live: Live, viewer: Viewer) -> Report:
    """Return the report; the same for everybody who may read it."""
    now = datetime.now(UTC)
    snapshot, people = live.view().snapshot, association.counted(live, viewer)
    whole = association.whole(snapshot, people)
    decades = association.by_decade(snapshot, people)
    units = association.by_thing(snapshot, people, "units", wanted=UNITS)
    things = snapshot.things["units"]
    faculties = [c for c in units if c.n and things.kinds[things.position[c.id]] in TOP_UNITS]
    engaged = _engagement(live, snapshot, people, now)
    asked = _response(live, snapshot, people, now)
    fresh = _freshness(live, snapshot, people, whole, now)
    return Report(
        day=snapshot.built_at.date(),
        people=whole,
        decades=decades,
        faculties=faculties[:FACULTIES],
        faculties_left_out=max(0, len(faculties) - FACULTIES),
        growth=_growth(live, snapshot, people, whole, now),
        engagement=engaged,
        response=asked,
        freshness=fresh,
        next=_next(whole, decades, faculties, engaged, asked, fresh),
    )


def _mask(snapshot: Snapshot, people: BoolArray, keys: Iterable[int]) -> BoolArray:
    """Return those of the keys who are counted."""
    found = np.zeros(snapshot.n, np.bool_)
    found[snapshot.positions(keys)] = True
    return found & people


def _n(mask: BoolArray) -> int:
    return int(np.count_nonzero(mask))


def _growth(
    live: Live, snapshot: Snapshot, people: BoolArray, whole: Cell, now: datetime
) -> list[tuple[int, int | None]]:
    here = people & ((snapshot.flags & privacy.CLAIMED) != 0)
    first = now.year - GROWTH_YEARS + 1
    years = dict.fromkeys(range(first - 1, now.year + 1), 0)
    for row in live.store.read(JOINED_IN):
        years[max(first - 1, int(row["year"]))] += _n(_mask(snapshot, here, row["keys"]))
    counts = {year: Count(n, 0) for year, n in years.items()}
    rest = Count(_n(here) - sum(years.values()), 0)
    protect(counts.values(), [Total(list(counts.values()), rest)])
    if whole.registered is None:  # it is their sum
        return [(year, None) for year in counts]
    return [(year, row.people if row.shows_people else None) for year, row in counts.items()]


def _engagement(live: Live, snapshot: Snapshot, people: BoolArray, now: datetime) -> list[Share]:
    who = who_engaged(live, now - YEAR, now)
    times = np.zeros(snapshot.n, np.int64)
    counts = {}
    for mode in MODES:
        mask = _mask(snapshot, people, who[mode])
        times += mask
        counts[mode] = _n(mask)
    some = _n(times > 0)
    counts |= {"any": some, "several": _n(times > 1)}
    # Of who did anything a count tells also who did not do this: both may be too few.
    hidden = {name for name, n in counts.items() if small(n) or small(some - n)}
    total = _n(people)
    if small(total - some):
        hidden.add("any")
    return [Share(name, None if name in hidden else n, total) for name, n in counts.items()]


def _response(live: Live, snapshot: Snapshot, people: BoolArray, now: datetime) -> list[Share]:
    rows = {row["kind"]: row for row in live.store.read(ASKED, since=now - YEAR)}
    found = []
    for kind in KINDS:
        if kind not in rows:
            continue
        asked = _mask(snapshot, people, rows[kind]["asked"])
        answered = _mask(snapshot, asked, rows[kind]["answered"])
        row = Count(_n(asked), _n(answered))
        protect([row], [])
        if row.people and row.shows_people:
            found.append(Share(kind, row.registered if row.shows_registered else None, row.people))
    return found


def _freshness(
    live: Live, snapshot: Snapshot, people: BoolArray, whole: Cell, now: datetime
) -> list[Share]:
    able = people & ((snapshot.flags & (privacy.CLAIMED | privacy.REACHABLE)) != 0)
    rows = live.store.read(LAST_HEARD, year_ago=now - YEAR, three_years_ago=now - 3 * YEAR)
    found: Mapping[str, int] = {
        row["since"]: _n(_mask(snapshot, able, row["keys"])) for row in rows
    }
    counts = {since: Count(found.get(since, 0), 0) for since in FRESHNESS}
    total = _n(able)
    rest = Count(total - sum(found.values()), 0)
    protect(counts.values(), [Total(list(counts.values()), rest)])
    if whole.lost is None:  # all who are not lost are their sum
        return [Share(since, None, None) for since in counts]
    return [
        Share(since, row.people if row.shows_people else None, total)
        for since, row in counts.items()
    ]


def _next(
    whole: Cell,
    decades: list[Cell],
    faculties: list[Cell],
    engaged: list[Share],
    asked: list[Share],
    fresh: list[Share],
) -> list[Next]:
    """Return what follows from the figures that are shown, and from nothing else."""
    found = []
    known = [c for c in decades if c.lost and c.label != "not known"]
    if known:
        worst = max(known, key=lambda c: (c.lost or 0, c.label))
        found.append(Next("decade", worst.lost or 0, worst.n or 0, worst.label, worst.label_ru))
    many = [c for c in faculties if c.lost and (c.n or 0) >= ENOUGH_PEOPLE]
    if len(many) > 1:
        worst = max(many, key=lambda c: ((c.lost or 0) / (c.n or 1), c.label))
        found.append(Next("faculty", worst.lost or 0, worst.n or 0, worst.label, worst.label_ru))
    if whole.reachable:
        found.append(Next("register", whole.reachable, whole.n or 0))
    stale = [s for s in fresh if s.of in ("older", "never")]
    silent = sum(s.n or 0 for s in stale)
    if silent and all(s.n is not None for s in stale):
        found.append(Next("refresh", silent, fresh[0].whole or 0))
    modes = [s for s in engaged if s.of in MODES and s.n is not None]
    if modes and any(s.n for s in modes):
        least = min(modes, key=lambda s: (s.n or 0, s.of))
        found.append(Next("mode", least.n or 0, least.whole or 0, least.of))
    answered = [s for s in asked if s.n is not None and (s.whole or 0) >= ENOUGH_PEOPLE]
    if answered:
        best = max(answered, key=lambda s: (s.share or 0.0, s.of))
        found.append(Next("asking", best.n or 0, best.whole or 0, best.of))
    return found
