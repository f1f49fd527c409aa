"""The feature that docs/develop/feature.md works through is one package, and works as it says."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import webapp.features
from graphnet import erasure, features, migrations
from graphnet.errors import ThingNotFound
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, BORIS, STAFF

PAGE = Path(__file__).parents[2] / "docs" / "develop" / "feature.md"
FILE = re.compile(r"```(?:python|html)\n(?:# |<!-- )(guestbook/\S+)(?: -->)?\n(.*?)```", re.DOTALL)
BOOK = "/groups/club/guest-book"


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("features")
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    webapp.features.__path__.append(str(folder))
    features.registered.cache_clear()
    session_store.run_alone(WIPE)
    migrations.of_features(session_store, features.registered().labels)
    home = own_home(settings, tmp_path_factory.mktemp("guestbook"))
    live = furnished(session_store, home)
    yield site(live, home)
    live.stop()
    webapp.features.__path__.remove(str(folder))
    features.registered.cache_clear()


def test_a_member_writes_and_another_member_reads(app: Flask) -> None:
    anna = reader(app, "alumnus")
    assert "Be the first." in anna.get(BOOK).text
    assert anna.post(BOOK, data={"text": "Hello from Perm"}).status_code == 303
    page = anna.get(BOOK).text
    assert "Hello from Perm" in page
    assert "Анна" in page
    empty = anna.post(BOOK, data={"text": "  "})
    assert empty.status_code == 400 and "between 1 and 1,000 characters" in empty.text
    graph = importlib.import_module("webapp.features.guestbook.graph")
    live = app.extensions["graphnet"].engines
    _, entries = graph.book(live, Viewer("alumnus", BORIS, "b"), "club")
    assert [entry["text"] for entry, _ in entries] == ["Hello from Perm"]


def test_who_is_no_member_and_who_is_wrong_get_one_answer(app: Flask) -> None:
    graph = importlib.import_module("webapp.features.guestbook.graph")
    live = app.extensions["graphnet"].engines
    for key, group in ((ANNA, "none"), (STAFF, "club")):
        with pytest.raises(ThingNotFound, match="no such community"):
            graph.book(live, Viewer("alumnus", key, "x"), group)
    assert reader(app, "alumnus").get("/groups/none/guest-book").status_code == 404
    assert app.test_client().get(BOOK).status_code == 303


def test_it_is_in_my_data_and_goes_with_its_writer(app: Flask, session_store: Store) -> None:
    assert "Hello from Perm" in reader(app, "alumnus").get("/me/export").text
    staff = Viewer("staff", STAFF, "a", purpose="erase")
    erasure.erase(session_store, staff, ANNA, features.registered().holdings)
    left = session_store.read("MATCH (e:GuestBookEntry) RETURN count(e) AS n")
    assert left[0]["n"] == 0
