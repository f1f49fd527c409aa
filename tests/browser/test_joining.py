"""Coming in: first page, find my group, letter by SMTP, button, password, home; sign-in by letter.

In Russian, on a telephone.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from graphnet.store import Store
from tests.browser.conftest import LiveServer, OpenPage
from tests.support.graphs import BORIS
from tests.support.post_office import PostOffice, do_letters, post_office, posting
from webapp.frame.security import limiter

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]

ADDRESS = """MATCH (p:Person {key: $key}) MERGE (p)-[:HAS]->(c:ContactPoint {id: $address})
SET c.kind = 'email', c.value = $address, c.value_key = $address, c.verified_at = datetime()"""
CLEAN = "MATCH (n) WHERE n:Claim OR n:Job DETACH DELETE n"


@pytest.fixture(autouse=True)
def boris(live_server: LiveServer) -> Iterator[Store]:
    """Boris, who is on file with an address that was confirmed lately."""
    store = live_server.store
    store.write(CLEAN)
    store.write(ADDRESS, key=BORIS, address="b@example.com")
    limiter.enabled = False
    yield store
    limiter.enabled = True
    store.write(CLEAN)


@pytest.fixture
def office() -> Iterator[tuple[PostOffice, int]]:
    with post_office() as opened:
        yield opened


def test_from_the_first_page_to_home_on_a_telephone(
    page_as: OpenPage,
    live_server: LiveServer,
    office: tuple[PostOffice, int],
    check_axe: Check,
    check_width: Check,
    shoot: Shoot,
) -> None:
    page = page_as(path="/", language="ru", width=380)
    shoot(page, "joining-front")
    page.get_by_label("Ваше имя").fill("Boria Petrov")
    page.get_by_label("Группа или факультет").fill("221")
    page.get_by_label("Любой год вашей учёбы").fill("2000")
    page.get_by_role("button", name="Найти мою группу").click()
    expect(page.locator("h1")).to_have_text("Проверьте почту")
    check_axe(page)
    check_width(page)
    shoot(page, "joining-asked")
    own = posting(live_server.app.extensions["graphnet"].settings, office[1])
    do_letters(live_server.live, own)
    (letter,) = office[0].taken
    assert letter["To"] == "b@example.com"
    link = re.search(r"/join/confirm/[\w-]+", letter.get_content())
    assert link
    page.goto(link[0])
    check_axe(page)
    shoot(page, "joining-button")
    page.locator("main form button").click()
    page.locator("#password").fill("три слова подряд")
    page.locator("#again").fill("три слова подряд")
    check_width(page)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/home")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.get_by_text("Пароль задан.")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ru", 380)])
def test_axe_finds_nothing_and_no_page_is_too_wide(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot, language: str, width: int
) -> None:
    page = page_as(language=language, width=width)
    for path in ("/", "/find-my-group", "/find-my-group/thank-you", "/find-my-group/none"):
        page.goto(path)
        check_axe(page)
        check_width(page)
        shoot(page, f"joining{path.replace('/', '-')}-{language}-{width}")
    page.goto("/find-my-group")
    page.locator("main button[type=submit]").click()
    expect(page.locator("#name")).to_be_focused()
    expect(page.locator("#name")).to_have_attribute("aria-invalid", "true")
    check_axe(page)
