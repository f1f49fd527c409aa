"""Staff join two requests that ask the same, take them apart, or split one that asks two things."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict
from graphnet.features import registered
from graphnet.requests import joining
from webapp.features.requests.kinds import offered
from webapp.features.requests.routes import blueprint
from webapp.features.requests.staff import PURPOSE, desk_page
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.security import current_viewer, role_required


@blueprint.post("/staff/requests/<request_id>/join")
@role_required("staff", purpose=PURPOSE)
def join(request_id: str) -> Response:
    """Join this request to another one, take it apart again, or split it."""
    store, viewer, kinds = graphnet().store, current_viewer(), registered().request_kinds
    act, form = request.form.get("act", ""), request.form
    shown = request_id
    try:
        if act == "join":
            joining.join(store, viewer, kinds, request_id, form.get("other", ""))
            shown = form["other"]
            done = gettext("Joined: you answer both here. Who asked the other one is told so.")
        elif act == "apart":
            joining.apart(store, viewer, request_id)
            done = gettext("Taken apart. Who asked is told so.")
        elif act == "split":
            kind = form.get("kind", "")
            shown = joining.split(
                store,
                viewer,
                kinds,
                request_id,
                kind,
                form.get("subject", ""),
                form.get("text", ""),
                form=offered().get(kind),
            )
            done = gettext("This is the new request. Who asked is told so.")
        else:
            raise BadValue("requests are joined, taken apart or split", code="act")
    except Conflict as problem:
        return desk_page(request_id, status=409, error=why(problem))
    except BadValue as problem:
        return desk_page(request_id, status=422, error=why(problem))
    flash(done, "success")
    return redirect(url_for("requests.one", request_id=shown), 303)
