"""Words of the language that are nobody's name unless somebody bears exactly that name.

«Телескоп» and "membership" are a letter or two from somebody's name, as every short word is; who
types one of them does not mean that person. `common_words.npz` holds the stems of the words that
two spelling dictionaries write with a small letter, as sorted 32-bit hashes. It is made by
`graphnet names words` from:

- dictionary-ru, copyright 1997-2008 Alexander I. Lebedev (BSD-3-Clause);
- dictionary-en, derived from SCOWL, copyright 2000-2019 Kevin Atkinson (MIT and BSD).

Their notices are in `common_words.licence.txt`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("common_words.npz")
SHORTEST = 4
_ENDINGS = """
иями ями ами иях ях ах иям ям ам ием ем ом ией ей ой ею ою ию ью ю ия ья я а ие ье е ии ьи и ы ь й у
о ого его ому ему ых их ыми ими ым им ый ий ая яя ое ее ую юю ов ев ies es s ed ing e y
"""
_ENDING = re.compile(
    "(?<=.{3})(?:" + "|".join(sorted(_ENDINGS.split(), key=lambda e: -len(e))) + ")$"
)
_PREFIX = re.compile(r"PFX (?P<flag>\S) +0 +(?P<prefix>[a-z]+) ")
_WORD = re.compile("[а-я]+|[a-z]+")


def stem(word: str) -> str:
    """Return a word in small letters without the ending of its case or number.

    Examples
    --------
    >>> stem("лаборатории") == stem("лаборатория")
    True
    """
    return _ENDING.sub("", word.replace("ё", "е"))


def _hashed(word: str) -> int:
    return int.from_bytes(blake2b(stem(word).encode(), digest_size=4).digest(), "little")


def build(dictionaries: Iterable[Path]) -> NDArray[np.uint32]:
    """Return the sorted hashes of the words of spelling dictionaries (`.dic`, an `.aff` beside it).

    Names have a capital there. What may stand before a word (re-union) is in the other file.
    """
    words: set[str] = set()
    for path in dictionaries:
        before: dict[str, list[str]] = {}
        for line in path.with_suffix(".aff").read_text(encoding="utf-8").splitlines():
            if found := _PREFIX.match(line):
                before.setdefault(found["flag"], []).append(found["prefix"])
        for line in path.read_text(encoding="utf-8").splitlines():
            word, _, flags = line.strip().partition("/")
            words |= {word, *(prefix + word for f in flags for prefix in before.get(f, ()))}
    plain = (word.replace("ё", "е") for word in words)
    return np.array(
        sorted({_hashed(w) for w in plain if len(w) >= SHORTEST and _WORD.fullmatch(w)}), np.uint32
    )


def write(hashes: NDArray[np.uint32], path: Path) -> None:
    """Write the hashes as the differences between them, which compress."""
    with path.open("wb") as file:
        np.savez_compressed(file, steps=np.diff(hashes, prepend=np.uint32(0)))


@lru_cache(maxsize=1)
def _known() -> NDArray[np.uint32]:
    with np.load(FILE, allow_pickle=False) as file:
        return np.cumsum(file["steps"], dtype=np.uint32)


@lru_cache(maxsize=4096)
def is_common(word: str) -> bool:
    """Say whether this is a word of the language, in whatever case and number."""
    low = word.lower()
    if len(low) < SHORTEST:
        return False
    known, wanted = _known(), np.uint32(_hashed(low))
    place = int(np.searchsorted(known, wanted))
    return place < len(known) and bool(known[place] == wanted)
