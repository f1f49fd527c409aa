"""What machines ask, and what stands in the log."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts
from graphnet.jobs import BEAT
from graphnet.store import Store
from tests.webapp.conftest import PASSWORD


def beat(store: Store, ago: float) -> None:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    store.write(BEAT, process="worker-1", kind="worker", now=at, detail="")


TOKEN = {"Authorization": "Bearer " + "t" * 20}


def test_alive_and_ready(make_app: Callable[..., Flask], store: Store) -> None:
    client = make_app(metrics_token="t" * 20).test_client()
    assert client.get("/healthz").text == "ok\n"
    found = client.get("/readyz", headers=TOKEN)
    assert found.status_code == 503  # no snapshot in this process
    assert found.json == {
        "status": "not ready", "neo4j": "ok", "snapshot": "not loaded", "worker": "not heard of",
    }  # fmt: skip
    beat(store, 5)
    assert client.get("/readyz", headers=TOKEN).json["worker"] == "ok"
    beat(store, 500)
    assert client.get("/readyz", headers=TOKEN).json["worker"] == "late"


def test_a_stranger_learns_whether_it_is_ready_and_no_more(
    make_app: Callable[..., Flask], store: Store
) -> None:
    for app in (make_app(), make_app(metrics_token="t" * 20)):
        client = app.test_client()
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer no"}):
            found = client.get("/readyz", headers=headers)
            assert (found.status_code, found.json) == (503, {"status": "not ready"})


def test_metrics_are_for_who_has_the_token(make_app: Callable[..., Flask], store: Store) -> None:
    beat(store, 7)
    app = make_app(demo=False, secret_key="k" * 40, metrics_token="t" * 20)
    client = app.test_client()
    client.get("/")
    client.get("/no-such-page")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer " + "t" * 20})
    assert answer.status_code == 200
    page = 'graphnet_requests_total{endpoint="front.front",method="GET",status="200"} 1.0'
    assert page in answer.text
    assert 'endpoint="none",method="GET",status="404"' in answer.text
    age = next(
        line for line in answer.text.splitlines() if line.startswith("graphnet_worker_heartbeat")
    )
    assert 6 < float(age.split()[1]) < 60


def test_metrics_are_off_without_a_token(
    make_app: Callable[..., Flask],
) -> None:
    off = make_app(demo=False, secret_key="k" * 40).test_client()
    assert off.get("/metrics").status_code == 404
    assert off.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    assert (
        make_app().test_client().get("/metrics").status_code == 404
    )  # the demo on its own machine


def test_the_log_knows_no_person(
    app: Flask,
    people_of_roles: dict[str, accounts.Account],
    store: Store,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = accounts.make_link(store, people_of_roles["staff"].id, "reset")
    with caplog.at_level(logging.INFO):
        client: FlaskClient = app.test_client()
        away = {"REMOTE_ADDR": "203.0.113.77"}
        client.post(
            "/sign-in",
            data={"email": "alumnus@example.org", "password": PASSWORD},
            environ_base=away,
        )
        client.get("/people/person-1?q=Orlova", environ_base=away)
        client.get(f"/reset/{token}", environ_base=away)
        client.get("/", environ_base={"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"})
    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "request endpoint=auth.sign_in method=POST status=303" in text
    assert "from=203.0.113.0/24" in text
    assert "from=2001:db8:1:2::/64" in text
    for secret in ("alumnus@", PASSWORD, "Orlova", "person-1", token, "203.0.113.77", "3:4:5:6"):
        assert secret not in text
