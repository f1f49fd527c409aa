"""A registration's ticket: a code that only this installation makes, as QR and to be typed.

It is the HMAC of the registration's id under a key of its own. The first letters are what is typed
at the door, where it is looked up among those who are registered for that one event.
"""

import hmac
from collections.abc import Sequence

from graphnet import tokens

LENGTH, SHORT = 32, 8
PREFIX = "GN"


def code(key: bytes, registration: str) -> str:
    """Return a registration's code: 32 letters, 160 bits."""
    return tokens.word(key, f"ticket {registration}", letters=LENGTH)


def short(key: bytes, registration: str) -> str:
    """Return what is typed."""
    return code(key, registration)[:SHORT]


def written(key: bytes, registration: str) -> str:
    """Return what the QR holds: capitals, which make a coarser and better picture."""
    return f"{PREFIX}:{registration}:{code(key, registration)}".upper()


def read(keys: Sequence[bytes], text: str) -> str:
    """Return the registration of a ticket that was scanned; '' if it is none of ours."""
    prefix, _, rest = text.strip().casefold().partition(":")
    registration, _, given = rest.partition(":")
    if prefix != PREFIX.casefold() or not registration.isascii() or not given.isascii():
        return ""
    good = any(hmac.compare_digest(code(key, registration), given) for key in keys)
    return registration if good else ""
