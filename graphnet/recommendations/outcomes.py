"""How the lists do, for staff: by list and model, in sums; and whom an event would fit."""

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt

import numpy as np

from graphnet.consent import newest
from graphnet.errors import NotAllowed
from graphnet.models.diversity import gini
from graphnet.privacy import CLAIMED, Viewer
from graphnet.recommendations.impressions import Shown
from graphnet.recommendations.interactions import may_learn_from
from graphnet.recommendations.recommender import Shelf
from graphnet.store import Row

Z = 1.96

# One row: a thing of a list as one model showed it, in the days that are kept one by one.
# Attendance counts only of people who have said yes to profiling.
BY_THING = (
    """MATCH (p:Person)-[:SAW]->(i:Impression)
OPTIONAL MATCH (p)<-[:BY]-(r:Registration)-[:FOR]->(:Event {id: i.item})
WITH i, r, """
    + newest("p", "profile")
    + """ = ['given'] AS agreed
RETURN i.list AS list, i.model AS model, i.item AS item, count(DISTINCT i) AS shown,
  count(DISTINCT CASE WHEN i.clicked_at IS NOT NULL THEN i END) AS clicked,
  count(DISTINCT CASE WHEN r.state IN ['yes', 'waiting'] AND r.at >= i.at THEN i END) AS replied,
  count(DISTINCT CASE WHEN agreed AND r.attended_at IS NOT NULL AND r.at >= i.at THEN i END)
    AS came,
  count(DISTINCT CASE WHEN i.explored THEN i END) AS explored,
  count(DISTINCT CASE WHEN i.explored AND i.clicked_at IS NOT NULL THEN i END)
    AS explored_clicked,
  min(i.propensity) AS propensity
ORDER BY list, model, item LIMIT 20000"""
)

# One row: sums of earlier days.
EARLIER = """MATCH (d:ShownDay)
RETURN d.list AS list, d.model AS model, sum(d.shown) AS shown, sum(d.clicked) AS clicked,
  sum(d.replied) AS replied, sum(d.came) AS came, sum(d.explored) AS explored
ORDER BY list, model LIMIT 1000"""

# One row: somebody who was shown the event, has answered it, or had a letter about it.
TOLD = """MATCH (p:Person)-[:SAW]->(:Impression {item: $event})
RETURN p.key AS key ORDER BY key LIMIT 100000
UNION MATCH (:Event {id: $event})<-[:FOR]-(:Registration)-[:BY]->(p:Person)
RETURN p.key AS key ORDER BY key LIMIT 100000
UNION MATCH (:Event {id: $event})<-[:FOR]-(l:EventLetter)-[:TO]->(p:Person)
WHERE l.state IN ['waiting', 'sent'] RETURN p.key AS key ORDER BY key LIMIT 100000"""


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.

    Examples
    --------
    >>> [round(x, 3) for x in interval(5, 10)]
    [0.237, 0.763]
    """
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle = share + Z**2 / (2 * of)
    spread = Z * sqrt(share * (1 - share) / of + Z**2 / (4 * of**2))
    whole = 1 + Z**2 / of
    return max((middle - spread) / whole, 0.0), min((middle + spread) / whole, 1.0)


def outcomes(shelf: Shelf, viewer: Viewer) -> list[Shown]:
    """Return how each list did with each model, for staff and analysts.

    Raises
    ------
    NotAllowed
    """
    if not (viewer.is_staff or viewer.is_analyst):
        raise NotAllowed("how the lists do is for staff")
    store = shelf.live.store
    things = shelf.things()
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in store.read(BY_THING):
        grouped[row["list"], row["model"]].append(row)
    earlier = {(row["list"], row["model"]): row for row in store.read(EARLIER)}
    found = []
    for pair in sorted({*grouped, *earlier}):
        rows, before = grouped.get(pair, []), earlier.get(pair, {})

        def total(name: str, rows: list[Row] = rows, before: Row = before) -> int:
            return sum(int(row[name]) for row in rows) + int(before.get(name, 0))

        shown, clicked = total("shown"), total("clicked")
        low, high = interval(clicked, shown)
        whole = max(
            len(things.talents) if pair[0] == "meet" else len(things.of[pair[0]]), len(rows)
        )
        lists = [np.repeat(np.arange(len(rows)), [row["shown"] for row in rows])] if rows else []
        found.append(
            Shown(
                *pair,
                shown=shown,
                clicked=clicked,
                replied=total("replied"),
                came=total("came"),
                explored=total("explored"),
                explored_clicked=sum(row["explored_clicked"] for row in rows),
                things=len(rows),
                low=low,
                high=high,
                coverage=len(rows) / whole if whole else 0.0,
                gini=gini(lists, whole),
                least_propensity=min((row["propensity"] for row in rows), default=1.0),
            )
        )
    return found


@dataclass(frozen=True)
class Fit:
    """Whom an event would fit by one reason: how many in all, and how many nobody has told."""

    kind: str
    fit: int
    untold: int


def would_fit(shelf: Shelf, viewer: Viewer, event_id: str) -> list[Fit]:
    """Return in counts whom an event would fit but who was not told; the last row is any reason.

    Only registered people who let the site learn from them are counted; "told" is who was shown it
    on one of their lists or has answered it.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    view = shelf.live.view()
    snapshot = view.snapshot
    thing = shelf.things().find("events", event_id)
    if thing is None:
        return []
    may = may_learn_from(snapshot, denied=(*view.denied, *view.changed))
    may &= (snapshot.flags & CLAIMED) != 0
    untold = may.copy()
    told = [row["key"] for row in shelf.live.store.read(TOLD, event=event_id)]
    untold[snapshot.positions(told)] = False
    groups = [group[0] for group in thing.row.get("groups", ())]
    masks: dict[str, np.ndarray] = {}

    def mark(kind: str, memberships: str, ids: list[str]) -> None:
        mask = np.zeros(snapshot.n, bool)
        place = snapshot.things[memberships].position
        for name in ids:
            if name in place:
                mask[snapshot.memberships[memberships].members(place[name])] = True
        masks[kind] = mask & may

    mark("topic", "topics", [topic.id for topic in thing.topics])
    mark("member", "groups", groups)
    held = snapshot.relations.get("event_groups")
    past = []
    if held is not None:
        places = snapshot.things["groups"].position
        for group in groups:
            if group in places:
                past += [str(snapshot.things["events"].ids[e]) for e in held.members(places[group])]
    mark("group_habit", "events", [name for name in past if name != event_id])
    masks["any"] = np.logical_or.reduce(list(masks.values()))
    return [Fit(kind, int(m.sum()), int((m & untold).sum())) for kind, m in masks.items()]
