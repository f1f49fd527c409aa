"""The loyalty programme: join, card, a partner verifies, a perk is taken and redeemed, figures."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, OpenPage


def path(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


def test_from_joining_to_the_figures(
    page_as: OpenPage,
    live_server: LiveServer,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    staff = page_as("staff", path="/staff/partners")
    staff.get_by_role("button", name="A new partner").click()
    staff.get_by_label("Name in Russian").fill("Пекарня на Петроградской")
    staff.get_by_label("Name in English").fill("Petrograd Bakery")
    check_axe(staff)
    staff.get_by_role("button", name="Save").click()
    staff.get_by_role("button", name="A new offer").click()
    staff.get_by_label("Title in Russian").fill("Каравай выпускнику")
    staff.get_by_label("Title in English").fill("A loaf for graduates")
    staff.get_by_label("Terms in Russian").fill("Раз в год, по средам.")
    staff.get_by_label("How many").fill("20")
    check_axe(staff)
    shoot(staff, "perk-form")
    staff.get_by_role("button", name="Keep the draft").click()
    staff.get_by_role("button", name="Publish").click()
    staff.get_by_role("button", name="Make a link").click()
    check_axe(staff)
    shoot(staff, "partner-staff")
    link = path(staff.locator("code").first.inner_text())

    anna = page_as("alumnus", path="/me/membership", width=390, language="ru")
    check_axe(anna)
    check_width(anna)
    shoot(anna, "membership-before")
    anna.get_by_role("button", name="Вступить").click()
    expect(anna.get_by_text("Добро пожаловать!")).to_be_visible()
    check_axe(anna)
    check_width(anna)
    shoot(anna, "membership-phone")
    anna.get_by_role("button", name="Моя карта").click()
    anna.get_by_role("button", name="Сделать мою карту").click()
    check_axe(anna)
    check_width(anna)
    shoot(anna, "card-phone")
    card = path(anna.get_by_role("link", name="Что видит партнёр").get_attribute("href") or "")
    verifier = page_as("anyone", path=card, width=390)
    expect(verifier.get_by_role("heading", name="Member of the association")).to_be_visible()
    expect(verifier.get_by_text("Иванова")).to_have_count(0)
    check_axe(verifier)
    shoot(verifier, "card-verified")

    anna.goto("/perks")
    check_axe(anna)
    shoot(anna, "perks-consent")
    anna.get_by_role("button", name="Да, показывать").click()
    check_axe(anna)
    check_width(anna)
    shoot(anna, "perks-phone")
    # By the keyboard alone.
    anna.get_by_role("link", name="Каравай выпускнику").focus()
    anna.keyboard.press("Enter")
    anna.get_by_role("button", name="Взять").focus()
    anna.keyboard.press("Enter")
    code = anna.locator(".perk-code").inner_text()
    check_axe(anna)
    check_width(anna)
    shoot(anna, "perk-code")

    partner = page_as("anyone", path=link)
    partner.get_by_label("Code").fill(code.lower())
    partner.get_by_role("button", name="Redeem it").click()
    expect(partner.get_by_text("Valid, and used now: A loaf for graduates")).to_be_visible()
    partner.get_by_label("Code").fill(code)
    partner.get_by_role("button", name="Redeem it").click()
    expect(partner.get_by_text("Already used: A loaf for graduates.")).to_be_visible()
    expect(partner.get_by_role("cell", name="fewer than 5").first).to_be_visible()
    check_axe(partner)
    shoot(partner, "partner-page")
    staff.reload()
    expect(staff.get_by_text("used: fewer than 5")).to_be_visible()

    rules = page_as("anyone", path="/loyalty", width=390, language="ru")
    check_axe(rules)
    check_width(rules)
    shoot(rules, "rules-phone")
    desk = page_as("staff", path="/people/anna/membership")
    check_axe(desk)
    shoot(desk, "membership-staff")
    desk.goto("/staff/membership")
    check_axe(desk)
    shoot(desk, "membership-index")
    anna.goto("/me/membership")
    shoot(anna, "membership-after")
    wide = page_as("alumnus", path="/me/membership", width=1280)
    check_axe(wide)
    shoot(wide, "membership-wide")
