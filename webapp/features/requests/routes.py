"""/requests: what I ask of the Association, every step of it, and the answer."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import get_locale, gettext, pgettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.features import registered
from graphnet.requests import desk, hours, threads, work
from graphnet.requests.opening import LONGEST_SUBJECT, LONGEST_TEXT, ask
from graphnet.store import Row
from webapp.frame.context import graphnet
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, signed_in

blueprint = Blueprint("requests", __name__, template_folder="templates")


@blueprint.app_template_global("request_page")
def request_page(row: Row) -> str:
    """Return where staff decide a request: on the page of its kind, else on its own."""
    kind = registered().request_kinds.get(row["kind"])
    if kind is not None and kind.page and row["status"] != "done":
        return url_for(kind.page, request_id=row["id"])
    return url_for("requests.one", request_id=row["id"])


@blueprint.app_template_global("step_word")
def step_word(step: str) -> str:
    """Return a step of a request in words."""
    words = {
        "taken": gettext("taken on"),
        "handed": gettext("handed to a colleague"),
        "answered": gettext("answered"),
        "waiting": gettext("waits for who asked"),
        "closed": gettext("closed"),
        "declined": pgettext("request", "declined"),
        "reopened": gettext("opened again"),
    }
    return str(words.get(step, step))


@blueprint.app_template_global("days_off")
def days_off(row: Row) -> list[hours.Passed]:
    """Return the public days off on which a request's clock stands still."""
    begin, end = row["at"], row["due_at"]
    if begin is None or end is None:
        return []
    return hours.days_off(begin, end, str(get_locale()))


@blueprint.get("/requests")
@signed_in
def mine() -> Response:
    """What the reader has asked, how it stands, and the answer."""
    viewer = current_viewer()
    rows = desk.mine(graphnet().store, viewer, registered().request_kinds)
    return answer("requests/mine.html", rows=rows)


@blueprint.route("/requests/new", methods=["GET", "POST"])
@signed_in
@limiter.limit("30/hour", methods=["POST"])
def new() -> Response:
    """Choose what it is about, say it, and know until when it is answered."""
    kinds, offers = registered().request_kinds, registered().request_offers
    chosen = request.values.get("kind", "")
    if chosen and chosen not in offers:
        abort(404)
    if chosen and kinds[chosen].form:
        return redirect(url_for(kinds[chosen].form), 303)
    page: dict[str, Any] = {
        "offers": offers,
        "chosen": chosen,
        "longest": (LONGEST_SUBJECT, LONGEST_TEXT),
        "days": kinds[chosen].working_days if chosen else 0,
        "form": request.form,
    }
    if request.method == "GET" or not chosen:
        return answer("requests/new.html", **page)
    try:
        opened = ask(
            graphnet().store,
            current_viewer(),
            kinds[chosen],
            request.form.get("subject", ""),
            request.form.get("text", ""),
        )
    except BadValue:
        error = gettext(
            "Say in a few words what you ask, in at most %(short)s characters; the rest, in at most"
            " %(long)s, goes below.",
            short=LONGEST_SUBJECT,
            long=LONGEST_TEXT,
        )
        return answer("requests/new.html", status=422, error=error, **page)
    except Conflict:
        error = gettext("You have asked the same already, and it is being worked on.")
        return answer("requests/new.html", status=409, error=error, **page)
    except TooMany:
        error = gettext("You have asked much of this kind that is open: wait for an answer first.")
        return answer("requests/new.html", status=429, error=error, **page)
    flash(gettext("Your request is with us. Here you see every step of it."), "success")
    return redirect(url_for("requests.thread", request_id=opened), 303)


@blueprint.get("/requests/<request_id>")
@signed_in
def thread(request_id: str) -> Response:
    """One request of mine: what was asked, every step, what was written."""
    return _thread(request_id)


def _thread(request_id: str, *, status: int = 200, error: str = "") -> Response:
    store, kinds = graphnet().store, registered().request_kinds
    row = desk.my_one(store, current_viewer(), kinds, request_id)
    kind = kinds.get(row["kind"])
    return answer(
        "requests/thread.html",
        status=status,
        row=row,
        entries=threads.for_asker(store, request_id) if kind is not None and kind.told else [],
        can_reopen=kind is not None and kind.answerable,
        said=request.form.get("text", ""),
        longest=threads.LONGEST,
        error=error,
    )


@blueprint.post("/requests/<request_id>")
@signed_in
@limiter.limit("60/hour")
def say(request_id: str) -> Response:
    """Write into a request of mine, or open a closed one again."""
    store, viewer, words = graphnet().store, current_viewer(), request.form.get("text", "")
    try:
        if request.form.get("act") == "reopen":
            work.reopen(store, viewer, registered().request_kinds, request_id, words)
            flash(gettext("Your request is open again."), "success")
        else:
            work.say(store, viewer, request_id, words)
            flash(gettext("What you wrote is with whoever has your request."), "success")
    except BadValue as problem:
        late = str(problem) == "late"
        error = (
            gettext("This was closed long ago: ask anew, and name this request.")
            if late
            else gettext("Write between 1 and %(most)s characters.", most=threads.LONGEST)
        )
        return _thread(request_id, status=422, error=error)
    except Conflict:
        error = gettext("Meanwhile this request has been closed or opened again: look at it anew.")
        return _thread(request_id, status=409, error=error)
    return redirect(url_for("requests.thread", request_id=request_id), 303)
