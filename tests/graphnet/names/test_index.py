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
        "Иванов Иван Иванович", "александр иванович", "bdfyjd bdfy", "Ваганов А. П.",
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


OTHERS = {
    1: PersonName("Екатерина", "Андреевна", "Соколова", ("Лебедева",)),
    2: PersonName("Анна", "Сергеевна", "Кузнецова"),
    3: PersonName("Фёдор", "Иванович", "Телегин"),
    4: PersonName("Ирина", "", "Клюева"),
    5: PersonName("Vladimir", "", "Nesterov"),
    6: PersonName("Елена", "Андреевна", "Громова"),
    7: PersonName("Андрей", "", "Андреев"),
    8: PersonName("Гиорги", "", "ბერიძე"),
    9: PersonName("伟", "", "王"),
    10: PersonName("Σοφία", "", "Παπαδάκη"),
    11: PersonName("Илья", "Павлович", "Рощин"),
    12: PersonName("Олег", "", "Павлович"),
    13: PersonName("Александр", "", "Вторыгин"),
    14: PersonName("Мин", "", "У"),
    15: PersonName("Мария", "", "Со"),
    16: PersonName("Кристина", "", "Концевая"),
}


@pytest.fixture(scope="module")
def others() -> NameIndex:
    return NameIndex.build(list(OTHERS), list(OTHERS.values()))


def found_keys(index: NameIndex, question: str) -> list[int]:
    return [found.key for found in index.find(question)]


@pytest.mark.parametrize(
    ("question", "key"),
    [("сокол", 1), ("Соко", 1), ("кузнец анна", 2), ("нестер", 5), ("соколва", 1), ("Клюе", 4)],
)
def test_half_a_family_name_is_enough(others: NameIndex, question: str, key: int) -> None:
    assert found_keys(others, question)[0] == key


@pytest.mark.parametrize("typed", ["сок", "соко", "Соколо", "ека", "екатер", "гро", "nest", "анд"])
def test_what_typing_offers_enter_finds(others: NameIndex, typed: str) -> None:
    offered = {found.key for found in others.suggest(typed, k=3)}
    assert offered and offered <= set(found_keys(others, typed))


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("Андреевна", {1, 6}), ("Андревна", {1, 6}), ("andreevna", {1, 6}), ("Сергеевна", {2}),
        ("Анна Сергеевна", {2}), ("Елена Андреевна", {6}), ("Сергеевна Анна", {2}),
    ],
)  # fmt: skip
def test_a_patronymic_finds_whose_it_is(others: NameIndex, question: str, keys: set[int]) -> None:
    assert set(found_keys(others, question)[: len(keys)]) == keys


def test_a_patronymic_that_is_a_family_name_too_finds_both(others: NameIndex) -> None:
    assert set(found_keys(others, "Павлович")[:2]) == {11, 12}
    assert found_keys(others, "Павлович Олег")[0] == 12


@pytest.mark.parametrize(
    "question",
    [
        "лекция", "телескоп", "расписание", "концерт", "ледокол", "scholarship", "telescope",
        "workshop", "выпускников", "холодильник", "стипендия лекция", "newsletter мастерская",
        "трансформатор", "kitchen", "x" * 200,
    ],
)  # fmt: skip
def test_words_that_are_nobodys_name_find_nobody(others: NameIndex, question: str) -> None:
    assert others.find(question) == []


@pytest.mark.parametrize(
    ("question", "key", "said"),
    [
        ("Sokolova", 1, {("family", "other script")}),
        ("Соколова", 1, {("family", "same")}),
        ("Лебедева", 1, {("family", "former name")}),
        ("Lebedeva Katya", 1, {("family", "former name"), ("given", "other form")}),
        ("Катя Соколова", 1, {("family", "same"), ("given", "diminutive")}),
        ("Сокол", 1, {("family", "beginning")}),
        ("Вова Нестеров", 5, {("family", "other script"), ("given", "other form")}),
        ("Сокалова", 1, {("family", "typing error")}),
        ("Андреевна Громова", 6, {("family", "same"), ("patronymic", "same")}),
        ("Соколова Шмяк", 1, {("family", "same"), ("", "nothing")}),
    ],
)
def test_reasons_are_true(
    others: NameIndex, question: str, key: int, said: set[tuple[str, str]]
) -> None:
    found = next(found for found in others.find(question) if found.key == key)
    assert {met[:2] for met in found.matched} == said


def test_nothing_is_said_of_what_met_nothing(others: NameIndex) -> None:
    for question in ("Соколова Клара", "Нестеров ВТ", "Громова Example"):
        for found in others.find(question):
            assert all(met.how in ("same", "nothing", "other script") for met in found.matched)


@pytest.mark.parametrize(
    "question",
    ["Сoколова", "Сокалoвa", "Екaтеринa Сокoлова", "Nestеrоv", "Kузнецова"],
)
def test_letters_that_only_look_right_are_read_as_meant(others: NameIndex, question: str) -> None:
    found = others.find(question)[0]
    assert found.key in (1, 2, 5)
    assert {met.how for met in found.matched} <= {"same", "typing error"}


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("ბერიძე", 8), ("beridze", 8), ("Беридзе", 8), ("王伟", 9), ("王 伟", 9), ("Wang Wei", 9),
        ("Παπαδάκη", 10), ("papadaki sofia", 10), ("София Пападаки", 10),
    ],
)  # fmt: skip
def test_other_scripts_are_found_as_written_and_as_romanised(
    others: NameIndex, question: str, key: int
) -> None:
    assert found_keys(others, question)[0] == key


@pytest.mark.parametrize("name", ["פרץ כהן", "محمد عثمان", "Հայկ Սարգսյան", "김 민수"])
def test_a_name_in_any_script_finds_itself(name: str) -> None:
    given, family = name.split()
    index = NameIndex.build([1, 2], [PersonName(given, "", family), PersonName("Ян", "", "Ли")])
    assert found_keys(index, name) == [1]
    assert found_keys(index, family)[0] == 1


@pytest.mark.parametrize(
    ("question", "key"), [("Мин У", 14), ("у мин", 14), ("Мария Со", 15), ("Со", 15), ("У", 14)]
)
def test_small_words_that_are_family_names(others: NameIndex, question: str, key: int) -> None:
    assert found_keys(others, question)[0] == key


def test_a_small_word_is_no_name_where_nobody_bears_it(others: NameIndex) -> None:
    assert found_keys(others, "по Громова") == found_keys(others, "Громова")
