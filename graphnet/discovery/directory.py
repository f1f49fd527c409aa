"""The directory: everyone whom the viewer may see, narrowed and in the order of their names."""

import numpy as np

from graphnet import privacy
from graphnet.errors import BadValue
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer

STATES = ("", "registered", "unregistered")


def directory(
    live: Live,
    viewer: Viewer,
    *,
    unit: str = "",
    year: int = 0,
    state: str = "",
    skip: int = 0,
    limit: int = 30,
) -> tuple[int, list[Card]]:
    """Return how many people there are for this viewer, and one page of them.

    Parameters
    ----------
    unit
        Id of a faculty or another unit.
    year
        Year of intake or graduation.
    state
        '' for all, 'registered' or 'unregistered'.
    """
    if state not in STATES:
        raise BadValue(f"{state!r} is not a state: {', '.join(STATES[1:])}")
    view = live.view()
    snapshot = view.snapshot
    mask = view.allowed(viewer, live.rules) & ((snapshot.flags & privacy.ALUMNUS) != 0)
    if unit:
        within = np.zeros(snapshot.n, bool)
        units = snapshot.things["units"]
        if unit in units.position:
            within[snapshot.memberships["units"].members(units.position[unit])] = True
        mask &= within
    if year:
        then = np.zeros(snapshot.n, bool)
        for kind in ("cohorts", "graduations"):
            years = snapshot.things[kind].numbers.get("year")
            if years is not None:
                for thing in np.flatnonzero(years == year):
                    then[snapshot.memberships[kind].members(int(thing))] = True
        mask &= then
    if state:
        claimed = (snapshot.flags & privacy.CLAIMED) != 0
        mask &= claimed if state == "registered" else ~claimed
    found = np.flatnonzero(mask)
    # By the order of names that the snapshot keeps: collation is done once, not a request.
    found = found[np.argsort(snapshot.name_order[found], kind="stable")]
    chosen = snapshot.keys[found[skip : skip + limit]].tolist()
    return len(found), cards(live.store, viewer, chosen, rules=live.rules) if chosen else []
