"""Whose record a name may be, in somebody's own spelling: matched, several, nobody, registered."""

from typing import Any

import pytest

from graphnet.onboarding.name_matching import Match, match, ranked


def row(key: int, given: str, family: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "given": given,
        "patronymic": "",
        "family": family,
        "former": None,
        "latin": None,
        "apart": False,
        "claimed": False,
        "address": [],
        "fresh": True,
        **more,
    }


GROUP = [
    row(1, "Борис", "Петров"),
    row(2, "Анна", "Иванова", former=["Кузнецова"]),
    row(3, "Александр", "Щербаков"),
    row(4, "Александра", "Щербакова"),
    row(5, "Вера", "Орлова", apart=True),
    row(6, "Жанна", "Соколова", claimed=True),
    row(7, "Сергей", "Иванов"),
    row(8, "Сергей", "Иванов"),
]


@pytest.mark.parametrize(
    ("name", "former", "expected"),
    [
        ("Boris Petroff", "", Match(1)),
        ("Петров Боря", "", Match(1)),
        ("Anna Kuznetsova", "", Match(2)),
        ("Аня Смит", "Кузнецова", Match(2)),
        ("Саша Щербакова", "", Match(None, "several")),
        ("Серёжа Иванов", "", Match(None, "several")),
        ("Вера Орлова", "", Match(None, "nobody")),
        ("Жанна Соколова", "", Match(None, "registered")),
        ("Пётр Борисов", "", Match(None, "nobody")),
        ("Неизвестная Клара", "", Match(None, "nobody")),
    ],
)
def test_a_name_is_matched_only_without_doubt(name: str, former: str, expected: Match) -> None:
    assert match(GROUP, name, former) == expected


def test_an_address_decides_between_namesakes_and_not_between_strangers() -> None:
    group = [*GROUP[:7], GROUP[7] | {"address": ["sergey@example.org"]}]
    assert match(group, "Сергей Иванов") == Match(8, address="sergey@example.org")
    # An address of somebody else's record is no word for a name that does not fit it.
    assert match(group, "Борис Петров") == Match(1)


def test_a_group_of_nobody_matches_nobody() -> None:
    assert match([], "Борис Петров") == Match(None, "nobody")


def test_staff_also_see_who_fits_a_part_of_the_name() -> None:
    assert ranked(GROUP, "Борис Петров-Водкин") == []
    assert [found["key"] for _, found in ranked(GROUP, "Борис Петров-Водкин", wide=True)] == [1]
    both = ranked(GROUP, "Борис Петров", wide=True)
    assert both[0] == (pytest.approx(0, abs=1), GROUP[0])
