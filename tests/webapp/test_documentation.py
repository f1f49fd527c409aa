"""The papers on the site: every page is there, every link leads to one, nothing else is served."""

import re

import pytest
from flask import Flask

from webapp.features.documentation.routes import pages


def test_every_page_is_shown_and_links_only_to_pages(app: Flask) -> None:
    client = app.test_client()
    assert {"index", "start/staff", "operate/running", "reference/settings"} <= pages()
    for name in pages():
        page = client.get(f"/docs/{name}")
        assert page.status_code == 200, name
        for target in re.findall(r'(?:href|src)="(/docs/[^"#]+)"', page.text):
            with client.get(target) as found:  # a picture is an open file until it is closed
                assert found.status_code == 200, f"{name}: {target}"
    assert "A first quarter of an hour" in client.get("/docs").text


def test_links_between_files_work_on_the_site_too(app: Flask) -> None:
    moved = app.test_client().get("/docs/start/staff.md")
    assert (moved.status_code, moved.location) == (301, "/docs/start/staff")


@pytest.mark.parametrize(
    "name",
    ["nothing", "../README", "..%2f..%2fpyproject.toml", "conf.py", "pictures/../conf.py", "START"],
)
def test_nothing_beside_the_pages_is_served(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/docs/{name}").status_code == 404


def test_the_footer_leads_there_in_both_languages(app: Flask) -> None:
    for language, word in (("en", "Documentation"), ("ru", "Документация")):
        page = app.test_client().get("/", headers={"Accept-Language": language}).text
        assert f'<a href="/docs">{word}</a>' in page
