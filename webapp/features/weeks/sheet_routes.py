"""/staff/weeks/ID/read: a programme out of a spreadsheet, looked at before it is taken."""

import json
import tempfile
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from flask import flash, redirect, request, url_for
from flask_babel import gettext, ngettext, pgettext
from werkzeug.wrappers import Response

from graphnet.errors import BadFile, BadValue
from graphnet.versions import Meanwhile
from graphnet.weeks import programme, sheet, taking
from graphnet.weeks.frame import Week
from graphnet.weeks.sheet import Sheet, Wanted
from ingest import reading
from webapp.features.weeks.routes import blueprint
from webapp.features.weeks.staff_routes import PURPOSE, staff_week
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer, csv_answer
from webapp.frame.security import current_viewer, role_required

BIGGEST = 2 * 1024 * 1024  # bytes; a programme is small
LONGEST_KEPT = 900_000


@blueprint.route("/staff/weeks/<week_id>/read", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def read_sheet(week_id: str) -> Response:
    """Read a file and show what it says; take it."""
    week = staff_week(week_id)
    if request.method == "GET":
        return answer("weeks/sheet.html", week=week, read=None, kept="")
    if "take" in request.form:
        return _take(week)
    try:
        read = _read(week)
    except BadFile as problem:
        return answer(
            "weeks/sheet.html", week=week, read=None, kept="", problem=_why(problem), status=422
        )
    return answer("weeks/sheet.html", week=week, read=read, kept=_kept(read))


@blueprint.get("/staff/weeks/<week_id>/sheet")
@role_required("staff", purpose=PURPOSE)
def sheet_model(week_id: str) -> Response:
    """An empty table with the columns that are understood, and one row to show how."""
    week = staff_week(week_id)
    header = (
        gettext("Day"),
        gettext("Start"),
        pgettext("column", "End"),
        gettext("Title"),
        gettext("Place"),
        gettext("Track"),
        gettext("Seats"),
        gettext("Speakers"),
        gettext("Description"),
    )
    day = week.frame.days[0].date if week.frame.days else datetime.now(UTC).date()
    place = week.frame.places[0] if week.frame.places else None
    row = (
        day.isoformat(),
        "10:00",
        "11:30",
        gettext("How we built the probe"),
        (place.name_ru if place else ""),
        "",
        60,
        gettext("Name; another name"),
        "",
    )
    return csv_answer("week-programme", header, [row])


def _why(problem: BadFile) -> str:
    missing = {
        "day": gettext("the day"),
        "starts": gettext("the beginning"),
        "title": gettext("the title"),
    }
    if problem.code == "columns":
        named = ", ".join(str(missing[part]) for part in problem.field.split(", "))
        return str(
            gettext("No column of this file is called as these are: %(names)s.", names=named)
        )
    return str(gettext("This file cannot be read: %(why)s", why=why(problem, problem)))


def _read(week: Week) -> Sheet:
    """Read the file that was sent, the first of its tables that is a programme."""
    file = request.files.get("file")
    data = file.stream.read(BIGGEST + 1) if file is not None else b""
    if not data:
        raise BadFile("no file was chosen", code="none")
    if len(data) > BIGGEST:
        raise BadFile("it is larger than two megabytes", code="large")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "programme")
        path.write_bytes(data)
        tables = reading.read(path).tables
    viewer = current_viewer()
    there = [
        (title, one.starts.replace(tzinfo=None))
        for one in programme.sessions(live(), viewer, week, planned=True, parts=False)
        for title in (one.row["title"], one.row["title_ru"])
    ]
    problem = BadFile("there is no table in it", code="table")
    for table in tables:
        try:
            rows = [(row.number, row.cells) for row in table.rows]
            return sheet.read(table.header, rows, year=week.year, there=there)
        except BadFile as refused:
            problem = refused
    raise problem


def _kept(read: Sheet) -> str:
    """Return what was read for the form that takes it: nothing is kept of a file in between."""
    return json.dumps(
        {
            "rows": [asdict(replace(one)) for one in read.rows],
            "topics": {day.isoformat(): text for day, text in read.topics.items()},
        },
        default=str,
        ensure_ascii=False,
    )


def _of_kept(text: str) -> Sheet:
    """Return the sheet that the form holds; what is no such thing is an error on the form."""
    try:
        given = json.loads(text)
        rows = tuple(
            Wanted(
                int(one["number"]),
                (str(one["title"][0])[:300], str(one["title"][1])[:300]),
                datetime.fromisoformat(one["starts"]) if one["starts"] else None,
                int(one["minutes"]),
                str(one["place"])[:120],
                str(one["track"])[:120],
                None if one["capacity"] is None else int(one["capacity"]),
                tuple(str(name)[:200] for name in one["speakers"]),
                str(one["about"])[:8000],
                str(one["problem"]),
            )
            for one in given["rows"]
        )
        topics = {
            datetime.fromisoformat(day).date(): str(said)[:120]
            for day, said in given["topics"].items()
        }
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise BadValue(
            "there is no row that could be taken", code="range", field="sessions"
        ) from None
    return Sheet(rows, {}, (), topics)


def _take(week: Week) -> Response:
    try:
        version = request.form.get("version", "")
        read = _of_kept(request.form.get("kept", "")[:LONGEST_KEPT])
        made = taking.take(
            graphnet().store,
            current_viewer(),
            week.id,
            read,
            version=int(version) if version.isdecimal() and len(version) < 9 else -1,
        )
    except BadValue as problem:
        flash(why(problem), "error")
        return redirect(url_for("weeks.read_sheet", week_id=week.id), 303)
    except Meanwhile:
        flash(gettext("Somebody has changed the week meanwhile. Read the file again."), "error")
        return redirect(url_for("weeks.read_sheet", week_id=week.id), 303)
    flash(
        ngettext("%(num)s session was drafted.", "%(num)s sessions were drafted.", made), "success"
    )
    # Who of its speakers is of the community is looked at next.
    after = "weeks.named_speakers" if any(one.speakers for one in read.good) else "weeks.plan"
    return redirect(url_for(after, week_id=week.id), 303)
