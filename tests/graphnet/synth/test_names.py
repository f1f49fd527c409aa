"""Endings, patronymics and romanisations, against forms that are known."""

import numpy as np
import pytest

from graphnet.synth.names import feminine, make, patronymics
from graphnet.synth.romanise import SCHEMES, romanise


@pytest.mark.parametrize(
    ("man", "woman"),
    [
        ("Иванов", "Иванова"),
        ("Соловьёв", "Соловьёва"),
        ("Никитин", "Никитина"),
        ("Покровский", "Покровская"),
        ("Толстой", "Толстая"),
        ("Черный", "Черная"),
        ("Кравченко", "Кравченко"),
        ("Седых", "Седых"),
        ("Саакян", "Саакян"),
        ("Дикий", "Дикая"),
        ("Петров-Невский", "Петрова-Невская"),
    ],
)
def test_feminine(man: str, woman: str) -> None:
    assert feminine(man) == woman


@pytest.mark.parametrize(
    ("father", "son", "daughter"),
    [
        ("Иван", "Иванович", "Ивановна"),
        ("Сергей", "Сергеевич", "Сергеевна"),
        ("Юрий", "Юрьевич", "Юрьевна"),
        ("Дмитрий", "Дмитриевич", "Дмитриевна"),
        ("Илья", "Ильич", "Ильинична"),
        ("Никита", "Никитич", "Никитична"),
        ("Игорь", "Игоревич", "Игоревна"),
        ("Павел", "Павлович", "Павловна"),
        ("Михаил", "Михайлович", "Михайловна"),
    ],
)
def test_patronymics(father: str, son: str, daughter: str) -> None:
    assert patronymics(father) == (son, daughter)


@pytest.mark.parametrize(
    ("name", "scheme", "latin"),
    [
        ("Юлия", "passport", "Iuliia"),
        ("Щербаков", "passport", "Shcherbakov"),
        ("Хохлов", "plain", "Hohlov"),
        ("Евгений", "geographic", "Yevgeny"),
        ("Александр", "plain", "Alexandr"),
        ("Александр", "habit", "Alexander"),
        ("Юрий", "slavic", "Jurij"),
        ("Петров-Невский", "plain", "Petrov-Nevsky"),
        ("Nguyễn", "passport", "Nguyễn"),
    ],
)
def test_romanise(name: str, scheme: str, latin: str) -> None:
    assert romanise(name, scheme) == latin


def test_every_scheme_leaves_no_cyrillic() -> None:
    alphabet = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
    for scheme in SCHEMES:
        assert not set(romanise(alphabet.capitalize(), scheme).lower()) & set(alphabet)


def test_columns() -> None:
    gender = np.tile([1, 2], 3000)
    names = make(1, gender, np.full(6000, 1975))
    latin = sum(family.isascii() for family in names.family)
    assert 0.25 < latin / 6000 < 0.4
    assert 0.01 < sum("-" in family for family in names.family) / 6000 < 0.04
    former = sum(bool(name) for name in names.former)
    assert 0.2 < former / 3000 < 0.4
    assert not any(names.former[0::2]), "men keep their names here"
    again = make(1, gender, np.full(6000, 1975))
    assert again == names
    assert make(2, gender, np.full(6000, 1975)) != names
    for given, patronymic, sex in zip(names.given, names.patronymic, gender, strict=True):
        if patronymic and not patronymic.isascii():
            assert patronymic.endswith("вна" if sex == 2 else "ч") or "ична" in patronymic, given
