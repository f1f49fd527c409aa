"""Kinds of values: when two of them are alike, how much, and by which tokens they are found.

A kind's levels stand in sets. Within a set the levels exclude each other and are all there is:
names of one script are compared by one set, names across two scripts by another, because who
writes in which alphabet says nothing about who is who.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from graphnet.contacts import spellings
from graphnet.names import alphabet, fold
from graphnet.names.learned import Meaning, knowledge

Codes = NDArray[np.int64]
Levels = NDArray[np.int8]
Vocabulary = Sequence[str]

# How the chance that two strangers agree follows from how many bear the value (`model.chances`).
COMMON = "common"  # the same name: as many as bear it
FORMS = "forms"  # a form of it: as many as bear forms of it
SPELLED = "spelled"  # the other script: as many as bear what is spelled so
TYPED = "typed"  # a letter apart: chance, but for two names that are both well known
LOCAL = "local"  # the same name at another host: as many as have it, of those called so
CHANCE = "chance"  # whatever random pairs show


@dataclass(frozen=True)
class Kind:
    """One kind of value.

    sets: the levels, set after set, each a name and the way its chance is found. compare gives the
    level of pairs of values, counted through all sets; key makes a text comparable; tokens are by
    what a value is found (those with ~ are for typing errors); form is what it is a form of.
    finest: what the first set says overrules the second, which compares less: of two whole dates
    that differ nothing is mended by a third record that has the year alone.
    """

    sets: tuple[tuple[tuple[str, str], ...], ...]
    compare: Callable[[Vocabulary, Codes, Codes], Levels]
    key: Callable[[str], str]
    tokens: Callable[[Vocabulary], list[list[str]]]
    form: Callable[[str], str] = str
    finest: bool = False

    @property
    def levels(self) -> list[tuple[str, str]]:
        """Return all levels in the order in which they are counted."""
        return [level for one in self.sets for level in one]


def _pairwise(
    vocabulary: Vocabulary, left: Codes, right: Codes
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Return edit distance, Jaro-Winkler similarity and the longer length of each pair."""
    texts = np.array(vocabulary, object)
    a, b = texts[left].tolist(), texts[right].tolist()
    size = np.array([len(text) for text in vocabulary], np.int64)
    osa = cpdist(a, b, scorer=OSA.distance, dtype=np.int64)
    jaro = cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float64)
    return osa, jaro, np.maximum(size[left], size[right])


def _first(conditions: Sequence[NDArray[np.bool_]], n: int) -> Levels:
    """Return the number of the first condition that holds, their count where none does."""
    levels = np.full(n, len(conditions), np.int8)
    for i in range(len(conditions) - 1, -1, -1):
        levels[conditions[i]] = i
    return levels


# Names ---------------------------------------------------------------------------------------

_ONE_SCRIPT = (
    ("same", COMMON), ("other form", FORMS), ("one letter", TYPED), ("alike", CHANCE),
    ("beginning", CHANCE), ("somewhat alike", CHANCE), ("different", CHANCE),
)  # fmt: skip
_TWO_SCRIPTS = (
    ("spelled alike", SPELLED), ("other form", FORMS), ("alike", CHANCE), ("different", CHANCE),
)  # fmt: skip
_ALIKE, _NEARLY = -4.5, -9.5  # log P of a usual spelling; of one with a typing error in it


def is_latin(text: str) -> bool:
    """Say whether a name is written in Latin letters."""
    return alphabet.is_latin(alphabet.numbers(text))


_folded = lru_cache(maxsize=400_000)(fold)


@lru_cache(maxsize=400_000)
def _known(text: str) -> frozenset[int]:
    """Return the given names that a word is known to be a form of."""
    given = knowledge().given
    return frozenset(g for g, _ in given.groups_of(alphabet.plain(alphabet.numbers(text))))


LIKELY, AS_LIKELY = -6.0, 2.0  # log P of what an unknown word may mean; how far behind the best


@lru_cache(maxsize=400_000)
def _groups(text: str) -> frozenset[int]:
    """Return the given names that a word is, or probably is, a form of: "serezha" is Сергей."""
    known = _known(text)
    letters = np.frombuffer(alphabet.numbers(text)[:30], np.uint8)
    if known or len(letters) < 3:
        return known
    meant = _meaning().of(0, letters)
    best = float(meant.max())
    if best < LIKELY:
        return known
    return frozenset(np.flatnonzero(meant >= max(LIKELY, best - AS_LIKELY)).tolist())


@lru_cache(maxsize=1)
def _meaning() -> Meaning:
    return Meaning(knowledge(), 1)


def _given_form(text: str) -> str:
    """Return one word for all forms of a given name, as far as they have one."""
    groups = _groups(text)
    return f"#{min(groups)}" if len(groups) == 1 else _folded(text)


