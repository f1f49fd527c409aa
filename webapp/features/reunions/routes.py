"""/reunions: mine, asking for one, and a reunion's page, on which everything about it is done."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.people import own_studies
from graphnet.privacy import Viewer
from graphnet.requests import colleagues as office
from graphnet.reunions import (
    afterwards,
    applying,
    coverage,
    invitations,
    organisers,
    planning,
    polls,
    reading,
)
from graphnet.reunions.taking import KIND
from graphnet.store import Row
from webapp.features.reunions import acts, words
from webapp.features.reunions.forms import ApplyForm, MakeEventForm
from webapp.frame.context import graphnet, in_every_template, live
from webapp.frame.i18n import in_tongue
from webapp.frame.reasons import why
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_viewer, limiter, role_required

blueprint = Blueprint("reunions", __name__, template_folder="templates")

PURPOSE = "reunions"
# What stands on the page of who makes a reunion; members see the first alone.
TABS = ("", "people", "dates", "plan", "team", "end")


in_every_template(blueprint, reunion_words=words)


@blueprint.get("/reunions")
@role_required("alumnus", purpose=PURPOSE)
def index() -> Response:
    """The reunions of my groups."""
    rows = reading.mine(graphnet().store, current_viewer())
    return answer("reunions/index.html", rows=rows)


@blueprint.route("/reunions/new", methods=["GET", "POST"])
@role_required("alumnus", purpose=PURPOSE)
@limiter.limit("20/hour", methods=["POST"])
def new() -> Response:
    """Ask for a reunion."""
    store, viewer = graphnet().store, current_viewer()
    rows = own_studies.choices(store, viewer)
    form = ApplyForm()
    form.offer(rows)
    chosen = request.args.get("group", "")
    if request.method == "GET" and chosen:
        form.groups.data = [chosen]
    problem, there = "", ""
    if form.validate_on_submit():
        wish = form.wish()
        groups = [row for row in rows if row["id"] in wish.groups]
        try:
            reunion_id = applying.apply(
                store,
                viewer,
                KIND,
                wish,
                subject=(wish.title or words.default_title(groups))[:200],
            )
        except applying.There as taken:
            there = taken.reunion
        except (BadValue, Conflict) as wrong:
            problem = why(wrong)
        except TooMany:
            problem = gettext("You have asked for many that are open: wait for an answer first.")
        else:
            flash(
                gettext("The Association has your wish, and this is the page of the reunion."),
                "success",
            )
            return redirect(url_for("reunions.reunion", reunion_id=reunion_id), 303)
    wrong_input = request.method == "POST"
    return answer(
        "reunions/new.html",
        form=form,
        choices=rows,
        problem=problem,
        there=there,
        wrong=wrong_input and not (problem or there),
        days=KIND.working_days,
        status=(409 if there else 422) if wrong_input else 200,
    )


@blueprint.get("/reunions/<reunion_id>")
@role_required("staff", "alumnus", purpose=PURPOSE)
def reunion(reunion_id: str) -> Response:
    """A reunion, as the reader may see it."""
    return _page(reunion_id)


def _page(
    reunion_id: str,
    *,
    status: int = 200,
    error: str = "",
    said: Mapping[str, Any] | None = None,
    event_form: MakeEventForm | None = None,
) -> Response:
    store, viewer = graphnet().store, current_viewer()
    row = reading.one(store, viewer, reunion_id)
    tab = request.values.get("show", "")
    tab = tab if row["makes"] and tab in TABS else ""
    rules = live().rules
    page: dict[str, Any] = {
        "row": row,
        "tab": tab,
        "staff": viewer.is_staff,
        "error": error,
        "said": said or {},
        "mine": row["gathered"] or row["role"] or row["invited"],
    }
    page["poll"] = polls.poll(store, viewer, row, rules=rules)
    page["figures"] = afterwards.figures(store, row)
    if tab in ("", "people", "end"):
        page["coverage"] = coverage.coverage(store, viewer, row, rules=rules)
    page["team"] = organisers.team(store, viewer, row, rules=rules)
    tasks = planning.tasks(store, viewer, row)
    page["tasks"], page["today"] = tasks, datetime.now(UTC).date()
    page |= _of_tab(tab, viewer, row, event_form)
    return answer("reunions/reunion.html", status=status, **page)


def _of_tab(tab: str, viewer: Viewer, row: Row, event_form: MakeEventForm | None) -> dict[str, Any]:
    store, rules = graphnet().store, live().rules
    if tab == "people":
        return {
            "candidates": invitations.candidates(store, viewer, row, rules=rules),
            "invited": invitations.invited(store, viewer, row, rules=rules),
            "more": applying.more_choices(store, viewer, row),
        }
    if tab == "dates":
        form = event_form
        if form is None and viewer.is_staff and row["stage"] == "dated":
            form = MakeEventForm(data=_proposed(row), formdata=None)
        return {"event_form": form}
    if tab == "plan":
        lines = planning.costs(store, row)
        figures = afterwards.figures(store, row)
        heads = row["heads"] or max((figures.yes or 0) + 1, 1)
        return {
            "costs": lines,
            "heads": heads,
            "shares": planning.shares(lines, heads),
            "owners": planning.owners(store, row),
            "currencies": planning.CURRENCIES,
        }
    if tab == "team" and viewer.is_staff:
        return {"colleagues": office.colleagues(store, viewer), "own_account": viewer.account_id}
    return {}


def _proposed(row: Row) -> dict[str, Any]:
    """Return what the form of the event begins with."""
    found: dict[str, Any] = {"hours": 4, "guests": 0}
    for language, name in (("en", "title"), ("ru", "title_ru")):
        with in_tongue(language):
            found[name] = words.title(row)
    return found


@blueprint.post("/reunions/<reunion_id>")
@role_required("staff", "alumnus", purpose=PURPOSE)
@limiter.limit("240/hour")
def act(reunion_id: str) -> Response:
    """Do one thing with a reunion, then its page; what was written stays in the form if not."""
    form = request.form
    name, value = form.get("act", ""), ""
    if quick := form.get("quick", ""):  # a button on /home that answers on the spot
        name, _, value = quick.partition(":")
        name = {"answer": "answer", "task": "task_do", "agree": "agree"}.get(name, "")
    event_form = MakeEventForm() if name == "event" else None
    if event_form is not None and not event_form.validate():
        return _page(reunion_id, status=422, event_form=event_form)
    do = acts.ACTS.get(name)
    try:
        if do is None:
            raise BadValue("this is none of the acts by which a reunion is prepared", code="act")
        done = do(current_viewer(), reunion_id, acts.Asked(form, value, event_form))
    except applying.There as taken:
        error = gettext("One of these groups has a reunion in the making already.")
        said = MultiDict(form) | {"there": taken.reunion}
        return _page(reunion_id, status=409, error=error, said=said)
    except BadValue as problem:
        return _page(
            reunion_id,
            status=422,
            error=why(problem),
            said=form,
            event_form=event_form,
        )
    except Conflict as problem:
        return _page(reunion_id, status=409, error=why(problem), said=form)
    flash(done, "success")
    if name == "refuse":  # its page may be theirs no longer
        return redirect(url_for("reunions.index"), 303)
    show = form.get("show", "")
    return redirect(
        back_or(url_for("reunions.reunion", reunion_id=reunion_id, show=show or None)), 303
    )
