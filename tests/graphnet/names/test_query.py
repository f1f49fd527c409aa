"""What is a name in a question, and what narrows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.names import parse


@pytest.mark.parametrize(
    ("question", "names", "year", "code", "stream"),
    [
        ("саша иванов", ("саша", "иванов"), None, "", None),
        ("Саша с третьего потока", ("Саша",), None, "", 3),
        ("Петров 2 поток выпуск 2003", ("Петров",), 2003, "", 2),
        ("5301 2003", (), 2003, "5301", None),
        ("Петров 5301", ("Петров",), None, "5301", None),
        ("Петрова 2005", ("Петрова",), 2005, "", None),
        ("иванов 512а", ("иванов",), None, "512а", None),
        ("Иванова гр. 512", ("Иванова",), None, "512", None),
        ("P3301 петров", ("петров",), None, "P3301", None),
        ("маша выпуск '03", ("маша",), 2003, "", None),
        ("Smith class of 98", ("Smith",), 1998, "", None),
        ("Пушкин А.С.", ("Пушкин", "А.", "С."), None, "", None),
        ("Римский-Корсаков 1998 года", ("Римский-Корсаков",), 1998, "", None),
        ("Ivanov, Petr 2001", ("Ivanov,", "Petr"), 2001, "", None),
    ],
)
def test_questions_are_taken_apart(
    question: str, names: tuple[str, ...], year: int | None, code: str, stream: int | None
) -> None:
    parsed = parse(question)
    assert parsed.name_tokens == names
    assert parsed.year == year
    assert parsed.group_code == code
    assert parsed.stream == stream


def test_the_question_says_which_year_it_means() -> None:
    assert parse("набор 1998 года Иванов").year_of == "intake"
    assert parse("выпуск 2003 Иванов").year_of == "graduation"
    assert parse("Иванов 2003").year_of == ""


def test_signs_that_are_letters_on_the_other_keyboard_stay() -> None:
    assert parse("[fhbnjyjd").name_tokens == ("[fhbnjyjd",)


@given(st.text(max_size=80))
def test_any_text_can_be_taken_apart(text: str) -> None:
    parsed = parse(text)
    assert parsed.year is None or 1920 <= parsed.year <= 2099
    assert all(parsed.name_tokens)


@given(st.lists(st.sampled_from(["Анна", "Ли", "Юн", "Гринёва", "O'Neil"]), max_size=4))
def test_plain_names_pass_unchanged(names: list[str]) -> None:
    assert parse(" ".join(names)).name_tokens == tuple(names)
