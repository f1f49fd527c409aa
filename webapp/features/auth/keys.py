"""Passkeys: added, named and removed on /account; signing in by one."""

import json
import time
from typing import Any

from flask import flash, jsonify, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.accounts import passkeys
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from webapp.features.auth import entering
from webapp.features.auth.routes import blueprint
from webapp.frame.context import graphnet
from webapp.frame.reasons import why
from webapp.frame.security import current_account, limiter, signed_in

SECONDS = 300  # to touch the key, or to show one's face
LONGEST_ANSWER = 20_000


def site() -> passkeys.Site:
    """Return for whom passkeys are here: the host that was asked, which is a trusted one."""
    domain = request.host.partition(":")[0]
    return passkeys.Site(domain, request.host_url.rstrip("/"), graphnet().settings.sender())


def _keep(challenge: str, what_for: str) -> None:
    session["passkey"] = [challenge, what_for, int(time.time())]


def _challenge(what_for: str) -> str:
    """Return the challenge that this browser was given, once."""
    held = session.pop("passkey", None)
    if not held or held[1] != what_for or time.time() - held[2] > SECONDS:
        return ""
    return str(held[0])


def _answer() -> dict[str, Any]:
    """Return what the browser's passkey says; empty if that is nothing that one could say."""
    text = request.form.get("answer", "")
    try:
        found = json.loads(text) if len(text) <= LONGEST_ANSWER else None
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


@blueprint.post("/account/passkeys/options")
@signed_in
@limiter.limit("30/hour")
def passkey_options() -> Response:
    """What a new passkey is made with."""
    account = current_account()
    assert account is not None
    options, challenge = passkeys.options_to_add(graphnet().store, account, site())
    _keep(challenge, "add")
    return jsonify(options)


@blueprint.post("/account/passkeys")
@signed_in
@limiter.limit("30/hour")
def add_passkey() -> Response:
    """Add the passkey that the browser has made."""
    account = current_account()
    assert account is not None
    try:
        passkeys.add(
            graphnet().store,
            account.id,
            _answer(),
            challenge=_challenge("add"),
            site=site(),
            name=request.form.get("name", ""),
        )
    except (BadValue, Conflict, TooMany) as problem:
        flash(why(problem), "error")
    else:
        flash(gettext("The passkey is added: from now on it signs you in."), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/account/passkeys/<passkey_id>")
@signed_in
def change_passkey(passkey_id: str) -> Response:
    """Give a passkey another name, or take it away."""
    account = current_account()
    assert account is not None
    store = graphnet().store
    try:
        if request.form.get("act") == "remove":
            passkeys.remove(store, account.id, passkey_id)
            flash(gettext("The passkey is removed: it signs nobody in any more."), "success")
        else:
            passkeys.rename(store, account.id, passkey_id, request.form.get("name", ""))
            flash(gettext("The passkey has its new name."), "success")
    except ThingNotFound:
        flash(gettext("This has changed in the meantime; here is how it stands now."), "info")
    except BadValue as problem:
        flash(why(problem), "error")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/sign-in/passkey/options")
@limiter.limit("60/15 minutes")
def sign_in_options() -> Response:
    """What a passkey is asked for; it says nothing about any account."""
    options, challenge = passkeys.options_to_sign_in(site())
    _keep(challenge, "sign-in")
    return jsonify(options)


@blueprint.post("/sign-in/passkey")
@limiter.limit("60/15 minutes")
def sign_in_by_passkey() -> Response:
    """Sign in by a passkey, which is two factors in itself."""
    challenge = _challenge("sign-in")
    account_id = (
        passkeys.who_signs_in(graphnet().store, _answer(), challenge=challenge, site=site())
        if challenge
        else None
    )
    if account_id is None:
        flash(
            gettext("This passkey was not recognised. Please try again, or sign in otherwise."),
            "error",
        )
        return redirect(url_for("auth.sign_in"), 303)
    return entering.begin(account_id, how="passkey", target=request.args.get("next"))
