"""/requests: what I ask of the Association, every step of it, and the answer."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import get_locale, gettext, pgettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, TooMany
from graphnet.features import registered
from graphnet.requests import asking_on, desk, helped, hours, threads, units
from graphnet.requests.forms import MOST_FIELDS, KindForm
from graphnet.requests.kinds import kind_of
from graphnet.requests.opening import LONGEST_SUBJECT, LONGEST_TEXT, ask
from graphnet.store import Row
from webapp.features.requests.kinds import offered
from webapp.frame.context import graphnet, live
from webapp.frame.i18n import in_language
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_viewer, limiter, signed_in

blueprint = Blueprint("requests", __name__, template_folder="templates")


@blueprint.app_template_global("request_page")
def request_page(row: Row) -> str:
    """Return where staff decide a request: on the page of its kind, else on its own."""
    kind = kind_of(registered().request_kinds, row["kind"])
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
        "no": gettext("who was asked cannot help"),
        "reopened": gettext("opened again"),
        "referred": gettext("somebody who may know was asked"),
        "helps": gettext("somebody can help"),
        "lapsed": gettext("who was asked has not answered"),
        "withdrawn": gettext("asked no more"),
        "joined": gettext("looked at together with another request"),
        "apart": gettext("looked at by itself again"),
        "split": gettext("a part of it is a request of its own now"),
        "split from": gettext("made of a part of another request"),
        "unit": gettext("passed to a unit of the university"),
    }
    return str(words.get(step, step))


@blueprint.app_template_global("remarks")
def remarks(text: str) -> str:
    """Return what the site has noted for staff, in words."""
    said = []
    for line in text.splitlines():
        what, _, rest = line.partition(": ")
        if what == "files":
            said.append(
                gettext("Files that came with the letter and were not kept: %(names)s", names=rest)
            )
        elif line.startswith("joined "):
            said.append(gettext("Another request was joined to this one."))
        elif line == "came mail":
            said.append(
                gettext("It came as a letter; whoever has the address of its sender confirmed it.")
            )
        elif line == "not asked":
            said.append(gettext("Whoever this was written down for says they did not ask for it."))
        elif line.startswith("apart "):
            said.append(gettext("A request that was joined to this one stands by itself again."))
        else:
            said.append(gettext("This letter came from an address that is not on file."))
    return "\n".join(said)


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
    offers = {name: form for name, form in offered().items() if form.shown}
    chosen = request.values.get("kind", "")
    if chosen and chosen not in offers:
        abort(404)
    kind = kind_of(registered().request_kinds, chosen)
    if kind is not None and kind.form:
        return redirect(url_for(kind.form), 303)
    page: dict[str, Any] = {
        "offers": offers,
        "form": offers.get(chosen),
        "longest": (LONGEST_SUBJECT, LONGEST_TEXT),
        "filled": request.form,
        "own": {n: request.form.get(f"field-{n}", "") for n in range(MOST_FIELDS)},
    }
    if request.method == "GET" or not chosen:
        return answer("requests/new.html", **page)
    assert kind is not None
    try:
        opened = ask(
            graphnet().store,
            current_viewer(),
            kind,
            request.form.get("subject", ""),
            request.form.get("text", ""),
            form=offers[chosen],
            given={str(n): value for n, value in page["own"].items()},
        )
    except BadValue as problem:
        error = form_trouble(problem, offers[chosen])
        return answer("requests/new.html", status=422, error=error, **page)
    except Conflict:
        error = gettext("You have asked the same already, and it is being worked on.")
        return answer("requests/new.html", status=409, error=error, **page)
    except TooMany as problem:
        return answer("requests/new.html", status=429, error=why(problem), **page)
    flash(gettext("Your request is with us. Here you see every step of it."), "success")
    return redirect(url_for("requests.thread", request_id=opened), 303)


@blueprint.get("/requests/<request_id>")
@signed_in
def thread(request_id: str) -> Response:
    """One request of mine: what was asked, every step, what was written."""
    return _thread(request_id)


def form_trouble(problem: BadValue, form: KindForm) -> str:
    """Say what of a form is wrong."""
    if problem.field.isdecimal():
        asked = form.fields[int(problem.field)]
        label = in_language(asked.label, asked.label_ru)
        words = {
            "needed": gettext("Please answer: %(question)s", question=label),
            "choice": gettext("Choose one of the answers: %(question)s", question=label),
            "date": gettext("Give a day: %(question)s", question=label),
            "long": gettext("Say it in fewer words: %(question)s", question=label),
        }
        return str(words[problem.code])
    return why(problem)


def _thread(request_id: str, *, status: int = 200, error: str = "") -> Response:
    store, kinds = graphnet().store, registered().request_kinds
    viewer = current_viewer()
    row = desk.my_one(store, viewer, kinds, request_id)
    kind = kind_of(kinds, row["kind"])
    return answer(
        "requests/thread.html",
        status=status,
        row=row,
        entries=threads.for_asker(store, request_id, viewer, rules=live().rules)
        if kind is not None and kind.told
        else [],
        can_reopen=kind is not None and kind.answerable,
        unit=units.of_request(store, request_id),
        helpers=helped.helpers(store, viewer, request_id, rules=live().rules),
        visitor=False,
        here=url_for("requests.say", request_id=request_id),
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
        if request.form.get("act") == "helped":
            helped.say(store, viewer, request_id, request.form.get("helper", ""))
            flash(
                gettext("Said to them. It stands among what they have done for others."), "success"
            )
        elif request.form.get("act") == "reopen":
            asking_on.reopen(store, viewer, registered().request_kinds, request_id, words)
            flash(gettext("Your request is open again."), "success")
        else:
            asking_on.say(store, viewer, request_id, words)
            flash(gettext("What you wrote is with whoever has your request."), "success")
    except BadValue as problem:
        return _thread(request_id, status=422, error=why(problem))
    except Conflict:
        error = gettext("Meanwhile this request has been closed or opened again: look at it anew.")
        return _thread(request_id, status=409, error=error)
    return redirect(url_for("requests.thread", request_id=request_id), 303)
