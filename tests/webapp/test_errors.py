"""Every error has a page, a fragment and an object, in both languages, and tells no secrets."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import NumberRange, Optional

from graphnet import accounts, errors
from graphnet.store import Store
from tests.webapp.conftest import PASSWORD
from webapp.app import create_app
from webapp.frame.errors import STATUS, WORDS, status_of
from webapp.frame.fields import WholeNumberField

SECRET = "bolt://neo4j:secret@db"


@pytest.fixture
def broken(app: Flask) -> Flask:
    """The application with a page for each way to fail."""

    @app.get("/fail/<name>")
    def fail(name: str) -> str:
        if name.isdigit():
            abort(int(name))
        if name == "bug":
            raise ZeroDivisionError(SECRET)
        raise getattr(errors, name)(SECRET)

    return app


def leaves(kind: type = errors.GraphnetError) -> list[type]:
    below = kind.__subclasses__()
    return [kind] if not below else [leaf for child in below for leaf in leaves(child)]


@pytest.mark.parametrize("leaf", leaves(), ids=lambda leaf: leaf.__name__)
def test_every_error_of_ours_has_its_status_once(leaf: type[errors.GraphnetError]) -> None:
    status = status_of(leaf.__new__(leaf))  # by its kind, whatever it is told
    assert status in WORDS
    nearest = next(kind for kind in leaf.__mro__ if kind in STATUS)
    assert STATUS[nearest] == status


@pytest.mark.parametrize(
    ("name", "status", "english", "russian"),
    [
        ("BadValue", 400, "cannot be understood", "Не удалось понять"),
        ("PersonNotFound", 404, "Nothing here", "Здесь ничего нет"),
        ("NotAllowed", 403, "Not for this account", "Нет доступа"),
        ("TooMany", 429, "Too many tries", "Слишком много попыток"),
        ("Conflict", 409, "This is not possible now", "Сейчас это невозможно"),
        ("StoreUnavailable", 503, "Back in a moment", "Скоро вернёмся"),
        ("SnapshotError", 503, "Almost ready", "Почти готово"),
        ("StoreError", 500, "Something broke", "что-то сломалось"),
        ("bug", 500, "Something broke", "что-то сломалось"),
        ("413", 413, "Too large", "Слишком большой"),
        ("418", 418, "cannot be understood", "Не удалось понять"),
    ],
)
def test_each_failure_in_both_languages(
    broken: Flask, name: str, status: int, english: str, russian: str
) -> None:
    client = broken.test_client()
    for code, words in (("en", english), ("ru", russian)):
        answer = client.get(f"/fail/{name}", headers={"Accept-Language": code})
        assert answer.status_code == status
        assert words in answer.text
        assert f'<html lang="{code}">' in answer.text
        assert SECRET not in answer.text
        assert "Content-Security-Policy" in answer.headers


def test_a_visitor_is_sent_where_visitors_can_go(
    app: Flask, sign_in_as: Callable[..., Any]
) -> None:
    visitor = app.test_client().get("/nothing-here")
    assert visitor.status_code == 404
    assert "search" not in re.search("<main.*</main>", visitor.text, re.S)[0]  # type: ignore[index]
    assert 'href="/sign-in"' in visitor.text
    member = sign_in_as("alumnus").get("/nothing-here")
    assert "Try the search box above." in member.text


def test_browsers_and_searchers_find_what_they_ask_for(app: Flask) -> None:
    visitor = app.test_client()
    with visitor.get("/favicon.ico", follow_redirects=True) as icon:
        assert (icon.status_code, icon.mimetype) == (200, "image/svg+xml")
    robots = visitor.get("/robots.txt")
    assert robots.mimetype == "text/plain"
    assert robots.text.endswith("Disallow: /\n")


def test_staff_are_told_what_is_true_for_them(sign_in_as: Callable[..., Any]) -> None:
    for role, chosen in (("alumnus", True), ("staff", False)):
        page = sign_in_as(role).get("/account").text
        assert ("what people have chosen to show" in page) is chosen
        assert ("every look at people’s data is written down" in page) is not chosen


def test_an_expired_form_gives_back_what_was_written(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()
    said = {"text": "Ищу наставника <b>и друга</b>", "password": "a secret of mine", "kind": "x"}
    answer = client.post("/sign-in", data=said)
    assert answer.status_code == 400
    assert "Ищу наставника &lt;b&gt;и друга&lt;/b&gt;</textarea>" in answer.text
    assert "a secret of mine" not in answer.text


def test_htmx_gets_a_fragment_and_a_program_an_object(broken: Flask) -> None:
    client = broken.test_client()
    part = client.get("/fail/403", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert part.status_code == 403
    assert part.text.startswith("<div")
    assert 'role="alert"' in part.text
    whole = client.get("/fail/403", headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert "<html" in whole.text
    found = client.get("/fail/404", headers={"Accept": "application/json"})
    assert found.status_code == 404
    assert found.json is not None
    assert found.json["error"] == "Nothing here"


def test_a_wrong_method_says_which_are_right(broken: Flask) -> None:
    answer = broken.test_client().delete("/sign-in")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "Not like this" in answer.text


def test_what_is_too_large_is_refused(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = app.test_client().post("/dont-look-for-me", data={"name": "x" * 2000})
    assert answer.status_code == 413
    assert "Too large" in answer.text


def test_a_megabyte_is_the_most_that_any_page_takes(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    form = "multipart/form-data; boundary=x"
    answer = client.post("/sign-in", data=b"x" * 2_000_000, content_type=form)
    assert answer.status_code == 413


def test_what_waits_to_be_said_does_not_pile_up(app: Flask) -> None:
    client = app.test_client()
    for _ in range(12):
        client.get("/account", headers={"Accept-Language": "en"})
    page = client.get("/sign-in", headers={"Accept-Language": "en"})
    assert page.text.count("Please sign in to see this page") == 1


@pytest.mark.parametrize("sent", ["1" * 400, "9" * 5000, "-" + "1" * 40, "1e999", "٣" * 30])
def test_a_number_of_hundreds_of_digits_is_a_mistake_and_no_accident(app: Flask, sent: str) -> None:
    class Years(Form):  # type: ignore[misc]
        year = WholeNumberField("year", validators=[Optional(), NumberRange(1930, 2100)])

    with app.test_request_context():
        form = Years(MultiDict({"year": sent}))
        assert not form.validate()
        assert form.errors["year"]
        assert Years(MultiDict({"year": " 1998 "})).validate()


def test_every_number_in_a_form_is_checked_for_its_length() -> None:
    forms = (Path(__file__).parents[2] / "webapp" / "features").rglob("*.py")
    plain = re.compile(r"\b(Integer|Decimal|Float)Field\b")
    assert [path.name for path in forms if plain.search(path.read_text(encoding="utf-8"))] == []


def test_too_many_says_when_again(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    codes = [client.post("/dont-look-for-me", data={"name": ""}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    answer = client.post("/dont-look-for-me", data={"name": ""})
    assert "Too many tries" in answer.text


def test_without_its_database_the_site_still_answers(
    app: Flask,
    people_of_roles: dict[str, accounts.Account],
    store: Store,
    web_settings: object,
) -> None:
    """A real store whose server is not there, asked with a cookie that needs it."""
    client = app.test_client()
    client.post("/sign-in", data={"email": "alumnus@example.org", "password": PASSWORD})
    cookie = client.get_cookie("session")
    assert cookie is not None
    with Store("bolt://127.0.0.1:1", "neo4j", "x", retry_seconds=0.1, patient=False) as gone:
        lame = create_app(app.extensions["graphnet"].settings, store=gone)
        reader = lame.test_client()
        reader.set_cookie("session", cookie.value)
        answer = reader.get("/account", headers={"Accept-Language": "ru"})
        assert answer.status_code == 503
        assert "Скоро вернёмся" in answer.text
        assert answer.headers["Retry-After"] == "30"
        assert lame.test_client().get("/healthz").status_code == 200
        ready = lame.test_client().get("/readyz")
        assert ready.status_code == 503
        assert ready.json == {"status": "not ready"}
