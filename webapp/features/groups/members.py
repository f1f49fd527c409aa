"""/groups/ID/people: who asks, who is invited, who is in it, for its organisers and for staff."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.discovery.search import find_people
from graphnet.errors import BadValue, Conflict, PersonNotFound, TooMany
from graphnet.groups import editing, organising, reading
from graphnet.people import Card
from graphnet.privacy import Level
from webapp.features.groups.routes import PURPOSE, blueprint
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, limiter, role_required


@blueprint.get("/groups/<group_id>/people")
@role_required("staff", "alumnus", purpose=PURPOSE)
def members(group_id: str) -> Response:
    """Requests, invitations, members; ?q= finds whom one may invite."""
    viewer = current_viewer()
    held = editing.editable(graphnet().store, viewer, group_id)
    page = reading.group_page(live(), viewer, group_id)
    text = " ".join(request.args.get("q", "").split())[:100]
    there = {member.card.key for member in page.members}
    found: list[Card] = []
    if text:
        hits = find_people(live(), viewer, text, k=12).hits
        found = [
            hit.card
            for hit in hits
            if hit.card.level != Level.MEMORIAL and hit.card.key not in there
        ]
    return answer(
        "groups/people.html",
        held=held,
        page=page,
        group=page.group,
        requests=organising.requests(live(), viewer, group_id),
        text=text,
        found=found,
        me=viewer.person_key,
        staff=viewer.is_staff,
    )


@blueprint.post("/groups/<group_id>/people")
@role_required("staff", "alumnus", purpose=PURPOSE)
@limiter.limit("240/hour")
def change_members(group_id: str) -> Response:
    """Let in or not, invite, put out, make an organiser or a member again."""
    viewer, store = current_viewer(), graphnet().store
    act, _, who = request.form.get("act", "").partition(":")
    words = request.form.get("text", "")
    page = url_for("groups.members", group_id=group_id)
    try:
        if act in ("accept", "refuse"):
            accept = act == "accept"
            organising.decide(store, viewer, group_id, who, accept=accept, text=words)
            flash(
                gettext("They are a member now, and get a letter.")
                if accept
                else gettext("They get a letter that says so, with your words."),
                "success",
            )
            page = back_or(page)
        elif act == "invite":
            organising.invite(live(), viewer, group_id, who, words)
            flash(
                gettext("Invited: they get a letter, and find it on their first page."), "success"
            )
        elif act == "remove":
            organising.remove(store, viewer, group_id, who, words)
            flash(gettext("Put out: they get a letter with your reason."), "success")
        elif act in ("organiser", "member"):
            organising.appoint(store, viewer, group_id, who, organiser=act == "organiser")
            flash(gettext("Done: they get a letter."), "success")
    except PersonNotFound:
        flash(gettext("There is nobody there whom you can choose."), "error")
    except (BadValue, TooMany, Conflict) as problem:
        flash(why(problem), "error")
    return redirect(page, 303)
