"""Drafting a season, announcing it, withdrawing it, and changing its terms while the law allows."""

from collections.abc import Callable, Collection
from datetime import datetime

from graphnet import mail
from graphnet.contest.seasons import (
    LOCKED,
    SEASONS,
    VERSIONS,
    Season,
    locked,
    record,
    season_of_row,
    sha256,
)
from graphnet.contest.terms import Terms, differences, from_json, to_json
from graphnet.errors import BadValue, Conflict, ConstraintViolated
from graphnet.ledger.rules import SeasonRules, read_rules
from graphnet.model import new_id
from graphnet.privacy import Viewer, alive, in_quarantine
from graphnet.store import Row, Store, Transaction

# One row: the season that was drafted.
DRAFT = """CREATE (c:Contest {id: $id, season: $season, rules: $rules,
  rules_version: $rules_version, rules_sha256: $sha256})
CREATE (a:Announcement {id: $announcement, version: 1, terms: $terms, at: $now})-[:OF]->(c)
RETURN c.id AS id"""


# One row: the draft that was changed.
REDRAFT = """MATCH (a:Announcement)-[:OF]->(c:Contest {id: $id}) WHERE c.announced_at IS NULL
SET c.rules = $rules, c.rules_version = $rules_version, c.rules_sha256 = $sha256,
  a.terms = $terms, a.at = $now RETURN c.id AS id LIMIT 1"""


# One row: the announced season.
ANNOUNCE = """MATCH (a:Announcement)-[:OF]->(c:Contest {id: $id})
SET c.announced_at = $now, c.seed = $seed, a.at = $now RETURN c.id AS id LIMIT 1"""


# One row: whether somebody has been nominated in the season.
ENTERED = """MATCH (c:Contest {id: $id})
RETURN EXISTS { (:Nomination)-[:IN]->(c) } AS entered LIMIT 1"""


# One row: the season, which is a draft again.
WITHDRAW = """MATCH (c:Contest {id: $id}) SET c.announced_at = null, c.seed = null
RETURN c.id AS id LIMIT 1"""


# Nothing comes back: there is no voters' list any more.
NO_VOTERS = """MATCH (:Contest {id: $id})<-[v:MAY_VOTE]-(:Person) DELETE v"""


# One row: how many members are on the voters' list. All its properties are there from the
# beginning, with values of their later size, so that taking a ballot adds nothing that is new.
FIX_VOTERS = (
    """MATCH (c:Contest {id: $id})
CALL (c) {
  MATCH (p:Alumnus)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL AND """
    + alive("p")
    + """
    AND NOT """
    + in_quarantine("p")
    + """
  WITH DISTINCT c, p
  CREATE (p)-[:MAY_VOTE {took: false, claim: $nothing}]->(c)
  RETURN count(*) AS voters
}
RETURN voters"""
)


# One row: the version of the announcement that was added.
ADD_VERSION = """MATCH (c:Contest {id: $id})
CREATE (a:Announcement {id: $announcement, terms: $terms, at: $now,
  version: COUNT { (c)<-[:OF]-(:Announcement) } + 1})-[:OF]->(c) RETURN a.version AS version"""


# Nothing comes back: the season is no longer tied to an event.
UNTIE_EVENT = """MATCH (:Contest {id: $id})-[t:AWARDED_AT]->(:Event) DELETE t"""


# One row: the event at which the awards are given.
TIE_EVENT = """MATCH (e:Event {id: $event})
CALL (e) { MATCH (c:Contest {id: $id}) CREATE (c)-[:AWARDED_AT]->(e) }
RETURN e.id AS id LIMIT 1"""


# One row: an event of an Alumni Week at which awards could be given.
EVENTS_TO_CHOOSE = """MATCH (e:Event)-[:IN]->(f:Festival) WHERE e.cancelled_at IS NULL
RETURN e.id AS id, e.title AS title, coalesce(e.title_ru, e.title) AS title_ru,
  e.starts_at AS starts_at, f.name AS festival, coalesce(f.name_ru, f.name) AS festival_ru
ORDER BY starts_at DESC, id LIMIT 200"""


NOTHING = "0" * 64  # of the same length as the claim that takes its place


