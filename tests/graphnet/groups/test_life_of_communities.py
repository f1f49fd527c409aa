"""Communities: founded and published, entered in four ways, talked in, put aside, made one."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from graphnet import versions
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.groups import classes, editing, membership, organising, reading, talk, uniting
from graphnet.groups.content import Content
from graphnet.live import Live
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA
from tests.support.refused import refused
from tests.support.themselves import hide, show

ME = Viewer("alumnus", ANNA, "account-1")
SHE = Viewer("alumnus", DARYA, "account-5")
OTHER = Viewer("alumnus", ZHANNA, "account-7")
CLERK = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "communities")
RUNNERS = Content(name="Runners", name_ru="Бегуны", description_ru="По воскресеньям")


@pytest.fixture(scope="module")
def live(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """One association for all: each test founds communities of its own."""
    session_store.run_alone(WIPE)
    session_store.write("MERGE (c:Counter {name: 'thing'}) SET c.next = 100")
    made = furnished(session_store, own_home(settings, tmp_path_factory.mktemp("groups")))
    yield made
    made.stop()
    session_store.run_alone(WIPE)


def letters(store: Store, group: str) -> list[tuple[str, str]]:
    """Every letter of a community that waits: its kind and whom it is for, in order."""
    rows = store.read("MATCH (j:Job) WHERE j.payload CONTAINS $id RETURN j.payload AS p", id=group)
    found = [json.loads(row["p"]) for row in rows]
    named = [(one["letter"].removeprefix("groups."), one["person"]) for one in found if "to" in one]
    return sorted(named)


def published(live: Live, **changes: object) -> str:
    made, _ = editing.found(live.store, ME, replace(RUNNERS, **changes))
    editing.publish(live.store, CLERK, made, version=1)
    return made


def test_a_member_proposes_staff_send_back_and_publish(live: Live) -> None:
    store = live.store
    made, state = editing.found(store, ME, RUNNERS)
    assert state == "proposed"
    with pytest.raises(ThingNotFound):  # nobody else sees it
        reading.one(store, SHE, made)
    assert reading.one(store, ME, made)["role"] == "organiser"
    assert made in {row["id"] for row in reading.in_hand(store, CLERK, "proposed")}
    with refused(BadValue, "notice: needed"):
        editing.send_back(store, CLERK, made, " ")
    editing.send_back(store, CLERK, made, "Where do you meet?")
    assert letters(store, made) == [("sent_back", "anna")]
    held = editing.editable(store, ME, made)
    assert (held.state, held.version) == ("draft", 2)
    editing.change(store, ME, made, replace(RUNNERS, description="In the park"), version=2)
    assert editing.publish(store, ME, made, version=3) == "proposed"
    assert editing.publish(store, CLERK, made, version=4) == "published"
    assert ("published", "anna") in letters(store, made)
    assert reading.one(store, SHE, made)["description"] == "In the park"
    assert made in {row["id"] for row in reading.groups(store, SHE)[0]}
    with pytest.raises(Conflict):
        editing.publish(store, CLERK, made, version=5)


def test_no_more_than_three_of_one_founder_wait(live: Live) -> None:
    made = [editing.found(live.store, ME, RUNNERS)[0] for _ in range(3)]
    with refused(Conflict, "proposed"):
        editing.found(live.store, ME, RUNNERS)
    hers, _ = editing.found(live.store, SHE, RUNNERS)
    with pytest.raises(NotAllowed):
        editing.throw_away(live.store, CLERK, hers)
    for who, one in [*((ME, one) for one in made), (SHE, hers)]:
        editing.throw_away(live.store, who, one)
        with pytest.raises(ThingNotFound):
            reading.one(live.store, who, one)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "", "name_ru": ""}, "name: needed"),
        ({"name": "x" * 121}, "name: long"),
        ({"kind": "sect"}, "kind: unknown"),
        ({"entry": "guess"}, "entry: unknown"),
        ({"audience": "nobody"}, "audience: unknown"),
        ({"topics": ("none such",)}, "topics: unknown"),
        ({"chat_url": "javascript:alert(1)"}, "chat_url: address"),
        ({"links": (("", "https://example.org"),)}, "links: address"),
        ({"links": (("Photos", "https://user"),)}, "links: address"),
    ],
)
def test_what_cannot_be_so_is_refused(live: Live, changes: dict, problem: str) -> None:
    with refused(BadValue, problem):
        editing.found(live.store, ME, replace(RUNNERS, **changes))
    assert not reading.in_hand(live.store, CLERK, "proposed")  # nothing is left of the try


def test_two_who_edit_at_once_lose_nothing(live: Live) -> None:
    made = published(live)
    first = replace(RUNNERS, description="In the park")
    editing.change(live.store, ME, made, first, version=2)
    with pytest.raises(versions.Meanwhile) as meanwhile:
        editing.change(live.store, CLERK, made, replace(RUNNERS, entry="request"), version=2)
    assert meanwhile.value.now == first
    with pytest.raises(ThingNotFound):  # of one that is not theirs they learn nothing
        editing.change(live.store, SHE, made, RUNNERS, version=3)


def test_open_by_request_and_closed(live: Live) -> None:
    store = live.store
    made = published(live)
    membership.join(store, SHE, made)
    membership.join(store, SHE, made)
    assert reading.one(store, SHE, made)["members"] == 2
    editing.change(store, ME, made, replace(RUNNERS, entry="request"), version=2)
    with refused(Conflict, "ask"):
        membership.join(store, OTHER, made)
    membership.ask(store, OTHER, made, "I run, too")
    membership.ask(store, OTHER, made, "once more")
    assert ("asked", "anna") in letters(store, made)
    ((row, card),) = organising.requests(live, ME, made)
    assert (row["text"], card.id) == ("I run, too", "zhanna")
    assert [found["id"] for found, _ in membership.waiting(store, ME)] == [row["id"]]
    with pytest.raises(ThingNotFound):
        organising.decide(store, SHE, made, row["id"], accept=True)
    organising.decide(store, ME, made, row["id"], accept=False, text="We are full")
    assert ("refused", "zhanna") in letters(store, made)
    with refused(Conflict, "settled"):
        organising.decide(store, ME, made, row["id"], accept=True)
    editing.change(store, ME, made, replace(RUNNERS, entry="closed"), version=3)
    with refused(Conflict, "closed"):
        membership.ask(store, OTHER, made, "")
    organising.invite(live, ME, made, "zhanna", "Come")
    assert ("invited", "zhanna") in letters(store, made)
    with refused(Conflict, "invited"):
        organising.invite(live, ME, made, "zhanna")
    membership.answer_invitation(store, OTHER, made, take=False)
    with refused(Conflict, "declined"):
        organising.invite(live, ME, made, "zhanna")
    assert not reading.one(store, OTHER, made)["mine"]


def test_whom_one_may_not_see_cannot_be_invited(live: Live) -> None:
    made = published(live)
    for hidden in ("vera", "evgeny", "boris", "nobody"):  # hidden, dead, not here, nobody
        with pytest.raises(PersonNotFound):
            organising.invite(live, ME, made, hidden)


def test_who_is_put_out_asks_and_comes_back(live: Live) -> None:
    store = live.store
    made = published(live)
    membership.join(store, SHE, made)
    with refused(BadValue, "reason: needed"):
        organising.remove(store, ME, made, "darya", "")
    organising.remove(store, ME, made, "darya", "Sold tyres here")
    assert ("removed", "darya") in letters(store, made)
    with refused(Conflict, "ask"):  # though it is open
        membership.join(store, SHE, made)
    membership.ask(store, SHE, made, "I am sorry")
    ((row, _),) = organising.requests(live, ME, made)
    organising.decide(store, ME, made, row["id"], accept=True)
    membership.leave(store, SHE, made)
    membership.join(store, SHE, made)  # it is forgiven


def test_who_organises(live: Live) -> None:
    store = live.store
    made = published(live)
    membership.join(store, SHE, made)
    with refused(Conflict, "last"):
        organising.appoint(store, ME, made, "anna", organiser=False)
    organising.appoint(store, ME, made, "darya", organiser=True)
    assert ("made_organiser", "darya") in letters(store, made)
    with refused(Conflict, "organiser"):
        organising.remove(store, SHE, made, "anna", "mine now")
    with refused(Conflict, "organiser"):
        organising.appoint(store, SHE, made, "anna", organiser=False)
    assert not membership.leave(store, ME, made)
    assert membership.leave(store, SHE, made)  # nobody organises it now
    assert made in {row["id"] for row in reading.in_hand(store, CLERK, "alone")}
    with pytest.raises(PersonNotFound):
        organising.appoint(store, CLERK, made, "darya", organiser=True)


def test_what_is_said_is_read_by_members_alone(live: Live) -> None:
    store = live.store
    made = published(live, chat_url="https://t.me/+runners", links=(("Map", "https://osm.org/x"),))
    membership.join(store, SHE, made)
    assert not reading.one(store, OTHER, made)["chat_url"]
    assert reading.one(store, SHE, made)["links"] == ["Map https://osm.org/x"]
    with pytest.raises(ThingNotFound):
        talk.say(store, OTHER, made, "hello", form="1")
    with pytest.raises(ThingNotFound):
        organising.requests(live, SHE, made)
    first = talk.say(store, ME, made, "Eight o’clock?", form="1")
    assert talk.say(store, ME, made, "Eight o’clock?", form="1") == first  # sent twice, said once
    answer = talk.say(store, SHE, made, "Yes", form="2", to=first)
    talk.say(store, ME, made, "Good", form="3", to=answer)  # an answer to an answer is one to all
    (post,), more = talk.talk(live, SHE, made)
    for stranger in (OTHER, replace(SHE, kind="analyst"), replace(CLERK, purpose="")):
        assert talk.talk(live, stranger, made) == ([], False)
    assert (post.text, [one.text for one in post.answers], more) == (
        "Eight o’clock?", ["Yes", "Good"], False,
    )  # fmt: skip
    assert [row["n"] for row in talk.new(store, SHE)] == [1]  # what came after her own
    talk.look(store, SHE, made)
    assert not talk.new(store, SHE)
    for wrong in ("", " \n", "x" * 4001):
        with refused(BadValue, "text: needed", "text: long"):
            talk.say(store, ME, made, wrong, form="4")
    with pytest.raises(ThingNotFound):
        talk.edit(store, SHE, made, first, "Nine")
    talk.edit(store, ME, made, first, "Nine o’clock")
    with pytest.raises(ThingNotFound):  # of another's only who runs it removes
        talk.remove(store, SHE, made, first, "no")
    with refused(BadValue, "reason: needed"):
        talk.remove(store, ME, made, answer)
    talk.remove(store, ME, made, answer, "Off the point")
    assert ("post_removed", "darya") in letters(store, made)
    request = talk.report(live, SHE, made, first, "Too early")
    text = store.read("MATCH (r:Request {id: $id}) RETURN r.text AS t", id=request)[0]["t"]
    assert "Too early" in text and "Nine o’clock" in text
    (post,), _ = talk.talk(live, CLERK, made)
    assert post.edited and [one.text for one in post.answers] == ["Good"]


def test_what_somebody_said_goes_when_they_hide_and_comes_back(live: Live) -> None:
    made = published(live)
    membership.join(live.store, SHE, made)
    talk.say(live.store, SHE, made, "Hello", form="1")
    hide(live.store, DARYA)
    live.catch_up()
    try:
        assert talk.talk(live, ME, made) == ([], False)
        assert not talk.new(live.store, ME)
        with refused(Conflict, "unseen"):
            talk.say(live.store, SHE, made, "Anybody?", form="2")
    finally:
        show(live.store, DARYA)
    live.catch_up()
    assert [post.text for post in talk.talk(live, ME, made)[0]] == ["Hello"]


def test_what_is_put_aside_is_read_by_its_members_and_can_come_back(live: Live) -> None:
    store = live.store
    made = published(live)
    membership.join(store, SHE, made)
    assert editing.archive(store, ME, made, "Winter") == 2
    with pytest.raises(ThingNotFound):
        reading.one(store, OTHER, made)
    assert reading.one(store, SHE, made)["notice"] == "Winter"
    with pytest.raises(ThingNotFound):
        talk.say(store, SHE, made, "hello", form="1")
    with refused(Conflict, "archived"):
        editing.change(store, ME, made, RUNNERS, version=3)
    editing.reopen(store, CLERK, made)
    assert reading.one(store, OTHER, made)["visibility"] == "members"


def test_two_become_one(live: Live) -> None:
    store = live.store
    one, other = published(live), published(live, name="Joggers")
    for who in (SHE, OTHER):
        membership.join(store, who, one)
    membership.join(store, SHE, other)
    organising.appoint(store, ME, one, "darya", organiser=True)
    talk.say(store, SHE, one, "Hello", form="1")
    seen = uniting.foreseen(store, CLERK, one, other)
    assert (seen.members, seen.both, seen.posts) == (3, 2, 1)
    with pytest.raises(NotAllowed):
        uniting.unite(store, ME, one, other)
    with refused(Conflict, "one"):
        uniting.foreseen(store, CLERK, one, one)
    assert uniting.unite(store, CLERK, one, other) == 3
    page = reading.group_page(live, CLERK, other)
    assert {member.card.id: member.organiser for member in page.members} == {
        "anna": True, "darya": True, "zhanna": False,
    }  # fmt: skip
    assert [post.text for post in talk.talk(live, SHE, other)[0]] == ["Hello"]
    assert len([kind for kind, _ in letters(store, one) if kind == "united"]) == 3
    with pytest.raises(Conflict):
        editing.reopen(store, CLERK, one)


def test_the_community_of_a_class_is_found_by_who_studied_there(live: Live) -> None:
    store = live.store
    assert {row["id"] for row in classes.of_mine(store, ME)} == {"A", "optics98"}
    made = classes.open_class(store, ME, "optics98")
    assert classes.open_class(store, OTHER, "optics98") == made  # of group C, of the same intake
    assert reading.one(store, OTHER, made)["members"] == 2
    with pytest.raises(ThingNotFound):
        reading.one(store, SHE, made)  # of another intake
    with pytest.raises(ThingNotFound):
        classes.open_class(store, SHE, "optics98")
    membership.leave(store, OTHER, made)
    assert made in {row["id"] for row in reading.groups(store, OTHER)[0]}
    membership.join(store, OTHER, made)
    assert reading.one(store, CLERK, made)["visibility"] == "class"
    assert made not in {row["id"] for row in reading.in_hand(store, CLERK, "on")}


def test_whoever_opens_a_class_first_there_is_one(live: Live) -> None:
    made: list[str] = []
    threads = [
        threading.Thread(
            target=lambda who=who: made.append(classes.open_class(live.store, who, "optics98"))
        )
        for who in (ME, OTHER, ME)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3 and len(set(made)) == 1


def test_a_hidden_member_is_named_nowhere(live: Live) -> None:
    page = reading.group_page(live, ME, "club")
    assert {"vera"}.isdisjoint(member.card.id for member in page.members)
