"""Memberships in the graph: joining, renewing; what staff grant and end, with a reason.

A `:Membership` is one term and is never changed but for being ended before its time. What somebody
is on a day follows from the dates: see `graphnet.loyalty.terms`. Acts of one person wait for each
other, so that a double click adds one term.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from graphnet.errors import Conflict
from graphnet.ledger import entries as ledger
from graphnet.ledger import pseudonyms, reader
from graphnet.ledger.scoring import Entry
from graphnet.loyalty import terms
from graphnet.loyalty.rules import LoyaltyRules, in_force, versions
from graphnet.loyalty.terms import Standing, Term
from graphnet.loyalty.tiers import Act, Tiered, acts_of, tiered, worth
from graphnet.privacy import Viewer, alive, in_quarantine, registered, shown
from graphnet.store import Row, Store, native

PURPOSE = "membership"
BEFORE = 4  # years of the ledger that can matter, beyond those of the rules

TERM = """m.id AS id, m.starts AS starts, m.ends AS ends, m.kind AS kind, m.at AS at,
  m.note AS note, m.ended_on AS ended_on, m.ended_note AS ended_note, m.ended_at AS ended_at,
  m.seen_at AS seen_at"""

# One row: a term of somebody's membership, the first one first.
TERMS = (
    """MATCH (:Person {key: $key})<-[:OF]-(m:Membership)
RETURN """
    + TERM
    + """ ORDER BY starts, at, id LIMIT 500"""
)


# One row: how many of the reader's terms they have now seen.
SEEN = """MATCH (:Person {key: $key})<-[:OF]-(m:Membership) WHERE m.seen_at IS NULL
SET m.seen_at = $now RETURN count(m) AS n"""


# One row: somebody who is or was a member, with every term of theirs; the hidden and the dead are
# in no count.
EVERYBODY = (
    """MATCH (p:Person)<-[:OF]-(m:Membership) WHERE """
    + shown("p")
    + """ AND """
    + alive("p")
    + """ AND NOT """
    + in_quarantine("p")
    + """ AND """
    + registered("p")
    + """
RETURN p.key AS key, collect([m.starts, m.ends, m.ended_on]) AS terms ORDER BY key LIMIT 1000000"""
)

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = "EXISTS { (me)<-[:OF]-(:Membership) }"


@dataclass(frozen=True)
class Mine:
    """Somebody's membership and tier on a day, by the rules that hold on it."""

    rules: LoyaltyRules
    today: date
    terms: tuple[Term, ...]
    standing: Standing
    tiered: Tiered
    acts: tuple[Act, ...] = ()

    @property
    def tier(self) -> str:
        """The name of the tier of a member; '' for who is none."""
        return self.tiered.tier if self.standing.valid else ""

    @property
    def ended(self) -> bool:
        """Whether staff have ended it, and nothing has been granted since."""
        return bool(self.terms) and ended_by_staff(self.terms, self.today)

    @property
    def offer(self) -> tuple[date, date] | None:
        """The first and last day that joining or renewing would add today; None if it cannot."""
        if self.ended:
            return None
        try:
            return terms.next_term(
                self.terms,
                self.today,
                years=self.rules.membership.years,
                renewal_days=self.rules.membership.renewal_days,
            )
        except Conflict:
            return None


@dataclass(frozen=True)
class Counted:
    """An act as its doer's page shows it: what it is worth today, before caps, and at what it was.

    `thing` is the event, project or community, if the reader may see it.
    """

    act: Act
    worth: Fraction
    thing: Row | None


def ended_by_staff(held: tuple[Term, ...], today: date) -> bool:
    """Return whether the last word was staff's, that it is over."""
    ended = [t.ended_at for t in held if t.ended_at and t.ended_on and t.ended_on <= today]
    return bool(ended) and not any(term.at and term.at > max(ended) for term in held)


def rules_now(home: Path | None = None, *, now: datetime | None = None) -> LoyaltyRules:
    """Return the rules that hold today.

    Raises
    ------
    BadFile
    """
    found = versions(home)
    return in_force(found, found[0].today(now))


def term_of(row: Row) -> Term:
    """Return a row as a term."""
    row = native(row)
    return Term(
        row["starts"],
        row["ends"],
        row["ended_on"],
        row["id"],
        row["kind"],
        row["note"] or "",
        row["ended_note"] or "",
        row["at"],
        row["ended_at"],
    )


def of_person(
    store: Store, viewer: Viewer, key: int, *, home: Path | None = None, now: datetime | None = None
) -> Mine:
    """Return somebody's membership, to them and to staff who have the task.

    Raises
    ------
    NotAllowed
    """
    if viewer.person_key != key:
        viewer.require_staff()
    return _of(store, key, rules_now(home, now=now), now)


