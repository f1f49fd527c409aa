"""An Alumni Week as a guest lives it: heard of, made one's own, come to, thanked for, counted."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import vobject
from playwright.sync_api import Locator, Page, expect

from graphnet import job_worker, jobs
from graphnet.computed import refresh
from graphnet.engine import Engine
from graphnet.events import door
from graphnet.events.content import Content
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.weeks import frame, planning, thanks
from graphnet.weeks.frame import Column, Day, Frame
from graphnet.weeks.planning import Slot
from tests.browser.conftest import PASSWORD, LiveServer, OpenPage
from tests.support.contest_season import season_of_year
from tests.support.graphs import ANNA, STAFF
from tests.support.letters import delivered
from webapp.frame.context import graphnet

OFFICE = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "plan weeks")
FIRST = date.today() + timedelta(days=5)
FRAME = Frame(
    "Alumni Week",
    "Неделя выпускников",
    "Three days at the university.",
    "Три дня в университете.",
    days=(
        Day(FIRST, "Science", "Наука"),
        Day(FIRST + timedelta(days=1), "Entrepreneurship", "Предпринимательство"),
    ),
    places=(Column("hall", "Hall", "Зал"), Column("yard", "Yard", "Двор")),
)
# Title, its Russian, topic, day, hour, place.
SESSIONS = (
    ("Lenses today", "Линзы сегодня", "optics", 0, 10, "hall"),
    ("Choir in the yard", "Хор во дворе", "music", 0, 10, "yard"),
    ("From lens to business", "От линзы к делу", "optics", 1, 15, "hall"),
)
TOPICS = """MATCH (p:Person {key: $me})
CREATE (p)-[:INTERESTED_IN {weight: 1.0}]->(:Topic {id: 'optics', name: 'Optics',
  name_ru: 'Оптика'})
