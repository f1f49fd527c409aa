"""Taking a perk, giving it back, redeeming it at the partner's: each once, whoever clicks at once.

Taking locks the offer, redeeming the code; who comes second sees what the first one did. A code
says nothing of its owner: the partner learns what it is for, and whether it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from graphnet import tokens
from graphnet.audit import acted, audit
from graphnet.errors import Conflict, ThingNotFound
from graphnet.loyalty import codes
from graphnet.loyalty.memberships import of_holder, rules_now
from graphnet.loyalty.partners import Partner
from graphnet.loyalty.perks import (
    HELD,
    LOCKED,
    MY_CODES,
    OF_PARTNER,
    Code,
    Perk,
    code_of,
    perk_of,
    reader,
)
from graphnet.model import new_id
from graphnet.privacy import SMALLEST_CELL, Viewer
from graphnet.store import Row, Store, Transaction, native

# Why an offer is not given, by what `Reader.why_not` and the offer's state say in a word.
NOT_TAKEN = {
    "consent": "you have not agreed to see partners' offers: agree first",
    "member": "this offer is for members: join first",
    "tier": "this offer is for a higher tier of membership",
    "years": "this offer is for other years of intake",
    "unit": "this offer is for another faculty",
    "coming": "this offer cannot be taken yet",
    "over": "this offer is over",
    "ended": "the partner has ended this offer",
    "full": "all of them are given out: look again, some are given back",
}

# One row: the new code.
CREATE = """MATCH (k:Perk {id: $perk})
CALL (k) { MATCH (p:Person {key: $me}) RETURN p }
CREATE (c:PerkCode {id: $id, code_hash: $code_hash, taken_at: $now, until: $until})
CREATE (c)-[:FOR]->(k) CREATE (c)-[:BY]->(p) RETURN c.id AS id"""

# One row: a code of the viewer's that was not used, and is there for others again.
RETURN_IT = """MATCH (:Person {key: $me})<-[:BY]-(c:PerkCode {id: $id})
WHERE c.redeemed_at IS NULL AND c.returned_at IS NULL SET c.returned_at = $now
RETURN c.id AS id"""

# One row: a partner's code that is somebody's, locked until the act is committed.
TYPED = """MATCH (c:PerkCode {code_hash: $code_hash}) SET c.id = c.id
WITH c MATCH (p:Person)<-[:BY]-(c)-[:FOR]->(k:Perk)-[:OF]->(:Partner {id: $partner})
RETURN c.id AS id, c.until AS until, c.redeemed_at AS redeemed_at, c.returned_at AS returned_at,
  k.id AS perk, k.title AS title, k.title_ru AS title_ru, p.key AS key LIMIT 1"""

# One row: the code, which is used now.
REDEEM = """MATCH (c:PerkCode {id: $id}) SET c.redeemed_at = $now RETURN c.id AS id"""

# One row: what has come of an offer's codes, by now.
FIGURES = """MATCH (k:Perk)-[:OF]->(:Partner {id: $partner})
RETURN k.id AS id,
  COUNT { (k)<-[:FOR]-(:PerkCode) } AS taken,
  COUNT { (k)<-[:FOR]-(c:PerkCode) WHERE c.redeemed_at IS NOT NULL } AS redeemed,
  COUNT { (k)<-[:FOR]-(c:PerkCode) WHERE c.redeemed_at >= $month } AS lately
