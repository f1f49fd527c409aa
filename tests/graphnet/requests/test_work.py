"""The life of a request: taken on, answered, waited for, handed over, late, opened again."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.requests import asking_on, desk, figures, hours, reminders, threads, work
from graphnet.requests.closing import close
from graphnet.requests.opening import ask
from graphnet.store import Store
from tests.support.graphs import ANNA, BORIS, STAFF, small_association
from tests.support.refused import refused

KINDS = registered().request_kinds
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)  # 11:00 in Moscow
HOUR, DAY = timedelta(hours=1), hours.DAY

ACCOUNTS = """UNWIND $rows AS row MATCH (p:Person {key: row.key})
CREATE (:Account {id: row.id, email: row.email, email_key: row.email, roles: row.roles,
  language: 'en', created_at: datetime()})-[:OF]->(p)"""


@pytest.fixture
def graph(store: Store) -> Store:
    small_association(store)
    store.write("MATCH (a:Account) DETACH DELETE a")
    rows = [
        {"key": ANNA, "id": "of-anna", "email": "anna@example.org", "roles": ["alumnus"]},
        {"key": STAFF, "id": "clerk", "email": "clerk@example.org", "roles": ["staff"]},
        {"key": BORIS, "id": "other", "email": "other@example.org", "roles": ["staff"]},
    ]
    store.write(ACCOUNTS, rows=rows)
    return store


ME = Viewer("alumnus", ANNA, "of-anna")
CLERK = Viewer("staff", STAFF, "clerk", frozenset({"staff"}), "answer requests")
OTHER = Viewer("staff", BORIS, "other", frozenset({"staff"}), "answer requests")


@pytest.fixture
def request_id(graph: Store) -> str:
    opened = ask(graph, ME, KINDS["document"], "A certificate", "For 1998 to 2003", now=MONDAY)
    graph.write("MATCH (j:Job {kind: 'mail'}) DELETE j")
    return opened


def letters(store: Store) -> list[tuple[str, str]]:
    rows = store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 50")
    found = [json.loads(row["payload"]) for row in rows]
    return sorted((one["to"], one.get("letter", "")) for one in found)


def row(store: Store, request: str) -> dict[str, object]:
    return desk.one(store, CLERK, request)


def test_asking_is_acknowledged_and_due_by_the_working_calendar(graph: Store) -> None:
    opened = ask(graph, ME, KINDS["document"], "A certificate", now=MONDAY)
    assert letters(graph) == [("anna@example.org", "requests.received")]
    assert row(graph, opened)["due_at"] == hours.after(MONDAY, 10 * DAY)


def test_of_two_who_take_it_on_one_has_it(graph: Store, request_id: str) -> None:
    def take(viewer: Viewer) -> str:
        try:
            work.claim(graph, viewer, request_id)
        except Conflict as problem:
            return problem.code
        return "mine"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(take, [CLERK, OTHER, CLERK, OTHER]))
    owner = row(graph, request_id)["owner"]
    assert owner is not None
    assert sorted(outcomes) == ["mine", "mine", "taken", "taken"]
    steps = [entry.text for entry in threads.for_asker(graph, request_id)]
    assert steps == ["taken"], "taking on what is one's own already is no step"


def test_the_clock_stands_while_the_asker_is_waited_for(graph: Store, request_id: str) -> None:
    due = row(graph, request_id)["due_at"]
    assert isinstance(due, datetime)
    asked = MONDAY + HOUR
    work.reply(graph, CLERK, KINDS, request_id, "By mail?", wait=True, now=asked)
    assert row(graph, request_id)["status"] == "waiting"
    assert letters(graph) == [("anna@example.org", "requests.reply")]
    answered = MONDAY + timedelta(days=9)
    asking_on.say(graph, ME, request_id, "I shall come", now=answered)
    now = row(graph, request_id)
    assert now["status"] == "in_work"
    assert now["due_at"] == hours.after(answered, hours.between(asked, due))
    assert ("clerk@example.org", "requests.said") in letters(graph)
    assert row(graph, request_id)["first_answered_at"] == asked


def test_a_note_never_leaves(graph: Store, request_id: str) -> None:
    work.note(graph, CLERK, request_id, "She is difficult")
    assert letters(graph) == []
    assert threads.for_asker(graph, request_id) == []
    (entry,) = threads.for_staff(graph, CLERK, request_id)
    assert (entry.kind, entry.text) == ("note", "She is difficult")
    with pytest.raises(NotAllowed):
        threads.for_staff(graph, ME, request_id)


def test_nobody_writes_into_what_others_have_asked(graph: Store, request_id: str) -> None:
    stranger = Viewer("alumnus", BORIS, "other")
    for act in (
        lambda one: asking_on.say(graph, stranger, one, "Me too"),
        lambda one: asking_on.reopen(graph, stranger, KINDS, one, "Me too"),
        lambda one: desk.my_one(graph, stranger, KINDS, one),
    ):
        for one in (request_id, "never-was"):
            with pytest.raises(ThingNotFound, match="no such request"):
                act(one)
    with pytest.raises(NotAllowed):
        work.claim(graph, ME, request_id)
    with pytest.raises(NotAllowed):
        work.note(graph, ME, request_id, "x")


def test_handing_over_tells_the_colleague_alone(graph: Store, request_id: str) -> None:
    work.claim(graph, CLERK, request_id)
    work.hand_over(graph, CLERK, request_id, "other", "You know the archive")
    owner = row(graph, request_id)["owner"]
    assert isinstance(owner, list) and owner[0] == "other"
    assert letters(graph) == [("other@example.org", "requests.handed")]
    assert "You know the archive" not in str(threads.for_asker(graph, request_id))
    for nobody in ("of-anna", "never-was"):
        with refused(BadValue, "account"):
            work.hand_over(graph, OTHER, request_id, nobody)


def test_closed_by_an_answer_it_opens_again_for_a_while(graph: Store, request_id: str) -> None:
    close(graph, CLERK, KINDS, request_id, "We have none", choice={"how": "declined"}, now=MONDAY)
    assert row(graph, request_id)["outcome"] == "declined"
    with pytest.raises(Conflict):
        asking_on.say(graph, ME, request_id, "But I need it")
    with refused(BadValue, "late"):
        asking_on.reopen(
            graph, ME, KINDS, request_id, "But I need it", now=MONDAY + timedelta(days=31)
        )
    asking_on.reopen(graph, ME, KINDS, request_id, "But I need it", now=MONDAY + DAY)
    now = row(graph, request_id)
    assert (now["status"], now["outcome"], now["answer"]) == ("new", None, None)
    texts = [entry.text for entry in threads.for_asker(graph, request_id)]
    assert texts == ["declined", "But I need it", "reopened"]


def test_what_a_rule_has_closed_stays_closed(graph: Store) -> None:
    graph.write(
        "CREATE (:Request {id: 'h', kind: 'hide', status: 'done', subject: 's', at: datetime(), "
        "closed_at: datetime()})"
    )
    with refused(BadValue, "rule"):
        asking_on.reopen(graph, CLERK, KINDS, "h", "again")


def test_the_desk_shows_mine_first_then_as_due(graph: Store, request_id: str) -> None:
    later = ask(graph, ME, KINDS["document"], "Another", now=MONDAY + DAY)
    passes = ask(graph, ME, KINDS["pass"], "A pass", now=MONDAY)
    work.claim(graph, CLERK, later)
    mine = [one["id"] for one in desk.open_requests(graph, CLERK)]
    assert mine == [later, passes, request_id]
    assert [one["id"] for one in desk.open_requests(graph, CLERK, owner="clerk")] == [later]
    assert {one["id"] for one in desk.open_requests(graph, CLERK, nobodys=True)} == {
        passes,
        request_id,
    }


def test_reminded_before_and_all_are_told_after(graph: Store, request_id: str) -> None:
    engine = SimpleNamespace(store=graph)
    work.claim(graph, CLERK, request_id, now=MONDAY)
    due = hours.after(MONDAY, 10 * DAY)

    def remind(at: datetime) -> int:
        return reminders.remind(engine, now=at)  # type: ignore[arg-type]

    assert remind(MONDAY + HOUR) == 0
    assert remind(due - DAY) == 1 and remind(due - DAY + HOUR) == 0, "once"
    assert letters(graph) == [("clerk@example.org", "requests.due")]
    assert remind(due + HOUR) == 2 and remind(due + 2 * HOUR) == 0
    assert letters(graph)[1:] == [
        ("clerk@example.org", "requests.late"),
        ("other@example.org", "requests.late"),
    ]


def test_what_nobody_takes_on_is_told_after_a_working_day(graph: Store, request_id: str) -> None:
    engine = SimpleNamespace(store=graph)
    assert reminders.remind(engine, now=MONDAY + 5 * HOUR) == 0  # type: ignore[arg-type]
    assert reminders.remind(engine, now=MONDAY + timedelta(days=2)) == 2  # type: ignore[arg-type]


def test_what_waits_for_the_asker_is_not_late(graph: Store, request_id: str) -> None:
    engine = SimpleNamespace(store=graph)
    work.reply(graph, CLERK, KINDS, request_id, "By mail?", wait=True, now=MONDAY)
    graph.write("MATCH (j:Job {kind: 'mail'}) DELETE j")
    assert reminders.remind(engine, now=MONDAY + timedelta(days=90)) == 0  # type: ignore[arg-type]


def test_figures_are_in_working_hours(graph: Store, request_id: str) -> None:
    work.reply(graph, CLERK, KINDS, request_id, "Soon", now=MONDAY + 2 * HOUR)
    close(graph, CLERK, KINDS, request_id, "Here it is", now=MONDAY + timedelta(days=1))
    ask(graph, ME, KINDS["document"], "Late", now=MONDAY - timedelta(days=60))
    (one,) = figures.figures(graph, CLERK, now=MONDAY + timedelta(days=2))
    assert (one.kind, one.asked, one.open, one.overdue) == ("document", 2, 1, 1)
    assert (one.hours_to_first, one.hours_to_done, one.in_time) == (2.0, 8.0, 0.5)
