"""/staff/requests: what people ask of the Association, each answered and closed on the record."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict
from graphnet.requests import desk
from webapp.frame.context import graphnet
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("requests", __name__, template_folder="templates")


@blueprint.get("/staff/requests")
@role_required("staff", purpose="answer requests")
def index() -> Response:
    """Open requests, overdue ones first; or those that are done."""
    status = "done" if request.args.get("status") == "done" else ""
    rows = desk.open_requests(graphnet().store, current_viewer(), status=status, limit=100)
    return answer("requests/index.html", rows=rows, chosen=status)


@blueprint.post("/staff/requests/<request_id>")
@role_required("staff", purpose="answer requests")
def close(request_id: str) -> Response:
    """Close one request, and hide the person it is about where that was asked."""
    said = request.form.get("answer", "").strip()
    if not said:
        flash(gettext("Say in a sentence what was done."), "error")
        return redirect(url_for("requests.index"), 303)
    try:
        desk.close(
            graphnet().store, current_viewer(), request_id, said,
            hide=request.form.get("hide", "").strip(),
        )  # fmt: skip
    except Conflict:
        flash(gettext("Somebody has closed this request already."), "error")
    except BadValue:
        flash(gettext("There is nobody with this id: nothing was done."), "error")
    else:
        flash(gettext("Closed, and on the record."), "success")
    return redirect(url_for("requests.index"), 303)
