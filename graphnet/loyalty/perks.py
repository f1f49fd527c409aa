"""Perks: what partners offer to members. Staff enter them; a member sees those that are for them.

An offer says what it is, who may have it (from which tier on, of which intakes and faculty), how
many there are, from when until when, and on what terms. What it is on a day follows from its dates.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path

from graphnet.consent import newest
from graphnet.errors import BadValue, ThingNotFound
from graphnet.loyalty import codes
from graphnet.loyalty.memberships import Mine, of_person, rules_now
from graphnet.loyalty.rules import LoyaltyRules
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, native

KINDS = ("discount", "laboratory", "contacts", "course", "event")
LONGEST_LINE, LONGEST_TEXT, MOST, MOST_DAYS = 160, 4000, 100_000, 366

_PERK = """k.id AS id, k.kind AS kind, k.title AS title, k.title_ru AS title_ru,
  k.terms AS terms, k.terms_ru AS terms_ru, k.tier AS tier, k.from_year AS from_year,
  k.to_year AS to_year, k.quantity AS quantity, k.opens_on AS opens_on, k.closes_on AS closes_on,
  k.hold_days AS hold_days, k.version AS version, k.published_at AS published_at,
  k.ended_at AS ended_at, head([(k)-[:FOR]->(u:Unit) | u.id]) AS unit,
  head([(k)-[:FOR]->(u:Unit) | u.name]) AS unit_name,
  head([(k)-[:FOR]->(u:Unit) | coalesce(u.name_ru, u.name)]) AS unit_name_ru,
  r.id AS partner, r.name AS partner_name, coalesce(r.name_ru, r.name) AS partner_name_ru,
  r.about AS about, r.about_ru AS about_ru, r.url AS url, r.ended_at AS partner_ended_at"""
# Codes that are used, or may be yet: what is given back or has run out is there for others again.
_HELD = """COUNT { (k)<-[:FOR]-(c:PerkCode) WHERE c.returned_at IS NULL
    AND (c.redeemed_at IS NOT NULL OR c.until >= $today) } AS held"""

# One row: an offer of a partner, whatever its state, the newest first.
OF_PARTNER = (
    """MATCH (k:Perk)-[:OF]->(r:Partner {id: $partner})
RETURN """
    + _PERK
    + ", "
    + _HELD
    + """
ORDER BY k.created_at DESC, id LIMIT 200"""
)

# One row: the offer.
PERK = """MATCH (k:Perk {id: $id})-[:OF]->(r:Partner) RETURN """ + _PERK + ", " + _HELD + " LIMIT 1"

# One row: the offer, locked until the act is committed.
LOCKED = (
    """MATCH (k:Perk {id: $id})-[:OF]->(r:Partner) SET k.id = k.id
RETURN """
    + _PERK
    + " LIMIT 1"
)

# One row: how many codes of the locked offer are used or may be yet.
HELD = """MATCH (k:Perk {id: $id}) RETURN """ + _HELD + " LIMIT 1"

# One row: an offer that members may see: announced, of a partner who is with us, not over.
OFFERED = (
    """MATCH (k:Perk)-[:OF]->(r:Partner)
WHERE k.published_at IS NOT NULL AND k.ended_at IS NULL AND r.ended_at IS NULL
  AND (k.closes_on IS NULL OR k.closes_on >= $today)
RETURN """
    + _PERK
    + ", "
    + _HELD
    + """
ORDER BY k.published_at DESC, id LIMIT 200"""
)

# One row: a code of the viewer's, the newest first.
MY_CODES = (
    """MATCH (:Person {key: $me})<-[:BY]-(c:PerkCode)-[:FOR]->(k:Perk)-[:OF]->(r:Partner)
WHERE $id = '' OR k.id = $id
RETURN c.id AS code_id, c.code_hash AS code_hash, c.taken_at AS taken_at, c.until AS until,
  c.redeemed_at AS redeemed_at, c.returned_at AS returned_at, """
    + _PERK
    + """
ORDER BY taken_at DESC, code_id LIMIT 200"""
)

# One row: what decides whether somebody may have an offer: intakes, units, the consent.
STUDIED = (
    """MATCH (p:Person {key: $me})
