"""/staff/requests: what people ask of the Association; /requests: what I asked, and the answer."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict
from graphnet.features import registered
from graphnet.requests import desk, hiding
from graphnet.requests.closing import close as close_request
from graphnet.store import Row
from webapp.features.requests.letters import answer_letter
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required, signed_in

blueprint = Blueprint("requests", __name__, template_folder="templates")

PURPOSE = "answer requests"


@blueprint.app_template_global("request_page")
def request_page(row: Row) -> str:
    """Return where staff decide a request: on the page of its kind, else on its own."""
    kind = registered().request_kinds.get(row["kind"])
    if kind is not None and kind.page and row["status"] != "done":
        return url_for(kind.page, request_id=row["id"])
    return url_for("requests.one", request_id=row["id"])


@blueprint.get("/requests")
@signed_in
def mine() -> Response:
    """What the reader has asked, how it stands, and the answer."""
    viewer = current_viewer()
    rows = desk.mine(graphnet().store, viewer, registered().request_kinds)
    return answer("requests/mine.html", rows=rows)


@blueprint.get("/staff/requests")
@role_required("staff", purpose=PURPOSE)
def index() -> Response:
    """Open requests, overdue ones first; or those that are done, the latest first."""
    status = "done" if request.args.get("status") == "done" else ""
    store, viewer = graphnet().store, current_viewer()
    rows = desk.open_requests(store, viewer, status=status, limit=100, rules=live().rules)
    return answer("requests/index.html", rows=rows, chosen=status)


@blueprint.get("/staff/requests/<request_id>")
@role_required("staff", purpose=PURPOSE)
def one(request_id: str) -> Response:
    """One request, whole, with who asks and how it is closed."""
    return _page(request_id)


def _page(request_id: str, *, status: int = 200, error: str = "") -> Response:
    viewer = current_viewer()
    row = desk.one(graphnet().store, viewer, request_id, rules=live().rules)
    kind = registered().request_kinds.get(row["kind"])
    if (page := request_page(row)) != url_for("requests.one", request_id=request_id):
        return redirect(page, 303)
    words = " ".join(request.values.get("words", "").split())[:200]
    return answer(
        "requests/one.html",
        status=status,
        row=row,
        form=registered().request_forms.get(row["kind"]),
        known=kind is not None,
        told=kind is not None and kind.told,
        words=words,
        found=hiding.candidates(live(), viewer, row, words)
        if row["kind"] == hiding.KIND.name and row["status"] != "done"
        else [],
        nobody=hiding.NOBODY,
        said=request.form.get("answer", ""),
        chosen=request.form,
        error=error,
    )


@blueprint.post("/staff/requests/<request_id>")
@role_required("staff", purpose=PURPOSE)
def close(request_id: str) -> Response:
    """Close one request by the rule of its kind; what was written stays in the form if not."""
    try:
        close_request(
            graphnet().store,
            current_viewer(),
            registered().request_kinds,
            request_id,
            request.form.get("answer", ""),
            choice=request.form,
            tell=answer_letter,
        )
    except Conflict as problem:
        return _page(request_id, status=409, error=trouble(problem))
    except BadValue as problem:
        return _page(request_id, status=422, error=trouble(problem))
    flash(gettext("Closed, and on the record. Who asked is told."), "success")
    return redirect(url_for("requests.index"), 303)


def trouble(problem: Exception) -> str:
    """Say why a request was not closed."""
    words = {
        "closed": gettext("Somebody has closed this request already."),
        "answer": gettext("Say what was done, in at most 2,000 characters."),
        "choose": gettext("Choose who is meant, or that nobody on file is."),
        "person": gettext("There is nobody with this id: nothing was done."),
        "decision": gettext("Choose how the appeal is decided."),
        "phase": gettext("The winners are published: appeals can no longer be decided."),
    }
    fallback = gettext("This request is not closed here: nothing was done.")
    return str(words.get(str(problem).partition(":")[0], fallback))
