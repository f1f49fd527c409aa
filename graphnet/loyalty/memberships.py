"""Memberships in the graph: joining, renewing; what staff grant and end, with a reason.

A `:Membership` is one term and is never changed but for being ended before its time. What somebody
is on a day follows from the dates: see `graphnet.loyalty.terms`. Acts of one person wait for each
other, so that a double click adds one term.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from graphnet import mail
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.ledger import entries as ledger
from graphnet.ledger import pseudonyms
from graphnet.ledger.scoring import Entry
from graphnet.loyalty import terms
from graphnet.loyalty.rules import LoyaltyRules, in_force, versions
from graphnet.loyalty.terms import DAY, Standing, Term
from graphnet.loyalty.tiers import Act, Tiered, acts_of, tiered
from graphnet.model import new_id
from graphnet.privacy import Viewer, alive, in_quarantine, registered, shown
from graphnet.store import Row, Store, Transaction, native

PURPOSE = "membership"
LETTER = "loyalty.membership"
LONGEST_NOTE = 500
BEFORE = 4  # years of the ledger that can matter, beyond those of the rules

_TERM = """m.id AS id, m.starts AS starts, m.ends AS ends, m.kind AS kind, m.at AS at,
  m.note AS note, m.ended_on AS ended_on, m.ended_note AS ended_note, m.ended_at AS ended_at,
  m.seen_at AS seen_at"""

# One row: a term of somebody's membership, the first one first.
TERMS = (
    """MATCH (:Person {key: $key})<-[:OF]-(m:Membership)
RETURN """
    + _TERM
    + """ ORDER BY starts, at, id LIMIT 500"""
)

# One row: the person, locked until the act is committed; staff grant nothing to the dead.
LOCK = (
    """MATCH (p:Person {key: $key}) WHERE """
    + alive("p")
    + """ SET p.key = p.key
