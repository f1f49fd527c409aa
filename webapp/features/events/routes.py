"""/events: what is on, what suits me and why, my answer, a seat that is held for me."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, SnapshotError, ThingNotFound
from graphnet.events import (
    bringers,
    choosing,
    editing,
    feedback,
    listing,
    offers,
    proposing,
    registrations,
    roles,
    seats,
)
from graphnet.privacy import Viewer, visibilities
from graphnet.recommendations.outcomes import would_fit
from webapp.features.events.linked import event_data
from webapp.features.events.words import REASONS, field_words, value_words, why_nobody
from webapp.features.recommendations.shared import for_reader, note_shown, shelf
from webapp.frame.context import graphnet, live, shared
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or, page_of
from webapp.frame.security import current_account, current_viewer, signed_in

blueprint = Blueprint("events", __name__, template_folder="templates")

# When: how many days ahead.
AHEAD = {"coming": 3650, "week": 7, "month": 31}
BEHIND = timedelta(days=3650)


@blueprint.get("/events")
def index() -> Response:
    """What is coming, soonest first; for alumni what suits them on top, each with why."""
    viewer = current_viewer(purpose="events")
    chosen: dict[str, Any] = {
        name: request.args.get(name, "")[:80] for name in ("topic", "festival", "city", "group")
    }
    when = request.args.get("when", "coming")
    now = datetime.now(UTC)
    past = when == "past"
    ahead = timedelta(days=AHEAD.get(when, AHEAD["coming"]))
    start, until = (now - BEHIND, now) if past else (now, now + ahead)
    store = graphnet().store
    wanted = listing.Chosen(start, until, past=past, **chosen)
    page = page_of(listing.coming_count(store, viewer, wanted), size=20)
    rows = listing.coming(store, viewer, wanted, skip=page.skip, limit=page.size)
    mine = []
    if viewer.is_alumnus and when == "coming" and not any(chosen.values()) and page.number == 1:
        try:
            reader = for_reader(viewer)
            mine = reader.best("events", 3)
            note_shown(reader, mine)
        except SnapshotError:
            mine = []  # the list below does not need the snapshot
    return answer(
        "events/index.html",
        rows=rows,
        page=page,
        mine=mine,
        when=when,
        chosen=chosen,
        topic=chosen["topic"],
        festivals=shared("weeks of events", lambda: listing.festivals(store)),
        festival=chosen["festival"],
        # Alike for all who may see as much.
        cities=shared(
            f"cities of events {visibilities(viewer)}", lambda: listing.cities(store, viewer)
        ),
        organises=choosing.organises_something(store, viewer),
    )


@blueprint.get("/events/<event_id>")
def event(event_id: str) -> Response:
    """One event."""
    return event_answer(event_id)


def event_answer(event_id: str, *, problem: str = "", status: int = 200) -> Response:
    """Answer with an event's page; with `problem` what is wrong with what was sent."""
    viewer = current_viewer(purpose="event")
    maker = maker_of(viewer)
    try:
        page = listing.event_page(live(), viewer, event_id)
    except ThingNotFound:
        if maker is viewer:
            raise
        page = listing.event_page(live(), maker, event_id)  # a draft is found by staff alone
    fits = []
    if viewer.is_staff and not page.past:
        try:
            fits = would_fit(shelf(), viewer, event_id)
        except SnapshotError:
            fits = []  # comes with the first snapshot
    why = ""
    if page.event["answer"] == "waiting":
        found = seats.standing(graphnet().store, event_id, now=datetime.now(UTC))
        why = why_nobody(found.why, found.free)
    held = None
    if page.event["organised"] or maker.is_staff:
        try:
            held = editing.one(graphnet().store, maker, event_id)
        except ThingNotFound:
            held = None
    change = None
    if held is not None:
        change = proposing.latest(graphnet().store, maker, held, rules=live().rules)
    echo = feedback.echo(graphnet().store, maker, event_id) if held and page.past else None
    said = feedback.said(graphnet().store, viewer, event_id) if page.past else None
    return answer(
        "events/event.html",
        page=page,
        event=page.event,
        fits=fits,
        held=held,
        change=change,
        named=_named(maker) if change is not None and change.state == "waiting" else {},
        event_value=value_words,
        words=field_words(),
        problem=problem,
        my_word=said,
        takes_part=roles.of_events(live(), viewer, [event_id]).get(event_id, []),
        my_parts=_my_parts(viewer, event_id),
        echo=echo,
        asked=registrations.questions(page.event["questions"]),
        why_nobody=why,
        form=request.form,
        reminders=_reminders(),
        linked=event_data(page.event),
        staff=maker.is_staff,
        status=status,
    )


