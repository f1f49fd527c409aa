"""Surveys: who gets one, one answer each until the end, and figures that point at nobody."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any, cast

import pytest

from graphnet import jobs, merging, own_accord
from graphnet.engine import Engine
from graphnet.erasure import export
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.features import registered
from graphnet.people import visibility
from graphnet.privacy import Viewer
from graphnet.store import Store
from graphnet.surveys import answering, making, recipients, results
from graphnet.surveys.recipients import Audience
from tests.support.refused import refused
from tests.support.surveyed import CLERK, FIRST, drafted, graduates
from tests.support.themselves import erase


@pytest.fixture
def people(store: Store) -> list[Viewer]:
    return graduates(store)


def send(store: Store, survey: str) -> list[dict[str, Any]]:
    """Let the worker write the letters; return what they are about."""
    engine = cast(Engine, SimpleNamespace(store=store))
    job = cast(jobs.Job, SimpleNamespace(about=survey))
    recipients.sender(engine)(job)
    rows = store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 100")
    return [json.loads(row["payload"]) for row in rows]


def opened(store: Store) -> str:
    survey = drafted(store)
    making.open_it(store, CLERK, survey)
    send(store, survey)
    return survey


def ids(store: Store, survey: str) -> list[str]:
    return [one.id for one in making.one(store, CLERK, survey).questions]


def test_who_gets_it_is_counted_before_and_each_gets_one_letter(
    store: Store, people: list[Viewer]
) -> None:
    visibility_of = people[0]
    store.in_write(lambda t: visibility.hide(t, visibility_of, FIRST, why="x"))
    store.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:GAVE]->(:Consent {id: 'no', purpose: 'digest',"
        " state: 'refused', at: datetime() + duration('PT1S')})",
        key=FIRST + 1,
    )
    own_accord.refuse(store, FIRST + 2, own_accord.SURVEYS)
    store.write("MATCH (a:Account {id: 'of-grad203'}) SET a.disabled_at = datetime()")
    survey = drafted(store)
    numbers = making.numbers(store, CLERK, making.one(store, CLERK, survey))
    # The hidden one is in no count at all.
    assert numbers == recipients.Numbers(11, 8, 1, 1, 0, 1)
    making.open_it(store, CLERK, survey)
    letters = send(store, survey)
    assert sorted(one["to"] for one in letters) == [
        f"grad{FIRST + i}@example.org" for i in range(4, 12)
    ]
    send(store, survey)  # a job that is done twice writes nobody twice
    assert making.one(store, CLERK, survey).asked == 8
    again = drafted(store)
    numbers = making.numbers(store, CLERK, making.one(store, CLERK, again))
    assert (numbers.asked, numbers.lately) == (0, 8)
    with refused(BadValue, "few"):
        making.open_it(store, CLERK, again)


@pytest.mark.parametrize(
    ("audience", "meant"),
    [
        (Audience(unit="faculty"), 12),
        (Audience(from_year=2010, to_year=2010), 12),
        (Audience(from_year=2011), 0),
        (Audience(unit="faculty", to_year=2009), 0),
        (Audience(group="nobody's"), 0),
        (Audience(city="nowhere"), 0),
    ],
)
def test_an_audience_is_all_that_is_asked_for(
    store: Store, people: list[Viewer], audience: Audience, meant: int
) -> None:
    assert recipients.count(store, CLERK, audience, "digest").meant == meant


def test_a_letter_has_a_link_until_its_reader_has_answered(
    store: Store, people: list[Viewer]
) -> None:
    survey = opened(store)
    ask = store.read("MATCH (k:SurveyAsk)-[:TO]->(:Person {key: 205}) RETURN k.id AS id LIMIT 1")
    row = recipients.arm(store, ask[0]["id"], "token")
    assert row is not None and row["title_ru"] == "Нужды"
    viewer, person, found = answering.behind(store, "token")
    assert (viewer.person_key, person, found) == (205, "grad205", survey)
    answering.answer(store, viewer, survey, {ids(store, survey)[0]: 1})
    assert recipients.arm(store, ask[0]["id"], "token") is None
    store.in_write(lambda t: visibility.hide(t, viewer, 205, why="x"))
    for token in ("token", "never made"):
        with pytest.raises(ThingNotFound):
            answering.behind(store, token)


def test_one_answer_a_person_changeable_until_the_end(store: Store, people: list[Viewer]) -> None:
    survey, me = opened(store), people[5]
    one, many, scale, words = ids(store, survey)
    assert [row["id"] for row in answering.waiting(store, me)] == [survey]
    for wrong, why in (
        ({}, "empty"), ({one: 3}, "choose"), ({scale: 6}, "choose"), ({many: [-1]}, "choose"),
        ({words: "x" * 1001}, "long"),
    ):  # fmt: skip
        with refused(BadValue, why):
            answering.answer(store, me, survey, wrong)
    answering.answer(store, me, survey, {one: 0, many: [0, 2], scale: 4, words: "A room"})
    answering.answer(store, me, survey, {one: 1, scale: 5})
    assert answering.asked(store, me, survey).answers == {one: 1, scale: 5}
    assert making.one(store, CLERK, survey).answered == 1
    assert not answering.waiting(store, me)
    with pytest.raises(ThingNotFound):  # who was not sent it answers nothing
        answering.answer(store, Viewer("alumnus", 8), survey, {one: 1})
    assert answering.take_back(store, me, survey)
    assert not answering.take_back(store, me, survey)
    making.close(store, CLERK, survey)
    with refused(Conflict, "closed"):
        answering.answer(store, me, survey, {one: 1})


def test_the_last_day_ends_it(store: Store, people: list[Viewer]) -> None:
    survey, me = opened(store), people[3]
    store.write("MATCH (s:Survey) SET s.closes_on = $day", day=making.today() - timedelta(days=1))
    with refused(Conflict, "closed"):
        answering.answer(store, me, survey, {ids(store, survey)[0]: 1})
    assert making.close_those_over(store) == 1
    assert making.close_those_over(store) == 0
    assert making.one(store, CLERK, survey).state == "closed"


def test_the_page_changes_only_where_somebody_ticks_so(store: Store, people: list[Viewer]) -> None:
    survey, me = opened(store), people[4]
    one, many, *_ = ids(store, survey)
    answering.answer(store, me, survey, {one: 0, many: [0, 1, 2]})
    found, seen_by = answering.additions(store, me, answering.asked(store, me, survey))
    assert [a.mark for a in found] == ["needs:teaching", "offers:teaching", "offers:money"]
    assert seen_by == "members"
    assert not store.read("MATCH (:Person {key: 204})-[t:NEEDS|OFFERS]->() RETURN t LIMIT 1")


def test_results_point_at_nobody_and_are_fixed(store: Store, people: list[Viewer]) -> None:
    survey = opened(store)
    one, many, scale, words = ids(store, survey)
    for i, me in enumerate(people):
        answers = {one: 0 if i < 7 else 1, many: [0] if i < 6 else [0, 1], scale: 1 + i % 2}
        answering.answer(store, me, survey, answers | ({words: f"Words {i}"} if i < 5 else {}))
    open_one = making.one(store, CLERK, survey)
    assert open_one.results is None  # nothing is to be told from a difference
    assert making.words(store, CLERK, open_one) == {}
    store.in_write(lambda t: visibility.hide(t, people[0], FIRST, why="x"))
    making.close(store, CLERK, survey)
    closed = making.one(store, CLERK, survey)
    assert closed.results is not None
    told = closed.results["questions"]
    assert closed.results["n"] == 11  # who has hidden is not counted
    assert told[one]["cells"] == [6, 5, 0, 0]
    assert told[many]["cells"] == [11, 6, 0, 0]
    assert told[scale] == {"cells": [5, 6, 0, 0, 0, 0], "mean": pytest.approx(17 / 11)}
    assert making.words(store, CLERK, closed) == {words: []}  # four are left: not shown
    erase(store, people[1], FIRST + 1)
    assert making.one(store, CLERK, survey).results == closed.results
    with refused(Conflict, "state"):
        making.close(store, CLERK, survey)


def test_it_is_their_data_and_goes_with_them(store: Store, people: list[Viewer]) -> None:
    survey, me = opened(store), people[6]
    answering.answer(store, me, survey, {ids(store, survey)[0]: 0})
    held = export(store, me, me.own_key(), registered().holdings)
    told = [t["thing"]["told"] for t in held["ties"] if t["to"] == ["SurveyAnswer"]]
    assert told == [["What do you need? / Что вам нужно?: Teaching / Преподавание"]]
    erase(store, me, me.own_key())
    assert making.one(store, CLERK, survey).answered == 0


def test_two_who_are_one_have_one_answer(store: Store, people: list[Viewer]) -> None:
    survey = opened(store)
    question = ids(store, survey)[0]
    for me in people:
        answering.answer(store, me, survey, {question: 0})
    answering.answer(store, people[1], survey, {question: 1})
    store.write("MATCH (a:Account {id: 'of-grad201'}) DETACH DELETE a")
    correcting = replace(CLERK, purpose="correct")
    done = merging.merge(store, correcting, FIRST, FIRST + 1)
    making.close(store, CLERK, survey)
    found = making.one(store, CLERK, survey).results
    assert found is not None and found["n"] == 11
    merging.undo(store, correcting, done.id)
    assert answering.asked(store, people[0], survey).answers == {question: 0}
    assert answering.asked(store, people[1], survey).answers == {question: 1}


def test_a_draft_can_be_changed_and_nothing_else(store: Store, people: list[Viewer]) -> None:
    survey = drafted(store)
    found = making.one(store, CLERK, survey)
    with refused(Conflict, "changed"):
        making.change(store, CLERK, survey, found.terms, version=found.version - 1)
    making.move_question(store, CLERK, survey, found.questions[1].id, -1)
    moved = making.one(store, CLERK, survey).questions
    assert [one.kind for one in moved] == ["many", "one", "scale", "words"]
    making.change(
        store, CLERK, survey, replace(found.terms, title_ru=""), version=found.version + 1
    )
    assert making.one(store, CLERK, survey).lacks == ["title"]
    with refused(BadValue, "lacks"):
        making.open_it(store, CLERK, survey)
    with pytest.raises(NotAllowed):
        making.one(store, people[0], survey)
    making.throw_away(store, CLERK, survey)
    with pytest.raises(ThingNotFound):
        making.one(store, CLERK, survey)


def test_what_is_not_shown_cannot_be_reckoned_back() -> None:
    for size in range(1, 6):
        for counts in product((0, 1, 4, 5, 6, 20), repeat=size):
            shown = results.of_whole(counts)
            hidden = [count for count, told in zip(counts, shown, strict=True) if told is None]
            assert not any(told is not None and results.small(told) for told in shown)
            if hidden and any(shown):
                # Whoever knows the whole knows what is hidden together: several, five or more.
                assert sum(hidden) >= 5
                assert sum(1 for count in hidden if count) >= 2