def _compare_names(vocabulary: Vocabulary, left: Codes, right: Codes, *, given: bool) -> Levels:
    n = len(left)
    osa, jaro, longer = _pairwise(vocabulary, left, right)
    latin = np.array([is_latin(text) for text in vocabulary], np.bool_)
    keys = {key: i for i, key in enumerate(sorted({_folded(text) for text in vocabulary}))}
    key = np.array([keys[_folded(text)] for text in vocabulary], np.int64)
    across = latin[left] != latin[right]
    forms = np.zeros(n, np.bool_)
    others = np.zeros(n, np.bool_)
    if given:
        groups = [_groups(text) for text in vocabulary]
        meant = np.array([bool(some) for some in groups], np.bool_)
        known = np.array([bool(_known(text)) for text in vocabulary], np.bool_)
        both = np.flatnonzero(meant[left] & meant[right])
        forms[both] = [not groups[left[i]].isdisjoint(groups[right[i]]) for i in both]
        others = known[left] & known[right] & ~forms
    # The transducer is asked only where it may say something.
    asked = np.flatnonzero(across | (latin[left] & ((osa <= 3) | (jaro > 0.8))))
    logp = np.full(n, -99.0)
    logp[asked] = spellings.spelling_logp(vocabulary, left[asked], right[asked])
    texts = vocabulary
    begins = np.array(
        [
            texts[i].startswith(texts[j]) or texts[j].startswith(texts[i])
            for i, j in zip(left.tolist(), right.tolist(), strict=True)
        ],
        np.bool_,
    )
    same = key[left] == key[right]
    one = _first(
        [
            same,
            forms | (latin[left] & (logp >= _ALIKE) & ~others),
            (osa == 1) & (longer > 3) & ~others,
            ((jaro >= 0.9) | ((osa == 2) & (longer > 6))) & ~others,
            begins & ~others,
            (jaro >= 0.78) & ~others,
        ],
        n,
    )
    two = _first([(logp >= _ALIKE) | same, forms, (logp >= _NEARLY) & ~others], n)
    return np.where(across, two + len(_ONE_SCRIPT), one).astype(np.int8)


def name_key(text: str) -> str:
    """Return a name as it is compared: lower case, ё as е, words and hyphens closed up."""
    return re.sub(r"[^\w]+|_", "", text.casefold().replace("ё", "е"))


def _without_one(word: str) -> set[str]:
    """Return all that lack one letter of a skeleton; none of a short one."""
    return {word[:i] + word[i + 1 :] for i in range(len(word))} if len(word) > 2 else set()


_LATIN_VOWELS = re.compile(r"[aeiouy ]+")
READINGS = 4


def _name_tokens(vocabulary: Vocabulary, *, given: bool) -> list[list[str]]:
    """Return the tokens of names: skeletons of consonants, and with ~ what typing errors make.

    A skeleton without a letter is found by another one without another.
    """
    scripts = {is_latin(text) for text in vocabulary}
    found = []
    for text in vocabulary:
        tokens: set[str] = set()
        if given:
            tokens |= {f"#{g}" for g in _groups(text)}
        if is_latin(text):
            bare = _LATIN_VOWELS.sub("", _folded(text)) or text
            tokens |= {"l" + bare, "~l" + bare} | {"~l" + word for word in _without_one(bare)}
            if len(scripts) == 2:
                for i, reading in enumerate(spellings.cyrillic_readings(text, READINGS)):
                    whole = reading if given else spellings.masculine(reading)
                    bare = spellings.skeleton(whole)
                    tokens |= {"c" + bare, "~c" + bare} if i < 2 else {"~c" + bare}
        else:
            bare = spellings.skeleton(text)
            tokens |= {"c" + bare, "~c" + bare} | {"~c" + word for word in _without_one(bare)}
        found.append(sorted(tokens))
    return found


def _names(*, given: bool, key: Callable[[str], str]) -> Kind:
    return Kind(
        (_ONE_SCRIPT, _TWO_SCRIPTS),
        lambda vocabulary, left, right: _compare_names(vocabulary, left, right, given=given),
        key,
        lambda vocabulary: _name_tokens(vocabulary, given=given),
        _given_form if given else _folded,
    )


# Dates ---------------------------------------------------------------------------------------

_FULL = (
    ("same", COMMON), ("one digit", CHANCE), ("two parts the same", CHANCE),
    ("within a month", CHANCE), ("within a year", CHANCE), ("within ten years", CHANCE),
    ("different", CHANCE),
)  # fmt: skip
_YEAR_ONLY = (("same year", CHANCE), ("a year apart", CHANCE), ("different", CHANCE))


