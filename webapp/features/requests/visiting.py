"""/ask: a visitor asks, shows that the address is theirs, and follows the request by a link.

Nothing on these pages depends on whether an address is on file.
"""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.features import registered
from graphnet.requests import helped, threads, visitors
from graphnet.requests.forms import MOST_FIELDS
from graphnet.requests.kinds import kind_of
from graphnet.requests.opening import LONGEST_SUBJECT, LONGEST_TEXT
from graphnet.store import Row
from webapp.features.requests.kinds import offered
from webapp.features.requests.routes import blueprint, form_trouble
from webapp.frame.context import graphnet
from webapp.frame.i18n import language
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_account, limiter


@blueprint.route("/ask", methods=["GET", "POST"])
@limiter.limit("20/hour;60/day", methods=["POST"])
def ask_here() -> Response:
    """Choose what it is about, say it, and leave an address; who is signed in asks as such."""
    account = current_account()
    if account is not None and request.method == "GET":
        return redirect(url_for("requests.new", kind=request.args.get("kind") or None), 303)
    offers = {name: form for name, form in offered().items() if form.shown}
    chosen = request.values.get("kind", "")
    if chosen and chosen not in offers:
        abort(404)
    page: dict[str, Any] = {
        "offers": offers,
        "form": offers.get(chosen),
        "longest": (LONGEST_SUBJECT, LONGEST_TEXT),
        "filled": request.form,
        "own": {n: request.form.get(f"field-{n}", "") for n in range(MOST_FIELDS)},
    }
    if request.method == "GET" or not chosen:
        return answer("requests/ask.html", **page)
    try:
        visitors.ask(
            graphnet().store,
            offers[chosen],
            name=request.form.get("name", ""),
            email=request.form.get("email", ""),
            subject=request.form.get("subject", ""),
            text=request.form.get("text", ""),
            given={str(n): value for n, value in page["own"].items()},
            language=language(),
        )
    except BadValue as problem:
        error = form_trouble(problem, offers[chosen])
        return answer("requests/ask.html", status=422, error=error, **page)
    except TooMany as problem:
        return answer("requests/ask.html", status=429, error=why(problem), **page)
    return redirect(url_for("requests.ask_letter"), 303)


@blueprint.get("/ask/letter")
def ask_letter() -> Response:
    """Say that a letter waits for an answer; the same for everybody."""
    return answer("requests/ask_letter.html")


@blueprint.route("/ask/confirm/<token>", methods=["GET", "POST"])
@limiter.limit("30/hour", methods=["POST"])
def ask_confirm(token: str) -> Response:
    """The link of the letter: looking at it files nothing, its button does."""
    store, settings, kinds = graphnet().store, graphnet().settings, registered().request_kinds
    chosen = request.form.get("kind", "")
    try:
        if request.method == "GET":
            return _confirm(visitors.waits(store, token))
        page = visitors.confirm(store, settings, kinds, offered(), token, chosen=chosen)
    except BadValue:
        error = gettext("Choose one of these: what is it about?")
        return _confirm(visitors.waits(store, token), status=422, error=error)
    except ThingNotFound:
        return answer("requests/ask_gone.html", status=404)
    except TooMany:
        return answer("requests/ask_gone.html", status=429, too_many=True)
    flash(gettext("Your request is with us. Here you see every step of it."), "success")
    return redirect(url_for("requests.followed", token=page), 303)


def _confirm(row: Row, *, status: int = 200, error: str = "") -> Response:
    """What is to be confirmed; of a letter also what it is about, which a form would have asked."""
    choices = visitors.choices(registered().request_kinds, offered()) if row["came"] else {}
    return answer(
        "requests/ask_confirm.html",
        status=status,
        row=row,
        choices=choices,
        plain=visitors.PLAIN,
        error=error,
    )


@blueprint.get("/ask/request/<token>")
def followed(token: str) -> Response:
    """One's own request, by the link of one's own."""
    return _page(token)


def _page(token: str, *, status: int = 200, error: str = "") -> Response:
    store, settings, kinds = graphnet().store, graphnet().settings, registered().request_kinds
    try:
        row = visitors.followed(store, settings, kinds, token)
    except ThingNotFound:
        return answer("requests/ask_gone.html", status=404)
    kind = kind_of(kinds, row["kind"])
    return answer(
        "requests/thread.html",
        status=status,
        row=row,
        entries=threads.for_asker(store, row["id"]) if kind is not None and kind.told else [],
        can_reopen=kind is not None and kind.answerable,
        unit=None,
        helpers=helped.visitors_helpers(store, row["id"]),
        visitor=True,
        here=url_for("requests.visitor_says", token=token),
        said=request.form.get("text", ""),
        longest=threads.LONGEST,
        error=error,
    )


@blueprint.post("/ask/request/<token>")
@limiter.limit("30/hour")
def visitor_says(token: str) -> Response:
    """Write into it, or open it again once it is closed."""
    store, settings, kinds = graphnet().store, graphnet().settings, registered().request_kinds
    try:
        if request.form.get("act") == "helped":
            row = visitors.followed(store, settings, kinds, token)
            helped.say_as_visitor(store, row["id"], request.form.get("helper", ""))
            flash(gettext("Said to them. Thank you!"), "success")
            return redirect(url_for("requests.followed", token=token), 303)
        visitors.say(store, settings, kinds, token, request.form.get("text", ""))
    except ThingNotFound:
        return answer("requests/ask_gone.html", status=404)
    except BadValue as problem:
        return _page(token, status=422, error=why(problem))
    except Conflict:
        error = gettext("Meanwhile this request has been closed or opened again: look at it anew.")
        return _page(token, status=409, error=error)
    flash(gettext("What you wrote is with whoever has your request."), "success")
    return redirect(url_for("requests.followed", token=token), 303)
