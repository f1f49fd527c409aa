"""Contributions from a list: a CSV file of a club, a faculty or an earlier season.

Columns: ``person`` (an id, a source's ``source:kind:id`` or an address), ``kind``, ``date``
(2026-05-31), ``note``; and, where there are such, ``quantity``, ``thing`` (the id of an event,
project or community), ``participant`` (as ``person``) and ``reference``, a name of the row that
stays the same in the next edition of the list. Bad rows are a report, not an exception, and the
same list again changes nothing. A row without a reference that was mended since would count twice:
what is like an entry of an earlier list, which this one has no more, is reported and not entered.
"""

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from graphnet.accounts import email_key
from graphnet.errors import BadFile, BadValue, NotFound
from graphnet.ledger import manual, pseudonyms
from graphnet.ledger.rules import SeasonRules
from graphnet.people import of_origins
from graphnet.privacy import Viewer
from graphnet.store import Store

NEEDED = ("person", "kind", "date", "note")
KNOWN = (*NEEDED, "quantity", "thing", "participant", "reference")

# One row: a person with one of the ids.
BY_ID = """UNWIND $ids AS wanted MATCH (p:Person {id: wanted})
RETURN wanted, p.key AS key ORDER BY wanted LIMIT 200000"""

# One row: a person with one of the addresses; two rows of one address are nobody's.
BY_ADDRESS = """UNWIND $addresses AS wanted
MATCH (c:ContactPoint {value_key: wanted, kind: 'email'})<-[:HAS]-(p:Person)
RETURN DISTINCT wanted, p.key AS key ORDER BY wanted, key LIMIT 200000"""

# One row: an act that the ledger has already.
THERE = """UNWIND $acts AS act MATCH (c:Contribution {act_id: act})
RETURN c.act_id AS act_id ORDER BY act_id LIMIT 200000"""

# One row: an act of a list that the ledger has, of the same person, kind and day as a row, and that
# was not taken back.
ALIKE = """UNWIND $rows AS row
MATCH (c:Contribution {pseudonym: row.pseudonym}) WHERE c.kind = row.kind AND c.happened_at = row.at
  AND c.act_id STARTS WITH 'list:'
  AND NOT EXISTS { MATCH (:Contribution {pseudonym: row.pseudonym, corrects: c.act_id}) }
RETURN row.act AS act, c.act_id AS before ORDER BY act, before LIMIT 200000"""


@dataclass(frozen=True)
class Reject:
    """A row that was not entered, and why."""

    row: int
    reason: str
    text: str


@dataclass(frozen=True)
class Listed:
    """What came of a list."""

    entered: int
    known: int
    rejects: tuple[Reject, ...]


def import_list(
    store: Store, viewer: Viewer, rules: Iterable[SeasonRules], path: Path, *, source: str
) -> Listed:
    """Enter every row of a list that can be entered.

    Parameters
    ----------
    rules
        The seasons that there are; each row belongs to the one its date lies in.
    source
        Whose list it is: with a row's reference (else its content) it names the act.

    Raises
    ------
    BadFile
        If the file is no CSV in UTF-8, or a column is missing or unknown.
    """
    rows = _read(path)
    seasons = list(rules)
    people = _people(store, [row for row, _ in rows])
    rejects: list[Reject] = []
    ready: list[tuple[int, dict[str, str], str]] = []
    seen: dict[str, int] = {}
    for number, (row, more) in enumerate(rows, start=2):
        if more:
            reason = "more cells than columns: put a text with commas into quotes"
            rejects.append(_reject(number, row, reason))
            continue
        act = _act(source, row)
        if act in seen:
            rejects.append(_reject(number, row, f"the same as row {seen[act]}"))
            continue
        seen[act] = number
        ready.append((number, row, act))
    there = {r["act_id"] for r in store.read(THERE, acts=[act for _, _, act in ready])}
    new = [(row, act) for _, row, act in ready if act not in there]
    alike = _alike(store, seasons, people, new, seen)
    entered = known = 0
    for number, row, act in ready:
        if act in there:
            known += 1
            continue
        if act in alike:
            reason = (
                "an earlier list has one of this person, kind and day that this list has no more: "
                "take that back first, or give both rows a reference"
            )
            rejects.append(_reject(number, row, reason))
            continue
        try:
            _enter(store, viewer, seasons, people, row, act)
        except (BadValue, NotFound) as problem:
            rejects.append(_reject(number, row, str(problem)))
        else:
            entered += 1
    return Listed(entered, known, tuple(sorted(rejects, key=lambda r: r.row)))


