"""The words of a request, brought to stems by which Russian and English forms of one word meet."""

import re
from collections.abc import Iterable
from math import log

from graphnet.requests.small_words import SMALL_WORDS

_WORD = re.compile(r"[^\W\d_]{2,}|[^\W\d_]+\d[\w-]*", re.UNICODE)
_ENDING = re.compile(
    r"(?:иями|ями|ами|иях|ях|ах|иям|ием|ого|его|ому|ему|ыми|ими|ией|ей|ой|ий|ый|ая|яя|ое|ее|ую|юю"
    r"|ым|(?<=[кгхщшч])им|ые|ие|ию|ия|ии|ью|ов|ев|ом|ем|ам|ям|ых|их|а|я|о|е|ы|и|у|ю|ь|й)$"
)
_TAIL = re.compile(r"(?:ическ|ческ|ичн|овск|ств|ист|ик|ов|ев|ск|енн|нн|н)$")
_MANY = 0.1  # what more than one of ten texts has tells none of them from the others ...
_ENOUGH = 20  # ... once there are as many texts as this
_ENGLISH = re.compile(r"(?:ations?|ings?|ical|ics?|ies|es|al|s|y|e)$")


def stem(word: str) -> str:
    """Return the part of a word that its forms share, as far as endings tell.

    Examples
    --------
    >>> {stem(word) for word in ("лазер", "лазеров", "лазерный", "лазерная")}
    {'лазер'}
    >>> {stem(word) for word in ("optics", "optical")}
    {'opt'}
    """
    plain = word.casefold().replace("ё", "е")
    if len(plain) < 5:
        return plain
    if plain.isascii():
        cut = _ENGLISH.sub("", plain)
        return cut if len(cut) >= 3 else plain
    cut = _ENDING.sub("", plain)
    for _ in range(2):  # -инск- and -ин- are the same word's
        short = _TAIL.sub("", cut)
        if len(short) >= 3 and len(cut) >= 5:
            cut = short
    return cut if len(cut) >= 3 else plain


def plain_words(text: str) -> set[str]:
    """Return the words of a text as they stand, but for case."""
    return {word.casefold() for word in _WORD.findall(text)}


def stems(*texts: str | None) -> frozenset[str]:
    """Return the stems of what texts are about: of the words that say something.

    Examples
    --------
    >>> sorted(stems("The first years: who could tell me more about lasers?"))
    ['laser']
    >>> sorted(stems("Первые годы: кто первым мог бы рассказать мне о лазерах?"))
    ['лазер']
    """
    words = (word for text in texts if text for word in _WORD.findall(text.casefold()))
    return frozenset(
        cut
        for word in words
        if (cut := stem(word)) not in _SAYS_NOTHING and word.replace("ё", "е") not in _SAYS_NOTHING
    )


def weigh(documents: Iterable[frozenset[str]]) -> dict[str, float]:
    """Return how much each stem tells apart: less, the more documents have it; 0 if many have."""
    counted: dict[str, int] = {}
    n = 0
    for document in documents:
        n += 1
        for word in document:
            counted[word] = counted.get(word, 0) + 1
    most = _MANY * n if n >= _ENOUGH else n
    return {word: log(1 + n / times) if times <= most else 0.0 for word, times in counted.items()}


# A short stem may be another word's too («потом» and «поты»): of those the words themselves.
_SAYS_NOTHING = SMALL_WORDS | {cut for word in SMALL_WORDS if len(cut := stem(word)) > 3}
