"""People by name: every kind of question, live changes, and what a mask must not give away."""

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.errors import Conflict, SnapshotError
from graphnet.names import NameIndex, PersonName

PEOPLE = {
    1: PersonName("Александр", "Иванович", "Щербаков"),
    2: PersonName("Александра", "Петровна", "Щербакова"),
    3: PersonName("Anna", "", "Chaykovskaya"),
    4: PersonName("Фёдор", "Михайлович", "Достоевский"),
    5: PersonName("Екатерина", "", "Новикова", ("Гринёва",)),
    6: PersonName("Николай", "Андреевич", "Римский-Корсаков"),
    7: PersonName("Robert", "", "Johnson"),
    8: PersonName("Мария", "", "Ким"),
    9: PersonName("Ivan", "", "Petrov"),
    10: PersonName("Михаил", "Сергеевич", "Харитонов"),
    11: PersonName("Анна", "", "Лебедева"),
    12: PersonName("Сергей", "", ""),
}


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex.build(list(PEOPLE), list(PEOPLE.values()))


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("Александр Щербаков", 1),
        ("щербаков саша", 1),
        ("Щербакова Саша", 2),
        ("Scherbakov Alexander", 1),
        ("shcherbakova sasha", 2),
        ("Чайковская Аня", 3),
        ("Достаевский", 4),
        ("Федор Достоевский", 4),
        ("Достоевский Ф. М.", 4),
        ("Ф.М.Достоевский", 4),
        ("Катя Гринева", 5),
        ("Katya Novikova", 5),
        ("Римский Корсаков", 6),
        ("Корсаков Коля", 6),
        ("Rimsky-Korsakov", 6),
        ("Bob Johnson", 7),
        ("Джонсон Роберт", 7),
        ("Маша Ким", 8),
        ("Иван Петров", 9),
        ("Ваня Петров", 9),
        ("[fhbnjyjd vbif", 10),
        ("Харитнов Михаил", 10),
        ("МихаилХаритонов", 10),
        ("Миха илХаритонов", 10),
        ("Аннушка Лебедева", 11),
        ("Серёга", 12),
        ("Сергей", 12),
    ],
)
def test_people_are_found(index: NameIndex, question: str, key: int) -> None:
    assert index.find(question)[0].key == key


@pytest.mark.parametrize("question", ["qqqqqq", "йййййй", "zzzz", "xkcd", "ghbdtn", "Мбаппе"])
def test_a_name_that_resembles_nobody_finds_nobody(index: NameIndex, question: str) -> None:
    assert index.find(question) == []


def test_what_was_typed_is_said_as_it_was_read(index: NameIndex) -> None:
    assert index.find("Саша Щербаков")[0].matched[0].word == "Саша"
    switched = index.find("[fhbnjyjd vb[fbk")[0].matched
    assert switched[0].word == "харитонов"


@pytest.mark.parametrize(
    ("question", "part", "how"),
    [
        ("Александр Щербаков", "family", "same"),
        ("Саша Щербаков", "given", "diminutive"),
        ("Гринёва Екатерина", "family", "former name"),
        ("Корсаков Николай", "family", "part of the name"),
        ("Джонсон Роберт", "family", "other script"),
        ("Достоевский Ф.", "given", "initial"),
        ("Достаевский Фёдор", "family", "typing error"),
        ("[fhbnjyjd vb[fbk", "family", "keyboard"),
    ],
)
def test_what_matched_is_said(index: NameIndex, question: str, part: str, how: str) -> None:
    assert (part, how) in [met[:2] for met in index.find(question)[0].matched]


@pytest.mark.parametrize("question", ["", "   ", "123", "...", "-", "я", "щщщщщщщщщщщщ", "x" * 500])
def test_odd_questions_do_no_harm(index: NameIndex, question: str) -> None:
    assert len(index.find(question)) <= 10


@pytest.mark.parametrize(
    ("typed", "key"), [("Щерб", 1), ("александр щер", 1), ("Дост", 4), ("chaik", 3), ("joh", 7)]
)
def test_suggestions_while_typing(index: NameIndex, typed: str, key: int) -> None:
    assert key in [found.key for found in index.suggest(typed, k=3)]


def test_an_unknown_short_form_is_guessed_by_its_letters(index: NameIndex) -> None:
    people = [PersonName("Виталий", "", "Орлов"), PersonName("Григорий", "", "Орлов")]
    small = NameIndex.build([1, 2], people)
    assert small.find("Виталюся Орлов")[0].key == 1
    assert small.find("Гришаточка Орлов")[0].key == 2


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("ВиталюсяОрлов", 1), ("ВиталюсярОрлов", 1), ("Виталюс яОрлов", 1), ("ГришаточкаОрлов", 2),
        ("MacDonald Bob", 3), ("macdonald bob", 3),
    ],
)  # fmt: skip
def test_a_capital_within_a_word_begins_the_next(question: str, key: int) -> None:
    people = [
        PersonName("Виталий", "", "Орлов"),
        PersonName("Григорий", "", "Орлов"),
        PersonName("Robert", "", "MacDonald"),
        PersonName("Donald", "", "Mack"),
    ]
    assert NameIndex.build([1, 2, 3, 4], people).find(question)[0].key == key


