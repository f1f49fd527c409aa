"""Telling of an event: whom it suits and why, who is not told and why not, one letter each."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graphnet import own_accord, recommendations
from graphnet.erasure import export
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.events import registrations
from graphnet.features import registered
from graphnet.live import Live
from graphnet.people import visibility
from graphnet.privacy import Viewer
from graphnet.recommendations import preferences
from graphnet.recommendations.own import mine
from graphnet.store import Store
from graphnet.surveys import making
from graphnet.told import afterwards, answering, audience, sending
from tests.support.refused import refused
from tests.support.surveyed import CLERK as POLLSTER
from tests.support.surveyed import drafted, graduates
from tests.support.told import CLERK, EVENT, FIRST, evening

ALL = [f"fit{FIRST + i}" for i in range(9)]


@pytest.fixture
def people(store: Store) -> list[Viewer]:
    return evening(store)


def why_not(store: Store) -> dict[int, str]:
    return {one.key - FIRST: one.why_not for one in audience.fitting(store, EVENT)}


def letters(store: Store) -> list[dict[str, Any]]:
    rows = store.read(
        "MATCH (j:Job {kind: 'mail'}) WHERE j.payload CONTAINS 'told.event' "
        "RETURN j.payload AS payload ORDER BY payload LIMIT 100"
    )
    return [json.loads(row["payload"]) for row in rows]


def told(store: Store, place: int, *, token: str = "") -> str:
    """The id of somebody's letter; with a token it leaves with that one."""
    rows = store.read(
        "MATCH (:Person {key: $key})<-[:TO]-(l:EventLetter) RETURN l.id AS id LIMIT 1",
        key=FIRST + place,
    )
    if token:
        assert sending.arm(store, rows[0]["id"], token) is not None
    return str(rows[0]["id"])


def test_what_is_ones_own_comes_before_what_was_learned(store: Store, people: list[Viewer]) -> None:
    found = audience.fitting(store, EVENT)
    assert [one.kind for one in found] == [
        "own_class",
        "own_class",
        "member",
        "member",
        "topic",
        "topic",
        "topic",
        "group_habit",
        "group_habit",
    ]
    assert {one.why_not for one in found} == {""}
    assert [(one.reasons[0].name, one.reasons[0].count) for one in found][::3] == [
        ("3-12", 0),
        ("Light club", 0),
        ("Light", 0),
    ]
    assert found[-1].reasons[0].count == 1
    # Who does not let the site learn is not told for what they have done.
    preferences.consent(store, people[8], "profile", "refused")
    assert FIRST + 8 not in {one.key for one in audience.fitting(store, EVENT)}


