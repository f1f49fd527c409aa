"""What anyone sees: the first page, its figures, and 'don't look for me'."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graphnet import accounts, changes
from graphnet.statistics.public import OpenFigures, open_figures
from graphnet.store import Store
from tests.support.pages import without_tokens

Accounts = dict[str, accounts.Account]
Readers = Callable[[str], FlaskClient]

EVENTS = """UNWIND $rows AS row
CREATE (:Event {id: row.id, key: row.key, title: row.title, title_ru: row.title_ru,
  starts_at: row.at, time_zone: 'Asia/Vladivostok', visibility: row.visibility, venue: 'Hall'})"""


def test_the_first_page_shows_coming_public_events_only(app: Flask, store: Store) -> None:
    soon = datetime(datetime.now(UTC).year + 1, 1, 5, 9, 30, tzinfo=UTC) - timedelta(days=0)
    rows = [
        ("open", "Open evening", "Открытый вечер", soon, "public"),
        ("members", "Members only", "Для своих", soon, "members"),
        ("past", "Long ago", "Давно", datetime.now(UTC) - timedelta(days=2), "public"),
    ]
    names = ("id", "title", "title_ru", "at", "visibility")
    store.write(
        EVENTS,
        rows=[dict(zip(names, r, strict=True)) | {"key": i} for i, r in enumerate(rows)],
    )
    page = app.test_client().get("/").text
    assert "Open evening" in page
    assert "Members only" not in page
    assert "Long ago" not in page
    # 09:30 UTC is 19:30 in Vladivostok, and that is what its visitors go by.
    assert f"5 January {soon.year}, 19:30" in page
    assert "Vladivostok time" in page
    russian = app.test_client().get("/", headers={"Accept-Language": "ru"}).text
    assert f"5 января {soon.year}, 19:30" in russian
    assert "по времени города Владивосток" in russian
    assert "Открытый вечер" in russian


def test_small_figures_and_hidden_people_are_not_shown(
    app: Flask, people_of_roles: Accounts, store: Store
) -> None:
    figures = open_figures(store)
    assert figures == OpenFigures(None, None, None)  # four people: too few to say
    store.write(
        "UNWIND range(10, 12) AS key CREATE (:Person {id: 'more' + toString(key), key: key, "
        "name_key: 'n', visibility: 'shown'})"
    )
    rows = [{"email": f"m{key}@example.org", "person_key": key} for key in range(10, 13)]
    accounts.create_many(store, rows, "a walk in the park 77")
    assert open_figures(store).members == 7
    store.write("MATCH (p:Person {key: 10}) SET p.visibility = 'hidden'")
    store.write("MATCH (p:Person {key: 11}) SET p.died_on = date('2020-01-01')")
    assert open_figures(store).members == 5
    assert "people have registered" in app.test_client().get("/").text


def test_nobody_learns_who_is_on_file_by_asking(app: Flask, store: Store) -> None:
    store.write("CREATE (:Person {id: 'p', key: 1, given_name: 'Vera', family_name: 'Orlova', "
                "name_key: 'vera orlova', visibility: 'shown'})")  # fmt: skip
    client = app.test_client()
    answers = [
        client.post(
            "/dont-look-for-me",
            data={"name": name, "studies": "physics 1998"},
            follow_redirects=True,
        )
        for name in ("Vera Orlova", "Nobody Atall")
    ]
    assert without_tokens(answers[0].text) == without_tokens(answers[1].text)
    assert answers[0].status_code == 200
    rows = store.read("MATCH (r:Request {kind: 'hide'}) RETURN r.subject AS who ORDER BY who")
    assert [row["who"] for row in rows] == ["Nobody Atall", "Vera Orlova"]
    # Nobody is hidden by a stranger's word.
    assert store.read("MATCH (p:Person) RETURN p.visibility AS v LIMIT 1")[0]["v"] == "shown"


def test_a_wish_needs_a_name(app: Flask, store: Store) -> None:
    answer = app.test_client().post("/dont-look-for-me", data={"name": ""})
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    assert store.read("MATCH (r:Request) RETURN count(r) AS n LIMIT 1")[0]["n"] == 0


def test_who_is_signed_in_is_hidden_at_once(
    sign_in_as: Readers, people_of_roles: Accounts, store: Store
) -> None:
    client = sign_in_as("alumnus")
    key = people_of_roles["alumnus"].person_key
    before = changes.newest(store)
    answer = client.post("/dont-look-for-me", data={"hide_me": "1"}, follow_redirects=True)
    assert "You are hidden" in answer.text
    row = store.read("MATCH (p:Person {key: $key}) RETURN p.visibility AS v LIMIT 1", key=key)[0]
    assert row["v"] == "hidden"
    assert [(c.kind, c.people) for c in changes.after(store, before)] == [("hidden", (key,))]


@pytest.mark.parametrize("path", ["/", "/sign-in", "/dont-look-for-me", "/privacy"])
def test_pages_are_whole_html_in_both_languages(app: Flask, path: str) -> None:
    for code in ("en", "ru"):
        text = app.test_client().get(path, headers={"Accept-Language": code}).text
        assert text.lstrip().lower().startswith("<!doctype html>")
        assert f'<html lang="{code}">' in text
        assert text.count("<h1") == 1
        assert 'id="main"' in text


def test_anybody_can_read_what_is_done_with_their_data(
    app: Flask, sign_in_as: Readers, people_of_roles: Accounts
) -> None:
    anyone = app.test_client()
    assert 'href="/privacy"' in anyone.get("/sign-in").text, "at the foot of every page"
    text = anyone.get("/privacy").text
    assert "their own intake alone sees" in text, "as this installation is set"
    assert "5 years" in text and "30 days" in text
    assert 'href="/sign-in"' in text and "/me/erase" not in text
    own = sign_in_as("alumnus").get("/privacy").text
    for place in ("/me", "/me/export", "/me/notices", "/me/erase", "/ask"):
        assert f'href="{place}"' in own
