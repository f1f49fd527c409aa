"""Offering help with what a project needs; being asked into its team, and leaving it."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.projects import needs, team
from webapp.features.projects.routes import blueprint, project_answer
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.respond import back_or
from webapp.frame.security import current_viewer, limiter, role_required

PURPOSE = "projects"


@blueprint.post("/projects/<project_id>/needs/<need_id>")
@role_required("alumnus", purpose=PURPOSE)
@limiter.limit("60/hour")
def offer_for(project_id: str, need_id: str) -> Response:
    """Offer help with one need: who leads the project reads it and answers."""
    store, viewer = graphnet().store, current_viewer()
    try:
        needs.offer(store, viewer, project_id, need_id, request.form.get("text", ""))
    except BadValue as problem:
        wrong = why(problem)
        return project_answer(viewer, project_id, need=need_id, problem=wrong, status=422)
    except (Conflict, TooMany) as problem:
        wrong = why(problem)
        return project_answer(viewer, project_id, need=need_id, problem=wrong, status=409)
    flash(
        gettext("Thank you! Who runs the project gets a letter, and you hear either way."),
        "success",
    )
    return redirect(url_for("projects.project", project_id=project_id), 303)


@blueprint.post("/projects/<project_id>/offers/<offer_id>")
@role_required("staff", "alumnus", purpose=PURPOSE)
def decide_offer(project_id: str, offer_id: str) -> Response:
    """Take an offer, or decline it with words; or take one's own back."""
    store, viewer = graphnet().store, current_viewer()
    said = request.form.get("answer", "")
    page = url_for("projects.run", project_id=project_id)
    try:
        if said == "withdrawn":
            page = url_for("projects.project", project_id=project_id)
            needs.withdraw(store, viewer, offer_id)
            flash(gettext("Your offer is taken back."), "success")
        else:
            needs.decide(store, viewer, offer_id, said, request.form.get("words", ""))
            flash(
                gettext("Accepted: they are in the team, and get a letter with your words.")
                if said == "accepted"
                else gettext("Declined: they get a letter with your words."),
                "success",
            )
    except (BadValue, Conflict) as problem:
        flash(why(problem), "error")
    return redirect(page, 303)


@blueprint.post("/projects/<project_id>/team/<invitation_id>")
@role_required("alumnus", purpose=PURPOSE)
def answer_team(project_id: str, invitation_id: str) -> Response:
    """Say yes or no to being in a project's team."""
    store, viewer = graphnet().store, current_viewer()
    said = request.form.get("answer", "")
    page = url_for("projects.project", project_id=project_id)
    try:
        team.answer(store, viewer, invitation_id, said)
    except Conflict as problem:
        flash(why(problem), "error")
    else:
        flash(
            gettext("You are in the team; who leads the project is told.")
            if said == "yes"
            else gettext("You said no; who leads the project is told."),
            "success",
        )
        if said == "no":
            page = url_for("home.home")
    return redirect(back_or(page), 303)


@blueprint.post("/projects/<project_id>/leave")
@role_required("alumnus", purpose=PURPOSE)
def leave(project_id: str) -> Response:
    """Work on it no longer."""
    try:
        team.leave(graphnet().store, current_viewer(), project_id)
    except Conflict as problem:
        flash(why(problem), "error")
    else:
        flash(
            gettext("You are not in the team any more; who leads the project is told."), "success"
        )
    return redirect(url_for("projects.project", project_id=project_id), 303)
