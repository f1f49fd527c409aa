"""A short life of an office: asked, an addressee found, by mail, handed over, late, done."""

import json
import smtplib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from graphnet import accounts
from graphnet.engine import Engine
from graphnet.features import registered
from graphnet.requests import by_mail, post_box, reminders
from tests.browser.conftest import PASSWORD, LiveServer, OpenPage
from tests.support.graphs import BORIS
from tests.support.letters import delivered
from tests.support.ports import free_port
from tests.webapp.test_desk import HELPS

ASK = "ask@alumni.example.org"
EXPERT = """MATCH (z:Person {id: 'zhanna'}), (a:Account {email: 'analyst@example.org'})
SET a.roles = ['alumnus', 'analyst']
CREATE (z)-[:OFFERS {ways: ['expertise']}]->(:Topic {id: 'lasers', name: 'Lasers',
  name_ru: 'Лазеры'})
CREATE (z)-[:GAVE]->(:Consent {id: 'asked', purpose: 'asked', state: 'given', at: datetime()})"""
# Everything is as long ago as if so many days had passed.
PASS_DAYS = """MATCH (r:Request) SET r.at = r.at - duration({days: $days}),
  r.due_at = r.due_at - duration({days: $days}),
  r.first_due_at = r.first_due_at - duration({days: $days})"""


@pytest.fixture(scope="module")
def office(live_server: LiveServer) -> LiveServer:
    store = live_server.store
    store.write(EXPERT)
    rows = [{"email": "other@example.org", "person_key": BORIS, "roles": ["staff"]}]
    accounts.create_many(store, rows, PASSWORD)
    return live_server


