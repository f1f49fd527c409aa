"""A gift in parts: dates, what arrived of each, what is late; sums that add up whatever came."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.projects.instalments import due, instalments, over

BEGAN = date(2027, 1, 31)


def test_twelve_parts_of_a_hundred_stand_at_their_dates() -> None:
    moved = [(date(2027, 2, 20), 833), (date(2027, 3, 1), 1000)]
    found = instalments(10000, 12, BEGAN, moved, today=date(2027, 4, 15))
    assert [one.amount for one in found] == [833] * 11 + [837]
    assert [one.due_on.isoformat() for one in found[:4]] == [
        "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31",
    ]  # fmt: skip
    assert [one.state for one in found[:4]] == ["received", "received", "due", "coming"]
    assert [one.received for one in found[:4]] == [833, 833, 167, 0]
    assert [one.received_on for one in found[:3]] == [moved[0][0], moved[1][0], None]
    later = instalments(10000, 12, BEGAN, moved, today=date(2027, 6, 1))
    assert [one.state for one in later[2:6]] == ["late", "late", "due", "coming"]


def test_what_was_given_back_is_missing_again_from_the_last() -> None:
    moved = [(date(2027, 2, 1), 500), (date(2027, 2, 2), 500), (date(2027, 2, 3), -400)]
    found = instalments(1000, 2, BEGAN, moved, today=date(2027, 2, 4))
    assert [(one.received, one.received_on) for one in found] == [
        (500, date(2027, 2, 1)), (100, None),
    ]  # fmt: skip
    assert over(found, 1200) == 200


@settings(max_examples=60, deadline=None)
@given(
    st.integers(60, 10**9),
    st.integers(2, 60),
    st.lists(st.tuples(st.integers(0, 900), st.integers(-(10**8), 10**9)), max_size=12),
    st.integers(0, 1000),
)
def test_parts_always_add_up(
    amount: int, number: int, came: list[tuple[int, int]], day: int
) -> None:
    moved = [(BEGAN + timedelta(days=n), part) for n, part in came]
    total = sum(part for _, part in moved)
    found = instalments(amount, number, BEGAN, moved, today=BEGAN + timedelta(days=day))
    assert sum(one.amount for one in found) == amount
    assert sum(one.received for one in found) + over(found, total) == max(0, total)
    assert all(0 <= one.received <= one.amount for one in found)
    states = [one.state for one in found]
    assert all((one.state == "received") == (one.received_on is not None) for one in found)
    order = {"received": 0, "late": 1, "due": 2, "coming": 3}
    assert [order[one] for one in states] == sorted(order[one] for one in states)
    assert states.count("due") <= 1
    assert [one.due_on for one in found] == [due(BEGAN, n) for n in range(1, number + 1)]
