"""Names taken apart: order, case, patronymics, former names, what is no part of a name."""

import pytest

from ingest.cleaning.names import (
    Lexicon,
    Name,
    NameContext,
    clean_full_name,
    clean_part,
    column_order,
    in_wrong_columns,
    sex_of,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Иванов Иван Ильич", Name("Иван", "Ильич", "Иванов")),
        ("Иван Ильич Иванов", Name("Иван", "Ильич", "Иванов")),
        ("ИВАНОВА (ПЕТРОВА) МАРИЯ ИЛЬИНИЧНА", Name("Мария", "Ильинична", "Иванова", "Петрова")),
        ("Мария Иванова, урожд. Петрова", Name("Мария", "", "Иванова", "Петрова")),
        ("Иванова Мария (в девичестве Петрова)", Name("Мария", "", "Иванова", "Петрова")),
        ("иван петров", Name("Иван", "", "Петров")),
        ("Петров Иван (1985 г.р.)", Name("Иван", "", "Петров")),
        ("Ivan Petrov, PhD", Name("Ivan", "", "Petrov")),
        ("Petrov, Ivan", Name("Ivan", "", "Petrov")),
        ("д.т.н., проф. Иванов Пётр Петрович", Name("Пётр", "Петрович", "Иванов")),
        ("Игорь Валерьевич Гуревич", Name("Игорь", "Валерьевич", "Гуревич")),
        ("Гуревич Игорь Валерьевич", Name("Игорь", "Валерьевич", "Гуревич")),
        ("Петрова-Водкина Анна 🙂", Name("Анна", "", "Петрова-Водкина")),
        ("  Мария   Ли ", Name("Мария", "", "Ли")), ("Иванов И.И.", Name("И. И.", "", "Иванов")),
        ("Катрин", Name("Катрин")), ("Петров", Name(family="Петров")), ("", Name()),
    ],
)  # fmt: skip
def test_whole_names(text: str, name: Name) -> None:
    assert clean_full_name(text, NameContext()).value == name


def test_the_order_of_a_column_decides_what_the_words_do_not() -> None:
    lexicon = Lexicon()
    order = column_order(["Иванов Иван Ильич", "Петров Олег", "Ли Анна"], lexicon)
    assert order > 0
    context = NameContext(lexicon, order)
    assert clean_full_name("Чан Ван", context).value == Name("Ван", "", "Чан")


def test_the_words_of_other_files_tell_given_from_family_names() -> None:
    lexicon = Lexicon()
    lexicon.learn(given=["Цян"] * 3, family=["Аримори"] * 2)
    assert clean_full_name("Аримори Цян", NameContext(lexicon)).value.given == "Цян"
    assert in_wrong_columns("Щурова", "Алина", lexicon)
    assert not in_wrong_columns("Алина", "Щурова", lexicon)


def test_letters_that_only_look_right_are_of_one_alphabet() -> None:
    assert clean_part("Cмирнов").value[0] == "Смирнов"
    assert clean_part("Ivаnоv").value[0] == "Ivanov"


@pytest.mark.parametrize("text", ["O'Brien", "O’Brien", "McDonald", "де Голль", "Null", "Нет"])
def test_names_that_are_right_stay_as_they_are(text: str) -> None:
    assert clean_part(text).value[0].casefold() == text.casefold()


def test_sex_is_said_by_forms_and_by_other_bearers_of_the_name() -> None:
    lexicon = Lexicon()
    lexicon.sexes["dana", "f"] = 5
    assert sex_of(Name("Иван", "Ильич", "Ли")) == "m"
    assert sex_of(Name("", "", "Вяземская")) == "f"
    assert sex_of(Name("Дана", "", "Атаев"), lexicon) == "f"
    assert sex_of(Name("Саша", "", "Ли"), lexicon) == ""
