"""Who stands after the check: changed by two of staff, told to whom it is about, never by name."""

import json

import pytest

from graphnet.contest import candidates, exclusions, jurors, jury, publication, seasons
from graphnet.errors import BadValue, Conflict, NotAllowed
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.contest_season import (
    CHECK,
    DECISION,
    JURORS,
    JURY,
    STAFF_VIEWER,
    VOTE,
    admitted,
    alumnus,
    announced,
    enter,
    judged,
    season,
    seated,
)
from tests.support.graphs import ANNA, DARYA, GEORGY
from tests.support.refused import refused

OTHER = Viewer("staff", GEORGY, "another of staff", frozenset({"staff"}), "contest")
WHY = {"code": "evidence", "reason": "The link shows another person."}


def letters(store: Store) -> list[str]:
    rows = store.read(
        "MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload ORDER BY j.key LIMIT 100"
    )
    return sorted(json.loads(row["payload"]).get("letter", "") for row in rows)


def stands(store: Store) -> set[int]:
    found = candidates.candidates(store, STAFF_VIEWER, season(store))
    return {one.key for one in found}


def test_one_of_staff_alone_changes_nothing_once_the_jury_reads(store: Store) -> None:
    live = announced(store)
    one, _ = admitted(live, DARYA, ANNA)
    with refused(Conflict, "phase"):
        candidates.decide(store, STAFF_VIEWER, "2026", one, admit=False, reason="x", now=JURY)
    exclusions.propose(store, STAFF_VIEWER, "2026", one, admit=False, **WHY, now=VOTE)
    assert stands(store) == {DARYA, ANNA}
    [held] = exclusions.proposals(store, STAFF_VIEWER, season(store)).values()
    assert (held.mine, held.state, held.reason) == (True, "refused", WHY["reason"])
    assert not next(iter(exclusions.proposals(store, OTHER, season(store)).values())).mine
    with refused(NotAllowed, "second"):
        exclusions.confirm(store, STAFF_VIEWER, "2026", one, now=VOTE)
    with refused(Conflict, "proposed"):
        exclusions.propose(store, OTHER, "2026", one, admit=False, **WHY, now=VOTE)
    exclusions.confirm(store, OTHER, "2026", one, now=VOTE)
    assert stands(store) == {ANNA}
    with refused(Conflict, "state"):
        exclusions.confirm(store, OTHER, "2026", one, now=VOTE)


def test_whoever_is_taken_off_is_told_and_can_be_put_back(store: Store) -> None:
    live = announced(store)
    one, _ = admitted(live, DARYA, ANNA)
    before = letters(store)
    exclusions.propose(store, STAFF_VIEWER, "2026", one, admit=False, **WHY, now=VOTE)
    assert letters(store) == before, "a proposal is no news to anybody"
    exclusions.confirm(store, OTHER, "2026", one, now=VOTE)
    assert letters(store) == sorted([*before, "contest.decided"])
    [gone] = exclusions.removed(store, season(store))
    assert (gone.category, gone.code, gone.on) == ("ambassador", "evidence", VOTE.date())
    exclusions.propose(
        store, OTHER, "2026", one, admit=True, reason="It was her after all.", now=VOTE
    )
    exclusions.confirm(store, STAFF_VIEWER, "2026", one, now=VOTE)
    assert stands(store) == {DARYA, ANNA}
    assert exclusions.removed(store, season(store)) == []
    acts = [row["act"] for row in seasons.log(store, STAFF_VIEWER, season(store))]
    assert {"refused proposed", "refused", "admitted proposed", "admitted"} <= set(acts)
    trail = store.read(
        "MATCH (a:AuditEntry) WHERE a.detail CONTAINS 'another person' RETURN a.id AS id LIMIT 1"
    )
    assert not trail, "the words are the candidate's to read, not the trail's to keep"


