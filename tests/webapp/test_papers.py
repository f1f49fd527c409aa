"""Papers as PDF: on as many pages as they need, each piece of each page tagged."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from webapp.features.projects.papers import Paper
from webapp.frame import i18n
from webapp.frame.i18n import in_tongue


@pytest.fixture
def russian() -> Iterator[None]:
    app = Flask("papers")
    app.secret_key = "papers"
    i18n.install(app)
    with app.test_request_context(), in_tongue("ru"):
        yield


def test_every_page_is_tagged_and_a_table_goes_on_with_its_head(russian: None) -> None:
    paper = Paper("Отчёт", colour="#1b4f93", association="Ассоциация")
    paper.heading("Деньги")
    rows = [(f"{n} мая", "Стекло " * 9, "1,00") for n in range(90)]
    head = ("Дата", "На что", "Поступило")
    paper.table(head, rows, (0.2, 0.6, 0.2), foot=("", "Вместе", "90,00"), numbers=1)
    paper.paragraph("Слово " * 1200)  # over the edge of a page
    made = paper.finished()
    pages = [int(n) for n in re.findall(rb"/StructParents (\d+)", made)]
    assert len(pages) > 3 and sorted(pages) == list(range(len(pages)))
    assert f"/ParentTreeNextKey {len(pages)}".encode() in made
    assert b"/Type /MCR" in made, "a paragraph on two pages says which piece stands where"
    assert made.count(b"/S /TR") == 92 and made.count(b"/S /H1") == 1
    assert made.count(b"/Scope /Column") == 3, "a head that is drawn again is not read again"
    assert b"/Lang (ru)" in made
