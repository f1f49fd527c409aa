"""Who speaks, exhibits or pays at an event: asked by its makers, answered by themselves."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.businesses import reading
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events import editing, roles
from webapp.features.events.making import PURPOSE
from webapp.features.events.routes import blueprint
from webapp.features.events.words import event_role_word
from webapp.frame.context import graphnet, in_every_template, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, role_required
from webapp.frame.whom import Whom, whom

in_every_template(blueprint, event_role_word=event_role_word)


@blueprint.route("/events/<event_id>/parts", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose=PURPOSE)
def parts(event_id: str) -> Response:
    """Speakers, exhibitors and sponsors, with who has not answered; asked and taken away."""
    viewer, store = current_viewer(), graphnet().store
    held = editing.one(store, viewer, event_id)
    if request.method == "POST" and request.form.get("act") == "take_away":
        try:
            roles.take_away(store, viewer, event_id, request.form.get("part", "")[:40])
            flash(gettext("Taken away."), "success")
        except ThingNotFound:
            flash(gettext("It is gone already."), "info")
        return redirect(url_for("events.parts", event_id=event_id), 303)
    who = whom("person", viewer, needed=False)
    if request.method == "GET":
        return _page(event_id, held, who)
    business, name = request.form.get("business", "")[:40], request.form.get("name", "").strip()
    if who.problem:
        return _page(event_id, held, who, status=422)
    try:
        roles.ask(
            store,
            viewer,
            event_id,
            request.form.get("role", ""),
            about=request.form.get("about", ""),
            key=who.keys[0] if who.keys else None,
            business=business,
            name=name,
        )
    except BadValue as problem:
        return _page(event_id, held, who, problem=why(problem), status=422)
    except Conflict as problem:
        return _page(event_id, held, who, problem=why(problem), status=409)
    flash(
        gettext("The name stands on the event’s page.")
        if name
        else gettext("Asked. They stand on the event’s page once they have said yes."),
        "success",
    )
    return redirect(url_for("events.parts", event_id=event_id), 303)


def _page(
    event_id: str, held: editing.Editable, who: Whom, *, problem: str = "", status: int = 200
) -> Response:
    viewer = current_viewer()
    return answer(
        "events/parts.html",
        held=held,
        who=who,
        found=roles.in_hand(live(), viewer, event_id),
        businesses=reading.published(graphnet().store, viewer, limit=500)[0],
        chosen=request.form,
        roles=roles.ROLES,
        problem=problem,
        status=status,
    )


@blueprint.post("/events/parts/<part_id>")
@role_required("alumnus", purpose="own part")
def say_part(part_id: str) -> Response:
    """Say yes or no to a part that I am asked for; step back from it."""
    said = request.form.get("answer", "")
    page = url_for("home.home")
    try:
        event_id = roles.say(graphnet().store, current_viewer(), part_id, said)
    except (BadValue, ThingNotFound):
        flash(gettext("Nobody asks you for that any more."), "info")
    except Conflict:
        flash(gettext("The event is over or was called off."), "info")
    else:
        page = url_for("events.event", event_id=event_id)
        flash(
            gettext("Thank you! You stand on the event’s page.")
            if said == "agree"
            else gettext("Said no. Whoever asked is told."),
            "success",
        )
    return redirect(back_or(page), 303)
