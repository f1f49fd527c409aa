"""Words of links and codes, drawn from a key and from what they are for.

The graph keeps their hashes alone, so that a copy of it opens nothing; whoever has the key draws
the same word again. What it is for stands in what is said: one purpose's never fits another.
"""

import base64
import hashlib
import hmac

from graphnet.model import BASE32


def token(key: bytes, said: str) -> str:
    """Return the word in a link: 256 bits (HMAC-SHA-256, RFC 2104), 43 letters."""
    digest = hmac.digest(key, said.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def word(key: bytes, said: str, *, letters: int = 16) -> str:
    """Return a word that can be typed from paper: 5 bits a letter, no letter looks like another.

    Parameters
    ----------
    letters
        A multiple of 8, at most 48.
    """
    digest = hmac.digest(key, said.encode(), hashlib.sha256)
    number = int.from_bytes(digest[: letters * 5 // 8], "big")
    return "".join(BASE32[(number >> (5 * i)) & 31] for i in reversed(range(letters)))


def halves(text: str) -> str:
    """Return a word of eight letters as it is read out."""
    return f"{text[:4]}-{text[4:]}".upper()


def typed(text: str) -> str:
    """Return a word as it was meant: without dashes and capitals, letters that look like others."""
    plain = "".join(text.split()).replace("-", "").replace("–", "").casefold()
    return plain.replace("o", "0").replace("i", "1").replace("l", "1")
