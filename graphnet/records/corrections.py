"""Changing a field of a person: by themselves, or by staff who say who told them; and undoing it.

Each change is one transaction: the field, a `:Correction` with what it was, the trail, the feed by
which every process follows (a new name is found at once), and the letter to a person whom staff
have corrected. The person is locked first, so that of two who change one field at once the second
sees what the first has written.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphnet import mail
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.model import new_id
from graphnet.people.leaving import LOCKED
from graphnet.privacy import Viewer, alive
from graphnet.records.fields import FIELDS, packed, same
from graphnet.store import Row, Store, Transaction, native

PURPOSE = "correct"
# How staff know: by telephone, by a letter, from a paper, or the person said it face to face.
SOURCES = ("telephone", "letter", "document", "in person")
LONGEST_TOLD = 200
# The source of what was chosen when two records were joined; `told_by` is the merge then.
MERGE = "merge"
# What cannot be brought back: a photo that was replaced is gone from the disk.
FOR_GOOD = ("photo",)
# What somebody likes, offers and looks for: shown to nobody else, taken back where it is said.
OWN = ("likes", "offers", "needs")

# One row: the correction that was written.
WRITE = """MATCH (p:Person {key: $key})
SET p.confirmed = CASE WHEN size($confirms) = 0 THEN p.confirmed
  ELSE [f IN coalesce(p.confirmed, []) WHERE NOT f IN $confirms] + $confirms END
CREATE (c:Correction {id: $id, field: $field, before: $before, after: $after, at: $now, by: $by,
  role: $role, source: $source, told_by: $told_by})-[:OF]->(p)
RETURN c.id AS id"""

# One row: a correction with its person's key.
ONE = """MATCH (c:Correction {id: $id})-[:OF]->(p:Person)
RETURN c.field AS field, c.before AS before, c.after AS after, c.role AS role, c.by AS by,
  c.undone_at AS undone_at, c.source AS source, c.told_by AS told_by, c.at AS at, p.key AS key
LIMIT 1"""

# One row: the correction that is undone.
UNDONE = """MATCH (c:Correction {id: $id}) SET c.undone_at = $now, c.undone_by = $by
RETURN c.id AS id"""

# One row: the person, if no change of the field stands: later files may say it again.
UNCONFIRM = """MATCH (p:Person {key: $key}) WHERE NOT EXISTS {
  MATCH (c:Correction {field: $field})-[:OF]->(p) WHERE c.undone_at IS NULL }
