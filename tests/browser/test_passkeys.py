"""Passkeys in Chromium with a virtual authenticator: added, named, used, removed; on a phone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import LiveServer, sign_in
from webapp.frame.security import limiter

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@dataclass(frozen=True)
class Telephone:
    """A browser with a key in it."""

    page: Page
    context: BrowserContext
    control: Any
    key: str


@pytest.fixture
def telephone(live_server: LiveServer, browser: Browser) -> Iterator[Telephone]:
    limiter.enabled = False
    # By its name: for a bare address no browser makes passkeys.
    address = live_server.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(
        base_url=address, locale="ru-RU", viewport={"width": 380, "height": 800}
    )
    page = context.new_page()
    control = context.new_cdp_session(page)
    control.send("WebAuthn.enable")
    made = control.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield Telephone(page, context, control, made["authenticatorId"])
    context.close()
    limiter.enabled = True


def test_a_passkey_is_added_signs_in_and_is_removed(
    telephone: Telephone, live_server: LiveServer, check_axe: Check, check_width: Check
) -> None:
    page = telephone.page
    sign_in(page, "alumnus")
    page.goto("/account")
    page.locator("#passkey-name").fill("Мой телефон")
    page.get_by_role("button", name="Добавить ключ доступа").click()
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.get_by_text("Мой телефон").first).to_be_visible()
    check_axe(page)
    check_width(page)
    held = telephone.control.send("WebAuthn.getCredentials", {"authenticatorId": telephone.key})
    assert len(held["credentials"]) == 1

    telephone.context.clear_cookies()
    page.goto("/sign-in?next=/account")
    check_axe(page)
    page.get_by_role("button", name="Войти с ключом доступа").click()
    page.wait_for_url("**/account")
    expect(page.get_by_text("alumnus@example.org").first).to_be_attached()

    telephone.control.send(
        "WebAuthn.setUserVerified", {"authenticatorId": telephone.key, "isUserVerified": False}
    )
    telephone.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="Войти с ключом доступа").click()
    expect(page.locator("[data-trouble]")).to_be_visible()
    telephone.control.send(
        "WebAuthn.setUserVerified", {"authenticatorId": telephone.key, "isUserVerified": True}
    )
    page.get_by_role("button", name="Войти с ключом доступа").click()
    page.wait_for_url(re.compile(r"^(?!.*/sign-in)"))
    page.goto("/account")
    page.get_by_role("button", name="Удалить Мой телефон").click()
    expect(page.locator(".notice-success")).to_be_visible()
    telephone.context.clear_cookies()
    page.goto("/sign-in")
    page.get_by_role("button", name="Войти с ключом доступа").click()
    expect(page.locator(".notice-error")).to_be_visible()
