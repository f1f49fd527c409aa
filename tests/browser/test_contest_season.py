"""One whole season in the browser, from its announcement to its archive, by everybody's own hands.

The clock of the site is moved from phase to phase; everything else is as it is served. Staff read
Russian, most members English; every page of a phase is looked at in both languages and widths.
"""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import argon2
import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from graphnet import accounts
from graphnet.accounts import passwords
from graphnet.computed import refresh
from graphnet.ledger import entries
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.browser.conftest import PASSWORD, LiveServer, OpenPage
from tests.conftest import WIPE
from tests.support.contest_season import JURORS, MAKE_MORE, MEMBERS
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA, small_association
from webapp.app import create_app

pytestmark = pytest.mark.browser

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]

PEOPLE = {
    "anna": ANNA, "darya": DARYA, "zhanna": ZHANNA, "staff": STAFF,
    **{f"juror{i}": key for i, key in enumerate(JURORS, 1)},
    **{f"member{i}": key for i, key in enumerate(MEMBERS, 1)},
}  # fmt: skip
GALA = """CREATE (e:Event {id: 'gala', key: 1, title: 'Alumni evening',
  title_ru: 'Вечер выпускников', kind: 'meeting', starts_at: $at, time_zone: 'Europe/Moscow',
  visibility: 'public'})
CREATE (e)-[:IN]->(:Festival {id: 'week', name: 'Alumni Week', name_ru: 'Неделя выпускников',
  year: 2026})"""
START = datetime(2026, 9, 1, 9, tzinfo=UTC)  # the days that a draft suggests count from here
DAY = {"entry": 15, "check": 30, "jury": 37, "vote": 51, "appeal": 65, "decision": 72, "past": 200}


class Clock:
    """The one thing that is not real."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, phase: str) -> None:
        self.now = START + timedelta(days=DAY[phase])


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def live_server(
    session_store: Store,
    settings: Settings,
    clock: Clock,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LiveServer]:
    """The whole application on the hand-made association and a few more."""
    store = session_store
    store.run_alone(WIPE)
    small_association(store)
    store.write(MAKE_MORE, keys=[*JURORS, *MEMBERS], now=datetime.now(UTC))
    store.write("MATCH (a:Account) DETACH DELETE a")
    store.write(GALA, at=START + timedelta(days=90))
    usual = passwords._hasher
    passwords._hasher = argon2.PasswordHasher(time_cost=1, memory_cost=1024)
    rows = [
        {
            "email": f"{who}@example.org",
            "person_key": key,
            "roles": ["staff"] if who == "staff" else ["alumnus"],
        }
        for who, key in PEOPLE.items()
    ]
    accounts.create_many(store, rows, PASSWORD)
    for key, kinds in ((DARYA, ("event_organised", "gift")), (ZHANNA, ("talk", "gift", "news"))):
        for kind in kinds:
            modes = {"gift": "philanthropic", "news": "communication"}
            _contribute(store, key, kind, modes.get(kind, "volunteer"))
    home = tmp_path_factory.mktemp("season")
    own = replace(settings, home=home, demo=True, secure_cookies=False)
    refresh(store, own.snapshots)
    live = Live(store, own.snapshots)
    live.start()
    app = create_app(own, store=store, live=live)
    app.config["RATELIMIT_ENABLED"] = False
    app.extensions["clock"] = clock
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="site")
    thread.start()
    yield LiveServer(f"http://127.0.0.1:{server.server_port}", app, store, live)
    server.shutdown()
    thread.join()
    server.server_close()
    live.stop()
    passwords._hasher = usual
    store.run_alone(WIPE)


def _contribute(store: Store, key: int, kind: str, mode: str) -> None:
    store.in_write(
        lambda t: entries.record(
            t, person_key=key, kind=kind, mode=mode, happened_at=START - timedelta(days=90),
            act_id=f"{key}:{kind}", evidence={"what": kind},
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def signed_in_states() -> dict[str, Any]:
    """Cookies of this server's readers."""
    return {}


