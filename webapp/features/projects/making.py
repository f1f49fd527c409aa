"""/projects/new, /projects/ID/edit, /projects/ID/run: making projects, and running them."""

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import versions
from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.privacy import Viewer
from graphnet.projects import bookkeepers, books, editing, needs, states, steps, team
from graphnet.projects.content import Content
from webapp.features.projects.forms import ProjectForm, values
from webapp.features.projects.routes import blueprint
from webapp.features.projects.words import (
    book_role_word,
    field_words,
    fit_words,
    need_words,
    state_word,
)
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import mark_wrong, why
from webapp.frame.respond import answer, page_of, whole_number
from webapp.frame.security import current_viewer, limiter, role_required
from webapp.frame.versions import (
    Choice,
    choices_between,
    form_page,
    version_number,
    with_choices,
)
from webapp.frame.whom import Whom, whom

PURPOSE = "projects"
SHOWN = 25
STATES = ("proposed", "draft", "declined", "open", "finished")


@blueprint.get("/staff/projects")
@role_required("staff", purpose=PURPOSE)
def staff_index() -> Response:
    """Every project, by what is to be done with it."""
    return _in_hand("projects/staff_index.html", current_viewer())


@blueprint.get("/projects/mine")
@role_required("alumnus", purpose=PURPOSE)
def mine() -> Response:
    """The projects that I lead."""
    viewer = current_viewer()
    return _in_hand(
        "projects/mine.html",
        viewer,
        books=bookkeepers.mine(graphnet().store, viewer),
        book_role_word=book_role_word,
    )


def _in_hand(template: str, viewer: Viewer, **more: Any) -> Response:
    state = request.args.get("state", "")
    state = state if state in STATES else ""
    number = whole_number("page", 1, low=1, high=10_000)
    rows = states.in_hand(
        graphnet().store, viewer, state, skip=(number - 1) * SHOWN, limit=SHOWN + 1
    )
    total = (number - 1) * SHOWN + len(rows)  # as far as is known: one more leads on
    return answer(
        template,
        rows=rows[:SHOWN],
        state=state,
        states=[("", gettext("all")), *((one, state_word(one)) for one in STATES)],
        page=page_of(total, size=SHOWN),
        **more,
    )


@blueprint.route("/projects/new", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose=PURPOSE)
@limiter.limit("30/hour", methods=["POST"])
def new() -> Response:
    """Draft a project."""
    store, viewer = graphnet().store, current_viewer()
    origin = "university" if viewer.is_staff else "alumni"
    begin = values(Content(origin=origin))
    form = ProjectForm(data=None if request.method == "POST" else begin)
    form.offer(editing.choices(store, viewer))
    if form.validate_on_submit():
        try:
            project_id = editing.create(store, viewer, form.content())
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="name")
        except TooMany as problem:
            flash(why(problem), "error")
        else:
            flash(
                gettext(
                    "The draft is kept. Now say what it needs, and whom you ask into the team."
                ),
                "success",
            )
            return redirect(url_for("projects.run", project_id=project_id), 303)
    return _form(form, None)


@blueprint.route("/projects/<project_id>/edit", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose=PURPOSE)
def edit(project_id: str) -> Response:
    """Change a project; who saves second sees what stands there now."""
    store, viewer = graphnet().store, current_viewer()
    held = editing.one(store, viewer, project_id)
    begin = values(held.content) | {"version": held.version}
    form = ProjectForm(data=None if request.method == "POST" else begin)
    form.offer(editing.choices(store, viewer))
    if form.validate_on_submit():
        content = form.content()
        content = with_choices(content, held.content, field_words())
        try:
            different = editing.change(
                store, viewer, project_id, content, version=version_number(form.version.data)
            )
        except BadValue as problem:
            mark_wrong(form, problem, otherwise="name")
        except versions.Meanwhile as meanwhile:
            there = choices_between(form, meanwhile, content, field_words())
            return _form(form, held, meanwhile=there)
        except Conflict as problem:
            flash(why(problem), "error")
            return redirect(url_for("projects.project", project_id=project_id), 303)
        else:
            flash(gettext("Changed.") if different else gettext("Nothing was changed."), "success")
            return redirect(url_for("projects.project", project_id=project_id), 303)
    return _form(form, held)


def _form(
    form: ProjectForm,
    held: editing.Editable | None,
    *,
    meanwhile: list[Choice] | None = None,
) -> Response:
    return form_page(
        "projects/edit.html",
        form,
        held,
        meanwhile=meanwhile,
    )


