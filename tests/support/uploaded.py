"""A furnished site into which files are loaded up, and what its worker does with them."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graphnet import job_worker
from graphnet.engine import Engine
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from graphnet.worker import tasks
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("uploads"))


@pytest.fixture(scope="module")
def following(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    live = furnished(session_store, home)
    # Who is made by hand has taken no key from the counter.
    session_store.write("MERGE (c:Counter {name: 'person'}) SET c.next = 1000")
    yield live
    live.stop()


@pytest.fixture(scope="module")
def app(following: Live, home: Settings) -> Flask:
    return site(following, home)


@pytest.fixture(scope="module")
def staff(app: Flask) -> FlaskClient:
    return reader(app, "staff")


def work(following: Live, home: Settings) -> None:
    """Do what a worker would do now."""
    worker = job_worker.Worker(
        following.store, tasks(Engine(home, following.store, following), "work")
    )
    while worker.step():
        pass
    failed = "MATCH (j:Job) WHERE j.error <> '' RETURN j.kind AS kind, j.error AS error LIMIT 10"
    assert following.store.read(failed) == []


def post(client: FlaskClient, *files: tuple[str, bytes]) -> TestResponse:
    """Send files as a browser does; the test client itself would leave a temporary file open."""
    sent = b"".join(
        f'--cut\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, content in files
    )
    return client.post(
        "/staff/imports/new",
        data=sent + b"--cut--\r\n",
        content_type="multipart/form-data; boundary=cut",
    )


def load(client: FlaskClient, name: str, content: bytes) -> str:
    answer = post(client, (name, content))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]