def _compare_dates(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    n = len(left)
    full = np.array([len(text) == 10 for text in vocabulary], np.bool_)
    osa, _, _ = _pairwise(vocabulary, left, right)
    parts = np.array([_parts(text) for text in vocabulary], np.int64).reshape(-1, 4)
    a, b = parts[left], parts[right]
    alike = (a[:, :3] == b[:, :3]).sum(1)
    swapped = (a[:, 0] == b[:, 0]) & (a[:, 1] == b[:, 2]) & (a[:, 2] == b[:, 1])
    days = np.abs(a[:, 3] - b[:, 3])
    one = _first(
        [osa == 0, (osa == 1) | swapped, alike == 2, days <= 31, days <= 366, days <= 3660], n
    )
    years = np.abs(a[:, 0] - b[:, 0])
    two = _first([years == 0, years == 1], n)
    return np.where(full[left] & full[right], one, two + len(_FULL)).astype(np.int8)


def _parts(text: str) -> tuple[int, int, int, int]:
    """Return year, month, day and the number of the day; 0 where the text does not say."""
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    year, month, day = (*numbers, 0, 0, 0)[:3]
    try:
        return year, month, day, date(year, month or 1, day or 1).toordinal()
    except ValueError:
        return year, month, day, 0


def _date_tokens(vocabulary: Vocabulary) -> list[list[str]]:
    found = []
    for text in vocabulary:
        year = text[:4]
        tokens = [year]
        if len(text) == 10:
            tokens += [text, "~" + text[5:], "~" + year + text[8:], "~" + text[:7]]
        found.append(tokens)
    return found


# The rest ------------------------------------------------------------------------------------


def _compare_years(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    years = np.array([_parts(text)[0] for text in vocabulary], np.int64)
    apart = np.abs(years[left] - years[right])
    return _first([apart == 0, apart == 1, apart == 2], len(left))


def _compare_exactly(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    return _first([left == right], len(left))


def _compare_texts(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    osa, jaro, longer = _pairwise(vocabulary, left, right)
    return _first(
        [
            osa == 0,
            osa <= np.maximum(1, longer // 8),
            (jaro >= 0.9) | (osa <= longer // 4),
            jaro >= 0.75,
        ],
        len(left),
    )


def _compare_codes(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    osa, _, _ = _pairwise(vocabulary, left, right)
    return _first([osa == 0, osa == 1, osa == 2], len(left))


def _compare_emails(vocabulary: Vocabulary, left: Codes, right: Codes) -> Levels:
    osa, _, _ = _pairwise(vocabulary, left, right)
    local = [text.partition("@")[0] for text in vocabulary]
    local_osa, jaro, _ = _pairwise(local, left, right)
    return _first(
        [osa == 0, osa == 1, osa == 2, local_osa == 0, jaro >= 0.9, jaro >= 0.75], len(left)
    )


def _text_tokens(vocabulary: Vocabulary) -> list[list[str]]:
    return [
        sorted({text, "~" + text[:5], *("~" + word for word in text.split() if len(word) > 2)})
        for text in vocabulary
    ]


def _code_tokens(vocabulary: Vocabulary) -> list[list[str]]:
    return [
        [text, "~<" + text[: len(text) // 2], "~>" + text[len(text) // 2 :]]
        if len(text) > 5
        else [text]
        for text in vocabulary
    ]


def _email_tokens(vocabulary: Vocabulary) -> list[list[str]]:
    return [[text, text.partition("@")[0] + "@", "~" + text[:5]] for text in vocabulary]


def _own_token(vocabulary: Vocabulary) -> list[list[str]]:
    return [[text] for text in vocabulary]


def plain(text: str) -> str:
    """Return a text in lower case with single spaces."""
    return " ".join(text.casefold().split())


def family_key(text: str) -> str:
    """Return a family name as it is compared, in its masculine form."""
    return spellings.masculine(name_key(text))


def patronymic_key(text: str) -> str:
    """Return a patronymic as it is compared: the father's name."""
    return spellings.father(name_key(text))


_EXACT = (("same", COMMON), ("different", CHANCE))
_GRADED = (("same", COMMON), ("one letter", CHANCE), ("alike", CHANCE), ("different", CHANCE))

KINDS = {
    "given": _names(given=True, key=name_key),
    "family": _names(given=False, key=family_key),
    "patronymic": _names(given=False, key=patronymic_key),
    "date": Kind((_FULL, _YEAR_ONLY), _compare_dates, plain, _date_tokens, finest=True),
    "year": Kind(
        ((("same", COMMON), ("a year apart", CHANCE), ("two years apart", CHANCE),
          ("different", CHANCE)),),
        _compare_years, plain, _own_token,
    ),
    "exact": Kind((_EXACT,), _compare_exactly, plain, _own_token),
    "code": Kind((_GRADED,), _compare_codes, plain, _code_tokens),
    "text": Kind(
        ((("same", COMMON), ("one letter", CHANCE), ("alike", CHANCE), ("somewhat alike", CHANCE),
          ("different", CHANCE)),),
        _compare_texts, plain, _text_tokens,
    ),
    "email": Kind(
        ((("same", COMMON), ("one letter", CHANCE), ("two letters", CHANCE),
          ("other host", LOCAL), ("alike", CHANCE), ("somewhat alike", CHANCE),
          ("different", CHANCE)),),
        _compare_emails, plain, _email_tokens,
    ),
}  # fmt: skip
