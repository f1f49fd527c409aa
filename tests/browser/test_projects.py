"""A project's way in a browser: proposed on a phone, opened, helped, given to, its books read."""

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, OpenPage
from tests.support.bank import Paid, client_bank

MAKE = """MERGE (c:Counter {name: 'thing'}) SET c.next = 100
MERGE (t:Topic {id: 'light'}) SET t.name = 'Light', t.name_ru = 'Свет'
WITH t MATCH (p:Person {id: 'darya'}) MERGE (p)-[o:OFFERS]->(t) SET o.weight = 1.0
WITH p MATCH (a:Account)-[:OF]->(p) SET a.roles = ['alumnus', 'admin']
WITH count(*) AS n MATCH (s:Account {email: 'staff@example.org'})
SET s.roles = ['staff', 'treasurer']"""


def test_from_a_proposal_to_open_books(
    live_server: LiveServer,
    page_as: OpenPage,
    check_axe: Callable[[Page], None],
    check_width: Callable[[Page], None],
    shoot: Callable[[Page, str], None],
) -> None:
    live_server.store.write(MAKE)

    def look(page: Page, name: str) -> None:
        check_axe(page)
        check_width(page)
        shoot(page, name)

    anna = page_as("alumnus", path="/projects", width=390, language="ru")
    look(anna, "projects-phone")
    anna.get_by_role("button", name="Предложить проект").click()
    anna.get_by_label("Название по-русски").fill("Линза для школы")
    anna.get_by_label("О чём, по-русски").fill("Шлифуем линзу вместе со школьниками.")
    anna.get_by_label("Сколько денег нужно").fill("50000")
    anna.locator("summary", has_text="Темы").click()
    anna.get_by_label("Свет").check()
    look(anna, "project-form-phone")
    anna.get_by_role("button", name="Сохранить черновик").press("Enter")
    anna.get_by_label("Какая помощь").select_option("expertise")
    anna.get_by_label("Что именно, одной строкой, по-русски").fill("Тот, кто умеет шлифовать")
    anna.get_by_role("button", name="Добавить потребность").click()
    anna.get_by_label("Что будет сделано, по-русски").fill("Заготовка куплена")
    anna.get_by_label("К какому дню").fill("2027-03-01")
    anna.get_by_role("button", name="Добавить этап").click()
    look(anna, "project-run-phone")
    anna.get_by_role("link", name="Линза для школы").first.click()
    anna.get_by_role("button", name="Предложить Ассоциации").click()
    expect(anna.locator(".notice-success")).to_be_visible()
    look(anna, "project-proposed-phone")
    where = anna.url.split("//", 1)[1].partition("/")[2]

    staff = page_as("staff", path="/staff")
    staff.get_by_role("link", name="Proposed: Линза для школы").click()
    look(staff, "project-staff")
    staff.get_by_role("button", name="Open it").click()
    expect(staff.locator(".notice-success")).to_be_visible()

    darya = page_as("admin", path=f"/{where}")
    look(darya, "project-member")
    darya.locator("summary", has_text="I can help with this").click()
    darya.get_by_label("What you could do, and when").fill("Two evenings a month.")
    darya.get_by_role("button", name="Offer it").click()
    darya.locator("summary", has_text="I would like to give").click()
    darya.get_by_label("Sum, RUB").fill("100")
    darya.get_by_label("In how many parts").fill("12")
    look(darya, "project-promise")
    darya.get_by_role("button", name="I intend to give this").click()
    expect(darya.get_by_text("11 × ")).to_be_visible()

    anna.goto("/home")
    anna.get_by_role("link", name="предлагает помощь").click()
    look(anna, "project-offers-phone")
    anna.get_by_label("Ваши слова").first.fill("Ждём в пятницу.")
    anna.get_by_role("button", name="Принять").click()
    expect(anna.locator(".notice-success")).to_be_visible()

    staff.get_by_role("link", name="Its money").click()
    staff.get_by_role("button", name="Enter a gift").click()
    staff.get_by_label("Sum").fill("30000")
    staff.get_by_label("Name", exact=True).fill("Optical Works")
    staff.get_by_label("The name may stand in the open books").check()
    look(staff, "money-enter")
    staff.get_by_role("button", name="Go on").click()
    look(staff, "money-look")
    staff.get_by_role("button", name="Enter it for good").click()
    staff.get_by_role("button", name="Enter an expense").click()
    staff.get_by_label("Sum").fill("1250,50")
    staff.get_by_label("What for").fill("A blank of glass / Заготовка")
    staff.get_by_role("button", name="Go on").click()
    staff.get_by_role("button", name="Enter it for good").click()
    look(staff, "money-journal")
    staff.get_by_role("link", name="Put right").first.click()
    staff.get_by_label("Sum").fill("1000")
    staff.get_by_label("Why; everybody reads it").fill("Too much was sent")
    staff.get_by_role("button", name="Give it back").click()
    expect(staff.get_by_role("table")).to_contain_text("27,749.50")
    look(staff, "money-put-right")
    staff.get_by_role("button", name="Change it").click()
    expect(staff.get_by_label("Sum")).to_have_value("1000")

    # Somebody is named to keep these books alone, by keyboard, and finds them on their first page.
    staff.goto(f"/{where}/money")
    staff.locator("summary", has_text="Name somebody").press("Enter")
    box = staff.get_by_role("group", name="Whom you name").get_by_role("combobox")
    box.fill(f"{live_server.url}/people/darya")
    look(staff, "money-name")
    staff.get_by_role("button", name="Name them").press("Enter")
    expect(staff.locator(".notice-success")).to_be_visible()
    keeper = page_as("admin", path="/home", width=390, language="ru")
    keeper.get_by_role("link", name="Вам доверена отчётность").click()
    expect(keeper.get_by_role("button", name="Внести расход")).to_be_visible()
    look(keeper, "money-keeper-phone")

    pays = Paid(
        833,  # the first of twelve parts
        datetime.now(UTC).date(),
        f"Gift, {darya.locator('.reference').first.inner_text()}",
        "DARYA P.",
    )
    other = Paid(-9_900, datetime.now(UTC).date(), "Glass, invoice 88", "Glass Ltd", "8")
    staff.goto("/staff/projects/bank")
    look(staff, "bank-empty")
    broken = client_bank([pays, other], closing=1)
    take = {"name": "november.txt", "mimeType": "text/plain"}
    staff.get_by_label("Statement from the bank").set_input_files(take | {"buffer": broken})
    staff.get_by_role("button", name="Take it in").click()
    expect(staff.get_by_text("the statement does not add up")).to_be_visible()
    look(staff, "bank-broken")
    whole = client_bank([pays, other], opening=500_000)
    staff.get_by_label("Statement from the bank").set_input_files(take | {"buffer": whole})
    staff.get_by_role("button", name="Take it in").click()
    expect(staff.locator(".notice-success")).to_contain_text("2 new payments")
    look(staff, "bank-queue")
    staff.get_by_role("button", name="Book those that are marked").press("Enter")
    expect(staff.locator(".notice-success")).to_contain_text("1 payment is booked")
    staff.get_by_role("link", name="Say what it is").click()
    look(staff, "bank-payment")
    staff.locator("#project").select_option(label="Линза для школы")
    staff.get_by_label("What for").fill("Glass / Стекло")
    staff.get_by_role("button", name="Book it", exact=True).click()
    expect(staff.locator(".notice-success")).to_be_visible()
    staff.get_by_role("table").get_by_role("link").first.click()
    look(staff, "bank-statement")
    staff.get_by_role("link", name="Bank statements").click()
    phone = page_as("staff", path="/staff/projects/bank", width=390, language="ru")
    look(phone, "bank-phone")

    darya.goto("/me/gifts")
    darya.get_by_role("button", name="Remind me of each part").click()
    expect(darya.get_by_text("three days before each part").first).to_be_visible()
    darya.locator("summary", has_text="1 of 12 parts").click()
    look(darya, "gifts")
    darya.get_by_role("link", name="Receipt of the gift").click()
    look(darya, "receipt")

    anna.goto(f"/{where}/books")
    expect(anna.locator("#came")).to_contain_text("30")
    look(anna, "books-phone")
    anna.goto(f"/{where}/report")
    look(anna, "report-phone")
    anna.goto(f"/{where}")
    look(anna, "project-open-phone")
    anna.goto("/projects/books")
    look(anna, "all-books-phone")
    anna.goto("/projects/report")
    look(anna, "all-report-phone")