def test_a_request_lives_through_the_office(
    office: LiveServer,
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    store = office.store
    home = replace(
        office.app.extensions["graphnet"].settings, mail_replies="reply@alumni.example.org"
    )

    me = page_as("alumnus", path="/requests/new", language="ru", width=390)
    shoot(me, "desk-new-ru-390")
    me.get_by_role("link", name="Вопрос").click()
    me.get_by_label("Коротко").fill("Расчёт лазерной установки")
    me.get_by_label("Что нам важно знать").fill("Кто посоветует?")
    me.get_by_role("button", name="Отправить заявку").click()
    expect(me.locator(".notice-success")).to_be_visible()

    staff = page_as("staff", path="/staff/requests?show=nobodys")
    staff.get_by_role("link", name="Расчёт лазерной установки").click()
    who = staff.locator(".addressee")
    expect(who).to_contain_text("offers help with: Lasers")
    check_axe(staff)
    shoot(staff, "desk-one-en-1280")
    who.get_by_role("button", name="Ask this person").click()
    expect(staff.locator(".notice-success")).to_contain_text("Asked, by letter")

    expert = page_as("analyst", path="/home", width=390)
    row = expert.locator(".waiting li", has_text="asks, and you may know")
    expect(row).to_contain_text("Расчёт лазерной установки")
    shoot(expert, "desk-home-en-390")
    row.get_by_role("button", name="Yes, I can help").click()
    expert.get_by_label("Your answer").fill("Возьмите импульсный")
    check_axe(expert)
    check_width(expert)
    shoot(expert, "desk-asked-en-390")
    expert.get_by_role("button", name="Send the answer").click()
    me.reload()
    expect(me.locator("main")).to_contain_text("Возьмите импульсный")
    expect(me.get_by_role("link", name="Жанна Соколова").first).to_be_visible()
    check_axe(me)
    shoot(me, "desk-thread-ru-390")

    staff.reload()
    staff.locator("#reply-text").fill("Какая мощность?")
    staff.get_by_role("button", name="Send, and wait for their answer").click()
    notice = [one for one in delivered(store, home) if "мощность" not in one.get_content()][-1]
    port = free_port()
    box = post_box.opened(Engine(home, store, office.live), "127.0.0.1", port)
    try:
        answer = EmailMessage()
        answer["From"], answer["To"] = "alumnus@example.org", str(notice["Reply-To"])
        answer["Subject"], answer["Message-ID"] = "Re", "<1@example.org>"
        answer.set_content("Десять ватт\n\n> Какая мощность?\n")
        with smtplib.LMTP("127.0.0.1", port) as server:
            server.send_message(answer)
    finally:
        box.stop()
    staff.reload()
    expect(staff.locator("main")).to_contain_text("Десять ватт")

    staff.get_by_label("Hand over to").select_option(label="Борис Петров")
    staff.get_by_role("button", name="Hand over").click()
    expect(staff.locator(".notice-success")).to_contain_text("Handed over")

    store.write(PASS_DAYS, days=40)
    remind = SimpleNamespace(store=store)
    assert reminders.remind(remind, now=datetime.now(UTC)) == 2, "all of staff are told"
    rows = store.read(
        "MATCH (j:Job {kind: 'mail'}) WHERE j.payload IS NOT NULL RETURN j.payload AS payload"
        " LIMIT 50"
    )
    late = {
        one["to"]
        for one in (json.loads(row["payload"]) for row in rows)
        if one.get("letter") == "requests.late"
    }
    assert late == {"staff@example.org", "other@example.org"}
    staff.goto("/staff/requests")
    expect(staff.locator("tr", has_text="Расчёт лазерной")).to_contain_text("very late")
    shoot(staff, "desk-list-en-1280")
    staff.get_by_role("link", name="Расчёт лазерной установки").click()
    staff.locator("#answer").fill("Импульсный, десять ватт: лаборатория 5")
    staff.get_by_role("button", name="Answer and close the request").click()
    expect(staff.locator(".notice-success")).to_be_visible()
    me.reload()
    expect(me.locator("main")).to_contain_text("лаборатория 5")
    staff.goto("/staff/requests/figures")
    check_axe(staff)


@pytest.mark.parametrize(("language", "width"), [("ru", 390), ("en", 1280)])
def test_staff_write_a_kind_and_a_service_and_a_visitor_asks(
    office: LiveServer,
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
    language: str,
    width: int,
) -> None:
    staff = page_as("staff", path="/staff/requests/kinds/new", language=language, width=width)
    staff.locator("#name_ru").fill(f"Парковка {width}")
    staff.locator("#label_ru-0").fill("Номер машины")
    staff.locator("[name=needed-0]").check()
    check_axe(staff)
    check_width(staff)
    shoot(staff, f"desk-kind-{language}-{width}")
    staff.locator("main button[type=submit]").last.click()
    expect(staff.locator("main")).to_contain_text(f"Парковка {width}")
    check_axe(staff)
    check_width(staff)
    shoot(staff, f"desk-kinds-{language}-{width}")
    staff.goto("/staff/services/new")
    staff.locator("#name_ru").fill(f"Стоянка {width}")
    staff.locator("#steps_ru").fill("Спросите\nПриезжайте")
    staff.locator("#request_kind").select_option(label=f"Парковка {width}")
    check_axe(staff)
    check_width(staff)
    shoot(staff, f"desk-service-edit-{language}-{width}")
    staff.locator("main button[type=submit]").last.click()
    expect(staff.locator(".notice-success")).to_be_visible()

    visitor = page_as(path="/services", language=language, width=width)
    check_axe(visitor)
    shoot(visitor, f"desk-services-{language}-{width}")
    visitor.get_by_role("link", name=f"Стоянка {width}").click()
    check_axe(visitor)
    check_width(visitor)
    shoot(visitor, f"desk-service-{language}-{width}")
    visitor.locator("main a[role=button]").click()
    visitor.locator("#subject").fill("Две машины")
    visitor.locator("#field-0").fill("А001АА")
    visitor.locator("#name").fill("Пётр")
    visitor.locator("#email").fill(f"visitor{width}@example.org")
    check_axe(visitor)
    check_width(visitor)
    shoot(visitor, f"desk-ask-{language}-{width}")
    visitor.locator("main form button[type=submit]").click()
    expect(visitor).to_have_url(f"{office.url}/ask/letter")
    settings = office.app.extensions["graphnet"].settings
    letter = delivered(office.store, settings)[-1].get_content()
    link = next(word for word in letter.split() if "/ask/confirm/" in word)
    visitor.goto(link[link.index("/ask/confirm/") :])
    check_axe(visitor)
    visitor.locator("main form button[type=submit]").click()
    expect(visitor.locator("main")).to_contain_text("А001АА")
    check_axe(visitor)
    check_width(visitor)
    shoot(visitor, f"desk-followed-{language}-{width}")


def test_a_letter_asks_and_its_writer_says_what_helped(
    office: LiveServer,
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    """On a phone in Russian, by keyboard; looked at on a desk in English."""
    settings = replace(office.app.extensions["graphnet"].settings, mail_requests=ASK)
    asks = EmailMessage()
    asks["From"], asks["To"], asks["Subject"] = (
        "writer@example.org",
        ASK,
        "У кого есть осциллограф?",
    )
    asks.set_content("Нужен на неделю, в лабораторию группы 221.")
    asks.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="схема.pdf")
    kinds = registered().request_kinds
    assert by_mail.receive(office.store, settings, kinds, asks.as_bytes()).outcome == "asked"
    letter = delivered(office.store, settings)[-1].get_content()
    link = next(word for word in letter.split() if "/ask/confirm/" in word)
    me = page_as(path=link[link.index("/ask/confirm/") :], language="ru", width=390)
    expect(me.locator("main")).to_contain_text("схема.pdf")
    check_axe(me)
    check_width(me)
    shoot(me, "desk-letter-ru-390")
    me.locator("#kind").focus()
    for _ in range(20):
        if me.locator("#kind").input_value() != "laboratory":
            me.keyboard.press("ArrowUp")
    expect(me.locator("#kind")).to_have_value("laboratory")
    me.locator("main form button").focus()
    with me.expect_navigation():
        me.keyboard.press("Enter")
    expect(me.locator(".notice-success")).to_be_visible()
    rows = office.store.read("MATCH (r:Request {kind: 'laboratory'}) RETURN r.id AS id LIMIT 1")
    office.store.write(HELPS, id=rows[0]["id"], key=BORIS)
    me.reload()
    button = me.get_by_role("button", name="Мне это помогло")
    check_axe(me)
    check_width(me)
    button.focus()
    with me.expect_navigation():
        me.keyboard.press("Enter")
    expect(button).to_have_count(0)
    expect(me.locator("main")).to_contain_text("помогло")

    me.set_viewport_size({"width": 1280, "height": 900})
    page = me.url
    me.goto("/language/en")
    me.goto(page)
    expect(me.locator("main")).to_contain_text("it helped")
    check_axe(me)
    staff = page_as("staff", path=f"/staff/requests/{rows[0]['id']}")
    expect(staff.locator("main")).to_contain_text("It came as a letter")
    expect(staff.locator("main")).to_contain_text("схема.pdf")
    check_axe(staff)
    shoot(staff, "desk-letter-staff-en-1280")