CREATE (:Topic {id: 'music', name: 'Music', name_ru: 'Музыка'})
WITH p MATCH (p)<-[:OF]-(a:Account) SET a.language = 'ru'"""
# The session begins; the week is over; the job of the door is due.
BEGINS = """MATCH (e:Event {title: 'Lenses today'})
SET e.starts_at = datetime() - duration('PT20M'), e.ends_at = datetime() + duration('PT40M')"""
ENDS = """MATCH (e:Event {title: 'Lenses today'})
SET e.starts_at = datetime() - duration('PT2H'), e.ends_at = datetime() - duration('PT1H')"""
OVER = """MATCH (e:Event)-[:IN]->(:Festival {id: $week})
SET e.starts_at = datetime() - duration('P2DT1H'), e.ends_at = datetime() - duration('P2D')"""
DUE = "MATCH (j:Job {kind: $kind}) SET j.run_at = datetime()"


@pytest.fixture
def week(live_server: LiveServer) -> str:
    """A week that is published, in days, with something that suits Anna; and a season."""
    store = live_server.store
    season_of_year(store, str(datetime.now().year))
    store.write(TOPICS, me=ANNA)
    week_id = frame.create(store, OFFICE, FRAME)
    for title, title_ru, topic, day, hour, place in SESSIONS:
        content = Content(
            title=title, title_ru=title_ru, audience="public", capacity=20, topics=(topic,)
        )
        starts = datetime(FIRST.year, FIRST.month, FIRST.day, hour) + timedelta(days=day)
        planning.add(store, OFFICE, week_id, content, Slot(starts, 90, "", place))
    planning.publish(live_server.live, OFFICE, week_id, number=1)
    refresh(store, settings_of(live_server).snapshots)
    live_server.live.catch_up()
    return week_id


def settings_of(live_server: LiveServer) -> Settings:
    with live_server.app.app_context():
        return graphnet().settings


def press(page: Page, what: Locator) -> None:
    """Go there and press Enter, as somebody without a mouse does, and wait for the next page."""
    what.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def session(page: Page, title: str) -> Locator:
    """Return a session of the programme: others may name it as being at their time."""
    link = page.get_by_role("link", name=title, exact=True)
    return page.get_by_role("listitem").filter(has=link)


def path_of(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


def test_a_week_is_lived_from_hearing_of_it_to_the_tier(
    page_as: OpenPage,
    live_server: LiveServer,
    week: str,
    tmp_path: Path,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    store, settings = live_server.store, settings_of(live_server)
    shots = iter(range(1, 100))

    def look(page: Page, name: str) -> None:
        check_axe(page)
        check_width(page)
        shoot(page, f"lived-{next(shots):02}-{name}")

    # Heard of on the first page, by somebody who has not signed in.
    anna = page_as("anyone", path="/", language="ru", width=390)
    press(anna, anna.get_by_role("region", name="Неделя выпускников").get_by_role("button"))
    expect(anna.get_by_role("heading", level=1)).to_have_text("Неделя выпускников")
    look(anna, "programme-signed-out")
    press(anna, anna.get_by_role("button", name="Войти и составить программу"))
    anna.get_by_label("Электронная почта").fill("alumnus@example.org")
    password = anna.get_by_label("Пароль")
    password.fill(PASSWORD)
    press(anna, password)
    # Her own programme, empty yet, leads to what suits her, with why.
    expect(anna.get_by_text("В вашей программе пока пусто")).to_be_visible()
    press(anna, anna.get_by_role("main").get_by_role("link", name="Подобрано для меня").last)
    first = anna.get_by_role("listitem").filter(has_text="Линзы сегодня")
    expect(first).to_contain_text("Оптика")
    expect(anna.get_by_text("Хор во дворе")).to_have_count(0)
    look(anna, "suggested")
    press(anna, anna.get_by_role("button", name="Записать меня на выбранное"))
    expect(anna.get_by_text("Вы записаны на 2 встречи.")).to_be_visible()
    # What is at the same time is said, and given up where it is seen.
    press(anna, anna.get_by_role("link", name="Программа", exact=True))
    choir = session(anna, "Хор во дворе")
    press(anna, choir.get_by_role("button", name="Приду"))
    expect(anna.get_by_text("На это же время вы зарегистрированы")).to_be_visible()
    press(anna, anna.get_by_role("link", name="Моя программа"))
    expect(anna.get_by_text("Некоторые ваши встречи идут одновременно")).to_be_visible()
    look(anna, "clash")
    press(anna, choir.get_by_role("button", name="Не приду"))
    expect(anna).to_have_url(re.compile(f"/week/{week}/mine$"))
    expect(anna.get_by_text("Некоторые ваши встречи идут одновременно")).to_have_count(0)
    look(anna, "mine")
    # Into her calendar, where another program reads it.
    anna.get_by_role("link", name="В мой календарь (.ics)").focus()
    with anna.expect_download() as download:
        anna.keyboard.press("Enter")
    download.value.save_as(tmp_path / "week.ics")
    read = vobject.readOne((tmp_path / "week.ics").read_text(encoding="utf-8"))
    assert [one.summary.value for one in read.vevent_list] == ["Линзы сегодня", "От линзы к делу"]
    assert {one.location.value for one in read.vevent_list} == {"Зал"}

    # The day has come: her ticket, and the door.
    store.write(BEGINS)
    anna.reload()
    row = session(anna, "Линзы сегодня")
    press(anna, row.get_by_role("link", name="Билет"))
    code = anna.locator(".ticket-code").inner_text()
    look(anna, "ticket")
    staff = page_as("staff", path="/staff/weeks")
    staff.get_by_role("main").get_by_role("link", name="Alumni Week", exact=True).click()
    staff.goto(f"{path_of(staff.url)}?day={date.today()}")
    staff.get_by_role("link", name="Lenses today").click()
    staff.get_by_role("link", name="The door").click()
    staff.get_by_role("button", name="Make a link").click()
    at_door = page_as("anyone", path=path_of(staff.locator("code").first.inner_text()), width=390)
    at_door.get_by_label("Code of the ticket").fill(code)
    at_door.keyboard.press("Enter")
    expect(at_door.locator("#door-said")).to_contain_text("Come in!")
    look(at_door, "door")
    anna.goto(f"/week/{week}/mine")
    press(anna, anna.get_by_role("link", name="Линзы сегодня", exact=True))
    expect(anna.get_by_text("вы на месте")).to_be_visible()
    page_of_event = path_of(anna.url)

    # Over: thanked at once, and counted as soon as the door's list is in the ledger.
    store.write(ENDS)
    anna.reload()
    expect(anna.get_by_role("heading", name="Спасибо, что пришли")).to_be_visible()
    store.write(DUE, kind=door.ENTERED)
    engine = Engine(settings, store, live_server.live)
    worker = job_worker.Worker(store, {door.ENTERED: jobs.Task(door.bookkeeper(engine))})
    while worker.step():
        pass
    anna.reload()
    look(anna, "event-thanks")
    press(anna, anna.get_by_role("link", name="Это есть в вашем вкладе"))
    expect(anna.get_by_role("link", name="Линзы сегодня").first).to_be_visible()
    look(anna, "contribution")
    # On to the tier: what she did counts before she has joined, and by its name.
    press(anna, anna.get_by_role("link", name="Моё членство и уровень"))
    expect(anna.get_by_text("То, что вы сделали, уже учитывается")).to_be_visible()
    press(anna, anna.get_by_role("button", name="Вступить"))
    counted = anna.get_by_role("region", name="Что учитывается из сделанного вами")
    expect(counted.get_by_role("link", name="Линзы сегодня").first).to_be_visible()
    look(anna, "tier")

    # A day later a letter thanks her, and each of its addresses goes on.
    store.write(OVER, week=week)
    assert thanks.thank(store) == 1
    letter = next(
        one
        for one in delivered(store, settings)
        if one["to"] == "alumnus@example.org" and "Спасибо, что пришли" in one["subject"]
    )
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    ways = [path_of(address) for address in re.findall(r"https?://\S+", text)]
    for wanted in (page_of_event, "/me/contributions", "/me/membership"):
        assert wanted in ways
        anna.goto(wanted)
        expect(anna.get_by_role("main").get_by_text("Линзы сегодня").first).to_be_visible()
    # What she says of it, from the week's page, with the keys alone.
    anna.goto("/home")
    section = anna.get_by_role("region", name="Неделя выпускников")
    expect(section).to_contain_text("Спасибо, что пришли: 1 встреча")
    look(anna, "home-afterwards")
    press(anna, section.get_by_role("link", name="Моя программа"))
    look(anna, "mine-afterwards")
    press(anna, row.get_by_role("link", name="Как всё прошло?"))
    expect(anna).to_have_url(re.compile(r"#feedback$"))
    anna.get_by_role("radio", name="4").focus()
    anna.keyboard.press("ArrowRight")
    anna.keyboard.press("Tab")
    anna.keyboard.type("Линзы отличные")
    press(anna, anna.get_by_role("button", name="Отправить отзыв"))
    expect(anna.get_by_role("radio", name="5")).to_be_checked()
    expect(anna.get_by_label("Словами")).to_have_value("Линзы отличные")
    look(anna, "feedback")

    # The same in English, on a desk.
    store.write("MATCH (:Person {key: $me})<-[:OF]-(a:Account) SET a.language = 'en'", me=ANNA)
    wide = page_as("alumnus", path=f"/week/{week}", width=1280)
    look(wide, "wide-week")
    for path, name in (
        (f"/week/{week}/mine", "mine"),
        (page_of_event, "event"),
        ("/me/contributions", "contribution"),
        ("/me/membership", "tier"),
    ):
        wide.goto(path)
        expect(wide.get_by_role("main").get_by_text("Lenses today").first).to_be_visible()
        look(wide, f"wide-{name}")
