"""What no route catches is told in the words of the page's feature, and nothing else is."""

from typing import Any

import pytest
from flask import Flask

from graphnet import errors
from graphnet.versions import Meanwhile
from tests.support.pages import without_tokens
from webapp.frame.reasons import GENERAL, reason, why

SECRET = "what only the log is told"


@pytest.fixture
def broken(app: Flask) -> Flask:
    """The application with a page of communities for each way to refuse something."""

    def fail(name: str, code: str) -> str:
        raise getattr(errors, name)(SECRET, code=code.strip("-"), field="name")

    def overtaken() -> str:
        raise Meanwhile(None, 3)

    app.add_url_rule("/refuse/<name>/<code>", endpoint="groups.fail", view_func=fail)
    app.add_url_rule("/overtaken", endpoint="groups.overtaken", view_func=overtaken)
    app.add_url_rule("/elsewhere/<name>/<code>", endpoint="fail", view_func=fail)
    return app


LAST = "Somebody has to organise it: appoint another organiser first."


@pytest.mark.parametrize(
    ("name", "code", "status", "english", "russian"),
    [
        ("Conflict", "last", 409, LAST, "организ"),
        ("BadValue", "long", 400, "This is too long", "Слишком длинно"),
        ("TooMany", "asked", 429, "Ten of your requests wait already", "ждут десять"),
        ("NotAllowed", "founder", 403, "its founder reads it", "основател"),
        ("Conflict", "some-other", 409, "The community has changed", "Сообщество"),
    ],
)
def test_a_page_says_why_in_both_languages(
    broken: Flask, name: str, code: str, status: int, english: str, russian: str
) -> None:
    client = broken.test_client()
    for language, words in (("en", english), ("ru", russian)):
        answer = client.get(f"/refuse/{name}/{code}", headers={"Accept-Language": language})
        assert answer.status_code == status
        assert words in answer.text
        assert SECRET not in answer.text
        for quicker in ("Somebody was quicker", "Кто-то успел раньше", "cannot be understood"):
            assert quicker not in answer.text, "nobody else has done anything"


def test_a_fragment_and_an_object_say_it_too(broken: Flask) -> None:
    client = broken.test_client()
    part = client.get(
        "/refuse/Conflict/last", headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert part.status_code == 409 and LAST in part.text and "<html" not in part.text
    told: dict[str, Any] = client.get(
        "/refuse/Conflict/last", headers={"Accept": "application/json"}
    ).get_json()
    assert told.keys() == {"error", "message", "code", "field"}
    assert (told["code"], told["field"]) == ("last", "name")
    assert told["message"].startswith(LAST) and SECRET not in str(told)


def test_a_feature_without_words_says_what_is_general(broken: Flask) -> None:
    client = broken.test_client()
    page = client.get("/elsewhere/Conflict/last")
    assert page.status_code == 409
    assert "This is not possible now" in page.text and LAST not in page.text
    told = client.get("/elsewhere/Conflict/last", headers={"Accept": "application/json"}).get_json()
    assert told["code"] == "last" and told["error"] == "This is not possible now"
    without = client.get("/refuse/Conflict/-")
    assert "The community has changed" not in without.text, "a sentence without a code is general"


def test_who_was_overtaken_is_told_so(broken: Flask) -> None:
    page = broken.test_client().get("/overtaken").text
    assert "Somebody was quicker" in page
    assert "Somebody has changed the community meanwhile." in page


@pytest.mark.parametrize("kind", ["ThingNotFound", "PersonNotFound", "NotFound", "ModelMissing"])
def test_what_is_not_there_has_no_words_of_its_own(broken: Flask, kind: str) -> None:
    """Hidden and unknown are told alike, whatever the error knows."""
    client = broken.test_client()
    for headers in ({}, {"Accept": "application/json"}, {"HX-Request": "true"}):
        page, bare = (
            client.get(f"/refuse/{kind}/{code}", headers=headers) for code in ("last", "----")
        )
        assert page.status_code == bare.status_code == 404
        assert without_tokens(page.text.replace("/last", "/----")) == without_tokens(bare.text)
        assert LAST not in page.text
    told = client.get(f"/refuse/{kind}/last", headers={"Accept": "application/json"}).get_json()
    assert (told["code"], told["field"]) == ("", "")


def test_the_words_of_a_field_go_before_those_of_the_code_and_these_before_the_rest(
    app: Flask,
) -> None:
    needed = errors.BadValue(SECRET, code="needed", field="notice")
    with app.test_request_context("/groups", headers={"Accept-Language": "en"}):
        assert why(needed).startswith("Say why")
        assert why(errors.BadValue(SECRET, code="needed", field="name")).startswith("Please fill")
        assert why(errors.BadFile(SECRET)) == str(GENERAL[errors.BadInput][""])
        assert reason(errors.ThingNotFound(SECRET, code="last")) == ""
        assert reason(needed, of="events") != reason(needed, of="groups")
        assert why(errors.SnapshotError(SECRET), "otherwise") == "otherwise"
