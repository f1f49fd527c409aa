"""The changes themselves: another name, another city, a place of work more or less, an audience.

Each is one call with what a form gives; `corrections` keeps what was there before.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from graphnet import privacy
from graphnet.errors import BadValue, ThingNotFound
from graphnet.privacy import Viewer
from graphnet.records import choices
from graphnet.records.corrections import Told, correct, correct_in, role_of
from graphnet.records.fields import LONGEST_ABOUT, checked_names
from graphnet.store import Row, Store, Transaction

MOST_WORK, MOST_LANGUAGES = 40, 20


def rename(
    store: Store,
    viewer: Viewer,
    key: int,
    names: Mapping[str, Any],
    *,
    misspelt: bool = False,
    told: Told | None = None,
) -> str:
    """Write names; a family name that has changed stays as a former one, unless it was misspelt.

    Raises
    ------
    BadValue, NotAllowed, PersonNotFound
    """
    wanted = checked_names(names)

    def change(now: dict[str, Any]) -> dict[str, Any]:
        old = now["family_name"]
        former = wanted["former_names"]
        if old and old != wanted["family_name"] and old not in former and not misspelt:
            former = [*former, old]
        return checked_names(wanted | {"former_names": former})

    return correct(store, viewer, key, "names", change, told=told)


def say_about(store: Store, viewer: Viewer, key: int, text: str) -> str:
    """Write what a person says of themselves.

    Raises
    ------
    BadValue
        'long' above 2,000 characters.
    """
    wanted = text.strip()
    if len(wanted) > LONGEST_ABOUT:
        raise BadValue(
            f"what one says about oneself has at most {LONGEST_ABOUT:,} characters", code="long"
        )
    return correct(store, viewer, key, "about", lambda _: wanted)


def speak(store: Store, viewer: Viewer, key: int, codes: list[str], known: Collection[str]) -> str:
    """Write the languages that somebody speaks, of those that are known.

    Raises
    ------
    BadValue
        'language'
    """
    wanted = list(dict.fromkeys(codes))
    if len(wanted) > MOST_LANGUAGES or not set(wanted) <= set(known):
        raise BadValue(f"choose at most {MOST_LANGUAGES} languages of the list", code="language")
    return correct(store, viewer, key, "languages", lambda _: wanted)


def live_in(store: Store, viewer: Viewer, key: int, name: str, *, told: Told | None = None) -> str:
    """Write where somebody lives now: a city that is known here, or nothing.

    Raises
    ------
    BadValue
        'city' if none of that name is known.
    """
    chosen: list[Row] = []
    if name.strip():
        found = choices.city_named(choices.cities(store), name)
        if found is None:
            raise BadValue("there is no such city in the list: choose one of it", code="city")
        chosen = [found | {"said": {"source": role_of(viewer, key)}}]

    def change(now: list[Row]) -> list[Row]:
        return now if [row["id"] for row in now] == [row["id"] for row in chosen] else chosen

    return correct(store, viewer, key, "city", change, told=told)


def mark(row: Mapping[str, Any]) -> str:
    """Return by what a form names one entry of a list: what stands in it."""
    return f"{row['id']}:{row['said'].get('from_year') or ''}:{row['said'].get('role') or ''}"


def work_at(
    store: Store,
    viewer: Viewer,
    key: int,
    employer: str,
    *,
    role: str = "",
    from_year: int | None = None,
    to_year: int | None = None,
    now_there: bool = False,
    instead_of: str = "",
    told: Told | None = None,
) -> str:
    """Add a place of work, or put it in the place of another entry.

    Whoever works there now has worked elsewhere before: entries without an end get one.

    Raises
    ------
    BadValue
        'employer', 'year', 'years', 'long' or 'many'.
    ThingNotFound
        If the entry that it stands for has changed meanwhile.
    """
    if now_there:
        to_year = None
    choices.checked_years(from_year, to_year)
    role = " ".join(role.split())
    if len(role) > choices.LONGEST:
        raise BadValue(f"what one did there has at most {choices.LONGEST} characters", code="long")

    def work(transaction: Transaction) -> str:
        source = role_of(viewer, key)
        organisation = choices.organisation(transaction, employer)
        said: dict[str, Any] = {"source": source}
        said |= {n: v for n, v in (("role", role), ("from_year", from_year)) if v}
        if to_year is not None:
            said["to_year"] = to_year

        def change(now: list[Row]) -> list[Row]:
            rest = _without(now, instead_of) if instead_of else now
            if len(rest) >= MOST_WORK:
                raise BadValue(
                    f"a page has at most {MOST_WORK} places of work: take one away first",
                    code="many",
                )
            if now_there:
                end = from_year or datetime.now(UTC).year
                rest = [_ended(row, end) for row in rest]
            return _in_order([*rest, organisation | {"said": said}])

        return correct_in(transaction, viewer, key, "work", change, told=told)

    return store.in_write(work)


def _ended(row: Row, year: int) -> Row:
    said = row["said"]
    if said.get("to_year") is not None:
        return row
    return row | {"said": said | {"to_year": max(year, said.get("from_year") or 0)}}


def leave_work(
    store: Store, viewer: Viewer, key: int, entry: str, *, told: Told | None = None
) -> str:
    """Take a place of work away.

    Raises
    ------
    ThingNotFound
        If there is no such entry any more.
    """
    return correct(store, viewer, key, "work", lambda now: _without(now, entry), told=told)


def studied(
    store: Store,
    viewer: Viewer,
    key: int,
    *,
    group_id: str = "",
    unit_id: str = "",
    from_year: int | None = None,
    to_year: int | None = None,
    level: str = "",
    programme: str = "",
    told: Told,
) -> str:
    """Add what somebody studied, as staff know it: a study group, or a faculty and a year.

    Raises
    ------
    NotAllowed
        For everyone but staff: who says it of themselves is asked to wait (`studies`).
    BadValue
        'study', 'year' or 'years'.
    """
    viewer.require_staff()
    choices.checked_years(from_year, to_year)

    def work(transaction: Transaction) -> str:
        entry = entry_of(
            transaction, group_id, unit_id, from_year, to_year, level, programme, source="staff"
        )

        def change(now: list[Row]) -> list[Row]:
            rest = [row for row in now if (row["tie"], row["id"]) != (entry["tie"], entry["id"])]
            return [*rest, entry]

        return correct_in(transaction, viewer, key, "studies", change, told=told)

    return store.in_write(work)


def entry_of(
    transaction: Transaction,
    group_id: str,
    unit_id: str,
    from_year: int | None,
    to_year: int | None,
    level: str,
    programme: str,
    *,
    source: str,
) -> Row:
    """Return one entry of what somebody studied, as `fields` writes it.

    Raises
    ------
    BadValue
        'study' if there is no such group or faculty.
    """
    if group_id:
        groups = transaction.run(choices.YEARS, id=group_id)
        if not groups:
            raise BadValue("there is no such study group: choose one of the list", code="study")
        first = from_year or groups[0]["intake_year"]
        said: dict[str, Any] = {"role": "student", "source": source}
        return {"tie": "STUDIED_IN", "id": group_id, "said": said | choices.terms(first, to_year)}
    if not transaction.run(choices.UNIT, id=unit_id) or to_year is None:
        raise BadValue(
            "there is no such faculty, or no year: choose a faculty of the list and say the year",
            code="study",
        )
    said = {"year": to_year, "source": source}
    said |= {n: v for n, v in (("level", level), ("programme", programme.strip())) if v}
    return {"tie": "COMPLETED", "id": unit_id, "said": said}


def not_studied(store: Store, viewer: Viewer, key: int, entry: str, *, told: Told) -> str:
    """Take away what somebody did not study; staff do.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()

    def change(now: list[Row]) -> list[Row]:
        rest = [row for row in now if f"{row['tie']}:{row['id']}" != entry]
        if len(rest) == len(now):
            raise ThingNotFound("no such study")
        return rest

    return correct(store, viewer, key, "studies", change, told=told)


