"""The names of a map's circles: none lies on another one, as drawn, and all of them can be had."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from graphnet.computed import refresh
from tests.browser.conftest import LiveServer, OpenPage

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]

CIRCLES = 32
# So many people in the circles, from the largest; each is of a faculty with a name of its own.
MAKE = """UNWIND range(0, $circles - 1) AS c
CREATE (u:Unit {id: 'faculty' + c, kind: 'faculty', name: 'Faculty of Applied Optics No ' + c,
  name_ru: 'Факультет прикладной оптики № ' + c})
WITH c, u UNWIND range(0, 44 - c) AS i
CREATE (p:Person:Alumnus {id: 'n' + c + '-' + i, key: 10000 + 100 * c + i, given_name: 'A',
  family_name: 'B', name_key: 'x', visibility: 'shown'})
CREATE (p)-[:COMPLETED {year: 1990 + i % 8}]->(u)"""
TIES = """MATCH (p:Person) WHERE p.key >= 10000
MATCH (q:Person) WHERE q.key IN [p.key + 1, p.key + 2, p.key + 5]
CREATE (p)-[:KNOWS {since: 2001, strength: 0.5, source: 'test'}]->(q)"""
BETWEEN = """MATCH (p:Person) WHERE p.key >= 10000 AND p.key % 100 < 3
MATCH (q:Person {key: p.key + 100 * (1 + p.key % 3)})
CREATE (p)-[:KNOWS {since: 2001, strength: 0.1, source: 'test'}]->(q)"""

# What is written on the labels' canvas since it was cleared, as the canvas itself measures it.
WATCH = """() => {
  const canvas = CanvasRenderingContext2D.prototype;
  const { fillText, clearRect } = canvas;
  window.texts = [];
  canvas.clearRect = function (...box) {
    if (this.canvas.classList.contains("sigma-labels")) window.texts = [];
    return clearRect.apply(this, box);
  };
  canvas.fillText = function (text, x, y) {
    if (this.canvas.classList.contains("sigma-labels")) {
      const size = this.measureText(text);
      window.texts.push({
        text, left: x, right: x + size.width,
        top: y - size.actualBoundingBoxAscent, bottom: y + size.actualBoundingBoxDescent,
      });
    }
    return fillText.call(this, text, x, y);
  };
}"""


@pytest.fixture(scope="module", autouse=True)
def circles(live_server: LiveServer) -> Iterator[None]:
    store = live_server.store
    store.write(MAKE, circles=CIRCLES)
    store.write(TIES)
    store.write(BETWEEN)
    refresh(store, live_server.live.folder)
    live_server.live.refresh()
    yield


def drawn(page: Page) -> list[dict[str, Any]]:
    """Return the names that stand on the drawing now, when it has come to rest."""
    page.evaluate("() => document.fonts.ready")
    before: list[dict[str, Any]] = []
    for _ in range(50):
        page.wait_for_timeout(300)
        found: list[dict[str, Any]] = page.evaluate("() => window.texts")
        if found and found == before:
            return found
        before = found
    raise AssertionError("the drawing never comes to rest")


def overlaps(texts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (one["text"], other["text"])
        for i, one in enumerate(texts)
        for other in texts[:i]
        if one["left"] < other["right"] and other["left"] < one["right"]
        and one["top"] < other["bottom"] and other["top"] < one["bottom"]
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("ru", 1280)])
def test_no_name_of_a_circle_lies_on_another_and_none_is_lost(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot, language: str, width: int
) -> None:
    page = page_as("analyst", language=language, width=width)
    page.add_init_script(f"({WATCH})()")
    page.goto("/maps/everybody/all?as=circles")
    place, told = page.locator("#map"), page.locator("#map-told")
    expect(place).to_have_attribute("data-circles", re.compile(r"^[1-9]\d*$"))
    count = int(place.get_attribute("data-circles") or 0)
    assert count >= CIRCLES
    texts = drawn(page)
    word = {"en": "circle", "ru": "круг"}[language]
    # How a map is turned follows from its installation's key: some leave no room for a whole name.
    first = texts[0]["text"]
    assert first == "1" or first.startswith(f"{word} 1"), "the largest circle is named first"
    assert overlaps(texts) == []
    box = place.bounding_box()
    assert box is not None
    assert all(one["left"] >= -1 and one["right"] <= box["width"] + 1 for one in texts)
    assert len(texts) >= {1280: 20, 390: 10}[width], "most circles say which they are"
    shoot(page, f"analyst-map-names-{language}-{width}")
    # By keyboard each is named in whole, and its name is then on the drawing.
    place.focus()
    for _ in range(3):
        place.press("ArrowLeft")  # from the smallest
        said = told.inner_text().partition(" (")[0].partition(": ")[0]
        texts = drawn(page)
        assert texts[0]["text"].startswith(said.split()[0]), said
        assert overlaps(texts) == []
    # Nearer, more of them have room.
    place.press("Escape")
    few = len(drawn(page))
    for _ in range(3):
        place.press("+")
        page.wait_for_timeout(250)
    near = drawn(page)
    assert overlaps(near) == [] and near
    assert few
    # The table has all of them, for everybody.
    page.locator(".map-circles summary").click()
    rows = page.locator(".map-circles tbody th")
    assert rows.count() == count
    assert all(text.startswith(word) for text in rows.all_inner_texts())
    check_axe(page)
    check_width(page)


def test_a_name_that_has_no_room_is_there_when_it_is_pointed_at(
    page_as: OpenPage, shoot: Shoot
) -> None:
    page = page_as("analyst")
    page.add_init_script(f"({WATCH.replace('sigma-labels', 'sigma-hovers')})()")
    page.goto("/maps/everybody/all?as=circles")
    place = page.locator("#map")
    expect(place).to_have_attribute("data-circles", re.compile(r"^[1-9]\d*$"))
    box = place.bounding_box()
    assert box is not None
    said: list[str] = []
    for x in range(40, int(box["width"]), 24):  # along the middle there are some
        page.mouse.move(box["x"] + x, box["y"] + box["height"] / 2)
        page.wait_for_timeout(20)
        said += [one["text"] for one in page.evaluate("() => window.texts")]
    assert any(text.startswith("circle ") for text in said), said
    shoot(page, "analyst-map-names-hover")


@pytest.mark.parametrize(
    "wanted",
    [
        "state=9",
        "faculty=77",
        "decade=x",
        "island=400",
        "circle=900",
        "core=99",
        "depth=1&person=0123456789abcdef",
    ],
)
def test_a_link_that_nobody_fits_shows_nobody_and_says_so(
    page_as: OpenPage, check_axe: Check, wanted: str
) -> None:
    page = page_as("analyst", path=f"/maps/everybody/all?{wanted}")
    place, nobody = page.locator("#map"), page.locator("#map-nobody")
    expect(place).to_have_attribute("data-shown", "0")
    expect(nobody).to_contain_text("Nobody on this map fits")
    assert page.locator("tr[data-node]:visible").count() == 0
    if wanted == "state=9":
        check_axe(page)
    page.get_by_role("link", name="Show everybody").click()
    expect(place).to_have_attribute("data-shown", re.compile(r"^[1-9]\d+$"))
    expect(nobody).to_be_hidden()
    assert wanted not in page.url


def test_steps_are_counted_from_somebody(page_as: OpenPage, check_axe: Check) -> None:
    page = page_as("analyst", path="/maps/everybody/all?depth=1")
    place, unchosen = page.locator("#map"), page.locator("#map-unchosen")
    expect(unchosen).to_contain_text("Choose somebody")
    check_axe(page)
    everybody = int(place.get_attribute("data-shown") or 0)
    page.get_by_label("Find on the map").fill(page.locator("tr[data-node] a").first.inner_text())
    page.get_by_label("Find on the map").press("Enter")
    expect(unchosen).to_be_hidden()
    assert 1 < int(place.get_attribute("data-shown") or 0) < everybody
    # The map of somebody's surroundings has somebody already.
    page.locator("#map-around").click()
    expect(place).to_have_attribute("data-shown", re.compile(r"^[1-9]\d*$"))
    around = int(place.get_attribute("data-shown") or 0)
    page.goto(f"{page.url}?rings=2&depth=1")
    expect(place).to_have_attribute("data-shown", re.compile(r"^[1-9]\d*$"))
    expect(unchosen).to_be_hidden()
    assert 1 < int(place.get_attribute("data-shown") or 0) <= around


def test_a_circle_that_is_in_no_list_and_somebody_who_is_not_there(page_as: OpenPage) -> None:
    page = page_as("analyst", path="/maps/everybody/all?circle=3")
    expect(page.locator("#map")).to_have_attribute("data-shown", re.compile(r"^[1-9]\d?$"))
    expect(page.locator("#map-circle")).to_have_value("3")
    page.goto("/maps/everybody/all?person=0123456789abcdef")
    expect(page.locator("#map-told")).to_have_text("Nobody on this map is called so.")
    for wrong in ("layer=hates", "layer=any"):
        answer = page.goto(f"/maps/everybody/all?{wrong}")
        assert answer is not None and answer.status == 404
