"""Evidence in words: what a field says of two people, and how much that weighs."""

from collections.abc import Sequence
from typing import Any

from flask_babel import format_decimal, gettext, lazy_gettext

from graphnet.contacts import Said
from graphnet.store import Row

FIELDS: dict[str, Any] = {
    "given_name": lazy_gettext("Given name"),
    "patronymic": lazy_gettext("Patronymic"),
    "family_name": lazy_gettext("Family name"),
    "sex": lazy_gettext("Sex"),
    "birth_date": lazy_gettext("Date of birth"),
    "graduation_year": lazy_gettext("Year of graduation"),
    "faculty": lazy_gettext("Faculty"),
    "group": lazy_gettext("Study group"),
    "organisation": lazy_gettext("Employer"),
    "city": lazy_gettext("City"),
    "email": lazy_gettext("E-mail"),
    "phone": lazy_gettext("Telephone"),
}
# Rows of the comparison that no field of the linkage has.
SIDES: dict[str, Any] = {
    "former": lazy_gettext("Former names"),
    "born_on": lazy_gettext("Date of birth"),
    "completed": lazy_gettext("Graduated"),
    "studied": lazy_gettext("Studied"),
    "emails": lazy_gettext("E-mail"),
    "phones": lazy_gettext("Telephone"),
    "cities": lazy_gettext("City"),
    "firms": lazy_gettext("Employer"),
}
LEVELS: dict[str, Any] = {
    "same": lazy_gettext("the same"),
    "other form": lazy_gettext("another form of the same name"),
    "one letter": lazy_gettext("one letter apart"),
    "alike": lazy_gettext("alike"),
    "beginning": lazy_gettext("the same beginning"),
    "somewhat alike": lazy_gettext("somewhat alike"),
    "spelled alike": lazy_gettext("the same in the other alphabet"),
    "different": lazy_gettext("different"),
}
MOST = 20


def compared(sides: Sequence[Row]) -> list[tuple[str, list[str], bool]]:
    """Return the rows of a comparison: what it is, what each says, whether two say otherwise."""
    rows = []
    for name, label in SIDES.items():
        texts = [
            ", ".join(sorted({str(v) for v in side[name] if v}))
            if isinstance(side[name], list)
            else str(side[name] or "")
            for side in sides
        ]
        if any(texts):
            rows.append((str(label), texts, len(set(filter(None, texts))) > 1))
    return rows


def evidence(said: Said) -> str:
    """Return what one field says of the two."""
    field = str(FIELDS.get(said.field, said.field))
    level = str(LEVELS.get(said.level, gettext("partly the same")))
    if said.left == said.right:
        return str(gettext("%(field)s: both %(value)s", field=field, value=said.left))
    return str(
        gettext(
            "%(field)s: %(left)s and %(right)s (%(level)s)",
            field=field,
            left=said.left,
            right=said.right,
            level=level,
        )
    )


def weight(said: Said) -> str:
    """Return how much it speaks for one person, or against it."""
    bits = max(-MOST, min(MOST, said.weight))
    times = 2 ** abs(bits)
    number = format_decimal(round(times) if times >= 10 else round(times, 1))
    if abs(bits) < 0.2:
        return str(gettext("says nothing"))
    if bits > 0:
        return str(gettext("for it: %(times)s times likelier of one person", times=number))
    return str(gettext("against it: %(times)s times likelier of two", times=number))


def reason_to_wait(done: int, expected: float) -> str:
    """Return how many doubles the next answers would find about."""
    return str(
        gettext(
            "The next %(done)s answers would find about %(found)s doubles.",
            done=done,
            found=format_decimal(round(expected, 1 if expected < 10 else 0)),
        )
    )
