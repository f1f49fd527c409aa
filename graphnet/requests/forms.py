"""Kinds of request as staff write them: what is asked, who is in charge, by when, what is said.

A kind is kept in versions, which are never changed: a request names the version that it was made
by, and carries its own answers with the questions as they stood. What a feature brings in code is
version 0, with which a fresh installation begins; its rule for closing stays in code.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graphnet import changes
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, ConstraintViolated
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.requests.kinds import OWN
from graphnet.store import Row, Store, Transaction

FIELD_KINDS = ("line", "text", "choice", "date")
MOST_FIELDS, MOST_CHOICES = 12, 30
LONGEST_NAME, LONGEST_TEXT, LONGEST_VALUE = 100, 2000, 1000
MOST_HOURS = 2000  # a working year

# One row: the newest version of a kind, with the unit in charge.
CURRENT = """MATCH (k:RequestKind) WHERE $kind = '' OR k.kind = $kind
WITH k ORDER BY k.number DESC
WITH k.kind AS name, head(collect(k)) AS k
RETURN k.kind AS kind, k.number AS number, k.name AS name, k.name_ru AS name_ru,
  k.description AS description, k.description_ru AS description_ru, k.fields AS fields,
  k.first_hours AS first_hours, k.done_hours AS done_hours, k.thanks AS thanks,
  k.thanks_ru AS thanks_ru, k.shown AS shown, k.position AS position,
  COLLECT { MATCH (k)-[:HELD_BY]->(u:Unit) RETURN u.id LIMIT 1 } AS units
ORDER BY position, kind LIMIT 200"""

# One row: what a kind is called now.
NAMES = """MATCH (k:RequestKind) WITH k ORDER BY k.number DESC
WITH k.kind AS kind, head(collect(k)) AS k
RETURN kind, k.name AS name, k.name_ru AS name_ru ORDER BY kind LIMIT 200"""

# One row: an earlier version of a kind, the newest first, and who wrote it.
VERSIONS = """MATCH (k:RequestKind {kind: $kind})
OPTIONAL MATCH (a:Account {id: k.by})
RETURN k.number AS number, k.at AS at, coalesce(a.email, '') AS by
ORDER BY number DESC LIMIT 50"""

# One row: the new version.
SAVE = """CREATE (k:RequestKind {id: $id, kind: $kind, number: $number, name: $name,
  name_ru: $name_ru, description: $description, description_ru: $description_ru, fields: $fields,
  first_hours: $first_hours, done_hours: $done_hours, thanks: $thanks, thanks_ru: $thanks_ru,
  shown: $shown, position: $position, at: $at, by: $by})
WITH k
OPTIONAL MATCH (u:Unit {id: $unit})
FOREACH (one IN CASE WHEN u IS NULL THEN [] ELSE [u] END | CREATE (k)-[:HELD_BY]->(one))
RETURN k.id AS id, u.id AS unit"""


@dataclass(frozen=True)
class FormField:
    """One question of a form, in both languages; `choices` are pairs of words for one."""

    label: str
    label_ru: str
    kind: str = "line"
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = False


@dataclass(frozen=True)
class KindForm:
    """One version of a kind of request; times are working hours."""

    kind: str
    number: int
    name: str
    name_ru: str
    description: str = ""
    description_ru: str = ""
    fields: tuple[FormField, ...] = ()
    first_hours: int = 16
    done_hours: int = 80
    thanks: str = ""
    thanks_ru: str = ""
    shown: bool = True
    position: int = 100
    unit: str = ""

    @property
    def id(self) -> str:
        """What a request that is made by this version names it."""
        return f"{self.kind}:{self.number}"

    @property
    def first(self) -> timedelta:
        """Working time until somebody must have answered for the first time."""
        return timedelta(hours=self.first_hours)

    @property
    def done(self) -> timedelta:
        """Working time until it must be done."""
        return timedelta(hours=self.done_hours)


def current(store: Store, defaults: Sequence[KindForm]) -> dict[str, KindForm]:
    """Return every kind that can be asked for as it stands now, in its order.

    Parameters
    ----------
    defaults
        What the features bring, as version 0.
    """
    found = {form.kind: form for form in defaults}
    known = set(found)
    for row in store.read(CURRENT, kind=""):
        if row["kind"] in known or row["kind"].startswith(OWN):
            found[row["kind"]] = _form(row)
    return dict(sorted(found.items(), key=lambda pair: (pair[1].position, pair[0])))


def names(store: Store) -> dict[str, tuple[str, str]]:
    """Return what the kinds that staff have written are called, in English and Russian."""
    return {row["kind"]: (row["name"], row["name_ru"]) for row in store.read(NAMES)}


def versions(store: Store, viewer: Viewer, kind: str) -> list[Row]:
    """Return the versions of a kind, the newest first: number, when, by whom.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return [{**row, "at": row["at"].to_native()} for row in store.read(VERSIONS, kind=kind)]


def _form(row: Row) -> KindForm:
    held = json.loads(row["fields"] or "[]")
    fields = tuple(
        FormField(**{**one, "choices": tuple((a, b) for a, b in one["choices"])}) for one in held
    )
    plain = {name: row[name] for name in row if name not in ("fields", "units")}
    return KindForm(**plain, fields=fields, unit=row["units"][0] if row["units"] else "")


