"""/events and /week: what is on, what suits me and why, and my answer."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import Conflict, SnapshotError, ThingNotFound
from graphnet.events import registrations
from graphnet.recommendations.outcomes import would_fit
from webapp.features.recommendations.shared import for_reader, note_shown, shelf
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer, page_of
from webapp.frame.security import current_viewer, signed_in

blueprint = Blueprint("events", __name__, template_folder="templates")

AHEAD = timedelta(days=120)


@blueprint.get("/events")
def index() -> Response:
    """What is coming, soonest first; for alumni what suits them on top, each with why."""
    viewer = current_viewer(purpose="events")
    topic, festival = request.args.get("topic", ""), request.args.get("festival", "")
    when = request.args.get("when", "coming")
    now = datetime.now(UTC)
    start, until = (now, now + AHEAD) if when != "past" else (now - timedelta(days=365), now)
    store = graphnet().store
    _, total = registrations.coming(
        store, viewer, start=start, until=until, topic=topic, festival=festival, limit=0
    )
    page = page_of(total, size=20)
    rows, _ = registrations.coming(
        store, viewer, start=start, until=until, topic=topic, festival=festival,
        skip=page.skip, limit=page.size,
    )  # fmt: skip
    mine = []
    if viewer.is_alumnus and when != "past" and not topic and page.number == 1:
        try:
            reader = for_reader(viewer)
            mine = reader.best("events", 3)
            note_shown(reader, mine)
        except SnapshotError:
            mine = []  # the list below does not need the snapshot
    return answer(
        "events/index.html", rows=rows, page=page, mine=mine, when=when, topic=topic,
        festivals=registrations.festivals(store), festival=festival,
    )  # fmt: skip


@blueprint.get("/week")
def week() -> Response:
    """The Alumni Week that is on or next, a topic a day."""
    weeks = registrations.festivals(graphnet().store)
    if not weeks:
        return redirect(url_for("events.index"), 303)
    return redirect(url_for("events.index", festival=weeks[0]["id"]), 303)


@blueprint.get("/events/<event_id>")
def event(event_id: str) -> Response:
    """One event."""
    viewer = current_viewer(purpose="event")
    page = registrations.event_page(live(), viewer, event_id)
    fits = []
    if viewer.is_staff and not page.past:
        try:
            fits = would_fit(shelf(), viewer, event_id)
        except SnapshotError:
            fits = []  # comes with the first snapshot
    return answer("events/event.html", page=page, event=page.event, fits=fits)


@blueprint.post("/events/<event_id>/answer")
@signed_in
def reply(event_id: str) -> Response:
    """Say yes or no."""
    viewer = current_viewer(purpose="event")
    try:
        state = registrations.answer(
            graphnet().store, viewer, event_id, request.form.get("answer", "")
        )
    except Conflict:
        flash(gettext("This event has begun or has been cancelled."), "error")
    else:
        flash(
            {
                "yes": gettext("You are registered. See you there!"),
                "waiting": gettext("All seats are taken: you are on the waiting list."),
                "no": gettext("You said no. Somebody else may have the seat."),
            }[state],
            "success",
        )
    return redirect(url_for("events.event", event_id=event_id), 303)


@blueprint.post("/events/<event_id>/brought")
@signed_in
def brought(event_id: str) -> Response:
    """Say who brought me along."""
    try:
        registrations.name_bringer(
            live(), current_viewer(purpose="event"), event_id, request.form.get("person", "")[:80]
        )
    except (Conflict, ThingNotFound):
        flash(gettext("Only guests say it, before the event, and only of their contacts."), "error")
    else:
        flash(gettext("Kept. It counts for them once you have come."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)
