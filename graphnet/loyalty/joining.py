"""Becoming a member, renewing, being granted or ended by staff: each is told."""

from datetime import UTC, date, datetime
from pathlib import Path

from graphnet import mail
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.loyalty import terms
from graphnet.loyalty.memberships import TERM, TERMS, ended_by_staff, rules_now, term_of
from graphnet.loyalty.terms import DAY, Term
from graphnet.model import new_id
from graphnet.privacy import Viewer, alive
from graphnet.store import Row, Store, Transaction

LETTER = "loyalty.membership"


LONGEST_NOTE = 500


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


# One row: a term, for the letter that tells of it.
TOLD = "MATCH (m:Membership {id: $id})-[:OF]->(:Person) RETURN " + TERM + " LIMIT 1"


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
            raise Conflict(
                "the Association has ended this membership: only staff can give it again",
                code="ended",
            )
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
        raise BadValue(
            f"say why, in 3 to {LONGEST_NOTE} characters: the person reads it",
            code="note",
            field="note",
        )
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
        raise BadValue(
            "a membership is for 1 to 50 years, or for life", code="years", field="years"
        )
    rules = rules_now(home, now=now)
    today = rules.today(now)
    if starts is not None and not date(1900, 1, 1) <= starts <= terms.anniversary(today, 1):
        raise BadValue(
            "a membership begins between 1900 and a year from now", code="starts", field="starts"
        )

    def work(transaction: Transaction) -> str:
        person, held = _locked(transaction, key)
        times = terms.spans(held)
        if times and times[-1][1] is None:
            raise Conflict(
                "this membership is for life: there is nothing to add to it", code="lifetime"
            )
        last = times[-1][1] if times else None
        # For life it begins at once: what is still running has no end any more.
        after = today if last is None or last < today or not years else last + DAY
        first = after if starts is None else starts
        ends = terms.last_day(first, years) if years else None
        if ends is not None and ends < today:
            raise BadValue(
                "a membership that began on that day would be over already",
                code="starts",
                field="starts",
            )
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
        raise BadValue(
            "what was a membership cannot be undone: it ends from now on", code="day", field="day"
        )

    def work(transaction: Transaction) -> int:
        person = _locked(transaction, key)[0]
        rows = transaction.run(
            END, key=key, day=last, note=text, by=viewer.account_id, now=datetime.now(UTC),
            seen_at=None,
        )  # fmt: skip
        if not rows:
            raise Conflict(
                "there is no membership that could be ended, or it is over already", code="over"
            )
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