SET p.confirmed = [f IN coalesce(p.confirmed, []) WHERE NOT f IN $confirms]
RETURN p.key AS key"""

# One row: a change of a person's, the newest first, but for fields that are kept from the reader.
HISTORY = """MATCH (c:Correction)-[:OF]->(p:Person {key: $key}) WHERE NOT c.field IN $kept
RETURN c.id AS id, c.field AS field, c.before AS before, c.after AS after, c.at AS at,
  c.by AS by, c.role AS role, c.source AS source, c.told_by AS told_by, c.seen_at AS seen_at,
  c.undone_at AS undone_at ORDER BY at DESC, id LIMIT $limit"""

# One row: a list from which something of a person came.
IMPORTED = """MATCH (run:ImportRun)<-[:FROM]-(r:Record)-[:ABOUT]->(:Person {key: $key})
RETURN r.id AS id, r.source AS source, r.file AS file, run.started_at AS at, r.gone_at AS gone_at
ORDER BY at DESC, id LIMIT $limit"""

# One row: what staff have changed of a person, and the person has not looked at yet.
UNSEEN = """MATCH (c:Correction {role: 'staff'})-[:OF]->(p:Person {key: $key})
WHERE c.seen_at IS NULL AND c.undone_at IS NULL
RETURN c.id AS id, c.field AS field, c.at AS at, c.source AS source, c.told_by AS told_by
ORDER BY at DESC, id LIMIT 20"""

# One row: how many corrections by staff the person has looked at now.
SEEN = """MATCH (c:Correction {role: 'staff'})-[:OF]->(:Person {key: $key})
WHERE c.seen_at IS NULL SET c.seen_at = $now RETURN count(c) AS n"""

# One row: the person, if nothing is known of their death.
LIVING = "MATCH (p:Person {key: $key}) WHERE " + alive("p") + " RETURN p.id AS id LIMIT 1"

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = """EXISTS { (me)<-[:OF]-(change:Correction {role: 'staff'})
    WHERE change.seen_at IS NULL }"""


@dataclass(frozen=True)
class Told:
    """How staff know what they correct: by which way, and from whom."""

    source: str
    by: str

    def checked(self) -> "Told":
        """Return it without stray spaces.

        Raises
        ------
        BadValue
            'source' or 'told': staff say how they know, and from whom.
        """
        by = " ".join(self.by.split())
        if self.source not in SOURCES:
            raise BadValue(
                f"a correction says how one knows: one of {', '.join(SOURCES)}", code="source"
            )
        if not by or len(by) > LONGEST_TOLD:
            raise BadValue(f"say who has told it, in 1 to {LONGEST_TOLD} characters", code="told")
        return Told(self.source, by)


@dataclass(frozen=True)
class Change:
    """One change of a field, as the history of a person shows it."""

    id: str
    field: str
    before: Any
    after: Any
    at: datetime
    role: str
    source: str = ""
    told_by: str = ""
    undone: bool = False
    seen: bool = True


def role_of(viewer: Viewer, key: int) -> str:
    """Return as what a viewer changes a person's record: 'self' or 'staff'.

    Raises
    ------
    NotAllowed
        For everyone but the person, and staff for the purpose 'correct'.
    """
    if viewer.person_key == key:
        return "self"
    viewer.require_staff()
    if viewer.purpose != PURPOSE:
        raise NotAllowed("staff change a person's record for the purpose 'correct' only")
    return "staff"


def correct(
    store: Store,
    viewer: Viewer,
    key: int,
    field: str,
    change: Callable[[Any], Any],
    *,
    told: Told | None = None,
) -> str:
    """Change one field; return the correction's id, or "" if it is as it was.

    Parameters
    ----------
    change
        Given the field's value as it is now, returns what it is to be.
    told
        How staff know; a person knows of themselves.

    Raises
    ------
    NotAllowed, PersonNotFound
    BadValue
        If there is no such field, or staff do not say how they know.
    """
    return store.in_write(lambda t: correct_in(t, viewer, key, field, change, told=told))


def correct_in(
    transaction: Transaction,
    viewer: Viewer,
    key: int,
    field: str,
    change: Callable[[Any], Any],
    *,
    told: Told | None = None,
) -> str:
    """Change one field in the act's own transaction; see `correct`."""
    role = role_of(viewer, key)
    if field not in FIELDS:
        raise BadValue(f"no field {field!r} can be changed")
    if role == "staff":
        told = (told or Told("", "")).checked()
    locked = transaction.run(LOCKED, key=key)
    if not locked:
        raise PersonNotFound("no such person")
    before = FIELDS[field].read(transaction, key)
    after = change(json.loads(packed(before)))
    if same(before, after):
        transaction.run(CONFIRM, key=key, confirms=list(FIELDS[field].confirms))
        return ""
    FIELDS[field].write(transaction, key, after)
    return noted(
        transaction,
        viewer,
        key,
        field,
        before=before,
        after=FIELDS[field].read(transaction, key),
        told=told if role == "staff" else None,
        confirms=FIELDS[field].confirms,
        addresses=locked[0]["addresses"],
    )


# One row: the person who has looked at a field and left it: it is confirmed all the same.
CONFIRM = """MATCH (p:Person {key: $key})
SET p.confirmed = [f IN coalesce(p.confirmed, []) WHERE NOT f IN $confirms] + $confirms
RETURN p.key AS key"""


def noted(
    transaction: Transaction,
    viewer: Viewer,
    key: int,
    field: str,
    *,
    before: Any,
    after: Any,
    told: Told | None = None,
    confirms: tuple[str, ...] = (),
    addresses: list[list[str]] | None = None,
) -> str:
    """Note what has been changed: in the person's history, the trail, the feed; tell the person."""
    role, made = role_of(viewer, key), new_id()
    transaction.run(
        WRITE,
        key=key,
        id=made,
        field=field,
        before=packed(before),
        after=packed(after),
        now=datetime.now(UTC),
        by=viewer.account_id,
        role=role,
        source=told.source if told else "",
        told_by=told.by if told else "",
        confirms=list(confirms),
    )
    about = f"{told.source}: {told.by}" if told else ""
    acted(transaction, viewer, f"record.{field}", made, detail=about, keys=[key], change="changed")
    if role == "staff":
        _tell(transaction, key, made, addresses)
    return made


def _tell(
    transaction: Transaction,
    key: int,
    correction: str,
    addresses: list[list[str]] | None,
    *,
    what: str = "corrected",
) -> None:
    living = transaction.run(LIVING, key=key)
    for address, language in (addresses or ())[: len(living)]:
        mail.enqueue_about(
            transaction,
            "records.corrected",
            {"correction": correction},
            to=address,
            key=f"{what}:{correction}",
            language=language,
            person=living[0]["id"],
        )


