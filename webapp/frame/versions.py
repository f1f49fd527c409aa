"""Forms on which two may work at once: who keeps second chooses, part by part, what is to stand.

The engine's side is `graphnet.versions`; the choice is shown by the macro `ui.meanwhile`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from babel.dates import format_date, format_datetime
from flask import request
from flask_babel import get_locale, gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field

from graphnet.versions import Meanwhile, differences
from webapp.frame.respond import answer

Content = TypeVar("Content")


@dataclass(frozen=True)
class Choice:
    """One part of a thing that two have changed: what it is called, and what each has written."""

    name: str
    label: Any
    mine: str
    theirs: str


def version_number(text: str | None) -> int:
    """Return the version that a form was filled in from; -1, which no thing has, for nonsense."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


def with_choices(content: Content, there: Content, names: Iterable[str]) -> Content:
    """Return what was written, with those parts of what stands there that were chosen instead."""
    taken = [name for name in names if request.form.get(f"take-{name}") == "theirs"]
    return replace(content, **{name: getattr(there, name) for name in taken})  # type: ignore[type-var]


def choices_between(
    form: FlaskForm, meanwhile: Meanwhile, content: Any, words: Mapping[str, Any]
) -> list[Choice]:
    """Return what is to be chosen between what stands there now and what was written.

    From then on the form is about the version that stands there.
    """
    form["version"].data = str(meanwhile.version)
    return [
        Choice(name, words[name], in_words(form, name, mine), in_words(form, name, theirs))
        for name, (theirs, mine) in differences(meanwhile.now, content).items()
    ]


def in_words(form: FlaskForm, name: str, value: Any) -> str:
    """Return a value as the form's reader knows it: by the labels of what can be chosen."""
    field: Field | None = next((one for one in form if one.short_name == name), None)
    labels = {str(one[0]): str(one[1]) for one in getattr(field, "choices", None) or ()}
    return _said(value, labels)


def _said(value: Any, labels: Mapping[str, str]) -> str:
    if isinstance(value, datetime):
        return str(format_datetime(value, "d MMMM y, HH:mm", locale=get_locale()))
    if isinstance(value, date):
        return str(format_date(value, "d MMMM y", locale=get_locale()))
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, tuple | list):
        nested = any(isinstance(one, tuple | list) for one in value)
        return ("\n" if nested or not labels else ", ").join(
            " ".join(map(str, one)) if isinstance(one, tuple | list) else _said(one, labels)
            for one in value
        )
    return "" if value is None else labels.get(str(value), str(value))


def form_page(
    template: str,
    form: FlaskForm,
    held: Any,
    *,
    meanwhile: list[Choice] | None = None,
    wrong: bool = True,
    **more: Any,
) -> Response:
    """Return the page of the form: 409 with the choices, 422 where something is wrong, or empty."""
    posted = request.method == "POST"
    status = 409 if meanwhile or not wrong else 422 if posted else 200
    return answer(
        template,
        form=form,
        held=held,
        meanwhile=meanwhile,
        wrong=posted and wrong and not meanwhile,
        status=status,
        **more,
    )
