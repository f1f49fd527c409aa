"""What organisers change of a published event: some at once, some when staff have looked at it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from graphnet import versions
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.events import editing, listing, proposing, registrations, roster, states
from graphnet.features import registered
from graphnet.privacy import STANDARD
from graphnet.requests.closing import close
from graphnet.reunions import applying, becoming, organisers, polls
from graphnet.reunions.reading import one
from graphnet.reunions.taking import KIND
from graphnet.settings import Settings
from graphnet.store import Store
from tests.graphnet.events.test_editing import (
    BY_STAFF,
    DAY,
    EVENING,
    alumnus,
    club,
    letters,
    published,
)
from tests.support.graphs import ANNA, DARYA, GEORGY, ZHANNA
from tests.support.refused import refused

__all__ = ["club"]
ME = alumnus(ANNA)
LATER = replace(EVENING, starts=DAY + timedelta(days=1), ends=DAY + timedelta(days=1, hours=3))


def now_is(store: Store, event_id: str) -> editing.Editable:
    return editing.one(store, BY_STAFF, event_id)


def proposed(store: Store, event_id: str, content: object = LATER, version: int = 2) -> str:
    proposing.propose(store, ME, event_id, content, version=version)  # type: ignore[arg-type]
    found = proposing.latest(store, ME, now_is(store, event_id))
    assert found is not None and found.state == "waiting"
    return found.id


def test_seats_change_at_once_and_a_move_waits_for_staff(club: Store, settings: Settings) -> None:
    event_id = published(club)
    registrations.answer(club, alumnus(DARYA), event_id, "yes")
    wider = replace(EVENING, capacity=30, questions=("Coat?",), guests=1)
    assert set(editing.change(club, ME, event_id, wider, version=2)) == {
        "capacity", "questions", "guests"
    }  # fmt: skip
    moved = replace(LATER, capacity=40, questions=("Coat?",), guests=1)
    with pytest.raises(editing.Looked):
        editing.change(club, ME, event_id, moved, version=3)
    change = proposed(club, event_id, moved, 3)
    assert now_is(club, event_id).content.starts == DAY, "it stays as it is"
    with refused(Conflict, "waits"):
        proposing.propose(club, ME, event_id, replace(moved, venue="Roof"), version=3)
    assert [row["id"] for row in proposing.waiting(club, BY_STAFF)] == [event_id]
    assert not any("moved" in letter for letter in letters(club, settings))

    # Meanwhile staff change something else: approving what was read before is refused, then done.
    found = proposing.latest(club, BY_STAFF, now_is(club, event_id))
    assert found is not None and set(found.wanted) == {"starts", "ends", "capacity"}
    editing.change(club, BY_STAFF, event_id, replace(wider, capacity=35, venue="Yard"), version=3)
    with pytest.raises(versions.Meanwhile):
        proposing.approve(club, BY_STAFF, event_id, change, version=3)
    found = proposing.latest(club, BY_STAFF, now_is(club, event_id))
    assert found is not None and found.wanted["capacity"] == (30, 35, 40), "seen before it is lost"
    different = proposing.approve(club, BY_STAFF, event_id, change, version=4)
    assert set(different) == {"starts", "ends", "capacity"}
    held = now_is(club, event_id)
    assert (held.content.venue, held.content.capacity) == ("Yard", 40), "what staff changed stays"
    assert held.content.starts == LATER.starts and held.sequence == 3
    sent = [json.loads(letter) for letter in letters(club, settings)]
    moves = [one for one in sent if one["letter"] == "events.moved"]
    assert {one["to"] for one in moves} == {"darya@example.org"}, "who is registered is told"
    assert {one["to"] for one in sent if one["letter"] == "events.change_approved"} == {
        "anna@example.org"
    }
    with refused(Conflict, "decided"):
        proposing.approve(club, BY_STAFF, event_id, change, version=5)


def test_refused_with_a_reason_or_taken_back(club: Store, settings: Settings) -> None:
    event_id = published(club)
    change = proposed(club, event_id)
    with pytest.raises(BadValue):
        proposing.refuse(club, BY_STAFF, event_id, change, " ")
    with pytest.raises(NotAllowed):
        proposing.refuse(club, ME, event_id, change, "No")
    with pytest.raises(ThingNotFound):
        proposing.take_back(club, alumnus(ZHANNA), event_id, change)
    with pytest.raises(ThingNotFound):
        proposing.refuse(club, BY_STAFF, event_id, "another", "No")
    proposing.refuse(club, BY_STAFF, event_id, change, "The hall is taken")
    sent = [json.loads(letter) for letter in letters(club, settings)]
    (refused,) = [one for one in sent if one["letter"] == "events.change_refused"]
    assert refused["to"] == "anna@example.org"
    assert proposing.reason(club, refused["values"]["change"]) == "The hall is taken"
    assert now_is(club, event_id).content.starts == DAY
    again = proposed(club, event_id)
    proposing.take_back(club, ME, event_id, again)
    found = proposing.latest(club, ME, now_is(club, event_id))
    assert found is not None and found.reason == "The hall is taken"
    assert not proposing.waiting(club, BY_STAFF)


def test_what_staff_look_at(club: Store) -> None:
    event_id = published(club)
    for content, looked in (
        (replace(EVENING, description="More"), []),
        (replace(EVENING, venue="Yard"), ["venue"]),
        (replace(EVENING, audience="public"), ["audience"]),
        (replace(EVENING, audience="public", title="New"), ["audience", "title"]),
    ):
        assert editing.looked_at(now_is(club, event_id), content) == looked
    editing.change(club, BY_STAFF, event_id, replace(EVENING, audience="public"), version=2)
    public = replace(EVENING, audience="public", description="More")
    assert editing.looked_at(now_is(club, event_id), public) == ["description"]
    draft = editing.create(club, ME, EVENING)
    assert editing.looked_at(now_is(club, draft), LATER) == [], "a draft is looked at as a whole"


def test_of_many_who_propose_at_once_one_waits(club: Store) -> None:
    event_id = published(club)

    def act(n: int) -> str:
        try:
            proposing.propose(club, ME, event_id, replace(LATER, venue=f"Hall {n}"), version=2)
        except Conflict as problem:
            return problem.code
        return "kept"

    with ThreadPoolExecutor(4) as several:
        assert sorted(several.map(act, range(4))) == ["kept", "waits", "waits", "waits"]
    states.cancel(club, BY_STAFF, event_id, "Rain")
    assert not proposing.waiting(club, BY_STAFF), "what is called off asks for nothing"


@pytest.fixture
def reunion(club: Store) -> tuple[Store, str, str]:
    """Anna's reunion has become an event; Georgy helps with it."""
    made = applying.apply(club, ME, KIND, applying.Wish(("A",), "", "In May"), subject="Ours")
    request = one(club, BY_STAFF, made)["request"]["id"]
    close(club, BY_STAFF, registered().request_kinds, request, "Gladly")
    polls.add(club, ME, made, DAY)
    day = polls.poll(club, ME, one(club, ME, made), rules=STANDARD).options[0].id
    polls.pick(club, ME, made, day)
    event = becoming.make_event(club, BY_STAFF, made, becoming.Wanted("Reunion", "Встреча"))
    return club, made, event


