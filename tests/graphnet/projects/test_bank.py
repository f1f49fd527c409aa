"""Statements of the bank: taken once, matched by reference or by a treasurer, taken back."""

import random
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from graphnet.cli import main
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.live import Live
from graphnet.money import journal, open_books
from graphnet.money.bank_statements import BadStatement
from graphnet.money.references import reference_of
from graphnet.privacy import Viewer
from graphnet.projects import bank, editing, matching, promises, receipts, states, treasury
from graphnet.projects.content import Content
from graphnet.projects.matching import Choice
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.bank import Paid, camt, client_bank
from tests.support.graphs import ANNA, BORIS, STAFF, small_association
from tests.support.letters import delivered
from tests.support.refused import refused
from tests.support.themselves import erase
from webapp.features.projects.routes import KIND

TODAY = datetime.now(UTC).date()
ROLES = frozenset({"staff", "treasurer"})
TREASURER = Viewer("staff", STAFF, "account-8", ROLES, treasury.PURPOSE)
AUDITOR = Viewer("staff", STAFF, "account-9", frozenset({"staff", "auditor"}), treasury.PURPOSE)
CLERK = Viewer("staff", STAFF, "account-7", frozenset({"staff"}), treasury.PURPOSE)
ME = Viewer("alumnus", ANNA, "account-1")


@pytest.fixture
def live(store: Store, settings: Settings) -> Live:
    small_association(store)
    return Live(store, settings.snapshots)


@pytest.fixture
def lens(live: Live) -> str:
    content = Content(name="A lens", description="We grind it.", goal=5000)
    project_id = editing.create(live.store, TREASURER, content)
    states.publish(live.store, TREASURER, project_id, version=1)
    return project_id


def promise(live: Live, lens: str, amount: int = 50_000) -> str:
    return promises.promise(live.store, ME, lens, amount, kind=KIND)


def taken(live: Live, *paid: Paid, opening: int = 0) -> list[bank.Taken]:
    return bank.take(live.store, TREASURER, client_bank(paid, opening=opening))


def balance(live: Live, lens: str, currency: str = "RUB") -> int:
    return live.store.in_read(lambda read: journal.balance(read, lens, currency)).balance


def waiting(live: Live) -> list[str]:
    return [row["id"] for row in bank.waiting(live.store, TREASURER)]


def test_the_same_twice_takes_nothing_twice_and_overlaps_are_once(live: Live, lens: str) -> None:
    first, second, third = (
        Paid(1_000 * n, TODAY - timedelta(days=9 - n), number=str(n)) for n in (1, 2, 3)
    )
    assert [one.new for one in taken(live, first, second)] == [2]
    assert [(one.new, one.before) for one in taken(live, first, second)] == [(0, 2)]
    assert [(one.new, one.before) for one in taken(live, second, third, opening=1_000)] == [(1, 1)]
    assert len(waiting(live)) == 3
    with pytest.raises(BadStatement):
        bank.take(live.store, TREASURER, client_bank([first], closing=5))
    for viewer in (CLERK, AUDITOR, ME):
        with pytest.raises(NotAllowed):
            bank.take(live.store, viewer, client_bank([first]))
    assert bank.statements(live.store, AUDITOR)[0]["waits"] == 2, "an auditor reads"
    with pytest.raises(NotAllowed):
        bank.statements(live.store, CLERK)


