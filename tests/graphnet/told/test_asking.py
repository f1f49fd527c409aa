"""Organisers ask that people be told of their event: a request at the desk, answered once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from graphnet.errors import Conflict, NotAllowed, ThingNotFound
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.requests import desk
from graphnet.requests.closing import close
from graphnet.requests.kinds import DECLINED
from graphnet.store import Store
from graphnet.told import asking, sending
from tests.support.refused import refused
from tests.support.told import CLERK, EVENT, FIRST, evening

KINDS = registered().request_kinds


@pytest.fixture
def people(store: Store) -> list[Viewer]:
    found = evening(store)
    store.write(
        "MATCH (:Person {key: $key})-[m:MEMBER_OF]->(:Group) SET m.role = 'organiser'",
        key=FIRST + 2,
    )
    return found


def test_asked_stands_in_the_queue_until_it_is_answered(store: Store, people: list[Viewer]) -> None:
    organiser, stranger = people[2], people[4]
    with pytest.raises(ThingNotFound):
        asking.ask(store, stranger, EVENT, "", subject="x")

    def ask(n: int) -> str:
        try:
            asking.ask(store, organiser, EVENT, f"Words {n}", subject="Tell of it")
        except Conflict as problem:
            return problem.code
        return "kept"

    with ThreadPoolExecutor(4) as several:
        assert sorted(several.map(ask, range(4))) == ["asked", "asked", "asked", "kept"]
    (row,) = desk.open_requests(store, CLERK)
    assert row["kind"] == "event_letters" and row["due_at"] is not None
    assert asking.event_of(store, row["id"]) == EVENT
    wish = asking.latest(store, CLERK, EVENT)
    assert wish is not None and wish.open and wish.author is not None
    assert wish.author.id == f"fit{FIRST + 2}" and wish.language == "ru"
    with pytest.raises(NotAllowed):
        sending.send(store, organiser, EVENT, ["fit300"])
    close(store, CLERK, KINDS, row["id"], "Too many letters", choice={"how": DECLINED})
    wish = asking.latest(store, organiser, EVENT)
    assert wish is not None and (wish.open, wish.declined, wish.answer) == (
        False, True, "Too many letters"
    )  # fmt: skip
    asking.ask(store, organiser, EVENT, "", subject="Tell of it")
    assert not desk.open_requests(store, CLERK)[0]["late"]


def test_not_of_what_is_over(store: Store, people: list[Viewer]) -> None:
    store.write("MATCH (e:Event {id: $id}) SET e.cancelled_at = datetime()", id=EVENT)
    with refused(Conflict, "cancelled"):
        asking.ask(store, people[2], EVENT, "", subject="x")
    assert asking.latest(store, CLERK, EVENT) is None