def test_a_proposal_is_called_off_and_nothing_has_happened(store: Store) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)
    exclusions.propose(store, STAFF_VIEWER, "2026", one, admit=False, **WHY, now=JURY)
    exclusions.call_off(store, STAFF_VIEWER, "2026", one, now=JURY)
    assert stands(store) == {DARYA}
    assert exclusions.proposals(store, STAFF_VIEWER, season(store)) == {}
    with refused(Conflict, "state"):
        exclusions.call_off(store, STAFF_VIEWER, "2026", one, now=JURY)


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"code": "because"}, {"reason": "x" * 1001}])
def test_a_proposal_needs_a_reason_of_the_list_and_words(
    store: Store, wrong: dict[str, str]
) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)
    said = {**WHY, **wrong}
    with pytest.raises(BadValue):
        exclusions.propose(store, STAFF_VIEWER, "2026", one, admit=False, **said, now=JURY)
    with pytest.raises(NotAllowed):
        exclusions.propose(store, alumnus(ANNA), "2026", one, admit=False, **WHY, now=JURY)
    with refused(Conflict, "phase"):
        exclusions.propose(store, STAFF_VIEWER, "2026", one, admit=False, **WHY, now=CHECK)


def test_nothing_is_published_while_a_change_waits(store: Store) -> None:
    live = announced(store)
    ids = admitted(live, DARYA, ANNA)
    judged(live, ids)
    exclusions.propose(store, STAFF_VIEWER, "2026", ids[0], admit=False, **WHY, now=DECISION)
    with refused(Conflict, "proposals"):
        publication.publish(store, STAFF_VIEWER, "2026", key=b"k" * 32, now=DECISION)
    exclusions.call_off(store, OTHER, "2026", ids[0], now=DECISION)
    publication.publish(store, STAFF_VIEWER, "2026", key=b"k" * 32, now=DECISION)
    told = letters(store)
    assert told.count("contest.won") + told.count("contest.published") == 2


def test_a_juror_is_asked_and_answers(store: Store) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)
    jurors.ask(store, STAFF_VIEWER, "2026", JURORS[0], now=CHECK)
    assert "contest.asked" in letters(store)
    assert jurors.jurors(store, alumnus(ANNA), season(store)) == [], "not yet: not public"
    assert jurors.is_asked(store, alumnus(JURORS[0]), season(store))
    assert jury.assign_all(store, STAFF_VIEWER, "2026", now=CHECK)[one] == ()
    jurors.reply(store, alumnus(JURORS[0]), "2026", agrees=True, now=CHECK)
    with refused(Conflict, "state"):
        jurors.reply(store, alumnus(JURORS[0]), "2026", agrees=False, now=CHECK)
    assert jury.assign_all(store, STAFF_VIEWER, "2026", now=CHECK)[one] == (JURORS[0],)
    assert "contest.reads" in letters(store)
    jurors.ask(store, STAFF_VIEWER, "2026", JURORS[1], now=CHECK)
    jurors.reply(store, alumnus(JURORS[1]), "2026", agrees=False, now=CHECK)
    there = [row["key"] for row in jurors.jurors(store, STAFF_VIEWER, season(store))]
    assert there == [JURORS[0]]


def test_nobody_takes_themselves_into_the_jury_or_answers_for_another(store: Store) -> None:
    announced(store)
    with refused(NotAllowed, "own_jury"):
        jurors.ask(store, OTHER, "2026", GEORGY, now=CHECK)
    jurors.ask(store, STAFF_VIEWER, "2026", JURORS[0], now=CHECK)
    with refused(Conflict, "state"):
        jurors.reply(store, alumnus(JURORS[1]), "2026", agrees=True, now=CHECK)
    store.write("MATCH (a:Account {id: 'account-102'}) SET a.roles = ['alumnus', 'staff']")
    assert jurors.ask(store, STAFF_VIEWER, "2026", JURORS[1], now=CHECK)
    assert not jurors.ask(store, STAFF_VIEWER, "2026", JURORS[2], now=CHECK)


def test_a_slip_is_taken_back_without_a_letter_and_a_juror_who_leaves_is_told(store: Store) -> None:
    announced(store)
    jurors.ask(store, STAFF_VIEWER, "2026", JURORS[0], now=CHECK)
    jurors.remove(store, STAFF_VIEWER, "2026", JURORS[0], now=CHECK)
    assert "contest.left" not in letters(store)
    seated(store, JURORS[0])
    jurors.remove(store, STAFF_VIEWER, "2026", JURORS[0], now=CHECK)
    assert letters(store).count("contest.left") == 1


def test_an_admission_is_told_once(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA)
    for _ in range(2):
        candidates.decide(store, STAFF_VIEWER, "2026", one, admit=True, reason="", now=CHECK)
    assert letters(store).count("contest.decided") == 1
