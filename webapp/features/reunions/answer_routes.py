"""/reunions/answer/TOKEN: the link in a letter; its holder answers without signing in, or ends it.

The page names nobody but who invites, and greets its reader; it shows no list. The other link is of
the letter to somebody for whom staff have asked for a reunion.
"""

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.keys import trusted
from graphnet.reunions import links, on_behalf, polls, reading
from webapp.features.reunions.acts import answers_of, refused
from webapp.features.reunions.routes import blueprint
from webapp.frame.context import graphnet, live
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import csrf, limiter


def _gone() -> Response:
    return answer("reunions/gone.html", status=404)


@blueprint.route("/reunions/answer/<token>", methods=["GET", "POST"])
@limiter.limit("60/hour")
def answer_link(token: str) -> Response:
    """Ask the reader of a letter whether and when they will come; keep what they say."""
    store = graphnet().store
    problem, done = "", False
    if request.method == "POST":
        try:
            held = links.behind_link(store, token)
            state, days = request.form.get("state", ""), answers_of(request.form)
            guest = links.as_guest(held)
            if days:
                polls.say(store, guest, held["reunion"], days)
            links.answer_by_link(store, token, state, request.form.get("words", ""))
            done = True
        except (ThingNotFound, NotAllowed):
            return _gone()
        except (BadValue, Conflict) as wrong:
            problem = why(wrong)
    try:
        held = links.behind_link(store, token)
        guest = links.as_guest(held)
        row = reading.one(store, guest, held["reunion"])
    except ThingNotFound:
        return _gone()
    letter = links.for_letter(store, held["id"])
    return answer(
        "reunions/answer.html",
        held=held,
        row=row,
        by=letter["by"] if letter else "",
        poll=polls.poll(store, guest, row, rules=live().rules),
        token=token,
        problem=problem,
        done=done,
        thanks=gettext("Thank you: your answer is kept.") if done else "",
        said=request.form,
        status=422 if problem else 200,
    )


@blueprint.route("/reunions/answer/<token>/stop", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("60/hour")
def stop_link(token: str) -> Response:
    """Send nothing more about this reunion: one POST, as mail programs send it (RFC 8058).

    The token itself is the secret here, so that no other site can make anybody's browser do it.
    """
    store = graphnet().store
    try:
        if request.method == "POST":
            links.stop_by_link(store, token)
        else:
            links.behind_link(store, token)
    except ThingNotFound:
        return _gone()
    return answer("reunions/stop.html", done=request.method == "POST", token=token)


@blueprint.route("/reunions/<reunion_id>/asked-for/<token>", methods=["GET", "POST"])
@limiter.limit("60/hour")
def asked_for_link(reunion_id: str, token: str) -> Response:
    """Ask whom staff have asked for whether it is so; a no takes their name away."""
    store, act = graphnet().store, request.form.get("act")
    keys = trusted(graphnet().settings, "links")
    try:
        held = on_behalf.behind_link(store, keys, reunion_id, token)
        guest = links.as_guest(held)
        if request.method == "POST" and act == "refuse":
            ended = on_behalf.refuse(store, guest, reunion_id)
            return answer("reunions/refused.html", said=refused(ended))
        if request.method == "POST" and act == "agree":
            on_behalf.agree(store, guest, reunion_id)
        row = reading.one(store, guest, reunion_id)
    except ThingNotFound:
        return _gone()
    except Conflict as wrong:
        return answer("reunions/refused.html", said=why(wrong), status=409)
    return answer("reunions/asked_for.html", held=held, row=row)
