"""/recommended/LIST: a whole list, each item with why; what a reader does to it."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import recommendations
from graphnet.errors import ThingNotFound
from graphnet.recommendations import LISTS, offers_of_help
from graphnet.recommendations.people_you_may_know import undo_dismissal
from webapp.features.recommendations import words
from webapp.features.recommendations.shared import address, for_reader, note_click, note_shown
from webapp.frame.context import graphnet, in_every_template
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, role_required, signed_in

blueprint = Blueprint("recommendations", __name__, template_folder="templates")

SHOWN = 12

blueprint.before_app_request(note_click)


in_every_template(
    blueprint,
    because=words.because,
    item_title=words.title,
    item_topics=words.topics_of,
    item_address=address,
    list_title=words.list_title,
    list_word=words.list_word,
    undo_offer=lambda: session.pop("undo", None),
    recommended_lists=LISTS,
)


@blueprint.get("/recommended/<list_name>")
@role_required("alumnus")
def whole(list_name: str) -> Response:
    """One list, longer than on /home."""
    if list_name not in LISTS:
        raise ThingNotFound("no such list")
    viewer = current_viewer()
    mine = for_reader(viewer)
    items = mine.best(list_name, SHOWN)
    note_shown(mine, items)
    return answer("recommendations/list.html", list_name=list_name, items=items)


@blueprint.post("/recommended/act")
@signed_in
def act() -> Response:
    """Not interested, less like this, or wrong topic: it holds at the next page view."""
    store, viewer = graphnet().store, current_viewer()
    how, list_name = request.form.get("how", "never"), request.form.get("list", "")
    topics = tuple(request.form.getlist("topics"))
    if how.startswith("topic:"):
        recommendations.mark_off(store, viewer, topic := how.partition(":")[2])
        session["undo"] = {"topic": topic}
        flash(gettext("This topic counts nothing for you from now on."), "success")
    else:
        name = recommendations.act(
            store, viewer, list_name, request.form.get("item", ""), how=how, topics=topics
        )
        session["undo"] = {"dismissal": name}
        flash(
            gettext("You will see less like this.")
            if how == "less"
            else gettext("It will not be suggested again."),
            "success",
        )
    return redirect(back_or(url_for("home.home")), 303)


@blueprint.post("/recommended/undo")
@signed_in
def undo() -> Response:
    """Take the last such act back."""
    store, viewer = graphnet().store, current_viewer()
    if request.form.get("dismissal"):
        recommendations.undo(store, viewer, request.form["dismissal"])
    if request.form.get("item"):
        list_name, item = request.form.get("list", ""), request.form["item"]
        undo_dismissal(store, viewer, list_name, item[:64])
    if request.form.get("topic"):
        recommendations.mark_on(store, viewer, request.form["topic"])
    flash(gettext("Taken back."), "success")
    return redirect(back_or(url_for("home.home")), 303)


@blueprint.post("/recommended/help/<request_id>")
@role_required("alumnus")
def help_with(request_id: str) -> Response:
    """Offer to help with a request; staff bring both together."""
    offers_of_help.offer(graphnet().store, current_viewer(), request_id)
    flash(gettext("Thank you! The Association will write to you."), "success")
    return redirect(back_or("/recommended/requests"), 303)
