"""/me/gifts: what I gave, each gift with a receipt, as a page and as PDF."""

from datetime import UTC, datetime
from typing import Any

from flask import Response as FileResponse
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import ThingNotFound
from graphnet.money.references import reference_of
from graphnet.people import cards
from graphnet.projects import promises, receipts, treasury
from graphnet.store import Row
from webapp.features.projects.papers import Paper, plain
from webapp.features.projects.routes import blueprint
from webapp.features.projects.words import instalment_word
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import amount, day, in_language, name
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required, signed_in


@blueprint.get("/me/gifts")
@signed_in
def gifts() -> Response:
    """What I gave, and what was given back of it."""
    store, viewer = graphnet().store, current_viewer()
    booked, brought = receipts.mine(store, viewer)
    return answer(
        "projects/gifts.html",
        booked=booked,
        brought=brought,
        promised=promises.open_of_mine(store, viewer),
        reference_of=reference_of,
        instalment_word=instalment_word,
    )


@blueprint.get("/me/gifts/<transfer_id>")
@signed_in
def receipt(transfer_id: str) -> Response:
    """The receipt of one of my gifts."""
    row = receipts.receipt(graphnet().store, current_viewer(), transfer_id)
    return answer("projects/receipt.html", row=row, rows=_rows(row), title=_title(row))


@blueprint.get("/me/gifts/<transfer_id>/receipt.pdf")
@signed_in
def receipt_pdf(transfer_id: str) -> FileResponse:
    """The same as a tagged PDF."""
    return _file(receipts.receipt(graphnet().store, current_viewer(), transfer_id))


@blueprint.get("/projects/<project_id>/money/<transfer_id>/receipt.pdf")
@role_required("staff", "alumnus", purpose=treasury.PURPOSE)
def receipt_for(project_id: str, transfer_id: str) -> FileResponse:
    """The receipt of anybody's gift to that project, for a treasurer who prints it."""
    row = receipts.receipt(graphnet().store, current_viewer(), transfer_id)
    if row["project"] != project_id:
        raise ThingNotFound("no such gift")
    return _file(row)


def _title(row: Row) -> str:
    return str(gettext("Receipt of a gift, No. %(number)s", number=row["number"]))


def _giver(row: Row) -> str:
    viewer = current_viewer(purpose=treasury.PURPOSE)
    if row["person"] is None:
        return str(row["party"] or "")
    found = cards(graphnet().store, viewer, [row["person"]], rules=live().rules, brief=True)
    return name(found[0]) if found else ""


def _rows(row: Row) -> list[tuple[str, str]]:
    rows: list[tuple[Any, str]] = [
        (gettext("Who gave"), _giver(row)),
        (gettext("Sum"), amount(row["amount"], row["currency"])),
        (gettext("Arrived on"), day(row["happened_on"])),
        (gettext("For the project"), in_language(row["name"], row["name_ru"])),
        (
            gettext("Given back of it"),
            amount(row["returned"], row["currency"]) if row["returned"] else "",
        ),
        (gettext("Reference of the bank"), row["reference"] or ""),
        (gettext("Document"), row["document"] or ""),
    ]
    return [(str(term), value) for term, value in rows if value]


def _file(row: Row) -> FileResponse:
    settings = graphnet().settings
    association = in_language(*settings.association)
    paper = Paper(_title(row), colour=settings.brand_colour, association=association)
    paper.paragraph(
        gettext("%(association)s has received this gift, with thanks:", association=association)
    )
    paper.space(6)
    paper.definitions([(term, plain(value)) for term, value in _rows(row)])
    paper.paragraph(
        gettext(
            "What was bought with it stands in the project’s open books: %(address)s",
            address=f"{settings.site_url}/projects/{row['project']}/books",
        )
    )
    paper.space(8)
    paper.paragraph(
        gettext("Made on %(day)s from the journal of gifts.", day=plain(day(datetime.now(UTC)))),
        quiet=True,
    )
    return FileResponse(
        paper.finished(),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="receipt-{row["number"]}.pdf"'},
    )
