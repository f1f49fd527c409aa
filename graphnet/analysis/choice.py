"""What staff choose by figures: ambassadors, and whom to ask about a lost class."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from graphnet.ambassadors.asks import asked_since, conflicts, told, year_begins
from graphnet.influence.ambassadors import choose_ambassadors
from graphnet.influence.central import current_folder
from graphnet.influence.measures import open_measures
from graphnet.influence.wishes import Wish, network
from graphnet.live import Live
from graphnet.people import cards
from graphnet.privacy import Viewer
from graphnet.recovery.classes import find_class
from graphnet.recovery.planner import look, propose


@dataclass(frozen=True)
class AmbassadorChoice:
    """A chosen set with what has to stand beside it.

    Attributes
    ----------
    members : polars.DataFrame
        `person`, `name`, `alone` (how many this one reaches and nobody else of the set does) with
        its standard error `alone_error`.
    ways : polars.DataFrame
        The choice and other ways to choose as many: `way`, `people`, `reach`, `error`, `ahead` (how
        many more the choice reaches), `ahead_error`, `beaten` (ahead by more than two errors).
    reach, error : float
        Expected number reached, on samples that had no part in the choice, and its standard error.
    certificate : float or None
        The choice reaches at least this share of what any set of its size could; None where that
        is not known.
    candidates, audience : int
        How many might have been chosen, how many might be reached.
    left_out : tuple of str
        Quotas that nobody could meet.
    """

    members: pl.DataFrame
    ways: pl.DataFrame
    reach: float
    error: float
    certificate: float | None
    candidates: int
    audience: int
    left_out: tuple[str, ...]


def choose(
    live: Live, viewer: Viewer, k: int, *, per: Mapping[str, int], fairness: float, seed: int
) -> AmbassadorChoice:
    """Choose ambassadors as the site does: nobody who was asked this year, nobody with a part."""
    viewer.require_staff()
    view = live.view()
    barred = asked_since(live.store, viewer, year_begins()) | set(conflicts(live.store, viewer))
    wish = Wish(
        k=k, per=per, barred=tuple(sorted(barred)), fairness=fairness, where_possible=True,
        seed=seed,
    )  # fmt: skip
    measures = open_measures(current_folder(live))
    net = network(view.snapshot, measures, denied=tuple(view.denied), answers=told(live.store))
    chosen = choose_ambassadors(view.snapshot, net, wish)
    by_key = {
        card.key: card
        for card in cards(live.store, viewer, [m.key for m in chosen.members], rules=live.rules)
    }
    there = [member for member in chosen.members if member.key in by_key]
    made = chosen.choice
    return AmbassadorChoice(
        members=pl.DataFrame(
            {
                "person": [by_key[m.key].id for m in there],
                "name": [by_key[m.key].name.full for m in there],
                "alone": [m.alone for m in there],
                "alone_error": [m.alone_error for m in there],
            }
        ),
        ways=pl.DataFrame(
            {
                "way": [one.name for one in chosen.alternatives],
                "people": [len(one.people) for one in chosen.alternatives],
                "reach": [one.reach for one in chosen.alternatives],
                "error": [one.standard_error for one in chosen.alternatives],
                "ahead": [one.ahead for one in chosen.alternatives],
                "ahead_error": [one.ahead_error for one in chosen.alternatives],
                "beaten": [bool(one.beaten) for one in chosen.alternatives],
            }
        ),
        reach=made.reach,
        error=made.standard_error,
        certificate=None if np.isnan(made.certificate) else made.certificate,
        candidates=chosen.candidates,
        audience=chosen.audience,
        left_out=tuple(lack.sentence() for lack in chosen.left_out),
    )


def recovery(live: Live, viewer: Viewer, thing: str, ask: int) -> pl.DataFrame:
    """Return whom to ask about the lost of a class, with what each is expected to bring."""
    at = look(live, viewer, lambda view, there: find_class(view, thing, there))
    proposal = propose(at, ask, reserve=0)
    shown = {
        card.key: card
        for card in cards(
            live.store, viewer, (one.key for one in proposal.people), rules=live.rules
        )
    }
    there = [one for one in proposal.people if one.key in shown]
    return pl.DataFrame(
        {
            "person": [shown[one.key].id for one in there],
            "name": [shown[one.key].name.full for one in there],
            "gain": [float(one.gain) for one in there],
            "without": [float(one.without) for one in there],
            "known": [int(one.known) for one in there],
            "expected": [float(one.expected) for one in there],
        },
        schema={
            "person": pl.String, "name": pl.String, "gain": pl.Float64, "without": pl.Float64,
            "known": pl.Int64, "expected": pl.Float64,
        },
    )  # fmt: skip
