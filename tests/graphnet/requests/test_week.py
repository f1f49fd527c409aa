"""A week of an office: asked on the site and by letter, found, handed over, late, told, done.

The clock is the engine's own: every act is given its moment, from Monday to the Tuesday after.
"""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from graphnet.journal import reading, writing
from graphnet.journal.writing import Said
from graphnet.privacy import Viewer
from graphnet.requests import (
    asking_on,
    by_mail,
    desk,
    figures,
    forms,
    helped,
    hours,
    referrals,
    reminders,
    replies,
    threads,
    turns,
    unit_letters,
    visitors,
    work,
)
from graphnet.requests.addressees import suggestions
from graphnet.requests.closing import close
from graphnet.requests.forms import KindForm
from graphnet.requests.opening import ask
from graphnet.settings import Settings
from graphnet.store import Store
from tests.graphnet.requests.test_addressees import HER, MONDAY, agree
from tests.graphnet.requests.test_replies import CLERK, KINDS, ME, graph, home, letter
from tests.support.graphs import BORIS
from tests.support.letters import delivered

__all__ = ["graph", "home"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COLLEAGUE = """MATCH (p:Person {key: $key}) CREATE (:Account {id: 'other', roles: ['staff'],
  email: 'other@example.org', email_key: 'other@example.org', created_at: datetime()})-[:OF]->(p)"""
OTHER = Viewer("staff", BORIS, "other", frozenset({"staff"}), "answer requests")
FILES = Viewer("staff", CLERK.person_key, "clerk", frozenset({"staff"}), writing.PURPOSE)
ALL = "MATCH (r:Request) RETURN r.id AS id, r.status AS status ORDER BY id LIMIT 50"
DESK = "archive@university.example"


def nothing_is_lost(store: Store) -> None:
    """Whatever is open stands in the list of the desk, and each step in what is due."""
    there = {row["id"] for row in desk.open_requests(store, CLERK, limit=100)}
    nobodys = {row["id"] for row in desk.open_requests(store, CLERK, nobodys=True, limit=100)}
    owned = {row["id"] for row in desk.open_requests(store, CLERK, limit=100) if row["owner"]}
    assert there == nobodys | owned
    assert {row["id"] for row in store.read(ALL) if row["status"] != "done"} == there


def late_letters(store: Store, home: Settings) -> list[Any]:
    return [one for one in delivered(store, home) if "wait too long" in str(one["Subject"])
            or "waits too long" in str(one["Subject"])]  # fmt: skip


@pytest.fixture
def office(graph: Store) -> Store:
    graph.write(COLLEAGUE, key=BORIS)
    agree(graph, "zhanna")
    unit_letters.set_desk(graph, CLERK, "archive", DESK, "ru")
    return graph


def test_a_week(office: Store, home: Settings) -> None:
    store, engine = office, SimpleNamespace(store=office)
    certificate = forms.save(
        store, CLERK, KindForm("document", 0, "Certificate", "Справка", done_hours=16,
                               unit="archive")
    )  # fmt: skip

    # Monday: Anna asks on the site; a stranger by letter; one telephones.
    question = ask(store, ME, KINDS["laboratory"], "Лазерные измерения", "Кто поможет?", now=MONDAY)
    asks = letter("ask@alumni.example.org", "Нужна справка", sender="Пётр <visitor@example.org>")
    asks.replace_header("Subject", "Диплом 1998")
    to_us = replace(home, mail_requests="ask@alumni.example.org")
    took = by_mail.receive(store, to_us, KINDS, asks.as_bytes(), now=MONDAY + HOUR)
    assert took.outcome == "asked"
    nothing_is_lost(store)
    (enquiry,) = store.read("MATCH (e:Enquiry) RETURN e.id AS id LIMIT 9")
    visitors.arm(store, enquiry["id"], "by-letter", now=MONDAY + HOUR)
    offered = {"document": certificate}
    visitors.confirm(
        store, home, KINDS, offered, "by-letter", chosen="document", now=MONDAY + 2 * HOUR
    )
    (paper,) = [row["id"] for row in store.read(ALL) if row["id"] != question]
    call = writing.write(
        store, FILES, BORIS, Said("talk", "", "call_back", due_on=writing.today() + DAY)
    )
    assert [one.id for one in reading.due(store, FILES)] == [call], "nobody's, and seen by all"
    writing.take(store, FILES, call)
    writing.done(store, FILES, call)
    nothing_is_lost(store)
    assert [one["To"] for one in delivered(store, home)].count(DESK) == 1, "the archive hears of it"

    # Tuesday: the addressee is found, with reasons, and asked; she helps.
    work.claim(store, CLERK, question, now=MONDAY + DAY)
    people, _ = suggestions(store, CLERK, question, now=MONDAY + DAY)
    assert people[0].person.id == "darya"
    asked = referrals.ask(
        store, CLERK, KINDS, question, "darya", "Лазерные измерения?", passes=True,
        now=MONDAY + DAY,
    )  # fmt: skip
    assert turns.take_turns(engine, now=MONDAY + DAY + HOUR) == 0  # type: ignore[arg-type]
    referrals.answer(store, HER, asked, "Лаборатория 5.", now=MONDAY + DAY + 3 * HOUR)
    asking_on.say(store, ME, question, "Спасибо, а когда?", now=MONDAY + DAY + 4 * HOUR)

    # Wednesday: something is asked back, by mail it is answered; the clock stood meanwhile.
    due = desk.one(store, CLERK, question)["due_at"]
    work.reply(store, CLERK, KINDS, question, "Который день?", wait=True, now=MONDAY + 2 * DAY)
    notice = [one for one in delivered(store, home) if one["To"] == "anna@example.org"][-1]
    answer = letter(str(notice["Reply-To"]), "В пятницу")
    given = {"now": MONDAY + 3 * DAY}
    assert replies.receive(store, home, KINDS, answer.as_bytes(), **given).outcome == "filed"
    assert desk.one(store, CLERK, question)["due_at"] > due
    assert "В пятницу" in [one.text for one in threads.for_staff(store, CLERK, question)]

    # Meanwhile nobody has taken the certificate: the unit is reminded, then all of staff are told.
    until = desk.one(store, CLERK, paper)["due_at"]
    assert until == hours.after(MONDAY + 2 * HOUR, certificate.done)
    for moment in (until - HOUR, until + HOUR, until + 2 * HOUR):
        reminders.remind(engine, now=moment)  # type: ignore[arg-type]
    subjects = [str(one["Subject"]) for one in delivered(store, home) if one["To"] == DESK]
    assert [one.split(":")[0] for one in subjects[1:]] == ["Скоро срок", "Срок прошёл"]
    assert sorted(str(one["To"]) for one in late_letters(store, home)) == [
        "clerk@example.org", "other@example.org"
    ]  # fmt: skip
    assert desk.open_requests(store, OTHER, nobodys=True)[0]["id"] == paper
    nothing_is_lost(store)

    # Thursday: handed over, taken, closed late; Friday: the question is done, and in time.
    work.claim(store, CLERK, paper, now=until + 3 * HOUR)
    work.hand_over(store, CLERK, paper, "other", "You know the archive", now=until + 4 * HOUR)
    close(store, OTHER, KINDS, paper, "Здесь", now=until + DAY)
    close(store, CLERK, KINDS, question, "В пятницу в лаборатории 5", now=MONDAY + 4 * DAY)
    helped.say(store, ME, question, asked, now=MONDAY + 4 * DAY + HOUR)
    assert {row["status"] for row in store.read(ALL)} == {"done"}
    assert {str(one["To"]) for one in delivered(store, home)} >= {
        "visitor@example.org", "anna@example.org", DESK
    }  # fmt: skip

    # The figures add up, and what was done for others stands in the ledger.
    lines = {one.kind: one for one in figures.figures(store, CLERK, now=MONDAY + 8 * DAY)}
    assert {kind: (one.asked, one.open, one.overdue) for kind, one in lines.items()} == {
        "laboratory": (1, 0, 0), "document": (1, 0, 0)
    }  # fmt: skip
    assert (lines["laboratory"].in_time, lines["document"].in_time) == (1.0, 0.0)
    assert lines["laboratory"].hours_to_first == pytest.approx(
        hours.between(MONDAY, MONDAY + DAY + 3 * HOUR) / HOUR
    )
    assert not desk.open_requests(store, CLERK) and not reading.due(store, FILES)
    counted = store.read("MATCH (c:Contribution {kind: 'helped'}) RETURN c.mode AS mode LIMIT 9")
    assert [row["mode"] for row in counted] == ["volunteer"]