def show_to(store: Store, viewer: Viewer, chosen: Mapping[str, str]) -> str:
    """Write who sees some of the viewer's fields; the others stay as they are.

    Raises
    ------
    BadValue
        'audience'
    """
    for name, audience in chosen.items():
        if name not in privacy.DEFAULT_AUDIENCES or audience not in privacy.AUDIENCES:
            raise BadValue(
                f"this part of a page cannot be shown to these: {name}, {audience}", code="audience"
            )

    def change(now: list[str]) -> list[str]:
        # Only what is set otherwise: what follows from another field goes on following from it.
        holds = privacy.audiences(now)
        new = {name: audience for name, audience in chosen.items() if holds[name] != audience}
        if not new:
            return now
        stands = dict(entry.partition(":")[::2] for entry in now)
        return sorted(f"{name}:{audience}" for name, audience in (stands | new).items())

    return correct(store, viewer, viewer.own_key(), "audiences", change)


def _without(rows: list[Row], entry: str) -> list[Row]:
    rest = [row for row in rows if mark(row) != entry]
    if len(rest) == len(rows):
        raise ThingNotFound("this entry has changed meanwhile")
    return rest


def _in_order(rows: list[Row]) -> list[Row]:
    """Return rows as they are read, so that the same list is the same value."""

    def place(row: Row) -> tuple[int, int, str, str]:
        said = row["said"]
        last, first = said.get("to_year") or 9999, said.get("from_year") or 0
        return -last, -first, row["name"], row["id"]

    return sorted(rows, key=place)
