"""The journal of money: random histories against a reckoning of its own; what is done once."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from graphnet.errors import BadValue, Conflict, ThingNotFound
from graphnet.money import journal, open_books
from graphnet.money.journal import Entry
from graphnet.privacy import Viewer
from graphnet.projects import treasury
from graphnet.store import Store
from tests.support.refused import refused

TREASURER = Viewer("staff", 8, "account-8", frozenset({"staff"}), treasury.PURPOSE)
TODAY = datetime.now(UTC).date()
MAKE = """UNWIND $ids AS id CREATE (:Project {id: id, key: size(id), name: id, currency: 'RUB',
  visibility: 'public'})
WITH count(*) AS n UNWIND range(1, 6) AS key
CREATE (:Person:Alumnus {key: key, id: 'p' + toString(key), given_name: 'P', family_name: 'P'})"""
GIFT = Entry("one", "gift", "roof", 10000, "RUB", TODAY, party="Works", party_shown=True)
# One row: how much all accounts of a currency are together.
TOGETHER = """MATCH (a:MoneyAccount)
CALL (a) { OPTIONAL MATCH (a)<-[:INTO]-(t:Transfer) WHERE NOT t.pending
  RETURN sum(t.amount) AS came }
CALL (a) { OPTIONAL MATCH (a)<-[:OUT_OF]-(t:Transfer) WHERE NOT t.pending
  RETURN sum(t.amount) AS went }
