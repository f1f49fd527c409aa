"""/statistics: the association in figures, for analysts; no cell under five."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from graphnet.statistics import association
from webapp.frame.context import live
from webapp.frame.respond import answer, csv_answer
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("statistics", __name__, template_folder="templates")


UNITS = ("faculty", "institute", "department")
ROWS = 100  # of a table on the page; its file has all


@blueprint.get("/statistics")
@role_required("analyst")
def index() -> Response:
    """People by decade, faculty and community; the same as CSV."""
    people = association.counted(live(), current_viewer())
    snapshot = live().view().snapshot
    tables = {
        "decades": association.by_decade(snapshot, people),
        "faculties": association.by_thing(snapshot, people, "units", wanted=UNITS),
        "communities": association.by_thing(snapshot, people, "groups"),
    }
    chosen = request.args.get("as", "")
    if chosen in tables:
        return csv_answer(
            chosen,
            ["label", "label_ru", "people", "registered"],
            ([c.label, c.label_ru, c.n, c.registered] for c in tables[chosen]),
        )
    return answer(
        "statistics/index.html",
        tables={name: rows[:ROWS] for name, rows in tables.items()},
        left_out={name: max(0, len(rows) - ROWS) for name, rows in tables.items()},
        size=association.size(snapshot, people),
    )
