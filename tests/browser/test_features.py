"""Every feature's pages on a synthetic association of 300, as people with a browser meet them.

The association is made once for the module, and served by one server of the module's own, with the
accounts that `tests.browser.conftest` signs in as.
"""

import csv
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import argon2
import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from graphnet import accounts, synth
from graphnet.accounts import passwords
from graphnet.computed import refresh
from graphnet.live import Live
from graphnet.people import of_origins
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder
from tests.browser.conftest import PASSWORD, LiveServer, OpenPage
from tests.conftest import WIPE
from webapp.app import create_app

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]

ALUMNI = 300
# What each reader can open; a path with a selector goes on to the first link that fits it.
PAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "anyone": (("/events", ""), ("/events", "main .event-title a")),
    "alumnus": (
        ("/home", ""),
        ("/people", ""),
        ("/people?year=1800", ""),
        ("/people/suggested", ""),
        ("/classmates", ""),
        ("/classmates?state=no_contact", ""),
        ("/classmates?name=qqqq", ""),
        ("/classmates", "main .person-name a"),
        ("/events", ""),
        ("/events", "main .event-title a"),
        ("/groups", ""),
        ("/groups", "main .card h2 a"),
        ("/search", ""),
        ("/search?q=саша петров", ""),
        ("/search?q=qqqqqq", ""),
        ("/me", ""),
        ("/recommended/events", ""),
        ("/recommended/groups", ""),
        ("/recommended/projects", ""),
        ("/recommended/meet", ""),
        ("/recommended/requests", ""),
        ("/recommended/news", ""),
        ("/recommended/news", "main .event-title a"),
        ("/recommended/services", ""),
        ("/recommended/services", "main .event-title a"),
        ("/me/interests", ""),
        ("/me/digest", ""),
        ("/requests", ""),
        ("/requests/new", ""),
        ("/requests/new?kind=lecture", ""),
    ),
    "staff": (
        ("/staff", ""),
        ("/staff/ambassadors", ""),
        ("/staff/recovery", ""),
        ("/staff/recovery?kind=study_groups&decade=1950", ""),
        ("/staff/recovery", "main tbody a"),
        ("/staff/imports", ""),
        ("/staff/requests", ""),
        ("/staff/requests/figures", ""),
        ("/staff/recommendations", ""),
        ("/staff/news/new", ""),
        ("/staff/recommendations", "#coming + ul a"),
        ("/people?state=unregistered", ""),
    ),
    "analyst": (
        ("/maps", ""),
        ("/maps", "main tbody a"),
        ("/maps?kind=groups", ""),
        ("/statistics", ""),
    ),
    "admin": (("/admin", ""), ("/staff/imports", "")),
}


