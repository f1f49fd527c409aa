"""The ledger as people read it: entries with their evidence, for their person and for staff.

What an entry is about and its evidence are cut to what the reader may see: a thing's title by its
visibility, people by `people.cards` on the page. Whoever is erased or hidden is only a pseudonym.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphnet.errors import NotAllowed, ThingNotFound
from graphnet.ledger import entries as ledger
from graphnet.ledger import pseudonyms
from graphnet.ledger.chain import entry_from
from graphnet.ledger.rules import SeasonRules
from graphnet.ledger.scoring import Entry
from graphnet.privacy import Viewer, visibilities
from graphnet.store import Row, Store

# One row: an entry of a time, the latest first, narrowed where asked for.
ENTRIES = """MATCH (c:Contribution)
WHERE c.happened_at >= $start AND c.happened_at < $end AND c.number > 0
  AND ($kind = '' OR c.kind = $kind) AND ($mode = '' OR c.mode = $mode)
  AND (NOT $corrections OR c.corrects <> '')
RETURN c.act_id AS act_id ORDER BY c.happened_at DESC, act_id SKIP $skip LIMIT $limit"""

# One row: how many entries ENTRIES would give without a limit.
COUNT = """MATCH (c:Contribution)
WHERE c.happened_at >= $start AND c.happened_at < $end AND c.number > 0
  AND ($kind = '' OR c.kind = $kind) AND ($mode = '' OR c.mode = $mode)
  AND (NOT $corrections OR c.corrects <> '')
RETURN count(c) AS n LIMIT 1"""

# One row: an entry of one pseudonym, the latest first.
OF_ONE = """MATCH (c:Contribution {pseudonym: $name})
WHERE c.happened_at >= $start AND c.happened_at < $end AND c.number > 0
RETURN c.act_id AS act_id ORDER BY c.happened_at DESC, act_id SKIP 0 LIMIT 10000"""

# One row: an entry with all that a page shows of it.
LINES = """UNWIND $acts AS act MATCH (c:Contribution {act_id: act})
OPTIONAL MATCH (e:Evidence {act_id: c.act_id})
OPTIONAL MATCH (e)-[:OF]->(p:Person)
OPTIONAL MATCH (e)-[:ABOUT]->(q:Person)
OPTIONAL MATCH (back:Contribution {act_id: 'correct:' + c.act_id})
OPTIONAL MATCH (reason:Evidence {act_id: back.act_id})
RETURN c.act_id AS act_id, c.number AS number, c.kind AS kind, c.mode AS mode,
  c.happened_at AS happened_at, c.recorded_at AS recorded_at, c.points_basis AS basis,
  c.thing AS thing, c.participation AS participation, c.evidence_hash AS evidence_hash,
  c.corrects AS corrects, c.pseudonym AS pseudonym, c.chain_hash AS chain_hash,
  e.facts AS facts, e.entered_by AS entered_by, p.key AS person_key, q.key AS participant_key,
  back.recorded_at AS taken_back_at, reason.facts AS reason,
  [(c)-[:TO]->(t:Event|Project|Group)
   WHERE coalesce(t.visibility, 'members') IN $visibilities
     OR coalesce(t.visibility, 'members') = 'invited'
       AND EXISTS { (t)<-[:FOR]-(:Registration)-[:BY]->(:Person {key: $me}) } |
   {label: labels(t)[0], id: t.id, name: coalesce(t.title, t.name),
    name_ru: coalesce(t.title_ru, t.name_ru, t.title, t.name)}] AS things
ORDER BY act_id, person_key, participant_key LIMIT 20000"""


@dataclass(frozen=True)
class Line:
    """One entry as a page shows it; `evidence` is None once it has been destroyed."""

    entry: Entry
    number: int
    chain_hash: str
    person_key: int | None
    participant_key: int | None
    evidence: Mapping[str, Any] | None
    by_staff: bool
    thing: Row | None
    taken_back_at: datetime | None
    reason: str


def entries(
    store: Store,
    viewer: Viewer,
    rules: SeasonRules,
    *,
    kind: str = "",
    mode: str = "",
    corrections: bool = False,
    skip: int = 0,
    limit: int = 50,
) -> tuple[list[Line], int]:
    """Return a season's entries, the latest first, and how many there are; for staff.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    chosen: dict[str, Any] = {
        "start": rules.start, "end": rules.end, "kind": kind, "mode": mode,
        "corrections": corrections,
    }  # fmt: skip
    acts = [row["act_id"] for row in store.read(ENTRIES, skip=skip, limit=limit, **chosen)]
    return _lines(store, viewer, acts), int(store.read(COUNT, **chosen)[0]["n"])


def of_person(store: Store, viewer: Viewer, rules: SeasonRules, key: int) -> list[Line]:
    """Return one person's entries of a season, the latest first, to that person or to staff.

    Raises
    ------
    NotAllowed
    """
    if viewer.person_key != key and not viewer.has_task:
        raise NotAllowed("a person's entries are for that person and for staff")
    name = pseudonyms.pseudonyms(store.read, [key]).get(key)
    if name is None:
        return []
    acts = [
        row["act_id"]
        for one_name in ledger.names_of(store.read, name)
        for row in store.read(OF_ONE, name=one_name, start=rules.start, end=rules.end)
    ]
    lines = _lines(store, viewer, acts)
    return sorted(lines, key=lambda line: line.entry.happened_at, reverse=True)


def one(store: Store, viewer: Viewer, act_id: str) -> Line:
    """Return one entry, to staff.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()
    found = _lines(store, viewer, [act_id])
    if not found:
        raise ThingNotFound("there is no such entry")
    return found[0]


def about(store: Store, viewer: Viewer, acts: Sequence[str]) -> dict[str, Row]:
    """Return what acts were at or for, by act, as far as the viewer may see that: id and names."""
    lines = _lines(store, viewer, acts) if acts else []
    return {line.entry.act_id: line.thing for line in lines if line.thing is not None}


def _lines(store: Store, viewer: Viewer, acts: Sequence[str]) -> list[Line]:
    rows = {
        row["act_id"]: row
        for row in store.read(
            LINES, acts=list(acts), visibilities=visibilities(viewer), me=viewer.person_key or 0
        )
    }
    return [_line(rows[act]) for act in acts if act in rows]


def _line(row: Row) -> Line:
    back = row["taken_back_at"]
    return Line(
        entry=entry_from(row),
        number=row["number"],
        chain_hash=row["chain_hash"],
        person_key=row["person_key"],
        participant_key=row["participant_key"],
        evidence=None if row["facts"] is None else json.loads(row["facts"]),
        by_staff=bool(row["entered_by"]),
        thing=row["things"][0] if row["things"] else None,
        taken_back_at=None if back is None else back.to_native().astimezone(UTC),
        reason=json.loads(row["reason"]).get("reason", "") if row["reason"] else "",
    )
