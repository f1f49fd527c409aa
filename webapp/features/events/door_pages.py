"""A ticket's QR, the links to a door, the door itself: who is in, with and without a network."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response as FileResponse
from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import tokens
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events import door, feedback, listing, tickets
from graphnet.keys import trusted
from webapp.features.events.calendar_pages import link_keys
from webapp.features.events.routes import blueprint, event_answer
from webapp.frame.assets import STATIC
from webapp.frame.context import graphnet, live
from webapp.frame.qr import qr
from webapp.frame.respond import answer
from webapp.frame.security import csrf, current_viewer, limiter, role_required, signed_in

CAMERA = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
MOST_AT_ONCE = 500


def _keys() -> tuple[bytes, ...]:
    return trusted(graphnet().settings, "tickets")


@blueprint.get("/events/<event_id>/ticket")
@signed_in
def ticket(event_id: str) -> Response:
    """My ticket: a QR for the door, and a code to be typed there."""
    row = listing.event_row(graphnet().store, current_viewer(purpose="event"), event_id)
    if row["answer"] != "yes" or row["cancelled_at"] is not None:
        flash(gettext("A ticket comes with a seat: you have none there."), "info")
        return redirect(url_for("events.event", event_id=event_id), 303)
    key = _keys()[0]
    return answer(
        "events/ticket.html",
        event=row,
        qr=qr(tickets.written(key, row["registration"]), gettext("QR code of the ticket")),
        code=tokens.halves(tickets.short(key, row["registration"])),
    )


@blueprint.route("/events/<event_id>/door", methods=["GET", "POST"])
@role_required("staff", "alumnus", purpose="events")
def door_links(event_id: str) -> Response:
    """The links to the door, for its makers: made, shown, ended."""
    viewer, store = current_viewer(), graphnet().store
    if request.method == "POST":
        try:
            if request.form.get("act") == "revoke":
                door.revoke(store, viewer, event_id, request.form.get("link", ""))
                flash(gettext("The link is ended: it opens nothing any more."), "success")
            else:
                door.make(store, viewer, event_id, keys=link_keys())
                flash(
                    gettext("The link is there. Send it to those who stand at the door."), "success"
                )
        except Conflict:
            flash(gettext("No link is made: the event is over, or there are ten already."), "error")
        return redirect(url_for("events.door_links", event_id=event_id), 303)
    links = door.links(store, viewer, event_id, keys=link_keys())
    row = listing.event_row(store, viewer, event_id)
    site = graphnet().settings.site_url
    return answer(
        "events/door_links.html",
        event=row,
        links=[
            (
                one,
                f"{site}/door/{one.token}" if one.token else "",
                qr(f"{site}/door/{one.token}", gettext("QR code of the link")),
            )
            for one in links
        ],
        opens=row["starts_at"] - door.BEFORE,
    )


@blueprint.get("/door/<token>")
@limiter.limit("300/hour")
def at_door(token: str) -> Response:
    """The door: names, a box for codes, the camera where the browser can read codes."""
    found = door.opened(graphnet().store, token)
    people = door.expected(live(), found, key=_keys()[0])
    made = answer(
        "events/door.html",
        door=found,
        event=found.event,
        people=people,
        token=token,
        inside=sum(one.entered_at is not None for one in people),
    )
    made.headers["Permissions-Policy"] = CAMERA
    return made


@blueprint.get("/door/worker.js")
def door_worker() -> Response:
    """What keeps the door's page for a browser without a network: it works below /door/ only."""
    made = FileResponse((STATIC / "door-worker.js").read_bytes(), mimetype="text/javascript")
    made.headers["Cache-Control"] = "no-cache"
    return made


