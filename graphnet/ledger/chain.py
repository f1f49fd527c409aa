"""The chain of the ledger: each entry as it stands, sealed by the hash of the one before it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from graphnet.errors import Conflict
from graphnet.ledger.scoring import Entry, canonical, instant, sha256
from graphnet.store import Row, Store

GENESIS = "0" * 64

# One row: an entry with its link in the chain, in order. Stream.
CHAIN = """MATCH (c:Contribution) WHERE c.number > 0
RETURN c.number AS number, c.chain_hash AS chain_hash, c.act_id AS act_id, c.kind AS kind,
  c.mode AS mode, c.happened_at AS happened_at, c.recorded_at AS recorded_at,
  c.points_basis AS basis, c.thing AS thing, c.participation AS participation,
  c.evidence_hash AS evidence_hash, c.corrects AS corrects, c.pseudonym AS pseudonym
ORDER BY number LIMIT 50000000"""

# One row: the number that the newest entry must have.
NEWEST = "MATCH (c:Counter {name: 'ledger'}) RETURN c.next AS number LIMIT 1"


class Chain:
    """The end of the chain of hashes: gives each next entry its number and its link."""

    def __init__(self, number: int = 0, tip: str = GENESIS) -> None:
        self.number = number
        self.tip = tip

    def row(self, entry: Entry) -> Row:
        """Return the entry as it is stored, linked to the one before."""
        self.number += 1
        self.tip = sha256(self.tip + entry.hash)
        return {
            "act_id": entry.act_id,
            "number": self.number,
            "kind": entry.kind,
            "mode": entry.mode,
            "happened_at": entry.happened_at,
            "recorded_at": entry.recorded_at,
            "basis": str(entry.basis),
            "thing": entry.thing,
            "participation": entry.participation,
            "evidence_hash": entry.evidence_hash,
            "corrects": entry.corrects,
            "pseudonym": entry.pseudonym,
            "chain_hash": self.tip,
        }


def native_time(at: Any) -> datetime:
    moment: datetime = at.to_native() if hasattr(at, "to_native") else at
    return moment.astimezone(UTC)


def evidence_hash(salt: str, facts: str, entered_by: str) -> str:
    """Return the hash by which an entry holds on to its evidence."""
    return sha256(canonical([salt, facts, entered_by]))


def texts(row: Row) -> dict[str, str]:
    """Return a row of the graph as the texts that are hashed, whatever was written into it."""
    return {
        name: instant(native_time(value))
        if name in ("happened_at", "recorded_at") and value
        else ""
        if value is None
        else str(value)
        for name, value in row.items()
    }


def entry_from(row: Row) -> Entry:
    """Return the entry that a row of the graph is.

    Raises
    ------
    Conflict
        If somebody wrote a basis into the database that is no number.
    """
    try:
        basis = Fraction(row["basis"])
    except (ValueError, TypeError, ZeroDivisionError) as problem:
        raise Conflict(
            f"ledger entry {row['act_id']}: the basis is {row['basis']!r}, not a number: it was "
            "changed past the program; `graphnet contest verify` says what it was"
        ) from problem
    return Entry(
        act_id=row["act_id"],
        pseudonym=row["pseudonym"] or "",
        kind=row["kind"] or "",
        mode=row["mode"] or "",
        happened_at=native_time(row["happened_at"]),
        recorded_at=native_time(row["recorded_at"]),
        basis=basis,
        thing=row["thing"] or "",
        participation=row["participation"] or "",
        evidence_hash=row["evidence_hash"] or "",
        corrects=row["corrects"] or "",
    )


@dataclass(frozen=True)
class BrokenLink:
    """The first place where the chain does not hold."""

    number: int
    act_id: str
    expected: str
    found: str


def broken_link(store: Store) -> BrokenLink | None:
    """Follow the chain of the whole ledger; return the first place where it breaks, if any.

    O(n); 100,000 entries take about 3 s.
    """
    links = Chain()
    for row in store.stream(CHAIN):
        entry = entry_from(row)
        if row["number"] != links.number + 1:
            return BrokenLink(links.number + 1, "", "an entry", "nothing")
        expected = links.row(entry)["chain_hash"]
        if expected != row["chain_hash"]:
            return BrokenLink(row["number"], entry.act_id, expected, row["chain_hash"] or "")
    newest = store.read(NEWEST)
    if newest and newest[0]["number"] != links.number:
        return BrokenLink(links.number + 1, "", f"{newest[0]['number']} entries", str(links.number))
    return None
