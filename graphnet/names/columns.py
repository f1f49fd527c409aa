"""The arrays of a name index: distinct words, who bears them, what given names may mean.

All are plain arrays, saved one a file, so that every process of a site maps the same memory.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import SnapshotError
from graphnet.names import alphabet
from graphnet.names.join import FORMER, MAIN, PART
from graphnet.names.learned import Knowledge
from graphnet.names.query import words as words_of
from graphnet.names.tokens import Words, build_words

FORMAT = 3
NOT_PLAIN = -2
GROUPS = 4  # groups that one given name may belong to


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's names as they are written; each may be empty."""

    given: str = ""
    patronymic: str = ""
    family: str = ""
    former: tuple[str, ...] = ()
    latin: str = ""  # the whole name in Latin letters, as in the passport


@dataclass(frozen=True)
class Columns:
    """See `Words` for the three tables; n people, in the order in which they were given.

    family_starts (n + 1), family_of, family_kind: the family words of each person; bearer_starts,
    bearers, bearer_kind: the same the other way round; beside each bearer their given word (-1 for
    none, NOT_PLAIN where the person has a second one or another family word) and patronymic, by
    which the bearers of a word are sorted, so that `join` reads one line of memory. given_of
    (n, 2): numbers of given words, -1 for none; given_bearer_starts, given_bearers the other way
    round; given_group, given_logp (words, 4); given_yo (words): written with ё, a word of its own
    then; patronymic_of (n), patronymic_bearer_starts, patronymic_bearers the other way round.
    """

    keys: NDArray[np.int64]
    family: Words
    family_starts: NDArray[np.int32]
    family_of: NDArray[np.int32]
    family_kind: NDArray[np.uint8]
    bearer_starts: NDArray[np.int32]
    bearers: NDArray[np.int32]
    bearer_kind: NDArray[np.uint8]
    bearer_given: NDArray[np.int32]
    bearer_patronymic: NDArray[np.int32]
    given: Words
    given_of: NDArray[np.int32]
    given_bearer_starts: NDArray[np.int32]
    given_bearers: NDArray[np.int32]
    given_yo: NDArray[np.uint8]
    given_group: NDArray[np.int32]
    given_logp: NDArray[np.float32]
    patronymic: Words
    patronymic_of: NDArray[np.int32]
    patronymic_bearer_starts: NDArray[np.int32]
    patronymic_bearers: NDArray[np.int32]

    def save(self, folder: Path) -> None:
        """Write one file an array."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, values in self._arrays():
            np.save(folder / f"{name}.npy", values)
        np.save(folder / "format.npy", np.array([FORMAT]))

    def _arrays(self) -> Iterable[tuple[str, NDArray[np.generic]]]:
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, Words):
                for part in fields(value):
                    yield f"{f.name}.{part.name}", getattr(value, part.name)
            else:
                yield f.name, value

    @classmethod
    def open(cls, folder: Path) -> "Columns":
        """Map the arrays that `save` wrote.

        Raises
        ------
        SnapshotError
            If they are not there, or of another format.
        """
        try:
            found = int(np.load(folder / "format.npy")[0])
            if found != FORMAT:
                raise SnapshotError(
                    f"{folder}: name index of format {found}, this program reads {FORMAT}; "
                    "run `graphnet snapshot build`"
                )

            def read(name: str) -> NDArray[np.generic]:
                # Copy on write: the pages stay shared, since nobody writes; a read-only array
                # would be another type to numba, and be compiled for once more.
                mapped = np.load(folder / f"{name}.npy", mmap_mode="c")
                return np.asarray(mapped)

            values = {
                f.name: Words(*(read(f"{f.name}.{part.name}") for part in fields(Words)))  # type: ignore[arg-type]
                if f.type is Words or f.type == "Words"
                else read(f.name)
                for f in fields(cls)
            }
        except (OSError, ValueError) as problem:
            raise SnapshotError(f"{folder}: no name index here ({problem})") from problem
        return cls(**values)  # type: ignore[arg-type]


class _Numbering:
    """Numbers distinct texts in the order of arrival, and cuts each only once."""

    def __init__(self, *, yo: bool = False) -> None:
        self.yo = yo
        self.words: dict[tuple[bytes, int], int] = {}
        self.texts: dict[str, tuple[int, ...]] = {}

    def numbers(self, text: str, *, whole: bool) -> tuple[int, ...]:
        """Return the words of a text: the joined whole first if it has parts and `whole`."""
        known = self.texts.get(text)
        if known is None:
            parts = [w for w in map(spelled, split(text)) if w]
            if whole and len(parts) > 1:
                parts = [b"".join(parts), *(w for w in parts if len(w) > 2)]
            yo = int(self.yo and "ё" in text.lower())
            known = tuple(self.words.setdefault((w, yo), len(self.words)) for w in parts)
            self.texts[text] = known
        return known

    def sorted(self) -> tuple[Words, NDArray[np.int32], NDArray[np.uint8]]:
        """Return the table of sorted words, each arrival number's place in it, and who has ё."""
        order = sorted(self.words)
        place = np.zeros(len(order), np.int32)
        place[[self.words[w] for w in order]] = np.arange(len(order), dtype=np.int32)
        return build_words([w for w, _ in order]), place, np.array([y for _, y in order], np.uint8)


