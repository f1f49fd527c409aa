"""/staff/weeks/ID/speakers: names of a programme, and who of the community each may be."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet.errors import Conflict, PersonNotFound, ThingNotFound
from graphnet.people.lookup import key_of
from graphnet.weeks import speakers
from webapp.features.weeks.routes import blueprint
from webapp.features.weeks.staff_routes import PURPOSE, staff_week
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer, page_of, whole_number
from webapp.frame.security import current_viewer, role_required


@blueprint.get("/staff/weeks/<week_id>/speakers")
@role_required("staff", purpose=PURPOSE)
def named_speakers(week_id: str) -> Response:
    """Speakers who stand there as names, with who each may be."""
    week = staff_week(week_id)
    number = whole_number("page", 1, low=1, high=100)
    skip = (number - 1) * speakers.MOST_NAMES
    found, total = speakers.proposals(live(), current_viewer(), week.id, skip=skip)
    return answer(
        "weeks/speakers.html",
        week=week,
        proposals=found,
        page=page_of(total, size=speakers.MOST_NAMES),
    )


@blueprint.post("/staff/weeks/<week_id>/speakers")
@role_required("staff", purpose=PURPOSE)
def ask_speaker(week_id: str) -> Response:
    """Ask somebody whether a name is theirs: they take its place with their yes."""
    week = staff_week(week_id)
    parts = [part[:40] for part in request.form.getlist("part")]
    try:
        key = key_of(graphnet().store, request.form.get("person", "")[:80])
        asked = speakers.ask(live(), current_viewer(), week.id, parts, key)
    except (PersonNotFound, ThingNotFound):
        flash(gettext("This has changed meanwhile: look at it once more."), "info")
    except Conflict:
        flash(gettext("They are asked already, or cannot be asked."), "warning")
    else:
        flash(
            ngettext(
                "Asked for %(num)s session. The name stands until they say yes.",
                "Asked for %(num)s sessions. The name stands until they say yes.",
                asked,
            ),
            "success",
        )
    return redirect(url_for("weeks.named_speakers", week_id=week.id), 303)
