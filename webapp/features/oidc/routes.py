"""Signing in by another site's account; linking one to one's own, and ending that."""

import time
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet.accounts import identities
from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.privacy import Viewer
from webapp.features.auth.entering import enter
from webapp.features.oidc.provider import Provider, provider_of
from webapp.frame.context import graphnet
from webapp.frame.respond import answer
from webapp.frame.security import current_account, limiter, signed_in

blueprint = Blueprint("oidc", __name__, template_folder="templates")

SECONDS = 600  # to sign in over there


def provider() -> Provider:
    """Return the other site of this installation; without one there are no such pages."""
    kept: dict[str, Any] = current_app.extensions.setdefault("oidc", {})
    if "provider" not in kept:
        kept["provider"] = provider_of(graphnet().settings)
    found: Provider | None = kept["provider"]
    if found is None:
        abort(404)
    return found


def _back() -> str:
    return graphnet().settings.site_url + url_for("oidc.callback")


@blueprint.get("/sign-in/elsewhere")
@limiter.limit("60/15 minutes")
def begin() -> Response:
    """Go to the other site, to sign in here or, if one is signed in, to link its account."""
    try:
        address, kept = provider().begin(_back())
    except BadValue:
        return _sorry()
    session["oidc"] = kept | {"at": int(time.time()), "next": request.args.get("next", "")}
    return redirect(address, 303)


@blueprint.get("/sign-in/elsewhere/back")
@limiter.limit("60/15 minutes")
def callback() -> Response:
    """Come back from there: sign in, or show the button that links."""
    kept = session.pop("oidc", None)
    other = provider()
    if not kept or time.time() - kept["at"] > SECONDS:
        return _sorry()
    try:
        subject = other.subject(_back(), request.args, kept)
    except BadValue:
        return _sorry()
    store, account = graphnet().store, current_account()
    opened = identities.who_signs_in(store, other.issuer, subject)
    if account is not None:
        if opened == account.id:
            flash(gettext("This account is linked already."), "info")
            return redirect(url_for("auth.account"), 303)
        session["oidc-link"] = [other.issuer, subject, int(time.time())]
        return redirect(url_for("oidc.link"), 303)
    if opened is None:
        said = gettext(
            "No account here is linked with that one. Sign in first, and link them on the page of "
            "your account."
        )
        flash(said, "info")
        return redirect(url_for("auth.sign_in"), 303)
    return enter(opened, how="another site", target=kept["next"])


def _sorry() -> Response:
    flash(
        gettext("Signing in over there did not work. Please try again, or sign in otherwise."),
        "error",
    )
    return redirect(url_for("auth.sign_in" if current_account() is None else "auth.account"), 303)


@blueprint.route("/account/elsewhere", methods=["GET", "POST"])
@signed_in
def link() -> Response:
    """Ask whether the account over there shall open the one here; the button links them."""
    provider()
    account = current_account()
    held = session.get("oidc-link")
    if account is None or not held or time.time() - held[2] > SECONDS:
        return redirect(url_for("auth.account"), 303)
    if request.method == "GET":
        return answer("oidc/link.html", elsewhere=graphnet().settings.oidc_name)
    session.pop("oidc-link")
    try:
        identities.link(graphnet().store, account.id, held[0], held[1])
    except Conflict:
        flash(gettext("That one opens another account here."), "error")
    else:
        flash(gettext("Linked: from now on it opens your account."), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/account/elsewhere/<identity_id>/end")
@signed_in
def unlink(identity_id: str) -> Response:
    """Let it open the account no more."""
    account = current_account()
    assert account is not None
    try:
        identities.unlink(graphnet().store, account.id, identity_id)
    except ThingNotFound:
        abort(404)
    flash(gettext("It opens your account no more."), "success")
    return redirect(url_for("auth.account"), 303)


def shown(viewer: Viewer, account: Any) -> Mapping[str, Any] | None:
    """Return what the page of the account shows of it, where another site is named."""
    if provider_of(graphnet().settings) is None:
        return None
    return {
        "identities": identities.held_by(graphnet().store, account.id),
        "elsewhere": graphnet().settings.oidc_name,
    }


def offered(viewer: Viewer, thing: Any) -> Mapping[str, Any] | None:
    """Return what the page for signing in shows of it, where another site is named."""
    if provider_of(graphnet().settings) is None:
        return None
    return {"elsewhere": graphnet().settings.oidc_name}
