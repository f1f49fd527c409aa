"""The frame of every page, signing in and administration, as people with a browser meet them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, OpenPage

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]

PUBLIC = ("/", "/sign-in", "/dont-look-for-me", "/privacy", "/reset/never-was", "/no-such-page")
OWN = ("/account", "/dont-look-for-me", "/no-such-page")
ADMIN = ("/admin", "/admin/invite", "/admin/audit", "/admin/jobs")
ALL = (
    *(("anyone", path) for path in PUBLIC),
    *(("alumnus", path) for path in OWN),
    *(("admin", path) for path in ADMIN),
)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("role", ["anyone", "alumnus", "admin"])
def test_axe_finds_nothing_and_no_page_is_too_wide(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot, role: str, language: str
) -> None:
    looks = (("light", 1280), ("dark", 390))
    for scheme, width in looks:
        page = page_as(role, language=language, width=width, color_scheme=scheme)
        for path in (path for who, path in ALL if who == role):
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            expect(page.locator("h1")).to_have_count(1)
            check_axe(page)
            check_width(page)
            name = path.strip("/").replace("/", "-") or "front"
            shoot(page, f"{name}-{role}-{language}-{width}-{scheme}")


def test_at_400_percent_nothing_scrolls_sideways(page_as: OpenPage, check_width: Check) -> None:
    for language in ("en", "ru"):
        for role in ("anyone", "alumnus", "admin"):
            page = page_as(role, language=language, width=320, height=256)
            for path in (path for who, path in ALL if who == role):
                page.goto(path)
                check_width(page)


def test_in_forced_colours_all_is_there(page_as: OpenPage, check_axe: Check, shoot: Shoot) -> None:
    page = page_as("admin", path="/admin", forced_colors="active")
    check_axe(page)
    badge = page.locator(".badge").first
    # The shape and the border stay when colours go.
    assert badge.evaluate("e => getComputedStyle(e).borderTopWidth") == "1px"
    expect(badge.locator("svg")).to_be_visible()
    shoot(page, "admin-forced-colours")


def test_signing_in_by_keyboard_alone(page_as: OpenPage) -> None:
    page = page_as(path="/account")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=/account$"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("staff@example.org")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/account(#main)?$"))
    # The account menu opens, closes and signs out by keyboard too.
    summary = page.locator("details.menu summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Sign out":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_the_focus_can_always_be_seen(page_as: OpenPage) -> None:
    page = page_as("admin", path="/admin")
    seen = 0
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => {
              const e = document.activeElement;
              if (e === document.body) return null;
              const style = getComputedStyle(e);
              return [e.outerHTML.slice(0, 80), style.outlineStyle, style.outlineWidth];
            }"""
        )
        if outline is None:
            break
        assert outline[1] != "none", outline
        assert float(outline[2].removesuffix("px")) >= 2, outline
        seen += 1
    assert seen >= 10


@pytest.mark.parametrize("language", ["en", "ru"])
def test_without_javascript_all_of_it_works(page_as: OpenPage, language: str) -> None:
    page = page_as(language=language, java_script_enabled=False)
    page.goto("/sign-in")
    page.locator("#email").fill("alumnus@example.org")
    page.locator("#password").fill("wrong")
    page.locator("main button").click()
    expect(page.locator(".notice-error")).to_be_visible()
    page.locator("#email").fill("alumnus@example.org")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    expect(page).not_to_have_url(re.compile("sign-in"))
    page.locator("details.menu summary").click()
    page.locator(".menu-sheet a[href='/account']").click()
    expect(page.locator("h1")).to_have_text(
        {"en": "Account and sessions", "ru": "Учётная запись и входы"}[language]
    )
    page.locator("a.language").click()
    expect(page).to_have_url(re.compile("/account$"))
    expect(page.locator("html")).to_have_attribute("lang", {"en": "ru", "ru": "en"}[language])
    page.locator("details.menu summary").click()
    page.locator(".menu-sheet button").click()
    expect(page.locator(".notice-success")).to_be_visible()


def test_wrong_input_is_told_at_its_field(page_as: OpenPage, check_axe: Check) -> None:
    page = page_as("alumnus", path="/account", fresh=True)
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password").fill("short")
    page.get_by_label("Repeat the password").fill("short")
    page.get_by_role("button", name="Change the password").click()
    field = page.get_by_label("New password")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("At least 10 characters, please"))
    check_axe(page)


def test_a_session_ended_here_is_over_there(page_as: OpenPage) -> None:
    there = page_as("analyst", path="/account", fresh=True)
    here = page_as("analyst", path="/account", fresh=True)
    here.get_by_role("button", name="End all others").click()
    expect(here.get_by_text("Your other sessions have ended.")).to_be_visible()
    there.reload()
    expect(there).to_have_url(re.compile("/sign-in"))


def test_an_administrator_gives_a_role_and_takes_it_back(
    page_as: OpenPage, check_axe: Check, shoot: Shoot
) -> None:
    page = page_as("admin", path="/admin")
    page.get_by_role("link", name="staff@example.org").click()
    check_axe(page)
    shoot(page, "admin-account")
    page.get_by_role("button", name="Give the role: analyst").press("Enter")
    expect(page.get_by_text("The roles are changed")).to_be_visible()
    page.get_by_role("button", name="Take the role: analyst").click()
    expect(page.get_by_role("button", name="Give the role: analyst")).to_be_visible()
    page.get_by_role("button", name="Make a password link").click()
    link = page.get_by_label("One-time link")
    expect(link).to_have_value(re.compile(r"^http://127\.0\.0\.1:\d+/reset/[\w-]+$"))
    check_axe(page)


def test_the_search_box_is_a_key_away(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/account")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
