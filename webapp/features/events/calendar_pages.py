"""/calendar: my events; one event as a file; a feed of mine at a secret address."""

from datetime import UTC, datetime

from flask import Response as FileResponse
from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import ThingNotFound
from graphnet.events import calendar, feeds, listing
from graphnet.keys import trusted
from graphnet.store import Row
from webapp.features.events.routes import blueprint, maker_of
from webapp.frame.context import graphnet
from webapp.frame.i18n import in_language, in_tongue
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, signed_in


def link_keys() -> tuple[bytes, ...]:
    """Return the keys that links may have been made with, the present one first."""
    return trusted(graphnet().settings, "links")


def _words(row: Row) -> calendar.Words:
    return calendar.Words(
        in_language(row["title"], row["title_ru"]),
        in_language(row["description"], row["description_ru"]),
        f"{graphnet().settings.site_url}/events/{row['id']}",
        in_language(row["venue"], row["venue_ru"]),
    )


def _file(content: bytes, name: str) -> Response:
    return FileResponse(
        content,
        content_type=calendar.CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.ics"'},
    )


@blueprint.get("/events/<event_id>.ics")
def as_file(event_id: str) -> Response:
    """One event for my calendar, as far as I may see it."""
    viewer = current_viewer(purpose="event")
    try:
        row = listing.event_row(graphnet().store, viewer, event_id)
    except ThingNotFound:
        row = listing.event_row(graphnet().store, maker_of(viewer), event_id)
    return _file(calendar.single(row, _words(row)), "event")


@blueprint.get("/calendar")
@signed_in
def mine() -> Response:
    """My events, and the address of my feed."""
    viewer, store = current_viewer(purpose="calendar"), graphnet().store
    token = feeds.token(store, viewer, keys=link_keys())
    rows = listing.mine(store, viewer, start=datetime.now(UTC))
    address = f"{graphnet().settings.site_url}/calendar/{token}.ics" if token else ""
    return answer("events/calendar.html", rows=rows, address=address)


@blueprint.post("/calendar")
@signed_in
def change_feed() -> Response:
    """Make the feed, make it anew, or end it."""
    viewer, store = current_viewer(purpose="calendar"), graphnet().store
    if request.form.get("act") == "end":
        feeds.end(store, viewer)
        flash(gettext("The address is ended: it opens nothing any more."), "success")
    else:
        feeds.make(store, viewer, keys=link_keys())
        flash(gettext("This is the address of your calendar. Keep it to yourself."), "success")
    return redirect(url_for("events.mine"), 303)


@blueprint.get("/calendar/<token>.ics")
@limiter.limit("240/hour")
def feed(token: str) -> Response:
    """My events, for a program that looks at them again and again."""
    store = graphnet().store
    viewer, language = feeds.by_token(store, token)
    rows = listing.mine(store, viewer, start=datetime.now(UTC) - feeds.BEHIND)
    with in_tongue(language):
        entries = [
            (row if row["answer"] == "yes" else row | {"online_url": None}, _words(row))
            for row in rows
            if row["state"] == "published"
        ]
        name = gettext("My events")
    answered = FileResponse(calendar.feed(entries, name=name), content_type=calendar.CONTENT_TYPE)
    answered.add_etag()
    answered.headers["Cache-Control"] = "private, max-age=900"
    return answered.make_conditional(request.environ)
