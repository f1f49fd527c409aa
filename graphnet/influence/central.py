"""Who is central: people by their position in the network, for staff, with what it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from graphnet.errors import BadValue
from graphnet.influence.measures import Measures, open_measures
from graphnet.influence.wishes import labels
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer
from graphnet.snapshot import current

ORDERS = ("percentile", "pagerank", "betweenness", "core", "bridging", "answered", "ties")


@dataclass(frozen=True)
class Position:
    """One person's position, with what to know before believing it."""

    card: Card
    pagerank: float
    percentile: float
    low: float
    high: float
    missing: float
    betweenness: float
    betweenness_error: float
    core: int
    bridging: float
    answered: int
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
    city: str = "",
    only: Iterable[int] | None = None,
    without: Iterable[int] | None = None,
    skip: int = 0,
    limit: int = 30,
) -> Positions:
    """Return people in the order of one measure, the greatest first.

    Only people who consented to profiling have a position; of the others no more is said than how
    many they are.

    Parameters
    ----------
    order : str
        One of `ORDERS`.
    unit, decade, city
        Faculty or institute, decade of intake, place; ids as in `ambassadors.labels`.
    only, without : iterable of int, optional
        Keys to keep to, or to leave out (say, who has been asked).

    Raises
    ------
    NotAllowed
        For anyone but staff.
    ModelMissing
        While the worker is still computing.
    """
    viewer.require_staff()
    if order not in ORDERS:
        raise BadValue(f"{order!r} is not a measure: {', '.join(ORDERS)}")
    view = live.view()
    measures = open_measures(current_folder(live))
    snapshot = view.snapshot
    if len(measures.pagerank) != snapshot.n:
        raise BadValue("the measures are of another snapshot: they come within a minute")
    allowed = view.allowed(viewer, live.rules)
    wanted = allowed.copy()
    for by, value in (("faculty", unit), ("decade", str(decade or "")), ("city", city)):
        if value:
            of = labels(snapshot, by)
            place = of.ids.index(value) if value in of.ids else -2
            wanted &= of.label == place
    if only is not None:
        chosen_only = np.zeros(snapshot.n, bool)
        chosen_only[snapshot.positions(only)] = True
        wanted &= chosen_only
    if without is not None:
        wanted[snapshot.positions(without)] = False
    known = wanted & ~np.isnan(measures.pagerank)
    places = np.flatnonzero(known)
    values = np.asarray(getattr(measures, order), np.float64)[places]
    # Within equal values the one with more known ties, then the older key.
    values = np.nan_to_num(values, nan=-1.0)
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
        low=float(measures.low[i]),
        high=float(measures.high[i]),
        missing=float(measures.missing[i]),
        betweenness=float(measures.betweenness[i]),
        betweenness_error=float(measures.betweenness_error[i]),
        core=int(measures.core[i]),
        bridging=float(measures.bridging[i]),
        answered=int(measures.answered[i]),
        ties=int(measures.ties[i]),
        coverage=float(measures.coverage[i]),
    )
