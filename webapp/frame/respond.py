"""What pages share: whole or fragment, CSV, pagination, sorting by URL, ways back."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from graphnet.errors import BadValue
from graphnet.spreadsheets import guarded
from webapp.frame.i18n import language
from webapp.frame.security import safe_path


def is_fragment() -> bool:
    """Return whether htmx asks for a part of a page (it says so itself, since version 4)."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Request-Type", "partial") == "partial"
        and "HX-History-Restore-Request" not in request.headers
    )


def wants_json() -> bool:
    """Return whether the caller prefers JSON to a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def answer(template: str, *, fragment: str = "", status: int = 200, **values: Any) -> AnyResponse:
    """Answer with the whole page, or with its fragment where htmx asks for a part.

    On wrong input use status 422: the browser and htmx then both show the form with its errors.
    """
    chosen = fragment if fragment and is_fragment() else template
    return make_response(render_template(chosen, **values), status)


def url_with(**changes: Any) -> str:
    """Return this page's address with some of its query changed; None takes one away."""
    query: dict[str, Any] = {key: request.args.getlist(key) for key in request.args}
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = value if isinstance(value, list) else [str(value)]
    text = urlencode(sorted(query.items()), doseq=True)
    return f"{request.path}?{text}" if text else request.path


def back_or(default: str) -> str:
    """Return where the form says to go back to (its field `next`), if that is a path of ours."""
    return safe_path(request.form.get("next") or request.args.get("next"), default)


def whole_number(name: str, default: int, *, low: int = 0, high: int = 10**9) -> int:
    """Return a number from the query, kept within bounds; what is no number counts as absent."""
    try:
        value = int(request.args.get(name, ""))
    except ValueError:
        return default
    return min(max(value, low), high)


@dataclass(frozen=True)
class Page:
    """Where in a long list this page is; `ui.pagination(page)` draws it."""

    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def skip(self) -> int:
        """How many come before this page."""
        return (self.number - 1) * self.size

    @property
    def first_shown(self) -> int:
        """The position of the first on this page, from 1; 0 if there is none."""
        return self.skip + 1 if self.total > self.skip else 0

    @property
    def last_shown(self) -> int:
        """The position of the last on this page."""
        return min(self.skip + self.size, self.total)


def page_of(total: int, *, size: int = 50) -> Page:
    """Return the page that the query's `page` asks for, the last one if it asks too far."""
    last = max(1, -(-total // size))
    return Page(whole_number("page", 1, low=1, high=last), size, total)


@dataclass(frozen=True)
class Sorting:
    """By which column a table is sorted; `ui.sort_header` draws the heads."""

    column: str
    descending: bool


def sorted_by(columns: Sequence[str], *, default: str, descending: bool = False) -> Sorting:
    """Return the sorting that the query's `sort` asks for: a column, or -column."""
    asked = request.args.get("sort", "")
    column = asked.removeprefix("-")
    if column not in columns:
        return Sorting(default, descending)
    return Sorting(column, asked.startswith("-"))


def _cell(value: Any, *, russian: bool) -> Any:
    if isinstance(value, str):
        return guarded(value)
    if russian and isinstance(value, float):
        return str(value).replace(".", ",")
    if russian and isinstance(value, date) and not isinstance(value, datetime):
        return f"{value:%d.%m.%Y}"
    return value


def csv_answer(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]], *, plain: bool = False
) -> Response:
    """Answer with a CSV file that the reader's spreadsheet opens right.

    A cell that begins like a formula gets an apostrophe, or opening the file could run it. To a
    spreadsheet in Russian a comma is the sign within a number: cells are parted by semicolons then,
    and days are written as its reader writes them.

    Parameters
    ----------
    plain
        For programs: commas, points and ISO days in every language.
    """
    text = io.StringIO()
    russian = language() == "ru" and not plain
    writer = csv.writer(text, delimiter=";" if russian else ",", lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([_cell(cell, russian=russian) for cell in row])
    if not name.replace("-", "").isascii():
        raise BadValue("the name of a file is ASCII")
    return Response(
        "\ufeff" + text.getvalue(),  # without the mark Excel takes Cyrillic for Latin-1
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
