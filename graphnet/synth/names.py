"""Names: given, patronymic, family, with the right endings, in both scripts, of several peoples."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from graphnet.synth.chance import Ints, by_rank, generator, take, weighted
from graphnet.synth.data import read
from graphnet.synth.romanise import SCHEMES, SHARES, romanise

FEMALE = 2
LATIN_ONLY = 0.30  # in the old card index these were typed without Cyrillic letters
BOTH_SCRIPTS = 0.10
FOREIGN = 0.06
FORMER_NAME = 0.34  # of women
DOUBLE_FAMILY = 0.02
DOUBLE_GIVEN = 0.004
RARE_FAMILY = 0.22  # outside the common list
UNKNOWN_PATRONYMIC = 0.06
_VOWELS = "аеёиоуыэюя"
_DOUBLE_GIVEN = ("Анна-Мария", "Мария-Луиза", "Анна-Виктория", "Ева-Мария")


@dataclass(frozen=True)
class Names:
    """Columns of names, one entry a person; empty where there is none.

    `cyrillic` is the whole name in Cyrillic letters, also of those whose columns are Latin only;
    empty for people whose name is not Russian.
    """

    given: list[str]
    patronymic: list[str]
    family: list[str]
    former: list[str]
    latin: list[str]
    cyrillic: list[str] = field(repr=False)


def feminine(family: str) -> str:
    """Return a woman's form of a man's Russian family name; many have only one form."""
    if "-" in family:
        return "-".join(feminine(part) for part in family.split("-"))
    if family.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return family + "а"
    if family.endswith(("ский", "цкий", "ый", "ой")):
        return family[:-2] + "ая"
    if family.endswith("кий"):
        return family[:-2] + "ая"
    return family


def patronymics(father: str) -> tuple[str, str]:
    """Return what a son and a daughter are called after their father."""
    known = read("names")["patronymic"].get(father)
    if known:
        son, daughter = known.split()
        return son, daughter
    if father.endswith("ий"):
        stem = father[:-2] + "ь"
        return stem + "евич", stem + "евна"
    if father.endswith(("й", "ь")):
        return father[:-1] + "евич", father[:-1] + "евна"
    if father[-1] in "ая":
        return father[:-1] + "ич", father[:-1] + "ична"
    return father + "ович", father + "овна"


def _possessive(root: str) -> str:
    if root.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return root
    if root[-1] in "ая":
        return root[:-1] + "ин"
    if root[-1] in "ьй":
        return root[:-1] + "ев"
    return root + ("ев" if root[-1] in "цжшчщ" else "ов")


@cache
def _families() -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = read("names")["family"]
    common = tuple(dict.fromkeys(words["common"].split()))
    rare: list[str] = []
    for root in words["roots"].split():
        name = _possessive(root).capitalize()
        rare.append(name)
        if root[-1] not in _VOWELS + "ьй" and name.lower() != root:
            rare.append(root.capitalize() + "енко")
            if root[-1] not in "цжшчщкг":
                rare.append(root.capitalize() + "овский")
    for first in words["first"].split():
        for second in words["second"].split():
            if not (first[-1] in _VOWELS and second[0] in _VOWELS):
                rare.append(_possessive(first + second).capitalize())
    return common, tuple(name for name in dict.fromkeys(rare) if name not in common)


def _era(born: Ints) -> Ints:
    return np.digitize(born, (1958, 1984))


def _given(rng: np.random.Generator, gender: Ints, born: Ints) -> tuple[list[str], Ints]:
    # All names in one list, and which of them each person has.
    words = read("names")
    everything: list[str] = []
    chosen = np.zeros(len(gender), np.int64)
    for sex, kind in ((1, "male"), (FEMALE, "female")):
        for era, period in enumerate(("old", "middle", "new")):
            names = words[kind][period].split()
            who = np.flatnonzero((gender == sex) & (_era(born) == era))
            chosen[who] = len(everything) + by_rank(rng, len(names), len(who))
            everything += names
    return everything, chosen


def _family(rng: np.random.Generator, n: int) -> tuple[list[str], Ints]:
    common, rare = _families()
    chosen = by_rank(rng, len(common), n, exponent=0.75)
    unusual = np.flatnonzero(rng.random(n) < RARE_FAMILY)
    # From names of real words to made-up ones: the tail is long.
    chosen[unusual] = len(common) + by_rank(rng, len(rare), len(unusual), exponent=0.7)
    everything = [*common, *rare]
    double = np.flatnonzero(rng.random(n) < DOUBLE_FAMILY)
    second = by_rank(rng, len(common), len(double), exponent=0.5)
    for who, other in zip(double.tolist(), second.tolist(), strict=True):
        first = everything[chosen[who]]
        if first != common[other]:
            chosen[who] = len(everything)
            everything.append(f"{first}-{common[other]}")
    return everything, chosen


class _Column:
    """Words and which of them each person has; turned into Latin letters by distinct word."""

    def __init__(self, words: list[str], chosen: Ints) -> None:
        self.words, self.chosen = words, chosen

    def text(self) -> list[str]:
        return take(self.words, self.chosen)

    def written(self, scheme: Ints, choice: Ints) -> list[str]:
        """Return the words; of people with a scheme, in its Latin letters."""
        size = len(self.words)
        code = (choice * len(SCHEMES) + scheme) * size + self.chosen
        code = np.where(scheme < 0, self.chosen - size, code)
        distinct, place = np.unique(code, return_inverse=True)
        texts = []
        for value in distinct.tolist():
            if value < 0:
                texts.append(self.words[value + size])
                continue
            rest, word = divmod(value, size)
            nth, table = divmod(rest, len(SCHEMES))
            texts.append(romanise(self.words[word], SCHEMES[table], choice=nth))
        return take(texts, place)


def make(seed: int, gender: npt.ArrayLike, born: npt.ArrayLike, *, who: str = "people") -> Names:
    """Return names for people of these genders (1 man, 2 woman) and years of birth.

    Same seed, same names. About 2 seconds for 1,000,000 people.
    """
    rng = generator(seed, "names", who)
    sex, year = np.asarray(gender, np.int64), np.asarray(born, np.int64)
    n = len(sex)
    woman = sex == FEMALE
    given_words, given = _given(rng, sex, year)
    father_words, father = _given(rng, np.ones(n, np.int64), year - 27)
    male_words, family = _family(rng, n)
    maiden = by_rank(rng, len(_families()[0]), n, exponent=0.75)
    double = np.flatnonzero(woman & (rng.random(n) < DOUBLE_GIVEN))
    given[double] = len(given_words) + rng.integers(0, len(_DOUBLE_GIVEN), len(double))
    given_words += _DOUBLE_GIVEN

    sons, daughters = zip(*(patronymics(name) for name in father_words), strict=True)
    nameless = rng.random(n) < UNKNOWN_PATRONYMIC
    patronymic = np.where(woman, father + len(sons), father)
    patronymic[nameless] = 2 * len(sons)
    families = [*male_words, *(feminine(name) for name in male_words)]
    family = np.where(woman, family + len(male_words), family)
    former_of = np.where(woman & (year < 1999) & (rng.random(n) < FORMER_NAME), maiden, -1)

    scheme = np.where(rng.random(n) < LATIN_ONLY, weighted(rng, SHARES, n), -1)
    choice = np.where(rng.random(n) < 0.6, 0, rng.integers(1, 3, n))
    twice = (scheme < 0) & (rng.random(n) < BOTH_SCRIPTS)
    also = np.where(twice, weighted(rng, SHARES, n), -1)

    columns = {
        "given": _Column(given_words, given),
        "patronymic": _Column([*sons, *daughters, ""], patronymic),
        "family": _Column(families, family),
        "former": _Column(
            ["", *(feminine(name) for name in _families()[0])], former_of + 1
        ),
    }  # fmt: skip
    original = {name: column.text() for name, column in columns.items()}
    written = {name: column.written(scheme, choice) for name, column in columns.items()}
    # Whoever typed Latin letters left patronymics out as a rule.
    short = (scheme >= 0) & (rng.random(n) < 0.7)
    for who_ in np.flatnonzero(short).tolist():
        written["patronymic"][who_] = ""
    latin = [""] * n
    given_latin = columns["given"].written(np.where(twice, also, -1), choice)
    family_latin = columns["family"].written(np.where(twice, also, -1), choice)
    for i in np.flatnonzero(twice).tolist():
        latin[i] = f"{given_latin[i]} {family_latin[i]}"
    names = Names(
        given=written["given"],
        patronymic=written["patronymic"],
        family=written["family"],
        former=[
            maiden_name if maiden_name != now else ""
            for maiden_name, now in zip(written["former"], written["family"], strict=True)
        ],
        latin=latin,
        cyrillic=[
            f"{one} {two} {three}".replace("  ", " ")
            for one, two, three in zip(
                original["given"], original["patronymic"], original["family"], strict=True
            )
        ],
    )
    return _with_foreigners(rng, names, woman, year)


def _with_foreigners(
    rng: np.random.Generator, names: Names, woman: npt.NDArray[np.bool_], born: Ints
) -> Names:
    peoples = read("names")["foreign"]
    foreign = np.flatnonzero((born > 1950) & (rng.random(len(born)) < FOREIGN))
    nation = by_rank(rng, len(peoples), len(foreign), exponent=0.5)
    draws = rng.random((len(foreign), 2))
    for i, which, (one, two) in zip(foreign.tolist(), nation.tolist(), draws.tolist(), strict=True):
        people = peoples[which]
        given = people["female" if woman[i] else "male"].split()
        family = people["family"].split()
        last = family[int(two * len(family))]
        names.given[i] = given[int(one * len(given))]
        names.family[i] = feminine(last) if woman[i] else last
        names.patronymic[i] = names.former[i] = names.latin[i] = ""
        names.cyrillic[i] = ""
    return names
