"""News: in one language or two, read by whom it is for, changed without loss, taken back."""

from collections.abc import Iterator

import pytest
from flask import Flask

from graphnet.news import reading, writing
from graphnet.privacy import ANYONE
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site

WORDS = {
    "kind": "news",
    "title_ru": "Открыт зал",
    "text_ru": "С понедельника.",
    "topics": ["optics"],
    "visibility": "members",
}


@pytest.fixture(scope="module")
def app(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    session_store.run_alone(WIPE)
    home = own_home(settings, tmp_path_factory.mktemp("news"))
    live = furnished(session_store, home)
    yield site(live, home)
    live.stop()


def written(app: Flask, **changed: object) -> str:
    made = reader(app, "staff").post("/staff/news/new", data={**WORDS, **changed})
    assert made.status_code == 303, made.text
    return str(made.location.rpartition("/")[2])


def test_a_piece_in_russian_alone_is_enough_and_everybody_reads_it(app: Flask) -> None:
    made = written(app)
    assert reader(app, "alumnus").get(f"/news/{made}").status_code == 404, "a draft is staff's"
    staff = reader(app, "staff")
    assert "draft" in staff.get(f"/news/{made}").text
    staff.post(f"/staff/news/{made}/publish")
    english = reader(app, "alumnus")
    english.get("/language/en")
    assert "Открыт зал" in english.get(f"/news/{made}").text
    assert "Открыт зал" in english.get("/news").text
    assert reader(app, "anyone").get(f"/news/{made}").status_code == 404, "for members"
    form = staff.get(f"/staff/news/{made}/edit").text
    assert form.count("Открыт зал") == 1, "one language stands there once"


def test_what_is_for_everybody_stands_on_the_front_page(app: Flask) -> None:
    made = written(app, title="A prize", text="For the laboratory.", visibility="public")
    visitor = reader(app, "anyone")
    visitor.get("/language/en")
    assert "A prize" not in visitor.get("/").text
    reader(app, "staff").post(f"/staff/news/{made}/publish")
    assert "A prize" in visitor.get("/news").text
    assert "For the laboratory." in visitor.get(f"/news/{made}").text
    reader(app, "staff").post(f"/staff/news/{made}/withdraw")
    assert visitor.get(f"/news/{made}").status_code == 404
    assert "A prize" not in visitor.get("/news").text


def test_two_who_change_the_same_piece_lose_nothing(app: Flask) -> None:
    made = written(app)
    one, two = reader(app, "staff"), reader(app, "staff")
    first = one.post(f"/staff/news/{made}/edit", data={**WORDS, "version": "1", "text_ru": "Раз"})
    assert first.status_code == 303
    late = two.post(f"/staff/news/{made}/edit", data={**WORDS, "version": "1", "text_ru": "Два"})
    assert late.status_code == 409
    assert "Раз" in late.text
    assert "Два" in late.text
    again = two.post(f"/staff/news/{made}/edit", data={**WORDS, "version": "2", "text_ru": "Два"})
    assert again.status_code == 303
    assert "Два" in one.get(f"/news/{made}").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title_ru": ""}, "A title and a text are needed"),
        ({"title": "Only a title"}, "A title and a text are needed"),
        ({"topics": []}, "Please fill this in."),
        ({"link": "http://example.org"}, "another with https://"),
        ({"link": "//example.org"}, "another with https://"),
        ({"link": "javascript:alert(1)"}, "another with https://"),
        ({"link": "https://me@example.org"}, "another with https://"),
    ],
)
def test_a_wrong_piece_comes_back_with_what_was_written(
    app: Flask, change: dict[str, object], words: str
) -> None:
    staff = reader(app, "staff")
    staff.get("/language/en")
    page = staff.post("/staff/news/new", data={**WORDS, **change})
    assert page.status_code == 422
    assert words in page.text
    assert "С понедельника." in page.text


def test_a_piece_of_a_later_day_waits_for_it(app: Flask, session_store: Store) -> None:
    made = written(app, at="2099-01-01T10:00")
    reader(app, "staff").post(f"/staff/news/{made}/publish")
    assert reader(app, "alumnus").get(f"/news/{made}").status_code == 404
    assert "waits for its day" in reader(app, "staff").get("/staff/news").text
    rows, total = reading.pieces(session_store, ANYONE)
    assert made not in {row.id for row in rows}
    assert total == len(rows)


def test_only_staff_write(app: Flask) -> None:
    made = written(app)
    for role in ("alumnus", "analyst"):
        client = reader(app, role)
        assert client.get("/staff/news").status_code == 403
        assert client.post(f"/staff/news/{made}/publish").status_code == 403


@pytest.mark.parametrize("link", ["", "/events", "/events?kind=week#x", "https://example.org/a?b"])
def test_a_link_leads_to_a_page_of_ours_or_to_another_site(link: str) -> None:
    assert writing.harmless(link)
