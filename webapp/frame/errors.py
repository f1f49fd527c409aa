"""Errors as pages: each leaf of `graphnet.errors` has a status once, each status its words once.

A whole page for a browser, a fragment for htmx, an object for a caller that prefers JSON. Where the
page's feature has words for the error's code, they say what happened; an error's own sentence goes
to the log, not to a stranger.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as AnyResponse

from graphnet import errors
from webapp.frame.reasons import reason
from webapp.frame.respond import is_fragment, wants_json
from webapp.frame.security import current_account, written_texts

log = logging.getLogger(__name__)

# The nearest class in an error's ancestry counts.
STATUS: dict[type[errors.GraphnetError], int] = {
    errors.BadInput: 400,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.TooMany: 429,
    errors.Conflict: 409,
    errors.StoreUnavailable: 503,
    errors.QueryTimeout: 503,
    errors.ServerError: 503,
    errors.SnapshotError: 503,
    errors.GraphnetError: 500,
}


@dataclass(frozen=True)
class Words:
    """What a page says of a status: a heading, what happened, what to do."""

    title: Any
    happened: Any
    advice: Any


WORDS: dict[int | str, Words] = {
    400: Words(
        lazy_gettext("This cannot be understood"),
        lazy_gettext("Something in the address or in what was sent is not as it should be."),
        lazy_gettext("Go back, look at what you entered, and try again."),
    ),
    401: Words(
        lazy_gettext("You are not signed in any more"),
        lazy_gettext("Your session has ended in the meantime, and nothing was done."),
        lazy_gettext("Sign in, open the page again, and send it once more."),
    ),
    403: Words(
        lazy_gettext("Not for this account"),
        lazy_gettext("Your account does not have the role that this page needs."),
        lazy_gettext("If it should, ask an administrator of the association."),
    ),
    404: Words(
        lazy_gettext("Nothing here"),
        lazy_gettext("There is no such page, or nothing on it that you may see."),
        lazy_gettext("Try the search box above."),
    ),
    "nothing for a visitor": Words(
        lazy_gettext("Nothing here"),
        lazy_gettext("There is no such page, or only people who are signed in see it."),
        lazy_gettext("If you have an account, sign in and open the address again."),
    ),
    405: Words(
        lazy_gettext("Not like this"),
        lazy_gettext("This address does not answer to what was asked of it."),
        lazy_gettext("Open the page again and use its own buttons."),
    ),
    409: Words(
        lazy_gettext("This is not possible now"),
        lazy_gettext("It is done already, or something has changed since you opened the page."),
        lazy_gettext("Go back, load the page again, and see whether it is still needed."),
    ),
    "meanwhile": Words(
        lazy_gettext("Somebody was quicker"),
        lazy_gettext("What you wanted to change has changed in the meantime."),
        lazy_gettext("Go back, load the page again, and see whether it is still needed."),
    ),
    413: Words(
        lazy_gettext("Too large"),
        lazy_gettext("What was sent is larger than this site takes."),
        lazy_gettext("Choose a smaller file, or split it."),
    ),
    429: Words(
        lazy_gettext("Too many tries"),
        lazy_gettext("This was done too often in a short time."),
        lazy_gettext("Wait some minutes and try again."),
    ),
    "tries": Words(
        lazy_gettext("Too many tries"),
        lazy_gettext("Somebody has tried too often to sign in with this address, or from here."),
        lazy_gettext("Ask for a letter that signs you in: that works at once. Or wait a while."),
    ),
    500: Words(
        lazy_gettext("Something broke on our side"),
        lazy_gettext("It is not your fault, and it has been written down."),
        lazy_gettext("Try again in a moment."),
    ),
    503: Words(
        lazy_gettext("Back in a moment"),
        lazy_gettext("The database does not answer right now; nothing is lost."),
        lazy_gettext("Try again in a minute."),
    ),
    "snapshot": Words(
        lazy_gettext("Almost ready"),
        lazy_gettext("The picture of the network is being put together."),
        lazy_gettext("It takes a minute the first time; then load this page again."),
    ),
    "expired": Words(
        lazy_gettext("The form has expired"),
        lazy_gettext("It was open for too long, or you have signed in or out in the meantime."),
        lazy_gettext("Go back, load the page again, and send it once more: nothing was done yet."),
    ),
}

# The heading, and what to do, where the feature's own words say what happened.
BECAUSE: dict[int, tuple[Any, Any]] = {
    400: (
        lazy_gettext("This cannot be so"),
        lazy_gettext("Go back, look at what you entered, and try again."),
    ),
    403: (
        lazy_gettext("Not for you to do"),
        lazy_gettext("Go back: nothing was changed."),
    ),
    409: (
        lazy_gettext("This is not possible now"),
        lazy_gettext("Go back and load the page again: nothing was changed."),
    ),
    429: (
        lazy_gettext("That is enough for now"),
        lazy_gettext("Go back: nothing was changed."),
    ),
}


def status_of(problem: errors.GraphnetError) -> int:
    """Return the status of an error of ours."""
    return next(STATUS[kind] for kind in type(problem).__mro__ if kind in STATUS)


def error_answer(
    status: int,
    *,
    words: str = "",
    because: errors.GraphnetError | None = None,
    bare: bool = False,
    written: Sequence[str] = (),
) -> AnyResponse:
    """Answer with the page, fragment or object of a status.

    Parameters
    ----------
    because
        The error that it comes of: the feature's words for it, if it has any, say what happened,
        and an object names its code and field.
    words
        Which words to use, where a status alone does not say it.
    written
        What the reader had written, to be copied: nothing typed is lost.
    bare
        Ask the database nothing: the usual header asks it who is signed in.
    """
    if status == 404 and not words and not bare and _is_a_visitor():
        words = "nothing for a visitor"
    said = WORDS.get(words or status) or WORDS[400 if status < 500 else 500]
    code = field = ""
    if because is not None and status in BECAUSE:
        code, field = because.code, because.field
        if code and (happened := reason(because)):
            heading, advice = BECAUSE[status]
            said = Words(said.title if words else heading, happened, advice)
    if wants_json() or request.path.startswith("/api/"):
        told = {"error": str(said.title), "message": f"{said.happened} {said.advice}"}
        return make_response(jsonify(told | {"code": code, "field": field}), status)
    template = "errors/bare.html" if bare else "errors/page.html"
    if is_fragment():
        template = "errors/fragment.html"
    try:
        text = render_template(template, words=said, status=status, written=written)
    except errors.StoreError:
        text = render_template("errors/bare.html", words=said, status=status)
    return make_response(text, status)


def _is_a_visitor() -> bool:
    """Whether nobody is signed in; not sure without the database."""
    try:
        return current_account() is None
    except errors.StoreError:
        return False


def _ours(problem: errors.GraphnetError) -> AnyResponse:
    status = status_of(problem)
    if status >= 500:
        log.error("error endpoint=%s problem=%s: %s", request.endpoint, type(problem), problem)
    if isinstance(problem, errors.SnapshotError):
        return _later(error_answer(status, words="snapshot"))
    if status == 503:
        return _later(error_answer(status, bare=True))
    words = "meanwhile" if status == 409 and problem.code == "meanwhile" else ""
    return error_answer(status, words=words, because=problem)


def _later(answer: AnyResponse) -> AnyResponse:
    answer.headers["Retry-After"] = "30"
    return answer


def _http(problem: HTTPException) -> AnyResponse | HTTPException:
    if problem.response is not None or problem.code is None or problem.code < 400:
        return problem
    if isinstance(problem, SecurityError):
        # Asked by a name that is not ours: no page, which would be full of our own addresses.
        return Response("400: this site does not answer to that name\n", 400, mimetype="text/plain")
    if problem.code == 401:
        return error_answer(401, written=written_texts())
    tries = problem.code == 429 and request.endpoint == "auth.sign_in"
    answer = error_answer(problem.code, words="tries" if tries else "")
    for name, value in problem.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _expired(problem: CSRFError) -> AnyResponse:
    log.info("form.expired endpoint=%s reason=%s", request.endpoint, problem.description)
    return error_answer(400, words="expired", written=written_texts())


def _unknown(problem: Exception) -> AnyResponse:
    log.exception("error endpoint=%s", request.endpoint, exc_info=problem)
    return error_answer(500)


def install(app: Flask) -> None:
    """Answer every error by these pages."""
    app.register_error_handler(errors.GraphnetError, _ours)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)
