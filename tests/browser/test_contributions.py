"""The ledger in a browser: one's own season, staff's ledger, both languages and widths."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from graphnet.ledger import backfill, chain, manual
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.browser.conftest import LiveServer, OpenPage
from tests.support.contest_season import season_of_year
from tests.support.entries import season_rules
from tests.support.graphs import ANNA, BORIS, GEORGY, STAFF

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]

KEEPER = Viewer("staff", STAFF, "staff", purpose="contributions")
SEASON = "2026"
EVENT = """MERGE (e:Event {id: 'ledger-evening'}) SET e.key = 901, e.title = 'Evening',
  e.title_ru = 'Вечер встречи', e.starts_at = $at, e.time_zone = 'Europe/Moscow',
  e.visibility = 'members'
WITH e UNWIND $keys AS key MATCH (p:Person {key: key})
MERGE (r:Registration {id: 'ledger-' + p.id}) SET r.state = 'yes', r.at = $at
MERGE (r)-[:FOR]->(e) MERGE (r)-[:BY]->(p)"""
CONSENT = """MATCH (p:Person {key: $key}) MERGE (c:Consent {id: 'ledger-consent'})
SET c.purpose = 'profile', c.state = 'given', c.at = $at MERGE (p)-[:GAVE]->(c)"""


@pytest.fixture
def filled(live_server: LiveServer) -> Store:
    """The association with a season of Anna's: capped, shared, taken back."""
    store, rules = live_server.store, season_rules(SEASON)
    if not store.read("MATCH (c:Contest) RETURN c.id AS id LIMIT 1"):
        for season in ("2025", SEASON):
            season_of_year(store, season)
    day = datetime(2026, 2, 3, 9, tzinfo=UTC)
    store.write(EVENT, at=day, keys=[ANNA, GEORGY])
    store.write(CONSENT, key=ANNA, at=day)
    backfill.backfill(store)
    entries = [("talk", 7, None), ("mentoring", 1, None), ("news", 2, None), ("helped", 1, None),
               ("referral", 1, BORIS)]  # fmt: skip
    for kind, times, participant in entries:
        manual.enter(
            store, KEEPER, rules, person_key=ANNA, kind=kind, day=day + timedelta(days=times),
            note="Программа встречи выпускников, страница 3", quantity=times,
            participant_key=participant, act_id=f"browser:{kind}",
        )  # fmt: skip
    manual.enter(
        store, KEEPER, rules, person_key=GEORGY, kind="invitation_accepted", day=day,
        note="По его ссылке", participant_key=BORIS, act_id="browser:invited",
    )  # fmt: skip
    if not store.read(
        "MATCH (c:Contribution {act_id: 'correct:browser:helped'}) RETURN c.kind AS kind LIMIT 1"
    ):
        manual.take_back(store, KEEPER, "browser:helped", "Ответил другой выпускник")
    return store


PAGES = (
    ("alumnus", "/me/contributions?season=2026"),
    ("alumnus", "/me/contributions?season=2025"),
    ("staff", "/staff/contributions?season=2026"),
    ("staff", "/staff/contributions?season=2026&only=corrections"),
    ("staff", "/staff/contributions?season=2025&kind=gift"),
    ("staff", "/staff/contributions/new?person=anna"),
    ("staff", "/staff/contributions/browser:talk"),
    ("staff", "/staff/contributions/browser:helped"),
    ("staff", "/staff/contributions/people/anna?season=2026"),
    ("staff", "/staff/contributions/ranking?season=2026"),
    ("staff", "/staff/contributions/chain"),
    ("staff", "/staff/events/ledger-evening/attendance"),
)


@pytest.mark.parametrize(("language", "width"), [("ru", 390), ("en", 1280)])
@pytest.mark.parametrize("role", ["alumnus", "staff"])
def test_axe_finds_nothing_and_no_page_is_too_wide(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot, filled: Store,
    role: str, language: str, width: int,
) -> None:  # fmt: skip
    page = page_as(role, language=language, width=width)
    for number, (who, path) in enumerate(PAGES):
        if who != role:
            continue
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        for details in page.locator("main details").all()[:3]:
            details.locator("summary").click()
        check_axe(page)
        check_width(page)
        shoot(page, f"ledger-{number}-{language}-{width}")
        if width < 1000:  # 400 % zoom on a laptop
            page.set_viewport_size({"width": 320, "height": 640})
            check_width(page)
            page.set_viewport_size({"width": width, "height": 800})


def test_a_contribution_is_entered_and_taken_back_without_javascript(
    page_as: OpenPage, filled: Store
) -> None:
    page = page_as("staff", path="/staff/contributions/new?person=anna", java_script_enabled=False)
    page.get_by_label("What was done").select_option("talk")
    page.get_by_label("On which day").fill("2026-03-04")
    page.get_by_label("What shows it").fill("the programme of the day")
    page.get_by_role("button", name="Enter it").click()
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator("main")).to_contain_text("the programme of the day")
    page.get_by_label("Why").fill("it was given by another")
    page.get_by_role("button", name="Take it back by a counter-entry").click()
    expect(page.locator("main .badge").first).to_have_text("taken back")
    expect(page.get_by_label("Why")).to_have_count(0)
    assert chain.broken_link(filled) is None


def test_whose_contribution_it_is_is_found_by_name(page_as: OpenPage, filled: Store) -> None:
    page = page_as("staff", path="/staff/contributions/new")
    box = page.get_by_role("group", name="Whose contribution").get_by_role("combobox")
    box.fill("дарь")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    chosen = page.get_by_role("group", name="Whose contribution").get_by_role("radio")
    expect(chosen).to_be_checked()
    expect(chosen).to_have_value("darya")
    expect(box).to_have_value("")
    page.get_by_label("What was done").select_option("talk")
    page.get_by_label("On which day").fill("2026-03-05")
    page.get_by_label("What shows it").fill("the programme")
    page.get_by_role("button", name="Enter it").click()
    expect(page.locator("main")).to_contain_text("Дарья")


def test_who_came_is_marked_and_stands_in_their_season(page_as: OpenPage, filled: Store) -> None:
    page = page_as("staff", path="/staff/events/ledger-evening/attendance")
    box = page.get_by_label(re.compile("Анна"))
    if not box.is_checked():
        box.check()
        page.get_by_role("button", name="Keep who came").click()
        expect(page.locator(".notice-success")).to_be_visible()
    expect(page.get_by_label(re.compile("Анна"))).to_be_checked()
    mine = page_as("alumnus", path="/me/contributions?season=2026")
    row = mine.locator("main tbody tr").filter(has_text="Came to an event").first
    expect(row).to_contain_text("2")
    row.locator("summary").click()
    expect(row).to_contain_text("Marked by staff at the event")
