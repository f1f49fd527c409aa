"""The directory: everyone whom the viewer may see, narrowed and in the order of their names."""

from collections.abc import Mapping

import numpy as np

from graphnet import privacy
from graphnet.discovery import criteria
from graphnet.discovery.criteria import Criterion
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Viewer


def directory(
    live: Live,
    viewer: Viewer,
    *,
    filters: Mapping[str, str] | None = None,
    skip: int = 0,
    limit: int = 30,
) -> tuple[int, list[Card], list[Criterion]]:
    """Return how many people there are for this viewer, one page of them, and what narrows them.

    Parameters
    ----------
    filters
        See `criteria.FILTERS`; here a year is meant exactly.

    Raises
    ------
    BadValue
        If a filter is unknown or has an impossible value.
    """
    view = live.view()
    snapshot = view.snapshot
    allowed = view.allowed(viewer, live.rules)
    wanted = criteria.from_filters(view, viewer, allowed, filters or {}, around=0)
    mask = allowed & ((snapshot.flags & privacy.ALUMNUS) != 0)
    for criterion in wanted:
        mask &= criteria.fitting(live.store, view, viewer, allowed, criterion, sure=True)
    found = np.flatnonzero(mask)
    # By the order of names that the snapshot keeps: collation is done once, not a request.
    found = found[np.argsort(snapshot.name_order[found], kind="stable")]
    chosen = snapshot.keys[found[skip : skip + limit]].tolist()
    people = cards(live.store, viewer, chosen, rules=live.rules) if chosen else []
    fields = {criterion.field for criterion in wanted} - {""}
    return len(found), [card for card in people if fields <= card.fields], wanted
