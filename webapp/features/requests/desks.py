"""/staff/requests/units: where each unit takes letters about the requests that are its own."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue
from graphnet.requests import unit_letters
from webapp.features.requests.routes import blueprint
from webapp.frame.context import graphnet
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

PURPOSE = "write kinds of request"


@blueprint.route("/staff/requests/units", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def desks() -> Response:
    """The units with the addresses to which they are written; one is changed at a time."""
    store, viewer, form = graphnet().store, current_viewer(), request.form
    error = ""
    if request.method == "POST":
        try:
            unit_letters.set_desk(
                store, viewer, form.get("unit", ""), form.get("email", ""), form.get("language", "")
            )
        except BadValue:
            error = gettext("Write an address to which letters can be sent, or none.")
        else:
            flash(gettext("Kept."), "success")
            return redirect(url_for("requests.desks"), 303)
    return answer(
        "requests/desks.html",
        units=unit_letters.desks(store, viewer),
        languages={"ru": gettext("in Russian"), "en": gettext("in English")},
        error=error,
        said=form,
        status=422 if error else 200,
    )
