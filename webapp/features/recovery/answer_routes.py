"""/answer/TOKEN: the link in a letter; its holder answers without signing in, or ends it."""

from typing import Any

from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, NotFound, ThingNotFound
from graphnet.recovery import answers
from webapp.features.recovery import words
from webapp.features.recovery.links import group_links
from webapp.features.recovery.routes import blueprint
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer
from webapp.frame.security import csrf, limiter


def _gone() -> Response:
    return answer("recovery/gone.html", status=404)


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
@limiter.limit("60/hour")
def answer_link(token: str) -> Response:
    """Ask whom of their group the reader of a letter is in touch with; keep what they say."""
    store, rules = graphnet().store, live().rules
    problem, done = "", False
    if request.method == "POST":
        try:
            answers.answer_by_link(
                store, token, words.named(request.form), request.form.get("said", ""), rules=rules
            )
            done = True
        except ThingNotFound:
            return _gone()
        except (BadValue, NotFound):
            problem = gettext("That could not be kept: please look at it once more.")
    try:
        asked = answers.question(store, token, rules=rules)
    except ThingNotFound:
        return _gone()
    page: dict[str, Any] = {"asked": asked, "token": token, "hows": words.hows()}
    if done or (asked.refused and not problem):
        wanted = "link" in asked.named.values()
        return answer(
            "recovery/thanks.html", links=group_links(asked.key) if wanted else [], **page
        )
    return answer("recovery/answer.html", problem=problem, status=422 if problem else 200, **page)


@blueprint.route("/answer/<token>/never", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("60/hour")
def never_link(token: str) -> Response:
    """Never ask this person again: one POST, as mail programs send it (RFC 8058).

    The token itself is the secret here, so that no other site can make anybody's browser do it.
    """
    if request.method == "POST":
        try:
            answers.refuse_by_link(graphnet().store, token)
        except ThingNotFound:
            return _gone()
        return answer("recovery/never.html", done=True, token=token)
    return answer("recovery/never.html", done=False, token=token)