RETURN p.key AS key, p.id AS id,
  head([(p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
    | [a.email, coalesce(a.language, p.language, '')]]) AS address LIMIT 1"""
)

# One row: the new term.
ADD = """MATCH (p:Person {key: $key})
CREATE (m:Membership {id: $id, starts: $starts, ends: $ends, kind: $kind, at: $now, by: $by,
  note: $note, seen_at: $seen_at})-[:OF]->(p) RETURN m.id AS id"""

# One row: a term that was still running, or to come, and is not any more.
END = """MATCH (:Person {key: $key})<-[:OF]-(m:Membership)
WHERE (m.ends IS NULL OR m.ends > $day) AND (m.ended_on IS NULL OR m.ended_on > $day)
SET m.ended_on = $day, m.ended_note = $note, m.ended_by = $by, m.ended_at = $now,
  m.seen_at = $seen_at
RETURN m.id AS id ORDER BY id"""

# One row: how many of the reader's terms they have now seen.
SEEN = """MATCH (:Person {key: $key})<-[:OF]-(m:Membership) WHERE m.seen_at IS NULL
SET m.seen_at = $now RETURN count(m) AS n"""

# One row: a term, for the letter that tells of it.
TOLD = "MATCH (m:Membership {id: $id})-[:OF]->(:Person) RETURN " + _TERM + " LIMIT 1"

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


def join(
    store: Store, viewer: Viewer, *, home: Path | None = None, now: datetime | None = None
) -> tuple[date, date]:
    """Join, or renew; return the first and the last day of the new term.

    Raises
    ------
    NotAllowed
    Conflict
        'lifetime' if it has no end, 'early' if it cannot be renewed yet (so that a second click
        adds nothing), 'ended' if staff have ended it.
    """
    key = viewer.me()
    rules = rules_now(home, now=now)
    today = rules.today(now)

    def work(transaction: Transaction) -> tuple[date, date]:
        held = _locked(transaction, key)[1]
        if held and ended_by_staff(held, today):
            raise Conflict("ended")
        starts, ends = terms.next_term(
            held,
            today,
            years=rules.membership.years,
            renewal_days=rules.membership.renewal_days,
        )
        at = datetime.now(UTC)
        made = new_id()
        kind = "renewed" if held else "joined"
        transaction.run(
            ADD, key=key, id=made, starts=starts, ends=ends, kind=kind, now=at,
            by=viewer.account_id, note="", seen_at=at,
        )  # fmt: skip
        acted(transaction, viewer, f"membership {kind}", made, keys=[key], change="membership")
        return starts, ends

    return store.in_write(work)


def _locked(transaction: Transaction, key: int) -> tuple[Row, tuple[Term, ...]]:
    rows = transaction.run(LOCK, key=key)
    if not rows:
        raise ThingNotFound("no such person")
    return rows[0], tuple(term_of(row) for row in transaction.run(TERMS, key=key))


def _note(text: str) -> str:
    note = " ".join(text.split())
    if not 3 <= len(note) <= LONGEST_NOTE:
        raise BadValue("note: say why, in a sentence that the person reads")
    return note


def grant(
    store: Store,
    viewer: Viewer,
    key: int,
    *,
    note: str,
    years: int = 0,
    starts: date | None = None,
    home: Path | None = None,
    now: datetime | None = None,
) -> str:
    """Grant a membership, and tell the person; return the term's id.

    Parameters
    ----------
    years
        For how long; 0: for life, and then there is no end any more.
    starts
        Its first day; without one the day after the last term, and today where that is over.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        'lifetime' if it has no end already.
    """
    viewer.require_staff()
    text = _note(note)
    if not 0 <= years <= 50:
        raise BadValue("years: between 1 and 50, or for life")
    rules = rules_now(home, now=now)
    today = rules.today(now)
    if starts is not None and not date(1900, 1, 1) <= starts <= terms.anniversary(today, 1):
        raise BadValue("starts: no later than in a year")

    def work(transaction: Transaction) -> str:
        person, held = _locked(transaction, key)
        times = terms.spans(held)
        if times and times[-1][1] is None:
            raise Conflict("lifetime")
        last = times[-1][1] if times else None
        # For life it begins at once: what is still running has no end any more.
        after = today if last is None or last < today or not years else last + DAY
        first = after if starts is None else starts
        ends = terms.last_day(first, years) if years else None
        if ends is not None and ends < today:
            raise BadValue("starts: it would be over already")
        made = new_id()
        transaction.run(
            ADD, key=key, id=made, starts=first, ends=ends, kind="granted",
            now=datetime.now(UTC), by=viewer.account_id, note=text, seen_at=None,
        )  # fmt: skip
        _told(transaction, viewer, "membership granted", person, made, text)
        return made

    return store.in_write(work)


def end(
    store: Store,
    viewer: Viewer,
    key: int,
    *,
    note: str,
    day: date | None = None,
    home: Path | None = None,
    now: datetime | None = None,
) -> int:
    """End a membership with its last day, and tell the person; return how many terms it ended.

    Parameters
    ----------
    day
        The last day on which it holds; without one yesterday: it is over at once.

    Raises
    ------
    NotAllowed, ThingNotFound, BadValue
    Conflict
        'over' if there is nothing to end.
    """
    viewer.require_staff()
    text = _note(note)
    today = rules_now(home, now=now).today(now)
    last = today - DAY if day is None else day
    if last < today - DAY:
        raise BadValue("day: what was a membership cannot be undone, only ended from now on")

    def work(transaction: Transaction) -> int:
        person = _locked(transaction, key)[0]
        rows = transaction.run(
            END, key=key, day=last, note=text, by=viewer.account_id, now=datetime.now(UTC),
            seen_at=None,
        )  # fmt: skip
        if not rows:
            raise Conflict("over")
        _told(transaction, viewer, "membership ended", person, rows[0]["id"], text)
        return len(rows)

    return store.in_write(work)


def _told(
    transaction: Transaction, viewer: Viewer, act: str, person: Row, term: str, note: str
) -> None:
    acted(transaction, viewer, act, term, detail=note, keys=[person["key"]], change="membership")
    if person["address"] is not None:
        to, language = person["address"]
        mail.enqueue_about(
            transaction,
            LETTER,
            {"term": term},
            to=to,
            key=f"{act}:{term}",
            language=language,
            person=person["id"],
        )


def told(store: Store, term: str) -> Term | None:
    """Return a term for the letter about it."""
    rows = store.read(TOLD, id=term)
    return term_of(rows[0]) if rows else None


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
