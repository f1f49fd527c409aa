"""Two people in two browsers write to each other without reloading; one blocks; phone; axe."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from graphnet.store import Store
from tests.browser.conftest import LiveServer, OpenPage
from webapp.frame.security import limiter

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
CLEAN = "MATCH (n) WHERE n:Message OR n:Conversation OR n:ContactRequest DETACH DELETE n"
UNBLOCK = "MATCH ()-[b:BLOCKED]->() DELETE b"
SOON = 15_000


@pytest.fixture(autouse=True)
def graph(live_server: LiveServer) -> Iterator[Store]:
    store = live_server.store
    # Darya, who is an administrator here, is an alumna as well.
    store.write("MATCH (a:Account {email: 'admin@example.org'}) SET a.roles = ['alumnus', 'admin']")
    store.write(CLEAN)
    store.write(UNBLOCK)
    limiter.enabled = False
    yield store
    limiter.enabled = True


def test_two_write_to_each_other_without_reloading(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot
) -> None:
    anna = page_as("alumnus", path="/people/darya")
    anna.get_by_role("button", name="Write", exact=True).click()
    anna.get_by_label("Your message").fill("Привет! https://example.org/photos")
    check_axe(anna)
    anna.get_by_role("button", name="Send").click()
    expect(anna.locator(".said.mine")).to_contain_text("https://example.org/photos")
    darya = page_as("admin", path="/messages", width=390, height=844)
    expect(darya.locator(".sign-count")).to_have_text("1")
    check_axe(darya)
    check_width(darya)
    darya.locator(".conversations a").click()
    expect(darya.locator(".said")).to_contain_text("Привет!")
    # What is being written is there when what is new arrives, and it arrives by itself.
    darya.get_by_label("Your message").fill("a draft")
    anna.evaluate("window.stays = true")
    anna.get_by_label("Your message").fill("Second")
    anna.get_by_role("button", name="Send").click()
    expect(anna.locator(".said")).to_have_count(2)
    expect(anna.get_by_label("Your message")).to_have_value("")
    expect(darya.locator(".said")).to_have_count(2, timeout=SOON)
    expect(darya.get_by_label("Your message")).to_have_value("a draft")
    check_axe(darya)
    check_width(darya)
    shoot(darya, "messages-phone")
    darya.get_by_role("button", name="Send").click()
    expect(anna.locator(".said")).to_have_count(3, timeout=SOON)
    assert anna.evaluate("window.stays"), "the page was not loaded anew"
    check_axe(anna)
    shoot(anna, "messages")
    # A draft outlives its page.
    anna.get_by_label("Your message").fill("half a thought")
    anna.reload()
    expect(anna.get_by_label("Your message")).to_have_value("half a thought")
    # Nothing is written when the session has ended elsewhere, and nothing is lost.
    anna.context.clear_cookies()
    anna.get_by_role("button", name="Send").click()
    anna.goto("/messages")
    expect(anna.get_by_role("heading", name="Sign in")).to_be_visible()
    # Blocked: both learn that nobody can be reached, and no more.
    darya.get_by_text("Who takes part, and what you can do").click()
    darya.get_by_role("link", name="Block or report").click()
    check_axe(darya)
    darya.get_by_role("button", name="Block").click()
    expect(darya.locator(".notice-success")).to_contain_text("Nobody is told")


def test_it_works_without_scripts(page_as: OpenPage, graph: Store) -> None:
    anna = page_as("alumnus", path="/messages/with/darya", language="ru", java_script_enabled=False)
    anna.get_by_label("Ваше сообщение").fill("Без скриптов")
    anna.get_by_role("button", name="Отправить").click()
    expect(anna.locator(".said.mine")).to_contain_text("Без скриптов")
    anna.get_by_role("button", name="Удалить").click()
    expect(anna.locator(".said.mine")).to_contain_text("удалено")
