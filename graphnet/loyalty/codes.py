"""The codes by which perks are taken: only this installation makes them, and each is used once.

A code is the HMAC of its node's id under a key of its own, eight letters that can be typed. The
graph keeps the HMAC of the code and its partner, so that a copy of it redeems nothing.
"""

import hashlib
import hmac
from collections.abc import Sequence

from graphnet import tokens

LENGTH = 8


def code(key: bytes, code_id: str) -> str:
    """Return what is typed: 8 letters, 40 bits."""
    return tokens.word(key, f"perk {code_id}", letters=LENGTH)


def kept(key: bytes, partner: str, text: str) -> str:
    """Return what the graph keeps of a partner's code."""
    return hmac.digest(key, f"perk of {partner}: {text}".encode(), hashlib.sha256).hex()


def own(keys: Sequence[bytes], partner: str, code_id: str, hashed: str) -> str:
    """Return a code as its owner reads it; '' if the key that made it is gone."""
    for key in keys:
        made = code(key, code_id)
        if hmac.compare_digest(kept(key, partner, made), hashed):
            return tokens.halves(made)
    return ""