def _my_parts(viewer: Viewer, event_id: str) -> list[Any]:
    if viewer.person_key is None:
        return []
    rows = roles.mine(graphnet().store, viewer, "asked", "agreed")
    return [row for row in rows if row["event"] == event_id]


def _named(maker: Viewer) -> dict[str, str]:
    """Return what communities, units, cities and topics are called, by their ids."""
    may = choosing.choices(graphnet().store, maker, anew=False)
    return {
        row["id"]: in_language(row["name"], row["name_ru"])
        for rows in (may.groups, may.units, may.cities, may.topics)
        for row in rows
    }


def maker_of(viewer: Viewer) -> Viewer:
    """Return who asks as who makes events: staff, where their account is staff's, too."""
    account = current_account()
    if viewer.is_staff or account is None or not {"staff", "admin"} & set(account.roles):
        return viewer
    return Viewer("staff", account.person_key, account.id, frozenset(account.roles), "events")


def _reminders() -> list[tuple[int, str]]:
    words = {
        0: gettext("no reminder"),
        1: gettext("a day before"),
        3: gettext("three days before"),
        7: gettext("a week before"),
    }
    return [(days, words[days]) for days in registrations.REMINDERS]


@blueprint.post("/events/<event_id>/answer")
@signed_in
def reply(event_id: str) -> Response:
    """Say yes or no."""
    viewer = current_viewer(purpose="event")
    store = graphnet().store
    said = request.form.get("answer", "")
    wish = registrations.Wish(
        guests=_small("guests"),
        answers={
            name.removeprefix("question-"): text
            for name, text in request.form.items()
            if name.startswith("question-")
        },
        remind=_small("remind"),
    )
    try:
        state = registrations.answer(store, viewer, event_id, said, wish=wish)
    except registrations.Unanswered as problem:
        said = gettext("Please answer: %(question)s", question=problem.question)
        return event_answer(event_id, problem=said, status=422)
    except BadValue as problem:
        return event_answer(event_id, problem=why(problem), status=422)
    except Conflict as problem:
        flash(why(problem), "error")
    else:
        flash(
            {
                "yes": gettext("You are registered. See you there!"),
                "waiting": gettext("All seats are taken: you are on the waiting list."),
                "no": gettext("You said no. Somebody else may have the seat."),
            }[state],
            "success",
        )
        if said == "yes":
            for other in listing.clashes(store, viewer, event_id):
                flash(
                    gettext(
                        "At the same time you are registered for: %(title)s",
                        title=in_language(other["title"], other["title_ru"]),
                    ),
                    "warning",
                )
    return redirect(back_or(url_for("events.event", event_id=event_id)), 303)


def _small(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


@blueprint.get("/events/<event_id>/seat")
@signed_in
def seat(event_id: str) -> Response:
    """A seat that is held for me: take it, or give it to the next."""
    try:
        found = offers.offer(graphnet().store, current_viewer(), event_id)
    except ThingNotFound:
        # The event's page says what is so, to whoever may see it.
        flash(gettext("No seat is held for you there, or not any more."), "info")
        return redirect(url_for("events.event", event_id=event_id), 303)
    return answer(
        "events/seat.html",
        offer=found,
        event=found.event,
        clashes=listing.clashes(graphnet().store, current_viewer(), event_id),
    )


@blueprint.post("/events/<event_id>/seat")
@signed_in
def settle(event_id: str) -> Response:
    """Take the seat, or give it on."""
    act = request.form.get("act", "")
    try:
        offers.settle(graphnet().store, current_viewer(), event_id, act)
    except ThingNotFound:
        flash(gettext("No seat is held for you there, or not any more."), "error")
    except Conflict:
        flash(str(REASONS[Conflict]["lapsed"]), "error")
    else:
        flash(
            gettext("The seat is yours. See you there!")
            if act == "take"
            else gettext("Given to the next. Thank you for saying so."),
            "success",
        )
    return redirect(back_or(url_for("events.event", event_id=event_id)), 303)


@blueprint.post("/events/<event_id>/brought")
@signed_in
def brought(event_id: str) -> Response:
    """Say who brought me along."""
    try:
        bringers.name_bringer(
            live(), current_viewer(purpose="event"), event_id, request.form.get("person", "")[:80]
        )
    except (Conflict, ThingNotFound):
        flash(gettext("Only guests say it, before the event, and only of their contacts."), "error")
    else:
        flash(gettext("Kept. It counts for them once you have come."), "success")
    return redirect(url_for("events.event", event_id=event_id), 303)