RETURN a.currency AS currency, sum(came - went) AS n ORDER BY currency LIMIT 9"""
ALL = "MATCH (t:Transfer) RETURN properties(t) AS said ORDER BY t.number LIMIT 10000"


@pytest.fixture
def roof(store: Store) -> Store:
    store.write(MAKE, ids=["roof", "garden"])
    return store


def book(store: Store, *entries: Entry) -> bool:
    return store.in_write(lambda t: journal.book(t, entries, entered_by="x"))


def held(store: Store, thing: str = "roof", currency: str = "RUB") -> journal.Balance:
    return store.in_read(lambda read: journal.balance(read, thing, currency))


class Reckoning:
    """What the funds must hold, reckoned without the journal."""

    def __init__(self) -> None:
        self.fund: Counter[tuple[str, str]] = Counter()
        self.pending: dict[str, Entry] = {}
        self.done: dict[str, Entry] = {}

    def left(self, thing: str, currency: str) -> int:
        waits = sum(
            e.amount for e in self.pending.values() if (e.thing, e.currency) == (thing, currency)
        )
        return self.fund[thing, currency] - waits

    def take(self, entry: Entry) -> None:
        place = entry.thing, entry.currency
        if entry.resolves:
            del self.pending[entry.resolves]
            if entry.outcome == "void":
                return
        if entry.pending:
            self.pending[entry.id] = entry
            return
        into = entry.kind in ("gift", "returned")
        self.fund[place] += entry.amount if into else -entry.amount
        if entry.kind == "moved":
            self.fund[entry.other, entry.currency] += entry.amount
        if not entry.resolves and entry.kind in ("gift", "expense"):
            self.done[entry.id] = entry
        if entry.corrects:
            del self.done[entry.corrects]


def made(rng: random.Random, n: int, reckoning: Reckoning) -> Entry:
    """Anything that somebody might enter next, possible or not."""
    thing = rng.choice(["roof", "garden"])
    day = TODAY - timedelta(days=rng.randrange(700))
    amount = rng.choice([1, 333, 9999, 10000, rng.randrange(1, 500000)])
    entry = Entry(f"t{n}", "gift", thing, amount, rng.choice(["RUB", "RUB", "EUR"]), day)
    what = rng.choice(
        ["gift", "gift", "named", "expense", "approve", "post", "void", "moved", "back", "fee"]
    )
    if what == "gift":
        return replace(entry, person=rng.randrange(1, 7), amount=amount + 20000)
    if what == "named":
        return replace(entry, party="Works", party_shown=True)
    if what == "moved":
        return replace(entry, kind="moved", other="garden" if thing == "roof" else "roof")
    if what in ("post", "void") and reckoning.pending:
        before = rng.choice(list(reckoning.pending.values()))
        amount = 0 if what == "void" else rng.choice([before.amount, max(1, before.amount // 2)])
        return replace(
            entry, kind="expense", thing=before.thing, currency=before.currency, amount=amount,
            resolves=before.id, outcome=what,
        )  # fmt: skip
    if what == "back" and reckoning.done:
        before = rng.choice(list(reckoning.done.values()))
        kind = "refund" if before.kind == "gift" else "returned"
        amount = rng.choice([before.amount, max(1, before.amount // 3)])
        return replace(
            entry, kind=kind, thing=before.thing, currency=before.currency, amount=amount,
            corrects=before.id,
        )  # fmt: skip
    kind = "fee" if what == "fee" else "expense"
    return replace(entry, kind=kind, what="Lamps / Лампы", pending=what == "approve")


@pytest.mark.parametrize("seed", [1, 2])
def test_random_histories_hold_what_they_must_and_the_printed_lines_add_up(
    roof: Store, seed: int
) -> None:
    rng, reckoning = random.Random(seed), Reckoning()
    refusals = 0
    for n in range(60):
        entry = made(rng, n, reckoning)
        after = Reckoning()
        after.fund, after.pending = reckoning.fund.copy(), dict(reckoning.pending)
        after.done = dict(reckoning.done)
        after.take(entry)
        places = [(t, c) for t in ("roof", "garden") for c in ("RUB", "EUR")]
        possible = all(after.left(*place) >= 0 for place in places)
        if possible:
            assert book(roof, entry)
            assert not book(roof, entry), "the same twice is once"
            reckoning = after
        else:
            refusals += 1
            with refused(Conflict, "balance"):
                book(roof, entry)
    assert refusals
    for thing in ("roof", "garden"):
        for currency in ("RUB", "EUR"):
            now = held(roof, thing, currency)
            assert now.balance == reckoning.fund[thing, currency]
            assert now.left == reckoning.left(thing, currency)
            adds_up(roof, thing, currency, now.balance)
            staff, _ = open_books.whole(roof, thing, currency, told=True)
            assert not staff or staff[-1][1] == now.balance
    for row in roof.read(TOGETHER):
        assert row["n"] == 0, "what leaves one account reaches another"


def adds_up(store: Store, thing: str, currency: str, balance: int) -> None:
    """Opening + in - out = balance, whole and year by year, of what everybody may read."""
    whole = open_books.books(store, thing, currency)
    if whole.opening is None:
        return
    assert whole.opening == 0 and whole.balance == balance
    opening = 0
    for year in whole.years:
        part = open_books.books(store, thing, currency, year=year)
        assert part.opening == opening
        came, went = (sum(getattr(line, side) for line in part.lines) for side in ("came", "went"))
        assert part.balance == opening + came - went
        opening = part.balance
    assert opening == balance
    assert all(line.people >= 3 for line in whole.lines if line.kind == "gifts")


def test_a_transfer_never_changes_and_an_id_is_one_transfer(roof: Store) -> None:
    assert book(roof, GIFT)
    before = roof.read(ALL)
    for other in (
        replace(GIFT, amount=1),
        replace(GIFT, thing="garden"),
        replace(GIFT, kind="fee"),
    ):
        with refused(Conflict, "other"):
            book(roof, other)
    assert not book(roof, GIFT)
    assert book(roof, Entry("r", "refund", "roof", 4000, "RUB", TODAY, corrects="one"))
    with refused(Conflict, "corrected"):
        book(roof, Entry("s", "refund", "roof", 4000, "RUB", TODAY, corrects="one"))
    assert roof.read(ALL)[: len(before)] == before
    with pytest.raises(ThingNotFound):
        book(roof, Entry("n", "refund", "roof", 1, "RUB", TODAY, corrects="none"))
    with pytest.raises(ThingNotFound):
        book(roof, replace(GIFT, id="two", thing="none"))
    for wrong in (
        replace(GIFT, id="w", amount=0), replace(GIFT, id="w", amount=-5),
        replace(GIFT, id="w", currency="XXX"), replace(GIFT, id="w", kind="moved"),
        replace(GIFT, id="w", happened_on=TODAY + timedelta(days=9)),
        replace(GIFT, id="w", happened_on=date(1200, 1, 1)), replace(GIFT, id=""),
        Entry("w", "refund", "roof", 10001, "RUB", TODAY, corrects="r"),
    ):  # fmt: skip
        with pytest.raises(BadValue):
            book(roof, wrong)


def test_what_is_held_back_ends_once_and_linked_ones_stand_all_or_none(roof: Store) -> None:
    book(roof, GIFT)
    lamp = Entry("lamp", "expense", "roof", 9000, "RUB", TODAY, what="Lamps", pending=True)
    book(roof, lamp)
    assert held(roof) == journal.Balance(10000, 9000) and held(roof).left == 1000
    with refused(Conflict, "balance"):
        book(roof, replace(lamp, id="more", amount=1001, pending=False))
    paid = replace(lamp, id="paid", pending=False, amount=8500, resolves="lamp", outcome="post")
    with refused(BadValue, "more"):
        book(roof, replace(paid, amount=9001))
    book(roof, paid)
    with refused(Conflict, "resolved"):
        book(roof, replace(paid, id="void", amount=0, outcome="void"))
    assert held(roof) == journal.Balance(1500, 0)
    few = replace(GIFT, id="few", amount=100)
    with refused(Conflict, "balance"):
        book(roof, few, Entry("fee", "fee", "roof", 5000, "RUB", TODAY))
    assert held(roof).balance == 1500, "neither the gift nor the charge"
    assert book(roof, few, Entry("fee", "fee", "roof", 30, "RUB", TODAY))
    assert [row["said"].get("linked") for row in roof.read(ALL)][-2:] == ["few", "few"]


def test_two_funds_are_one_sum_and_a_move_between_them_counts_in_neither(roof: Store) -> None:
    book(roof, GIFT)
    book(roof, Entry("m", "moved", "roof", 3000, "RUB", TODAY, other="garden"))
    assert (held(roof).balance, held(roof, "garden").balance) == (7000, 3000)
    with refused(Conflict, "balance"):
        book(roof, Entry("n", "moved", "garden", 3001, "RUB", TODAY, other="roof"))
    assert [x.kind for x in open_books.books(roof, "garden", "RUB").lines] == ["moved"]


def test_fewer_than_three_who_gave_stand_in_no_line(roof: Store) -> None:
    def give(key: int, day: date, amount: int = 1000) -> None:
        book(roof, Entry(f"g{key}{day}", "gift", "roof", amount, "RUB", day, person=key))

    book(roof, GIFT)
    give(1, date(2026, 1, 5))
    give(2, date(2026, 1, 6))
    told = open_books.books(roof, "roof", "RUB")
    assert told.opening is None and [line.kind for line in told.lines] == ["gift"]
    give(3, date(2026, 2, 1), 500)
    lines = open_books.books(roof, "roof", "RUB").lines
    assert [(x.kind, x.came, x.people) for x in lines if x.people] == [("gifts", 2500, 3)]
    give(1, date(2026, 3, 1), 70)
    lines = open_books.books(roof, "roof", "RUB").lines
    assert [(x.came, x.people) for x in lines if x.people] == [(2570, 3)], "with those before"
    give(2, date(2026, 4, 1), 1)
    give(4, date(2026, 4, 2), 1)
    lines = open_books.books(roof, "roof", "RUB").lines
    assert [(x.came, x.people) for x in lines if x.people] == [(2500, 3), (72, 3)]
    book(roof, Entry("back", "refund", "roof", 500, "RUB", TODAY, corrects="g32026-02-01"))
    lines = open_books.books(roof, "roof", "RUB").lines
    assert sum(x.came - x.went for x in lines) == held(roof).balance
    assert not any(x.kind == "refund" for x in lines), "nobody's own refund is a line"


def test_a_refund_in_eight_threads_is_one(roof: Store) -> None:
    book(roof, replace(GIFT, amount=30000), replace(GIFT, id="two", amount=9000))

    def press(_: Any) -> bool:
        return treasury.put_right(roof, TREASURER, "roof", "one", what="Asked for it back")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(16))) == 1
    assert held(roof).balance == 9000
    with refused(Conflict, "corrected"):
        treasury.put_right(roof, TREASURER, "roof", "one", what="Again", amount=5)


KILLED = """
import sys
from graphnet.privacy import Viewer
from graphnet.projects import treasury
from graphnet.store import Store
uri, user, password, gift = sys.argv[1:5]
store = Store(uri, user, password)
store.read("MATCH (t:Transfer) RETURN count(t) AS n LIMIT 1")
me = Viewer("staff", 8, "account-8", frozenset({"staff"}), "books")
print("began", flush=True)
print(treasury.put_right(store, me, "roof", gift, what="back"), flush=True)
"""


def test_a_refund_under_kill_9_of_a_real_process_is_one(
    roof: Store, address: tuple[str, str, str]
) -> None:
    delays = [0.0, 0.01, 0.05]
    for n in range(len(delays)):
        book(roof, replace(GIFT, id=f"g{n}", amount=100 + n))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", KILLED, *address, f"g{n}"], stdout=subprocess.PIPE, text=True
        )
        for n in range(len(delays))
    ]
    for n, (delay, process) in enumerate(zip(delays, processes, strict=True)):
        assert process.stdout is not None and process.stdout.readline() == "began\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        treasury.put_right(roof, TREASURER, "roof", f"g{n}", what="back")
    rows = roof.read(ALL)
    assert sorted(r["said"]["amount"] for r in rows if r["said"]["kind"] == "refund") == [
        100 + n for n in range(len(delays))
    ]
    assert held(roof).balance == 0
