"""/week: the programme as list, grid and on paper; mine; one that suits me; what has changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask import Response as FileResponse
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, SnapshotError, ThingNotFound
from graphnet.events import calendar, registrations
from graphnet.recommendations import Item
from graphnet.weeks import frame, programme, suggesting, thanks
from graphnet.weeks.frame import Week
from graphnet.weeks.programme import Session
from webapp.features.recommendations.shared import for_reader, note_shown
from webapp.features.weeks import words
from webapp.features.weeks.parts import dates
from webapp.frame.context import graphnet, in_every_template, live
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

blueprint = Blueprint("weeks", __name__, template_folder="templates")
in_every_template(blueprint, week_words=words)

PURPOSE = "programme"
VIEWS = ("list", "grid", "paper")


def the_week(week_id: str) -> Week:
    """Return the week that the address names."""
    return frame.one(graphnet().store, current_viewer(purpose=PURPOSE), week_id)


@blueprint.get("/week")
def now() -> Response:
    """The week that is on or comes next."""
    week = frame.current(graphnet().store, current_viewer(purpose=PURPOSE))
    if week is None:
        return redirect(url_for("events.index"), 303)
    return redirect(url_for("weeks.week", week_id=week.id), 303)


@blueprint.get("/week/<week_id>")
def week(week_id: str) -> Response:
    """The programme."""
    viewer, found = current_viewer(purpose=PURPOSE), the_week(week_id)
    every = programme.sessions(live(), viewer, found)
    view = request.args.get("view", "list")
    view = view if view in VIEWS else "list"
    by = "track" if request.args.get("by") == "track" and found.frame.tracks else "place"
    track, topic = request.args.get("track", "")[:80], request.args.get("topic", "")[:80]
    shown = [
        one
        for one in every
        if (not track or (one.track is not None and one.track.id == track))
        and (not topic or topic in {row["id"] for row in one.row["topics"]})
    ]
    days = programme.days_of(found, shown)
    day = _day(days, view)
    return answer(
        "weeks/week.html",
        week=found,
        when=span_of(found),
        days=days,
        day=day,
        view=view,
        by=by,
        track=track,
        topic=topic,
        topics=_topics(every),
        sessions=shown,
        of_day=_of_day(days, shown, day),
        grids={one: programme.grid(found, one, shown, by=by) for one, _ in days}
        if view != "list"
        else {},
        clashes=programme.clashes([one for one in every if one.mine]),
        others=[one for one in frame.every(graphnet().store, viewer) if one.id != found.id],
        came=thanks.i_came_to(graphnet().store, viewer, found.id) if found.over else [],
    )


def span_of(week: Week) -> str:
    """Return from when to when a week is, in words."""
    return words.span(*dates(week)) if week.frame.days or week.begins else ""


def _topics(found: list[Session]) -> list[tuple[str, str]]:
    rows = {row["id"]: row for one in found for row in one.row["topics"]}
    named = [(key, in_language(row["name"], row["name_ru"])) for key, row in rows.items()]
    return sorted(named, key=lambda pair: pair[1])


def _day(days: list[tuple[date, Any]], view: str) -> date | None:
    """Return the day that is asked for; the grid has one at a time, the list all of them."""
    asked = request.args.get("day", "")
    known = [day for day, _ in days]
    chosen = next((day for day in known if day.isoformat() == asked), None)
    if chosen is not None or view != "grid" or not known:
        return chosen
    today = datetime.now(UTC).date()
    return next((day for day in known if day >= today), known[-1])


def _of_day(
    days: list[tuple[date, tuple[str, str]]], found: list[Session], chosen: date | None
) -> list[tuple[date, tuple[str, str], list[Session]]]:
    return [
        (day, topic, [one for one in found if one.day == day])
        for day, topic in days
        if chosen in (None, day)
    ]


@blueprint.get("/week/<week_id>/mine")
@role_required("alumnus", "staff", "analyst", "admin", purpose=PURPOSE)
def mine(week_id: str) -> Response:
    """My own programme, with what clashes in it."""
    found = the_week(week_id)
    every = programme.sessions(live(), current_viewer(), found)
    own = [one for one in every if one.row["answer"] in programme.MINE]
    days = programme.days_of(found, own) if own else []
    return answer(
        "weeks/mine.html",
        week=found,
        when=span_of(found),
        of_day=[one for one in _of_day(days, own, None) if one[2]],
        clashes=programme.clashes([one for one in own if one.mine]),
        came=thanks.i_came_to(graphnet().store, current_viewer(), found.id) if found.over else [],
    )


@blueprint.get("/week/<week_id>/mine.ics")
@role_required("alumnus", "staff", "analyst", "admin", purpose=PURPOSE)
def mine_as_file(week_id: str) -> Response:
    """My own programme for a calendar."""
    found = the_week(week_id)
    own = [one for one in programme.sessions(live(), current_viewer(), found) if one.mine]
    site = graphnet().settings.site_url
    entries = [
        (
            one.row,
            calendar.Words(
                in_language(one.row["title"], one.row["title_ru"]),
                in_language(one.row["description"], one.row["description_ru"]),
                f"{site}/events/{one.id}",
                in_language(*one.where),
            ),
        )
        for one in own
    ]
    return FileResponse(
        calendar.several(entries),
        content_type=calendar.CONTENT_TYPE,
        headers={"Content-Disposition": 'attachment; filename="week.ics"'},
    )


@blueprint.route("/week/<week_id>/suggested", methods=["GET", "POST"])
@role_required("alumnus", purpose=PURPOSE)
def suggested(week_id: str) -> Response:
    """A programme that would suit me, with why; what I choose of it I register for at once."""
    viewer, found = current_viewer(), the_week(week_id)
    every = {one.id: one for one in programme.sessions(live(), viewer, found)}
    if request.method == "POST":
        chosen = [key for key in request.form.getlist("event") if key in every]
        _register(found, [every[key] for key in chosen])
        return redirect(url_for("weeks.mine", week_id=found.id), 303)
    items: dict[str, Item] = {}
    ready = True
    try:
        reader = for_reader(viewer)
        items = {item.id: item for item in reader.among("events", set(every))}
    except SnapshotError:
        ready = False
    open_ones = [key for key in items if not every[key].full]
    taken = [(one.starts, one.ends) for one in every.values() if one.mine]
    ids = suggesting.without_clashes(
        {key: items[key].score for key in open_ones},
        {key: (every[key].starts, every[key].ends) for key in open_ones},
        taken,
    )
    if ready and ids:
        note_shown(reader, [items[key] for key in ids])
    own = [every[key] for key in ids]
    return answer(
        "weeks/suggested.html",
        week=found,
        when=span_of(found),
        ready=ready,
        items=items,
        of_day=[
            (day, topic, rows)
            for day, topic, rows in _of_day(programme.days_of(found, own) if own else [], own, None)
            if rows
        ],
        already=len(taken),
    )


def _register(week: Week, chosen: list[Session]) -> None:
    """Register for each of these, and say of each that did not go what came in the way."""
    viewer, store = current_viewer(), graphnet().store
    came = {"yes": 0, "waiting": 0}
    for one in chosen:
        title = in_language(one.row["title"], one.row["title_ru"])
        try:
            came[registrations.answer(store, viewer, one.id, "yes")] += 1
        except registrations.Unanswered:
            said = gettext(
                "“%(title)s” asks you something first: register on its page.", title=title
            )
            flash(said, "warning")
        except Conflict as problem:
            flash(f"“{title}”: {why(problem, of='events')}", "warning")
        except (BadValue, ThingNotFound):
            flash(gettext("“%(title)s” cannot be joined now.", title=title), "warning")
    if came["yes"]:
        flash(
            ngettext(
                "You are registered for %(num)s session.",
                "You are registered for %(num)s sessions.",
                came["yes"],
            ),
            "success",
        )
    if came["waiting"]:
        flash(
            ngettext(
                "For %(num)s session you are on the waiting list.",
                "For %(num)s sessions you are on the waiting list.",
                came["waiting"],
            ),
            "info",
        )
    if not chosen:
        flash(gettext("Nothing was chosen."), "info")


@blueprint.get("/week/<week_id>/changes")
def changed(week_id: str) -> Response:
    """What has changed from version to version."""
    viewer, found = current_viewer(purpose=PURPOSE), the_week(week_id)
    every = programme.sessions(live(), viewer, found)
    return answer(
        "weeks/changes.html",
        week=found,
        when=span_of(found),
        versions=programme.versions(graphnet().store, found, every),
        there={one.id for one in every},
        lately=datetime.now(UTC) - timedelta(days=3),
    )
