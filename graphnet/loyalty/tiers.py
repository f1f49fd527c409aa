"""The tier that somebody has: a sum over their entries of the ledger, by the rules, on a day.

What was done in the last year counts whole, what is older for less, by the rules' shares; each kind
and each mode counts up to its cap. A tier is reached on every day on which the points suffice, and
stays for some months after the last of these days. Everything follows from entries, rules and the
day; nothing is stored, and no order of the entries makes a difference.
"""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from graphnet.ledger.rule_files import MODES
from graphnet.ledger.scoring import Entry
from graphnet.loyalty.rules import LoyaltyRules
from graphnet.loyalty.terms import anniversary

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Act:
    """What counts of an entry of the ledger: its day, its kind and how many times it counts."""

    day: date
    kind: str
    basis: Fraction = Fraction(1)
    act_id: str = field(default="", compare=False)


@dataclass(frozen=True)
class Sum:
    """What acts are worth on a day: `modes` holds what counts, `taken` what the caps took."""

    total: Fraction
    modes: Mapping[str, Fraction]
    taken: Mapping[str, Fraction]

    @property
    def spread(self) -> int:
        """In how many modes something counts."""
        return sum(counted > 0 for counted in self.modes.values())


@dataclass(frozen=True)
class Tiered:
    """Somebody's tier on a day.

    Attributes
    ----------
    until
        The last day on which they have it if they do nothing more; None for the first tier, which
        has no end.
    next
        The tier above, '' if there is none.
    missing, missing_modes
        The points and the modes that the tier above still asks for.
    """

    tier: str
    sum: Sum
    until: date | None = None
    next: str = ""
    missing: Fraction = Fraction(0)
    missing_modes: int = 0


def acts_of(entries: Iterable[Entry], rules: LoyaltyRules, pseudonym: str) -> list[Act]:
    """Return what counts of the ledger for one pseudonym.

    What was taken back does not, nor what the rules do not name. Of several ways in which somebody
    brought one participation about the one that is worth most counts.
    """
    every = sorted(entries, key=lambda e: (e.happened_at, e.act_id))
    taken_back = {entry.corrects for entry in every if entry.corrects}
    found: list[Act] = []
    best: dict[str, Act] = {}
    for entry in every:
        if entry.pseudonym != pseudonym or entry.corrects or entry.act_id in taken_back:
            continue
        if entry.kind not in rules.kinds:
            continue
        act = Act(rules.day(entry.happened_at), entry.kind, entry.basis, entry.act_id)
        if not entry.participation:
            found.append(act)
            continue
        held = best.get(entry.participation)
        if held is None or _worth(act, rules) > _worth(held, rules):
            best[entry.participation] = act
    return sorted([*found, *best.values()], key=lambda act: (act.day, act.kind, act.basis))


def _worth(act: Act, rules: LoyaltyRules) -> Fraction:
    return rules.kinds[act.kind].points * act.basis


def age(day: date, on: date) -> int:
    """Return how many whole years lie between two days; -1 if the first is still to come."""
    if day > on:
        return -1
    years = on.year - day.year
    return years if anniversary(day, years) <= on else years - 1


def worth(act: Act, rules: LoyaltyRules, on: date) -> Fraction:
    """Return what an act is worth by itself on a day, before any cap."""
    years = age(act.day, on)
    shares = rules.decay.shares
    return shares[years] * _worth(act, rules) if 0 <= years < len(shares) else Fraction(0)


def points(acts: Iterable[Act], rules: LoyaltyRules, on: date) -> Sum:
    """Return what acts are worth on a day."""
    of_kind: dict[str, Fraction] = defaultdict(Fraction)
    for act in acts:
        of_kind[act.kind] += worth(act, rules, on)
    modes = dict.fromkeys(MODES, Fraction(0))
    taken = dict.fromkeys(MODES, Fraction(0))
    for name, brought in of_kind.items():
        kind = rules.kinds[name]
        counted = brought if kind.at_most is None else min(brought, kind.at_most)
        modes[kind.mode] += counted
        taken[kind.mode] += brought - counted
    for mode, brought in modes.items():
        cap = rules.caps.get(mode)  # type: ignore[call-overload]
        if cap is not None and brought > cap:
            modes[mode] = cap
            taken[mode] += brought - cap
    return Sum(sum(modes.values(), Fraction(0)), modes, taken)


def reached(found: Sum, rules: LoyaltyRules, tier: str) -> bool:
    """Return whether points suffice for a tier."""
    asked = rules.tiers[tier]
    return found.total >= asked.points and found.spread >= asked.modes_at_least


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, the last of its month where it has no such day."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def tiered(acts: Sequence[Act], rules: LoyaltyRules, today: date) -> Tiered:
    """Return the tier that somebody has on a day, until when, and what the next one asks for.

    Between the days on which something was done the points only fall, and on the anniversaries of
    these days alone; so each tier has a last day on which it is reached, which is looked for among
    them. O(n²) of the acts of the last years.
    """
    done = [act for act in acts if act.day <= today]
    now = points(done, rules, today)
    tier, until = rules.order[0], None
    for name in rules.order[1:]:
        last = last_reached(done, rules, name)
        if last is None:
            continue
        kept = months_later(last, rules.decay.keep_months)
        if kept >= today:
            tier, until = name, kept
    higher = rules.order[rules.order.index(tier) + 1 :]
    if not higher:
        return Tiered(tier, now, until)
    above = rules.tiers[higher[0]]
    return Tiered(
        tier,
        now,
        until,
        higher[0],
        max(above.points - now.total, Fraction(0)),
        max(above.modes_at_least - now.spread, 0),
    )


def last_reached(acts: Sequence[Act], rules: LoyaltyRules, tier: str) -> date | None:
    """Return the last day on which acts suffice for a tier, if nothing more is done."""
    years = range(len(rules.decay.shares) + 1)
    days = sorted({anniversary(act.day, year) for act in acts for year in years})
    for first, following in zip(reversed(days[:-1]), reversed(days[1:]), strict=True):
        if reached(points([act for act in acts if act.day <= first], rules, first), rules, tier):
            return following - DAY
    return None


def gain(acts: Sequence[Act], rules: LoyaltyRules, kind: str, today: date) -> Fraction:
    """Return what one more act of a kind would bring today."""
    more = [*acts, Act(today, kind)]
    return points(more, rules, today).total - points(acts, rules, today).total