def split(text: str) -> list[str]:
    """Cut a name at spaces and hyphens."""
    return [part for word in words_of(text) for part in word.replace("–", "-").split("-")]


def spelled(word: str) -> bytes:
    """Return a word as plain letter numbers."""
    return alphabet.plain(alphabet.numbers(word))[:62]


def build(keys: NDArray[np.int64], names: Iterable[PersonName], known: Knowledge) -> Columns:
    """Make the arrays of people who come one by one. O(people + distinct letters)."""
    n = len(keys)
    family, given, patronymic = _Numbering(), _Numbering(yo=True), _Numbering()
    family_of, family_kind = array("i"), array("B")
    family_starts = np.zeros(n + 1, np.int32)
    given_of = np.full((n, 2), -1, np.int32)
    patronymic_of = np.full(n, -1, np.int32)
    for i, name in zip(range(n), names, strict=True):
        begin = len(family_of)
        for x, number in enumerate(family.numbers(name.family, whole=True)):
            family_of.append(number)
            family_kind.append(PART if x else MAIN)
        for former in name.former:
            for x, number in enumerate(family.numbers(former, whole=True)):
                if number not in family_of[begin:]:
                    family_of.append(number)
                    family_kind.append(PART if x else FORMER)
        firsts = given.numbers(name.given, whole=False)
        if name.latin:
            latin = split(name.latin)
            for number in family.numbers(latin[-1], whole=True) if latin else ():
                if number not in family_of[begin:]:
                    family_of.append(number)
                    family_kind.append(MAIN)
            if len(latin) > 1:
                firsts = (*firsts[:1], *given.numbers(latin[0], whole=False))
        for x, number in enumerate(firsts[:2]):
            given_of[i, x] = number
        if name.patronymic:
            seconds = patronymic.numbers(name.patronymic, whole=False)
            if seconds:
                patronymic_of[i] = seconds[0]
        family_starts[i + 1] = len(family_of)
    family_words, family_place, _ = family.sorted()
    given_words, given_place, given_yo = given.sorted()
    patronymic_words, patronymic_place, _ = patronymic.sorted()
    of = _placed(np.array(family_of, np.int32), family_place)
    kinds = np.array(family_kind, np.uint8)
    owners = np.repeat(np.arange(n, dtype=np.int32), np.diff(family_starts))
    given_of = _placed(given_of, given_place)
    patronymic_of = _placed(patronymic_of, patronymic_place)
    beside = given_of[owners, 0]
    beside[(np.diff(family_starts)[owners] > 1) | (given_of[owners, 1] >= 0)] = NOT_PLAIN
    second = patronymic_of[owners]
    order = np.lexsort((second, beside, of))
    flat = given_of.ravel()
    chosen = np.flatnonzero(flat >= 0)
    given_order = chosen[np.argsort(flat[chosen], kind="stable")]
    fathered = np.flatnonzero(patronymic_of >= 0)
    patronymic_bearers = fathered[np.argsort(patronymic_of[fathered], kind="stable")]
    groups, logp = known.groups_of_words(given_words, GROUPS)
    return Columns(
        keys=np.asarray(keys, np.int64),
        family=family_words,
        family_starts=family_starts,
        family_of=of,
        family_kind=kinds,
        bearer_starts=_starts(of, len(family_words)),
        bearers=owners[order],
        bearer_kind=kinds[order],
        bearer_given=beside[order],
        bearer_patronymic=second[order],
        given=given_words,
        given_of=given_of,
        given_bearer_starts=_starts(flat[chosen], len(given_words)),
        given_bearers=(given_order // 2).astype(np.int32),
        given_yo=given_yo,
        given_group=groups,
        given_logp=logp,
        patronymic=patronymic_words,
        patronymic_of=patronymic_of,
        patronymic_bearer_starts=_starts(patronymic_of[fathered], len(patronymic_words)),
        patronymic_bearers=patronymic_bearers.astype(np.int32),
    )


def _placed(numbers: NDArray[np.int32], place: NDArray[np.int32]) -> NDArray[np.int32]:
    if not len(place):
        return numbers
    return np.where(numbers >= 0, place[numbers], np.int32(-1)).astype(np.int32)


def _starts(numbers: NDArray[np.int32], n: int) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=n))]).astype(np.int32)
