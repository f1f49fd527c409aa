"""From a half-remembered name to an answer: the way to somebody whose contact nobody has."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from graphnet import accounts
from graphnet.computed import refresh
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.browser.conftest import PASSWORD, LiveServer, OpenPage
from tests.conftest import WIPE
from webapp.app import create_app

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]

# Ekaterina seeks Aleksandr of her year. Anna knows both; Oleg knows Pavel, who knows Aleksandr.
PEOPLE = [
    ("ekaterina", "Екатерина", "Соколова", "f"),
    ("aleksandr", "Александр", "Петров", "m"),
    ("anna", "Анна", "Кузнецова", "f"),
    ("oleg", "Олег", "Смирнов", "m"),
    ("pavel", "Павел", "Волков", "m"),
    ("vera", "Вера", "Орлова", "f"),
    ("irina", "Ирина", "Лебедева", "f"),
]
MAKE = """UNWIND range(1, size($rows)) AS key WITH key, $rows[key - 1] AS row
CREATE (p:Person:Alumnus {id: row[0], key: key, given_name: row[1], family_name: row[2],
  gender: row[3], name_key: row[0], visibility: CASE row[0] WHEN 'vera' THEN 'hidden'
  ELSE 'shown' END})
WITH collect(p) AS people
CREATE (u:Unit {id: 'faculty', kind: 'faculty', name: 'Optics', name_ru: 'Оптика'})
CREATE (c:Cohort {id: 'year', programme: 'Optics', programme_ru: 'Оптика',
  intake_year: 1998})-[:OF]->(u)
CREATE (t:Topic {id: 'optics', name: 'Optics', name_ru: 'Оптика'})
CREATE (g:StudyGroup {id: 'g1', name: '1-98'})-[:OF]->(c)
CREATE (h:StudyGroup {id: 'g2', name: '2-98'})-[:OF]->(c)
WITH people, t, g, h UNWIND [p IN people WHERE p.id <> 'irina'] AS p
WITH p, t, CASE WHEN p.id IN ['anna', 'oleg'] THEN h ELSE g END AS home
CREATE (p)-[:STUDIED_IN {from_term: 3996, to_term: 4005, role: 'student'}]->(home)
CREATE (p)-[:INTERESTED_IN]->(t)"""
TIES = """UNWIND $rows AS row MATCH (a:Person {id: row[0]}) MATCH (b:Person {id: row[1]})
CREATE (a)-[:KNOWS {strength: row[2], source: 'test'}]->(b)"""
KNOWN = [
    ["ekaterina", "anna", 0.9], ["anna", "aleksandr", 0.8], ["ekaterina", "oleg", 0.7],
    ["oleg", "pavel", 0.9], ["pavel", "aleksandr", 0.9],
]  # fmt: skip
WORDS = {"en": "It is Katya. Do you remember the practice of 2001?", "ru": "Это Катя. Помнишь?"}
ANSWER = "sasha@example.org"


@pytest.fixture(scope="module")
def live_server(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The application on seven people, in threads, on a free port."""
    store = session_store
    own = replace(settings, home=tmp_path_factory.mktemp("reach"), demo=True, secure_cookies=False)
    store.run_alone(WIPE)
    store.write(MAKE, rows=[list(row) for row in PEOPLE])
    store.write(TIES, rows=KNOWN)
    accounts.create_many(
        store,
        [
            {
                "email": f"{name}@example.org",
                "person_key": key,
                "roles": ["staff" if name == "irina" else "alumnus"],
            }
            for key, (name, *_) in enumerate(PEOPLE, start=1)
            if name not in ("aleksandr", "vera")
        ],
        PASSWORD,
    )
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
    """Cookies of this server's readers."""
    return {}


@pytest.fixture
def look(check_axe: Check, check_width: Check, shoot: Shoot) -> Callable[[Page, str], None]:
    """Look at a page closely: accessible, not too wide, and kept as a picture."""

    def one(page: Page, name: str) -> None:
        expect(page.locator("h1")).to_have_count(1)
        check_axe(page)
        check_width(page)
        width = page.viewport_size["width"] if page.viewport_size else 0
        language = page.locator("html").get_attribute("lang")
        shoot(page, f"reach-{name}-{language}-{width}")
        if width == 390:  # 400 % zoom on a laptop
            page.set_viewport_size({"width": 320, "height": 640})
            check_width(page)
            page.set_viewport_size({"width": width, "height": 800})

    return one


