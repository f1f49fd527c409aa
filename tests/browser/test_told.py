"""Telling of an event: the list is looked at twice, letters leave, who was told says "not this"."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from graphnet.told import sending
from tests.browser.conftest import LiveServer, OpenPage
from tests.support.told import EVENT, evening

ANNA_TOO = """MATCH (p:Person {id: 'anna'}), (t:Topic {id: 'light'}), (g:Group {id: 'light-club'})
CREATE (p)-[:INTERESTED_IN {weight: 1.0, source: 'stated'}]->(t)
CREATE (p)-[:MEMBER_OF {role: 'organiser'}]->(g)
CREATE (p)-[:GAVE]->(:Consent {id: 'letters', purpose: 'digest', state: 'given',
  at: datetime(), channel: 'web'})"""
LETTERS = """MATCH (l:EventLetter {state: 'waiting'})-[:TO]->(p:Person)
RETURN l.id AS id, p.id AS person ORDER BY person LIMIT 50"""


@pytest.fixture
def told(live_server: LiveServer) -> None:
    evening(live_server.store)
    live_server.store.write(ANNA_TOO)


def test_an_event_is_told_person_by_person(
    live_server: LiveServer,
    told: None,
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    store = live_server.store
    staff = page_as("staff", path=f"/events/{EVENT}", language="ru")
    shoot(staff, "told-event-ru")
    staff.get_by_role("link", name="Рассказать тем, кому подойдёт").click()
    expect(staff.locator(".lead")).to_contain_text("10 людям это было бы интересно")
    expect(staff.locator("#sample + article")).to_contain_text("Не для вас?")
    staff.locator("summary", has_text="интересуются").first.click()
    check_axe(staff)
    shoot(staff, "told-list-ru")
    staff.get_by_label("Рассказать Павел Лучев305").uncheck()
    staff.get_by_role("button", name="Дальше").press("Enter")
    expect(staff.get_by_role("heading", level=1)).to_have_text("Написать 9 людям?")
    expect(staff.locator("main")).to_contain_text("1 человек исключён")
    check_axe(staff)
    check_width(staff)
    shoot(staff, "told-sure-ru")
    staff.get_by_role("button", name="Написать 9 людям").click()
    expect(staff.locator(".notice-success")).to_contain_text("Готово 9 писем")
    for row in store.read(LETTERS):
        if row["person"] in ("anna", "fit304"):
            assert sending.arm(store, row["id"], f"by-letter-{row['person']}") is not None
    phone = page_as("staff", path=f"/staff/events/{EVENT}/tell", width=390)
    phone.get_by_role("button", name="Stop what has not left").click()
    expect(phone.locator(".notice-success")).to_contain_text("7 letters are stopped")
    check_axe(phone)
    check_width(phone)
    shoot(phone, "told-after-en-390")

    me = page_as("alumnus", path="/home", language="en", width=390)
    waiting = me.locator("section.waiting li", has_text="For you: Evening of light")
    expect(waiting).to_contain_text("your community: Light club")
    check_axe(me)
    waiting.get_by_role("button", name="Not this").click()
    expect(me.locator(".notice-success")).to_contain_text("You will not hear of it again")
    expect(me.locator("section.waiting")).to_have_count(0)
    me.goto("/me/told")
    check_axe(me)
    check_width(me)
    shoot(me, "told-mine-en-390")
    me.get_by_role("button", name="Take “not this” back").click()
    expect(me.get_by_role("button", name="Not this")).to_be_visible()
    me.goto(f"/events/{EVENT}")
    me.get_by_role("link", name="Whom it would suit, and who was told").click()
    expect(me.locator("main")).not_to_contain_text("Лучев")
    check_axe(me)
    check_width(me)
    shoot(me, "told-figures-en-390")

    for language, width in (("ru", 390), ("en", 1280)):
        letter = page_as("anyone", path="/told/by-letter-fit304", language=language, width=width)
        check_axe(letter)
        check_width(letter)
        shoot(letter, f"told-letter-{language}-{width}")
    letter.get_by_label("Light").check()
    letter.get_by_role("button", name="Not this").click()
    expect(letter.locator("main")).to_contain_text("You will not hear of this event again")
    expect(letter.locator("main")).to_contain_text("Nor of these topics: Light")
    check_axe(letter)
    shoot(letter, "told-not-this-en")