def test_organisers_of_a_reunion_change_the_event_it_became(
    reunion: tuple[Store, str, str], settings: Settings
) -> None:
    store, made, event_id = reunion
    georgy = alumnus(GEORGY)
    held = editing.one(store, ME, event_id)
    assert held.content.audience == "reunion" and not held.content.group
    assert listing.event_row(store, ME, event_id)["organised"]
    assert [row["id"] for row in roster.in_hand(store, ME, "coming")] == [event_id]
    organisers.help_with(store, georgy, made)
    with pytest.raises(ThingNotFound):
        editing.one(store, georgy, event_id)  # a helper is no organiser
    organisers.appoint(store, ME, made, "georgy", "organiser")
    wider = replace(held.content, capacity=20, description="Cake", questions=("Vegetarian?",))
    editing.change(store, georgy, event_id, wider, version=held.version)
    registrations.answer(store, ME, event_id, "yes")
    venue = replace(wider, venue="Kronverksky 49")
    with pytest.raises(editing.Looked):
        editing.change(store, ME, event_id, venue, version=held.version + 1)
    proposing.propose(store, ME, event_id, venue, version=held.version + 1)
    for content in (
        replace(wider, audience="members"), replace(wider, group="club", audience="group")
    ):  # fmt: skip
        if content.group:
            assert editing.looked_at(editing.one(store, ME, event_id), content)
        else:
            with refused(BadValue, "needed", "unknown"):
                editing.check(store, georgy, event_id, content)
    found = proposing.latest(store, BY_STAFF, editing.one(store, BY_STAFF, event_id))
    assert found is not None and found.author is not None and found.author.id == "anna"
    proposing.approve(store, BY_STAFF, event_id, found.id, version=held.version + 1)
    sent = [json.loads(letter) for letter in letters(store, settings)]
    assert "events.moved" in {one["letter"] for one in sent}
    # Called off by who organises it, as staff would: everybody registered is told.
    becoming.call_off(store, ME, made, "The river has risen")
    assert editing.one(store, BY_STAFF, event_id).cancelled
    sent = [json.loads(letter) for letter in letters(store, settings)]
    assert "events.cancelled" in {one["letter"] for one in sent}