def test_saved_index_answers_alike(index: NameIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "names")
    opened = NameIndex.open(tmp_path / "names")
    for question in ("саша щербаков", "Гринева", "ghbdtn", "Роберт"):
        assert opened.find(question) == index.find(question)
    opened.remove(1)
    with pytest.raises(Conflict):
        opened.save(tmp_path / "other")


def test_a_folder_without_an_index_says_so(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError):
        NameIndex.open(tmp_path)


QUESTIONS = (
    "саша щербаков", "Щербакова", "Petrov Ivan", "Иван", "Новикова Катя", "Гринева", "Корсаков",
    "Анна", "Лебедева А.", "johnson", "Достоевский Ф. М.", "rfnz yjdbrjdf",
)  # fmt: skip
POOL = list(PEOPLE.values())
ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "change", "remove"]), st.integers(1, 15),
              st.integers(0, len(POOL) - 1)),
    max_size=8,
)  # fmt: skip


def answers(index: NameIndex, mask: Any = None) -> list[Any]:
    return [index.find(question, k=5, allowed=mask) for question in QUESTIONS]


@settings(max_examples=25, deadline=None)
@given(acts=ACTS)
def test_live_changes_equal_a_rebuild(acts: list[tuple[str, int, int]]) -> None:
    people = dict(PEOPLE)
    live = NameIndex.build(list(people), list(people.values()))
    for act, key, which in acts:
        if act == "remove":
            live.remove(key)
            people.pop(key, None)
        else:
            (live.add if act == "add" else live.change)(key, POOL[which])
            people[key] = POOL[which]
    rebuilt = NameIndex.build(list(people), list(people.values()))
    assert answers(live) == answers(rebuilt)


@settings(max_examples=25, deadline=None)
@given(hidden=st.sets(st.sampled_from(sorted(PEOPLE))))
def test_hidden_people_leave_no_trace(index: NameIndex, hidden: set[int]) -> None:
    mask = ~np.isin(index.keys, sorted(hidden))
    left = {key: name for key, name in PEOPLE.items() if key not in hidden}
    without = NameIndex.build(list(left), list(left.values()))
    assert answers(index, mask) == answers(without)


def test_who_joins_after_a_mask_was_made_is_not_in_it() -> None:
    index = NameIndex.build(list(PEOPLE), list(PEOPLE.values()))
    mask = np.ones(len(index), bool)
    index.add(77, PersonName("Юрий", "", "Громов"))
    assert index.find("Громов", allowed=mask) == [
        found for found in index.find("Громов", allowed=mask) if found.key != 77
    ]
    assert index.find("Громов")[0].key == 77
    assert index.find("Громов", allowed=np.append(mask, True))[0].key == 77
    assert index.keys[-1] == 77


def test_an_empty_index_learns() -> None:
    index = NameIndex.build([], [])
    assert index.find("Иванов") == []
    index.add(5, PersonName("Иван", "", "Иванов"))
    assert [found.key for found in index.find("иванов ваня")] == [5]


def test_the_passport_name_counts_too() -> None:
    name = PersonName("Евгений", "", "Жуков", latin="Eugene Joukoff")
    index = NameIndex.build([3, 4], [name, PersonName("Пётр", "", "Жучков")])
    assert index.find("joukoff")[0].key == 3


def test_whoever_is_passed_over_is_not_among_the_best() -> None:
    """Asking for three, the search skips most namesakes; who is shown is the same as without."""
    given = ("Иван", "Анна", "Ivan", "Александр", "Саша", "Мария", "")
    second = ("", "Иванович", "Петровна", "Александрович")
    family = ("Иванов", "Иванова", "Ивановский", "Ивашов", "Ivanov", "Петров-Иванов", "Ваганов")
    rng = Random(7)
    people = [
        PersonName(
            rng.choice(given),
            rng.choice(second),
            rng.choice(family),
            (rng.choice(family),) if rng.random() < 0.2 else (),
        )
        for _ in range(600)
    ]
    namesakes = NameIndex.build(range(600), people)
    mask = np.arange(600) % 3 > 0
    for question in (
        "Иванов Иван", "ивнов саша", "Ivanov A.", "Иванова", "Саша", "Петров И. И.", "Ивашев Маша",
        "Иванов Иван Иванович", "александр иванович", "bdfyjd bdfy", "Ваганв Анна П.",
    ):  # fmt: skip
        for allowed in (None, mask):
            everybody = namesakes.find(question, k=600, allowed=allowed)
            assert len(everybody) > 10
            for k in (1, 3, 10):
                assert namesakes.find(question, k=k, allowed=allowed) == everybody[:k]
    namesakes.add(1000, PersonName("Иван", "Иванович", "Иванов"))
    everybody = namesakes.find("Иванов Иван", k=601)
    assert namesakes.find("Иванов Иван", k=7) == everybody[:7]


def test_names_may_come_one_by_one() -> None:
    streamed = NameIndex.build(list(PEOPLE), (name for name in PEOPLE.values()))
    assert answers(streamed) == answers(NameIndex.build(list(PEOPLE), list(PEOPLE.values())))
    with pytest.raises(ValueError, match="zip"):
        NameIndex.build([1, 2, 3], iter(list(PEOPLE.values())[:2]))