def _read(path: Path) -> list[tuple[dict[str, str], bool]]:
    """Return the rows, each with whether it has more in it than there are columns."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            columns = reader.fieldnames or ()
            missing = [name for name in NEEDED if name not in columns]
            unknown = [name for name in columns if name not in KNOWN]
            if missing or unknown:
                raise BadFile(
                    f"{path}: missing columns: {', '.join(missing) or 'none'}; unknown columns: "
                    f"{', '.join(map(str, unknown)) or 'none'}; there are {', '.join(KNOWN)}"
                )
            return [
                (
                    {name: (row.get(name) or "").strip() for name in KNOWN},
                    any(cell.strip() for cell in row.get(None) or ()),
                )
                for row in reader
                if any((value or "") for name, value in row.items() if name is not None)
            ]
    except UnicodeDecodeError as problem:
        raise BadFile(f"{path}: is not UTF-8: save it as “CSV UTF-8” with commas") from problem
    except (OSError, csv.Error) as problem:
        raise BadFile(f"{path}: cannot be read as CSV in UTF-8: {problem}") from problem


def _act(source: str, row: Mapping[str, str]) -> str:
    # Hashed: the ledger outlives an erasure, and a list may call people by their addresses.
    named = [row["reference"]] if row["reference"] else [row[name] for name in KNOWN]
    return "list:" + hashlib.sha256("\x1f".join([source, *named]).encode()).hexdigest()[:32]


def _reject(number: int, row: Mapping[str, str], reason: str) -> Reject:
    return Reject(number, reason, ", ".join(value for value in row.values() if value)[:200])


def _people(store: Store, rows: Iterable[Mapping[str, str]]) -> dict[str, int]:
    words = {row[name] for row in rows for name in ("person", "participant") if row[name]}
    addresses = {word: key for word in words if "@" in word and (key := _address(word))}
    found: dict[str, int] = {}
    by_address: dict[str, set[int]] = {}
    for hit in store.read(BY_ADDRESS, addresses=sorted(set(addresses.values()))):
        by_address.setdefault(hit["wanted"], set()).add(int(hit["key"]))
    for word, address in addresses.items():
        keys = by_address.get(address, set())
        if len(keys) == 1:
            found[word] = next(iter(keys))
    origins = of_origins(store, sorted(word for word in words if word.count(":") >= 2))
    found |= {word: key for word, (key, _) in origins.items()}
    for hit in store.read(BY_ID, ids=sorted(words)):
        found[hit["wanted"]] = int(hit["key"])
    return found


def _address(word: str) -> str:
    try:
        return email_key(word)
    except BadValue:
        return ""  # its row says that nobody is called so; the others are entered


def _alike(
    store: Store,
    seasons: list[SeasonRules],
    people: Mapping[str, int],
    rows: Iterable[tuple[Mapping[str, str], str]],
    here: Mapping[str, int],
) -> set[str]:
    """Return the acts of rows that may be an earlier one mended: of rows without a reference."""
    asked = []
    for row, act in rows:
        day = _day(row["date"])
        rules = next((r for r in seasons if day and r.starts <= day <= r.ends), None)
        if row["reference"] or rules is None or day is None or row["person"] not in people:
            continue
        asked.append((people[row["person"]], row["kind"], noon(day, rules), act))
    known = pseudonyms.pseudonyms(store.read, [key for key, *_ in asked])
    wanted = [
        {"pseudonym": known[key], "kind": kind, "at": at, "act": act}
        for key, kind, at, act in asked
        if key in known
    ]
    found = store.read(ALIKE, rows=wanted) if wanted else []
    return {row["act"] for row in found if row["before"] not in here}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _enter(
    store: Store,
    viewer: Viewer,
    seasons: list[SeasonRules],
    people: Mapping[str, int],
    row: Mapping[str, str],
    act: str,
) -> None:
    keys: dict[str, int] = {}
    for name in ("person", "participant"):
        if row[name]:
            if row[name] not in people:
                raise BadValue(f"{name}: nobody, or several people, by this name")
            keys[name] = people[row[name]]
    if "person" not in keys:
        raise BadValue("person: the row names nobody", code="empty", field="person")
    day = _day(row["date"])
    if day is None:
        raise BadValue("date: must be like 2026-05-31")
    rules = next((r for r in seasons if r.starts <= day <= r.ends), None)
    if rules is None:
        raise BadValue("date: in no season that has rules")
    quantity = row["quantity"] or "1"
    if not quantity.isascii() or not quantity.isdigit():
        raise BadValue("quantity: must be a whole number")
    manual.enter(
        store, viewer, rules, person_key=keys["person"], kind=row["kind"],
        day=noon(day, rules), note=row["note"], quantity=int(quantity), thing_id=row["thing"],
        participant_key=keys.get("participant"), act_id=act,
    )  # fmt: skip


def noon(day: date, rules: SeasonRules) -> datetime:
    """Return the noon of a day where the season is held; of today, a moment that has passed."""
    at = datetime.combine(day, time(12), ZoneInfo(rules.time_zone)).astimezone(UTC)
    now = datetime.now(UTC)
    return min(at, now) if at - now < timedelta(hours=12) else at