RETURN COLLECT { MATCH (p)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(c:Cohort)
    RETURN DISTINCT c.intake_year ORDER BY c.intake_year LIMIT 20 } AS years,
  COLLECT { MATCH (p)-[:STUDIED_IN]->(:StudyGroup)-[:OF]->(:Cohort)-[:OF]->(:Unit)
      -[:PART_OF*0..4]->(u:Unit)
    RETURN DISTINCT u.id ORDER BY u.id LIMIT 100 } AS units,
  """
    + newest("p", "partners")
    + """ AS partners LIMIT 1"""
)


@dataclass(frozen=True)
class Content:
    """What staff enter of an offer; years are those of the intake."""

    kind: str = "discount"
    title: str = ""
    title_ru: str = ""
    terms: str = ""
    terms_ru: str = ""
    tier: str = ""
    from_year: int | None = None
    to_year: int | None = None
    unit: str = ""
    quantity: int | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    hold_days: int = 30

    def check(self, rules: LoyaltyRules) -> None:
        """Refuse what makes no sense.

        Raises
        ------
        BadValue
            With the field before a colon.
        """
        if self.kind not in KINDS:
            raise BadValue(f"an offer is one of {', '.join(KINDS)}", code="unknown", field="kind")
        if not (self.title.strip() or self.title_ru.strip()):
            raise BadValue(
                "an offer has a title, in English or in Russian", code="needed", field="title_ru"
            )
        for name, text in asdict(self).items():
            most = LONGEST_TEXT if name.startswith("terms") else LONGEST_LINE
            if isinstance(text, str) and len(text) > most:
                raise BadValue(f"{name} has at most {most:,} characters", code="long", field=name)
        if self.tier and self.tier not in rules.tiers:
            raise BadValue(
                f"there is no tier {self.tier!r}: choose one of {', '.join(rules.tiers)}",
                code="unknown",
                field="tier",
            )
        if self.from_year and self.to_year and self.to_year < self.from_year:
            raise BadValue(
                "the last year of intake cannot lie before the first one",
                code="before",
                field="to_year",
            )
        if self.quantity is not None and not 1 <= self.quantity <= MOST:
            raise BadValue(
                f"of an offer there are 1 to {MOST:,}, or as many as are wanted",
                code="range",
                field="quantity",
            )
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise BadValue(
                "an offer cannot close before it opens", code="before", field="closes_on"
            )
        if not 1 <= self.hold_days <= MOST_DAYS:
            raise BadValue(
                f"what is taken is held for 1 to {MOST_DAYS} days", code="range", field="hold_days"
            )

    def values(self) -> Row:
        """Return what is written: a text in one language only is the same in both."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "unit"}
        for name in ("title", "terms"):
            english, russian = values[name].strip(), values[f"{name}_ru"].strip()
            values[name], values[f"{name}_ru"] = english or russian, russian or english
        return values


@dataclass(frozen=True)
class Perk:
    """An offer as it is on a day; `held` counts codes that are used or may be yet."""

    id: str
    content: Content
    version: int
    partner: str
    partner_names: tuple[str, str]
    partner_about: tuple[str, str]
    partner_url: str
    unit_names: tuple[str, str]
    state: str  # draft | coming | open | full | over | ended
    held: int

    @property
    def left(self) -> int | None:
        """How many are left; None if there is no limit."""
        quantity = self.content.quantity
        return None if quantity is None else max(quantity - self.held, 0)


@dataclass(frozen=True)
class Code:
    """A code of a member's: what to say at the partner's, until when, and what came of it."""

    id: str
    perk: Perk
    text: str
    until: date
    state: str  # held | redeemed | returned | lapsed
    redeemed_at: datetime | None


def perk_of(row: Row, today: date) -> Perk:
    """Return a row as an offer on a day."""
    row = native(row)
    given: Row = {f.name: row[f.name] for f in fields(Content) if row[f.name] is not None}
    content = Content(**given)
    held = row.get("held") or 0
    if row["published_at"] is None:
        state = "draft"
    elif row["ended_at"] is not None or row["partner_ended_at"] is not None:
        state = "ended"
    elif content.opens_on is not None and today < content.opens_on:
        state = "coming"
    elif content.closes_on is not None and today > content.closes_on:
        state = "over"
    elif content.quantity is not None and held >= content.quantity:
        state = "full"
    else:
        state = "open"
    return Perk(
        row["id"],
        content,
        row["version"] or 0,
        row["partner"],
        (row["partner_name"], row["partner_name_ru"]),
        (row["about"] or row["about_ru"] or "", row["about_ru"] or row["about"] or ""),
        row["url"] or "",
        (row["unit_name"] or "", row["unit_name_ru"] or ""),
        state,
        held,
    )