def draft(
    store: Store,
    viewer: Viewer,
    name: str,
    terms: Terms,
    *,
    rules: SeasonRules,
    now: datetime,
    seen: str = "",
) -> None:
    """Draft a season, or change the draft of one; nobody but staff sees it.

    Parameters
    ----------
    seen
        The `mark` of the draft that was looked at while this one was written; empty: any.

    Raises
    ------
    BadValue
        ``season`` if the name cannot be one, ``season differs`` if the rules are of another, or
        ``window`` if they count only what happens after the appeals; else what `Terms.check` says.
    Conflict
        ``announced``; ``meanwhile`` if it is not what was seen any more; ``overlap: NAME`` if an
        announced season counts some of the same days.
    NotAllowed
    """
    viewer.require_staff()
    if (
        not name
        or len(name) > 20
        or not all(c.isascii() and (c.isalnum() or c == "-") for c in name)
    ):
        raise BadValue(
            "a season is named by at most 20 Latin letters, digits and hyphens, like 2026",
            code="season",
            field="season",
        )
    terms.check()
    if rules.season != name:
        raise BadValue(
            f"the rules are of the season {rules.season}, and this is {name}",
            code="differs",
            field="season",
        )
    if rules.starts > terms.dates.appeal_until:
        raise BadValue(
            "the rules count only what happens after the appeals: choose other days", code="window"
        )
    values = {
        "terms": to_json(terms),
        "rules": rules.text,
        "rules_version": str(rules.version),
        "sha256": rules.sha256,
        "now": now,
    }

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, season=name)
        if rows and rows[0]["announced_at"] is not None:
            raise Conflict(
                f"the season {name} has been announced: its rules and terms are fixed",
                code="announced",
            )
        _not_meanwhile(rows, seen)
        _no_overlap(transaction, name, rules)
        contest = rows[0]["id"] if rows else new_id()
        if rows:
            transaction.run(REDRAFT, id=contest, **values)
        else:
            transaction.run(DRAFT, id=contest, season=name, announcement=new_id(), **values)
        _tie_event(transaction, contest, terms)
        record(transaction, viewer, contest, "drafted")

    try:
        store.in_write(work)
    except ConstraintViolated as problem:  # somebody else drafted it at the same moment
        raise Conflict(
            f"the season {name} has been announced meanwhile, or drafted by somebody else: look "
            "at it again",
            code="announced",
        ) from problem


def mark(found: Season) -> str:
    """Return what tells this state of a season's terms and rules from any other."""
    return sha256(f"{found.rules_sha256} {to_json(found.terms)}")[:16]


def _not_meanwhile(rows: list[Row], seen: str) -> None:
    if rows and seen and mark(season_of_row(rows[0])) != seen:
        raise Conflict(
            "somebody else has changed the season meanwhile: look at it again, then save once more",
            code="meanwhile",
        )


def _no_overlap(transaction: Transaction, name: str, rules: SeasonRules) -> None:
    """Let no day count for two seasons.

    Raises
    ------
    Conflict
    """
    for row in transaction.run(SEASONS, drafts=False):
        if row["season"] == name or not row["rules"]:
            continue
        other = read_rules(row["rules"])
        if rules.starts <= other.ends and other.starts <= rules.ends:
            raise Conflict(
                f"the season {row['season']} counts some of these days already: choose other days",
                code="overlap",
            )


def announce(store: Store, viewer: Viewer, name: str, *, now: datetime) -> int:
    """Announce a drafted season; return how many members are on its voters' list.

    From now on rules and weights are fixed, and so are the voters: in the same transaction, so that
    nobody joins the list because of who stands for election.

    Raises
    ------
    BadValue
        If the first day of the entry term has begun: it would be shorter than announced.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> int:
        found = locked(transaction, name)
        if found.announced_at is not None:
            raise Conflict(
                f"the season {found.season} has been announced already", code="announced"
            )
        if now >= found.terms.begins(found.terms.dates.entry_from):
            raise BadValue(
                "the first day of entry has begun: choose later days, then announce", code="late"
            )
        _no_overlap(transaction, name, read_rules(found.rules))
        seed = sha256(f"{found.season} {found.rules_sha256} {to_json(found.terms)}")[:16]
        transaction.run(ANNOUNCE, id=found.id, now=now, seed=seed)
        voters = int(transaction.run(FIX_VOTERS, id=found.id, nothing=NOTHING)[0]["voters"])
        record(
            transaction,
            viewer,
            found.id,
            "announced",
            detail=f"rules {found.rules_version}, sha256 {found.rules_sha256}; {voters} voters",
        )
        return voters

    return store.in_write(work)


def withdraw(store: Store, viewer: Viewer, name: str) -> None:
    """Take an announcement back, while nobody has been nominated: it is a draft again.

    Raises
    ------
    Conflict
        ``draft`` if it is not announced; ``entered`` after the first nomination.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        found = locked(transaction, name)
        if found.announced_at is None:
            raise Conflict(
                f"the season {found.season} is a draft: there is no announcement to withdraw",
                code="draft",
            )
        if transaction.run(ENTERED, id=found.id)[0]["entered"]:
            raise Conflict(
                f"somebody has been nominated for the season {found.season}: it can no longer be "
                "withdrawn",
                code="entered",
            )
        transaction.run(WITHDRAW, id=found.id)
        transaction.run(NO_VOTERS, id=found.id)
        record(transaction, viewer, found.id, "announcement withdrawn")

    store.in_write(work)