def of_holder(
    store: Store, key: int, *, home: Path | None = None, now: datetime | None = None
) -> Mine:
    """Return the membership behind a card or a code; for engines, not for pages."""
    return _of(store, key, rules_now(home, now=now), now)


def _of(store: Store, key: int, rules: LoyaltyRules, now: datetime | None) -> Mine:
    held = tuple(term_of(row) for row in store.read(TERMS, key=key))
    today = rules.today(now)
    acts = acts_of_person(store, rules, key, now=now)
    return Mine(
        rules,
        today,
        held,
        terms.standing(held, today),
        tiered(acts, rules, today),
        tuple(acts),
    )


def acts_of_person(
    store: Store, rules: LoyaltyRules, key: int, *, now: datetime | None = None
) -> list[Act]:
    """Return what counts of somebody's ledger."""
    name = pseudonyms.pseudonyms(store.read, [key]).get(key)
    if name is None:
        return []
    end = datetime.now(UTC) if now is None else now
    years = len(rules.decay.shares) + BEFORE
    start = datetime(end.year - years, 1, 1, tzinfo=UTC)
    return acts_of(ledger.of_one(store, name, start, end), rules, name)


def counted(store: Store, viewer: Viewer, mine: Mine, *, most: int = 12) -> list[Counted]:
    """Return the reader's own acts that are worth something today, the latest first."""
    worths = [(act, worth(act, mine.rules, mine.today)) for act in mine.acts]
    latest = sorted(
        (pair for pair in worths if pair[1]),
        key=lambda pair: (pair[0].day, pair[0].act_id),
        reverse=True,
    )[:most]
    things = reader.about(store, viewer, [act.act_id for act, _ in latest])
    return [Counted(act, value, things.get(act.act_id)) for act, value in latest]


def waiting(
    store: Store, viewer: Viewer, *, home: Path | None = None
) -> tuple[list[Term], date | None]:
    """Return the reader's terms that staff have granted or ended and they have not seen.

    Beside them the last day of a membership that ends soon and that the reader can renew; else
    None. One query: it is asked on every visit to /home.
    """
    rows = store.read(TERMS, key=viewer.own_key())
    if not rows:
        return [], None
    held = tuple(term_of(row) for row in rows)
    unseen = [term for term, row in zip(held, rows, strict=True) if row["seen_at"] is None]
    today = rules_now(home).today()
    found = terms.standing(held, today)
    ends = found.soon and not ended_by_staff(held, today)
    return unseen, found.until if ends else None


def seen(store: Store, viewer: Viewer) -> None:
    """Keep that the reader has seen what staff did."""
    store.write(SEEN, key=viewer.own_key(), now=datetime.now(UTC))


def by_tier(
    store: Store, viewer: Viewer, *, home: Path | None = None, now: datetime | None = None
) -> dict[str, int]:
    """Return how many members there are of each tier, and of those whose membership has lapsed.

    The hidden, the dead and those in quarantine are in no number.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    rules = rules_now(home, now=now)
    today = rules.today(now)
    counts = dict.fromkeys([*rules.order, "lapsed", "soon"], 0)
    valid = []
    for row in store.read(EVERYBODY):
        held = [_span(*one) for one in row["terms"]]
        found = terms.standing(held, today)
        if found.valid:
            valid.append(int(row["key"]))
            counts["soon"] += found.soon
        else:
            counts["lapsed"] += found.state == "lapsed"
    for name in tiers_of(store, viewer, valid, home=home, now=now).values():
        counts[name] += 1
    return counts


def _span(starts: Any, ends: Any, ended_on: Any) -> Term:
    """Return a term of days as the driver gives them."""
    day = native({"starts": starts, "ends": ends, "ended_on": ended_on})
    return Term(day["starts"], day["ends"], day["ended_on"])


def tiers_of(
    store: Store,
    viewer: Viewer,
    keys: Sequence[int],
    *,
    home: Path | None = None,
    now: datetime | None = None,
) -> dict[int, str]:
    """Return the tier of each of many people, members or not, in as many queries as of one.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    rules = rules_now(home, now=now)
    today = rules.today(now)
    names = pseudonyms.pseudonyms(store.read, keys)
    stop = datetime.now(UTC) if now is None else now
    start = datetime(stop.year - len(rules.decay.shares) - BEFORE, 1, 1, tzinfo=UTC)
    mine: dict[str, list[Entry]] = {name: [] for name in names.values()}
    for entry in ledger.in_time(store.read, start, stop):
        if entry.pseudonym in mine:
            mine[entry.pseudonym].append(entry)
    found = dict.fromkeys(keys, rules.order[0])
    for key, name in names.items():
        found[key] = tiered(acts_of(mine[name], rules, name), rules, today).tier
    return found
