"""POST /first-steps: begin a step, leave it out, or put all of them away."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue
from graphnet.onboarding.first_steps import put_away
from webapp.features.first_steps.words import LOOKED_AT, WORDS
from webapp.frame.context import graphnet
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("first_steps", __name__, template_folder="templates")


@blueprint.post("/first-steps")
@role_required("alumnus")
def act() -> Response:
    """Go where a step is done, or do without it."""
    store, viewer = graphnet().store, current_viewer()
    step, what = request.form.get("step", ""), request.form.get("act", "")
    if what == "end":
        put_away(store, viewer)
        flash(gettext("The first steps are put away. You find all of it in the menu."), "success")
        return redirect(url_for("home.home"), 303)
    if step not in WORDS or what not in ("go", "skip"):
        raise BadValue("no such step")
    if what == "skip" or step in LOOKED_AT:
        put_away(store, viewer, step)
    where = url_for(WORDS[step].endpoint) if what == "go" else url_for("home.home") + "#first-steps"
    return redirect(where, 303)