def done(page: Page) -> None:
    """See that the last act was done."""
    expect(page.locator(".notice-success").first).to_be_visible()


@pytest.mark.timeout(1200)  # a whole season with all roles takes two to six minutes
def test_a_season_from_announcement_to_archive(
    page_as: OpenPage,
    clock: Clock,
    live_server: LiveServer,
    check_axe: Check,
    check_width: Check,
    shoot: Shoot,
) -> None:
    def look(phase: str, pages: dict[str, tuple[str, ...]]) -> None:
        for language, width in (("en", 390), ("ru", 1280)):
            for role, paths in pages.items():
                page = page_as(role, language=language, width=width)
                for path in paths:
                    answer = page.goto(path)
                    assert answer is not None
                    assert answer.ok, f"{role} {path}: {answer.status}"
                    expect(page.locator("html")).to_have_attribute("lang", language)
                    check_axe(page)
                    name = re.sub(r"\W+", "-", path).strip("-")
                    shoot(page, f"{phase}-{role}-{name}-{language}-{width}")
                    for narrow in (width, 320):  # 400 % zoom on a laptop leaves 320
                        page.set_viewport_size({"width": narrow, "height": 700})
                        check_width(page)
                    page.set_viewport_size({"width": width, "height": 900})

    # Staff draft the season and announce it.
    staff = page_as("staff", language="ru", path="/staff/contest/new")
    texts = {
        "organiser": ("Alumni Association", "Ассоциация выпускников"),
        "place": ("On this site and at the Alumni Week", "На этом сайте и на Неделе выпускников"),
        "prize": ("A statuette", "Статуэтка"),
        "text": ("Every alumnus can stand.", "Участвовать может каждый выпускник."),
    }
    for name, (english, russian) in texts.items():
        staff.fill(f"#{name}", english)
        staff.fill(f"#{name}_ru", russian)
    staff.select_option("#event", "gala")
    check_axe(staff)
    shoot(staff, "draft-staff-new-ru-1280")
    staff.click("main form button[type=submit]")
    done(staff)
    assert page_as("anyone").request.get(f"{live_server.url}/contest/2026").status == 404
    look("draft", {"staff": ("/staff/contest/2026", "/staff/contest/2026/edit")})
    staff.goto("/staff/contest/2026")
    staff.click("a[href$='/announce']")
    staff.click("form[action$='/announce'] button")
    done(staff)
    staff.goto("/staff/contest/2026/edit")
    staff.fill("#prize", "A statuette and a dinner")
    staff.fill("#prize_ru", "Статуэтка и ужин")
    staff.click("main form button[type=submit]")
    done(staff)
    public = page_as("anyone", path="/contest/2026/rules")
    expect(public.locator("main")).to_contain_text("A statuette and a dinner")
    look("announced", {"anyone": ("/contest", "/contest/2026", "/contest/2026/rules",
                                  "/contest/2026/log", "/verify")})  # fmt: skip

    # Nominations: of somebody found by name, and of oneself; each accepts on their own page.
    clock.move_to("entry")
    anna = page_as("anna", path="/contest/2026/nominate?q=Кузнецова")
    anna.check("input[name=person][value=darya]")
    check_axe(anna)
    anna.locator("form:has(input[name=person][type=radio]) button").click()
    done(anna)
    expect(anna.locator("main")).to_contain_text("waiting for an answer")
    darya = page_as("darya", language="ru", path="/home")
    darya.locator(".waiting a[href*='/contest/nominations/']").click()
    address = darya.url
    check_axe(darya)
    shoot(darya, "entry-darya-invitation-ru-1280")
    darya.fill("#statement", "Собрала свою группу и провела вечер кафедры.")
    darya.click("form[action$='/accept'] button")
    done(darya)
    darya.fill("#evidence-text", "Программа вечера")
    darya.fill("#evidence-address", "https://example.org/programme")
    darya.click("form:has(#evidence-address) button")
    done(darya)
    anna.goto(address)
    anna.fill("#letter-text", "She brought all of us together.")
    anna.click("form:has(#letter-text) button")
    done(anna)
    zhanna = page_as("zhanna", path="/contest/2026/nominate")
    zhanna.click("form:has(input[name=person][type=hidden]) button")
    zhanna.fill("#statement", "I gave talks and told the news.")
    zhanna.check("#finalist")
    zhanna.click("form[action$='/accept'] button")
    done(zhanna)
    look("entry", {
        "anna": ("/contest/2026/nominate?q=Кузнецова",),
        "darya": (address.removeprefix(live_server.url),),
    })  # fmt: skip

    # Eligibility, and a jury that the graph keeps apart from whom it knows.
    clock.move_to("check")
    for _ in range(2):
        staff.goto("/staff/contest/2026")
        staff.locator("button[value=admit]").first.click()
        done(staff)
    for who in ("juror1", "juror2", "juror3"):
        staff.goto("/staff/contest/2026/jury/ask")
        staff.fill("#person", f"/people/p{PEOPLE[who]}")
        staff.click("main form button")
        done(staff)
    staff.goto("/staff/contest/2026/jury/ask")
    box = staff.get_by_role("combobox", name="Имя, год или группа")
    box.fill("анна")
    expect(staff.get_by_role("option").first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    check_axe(staff)
    staff.click("main form button")
    done(staff)
    expect(staff.locator("#jury tbody tr").first).to_contain_text("ответа пока нет")
    for who in ("juror1", "juror2", "juror3", "anna"):
        asked = page_as(who, language="ru" if who == "juror1" else "en", path="/home")
        asked.locator(".waiting button[name=agrees][value=yes]").click()
        done(asked)
    staff.goto("/staff/contest/2026")
    staff.click("form:has(input[value=assign]) button")
    done(staff)
    # Anna nominated Darya, so she reads her not; the three others read both.
    expect(staff.locator("#jury tr", has_text="Анна").locator("td").nth(2)).to_contain_text("Дарья")
    look("check", {"staff": ("/staff/contest/2026",)})

    # The jury: everybody sees their own sheets and scores only.
    clock.move_to("jury")
    for place, who in enumerate(("juror1", "juror2", "juror3", "anna"), start=1):
        juror = page_as(who, language="ru" if place == 1 else "en", path="/contest/2026/jury")
        links = juror.locator("main .rows a").evaluate_all("all => all.map(a => a.href)")
        # Darya's three are the others; whether Anna is one of Zhanna's three was drawn.
        assert (0 if who == "anna" else 1) <= len(links) <= (1 if who == "anna" else 2)
        for link in links:
            juror.goto(link)
            better = "Кузнецова" in juror.locator("h1").inner_text()
            for group in juror.locator("fieldset.scores").all():
                group.get_by_label(str(6 + place if better else 3 + place), exact=True).check()
            juror.click("form:has(fieldset.scores) button")
            done(juror)
    refused = page_as("member1").request.get(f"{live_server.url}/contest/2026/jury")
    assert refused.status == 403
    staff.goto("/staff/contest/2026")
    expect(staff.locator("#result")).to_have_count(0)
    reading = page_as("juror1", path="/contest/2026/jury")
    look("jury", {"juror1": ("/contest/2026/jury", _first_sheet(reading))})

    # The vote: a ballot is taken, cast by its receipt, and changed.
    clock.move_to("vote")
    for who, wanted in (
        ("member1", "Кузнецова"),
        ("member2", "Кузнецова"),
        ("member3", "Соколова"),
    ):
        voter = page_as(who, language="ru" if who == "member2" else "en", path="/contest/2026/vote")
        voter.click("form:has(input[name=salt]) button")
        receipt = voter.locator(".receipt code").inner_text()
        assert re.fullmatch(r"[0-9a-f]{32}-[0-9a-f]{32}", receipt)
        check_axe(voter)
        shoot(voter, f"vote-{who}-receipt")
        # Another device, not signed in: the receipt alone opens the ballot.
        booth = page_as("anyone", path="/contest/2026/ballot")
        booth.fill("#receipt", receipt)
        booth.click("main form button")
        booth.locator("fieldset label", has_text="Соколова").locator("input").check()
        booth.click("main form button")
        done(booth)
        for box in booth.locator("fieldset input").all():
            box.uncheck()
        booth.locator("fieldset label", has_text=wanted).locator("input").check()
        booth.click("main form button")
        done(booth)
        check_axe(booth)
        check_width(booth)
        shoot(booth, f"vote-{who}-ballot")
        voter.goto("/contest/2026/vote")
        expect(voter.locator("form:has(input[name=salt])")).to_have_count(0)
    staff.goto("/staff/contest/2026")
    expect(staff.locator("#result")).to_have_count(0)
    look("vote", {
        "member4": ("/contest", "/contest/2026", "/contest/2026/vote"),
        "anyone": ("/contest/2026/ballot",),
    })  # fmt: skip

    # Appeals: a candidate sees their own result, and asks; staff decide.
    clock.move_to("appeal")
    zhanna.goto("/contest/mine")
    expect(zhanna.locator("main")).to_contain_text("place 2")
    zhanna.fill("textarea[name=text]", "Please count my talks again.")
    zhanna.click("form[action$='/appeal'] button")
    done(zhanna)
    look("appeal", {"zhanna": ("/contest/mine",)})
    clock.move_to("decision")
    staff.goto("/staff/contest/2026/publish")
    expect(staff.locator(".notice-error")).to_be_visible()  # an appeal is open
    expect(staff.locator("form[action$='/publish'] button")).to_have_count(0)
    staff.goto("/staff/contest/2026")
    staff.fill("#appeals textarea", "Пересчитано: всё верно.")
    staff.check("#appeals input[value=rejected]")
    staff.click("#appeals button")
    done(staff)
    dossier = staff.locator("#result th a").first.get_attribute("href")
    assert dossier
    look("decision", {"staff": ("/staff/contest/2026", dossier)})
    staff.goto(dossier)
    staff.emulate_media(media="print")
    expect(staff.locator("header.top")).to_be_hidden()
    shoot(staff, "decision-staff-dossier-print")
    staff.emulate_media(media="screen")
    staff.goto("/staff/contest/2026")
    staff.click("a[href$='/publish']")
    check_axe(staff)
    shoot(staff, "decision-staff-publish-ru-1280")
    staff.click("form[action$='/publish'] button")
    done(staff)

    # Published: the winner, the finalist who agreed, and nobody else; a certificate that verifies.
    public.goto("/contest/2026")
    expect(public.locator("#winners + .cards, section:has(#winners)").first).to_contain_text(
        "Дарья Кузнецова"
    )
    expect(public.locator("main")).to_contain_text("Жанна Соколова")
    expect(public.locator("main")).to_contain_text("unchanged since publication")
    darya.goto("/contest/2026")
    certificate = darya.locator("a[href$='certificate.pdf']").get_attribute("href")
    assert certificate
    paper = darya.request.get(live_server.url + certificate)
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.body().startswith(b"%PDF-")
    assert public.request.get(live_server.url + certificate).url.count("/sign-in")
    assert anna.request.get(live_server.url + certificate).status == 403
    verify = certificate.removesuffix("/certificate.pdf")
    public.goto(verify)
    expect(public.locator("main")).to_contain_text("Дарья Кузнецова")
    look("published", {
        "anyone": ("/contest", "/contest/2026", verify),
        "staff": ("/staff/contest", "/contest/2026/log"),
    })  # fmt: skip
    clock.move_to("past")
    public.goto("/contest/2026")
    expect(public.locator(".page-head .badge")).to_have_text("archive")


def _first_sheet(page: Page) -> str:
    href = page.locator("main .rows a").first.get_attribute("href")
    assert href
    return href
