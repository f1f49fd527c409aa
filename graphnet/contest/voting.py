"""The members' vote: secret also from staff and from the database.

How a ballot is kept apart from its voter
-----------------------------------------
1. The browser is given two random numbers, the *ballot's name* and the *claim's salt*; both stay
   with the voter. Nothing is stored by asking for them.
2. The voter *takes* a ballot: on their tie to the contest ``took`` becomes true and ``claim`` the
   hash of salt and name together. The answer is the name with a seal (HMAC with the site's secret
   key): that is the voter's *receipt*. A hash with a salt of 128 random bits that the graph never
   sees says nothing about the name, so the tie points to no ballot. If the answer is lost, the same
   two numbers claim the same receipt again; with other numbers nobody gets a second one.
3. The voter *casts* with the receipt alone: the seal is checked, and a ``:Ballot`` with the hash of
   the name is written, in a transaction of its own, perhaps days later, from any device, signed
   in or not. Casting again with the receipt replaces the choice, until the vote ends.

A ballot has no time, no tie but to the contest, and no entry in the audit trail or the feed of
changes, nor has the taking: their order would be a link. Both properties of the voter's tie are
there, at their size, from the day the list was fixed. No query can join the two sides, and a test
looks at the whole content of the graph for it.

What remains: whoever reads the database's own transaction log or compares its files from minute to
minute sees when each side was written, and whoever runs the web server's process sees requests
while they are answered; if few vote at the time, they can guess. Waiting between taking and casting
defeats this, and the page says so. The site's secret key makes seals: who has it and the database
can add ballots, which shows as more ballots than were taken. Being asked to show a receipt is a
risk of every vote from home; as a choice can be changed until the end, a receipt proves little.

Approval voting: a member approves of any number of candidates in each category (Brams and Fishburn
1978). Candidates who resemble each other take no votes from each other, and nobody needs to guess
who has a chance. A candidate's part is approvals divided by ballots.
"""

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from graphnet.contest.jurors import in_jury
from graphnet.contest.seasons import Season, locked, need_phase
from graphnet.errors import BadValue, Conflict, NotAllowed
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction

# One row: the voter's tie, locked for the while; a juror of the season has no vote besides.
VOTER = (
    """MATCH (p:Person {key: $me})-[v:MAY_VOTE]->(c:Contest {id: $contest})
SET v.took = v.took
RETURN v.took AS took, v.claim AS claim, """
    + in_jury("p", "c")
    + " AS juror LIMIT 1"
)

# One row: the same without a lock.
MAY = (
    """MATCH (p:Person {key: $me})-[v:MAY_VOTE]->(c:Contest {id: $contest})
RETURN v.took AS took, """
    + in_jury("p", "c")
    + " AS juror LIMIT 1"
)

# One row: the voter has taken a ballot.
TAKE = """MATCH (:Person {key: $me})-[v:MAY_VOTE]->(:Contest {id: $contest})
SET v.took = true, v.claim = $claim RETURN v.took AS took LIMIT 1"""

# One row: the ballot, new or replaced.
CAST = """MATCH (c:Contest {id: $contest})
MERGE (b:Ballot {id: $ballot}) SET b.choices = $choices MERGE (b)-[:IN]->(c)
RETURN b.id AS id LIMIT 1"""

# One row: the choices of the ballot with that receipt.
HELD = """MATCH (b:Ballot {id: $ballot})-[:IN]->(:Contest {id: $contest})
RETURN b.choices AS choices LIMIT 1"""

# One row: a candidate for whom one can vote.
STANDING = """MATCH (n:Nomination {state: 'admitted'})-[:IN]->(:Contest {id: $contest})
RETURN n.id AS id ORDER BY id LIMIT 2000"""

# One row: one ballot; read only after the vote has ended.
BALLOTS = """MATCH (b:Ballot)-[:IN]->(:Contest {id: $contest})
RETURN b.choices AS choices ORDER BY b.id LIMIT 1000000"""

# One row: how many are on the list, and how many took a ballot.
TURNOUT = """MATCH (:Person)-[v:MAY_VOTE]->(:Contest {id: $contest})
RETURN count(v) AS listed, count(CASE WHEN v.took THEN 1 END) AS took LIMIT 1"""


@dataclass(frozen=True)
class Right:
    """Whether somebody can vote in a season, and whether they have taken their ballot."""

    listed: bool
    took: bool
    juror: bool

    @property
    def can_take(self) -> bool:
        """Whether a ballot lies ready for them."""
        return self.listed and not self.took and not self.juror


@dataclass(frozen=True)
class Count:
    """The counted vote: approvals by candidate, ballots in all, ballots taken, members listed."""

    approvals: dict[str, int]
    ballots: int
    took: int
    listed: int

    def part(self, nomination: str) -> Fraction:
        """Return the share of ballots that approve of a candidate, from 0 to 1."""
        return Fraction(self.approvals.get(nomination, 0), self.ballots or 1)


