"""Letters as small numbers, two scripts in one table; the keyboard; the first step of every search.

Names in other scripts (Georgian, Arabic, Chinese …) are read by their romanisation, so that they
are found as they are written and as they are spelled in Latin letters.

Cyrillic letters are 1 to 32 (ё is е), Latin ones 33 to 58. A Latin letter with a mark that changes
its sound (č, ö, ł) has a number of its own above 58 where somebody's spelling is *read*, because
č is ч far more surely than c is; where a name is *compared* the mark is dropped, because nobody
types it. Number 0 is the edge of a word.
"""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
MARKED = "čćšśşžźżöøüäåéèáăâėëěýłıńñňçğđðřțəąęōū"
LETTERS = CYRILLIC + LATIN + MARKED
FIRST_LATIN = len(CYRILLIC) + 1
BASES = len(CYRILLIC) + len(LATIN) + 1  # numbers below this one are letters without marks
BITS = 6  # a letter without marks fits into this many bits
MARKED_BITS = 7

# Letters of other Cyrillic alphabets and of old spelling, as a Russian speaker would type them.
_CYRILLIC_KIN = {
    "ё": "е", "і": "и", "ї": "и", "є": "е", "ґ": "г", "ў": "у", "ј": "й", "љ": "ль", "њ": "нь",
    "ћ": "ч", "ђ": "дж", "џ": "дж", "ѣ": "е", "ә": "а", "ө": "о", "ү": "у", "ұ": "у", "қ": "к",
    "ғ": "г", "ң": "н", "һ": "х", "җ": "ж", "ҳ": "х", "ӣ": "и", "ӯ": "у", "ҷ": "ч",
}  # fmt: skip
_LATIN_KIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ș": "ş", "ő": "ö", "ű": "ü", "ŕ": "r", "ŋ": "ng",
    "ĭ": "i", "ŭ": "u", "ħ": "h", "ŧ": "t", "ĳ": "ij",
}  # fmt: skip
_PLAIN = {
    "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "ə": "a", "ħ": "h", "ŧ": "t", "ŋ": "n",
}  # fmt: skip

# What looks alike on paper, in either case: one of them in a word of the other script is a slip.
_ALIKE_LATIN, _ALIKE_CYRILLIC = "aceopxykmthb", "асеорхукмтнв"
_AS_CYRILLIC = str.maketrans(_ALIKE_LATIN, _ALIKE_CYRILLIC)
_AS_LATIN = str.maketrans(_ALIKE_CYRILLIC, _ALIKE_LATIN)
# Greek, Armenian to Balinese, polytonic Greek, the scripts of the Far East, Arabic forms.
_OTHER_SCRIPTS = re.compile(
    "[\u0370-\u03ff\u0530-\u1bff\u1c90-\u1cbf\u1f00-\u1fff\u2e80-\ua63f\ua6a0-\ua71f\ua800-\uab2f"
    "\uac00-\ud7ff\uf900-\ufaff\ufb13-\ufdff\ufe70-\ufeff\U00010000-\U0003ffff]+"
)
_NO_LETTER = re.compile("[^A-Za-z ]+")

NUMBER = {letter: i for i, letter in enumerate(LETTERS, start=1)}

_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_ENGLISH_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_SHIFTED = '{}:"<>~'  # the same keys as [];',.` with shift held
_TO_ENGLISH = dict(zip(_RUSSIAN_KEYS, _ENGLISH_KEYS, strict=True))
_TO_RUSSIAN = {e: r for r, e in _TO_ENGLISH.items()} | dict(zip(_SHIFTED, "хъжэбюё", strict=True))


def base_of(letter: str) -> str:
    """Return a letter without its mark."""
    if letter in _PLAIN:
        return _PLAIN[letter]
    return unicodedata.normalize("NFD", letter)[0]


# For every number, the number of the same letter without its mark.
BASE = bytes([0, *(NUMBER[base_of(letter)] for letter in LETTERS)])


@lru_cache(maxsize=4096)
def _spelled(char: str) -> bytes:
    """Return the numbers for one lower-case character, empty if it is no letter of ours."""
    if char in NUMBER:
        return bytes([NUMBER[char]])
    kin = _CYRILLIC_KIN.get(char) or _LATIN_KIN.get(char)
    if kin:
        return bytes(NUMBER[c] for c in kin)
    plain = unicodedata.normalize("NFD", char)[0]
    return bytes([NUMBER[plain]]) if plain in NUMBER else b""


def numbers(word: str) -> bytes:
    """Return a word as letter numbers, marks kept; what is no letter is left out.

    Examples
    --------
    >>> numbers("Ёж") == numbers("еж")
    True
    """
    low = unicodedata.normalize("NFC", word.casefold().replace("ß", "ss"))
    return b"".join(map(_spelled, _in_one_script(low)))


def _in_one_script(low: str) -> str:
    """Return a word with letters of the wrong script, that only look right, as they were meant."""
    cyrillic = sum("а" <= c <= "я" or c == "ё" for c in low)
    latin = sum("a" <= c <= "z" for c in low)
    if not cyrillic or not latin:
        return low
    few = {c for c in low if ("a" <= c <= "z" if latin <= cyrillic else "а" <= c <= "я")}
    if not few <= set(_ALIKE_LATIN if latin <= cyrillic else _ALIKE_CYRILLIC):
        return low
    return low.translate(_AS_CYRILLIC if latin <= cyrillic else _AS_LATIN)


def in_our_scripts(text: str) -> str:
    """Return a text with what is neither Latin nor Cyrillic in Latin letters.

    Examples
    --------
    >>> in_our_scripts("გიორგი Иванов")
    'giorgi Иванов'
    """
    return _OTHER_SCRIPTS.sub(lambda run: _NO_LETTER.sub("", anyascii(run.group())), text)


def plain(word: bytes) -> bytes:
    """Return letter numbers without marks."""
    return word.translate(_TO_BASE)


_TO_BASE = BASE + bytes(range(len(BASE), 256))


def is_latin(word: bytes) -> bool:
    """Say whether most letters of a word are Latin."""
    return 2 * sum(c >= FIRST_LATIN for c in word) > len(word)


def text(word: bytes) -> str:
    """Return letter numbers as text, for people who look at them."""
    return "".join("#" if c == 0 else LETTERS[c - 1] for c in word)


def other_layout(typed: str) -> str:
    """Return what the same keys give when the keyboard is set to the other language.

    Examples
    --------
    >>> other_layout("ghbdtn")
    'привет'
    >>> other_layout("цщкв")
    'word'
    """
    low = typed.lower()
    cyrillic = sum("а" <= c <= "я" or c == "ё" for c in low)
    latin = sum("a" <= c <= "z" for c in low)
    table = _TO_ENGLISH if cyrillic > latin else _TO_RUSSIAN
    return "".join(table.get(c, c) for c in low)
