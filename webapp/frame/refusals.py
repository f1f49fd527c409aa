"""What was refused stands on the audit trail: wrong passwords, limits, pages that are not theirs.

The same from the same within ten minutes is one entry, and there are only so many: nobody fills the
trail by being refused. No entry holds an address; an account that was tried is named by its id.
"""

import hashlib
import hmac
import logging
import time
from threading import Lock

from flask import Flask, Response, current_app, request

from graphnet import accounts, audit, keys
from graphnet.errors import BadValue, StoreError
from webapp.frame.context import graphnet
from webapp.frame.security import address_key, current_account

log = logging.getLogger(__name__)

EVERY = 600.0  # seconds within which the same is once
MOST = 200  # of one process within these
ACTS = {403: "refused", 429: "limit"}


class Refusals:
    """What this process has noted lately."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._noted: dict[tuple[str, ...], float] = {}

    def is_new(self, what: tuple[str, ...]) -> bool:
        """Return whether something is to be noted, and remember it."""
        now = time.monotonic()
        with self._lock:
            self._noted = {one: at for one, at in self._noted.items() if now - at < EVERY}
            if what in self._noted or len(self._noted) >= MOST:
                return False
            self._noted[what] = now
            return True


def note(act: str, *, actor: str = "", subject: str = "", detail: str = "") -> None:
    """Write that something was refused; no answer fails for it."""
    found = current_app.extensions["refusals"]
    assert isinstance(found, Refusals)
    if not found.is_new((act, actor or address_key(), subject, detail)):
        return
    try:
        audit.refused(graphnet().store, act, actor=actor, subject=subject, detail=detail)
    except StoreError as problem:
        log.warning("refusal.lost act=%s problem=%s", act, problem)


def sign_in(email: str) -> None:
    """Note that an address and a password did not belong together.

    An address without an account is told by a sum that only this site can make.
    """
    try:
        key = accounts.email_key(email)
        known = accounts.account_by_email(graphnet().store, email)
    except (BadValue, StoreError):
        return
    secret = keys.key(graphnet().settings, "links")
    told = hmac.digest(secret, f"tried {key}".encode(), hashlib.sha256).hex()[:16]
    note("sign-in.failed", subject=known.id if known else "", detail="" if known else told)


def _look(response: Response) -> Response:
    act = ACTS.get(response.status_code)
    if act is None or request.endpoint is None:
        return response
    try:
        account = current_account()
    except StoreError:
        return response
    note(act, actor=account.id if account else "", detail=request.endpoint)
    return response


def install(app: Flask) -> None:
    """Look at every answer of this application."""
    app.extensions["refusals"] = Refusals()
    app.after_request(_look)