def right(store: Store, viewer: Viewer, season: Season) -> Right:
    """Return whether the viewer can vote."""
    rows = store.read(MAY, me=viewer.person_key or 0, contest=season.id)
    if not rows:
        return Right(listed=False, took=False, juror=False)
    return Right(listed=True, took=rows[0]["took"], juror=rows[0]["juror"])


def numbers() -> tuple[str, str]:
    """Return a new ballot's name and its claim's salt; they are stored nowhere."""
    return secrets.token_hex(16), secrets.token_hex(16)


def take(
    store: Store,
    viewer: Viewer,
    name: str,
    numbers: tuple[str, str],
    *,
    keys: Sequence[bytes],
    now: datetime,
) -> str:
    """Take one's ballot and return its receipt; the same numbers again return the same receipt.

    Parameters
    ----------
    numbers
        The ballot's name and the claim's salt.
    keys
        The site's keys of ballots: the first seals the receipt, each opens one.

    Raises
    ------
    NotAllowed
        If the viewer is not on the voters' list, or sits in the jury.
    Conflict
        ``taken`` if another ballot was taken already; ``phase`` outside the vote.
    """
    me = viewer.person_key
    ballot, salt = numbers
    if me is None:
        raise NotAllowed("sign in first", code="visitor")
    if not _number(ballot) or not _number(salt):
        raise BadValue("this is no receipt of a ballot: look at every character", code="receipt")
    claim = hashlib.sha256(f"{salt} {ballot}".encode()).hexdigest()

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, "vote")
        rows = transaction.run(VOTER, me=me, contest=contest.id)
        if not rows or rows[0]["juror"]:
            raise NotAllowed(
                "you are not on the voters' list, or you sit in the jury", code="voters"
            )
        if rows[0]["took"] and not hmac.compare_digest(rows[0]["claim"], claim):
            raise Conflict(
                "you have taken your ballot already: vote with its receipt", code="taken"
            )
        transaction.run(TAKE, me=me, contest=contest.id, claim=claim)

    store.in_write(work)
    return f"{ballot}-{_seal(ballot, name, keys[0])}"


def cast(
    store: Store,
    name: str,
    receipt: str,
    choices: list[str],
    *,
    keys: Sequence[bytes],
    now: datetime,
) -> None:
    """Cast or change a ballot; whose it is, is not asked and not known.

    Raises
    ------
    BadValue
        If the receipt is not one of this season: ``receipt``; or a choice is no candidate.
    Conflict
        Outside the vote: ``phase``.
    """
    ballot = _opened(receipt, name, keys)

    def work(transaction: Transaction) -> None:
        contest = locked(transaction, name)
        need_phase(contest, now, "vote")
        standing = {row["id"] for row in transaction.run(STANDING, contest=contest.id)}
        if not set(choices) <= standing:
            raise BadValue(
                "somebody you chose does not stand any more: look at the list again", code="choice"
            )
        transaction.run(CAST, contest=contest.id, ballot=ballot, choices=sorted(set(choices)))

    store.in_write(work)


def held(
    store: Store, season: Season, receipt: str, *, keys: Sequence[bytes], now: datetime
) -> list[str] | None:
    """Return what a ballot says, to whoever has its receipt; None if it was not cast yet."""
    need_phase(season, now, "vote")
    rows = store.read(HELD, ballot=_opened(receipt, season.season, keys), contest=season.id)
    return list(rows[0]["choices"]) if rows else None


def count(store: Store, viewer: Viewer, season: Season, *, now: datetime) -> Count:
    """Count the ballots, once the vote has ended; before that nobody can, in any way.

    Raises
    ------
    Conflict
        While the vote runs: ``phase``.
    """
    need_phase(season, now, "appeal", "decision", "published", "archived")
    if not (viewer.is_staff or viewer.is_engine):
        raise NotAllowed("staff count the ballots", code="staff")
    rows = store.read(BALLOTS, contest=season.id)
    turnout = store.read(TURNOUT, contest=season.id)[0]
    approvals: Counter[str] = Counter()
    for row in rows:
        approvals.update(row["choices"])
    return Count(dict(sorted(approvals.items())), len(rows), turnout["took"], turnout["listed"])


def _seal(ballot: str, season: str, key: bytes) -> str:
    return hmac.new(key, f"{season} {ballot}".encode(), hashlib.sha256).hexdigest()[:32]


def _opened(receipt: str, season: str, keys: Sequence[bytes]) -> str:
    """The id of the ballot behind a receipt: a hash, so that the graph cannot make receipts."""
    ballot, _, seal = "".join(receipt.split()).partition("-")
    if (
        not _number(ballot)
        or not seal.isascii()
        or not any(hmac.compare_digest(seal, _seal(ballot, season, key)) for key in keys)
    ):
        raise BadValue("this is no receipt of this season: look at every character", code="receipt")
    return hashlib.sha256(f"{season} {ballot}".encode()).hexdigest()


def _number(text: str) -> bool:
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)