def test_a_gift_is_found_by_its_reference_and_booked_once(
    live: Live, lens: str, settings: Settings, tmp_path: Path
) -> None:
    pledge = promise(live, lens)
    other = promise(live, lens, 70_000)
    paid = Paid(50_000, TODAY, f"Дар на линзу РФ{reference_of(pledge)[2:]}")
    taken(live, paid, Paid(900_000, TODAY, "Зарплата"), Paid(1, TODAY, "no reference"))
    queue = matching.queue(live, TREASURER)
    assert [one.pledge and one.pledge["id"] for one in queue.found] == [pledge]
    assert len(queue.rest) == 2
    ids = [one.entry["id"] for one in queue.found]
    done: list[tuple[int, int]] = []
    both = [
        threading.Thread(
            target=lambda: done.append(matching.book_found(live.store, TREASURER, ids))
        )
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sum(booked for booked, _ in done) == 1, "two treasurers at once book it once"
    assert balance(live, lens) == 50_000
    mine = {row["id"]: row for row in promises.mine(live.store, ME, lens)}
    assert mine[pledge]["state"] == "received" and mine[other]["received"] == 0
    letters = [
        str(one["Subject"]) for one in delivered(live.store, replace(settings, home=tmp_path))
    ]
    assert any("Your gift has arrived" in subject for subject in letters)
    booked, _ = receipts.mine(live.store, ME)
    assert [row["amount"] for row in booked] == [50_000]
    assert receipts.receipt(live.store, ME, booked[0]["id"])["project"] == lens
    with pytest.raises(ThingNotFound):
        receipts.receipt(live.store, Viewer("alumnus", BORIS, "account-2"), booked[0]["id"])
    assert taken(live, paid, Paid(900_000, TODAY, "Зарплата"), Paid(1, TODAY, "no reference"))
    assert len(waiting(live)) == 2, "what is booked does not wait anew"


def test_what_was_entered_by_hand_is_not_booked_again(live: Live, lens: str) -> None:
    given = treasury.Given(
        "hand", "gift", 7_000, "RUB", TODAY - timedelta(days=2), party="Works", reference="41"
    )
    treasury.enter(live.store, TREASURER, lens, given)
    taken(live, Paid(7_000, TODAY, number="41"), Paid(7_000, TODAY, number="99"))
    found = matching.queue(live, TREASURER).found
    assert [one.transfer and one.transfer["id"] for one in found] == ["hand"]
    assert matching.book_found(live.store, TREASURER, [found[0].entry["id"]]) == (1, 0)
    assert balance(live, lens) == 7_000
    (rest,) = waiting(live)
    assert not matching.choices(live, TREASURER, rest).alike, "one transfer is one payment"
    with refused(BadValue, "transfer: unknown"):
        matching.book(live.store, TREASURER, rest, Choice(transfer="hand"))


def test_the_treasurer_says_what_the_rest_is(live: Live, lens: str) -> None:
    gift = Paid(90_000, TODAY, "без назначения", "ООО «Оптика»", "1")
    salary = Paid(-10_000, TODAY, "Зарплата", number="2")
    glass = Paid(-20_000, TODAY, "Стекло", "ООО «Стекло»", "3")
    lamp = Paid(-4_000, TODAY, "Лампа", number="4")
    taken(live, gift, salary, glass, lamp)
    ids = {row["reference"]: row["id"] for row in bank.waiting(live.store, TREASURER)}
    with refused(BadValue, "project: needed"):
        matching.book(live.store, TREASURER, ids["1"], Choice())
    with refused(BadValue, "party: needed"):
        matching.book(live.store, TREASURER, ids["1"], Choice(project=lens))
    with refused(Conflict, "balance"):
        matching.book(live.store, TREASURER, ids["3"], Choice(project=lens, what="Glass"))
    for viewer in (CLERK, AUDITOR):
        with pytest.raises(NotAllowed):
            matching.book(live.store, viewer, ids["1"], Choice(project=lens, party="Optics"))
    matching.book(
        live.store, TREASURER, ids["1"], Choice(project=lens, party="Optics", party_shown=True)
    )
    held = treasury.Given("held", "expense", 5_000, "RUB", TODAY, what="A lamp", approved=True)
    treasury.enter(live.store, TREASURER, lens, held)
    assert [row["id"] for row in matching.choices(live, TREASURER, ids["4"]).held] == ["held"]
    matching.book(live.store, TREASURER, ids["4"], Choice(held="held"))
    matching.book(live.store, TREASURER, ids["3"], Choice(project=lens, what="Glass / Стекло"))
    matching.not_ours(live.store, TREASURER, ids["2"])
    with pytest.raises(ThingNotFound):
        matching.choices(live, TREASURER, ids["2"])
    with refused(Conflict, "answered"):
        matching.not_ours(live.store, TREASURER, ids["2"])
    assert not waiting(live) and balance(live, lens) == 90_000 - 20_000 - 4_000
    lines = open_books.books(live.store, lens, "RUB").lines
    assert [(line.kind, line.party) for line in lines if line.came] == [("gift", "Optics")]
    (row,) = bank.statements(live.store, TREASURER)
    assert (row["booked"], row["not_ours"], row["waits"]) == (3, 1, 0)


def test_a_mistake_and_a_whole_statement_are_taken_back(
    live: Live, lens: str, settings: Settings, tmp_path: Path
) -> None:
    pledge = promise(live, lens)
    paid = (Paid(50_000, TODAY, reference_of(pledge)), Paid(3_000, TODAY, "x", "Works", "2"))
    (one,) = taken(live, *paid)
    first = matching.queue(live, TREASURER).found[0].entry["id"]
    matching.book_found(live.store, TREASURER, [first])
    (second,) = waiting(live)
    matching.not_ours(live.store, TREASURER, second)
    with refused(BadValue, "what: needed"):
        bank.reopen(live.store, TREASURER, first, why=" ")
    bank.reopen(live.store, TREASURER, first, why="Entered by mistake / Ошибка")
    assert balance(live, lens) == 0 and first in waiting(live)
    letters = [str(x["Subject"]) for x in delivered(live.store, replace(settings, home=tmp_path))]
    assert any("We were mistaken about a gift" in subject for subject in letters)
    assert not any("given back" in subject for subject in letters)
    again = matching.queue(live, TREASURER).found
    assert matching.book_found(live.store, TREASURER, [again[0].entry["id"]]) == (1, 0)
    assert balance(live, lens) == 50_000, "booked anew, by a transfer of its own"
    spent = treasury.Given("spent", "expense", 49_000, "RUB", TODAY, what="Glass")
    treasury.enter(live.store, TREASURER, lens, spent)
    with refused(Conflict, "balance"):
        bank.take_back(live.store, TREASURER, one.statement.id, why="wrong account")
    treasury.put_right(live.store, TREASURER, lens, "spent", what="It came back")
    assert bank.take_back(live.store, TREASURER, one.statement.id, why="wrong account") == 1
    assert not waiting(live) and balance(live, lens) == 0
    with refused(Conflict, "answered"):
        bank.take_back(live.store, TREASURER, one.statement.id, why="wrong account")
    assert taken(live, *paid) and len(waiting(live)) == 2
    assert len(matching.queue(live, TREASURER).found) == 1, "its words are there again"


def test_currencies_stand_apart_and_one_account_has_one_kind_of_file(live: Live, lens: str) -> None:
    pledge = promise(live, lens)
    euros = Paid(5_000, TODAY, reference_of(pledge), "Muster GmbH", "1")
    bank.take(live.store, TREASURER, camt([euros]))
    taken(live, Paid(5_000, TODAY, reference_of(pledge)))
    queue = matching.queue(live, TREASURER)
    assert [one.entry["currency"] for one in queue.found] == ["RUB"]
    (rest,) = queue.rest
    choice = Choice(project=lens, party="Muster GmbH", party_shown=True)
    matching.book(live.store, TREASURER, rest["id"], choice)
    assert balance(live, lens, "EUR") == 5_000 and balance(live, lens) == 0
    with pytest.raises(BadStatement, match="other kind"):
        bank.take(
            live.store, TREASURER, camt([euros], account="40703810500000000017", currency="RUB")
        )


def test_who_is_private_is_told_to_treasurers_and_auditors_alone(live: Live, lens: str) -> None:
    for party, shown in (("Ivanov", False), ("Works", True)):
        given = treasury.Given(
            party, "gift", 900, "RUB", TODAY, party=party, party_shown=shown, reference="77"
        )
        treasury.enter(live.store, TREASURER, lens, given)
    of_person = treasury.Given("anna", "gift", 900, "RUB", TODAY, person=ANNA)
    treasury.enter(live.store, TREASURER, lens, of_person)
    for viewer, all_of_it in ((TREASURER, True), (AUDITOR, True), (CLERK, False)):
        desk = treasury.desk(live, viewer, lens, "RUB")
        told = {one.id: one.row for one, _ in desk.lines}
        assert told["Works"]["party"] == "Works"
        assert (told["Ivanov"]["party"] == "Ivanov") == all_of_it
        assert (told["anna"]["person"] == ANNA) == all_of_it == bool(desk.people)
        assert [held for _, held in desk.lines] == [900, 1800, 2700], "sums are everybody's"
        one = treasury.one(live.store, viewer, lens, "Ivanov")
        assert (one["party"], one["private"]) == (("Ivanov", False) if all_of_it else ("", True))


def test_words_of_payers_are_forgotten_in_time_and_with_their_people(live: Live, lens: str) -> None:
    pledge = promise(live, lens)
    taken(live, Paid(50_000, TODAY, reference_of(pledge), "Anna Orlova"), Paid(5, TODAY, "fee"))
    found = matching.queue(live, TREASURER)
    matching.book_found(live.store, TREASURER, [found.found[0].entry["id"]])
    matching.not_ours(live.store, TREASURER, found.rest[0]["id"])
    assert bank.forget_words(live.store) == 0
    live.store.write(
        "MATCH (e:BankEntry {state: 'not_ours'}) SET e.decided_at = $at",
        at=datetime.now(UTC) - bank.WORDS_KEPT - timedelta(1),
    )
    assert bank.forget_words(live.store) == 1
    erase(live.store, ME, ANNA)
    (row,) = live.store.read(
        "MATCH (e:BankEntry {state: 'booked'}) RETURN e.party AS party LIMIT 1"
    )
    assert not row["party"]


@pytest.mark.parametrize("seed", [3])
def test_random_statements_leave_books_that_add_up(live: Live, lens: str, seed: int) -> None:
    rng = random.Random(seed)
    opening = 0
    for day in range(6, 0, -1):
        paid = [
            Paid(rng.randrange(1, 10**6), TODAY - timedelta(days=day), number=f"{day}-{n}")
            for n in range(rng.randrange(1, 4))
        ]
        paid.append(Paid(-rng.randrange(1, 900), TODAY - timedelta(days=day), number=f"{day}-x"))
        (one,) = taken(live, *paid, opening=opening)
        opening = one.statement.closing
        for entry_id in rng.sample(waiting(live), len(paid)):
            fate = rng.randrange(4)
            if fate == 0:
                matching.not_ours(live.store, TREASURER, entry_id)
                continue
            choice = Choice(project=lens, party="Works", party_shown=True, what="x")
            try:
                matching.book(live.store, TREASURER, entry_id, choice)
            except Conflict:
                matching.not_ours(live.store, TREASURER, entry_id)
                continue
            if fate == 1 and balance(live, lens) > 10**6:
                bank.reopen(live.store, TREASURER, entry_id, why="mistake")
                matching.not_ours(live.store, TREASURER, entry_id)
    rows = live.store.read("""MATCH (e:BankEntry {state: 'booked'})
RETURN sum(CASE WHEN e.into THEN e.amount ELSE -e.amount END) AS n LIMIT 1""")
    expected = rows[0]["n"]
    told = open_books.books(live.store, lens, "RUB")
    assert told.opening == 0 and told.came - told.went == told.balance == expected
    assert balance(live, lens) == expected


def test_the_command_takes_the_same_files(
    live: Live, settings: Settings, address: tuple[str, str, str], tmp_path: Path
) -> None:
    file = tmp_path / "bank.txt"
    file.write_bytes(client_bank([Paid(1_500, TODAY)], opening=500))
    uri, user, password = address
    own = replace(settings, home=tmp_path, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)
    looked = CliRunner().invoke(main, ["statement", str(file), "--dry-run"], obj=own)
    assert looked.exit_code == 0 and "5.00 + 15.00 - 0.00 = 20.00 RUB" in looked.output
    assert not waiting(live)
    said = CliRunner().invoke(main, ["statement", str(file), "--json"], obj=own)
    assert said.exit_code == 0, said.output
    assert '"new": 1' in said.output and len(waiting(live)) == 1
    file.write_bytes(client_bank([Paid(1_500, TODAY)], closing=1))
    wrong = CliRunner().invoke(main, ["statement", str(file)], obj=own)
    assert wrong.exit_code == 2 and "line 15" in wrong.output
