"""/told/TOKEN out of a letter, /me/told signed in: "not this", nothing of a topic, and back."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import own_accord
from graphnet.errors import NotFound, TooMany
from graphnet.privacy import Viewer
from graphnet.told import answering
from graphnet.told.answering import Told
from webapp.features.told import words
from webapp.frame.context import graphnet
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, limiter, signed_in

blueprint = Blueprint("told", __name__, template_folder="templates")


@blueprint.route("/told/<token>", methods=["GET", "POST"])
@limiter.limit("60/hour")
def by_link(token: str) -> Response:
    """Of what a letter told its reader, and their word on it; looking alone says nothing."""
    try:
        viewer, told = answering.behind(graphnet().store, token)
    except NotFound:
        return answer("told/gone.html", status=404)
    if request.method == "POST":
        _said(viewer, told)
        return redirect(url_for("told.by_link", token=token), 303)
    return answer("told/told.html", told=told, words=words)


def _said(viewer: Viewer, told: Told) -> None:
    store = graphnet().store
    if request.form.get("act") == "take_back":
        answering.take_back(store, viewer, told)
        flash(gettext("Taken back. It may be suggested to you again."), "success")
        return
    try:
        answering.not_this(store, viewer, told, request.form.getlist("topics"))
    except TooMany:
        flash(gettext("So much is taken out of your lists already that no more fits."), "error")
        return
    flash(gettext("Kept. You will not hear of it again."), "success")


@blueprint.post("/events/<event_id>/not-this")
@signed_in
def not_this(event_id: str) -> Response:
    """Say "not this" on the site to an event that I was told of."""
    viewer = current_viewer()
    _said(viewer, answering.one(graphnet().store, viewer, event_id))
    return redirect(back_or(url_for("told.mine")), 303)


@blueprint.route("/me/told", methods=["GET", "POST"])
@signed_in
def mine() -> Response:
    """Every event that I was told of; whether I want such letters."""
    store, viewer = graphnet().store, current_viewer()
    if request.method == "POST":
        if request.form.get("act") == "stop":
            own_accord.refuse(store, viewer.own_key(), own_accord.EVENTS)
            flash(gettext("You will get no letters about events any more."), "success")
        else:
            own_accord.allow(store, viewer, own_accord.EVENTS)
            flash(gettext("You are told of events again, by few letters a month."), "success")
        return redirect(url_for("told.mine"), 303)
    return answer(
        "told/mine.html",
        told=answering.mine(store, viewer),
        refuses=own_accord.refuses(store, viewer, own_accord.EVENTS),
        words=words,
    )
