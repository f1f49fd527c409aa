"""The report for the rector: the contact base on one page, and what would be done about it next.

Every figure is cut as the tables for analysts are, and with them (`disclosure`): a page leaves the
house, and who reads it reads those too. All of them count the same people, those of
`association.counted`.
"""

from collections.abc import Mapping
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
from graphnet.statistics.association import LOST, REGISTERED, Base, Cell
from graphnet.statistics.disclosure import Columns, Family, Line, protect
from graphnet.statistics.engagement import ANY, COLUMNS, WHOLE, able_of, mask_of, masks_between

YEAR = timedelta(days=365)
GROWTH_YEARS = 6
FACULTIES = 8  # the largest of them stand on the page
TOP_UNITS = ("faculty", "institute")
KINDS = ("recovery", "survey", "event", "passing", "reunion")
SEVERAL = "several"
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
    base = association.base(live, viewer)
    (whole,) = association.cells([base.everybody])
    decades = association.cells(base.decades)
    units = association.largest_first(association.cells(base.units))
    things = snapshot.things["units"]
    faculties = [c for c in units if c.n and things.kinds[things.position[c.id]] in TOP_UNITS]
    engaged = _engagement(live, snapshot, people, base, now)
    asked = _response(live, snapshot, people, now)
    fresh = _freshness(live, snapshot, people, base, now)
    return Report(
        day=snapshot.built_at.date(),
        people=whole,
        decades=decades,
        faculties=faculties[:FACULTIES],
        faculties_left_out=max(0, len(faculties) - FACULTIES),
        growth=_growth(live, snapshot, people, base, now),
        engagement=engaged,
        response=asked,
        freshness=fresh,
        next=_next(whole, decades, faculties, engaged, asked, fresh),
    )


def _n(mask: BoolArray) -> int:
    return int(np.count_nonzero(mask))


def _parts_of(whole: Line, name: str, counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return what may be shown of counts that are parts, disjoint, of one that others publish."""
    lines = {what: Line({name: n}) for what, n in counts.items()}
    rest = {name: whole.counts[name] - sum(counts.values())}
    family = Family(whole, list(lines.values()), rest)
    protect(list(lines.values()), [family], Columns({name: ""}))
    return {what: line.shown(name) for what, line in lines.items()}


def _growth(
    live: Live, snapshot: Snapshot, people: BoolArray, base: Base, now: datetime
) -> list[tuple[int, int | None]]:
    here = people & ((snapshot.flags & privacy.CLAIMED) != 0)
    first = now.year - GROWTH_YEARS + 1
    years = dict.fromkeys(map(str, range(first - 1, now.year + 1)), 0)
    for row in live.store.read(JOINED_IN):
        years[str(max(first - 1, int(row["year"])))] += _n(mask_of(snapshot, here, row["keys"]))
    shown = _parts_of(base.everybody.line.as_published(), REGISTERED, years)
    return [(int(year), n) for year, n in shown.items()]


def _engagement(
    live: Live, snapshot: Snapshot, people: BoolArray, base: Base, now: datetime
) -> list[Share]:
    masks = masks_between(live, snapshot, people, now - YEAR, now)
    several = np.sum([masks[mode] for mode in MODES], axis=0) > 1
    line = Line({**{name: _n(mask) for name, mask in masks.items()}, SEVERAL: _n(several)})
    if LOST not in base.everybody.line.shows:  # who can be written to is everybody else
        line.shows.clear()
    columns = Columns({**COLUMNS.above, SEVERAL: ANY}, covering=COLUMNS.covering)
    protect([line], [], columns)
    names = [*MODES, ANY, SEVERAL]
    return [Share(name, line.shown(name), line.shown(WHOLE)) for name in names]


def _response(live: Live, snapshot: Snapshot, people: BoolArray, now: datetime) -> list[Share]:
    rows = {row["kind"]: row for row in live.store.read(ASKED, since=now - YEAR)}
    found = []
    for kind in KINDS:
        if kind not in rows:
            continue
        asked = mask_of(snapshot, people, rows[kind]["asked"])
        answered = mask_of(snapshot, asked, rows[kind]["answered"])
        line = Line({"asked": _n(asked), "answered": _n(answered)})
        protect([line], [], Columns({"asked": "", "answered": "asked"}))
        if line.shown("asked"):
            found.append(Share(kind, line.shown("answered"), line.shown("asked")))
    return found


def _freshness(
    live: Live, snapshot: Snapshot, people: BoolArray, base: Base, now: datetime
) -> list[Share]:
    able = able_of(snapshot, people)
    rows = live.store.read(LAST_HEARD, year_ago=now - YEAR, three_years_ago=now - 3 * YEAR)
    found = {row["since"]: _n(mask_of(snapshot, able, row["keys"])) for row in rows}
    whole = Line({WHOLE: _n(able)})
    if LOST not in base.everybody.line.shows:  # who can be written to is everybody else
        whole.close(WHOLE)
    counts = {since: found.get(since, 0) for since in FRESHNESS}
    shown = _parts_of(whole.as_published(), WHOLE, counts)
    total = whole.shown(WHOLE)
    return [Share(since, n if total else None, total) for since, n in shown.items()]


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
