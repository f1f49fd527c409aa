"""How probably two names are spellings of one: in one script or across two.

Stands on what the names room has learned (`names.learned`): the transducers between Latin and
Cyrillic letters and the groups of given names.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from graphnet.names import alphabet
from graphnet.names.events import Tables
from graphnet.names.join import UNKNOWN, score_words
from graphnet.names.learned import Readings, knowledge

_BASE = np.frombuffer(alphabet.BASE, np.uint8)
_MASCULINE = (
    (re.compile(r"(?<=[оеё]в|[иы]н)а$"), ""),
    (re.compile(r"(?<=[цс]к)ая$"), "ий"),
    (re.compile(r"(?<=[бвгдзклмнпрстфхцчшщж])ая$"), "ый"),
    (re.compile(r"(?<=[oeyi]v|[oe]w|[iy]n|ff)a$"), ""),
    (re.compile(r"(?<=[sc]k)a[yij]a$"), "iy"),
)
_FATHER = re.compile(
    r"(?<=..)(?:[оеё]вич|[оеё]вна|инична|ична|ич|ovich|ovna|evich|evna|ichna|ich)$"
)
_VOWELS = re.compile(r"[аеёиоуыэюяйьъ]+")
_DOUBLED = re.compile(r"(.)\1+")


def masculine(family: str) -> str:
    """Return a family name in the form that a man bears it in.

    Examples
    --------
    >>> masculine("иванова"), masculine("вяземская"), masculine("ivanova")
    ('иванов', 'вяземский', 'ivanov')
    """
    for pattern, ending in _MASCULINE:
        changed = pattern.sub(ending, family)
        if changed != family:
            return changed
    return family


def father(patronymic: str) -> str:
    """Return what is left of a patronymic without its ending: the same for sons and daughters."""
    return _FATHER.sub("", patronymic)


def skeleton(word: str) -> str:
    """Return the consonants of a Cyrillic word."""
    bare = _DOUBLED.sub(r"\1", _VOWELS.sub("", word))
    return bare or word


@lru_cache(maxsize=1)
def _tables() -> tuple[Tables, Readings]:
    return Tables(1), Readings()


def cyrillic_readings(word: str, most: int = 6) -> list[str]:
    """Return the most probable ways to write a Latin word in Cyrillic letters."""
    numbers = np.frombuffer(alphabet.numbers(word), np.uint8)
    if not len(numbers) or len(numbers) > 30:
        return []
    tables, readings = _tables()
    tables.fill(0, numbers, _BASE, knowledge().models)
    readings.fill(tables, 0)
    found = [
        alphabet.text(readings.letters[x, : readings.length[x]].tobytes())
        for x in range(1, readings.n)
    ]
    return [text for text in found if text and "а" <= text[0] <= "я"][:most]


def spelling_logp(
    vocabulary: Sequence[str], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return log P that one word of each pair stands for the other; the better direction counts.

    left, right number words of the vocabulary; the answer has their shape. About a microsecond a
    pair and 50 for each distinct word.
    """
    out = np.full(len(left), UNKNOWN)
    if not len(left):
        return out
    spelled = [alphabet.numbers(word)[:30] for word in vocabulary]
    letters = np.frombuffer(b"".join(alphabet.plain(word) for word in spelled), np.uint8).copy()
    starts = np.zeros(len(spelled) + 1, np.int32)
    np.cumsum([len(word) for word in spelled], out=starts[1:])
    tables, _ = _tables()
    models = knowledge().models
    lattice = np.zeros((34, 66))
    for one, other in ((left, right), (right, left)):
        order = np.argsort(one, kind="stable")
        bounds = np.flatnonzero(np.r_[True, np.diff(one[order]) > 0, True])
        for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            rows = order[begin:end]
            word = spelled[one[rows[0]]]
            if not word:
                continue
            tables.fill(0, np.frombuffer(word, np.uint8), _BASE, models)
            names = other[rows].astype(np.int32)
            scores = np.zeros(len(rows), np.float32)
            score_words(
                0, names, len(rows), letters, starts, tables.sizes, tables.first,
                tables.size, tables.target, tables.length, tables.chance, 0, lattice, scores,
            )  # fmt: skip
            out[rows] = np.maximum(out[rows], scores)
    return out
