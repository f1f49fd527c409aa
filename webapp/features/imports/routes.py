"""/staff/imports: every import with its report; naming the lawful ground; undoing one."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet.audit import acted
from graphnet.errors import BadInput, Conflict
from ingest.runs import name_ground, runs, undo_run
from webapp.frame.context import graphnet
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("imports", __name__, template_folder="templates")


@blueprint.get("/staff/imports")
@role_required("staff", "admin", purpose="imports")
def index() -> Response:
    """The imports, newest first."""
    return answer("imports/index.html", runs=runs(graphnet().store, limit=100))


@blueprint.post("/staff/imports/<run_id>/ground")
@role_required("staff", purpose="imports")
def ground(run_id: str) -> Response:
    """Name the lawful ground of a source: from then on alumni may see its people."""
    viewer, store = current_viewer(), graphnet().store
    text = request.form.get("ground", "").strip()
    try:
        released = name_ground(store, run_id, text, viewer.account_id)
    except BadInput:
        flash(gettext("Say on what lawful ground the people of this source are held."), "error")
    except Conflict:
        flash(gettext("This import is undone or is being undone."), "error")
    else:
        flash(
            ngettext(
                "%(num)s person has left the quarantine.",
                "%(num)s people have left the quarantine.",
                released,
            ),
            "success",
        )
    return redirect(url_for("imports.index"), 303)


@blueprint.post("/staff/imports/<run_id>/undo")
@role_required("admin", purpose="imports")
def undo(run_id: str) -> Response:
    """Take back all that one import made and nobody has built upon."""
    viewer, store = current_viewer(), graphnet().store
    try:
        undo_run(
            store,
            run_id,
            audit=lambda t: acted(t, viewer, "undo import", run_id),
        )
    except Conflict:
        flash(
            gettext(
                "It is undone already, or a newer import of this source is to be undone first."
            ),
            "error",
        )
    else:
        flash(gettext("The import has been undone."), "success")
    return redirect(url_for("imports.index"), 303)
