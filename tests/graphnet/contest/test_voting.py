"""The members' vote: counted once each, secret from everybody, and nothing known before its end."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from graphnet.contest import voting
from graphnet.errors import BadValue, Conflict, NotAllowed
from graphnet.store import Store
from tests.support.contest_season import (
    APPEAL,
    BEFORE,
    JURORS,
    JURY,
    MEMBERS,
    STAFF_VIEWER,
    VOTE,
    admitted,
    alumnus,
    announced,
    season,
    seated,
)
from tests.support.graphs import ANNA, BORIS, DARYA, ZHANNA
from tests.support.refused import refused

KEYS = (b"k" * 32, b"e" * 32)


def take(store: Store, member: int, numbers: tuple[str, str] | None = None) -> str:
    return voting.take(
        store, alumnus(member), "2026", numbers or voting.numbers(), keys=KEYS, now=VOTE
    )


def cast(store: Store, receipt: str, choices: list[str], **changes: Any) -> None:
    voting.cast(store, "2026", receipt, choices, **{"keys": KEYS, "now": VOTE} | changes)


def test_approvals_are_counted_after_the_end_and_by_nobody_before(store: Store) -> None:
    live = announced(store)
    one, two = admitted(live, DARYA, ZHANNA)
    for member, choices in zip(MEMBERS[:3], ([one], [one, two], []), strict=True):
        cast(store, take(store, member), choices)
    for at in (JURY, VOTE):
        with refused(Conflict, "phase"):
            voting.count(store, STAFF_VIEWER, season(store), now=at)
    with pytest.raises(NotAllowed):
        voting.count(store, alumnus(ANNA), season(store), now=APPEAL)
    count = voting.count(store, STAFF_VIEWER, season(store), now=APPEAL)
    assert count.approvals == {one: 2, two: 1}
    assert (count.ballots, count.took) == (3, 3)
    assert float(count.part(one)) == pytest.approx(2 / 3)


def test_a_vote_can_be_changed_until_the_end_with_the_receipt_alone(store: Store) -> None:
    live = announced(store)
    one, two = admitted(live, DARYA, ZHANNA)
    receipt = take(store, MEMBERS[0])
    assert voting.held(store, season(store), receipt, keys=KEYS, now=VOTE) is None
    cast(store, receipt, [one])
    cast(store, f"  {receipt[:20]} {receipt[20:]} ", [two, two])  # as somebody copies it by hand
    assert voting.held(store, season(store), receipt, keys=KEYS, now=VOTE) == [two]
    with refused(Conflict, "phase"):
        cast(store, receipt, [one], now=APPEAL)
    with refused(Conflict, "phase"):
        voting.held(store, season(store), receipt, keys=KEYS, now=APPEAL)
    count = voting.count(store, STAFF_VIEWER, season(store), now=APPEAL)
    assert (count.approvals, count.ballots) == ({two: 1}, 1)


def test_nobody_takes_two_ballots_and_a_lost_answer_loses_none(store: Store) -> None:
    live = announced(store)
    admitted(live, DARYA)
    numbers = voting.numbers()
    first = take(store, MEMBERS[0], numbers)
    assert take(store, MEMBERS[0], numbers) == first  # sent again: the same ballot
    with refused(Conflict, "taken"):
        take(store, MEMBERS[0])
    with refused(Conflict, "taken"):  # the salt alone does not open it
        take(store, MEMBERS[0], (voting.numbers()[0], numbers[1]))
    assert not voting.right(store, alumnus(MEMBERS[0]), season(store)).can_take


def test_two_who_press_at_once_get_one_ballot(store: Store) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)

    def press(_: int) -> str:
        try:
            return take(store, MEMBERS[0])
        except Conflict:
            return ""

    with ThreadPoolExecutor(8) as pool:
        receipts = [receipt for receipt in pool.map(press, range(8)) if receipt]
    assert len(receipts) == 1
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: cast(store, receipts[0], [one]), range(8)))
    count = voting.count(store, STAFF_VIEWER, season(store), now=APPEAL)
    assert (count.ballots, count.approvals) == (1, {one: 1})


def test_a_receipt_is_sealed_for_its_season_by_this_site(store: Store) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)
    receipt = take(store, MEMBERS[0])
    ballot, _, seal = receipt.partition("-")
    forged = [
        "", "x", ballot, f"{ballot}-", f"{ballot}-{'0' * 32}", f"{'0' * 32}-{seal}",
        f"{ballot}-{seal}0", "я" * 65,
    ]  # fmt: skip
    for wrong in forged:
        with refused(BadValue, "receipt"):
            cast(store, wrong, [one])
    with refused(BadValue, "receipt"):
        cast(store, receipt, [one], keys=(b"another",))
    with refused(BadValue, "choice"):
        cast(store, receipt, ["nobody"])


def test_who_may_vote(store: Store) -> None:
    live = announced(store)
    admitted(live, DARYA)
    seated(store, JURORS[0])
    for nobody in (BORIS, 999, JURORS[0]):
        with refused(NotAllowed, "voters"):
            take(store, nobody)
    for at in (BEFORE, JURY, APPEAL):
        with refused(Conflict, "phase"):
            voting.take(store, alumnus(MEMBERS[0]), "2026", voting.numbers(), keys=KEYS, now=at)
    assert take(store, DARYA)  # who stands votes like everybody


DUMP = """MATCH (n) OPTIONAL MATCH (n)-[t]->(m)
RETURN labels(n) AS labels, properties(n) AS held, type(t) AS tie, properties(t) AS of_tie,
  labels(m) AS other, elementId(n) AS id, elementId(m) AS other_id"""


def test_nothing_in_the_graph_joins_who_voted_with_a_ballot(store: Store) -> None:
    """Look at all that the graph holds: no tie, no shared value, no time, no record of either."""
    live = announced(store)
    one, two = admitted(live, DARYA, ZHANNA)
    before = {row["id"] for row in store.read(DUMP)}
    acts = store.read(
        "MATCH (a) WHERE a:AuditEntry OR a:Change OR a:Job RETURN count(a) AS n LIMIT 1"
    )
    receipts = {member: take(store, member) for member in MEMBERS}
    for receipt in receipts.values():
        cast(store, receipt, [one])
    cast(store, receipts[MEMBERS[0]], [two])
    rows = store.read(DUMP)
    new = [row for row in rows if row["id"] not in before]
    # All that came into being are ballots: an id and choices, tied to the contest and to nothing.
    assert {tuple(row["labels"]) for row in new} == {("Ballot",)}
    assert {tuple(sorted(row["held"])) for row in new} == {("choices", "id")}
    assert {(row["tie"], tuple(row["other"])) for row in new} == {("IN", ("Contest",))}
    assert all(row["of_tie"] == {} for row in new)
    assert not any(row["tie"] and row["other"] == ["Ballot"] for row in rows)
    # Neither act left a trace in audit trail, feed or jobs.
    assert acts == store.read(
        "MATCH (a) WHERE a:AuditEntry OR a:Change OR a:Job RETURN count(a) AS n LIMIT 1"
    )
    # The voters' ties have the same two properties whether they took a ballot or not, no time, and
    # share no value with any ballot, not even through a hash of what the graph itself holds.
    ties = [row["of_tie"] for row in rows if row["tie"] == "MAY_VOTE"]
    assert {tuple(sorted(tie)) for tie in ties} == {("claim", "took")}
    assert {len(tie["claim"]) for tie in ties} == {64}
    claims = {tie["claim"] for tie in ties if tie["took"]}
    ballots = {row["held"]["id"] for row in new}
    assert len(claims) == len(ballots) == len(MEMBERS)
    known = {str(value) for row in rows for value in row["held"].values()} | ballots | claims
    derived = {
        hashlib.sha256(text.encode()).hexdigest()
        for value in known
        for text in (value, f"2026 {value}", f"{value} {value}")
    }
    assert not ballots & (claims | derived)
    assert not claims & derived
    # And the receipts are in it nowhere.
    everything = str(rows)
    for receipt in receipts.values():
        assert receipt.partition("-")[0] not in everything
        assert receipt.partition("-")[2] not in everything
