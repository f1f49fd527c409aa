"""/groups: communities, joining and leaving them."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.groups import membership
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer, page_of
from webapp.frame.security import current_viewer, signed_in

blueprint = Blueprint("groups", __name__, template_folder="templates")


@blueprint.get("/groups")
@signed_in
def index() -> Response:
    """All communities, the largest first."""
    viewer = current_viewer(purpose="communities")
    topic = request.args.get("topic", "")
    _, total = membership.groups(graphnet().store, viewer, topic=topic, limit=0)
    page = page_of(total, size=24)
    rows, _ = membership.groups(
        graphnet().store, viewer, topic=topic, skip=page.skip, limit=page.size
    )
    return answer("groups/index.html", rows=rows, page=page, topic=topic)


@blueprint.get("/groups/<group_id>")
@signed_in
def group(group_id: str) -> Response:
    """One community."""
    page = membership.group_page(live(), current_viewer(purpose="communities"), group_id)
    return answer("groups/group.html", page=page, group=page.group)


@blueprint.post("/groups/<group_id>/<act>")
@signed_in
def act(group_id: str, act: str) -> Response:
    """Join or leave."""
    viewer = current_viewer(purpose="communities")
    if act == "join":
        membership.join(graphnet().store, viewer, group_id)
        flash(gettext("You are a member now."), "success")
    elif act == "leave":
        membership.leave(graphnet().store, viewer, group_id)
        flash(gettext("You are no longer a member."), "success")
    return redirect(url_for("groups.group", group_id=group_id), 303)
