"""A list of a dean's office comes in, a double is answered, all of it is taken back."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from graphnet import job_worker
from graphnet.engine import Engine
from graphnet.merging import doubles
from graphnet.store import Store
from graphnet.worker import tasks
from tests.browser.conftest import LiveServer, OpenPage
from webapp.frame.context import Graphnet

pytestmark = pytest.mark.browser

# Анна Иванова is in the base without a date of birth; whether this one is she nobody can tell.
LIST = (
    "Фамилия;Имя;Дата рождения;Год выпуска;Откуда\n"
    "ЗЕЛЕНИН;Пётр;02.03.1980;2003;г. Пермь\n"
    "Иванова;Анна;;2003;Казань\n"
)


@pytest.fixture
def base(live_server: LiveServer) -> Iterator[Store]:
    store = live_server.store
    # Who is made by hand has taken no key from the counter.
    store.write("MERGE (c:Counter {name: 'person'}) SET c.next = 1000")
    yield store
    store.write("MATCH (n) WHERE n:Upload OR n:Double OR n:Recipe DETACH DELETE n")


def work(live_server: LiveServer) -> None:
    """Do what a worker would do now."""
    known = live_server.app.extensions["graphnet"]
    assert isinstance(known, Graphnet)
    engine = Engine(replace(known.settings), live_server.store, live_server.live)
    worker = job_worker.Worker(live_server.store, tasks(engine, "work"))
    while worker.step():
        pass


def test_a_list_comes_in_and_is_taken_back(
    base: Store,
    live_server: LiveServer,
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    page = page_as("staff", path="/staff/imports/new", width=380)
    check_axe(page)
    check_width(page)
    page.set_input_files(
        "#files", {"name": "dean.csv", "mimeType": "text/csv", "buffer": LIST.encode("cp1251")}
    )
    page.get_by_role("button", name="Load up and look").click()
    expect(page.get_by_text("Encoding windows-1251")).to_be_visible()
    check_axe(page)
    check_width(page)
    # What a column is is chosen below its name: nothing has to be moved aside to get there.
    columns = page.locator("table.rows-fold").first
    assert columns.evaluate("table => table.parentElement.scrollWidth <= window.innerWidth")
    place = columns.get_by_role("combobox").first.bounding_box()
    assert place is not None and place["width"] > 250
    shoot(page, "upload-380")
    page.set_viewport_size({"width": 1280, "height": 900})
    shoot(page, "upload")
    page.get_by_text("It is read wrongly?").click()
    page.get_by_label("Which row names the columns?").select_option("0")
    page.get_by_role("button", name="Read it so").click()
    expect(page.get_by_text("No row names the columns, as you have chosen.")).to_be_visible()
    check_axe(page)
    page.set_viewport_size({"width": 380, "height": 800})
    check_width(page)
    shoot(page, "upload-by-hand-380")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Which row names the columns?").select_option("")
    page.get_by_role("button", name="Read it so").click()
    page.get_by_label("What Откуда is").select_option("city")
    page.get_by_label("Whom is it from?").fill("Деканат")
    page.get_by_role("button", name="Show it so").click()
    expect(page.get_by_role("cell", name="Пермь").first).to_be_visible()
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_text("You may close this page")).to_be_visible()
    work(live_server)
    page.reload()
    expect(page.get_by_text("in the base").first).to_be_visible()
    check_axe(page)
    shoot(page, "upload-done")
    page.get_by_role("button", name="Answer about").or_(
        page.get_by_role("link", name="Answer about")
    ).click()
    check_axe(page)
    page.get_by_text("Look at the likeliest").click()
    expect(page.get_by_role("heading", name="One person, or two?")).to_be_visible()
    check_axe(page)
    shoot(page, "pair")
    page.get_by_label("Answer by keys").check()
    page.keyboard.press("s")
    # The first joining plans some two hundred queries, one for each kind of tie.
    expect(page.get_by_text("They are one person now")).to_be_visible(timeout=60_000)
    check_axe(page)
    shoot(page, "doubles")
    page.get_by_role("button", name="Part them again").click()
    expect(page.get_by_text("They are two people again")).to_be_visible(timeout=60_000)
    told = doubles.pair_of({"odds": 2.0, "said": []})
    rows = base.read("MATCH (p:Person) RETURN p.key AS key ORDER BY key LIMIT 3")
    one, two, three = (row["key"] for row in rows)
    base.write("MATCH (d:Double) DETACH DELETE d")
    assert doubles.propose(base, [(one, two, told), (two, three, told)], source="test") == 2
    page.goto("/staff/doubles/next")
    page.get_by_role("link", name="Look at all of them together").click()
    check_axe(page)
    shoot(page, "cluster")
    page.set_viewport_size({"width": 390, "height": 800})
    check_width(page)
    shoot(page, "cluster-390")
    page.get_by_label("1. ").check()
    page.get_by_role("button", name="Take them out", exact=True).click()
    expect(page.get_by_text("Taken out: another person")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/staff/imports")
    shoot(page, "imports")
    page.set_viewport_size({"width": 390, "height": 800})
    check_width(page)
    shoot(page, "imports-390")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Undo this import").first.click()
    check_axe(page)
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("The import has been undone.")).to_be_visible(timeout=60_000)
    rows = base.read("MATCH (p:Person) WHERE p.family_name IN ['Зеленин'] RETURN p LIMIT 1")
    assert rows == []


def test_staff_choose_by_keyboard_whose_value_stands(
    base: Store,
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    named = "MATCH (p:Person) WHERE p.key IN $keys RETURN p.family_name AS name ORDER BY p.key"
    rows = base.read(
        "MATCH (p:Person) WHERE NOT EXISTS { (p)<-[:OF]-(:Account) } AND p.died_on IS NULL "
        "AND coalesce(p.visibility, 'shown') <> 'hidden' WITH p ORDER BY p.key "
        "WITH collect(p) AS all UNWIND all AS a UNWIND all AS b WITH a, b "
        "WHERE a.key < b.key AND a.family_name <> b.family_name "
        "RETURN a.key AS one, b.key AS two LIMIT 1"
    )
    keys = [rows[0]["one"], rows[0]["two"]]
    before = [row["name"] for row in base.read(named, keys=keys)]
    told = doubles.pair_of({"odds": 2.0, "said": []})
    assert doubles.propose(base, [(*keys, told)], source="test") == 1
    page = page_as("staff", path="/staff/doubles/next", width=390)
    stands = page.get_by_role("group", name="Family name")
    choices = stands.get_by_role("radio")
    expect(choices).to_have_count(2)
    check_axe(page)
    check_width(page)
    shoot(page, "pair-stands-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    shoot(page, "pair-stands")
    proposed = [choices.nth(place).is_checked() for place in range(2)].index(True)
    choices.nth(proposed).focus()
    page.keyboard.press("ArrowDown" if proposed == 0 else "ArrowUp")
    expect(choices.nth(1 - proposed)).to_be_checked()
    wanted = stands.locator("label").nth(1 - proposed).inner_text().split()[0]
    assert wanted in before
    page.get_by_role("button", name="One person: join them").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("They are one person now")).to_be_visible(timeout=60_000)
    assert [row["name"] for row in base.read(named, keys=keys)] == [wanted]
    page.get_by_role("button", name="Part them again").press("Enter")
    expect(page.get_by_text("They are two people again")).to_be_visible(timeout=60_000)
    assert [row["name"] for row in base.read(named, keys=keys)] == before