@blueprint.post("/projects/<project_id>/state")
@role_required("staff", "alumnus", purpose=PURPOSE)
def change_state(project_id: str) -> Response:
    """Propose, open, send back, finish, throw a draft away; close books, open them again."""
    store, viewer = graphnet().store, current_viewer()
    act, notice = request.form.get("act", ""), request.form.get("notice", "")
    page = url_for("projects.project", project_id=project_id)
    if act not in ("publish", "decline", "finish", "throw_away", "close_books", "open_books"):
        raise BadValue(
            "a project is published, declined, finished, thrown away, its books closed or opened",
            code="act",
        )
    try:
        if act == "publish":
            version = version_number(request.form.get("version"))
            state = states.publish(store, viewer, project_id, version=version)
            flash(
                gettext("Open from now on: whoever leads it gets a letter.")
                if state == "open"
                else gettext("Proposed. The Association looks at it; you get a letter either way."),
                "success",
            )
        elif act == "decline":
            states.decline(store, viewer, project_id, notice)
            flash(gettext("Sent back: whoever leads it gets a letter with your words."), "success")
        elif act == "finish":
            states.finish(store, viewer, project_id, notice)
            flash(gettext("Finished. Its team gets a letter; the page stays."), "success")
        elif act == "throw_away":
            states.throw_away(store, viewer, project_id)
            flash(gettext("The draft is gone."), "success")
            page = url_for("projects.staff_index" if viewer.is_staff else "projects.mine")
        elif act == "close_books":
            states.close_books(store, viewer, project_id, notice)
            flash(
                gettext("The books are closed; the notice stands in them with its day."), "success"
            )
        else:
            states.open_books(store, viewer, project_id)
            flash(gettext("The books are open again."), "success")
    except (BadValue, Conflict) as problem:
        flash(why(problem), "error")
    return redirect(page, 303)


@blueprint.get("/projects/<project_id>/run")
@role_required("staff", "alumnus", purpose=PURPOSE)
def run(project_id: str) -> Response:
    """What it needs, its steps, its team and its news, for who runs it."""
    return _run(project_id)


def _run(
    project_id: str, *, error: str = "", status: int = 200, who: Whom | None = None
) -> Response:
    store, viewer = graphnet().store, current_viewer()
    held = editing.one(store, viewer, project_id)
    page = books.project_page(live(), viewer, project_id)
    return answer(
        "projects/run.html",
        held=held,
        page=page,
        needs=needs.of_project(store, viewer, project_id),
        need_words=need_words(),
        steps=steps.milestones(store, project_id),
        news=steps.news(store, project_id),
        offers=needs.offers(live(), viewer, project_id),
        asked=team.asked(live(), viewer, project_id),
        fit_words=fit_words,
        who=who or whom("person", viewer, needed=False),
        said=request.form,
        error=error,
        staff=viewer.is_staff,
        status=status,
    )


@blueprint.post("/projects/<project_id>/run")
@role_required("staff", "alumnus", purpose=PURPOSE)
@limiter.limit("200/hour")
def work_on(project_id: str) -> Response:
    """Add a need, a step, news, somebody to the team; mark what is done."""
    viewer, who = current_viewer(), None
    act = request.form.get("act", "")
    editing.one(graphnet().store, viewer, project_id)
    if act == "ask":
        who = whom("person", viewer)
        if who.problem:
            return _run(project_id, status=422, who=who)
    try:
        said = _act(viewer, project_id, act, who)
    except BadValue as problem:
        return _run(project_id, error=why(problem), status=422, who=who)
    except (Conflict, TooMany) as problem:
        return _run(project_id, error=why(problem), status=409, who=who)
    flash(said, "success")
    return redirect(url_for("projects.run", project_id=project_id), 303)


def _act(viewer: Viewer, project_id: str, act: str, who: Whom | None) -> str:
    store, form = graphnet().store, request.form
    name, _, which = act.partition(":")
    text, text_ru = form.get("text", ""), form.get("text_ru", "")
    if name == "need":
        needs.add(store, viewer, project_id, form.get("kind", ""), text, text_ru)
        return str(gettext("Added: whoever reads of the project can offer it."))
    if name in ("met", "unmet"):
        needs.meet(store, viewer, project_id, which, met=name == "met")
        return str(gettext("Kept."))
    if name == "forget":
        needs.remove(store, viewer, project_id, which)
        return str(gettext("Taken away."))
    if name == "step":
        steps.add(store, viewer, project_id, text, _day(form.get("due_on", "")), text_ru)
        return str(gettext("Added."))
    if name in ("done", "undone"):
        steps.done(store, viewer, project_id, which, is_done=name == "done")
        return str(gettext("Kept."))
    if name == "remove":
        steps.remove(store, viewer, project_id, which)
        return str(gettext("Taken away."))
    if name == "news":
        steps.write(store, viewer, project_id, form.get("news", ""), form.get("news_ru", ""))
        return str(gettext("It stands on the project’s page."))
    if name == "ask" and who is not None:
        team.ask(store, viewer, project_id, who.keys[0], form.get("words", ""))
        return str(gettext("Asked: they get a letter and decide themselves."))
    if name == "back":
        team.take_back(store, viewer, project_id, which)
        return str(gettext("Taken back."))
    if name in ("lead", "helper") and which.isdecimal() and len(which) < 16:
        team.appoint(store, viewer, project_id, int(which), name)
        return str(gettext("Kept."))
    raise BadValue("this is none of the acts by which a project is run", code="act")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
