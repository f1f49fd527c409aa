"""A merge undone, also after later edits: what came goes back as it is now, the rest is said.

Back go the ties that came with the merge, with what was changed in them since, and what was set
aside. What the survivor got since stays theirs; a field that was edited since keeps its edit.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import Conflict, PersonNotFound, ThingNotFound
from graphnet.merging import doubles, standing
from graphnet.merging.merge import (
    BETTER_CONTACT,
    BETTER_DIGEST,
    BETTER_REGISTRATION,
    FILL,
    NAMED,
    SECONDS,
    name_key,
    text_of,
)
from graphnet.merging.rules import ONCE, kinds
from graphnet.people import visibility
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction, native

# One row: a merge that stands, locked, with whom it joined.
MERGED = """MATCH (b:MergedPerson {merge: $merge}) SET b.key = b.key
WITH b MATCH (b)-[:MERGED_INTO]->(a) SET a.key = a.key
RETURN b.key AS gone, b.id AS id, a.key AS stays, a.id AS stays_id, a:Person AS there,
  b.merge AS merge, b.alumnus AS alumnus, b.filled AS filled, b.before AS before,
  properties(a) AS now LIMIT 1"""

# One row: a merge by which the same survivor was joined with somebody later, or went themselves.
LATER = """MATCH (b:MergedPerson {merge: $merge})-[:MERGED_INTO]->(a)
MATCH (a)<-[:MERGED_INTO]-(c:MergedPerson)
WHERE c.merged_at > b.merged_at RETURN c.merge AS merge ORDER BY c.merged_at DESC LIMIT 1"""

# One row: the one who is a person again.
REVIVE = """MATCH (b:MergedPerson {merge: $merge})-[t:MERGED_INTO]->(a:Person)
DELETE t REMOVE b:MergedPerson SET b:Person
SET b.merge = null, b.merged_at = null, b.merged_by = null, b.alumnus = null, b.filled = null,
  b.before = null, b.chosen = null RETURN b.key AS key"""

# One row: an alumnus again.
ALUMNUS = "MATCH (b:Person {key: $gone}) SET b:Alumnus RETURN b.key AS key"

# One row: a thing that was set aside, and now stands where it stood.
BACK_REGISTRATION = """MATCH (b:Person {key: $gone})<-[t:OF]-(n:SetAside)
WHERE n.was = 'Registration' DELETE t REMOVE n:SetAside SET n:Registration, n.was = null
CREATE (n)-[:BY]->(b) RETURN count(n) AS n"""
BACK_CONTACT = """MATCH (b:Person {key: $gone})<-[t:OF]-(n:SetAside)
WHERE n.was = 'ContactPoint' DELETE t REMOVE n:SetAside SET n:ContactPoint, n.was = null
CREATE (b)-[:HAS]->(n) RETURN count(n) AS n"""
BACK_DIGEST = """MATCH (b:Person {key: $gone})<-[t:OF]-(n:SetAside)
WHERE n.was = 'Digest' DELETE t REMOVE n:SetAside SET n:Digest, n.was = null
CREATE (b)-[:HAS]->(n) RETURN count(n) AS n"""

BACK_PHOTO = """MATCH (b:Person {key: $gone})<-[t:OF]-(n:SetAside)
WHERE n.was = 'Photo' DELETE t REMOVE n:SetAside SET n:Photo, n.was = null
CREATE (n)-[:OF]->(b) RETURN count(n) AS n"""

# One row: how many consents go that were only said for the merge.
UNSAY = """MATCH (:Person {key: $stays})-[t:GAVE]->(c:Consent {channel: 'merge'})
WHERE t.merged = [$merge] DETACH DELETE c RETURN count(*) AS n"""

# One row: the account that works again.
SWITCH_ON = "MATCH (x:Account {id: $id}) SET x.disabled_at = null RETURN x.id AS id"

# One row: a thing as it is now.
NOW_REGISTRATION = "MATCH (n:Registration {id: $id}) RETURN properties(n) AS now LIMIT 1"
NOW_CONTACT = "MATCH (n:ContactPoint {id: $id}) RETURN properties(n) AS now LIMIT 1"
NOW_DIGEST = "MATCH (n:Digest {id: $id}) RETURN properties(n) AS now LIMIT 1"

# One row: the pair that was answered by this merge.
ANSWERED = """MATCH (d:Double {merge: $merge, state: 'same'}) WHERE d.ended_at IS NULL
RETURN d.id AS id ORDER BY id LIMIT 1"""

# One row: a merge that stands, the latest first.
MERGES = """MATCH (b:MergedPerson)-[:MERGED_INTO]->(a:Person)
RETURN b.merge AS merge, b.merged_at AS at, b.merged_by AS by, b.id AS gone, a.id AS stays,
  a.key AS key, b.given_name AS given, b.patronymic AS patronymic, b.family_name AS family,
  b.chosen AS chosen, COLLECT { MATCH (:Account {id: b.merged_by})-[:OF]->(who:Person)
    RETURN trim(coalesce(who.given_name, '') + ' ' + coalesce(who.family_name, '')) AS name
    ORDER BY who.key LIMIT 1 } AS by_name
