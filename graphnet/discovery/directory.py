"""The directory: everyone whom the viewer may see, narrowed and in the order of their names."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from graphnet import privacy
from graphnet.discovery import criteria
from graphnet.discovery.criteria import Criterion
from graphnet.discovery.vocabulary import Named
from graphnet.live import Live, View
from graphnet.people import Card, cards, pseudonym
from graphnet.privacy import Rules, Viewer
from graphnet.snapshot.arrays import BoolArray


def directory(
    live: Live,
    viewer: Viewer,
    *,
    filters: Mapping[str, str] | None = None,
    skip: int = 0,
    limit: int = 30,
    language: str = "en",
) -> tuple[int, list[Card], list[Criterion]]:
    """Return how many people there are for this viewer, one page of them, and what narrows them.

    Parameters
    ----------
    filters
        See `criteria.FILTERS`; here a year is meant exactly.
    language
        Whose alphabet orders the names: 'en' or 'ru'.

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
    order = _order(view, viewer, live.rules, mask, language)
    found = found[np.argsort(order[found], kind="stable")]
    chosen = snapshot.keys[found[skip : skip + limit]].tolist()
    people = cards(live.store, viewer, chosen, rules=live.rules) if chosen else []
    fields = {criterion.field for criterion in wanted} - {""}
    return len(found), [card for card in people if fields <= card.fields], wanted


def _order(view: View, viewer: Viewer, rules: Rules, mask: BoolArray, language: str) -> np.ndarray:
    """Return the place of each person in the list; the place must not tell what is not shown.

    Names come in the order that the snapshot keeps: collation is done once, not a request. Whoever
    shows nobody their name comes last, by what does not follow the name; an analyst, who reads
    pseudonyms, gets everybody in their order.
    """
    snapshot = view.snapshot
    if viewer.is_analyst:
        return _by_pseudonym(Named(snapshot), rules.pseudonym_key)
    kept = snapshot.name_order_ru if language == "ru" else snapshot.name_order
    order = kept.astype(np.int64)
    unnamed = np.flatnonzero(mask & ~view.showing(viewer, "name", mask))
    order[unnamed[np.argsort(snapshot.ids[unnamed], kind="stable")]] = snapshot.n + np.arange(
        len(unnamed)
    )
    return order


@lru_cache(maxsize=2)
def _by_pseudonym(named: Named, secret: bytes) -> np.ndarray:
    """Return the place of each person in the order of pseudonyms; 1 s for a million people."""
    names = np.array([pseudonym(one, secret) for one in named.snapshot.ids.tolist()])
    places = np.empty(len(names), np.int64)
    places[np.argsort(names, kind="stable")] = np.arange(len(names))
    return places
