"""The score of a season: a sum over ledger entries, by a rule file, and nothing else.

Everything here is a pure function of entries and rules, in exact fractions, so that anyone with a
frozen season recomputes it without a database. People stand in it by their pseudonyms.

A score has two parts. *Contributed* is what somebody did; *mobilised* is the participation of
others that can be traced to them. Who mobilised one participation together share its credit: their
shares add up to one, however many they are and by however many ways each of them did it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from graphnet.ledger.rules import PARTS, SeasonRules

# Why a point counts less than it could; a page says it in words.
COUNTED, KIND_CAP, MODE_CAP, CORRECTED, NOT_IN_RULES, ANOTHER_WAY = (
    "counted", "kind cap", "mode cap", "corrected", "not in the rules", "another way",
)  # fmt: skip


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces; what is hashed and signed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Return the SHA-256 sum of a text as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def instant(at: datetime) -> str:
    """Return a time as it is hashed: in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Entry:
    """One line of the ledger, under a pseudonym; it never changes.

    `basis` says how many times the kind's points it is worth (a fraction for a share of a credit);
    `participation` is a token of what somebody else took part in, the same for all who brought it
    about; `corrects` names the entry that this one takes back.
    """

    act_id: str
    pseudonym: str
    kind: str
    mode: str
    happened_at: datetime
    recorded_at: datetime
    basis: Fraction
    thing: str
    participation: str
    evidence_hash: str
    corrects: str = ""

    def fields(self) -> dict[str, str]:
        """Return the fields that are hashed and frozen, as texts."""
        return {
            "act_id": self.act_id,
            "pseudonym": self.pseudonym,
            "kind": self.kind,
            "mode": self.mode,
            "happened_at": instant(self.happened_at),
            "recorded_at": instant(self.recorded_at),
            "basis": str(self.basis),
            "thing": self.thing,
            "participation": self.participation,
            "evidence_hash": self.evidence_hash,
            "corrects": self.corrects,
        }

    @property
    def hash(self) -> str:
        """The SHA-256 sum of the fields in their canonical text."""
        return sha256(canonical(self.fields()))


def entry_of(fields: Mapping[str, str]) -> Entry:
    """Return the entry that has these fields; the inverse of `Entry.fields`."""
    return Entry(
        act_id=fields["act_id"],
        pseudonym=fields["pseudonym"],
        kind=fields["kind"],
        mode=fields["mode"],
        happened_at=datetime.fromisoformat(fields["happened_at"]),
        recorded_at=datetime.fromisoformat(fields["recorded_at"]),
        basis=Fraction(fields["basis"]),
        thing=fields["thing"],
        participation=fields["participation"],
        evidence_hash=fields["evidence_hash"],
        corrects=fields["corrects"],
    )


@dataclass(frozen=True)
class Point:
    """What one entry is worth: the points it could bring, those that count, and why not more."""

    entry: Entry
    part: str
    share: Fraction
    points: Fraction
    counted: Fraction
    why: str = COUNTED


@dataclass(frozen=True)
class Score:
    """One pseudonym's season; `points` opens every part to the entries it is made of."""

    pseudonym: str
    contributed: Fraction
    mobilised: Fraction
    points: tuple[Point, ...]

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes of engagement in which something counts, in alphabetical order."""
        return tuple(sorted({p.entry.mode for p in self.points if p.counted > 0}))

    @property
    def capped(self) -> Fraction:
        """The points that the caps took away."""
        return sum(
            (p.points - p.counted for p in self.points if p.why in (KIND_CAP, MODE_CAP)),
            Fraction(0),
        )

    def total(self, rules: SeasonRules) -> Fraction:
        """Return the standing's number: the two parts by their weights."""
        weights = rules.weights
        return weights.contributed * self.contributed + weights.mobilised * self.mobilised


