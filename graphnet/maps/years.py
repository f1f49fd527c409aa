"""When the people of a map came, and since when they know each other: for the slider of years."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from graphnet.live import Live
from graphnet.maps.network import ALL, EVERYBODY, Network, of_all
from graphnet.maps.surroundings import AROUND
from graphnet.privacy import SMALLEST_CELL, Viewer

UNKNOWN = -1

# One row: two people of the map who know each other, and since which year.
SINCE = """MATCH (p:Person)-[t:KNOWS]->(q:Person)
WHERE p.key IN $keys AND q.key IN $keys AND t.since IS NOT NULL
RETURN p.key AS one, q.key AS other, toInteger(left(toString(t.since), 4)) AS year
ORDER BY one, other LIMIT 200000"""

# One row: somebody of a community, and the year in which they joined it.
JOINED = """MATCH (p:Person)-[m:MEMBER_OF]->(:Group {id: $id})
WHERE p.key IN $keys AND m.since IS NOT NULL
RETURN p.key AS key, toInteger(left(toString(m.since), 4)) AS year ORDER BY key LIMIT 100000"""


@dataclass(frozen=True)
class Years:
    """Years in the order of the map; `UNKNOWN` where there is none, or it may not be shown.

    Attributes
    ----------
    people : list of int
        In which they joined the community, else in which they began to study.
    ties : list of int
        Since which two people know each other; of other layers none is known.
    """

    people: list[int]
    ties: list[int]

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last of them; None if there are not two."""
        known = {year for year in (*self.people, *self.ties) if year != UNKNOWN}
        return (min(known), max(known)) if len(known) > 1 else None


def years_of(live: Live, viewer: Viewer, network: Network) -> Years:
    """Return the years of a map of a cohort, a group, a unit, a community or everybody.

    Somebody's surroundings have none; on the map of everybody ties have none, since to read them
    would take longer than a page may.
    """
    return of_all(network, "years", lambda: _years_of(live, viewer, network))


def _years_of(live: Live, viewer: Viewer, network: Network) -> Years:
    ties = [UNKNOWN] * len(network.drawing.source)
    if network.kind == AROUND:
        return Years([UNKNOWN] * len(network.cards), ties)
    keys = [card.key for card in network.cards]
    if network.kind == "groups":
        rows = live.store.read(JOINED, keys=keys, id=network.thing_id)
        found = {int(row["key"]): int(row["year"]) for row in rows}
    else:
        found = _began(live, keys)
    people = [found.get(key, UNKNOWN) for key in keys]
    if viewer.is_analyst or network.kind == EVERYBODY:
        # A year that few have would point at them.
        count = Counter(people)
        people = [year if count[year] >= SMALLEST_CELL else UNKNOWN for year in people]
    if network.layer == "knows" and (network.kind, network.thing_id) != (EVERYBODY, ALL):
        since = {
            (min(row["one"], row["other"]), max(row["one"], row["other"])): int(row["year"])
            for row in live.store.read(SINCE, keys=keys)
        }
        ends = zip(network.drawing.source.tolist(), network.drawing.target.tolist(), strict=True)
        pairs = [(min(keys[u], keys[v]), max(keys[u], keys[v])) for u, v in ends]
        ties = [since.get(pair, UNKNOWN) for pair in pairs]
    return Years(people, ties)


def _began(live: Live, keys: list[int]) -> dict[int, int]:
    """Return the year of each one's intake, of their graduation where no intake is known."""
    snapshot = live.view().snapshot
    year = np.full(snapshot.n, UNKNOWN, np.int64)
    for kind in ("graduations", "cohorts"):
        if kind not in snapshot.things:
            continue
        known = snapshot.things[kind].numbers.get("year")
        if known is None:
            continue
        belonging = snapshot.memberships[kind]
        owner = np.repeat(np.arange(snapshot.n), np.diff(belonging.indptr))
        value = known[belonging.things]
        latest_first = np.argsort(-value, kind="stable")  # the first intake stays
        latest_first = latest_first[value[latest_first] > 0]
        year[owner[latest_first]] = value[latest_first]
    there = snapshot.positions(keys)
    known_years = zip(snapshot.keys[there].tolist(), year[there].tolist(), strict=True)
    return {key: found for key, found in known_years if found != UNKNOWN}
