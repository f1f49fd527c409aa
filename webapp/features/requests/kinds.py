"""Which kinds of request there are: what the features bring, as staff have written it since."""

from collections.abc import Mapping

from flask import current_app

from graphnet.features import registered
from graphnet.requests import forms
from graphnet.requests.forms import FIELD_KINDS, MOST_CHOICES, MOST_FIELDS, FormField, KindForm
from webapp.frame.context import graphnet, shared
from webapp.frame.i18n import in_tongue

FIRST_HOURS = 16  # until the first answer, where a kind of the code says nothing of it


def offered() -> dict[str, KindForm]:
    """Return every kind that can be asked for, in its order, those that are off included."""
    defaults = _defaults()
    return shared("forms of requests", lambda: forms.current(graphnet().store, defaults))


def _defaults() -> list[KindForm]:
    """Return the kinds of the code as version 0, in both languages; made once for a process."""
    found: list[KindForm] = current_app.extensions.setdefault("request_defaults", [])
    if not found:
        core = registered()
        said: dict[str, dict[str, tuple[str, str]]] = {}
        for tongue in ("en", "ru"):
            with in_tongue(tongue):
                said[tongue] = {
                    name: (_capital(str(core.request_words[name])), str(offer))
                    for name, offer in core.request_offers.items()
                }
        for place, name in enumerate(core.request_offers):
            done = core.request_kinds[name].working_days * 8
            found.append(
                KindForm(
                    kind=name,
                    number=0,
                    name=said["en"][name][0],
                    name_ru=said["ru"][name][0],
                    description=said["en"][name][1],
                    description_ru=said["ru"][name][1],
                    first_hours=min(FIRST_HOURS, done),
                    done_hours=done,
                    position=(place + 1) * 10,
                )
            )
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def entered(kind: str, filled: Mapping[str, str]) -> KindForm:
    """Return what staff have entered; `forms.checked` says whether it can be so."""

    def words(name: str) -> str:
        return filled.get(name, "").replace("\r\n", "\n").strip()

    fields = []
    for n in range(MOST_FIELDS):
        label, label_ru = words(f"label-{n}"), words(f"label_ru-{n}")
        if not label and not label_ru:
            continue
        sort = words(f"sort-{n}") or FIELD_KINDS[0]
        fields.append(
            FormField(
                label or label_ru,
                label_ru or label,
                sort,
                _choices(words(f"choices-{n}")) if sort == "choice" else (),
                bool(filled.get(f"needed-{n}")),
            )
        )
    return KindForm(
        kind=kind,
        number=_number(words("number"), 0),
        name=words("name") or words("name_ru"),
        name_ru=words("name_ru") or words("name"),
        description=words("description"),
        description_ru=words("description_ru"),
        fields=tuple(fields),
        first_hours=_number(words("first_hours"), 0),
        done_hours=_number(words("done_hours"), 0),
        thanks=words("thanks"),
        thanks_ru=words("thanks_ru"),
        shown=bool(filled.get("shown")),
        position=_number(words("position"), 100),
        unit=words("unit"),
    )


def _choices(text: str) -> tuple[tuple[str, str], ...]:
    """Return choices as they are written: one a line, English and Russian on both sides of "|"."""
    found = []
    for line in text.splitlines()[: MOST_CHOICES + 1]:
        first, _, second = (part.strip() for part in line.partition("|"))
        if first or second:
            found.append((first or second, second or first))
    return tuple(dict.fromkeys(found))


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default
