"""The compiled forward pass beside one written from its definition."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.names import alphabet, score
from graphnet.names.learned import Meaning, knowledge

WORDS = st.text(alphabet="абвгдежийклмнорстущья", min_size=1, max_size=7) | st.text(
    alphabet="abcdehijklmnorstuvyz", min_size=1, max_size=7
)


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning(knowledge(), 1)


def slow(meaning: Meaning, row: int, m: int, name: bytes) -> float:
    """P(name | word): the sum over all ways from (0, 0) to (m, n), by recursion."""
    tables = meaning.tables

    @cache
    def ways(i: int, j: int) -> float:
        if i == m:
            return score.LEFT_OUT ** (len(name) - j)
        start = score.DOUBTFUL_START if i == 0 else 1.0
        total = score.TOO_MANY * start * ways(i + 1, j)
        if j < len(name):
            total += score.LEFT_OUT * start * ways(i, j + 1)
            total += score.WRONG * start * ways(i + 1, j + 1)
        for e in range(tables.first[row, i, 0], tables.first[row, i, score.ROW_LAST]):
            b = int(tables.length[row, e])
            packed = int(tables.target[row, e])
            target = bytes((packed >> (6 * x)) & 63 for x in range(b))
            if name[j : j + b] == target:
                p = float(tables.chance[row, e])
                total += p * ways(i + int(tables.size[row, e]), j + b)
        return total

    return ways(0, 0)


@settings(max_examples=60, deadline=None)
@given(word=WORDS, name=WORDS)
def test_forward_pass_equals_its_definition(meaning: Meaning, word: str, name: str) -> None:
    letters = np.frombuffer(alphabet.numbers(word), np.uint8)
    target = alphabet.plain(alphabet.numbers(name))
    meaning.prepare(0, letters)
    row = 1 if alphabet.is_latin(target) else 0
    tables = meaning.tables
    fast = score.forward(
        len(letters), np.frombuffer(target, np.uint8), tables.first[row], tables.size[row],
        tables.target[row], tables.length[row], tables.chance[row], score.WHOLE,
        np.zeros((34, 66)),
    )  # fmt: skip
    expected = slow(meaning, row, len(letters), target)
    # Paths below CUT are left out: that is the only difference.
    assert fast == pytest.approx(expected, rel=1e-6, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(word=WORDS)
def test_events_of_a_place_are_probabilities(meaning: Meaning, word: str) -> None:
    letters = np.frombuffer(alphabet.numbers(word), np.uint8)
    meaning.prepare(0, letters)
    tables = meaning.tables
    for row in (0, 1):
        for i in range(len(letters)):
            begin, end = tables.first[row, i, 0], tables.first[row, i, score.ROW_LAST]
            assert 0 <= tables.chance[row, begin:end].sum() < 1.5
            assert (tables.size[row, begin:end] + i <= len(letters)).all()


@pytest.mark.parametrize(
    ("word", "name"),
    [("щербаков", "shcherbakov"), ("jackson", "джексон"), ("юлия", "yulia"), ("цой", "tsoy")],
)
def test_the_usual_reading_is_probable(meaning: Meaning, word: str, name: str) -> None:
    letters = np.frombuffer(alphabet.numbers(word), np.uint8)
    target = alphabet.plain(alphabet.numbers(name))
    meaning.prepare(0, letters)
    row = 1 if alphabet.is_latin(target) else 0
    p = slow(meaning, row, len(letters), target)
    assert math.log(p) > -5


def test_readings_come_best_first_and_once(meaning: Meaning) -> None:
    meaning.prepare(0, np.frombuffer(alphabet.numbers("щербаков"), np.uint8))
    readings = meaning.readings[0]
    found = [readings.letters[x, : readings.length[x]].tobytes() for x in range(readings.n)]
    assert len(set(found)) == len(found)
    assert alphabet.plain(alphabet.numbers("shcherbakov")) in found[:3]
    assert list(readings.weight[1 : readings.n]) == sorted(
        readings.weight[1 : readings.n], reverse=True
    )