SAID = {
    "en": {
        "ways": "Ways to reach", "ask": "Ask to pass on", "waiting": "waiting",
        "link": "Make a link to send", "send": "Send the answer", "answered": "answered",
        "gone": "This link does not work any more",
    },
    "ru": {
        "ways": "Как связаться", "ask": "Попросить передать",
        "waiting": "ждёт ответа", "link": "Получить ссылку для отправки",
        "send": "Отправить ответ", "answered": "есть ответ",
        "gone": "Эта ссылка больше не действует",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "width", "script"), [("en", 390, True), ("ru", 1280, True), ("ru", 390, False)]
)
def test_from_a_half_remembered_name_to_an_answer(
    page_as: OpenPage,
    look: Callable[[Page, str], None],
    language: str,
    width: int,
    script: bool,
) -> None:
    said, options = SAID[language], {"language": language, "width": width}
    options["java_script_enabled"] = script
    examine = look if script else lambda page, name: None
    me = page_as("ekaterina", path="/search?q=саша петрв", **options)
    found = me.locator("main .person", has_text="Петров")
    expect(found).to_have_count(1)
    found.get_by_role("link", name=re.compile(said["ways"])).click()
    expect(me.locator("h1")).to_contain_text("Петров")
    examine(me, "ways")
    contacts = me.locator(".way .person-name")
    expect(contacts).to_have_count(2)  # who was asked lately comes later
    assert sorted(contacts.all_inner_texts()) == ["Анна Кузнецова", "Олег Смирнов"]
    expect(me.locator("main")).not_to_contain_text("Волков")
    # Whom she knows lead there; who was at a small event with her does not.
    ties = me.locator("details.ties")
    ties.locator("summary").click()
    for layer in ("knows", "studied", "worked", "member"):
        ties.locator(f"#layer-{layer}").uncheck()
    ties.locator("button").click()
    expect(me.locator(".way")).to_have_count(0)
    expect(me.locator("#layer-came")).to_be_checked()
    examine(me, "no-way-over-events")
    ties.locator("#layer-knows").check()
    ties.locator("button").click()
    expect(contacts).to_have_count(2)
    examine(me, "ways-over-contacts")
    me.fill("#words", WORDS[language])
    me.get_by_role("button", name=re.compile(said["ask"] + ".*Кузнецова")).click()
    expect(me.locator(".notice-success")).to_be_visible()
    expect(me.locator("main article").first).to_contain_text(said["waiting"])
    examine(me, "waiting")

    anna = page_as("anna", path="/home", **options)
    waits = anna.locator(".waiting li", has_text="Екатерина Соколова")
    expect(waits).to_contain_text(WORDS[language])
    waits.get_by_role("link").click()
    # Who asks and why come first, then whom it is about.
    text = anna.locator("main").inner_text()
    assert text.index("Соколова") < text.index(WORDS[language]) < text.index("Петров")
    examine(anna, "held")
    anna.get_by_role("button", name=said["link"]).click()
    examine(anna, "link")
    link = anna.locator("#link").input_value()
    for code in ("en", "ru"):
        assert link in anna.locator(f"#letter-{code}").input_value()

    him = page_as("anyone", path=link, **options)
    expect(him.locator("h1")).to_contain_text("Екатерина Соколова")
    expect(him.locator("main")).to_contain_text(WORDS[language])
    expect(him.locator("body")).not_to_contain_text("Кузнецова")
    examine(him, "passed")
    me.reload()
    expect(me.locator("main article").first).to_contain_text(said["waiting"])
    him.get_by_role("button", name=said["send"]).click()  # without a word
    expect(him.locator(".field-error")).to_be_visible()
    examine(him, "passed-wrong")
    him.fill("#text", ANSWER)
    him.get_by_role("button", name=said["send"]).click()
    expect(him.locator(".lead")).to_be_visible()
    examine(him, "thanks")
    assert him.goto(link).status == 404  # type: ignore[union-attr]
    expect(him.locator("h1")).to_have_text(said["gone"])
    examine(him, "gone")

    me.goto("/home")
    expect(me.locator(".waiting")).to_contain_text(ANSWER)
    me.goto("/pass-ons")
    first = me.locator("main article").first
    expect(first).to_contain_text(said["answered"])
    expect(first).to_contain_text(ANSWER)
    examine(me, "answered")
    me.goto("/home")
    expect(me.locator("main")).not_to_contain_text(ANSWER)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ru", 390)])
def test_the_other_pages(
    page_as: OpenPage, look: Callable[[Page, str], None], language: str, width: int
) -> None:
    me = page_as("ekaterina", language=language, width=width)
    for path, name in (
        ("/reach", "picker"), ("/reach?q=zzz", "nothing"), ("/reach?topic=optics", "topic"),
        ("/reach/vera?name=Вера", "no-way"), ("/reach/anna", "known"),
        ("/people/aleksandr", "person"),
    ):  # fmt: skip
        me.goto(path)
        look(me, name)
    staff = page_as("irina", path="/reach/aleksandr", language=language, width=width)
    expect(staff.locator("main")).to_contain_text("Волков")
    look(staff, "staff")


def test_nobody_and_no_way_are_one_page(page_as: OpenPage) -> None:
    page = page_as("ekaterina", java_script_enabled=False)
    bodies = []
    for name in ("vera", "nemo", "ekaterina"):
        answer = page.goto(f"/reach/{name}")
        assert answer is not None
        assert answer.status == 200
        text = answer.text()
        bodies.append(re.sub(rf'{name}|value="[^"]*"', "", text.replace("Екатерина", "")))
    assert bodies[0] == bodies[1]
    assert len(bodies[0]) > 2000


def test_the_association_is_asked(page_as: OpenPage, live_server: LiveServer) -> None:
    page = page_as("ekaterina", path="/reach/vera?name=Вера Орлова", java_script_enabled=False)
    page.locator("#else ~ div button").click()
    expect(page.locator(".notice-success")).to_be_visible()
    rows = live_server.store.read(
        "MATCH (r:Request {kind: 'pass_on'}) RETURN r.subject AS subject, r.status AS status"
    )
    assert [row["subject"] for row in rows] == ["Вера Орлова"]
    staff = page_as("irina", path="/staff/requests")
    expect(staff.locator("main")).to_contain_text("Вера Орлова")
