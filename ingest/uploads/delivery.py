"""What the same sender said before, and says now: compared before anything is written.

Nothing ends by silence: who is no longer in the file stays as they are, and is counted. An empty
cell takes nothing away unless staff say so, nor does an address, a number or a study that the file
names no more; a city that became another is the former one from then on. Each kind of change is
taken or left by choice. What is left stands in the record as it was, so that the next file is
compared with what the base holds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphnet.store import Store
from ingest.uploads.rows import SAID, SEPARATOR, Line

TAKEN = {"new": True, "changed": True, "city": True, "emptied": False, "contacts": False,
         "studies": False, "gone": False}  # fmt: skip
CONTACTS = {"emails": "email_nodes", "phones": "phone_nodes"}
STUDIES = ("graduation_year", "intake_year", "group_name", "unit")
SHOWN = 20
KIND = "person"
MISSED = "missed"  # beside what a record said: that the last file did not name it

# A stream. One row: what a record of this sender said when it came last, and whose it is.
BEFORE = """MATCH (r:Record {source: $source}) WHERE NOT r.origin STARTS WITH '#'
OPTIONAL MATCH (r)-[:ABOUT]->(p:Person)
RETURN r.origin AS origin, r.fields AS fields, p.key AS key,
  r.missed IS NOT NULL OR r.gone_at IS NOT NULL AS missed ORDER BY origin"""


@dataclass
class Compared:
    """How a delivery differs from what the same sender has said before.

    changed: column to how many; emptied too, addresses, numbers and studies in `dropped`. gone:
    names of some who are no longer in the file; back: of some who were not in the one before.
    """

    new: int = 0
    unchanged: int = 0
    changed_rows: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    examples: list[tuple[str, str, str, str]] = field(default_factory=list)
    gone: int = 0
    gone_names: list[str] = field(default_factory=list)
    gone_origins: list[str] = field(default_factory=list)
    back: int = 0
    back_names: list[str] = field(default_factory=list)

    @property
    def again(self) -> bool:
        """Whether anything of this sender is in the base already."""
        return bool(self.unchanged or self.changed_rows or self.gone)

    @property
    def whole(self) -> bool:
        """Whether this is the sender's list anew, rather than some rows of it."""
        return self.gone <= self.unchanged + self.changed_rows


def before(store: Store, source: str) -> dict[str, Line]:
    """Return the lines that this sender's records were made of, by what they are called."""
    prefix = f"{source}:{KIND}:"
    found: dict[str, Line] = {}
    for row in store.stream(BEFORE, source=source):
        if row["key"] is not None and row["fields"] and row["origin"].startswith(prefix):
            line = json.loads(row["fields"]) | ({MISSED: "yes"} if row["missed"] else {})
            found[row["origin"].removeprefix(prefix)] = line
    return found


def compare(
    lines: Mapping[int, Line],
    earlier: Mapping[str, Line],
    take: Mapping[str, Any],
    *,
    university: str = "",
) -> tuple[dict[int, Line], Compared]:
    """Return the lines as they are to be written, and how they differ from the earlier ones.

    Parameters
    ----------
    university
        The unit of whom no faculty is named.
    """
    wanted = TAKEN | dict(take)
    told = Compared()
    kept: dict[int, Line] = {}
    for place, line in lines.items():
        old = earlier.get(line["origin"])
        if old is None:
            told.new += 1
            if wanted["new"]:
                kept[place] = line
            continue
        if old.get(MISSED):
            told.back += 1
            if len(told.back_names) < SHOWN:
                told.back_names.append(name_of(old))
        line = line | {"who": old.get("who") or line["who"]}
        kept[place] = _against(line, old, wanted, told, university)
    here = {line["origin"] for line in lines.values()}
    for origin, old in sorted(earlier.items()):
        if origin not in here:
            told.gone += 1
            told.gone_origins.append(origin)
            if len(told.gone_names) < SHOWN:
                told.gone_names.append(name_of(old))
    return kept, told


def _against(
    line: Line, old: Line, wanted: Mapping[str, Any], told: Compared, university: str
) -> Line:
    made = dict(line)
    differs = False
    for column in SAID:
        was, now = old.get(column, ""), line[column]
        if was == now:
            continue
        if column in CONTACTS:
            made[column] = _contacts(column, was, now, wanted, told)
            if set(was.split(SEPARATOR)) == set(now.split(SEPARATOR)):
                continue  # in another order
        else:
            # Without a faculty somebody is of the university: that is no faculty that they are of.
            emptied = not now or (column == "unit" and now == university)
            kind = _kind(column, was, emptied=emptied)
            counts = told.changed if not emptied else told.emptied
            counts = told.dropped if kind == "studies" else counts
            counts[column] = counts.get(column, 0) + 1
            if not wanted[kind]:
                made[column] = was
        differs = True
        if len(told.examples) < SHOWN:
            told.examples.append((name_of(old), column, was, now))
    for column, nodes in CONTACTS.items():
        had, says = old.get(column, "").split(SEPARATOR), made[column].split(SEPARATOR)
        fresh = [value for value in says if value and value not in had]
        made_before = [value for value in old.get(nodes, "").split(SEPARATOR) if value in says]
        made[nodes] = SEPARATOR.join([*filter(None, made_before), *fresh])
    if differs:
        told.changed_rows += 1
    else:
        told.unchanged += 1
    if not wanted["changed"]:
        made["said"] = old.get("said", made["said"])
    return made


def _kind(column: str, was: str, *, emptied: bool) -> str:
    """Return of which kind a change is, by which it is taken or left."""
    if emptied and column in STUDIES and was:
        return "studies"
    if emptied:
        return "emptied"
    return "city" if column == "city" and was else "changed"


def _contacts(column: str, was: str, now: str, wanted: Mapping[str, Any], told: Compared) -> str:
    """Return the addresses or numbers that stand: fresh ones, and those that are named no more."""
    had, has = ([v for v in text.split(SEPARATOR) if v] for text in (was, now))
    fresh = [value for value in has if value not in had]
    dropped = [value for value in had if value not in has]
    if fresh:
        told.changed[column] = told.changed.get(column, 0) + 1
    if dropped:
        told.dropped[column] = told.dropped.get(column, 0) + 1
    kept = [value for value in had if value in has or not wanted["contacts"]]
    return SEPARATOR.join([*kept, *(fresh if wanted["changed"] else ())])


def name_of(line: Line) -> str:
    """Return what a line calls its person."""
    parts = (line.get(name, "") for name in ("family_name", "given_name", "patronymic"))
    return " ".join(part for part in parts if part)
