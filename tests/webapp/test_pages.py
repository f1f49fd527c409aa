"""Fragments, sorting, pages and files: what features build on."""

import re

import pytest
from flask import Flask

from graphnet.errors import BadValue
from webapp.frame import respond
from webapp.frame.navigation import MOST_LINKS, SECTIONS, landing, navigation


@pytest.mark.parametrize(
    ("headers", "part"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "partial"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_when_a_fragment_is_asked_for(app: Flask, headers: dict[str, str], part: bool) -> None:
    with app.test_request_context(headers=headers):
        assert respond.is_fragment() is part


def test_pages_of_a_list(app: Flask) -> None:
    asked = {"": 1, "?page=2": 2, "?page=99": 3, "?page=0": 1, "?page=x": 1, "?page=-5": 1}
    for query, number in asked.items():
        with app.test_request_context(f"/people{query}"):
            assert respond.page_of(101, size=50).number == number
    last = respond.Page(3, 50, 101)
    assert (last.skip, last.first_shown, last.last_shown, last.last) == (100, 101, 101, 3)
    empty = respond.Page(1, 50, 0)
    assert (empty.first_shown, empty.last_shown, empty.last) == (0, 0, 1)


def test_sorting_by_address(app: Flask) -> None:
    for query, column, descending in (
        ("", "name", False),
        ("?sort=score", "score", False),
        ("?sort=-score", "score", True),
        ("?sort=password_hash", "name", False),
    ):
        with app.test_request_context(f"/staff{query}"):
            found = respond.sorted_by(("name", "score"), default="name")
            assert (found.column, found.descending) == (column, descending)


def test_an_address_with_some_of_its_query_changed(app: Flask) -> None:
    with app.test_request_context("/people?q=a%26b&page=3&unit=1&unit=2"):
        assert respond.url_with(page=None) == "/people?q=a%26b&unit=1&unit=2"
        assert respond.url_with(page=4, unit=None) == "/people?page=4&q=a%26b"
        assert respond.url_with(q="", unit=None, page=None) == "/people"


def test_csv_is_read_by_spreadsheets_and_runs_nothing() -> None:
    answer = respond.csv_answer("people-2026", ("имя", "n"), [("=cmd()", 1), ('Анна, "Аня"', -2)])
    assert answer.get_data(as_text=True) == ('\ufeffимя,n\r\n\'=cmd(),1\r\n"Анна, ""Аня""",-2\r\n')
    assert answer.mimetype == "text/csv"
    with pytest.raises(BadValue):
        respond.csv_answer('люди"; x=', (), [])


def test_navigation_leads_only_where_somebody_answers(app: Flask) -> None:
    with app.test_request_context("/admin/audit"):
        assert all(entry.path.startswith("/") for entry in navigation().links)
        assert navigation().areas == []
        assert landing(("admin",)) == "/admin"
        assert landing(()) == "/"


def test_no_section_is_a_list_to_be_read(app: Flask) -> None:
    """As many doors as a phone's bar has room for, behind each what fits a row."""
    held: dict[tuple[str, str], int] = {}
    for link in app.extensions["links"]:
        if link.section:
            held[link.area, link.section] = held.get((link.area, link.section), 0) + 1
    assert set(held) == {(area, name) for area, names in SECTIONS.items() for name in names}
    assert {place: n for place, n in held.items() if n > MOST_LINKS} == {}
    assert all(len(names) <= 6 for names in SECTIONS.values())


def test_each_door_of_a_visitor_has_a_picture_of_its_own(app: Flask) -> None:
    text = app.test_client().get("/").text
    bar = text.split('<nav class="sections"')[1].split("</nav>")[0]
    pictures = re.findall(r'<path d="([^"]+)"', bar)
    assert len(set(pictures)) == len(pictures) == bar.count("<li>") == len(SECTIONS["public"])