def undo(store: Store, viewer: Viewer, correction_id: str) -> None:
    """Give a field its former value back: a person's own change, or staff one of staff's.

    Raises
    ------
    ThingNotFound
        If there is no such change, or it is another person's: the same answer.
    Conflict
        'undone' if it is undone already, 'later' if the field was changed again since, 'good' if
        nothing can bring back what was there.
    """

    def work(transaction: Transaction) -> None:
        rows = transaction.run(ONE, id=correction_id)
        if not rows or not _may_undo(viewer, rows[0]):
            raise ThingNotFound("no such change")
        key = rows[0]["key"]
        locked = transaction.run(LOCKED, key=key)
        row = transaction.run(ONE, id=correction_id)[0]
        if row["undone_at"] is not None:
            raise Conflict("this correction is undone already", code="undone")
        if row["field"] not in FIELDS:
            raise Conflict(f"a change of {row['field']} cannot be undone", code="good")
        field = FIELDS[row["field"]]
        if not same(field.read(transaction, key), json.loads(row["after"])):
            raise Conflict("it was changed again since: undo the later change first", code="later")
        field.write(transaction, key, json.loads(row["before"]))
        if not same(field.read(transaction, key), json.loads(row["before"])):
            raise Conflict(
                "what stood there before points to something that is gone: it cannot be put back",
                code="good",
            )  # what it pointed to is there no more
        transaction.run(UNDONE, id=correction_id, now=datetime.now(UTC), by=viewer.account_id)
        transaction.run(UNCONFIRM, key=key, field=row["field"], confirms=list(field.confirms))
        acted(
            transaction,
            viewer,
            "record.undo",
            correction_id,
            detail=row["field"],
            keys=[key],
            change="changed",
        )
        if row["role"] == "staff" and viewer.person_key != key:
            _tell(transaction, key, correction_id, locked[0]["addresses"], what="undone")

    store.in_write(work)


def _may_undo(viewer: Viewer, row: Mapping[str, Any]) -> bool:
    if viewer.person_key == row["key"]:
        return bool(row["role"] == "self")
    return viewer.is_staff and viewer.purpose == PURPOSE and bool(row["role"] == "staff")


def value(store: Store, viewer: Viewer, key: int, field: str) -> Any:
    """Return what stands in a field now, to whoever may change it.

    Raises
    ------
    NotAllowed, BadValue
    """
    role_of(viewer, key)
    if field not in FIELDS:
        raise BadValue(f"no field {field!r} can be changed")
    return store.in_read(lambda transaction: FIELDS[field].read(transaction, key))


def history(store: Store, viewer: Viewer, key: int, *, limit: int = 100) -> list[Change]:
    """Return what was changed of a person and which lists it came from, the newest first.

    Raises
    ------
    NotAllowed
        For everyone but the person, and staff for the purpose 'correct'.
    """
    own = role_of(viewer, key) == "self"

    def work(transaction: Transaction) -> tuple[list[Row], list[Row]]:
        kept = [] if own else list(OWN)
        return (
            transaction.run(HISTORY, key=key, kept=kept, limit=limit),
            transaction.run(IMPORTED, key=key, limit=limit),
        )

    changed, imported = store.in_read(work)
    found = [
        Change(
            id=row["id"],
            field=row["field"],
            before=json.loads(row["before"]),
            after=json.loads(row["after"]),
            at=row["at"],
            role=row["role"],
            source=row["source"] or "",
            told_by=row["told_by"] or "",
            undone=row["undone_at"] is not None,
            seen=row["seen_at"] is not None,
        )
        for row in map(native, changed)
    ]
    found += [
        Change(row["id"], "import", None, row["file"], row["at"], "import", source=row["source"])
        for row in map(native, imported)
    ]
    found += [
        Change(
            f"{row['id']}-gone",
            "gone",
            row["file"],
            None,
            row["gone_at"],
            "import",
            source=row["source"],
        )
        for row in map(native, imported)
        if row["gone_at"] is not None
    ]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit]


def unseen(store: Store, viewer: Viewer) -> list[Row]:
    """Return what staff have changed of the viewer, who has not looked at it yet."""
    return [native(row) for row in store.read(UNSEEN, key=viewer.own_key())]


def seen(store: Store, viewer: Viewer) -> int:
    """Note that the viewer has looked at what staff have changed; return how much that was."""
    rows = store.write(SEEN, key=viewer.own_key(), now=datetime.now(UTC))
    return int(rows[0]["n"])


def told_of(store: Store, correction_id: str) -> Row | None:
    """Return what the letter about a correction says; None if there is nothing to tell any more."""
    rows = store.read(ONE, id=correction_id)
    return native(rows[0]) if rows and rows[0]["role"] == "staff" else None
