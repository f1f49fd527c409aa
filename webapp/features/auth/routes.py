"""Signing in and out; one's own sessions, password and language; one-time links."""

from typing import Any, cast

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from graphnet import accounts
from graphnet.accounts import passkeys, second_factor
from graphnet.errors import BadValue, ThingNotFound
from webapp.features.auth import tries
from webapp.features.auth.devices import device_of, named_host
from webapp.features.auth.entering import after_sign_in, enter, set_language_cookie
from webapp.features.auth.forms import (
    ChangePasswordForm,
    LanguageForm,
    LetterForm,
    NewPasswordForm,
    SignInForm,
)
from webapp.frame import refusals
from webapp.frame.context import graphnet
from webapp.frame.i18n import language
from webapp.frame.reasons import why
from webapp.frame.respond import answer
from webapp.frame.security import (
    View,
    address_key,
    current_account,
    email_limit_key,
    end_session,
    limiter,
    signed_in,
    signed_in_user,
)

blueprint = Blueprint("auth", __name__, template_folder="templates")


def _failed(response: AnyResponse) -> bool:
    """Return whether a try counts: a right password does not use up the tries of its owner."""
    return response.status_code != 303


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(
    tries.NETWORK,
    key_func=address_key,
    methods=["POST"],
    deduct_when=_failed,
    exempt_when=tries.known_browser,
)
@limiter.limit(tries.HERE, key_func=tries.here_key, methods=["POST"], deduct_when=_failed)
@limiter.limit(
    tries.EVERYWHERE,
    key_func=email_limit_key,
    methods=["POST"],
    deduct_when=_failed,
    exempt_when=tries.known_browser,
)
def sign_in() -> AnyResponse:
    """Sign in with e-mail and password."""
    form = SignInForm()
    if request.method == "GET":
        if current_account() is not None:
            return redirect(after_sign_in(request.args.get("next")), 303)
        return answer("auth/sign_in.html", form=form, passkeys_possible=named_host())
    if not form.validate_on_submit():
        return answer("auth/sign_in.html", form=form, passkeys_possible=named_host(), status=422)
    account_id = accounts.who_signs_in(graphnet().store, form.email.data, form.password.data)
    if account_id is None:
        refusals.sign_in(form.email.data)
        # One sentence for an unknown address and a wrong password alike.
        return answer(
            "auth/sign_in.html",
            form=form,
            refused=True,
            passkeys_possible=named_host(),
            status=422,
        )
    return enter(account_id, how="password", target=request.args.get("next"))


def _letters_limited(view: View) -> View:
    """Count what is asked for by address, of whoever asks and of whom it is for."""
    by_address = limiter.limit("20/hour;60/day", methods=["POST"])
    by_email = limiter.limit("5/hour;10/day", key_func=email_limit_key, methods=["POST"])
    return cast(View, by_address(by_email(view)))


@blueprint.route("/sign-in/letter", methods=["GET", "POST"])
@_letters_limited
def letter() -> AnyResponse:
    """Ask for a letter with a link that signs in."""
    return _ask_for_letter("sign-in")


@blueprint.route("/sign-in/forgotten", methods=["GET", "POST"])
@_letters_limited
def forgotten() -> AnyResponse:
    """Ask for a letter with a link to another password."""
    return _ask_for_letter("reset")


def _ask_for_letter(purpose: str) -> AnyResponse:
    """Take an address; the answer is the same whether or not it has an account."""
    form = LetterForm()
    if request.method == "GET":
        return answer("auth/letter.html", form=form, purpose=purpose)
    if not form.validate_on_submit():
        return answer("auth/letter.html", form=form, purpose=purpose, status=422)
    try:
        accounts.ask_for_letter(graphnet().store, form.email.data, purpose, language=language())
    except BadValue:
        form.email.errors = [gettext("This is not an e-mail address.")]
        return answer("auth/letter.html", form=form, purpose=purpose, status=422)
    return redirect(url_for("auth.letter_sent"), 303)


