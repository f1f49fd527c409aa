"""What the office and organisers ask of each other, on the pages and with real letters."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA
from tests.support.post_office import PostOffice, do_letters, post_office, posting
from tests.support.told import EVENT, evening, leave_now

ME = "alumnus@example.org"
ORGANISES = """MATCH (p:Person {key: $me}), (g:Group {id: $group})
MERGE (p)-[m:MEMBER_OF]->(g) SET m.role = 'organiser'"""


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[PostOffice, int]]:
    with post_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def home(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory, office: tuple[PostOffice, int]
) -> Settings:
    return posting(own_home(settings, tmp_path_factory.mktemp("asks")), office[1])


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    made = furnished(session_store, home)
    session_store.write("MERGE (c:Counter {name: 'thing'}) SET c.next = 600")
    evening(session_store)
    session_store.write(ORGANISES, me=ANNA, group="light-club")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def app(live: Live, home: Settings) -> Flask:
    return site(live, home)


def letters_to(office: PostOffice, to: str) -> list[tuple[str, str]]:
    return [
        (str(one["Subject"]), one.get_body(("plain",)).get_content())
        for one in office.taken
        if one["To"] == to
    ]


def test_a_reunion_for_georgy_who_has_telephoned_and_has_no_account(
    app: Flask, live: Live, home: Settings, office: tuple[PostOffice, int]
) -> None:
    staff, nobody = reader(app, "staff"), reader(app, "anyone")
    assert "/staff/reunions/new" in staff.get("/staff/reunions").text
    assert "/staff/reunions/new/georgy" in staff.get("/staff/people/georgy").text
    assert "/staff/reunions/new/georgy" in staff.get("/staff/reunions/new?q=Сидоров").text
    assert staff.get("/staff/reunions/new/vera").status_code == 404
    assert reader(app, "alumnus").get("/staff/reunions/new/georgy").status_code == 403
    page = "/staff/reunions/new/georgy"
    said = {"groups": ["A"], "about": "In May", "wishes": "A room", "how": "telephone"}
    refused = staff.post(page, data=said)
    assert refused.status_code == 422 and "without their name" in refused.text
    assert "A room" in refused.text
    made = staff.post(page, data=said | {"named": "y"})
    assert made.status_code == 303
    again = staff.post(page, data=said | {"named": "y"})
    assert again.status_code == 409 and made.location in again.text
    shown = staff.get(made.location).text
    assert "they asked by telephone" in shown and "not said yet" in shown
    do_letters(live, home)
    ((subject, text),) = letters_to(office[0], "georgy@example.org")
    assert "221" in subject and ("по телефону" in text or "by telephone" in text)
    (link,) = re.findall(r"(/reunions/\w+/asked-for/\w+)", text)
    asked = nobody.get(link).text
    assert "by telephone" in asked and "In May" in asked and "Борис" not in asked
    assert "see who of your group" in asked.lower()
    assert "as you wish" in nobody.post(link, data={"act": "agree"}).text
    assert "they have said that it is right" in staff.get(made.location).text
    assert nobody.get(link[:-2] + "00").status_code == 404
    assert "called off" in nobody.post(link, data={"act": "refuse"}).text
    assert nobody.get(link).status_code == 404
    assert "not asked for" in staff.get("/staff/reunions?stage=closed").text
    do_letters(live, home)
    live.store.write("MATCH (j:Job {kind: 'mail'}) SET j.run_at = $now", now=datetime.now(UTC))
    do_letters(live, home)
    assert any("Not asked for" in one[0] for one in letters_to(office[0], "staff@example.org"))
    (request,) = re.findall(r"/staff/requests/(\w{16})\b", staff.get(made.location).text)
    assert "did not ask for it" in staff.get(f"/staff/requests/{request}").text


def test_a_reunion_for_anna_who_finds_it_on_her_first_page(app: Flask, live: Live) -> None:
    staff, me = reader(app, "staff"), reader(app, "alumnus")
    said = {"groups": ["A"], "about": "In June", "how": "visit", "named": "y"}
    page = staff.post("/staff/reunions/new/anna", data=said).location
    first = me.get("/home").text
    assert "Written down for you by the Association" in first and "agree:yes" in first
    assert "asked for this reunion in person" in me.get(page).text
    assert me.post(page, data={"quick": "agree:yes"}).status_code == 303
    assert "Written down for you by the Association" not in me.get("/home").text
    assert me.post(page, data={"act": "refuse"}).location.endswith("/reunions")
    assert me.get(page).status_code == 404
    assert "Reunion of group" not in me.get("/reunions").text


def form_of(page: str) -> dict[str, str]:
    """What the form of an event holds."""
    main = page.split('class="event-form"', 1)[1]
    found = dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', main))
    for name, body in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', main, re.S):
        chosen = re.search(r'<option[^>]*selected[^>]*value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if not name.startswith("csrf")}


def test_an_organiser_changes_seats_at_once_and_the_day_when_staff_have_looked(
    app: Flask, live: Live, home: Settings, office: tuple[PostOffice, int]
) -> None:
    me, staff = reader(app, "alumnus"), reader(app, "staff")
    edit, event = f"/events/{EVENT}/edit", f"/events/{EVENT}"
    live.store.write(
        "MATCH (e:Event {id: $id}) OPTIONAL MATCH (e)-[t:INVITES]->() DELETE t "
        "SET e.audience = 'members'", id=EVENT
    )  # fmt: skip
    data = form_of(me.get(edit).text)
    assert data["group"] == "light-club" and "the Association looks at first" in me.get(edit).text
    wider = me.post(edit, data=data | {"capacity": "40"}, follow_redirects=True).text
    assert "Changed." in wider
    data = form_of(me.get(edit).text)
    later = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT19:00")
    waits = me.post(edit, data=data | {"starts": later}, follow_redirects=True).text
    assert "is with the Association" in waits and "Take the change back" in waits
    second = me.post(edit, data=data | {"venue": "Roof"})
    assert second.status_code == 409 and "Roof" in second.text and "is lost" in second.text
    assert "would change it: Evening of light" in staff.get("/staff").text
    (change,) = re.findall(r'name="change" value="(\w+)"', staff.get(event).text)[:1]
    version = re.findall(r'name="version" value="(\d+)"', staff.get(event).text)[0]
    assert me.post(f"{event}/change", data={"act": "approve", "change": change}).status_code in (
        403, 404
    )  # fmt: skip
    stale = {"act": "approve", "change": change, "version": "0"}
    assert "meanwhile" in staff.post(f"{event}/change", data=stale, follow_redirects=True).text
    done = staff.post(f"{event}/change", data=stale | {"version": version}, follow_redirects=True)
    assert "Changed." in done.text and "would change it" not in staff.get("/staff").text
    worked(live, home)
    assert any("Your change holds" in one[0] for one in letters_to(office[0], ME))

    data = form_of(me.get(edit).text)
    me.post(edit, data=data | {"venue": "Roof"})
    (change,) = re.findall(r'name="change" value="(\w+)"', staff.get(event).text)[:1]
    said = {"act": "refuse", "change": change, "notice": "The roof leaks."}
    assert "told why" in staff.post(f"{event}/change", data=said, follow_redirects=True).text
    assert "The roof leaks." in me.get(event).text
    worked(live, home)
    assert any("The roof leaks." in one[1] for one in letters_to(office[0], ME))


def worked(live: Live, home: Settings) -> None:
    """Let everything that waits leave, and what that writes too."""
    for _ in range(2):
        live.store.write("MATCH (j:Job) WHERE j.state = 'waiting' SET j.run_at = datetime()")
        do_letters(live, home)


def test_an_organiser_asks_for_letters_staff_refuse_then_send(
    app: Flask, live: Live, home: Settings, office: tuple[PostOffice, int]
) -> None:
    me, staff = reader(app, "alumnus"), reader(app, "staff")
    page, tell = f"/events/{EVENT}/told", f"/staff/events/{EVENT}/tell"
    assert "Ask the Association to tell them" in me.get(page).text
    assert staff.post(page, data={"text": "x"}).status_code == 403
    assert me.post(page, data={"text": "For the young"}).status_code == 303
    twice = me.post(page, data={"text": "And the old"})
    assert twice.status_code == 409 and "with the Association already" in twice.text
    today = staff.get("/staff").text
    assert "Tell of the event: Evening of light" in today
    (request,) = re.findall(r"/staff/requests/(\w{16})\b", staff.get(tell).text)
    assert tell in staff.get(f"/staff/requests/{request}").text
    assert "For the young" in staff.get(tell).text
    empty = staff.post(tell, data={"act": "refuse", "answer": " "})
    assert empty.status_code == 422 and "Say why" in empty.text
    staff.post(tell, data={"act": "refuse", "answer": "Not before May."})
    assert "Not before May." in me.get(page).text
    worked(live, home)
    assert any("Not before May." in one[1] for one in letters_to(office[0], ME))

    assert me.post(page, data={"text": ""}).status_code == 303
    listed = re.findall(r'name="listed" value="([^"]+)"', staff.get(tell).text)[0]
    chosen = listed.split()[:2]
    look = staff.post(tell, data={"act": "look", "listed": listed, "to": chosen}).text
    assert "2 people are told of it by letter." in look
    sent = staff.post(
        tell,
        data={"act": "send", "listed": " ".join(chosen), "to": chosen, "answer": "Two are told."},
    )
    assert sent.status_code == 303
    assert "Two are told." in me.get(page).text
    assert "Tell of the event" not in staff.get("/staff").text
    leave_now(live.store)


def test_the_addresses_of_units_are_edited_in_the_browser(app: Flask, live: Live) -> None:
    staff = reader(app, "staff")
    page = staff.get("/staff/requests/units").text
    assert (
        "takes no letters" in page
        and "/staff/requests/units" in staff.get("/staff/requests/kinds").text
    )
    (unit,) = re.findall(r'name="unit" value="([\w-]+)"', page)[:1]
    wrong = {"unit": unit, "email": "archive at the university", "language": "ru"}
    refused = staff.post("/staff/requests/units", data=wrong)
    assert refused.status_code == 422 and "archive at the university" in refused.text
    right = wrong | {"email": "archive@university.example"}
    assert staff.post("/staff/requests/units", data=right).status_code == 303
    assert "archive@university.example" in staff.get("/staff/requests/units").text
    assert reader(app, "alumnus").get("/staff/requests/units").status_code == 403
