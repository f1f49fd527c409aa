"""Projects: who runs them as each person shows, open books that tell of nobody, offering help."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from graphnet.errors import NotAllowed, ThingNotFound
from graphnet.live import Live
from graphnet.privacy import ANYONE, Viewer
from graphnet.projects import books as projects
from graphnet.requests import desk, opening, threads
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, BORIS, DARYA, STAFF, VERA
from tests.support.themselves import set_audiences, show
from webapp.features.projects.routes import KIND

ME = Viewer("alumnus", ANNA, "account-1")
HER = Viewer("alumnus", DARYA, "account-5")
BY_STAFF = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "projects")
GIVE = """MATCH (j:Project {id: 'roof'}) MATCH (p:Person {key: $key})
CREATE (v:Pledge {id: 'open' + p.id, amount: $amount, state: $state, at: $at})
CREATE (v)-[:FOR]->(j) CREATE (v)-[:BY]->(p)"""


@pytest.fixture
def live(store: Store, settings: Settings, tmp_path: Path) -> Iterator[Live]:
    made = furnished(store, own_home(settings, tmp_path))
    yield made
    made.stop()


@pytest.fixture
def app(live: Live, settings: Settings, tmp_path: Path) -> Flask:
    return site(live, own_home(settings, tmp_path))


def test_who_runs_it_and_supports_it_as_each_shows(live: Live) -> None:
    page = projects.project_page(live, ME, "roof")
    assert page.leads == (), "Vera leads it and is hidden"
    assert [card.key for card in page.helpers] == [DARYA], "Boris, on file only, shows no projects"
    assert [card.key for card in page.supporters] == [DARYA, BORIS], "by name"
    set_audiences(live.store, DARYA, {"groups": "nobody"})
    assert projects.project_page(live, ME, "roof").helpers == ()
    show(live.store, VERA)
    assert VERA in {card.key for card in projects.project_page(live, BY_STAFF, "roof").leads}
    anyone = projects.project_page(live, ANYONE, "roof")
    assert anyone.helpers == anyone.supporters == ()


def test_one_is_named_only_after_saying_so_and_can_take_it_back(live: Live) -> None:
    projects.name_me(live.store, HER, "roof", named=False)
    assert DARYA not in {c.key for c in projects.project_page(live, ME, "roof").supporters}
    projects.name_me(live.store, HER, "roof", named=True)
    assert DARYA in {c.key for c in projects.project_page(live, ME, "roof").supporters}
    live.store.write("MATCH (v:Pledge {id: 'vdarya'}) SET v.state = 'withdrawn'")
    assert DARYA not in {c.key for c in projects.project_page(live, ME, "roof").supporters}
    with pytest.raises(ThingNotFound):
        projects.name_me(live.store, ME, "roof", named=True)
    with pytest.raises(NotAllowed):
        projects.name_me(live.store, ANYONE, "roof", named=True)


def test_books_add_up_and_tell_nothing_of_fewer_than_three(live: Live) -> None:
    books = projects.project_page(live, ME, "roof").books
    assert (books.supporters, books.received, books.promised, books.spent) == (
        3,
        300000,
        None,
        70000,
    )
    now = datetime.now(UTC)
    for key, state in ((ANNA, "open"), (DARYA, "open"), (BORIS, "withdrawn")):
        live.store.write(GIVE, key=key, amount=500, state=state, at=now)
    books = projects.project_page(live, ME, "roof").books
    assert (books.supporters, books.promised) == (4, None), "two promises point at two people"
    live.store.write(GIVE, key=VERA, amount=600, state="open", at=now)
    assert projects.project_page(live, ME, "roof").books.promised == 160000, "sums count everybody"
    live.store.write(
        "MATCH (j:Project {id: 'roof'}) MATCH (p:Person {key: $key}) "
        "CREATE (r:Refund {id: 'back', amount: 1000, at: $at}) "
        "CREATE (r)-[:FOR]->(j) CREATE (r)-[:BY]->(p)",
        key=BORIS,
        at=now,
    )
    assert projects.project_page(live, ME, "roof").books.received == 200000
    live.store.write("MATCH (r:Receipt {id: 'gboris'}) DETACH DELETE r")
    assert projects.project_page(live, ME, "roof").books.received is None
    rows = projects.projects(live.store, ME)
    assert [row["books"].received for row in rows] == [None]


def test_the_list_is_narrowed_by_words_kind_and_topic(live: Live) -> None:
    def found(viewer: Viewer = ME, **chosen: str) -> list[str]:
        rows = projects.projects(live.store, viewer, **chosen)  # type: ignore[arg-type]
        assert projects.how_many(live.store, viewer, **chosen) == len(rows)
        return [row["id"] for row in rows]

    live.store.write(
        "CREATE (:Project {id: 'inner', key: 2, name: 'Archive', visibility: 'members'}) "
        "CREATE (:Project {id: 'raw', key: 3, name: 'Raw', visibility: 'quarantined'})"
    )
    assert found() == ["inner", "roof"]
    assert found(text="ТЕЛЕСКОП roof") == ["roof"]
    assert found(text="telescope archive") == []
    assert found(kind="equipment") == found(topic="optics") == ["roof"]
    assert found(ANYONE) == ["roof"]
    assert projects.kinds(live.store, ME) == ["equipment"]
    for viewer, name in ((ANYONE, "inner"), (ME, "raw"), (ME, "none")):
        with pytest.raises(ThingNotFound):
            projects.project_page(live, viewer, name)


def test_the_pages_say_what_and_why_and_take_an_offer_of_help(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    text = client.get("/projects/roof").text
    assert "Telescope" in text and "Mount" in text and "Монтировка" not in text
    assert "of your community: Club" in text, "why it is recommended"
    assert 'href="/projects/roof"' in client.get("/projects?q=telescope").text
    assert "No project fits" in client.get("/projects?q=nothing+like+it").text
    found = client.get("/search?q=telescope").text
    # What is called exactly so stands above the people, and only there.
    assert found.index('href="/projects/roof"') < found.index('id="people-found"')
    assert found.count('href="/projects/roof"') == 1
    assert "/projects/roof?via=projects" in client.get("/recommended/projects").text
    too_long = client.post("/projects/roof/help", data={"text": "x" * 2001})
    assert too_long.status_code == 422, "and nothing that was written is lost"
    assert "x" * 2001 in too_long.text and "At most 2,000 letters" in too_long.text
    for said, words in (("Thank you!", "Two evenings"), ("Added to your offer", "And a lathe")):
        client.post("/projects/roof/help", data={"text": words})
        page = client.get("/projects/roof").text
        assert said in page and "Your offer of help" in page and words in page
    assert "Two evenings" in page, "what was offered first stands, and what was added"
    nothing = client.post("/projects/roof/help", data={"text": " "})
    assert nothing.status_code == 422 and "Write between 1 and" in nothing.text
    asked = [r for r in desk.open_requests(live.store, BY_STAFF) if r["kind"] == "project"]
    assert [(r["subject"], r["asker_key"]) for r in asked] == [("Telescope", ANNA)]
    told = threads.for_staff(live.store, BY_STAFF, asked[0]["id"])
    assert "And a lathe" in [entry.text for entry in told], "the desk has all of it"
    assert "help with a project" in reader(app, "staff").get("/staff/requests").text
    assert client.post("/projects/none/help").status_code == 404
    assert client.post("/projects/roof/name", data={"named": "yes"}).status_code == 404
    stranger = reader(app, "anyone")
    assert "Sign in to offer help" in stranger.get("/projects/roof").text
    assert stranger.post("/projects/roof/help").status_code in (303, 401, 403)


def test_after_ten_offers_the_next_waits(app: Flask, live: Live) -> None:
    for number in range(opening.MOST_OPEN):
        opening.ask(live.store, ME, KIND, f"Another project {number}")
    client = reader(app, "alumnus")
    client.post("/projects/roof/help", data={"text": "I could help"})
    assert "Ten open requests are enough" in client.get("/projects/roof").text


def test_russian_words(app: Flask) -> None:
    client = reader(app, "alumnus")
    client.get("/language/ru")
    text = client.get("/projects/roof").text
    assert "Телескоп" in text and "Монтировка" in text and "Открытая отчётность" in text
