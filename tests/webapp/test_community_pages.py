"""Communities on the pages, with real letters: every kind of letter leaves in both languages."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from graphnet.groups import editing, membership, organising, talk, uniting
from graphnet.groups.content import Content
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home, reader, site
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA
from tests.support.post_office import PostOffice, do_letters, post_office, posting

ME = Viewer("alumnus", ANNA, "account-1")
SHE = Viewer("alumnus", DARYA, "account-5")
OTHER = Viewer("alumnus", ZHANNA, "account-7")
CLERK = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "communities")
RUNNERS = Content(name="Runners", name_ru="Бегуны", entry="request")


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[PostOffice, int]]:
    with post_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def home(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory, office: tuple[PostOffice, int]
) -> Settings:
    return posting(own_home(settings, tmp_path_factory.mktemp("communities")), office[1])


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    made = furnished(session_store, home)
    session_store.write("MERGE (c:Counter {name: 'thing'}) SET c.next = 100")
    session_store.write("MATCH (a:Account) SET a.language = CASE a.email "
                        "WHEN 'admin@example.org' THEN 'ru' ELSE 'en' END")  # fmt: skip
    yield made
    made.stop()


@pytest.fixture(scope="module")
def app(live: Live, home: Settings) -> Flask:
    return site(live, home)


def test_every_letter_leaves_and_says_what_is_so(
    live: Live, home: Settings, office: tuple[PostOffice, int]
) -> None:
    store = live.store
    made, _ = editing.found(store, ME, RUNNERS)
    editing.send_back(store, CLERK, made, "Where do you meet?")
    do_letters(live, home)
    editing.publish(store, ME, made, version=2)
    editing.publish(store, CLERK, made, version=3)
    membership.ask(store, SHE, made, "I run, too")
    do_letters(live, home)  # before it is decided: the letter to organisers still says what is so
    for person, accept in ((SHE, True), (OTHER, False)):
        if not accept:
            membership.ask(store, person, made, "")
        ((row, _),) = organising.requests(live, ME, made)
        organising.decide(store, ME, made, row["id"], accept=accept, text="Hello there")
    organising.invite(live, ME, made, "zhanna", "Come after all")
    do_letters(live, home)
    membership.answer_invitation(store, OTHER, made, take=True)
    organising.appoint(store, ME, made, "darya", organiser=True)
    do_letters(live, home)
    organising.appoint(store, CLERK, made, "darya", organiser=False)
    post = talk.say(store, SHE, made, "Buy my tyres", form="1")
    talk.remove(store, ME, made, post, "This is no market")
    organising.remove(store, ME, made, "zhanna", "Never came")
    editing.archive(store, ME, made, "Winter")
    do_letters(live, home)
    editing.reopen(store, CLERK, made)
    other, _ = editing.found(store, ME, replace(RUNNERS, name="Joggers", name_ru="Любители бега"))
    editing.publish(store, CLERK, other, version=1)
    do_letters(live, home)
    uniting.unite(store, CLERK, made, other)
    do_letters(live, home)
    said = [(str(one["To"]), str(one["Subject"])) for one in office[0].taken]
    mine = [subject for to, subject in said if to == "alumnus@example.org"]
    hers = [subject for to, subject in said if to == "admin@example.org"]
    his = [subject for to, subject in said if to == "analyst@example.org"]
    assert sorted(mine) == [
        "Please change the community: Runners",
        "Runners has become part of Joggers",
        "Runners is on again",
        "Runners is put aside",
        "Somebody asks to join Runners",
        "The community is published: Joggers",
        "The community is published: Runners",
    ]
    assert set(hers) == {
        "Вы состоите в сообществе «Бегуны»",
        "Теперь вы организуете сообщество «Бегуны»",
        "Вы больше не организуете сообщество «Бегуны»",
        "Ваша запись удалена из сообщества «Бегуны»",
        "Сообщество «Бегуны» закрыто",
        "Сообщество «Бегуны» стало частью сообщества «Любители бега»",
    }
    assert set(his) == {
        "Your request to join Runners",
        "You are invited to Runners",
        "You are no longer a member of Runners",
    }
    texts = [one.get_body(("plain",)).get_content() for one in office[0].taken]
    for words in ("Where do you meet?", "Hello there", "Come after all", "This is no market",
                  "Never came", "Winter"):  # fmt: skip
        assert any(words in text for text in texts), words
    without = [text for text in texts if not re.search(r"https?://\S+/groups/\w+", text)]
    assert len(without) == 2  # who is refused, or put out, has nothing to open


def test_errors_are_said_and_nothing_typed_is_lost(app: Flask, live: Live) -> None:
    me, she, staff = (reader(app, role) for role in ("alumnus", "analyst", "staff"))
    form = {"name": "", "name_ru": "", "kind": "club", "entry": "open", "audience": "members",
            "description": "kept words", "links": "Photos nowhere"}  # fmt: skip
    wrong = me.post("/groups/new", data=form)
    assert wrong.status_code == 422 and "kept words" in wrong.text
    made, _ = editing.found(live.store, ME, replace(RUNNERS, name="Chess"))
    editing.publish(live.store, CLERK, made, version=1)
    assert me.get(f"/groups/{made}/people").status_code == 200
    assert she.get(f"/groups/{made}/people").status_code in (403, 404)
    assert she.get(f"/groups/{made}/edit").status_code in (403, 404)
    full = form | {"name": "Chess club", "links": "", "version": "2"}
    assert me.post(f"/groups/{made}/edit", data=full).status_code == 303
    late = staff.post(f"/groups/{made}/edit", data=full | {"name": "Chess society"})
    assert late.status_code == 409 and "Chess club" in late.text and "Chess society" in late.text
    empty = me.post(f"/groups/{made}/talk", data={"text": " ", "form": "x"})
    assert empty.status_code == 422
    refused = me.post(f"/groups/{made}/state", data={"act": "archive"}, follow_redirects=True)
    assert "Say why in a sentence or two" in refused.text
    alone = me.post(f"/groups/{made}/people", data={"act": "member:anna"}, follow_redirects=True)
    assert "appoint another organiser first" in alone.text
    same = staff.get(f"/staff/groups/{made}/unite?into={made}", follow_redirects=True)
    assert "Choose another community" in same.text
