"""/statistics/engagement: who took part in a year, by CASE's four modes; no cell under five."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.ledger.rule_files import MODES
from graphnet.statistics import engagement as figures
from graphnet.statistics.engagement import ANY, Row
from webapp.features.statistics.page import mode_word
from webapp.features.statistics.routes import blueprint
from webapp.frame.context import live
from webapp.frame.respond import answer, csv_answer, whole_number
from webapp.frame.security import current_viewer, role_required

EARLIEST = 2000
COLUMNS = (ANY, *MODES)
HEAD = ("label", "label_ru", "can_be_written_to", *COLUMNS)


@blueprint.get("/statistics/engagement")
@role_required("staff", "analyst", purpose="statistics")
def engagement() -> Response:
    """A year's engagement: of all, by decade of intake, by faculty, and year after year."""
    viewer, now = current_viewer(), datetime.now(UTC).year
    year = whole_number("year", now, low=EARLIEST, high=now)
    found = live().shared(f"engagement-{year}", lambda: figures.dashboard(live(), viewer, year))
    tables = {"trend": found.trend, "decades": found.decades, "faculties": found.faculties}
    if (chosen := request.args.get("as", "")) in tables:
        return csv_answer(f"engagement-{chosen}", HEAD, map(_line, tables[chosen]))
    return answer(
        "statistics/engagement.html",
        found=found,
        tables=tables,
        columns=COLUMNS,
        heads=[gettext("in any mode"), *map(mode_word, MODES)],
        years=[(str(one), str(one)) for one in range(now, now - figures.YEARS, -1)],
    )


def _line(row: Row) -> Sequence[object]:
    return [row.label, row.label_ru, row.whole, *(row.counts[name] for name in COLUMNS)]
