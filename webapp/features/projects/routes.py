"""/projects: what alumni work on and give to, with open books; offering help with one of them."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, SnapshotError, TooMany
from graphnet.privacy import Viewer
from graphnet.projects import books
from graphnet.recommendations import Item
from graphnet.requests import opening
from graphnet.requests.kinds import Kind
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
    return answer(
        "projects/project.html",
        page=page,
        project=page.project,
        why=_why(viewer, project_id),
        words=text,
        longest=opening.LONGEST_TEXT,
        wrong=status == 422,
        status=status,
    )


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
    """Offer help: a request to the Association, which brings both together."""
    viewer = current_viewer(purpose="projects")
    named = books.project_page(live(), viewer, project_id).project
    # In the graph as the site's first language has it: staff read it in either.
    subject, text = named["name"][: opening.LONGEST_SUBJECT], request.form.get("text", "")
    try:
        opening.ask(graphnet().store, viewer, KIND, subject, text)
    except BadValue:
        return _page(viewer, project_id, text=text, status=422)
    except TooMany:
        flash(gettext("Ten open requests are enough: wait for an answer."), "error")
    except Conflict:
        flash(gettext("You have offered it already: the Association will write to you."), "warning")
    else:
        flash(gettext("Thank you! The Association will bring you together."), "success")
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
