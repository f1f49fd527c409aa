"""Keycloak, the provider that universities run most, on a port of this machine.

Its distribution (150 MB) comes by jgo, as Neo4j's jars do, and is kept beside those.
"""

import json
import os
import secrets
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from graphnet.server.binaries import find_java
from tests.support.artifacts import Artifact
from tests.support.ports import free_port

DISTRIBUTION = Artifact(
    "org.keycloak",
    "keycloak-quarkus-dist",
    "26.4.5",
    "zip",
    "72f73642a2c36de797d51b4b2b342d4a49f6e5832af10aa470cd123627bd80b3",
)
REALM, CLIENT, USER = "university", "alumni", "anna"
SECONDS = 300.0  # to start on a busy machine: the first time it builds itself anew


@dataclass
class Keycloak:
    """A running one with a realm, a client and a user in it."""

    issuer: str
    secret: str
    password: str


def realm(secret: str, password: str, back: str) -> dict[str, object]:
    """Return what is in it: one site that may ask, with PKCE, and one user."""
    return {
        "realm": REALM,
        "enabled": True,
        "sslRequired": "none",
        "clients": [
            {
                "clientId": CLIENT,
                "secret": secret,
                "redirectUris": [back],
                "attributes": {"pkce.code.challenge.method": "S256"},
            }
        ],
        "users": [
            {
                "username": USER,
                "enabled": True,
                "email": "alumnus@example.org",
                "emailVerified": True,
                "firstName": "Анна",
                "lastName": "Смирнова",
                "credentials": [{"type": "password", "value": password}],
            }
        ],
    }


@contextmanager
def keycloak(folder: Path, back: str) -> Iterator[Keycloak]:
    """Start one in a folder, and end it after.

    Parameters
    ----------
    back
        The address to which it may send people back.
    """
    with zipfile.ZipFile(DISTRIBUTION.fetched()) as packed:
        packed.extractall(folder)
    home = folder / f"keycloak-{DISTRIBUTION.version}"
    (home / "data" / "import").mkdir(parents=True)
    secret, password = secrets.token_urlsafe(24), secrets.token_urlsafe(12)
    (home / "data" / "import" / f"{REALM}.json").write_text(
        json.dumps(realm(secret, password, back)), encoding="utf-8"
    )
    port = free_port()
    java, _ = find_java()
    with (folder / "keycloak.log").open("wb") as log:
        process = subprocess.Popen(
            [
                "bash", home / "bin" / "kc.sh", "start-dev", "--import-realm",
                "--http-host", "127.0.0.1", "--http-port", str(port),
            ],
            env=os.environ | {"JAVA_HOME": str(java.parent.parent), "JAVA_OPTS": "-Xmx512m"},
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    issuer = f"http://127.0.0.1:{port}/realms/{REALM}"
    try:
        _wait(issuer, process, folder / "keycloak.log")
        yield Keycloak(issuer, secret, password)
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=30)


def _wait(issuer: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        try:
            if requests.get(f"{issuer}/.well-known/openid-configuration", timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.5)
    raise AssertionError(log.read_text(encoding="utf-8")[-2000:])
