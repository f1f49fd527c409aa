"""/staff/weeks/new, /staff/weeks/ID/frame: a week's name, days, tracks and places."""

from dataclasses import replace
from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue
from graphnet.model import new_id
from graphnet.versions import Meanwhile
from graphnet.weeks import frame
from graphnet.weeks.frame import Column, Day, Frame, Week
from webapp.features.events.forms import ZONES
from webapp.features.weeks.routes import blueprint
from webapp.features.weeks.staff_routes import PURPOSE, staff_week
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, role_required

SPARE = 3  # empty lines of a form


@blueprint.route("/staff/weeks/new", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def new() -> Response:
    """Begin a week."""
    if request.method == "GET":
        return _frame_page(Frame(), None)
    entered = _entered()
    try:
        week_id = frame.create(graphnet().store, current_viewer(), entered)
    except BadValue as problem:
        return _frame_page(entered, None, problem=why(problem), status=422)
    flash(
        gettext("The week is there. Only staff see it until you publish its programme."), "success"
    )
    return redirect(url_for("weeks.plan", week_id=week_id), 303)


@blueprint.route("/staff/weeks/<week_id>/frame", methods=["GET", "POST"])
@role_required("staff", purpose=PURPOSE)
def edit(week_id: str) -> Response:
    """Change its name, days, tracks and places."""
    held = staff_week(week_id)
    if request.method == "GET":
        return _frame_page(held.frame, held)
    entered = _entered()
    version = request.form.get("version", "")
    try:
        number = int(version) if version.isdecimal() and len(version) < 9 else -1
        frame.change(graphnet().store, current_viewer(), week_id, entered, version=number)
    except BadValue as problem:
        return _frame_page(entered, held, problem=why(problem), status=422)
    except Meanwhile as meanwhile:
        said = gettext(
            "A colleague has changed this meanwhile. What you entered stands below; saving it again"
            " puts it in place of theirs."
        )
        held = replace(held, version=meanwhile.version)
        return _frame_page(entered, held, problem=said, status=409)
    flash(gettext("Kept."), "success")
    return redirect(url_for("weeks.plan", week_id=week_id), 303)


def _entered() -> Frame:
    def text(name: str) -> str:
        return " ".join(request.form.get(name, "").split())

    def columns(name: str) -> tuple[Column, ...]:
        rows = zip(
            request.form.getlist(f"{name}-id"),
            request.form.getlist(f"{name}-name_ru"),
            request.form.getlist(f"{name}-name"),
            strict=False,
        )
        tidy = [(key[:40], " ".join(ru.split()), " ".join(en.split())) for key, ru, en in rows]
        return tuple(
            Column(key or new_id(), en or ru, ru or en) for key, ru, en in tidy if ru or en
        )

    days = {}
    for day, ru, en in zip(
        request.form.getlist("day-date"),
        request.form.getlist("day-title_ru"),
        request.form.getlist("day-title"),
        strict=False,
    ):
        try:
            one = date.fromisoformat(day)
        except ValueError:
            continue
        russian, english = " ".join(ru.split()), " ".join(en.split())
        days[one] = Day(one, english or russian, russian or english)
    return Frame(
        text("name"),
        text("name_ru"),
        request.form.get("about", "").replace("\r\n", "\n").strip(),
        request.form.get("about_ru", "").replace("\r\n", "\n").strip(),
        text("time_zone") or "Europe/Moscow",
        tuple(days[one] for one in sorted(days)),
        columns("track"),
        columns("place"),
    )


def _frame_page(
    held: Frame, week: Week | None, *, problem: str = "", status: int = 200
) -> Response:
    zones = list(dict.fromkeys((held.time_zone, *ZONES)))
    return answer(
        "weeks/frame.html",
        frame=held,
        week=week,
        zones=zones,
        spare=range(SPARE if week or held.days else 7),
        problem=problem,
        status=status,
    )
