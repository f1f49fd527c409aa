"""/classmates narrowed by its address, searched inside, and opened as CSV."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("classmates"))
    live = furnished(session_store, home)
    yield site(live, home)
    live.stop()


@pytest.fixture(scope="module")
def anna(app: Flask) -> FlaskClient:
    return reader(app, "alumnus")


def people_on(text: str) -> set[str]:
    return {name for name in ("Борис", "Георгий", "Жанна", "Вера", "Евгений") if name in text}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("", {"Борис", "Георгий", "Жанна"}),
        ("?state=no_contact", {"Борис"}),
        ("?state=not_registered", {"Георгий"}),
        ("?state=registered", {"Жанна"}),
        ("?state=lately", {"Жанна"}),
        ("?state=nonsense", {"Борис", "Георгий", "Жанна"}),
        ("?group=A", {"Борис", "Георгий"}),
        ("?group=optics98", {"Жанна"}),
        ("?group=optics99", {"Борис", "Георгий", "Жанна"}),  # not mine: as if it were not asked
        ("?name=petrov", {"Борис"}),
        ("?name=орлова", set()),  # hidden: as whoever is not there
        ("?name=жана+соколова", {"Жанна"}),
    ],
)
def test_the_page_is_narrowed_by_its_address(
    anna: FlaskClient, question: str, expected: set[str]
) -> None:
    answer = anna.get(f"/classmates{question}")
    assert answer.status_code == 200
    assert people_on(answer.text) == expected


def test_my_groups_open_as_csv_and_the_intake_does_not(anna: FlaskClient) -> None:
    answer = anna.get("/classmates?as=csv")
    assert answer.mimetype == "text/csv"
    assert people_on(answer.text) == {"Борис", "Георгий"}
    assert "example.org" not in answer.text
    assert people_on(anna.get("/classmates?as=csv&state=no_contact").text) == {"Борис"}


def test_figures_stay_those_of_the_whole_group(anna: FlaskClient) -> None:
    text = anna.get("/classmates?state=registered").text
    assert "Nobody of this group fits" in text
    assert "no contact" in text


def test_staff_have_no_classmates_here(app: Flask) -> None:
    answer = reader(app, "staff").get("/classmates?as=csv")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