@pytest.fixture(scope="module")
def live_server(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The whole application on a synthetic association, in threads, on a free port."""
    store, folder = session_store, tmp_path_factory.mktemp("features")
    own = replace(settings, home=folder, demo=True, secure_cookies=False)
    store.run_alone(WIPE)
    files = folder / "synth"
    synth.write(files, alumni=ALUMNI, seed=2003)
    import_folder(
        store,
        mapping.read(mapping.find("synth"), files),
        files,
        ground="these people do not exist",
        by="test",
        rejects=folder / "rejects",
    )
    _make_accounts(store, files)
    refresh(store, own.snapshots)
    live = Live(store, own.snapshots)
    live.start()
    app = create_app(own, store=store, live=live)
    app.config["RATELIMIT_ENABLED"] = False  # every test comes from one address
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="site")
    thread.start()
    yield LiveServer(f"http://127.0.0.1:{server.server_port}", app, store, live)
    server.shutdown()
    thread.join()
    server.server_close()
    live.stop()
    store.run_alone(WIPE)


@pytest.fixture(scope="module")
def signed_in_states() -> dict[str, Any]:
    """Cookies of this server's readers: another module's sessions are gone with its accounts."""
    return {}


def _make_accounts(store: Store, files: Path) -> None:
    """Give all who are registered an account; the four readers sign in by their roles."""
    readers = {
        row["email"]: role
        for role, row in json.loads((files / "demo.json").read_text(encoding="utf-8")).items()
    }
    with (files / "registered.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = of_origins(store, (f"synth:person:{row['person_id']}" for row in rows))
    usual = passwords._hasher
    passwords._hasher = argon2.PasswordHasher(time_cost=1, memory_cost=1024)
    try:
        accounts.create_many(
            store,
            (
                {
                    "email": f"{readers[row['email']]}@example.org"
                    if row["email"] in readers
                    else row["email"],
                    "person_key": keys[f"synth:person:{row['person_id']}"][0],
                    "roles": row["roles"].split(";"),
                }
                for row in rows
            ),
            PASSWORD,
        )
    finally:
        passwords._hasher = usual


def _open(page: Page, path: str, link: str) -> None:
    page.goto(path)
    if link:
        page.locator(link).first.click()
        page.wait_for_url(lambda address: not address.endswith(path))
    expect(page.locator("h1")).to_have_count(1)
    if page.locator("#map").count():
        expect(page.locator("#map")).to_have_attribute("data-drawn", re.compile(r"\d+"))


@pytest.mark.parametrize(("language", "width"), [("en", 390), ("ru", 1280)])
@pytest.mark.parametrize("role", PAGES)
def test_axe_finds_nothing_and_no_page_is_too_wide(
    page_as: OpenPage,
    check_axe: Check,
    check_width: Check,
    shoot: Shoot,
    role: str,
    language: str,
    width: int,
) -> None:
    page = page_as(role, language=language, width=width)
    for path, link in PAGES[role]:
        _open(page, path, link)
        expect(page.locator("html")).to_have_attribute("lang", language)
        check_axe(page)
        check_width(page)
        name = re.sub(r"\W+", "-", path.split("?")[0]).strip("-") + ("-one" if link else "")
        shoot(page, f"{role}-{name}-{language}-{width}")


@pytest.mark.parametrize("role", PAGES)
def test_at_400_percent_nothing_scrolls_sideways(
    page_as: OpenPage, check_width: Check, role: str
) -> None:
    page = page_as(role, language="ru", width=320, height=256)
    for path, link in PAGES[role]:
        _open(page, path, link)
        check_width(page)


def test_russian_pages_have_no_english_word_of_ours(page_as: OpenPage) -> None:
    """Names and words of the data may be in either script; what we say is Russian."""
    english = re.compile(
        r"\b(the|your|you|of|with|people|person|who|what|registered|group|events?|ties?|none)\b"
    )
    for role in ("alumnus", "staff", "analyst"):
        page = page_as(role, language="ru")
        for path, link in PAGES[role]:
            _open(page, path, link)
            ours = page.locator("main").evaluate(
                """main => { const copy = main.cloneNode(true);
                  for (const e of copy.querySelectorAll(`[lang=en], .as-written, dd, .person-line,
                    th[scope=row], textarea, select`)) e.remove();
                  return copy.textContent; }"""
            )
            assert not english.search(ours.lower()), (path, english.findall(ours.lower()))


def test_a_person_is_found_by_keyboard_alone(page_as: OpenPage, check_axe: Check) -> None:
    page = page_as("alumnus", path="/home", language="ru")
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.type("саша петров")
    offers = page.get_by_role("option")
    expect(offers.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    check_axe(page)
    wanted = offers.filter(has_text=re.compile(r"Александр \S+ Петров ")).first
    expect(wanted).to_be_visible()
    for _ in range(offers.count()):
        page.keyboard.press("ArrowDown")
        if wanted.get_attribute("aria-selected") == "true":
            break
    expect(wanted).to_have_attribute("aria-selected", "true")
    identity = wanted.get_attribute("id")
    assert identity
    expect(box).to_have_attribute("aria-activedescendant", identity)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/people/[\w-]+$"))
    expect(page.locator("h1")).to_have_text(re.compile(r"^Александр .*Петров$"))


def test_escape_closes_the_offers_and_enter_searches(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/home")
    page.keyboard.press("/")
    page.keyboard.type("petrov")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("combobox")).to_have_value("petrov")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=petrov$"))
    expect(page.locator("main .person").first).to_contain_text(re.compile("Петров|Petrov"))


def test_an_event_is_answered_without_javascript(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/events", java_script_enabled=False)
    page.locator("main .event-title a").last.click()
    for button in ("I will not come", "I will come", "I will not come"):
        page.get_by_role("button", name=button).or_(
            page.get_by_role("button", name="Join the waiting list")
        ).first.click()
        expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator("main .badge").first).to_have_text("you said no")


def test_a_suggestion_is_dismissed_and_stays_away(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/home", java_script_enabled=False)
    first = page.locator("#may-know + ul .person-name a").first
    gone = first.get_attribute("href")
    page.get_by_role("button", name=f"Don’t suggest {first.inner_text()}").click()
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator(f"#may-know + ul a[href='{gone}']")).to_have_count(0)


def test_the_map_draws_everybody_whom_the_table_names(page_as: OpenPage, shoot: Shoot) -> None:
    page = page_as("analyst", path="/maps")
    page.locator("main tbody a").first.click()
    rows = page.locator("main tbody tr[data-node]")
    expect(page.locator("#map")).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d*$"))
    expect(page.locator("#map")).to_have_attribute("data-drawn", str(rows.count()))
    assert rows.count() >= 5
    expect(page.locator("#map canvas").first).to_be_visible()
    page.get_by_role("link", name="were in a group together").click()
    expect(page).to_have_url(re.compile("layer=studied"))
    expect(page.locator("#map")).to_have_attribute("data-drawn", str(rows.count()))
    shoot(page, "analyst-map-studied")


def test_a_map_is_coloured_narrowed_walked_by_keyboard_and_reopened_by_its_address(
    page_as: OpenPage, check_axe: Check, shoot: Shoot
) -> None:
    page = page_as("analyst", path="/maps?kind=units")
    page.locator("main tbody a").first.click()
    place, told = page.locator("#map"), page.locator("#map-told")
    expect(place).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d*$"))
    everybody = place.get_attribute("data-shown")
    page.get_by_label("Colour").select_option("decade")
    expect(page.locator("#map-legend")).to_contain_text("0s, ")
    page.get_by_text("Show only some people").click()
    page.locator("#map-state").select_option("0")
    expect(place).not_to_have_attribute("data-shown", everybody or "")
    shown = place.get_attribute("data-shown") or ""
    expect(page.locator("tr[data-node]:visible")).to_have_count(int(shown))
    place.focus()
    place.press("ArrowRight")  # to who has most ties
    expect(told).to_contain_text("ties, circle")
    first = told.inner_text()
    place.press("ArrowRight")
    expect(told).to_contain_text("knows")
    place.press("Enter")
    expect(told).to_contain_text("ties, circle")
    assert told.inner_text() != first
    chosen = page.locator("tr[aria-current] th").inner_text()
    assert told.inner_text().startswith(chosen)
    check_axe(page)
    shoot(page, "analyst-map-narrowed")
    again = page.url
    assert f"person={chosen}" in again
    page.goto(again)
    expect(page.locator("#map")).to_have_attribute("data-shown", shown)
    expect(page.locator("#map-told")).to_contain_text(chosen)
    page.locator("#map").press("Escape")
    expect(page.locator("tr[aria-current]")).to_have_count(0)
    page.get_by_label("Find on the map").fill(first.partition(":")[0])
    page.get_by_label("Find on the map").press("Enter")
    expect(page.locator("#map-told")).to_contain_text(first)
    with page.expect_download() as picture:
        page.get_by_role("button", name="Save as a picture").click()
    assert picture.value.suggested_filename.endswith(".png")
    assert picture.value.path().stat().st_size > 2000
    with page.expect_download() as drawn:
        page.get_by_role("button", name="Save as a drawing (SVG)").click()
    svg = ElementTree.parse(drawn.value.path()).getroot()
    words = " ".join(svg.itertext())
    assert page.locator("h1").inner_text() in words and "Alumni network" in words
    legend = page.locator("#map-legend li").first.inner_text()
    assert legend.strip() in words
    discs = svg.findall(".//{*}g/{*}circle")
    assert len(discs) >= int(page.locator("#map").get_attribute("data-shown") or 0)
    # The two ends of a way: who is chosen, and somebody whom that one knows.
    page.get_by_role("button", name="The way begins here").click()
    expect(page.get_by_label("The other person")).to_be_focused()
    page.locator("#map").press("ArrowRight")
    page.locator("#map").press("Enter")
    page.get_by_role("button", name="The way ends here").press("Enter")
    expect(page.locator("#ways li").first).to_contain_text("know each other")
    expect(page.locator("#map")).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d*$"))
    check_axe(page)
    shoot(page, "analyst-map-way")
    page.goto(again.partition("?")[0] + "?sort=-ties")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Ties")


def test_a_map_is_moved_through_the_years_by_keyboard_and_reopened_there(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot
) -> None:
    page = page_as("analyst", path="/maps?kind=units")
    page.locator("main tbody a").first.click()
    place, slider = page.locator("#map"), page.get_by_label("Until the year")
    expect(place).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d*$"))
    everybody, ties = (int(place.get_attribute(f"data-{of}") or 0) for of in ("shown", "ties"))
    last = int(slider.input_value())
    slider.focus()
    slider.press("Home")  # the first year
    first = int(slider.input_value())
    assert first < last
    few = int(place.get_attribute("data-shown") or 0)
    assert few < everybody and int(place.get_attribute("data-ties") or 0) < ties
    expect(page.locator("tr[data-node]:visible")).to_have_count(few)
    for _ in range(5):
        slider.press("ArrowRight")
    year = first + 5
    expect(page.locator("#map-year-told")).to_contain_text(f"{year}: people ")
    assert few <= int(place.get_attribute("data-shown") or 0) <= everybody
    said = page.locator("#map-year-told").inner_text()
    assert f"year={year}" in page.url
    check_axe(page)
    page.goto(page.url)
    expect(page.locator("#map-year-told")).to_have_text(said)
    shoot(page, "analyst-map-year")
    page.get_by_label("Until the year").press("End")
    expect(page.locator("#map")).to_have_attribute("data-shown", str(everybody))
    assert "year=" not in page.url
    page.set_viewport_size({"width": 390, "height": 844})
    check_width(page)


def test_circles_are_drawn_as_one_each_and_open_into_their_people(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot
) -> None:
    page = page_as("analyst", path="/maps?kind=units")
    page.locator("main tbody a").first.click()
    place, told = page.locator("#map"), page.locator("#map-told")
    expect(place).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d*$"))
    everybody = place.get_attribute("data-shown") or ""
    page.locator("#map-as").select_option("circles")
    expect(place).to_have_attribute("data-circles", re.compile(r"^[1-9]\d*$"))
    assert "as=circles" in page.url
    expect(page.get_by_label("Colour")).to_be_disabled()
    check_axe(page)
    shoot(page, "analyst-map-circles")
    with page.expect_download() as drawn:
        page.get_by_role("button", name="Save as a drawing (SVG)").click()
    svg = ElementTree.parse(drawn.value.path()).getroot()
    assert "circle 1" in " ".join(svg.itertext())
    page.reload()
    expect(place).to_have_attribute("data-circles", re.compile(r"^[1-9]\d*$"))
    place.focus()
    place.press("ArrowRight")
    expect(told).to_contain_text("circle 1")
    people = re.search(r"people (\d+)", told.inner_text())
    assert people
    place.press("Enter")
    expect(place).to_have_attribute("data-shown", people.group(1))
    expect(page).to_have_url(re.compile(r"circle=0.*at=0\.\d+"))  # where the camera stands now
    assert "as=circles" not in page.url
    page.reload()
    expect(place).to_have_attribute("data-shown", people.group(1))
    assert place.get_attribute("data-shown") != everybody
    page.goto(page.url.partition("/maps")[0] + "/maps/everybody/all?as=circles")
    page.get_by_text(re.compile(r"^\d+ circles$")).click()
    page.get_by_role("link", name=re.compile("^circle 1")).click()
    expect(page).to_have_url(re.compile("/maps/everybody/1"))
    expect(place).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d*$"))
    page.set_viewport_size({"width": 390, "height": 844})
    check_width(page)
    page.get_by_role("link", name="The whole network, under pseudonyms").click()
    expect(place).to_have_attribute("data-circles", re.compile(r"^[1-9]\d*$"))


def test_my_surroundings_are_drawn_and_without_anybody_lead_on(
    page_as: OpenPage, check_axe: Check, check_width: Check, shoot: Shoot
) -> None:
    page = page_as("alumnus", path="/classmates")
    page.get_by_role("link", name="My groupmates on a map").click()
    expect(page.locator("#map")).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d*$"))
    page.get_by_role("link", name="and those tied to them").press("Enter")
    expect(page).to_have_url(re.compile("rings=2"))
    page.get_by_role("link", name="have any tie").click()
    rows = page.locator("tr[data-node]")
    expect(page.locator("#map")).to_have_attribute("data-drawn", str(rows.count()))
    check_axe(page)
    shoot(page, "alumnus-surroundings")
    page.set_viewport_size({"width": 390, "height": 844})
    check_width(page)
    shoot(page, "alumnus-surroundings-phone")
    page.goto(page.url.partition("?")[0] + "?layer=worked")
    check_axe(page)
    shoot(page, "alumnus-surroundings-none")
    page.get_by_role("main").get_by_role("link", name="My groups and classmates").click()
    expect(page.get_by_role("link", name="My groupmates on a map")).to_be_visible()


def test_in_forced_colours_states_and_maps_are_there(
    page_as: OpenPage, check_axe: Check, shoot: Shoot
) -> None:
    page = page_as("alumnus", path="/classmates", forced_colors="active")
    check_axe(page)
    badge = page.locator("main .badge").first
    # The border of the badge and its shape take the system's colour of text.
    colour = "getComputedStyle(e).borderTopColor === getComputedStyle(e).color"
    assert badge.evaluate(f"e => {colour}")
    expect(badge.locator("svg")).to_be_visible()
    shoot(page, "classmates-forced-colours")
    page = page_as("analyst", path="/maps", forced_colors="active")
    page.locator("main tbody a").first.click()
    expect(page.locator("#map")).to_have_attribute("data-drawn", re.compile(r"\d+"))
    check_axe(page)
    shoot(page, "map-forced-colours")


def test_what_one_shows_of_oneself_is_chosen_by_keyboard(
    page_as: OpenPage, live_server: LiveServer
) -> None:
    page = page_as("alumnus", path="/me?edit=city")
    choice = page.get_by_label("Who sees this")
    choice.focus()
    page.keyboard.type("any")  # a list box takes the first choice that begins like this
    choice.locator("xpath=ancestor::form").get_by_role("button").press("Enter")
    expect(page.get_by_text("Kept. It holds from now on.")).to_be_visible()
    expect(page.locator("#city")).to_contain_text("Seen by: anyone on the internet")
    held = live_server.store.read(
        "MATCH (:Account {email_key: 'alumnus@example.org'})-[:OF]->(p:Person) "
        "RETURN p.audiences AS audiences LIMIT 1"
    )[0]["audiences"]
    assert "city:public" in held


def test_a_dismissal_acts_at_once_and_can_be_undone(page_as: OpenPage) -> None:
    page = page_as("alumnus", path="/people/suggested")
    people = page.locator("main .person")
    expect(page.locator("svg.between").first).to_be_visible()
    first = people.first.locator(".person-name a").get_attribute("href")
    same = page.locator(f'main .person-name a[href="{first}"]')
    people.first.get_by_role("button").click()
    expect(page.locator("main .notice")).to_be_visible()
    expect(same).to_have_count(0)
    page.goto("/home")
    expect(same).to_have_count(0)
    page.goto(f"/people/suggested?dismissed={str(first).rsplit('/', 1)[1]}")
    expect(same).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(same).to_have_count(1)
