"""Given names as groups of forms, and guessing the unknown ones."""

import numpy as np
import pytest

from graphnet.names import alphabet, given, learned
from graphnet.names.learned import Meaning, knowledge


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning(knowledge(), 1)


def best(meaning: Meaning, word: str) -> list[str]:
    meant = meaning.of(0, np.frombuffer(alphabet.numbers(word), np.uint8))
    order = np.argsort(-meant, kind="stable")
    return [meaning.known.given.names[g] for g in order[:4]]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("саша", "александр"),
        ("саша", "александра"),
        ("Маша", "мария"),
        ("Sasha", "александр"),
        ("bob", "роберт"),
        ("bob", "борис"),
        ("Катюха", "екатерина"),
        ("Митяй", "дмитрий"),
        ("Аленка", "алена"),
        # In no list of ours, guessed by stem and ending.
        ("Русланюша", "руслан"),
        ("Гришаточка", "григорий"),
        ("Ярославчик", "ярослав"),
    ],
)
def test_forms_mean_their_names(meaning: Meaning, word: str, name: str) -> None:
    assert name in best(meaning, word)


def test_half_of_the_known_forms_are_guessed_from_the_other_half() -> None:
    """Leave out every second short form: most are still put into the right group."""
    groups = given.read_groups(learned.GIVEN_FILE.read_text(encoding="utf-8").splitlines())
    short = sorted({form.casefold() for _, _, forms in groups.values() for form in forms})
    hidden = frozenset(short[::2])
    known = learned.load(learned.FILE, without=hidden)
    meaning = Meaning(known, 1)
    right = asked = 0
    for name, (_, _, forms) in groups.items():
        for form in forms:
            if form.casefold() in hidden and not form.isascii() and asked < 300:
                asked += 1
                right += name in best(meaning, form)
    assert asked > 200
    assert right / asked > 0.6


def test_stems_of_names_whose_beginning_is_dropped() -> None:
    spell = lambda word: given.spelled(word)  # noqa: E731
    assert spell("др") in given.inner_stems(spell("андрей"))
    assert spell("лен") in given.inner_stems(spell("елена"))
    assert not given.inner_stems(spell("andrey")) and not given.inner_stems(spell("пр"))
    without = learned.load(learned.FILE, without=frozenset(["лера", "лерик", "лерка"]))
    assert best(Meaning(without, 1), "Лерик")[0] == "валерия"


def test_every_line_of_the_file_is_read() -> None:
    lines = learned.GIVEN_FILE.read_text(encoding="utf-8").splitlines()
    groups = given.read_groups(lines)
    assert len(groups) > 180
    assert all(weight > 0 for weight, _, _ in groups.values())
    assert all(form.isalpha() for _, full, short in groups.values() for form in full + short)


def test_what_is_shipped_is_small() -> None:
    assert learned.FILE.stat().st_size + learned.GIVEN_FILE.stat().st_size < 500_000
