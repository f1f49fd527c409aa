"""/staff/weeks: staff plan a week's sessions, publish versions, and see what came of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.events.content import Content
from graphnet.people.topics import all_topics
from graphnet.weeks import figures, frame, planning, programme
from graphnet.weeks.frame import Week
from graphnet.weeks.planning import Slot
from graphnet.weeks.programme import Session
from webapp.features.weeks.routes import blueprint, span_of
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer, csv_answer
from webapp.frame.security import current_viewer, role_required

PURPOSE = "plan weeks"
STEP = timedelta(minutes=30)


@blueprint.get("/staff/weeks")
@role_required("staff", purpose=PURPOSE)
def index() -> Response:
    """Every week, drafts included."""
    weeks = frame.every(graphnet().store, current_viewer())
    return answer("weeks/index.html", rows=[(one, span_of(one)) for one in weeks])


def staff_week(week_id: str) -> Week:
    """Return the week that the address names, for staff."""
    return frame.one(graphnet().store, current_viewer(), week_id)


# The plan


@blueprint.get("/staff/weeks/<week_id>")
@role_required("staff", purpose=PURPOSE)
def plan(week_id: str) -> Response:
    """The programme as it is planned: a day as a grid on which sessions are moved."""
    week = staff_week(week_id)
    viewer = current_viewer()
    found = programme.sessions(live(), viewer, week, planned=True)
    days = programme.days_of(week, found)
    known = [day for day, _ in days]
    asked = request.args.get("day", "")
    day = next((one for one in known if one.isoformat() == asked), known[0] if known else None)
    by = "track" if request.args.get("by") == "track" else "place"
    table = programme.grid(week, day, found, by=by, step=STEP) if day else None
    fixed = {one.id for one in (*week.frame.tracks, *week.frame.places)}
    at_once = programme.clashes([one for one in found if one.row["cancelled_at"] is None])
    return answer(
        "weeks/plan.html",
        week=week,
        when=span_of(week),
        days=days,
        day=day,
        by=by,
        table=table,
        sessions=found,
        clashes=_in_one_place(at_once, {one.id: one for one in found}),
        droppable=[key for key, _ in table.columns if key in fixed or not key] if table else [],
        preview=planning.preview(live(), viewer, week),
        outside=planning.outside(graphnet().store, viewer, week),
    )


def _in_one_place(
    at_once: dict[str, list[Session]], every: dict[str, Session]
) -> dict[str, list[Session]]:
    """Keep of what is on at once that which is in one place, or of one speaker."""

    def speakers(one: Session) -> set[object]:
        return {part.card.key if part.card else part.name for part in one.parts}

    found = {}
    for key, others in at_once.items():
        one = every[key]
        bad = [
            other
            for other in others
            if (one.place is not None and one.place == other.place)
            or speakers(one) & speakers(other)
        ]
        if bad:
            found[key] = bad
    return found


@dataclass(frozen=True)
class SessionEntered:
    """A session as it was typed: what the form shows again when something is wrong."""

    title: str = ""
    title_ru: str = ""
    about: str = ""
    about_ru: str = ""
    starts: str = ""
    minutes: str = "60"
    track: str = ""
    place: str = ""
    capacity: str = ""
    audience: str = "public"
    topics: tuple[str, ...] = ()

    def slot(self) -> Slot:
        """Return when and where it is to be."""
        try:
            starts = datetime.fromisoformat(self.starts).replace(tzinfo=None)
        except ValueError:
            raise BadValue(
                "a session has a day and an hour at which it begins", code="needed", field="starts"
            ) from None
        minutes = int(self.minutes) if self.minutes.isdecimal() and len(self.minutes) < 6 else 0
        return Slot(starts, minutes, self.track, self.place)

    def content(self) -> Content:
        """Return what it is about."""
        small = self.capacity.isascii() and self.capacity.isdecimal() and len(self.capacity) < 7
        if self.capacity and not small:
            raise BadValue(
                f"{self.capacity!r} is no number of seats", code="range", field="capacity"
            )
        return Content(
            title=self.title,
            title_ru=self.title_ru,
            description=self.about,
            description_ru=self.about_ru,
            kind="lecture",
            audience=self.audience if self.audience in ("public", "members") else "public",
            capacity=int(self.capacity) if self.capacity else None,
            topics=tuple(sorted(self.topics)),
        )


def _on(entered: SessionEntered, by: str, column: str) -> SessionEntered:
    """Put a session on a track, or into a place."""
    return replace(entered, track=column) if by == "track" else replace(entered, place=column)


def _session_entered() -> SessionEntered:
    def text(name: str) -> str:
        return request.form.get(name, "").replace("\r\n", "\n").strip()

    return SessionEntered(
        " ".join(text("title").split()),
        " ".join(text("title_ru").split()),
        text("about"),
        text("about_ru"),
        text("starts"),
        text("minutes"),
        text("track"),
        text("place"),
        text("capacity"),
        text("audience"),
        tuple(request.form.getlist("topics")),
    )


@blueprint.route("/staff/weeks/<week_id>/add", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def add(week_id: str) -> Response:
    """Add a session, which is a draft until the next version is published."""
    week = staff_week(week_id)
    store, viewer = graphnet().store, current_viewer()
    if request.method == "GET":
        day = request.args.get("day", "")[:10]
        starts = request.args.get("at", "")[:16] or (f"{day}T10:00" if day else "")
        column = request.args.get("column", "")[:40]
        by = "track" if request.args.get("by") == "track" else "place"
        begun = SessionEntered(starts=starts)
        begun = _on(begun, by, column) if column else begun
        return _add_page(week, begun)
    entered = _session_entered()
    try:
        planning.add(store, viewer, week_id, entered.content(), entered.slot())
    except BadValue as problem:
        return _add_page(week, entered, problem=why(problem), status=422)
    flash(gettext("Added. It is a draft until the next version of the programme."), "success")
    day = entered.starts[:10]
    return redirect(url_for("weeks.plan", week_id=week_id, day=day), 303)


def _add_page(
    week: Week, entered: SessionEntered, *, problem: str = "", status: int = 200
) -> Response:
    rows = all_topics(graphnet().store)
    return answer(
        "weeks/add.html",
        week=week,
        entered=entered,
        topics=[(row["id"], in_language(row["name"], row["name_ru"])) for row in rows],
        problem=problem,
        status=status,
    )


def _one(week: Week, event_id: str) -> Session:
    found = programme.sessions(live(), current_viewer(), week, planned=True)
    one = next((one for one in found if one.id == event_id), None)
    if one is None:
        raise ThingNotFound("no such session")
    return one


@blueprint.get("/staff/weeks/<week_id>/sessions/<event_id>")
@role_required("staff", purpose=PURPOSE)
def session(week_id: str, event_id: str) -> Response:
    """One session: move it, leave it, take it out; who has a part in it."""
    week = staff_week(week_id)
    one = _one(week, event_id)
    return _session_page(week, one, _slot(one))


def _slot(one: Session) -> SessionEntered:
    minutes = int((one.ends - one.starts).total_seconds() // 60)
    return SessionEntered(
        starts=f"{one.starts:%Y-%m-%dT%H:%M}",
        minutes=str(minutes),
        track=one.track.id if one.track else "",
        place=one.place.id if one.place else "",
    )


def _session_page(
    week: Week, one: Session, entered: SessionEntered, *, problem: str = "", status: int = 200
) -> Response:
    return answer(
        "weeks/session.html", week=week, one=one, entered=entered, problem=problem, status=status
    )


@blueprint.post("/staff/weeks/<week_id>/move")
@role_required("staff", purpose=PURPOSE)
def move(week_id: str) -> Response:
    """Move a session: from its page with all that it has, or on the grid to a time and a column."""
    week, event_id = staff_week(week_id), request.form.get("event", "")[:40]
    store, viewer, act = graphnet().store, current_viewer(), request.form.get("act", "move")
    one = _one(week, event_id)
    back = url_for(
        "weeks.plan", week_id=week_id, day=one.day.isoformat(), by=request.form.get("by") or None
    )
    if act == "leave":
        planning.leave(store, viewer, week_id, event_id)
        flash(gettext("It stays where the published programme has it."), "success")
        return redirect(back, 303)
    if act == "out":
        planning.take_out(store, viewer, week_id, event_id)
        flash(gettext("It is in the week no more; as an event it stays."), "success")
        return redirect(back, 303)
    entered = _slot(one)
    if "column" in request.form:  # on the grid: the length and the other kind of column stay
        by = "track" if request.form.get("by") == "track" else "place"
        entered = replace(entered, starts=request.form.get("at", "")[:16])
        entered = _on(entered, by, request.form["column"][:40])
    else:
        form = _session_entered()
        entered = replace(
            entered, starts=form.starts, minutes=form.minutes, track=form.track, place=form.place
        )
    try:
        waits = planning.move(store, viewer, week_id, event_id, entered.slot())
    except BadValue as problem:
        return _session_page(week, one, entered, problem=why(problem), status=422)
    except Conflict as problem:
        flash(why(problem), "error")
        return redirect(back, 303)
    flash(
        gettext("Moved in the plan. Those concerned are told when you publish it.")
        if waits
        else gettext("Moved."),
        "success",
    )
    back = url_for(
        "weeks.plan",
        week_id=week_id,
        day=entered.starts[:10],
        by=request.form.get("by") or None,
        _anchor=f"session-{event_id}",
    )
    return redirect(back, 303)


@blueprint.post("/staff/weeks/<week_id>/put-in")
@role_required("staff", purpose=PURPOSE)
def put_in(week_id: str) -> Response:
    """Put an event that is there already into the week."""
    event_id = request.form.get("event", "")[:40]
    planning.put_in(graphnet().store, current_viewer(), week_id, event_id)
    flash(gettext("It is in the week. Give it a place or a track, if it has one."), "success")
    return redirect(url_for("weeks.session", week_id=week_id, event_id=event_id), 303)


# Publishing, and what came of it


@blueprint.route("/staff/weeks/<week_id>/publish", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def publish(week_id: str) -> Response:
    """Look at what the next version changes and whom it tells; publish it."""
    week, viewer = staff_week(week_id), current_viewer()
    if request.method == "GET":
        return _publish_page(week)
    number = request.form.get("number", "")
    try:
        told = planning.publish(
            live(),
            viewer,
            week_id,
            number=int(number) if number.isdecimal() and len(number) < 7 else -1,
            note=request.form.get("note", ""),
        )
    except BadValue as problem:
        return _publish_page(week, problem=why(problem), status=422)
    except Conflict as problem:
        flash(why(problem), "error")
        return redirect(url_for("weeks.publish", week_id=week_id), 303)
    flash(
        gettext("The programme is published.")
        + " "
        + ngettext(
            "%(num)s person gets a letter with what has changed for them.",
            "%(num)s people get a letter with what has changed for them.",
            told,
        ),
        "success",
    )
    return redirect(url_for("weeks.week", week_id=week_id), 303)


def _publish_page(week: Week, *, problem: str = "", status: int = 200) -> Response:
    return answer(
        "weeks/publish.html",
        week=week,
        preview=planning.preview(live(), current_viewer(), week),
        note=request.form.get("note", ""),
        problem=problem,
        status=status,
    )


@blueprint.get("/staff/weeks/<week_id>/figures")
@role_required("staff", purpose=PURPOSE)
def figured(week_id: str) -> Response:
    """The week in figures; as a file with ?as=csv."""
    week = staff_week(week_id)
    found = figures.figures(graphnet().store, current_viewer(), week_id)
    if request.args.get("as") == "csv":
        header = (
            gettext("Session"),
            gettext("Begins"),
            gettext("Seats"),
            gettext("Registered"),
            gettext("Waiting"),
            gettext("Came"),
            gettext("Stars"),
        )
        return csv_answer(
            "week-figures",
            header,
            [
                (
                    in_language(row["title"], row["title_ru"]),
                    row["starts_at"].isoformat(),
                    row["capacity"] or "",
                    row["registered"],
                    row["waiting"],
                    row["came"],
                    "" if row["stars"] is None else round(row["stars"], 1),
                )
                for row in found.sessions
            ],
        )
    return answer("weeks/figures.html", week=week, when=span_of(week), figures=found)