# One row: a living candidate of the season, the first of their nominations, and where to write.
CANDIDATES = (
    """MATCH (:Contest {id: $id})<-[:IN]-(n:Nomination)-[:OF]->(p:Person)
WHERE n.state IN ['accepted', 'admitted'] AND """
    + alive("p")
    + """
WITH p, min(n.id) AS nomination
RETURN nomination,
  COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN a.email ORDER BY a.email LIMIT 1 }
  + COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'email'}) WHERE c.bounced_at IS NULL
              RETURN c.value ORDER BY c.verified_at DESC, c.value LIMIT 1 } AS addresses
ORDER BY nomination LIMIT 10000"""
)


def change(
    store: Store, viewer: Viewer, name: str, terms: Terms, *, now: datetime,
    letter: Callable[[Collection[str]], mail.Letter] | None = None, seen: str = "",
) -> int:  # fmt: skip
    """Change the terms of an announced season; return the number of the new version.

    Who stands already entered under other terms: each such candidate is written to, once, with the
    `letter` on the names of what was changed.

    The half of the entry term is counted by the shortest of all versions, so that moving the last
    day does not open the terms again.

    Raises
    ------
    Conflict
        After the first half of the entry term: ``half``; if nothing would change: ``same``.
    BadValue
        If a criterion, category or day that has passed would be another.
    """
    viewer.require_staff()
    terms.check()

    def work(transaction: Transaction) -> int:
        found = locked(transaction, name)
        if found.announced_at is None:
            raise Conflict(
                f"the season {found.season} is a draft: save it, then announce it", code="draft"
            )
        if seen and mark(found) != seen:
            raise Conflict(
                "somebody else has changed the season meanwhile: look at it again, then save "
                "once more",
                code="meanwhile",
            )
        versions = [from_json(row["terms"]) for row in transaction.run(VERSIONS, id=found.id)]
        if now >= min(version.half_time() for version in versions):
            raise Conflict(
                "half of the entry term has passed: the terms can no longer be changed", code="half"
            )
        changed = differences(found.terms, terms)
        if not changed:
            raise Conflict("nothing is different from the terms in force", code="same")
        begun = now >= found.terms.begins(found.terms.dates.entry_from)
        if begun and {"entry_from", "categories"} & set(changed):
            raise BadValue(
                "the entry term has begun: its first day and the categories stay", code="begun"
            )
        if terms.ends(terms.dates.entry_until) <= now or terms.half_time() <= now:
            raise BadValue(
                "these days would leave less than half of the entry term: choose a later end",
                code="past",
            )
        rows = transaction.run(
            ADD_VERSION, id=found.id, announcement=new_id(), terms=to_json(terms), now=now
        )
        _tie_event(transaction, found.id, terms)
        version = int(rows[0]["version"])
        written = letter(sorted(changed)) if letter else None
        for row in transaction.run(CANDIDATES, id=found.id) if written else ():
            if written and row["addresses"]:
                mail.enqueue(
                    transaction,
                    to=row["addresses"][0],
                    subject=written.subject,
                    text=written.text,
                    key=f"contest terms:{row['nomination']}:{version}",
                )
        record(
            transaction,
            viewer,
            found.id,
            "terms changed",
            detail=f"version {version}: {', '.join(sorted(changed))}",
        )
        return version

    return store.in_write(work)


def events_to_choose(store: Store) -> list[Row]:
    """Return the events of Alumni Weeks, the latest first."""
    return store.read(EVENTS_TO_CHOOSE)


def _tie_event(transaction: Transaction, contest: str, terms: Terms) -> None:
    transaction.run(UNTIE_EVENT, id=contest)
    if terms.event and not transaction.run(TIE_EVENT, id=contest, event=terms.event):
        raise BadValue(
            f"the event {terms.event} is not there any more: choose another one", code="event"
        )