def save(store: Store, viewer: Viewer, form: KindForm, *, now: datetime | None = None) -> KindForm:
    """Keep the next version of a kind after the one that `form` was made from; return it.

    A kind of no name is a new one.

    Raises
    ------
    BadValue
        With the name of what is wrong: name, description, fields, choices, hours, thanks, unit.
    Conflict
        ``changed``: somebody has written this version meanwhile.
    NotAllowed
    """
    viewer.require_staff()
    checked(form)
    kind = form.kind or OWN + new_id()
    made = replace(form, kind=kind, number=form.number + 1)
    values: dict[str, Any] = {**asdict(made), "id": made.id, "by": viewer.account_id}
    values["fields"] = json.dumps([asdict(one) for one in made.fields], ensure_ascii=False)
    values["at"] = now or datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(SAVE, **values)
        if made.unit and rows[0]["unit"] is None:
            raise BadValue(
                f"there is no unit {made.unit!r}: choose one of the list", code="unit", field="unit"
            )
        acted(transaction, viewer, "write kind of request", made.kind, detail=f"{made.number}")
        changes.record(transaction, "kinds of request", thing=made.kind)

    try:
        store.in_write(work)
    except ConstraintViolated as problem:
        raise Conflict(
            f"a colleague has changed the kind {made.kind} meanwhile: look at it again, then "
            "save once more",
            code="changed",
        ) from problem
    return made


def checked(form: KindForm) -> None:
    """Refuse a form that cannot be so.

    Raises
    ------
    BadValue
    """
    if not form.name.strip() or not form.name_ru.strip():
        raise BadValue(
            "a kind of request needs a name in English and in Russian",
            code="kind_name",
            field="name",
        )
    if max(len(form.name), len(form.name_ru)) > LONGEST_NAME:
        raise BadValue(
            f"the name of a kind of request has at most {LONGEST_NAME} characters",
            code="kind_name",
            field="name",
        )
    if max(len(form.description), len(form.description_ru)) > LONGEST_TEXT:
        raise BadValue(
            f"what a kind is for is said in at most {LONGEST_TEXT:,} characters",
            code="description",
            field="description",
        )
    if max(len(form.thanks), len(form.thanks_ru)) > LONGEST_TEXT:
        raise BadValue(
            f"the answer to who asks has at most {LONGEST_TEXT:,} characters",
            code="thanks",
            field="thanks",
        )
    if not 1 <= form.first_hours <= form.done_hours <= MOST_HOURS:
        raise BadValue(
            f"both times are whole working hours up to {MOST_HOURS:,}, the first answer before "
            "the end",
            code="hours",
            field="first_hours",
        )
    if len(form.fields) > MOST_FIELDS:
        raise BadValue(f"a form has at most {MOST_FIELDS} questions", code="fields", field="fields")
    for one in form.fields:
        if not one.label.strip() or not one.label_ru.strip() or one.kind not in FIELD_KINDS:
            raise BadValue(
                "each question is written in English and in Russian, and is one of "
                f"{', '.join(FIELD_KINDS)}",
                code="fields",
                field="fields",
            )
        if max(len(one.label), len(one.label_ru)) > LONGEST_NAME:
            raise BadValue(
                f"a question has at most {LONGEST_NAME} characters", code="fields", field="fields"
            )
        if (one.kind == "choice") != bool(one.choices) or len(one.choices) > MOST_CHOICES:
            raise BadValue(
                f"a choice has its answers, at most {MOST_CHOICES}, and no other question has any",
                code="choices",
                field="fields",
            )


def answers(form: KindForm, given: Mapping[str, str]) -> str:
    """Return what was answered to a form, as a request carries it; `given` by number.

    Raises
    ------
    BadValue
        ``needed`` if something must be said, ``choice``, ``date`` or ``long``; the field is the
        number of the question.
    """
    said: list[dict[str, str]] = []
    for n, one in enumerate(form.fields):
        value = given.get(str(n), "").replace("\r\n", "\n").strip()
        if not value:
            if one.needed:
                raise BadValue(f"please answer: {one.label}", code="needed", field=str(n))
            continue
        if len(value) > LONGEST_VALUE:
            raise BadValue(
                f"at most {LONGEST_VALUE:,} characters are an answer to: {one.label}",
                code="long",
                field=str(n),
            )
        answer = {"label": one.label, "label_ru": one.label_ru, "value": value, "value_ru": value}
        if one.kind == "choice":
            chosen = [pair for pair in one.choices if value == pair[0]]
            if not chosen:
                raise BadValue(
                    f"choose one of the answers: {one.label}", code="choice", field=str(n)
                )
            answer["value_ru"] = chosen[0][1]
        if one.kind == "date":
            try:
                date.fromisoformat(value)
            except ValueError as problem:
                raise BadValue(
                    f"give a day, like 2026-11-26: {one.label}", code="date", field=str(n)
                ) from problem
        said.append(answer)
    return json.dumps(said, ensure_ascii=False) if said else ""


def read_answers(stored: str | None) -> list[dict[str, str]]:
    """Return what a request carries of its form: label, value and both in Russian."""
    return list(json.loads(stored)) if stored else []
