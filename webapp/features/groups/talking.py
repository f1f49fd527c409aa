"""/groups/ID/talk: saying something, answering, changing and removing it, reporting it."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.groups import talk
from webapp.features.contacts.forms import ReportForm
from webapp.features.groups.forms import PostForm
from webapp.features.groups.routes import PURPOSE, blueprint, show
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, role_required


@blueprint.post("/groups/<group_id>/talk")
@role_required("alumnus")
@limiter.limit("60/hour")
def say(group_id: str) -> Response:
    """Say something to the members, or answer."""
    form, viewer = PostForm(), current_viewer()
    problem = ""
    if form.validate_on_submit():
        try:
            post = talk.say(
                graphnet().store,
                viewer,
                group_id,
                form.text.data or "",
                form=(form.form.data or "")[:64],
                to=(form.to.data or "")[:64],
            )
        except (BadValue, TooMany, Conflict) as wrong:
            problem = why(wrong)
        else:
            return redirect(url_for("groups.group", group_id=group_id) + f"#post-{post}", 303)
    if problem:
        form.text.errors = [*form.text.errors, problem]
    return show(group_id, form=form, status=422)


@blueprint.post("/groups/<group_id>/talk/<post_id>")
@role_required("staff", "alumnus", purpose=PURPOSE)
@limiter.limit("120/hour")
def change_post(group_id: str, post_id: str) -> Response:
    """Change or remove one's own words; its organisers and staff remove others' with a reason."""
    viewer, store = current_viewer(), graphnet().store
    text = request.form.get("text", "")
    try:
        if request.form.get("act") == "edit":
            talk.edit(store, viewer, group_id, post_id, text)
            flash(gettext("Changed."), "success")
        elif request.form.get("act") == "remove":
            talk.remove(store, viewer, group_id, post_id, text)
            flash(gettext("Removed."), "success")
    except BadValue as problem:
        flash(why(problem), "error")
    return redirect(url_for("groups.group", group_id=group_id), 303)


@blueprint.route("/groups/<group_id>/talk/<post_id>/report", methods=["GET", "POST"])
@role_required("alumnus")
@limiter.limit("30/hour", methods=["POST"])
def report(group_id: str, post_id: str) -> Response:
    """Report a post; staff get its words and no others."""
    viewer, form = current_viewer(), ReportForm()
    words, _ = talk.reportable(live(), viewer, group_id, post_id)
    problem = ""
    if form.validate_on_submit():
        try:
            talk.report(live(), viewer, group_id, post_id, form.why.data)
        except TooMany:
            problem = gettext("Ten open reports are enough: wait for an answer.")
        else:
            flash(
                gettext(
                    "Reported. Staff look at it and answer you; you find it under your requests."
                ),
                "success",
            )
            return redirect(url_for("groups.group", group_id=group_id), 303)
    return answer(
        "groups/report.html",
        words=words,
        form=form,
        problem=problem,
        back=group_id,
        status=422 if problem or form.errors else 200,
    )
