"""A programme out of a spreadsheet: what Excel and people write, what is refused and why."""

from datetime import date, datetime, time

import pytest

from graphnet.errors import BadFile
from graphnet.weeks import sheet
from graphnet.weeks.frame import Column, Day, Frame, Week
from graphnet.weeks.sheet import Sheet
from tests.support.refused import refused

HEADER = ["Дата", "Начало", "Конец", "Название", "Зал", "Трек", "Мест", "Спикеры", "Примечание"]
WEEK = Week(
    "w",
    Frame("Week", "Неделя", days=(Day(date(2026, 12, 14)),), places=(Column("h", "Hall", "Зал"),)),
    "draft",
    1,
    0,
    2026,
    None,
    None,
)


def read(*rows: list[object], header: list[str] = HEADER) -> Sheet:
    return sheet.read(header, [(i + 2, row) for i, row in enumerate(rows)], year=2026)


def test_what_people_and_spreadsheets_write_is_read() -> None:
    found = read(
        ["14.12.2026", "10:00", "11:30", "Оптика", "зал", "Наука", 40, "Анна; Борис", "x"],
        [datetime(2026, 12, 14), time(12, 0), time(12, 45), "Кофе", "", "", "", "", ""],
        ["", 0.5625, "", "Без дня: день строки выше", "Двор", "", "", "", ""],
        ["15 декабря", "23:30–00:30", "", "За полночь", "", "", "", "", ""],
        ["2026-12-16", "9", "", "Утро", "", "", 12.0, "", ""],
    )
    assert [one.problem for one in found.rows] == [""] * 5
    assert [(one.starts, one.minutes) for one in found.rows] == [
        (datetime(2026, 12, 14, 10), 90),
        (datetime(2026, 12, 14, 12), 45),
        (datetime(2026, 12, 14, 13, 30), 60),
        (datetime(2026, 12, 15, 23, 30), 60),
        (datetime(2026, 12, 16, 9), 60),
    ]
    first = found.rows[0]
    assert first.speakers == ("Анна", "Борис") and first.capacity == 40
    assert found.rows[4].capacity == 12
    assert found.ignored == ("Примечание",)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["завтра", "10:00", "", "A", "", "", "", "", ""], "day"),
        (["31.02.2026", "10:00", "", "A", "", "", "", "", ""], "day"),
        (["14.12", "утром", "", "A", "", "", "", "", ""], "starts"),
        (["14.12", "25:00", "", "A", "", "", "", "", ""], "starts"),
        (["14.12", "10:00", "потом", "A", "", "", "", "", ""], "ends"),
        (["14.12", "10:00", "10:00", "A", "", "", "", "", ""], "ends"),
        (["14.12", "10:00", "", "", "", "", "", "", ""], "title"),
        (["14.12", "10:00", "", "A", "", "", "много", "", ""], "capacity"),
        (["14.12", "10:00", "", "A" * 400, "", "", "", "", ""], "long"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(row: list[object], problem: str) -> None:
    found = read(row, ["14.12", "10:00", "", "Good", "", "", "", "", ""])
    assert [one.problem for one in found.rows] == [problem, ""]
    assert len(found.good) == 1


def test_the_same_file_twice_adds_nothing() -> None:
    row: list[object] = ["14.12", "10:00", "", "Оптика", "", "", "", "", ""]
    assert [one.problem for one in read(row, row).rows] == ["", "there"]
    there = [("оптика", datetime(2026, 12, 14, 10))]
    again = sheet.read(HEADER, [(2, row)], year=2026, there=there)
    assert [one.problem for one in again.rows] == ["there"]


def test_a_file_without_the_columns_is_refused_by_their_names() -> None:
    with refused(BadFile, "columns"):
        read(header=["День", "Зал"])


def test_what_it_names_anew_is_added_to_the_week_and_nothing_twice() -> None:
    found = read(
        ["14.12", "10:00", "", "A", "ЗАЛ", "Наука", "", "", ""],
        ["17.12", "10:00", "", "B", "Двор", "наука", "", "", ""],
    )
    wider = sheet.extended(WEEK, found)
    assert [day.date for day in wider.days] == [date(2026, 12, 14), date(2026, 12, 17)]
    assert [one.name for one in wider.places] == ["Hall", "Двор"]
    assert [one.name for one in wider.tracks] == ["Наука"]
    slots = [slot for _, _, slot in sheet.slots(wider, found)]
    assert slots[0].place == "h"
    assert slots[0].track == slots[1].track == wider.tracks[0].id
