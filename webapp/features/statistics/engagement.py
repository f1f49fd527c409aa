"""/statistics/engagement: who took part in a year, by CASE's four modes; no cell under five."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from flask import Response as FileResponse
from flask import request
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from graphnet.ledger.rule_files import MODES
from graphnet.statistics import engagement as figures
from graphnet.statistics.engagement import ANY, Dashboard, Row
from webapp.features.statistics.page import Bar, Chart, mode_word
from webapp.features.statistics.routes import ROWS, blueprint
from webapp.frame.context import live
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer, csv_answer, whole_number
from webapp.frame.security import current_viewer, role_required
from webapp.frame.workbook import workbook_answer

EARLIEST = 2000
COLUMNS = (ANY, *MODES)
HEAD = ("label", "label_ru", "can_be_written_to", *COLUMNS)
HEADINGS = {
    "trend": (lazy_gettext("Year after year"), lazy_gettext("Year")),
    "decades": (lazy_gettext("By decade of intake"), lazy_gettext("Decade")),
    "faculties": (lazy_gettext("By faculty"), lazy_gettext("Faculty")),
    "cohorts": (lazy_gettext("By intake"), lazy_gettext("Intake")),
}


@blueprint.get("/statistics/engagement")
@role_required("staff", "analyst", purpose="statistics")
def engagement() -> Response:
    """A year's engagement: of all, by decade, intake and faculty; of one of them, by years."""
    now = datetime.now(UTC).year
    year = whole_number("year", now, low=EARLIEST, high=now)
    found = _of_year(year)
    one = found.of(request.args.get("of", "")[:200])
    tables = {
        "trend": found.trend if one is None else _year_after_year(one, year),
        "decades": found.decades,
        "faculties": found.faculties,
        "cohorts": found.cohorts,
    }
    chosen = request.args.get("as", "")
    if chosen in tables:
        return csv_answer(f"engagement-{chosen}", HEAD, map(_line, tables[chosen]))
    if chosen == "xlsx":
        return _workbook(year, tables)
    return answer(
        "statistics/engagement.html",
        found=found,
        one=one,
        tables={name: rows[:ROWS] for name, rows in tables.items()},
        left_out={name: max(0, len(rows) - ROWS) for name, rows in tables.items()},
        chart=Chart(
            gettext("Bars: how many took part in each year, in any mode."),
            tuple(Bar(row.label, (row.counts[ANY],)) for row in tables["trend"]),
        ),
        headings=HEADINGS,
        columns=COLUMNS,
        heads=_heads(),
        years=[(str(one), str(one)) for one in range(now, now - figures.YEARS, -1)],
    )


def _of_year(year: int) -> Dashboard:
    viewer = current_viewer()
    return live().shared(f"engagement-{year}", lambda: figures.dashboard(live(), viewer, year))


def _year_after_year(one: Row, year: int) -> tuple[Row, ...]:
    """Return an intake or a faculty in each year, as the tables of that year show it."""
    rows = []
    for before in range(year - figures.YEARS + 1, year + 1):
        row = _of_year(before).of(one.id)
        if row is not None:
            rows.append(replace(row, label=str(before), label_ru=str(before)))
    return tuple(rows)


def _heads() -> list[str]:
    return [gettext("in any mode"), *map(mode_word, MODES)]


def _workbook(year: int, tables: Mapping[str, Sequence[Row]]) -> FileResponse:
    sheets = (
        (
            str(heading),
            [str(what), gettext("Can be written to"), *_heads()],
            [[in_language(row.label, row.label_ru), *_line(row)[2:]] for row in tables[name]],
        )
        for name, (heading, what) in HEADINGS.items()
    )
    return workbook_answer(f"engagement-{year}", sheets)


def _line(row: Row) -> Sequence[object]:
    return [row.label, row.label_ru, row.whole, *(row.counts[name] for name in COLUMNS)]
