"""Evidence in words: what a field says of two people, and how much that weighs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, format_decimal, gettext, lazy_gettext, lazy_pgettext

from graphnet.contacts import Said
from graphnet.errors import Conflict, NotAllowed
from graphnet.merging.standing import BOTH, MISTAKE, Difference, Held
from graphnet.people import Card
from graphnet.store import Row
from webapp.features.people.words import languages_line
from webapp.frame.i18n import in_language
from webapp.frame.reasons import Reasons

REASONS: Reasons = {
    Conflict: {
        "different": lazy_gettext(
            "Somebody has said that they are two people: ask again about that first."
        ),
        "values": lazy_gettext(
            "Somebody has changed one of them meanwhile: this is how they are now."
        ),
        "changed": lazy_gettext("Somebody has answered meanwhile: this is how it stands now."),
        "account": lazy_gettext("Both have an account: an administrator chooses which one stays."),
        "later": lazy_gettext("They were joined with somebody else since: undo that first."),
        "over": lazy_gettext("This decision stands no longer."),
        "": lazy_gettext("Somebody has answered this already."),
    },
    NotAllowed: {
        "account": lazy_gettext("Both have an account: an administrator chooses which one stays."),
    },
}

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
# What a person has once, and staff choose whose it is to be.
ONCE: dict[str, Any] = FIELDS | {
    "latin_name": lazy_gettext("Name in the other alphabet"),
    "former_names": lazy_gettext("Former names"),
    "gender": lazy_gettext("Form of address"),
    "born_on": lazy_gettext("Date of birth"),
    "city": lazy_gettext("City where they live now"),
    "about": lazy_gettext("About themselves"),
    "languages": lazy_gettext("Languages"),
}
ADDRESSED: dict[str, Any] = {
    "f": lazy_pgettext("form of address", "she"),
    "m": lazy_pgettext("form of address", "he"),
}
# Why the rule lets a value stand.
WHYS: dict[str, Any] = {
    "first": lazy_gettext("proposed: this record was in the base first"),
    "account": lazy_gettext("proposed: this one has an account"),
    "confirmed": lazy_gettext("proposed: looked at and left so"),
    "staff": lazy_gettext("proposed: corrected by staff"),
    "self": lazy_gettext("proposed: the person says so"),
    "both": lazy_gettext("proposed: keep all"),
}
STAND = "stands-"
MOST = 20
LONGEST = 120


def value(field: str, shown: Any) -> str:
    """Return what a record says of a field, in the reader's words."""
    if field == "city":
        return ", ".join(in_language(name, russian) for name, russian in shown or ())
    if field == "languages":
        return languages_line(shown or ())
    if field == "gender":
        return str(ADDRESSED.get(shown, shown or ""))
    if field == "born_on" and shown:
        return str(format_date(date.fromisoformat(shown), "long"))
    text = ", ".join(shown) if isinstance(shown, list | tuple) else str(shown or "")
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def why(reason: str, at: datetime | None) -> str:
    """Return why the rule lets a value stand."""
    if reason == "newer" and at is not None:
        return str(gettext("proposed: said later, on %(day)s", day=format_date(at, "long")))
    return str(WHYS.get(reason, reason))


def said_on(held: Held) -> str:
    """Return when a value was said, or by whom it was confirmed."""
    if held.at is None:
        return ""
    if held.why == "self":
        return str(gettext("said by the person on %(day)s", day=format_date(held.at, "long")))
    if held.why == "staff":
        return str(gettext("corrected by staff on %(day)s", day=format_date(held.at, "long")))
    return str(gettext("in a list of %(day)s", day=format_date(held.at, "long")))


def choices(
    found: Sequence[Difference], cards: Sequence[Card], given: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the fields of which staff choose whose value stands, as the form shows them.

    `given` is what they have chosen already, if the page comes back.
    """
    place = {card.id: i + 1 for i, card in enumerate(cards)}
    rows = []
    for one in found:
        options = []
        for held in one.held:
            proposed = one.stands in held.people
            numbers = ", ".join(str(place[who]) for who in held.people if who in place)
            about = [gettext("record %(numbers)s", numbers=numbers)]
            about.append(why(one.why, held.at) if proposed else said_on(held))
            options.append((held.people[0], value(one.field, held.shown), about))
        if one.field in ("city", "former_names"):
            all_names = one.field == "former_names"
            text = gettext("all of them") if all_names else gettext("lives in all of them")
            about = [str(WHYS["both"])] if one.stands == BOTH else []
            options.append((BOTH, text, about))
        rows.append(
            {
                "field": one.field,
                "label": str(ONCE[one.field]),
                "options": [(at, text, " · ".join(filter(None, about)))
                            for at, text, about in options],
                "stands": given.get(one.field, next(
                    (h.people[0] for h in one.held if one.stands in h.people), BOTH)),
                "mistake": given.get(MISTAKE) == "yes",
            }
        )  # fmt: skip
    return rows


def chosen(form: Mapping[str, str]) -> dict[str, str]:
    """Return what a form says of whose value stands."""
    found = {
        name.removeprefix(STAND): whose for name, whose in form.items() if name.startswith(STAND)
    }
    return found | ({MISTAKE: "yes"} if form.get(MISTAKE) else {})


def decided(row: Row) -> str:
    """Return what was decided of one field when two were joined."""
    field = str(ONCE.get(row["field"], row["field"]))
    other = "; ".join(value(row["field"], shown) for shown in row["other"])
    if row["stands"] is None:
        return str(gettext("%(field)s: all stand: %(values)s", field=field, values=other))
    stands = value(row["field"], row["stands"])
    said = {"field": field, "stands": stands, "other": other}
    if row["by_hand"]:
        return str(gettext("%(field)s: %(stands)s, not %(other)s (chosen by hand)", **said))
    return str(gettext("%(field)s: %(stands)s, not %(other)s (as proposed)", **said))


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
