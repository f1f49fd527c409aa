"""/me/notices: how often I am told by mail; /letters/stop/…: the one end of letters of any kind."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import notices
from graphnet.features import registered
from webapp.features.notices.forms import NoticesForm
from webapp.frame.context import graphnet
from webapp.frame.respond import answer
from webapp.frame.security import csrf, current_viewer, limiter, signed_in

blueprint = Blueprint("notices", __name__, template_folder="templates")


@blueprint.route("/me/notices", methods=["GET", "POST"])
@signed_in
def mine() -> Response:
    """See and choose how often I am told."""
    store, viewer = graphnet().store, current_viewer()
    form = NoticesForm(choice=notices.choice_of(store, viewer))
    if form.validate_on_submit():
        notices.choose(store, viewer, form.choice.data)
        flash(gettext("Kept. It holds from now on."), "success")
        return redirect(url_for("notices.mine"), 303)
    return answer("notices/mine.html", form=form, status=422 if form.errors else 200)


@blueprint.get("/letters/stop/<token>")
def stop(token: str) -> Response:
    """Ask once before letters end: programs that look at links end nothing."""
    notices.series_of(registered(), graphnet().settings, token)
    return answer("notices/stop.html", token=token, done=False)


@blueprint.post("/letters/stop/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]  # mail programs post here (RFC 8058)
@limiter.limit("60/hour")
def stopped(token: str) -> Response:
    """End the letters that carry this token, without signing in."""
    notices.stop(registered(), graphnet().settings, graphnet().store, token)
    return answer("notices/stop.html", token=token, done=True)
