"""My page: changed where it is read, by section; seen as others see it; its history."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from graphnet import people
from graphnet.computed import refresh
from graphnet.influence.measures import taking_part
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.recommendations import scoring
from graphnet.recommendations.interactions import may_learn_from
from graphnet.recommendations.people_you_may_know import people_i_may_know
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, DARYA, ZHANNA
from tests.support.letters import delivered
from webapp.features.people.sections import SECTIONS

ANNAS = Viewer("alumnus", ANNA)
AS_ALUMNI = """MATCH (a:Account) WHERE a.email IN $emails SET a.roles = a.roles + 'alumnus'"""


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("me"))


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    following = furnished(session_store, home)
    session_store.write(
        "CREATE (:Place {id: 'perm', kind: 'city', name: 'Perm', name_ru: 'Пермь'})"
    )
    session_store.write(AS_ALUMNI, emails=["admin@example.org", "analyst@example.org"])
    yield following
    following.stop()


@pytest.fixture
def app(live: Live, home: Settings) -> Flask:
    return site(live, home)


def mine(live: Live) -> people.Profile:
    return people.profile(live.store, ANNAS, "anna")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_section_opens_in_both_languages(app: Flask, language: str) -> None:
    client = reader(app, "alumnus")
    client.get(f"/language/{language}")
    for section in ("", *SECTIONS, "nonsense"):
        page = client.get(f"/me?edit={section}", headers={"Accept-Language": language})
        assert page.status_code == 200, section
        assert ('class="own-form"' in page.text) == (section not in ("", "nonsense")), section
        assert ("Кто смотрел" in page.text) == (language == "ru")


def test_a_name_is_changed_and_found_at_once_by_both(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    given = {"given_name": "Анна", "family_name": "Смирнова", "gender": "f", "audience": "members"}
    assert client.post("/me/names", data=given).status_code == 303
    assert mine(live).card.name.former == ("Иванова",)
    for word in ("смирнова", "иванова"):
        assert "Смирнова" in reader(app, "admin").get(f"/search?q={word}").text
    wrong = client.post("/me/names", data=given | {"family_name": "", "given_name": " "})
    assert wrong.status_code == 422
    assert "Write a first name or a family name." in wrong.text
    history = client.get("/me/history").text
    assert "Смирнова" in history
    (undo,) = re.findall(r'action="(/me/history/\w+/undo)"', history)
    client.post(undo)
    assert mine(live).card.name.family == "Иванова"
    assert client.post(undo, follow_redirects=True).text.count("undone already") == 1
    assert reader(app, "analyst").post(undo).status_code == 404, "another person's change"


def test_city_work_languages_and_text(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    assert client.post("/me/city", data={"city": "пермь", "audience": "cohort"}).status_code == 303
    lost = client.post("/me/city", data={"city": "Атлантида", "audience": "nobody"})
    assert (lost.status_code, "Атлантида" in lost.text) == (422, True)
    client.post("/me/work", data={"employer": "ГОИ", "from_year": "2004", "now_there": "y"})
    wrong = client.post(
        "/me/work", data={"employer": "ЛОМО", "from_year": "2010", "to_year": "1999"}
    )
    assert (wrong.status_code, "ЛОМО" in wrong.text) == (422, True)
    client.post("/me/languages", data={"languages": ["ru", "de"]})
    assert client.post("/me/languages", data={"languages": ["xx"]}).status_code == 422
    client.post("/me/about", data={"about": "Оптика\nи горы"})
    assert client.post("/me/about", data={"about": "x" * 2001}).status_code == 422
    now = mine(live)
    assert now.card.city == ("Perm", "Пермь")
    assert (now.audiences["city"], now.languages) == ("cohort", ("ru", "de"))
    assert [(job["name"], job["from_year"]) for job in now.work] == [("ГОИ", 2004)]
    page = client.get("/me?edit=work").text
    entry = re.search(r'name="entry" value="([^"]+)"', page)
    assert entry and client.post("/me/work/leave", data={"entry": entry[1]}).status_code == 303
    assert client.post("/me/work/leave", data={"entry": entry[1]}).status_code == 422
    assert not mine(live).work


def test_an_address_is_confirmed_by_the_button_of_its_letter(
    app: Flask, live: Live, home: Settings
) -> None:
    client = reader(app, "alumnus")
    assert client.post("/me/contacts", data={"contact": "anna.new@example.org"}).status_code == 303
    assert client.post("/me/contacts", data={"contact": "work"}).status_code == 422
    client.post("/me/contacts", data={"contact": "8 (916) 123-45-67"})
    assert "+79161234567" in client.get("/me").text
    letter = delivered(live.store, home)[-1]
    assert letter["To"] == "anna.new@example.org"
    path = re.search(r"(/contact/\S+)", letter.get_content())
    assert path
    stranger = app.test_client()
    assert stranger.get(path[1]).status_code == 200
    assert not [c for c in mine(live).contacts if c["value"] == "anna.new@example.org"]
    assert stranger.post(path[1]).status_code in (200, 303)
    (new,) = [c for c in mine(live).contacts if c["value"] == "anna.new@example.org"]
    assert new["verified_at"] is not None
    assert stranger.post(path[1]).status_code == stranger.get("/contact/none").status_code == 404
    client.post("/me/contacts/remove", data={"contact": new["id"]})
    assert "anna.new@example.org" not in client.get("/me").text


def test_what_i_studied_is_mine_until_confirmed(app: Flask, live: Live) -> None:
    client = reader(app, "alumnus")
    found = client.get("/me?edit=studies&code=121").text
    assert 'value="B"' in found
    said = {"code": "121", "group_id": "B", "from_year": "1999", "to_year": "2004"}
    assert client.post("/me/studies/group", data=said).status_code == 303
    assert client.post("/me/studies/group", data=said | {"group_id": "none"}).status_code == 422
    assert "the Association has yet to confirm it" in client.get("/me").text
    (stated,) = mine(live).stated
    assert client.post("/me/studies/faculty", data={"unit_id": "faculty"}).status_code == 422
    client.post("/me/studies/take-back", data={"stated": stated["id"]})
    assert not mine(live).stated


def test_a_photo_is_shown_to_whom_the_profile_is(app: Flask, live: Live) -> None:
    client, out = reader(app, "alumnus"), io.BytesIO()
    Image.effect_noise((1500, 1500), 90).convert("RGB").save(out, "PNG")
    assert len(out.getvalue()) > 1024 * 1024, "more than a form may have"
    sent = {"photo": FileStorage(out, "me.png"), "audience": "nobody"}
    out.seek(0)
    # Put together here: the test client would leave a file open.
    boundary, body = encode_multipart(sent)
    kind = f"multipart/form-data; boundary={boundary}"
    assert client.post("/me/photo", data=body, content_type=kind).status_code == 303
    own = client.get("/people/anna/photo")
    assert (own.status_code, own.mimetype) == (200, "image/jpeg")
    darya, nobody = reader(app, "admin"), app.test_client()
    hidden, unknown = darya.get("/people/anna/photo"), darya.get("/people/none/photo")
    assert hidden.status_code == unknown.status_code == 404
    same = re.compile(r"people(/|%2F)(anna|none)")
    assert same.sub("", hidden.text) == same.sub("", unknown.text)
    assert nobody.get("/people/anna/photo").status_code == 303
    client.post("/me/photo", data={"audience": "members"})
    assert darya.get("/people/anna/photo").data == own.data
    bad = client.post("/me/photo", data={"photo": (io.BytesIO(b"no picture"), "me.png")})
    assert bad.status_code == 422
    client.post("/me/photo/remove")
    assert client.get("/people/anna/photo").status_code == 404


def record(text: str) -> str:
    """What a page says of a person, without the addresses of photos."""
    found = re.search(r'<div class="record" id="record">(.*?)\n</div>', text, re.DOTALL)
    return found[1] if found else ""


def test_seen_as_is_what_such_a_reader_really_sees(app: Flask, live: Live) -> None:
    live.store.write(
        "MATCH (p:Person {key: $key}) SET p.audiences = ['city:connections', "
        "'contacts:cohort', 'employer:members', 'about:public']",
        key=ANNA,
    )
    client = reader(app, "alumnus")
    client.post("/me/city", data={"city": "Perm"})
    readers = {"member": DARYA, "groupmate": ZHANNA}
    # Darya is no acquaintance of Anna's and of another intake; Zhanna is of hers.
    for who, key in readers.items():
        role = {DARYA: "admin", ZHANNA: "analyst"}[key]
        real, seen = (
            reader(app, role).get("/people/anna").text,
            client.get(f"/me/seen?as={who}").text,
        )
        assert record(real) and record(seen) == record(real), who
    live.store.write(
        "MATCH (a:Person {key: $a}) WITH a SKIP 0 MATCH (b:Person {key: $b}) "
        "CREATE (a)-[:KNOWS {strength: 1.0, source: 'test'}]->(b)",
        a=ANNA,
        b=DARYA,
    )
    real = record(reader(app, "admin").get("/people/anna").text)
    assert record(client.get("/me/seen?as=connection").text) == real and "Perm" in real
    staff = record(reader(app, "staff").get("/people/anna").text)
    assert record(client.get("/me/seen?as=staff").text) == staff and "anna@example.org" in staff
    stranger = record(client.get("/me/seen?as=anyone").text)
    assert "about anna" in stranger or "Оптика" in stranger
    assert "Perm" not in stranger and "example.org" not in stranger
    assert client.get("/me/seen?as=god").status_code == 404
    before = live.store.read("MATCH (a:AuditEntry {act: 'read'}) RETURN count(a) AS n")
    client.get("/me/seen?as=staff")
    assert live.store.read("MATCH (a:AuditEntry {act: 'read'}) RETURN count(a) AS n") == before


def test_only_who_is_signed_in_has_a_page(app: Flask) -> None:
    nobody = app.test_client()
    for path in ("/me", "/me/history", "/me/seen"):
        assert nobody.get(path).status_code == 303
    for path in ("/me/names", "/me/photo", "/me/history/x/undo", "/me/audiences"):
        assert nobody.post(path).status_code == 303


def test_who_objects_to_being_assessed_is_assessed_nowhere(
    app: Flask, live: Live, home: Settings
) -> None:
    client, staff = reader(app, "alumnus"), reader(app, "staff")
    page = client.get("/me/lists").text
    assert f"+{scoring.OFFERS:.2f}" in page and f"{scoring.LESS:+.2f}" in page
    client.post("/me/interests/consent", data={"purpose": "profile", "state": "given"})
    refresh(live.store, home.snapshots)
    live.catch_up()
    place = int(live.view().snapshot.positions([ANNA])[0])
    assert taking_part(live.view().snapshot)[place]
    assert 'id="may-know"' in staff.get("/people/anna").text
    data = {"purpose": "profile", "state": "refused", "next": "/me/lists"}
    answer = client.post("/me/interests/consent", data=data)
    assert answer.headers["Location"].endswith("/me/lists")
    assert 'id="may-know"' not in staff.get("/people/anna").text, "at once, for staff too"
    refresh(live.store, home.snapshots)
    live.catch_up()
    snapshot = live.view().snapshot
    assert not taking_part(snapshot)[place] and not may_learn_from(snapshot)[place]
    assert all(
        one.card.key != ANNA for one in people_i_may_know(live, Viewer("alumnus", DARYA), k=50)
    )
    assert client.get("/me/reach").status_code == 200
