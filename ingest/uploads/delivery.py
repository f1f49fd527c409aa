"""What the same sender said before, and says now: compared before anything is written.

Nothing ends by silence: who is no longer in the file stays as they are, and is counted. An empty
cell takes nothing away unless staff say so; a city that became another is the former one from
then on. Each kind of change is taken or left by choice.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphnet.store import Store
from ingest.uploads.rows import SAID, SEPARATOR, Line

TAKEN = {"new": True, "changed": True, "city": True, "emptied": False, "gone": False}
SHOWN = 20
KIND = "person"

# A stream. One row: what a record of this sender said when it came last, and whose it is.
BEFORE = """MATCH (r:Record {source: $source}) WHERE NOT r.origin STARTS WITH '#'
OPTIONAL MATCH (r)-[:ABOUT]->(p:Person)
RETURN r.origin AS origin, r.fields AS fields, p.key AS key ORDER BY origin"""


@dataclass
class Compared:
    """How a delivery differs from what the same sender has said before.

    changed: column to how many; emptied too. gone: names of some who are no longer in the file.
    """

    new: int = 0
    unchanged: int = 0
    changed_rows: int = 0
    changed: dict[str, int] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)
    examples: list[tuple[str, str, str, str]] = field(default_factory=list)
    gone: int = 0
    gone_names: list[str] = field(default_factory=list)
    gone_origins: list[str] = field(default_factory=list)

    @property
    def again(self) -> bool:
        """Whether anything of this sender is in the base already."""
        return bool(self.unchanged or self.changed_rows or self.gone)


def before(store: Store, source: str) -> dict[str, Line]:
    """Return the lines that this sender's records were made of, by what they are called."""
    prefix = f"{source}:{KIND}:"
    found: dict[str, Line] = {}
    for row in store.stream(BEFORE, source=source):
        if row["key"] is not None and row["fields"] and row["origin"].startswith(prefix):
            found[row["origin"].removeprefix(prefix)] = json.loads(row["fields"])
    return found


def compare(
    lines: Mapping[int, Line], earlier: Mapping[str, Line], take: Mapping[str, Any]
) -> tuple[dict[int, Line], Compared]:
    """Return the lines as they are to be written, and how they differ from the earlier ones."""
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
        line = line | {"who": old.get("who") or line["who"]}
        kept[place] = _against(line, old, wanted, told)
    here = {line["origin"] for line in lines.values()}
    for origin, old in sorted(earlier.items()):
        if origin not in here:
            told.gone += 1
            told.gone_origins.append(origin)
            if len(told.gone_names) < SHOWN:
                told.gone_names.append(name_of(old))
    return kept, told


def _against(line: Line, old: Line, wanted: Mapping[str, Any], told: Compared) -> Line:
    made = dict(line)
    differs = False
    for column in SAID:
        was, now = old.get(column, ""), line[column]
        if was == now:
            continue
        differs = True
        kind = told.changed if now else told.emptied
        kind[column] = kind.get(column, 0) + 1
        if len(told.examples) < SHOWN:
            told.examples.append((name_of(old), column, was, now))
        kept = "emptied" if not now else "city" if column == "city" and was else "changed"
        if not wanted[kept]:
            made[column] = was
    for column, nodes in (("emails", "email_nodes"), ("phones", "phone_nodes")):
        had = old.get(column, "").split(SEPARATOR)
        fresh = [value for value in made[column].split(SEPARATOR) if value and value not in had]
        made[nodes] = SEPARATOR.join([*filter(None, [old.get(nodes, "")]), *fresh])
    if differs:
        told.changed_rows += 1
    else:
        told.unchanged += 1
    if not wanted["changed"]:
        made["said"] = old.get("said", made["said"])
    return made


def name_of(line: Line) -> str:
    """Return what a line calls its person."""
    parts = (line.get(name, "") for name in ("family_name", "given_name", "patronymic"))
    return " ".join(part for part in parts if part)
