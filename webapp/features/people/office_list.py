"""The list of people as an office needs it: a row each, on the page and as a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import people
from graphnet.audit import acted
from graphnet.people import Card
from graphnet.privacy import Viewer
from graphnet.store import Store
from webapp.frame.i18n import in_language
from webapp.frame.respond import csv_answer
from webapp.frame.words import state_word


@dataclass(frozen=True)
class Row:
    """One person of the list, each part once however often they studied here."""

    card: Card
    units: tuple[str, ...]
    programmes: tuple[str, ...]
    groups: tuple[str, ...]
    intakes: tuple[int, ...]
    graduations: tuple[int, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]


def rows(store: Store, cards: Sequence[Card]) -> list[Row]:
    """Return a row for each card, with the addresses and numbers that work."""
    reached = people.points(store, cards)
    return [_row(card, reached.get(card.key, ())) for card in cards]


def _row(card: Card, points: Sequence[tuple[str, str]]) -> Row:
    studies = card.studies
    return Row(
        card,
        _each(in_language(s.unit, s.unit_ru) for s in studies),
        _each(in_language(s.programme, s.programme_ru) for s in studies),
        _each(s.code for s in studies),
        tuple(sorted({s.intake_year for s in studies if s.intake_year})),
        tuple(sorted({s.graduation_year for s in studies if s.graduation_year})),
        tuple(value for kind, value in points if kind == "email"),
        tuple(value for kind, value in points if kind == "phone"),
    )


def _each(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def as_csv(store: Store, viewer: Viewer, cards: Sequence[Card]) -> Response:
    """Answer with the list as a file in the reader's language; the trail says who took it."""
    keys = [card.key for card in cards]
    store.in_write(lambda t: acted(t, viewer, "export", detail=f"{len(keys)} people", keys=keys))
    header = [
        gettext("family name"), gettext("first name"), gettext("patronymic"),
        gettext("former names"), gettext("status"), gettext("faculty"), gettext("programme"),
        gettext("group"), gettext("intake"), gettext("graduation"), gettext("e-mail"),
        gettext("telephone"), gettext("city"), gettext("work"), gettext("end of the address"),
    ]  # fmt: skip
    return csv_answer("people", header, (_cells(row) for row in rows(store, cards)))


def _cells(row: Row) -> list[str]:
    card = row.card
    several = (
        card.name.former, [state_word(card.state, card.gender)], row.units, row.programmes,
        row.groups, map(str, row.intakes), map(str, row.graduations), row.emails, row.phones,
    )  # fmt: skip
    return [
        card.name.family,
        card.name.given,
        card.name.patronymic,
        *(", ".join(words) for words in several),
        in_language(*card.city),
        ", ".join(word for word in card.employer if word),
        card.id,
    ]
