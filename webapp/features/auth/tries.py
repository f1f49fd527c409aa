"""By what tries to sign in are counted, so that nobody can lock anybody out.

A browser that an account has been signed in to from counts for itself: neither strangers who try
that address nor neighbours in one network use up its tries. All others count by the address and the
network together, and for one address together there is an end, too. Who meets it without a known
browser comes in by a letter or a passkey.
"""

import hashlib

from flask import g, request

from graphnet import accounts
from graphnet.errors import StoreError
from webapp.features.auth.entering import DEVICE_COOKIE
from webapp.frame.context import graphnet
from webapp.frame.security import address_key, email_limit_key

HERE = "10/15 minutes;30/day"  # at one address, from one network or known browser
NETWORK = "20/5 minutes;100/hour"  # from one network, at any
EVERYWHERE = "60/hour;100/day"  # at one address, from all browsers that it does not know


def known_browser() -> bool:
    """Return whether the account that is tried was signed in to from this browser before."""
    if "known_browser" not in g:
        try:
            g.known_browser = accounts.knows_device(
                graphnet().store, request.form.get("email", ""), _browser()
            )
        except StoreError:
            g.known_browser = False
    return bool(g.known_browser)


def here_key() -> str:
    """Return what tries are counted by: the address, with the browser it knows or the network."""
    told = hashlib.sha256(_browser().encode()).hexdigest()[:32] if known_browser() else ""
    return f"{email_limit_key()}:{told or address_key()}"


def _browser() -> str:
    return request.cookies.get(DEVICE_COOKIE, "")[:64]
