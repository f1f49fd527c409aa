"""/projects: what alumni work on and give to, with open books; offering help with one of them."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, SnapshotError, TooMany
from graphnet.privacy import Viewer
from graphnet.projects import books
from graphnet.recommendations import Item
from graphnet.requests import asking_on, desk, opening, threads
from graphnet.requests.kinds import Kind
from graphnet.store import Row
from webapp.features.projects.words import expense_word, kind_word
from webapp.features.recommendations.shared import for_reader
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer, page_of
from webapp.frame.security import current_viewer, role_required, signed_in

blueprint = Blueprint("projects", __name__, template_folder="templates")

KIND = Kind("project")  # of a request: somebody offers help with a project
LONGEST = 100


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"project_kind": kind_word, "expense_word": expense_word}


@blueprint.get("/projects")
def index() -> Response:
    """All projects, or those that fit some words, a kind, a topic."""
    viewer, store = current_viewer(purpose="projects"), graphnet().store
    text = " ".join(request.args.get("q", "").split())[:LONGEST]
    chosen: dict[str, Any] = {"text": text, "kind": request.args.get("kind", ""),
              "topic": request.args.get("topic", "")}  # fmt: skip
    page = page_of(books.how_many(store, viewer, **chosen), size=24)
    rows = books.projects(store, viewer, skip=page.skip, limit=page.size, **chosen)
    kinds = [(kind, kind_word(kind)) for kind in books.kinds(store, viewer)]
    return answer(
        "projects/index.html",
        rows=rows,
        page=page,
        kinds=sorted(kinds, key=lambda k: k[1]),
        **chosen,
    )


@blueprint.get("/projects/<project_id>")
def project(project_id: str) -> Response:
    """One project: what it is, who runs it, what came of people's support."""
    return _page(current_viewer(purpose="projects"), project_id)


def _page(viewer: Viewer, project_id: str, *, text: str = "", status: int = 200) -> Response:
    """The page; with what somebody wrote, where it was too long to be taken."""
    page = books.project_page(live(), viewer, project_id)
    offered = _offered(viewer, page.project["name"])
    return answer(
        "projects/project.html",
        page=page,
        project=page.project,
        why=_why(viewer, project_id),
        offered=offered,
        entries=threads.for_asker(graphnet().store, offered["id"]) if offered else [],
        words=text,
        longest=threads.LONGEST if offered else opening.LONGEST_TEXT,
        wrong=status == 422,
        status=status,
    )


def _offered(viewer: Viewer, name: str) -> Row | None:
    """The reader's offer of help with it that is still open."""
    rows = desk.asked_by(graphnet().store, viewer, KIND.name, limit=100)
    subject = name[: opening.LONGEST_SUBJECT]
    return next((r for r in rows if r["subject"] == subject and r["status"] != "done"), None)


def _why(viewer: Viewer, project_id: str) -> Item | None:
    """Why it would be recommended to an alumnus who has nothing to do with it yet."""
    if not viewer.is_alumnus:
        return None
    try:
        return for_reader(viewer).why("projects", project_id)
    except SnapshotError:  # the page does not need the snapshot
        return None


@blueprint.post("/projects/<project_id>/help")
@role_required("alumnus")
def offer_help(project_id: str) -> Response:
    """Offer help: a request to the Association, which brings both together; more is added to it."""
    viewer, store = current_viewer(purpose="projects"), graphnet().store
    named = books.project_page(live(), viewer, project_id).project
    # In the graph as the site's first language has it: staff read it in either.
    subject, text = named["name"][: opening.LONGEST_SUBJECT], request.form.get("text", "")
    offered = _offered(viewer, named["name"])
    try:
        if offered is None:
            opening.ask(store, viewer, KIND, subject, text)
            said = gettext("Thank you! The Association will bring you together.")
        else:
            asking_on.say(store, viewer, offered["id"], text)
            said = gettext("Added to your offer: the Association reads it.")
    except BadValue:
        return _page(viewer, project_id, text=text, status=422)
    except TooMany:
        flash(gettext("Ten open requests are enough: wait for an answer."), "error")
    except Conflict:  # offered or closed in another window meanwhile
        flash(gettext("Your offer has changed meanwhile: look at it anew."), "warning")
        return _page(viewer, project_id, text=text, status=409)
    else:
        flash(said, "success")
    return redirect(url_for("projects.project", project_id=project_id), 303)


@blueprint.post("/projects/<project_id>/name")
@signed_in
def name_me(project_id: str) -> Response:
    """Let oneself be named as a supporter, or no longer."""
    named = request.form.get("named") == "yes"
    books.name_me(graphnet().store, current_viewer(), project_id, named=named)
    flash(
        gettext("You are named among the supporters from now on.")
        if named
        else gettext("You are no longer named among the supporters."),
        "success",
    )
    return redirect(url_for("projects.project", project_id=project_id), 303)
