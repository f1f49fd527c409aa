"""Who is asking, what they may do, and what every answer carries for safety's sake.

- `current_viewer` says who is asking, in the words of `graphnet.privacy`; `signed_in` and
  `role_required` guard routes.
- The cookie holds a random token; the session itself is in the graph, so ending it there ends it.
- The headers are those of STYLE.md: no inline script or style anywhere, no framing, no referrer
  to other sites.
"""

import hashlib
import ipaddress
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext
from flask_limiter import Limiter
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from graphnet import accounts, audit
from graphnet.errors import BadValue, StoreError
from graphnet.keys import secret_key
from graphnet.privacy import ANYONE, Viewer
from graphnet.settings import Settings
from webapp.frame.context import graphnet

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=30)  # after a sign-in
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

MOST_NOTICES = 5
MOST_WRITTEN = 20  # fields of a form that are given back

View = TypeVar("View", bound=Callable[..., Any])


# Signing in


class SignedIn:
    """What flask-login carries: an account, by the session that it came with."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, session_id: str, account: accounts.Account) -> None:
        self.token = token
        self.session_id = session_id
        self.account = account

    def get_id(self) -> str:
        """Return the session's token: flask-login keeps it in the signed cookie."""
        return self.token


def load_signed_in(token: str) -> SignedIn | None:
    """Return who holds the session with that token; None once it has ended."""
    if "store_error" in g:  # asked already in this request: an error page need not wait again
        raise g.store_error
    try:
        found = accounts.session_of(graphnet().store, token, office=_office())
    except StoreError as problem:
        g.store_error = problem
        raise
    return None if found is None else SignedIn(token, *found)


def _office() -> accounts.Office:
    settings = graphnet().settings
    return accounts.Office(
        timedelta(minutes=settings.office_idle_minutes), timedelta(hours=settings.office_hours)
    )


def begin_session(token: str) -> None:
    """Put a new session's token into the cookie, and nothing of before into it."""
    session.clear()
    session.permanent = True
    who = load_signed_in(token)
    assert who is not None
    login_user(who, remember=False)
    g.pop("language", None)


def end_session() -> None:
    """End the session of this browser."""
    who = signed_in_user()
    if who is not None:
        accounts.sign_out(graphnet().store, who.token)
    logout_user()
    session.clear()


def sign_in_again(target: str) -> AnyResponse | None:
    """Let nobody go on whose sign-in is long ago: they sign in again, and go where this leads.

    For what whoever finds an open browser must not do or take along. None if it was lately.
    """
    who = signed_in_user()
    if who is None or accounts.is_fresh(graphnet().store, who.token, FRESH):
        return None
    end_session()
    flash(
        gettext(
            "You signed in more than half an hour ago: for this, please sign in again. "
            "Nothing was done yet."
        ),
        "info",
    )
    return redirect(url_for("auth.sign_in", next=target), 303)


def signed_in_user() -> SignedIn | None:
    """Return who is signed in."""
    return cast(SignedIn, current_user) if current_user.is_authenticated else None


def current_account() -> accounts.Account | None:
    """Return the account that is signed in."""
    who = signed_in_user()
    return None if who is None else who.account


# Who is asking


def current_viewer(*, purpose: str = "") -> Viewer:
    """Return who is asking, for the privacy rules.

    Behind `role_required` it is that role that asks, elsewhere the humblest of the account's: an
    alumnus who is also staff sees people as an alumnus does, until on a page for staff.

    Parameters
    ----------
    purpose
        What staff need it for; without it, the purpose that the route's guard names.
    """
    account = current_account()
    if account is None:
        return ANYONE
    roles = frozenset(account.roles)
    acting = g.get("acting_as", "")
    if not acting:
        acting = next((role for role in ("alumnus", "staff", "analyst") if role in roles), "")
    kind = {"admin": "staff", "": "anyone"}.get(acting, acting)
    return Viewer(kind, account.person_key, account.id, roles, purpose or g.get("purpose", ""))


def signed_in(view: View) -> View:
    """Let only those in who are signed in; others are asked to sign in first."""

    @wraps(view)
    def guarded(*arguments: Any, **values: Any) -> Any:
        if current_account() is None:
            return ask_to_sign_in()
        with audit.reads_together(graphnet().store):
            return view(*arguments, **values)

    return cast(View, guarded)


