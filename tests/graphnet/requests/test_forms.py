"""Kinds of request are data: staff write them in versions, and what was asked keeps its form."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from graphnet import audit
from graphnet.errors import BadValue, Conflict, NotAllowed
from graphnet.features import registered
from graphnet.privacy import Viewer
from graphnet.requests import asking_on, desk, forms, hours, reminders, work
from graphnet.requests.closing import close
from graphnet.requests.forms import FormField, KindForm
from graphnet.requests.kinds import kind_of
from graphnet.requests.opening import ask
from graphnet.store import Store
from tests.support.graphs import ANNA, STAFF, small_association
from tests.support.refused import refused

KINDS = registered().request_kinds
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
ME = Viewer("alumnus", ANNA, "account-1")
CLERK = Viewer("staff", STAFF, "clerk", frozenset({"staff"}), "write kinds of request")
CODE = [
    KindForm("document", 0, "Document", "Справка", position=20),
    KindForm("pass", 0, "Pass", "Пропуск", position=10),
]
FIELDS = (
    FormField("For whom", "Для кого", needed=True),
    FormField("Which", "Какая", "choice", (("short", "короткая"), ("long", "полная"))),
    FormField("By when", "К какому дню", "date"),
)


@pytest.fixture
def graph(store: Store) -> Store:
    small_association(store)
    return store


def test_the_kinds_of_the_code_hold_until_staff_write_them(graph: Store) -> None:
    assert list(forms.current(graph, CODE)) == ["pass", "document"]
    held = forms.current(graph, CODE)["document"]
    made = forms.save(graph, CLERK, replace(held, name="Certificate", fields=FIELDS, position=5))
    assert (made.number, made.id) == (1, "document:1")
    now = forms.current(graph, CODE)
    assert list(now) == ["document", "pass"] and now["document"] == made
    assert forms.names(graph) == {"document": ("Certificate", "Справка")}
    own = forms.save(graph, CLERK, KindForm("", 0, "Parking", "Парковка", unit="faculty"))
    assert own.kind.startswith("own-") and forms.current(graph, CODE)[own.kind].unit == "faculty"
    assert [row["number"] for row in forms.versions(graph, CLERK, "document")] == [1]
    trail = audit.entries(graph, act="write kind of request")
    assert {entry.subject for entry in trail} == {"document", own.kind}
    with pytest.raises(NotAllowed):
        forms.save(graph, ME, held)


def test_of_two_who_write_one_version_one_has_it(graph: Store) -> None:
    def write(name: str) -> str:
        try:
            forms.save(graph, CLERK, replace(CODE[0], name=name))
        except Conflict as problem:
            return problem.code
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(write, "abcd"))
    assert outcomes == ["changed", "changed", "changed", "kept"]


def test_a_request_keeps_the_form_by_which_it_was_made(graph: Store) -> None:
    first = forms.save(
        graph,
        CLERK,
        replace(
            CODE[0], fields=FIELDS, first_hours=8, done_hours=24, thanks="Soon", thanks_ru="Скоро"
        ),
    )
    for given, what in (
        ({}, "0: needed"),
        ({"0": "me", "1": "tiny"}, "1: choice"),
        ({"0": "me", "2": "tomorrow"}, "2: date"),
        ({"0": "x" * 1001}, "0: long"),
    ):
        with refused(BadValue, what):
            ask(graph, ME, KINDS["document"], "A certificate", form=first, given=given)
    given = {"0": "my mother", "1": "long", "2": "2026-12-01"}
    asked = ask(graph, ME, KINDS["document"], "A certificate", form=first, given=given, now=MONDAY)
    forms.save(graph, CLERK, replace(first, fields=(), done_hours=80))
    row = desk.my_one(graph, ME, KINDS, asked)
    assert [(one["label"], one["value_ru"]) for one in row["answers"]] == [
        ("For whom", "my mother"), ("Which", "полная"), ("By when", "2026-12-01"),
    ]  # fmt: skip
    assert row["due_at"] == hours.after(MONDAY, timedelta(hours=24))
    assert row["first_due_at"] == hours.after(MONDAY, timedelta(hours=8))
    assert row["thanks"] == [["Soon", "Скоро"]]
    close(graph, CLERK, KINDS, asked, "Here")
    asking_on.reopen(graph, CLERK, KINDS, asked, "Wrong", now=MONDAY)
    assert desk.one(graph, CLERK, asked)["due_at"] == hours.after(MONDAY, timedelta(hours=24))


def test_who_waits_for_a_first_answer_is_late_before_the_end(graph: Store) -> None:
    form = replace(CODE[0], first_hours=8, done_hours=80)
    asked = ask(graph, ME, KINDS["document"], "A certificate", form=form, now=MONDAY)
    graph.write(
        "CREATE (:Account {id: 'clerk', email: 'clerk@example.org', email_key: 'clerk@example.org',"
        " roles: ['staff'], created_at: datetime()})"
    )
    work.claim(graph, CLERK, asked, now=MONDAY)
    late = hours.after(MONDAY, timedelta(hours=9))

    class Engine:
        store = graph

    assert reminders.remind(Engine, now=late) == 1  # type: ignore[arg-type]
    (payload,) = graph.read(
        "MATCH (j:Job {kind: 'mail'}) WHERE j.payload CONTAINS 'late' RETURN j.payload AS p LIMIT 2"
    )
    assert json.loads(payload["p"])["values"] == {"requests": [asked]}


def test_a_kind_of_staffs_own_is_answered_like_any_other(graph: Store) -> None:
    own = forms.save(graph, CLERK, KindForm("", 0, "Parking", "Парковка"))
    kind = kind_of(KINDS, own.kind)
    assert kind is not None and kind_of(KINDS, "riddle") is None
    asked = ask(graph, ME, kind, "Two cars", form=own)
    assert close(graph, CLERK, KINDS, asked, "Gate 3") == "answered"
    assert desk.my_one(graph, ME, KINDS, asked)["answer"] == "Gate 3"


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("kind_name", {"name": " "}),
        ("hours", {"first_hours": 90}),
        ("hours", {"first_hours": 0}),
        ("fields", {"fields": (FormField("", ""),)}),
        ("fields", {"fields": FIELDS * 5}),
        ("choices", {"fields": (FormField("A", "А", "choice"),)}),
        ("thanks", {"thanks": "x" * 2001}),
        ("unit", {"unit": "nowhere"}),
    ],
)
def test_what_cannot_be_is_refused(graph: Store, what: str, changes: dict[str, object]) -> None:
    with refused(BadValue, what):
        forms.save(graph, CLERK, replace(CODE[0], **changes))  # type: ignore[arg-type]
    assert forms.names(graph) == {}
