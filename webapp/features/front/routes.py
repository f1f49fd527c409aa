"""The first page for anyone, 'don't look for me', and the choice of language."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from graphnet import accounts, people
from graphnet.errors import BadValue, TooMany
from graphnet.events.listing import Chosen, coming
from graphnet.privacy import ANYONE
from graphnet.requests.hiding import ask_to_hide
from graphnet.statistics.public import OpenFigures, open_figures
from graphnet.store import Row
from webapp.features.auth.entering import set_language_cookie
from webapp.features.front.forms import DontLookForMeForm
from webapp.features.joining.forms import FindForm
from webapp.frame.context import graphnet
from webapp.frame.i18n import LANGUAGES, in_language
from webapp.frame.respond import answer, back_or
from webapp.frame.security import current_account, current_viewer, limiter

blueprint = Blueprint("front", __name__, template_folder="templates")

SHOWN = 6  # events on the first page
KEPT_SECONDS = 60.0  # anyone may ask as often as they like: the figures are counted once a minute


def _kept() -> tuple[OpenFigures, list[Row]]:
    kept: dict[str, Any] = current_app.extensions.setdefault("front", {})
    if time.monotonic() - kept.get("at", -KEPT_SECONDS) >= KEPT_SECONDS:
        store = graphnet().store
        now = datetime.now(UTC)
        until = now + timedelta(days=365)
        rows = coming(store, ANYONE, Chosen(now, until), limit=SHOWN)
        kept["answer"] = (open_figures(store), rows)
        kept["at"] = time.monotonic()
    found: tuple[OpenFigures, list[Row]] = kept["answer"]
    return found


@blueprint.get("/")
def front() -> AnyResponse:
    """Say what this is, find somebody's group, say what is on, and in figures how it goes."""
    figures, rows = _kept()
    return answer("front/front.html", figures=figures, coming=rows, find_form=FindForm())


@blueprint.get("/privacy")
def privacy() -> AnyResponse:
    """Say who holds what of people, who sees it, for how long, and what one can do about it."""
    settings = graphnet().settings
    return answer(
        "front/privacy.html",
        operator=in_language(*settings.operator),
        policy=settings.privacy_policy,
        unclaimed=settings.unclaimed_audience,
        message_years=settings.message_years,
        session_days=settings.session_days,
    )


@blueprint.get("/language/<code>")
def choose_language(code: str) -> AnyResponse:
    """Remember the reader's language and go back."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(back_or("/"), 303)
    set_language_cookie(response, code)
    account = current_account()
    if account is not None and account.language != code:
        accounts.set_language(graphnet().store, account.id, code)
    return response


@blueprint.route("/dont-look-for-me", methods=["GET", "POST"])
@limiter.limit("10/hour", methods=["POST"])
def dont_look_for_me() -> AnyResponse:
    """Take a wish not to be found; the answer never says whether somebody is on file."""
    form = DontLookForMeForm()
    account = current_account()
    if request.method == "GET":
        return answer("front/dont_look_for_me.html", form=form, account=account)
    if account is not None and "hide_me" in request.form:
        me, key = current_viewer(), account.person_key
        graphnet().store.in_write(lambda t: people.hide(t, me, key, why="asked not to be found"))
        flash(gettext("You are hidden: from now on you are in nobody’s answers."), "success")
        return redirect(url_for("front.dont_look_for_me"), 303)
    if not form.validate_on_submit():
        return answer("front/dont_look_for_me.html", form=form, account=account, status=422)
    try:
        ask_to_hide(
            graphnet().store,
            name=form.name.data,
            studies=form.studies.data or "",
            contact=form.contact.data or "",
            person_key=account.person_key if account is not None else None,
        )
    except BadValue:
        return answer("front/dont_look_for_me.html", form=form, account=account, status=422)
    except TooMany:
        form.name.errors = [
            gettext("Just now too many wishes wait. Please write or telephone to us instead.")
        ]
        return answer("front/dont_look_for_me.html", form=form, account=account, status=429)
    return redirect(url_for("front.asked"), 303)


@blueprint.get("/dont-look-for-me/thank-you")
def asked() -> AnyResponse:
    """Say what happens next."""
    return answer("front/asked.html")
