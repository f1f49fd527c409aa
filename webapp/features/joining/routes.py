"""Find my group: three forms and what comes next, the same for everybody.

Nothing on these pages depends on who is on file; what does goes by letter.
"""

import hashlib
from typing import Any

from flask import Blueprint, redirect, url_for
from flask import request as http
from werkzeug.wrappers import Response

from graphnet.errors import BadValue, ThingNotFound, TooMany
from graphnet.names.folding import fold
from graphnet.onboarding import finding
from webapp.features.joining.forms import AddressForm, FindForm
from webapp.frame.context import graphnet
from webapp.frame.i18n import language
from webapp.frame.reasons import mark_wrong
from webapp.frame.respond import answer
from webapp.frame.security import current_account, limiter

blueprint = Blueprint("joining", __name__, template_folder="templates")


def name_limit_key() -> str:
    """Return what searches for one name are counted by, from wherever they come: a hash of it."""
    name = fold(http.form.get("name", "")[:200])
    return "name:" + hashlib.sha256(name.encode()).hexdigest()[:32]


@blueprint.route("/find-my-group", methods=["GET", "POST"])
# A group that meets comes by one wireless network, which is one address.
@limiter.limit("30/hour;100/day", methods=["POST"])
@limiter.limit("10/hour;30/day", key_func=name_limit_key, methods=["POST"])
def find() -> Response:
    """Ask who somebody is; the answer is the same whoever that is."""
    form = FindForm()
    page: dict[str, Any] = {"form": form, "account": current_account()}
    if http.method == "GET":
        return answer("joining/find.html", **page)
    if not form.validate_on_submit():
        return answer("joining/find.html", status=422, **page)
    try:
        token = finding.ask(
            graphnet().store,
            name=form.name.data,
            former=form.former.data or "",
            place=form.place.data,
            year=form.year.data or 0,
            language=language(),
        )
    except BadValue as problem:
        mark_wrong(form, problem, otherwise="name")
        return answer("joining/find.html", status=422, **page)
    return redirect(url_for("joining.asked", token=token), 303)


@blueprint.route("/find-my-group/<token>", methods=["GET", "POST"])
@limiter.limit("30/hour;100/day", methods=["POST"])
def asked(token: str) -> Response:
    """Say where a letter may be by now, and take the visitor's own address."""
    store = graphnet().store
    form = AddressForm()
    page: dict[str, Any] = {"form": form}
    try:
        finding.page(store, token)
        if http.method == "GET":
            return answer("joining/asked.html", **page)
        if not form.validate_on_submit():
            return answer("joining/asked.html", status=422, **page)
        finding.give_address(store, token, form.email.data, diploma=form.diploma.data or "")
    except ThingNotFound:
        return answer("joining/gone.html", status=404)
    except BadValue as problem:
        mark_wrong(form, problem, otherwise="email")
        return answer("joining/asked.html", status=422, **page)
    except TooMany:
        return answer("joining/asked.html", status=429, too_many=True, **page)
    return redirect(url_for("joining.look_into_mailbox", token=token), 303)


@blueprint.get("/find-my-group/<token>/letter")
def look_into_mailbox(token: str) -> Response:
    """Say that a letter waits for an answer."""
    try:
        finding.page(graphnet().store, token)
    except ThingNotFound:
        return answer("joining/gone.html", status=404)
    return answer("joining/letter.html", token=token)


@blueprint.route("/find-my-group/address/<token>", methods=["GET", "POST"])
@limiter.limit("30/hour", methods=["POST"])
def address(token: str) -> Response:
    """The link of the letter to the address that was given; looking at it uses nothing up."""
    store = graphnet().store
    try:
        if http.method == "POST":
            finding.confirm_address(store, token)
            return redirect(url_for("joining.confirmed"), 303)
        if finding.address_waits(store, token):
            return answer("joining/address.html")
    except ThingNotFound:
        pass
    return answer("joining/gone.html", status=404)


@blueprint.get("/find-my-group/thank-you")
def confirmed() -> Response:
    """Say what happens next; the same for everybody."""
    return answer("joining/confirmed.html")
