"""Lists of names stand in the alphabet of whoever reads them, whatever script a name is in."""

import pytest

from graphnet.names.collation import sort_key

MIXED = [
    "Ярцев Олег",
    "Abramova Tatiana",
    "Жуков Пётр",
    "Mai Vũ",
    "Щукин Лев",
    "Čapek Karel",
    "Ёлкин Ян",
]


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        ("ru", ["Abramova Tatiana", "Ёлкин Ян", "Жуков Пётр", "Mai Vũ", "Čapek Karel", "Щукин Лев",
                "Ярцев Олег"]),
        ("en", ["Abramova Tatiana", "Čapek Karel", "Ёлкин Ян", "Ярцев Олег", "Mai Vũ",
                "Щукин Лев", "Жуков Пётр"]),
    ],
)  # fmt: skip
def test_scripts_stand_together(language: str, ordered: list[str]) -> None:
    assert sorted(MIXED, key=lambda name: sort_key(name, language)) == ordered


def test_both_spellings_of_a_name_stand_together() -> None:
    for russian, latin in (("Щукин", "Shchukin"), ("Юрьев", "Yuryev"), ("Хромов", "Khromov")):
        assert sort_key(russian, "en")[:2] == sort_key(latin, "en")[:2]
        assert sort_key(russian, "ru")[:2] == sort_key(latin, "ru")[:2]