def score(entries: Iterable[Entry], rules: SeasonRules) -> dict[str, Score]:
    """Return everybody's score by pseudonym.

    An entry counts if it happened within the season, its kind stands in the rules and no
    counter-entry takes it back. Entries are taken in the order in which they happened (then by
    `act_id`), so that a cap cuts the latest. Caps of a kind come first, then those of a mode, which
    hold for the contributed part only. The order of `entries` is of no consequence.

    Parameters
    ----------
    entries
        Ledger entries, counter-entries among them.
    rules
        The season's rules.

    Returns
    -------
    dict
        Pseudonym: `Score`, in the order of the pseudonyms. Whoever has an entry in the season is
        there, with nothing if nothing counts. O(n log n); 50,000 entries take 0.5 s.
    """
    every = sorted(entries, key=lambda e: (e.happened_at, e.act_id))
    taken_back = {e.corrects for e in every if e.corrects}
    season = [e for e in every if not e.corrects and rules.within(e.happened_at)]
    live = [e for e in season if e.act_id not in taken_back and e.kind in rules.kinds]
    shares = _shares(live, rules)
    of_kind: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    of_mode: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    points: dict[str, list[Point]] = defaultdict(list)
    for entry in season:
        mine = points[entry.pseudonym]
        kind = rules.kinds.get(entry.kind)
        if kind is None:
            nothing = Fraction(0)
            mine.append(Point(entry, PARTS[0], nothing, nothing, nothing, NOT_IN_RULES))
            continue
        if entry.act_id in taken_back:
            worth = kind.points * entry.basis
            mine.append(Point(entry, kind.part, Fraction(1), worth, Fraction(0), CORRECTED))
            continue
        share = shares.get(entry.act_id)
        if share == 0:
            nothing = Fraction(0)
            mine.append(Point(entry, kind.part, nothing, nothing, nothing, ANOTHER_WAY))
            continue
        full = kind.points * (entry.basis if share is None else share)
        counted, why = full, COUNTED
        if kind.at_most is not None:
            room = kind.at_most - of_kind[entry.pseudonym, entry.kind]
            if counted > room:
                counted, why = room, KIND_CAP
        cap = rules.caps.get(kind.mode)
        if cap is not None and kind.part == "contributed":
            room = cap - of_mode[entry.pseudonym, kind.mode]
            if counted > room:
                counted, why = room, MODE_CAP
            of_mode[entry.pseudonym, kind.mode] += counted
        of_kind[entry.pseudonym, entry.kind] += counted
        mine.append(Point(entry, kind.part, share or Fraction(1), full, counted, why))
    return {
        pseudonym: Score(
            pseudonym,
            _sum(points[pseudonym], "contributed"),
            _sum(points[pseudonym], "mobilised"),
            tuple(points[pseudonym]),
        )
        for pseudonym in sorted(points)
    }


def _sum(points: Iterable[Point], part: str) -> Fraction:
    return sum((p.counted for p in points if p.part == part), Fraction(0))


def _shares(live: Iterable[Entry], rules: SeasonRules) -> dict[str, Fraction]:
    """Return each sharing entry's part of the credit, by act; the parts of one whole add up to 1.

    Of several ways in which one person brought the same participation about, the one whose kind
    stands first in the rule file counts; the others have share 0.
    """
    order = {name: place for place, name in enumerate(rules.kinds)}
    together: dict[str, dict[str, Entry]] = defaultdict(dict)
    shares: dict[str, Fraction] = {}
    for entry in live:
        if not entry.participation or rules.kinds[entry.kind].part != "mobilised":
            continue
        shares[entry.act_id] = Fraction(0)
        best = together[entry.participation].get(entry.pseudonym)
        if best is None or order[entry.kind] < order[best.kind]:
            together[entry.participation][entry.pseudonym] = entry
    for sharers in together.values():
        whole = sum((e.basis for e in sharers.values()), Fraction(0))
        for entry in sharers.values():
            shares[entry.act_id] = entry.basis / whole
    return shares


def ranks(totals: Mapping[str, Fraction]) -> dict[str, int]:
    """Return each one's rank: 1 is the highest total, equals share the better rank (1, 2, 2, 4)."""
    result: dict[str, int] = {}
    rank, last = 0, None
    for place, name in enumerate(sorted(totals, key=lambda n: (-totals[n], n)), start=1):
        if totals[name] != last:
            rank, last = place, totals[name]
        result[name] = rank
    return result
