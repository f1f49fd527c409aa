"""/projects: what alumni work on and give to; one project's page; offering help in general."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, SnapshotError, ThingNotFound, TooMany
from graphnet.money import open_books
from graphnet.money.references import reference_of
from graphnet.privacy import Viewer, visibilities
from graphnet.projects import books, editing, needs, promises, steps, team
from graphnet.recommendations import Item
from graphnet.requests import asking_on, desk, opening, threads
from graphnet.requests.kinds import Kind
from graphnet.store import Row
from webapp.features.projects.words import (
    expense_word,
    fit_words,
    instalment_word,
    kind_word,
    line_word,
    need_words,
    offer_word,
    origin_words,
    state_word,
)
from webapp.features.recommendations.shared import for_reader
from webapp.frame.context import graphnet, in_every_template, live, shared
from webapp.frame.i18n import in_language
from webapp.frame.respond import answer, page_of
from webapp.frame.security import current_account, current_viewer, role_required, signed_in

blueprint = Blueprint("projects", __name__, template_folder="templates")

KIND = Kind("project")  # of a request: somebody offers help with a project
LONGEST = 100


in_every_template(
    blueprint,
    project_kind=kind_word,
    project_state=state_word,
    project_origins=origin_words,
    offer_word=offer_word,
    expense_word=expense_word,
)


@blueprint.get("/projects")
def index() -> Response:
    """All projects, or those that fit some words, a kind, a topic."""
    viewer, store = current_viewer(purpose="projects"), graphnet().store
    text = " ".join(request.args.get("q", "").split())[:LONGEST]
    chosen: dict[str, Any] = {"text": text, "kind": request.args.get("kind", ""),
              "topic": request.args.get("topic", "")}  # fmt: skip
    page = page_of(books.how_many(store, viewer, **chosen), size=24)
    rows = books.projects(store, viewer, skip=page.skip, limit=page.size, **chosen)
    there = shared(f"kinds of projects {visibilities(viewer)}", lambda: books.kinds(store, viewer))
    kinds = [(kind, kind_word(kind)) for kind in there]
    return answer(
        "projects/index.html",
        rows=rows,
        page=page,
        kinds=sorted(kinds, key=lambda k: k[1]),
        **chosen,
    )


@blueprint.get("/projects/<project_id>")
def project(project_id: str) -> Response:
    """One project: what it is, who runs it, what it needs, what came of people's support."""
    return project_answer(current_viewer(purpose="projects"), project_id)


def maker_of(viewer: Viewer) -> Viewer:
    """Return who asks as who runs projects: staff, where their account is staff's, too."""
    account = current_account()
    if viewer.is_staff or account is None or not {"staff", "admin"} & set(account.roles):
        return viewer
    return Viewer("staff", account.person_key, account.id, frozenset(account.roles), "projects")


def project_answer(
    viewer: Viewer,
    project_id: str,
    *,
    text: str = "",
    need: str = "",
    problem: str = "",
    promise_problem: str = "",
    status: int = 200,
) -> Response:
    """Answer with a project's page; with what somebody wrote, where it could not be taken.

    Parameters
    ----------
    need, problem
        The need for which help was offered in vain, and why.
    """
    maker, store = maker_of(viewer), graphnet().store
    try:
        page = books.project_page(live(), viewer, project_id)
    except ThingNotFound:
        if maker is viewer:
            raise
        page = books.project_page(live(), maker, project_id)  # a draft is found by staff alone
    found = page.project
    offered = _offered(viewer, found)
    member = viewer.is_alumnus and viewer.person_key is not None
    runs = found["leads"] or maker.is_staff
    needed = needs.of_project(store, viewer, project_id)
    fits = needs.fit(store, viewer, project_id) if member and needed else None
    return answer(
        "projects/project.html",
        page=page,
        project=found,
        why=_why(viewer, project_id) if found["state"] == "open" else None,
        offered=offered,
        entries=threads.for_asker(store, offered["id"]) if offered else [],
        words=text,
        longest=threads.LONGEST if offered else opening.LONGEST_TEXT,
        wrong=status == 422 and not (need or promise_problem),
        runs=runs,
        staff=maker.is_staff,
        member=member,
        asked=team.mine(store, viewer, project_id),
        needs=needed,
        need_words=need_words(),
        fits=fit_words(fits) if fits else "",
        steps=steps.milestones(store, project_id),
        news=steps.news(store, project_id),
        promises=promises.mine(store, viewer, project_id),
        spent=_spent(project_id, found),
        line_word=line_word,
        instalment_word=instalment_word,
        reference_of=reference_of,
        problem_need=need,
        problem=problem,
        promise_problem=promise_problem,
        said=request.form,
        status=status,
    )


def _spent(project_id: str, found: Row) -> list[open_books.Line]:
    """The latest lines of what was spent, of books that are open."""
    if found["books_closed_at"] or found["state"] not in editing.PUBLIC_STATES:
        return []
    lines = open_books.books(graphnet().store, project_id, found["currency"]).lines
    return [line for line in reversed(lines) if line.kind in ("expense", "fee")][:5]


def _offered(viewer: Viewer, named: Row) -> Row | None:
    """The reader's offer of help with it that is still open, in whichever language it was made."""
    rows = desk.asked_by(graphnet().store, viewer, KIND.name, limit=100)
    subjects = {named[name][: opening.LONGEST_SUBJECT] for name in ("name", "name_ru")}
    return next((r for r in rows if r["subject"] in subjects and r["status"] != "done"), None)


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
    subject = in_language(named["name"], named["name_ru"])[: opening.LONGEST_SUBJECT]
    text = request.form.get("text", "")
    offered = _offered(viewer, named)
    try:
        if offered is None:
            opening.ask(store, viewer, KIND, subject, text)
            said = gettext("Thank you! The Association will bring you together.")
        else:
            asking_on.say(store, viewer, offered["id"], text)
            said = gettext("Added to your offer: the Association reads it.")
    except BadValue:
        return project_answer(viewer, project_id, text=text, status=422)
    except TooMany:
        flash(gettext("Ten open requests are enough: wait for an answer."), "error")
    except Conflict:  # offered or closed in another window meanwhile
        flash(gettext("Your offer has changed meanwhile: look at it anew."), "warning")
        return project_answer(viewer, project_id, text=text, status=409)
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
