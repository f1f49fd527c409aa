"""A week is planned with a finger: a session is pulled by its handle, and never by scrolling.

The touches are those of the browser's own protocol, as a screen would send them: where the page
scrolls of itself, it scrolls.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from graphnet.events.content import Content
from graphnet.privacy import Viewer
from graphnet.weeks import frame, planning
from graphnet.weeks.frame import Column, Day, Frame
from graphnet.weeks.planning import Slot
from tests.browser.conftest import LiveServer, OpenPage
from tests.support.graphs import STAFF

OFFICE = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "plan weeks")
DAY = date.today() + timedelta(days=20)
FRAME = Frame(
    "Touched Week",
    "Неделя на ощупь",
    days=(Day(DAY, "Science", "Наука"),),
    places=(
        Column("hall", "Hall", "Зал"),
        Column("yard", "Yard", "Двор"),
        Column("roof", "Roof", "Крыша"),
    ),
)
# One row: where a session stands, and where it is planned to stand.
STANDS = """MATCH (e:Event {title: 'Robots'}) RETURN e.hall AS hall,
  e.starts_at.epochSeconds = datetime({date: date($day), hour: 10,
    timezone: 'Europe/Moscow'}).epochSeconds AS at_ten LIMIT 1"""

Point = tuple[float, float]


@pytest.fixture
def phone(page_as: OpenPage, live_server: LiveServer) -> Iterator[Page]:
    """The plan of a week with one session, at ten in the hall, on a phone."""
    store = live_server.store
    week_id = frame.create(store, OFFICE, FRAME)
    content = Content(title="Robots", title_ru="Роботы", audience="public")
    starts = datetime(DAY.year, DAY.month, DAY.day, 10)
    planning.add(store, OFFICE, week_id, content, Slot(starts, 60, "", "hall"))
    path = f"/staff/weeks/{week_id}"
    yield page_as("staff", path=path, width=390, height=700, has_touch=True, is_mobile=True)
    store.write("MATCH (e:Event {title: 'Robots'}) DETACH DELETE e")


def middle(what: Locator) -> Point:
    box = what.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def touch(screen: CDPSession, kind: str, *points: Point) -> None:
    screen.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
    )


def pull(page: Page, through: Sequence[Point], *, steps: int = 8) -> None:
    """Put a finger down, lead it through these points and lift it."""
    screen = page.context.new_cdp_session(page)
    touch(screen, "touchStart", through[0])
    for (x, y), (to_x, to_y) in pairwise(through):
        for n in range(1, steps + 1):
            touch(screen, "touchMove", (x + (to_x - x) * n / steps, y + (to_y - y) * n / steps))
            page.wait_for_timeout(20)
    touch(screen, "touchEnd")


def field(page: Page, hour: int, column: str) -> Locator:
    return page.locator(f'td[data-at="{DAY}T{hour:02}:00"][data-column="{column}"]')


def test_a_session_is_pulled_by_its_handle(
    phone: Page, live_server: LiveServer, shoot: Callable[[Page, str], None]
) -> None:
    session = phone.locator("[data-session]", has_text="Robots")
    handle = session.locator(".week-handle")
    expect(handle).to_be_visible()
    box = handle.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 44, "large enough for a finger"
    handle.scroll_into_view_if_needed()
    with phone.expect_navigation():
        pull(phone, [middle(handle), middle(field(phone, 12, "hall"))])
    expect(session).to_contain_text("12:00–13:00")
    shoot(phone, "finger-moved")
    phone.reload()
    expect(session).to_contain_text("12:00–13:00")
    (row,) = live_server.store.read(STANDS, day=f"{DAY}")
    assert row == {"hall": "hall", "at_ten": False}


def test_a_column_beyond_the_edge_is_reached(phone: Page, live_server: LiveServer) -> None:
    """The table is wider than the phone: at its edge it goes along while the finger is there."""
    session = phone.locator("[data-session]", has_text="Robots")
    handle = session.locator(".week-handle")
    handle.scroll_into_view_if_needed()
    roof = field(phone, 10, "roof")
    x, y = middle(handle)
    width = 390
    assert middle(roof)[0] > width - 20, "it is not to be seen at first"
    screen = phone.context.new_cdp_session(phone)
    touch(screen, "touchStart", (x, y))
    touch(screen, "touchMove", (x + 20, y))
    touch(screen, "touchMove", (width - 15, y))
    lit = phone.locator("td.week-over")
    expect(lit).to_have_attribute("data-column", "roof")
    with phone.expect_navigation():
        touch(screen, "touchEnd")
    (row,) = live_server.store.read(STANDS, day=f"{DAY}")
    assert row["hall"] == "roof"


@pytest.mark.parametrize("rest", [0, 900])
def test_who_scrolls_moves_nothing(phone: Page, live_server: LiveServer, rest: int) -> None:
    sent: list[str] = []
    phone.on("request", lambda one: sent.append(one.method))
    session = phone.locator("[data-session]", has_text="Robots")
    session.scroll_into_view_if_needed()
    before = phone.evaluate("scrollY")
    x, y = middle(session.locator("p").first)
    screen = phone.context.new_cdp_session(phone)
    touch(screen, "touchStart", (x, y))
    phone.wait_for_timeout(rest)  # a finger that rests begins a drag, where a browser has that
    for n in range(1, 13):
        touch(screen, "touchMove", (x, y - 20 * n))
        phone.wait_for_timeout(20)
    touch(screen, "touchEnd")
    phone.wait_for_timeout(300)
    if not rest:
        assert phone.evaluate("scrollY") > before + 50, "the page has gone along"
    assert "POST" not in sent
    (row,) = live_server.store.read(STANDS, day=f"{DAY}")
    assert row == {"hall": "hall", "at_ten": True}
