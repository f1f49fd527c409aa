"""Sums in the smallest unit: what people write, what files write, and parts that add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import BadValue
from graphnet.money.amounts import parts, read, written
from tests.support.refused import refused


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500", 150000), ("1 500,5", 150050), ("1,500.50", 150050),
        ("1\u202f500\u00a0000", 150000000),
        ("0.01", 1), ("1,500", 150000), ("12,5", 1250), (" 1 234 567,8 ", 123456780),
    ],
)  # fmt: skip
def test_what_people_write(text: str, amount: int) -> None:
    assert read(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-5",
        "1.234",
        "1e5",
        "nan",
        "12345678901234",
        "5₽",
        ".",
        "0,500",
        "10 50",
        "1 5000",
        "1 500 5",
        "1.234,56",
    ],
)
def test_what_is_no_sum(text: str) -> None:
    with refused(BadValue, "amount: none"):
        read(text)


@given(st.integers(1, 10**13))
def test_a_file_is_read_back(amount: int) -> None:
    assert read(written(amount)) == amount


def test_a_hundred_in_twelve_parts() -> None:
    assert parts(10000, 12) == [833] * 11 + [837]


@given(st.integers(1, 10**12), st.integers(1, 60))
def test_parts_add_up(amount: int, number: int) -> None:
    if number > amount:
        with pytest.raises(BadValue):
            parts(amount, number)
    else:
        made = parts(amount, number)
        assert sum(made) == amount and len(made) == number and min(made) > 0
