"""A reunion's whole way in a browser: a phone in Russian asks, the desk holds it with her."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from graphnet.events import attendance
from graphnet.privacy import Viewer
from graphnet.reunions import links, telling
from tests.browser.conftest import LiveServer, OpenPage
from tests.support.graphs import STAFF

pytestmark = pytest.mark.browser

CLERK = Viewer("staff", STAFF, "account", purpose="reunions")
OVER = """MATCH (:Reunion)-[:BECAME]->(e:Event) SET e.starts_at = $then,
  e.ends_at = $then + duration('PT3H') RETURN e.id AS id"""
INVITATION = "MATCH (i:ReunionInvitation)-[:TO]->(:Person {id: 'georgy'}) RETURN i.id AS id LIMIT 1"


def test_asked_for_taken_over_answered_dated_held_and_thanked_for(
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
    live_server: LiveServer,
) -> None:
    store = live_server.store

    def look(page: Page, name: str) -> None:
        check_axe(page)
        check_width(page)
        shoot(page, f"reunion-{name}")

    me = page_as("alumnus", path="/classmates", language="ru", width=390)
    me.get_by_role("button", name="Собрать встречу").first.click()
    expect(me.get_by_label(re.compile("Группа 221"))).to_be_checked()
    me.get_by_label("Примерно когда").fill("Суббота в мае")
    me.get_by_label("Чего бы вам хотелось").fill("Аудитория с проектором")
    me.get_by_label("Моё имя можно указать").check()
    look(me, "new")
    me.get_by_role("button", name="Попросить о встрече").click()
    expect(me.locator(".notice-success")).to_be_visible()
    look(me, "applied")
    address = me.url

    # Staff find it on the board, and take it over.
    staff = page_as("staff", path="/staff/reunions")
    look(staff, "board")
    staff.get_by_role("link", name="Reunion of group 221", exact=True).click()
    look(staff, "take")
    staff.get_by_role("button", name="Take it over").click()
    expect(staff.locator(".notice-success")).to_contain_text("It is yours")

    # She invites, and puts days to the choice.
    me.goto(address)
    expect(me.locator("main")).to_contain_text("Ирина Лебедева")
    me.get_by_role("link", name="Люди и приглашения").click()
    expect(me.get_by_label("Георгий Сидоров")).to_be_checked()
    look(me, "people")
    me.get_by_role("button", name="Отправить приглашения").click()
    expect(me.locator(".notice-success")).to_contain_text("1 приглашение")
    me.get_by_role("link", name="День", exact=True).click()
    for days in (40, 41):
        day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
        me.locator("#starts").fill(f"{day}T16:00")
        me.get_by_role("button", name="Добавить в опрос").click()
        expect(me.locator(".days-board > li")).to_have_count(days - 39)
    look(me, "dates")

    # He answers on the letter's page, without an account.
    invitation = store.read(INVITATION)[0]["id"]
    token = links.link_of(store, [b"a key of this test"], invitation)
    guest = page_as("anyone", path=f"/reunions/answer/{token}", language="ru", width=390)
    expect(guest.locator("main")).to_contain_text("Анна Иванова")
    guest.get_by_label("Приду", exact=True).check()
    guest.locator(".days li").first.get_by_label("да").check()
    guest.locator(".days li").last.get_by_label("если нужно").check()
    look(guest, "letter-page")
    guest.get_by_role("button", name="Отправить ответ").click()
    expect(guest.locator(".notice-success")).to_be_visible()
    guest.get_by_role("link", name="Больше не писать мне").click()
    look(guest, "stop")

    # She answers too, by keyboard alone, and sees who can.
    me.goto(address)
    me.locator(".days li").first.get_by_label("да").focus()
    me.keyboard.press("Space")
    me.get_by_role("button", name="Сохранить мои дни").focus()
    me.keyboard.press("Enter")
    expect(me.locator(".notice-success")).to_contain_text("Ваши дни сохранены")
    look(me, "overview")
    me.get_by_role("link", name="Место, деньги, дела").click()
    me.locator("#task_what").fill("Торт")
    me.locator("#owner").select_option(label="Анна Иванова")
    me.get_by_role("button", name="Добавить в список").click()
    me.locator("#what").fill("Ужин")
    me.locator("#amount").fill("2 500,50")
    me.locator("#per").select_option("person")
    me.get_by_role("button", name="Добавить расход").click()
    expect(me.locator("#money ~ p").first).to_contain_text("2")
    look(me, "plan")
    me.goto(f"{address}?show=team")
    look(me, "team")
    me.goto(f"{address}?show=dates")
    best = me.locator(".days-board > li").first
    expect(best).to_contain_text("подходит большинству")
    best.get_by_role("button", name="Назначить этот день").click()
    expect(me.locator(".notice-success")).to_contain_text("День назначен")

    # One act makes the event; it is held; staff thank and close.
    staff.goto("/staff")
    staff.get_by_role("link", name="The day is found: make the event").click()
    look(staff, "event-form")
    staff.get_by_role("button", name="Make the event").click()
    expect(staff.locator(".notice-success")).to_contain_text("registration open")
    event = store.read("MATCH (:Reunion)-[:BECAME]->(e:Event) RETURN e.id AS id LIMIT 1")[0]["id"]
    telling.spread(store, address.rpartition("/")[2], "event", once=event)
    me.goto("/home")
    expect(me.locator("#my-reunions + ul")).to_contain_text("открыта регистрация")
    me.get_by_role("button", name="Сделать: Торт").click()
    expect(me.locator("main")).not_to_contain_text("Сделать: Торт")
    store.write(OVER, then=datetime.now(UTC) - timedelta(days=1))
    _, guests = attendance.guests(store, CLERK, event)
    there = [one.registration for one in guests]
    assert len(there) == 1, "who said yes to that day had a place"
    attendance.mark(store, CLERK, event, shown=there, came=there)
    staff.goto(f"{address}?show=end")
    staff.locator("#thanks").fill("Thank you, Anna: it was a fine evening.")
    look(staff, "end")
    staff.get_by_role("button", name="Send the thanks").click()
    expect(staff.locator("main")).to_contain_text("Thanked:")
    staff.locator("#reason").fill("Two came, and will come again")
    staff.get_by_role("button", name="Close the reunion").click()
    expect(staff.locator(".lead")).to_contain_text("held and closed")
    me.goto(address)
    expect(me.locator("main")).to_contain_text("Two came, and will come again")
    look(me, "closed")
