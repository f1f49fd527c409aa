"""Whose value stands, where people who are one say different things of what a person has once.

A rule proposes: what the person has changed themselves goes before what staff have, that before
what somebody has looked at and left, that before a person with an account, and that before what was
said later; else it is whoever was in the base first. Staff may choose otherwise. What was
proposed, what was chosen and why stands with the merge and ends with it; a value that staff have
chosen against the rule no file changes. A survivor whose values change is told, and their history
names it. A value that does not stand stays in its record, and with whoever is a person no longer.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from graphnet.errors import BadValue, Conflict
from graphnet.people.leaving import LOCKED
from graphnet.privacy import Viewer
from graphnet.records import corrections
from graphnet.records.fields import FIELDS, NAMES, same
from graphnet.store import Row, Store, Transaction

# What a person has once, in the order in which it is asked about. Of former names and cities there
# may be several: there both may stand.
ONCE = ("family_name", "given_name", "patronymic", "latin_name", "gender", "born_on", "about",
        "languages")  # fmt: skip
SEVERAL = ("former_names", "city")
ASKED = (*ONCE[:4], "former_names", *ONCE[4:6], "city", *ONCE[6:])
BOTH = "both"
# A choice beside those: the family name that does not stand is no former one.
MISTAKE = "mistake"
WHYS = ("first", "newer", "account", "confirmed", "staff", "self")  # the weakest reason first

# One row: a person with all that says whose value stands: what they are, what was corrected, which
# files said what and when, where they live now.
HELD = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
RETURN p.key AS key, p.id AS id, properties(p) AS now,
  EXISTS { (p)<-[:OF]-(:Account) } AS account,
  COLLECT { MATCH (c:Correction)-[:OF]->(p) WHERE c.undone_at IS NULL
    RETURN [c.field, c.role, c.at, c.source] ORDER BY c.at DESC, c.id LIMIT 200 } AS corrected,
  COLLECT { MATCH (p)<-[:ABOUT]-(r:Record) MATCH (r)-[:FROM]->(run:ImportRun)
    WHERE NOT r.origin STARTS WITH '#'
    RETURN [r.mapped, run.started_at] ORDER BY run.started_at DESC, r.id LIMIT 50 } AS said,
  COLLECT { MATCH (p)-[l:LIVES_IN]->(c:Place) WHERE l.to_year IS NULL
    OPTIONAL MATCH (run:ImportRun {source: l.source, number: l.run})
    RETURN [c.id, c.name, coalesce(c.name_ru, c.name), run.started_at]
    ORDER BY c.name, c.id LIMIT 20 } AS cities
ORDER BY key LIMIT 10"""

# One row: a stay of the survivor's in a city.
STAYS = """MATCH (:Person {key: $stays})-[l:LIVES_IN]->(c:Place)
RETURN c.id AS id, l.from_year AS from_year, l.to_year AS to_year, l.ended AS ended
ORDER BY id, from_year LIMIT 200"""

# One row: how many stays end, or go on.
SET_STAYS = """UNWIND $rows AS row
MATCH (:Person {key: $stays})-[l:LIVES_IN]->(:Place {id: row.id})
WHERE coalesce(l.from_year, -1) = coalesce(row.from_year, -1)
  AND coalesce(l.to_year, -1) = coalesce(row.was, -1)
SET l.to_year = row.to_year, l.ended = row.ended RETURN count(l) AS n"""

# One row: how many corrections go that were made for the merge alone.
FORGET = """MATCH (c:Correction {source: 'merge', told_by: $merge})-[:OF]->(:Person {key: $stays})
DETACH DELETE c RETURN count(*) AS n"""


@dataclass(frozen=True)
class Held:
    """One value of a field: whose it is, why it may stand, and when that was said.

    people: ids of those who say it, who came first before the others. shown: what a reader sees of
    it, cities as (name, Russian name).
    """

    people: tuple[str, ...]
    value: Any
    shown: Any
    why: str
    at: datetime | None


@dataclass(frozen=True)
class Difference:
    """A field of which people say different things, and what the rule proposes.

    stands: the id of one of whoever says it, or 'both'; why: one of `WHYS`, or 'both'.
    """

    field: str
    held: tuple[Held, ...]
    stands: str
    why: str

    def of(self, person_id: str) -> Held | None:
        """Return what that person says; None if nothing."""
        return next((one for one in self.held if person_id in one.people), None)


def differences(store: Store, viewer: Viewer, keys: Sequence[int]) -> list[Difference]:
    """Return in what people differ of whom one may be made, and whose value is proposed."""
    viewer.require_staff()
    return between(store.read(HELD, keys=sorted(keys)))


