"""/statistics: the association in figures, for analysts; no cell under five."""

from flask import Blueprint, request
from flask import Response as FileResponse
from flask_babel import gettext, lazy_gettext, pgettext
from werkzeug.wrappers import Response

from graphnet.analysis.whole import Soon, whole_network_soon
from graphnet.errors import ThingNotFound
from graphnet.maps.network import LAYERS
from graphnet.privacy import Viewer
from graphnet.statistics import association
from graphnet.statistics.report import report as report_of
from webapp.features.statistics.network import TIE_WORDS, rows_of, sheets
from webapp.features.statistics.page import Page, page_of
from webapp.features.statistics.pdf import report_file
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language, language
from webapp.frame.respond import answer, csv_answer
from webapp.frame.security import current_viewer, role_required
from webapp.frame.workbook import values, workbook_answer

blueprint = Blueprint("statistics", __name__, template_folder="templates")


ROWS = 100  # of a table on the page; its file has all
STATES = ("people", "registered", "reachable", "lost")
HEADINGS = {
    "decades": lazy_gettext("By decade of intake"),
    "cohorts": lazy_gettext("By intake"),
    "faculties": lazy_gettext("By faculty and department"),
    "communities": lazy_gettext("By community"),
}


@blueprint.get("/statistics")
@role_required("analyst")
def index() -> Response:
    """People by decade, intake, faculty and community; the same as CSV and as a workbook."""
    viewer, snapshot = current_viewer(), live().view().snapshot
    tables, size = live().shared("statistics", lambda: _counted(viewer))
    chosen = request.args.get("as", "")
    if chosen in tables:
        return csv_answer(
            chosen,
            ["label", "label_ru", *STATES],
            ([c.label, c.label_ru, *counts(c)] for c in tables[chosen]),
        )
    if chosen == "xlsx":
        head = [pgettext("of a thing", "Name"), gettext("People"), gettext("Registered"),
                gettext("Can be reached"), gettext("Lost")]  # fmt: skip
        return workbook_answer(
            f"statistics-{snapshot.built_at:%Y-%m-%d}",
            (
                (
                    str(HEADINGS[name]),
                    head,
                    ([in_language(c.label, c.label_ru), *counts(c)] for c in rows),
                )
                for name, rows in tables.items()
            ),
        )
    return answer(
        "statistics/index.html",
        headings=HEADINGS,
        tables={name: rows[:ROWS] for name, rows in tables.items()},
        left_out={name: max(0, len(rows) - ROWS) for name, rows in tables.items()},
        size=size,
    )


def _counted(viewer: Viewer) -> tuple[dict[str, list[association.Cell]], association.Size]:
    """Count everything that the page shows: the same for every analyst."""
    base = association.base(live(), viewer)
    tables = {
        "decades": association.cells(base.decades),
        "cohorts": association.cells(base.cohorts),
        "faculties": association.largest_first(association.cells(base.units)),
        "communities": association.largest_first(association.cells(base.groups)),
    }
    people = association.counted(live(), viewer)
    return tables, association.size(live().view().snapshot, people)


@blueprint.get("/statistics/network")
@role_required("analyst", "staff", purpose="statistics")
def network() -> Response:
    """The network as a whole: each figure with its error, definition, source and coverage."""
    layer = request.args.get("layer", "knows")
    if layer not in LAYERS:
        raise ThingNotFound("no such layer")
    found = whole_network_soon(live(), layer)
    if isinstance(found, Soon):
        return answer(
            "statistics/network.html", found=None, failed=found is Soon.FAILED, layer=layer,
            layers=LAYERS, tie_words=TIE_WORDS, made=live().view().snapshot.built_at,
        )  # fmt: skip
    chosen, made = request.args.get("as", ""), live().view().snapshot.built_at
    files = dict(zip(("figures", "circles"), sheets(found), strict=True))
    if chosen == "xlsx":
        return workbook_answer(f"network-{layer}-{made:%Y-%m-%d}", files.values())
    if chosen in files:
        _, head, rows = files[chosen]
        return csv_answer(f"network-{layer}-{chosen}", head, map(values, rows))
    return answer(
        "statistics/network.html",
        found=found,
        rows=rows_of(found),
        layer=layer,
        layers=LAYERS,
        tie_words=TIE_WORDS,
        made=made,
    )


def counts(cell: association.Cell) -> list[int | None]:
    """Return what stands of a row in a file: `STATES`, None where it is not shown."""
    return [cell.n, cell.registered, cell.reachable, cell.lost]


@blueprint.get("/statistics/report")
@role_required("analyst", "staff", purpose="statistics")
def report() -> Response:
    """The report for the rector: the contact base on one sheet; each of its tables as CSV."""
    page = _page()
    for one in page.sections:
        if request.args.get("as") == one.name:
            rows = map(values, one.table.rows)
            return csv_answer(f"report-{one.name}", one.table.head, rows)
    return answer("statistics/report.html", page=page)


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


@blueprint.get("/statistics/report.xlsx")
@role_required("analyst", "staff", purpose="statistics")
def report_workbook() -> FileResponse:
    """The tables of it, numbers as numbers."""
    page = _page()
    return workbook_answer(
        f"report-{live().view().snapshot.built_at:%Y-%m-%d}-{language()}",
        ((one.heading, one.table.head, one.table.rows) for one in page.sections),
    )


def _page() -> Page:
    viewer = current_viewer()
    found = live().shared("report", lambda: report_of(live(), viewer))
    return page_of(found, in_language(*graphnet().settings.association))
