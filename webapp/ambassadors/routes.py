"""/staff/ambassadors: who holds the network together, normalised by cohort; staff only."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from graphnet.errors import ModelMissing
from graphnet.influence.central import ORDERS, central_people
from webapp.context import live
from webapp.pages import answer, csv_answer, page_of, sorted_by, whole_number
from webapp.security import current_viewer, role_required

blueprint = Blueprint("ambassadors", __name__, template_folder="templates")


@blueprint.get("/staff/ambassadors")
@role_required("staff", purpose="ambassadors")
def index() -> Response:
    """Positions in the network, sorted by one measure, narrowed by faculty and decade."""
    viewer = current_viewer()
    sorting = sorted_by(ORDERS, default="percentile", descending=True)
    unit, decade = request.args.get("unit", ""), whole_number("decade", 0, high=2100)
    units = live().view().snapshot.things["units"]
    faculties = [
        (str(units.ids[i]), str(units.labels[i]), str(units.labels_ru[i]))
        for i in range(len(units))
        if units.kinds[i] in ("faculty", "institute")
    ]
    try:
        total = central_people(live(), viewer, unit=unit, decade=decade, limit=0).total
        page = page_of(total, size=25)
        as_csv = request.args.get("as") == "csv"
        found = central_people(
            live(), viewer, order=sorting.column, unit=unit, decade=decade,
            skip=0 if as_csv else page.skip, limit=5_000 if as_csv else page.size,
        )  # fmt: skip
    except ModelMissing:
        return answer("ambassadors/index.html", found=None, faculties=faculties, unit=unit,
                      decade=decade)  # fmt: skip
    if as_csv:
        return csv_answer(
            "positions",
            ["id", "name", *ORDERS, "betweenness_error", "coverage"],
            (
                [row.card.id, row.card.name.full, *(getattr(row, order) for order in ORDERS),
                 row.betweenness_error, row.coverage]
                for row in found.rows
            ),
        )  # fmt: skip
    return answer(
        "ambassadors/index.html", found=found, page=page, sorting=sorting, unit=unit,
        decade=decade, faculties=faculties,
    )  # fmt: skip