@blueprint.post("/door/<token>")
@limiter.limit("3000/hour")
def check_in(token: str) -> Response:
    """Let one in, by their code or their name; works without JavaScript."""
    store = graphnet().store
    found = door.opened(store, token)
    registration = request.form.get("registration", "") or _looked_up(
        found, request.form.get("code", "")
    )
    try:
        if request.form.get("act") == "undo":
            door.undo(store, found, registration)
            flash(gettext("The mark is gone."), "success")
        else:
            outcome = door.enter(
                store, found, registration, let_in=bool(request.form.get("let_in"))
            )
            kind, words = _words(outcome, found.event["time_zone"])
            flash(words, kind)
    except ThingNotFound:
        flash(gettext("No such ticket for this event."), "error")
    except Conflict:
        flash(gettext("This is in the ledger already: staff take it back there."), "error")
    return redirect(url_for("events.at_door", token=token), 303)


def _looked_up(found: door.Door, text: str) -> str:
    """Return the registration of a code: a whole one that was scanned, or a short one."""
    if whole := tickets.read(_keys(), text[:200]):
        return whole
    wanted = tokens.typed(text[:20])
    if len(wanted) != tickets.SHORT:
        return ""
    people = door.expected(live(), found, key=_keys()[0])
    return next((one.registration for one in people if one.short == wanted), "")


def _words(outcome: door.Entered, zone: str) -> tuple[str, str]:
    if outcome.outcome == "in":
        return "success", gettext("Come in!")
    if outcome.outcome == "again":
        return "warning", gettext("Already here since %(time)s.", time=_clock(outcome.at, zone))
    if outcome.outcome == "warned":
        return "warning", gettext("Recorded as here, though the registration was cancelled.")
    return "error", gettext("This registration was cancelled.")


@blueprint.app_template_filter("event_clock")
def _clock(moment: datetime | None, zone: str | None) -> str:
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(zone or 'UTC')):%H:%M}"


# The secret of its address is what lets one in. A phone that has loaded the list the evening
# before, or on which somebody has signed in since, must not find what it recorded refused: no
# form's token lives so long.
@blueprint.post("/door/<token>/sync")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("3000/hour")
def sync(token: str) -> Response:
    """Take what was recorded by a phone, perhaps without a network, and say what came of each."""
    store = graphnet().store
    found = door.opened(store, token)
    sent = request.get_json(silent=True)
    if not isinstance(sent, list) or len(sent) > MOST_AT_ONCE:
        raise BadValue("a list of what was recorded")
    results = []
    for one in sent:
        given: dict[str, Any] = one if isinstance(one, dict) else {}
        code = str(given.get("code", ""))[:200]
        registration = tickets.read(_keys(), code) if ":" in code else _looked_up(found, code)
        registration = registration or str(given.get("registration", ""))[:40]
        try:
            outcome = door.enter(
                store,
                found,
                registration,
                at=_moment(given.get("at")),
                let_in=bool(given.get("offline")),
            )
        except ThingNotFound:
            said = gettext("No such ticket for this event.")
            results.append({"outcome": "unknown", "words": said, "registration": registration})
            continue
        kind, words = _words(outcome, found.event["time_zone"])
        results.append(
            {
                "outcome": outcome.outcome,
                "kind": kind,
                "words": words,
                "registration": registration,
                "since": _clock(outcome.at, found.event["time_zone"]),
            }
        )
    return jsonify(results)


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@blueprint.post("/events/<event_id>/feedback")
@signed_in
def say(event_id: str) -> Response:
    """Say how it was: stars and words."""
    stars = request.form.get("stars", "")
    try:
        feedback.say(
            graphnet().store,
            current_viewer(purpose="event"),
            event_id,
            int(stars) if stars.isascii() and stars.isdecimal() and len(stars) == 1 else 0,
            request.form.get("words", ""),
        )
    except BadValue:
        return event_answer(
            event_id,
            problem=gettext("Choose one to five stars; at most 1,000 characters."),
            status=422,
        )
    except (Conflict, ThingNotFound):
        flash(gettext("Those who were registered say it, once it is over."), "error")
    else:
        flash(
            gettext("Thank you. The organisers read it together with what others say."), "success"
        )
    return redirect(url_for("events.event", event_id=event_id), 303)