def code_of(row: Row, today: date, keys: Sequence[bytes]) -> Code:
    """Return a row as a code on a day."""
    row = native(row)
    if row["redeemed_at"] is not None:
        state = "redeemed"
    elif row["returned_at"] is not None:
        state = "returned"
    else:
        state = "held" if row["until"] >= today else "lapsed"
    text = codes.own(keys, row["partner"], row["code_id"], row["code_hash"])
    perk = perk_of(row, today)
    return Code(row["code_id"], perk, text, row["until"], state, row["redeemed_at"])


# What a member may have


@dataclass(frozen=True)
class Reader:
    """What decides about offers for one member."""

    mine: Mine
    years: frozenset[int]
    units: frozenset[str]
    agreed: bool

    def why_not(self, perk: Perk) -> str:
        """Return why they may not have an offer: '', 'member', 'tier', 'years' or 'unit'."""
        content = perk.content
        if not self.mine.standing.valid:
            return "member"
        order = self.mine.rules.order
        if content.tier in order and order.index(content.tier) > order.index(self.mine.tier):
            return "tier"
        low, high = content.from_year or 0, content.to_year or 9999
        if (content.from_year or content.to_year) and not any(
            low <= year <= high for year in self.years
        ):
            return "years"
        if content.unit and content.unit not in self.units:
            return "unit"
        return ""


def reader(store: Store, viewer: Viewer, *, home: Path | None = None) -> Reader:
    """Return what decides about offers for the viewer.

    Raises
    ------
    NotAllowed
    """
    me = viewer.me()
    rows = store.read(STUDIED, me=me)
    row = rows[0] if rows else {"years": [], "units": [], "partners": []}
    return Reader(
        of_person(store, viewer, me, home=home),
        frozenset(year for year in row["years"] if year),
        frozenset(row["units"]),
        row["partners"] == ["given"],
    )


def offered(store: Store, asks: Reader) -> list[tuple[Perk, str]]:
    """Return the offers of now, each with why the reader may not have it; '' if they may.

    None to who has not agreed to see partners' offers. Those of other intakes and faculties are not
    the reader's to see; those of a higher tier say what they ask for.
    """
    if not asks.agreed:
        return []
    today = asks.mine.today
    found = [perk_of(row, today) for row in store.read(OFFERED, today=today)]
    judged = [(perk, asks.why_not(perk)) for perk in found]
    return [(perk, why) for perk, why in judged if why not in ("years", "unit")]


def my_codes(
    store: Store, viewer: Viewer, today: date, *, keys: Sequence[bytes], perk_id: str = ""
) -> list[Code]:
    """Return the viewer's codes, the newest first."""
    rows = store.read(MY_CODES, me=viewer.own_key(), id=perk_id)
    return [code_of(row, today, keys) for row in rows]


def for_member(store: Store, asks: Reader, perk_id: str) -> tuple[Perk, str]:
    """Return one offer, and why the reader may not have it.

    Raises
    ------
    ThingNotFound
        Also of one that is not theirs to see.
    """
    for perk, why in offered(store, asks):
        if perk.id == perk_id:
            return perk, why
    raise ThingNotFound("no such perk")


# What staff do


def of_partner(
    store: Store, viewer: Viewer, partner_id: str, *, home: Path | None = None
) -> list[Perk]:
    """Return a partner's offers, to staff.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    today = rules_now(home).today()
    return [perk_of(row, today) for row in store.read(OF_PARTNER, partner=partner_id, today=today)]


def one(store: Store, viewer: Viewer, perk_id: str, *, home: Path | None = None) -> Perk:
    """Return an offer, to staff.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()
    today = rules_now(home).today()
    rows = store.read(PERK, id=perk_id, today=today)
    if not rows:
        raise ThingNotFound("no such perk")
    return perk_of(rows[0], today)
