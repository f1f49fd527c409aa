"""/home: what can I do here, now: my groups, people and events for me, what waits for my answer."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.community.suggestions import dismiss, events_for_me, people_i_may_know
from graphnet.discovery.classmates import classes
from webapp.context import graphnet, live
from webapp.pages import answer, back_or
from webapp.security import current_viewer, signed_in
from webapp.waiting import waiting

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/home")
@signed_in
def home() -> Response:
    """An alumnus' own page; staff and analysts begin at theirs."""
    viewer = current_viewer(purpose="home")
    if viewer.kind == "staff":
        return redirect("/staff", 303)
    if viewer.kind == "analyst":
        return redirect("/maps", 303)
    mine = classes(graphnet().store, viewer, rules=live().rules, limit=1)
    return answer(
        "home/home.html",
        waiting=waiting(viewer),
        groups=mine.groups,
        people=people_i_may_know(live(), viewer, k=6),
        events=events_for_me(live(), viewer, k=3),
    )


@blueprint.post("/dismiss")
@signed_in
def dismiss_suggestion() -> Response:
    """Never suggest this again."""
    dismiss(
        graphnet().store, current_viewer(), request.form.get("list", ""),
        request.form.get("item", ""),
    )  # fmt: skip
    flash(gettext("It will not be suggested again."), "success")
    return redirect(back_or(url_for("home.home")), 303)