def still(store: Store, viewer: Viewer, keys: Sequence[int], seen_before: str) -> None:
    """Let somebody go on who has chosen between the values that there are.

    Raises
    ------
    Conflict
        If they are others now.
    """
    if seen_before and seen_before != seen(differences(store, viewer, keys)):
        raise Conflict("these values are others now: look again", code="values")


def seen(found: Sequence[Difference]) -> str:
    """Return by what it is known later that somebody has chosen between these very values."""
    text = json.dumps(
        [[one.field, sorted([sorted(h.people), h.value] for h in one.held)] for one in found],
        ensure_ascii=False,
        sort_keys=True,
    )
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def between(rows: Sequence[Row], *, first: int | None = None) -> list[Difference]:
    """Return in what people differ, out of rows of `HELD`.

    Parameters
    ----------
    first
        The key of who stays; else whoever has an account, or came first.
    """
    if first is None:
        first = min((not row["account"], row["key"]) for row in rows)[1]
    order = sorted(map(_plain, rows), key=lambda row: (row["key"] != first, row["key"]))
    found = []
    for field in ASKED:
        held = _held(field, order)
        if len(held) > 1:
            stands, why = _proposed(field, held, order[0]["id"])
            found.append(Difference(field, held, stands, why))
    return found


def _plain(value: Any) -> Any:
    """Return rows with Python's own times, however deep."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.to_native() if hasattr(value, "to_native") else value


def _held(field: str, order: Sequence[Row]) -> tuple[Held, ...]:
    by_value: dict[str, Held] = {}
    for row in order:
        value, shown, when = _value(field, row)
        if not value:
            continue
        why, at = _reason(field, row, when)
        name = json.dumps(value, ensure_ascii=False, sort_keys=True)
        there = by_value.get(name)
        if there is None:
            by_value[name] = Held((row["id"],), value, shown, why, at)
            continue
        both = replace(there, people=(*there.people, row["id"]))
        better = _weight(why, at) > _weight(there.why, there.at)
        by_value[name] = replace(both, why=why, at=at) if better else both
    return tuple(by_value.values())


def _value(field: str, row: Row) -> tuple[Any, Any, datetime | None]:
    """Return what somebody says of a field, as it is compared and shown, and since when."""
    if field == "city":
        times = [time for *_, time in row["cities"] if time is not None]
        shown = [[name, russian] for _, name, russian, _ in row["cities"]]
        return [one[0] for one in row["cities"]], shown, max(times, default=None)
    value = row["now"].get(field)
    if field in ("former_names", "languages"):
        value = sorted(value or ())
    elif field == "born_on" and value is not None:
        value = value.isoformat()
    times = [time for mapped, time in row["said"] if time and _says(mapped, field, value)]
    return value, value, max(times, default=None)


def _says(mapped: str, field: str, value: Any) -> bool:
    said = json.loads(mapped or "{}").get(field)
    if isinstance(said, dict):
        said = said.get("date")
    return said is not None and (sorted(said) if isinstance(said, list) else said) == value


def _reason(field: str, row: Row, when: datetime | None) -> tuple[str, datetime | None]:
    about = "names" if field in NAMES else field
    held = field in (row["now"].get("confirmed") or ())
    for name, role, at, source in row["corrected"]:  # the newest first
        # What the rule alone has let stand at an earlier merge nobody has said.
        if name == about and (held or source != corrections.MERGE):
            return ("self" if role == "self" else "staff"), at
    if held:
        return "confirmed", when
    return ("account" if row["account"] else "newer" if when else "first"), when


def _weight(why: str, at: datetime | None) -> tuple[int, float]:
    # An account's own say does not grow old; nor is it of more than one of the two, as a rule.
    ages = why not in ("first", "account", "confirmed")
    return WHYS.index(why), at.timestamp() if at and ages else 0.0


def _proposed(field: str, held: Sequence[Held], first: str) -> tuple[str, str]:
    """Return whose value the rule would let stand, and why."""
    if field == "former_names":
        return BOTH, BOTH
    weights = [_weight(one.why, one.at) for one in held]
    best = held[weights.index(max(weights))]
    alone = weights.count(max(weights)) == 1
    # What was said later counts only where it is known of each when it was said.
    dated = best.why != "newer" or all(one.why == "newer" for one in held)
    if alone and dated and best.why != "first":
        return best.people[0], best.why
    if field == "city":
        return BOTH, BOTH
    return next((one.people[0] for one in held if first in one.people), held[0].people[0]), "first"


@dataclass(frozen=True)
class Decided:
    """Whose value stands of each field in which two people differ.

    gone: fields in which it is the value of who goes; both: fields in which both stand. told: all
    of it as the merge keeps it; by_hand: fields in which staff have chosen against the rule.
    """

    gone: frozenset[str]
    both: frozenset[str]
    mistake: bool
    told: tuple[dict[str, Any], ...]
    by_hand: frozenset[str]
    cities: tuple[str, ...] | None


def decide(
    rows: Sequence[Row], stays: Row, gone: Row, chosen: Mapping[str, str], seen_before: str = ""
) -> Decided:
    """Return whose value stands when `gone` is joined to `stays`.

    Parameters
    ----------
    rows
        Both, as `HELD` has them.
    chosen
        Field to the id of whose value stands, or 'both'; and `MISTAKE`. The rule decides the rest.

    Raises
    ------
    BadValue
        If the choice is none of those that there are.
    Conflict
        If the values are others than those which somebody has chosen between.
    """
    if not set(chosen) <= {*ASKED, MISTAKE}:
        raise BadValue("no such field", code="field")
    found = between(rows, first=stays["key"])
    if seen_before and seen_before != seen(found):
        raise Conflict("these values are others now: look again", code="values")
    whose: dict[str, str] = {}
    told = []
    for one in found:
        stands = chosen.get(one.field, one.stands)
        several = stands == BOTH and one.field in SEVERAL
        if not several and one.of(stands) is None:
            raise BadValue("whose value stands is one of those that there are", code="choose")
        mine = one.of(stays["id"])
        whose[one.field] = BOTH if several else "stays" if one.of(stands) is mine else "gone"
        other = [h for h in one.held if several or h is not one.of(stands)]
        best = one.of(stands)
        rule = one.of(one.stands)
        told.append(
            {
                "field": one.field,
                "stands": None if best is None else best.shown,
                "other": [fallen.shown for fallen in other],
                "why": one.why,
                "by_hand": best is not rule,
            }
        )
    city = next((one for one in found if one.field == "city"), None)
    stays_in = city.of(gone["id"] if whose.get("city") == "gone" else stays["id"]) if city else None
    return Decided(
        frozenset(name for name, who in whose.items() if who == "gone"),
        frozenset(name for name, who in whose.items() if who == BOTH),
        chosen.get(MISTAKE) == "yes",
        tuple(told),
        frozenset(str(one["field"]) for one in told if one["by_hand"]),
        tuple(stays_in.value) if stays_in and whose["city"] != BOTH else None,
    )


def end_stays(
    transaction: Transaction, stays: int, cities: Sequence[str], before: dict[str, Any]
) -> None:
    """Let the survivor live where they live; where they do not, they have lived until now."""
    year = datetime.now(UTC).year
    rows = []
    for row in transaction.run(STAYS, stays=stays):
        goes_on = row["id"] in cities
        if goes_on == (row["to_year"] is None):
            continue
        rows.append(
            {
                "id": row["id"],
                "from_year": row["from_year"],
                "was": row["to_year"],
                "to_year": None if goes_on else year,
                # A file that says later that they live there again is believed.
                "ended": None if goes_on else 0,
                "had": row["ended"],
            }
        )
    if rows:
        transaction.run(SET_STAYS, stays=stays, rows=rows)
        before["cities"] = rows


def go_on(transaction: Transaction, stays: int, rows: Sequence[dict[str, Any]]) -> bool:
    """Bring back where people lived; return whether somebody has changed that since."""
    back = [row | {"was": row["to_year"], "to_year": row["was"], "ended": row["had"]}
            for row in rows]  # fmt: skip
    if not back:
        return False
    return int(transaction.run(SET_STAYS, stays=stays, rows=back)[0]["n"]) < len(back)


def records_of(fields: frozenset[str]) -> list[str]:
    """Return what a correction calls these fields."""
    return sorted({"names" if name in NAMES else name for name in fields})


def read(transaction: Transaction, key: int, fields: Sequence[str]) -> dict[str, Any]:
    """Return the fields as a correction keeps them."""
    return {name: FIELDS[name].read(transaction, key) for name in fields}


def note(
    transaction: Transaction, viewer: Viewer, key: int, merge: str, were: Mapping[str, Any]
) -> None:
    """Note in the survivor's history which of their values are others now; tell them."""
    addresses = transaction.run(LOCKED, key=key)[0]["addresses"]
    for field, before in were.items():
        after = FIELDS[field].read(transaction, key)
        if not same(before, after):
            corrections.noted(
                transaction,
                viewer,
                key,
                field,
                before=before,
                after=after,
                told=corrections.Told(corrections.MERGE, merge),
                addresses=addresses,
            )
