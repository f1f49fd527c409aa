"""The first page for anyone, 'don't look for me', and the choice of language."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from graphnet import accounts, people
from graphnet.errors import BadValue
from graphnet.privacy import SMALLEST_CELL
from graphnet.store import Row, Store
from webapp.auth.routes import set_language_cookie
from webapp.context import graphnet
from webapp.front.forms import DontLookForMeForm
from webapp.i18n import LANGUAGES
from webapp.pages import answer, back_or
from webapp.security import current_account, limiter

blueprint = Blueprint("front", __name__, template_folder="templates")

# One row: an event that anyone may know of and that is to come, the next first.
COMING = """MATCH (e:Event) WHERE e.starts_at >= $now AND e.visibility = 'public'
  AND e.cancelled_at IS NULL
RETURN e.id AS id, e.title AS title, e.title_ru AS title_ru, e.starts_at AS starts_at,
  e.time_zone AS time_zone, e.venue AS venue ORDER BY starts_at, id LIMIT $limit"""

# One row: how many people have registered who are to be seen at all.
MEMBERS = """MATCH (p:Person)<-[:OF]-(a:Account)
WHERE a.disabled_at IS NULL AND p.visibility = 'shown' AND p.died_on IS NULL
RETURN count(DISTINCT p) AS n LIMIT 1"""

# One row: how many communities there are that anyone may know of.
COMMUNITIES = """MATCH (g:Group) WHERE g.visibility = 'public' RETURN count(g) AS n LIMIT 1"""

# One row: how many public events took place within a year.
PAST_YEAR = """MATCH (e:Event) WHERE e.starts_at >= $since AND e.starts_at < $now
  AND e.visibility = 'public' AND e.cancelled_at IS NULL RETURN count(e) AS n LIMIT 1"""

KEPT_SECONDS = 60.0  # anyone may ask as often as they like: the figures are counted once a minute


@dataclass(frozen=True)
class Figures:
    """What anyone may know; None where the number is too small to be shown."""

    members: int | None
    communities: int | None
    events: int | None


def _figures(store: Store) -> Figures:
    now = datetime.now(UTC)
    numbers = (
        store.read(MEMBERS)[0]["n"],
        store.read(COMMUNITIES)[0]["n"],
        store.read(PAST_YEAR, now=now, since=now.replace(year=now.year - 1, day=1))[0]["n"],
    )
    return Figures(*(n if n >= SMALLEST_CELL else None for n in numbers))


def _kept() -> tuple[Figures, list[Row]]:
    kept: dict[str, Any] = current_app.extensions.setdefault("front", {})
    if time.monotonic() - kept.get("at", -KEPT_SECONDS) >= KEPT_SECONDS:
        store = graphnet().store
        kept["answer"] = (_figures(store), store.read(COMING, now=datetime.now(UTC), limit=6))
        kept["at"] = time.monotonic()
    found: tuple[Figures, list[Row]] = kept["answer"]
    return found


@blueprint.get("/")
def front() -> AnyResponse:
    """Say what this is, what is on, and in figures how it goes."""
    figures, coming = _kept()
    return answer("front/front.html", figures=figures, coming=coming)


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
        people.hide(graphnet().store, account.person_key)
        flash(gettext("You are hidden: from now on you are in nobody’s answers."), "success")
        return redirect(url_for("front.dont_look_for_me"), 303)
    if not form.validate_on_submit():
        return answer("front/dont_look_for_me.html", form=form, account=account, status=422)
    try:
        accounts.ask_to_hide(
            graphnet().store,
            name=form.name.data,
            studies=form.studies.data or "",
            contact=form.contact.data or "",
            person_key=account.person_key if account is not None else None,
        )
    except BadValue:
        return answer("front/dont_look_for_me.html", form=form, account=account, status=422)
    return redirect(url_for("front.asked"), 303)


@blueprint.get("/dont-look-for-me/thank-you")
def asked() -> AnyResponse:
    """Say what happens next."""
    return answer("front/asked.html")
