"""Working time: weekends, days off and those that are moved, and the arithmetic of the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.requests import hours

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
WORK = st.integers(1, 60 * 80).map(lambda minutes: timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 9), False),  # a day off, moved from Saturday the 3rd
        (date(2026, 3, 9), False),  # Monday after a Women's Day on a Sunday
        (date(2024, 4, 27), True),  # a Saturday that was worked for a Monday in April
        (date(2024, 4, 29), False),
        (date(2026, 11, 26), True),
        (date(2026, 11, 28), False),
    ],
)
def test_days_that_are_worked(day: date, works: bool) -> None:
    assert hours.works(day) is works


@given(MOMENTS, WORK)
@settings(max_examples=60, deadline=None)
def test_after_and_between_are_each_others_inverse(begin: datetime, work: timedelta) -> None:
    end = hours.after(begin, work)
    assert hours.between(begin, end) == work
    local = end.astimezone(hours.ZONE)
    assert hours.works(local.date()) and hours.OPENS < local.time() <= hours.CLOSES


def test_nothing_passes_backwards_or_at_night() -> None:
    evening = datetime(2026, 11, 26, 17, tzinfo=UTC)
    assert hours.between(evening, evening + timedelta(hours=10)) == timedelta(0)
    assert hours.between(evening, evening - timedelta(days=9)) == timedelta(0)


def test_days_off_are_named_in_the_readers_language() -> None:
    begin, end = datetime(2026, 5, 7, tzinfo=UTC), datetime(2026, 5, 13, tzinfo=UTC)
    assert [one.day for one in hours.days_off(begin, end)] == [date(2026, 5, 9), date(2026, 5, 11)]
    assert hours.days_off(begin, end)[0].name == "Victory Day"
    assert hours.days_off(begin, end, "ru")[0].name == "День Победы"
