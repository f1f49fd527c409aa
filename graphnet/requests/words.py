"""The words of a request, brought to stems by which Russian and English forms of one word meet."""

import re
from collections.abc import Iterable
from math import log

_WORD = re.compile(r"[^\W\d_]{2,}|[^\W\d_]+\d[\w-]*", re.UNICODE)
# What stands in every request and says nothing of what it is about.
_COMMON = """
    the and for with you your our are was were this that from have has had can could would should
    who whom what when where which how why please help need want like about into not but there here
    they them their his her its any some one two more most very also just get find looking look
    alumni alumnus alumna university association graduate
    что как где кто кого чем для или при без над под про это эта этот эти тот того там тут ещё еще
    уже мне меня нам нас вам вас его она они оно был была были быть есть нет все всё весь вся наш
    ваш мой моя моё свой если чтобы когда только можно нужно нужен нужна нужны надо хочу хотим
    хотел хотела хотели помогите помочь помощь прошу просим подскажите пожалуйста ищу ищем найти
    который которая которые будет очень также выпускник выпускника выпускники выпускников
    ее их год года году годы годов лет окончил окончила окончили закончил закончила учился училась
    учились группа группе группы группу получить прислать year years group studied graduated
    университет университета ассоциация ассоциации здравствуйте добрый день"""
_SAYS_NOTHING = frozenset(_COMMON.split())
_ENDING = re.compile(
    r"(?:иями|ями|ами|иях|ях|ах|иям|ием|ого|его|ому|ему|ыми|ими|ией|ей|ой|ий|ый|ая|яя|ое|ее|ую|юю"
    r"|ые|ие|ию|ия|ии|ью|ов|ев|ом|ем|ам|ям|ых|их|а|я|о|е|ы|и|у|ю|ь|й)$"
)
_TAIL = re.compile(r"(?:ическ|ческ|ичн|овск|ств|ист|ик|ов|ев|ск|енн|нн|н)$")
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
    """Return the stems of what texts are about."""
    found = (word for text in texts if text for word in _WORD.findall(text.casefold()))
    return frozenset(stem(word) for word in found if word.replace("ё", "е") not in _SAYS_NOTHING)


def weigh(documents: Iterable[frozenset[str]]) -> dict[str, float]:
    """Return how much each stem tells apart: less, the more documents have it."""
    counted: dict[str, int] = {}
    n = 0
    for document in documents:
        n += 1
        for word in document:
            counted[word] = counted.get(word, 0) + 1
    return {word: log(1 + n / times) for word, times in counted.items()}
