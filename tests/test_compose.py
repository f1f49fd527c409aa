"""docker-compose.yml as Compose itself reads it: nothing missing, nothing open, no default secret.

Compose is Debian's docker-compose. Where it is missing the tests are skipped; with CI=true they
fail.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from graphnet.settings import load

ROOT = Path(__file__).parent.parent
SECRETS = {
    "SITE_HOST": "alumni.university.example",
    "GRAPHNET_SECRET_KEY": "k" * 40,
    "NEO4J_PASSWORD": "a-long-password",
    "REDIS_PASSWORD": "0123456789abcdef",
}
MAIL = {
    "GRAPHNET_SMTP_URI": "smtps://letters:word@mail.university.example",
    "GRAPHNET_MAIL_FROM": "alumni@university.example",
    "GRAPHNET_MAIL_NAME": "Alumni of the University",
    "GRAPHNET_MAIL_REPLIES": "ask@university.example",
    "GRAPHNET_MAIL_REQUESTS": "ask@university.example",
}


def config(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = shutil.which("docker-compose")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("docker-compose is missing, and CI=true")
        pytest.skip("docker-compose is missing")
    return subprocess.run(
        [program, "-f", str(ROOT / "docker-compose.yml"), "config"],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    said = config(SECRETS | MAIL)
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = yaml.safe_load(said.stdout)["services"]
    return found


@pytest.mark.parametrize("name", SECRETS)
def test_without_a_secret_it_does_not_start_and_says_which(name: str) -> None:
    said = config({key: value for key, value in SECRETS.items() if key != name})
    assert said.returncode != 0
    assert name in said.stderr


def test_web_and_worker_know_address_mail_and_limits(services: dict[str, Any]) -> None:
    for name in ("web", "worker"):
        given = {k: v for k, v in services[name]["environment"].items() if v is not None}
        settings = load({name: str(value) for name, value in given.items()})
        assert settings.site_url == "https://alumni.university.example"
        assert settings.trusted_hosts == ("alumni.university.example", "localhost")
        assert settings.smtp_uri == MAIL["GRAPHNET_SMTP_URI"]
        assert settings.mail_from == MAIL["GRAPHNET_MAIL_FROM"]
        assert settings.mail_name == MAIL["GRAPHNET_MAIL_NAME"]
        assert settings.mail_replies == settings.mail_requests == MAIL["GRAPHNET_MAIL_REPLIES"]
        assert settings.limits_uri == "redis://:0123456789abcdef@redis:6379"
        assert settings.proxies == 1
        assert settings.secure_cookies


def test_without_mail_the_defaults_hold() -> None:
    said = config(SECRETS)
    assert said.returncode == 0, said.stderr
    environment = yaml.safe_load(said.stdout)["services"]["web"]["environment"]
    settings = load({name: str(value or "") for name, value in environment.items()})
    assert settings.smtp_uri == ""


def test_only_the_proxy_is_reached_from_outside(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if service.get("ports")} == {"proxy"}
    assert list(services["neo4j"]["networks"]) == list(services["redis"]["networks"]) == ["inside"]
    assert list(services["proxy"]["networks"]) == ["outside"]
    for name in ("proxy", "web", "worker"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert all("healthcheck" in services[name] for name in services if name != "worker")


def test_redis_forgets_no_count_and_asks_for_a_password(services: dict[str, Any]) -> None:
    command = " ".join(services["redis"]["command"])
    assert "maxmemory-policy noeviction" in command
    assert "requirepass" in command
    assert SECRETS["REDIS_PASSWORD"] not in command


def test_the_proxy_waits_for_slow_clients_and_keeps_inner_pages_inside() -> None:
    text = (ROOT / "Caddyfile").read_text(encoding="utf-8")
    for wanted in (r"read_header \d+s", r"read_body \d+s", r"request_buffers 1MB", "max_size 1MB"):
        assert re.search(wanted, text), wanted
    assert re.search(r"@inside path /metrics /readyz\s+respond @inside 404", text)
    assert "reverse_proxy web:8000" in text
    assert text.count("{") == text.count("}")
