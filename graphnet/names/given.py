"""Given names as groups of forms: Саша is Александр or Александра, Bob is Robert.

A word that is nobody's full name is compared with all known forms, in either script and with typing
errors, and with the stems of those forms: who has never seen «Сашутка» still knows whom «Саш» and a
usual ending may mean.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graphnet.names import alphabet
from graphnet.names.tokens import Words, build_words

SHORT_PRIOR = 0.6  # a short form beside the full name
ENDINGS = """
а я ка ик ок ек чик ша ха шка юша уша юха уха юня уня юля уля юся уся енька онька очка ечка ушка
юшка ышка ишка он ян ан ос ич ыч инка енок ух юх ай яй ута юта утка ютка урка ура ася яся аня яня
иша аша яша оша еша ашка яшка ошка ешка иха очек ечек ец ель ла ня ся ля та тя ина ена ёна енция
ушок ушек юшок анчик унчик ончик ыш ман сик тик лик ник рик о и ус ис чка нька шенька шечка сенька
унька юнька улька юлька уська юська
"""
LATIN_ENDINGS = """
a ya ia ja ka ik ok ek yok chik sha kha ha shka yusha usha iusha ukha uha enka onka ochka echka
ushka yushka iushka ishka on yan ian an os ich ych inka enok y ie i ey ee s o er ulya ulia unya
unia yunya usya usia chka
"""


@dataclass(frozen=True)
class GivenNames:
    """All groups: `names[g]` and the words that may mean it.

    forms and stems are tables of words; *_starts, *_group, *_logp say for each word which groups it
    may mean and with which log probability.
    """

    names: tuple[str, ...]
    full: frozenset[bytes]  # the forms that are full names, in either script
    forms: Words
    form_starts: NDArray[np.int32]
    form_group: NDArray[np.int32]
    form_logp: NDArray[np.float64]
    stems: Words
    stem_starts: NDArray[np.int32]
    stem_group: NDArray[np.int32]
    stem_logp: NDArray[np.float64]

    @cached_property
    def form_number(self) -> dict[bytes, int]:
        """Return the number of each form by its letters."""
        return {self.forms.word(i): i for i in range(len(self.forms))}

    def is_full(self, word: bytes) -> bool:
        """Say whether a word is a full name, whatever it may be short for as well."""
        return word in self.full

    def groups_of(self, word: bytes) -> list[tuple[int, float]]:
        """Return the groups of a known form, with log probabilities; none if it is unknown."""
        number = self.form_number.get(word)
        if number is None:
            return []
        rows = range(self.form_starts[number], self.form_starts[number + 1])
        return [(int(self.form_group[x]), float(self.form_logp[x])) for x in rows]


def read_groups(lines: Iterable[str]) -> dict[str, tuple[float, list[str], list[str]]]:
    """Read lines `name weight: forms`; a form with = is a full name too."""
    groups: dict[str, tuple[float, list[str], list[str]]] = {}
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        head, _, tail = line.partition(":")
        name, _, weight = head.rpartition(" ")
        name = name.casefold().replace("ё", "е")
        known = groups.get(name)
        full = [form[1:] for form in tail.split() if form.startswith("=")]
        short = [form for form in tail.split() if not form.startswith("=")]
        if known:
            groups[name] = (max(known[0], float(weight)), known[1] + full, known[2] + short)
        else:
            groups[name] = (float(weight), full, short)
    return groups


def build(groups: dict[str, tuple[float, list[str], list[str]]]) -> GivenNames:
    """Make the tables of forms and stems."""
    names = tuple(groups)
    forms: dict[bytes, dict[int, float]] = defaultdict(dict)
    stems: dict[bytes, dict[int, float]] = defaultdict(dict)
    inner: dict[bytes, dict[int, float]] = defaultdict(dict)

    def enter(table: dict[bytes, dict[int, float]], word: bytes, group: int, weight: float) -> None:
        if len(word) >= 2:
            table[word][group] = max(table[word].get(group, 0.0), weight)

    every_full: set[bytes] = set()
    for g, (name, (weight, full, short)) in enumerate(groups.items()):
        fulls = {spelled(form) for form in (name, *full)}
        every_full |= fulls
        for word in sorted(fulls):
            # A full name means itself first, even if it is another's short form too.
            enter(forms, word, g, 20 * weight)
            shortest = 3 if not alphabet.is_latin(word) else 4
            for cut in range(shortest, len(word)):
                enter(stems, word[:cut], g, weight * (0.25, 0.6, 1.0)[min(cut - 3, 2)])
            for piece in inner_stems(word):
                inner[piece][g] = weight
        for form in short:
            word = spelled(form)
            enter(forms, word, g, SHORT_PRIOR * weight)
            bare = stem(word)
            if len(bare) >= 2:
                enter(stems, bare, g, weight * (0.7 if len(bare) == 2 else 1.0))
    return GivenNames(names, frozenset(every_full), *_table(forms), *_table(stems, inner))


def spelled(form: str) -> bytes:
    """Return a form as letter numbers without marks."""
    return alphabet.plain(alphabet.numbers(form))


INNER, INNER_SHORT = -4.5, -6.5  # a stem that does not begin where the name begins


def inner_stems(word: bytes) -> list[bytes]:
    """Return what speech makes of a name whose beginning it drops: (Ан)др-он, (Е)лен-очка.

    Such a stem begins with a consonant, after at least one vowel, and has two to five letters.
    """
    found: list[bytes] = []
    if alphabet.is_latin(word):
        return found
    for begin in range(1, len(word) - 1):
        if word[begin] in _VOWELS or not any(letter in _VOWELS for letter in word[:begin]):
            continue
        found += [word[begin:end] for end in range(begin + 2, min(begin + 5, len(word)) + 1)]
    return found


_VOWELS = frozenset(spelled("аеиоуыэюяйьaeiouy"))


def stem(word: bytes) -> bytes:
    """Return a form without its last vowels."""
    end = len(word)
    while end > 2 and word[end - 1] in _VOWELS:
        end -= 1
    return word[:end]


def _table(
    words: dict[bytes, dict[int, float]],
    inner: dict[bytes, dict[int, float]] | None = None,
) -> tuple[Words, NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    inner = inner or {}
    ordered = sorted({*words, *inner})
    starts, group, logp = [0], [], []
    for word in ordered:
        owners, within = words.get(word, {}), inner.get(word, {})
        total = sum(owners.values())
        share = sum(within.values())
        for g in sorted({*owners, *within}):
            # Half-way to the plain share: the rare Александра must stay within reach of «Саша».
            value = 0.7 * math.log(owners[g] / total) if g in owners else -math.inf
            if g in within:
                cost = INNER_SHORT if len(word) == 2 else INNER
                value = max(value, 0.7 * math.log(within[g] / share) + cost)
            group.append(g)
            logp.append(value)
        starts.append(len(group))
    return (
        build_words(ordered),
        np.array(starts, np.int32),
        np.array(group, np.int32),
        np.array(logp),
    )


_ENDINGS = {spelled(e): -1.2 - 0.25 * len(e) for e in (ENDINGS + LATIN_ENDINGS).split()}


def ending_logp(word: bytes) -> NDArray[np.float64]:
    """Return for each i how probable an ending the letters from i on are: log, shape (n + 1,)."""
    out = np.empty(len(word) + 1)
    for i in range(len(word) + 1):
        rest = word[i:]
        out[i] = -1.5 if not rest else _ENDINGS.get(rest, -2.0 - 1.1 * len(rest))
    return out