ORDER BY at DESC, merge LIMIT $limit"""

# One row: whom an address that somebody had leads to now.
SURVIVOR = """MATCH (:MergedPerson {id: $id})-[:MERGED_INTO]->(a:Person)
RETURN a.id AS id, a.key AS key LIMIT 1"""

THINGS = {
    "Registration": (NOW_REGISTRATION, BETTER_REGISTRATION),
    "ContactPoint": (NOW_CONTACT, BETTER_CONTACT),
    "Digest": (NOW_DIGEST, BETTER_DIGEST),
}


@dataclass
class Undone:
    """What went back, what stays with the survivor, and why.

    back: kind of tie to how many. since: ties that the survivor got since the merge; they stay.
    edited: fields that somebody has changed since; they keep their value. restored: things and ties
    that were set aside and stand again.
    """

    stays: str
    gone: str
    back: dict[str, int] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)
    edited: list[str] = field(default_factory=list)


def undo(store: Store, viewer: Viewer, merge_id: str) -> Undone:
    """Undo a merge.

    Raises
    ------
    ThingNotFound
        If no such merge stands.
    Conflict
        If the survivor was joined with somebody else since: that is undone first.
    PersonNotFound
        If the survivor was erased.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> Undone:
        rows = transaction.run(MERGED, merge=merge_id)
        if not rows:
            raise ThingNotFound("no such merge, or it is undone")
        later = transaction.run(LATER, merge=merge_id)
        if not rows[0]["there"]:
            raise Conflict(
                "the survivor was joined with somebody else since: undo that first", code="later"
            )
        if later:
            raise Conflict(
                f"the survivor was joined with another since ({later[0]['merge']})", code="later"
            )
        return _part(transaction, viewer, rows[0])

    return store.in_write(work, seconds=SECONDS)