@blueprint.get("/sign-in/letter/sent")
def letter_sent() -> AnyResponse:
    """Say what to do with the letter, if there is one."""
    return answer("auth/letter_sent.html")


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """End this session."""
    end_session()
    flash(gettext("You are signed out."), "success")
    return redirect(url_for("front.front"), 303)


@blueprint.get("/account")
@signed_in
def account() -> AnyResponse:
    """Show one's sessions, password and language."""
    return _account_page(ChangePasswordForm())


def _account_page(form: ChangePasswordForm, *, status: int = 200) -> AnyResponse:
    who = signed_in_user()
    assert who is not None
    store = graphnet().store
    return answer(
        "auth/account.html",
        account=who.account,
        factor=second_factor.factor(store, who.account.id),
        passkeys=passkeys.held_by(store, who.account.id),
        passkeys_possible=named_host(),
        device=device_of(request.headers.get("User-Agent", "")),
        sessions=accounts.held_by(store, who.account.id),
        this_session=who.session_id,
        form=form,
        language_form=LanguageForm(formdata=None, language=language()),
        status=status,
    )


@blueprint.post("/account/password")
@signed_in
@limiter.limit("10/15 minutes", deduct_when=_failed)
def change_password() -> AnyResponse:
    """Change one's password; the other sessions end."""
    form = ChangePasswordForm()
    who = signed_in_user()
    assert who is not None
    if not form.validate_on_submit():
        return _account_page(form, status=422)
    store = graphnet().store
    try:
        accounts.change_password(
            store, who.account.id, form.old.data, form.password.data, keep=who.session_id
        )
    except BadValue as problem:
        field = form.old if problem.code == "wrong" else form.password
        field.errors = [why(problem)]
        return _account_page(form, status=422)
    flash(gettext("Your password is changed; your other sessions have ended."), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/account/language")
@signed_in
def change_language() -> AnyResponse:
    """Keep the language of the account."""
    form = LanguageForm()
    who = signed_in_user()
    assert who is not None
    response = redirect(url_for("auth.account"), 303)
    if form.validate_on_submit():
        accounts.set_language(graphnet().store, who.account.id, form.language.data)
        set_language_cookie(response, form.language.data)
    return response


@blueprint.post("/account/sessions/<session_id>/end")
@signed_in
def end_one_session(session_id: str) -> AnyResponse:
    """End one of one's sessions."""
    who = signed_in_user()
    assert who is not None
    if session_id == who.session_id:
        return sign_out()
    accounts.end_session(graphnet().store, who.account.id, session_id)
    flash(gettext("The session has ended."), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/account/sessions/end-others")
@signed_in
def end_other_sessions() -> AnyResponse:
    """End all of one's sessions but this."""
    who = signed_in_user()
    assert who is not None
    accounts.end_other_sessions(graphnet().store, who.account.id, keep=who.session_id)
    flash(gettext("Your other sessions have ended."), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@limiter.limit("30/15 minutes", deduct_when=_failed)
def use_link(token: str) -> AnyResponse:
    """Use a one-time link: choose a password, or sign in. Looking at it does not use it up."""
    store = graphnet().store
    try:
        link = accounts.link_of(store, token)
    except ThingNotFound:
        return answer("auth/link_gone.html", status=404)
    form = NewPasswordForm()
    page: dict[str, Any] = {"link": link, "form": form}
    if request.method == "GET":
        return answer("auth/link.html", **page)
    if link.purpose == "sign-in":
        return enter(accounts.use_sign_in_link(store, token), how="letter")
    if not form.validate_on_submit():
        return answer("auth/link.html", status=422, **page)
    try:
        account_id = accounts.set_password_by_link(store, token, form.password.data)
    except BadValue as problem:
        form.password.errors = [why(problem)]
        return answer("auth/link.html", status=422, **page)
    end_session()
    response = enter(account_id, how="letter")
    # After it: a new session has nothing of before in it.
    flash(gettext("Your password is set."), "success")
    return response
