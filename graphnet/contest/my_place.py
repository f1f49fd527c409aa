"""A candidate's own place in the contest's standing, and what would change it."""

from dataclasses import dataclass

from graphnet.contest.candidates import candidates
from graphnet.contest.seasons import seasons
from graphnet.ledger.rules import read_rules
from graphnet.ledger.standings import Standing, standings
from graphnet.privacy import Viewer, engine
from graphnet.store import Store

# With fewer candidates a place would tell each of them what the other has.
FEWEST = 3
ENTERED = ("accepted", "admitted")


@dataclass(frozen=True)
class Place:
    """My line of the standing, and among how many."""

    line: Standing
    candidates: int


def my_place(store: Store, viewer: Viewer, season: str) -> Place | None:
    """Return the viewer's own place among a season's candidates, by the contest's own rules.

    None for whoever does not stand, and where fewer than three do: nobody learns from a place of
    their own what one other person has.
    """
    found = next((one for one in seasons(store, viewer) if one.season == season), None)
    if found is None or viewer.person_key is None:
        return None
    entered = candidates(store, engine("standing"), found, states=ENTERED)
    keys = {one.key for one in entered}
    if viewer.person_key not in keys or len(keys) < FEWEST:
        return None
    lines = standings(store, read_rules(found.rules), viewer, candidates=keys)
    mine = next((line for line in lines if line.person_key == viewer.person_key), None)
    return None if mine is None or len(lines) < FEWEST else Place(mine, len(lines))
