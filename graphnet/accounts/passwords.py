"""Passwords: argon2id with the low-memory profile of RFC 9106 (section 4, second option).

Length is the only rule of form (NIST SP 800-63B-4, section 3.1.1.2): no rules of composition, which
make passwords worse, and no password that would be among the first to be tried. Letters that look
alike and are typed otherwise on another keyboard are one password (NFKC, ibid.).

What is tried first: a list of ours with the long ones of published leaks and their Russian
siblings, and whatever zxcvbn (Wheeler, "zxcvbn: low-budget password strength estimation", USENIX
Security 2016) makes of 30,000 leaked passwords, names, words, dates and rows of keys in fewer than
a million guesses. Both look at the keys too that Russian words are typed with.
"""

import unicodedata
from pathlib import Path

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from graphnet.errors import BadValue

SHORTEST = 10
LONGEST = 256  # an argon2 run costs the same at any length, but a megabyte is no password

GUESSES = 1e6  # fewer, and somebody with a list gets in
_LOOKED_AT = 64  # of a longer one only the beginning is taken apart: it takes milliseconds so

# The keys of Russian letters, as they stand on the same keyboard with Latin ones.
_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`")

_hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)

# Of the passwords seen most often in published leaks, those that are long enough to pass otherwise,
# and their Russian siblings; compared in lower case.
COMMON = frozenset(
    Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split()
)


def check_password(password: str, *, email: str = "") -> None:
    """Refuse a password that is too short, too long, or among the first that anyone would try.

    Raises
    ------
    BadValue
        With the reason as its code: 'short', 'long', 'common' or 'email'.
    """
    password = _plain(password)
    if len(password) < SHORTEST:
        raise BadValue(
            f"the password is shorter than {SHORTEST} characters: choose a longer one", code="short"
        )
    if len(password) > LONGEST:
        raise BadValue(
            f"the password is longer than {LONGEST} characters: choose a shorter one", code="long"
        )
    lowered = password.casefold()
    if lowered in COMMON or len(set(lowered)) < 3:
        raise BadValue(
            "the password is among the first that anyone would try: choose another one",
            code="common",
        )
    own = email.casefold()
    if own and lowered in (own, own.partition("@")[0]):
        raise BadValue("the password is the address: choose another one", code="email")
    beginning = lowered[:_LOOKED_AT]
    words = [word for word in (own, *own.replace("@", ".").split(".")) if word]
    for typed in {beginning, beginning.translate(_KEYS)}:
        if zxcvbn(typed, user_inputs=words)["guesses"] < GUESSES:
            raise BadValue(
                "the password is among the first that anyone would try: choose another one",
                code="common",
            )


def hashed(password: str) -> str:
    """Return the argon2id hash of a password; about 60 ms and 64 MiB."""
    return _hasher.hash(_plain(password))


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


# Verified against when there is no account, so that the answer takes as long as for a real one.
_NOBODY = hashed("nobody has this password")


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether the password belongs to the hash; without a hash, after the same time: no."""
    # As it was typed only where that differs: hashes of before are of it.
    tried = dict.fromkeys((_plain(password)[:LONGEST], password[:LONGEST]))
    return any(_verified(password_hash, one) for one in tried) and password_hash is not None


def _verified(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False


def is_dated(password_hash: str) -> bool:
    """Return whether the hash was made with older parameters and should be made again."""
    return _hasher.check_needs_rehash(password_hash)
