"""The second factor: set up on /account/second-factor, asked for at sign-in, required of roles."""

import time

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from graphnet import accounts
from graphnet.accounts import second_factor
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.keys import trusted
from webapp.features.auth import entering
from webapp.features.auth.forms import CodeForm
from webapp.features.auth.routes import blueprint
from webapp.frame import refusals
from webapp.frame.context import graphnet
from webapp.frame.qr import qr
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import current_account, limiter, signed_in

SECONDS = 600  # between the first factor and the second
# Whoever must have a second factor and has none gets to these pages, and to no others.
WITHOUT = ("auth.", "front.choose_language", "front.dont_look_for_me", "documentation.")


def keys() -> tuple[bytes, ...]:
    """Return the keys that secrets of authenticators may have been made with."""
    return trusted(graphnet().settings, "factors")


def required(account: accounts.Account) -> bool:
    """Return whether the account's roles must have a second factor here."""
    return bool(set(account.roles) & set(graphnet().settings.second_factor))


@blueprint.before_app_request
def ask_for_what_is_required() -> Response | None:
    """Lead whoever must have a second factor to its page, whatever they wanted to see."""
    if not graphnet().settings.second_factor:
        return None
    page = request.endpoint or ""
    # What has no feature is no page: style sheets, pictures, the state of health.
    if "." not in page or page.startswith(WITHOUT):
        return None
    account = current_account()
    if account is None or not required(account):
        return None
    if second_factor.is_asked_for(graphnet().store, account.id):
        return None
    flash(gettext("Your role needs a second factor here: please set it up first."), "warning")
    return redirect(url_for("auth.factor"), 303)


# Setting it up


@blueprint.get("/account/second-factor")
@signed_in
def factor() -> Response:
    """Whether there is one; how it is set up, or switched off."""
    return _page(CodeForm())


def _page(form: CodeForm, *, status: int = 200, refused: str = "") -> Response:
    account = current_account()
    assert account is not None
    store = graphnet().store
    found = second_factor.factor(store, account.id)
    secret = picture = ""
    if found is not None and not found.confirmed:
        secret, address = second_factor.setup(
            store, account.id, keys=keys(), issuer=graphnet().settings.sender()
        )
        picture = qr(address, gettext("QR code for the authenticator"))
        secret = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    if refused:
        form.code.errors = [refused]
    return answer(
        "auth/factor.html",
        form=form,
        factor=found,
        secret=secret,
        picture=picture,
        required=required(account),
        status=status,
    )


@blueprint.post("/account/second-factor")
@signed_in
@limiter.limit("30/hour")
def change_factor() -> Response:
    """Begin, confirm, make other recovery codes, or switch off; each but the first by a code."""
    account = current_account()
    assert account is not None
    store, form, act = graphnet().store, CodeForm(), request.form.get("act", "")
    if act == "begin":
        try:
            second_factor.begin(store, account.id)
        except Conflict:
            flash(gettext("There is a second factor already."), "info")
        return redirect(url_for("auth.factor"), 303)
    if not form.validate_on_submit():
        return _page(form, status=422)
    code = form.code.data
    try:
        if act == "confirm":
            codes = second_factor.confirm(store, account.id, code, keys=keys())
            return answer("auth/recovery_codes.html", codes=codes)
        if act == "codes":
            codes = second_factor.renew_codes(store, account.id, code, keys=keys())
            return answer("auth/recovery_codes.html", codes=codes)
        second_factor.switch_off(store, account.id, code, keys=keys())
    except (BadValue, TooMany) as problem:
        return _page(form, status=422, refused=why(problem))
    except (Conflict, ThingNotFound):
        flash(gettext("This has changed in the meantime; here is how it stands now."), "info")
        return redirect(url_for("auth.factor"), 303)
    flash(gettext("The second factor is switched off."), "success")
    return redirect(url_for("auth.factor"), 303)


# At sign-in


def _pending() -> tuple[str, str, str] | None:
    held = session.get("second")
    if not held or time.time() - held[3] > SECONDS:
        session.pop("second", None)
        return None
    return held[0], held[1], held[2]


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@limiter.limit("30/15 minutes", methods=["POST"])
def second_step() -> Response:
    """Ask for a code of the authenticator, or a recovery code."""
    pending = _pending()
    if pending is None:
        flash(gettext("Please begin anew: that was too long ago."), "info")
        return redirect(url_for("auth.sign_in"), 303)
    account_id, how, target = pending
    form = CodeForm()
    if request.method == "GET":
        return answer("auth/second_step.html", form=form)
    if not form.validate_on_submit():
        return answer("auth/second_step.html", form=form, status=422)
    try:
        second_factor.verify(graphnet().store, account_id, form.code.data, keys=keys())
    except (BadValue, TooMany) as problem:
        refusals.note("factor.failed", subject=account_id)
        form.code.errors = [why(problem)]
        return answer("auth/second_step.html", form=form, status=422)
    except ThingNotFound:  # switched off meanwhile
        session.pop("second", None)
        return redirect(url_for("auth.sign_in"), 303)
    return entering.begin(account_id, how=f"{how}, code", target=target)
