"""A lost groupmate comes back: link, claim, two confirmations, letter, password, classmates.

On the hand-made association, with a third registered groupmate, so that two can confirm.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from graphnet import accounts
from graphnet.store import Store
from tests.browser.conftest import PASSWORD, LiveServer, OpenPage
from tests.support.letters import delivered
from webapp.frame.security import limiter

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]

MATE = """MATCH (g:StudyGroup {id: 'A'})
MERGE (p:Person {id: 'lev'})
ON CREATE SET p:Alumnus, p.key = 21, p.given_name = 'Лев', p.family_name = 'Орешкин',
  p.name_key = 'lev', p.visibility = 'shown'
MERGE (p)-[s:STUDIED_IN]->(g) SET s.from_term = 3996, s.to_term = 4005, s.role = 'student'"""
CLEAN = """MATCH (n) WHERE n:Claim OR n:Invitation OR n:Request OR n:Job AND n.kind = 'mail'
DETACH DELETE n"""
LINK = "/classmates/A/invitation"


@pytest.fixture(autouse=True)
def group(live_server: LiveServer) -> Iterator[Store]:
    """Group A with a second registered groupmate, and nothing asked yet."""
    store = live_server.store
    store.write(CLEAN)
    store.write(MATE)
    if accounts.account_by_email(store, "mate@example.org") is None:
        accounts.create(store, "mate@example.org", PASSWORD, person_key=21)
    old = datetime.now(UTC) - timedelta(days=100)
    store.write("MATCH (a:Account) SET a.created_at = $old", old=old)
    limiter.enabled = False  # every test comes from one address
    yield store
    limiter.enabled = True
    store.write(CLEAN)
    store.write(
        "MATCH (p:Person) WHERE p.id IN ['lev', 'boris'] OPTIONAL MATCH (a:Account)-[:OF]->(p) "
        "OPTIONAL MATCH (s:Session)-[:HELD_BY]->(a) DETACH DELETE s, a"
    )


def path_of(page: Page) -> str:
    return "/join/" + page.locator("#url").input_value().rpartition("/")[2]


def make_link(page: Page) -> str:
    page.goto(LINK)
    page.get_by_role("button", name="Make the link").click()
    return path_of(page)


def test_a_lost_groupmate_comes_back(
    page_as: OpenPage, group: Store, live_server: LiveServer, check_axe: Check, shoot: Shoot
) -> None:
    anna = page_as("alumnus", path="/classmates")
    anna.get_by_role("button", name="Invite the group by a link").first.click()
    anna.get_by_role("button", name="Make the link").click()
    join = path_of(anna)

    newcomer = page_as(path=join, language="ru", width=390, java_script_enabled=False)
    expect(newcomer.locator("h1")).to_have_text("Группа 221")
    newcomer.get_by_label("Ваше имя").fill("Boria Petrov")
    newcomer.get_by_label("Электронная почта").fill("boria@example.com")
    newcomer.get_by_label("Кто вас пригласил").fill("Аня Иванова")
    newcomer.get_by_role("button", name="Присоединиться").click()
    expect(newcomer.locator("h1")).to_have_text("Спасибо, ваша просьба отправлена")

    mate = page_as()
    mate.goto("/sign-in")
    mate.fill("#email", "mate@example.org")
    mate.fill("#password", PASSWORD)
    mate.click("main button[type=submit]")
    for page in (anna, mate):
        page.goto("/home")
        page.get_by_role("link", name="Is this really Boria Petrov?").click()
        check_axe(page)
        expect(page.locator("main")).not_to_contain_text("boria@example.com")
        page.get_by_role("button", name="Yes, it is").click()
        expect(page.locator(".notice-success")).to_be_visible()
        expect(page.get_by_text("Nobody is waiting for your word")).to_be_visible()

    letters = delivered(group, live_server.app.extensions["graphnet"].settings)
    assert [one["To"] for one in letters] == ["boria@example.com"] * 2
    link = re.search(r"/reset/[\w-]+", letters[1].get_content())
    assert link
    newcomer.goto(link[0])
    newcomer.locator("#password").fill(PASSWORD)
    newcomer.locator("#again").fill(PASSWORD)
    newcomer.locator("main button[type=submit]").click()
    newcomer.wait_for_url("**/home")
    newcomer.goto("/classmates")
    expect(newcomer.get_by_role("link", name="Анна Иванова")).to_be_visible()
    shoot(newcomer, "classmates-of-the-newcomer")
    named = group.read("MATCH (:Claim)-[:NAMES]->(p:Person) RETURN p.id AS id LIMIT 5")
    assert [row["id"] for row in named] == ["anna"]


def test_the_link_is_copied_where_a_script_runs(page_as: OpenPage) -> None:
    page = page_as("alumnus", permissions=["clipboard-read", "clipboard-write"])
    join = make_link(page)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(join)


def test_without_a_script_the_link_is_there_and_no_button_that_does_nothing(
    page_as: OpenPage,
) -> None:
    page = page_as("alumnus", java_script_enabled=False)
    make_link(page)
    expect(page.locator("#url")).to_be_visible()
    expect(page.locator("[data-copy]").first).to_be_hidden()
    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ru", 390)])
def test_axe_finds_nothing_and_no_page_is_too_wide(
    page_as: OpenPage,
    group: Store,
    check_axe: Check,
    check_width: Check,
    shoot: Shoot,
    language: str,
    width: int,
) -> None:
    join = make_link(page_as("alumnus"))
    anyone = page_as(path=join)
    anyone.fill("#name", "Борис Петров-Водкин")
    anyone.locator("main button[type=submit]").click()
    anna = page_as("alumnus", path="/classmates/A/missing")
    anna.fill("#name", "Клара Новая")
    anna.locator("main form button[type=submit]").click()
    claim = group.read("MATCH (c:Claim) RETURN c.id AS id LIMIT 1")
    request = group.read("MATCH (r:Request {kind: 'groupmate'}) RETURN r.id AS id LIMIT 1")
    pages = (
        ("anyone", join), ("anyone", "/join/thank-you"), ("anyone", "/join/none"),
        ("alumnus", LINK), ("alumnus", "/invitations/questions"),
        ("alumnus", "/classmates/A/missing"), ("staff", "/staff/claims?code=121"),
        ("staff", f"/staff/claims/{claim[0]['id']}"),
        ("staff", f"/staff/groupmates/{request[0]['id']}"), ("staff", "/staff/requests"),
    )  # fmt: skip
    for role, path in pages:
        page = page_as(role, path=path, language=language, width=width)
        check_axe(page)
        check_width(page)
        name = re.sub(r"\W+", "-", re.sub(r"/[0-9a-z]{16,}.*|\?.*", "", path)).strip("-")
        shoot(page, f"invitations-{name}-{language}-{width}")
        if width < 1000:  # 400 % zoom on a laptop
            page.set_viewport_size({"width": 320, "height": 640})
            check_width(page)
            page.set_viewport_size({"width": width, "height": 800})


def test_a_form_with_an_error_says_so_to_every_reader(page_as: OpenPage, check_axe: Check) -> None:
    page = page_as(path=make_link(page_as("alumnus")))
    page.locator("main button[type=submit]").click()
    expect(page.locator("#name")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#name")).to_be_focused()
    check_axe(page)