def _part(transaction: Transaction, viewer: Viewer, row: Row) -> Undone:
    merge_id = row["merge"]
    ends = {"gone": row["gone"], "stays": row["stays"]}
    before: dict[str, Any] = json.loads(row["before"] or "{}")
    told = Undone(row["stays_id"], row["id"])
    transaction.run(standing.FORGET, merge=merge_id, stays=row["stays"])
    if standing.go_on(transaction, row["stays"], before.get("cities", ())):
        told.edited.append("city")
    transaction.run(UNSAY, merge=merge_id, stays=row["stays"])
    if not transaction.run(REVIVE, merge=merge_id):
        raise PersonNotFound("no such person")
    if row["alumnus"]:
        transaction.run(ALUMNUS, gone=row["gone"])
    now: dict[str, int] = {}
    for kind in kinds():
        counted = transaction.run(kind.counted, stays=row["stays"], merge=merge_id)[0]
        now[kind.type] = now.get(kind.type, 0) + counted["n"] - counted["came"]
        if count := transaction.run(kind.back, merge=merge_id, **ends)[0]["n"]:
            told.back[kind.type] = told.back.get(kind.type, 0) + count
    for kind in kinds():
        if kind.rule != ONCE:
            continue
        count = transaction.run(kind.restore, gone=row["gone"])[0]["n"]
        if count and kind.label != "Double":
            told.restored[kind.type] = told.restored.get(kind.type, 0) + count
    for name, query in (
        ("Registration", BACK_REGISTRATION), ("ContactPoint", BACK_CONTACT),
        ("Digest", BACK_DIGEST), ("Photo", BACK_PHOTO),
    ):  # fmt: skip
        if count := transaction.run(query, gone=row["gone"])[0]["n"]:
            told.restored[name] = count
    had = before.get("had", {})
    told.since = {t: n - had.get(t, 0) for t, n in now.items() if n > had.get(t, 0)}
    told.since.pop("OF", None)
    _fields(transaction, row, told)
    for name, (read, write) in THINGS.items():
        for identity, fields in before.get(name, {}).items():
            _thing_back(transaction, read, write, identity, fields, told)
    for identity in before.get("accounts", ()):
        transaction.run(SWITCH_ON, id=identity)
    if before.get("hidden") and row["now"].get("visibility") == "hidden":
        visibility.show(transaction, viewer, row["stays"], why="a merge was undone")
    for answered in transaction.run(ANSWERED, merge=merge_id):
        doubles.again(transaction, answered["id"], row["stays"], row["gone"])
    acted(
        transaction,
        viewer,
        "undo merge",
        merge_id,
        keys=[row["stays"], row["gone"]],
        change="shown",
    )
    changes.record(transaction, "changed", [row["stays"], row["gone"]], thing=merge_id)
    return told


def _fields(transaction: Transaction, row: Row, told: Undone) -> None:
    """Take back what the survivor took over, where nobody has changed it since."""
    back: Row = {}
    for name, (was, given) in json.loads(row["filled"] or "{}").items():
        if text_of(row["now"].get(name)) == given:
            back[name] = value_of(was)
        elif name != "name_key":
            told.edited.append(name)
    if back.keys() & set(NAMED) and {*told.edited} & set(NAMED):
        back["name_key"] = name_key(row["now"] | back)  # one of the names was edited, and stays
    if back:
        transaction.run(FILL, stays=row["stays"], properties=back)


def _thing_back(
    transaction: Transaction, read: Any, write: Any, identity: str, fields: Row, told: Undone
) -> None:
    rows = transaction.run(read, id=identity)
    if not rows:
        return
    back = {}
    for name, (was, given) in fields.items():
        if text_of(rows[0]["now"].get(name)) == given:
            back[name] = value_of(was)
        else:
            told.edited.append(name)
    if back:
        transaction.run(write, rows=[{"id": identity, "properties": back}])


def value_of(said: Any) -> Any:
    """Return a value out of JSON."""
    if isinstance(said, dict) and "time" in said:
        return datetime.fromisoformat(said["time"]).astimezone(UTC)
    if isinstance(said, dict) and "date" in said:
        return date.fromisoformat(said["date"])
    return said


def merges(store: Store, viewer: Viewer, *, limit: int = 100) -> list[Row]:
    """Return the merges that stand, the latest first; `chosen` says whose values stand, and why."""
    viewer.require_staff()
    return [
        native(row)
        | {"chosen": json.loads(row["chosen"] or "[]"), "by_name": "".join(row["by_name"])}
        for row in store.read(MERGES, limit=limit)
    ]


def survivor(store: Store, person_id: str) -> str:
    """Return the id of whoever an older address leads to now; "" if to nobody."""
    rows = store.read(SURVIVOR, id=person_id)
    return str(rows[0]["id"]) if rows else ""
