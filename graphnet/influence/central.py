"""Who is central: people by their position in the network, for staff, with what it rests on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from graphnet.errors import BadValue, NotAllowed
from graphnet.influence.measures import Measures, open_measures
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer
from graphnet.snapshot import current

ORDERS = ("percentile", "pagerank", "betweenness", "core", "ties")


@dataclass(frozen=True)
class Position:
    """One person's position, with what to know before believing it."""

    card: Card
    pagerank: float
    percentile: float
    betweenness: float
    betweenness_error: float
    core: int
    ties: int
    coverage: float


@dataclass(frozen=True)
class Positions:
    """A page of positions and how many there are in all."""

    rows: tuple[Position, ...]
    total: int
    without_consent: int


def central_people(
    live: Live,
    viewer: Viewer,
    *,
    order: str = "percentile",
    unit: str = "",
    decade: int = 0,
    skip: int = 0,
    limit: int = 30,
) -> Positions:
    """Return people in the order of one measure, the greatest first.

    Only people who consented to profiling have a position; of the others no more is said than how
    many they are.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    ModelMissing
        While the worker is still computing.
    """
    if viewer.kind != "staff":
        raise NotAllowed("positions in the network are for staff, beside what people have earned")
    if order not in ORDERS:
        raise BadValue(f"{order!r} is not a measure: {', '.join(ORDERS)}")
    view = live.view()
    measures = open_measures(current_folder(live))
    snapshot = view.snapshot
    if len(measures.pagerank) != snapshot.n:
        raise BadValue("the measures are of another snapshot: they come within a minute")
    allowed = view.allowed(viewer, live.rules)
    wanted = allowed.copy()
    if unit:
        inside = np.zeros(snapshot.n, bool)
        units = snapshot.things["units"]
        if unit in units.position:
            inside[snapshot.memberships["units"].members(units.position[unit])] = True
        wanted &= inside
    if decade:
        then = np.zeros(snapshot.n, bool)
        for kind in ("cohorts", "graduations"):
            years = snapshot.things[kind].numbers.get("year")
            if years is not None:
                for thing in np.flatnonzero((years >= decade) & (years < decade + 10)):
                    then[snapshot.memberships[kind].members(int(thing))] = True
        wanted &= then
    known = wanted & ~np.isnan(measures.pagerank)
    places = np.flatnonzero(known)
    values = np.asarray(getattr(measures, order), np.float64)[places]
    # Within equal values the one with more known ties, then the older key.
    places = places[np.lexsort((places, -measures.ties[places], -values))]
    chosen = places[skip : skip + limit]
    found = {
        card.key: card
        for card in cards(live.store, viewer, snapshot.keys[chosen].tolist(), rules=live.rules)
    }
    rows = tuple(
        _position(found[int(snapshot.keys[i])], measures, int(i))
        for i in chosen
        if int(snapshot.keys[i]) in found
    )
    return Positions(rows, len(places), int(np.count_nonzero(wanted)) - len(places))


def current_folder(live: Live) -> Path:
    """Return the folder of the current snapshot."""
    path = current(live.folder)
    return path if path is not None else live.folder


def _position(card: Card, measures: Measures, i: int) -> Position:
    return Position(
        card=card,
        pagerank=float(measures.pagerank[i]),
        percentile=float(measures.percentile[i]),
        betweenness=float(measures.betweenness[i]),
        betweenness_error=float(measures.betweenness_error[i]),
        core=int(measures.core[i]),
        ties=int(measures.ties[i]),
        coverage=float(measures.coverage[i]),
    )
