"""Addresses of our static files, with a fingerprint, so that a browser may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for

STATIC = Path(__file__).parent / "static"


@cache
def fingerprint(name: str) -> str:
    """Return the first letters of the file's SHA-256 sum."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def address(name: str) -> str:
    """Return the address of a file under static/."""
    return url_for("static", filename=name, v=fingerprint(name))


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 304):
        # What others published is in folders named by version: style sheets name it plainly.
        lasting = "v" in request.args or request.path.startswith("/static/vendor/")
        seconds = 31_536_000 if lasting else 300
        suffix = ", immutable" if lasting else ""
        response.headers["Cache-Control"] = f"public, max-age={seconds}{suffix}"
    return response


def install(app: Flask) -> None:
    """Let browsers keep what has a fingerprint in its address."""
    app.after_request(_keep)
