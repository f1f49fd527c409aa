"""The one way to a session: whoever has proved who they are comes in here, by whatever way."""

import secrets
import time

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from graphnet import accounts
from graphnet.accounts import second_factor
from webapp.features.auth.devices import device_of
from webapp.frame.context import graphnet
from webapp.frame.i18n import COOKIE
from webapp.frame.navigation import landing
from webapp.frame.security import begin_session, current_account, safe_path

YEAR = 365 * 24 * 3600
DEVICE_COOKIE = "device"  # by which a browser is known again; it opens nothing


def enter(account_id: str, *, how: str, target: str | None = None) -> Response:
    """Begin a session of the account, or ask for its second factor first.

    Parameters
    ----------
    how
        By what they have proved who they are.
    target
        A path of this site to go to; without it, where their role begins.
    """
    if second_factor.is_asked_for(graphnet().store, account_id):
        session["second"] = [account_id, how, target or "", int(time.time())]
        return redirect(url_for("auth.second_step"), 303)
    return begin(account_id, how=how, target=target)


def begin(account_id: str, *, how: str, target: str | None = None) -> Response:
    """Begin a session of the account, and go where its owner wanted.

    Parameters
    ----------
    how
        By what they have proved who they are.
    target
        A path of this site to go to; without it, where their role begins.
    """
    graph = graphnet()
    browser = request.cookies.get(DEVICE_COOKIE, "")[:64] or secrets.token_urlsafe(32)
    token = accounts.begin_session(
        graph.store,
        account_id,
        how=how,
        device=device_of(request.headers.get("User-Agent", "")),
        device_token=browser,
        days=graph.settings.session_days,
    )
    begin_session(token)
    response = with_language(redirect(after_sign_in(target), 303))
    response.set_cookie(
        DEVICE_COOKIE,
        browser,
        max_age=YEAR,
        secure=graph.settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response


def after_sign_in(target: str | None) -> str:
    """Return where somebody who is signed in goes on."""
    account = current_account()
    assert account is not None
    return safe_path(target, landing(account.roles))


def with_language(response: Response) -> Response:
    """Bring the account's language along, where this browser has none chosen."""
    account = current_account()
    if account is not None and account.language and COOKIE not in request.cookies:
        set_language_cookie(response, account.language)
    return response


def set_language_cookie(response: Response, language: str) -> None:
    """Remember the language in this browser."""
    response.set_cookie(
        COOKIE,
        language,
        max_age=YEAR,
        secure=graphnet().settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
