"""Requests: one way to open, one way to close; each kind by its own rule, the first closer wins."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from graphnet import audit, mail
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound, TooMany
from graphnet.features import registered
from graphnet.onboarding import missing_groupmates
from graphnet.privacy import ANYONE, Viewer
from graphnet.requests import desk, hiding
from graphnet.requests.closing import Answered, close
from graphnet.requests.kinds import Kind
from graphnet.requests.opening import ask
from graphnet.store import Store
from tests.support.graphs import ANNA, STAFF, small_association
from tests.support.refused import refused

ME = Viewer("alumnus", ANNA, "account-1")
BY_STAFF = Viewer("staff", STAFF, "account-8", frozenset({"staff"}), "answer requests")
KINDS = registered().request_kinds
QUESTION = KINDS["question"]


@pytest.fixture
def graph(store: Store) -> Store:
    small_association(store)
    return store


def tell(language: str, told: Answered) -> mail.Letter:
    return mail.Letter(f"{language}: {told.subject}", told.answer or "dealt with")


def state(store: Store, request: str) -> tuple[object, ...]:
    (row,) = store.read(
        "MATCH (r:Request {id: $id}) RETURN r.status AS status, r.answer AS answer, "
        "r.outcome AS outcome, r.contact AS contact LIMIT 1",
        id=request,
    )
    return row["status"], row["answer"], row["outcome"], row["contact"]


def letters(store: Store) -> list[tuple[str, str]]:
    rows = store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 9")
    found = [json.loads(row["payload"]) for row in rows]
    return sorted((one["to"], one["text"]) for one in found if "text" in one)


def test_of_ten_who_close_one_request_at_once_one_wins(graph: Store) -> None:
    request = ask(graph, ME, QUESTION, "A hall", "for forty people")

    def try_it(number: int) -> bool:
        try:
            close(graph, BY_STAFF, KINDS, request, f"answer {number}", tell=tell)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        won = [n for n, ok in enumerate(pool.map(try_it, range(10))) if ok]
    assert len(won) == 1
    assert state(graph, request) == ("done", f"answer {won[0]}", "answered", None)
    entries = audit.entries(graph, act="close request")
    assert [(e.subject, e.detail) for e in entries] == [(request, "question: answered")]
    assert len(letters(graph)) == 1
    with refused(Conflict, "closed"):
        close(graph, BY_STAFF, KINDS, request, "later")


def test_the_asker_is_told_and_the_trail_does_not_repeat_the_words(graph: Store) -> None:
    request = ask(graph, ME, QUESTION, "A mentor")
    close(graph, BY_STAFF, KINDS, request, "Darya will write to you.", tell=tell)
    (letter,) = letters(graph)
    assert letter == ("anna@example.org", "Darya will write to you.")
    (mine,) = desk.mine(graph, ME, KINDS)
    assert (mine["status"], mine["answer"]) == ("done", "Darya will write to you.")
    assert mine["closed_at"] is not None
    trail = " ".join(f"{e.subject} {e.detail}" for e in audit.entries(graph))
    assert "Darya" not in trail
    assert "mentor" not in trail
    with pytest.raises(NotAllowed):
        desk.mine(graph, ANYONE, KINDS)


def test_what_a_kind_does_not_allow_closes_nothing(graph: Store) -> None:
    unknown = ask(graph, ME, Kind("riddle"), "What is it?")
    with refused(BadValue, "kind"):
        close(graph, BY_STAFF, KINDS, unknown, "done")
    question = ask(graph, ME, QUESTION, "A hall")
    for answer in ("  ", "x" * 2001):
        with refused(BadValue, "answer"):
            close(graph, BY_STAFF, KINDS, question, answer)
    for viewer in (ME, ANYONE, Viewer("staff", STAFF, "account-8")):
        with pytest.raises(NotAllowed):
            close(graph, viewer, KINDS, question, "done")
    with pytest.raises(ThingNotFound):
        close(graph, BY_STAFF, KINDS, "none", "done")
    assert state(graph, unknown)[0] == state(graph, question)[0] == "new"
    assert audit.entries(graph, act="close request") == []


def test_a_proposed_groupmate_is_closed_by_its_own_rule_alone(graph: Store) -> None:
    missing_groupmates.propose(graph, ME, "A", name="Klara New")
    (row,) = desk.open_requests(graph, BY_STAFF)
    for choice in ({}, {"act": "close"}, {"act": "refuse"}):
        with pytest.raises(BadValue):
            close(graph, BY_STAFF, KINDS, row["id"], choice=choice)
    with refused(BadValue, "ground"):
        close(
            graph,
            BY_STAFF,
            KINDS,
            row["id"],
            "said in a sentence",
            choice={"act": "accept", "given": "Klara", "family": "New"},
        )
    with refused(BadValue, "person"):
        close(graph, BY_STAFF, KINDS, row["id"], choice={"act": "same", "person": "vera"})
    assert state(graph, row["id"])[0] == "new"
    missing_groupmates.same_as(graph, BY_STAFF, row["id"], "boris", tell=tell)
    assert state(graph, row["id"])[:3] == ("done", "", "known")
    assert letters(graph) == [("anna@example.org", "dealt with")], "never who is on file"


def test_hiding_is_a_choice_and_so_is_nobody(graph: Store) -> None:
    for contact, chosen in (("ivan@example.net", "boris"), ("by telephone", hiding.NOBODY)):
        request = hiding.ask_to_hide(graph, name="Boris", studies="1998", contact=contact)
        with refused(BadValue, "choose"):
            close(graph, BY_STAFF, KINDS, request, "looked at it")
        with refused(BadValue, "person"):
            close(graph, BY_STAFF, KINDS, request, choice={"person": "no-such-person"})
        close(graph, BY_STAFF, KINDS, request, "found", choice={"person": chosen}, tell=tell)
        outcome = "nobody" if chosen == hiding.NOBODY else "hidden"
        assert state(graph, request) == ("done", "found", outcome, None), "the contact served once"
    rows = graph.read("MATCH (p:Person {visibility: 'hidden'}) RETURN p.id AS id ORDER BY id")
    assert [row["id"] for row in rows] == ["boris", "vera"]
    assert letters(graph) == [("ivan@example.net", "dealt with")]
    (entry,) = audit.entries(graph, act="hide")
    assert (entry.purpose, entry.detail.split()[0]) == ("answer requests", "request")


def test_nobody_floods_the_desk_with_wishes(graph: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = {
        hiding.ask_to_hide(graph, name=f"No. {n}", studies="", person_key=ANNA) for n in range(5)
    }
    assert len(wishes) == 1, "one open wish of one person is enough"
    close(graph, BY_STAFF, KINDS, wishes.pop(), "no", choice={"person": hiding.NOBODY})
    monkeypatch.setattr(hiding, "MOST_OPEN", 2)
    for n in range(2):
        hiding.ask_to_hide(graph, name=f"Stranger {n}", studies="")
    with pytest.raises(TooMany):
        hiding.ask_to_hide(graph, name="One more", studies="")
    assert hiding.ask_to_hide(graph, name="Anna", studies="", person_key=ANNA)


def test_every_request_has_its_author_and_the_ways_to_answer(graph: Store) -> None:
    ask(graph, ME, QUESTION, "Mine")
    hiding.ask_to_hide(graph, name="Somebody", studies="", contact="+7 900 000-00-00")
    by_subject = {row["subject"]: row for row in desk.open_requests(graph, BY_STAFF)}
    assert by_subject["Mine"]["author"].id == "anna"
    assert "anna@example.org" in by_subject["Mine"]["ways"]
    assert by_subject["Somebody"]["author"] is None
    assert by_subject["Somebody"]["ways"] == ["+7 900 000-00-00"]
    graph.write("MATCH (p:Person {key: $key}) SET p.visibility = 'hidden'", key=ANNA)
    hidden = desk.one(graph, BY_STAFF, by_subject["Mine"]["id"])
    assert (hidden["author"], hidden["ways"], hidden["asker_key"]) == (None, [], ANNA)
    assert hidden["at"] <= datetime.now(UTC)
