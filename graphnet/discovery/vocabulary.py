"""The names of cities, organisations, units and topics, as people write and decline them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from graphnet.names import fold
from graphnet.snapshot import Snapshot

THINGS_OF = {"city": "places", "employer": "organisations", "unit": "units", "topic": "topics"}
_WORDS_OF_A_UNIT = """факультет факультета факультете кафедра кафедры кафедре институт института
институте faculty department institute"""
OF_A_UNIT = frozenset(_WORDS_OF_A_UNIT.split())
_NO_CONTENT = OF_A_UNIT | {"of", "and", "the", "и"}
# What says how a firm is registered, and not how it is called.
_FORMS = "ооо оао зао пао ао нко ано фгуп гуп муп llc ltd inc gmbh plc jsc ojsc corp"
LEGAL_FORMS = frozenset(_FORMS.split())

# How people call a few cities in speech, and what they were called before.
ALSO_CALLED = {
    "питер": "санкт-петербург", "спб": "санкт-петербург", "петербург": "санкт-петербург",
    "ленинград": "санкт-петербург", "piter": "st petersburg", "spb": "st petersburg",
    "petersburg": "st petersburg", "leningrad": "st petersburg",
    "saint petersburg": "st petersburg", "мск": "москва", "msk": "moscow",
    "екб": "екатеринбург", "нижний": "нижний новгород", "ростов": "ростов-на-дону",
}  # fmt: skip

# Endings of Russian cases, after folding: Москвы, Москве and Москва are one word, and so are
# Системы, Систем, Системах, Системами.
_ENDING = re.compile(
    r"(?<=\w{3})(?:[oe]go|[oe]mu|[oei]m|[oei]i|aia|iaia|i?am|i?ami|imi|i?ah|ih|[aeiou]+)$"
)
MOST_MEANT = 6  # by a part of a name
_MOST_DECLINED = 3  # words of one name: each may be meant with or without its last letters


@dataclass(frozen=True)
class Vocabulary:
    """The names of cities, organisations and units, folded, whole and without endings."""

    exact: dict[str, dict[str, tuple[int, ...]]]
    stems: dict[str, dict[tuple[str, ...], tuple[int, ...]]]
    universities: frozenset[int]

    def in_any_case(self, kind: str, key: str) -> tuple[int, ...]:
        """Return the things whose name this is, in whatever case: в Газпроме, о Системах."""
        found = (t for stems in declined(key) for t in self.stems[kind].get(stems, ()))
        return tuple(sorted(set(found)))

    def with_words(self, kind: str, stems: tuple[str, ...]) -> tuple[int, ...]:
        """Return the things whose name has all these words; none if too many have."""
        wanted = {stem for stem in stems if len(stem) > 3}
        if not wanted:
            return ()
        found = {
            t for name, things in self.stems[kind].items() if wanted <= set(name) for t in things
        }
        return tuple(sorted(found)) if len(found) <= MOST_MEANT else ()


def stemmed(key: str) -> tuple[str, ...]:
    """Return the words of a folded name without the endings of cases and the words that say little.

    Examples
    --------
    >>> stemmed(fold("Нижнего Новгорода")) == stemmed(fold("Нижний Новгород"))
    True
    """
    return tuple(_ENDING.sub("", word) for word in key.split() if word not in _FOLDED_NO_CONTENT)


def declined(key: str) -> list[tuple[str, ...]]:
    """Return what a folded name may be without endings: of «Газпром» -ом is none, of «Домом» it is.

    Examples
    --------
    >>> bool(set(declined(fold("Газпроме"))) & set(declined(fold("Газпром"))))
    True
    """
    words = [word for word in key.split() if word not in _FOLDED_NO_CONTENT]
    if not words:
        return []
    if len(words) > _MOST_DECLINED:
        return [stemmed(key)]
    return list(product(*(dict.fromkeys((_ENDING.sub("", word), word)) for word in words)))


def without_legal_form(name: str) -> str:
    """Return what an organisation is called: ООО «Линза» is Линза.

    Examples
    --------
    >>> without_legal_form("ООО «Линза»"), without_legal_form("Riverstone Labs Ltd.")
    ('Линза', 'Riverstone Labs')
    """
    words = re.sub(r"[«»„“”\"']", " ", name).split()
    kept = [word for word in words if word.casefold().strip(".,") not in LEGAL_FORMS]
    return " ".join(kept).strip(" ,") or name


_FOLDED_NO_CONTENT = frozenset(fold(word) for word in _NO_CONTENT)


@lru_cache(maxsize=4)
def _vocabulary(named: "Named") -> Vocabulary:
    exact: dict[str, dict[str, set[int]]] = {kind: {} for kind in THINGS_OF}
    stems: dict[str, dict[tuple[str, ...], set[int]]] = {kind: {} for kind in THINGS_OF}
    for kind, family in THINGS_OF.items():
        things = named.snapshot.things[family]
        for i in range(len(things)):
            for label in {str(things.labels[i]), str(things.labels_ru[i])}:
                for text in _also(label, kind):
                    key = fold(text)
                    exact[kind].setdefault(key, set()).add(i)
                    for stem in declined(key):
                        stems[kind].setdefault(stem, set()).add(i)
    for said, meant in ALSO_CALLED.items():
        if things_meant := exact["city"].get(fold(meant)):
            exact["city"].setdefault(fold(said), set()).update(things_meant)
            stems["city"].setdefault(stemmed(fold(said)), set()).update(things_meant)
    units = named.snapshot.things["units"]
    return Vocabulary(
        {kind: {k: tuple(sorted(v)) for k, v in table.items()} for kind, table in exact.items()},
        {kind: {k: tuple(sorted(v)) for k, v in table.items()} for kind, table in stems.items()},
        frozenset(np.flatnonzero(units.kinds == "university").tolist()),
    )


_SMALL = frozenset(["of", "the", "and", "for", "и", "в", "на", "по"])


def _also(label: str, kind: str) -> Iterable[str]:
    """Return a name and what else people call what has it: ФТМ is Факультет точной механики."""
    known = {label, label.partition(":")[0]}
    if kind == "employer":
        known.add(without_legal_form(label))
    if kind == "unit":
        letters = "".join(w[0] for w in re.findall(r"\w+", label) if w.casefold() not in _SMALL)
        known |= {letters} if len(letters) >= 3 else set()
    return known


class Named:
    """A snapshot as the key of a cache: its fingerprint says what is in it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def __hash__(self) -> int:
        return hash(self.snapshot.fingerprint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and other.snapshot.fingerprint == self.snapshot.fingerprint


def vocabulary(snapshot: Snapshot) -> Vocabulary:
    """Return the names of things in a snapshot; made once for each."""
    return _vocabulary(Named(snapshot))
