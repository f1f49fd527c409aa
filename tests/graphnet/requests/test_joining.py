"""Doubles are joined and taken apart, one is split: each who asked keeps their own and is told."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from graphnet.errors import BadValue, Conflict, NotAllowed
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.requests import asking_on, desk, hiding, joining, reminders, threads, work
from graphnet.requests.closing import close
from graphnet.requests.opening import ask
from graphnet.store import Store
from tests.support.graphs import ANNA, DARYA, STAFF, ZHANNA, small_association
from tests.support.refused import refused
from tests.support.themselves import erase

KINDS = registered().request_kinds
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
ME, HER, ZH = (Viewer("alumnus", key, f"account-{key}") for key in (ANNA, DARYA, ZHANNA))
CLERK = Viewer("staff", STAFF, "clerk", frozenset({"staff"}), "answer requests")
QUESTION = KINDS["question"]


@pytest.fixture
def graph(store: Store) -> Store:
    small_association(store)
    store.write(
        "CREATE (:Account {id: 'clerk', email: 'clerk@example.org', email_key: 'clerk@example.org',"
        " roles: ['staff'], created_at: datetime()})"
    )
    return store


@pytest.fixture
def two(graph: Store) -> tuple[str, str]:
    mine = ask(graph, ME, QUESTION, "A hall in May", "Mine", now=MONDAY)
    hers = ask(graph, HER, QUESTION, "Hall for May", "Hers", now=MONDAY)
    graph.write("MATCH (j:Job {kind: 'mail'}) DELETE j")
    return mine, hers


def letters(store: Store) -> list[tuple[str, str]]:
    rows = store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 50")
    found = [json.loads(row["payload"]) for row in rows]
    return sorted((one["to"], one.get("letter", "")) for one in found)


def read_by(store: Store, request: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in threads.for_asker(store, request)]


def test_both_askers_keep_their_own_and_read_the_answers(
    graph: Store, two: tuple[str, str]
) -> None:
    mine, hers = two
    joining.join(graph, CLERK, KINDS, hers, mine, now=MONDAY)
    assert letters(graph) == [("darya@example.org", "requests.joined")]
    assert [row["id"] for row in desk.open_requests(graph, CLERK)] == [mine]
    assert desk.counts(graph)["open"] == 1
    asking_on.say(graph, HER, hers, "Forty people", now=MONDAY)
    work.reply(graph, CLERK, KINDS, mine, "Which day?", wait=True, now=MONDAY + timedelta(hours=1))
    assert ("reply", "Which day?") in read_by(graph, hers)
    assert ("reply", "Forty people") not in read_by(graph, mine), "nobody reads another's words"
    assert ("reply", "Forty people") in [
        (e.kind, e.text) for e in threads.for_staff(graph, CLERK, mine)
    ]
    told = [to for to, letter in letters(graph) if letter == "requests.reply"]
    assert told == ["anna@example.org", "darya@example.org"], "each to who asked"
    asking_on.say(graph, HER, hers, "Friday", now=MONDAY + timedelta(hours=2))
    assert desk.one(graph, CLERK, mine)["status"] == "in_work", "it is answered: the clock runs"
    for act in (
        lambda: work.reply(graph, CLERK, KINDS, hers, "Here?"),
        lambda: work.claim(graph, CLERK, hers),
        lambda: close(graph, CLERK, KINDS, hers, "Here?"),
        lambda: joining.join(graph, CLERK, KINDS, hers, mine),
    ):
        with refused(Conflict, "joined"):
            act()
    close(graph, CLERK, KINDS, mine, "Hall 3")
    for viewer, request in ((ME, mine), (HER, hers)):
        row = desk.my_one(graph, viewer, KINDS, request)
        assert (row["status"], row["answer"]) == ("done", "Hall 3")
    with refused(Conflict, "closed"):
        joining.apart(graph, CLERK, hers)
    asking_on.reopen(graph, HER, KINDS, hers, "Not for me")
    assert hers in [row["id"] for row in desk.open_requests(graph, CLERK)]


def test_what_was_joined_is_taken_apart(graph: Store, two: tuple[str, str]) -> None:
    mine, hers = two
    work.claim(graph, CLERK, hers)
    joining.join(graph, CLERK, KINDS, hers, mine)
    work.reply(graph, CLERK, KINDS, mine, "Which day?")
    assert joining.apart(graph, CLERK, hers) == mine
    assert {row["id"] for row in desk.open_requests(graph, CLERK)} == {mine, hers}
    assert desk.one(graph, CLERK, hers)["status"] == "in_work"
    assert ("reply", "Which day?") in read_by(graph, hers), "what was read stays"
    assert [text for kind, text in read_by(graph, hers) if kind == "step"] == [
        "taken", "joined", "answered", "apart",
    ]  # fmt: skip
    assert ("darya@example.org", "requests.apart") in letters(graph)
    with refused(Conflict, "apart"):
        joining.apart(graph, CLERK, hers)


def test_a_third_comes_with_the_second(graph: Store, two: tuple[str, str]) -> None:
    mine, hers = two
    third = ask(graph, ZH, QUESTION, "A May hall", now=MONDAY)
    joining.join(graph, CLERK, KINDS, third, hers)
    joining.join(graph, CLERK, KINDS, hers, mine)
    assert {row["id"] for row in joining.joined(graph, CLERK, mine)} == {hers, third}
    close(graph, CLERK, KINDS, mine, "Hall 3")
    assert desk.my_one(graph, ZH, KINDS, third)["answer"] == "Hall 3"


def test_what_cannot_be_joined_is_refused(graph: Store, two: tuple[str, str]) -> None:
    mine, hers = two
    with refused(BadValue, "same"):
        joining.join(graph, CLERK, KINDS, mine, mine)
    paper = ask(graph, ME, KINDS["document"], "A certificate")
    with refused(BadValue, "kind"):
        joining.join(graph, CLERK, KINDS, paper, mine)
    wish = hiding.ask_to_hide(graph, name="Boris", studies="")
    with refused(BadValue, "untold"):
        joining.join(graph, CLERK, KINDS, wish, mine)
    with pytest.raises(NotAllowed):
        joining.join(graph, ME, KINDS, mine, hers)
    close(graph, CLERK, KINDS, mine, "Hall 3")
    with refused(Conflict, "closed"):
        joining.join(graph, CLERK, KINDS, hers, mine)


def test_of_one_that_asks_two_things_neither_is_lost(graph: Store, two: tuple[str, str]) -> None:
    mine, _ = two
    work.claim(graph, CLERK, mine)
    made = joining.split(graph, CLERK, KINDS, mine, "document", "A certificate", "For 1998")
    row = desk.one(graph, CLERK, made)
    assert (row["kind"], row["asker_key"], row["status"]) == ("document", ANNA, "in_work")
    assert {one["id"] for one in desk.mine(graph, ME, KINDS)} == {mine, made}
    assert ("anna@example.org", "requests.split") in letters(graph)
    assert ("step", "split") in read_by(graph, mine)
    assert joining.leads_to(graph, made)[0]["id"] == mine
    for kind, subject in (("hide", "Hide"), ("riddle", "What?"), ("question", " ")):
        with pytest.raises(BadValue):
            joining.split(graph, CLERK, KINDS, mine, kind, subject, "")


def queue(store: Store) -> set[str]:
    """Every request that somebody looks at: it has an owner who works, or stands in the queue."""
    looked_at = {row["id"] for row in desk.open_requests(store, CLERK, nobodys=True, limit=500)}
    owned = store.read(
        "MATCH (r:Request) MATCH (a:Account {id: r.owner}) WHERE a.disabled_at IS NULL"
        " AND r.status <> 'done' RETURN r.id AS id LIMIT 500"
    )
    together = store.read(
        "MATCH (r:Request {status: 'joined'})-[:JOINED_TO]->(:Request) RETURN r.id AS id LIMIT 500"
    )
    return looked_at | {row["id"] for row in owned} | {row["id"] for row in together}


def every(store: Store) -> set[str]:
    rows = store.read("MATCH (r:Request) WHERE r.status <> 'done' RETURN r.id AS id LIMIT 500")
    return {row["id"] for row in rows}


def test_nothing_that_was_asked_is_dropped(graph: Store, two: tuple[str, str]) -> None:
    """Whatever is done with requests and with people: each is somebody's or in the queue."""
    mine, hers = two
    steps = [
        lambda: hiding.ask_to_hide(graph, name="Boris", studies=""),
        lambda: work.claim(graph, CLERK, mine),
        lambda: joining.join(graph, CLERK, KINDS, hers, mine),
        lambda: joining.split(graph, CLERK, KINDS, mine, "document", "A certificate", ""),
        lambda: work.reply(graph, CLERK, KINDS, mine, "Which day?", wait=True),
        lambda: erase(graph, ME, ANNA),
        lambda: work.claim(graph, CLERK, hers),
        lambda: graph.write("MATCH (a:Account {id: 'clerk'}) SET a.disabled_at = datetime()"),
        lambda: graph.write("MATCH (a:Account {id: 'clerk'}) DETACH DELETE a"),
    ]
    for number, step in enumerate(steps):
        step()
        assert every(graph) == queue(graph), f"after step {number}"
    assert hers in queue(graph), "what was joined to the erased one's stands by itself"
    late = MONDAY + timedelta(days=30)
    graph.write(
        "CREATE (:Account {id: 'new', email: 'new@example.org', email_key: 'new@example.org',"
        " roles: ['staff'], created_at: datetime()})"
    )
    assert reminders.remind(SimpleNamespace(store=graph), now=late) == 1, "and staff are told"