def test_each_who_is_not_told_has_a_reason(store: Store, people: list[Viewer]) -> None:
    registrations.answer(store, people[0], EVENT, "yes")
    recommendations.act(store, people[1], "events", EVENT)
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:SAW]->(:Impression {id: 'i', list: 'events', "
        "item: $event, model: 'm', day: '2026-01-01'})",
        key=FIRST + 2,
        event=EVENT,
    )
    own_accord.refuse(store, FIRST + 3, own_accord.EVENTS)
    own_accord.refuse(store, FIRST + 3, own_accord.EVENTS)
    store.write("MATCH (c:Consent {id: 'digest-fit304'}) DETACH DELETE c")
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:HAS]->(:Digest {id: 'd', token: 't', "
        "frequency: 'weekly', lists: ['events'], topics: ['ships'], period: ''})",
        key=FIRST + 5,
    )
    store.write("MATCH (a:Account {id: 'of-fit306'}) SET a.disabled_at = datetime()")
    store.write(
        "MATCH (e:Event {id: $event}) MATCH (p:Person {key: $key}) "
        "CREATE (o:Event {id: 'other', key: 777, title: 'Other', starts_at: e.starts_at, "
        "visibility: 'members', time_zone: 'Europe/Moscow'}) "
        "CREATE (r:Registration {id: 'busy', state: 'yes', at: datetime()})-[:FOR]->(o) "
        "CREATE (r)-[:BY]->(p)",
        event=EVENT,
        key=FIRST + 7,
    )
    store.write(
        "MATCH (p:Person {key: $key}) UNWIND range(1, $most) AS n "
        "CREATE (:SurveyAsk {id: 's' + toString(n), once: 's' + toString(n), at: $now})-[:TO]->(p)",
        key=FIRST + 8,
        most=own_accord.MOST,
        now=datetime.now(UTC),
    )
    assert why_not(store) == {
        0: "answered",
        1: "not_this",
        2: "shown",
        3: "refused",
        4: "not_agreed",
        5: "other_topics",
        6: "unreachable",
        7: "clash",
        8: "lately",
    }
    found = audience.counted(store, CLERK, EVENT)
    assert found.unaware == 6
    assert found.lately == 1
    own_accord.allow(store, people[3], own_accord.EVENTS)
    assert why_not(store)[3] == ""


def test_who_may_not_see_it_or_is_not_to_be_seen_is_in_no_count(
    store: Store, people: list[Viewer]
) -> None:
    store.in_write(lambda t: visibility.hide(t, people[0], FIRST, why="x"))
    store.write("MATCH (p:Person {key: $key}) SET p.died_on = date()", key=FIRST + 2)
    store.write("MATCH (p:Person {key: $key}) SET p.quarantined = true", key=FIRST + 4)
    assert sorted(why_not(store)) == [1, 3, 5, 6, 7, 8]
    store.write("MATCH (e:Event {id: $event}) SET e.visibility = 'invited'", event=EVENT)
    assert sorted(why_not(store)) == [1]  # it is for one study group alone
    with pytest.raises(ThingNotFound):
        audience.counted(store, people[3], EVENT)


def test_an_organiser_reads_no_small_counts(store: Store, people: list[Viewer]) -> None:
    store.write(
        "MATCH (p:Person {key: $key}), (g:Group {id: 'light-club'}) "
        "CREATE (p)-[:MEMBER_OF {role: 'organiser'}]->(g)",
        key=FIRST + 9,
    )
    found = audience.counted(store, people[9], EVENT)
    assert all(n is None or n == 0 or n >= 5 for n in found.fit.values())
    assert found.fit["member"] is None
    assert found.told == {} and found.lately is None
    with pytest.raises(NotAllowed):
        sending.send(store, people[9], EVENT, ALL)
    with pytest.raises(NotAllowed):
        sending.stop(store, people[9], EVENT)


def test_each_gets_one_letter_and_nobody_too_many(store: Store, people: list[Viewer]) -> None:
    with refused(BadValue, "people"):
        sending.send(store, CLERK, EVENT, [])
    registrations.answer(store, people[3], EVENT, "yes")
    sent = sending.send(store, CLERK, EVENT, [*ALL[:6], "nobody"], left_out=[ALL[8]])
    assert (sent.told, sent.missed) == (5, 2)
    assert {one["to"] for one in letters(store)} == {
        f"fit{FIRST + i}@example.org" for i in (0, 1, 2, 4, 5)
    }
    assert why_not(store) == {
        0: "told",
        1: "told",
        2: "told",
        3: "answered",
        4: "told",
        5: "told",
        6: "",
        7: "",
        8: "left_out",
    }
    assert sending.send(store, CLERK, EVENT, ALL).told == 2  # 6 and 7
    assert len(letters(store)) == 7
    with pytest.raises(ThingNotFound):
        sending.send(store, CLERK, "no-event", ALL)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("e.cancelled_at = datetime()", "cancelled"),
        ("e.state = 'draft'", "draft"),
        ("e.starts_at = datetime() - duration('PT1M')", "over"),
        ("e.closes_at = datetime() - duration('PT1M')", "closed"),
    ],
)
def test_what_nobody_can_come_to_is_told_to_nobody(
    store: Store, people: list[Viewer], change: str, problem: str
) -> None:
    store.write(f"MATCH (e:Event {{id: $event}}) SET {change}", event=EVENT)  # type: ignore[arg-type]
    assert sending.problem(store, EVENT) == problem
    with refused(Conflict, problem):
        sending.send(store, CLERK, EVENT, ALL)
    assert not letters(store)


def test_two_who_tell_at_once_write_nobody_twice(store: Store, people: list[Viewer]) -> None:
    done: list[int] = []

    def tell() -> None:
        done.append(sending.send(store, CLERK, EVENT, ALL).told)

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [0, 0, 0, 9]
    assert len(letters(store)) == 9


