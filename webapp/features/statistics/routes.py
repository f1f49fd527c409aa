"""/statistics: the association in figures, for analysts; no cell under five."""

from flask import Blueprint, request
from flask import Response as FileResponse
from werkzeug.wrappers import Response

from graphnet.statistics import association
from graphnet.statistics.report import report as report_of
from webapp.features.statistics.page import Page, page_of
from webapp.features.statistics.pdf import report_file
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language, language
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


@blueprint.get("/statistics/report")
@role_required("analyst", "staff", purpose="statistics")
def report() -> Response:
    """The report for the rector: the contact base on one sheet."""
    return answer("statistics/report.html", page=_page())


@blueprint.get("/statistics/report.pdf")
@role_required("analyst", "staff", purpose="statistics")
def report_pdf() -> FileResponse:
    """The same as a tagged PDF."""
    page = _page()
    name = f"report-{live().view().snapshot.built_at:%Y-%m-%d}-{language()}.pdf"
    return FileResponse(
        report_file(page, colour=graphnet().settings.brand_colour),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page() -> Page:
    viewer = current_viewer()
    found = live().shared("report", lambda: report_of(live(), viewer))
    return page_of(found, in_language(*graphnet().settings.association))