def role_required(*roles: str, purpose: str = "") -> Callable[[View], View]:
    """Let only accounts with one of the roles in; within, they ask in it and for that purpose.

    Parameters
    ----------
    roles
        Of 'alumnus', 'staff', 'analyst', 'admin'; who has several acts in the first of them.
    purpose
        What staff read people for on this page: it stands in the audit trail.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **values: Any) -> Any:
            account = current_account()
            if account is None:
                return ask_to_sign_in()
            acting = next((role for role in roles if role in account.roles), None)
            if acting is None:
                abort(403)
            g.acting_as = acting
            g.purpose = purpose
            with audit.reads_together(graphnet().store):
                return view(*arguments, **values)

        return cast(View, guarded)

    return decorate


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """Let a page take files from who is signed in, up to so many bytes in one request."""

    def decorate(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return decorate


def _let_files_in() -> None:
    """Raise the limit for a page that takes files, before anything has read the request."""
    view = current_app.view_functions.get(request.endpoint or "")
    most_bytes = getattr(view, "most_bytes", None)
    if most_bytes is not None and current_account() is not None:
        request.max_content_length = most_bytes


def ask_to_sign_in() -> AnyResponse:
    """Send a visitor to the sign-in page, and back afterwards."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("auth.sign_in", next=back)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for("auth.sign_in")})
    if request.method == "POST" and written_texts():
        abort(401)  # the session has ended meanwhile: what was typed is given back
    flash(gettext("Please sign in to see this page."), "info")
    return redirect(target, 303)


def written_texts() -> list[str]:
    """Return what the reader has typed into the form that was sent, without what is secret.

    It is shown, not sent again: another site may have filled the form in.
    """
    secret = ("password", "token", "code", "receipt", "secret")
    written = [
        text.strip()
        for name, text in request.form.items(multi=True)
        if not any(part in name for part in secret) and " " in text.strip()
    ]
    return written[:MOST_WRITTEN]


def safe_path(target: str | None, default: str = "/") -> str:
    """Return a path of this site that we may redirect to, else the default.

    Only paths: no scheme, no host, no backslash, which browsers read as a slash.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return default
    if "\\" in target or any(ord(c) < 32 for c in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


# Limits


def address_key() -> str:
    """Return what rate limits count by: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def email_limit_key() -> str:
    """Return what sign-ins to one address are counted by: a hash, no address."""
    try:
        key = accounts.email_key(request.form.get("email", ""))
    except BadValue:
        key = ""
    return "email:" + hashlib.sha256(key.encode()).hexdigest()[:32]


def who_key() -> str:
    """Return what acts are counted by: the account that is signed in, else where it comes from.

    Many share the network of a campus, and one person can have many.
    """
    try:
        account = current_account()
    except StoreError:
        account = None
    return address_key() if account is None else f"account:{account.id}"


limiter = Limiter(
    key_func=who_key,
    headers_enabled=True,
    strategy="moving-window",
    # The store of the limits being down must not lock everyone out: each process counts for itself
    # until it is back, and if even that fails the request goes through.
    in_memory_fallback_enabled=True,
    swallow_errors=True,
)
csrf = CSRFProtect()


class HeadIsGet:
    """Answers HEAD as GET, without its body.

    Pages ask whether they are to be shown (GET) or to act. Flask lets HEAD in wherever GET may, and
    a scanner of mail that only wants the head of a link's page would act by it.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("REQUEST_METHOD") != "HEAD":
            return self._app(environ, start_response)
        body = self._app(environ | {"REQUEST_METHOD": "GET"}, start_response)
        if hasattr(body, "close"):
            body.close()
        return []


def install(app: Flask, settings: Settings) -> None:
    """Configure cookies, CSRF, limits, trusted hosts, proxies and headers."""
    app.config.update(
        SECRET_KEY=secret_key(settings),
        # The prefix makes the browser itself refuse the cookie from a neighbouring host.
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=1024 * 1024,  # no page takes a file; one that does says so itself
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        RATELIMIT_STORAGE_URI=settings.limits_uri,
        RATELIMIT_STORAGE_OPTIONS=(
            {"socket_connect_timeout": 1, "socket_timeout": 1}
            if settings.limits_uri.startswith("redis")
            else {}
        ),
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_port=count
        )
    app.wsgi_app = HeadIsGet(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_let_files_in)
    csrf.init_app(app)
    limiter.init_app(app)
    # Templates ask `current_account`; without the processor a page for "the database is down" asks
    # the database nothing.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None  # the session is ours to end; an address may change
    manager.user_loader(load_signed_in)
    app.after_request(_with_headers)
    app.after_request(_one_notice_of_a_kind)


def _one_notice_of_a_kind(response: Response) -> Response:
    """Keep what waits to be said on the next page from piling up: each sentence once, and few."""
    if not session.modified:
        return response
    waiting = session.get("_flashes", [])
    kept = list(dict.fromkeys(map(tuple, waiting)))[-MOST_NOTICES:]
    if len(kept) < len(waiting):
        session["_flashes"] = kept
    return response


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if graphnet().settings.secure_cookies:
        response.headers.setdefault(
            "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
        )
    if request.endpoint == "static":
        return response
    # Pages differ by reader and language; nobody between us and the reader may keep one.
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.vary.update(("Cookie", "Accept-Language", "HX-Request"))
    return response
