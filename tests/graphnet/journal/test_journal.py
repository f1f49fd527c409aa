"""A person's file: what staff write down stays as it was written, and all of it in one order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from graphnet import mail, merging
from graphnet.audit import of_person
from graphnet.erasure import export
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.features import registered
from graphnet.journal import file, reading, writing
from graphnet.journal.writing import Said, today
from graphnet.privacy import Viewer
from graphnet.records import contacts
from graphnet.records.corrections import Told
from graphnet.requests import work
from graphnet.requests.opening import ask
from graphnet.store import Store, listened
from tests.support.graphs import ANNA, BORIS, EVGENY, STAFF, VERA, small_association
from tests.support.refused import refused
from tests.support.themselves import erase

CLERK = Viewer("staff", STAFF, "clerk", frozenset({"staff"}), writing.PURPOSE)
OTHER = Viewer("staff", BORIS, "other", frozenset({"staff"}), writing.PURPOSE)
ME = Viewer("alumnus", ANNA, "account-1")
ACCOUNTS = """UNWIND [[$staff, 'clerk'], [$boris, 'other']] AS row
MATCH (p:Person {key: row[0]})
CREATE (:Account {id: row[1], email: row[1] + '@example.org', email_key: row[1] + '@example.org',
  roles: ['staff'], created_at: datetime()})-[:OF]->(p)"""
TOMORROW = today() + timedelta(days=1)


@pytest.fixture
def graph(store: Store) -> Store:
    small_association(store)
    store.write(ACCOUNTS, staff=STAFF, boris=BORIS)
    return store


def journal(store: Store, key: int, **narrowed: object) -> list[reading.Entry]:
    return reading.entries(store, CLERK, key, **narrowed)  # type: ignore[arg-type]


def written(store: Store, key: int) -> list[reading.Entry]:
    return [one for one in journal(store, key) if one.written]


def test_what_is_written_down_has_author_and_next_step(graph: Store) -> None:
    said = Said(
        "talk", "Asks for a lecture hall", "reached", None, "Send the list", TOMORROW, "other"
    )
    entry = writing.write(graph, CLERK, BORIS, said)
    (one,) = written(graph, BORIS)
    assert (one.id, one.kind, one.detail, one.text) == (entry, "talk", "reached", said.text)
    assert one.by == "clerk"
    assert one.own["owner"] == "other"
    assert one.open_step
    seen = [(row["act"], row["purpose"]) for row in of_person(graph, Viewer("alumnus", BORIS))]
    assert ("journal.talk", writing.PURPOSE) in seen


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (Said("gossip", "x"), "kind"),
        (Said("talk", "x"), "outcome"),
        (Said("note", "  "), "words"),
        (Said("talk", "", "reached"), "words"),
        (Said("talk", "", "call_back"), "due"),
        (Said("note", "x", next_step="Call"), "due"),
        (Said("note", "x", due_on=TOMORROW), "step"),
        (Said("note", "x", next_step="Call", due_on=today() - timedelta(days=1)), "due"),
        (Said("note", "x", happened_on=TOMORROW), "happened"),
        (Said("note", "x" * 4001), "long"),
        (Said("note", "x", next_step="Call", due_on=TOMORROW, owner="account-1"), "owner"),
    ],
)
def test_what_is_wrong_is_said(graph: Store, said: Said, wrong: str) -> None:
    with refused(BadValue, wrong):
        writing.write(graph, CLERK, BORIS, said)
    assert not written(graph, BORIS)


def test_only_staff_for_that_purpose_and_nobody_of_the_hidden(graph: Store) -> None:
    for who in (ME, Viewer("staff", STAFF, "clerk", purpose="search"), Viewer("analyst", 1)):
        with pytest.raises(NotAllowed):
            writing.write(graph, who, BORIS, Said("note", "x"))
        with pytest.raises(NotAllowed):
            reading.entries(graph, who, BORIS)
    for key in (VERA, 999):
        with pytest.raises(PersonNotFound):
            writing.write(graph, CLERK, key, Said("note", "x"))
    for person in ("vera", "nobody"):
        with pytest.raises(PersonNotFound):
            file.file(graph, CLERK, person, now=datetime.now(UTC))


def test_a_correction_is_a_new_version_and_the_old_one_stays(graph: Store) -> None:
    entry = writing.write(graph, CLERK, BORIS, Said("note", "Lives in Tver"))
    writing.correct(graph, OTHER, entry, Said("note", "Lives in Tula"), version=1)
    (one,) = written(graph, BORIS)
    assert (one.text, one.by, one.own["version"]) == ("Lives in Tula", "other", 2)
    _, _, versions = reading.versions(graph, CLERK, entry)
    assert [(v.text, v.by) for v in versions] == [
        ("Lives in Tver", "clerk"),
        ("Lives in Tula", "other"),
    ]
    with refused(Conflict, "changed"):  # who had the first version before their eyes
        writing.correct(graph, CLERK, entry, Said("note", "Lives in Kursk"), version=1)


def test_a_step_that_is_done_stays_done_when_the_words_are_corrected(graph: Store) -> None:
    said = Said("note", "Lives in Tver", next_step="Write", due_on=today())
    entry = writing.write(graph, CLERK, BORIS, said)
    writing.done(graph, CLERK, entry)
    writing.correct(graph, CLERK, entry, replace(said, text="Lives in Tula"), version=1)
    assert not written(graph, BORIS)[0].open_step
    writing.correct(graph, CLERK, entry, replace(said, next_step="Call"), version=2)
    assert written(graph, BORIS)[0].open_step


def test_what_was_last_week_stands_at_its_day(graph: Store) -> None:
    week_ago = today() - timedelta(days=7)
    entry = writing.write(graph, CLERK, BORIS, Said("note", "was here", happened_on=week_ago))
    writing.write(graph, CLERK, BORIS, Said("note", "is here"))
    assert [one.text for one in written(graph, BORIS)] == ["is here", "was here"]
    assert written(graph, BORIS)[1].at.date() == week_ago
    writing.correct(graph, CLERK, entry, Said("note", "was there", happened_on=week_ago), version=1)
    assert written(graph, BORIS)[1].at.date() == week_ago


def test_of_two_who_correct_at_once_one_is_told(graph: Store) -> None:
    entry = writing.write(graph, CLERK, BORIS, Said("note", "as it was"))

    def act(number: int) -> str:
        try:
            writing.correct(graph, CLERK, entry, Said("note", f"version {number}"), version=1)
        except Conflict as problem:
            return problem.code
        return "kept"

    with ThreadPoolExecutor(4) as several:
        assert sorted(several.map(act, range(4))) == ["changed", "changed", "changed", "kept"]
    assert len(written(graph, BORIS)) == 1


def test_a_withdrawn_entry_stays_readable_and_asks_for_nothing(graph: Store) -> None:
    entry = writing.write(
        graph, CLERK, BORIS, Said("note", "another Petrov", next_step="Call", due_on=today())
    )
    with refused(BadValue, "why"):
        writing.withdraw(graph, CLERK, entry, " ")
    writing.withdraw(graph, CLERK, entry, "it was another Petrov")
    (one,) = written(graph, BORIS)
    assert one.own["why"] == "it was another Petrov"
    assert not one.open_step
    assert not reading.due(graph, CLERK)
    with refused(Conflict, "withdrawn"):
        writing.done(graph, CLERK, entry)
    with refused(Conflict, "withdrawn"):
        writing.correct(graph, CLERK, entry, Said("note", "x"), version=1)
    with refused(Conflict, "withdrawn"):
        writing.withdraw(graph, CLERK, entry, "twice")


def test_what_is_due_mine_first_then_nobodys_then_the_rest(graph: Store) -> None:
    def step(viewer: Viewer, owner: str, days: int = 0) -> str:
        said = Said(
            "note", "x", next_step="Call", due_on=today() + timedelta(days=days), owner=owner
        )
        return writing.write(graph, viewer, BORIS, said)

    others, nobodys, mine = step(CLERK, "other"), step(CLERK, ""), step(OTHER, "clerk")
    later = step(CLERK, "clerk", days=3)
    found = reading.due(graph, CLERK)
    assert [one.id for one in found] == [mine, nobodys, others]
    assert [one.owner_name for one in found] == ["Ирина Лебедева", "", "Борис Петров"]
    writing.hand(graph, CLERK, nobodys, "clerk")
    writing.done(graph, CLERK, mine)
    writing.put_off(graph, CLERK, others, 7)
    assert [(one.id, one.owner) for one in reading.due(graph, CLERK)] == [(nobodys, "clerk")]
    with refused(Conflict, "done"):
        writing.done(graph, CLERK, mine)
    graph.write("MATCH (a:Account {id: 'clerk'}) SET a.disabled_at = datetime()")
    # Who has left has nothing: what was theirs is nobody's, and stands here before its day.
    due = reading.due(graph, OTHER)
    assert [(one.id, one.owner) for one in due] == [(nobodys, ""), (later, "")]
    writing.take(graph, OTHER, later)
    writing.take(graph, OTHER, later)
    assert [(one.id, one.owner) for one in reading.due(graph, OTHER)] == [(nobodys, "")]
    with refused(Conflict, "taken"):
        writing.take(graph, CLERK, later)


def test_everything_that_was_stands_in_one_order(graph: Store) -> None:
    kinds = registered().request_kinds
    request = ask(graph, ME, kinds["document"], "A certificate", "For 1998 to 2003")
    clerk = CLERK.for_purpose("answer requests")
    work.reply(graph, clerk, kinds, request, "Which years?")
    work.note(graph, clerk, request, "The archive answers on Friday")
    correcting = CLERK.for_purpose("correct")
    told = Told("telephone", "from herself")
    contacts.add(graph, correcting, ANNA, "phone", "+79161234567", told=told)
    writing.write(graph, CLERK, ANNA, Said("meeting", "Came by", happened_on=today()))
    graph.in_write(
        lambda t: mail.enqueue_about(
            t, "events.told", {"event": "x"}, to="anna@example.org", key="x", person="anna"
        )
    )
    needles = reading.needles_of("anna", ["anna@example.org"])
    found = [one.what for one in journal(graph, ANNA, needles=needles)]
    assert found[-1] == "registered"
    assert {"request.asked", "request.replied", "request.note", "changed.staff", "written",
            "mail"} <= set(found)  # fmt: skip
    times = [one.at for one in journal(graph, ANNA, needles=needles)]
    assert times == sorted(times, reverse=True)
    counted = reading.counts(graph, CLERK, ANNA, needles=needles)
    assert sum(counted.values()) == len(found)
    for kind, n in counted.items():
        assert len(journal(graph, ANNA, needles=needles, kind=kind)) == n
    paged = [
        journal(graph, ANNA, needles=needles, skip=i, limit=1)[0].id for i in range(len(found))
    ]
    assert paged == [one.id for one in journal(graph, ANNA, needles=needles)]


def test_a_file_is_few_questions_and_says_by_what_right(graph: Store) -> None:
    graph.write(
        "MATCH (p:Person {key: $key}) CREATE (p)-[:GAVE]->(:Consent {id: 'k', purpose: 'digest',"
        " state: 'given', at: datetime(), channel: 'web'}) "
        "CREATE (r:Record {id: 'r', origin: 'x:1', source: 'dean', file: 'list.csv', row: 1})"
        "-[:ABOUT]->(p) CREATE (r)-[:FROM]->(:ImportRun {id: 'run', number: 1, source: 'dean',"
        " state: 'finished', started_at: datetime(), ground: 'by the charter'})",
        key=ANNA,
    )
    with listened() as asked:
        found = file.file(graph, CLERK, "anna", now=datetime.now(UTC))
    assert len(asked) <= 5
    assert [one["ground"] for one in found.grounds] == ["by the charter"]
    assert [one["state"] for one in found.consents] == ["given"]
    assert [(one["code"], one["people"], one["here"]) for one in found.row["groups"]] == [
        ("221", 2, 1)  # Boris and Georgy: not Vera, who has hidden, nor Evgeny, who has died
    ]


def test_it_is_their_data_and_goes_with_them(graph: Store) -> None:
    entry = writing.write(graph, CLERK, BORIS, Said("note", "as it was"))
    writing.correct(graph, CLERK, entry, Said("note", "as it is"), version=1)
    me = Viewer("alumnus", BORIS)
    held = export(graph, me, BORIS, registered().holdings)
    words = {t["thing"]["text"] for t in held["ties"] if t["to"] == ["JournalEntry"]}
    assert words == {"as it was", "as it is"}
    erase(graph, me, BORIS)
    assert not graph.read("MATCH (e:JournalEntry) RETURN e LIMIT 1")
    with pytest.raises(ThingNotFound):
        reading.versions(graph, CLERK, entry)


def test_joining_two_joins_their_journals_and_undoing_parts_them(graph: Store) -> None:
    writing.write(graph, CLERK, BORIS, Said("note", "of Boris"))
    theirs = writing.write(graph, CLERK, EVGENY, Said("note", "of Evgeny"))
    writing.correct(graph, CLERK, theirs, Said("note", "of Evgeny still"), version=1)
    correcting = CLERK.for_purpose("correct")
    done = merging.merge(graph, correcting, BORIS, EVGENY)
    stays = {"boris": BORIS, "evgeny": EVGENY}[done.stays]
    assert {one.text for one in written(graph, stays)} == {"of Boris", "of Evgeny still"}
    merging.undo(graph, correcting, done.id)
    assert [one.text for one in written(graph, BORIS)] == ["of Boris"]
    assert [one.text for one in written(graph, EVGENY)] == ["of Evgeny still"]
    assert len(reading.versions(graph, CLERK, theirs)[2]) == 2
