"""How a question may be read: as typed, on the other keyboard, cut where a space is missing.

Which reading comes first is decided by how usual the pairs of letters are, in either script.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graphnet.names import alphabet, lexicon
from graphnet.names.learned import Knowledge, Meaning
from graphnet.names.query import words as words_of

MOST_WORDS = 5
_SIGNS = re.compile(r"[\[\];,<>{}:\"~`]|\.(?=\S)")
OTHER_LAYOUT = -2.0
JOINED = -5.0
SHIFTED = -5.0
SURELY = 1.2  # nats a letter by which one layout is the more usual
PERHAPS = -0.8


@dataclass(frozen=True)
class Asked:
    """One reading of a question: its words as letter numbers, and what that reading costs."""

    words: tuple[bytes, ...]
    logp: float = 0.0
    layout: bool = False
    cut: bool = False  # where no space was typed, or not there
    yo: tuple[int, ...] = ()  # for each word, whether it was typed with ё


def interpretations(query: str, known: Knowledge) -> list[Asked]:
    """Return the readings of a question, the most usual first."""
    typed = spelled(query)
    other = spelled(alphabet.other_layout(query))
    as_typed = Asked(typed, yo=_yo(query))
    readings = [as_typed] if typed else []
    if other:
        gain = usual(other) - usual(typed) if typed else 9.0
        gain += _names_in(other, known) - _names_in(typed, known)
        # Who means Latin letters does not hit the keys of signs.
        gain -= 3.0 * len(_SIGNS.findall(alphabet.other_layout(query)))
        switched = Asked(other, OTHER_LAYOUT, layout=True)
        if gain > SURELY:
            readings = [switched, *readings]
        elif gain > PERHAPS:
            readings.append(switched)
    others = capitals(query, as_typed) if typed else []
    for reading in readings:
        if len(reading.words) == 1 and may_be_cut(reading.words[0]):
            others += cuts(reading, known)
        elif len(reading.words) > 1:
            others += shifts(reading, known)
    return readings + others


def may_be_cut(word: bytes) -> bool:
    """Say whether one word may be two names without a space: long enough, and no other word."""
    return len(word) >= 7 and not lexicon.is_common(alphabet.text(word))


def _yo(query: str) -> tuple[int, ...]:
    return tuple(int("ё" in word.lower()) for word in words_of(query))


def _names_in(words: tuple[bytes, ...], known: Knowledge) -> float:
    found = any(len(w) > 2 and known.given.groups_of(alphabet.plain(w)) for w in words)
    return 2.0 if found else 0.0


def spelled(query: str, *, fillers: bool = False) -> tuple[bytes, ...]:
    """Return the words of a question as letter numbers, hyphens closed."""
    typed = words_of(query, fillers=fillers)
    return tuple(w[:30] for w in map(alphabet.numbers, typed) if w)[:MOST_WORDS]


_PATRONYMIC = tuple(
    alphabet.numbers(ending)
    for ending in ("вич", "вна", "чна", "ич", "vich", "vna", "chna", "ich", "itch", "tsch", "vic")
)


def like_patronymic(word: bytes) -> bool:
    """Say whether a word may be a patronymic: by its ending, or as an initial."""
    return len(word) == 1 or (len(word) > 4 and alphabet.plain(word).endswith(_PATRONYMIC))


def cuts(reading: Asked, known: Knowledge) -> list[Asked]:
    """Return the ways to cut one long word into a given and a family name, where one is known."""
    word = reading.words[0]
    plain = alphabet.plain(word)
    found: list[tuple[int, Asked]] = []
    for at in range(2, len(word) - 1):
        for skip in (0, 1):  # the space was lost, or hit beside
            left, right = plain[:at], plain[at + skip :]
            for part in (left, right):
                if len(part) >= 3 and known.given.groups_of(part) and len(left) and len(right) > 1:
                    words = (word[:at], word[at + skip :])
                    cost = reading.logp + JOINED - 2 * skip
                    found.append((len(part), Asked(words, cost, reading.layout, cut=True)))
    found.sort(key=lambda one: -one[0])
    return [asked for _, asked in found[:3]]


def capitals(query: str, reading: Asked) -> list[Asked]:
    """Return the readings in which a capital within a word begins the next one.

    The space before it was lost («ИванПетров»), became a letter («ИванрПетров») or came too early
    («Ива нПетров»). A name that is written so (MacDonald) is found as it was typed, before that.
    """
    typed = words_of(query)[:MOST_WORDS]
    found: list[Asked] = []
    for x, word in enumerate(typed):
        for at in range(1, len(word) - 1):
            if not (word[at].isupper() and word[at - 1].islower()):
                continue
            left, right = alphabet.numbers(word[:at]), alphabet.numbers(word[at:])
            before, after = reading.words[:x], reading.words[x + 1 :]
            if len(typed) != len(reading.words) or not left or len(right) < 2:
                continue
            ways: list[tuple[float, tuple[bytes, ...]]] = []
            if len(left) > 2:
                ways = [(JOINED, (left, right)), (JOINED - 2, (left[:-1], right))]
            elif x and len(left) == 1:
                ways = [(SHIFTED, (before[-1] + left, right))]
                before = before[:-1]
            for cost, words in ways:
                whole = (*before, *words, *after)[:MOST_WORDS]
                found.append(Asked(whole, reading.logp + cost, reading.layout))
    return found


def soft_cuts(word: bytes, meaning: Meaning, logp: float, *, layout: bool) -> list[Asked]:
    """Return ways to cut one long word where neither part is a known form as it stands.

    The part that looks most like some given name, a long one before a short one, decides.
    """
    found: list[tuple[float, Asked]] = []
    for at in range(3, len(word) - 1):
        for skip in (0, 1):
            left, right = word[:at], word[at + skip :]
            if len(right) < 2:
                continue
            for part in (left, right) if skip == 0 else (right,):
                if len(part) < 3 or len(part) > 12:
                    continue
                meant = meaning.of(0, np.frombuffer(part, np.uint8))
                likeness = float(meant.max()) + 1.5 * len(part) - 1.5 * skip
                cost = logp + JOINED - 2 * skip
                found.append((likeness, Asked((left, right), cost, layout, cut=True)))
    found.sort(key=lambda one: -one[0])
    return [asked for _, asked in found[:4]]


def shifts(reading: Asked, known: Knowledge) -> list[Asked]:
    """Return the readings in which a space was typed a letter too early or too late.

    Only where that makes a given name whole: else every typing error would be asked three times.
    """
    found = []
    for x in range(len(reading.words) - 1):
        left, right = reading.words[x], reading.words[x + 1]
        if len(left) < 2 or len(right) < 2:
            continue
        for one, other in ((left[:-1], left[-1:] + right), (left + right[:1], right[1:])):
            if not any(known.given.groups_of(alphabet.plain(part)) for part in (one, other)):
                continue
            words = (*reading.words[:x], one, other, *reading.words[x + 2 :])
            found.append(Asked(words, reading.logp + SHIFTED, reading.layout))
    return found


def usual(words: tuple[bytes, ...]) -> float:
    """Return how usual the letters are in their order: mean log probability a letter."""
    table = _pairs()
    total, n = 0.0, 0
    for word in words:
        plain = alphabet.plain(word)
        if len(plain) < 2:
            continue
        padded = b"\0" + plain + b"\0"
        total += sum(float(table[a, b]) for a, b in pairwise(padded))
        n += len(padded) - 1
    return total / n if n else -5.0


@lru_cache(maxsize=1)
def _pairs() -> NDArray[np.float64]:
    """Return log P(letter | letter before) in names, from the forms of given names and endings."""
    from graphnet.names.learned import knowledge

    counts = knowledge().letter_pairs.astype(np.float64) + 0.3
    forms = knowledge().given.forms
    for i in range(len(forms)):
        padded = b"\0" + forms.word(i) + b"\0"
        for a, b in pairwise(padded):
            counts[a, b] += 1
    table: NDArray[np.float64] = np.log(counts / counts.sum(axis=1, keepdims=True))
    return table
