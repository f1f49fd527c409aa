"""/staff/imports: every import with its report; naming the lawful ground; undoing one."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug.wrappers import Response

from graphnet.errors import BadInput, Conflict, NotAllowed
from graphnet.merging import doubles
from graphnet.store import Row
from ingest import undoing_jobs
from ingest.runs import came, name_ground, run_of, runs
from ingest.undoing import undo_as
from ingest.undoing import would_undo as would_undo_run
from ingest.uploads.numbers import the_base
from webapp.features.imports.words import came_word
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_account, current_viewer, role_required

blueprint = Blueprint("imports", __name__, template_folder="templates")

CANNOT_BE_UNDONE = lazy_gettext(
    "It is undone already, or a newer import of this source is to be undone first."
)


@blueprint.get("/staff/imports")
@role_required("staff", "admin", purpose="imports")
def index() -> Response:
    """The imports, newest first."""
    rows = runs(graphnet().store, limit=100)
    return answer(
        "imports/index.html", runs=rows, may_undo=may_undo, came=came, came_word=came_word
    )


def may_undo(run: Row) -> bool:
    """Return whether the reader takes back that import: their own, or any as an administrator."""
    account = current_account()
    if account is None:
        return False
    return "admin" in account.roles or run["imported_by"] == account.id


def _mine_to_undo(run_id: str) -> Row:
    run = run_of(graphnet().store, run_id)
    if not may_undo(run):
        raise NotAllowed("an import is undone by whoever made it, or by an administrator")
    return run


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


@blueprint.get("/staff/imports/<run_id>/undo")
@role_required("staff", "admin", purpose="imports")
def would_undo(run_id: str) -> Response:
    """What undoing one import would take back, in numbers, and what would stay and why."""
    _mine_to_undo(run_id)
    try:
        undone = would_undo_run(graphnet().store, run_id)
    except Conflict:
        flash(str(CANNOT_BE_UNDONE), "error")
        return redirect(url_for("imports.index"), 303)
    return answer("imports/undo.html", undone=undone, run_id=run_id)


@blueprint.get("/staff/imports/numbers")
@role_required("staff", "admin", purpose="imports")
def numbers() -> Response:
    """How many people, how many of them lawfully reachable, what is missing, what to do next."""
    store = graphnet().store
    viewer = current_viewer(purpose="correct")
    return answer(
        "imports/numbers.html",
        numbers=the_base(store),
        doubles=doubles.queue(store, viewer) if viewer.is_staff else None,
    )


@blueprint.post("/staff/imports/<run_id>/undo")
@role_required("staff", "admin", purpose="imports")
def undo(run_id: str) -> Response:
    """Take back all that one import made and nobody has built upon."""
    run = _mine_to_undo(run_id)
    viewer, store = current_viewer(), graphnet().store
    try:
        if undoing_jobs.at_once(run):
            undo_as(store, viewer, run_id)
            flash(gettext("The import has been undone."), "success")
        else:
            undoing_jobs.ask(store, viewer, run_id)
            flash(gettext("The import is being undone: you need not wait for it."), "success")
    except Conflict as problem:
        flash(why(problem, CANNOT_BE_UNDONE), "error")
    return redirect(url_for("imports.index"), 303)
