"""The figures of the whole network in words: what each says, where it is from, of how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext, pgettext

from graphnet.analysis.whole import MIXED
from webapp.frame.i18n import in_language, number
from webapp.frame.workbook import Shown

TIE_WORDS = {
    "knows": lazy_gettext("know each other"),
    "studied": lazy_gettext("were in a group together"),
    "worked": lazy_gettext("worked together"),
    "member": lazy_gettext("are in a community together"),
    "came": lazy_gettext("came to the same events"),
}
ABSENT = "—"


@dataclass(frozen=True)
class Row:
    """One figure, with its error where it has one, and what it means."""

    name: str
    value: Shown
    error: Shown | None
    says: str
    source: str = ""


def _whole(value: int | None) -> Shown:
    return Shown(ABSENT if value is None else number(value), value)


def _figure(value: float | None, digits: int = 2) -> Shown:
    return Shown(ABSENT if value is None else number(value, digits), value)


def _share(value: float | None, digits: int = 0) -> Shown:
    text = ABSENT if value is None else f"{number(100 * value, digits)} %"
    return Shown(text, value, share=True)


def rows_of(found: dict[str, Any]) -> list[Row]:
    """Return the figures of `graphnet.analysis.whole`, in the order in which they are read."""
    newman = "Newman 2003"
    rows = [
        Row(gettext("People"), _whole(found["people"]), None,
            gettext("All who are on file and may be counted.")),
        Row(gettext("Ties"), _whole(found["ties"]), None,
            gettext("Known pairs of them who are tied in this way; ties have no direction.")),
        Row(pgettext("ties", "Coverage"), _share(found["coverage"]), None,
            gettext("Share of the people of whom any such tie is known. Of the others nothing is "
                    "known: every figure here is of the known ties alone.")),
        Row(gettext("Density"), _share(found["density"], 3), None,
            gettext("Share of all pairs that are tied."), "Wasserman, Faust 1994"),
        Row(gettext("Islands"), _whole(found["islands"]), None,
            gettext("Groups of two or more between which no chain of ties leads.")),
        Row(gettext("Largest island"), _whole(found["largest_island"]), None,
            gettext("How many people it has.")),
        Row(gettext("Without five"), _whole(found["cut_off_without_five"]), None,
            gettext("How many would no longer be in it if the five left through whom most shortest "
                    "ways lead."), "Brandes 2001"),
        Row(gettext("Modularity"), _figure(found["modularity"], 3), None,
            gettext("How much more ties stay within circles than chance would have it, of the best "
                    "division found."), "Newman, Girvan 2004"),
        Row(gettext("The same by chance"), _figure(found["random_modularity"], 3),
            _figure(found["random_modularity_deviation"], 3),
            gettext("In five random networks in which everybody has as many ties: only what lies "
                    "well above says anything."), "Molloy, Reed 1995"),
        Row(gettext("Firmness of circles"), _figure(found["stability"], 2), None,
            gettext("How far five divisions agree that begin differently: 1 if they are the same, "
                    "0 as by chance (adjusted Rand index)."), "Hubert, Arabie 1985"),
    ]  # fmt: skip
    said = {
        "faculty": gettext("Mixing by faculty"),
        "decade": gettext("Mixing by decade"),
        "city": gettext("Mixing by city"),
    }
    for by in MIXED:
        ties = found[f"mixing_{by}_ties"]
        rows.append(
            Row(
                said[by],
                _figure(found[f"mixing_{by}"]),
                _figure(found[f"mixing_{by}_error"], 3),
                gettext("1 if ties keep within, 0 as by chance, below 0 if they avoid it. Known of "
                        "both ends of %(ties)s ties.", ties=_whole(ties)),
                newman,
            )
        )  # fmt: skip
    return rows


def sheets(found: dict[str, Any]) -> list[tuple[str, Sequence[str], list[list[Any]]]]:
    """Return the page as the sheets of a workbook."""
    head = [gettext("Figure"), gettext("Value"), "±", gettext("What it says"), gettext("Source")]
    people = [gettext("Circle"), gettext("People"), gettext("Name of the circle"),
              gettext("Share of its faculty")]  # fmt: skip
    return [
        (
            gettext("The network in figures"),
            head,
            [[row.name, row.value, row.error, row.says, row.source] for row in rows_of(found)],
        ),
        (
            gettext("Circles"),
            people,
            [
                [
                    one["community"] + 1,
                    one["people"],
                    in_language(one["name"] or "", one["name_ru"] or ""),
                    _share(one["faculty_share"]),
                ]
                for one in found["communities"]
            ],
        ),
    ]