ORDER BY id LIMIT 200"""


@dataclass(frozen=True)
class Redeemed:
    """What came of a code: 'redeemed', 'again' (since `at`), 'lapsed' or 'unknown'."""

    outcome: str
    titles: tuple[str, str] = ("", "")
    at: datetime | None = None


@dataclass(frozen=True)
class Figures:
    """What has come of an offer; None where it is fewer than five, and more than none."""

    perk: Perk
    taken: int | None
    redeemed: int | None
    lately: int | None


def take(
    store: Store,
    viewer: Viewer,
    perk_id: str,
    *,
    keys: Sequence[bytes],
    home: Path | None = None,
) -> Code:
    """Take an offer, and return the code; whoever has one that still holds gets the same again.

    Raises
    ------
    NotAllowed, ThingNotFound
    Conflict
        'consent', 'member', 'tier', 'years', 'unit': why it is not theirs; 'coming', 'over',
        'ended', 'full': why nobody can take it; 'once': they have used it.
    """
    me = viewer.me()
    asks = reader(store, viewer, home=home)
    today = asks.mine.today

    def work(transaction: Transaction) -> Code:
        rows = transaction.run(LOCKED, id=perk_id)
        if not rows or rows[0]["published_at"] is None:
            raise ThingNotFound("no such perk")
        mine = [code_of(row, today, keys) for row in transaction.run(MY_CODES, me=me, id=perk_id)]
        if held := next((one for one in mine if one.state == "held"), None):
            return held
        if any(one.state == "redeemed" for one in mine):
            raise Conflict("you have used this offer already: it is for once", code="once")
        count = transaction.run(HELD, id=perk_id, today=today)[0]["held"]
        perk = perk_of(rows[0] | {"held": count}, today)
        why = "" if asks.agreed else "consent"
        if why := why or asks.why_not(perk):
            raise Conflict(NOT_TAKEN.get(why, "this offer is not for you"), code=why)
        if perk.state != "open":
            raise Conflict(
                NOT_TAKEN.get(perk.state, "this offer cannot be taken now"), code=perk.state
            )
        until = today + timedelta(days=perk.content.hold_days)
        if perk.content.closes_on is not None:
            until = min(until, perk.content.closes_on)
        code_id = new_id()
        text = codes.code(keys[0], code_id)
        transaction.run(
            CREATE, perk=perk_id, me=me, id=code_id, now=datetime.now(UTC), until=until,
            code_hash=codes.kept(keys[0], perk.partner, text),
        )  # fmt: skip
        acted(transaction, viewer, "take perk", perk_id)
        return Code(code_id, perk, tokens.halves(text), until, "held", None)

    return store.in_write(work)


def give_back(store: Store, viewer: Viewer, code_id: str) -> None:
    """Give a code back that was not used, so that somebody else can have it.

    Raises
    ------
    NotAllowed
    Conflict
        If it is used or given back already, or is not the viewer's.
    """
    me = viewer.me()

    def work(transaction: Transaction) -> None:
        if not transaction.run(RETURN_IT, me=me, id=code_id, now=datetime.now(UTC)):
            raise Conflict(
                "this code was used, given back or has run out: there is nothing to give back",
                code="used",
            )
        acted(transaction, viewer, "give perk back", code_id)

    store.in_write(work)


def redeem(
    store: Store,
    partner: Partner,
    text: str,
    *,
    keys: Sequence[bytes],
    home: Path | None = None,
    now: datetime | None = None,
) -> Redeemed:
    """Use a code at the partner's, once; who types it again is told since when it is used."""
    plain = tokens.typed(text[:40])
    if len(plain) != codes.LENGTH:
        return Redeemed("unknown")
    at = datetime.now(UTC) if now is None else now
    today = rules_now(home, now=now).today(now)

    def work(transaction: Transaction) -> Redeemed:
        for key in keys:
            hashed = codes.kept(key, partner.id, plain)
            if rows := transaction.run(TYPED, code_hash=hashed, partner=partner.id):
                return _used(transaction, native(rows[0]))
        return Redeemed("unknown")

    def _used(transaction: Transaction, row: Row) -> Redeemed:
        titles = row["title"], row["title_ru"]
        if row["redeemed_at"] is not None:
            return Redeemed("again", titles, row["redeemed_at"])
        over = row["returned_at"] is not None or row["until"] < today
        if over or not of_holder(store, row["key"], home=home, now=now).standing.valid:
            return Redeemed("lapsed", titles)
        transaction.run(REDEEM, id=row["id"], now=at)
        audit(transaction, "", "partner", "redeem perk", "redeem", row["id"], partner.id)
        return Redeemed("redeemed", titles, at)

    return store.in_write(work)


def figures(store: Store, partner: Partner, *, home: Path | None = None) -> list[Figures]:
    """Return what has come of a partner's announced offers, for the partner and for staff.

    Numbers below five are not told: they would point at people.
    """
    now = datetime.now(UTC)
    today = rules_now(home).today()
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    counts = {row["id"]: row for row in store.read(FIGURES, partner=partner.id, month=month)}
    rows = store.read(OF_PARTNER, partner=partner.id, today=today)
    found = [perk_of(row, today) for row in rows]
    return [
        Figures(perk, *(_told(counts[perk.id][name]) for name in ("taken", "redeemed", "lately")))
        for perk in found
        if perk.state != "draft" and perk.id in counts
    ]


def _told(number: int) -> int | None:
    return number if number == 0 or number >= SMALLEST_CELL else None
