"""Staff win a class back, from the list of classes to the second wave, in a browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, OpenPage

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]


# One row: somebody who is asked has a number by which they can be called.
NUMBERS = """MATCH (:Ask)-[:OF]->(p:Person) WITH DISTINCT p
MERGE (c:ContactPoint {id: 'number-of-' + p.id}) SET c.kind = 'phone',
  c.value = '+7916000000' + toString(p.key), c.value_key = c.value
MERGE (p)-[:HAS]->(c)"""


@pytest.mark.parametrize(
    ("language", "width"), [("en", 1280), ("ru", 390)], ids=["english-wide", "russian-phone"]
)
def test_a_class_is_planned_asked_answered_and_planned_again(
    page_as: OpenPage,
    check_axe: Check,
    check_width: Check,
    shoot: Shoot,
    live_server: LiveServer,
    language: str,
    width: int,
) -> None:
    live_server.store.write("MATCH (a:Ask) DETACH DELETE a")
    live_server.store.write("MATCH (p:RecoveryPlan) DETACH DELETE p")
    word = WORDS[language]
    page = page_as("staff", language=language, width=width, path="/staff/recovery")

    def look(name: str, page: Page = page) -> None:
        check_axe(page)
        check_width(page)
        shoot(page, f"recovery-{name}-{language}-{width}")

    look("classes")
    page.locator("main tbody tr", has_text="1998").get_by_role("link").first.click()
    look("new")
    page.locator("#ask").fill("2")
    page.locator("form[method=get] button").last.click()
    page.get_by_role("button", name=re.compile(word["make"])).click()
    expect(page.locator(".notice-success")).to_be_visible()
    plan = page.url
    people = page.locator("#to-ask + ul > li")
    expect(people).to_have_count(2)
    look("plan")

    # Who is excluded makes room for the next best, and can be put back.
    first = people.first.locator(".person-name a").inner_text()
    people.first.get_by_role("button", name=re.compile(word["replace"])).click()
    expect(page.locator("#out + ul")).to_contain_text(first)
    expect(people).to_have_count(2)
    page.locator("#out + ul").get_by_role("button", name=re.compile(word["put"])).click()
    expect(page.locator("#to-ask + ul")).to_contain_text(first)

    # Letters are printed, a sheet each, without the frame of the page.
    page.get_by_role("button", name=word["letters"]).click()
    expect(page.locator("article.letter")).to_have_count(2)
    expect(page.locator("article.letter svg.qr").first).to_be_visible()
    look("letters")
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator(".letter-copy").first).to_be_hidden()
    expect(page.locator("article.letter").first).to_be_visible()
    page.emulate_media(media="screen")
    anna = page.locator("article.letter", has_text="Анна").inner_text()
    link = re.search(r"/answer/[0-9a-z]{16}", anna)
    assert link

    # All are marked as sent; the links answer.
    page.goto(plan)
    page.locator("#channel").select_option("post")
    page.get_by_role("button", name=word["all sent"]).click()
    expect(page.locator("#asked + ul > li")).to_have_count(2)
    reader = page_as("anyone", language=language, width=width, path=link[0])
    look("answer", reader)
    reader.get_by_label("Борис Петров").select_option("link")
    reader.locator("main form button").click()
    expect(reader.locator("h1")).to_have_text(word["thanks"])
    look("thanks", reader)
    reader.goto(f"{link[0]}/never")
    look("never", reader)
    reader.goto("/answer/0000000000000000")
    look("gone", reader)

    # Somebody else answers by telephone.
    live_server.store.write(NUMBERS)
    page.goto(f"{plan}/calls")
    look("calls")
    page.locator("select[name=outcome]").first.select_option("reached")
    page.locator(".call-form button").first.click()
    expect(page.locator("#said")).to_be_visible()
    look("by-hand")
    page.locator("#said").fill("Ivan")
    page.locator("main form button").last.click()
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator("#asked + ul")).to_contain_text("Борис Петров")

    # The second wave proposes others.
    page.get_by_role("button", name=word["again"]).click()
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator("#to-ask + ul")).not_to_contain_text(first)
    look("second-wave")


@pytest.mark.parametrize("width", [320])
def test_at_400_percent_a_plan_does_not_scroll_sideways(
    page_as: OpenPage, check_width: Check, live_server: LiveServer, width: int
) -> None:
    live_server.store.write("MATCH (a:Ask) DETACH DELETE a")
    page = page_as("staff", language="ru", width=width, height=256, path="/staff/recovery")
    check_width(page)
    page.locator("main tbody tr", has_text="1998").get_by_role("link").first.click()
    page.get_by_role("button", name=re.compile("Составить план")).click()
    expect(page.locator("#to-ask")).to_be_visible()
    for address in (page.url, f"{page.url}/letters", f"{page.url}/calls"):
        page.goto(address)
        check_width(page)


WORDS = {
    "en": {
        "make": "Make the plan",
        "replace": "Replace by the next best",
        "put": "Put into the plan",
        "letters": "Letters to print or copy",
        "all sent": "Mark all as sent",
        "thanks": "Thank you for your answer",
        "again": "Plan again",
    },
    "ru": {
        "make": "Составить план",
        "replace": "Заменить следующим",
        "put": "Включить в план",
        "letters": "Письма: напечатать или скопировать",
        "all sent": "Отметить все как отправленные",
        "thanks": "Спасибо за ответ",
        "again": "Пересчитать план",
    },
}
