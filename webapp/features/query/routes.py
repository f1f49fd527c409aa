"""/query: an analyst's own questions in Cypher, of the graph under pseudonyms."""

import json
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, QueryTimeout
from graphnet.projection import asking, place
from graphnet.projection.examples import examples
from graphnet.projection.filling import KINDS, LAYERS
from graphnet.projection.work import ask_to_fill
from graphnet.store import Table
from webapp.features.query.forms import QueryForm
from webapp.features.query.words import EXAMPLES, trouble
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import number
from webapp.frame.respond import answer, csv_answer
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("query", __name__, template_folder="templates")

LONGEST_CELL = 300  # on the page; a file has it whole


@blueprint.route("/query", methods=["GET", "POST"])
@role_required("analyst", purpose="query")
def index() -> Response:
    """Write a query, see what it answers, take it away as CSV."""
    form = QueryForm(data={"query": examples().get(request.args.get("example", ""), "")})
    if request.method == "GET":
        return _page(form)
    if request.form.get("act") == "fill":
        ask_to_fill(graphnet().store)
        flash(gettext("The graph is being filled; that takes some minutes."), "success")
        return redirect(url_for("query.index"), 303)
    if not form.validate():
        return _page(form, status=422)
    viewer = current_viewer(purpose=form.purpose.data)
    as_file = request.form.get("act") == "file"
    rows = asking.MOST_ROWS if as_file else asking.ROWS
    try:
        found = asking.ask(graphnet().settings, live(), viewer, form.query.data, rows=rows)
    except BadValue as problem:
        return _wrong(form, trouble(problem), 422)
    except QueryTimeout:
        said = gettext(
            "It took longer than %(n)s seconds and was ended: ask for less.",
            n=number(place.SECONDS),
        )
        return _wrong(form, said, 422)
    except Conflict:
        if place.filled(graphnet().settings) is None:
            ask_to_fill(graphnet().store)
            said = gettext(
                "The graph is being filled; that takes some minutes. Your query is kept here: "
                "send it again then."
            )
        else:
            said = gettext("Somebody else’s query is being answered. Send it again in a moment.")
        return _wrong(form, said, 409)
    if as_file:
        return csv_answer("query", found.columns, (tuple(map(_cell, row)) for row in found.rows))
    return _page(form, found)


def _wrong(form: QueryForm, said: str, status: int) -> Response:
    form.query.errors = [*form.query.errors, said]
    return _page(form, status=status)


def _page(form: QueryForm, found: Table | None = None, *, status: int = 200) -> Response:
    return answer(
        "query/index.html",
        status=status,
        form=form,
        found=found,
        rows=[[_shown(value) for value in row] for row in found.rows] if found else [],
        filled=place.filled(graphnet().settings),
        examples=EXAMPLES,
        most=asking.ROWS,
        most_in_file=asking.MOST_ROWS,
        seconds=place.SECONDS,
        ties=[("Person", tie, "Person") for tie in LAYERS.values()]
        + [("Person", tie, label) for label, tie in KINDS.values()],
    )


def _cell(value: Any) -> Any:
    """Return a value as one cell of a table."""
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _shown(value: Any) -> Any:
    """Return a value as the page shows it: numbers apart, long ones cut."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, int | float):
        return value
    text = str(_cell(value))
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]} …"
