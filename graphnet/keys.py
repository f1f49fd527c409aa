"""One key for each purpose, so that one can be changed without the others' work becoming void.

A key is a file below the installation's home, made when it is first needed and kept by
`graphnet backup`. What it is made from is the secret key (HKDF, RFC 5869), so that several hosts
with one secret key come to the same files; once made it no longer depends on it: after a leak the
secret key that signs cookies is changed, and a published season still verifies. A file put in a
key's place, or the next version of it, is a new key.

The first release drew everything from the secret key itself. What it made still verifies: with the
keys of such an installation lie those of then, for verifying alone.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from graphnet.errors import BadValue, SettingsError
from graphnet.settings import Settings

# What needs a key that outlasts the cookies' one.
PURPOSES = (
    "pseudonyms", "seasons", "ballots", "links", "factors", "tickets", "badges", "replies",
)  # fmt: skip
SIZE = 32
# What the first release drew from the secret key for the same purpose.
EARLIER: dict[str, Callable[[bytes], bytes]] = {
    "seasons": lambda secret: hmac.digest(secret, b"graphnet seasons", hashlib.sha256),
    "ballots": lambda secret: hmac.digest(secret, b"ballot seal", hashlib.sha256),
    "links": lambda secret: secret,
}


def secret_key(settings: Settings) -> str:
    """Return the key that signs cookies; the demo keeps one of its own in its home.

    Raises
    ------
    SettingsError
        If there is none and this is no demo.
    """
    if settings.secret_key:
        return settings.secret_key
    if not settings.demo:
        raise SettingsError(
            "GRAPHNET_SECRET_KEY is not set: make one with `graphnet admin secret-key`, and keep "
            "it, or every session ends when the server starts again"
        )
    path = settings.home / "secret-key"
    _write_once(path, secrets.token_hex(SIZE))
    return path.read_text(encoding="ascii").strip()


def key(settings: Settings, purpose: str) -> bytes:
    """Return the key of one purpose, 32 bytes; all are made when one is first asked for.

    On an analyst's own machine there is no secret key. Pseudonyms must be the same in all that is
    taken home from there, so that theirs is then drawn, and kept like any other.

    Raises
    ------
    SettingsError
        If it has not been made yet and there is no secret key to make it from.
    """
    if purpose not in PURPOSES:
        raise BadValue(f"there is no key for {purpose!r}; purposes: {', '.join(PURPOSES)}")
    path = settings.keys / purpose
    if not path.exists():
        if purpose == "pseudonyms" and not (settings.secret_key or settings.demo):
            _write_once(path, secrets.token_hex(SIZE))
            return key(settings, purpose)
        secret = secret_key(settings)
        for name in PURPOSES:
            _write_once(settings.keys / name, derived(secret, name).hex())
        for name, earlier in EARLIER.items():
            _write_once(settings.keys / f"{name}.earlier", earlier(secret.encode()).hex())
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def trusted(settings: Settings, purpose: str) -> tuple[bytes, ...]:
    """Return the keys by which something of one purpose may have been made, the present one first.

    Only the present one makes anything; the others verify what was made before it.
    """
    own = key(settings, purpose)
    earlier = settings.keys / f"{purpose}.earlier"
    if not earlier.exists():
        return (own,)
    return own, bytes.fromhex(earlier.read_text(encoding="ascii").strip())


def derived(secret: str, purpose: str) -> bytes:
    """Return what the secret key gives for a purpose, 32 bytes."""
    step = HKDF(algorithm=SHA256(), length=SIZE, salt=None, info=f"graphnet:{purpose}:1".encode())
    return step.derive(secret.encode())


def _write_once(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all; an existing one stays."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # the first process wins, and all read the same
    except FileExistsError:
        pass
    finally:
        draft.unlink()
