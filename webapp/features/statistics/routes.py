"""/statistics: the association in figures, for analysts; no cell under five."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from graphnet.statistics import association
from webapp.frame.context import live
from webapp.frame.respond import answer, csv_answer
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("statistics", __name__, template_folder="templates")


@blueprint.get("/statistics")
@role_required("analyst")
def index() -> Response:
    """People by decade, faculty and community; the same as CSV."""
    viewer = current_viewer()
    tables = {
        "decades": association.by_decade(live(), viewer),
        "faculties": [
            cell
            for wanted in ("faculty", "institute", "department")
            for cell in association.by_thing(live(), viewer, "units", wanted=wanted)
        ][:40],
        "communities": association.by_thing(live(), viewer, "groups")[:40],
    }
    chosen = request.args.get("as", "")
    if chosen in tables:
        return csv_answer(
            chosen,
            ["label", "label_ru", "people", "registered"],
            ([c.label, c.label_ru, c.n, c.registered] for c in tables[chosen]),
        )
    return answer(
        "statistics/index.html", tables=tables, snapshot=live().view().snapshot.describe()
    )