def test_one_measure_for_all_letters_of_their_own_accord(
    store: Store, people: list[Viewer]
) -> None:
    sending.send(store, CLERK, EVENT, ALL)
    graduates(store)
    store.write(
        "MATCH (p:Person {key: $key}), (g:StudyGroup {id: 'group-2010'}) "
        "CREATE (p)-[:STUDIED_IN {role: 'student', how: 'admitted'}]->(g)",
        key=FIRST,
    )
    survey = drafted(store)
    before = making.numbers(store, POLLSTER, making.one(store, POLLSTER, survey))
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (:Ask {id: 'a', channel: 'mail', state: 'sent', "
        "sent_at: datetime()})-[:OF]->(p)",
        key=FIRST,
    )
    after = making.numbers(store, POLLSTER, making.one(store, POLLSTER, survey))
    assert (before.asked, before.lately) == (13, 0)
    assert (after.asked, after.lately) == (12, 1)


def test_what_has_not_left_can_be_stopped(store: Store, people: list[Viewer]) -> None:
    sending.send(store, CLERK, EVENT, ALL)
    told(store, 0, token="first")
    assert sending.stop(store, CLERK, EVENT) == 8
    assert sending.stop(store, CLERK, EVENT) == 0
    assert sending.arm(store, told(store, 1), "second") is None
    assert why_not(store)[1] == ""  # stopped is not told
    assert [row["id"] for row, _ in answering.waiting(store, people[0])] == [EVENT]
    assert answering.waiting(store, people[1]) == []


def test_a_letter_that_nobody_needs_any_more_does_not_leave(
    store: Store, people: list[Viewer]
) -> None:
    sending.send(store, CLERK, EVENT, ALL)
    registrations.answer(store, people[0], EVENT, "yes")
    recommendations.act(store, people[1], "events", EVENT)
    own_accord.refuse(store, FIRST + 2, own_accord.EVENTS)
    preferences.consent(store, people[3], "digest", "refused")
    store.in_write(lambda t: visibility.hide(t, people[4], FIRST + 4, why="x"))
    for place in range(5):
        assert sending.arm(store, told(store, place), f"token-{place}") is None
    assert sending.arm(store, told(store, 5), "token-5") is not None
    assert sending.arm(store, told(store, 5), "token-5") is not None  # tried again after a crash


def test_not_this_is_remembered_everywhere_and_can_be_taken_back(
    store: Store, people: list[Viewer]
) -> None:
    sending.send(store, CLERK, EVENT, ALL)
    told(store, 4, token="link")
    viewer, held = answering.behind(store, "link")
    assert (viewer.person_key, held.state, held.reasons[0].name_ru) == (FIRST + 4, "", "Свет")
    answering.not_this(store, viewer, held, ["light", "ships"])
    known = mine(store, FIRST + 4)
    assert ("events", EVENT) in known.dismissed
    assert known.off == {"light"}  # a topic that is not the event's is not asked
    _, held = answering.behind(store, "link")
    assert (held.state, held.off) == ("not_this", ("light",))
    assert answering.waiting(store, people[4]) == []
    assert 4 not in why_not(store)  # the topic was all that spoke for it
    answering.take_back(store, viewer, held)
    known = mine(store, FIRST + 4)
    assert not known.dismissed and not known.off
    assert answering.behind(store, "link")[1].state == ""
    store.in_write(lambda t: visibility.hide(t, people[4], FIRST + 4, why="x"))
    for token in ("link", "never made"):
        with pytest.raises(ThingNotFound):
            answering.behind(store, token)


def test_what_became_of_it_is_told_in_counts_and_to_staff_by_name(
    store: Store, people: list[Viewer], tmp_path: Path
) -> None:
    sending.send(store, CLERK, EVENT, ALL[:7])
    for place in range(6):
        told(store, place, token=f"t{place}")
    registrations.answer(store, people[0], EVENT, "yes")
    registrations.answer(store, people[1], EVENT, "yes")
    registrations.answer(store, people[2], EVENT, "no")
    _, held = answering.behind(store, "t3")
    answering.not_this(store, people[3], held)
    store.write(
        "MATCH (:Person {key: $key})<-[:BY]-(r:Registration)-[:FOR]->(:Event {id: $event}) "
        "SET r.attended_at = datetime()",
        key=FIRST,
        event=EVENT,
    )
    found = afterwards.afterwards(Live(store, tmp_path), CLERK, EVENT)
    assert found.outcomes == {
        "waiting": 1,
        "came": 1,
        "coming": 1,
        "declined": 1,
        "not_this": 1,
        "silent": 2,
        "stopped": 0,
        "needless": 0,
    }
    assert len(found.people) == 7 and found.tellings[0][1] == 7
    assert found.then is not None and found.then.why_not == {"": 2, "told": 7}
    store.write(
        "MATCH (p:Person {key: $key}), (g:Group {id: 'light-club'}) "
        "CREATE (p)-[:MEMBER_OF {role: 'organiser'}]->(g)",
        key=FIRST + 9,
    )
    theirs = afterwards.afterwards(Live(store, tmp_path), people[9], EVENT)
    assert theirs.people == () and theirs.tellings == ()
    assert set(theirs.outcomes.values()) <= {None, 0}


def test_it_is_their_data(store: Store, people: list[Viewer]) -> None:
    sending.send(store, CLERK, EVENT, ALL)
    told(store, 0, token="link")
    held = export(store, people[0], FIRST, registered().holdings)
    assert [t for t in held["ties"] if t["to"] == ["EventLetter"]]
