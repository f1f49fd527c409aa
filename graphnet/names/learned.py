"""What the search knows beforehand, loaded once, when it is first needed.

`learned.npz` is made by `graphnet names learn` from:

- Wikidata names in Latin and Cyrillic letters, Y. Merhav, S. Ash, Design Challenges in Named Entity
  Transliteration (COLING 2018), CC-BY 4.0: the three transducers;
- names.json of solovevserg/alenka (ISC) and names.csv of carltonnorthern/nicknames (Apache-2.0):
  short forms of given names;

and `given_names.txt` is our own.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphnet.names import alphabet, given, transducer
from graphnet.names.events import Tables
from graphnet.names.join import UNKNOWN, score_stems, score_words, spread
from graphnet.names.score import WHOLE, beam
from graphnet.names.tokens import GRAMS, Words, candidates
from graphnet.names.transducer import Transducer

FILE = Path(__file__).with_name("learned.npz")
GIVEN_FILE = Path(__file__).with_name("given_names.txt")
FORMS_TRIED = 60
NEARLY = -2.0  # a known short form is nearly as good as the name itself


@dataclass(frozen=True)
class Knowledge:
    """The transducers and the groups of given names."""

    models: dict[str, Transducer]
    given: given.GivenNames
    letter_pairs: NDArray[np.float32]  # how often one letter follows another in names

    def groups_of_words(
        self, words: Words, most: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return which groups each given word of an index may belong to, best first.

        An unknown one joins softly: with the probability that it is a spelling of a known form.
        """
        groups = np.full((len(words), most), -1, np.int32)
        logp = np.zeros((len(words), most), np.float32)
        meaning = Meaning(self, 1)
        for number in range(len(words)):
            word = words.word(number)
            rows = self.given.groups_of(word)
            if not rows:
                meant = meaning.of(0, np.frombuffer(word, np.uint8), stems=False)
                best = np.argsort(-meant, kind="stable")[:most]
                rows = [(int(g), float(meant[g])) for g in best if meant[g] - NEARLY > -7.0]
                rows = [(g, value - NEARLY) for g, value in rows]
            rows = sorted(rows, key=lambda row: (-row[1], row[0]))[:most]
            for x, (g, value) in enumerate(rows):
                groups[number, x], logp[number, x] = g, value
        return groups, logp


class Scratch:
    """Arrays that `candidates` needs clean, for one table of words."""

    def __init__(self, words: int) -> None:
        self.votes = np.zeros(words, np.float32)
        self.touched = np.zeros(words, np.int32)
        self.ordered = np.zeros(words, np.int32)


NOBODY = np.zeros(0, np.int32)
NO_MASK = np.zeros(0, np.bool_)
BEAMS = 12
READINGS = 2 * BEAMS + 1


class Readings:
    """The most probable readings of one word in both scripts, for `candidates`."""

    def __init__(self) -> None:
        self.letters = np.zeros((READINGS, 64), np.uint8)
        self.length = np.zeros(READINGS, np.int32)
        self.weight = np.zeros(READINGS)
        self.n = 0

    def fill(self, tables: Tables, which: int) -> None:
        """Take the word itself, and 12 readings of it by each of its two tables."""
        m = int(tables.sizes[2 * which])
        self.letters[0, :m] = tables.words[2 * which, :m]
        self.length[0], self.weight[0], self.n = m, 1.0, 1
        latin = bool(tables.words[2 * which, 0] >= alphabet.FIRST_LATIN)
        for to_latin in (False, True):
            if not latin and not to_latin:
                continue  # within Cyrillic the word itself is enough
            row = 2 * which + to_latin
            at = self.n
            p = np.zeros(BEAMS)
            count = beam(
                m,
                tables.first[row],
                tables.size[row],
                tables.target[row],
                tables.length[row],
                tables.chance[row],
                BEAMS,
                self.letters[at:],
                self.length[at:],
                p,
            )
            if count:
                self.weight[at : at + count] = (p[:count] / p[0]) ** 0.35
            self.n += count


class Meaning:
    """Which groups of given names a word may mean; holds tables for one question at a time."""

    def __init__(self, known: Knowledge, most: int, *, tables: Tables | None = None) -> None:
        self.known = known
        self.tables = tables or Tables(most)
        self.readings = [Readings() for _ in range(most)]
        self.forms = Scratch(len(known.given.forms))
        self.stems = Scratch(len(known.given.stems))
        self.gram_weight = np.zeros(GRAMS, np.float32)
        self.lattice = np.zeros((34, 66))
        self.found = np.zeros(FORMS_TRIED, np.int32)
        self.rank = np.zeros(FORMS_TRIED, np.int32)
        self.scores = np.zeros(FORMS_TRIED, np.float32)

    def prepare(self, t: int, word: NDArray[np.uint8]) -> None:
        """Make the tables and readings of word t."""
        base = np.frombuffer(alphabet.BASE, np.uint8)
        self.tables.fill(t, word, base, self.known.models)
        self.readings[t].fill(self.tables, t)

    def of(self, t: int, word: NDArray[np.uint8], *, stems: bool = True) -> NDArray[np.float32]:
        """Return log P(group | word t), UNKNOWN where it is out of the question."""
        self.prepare(t, word)
        return self.meant(t, stems=stems)

    def meant(self, t: int, *, stems: bool = True) -> NDArray[np.float32]:
        """Return the same for a word that is prepared."""
        groups = self.known.given
        out = np.full(len(groups.names), UNKNOWN, np.float32)
        self._try(t, groups.forms, self.forms)
        spread(
            self.found,
            self.scores,
            self._n,
            -16.0,
            groups.form_starts,
            groups.form_group,
            groups.form_logp,
            NEARLY,
            out,
        )
        # A form that is known needs no guessing.
        if stems and not (self._n and self.scores[: self._n].max() > -1.5):
            self._try(t, groups.stems, self.stems, stems=True)
            spread(
                self.found,
                self.scores,
                self._n,
                -14.0,
                groups.stem_starts,
                groups.stem_group,
                groups.stem_logp,
                NEARLY,
                out,
            )
        return out

    def _try(self, t: int, words: Words, scratch: Scratch, *, stems: bool = False) -> None:
        readings, tables = self.readings[t], self.tables
        self._n = candidates(
            readings.letters,
            readings.length,
            readings.weight,
            readings.n,
            words.starts,
            words.gram_starts,
            words.gram_words,
            NOBODY,
            NOBODY,
            NO_MASK,
            True,
            scratch.votes,
            scratch.touched,
            self.gram_weight,
            scratch.ordered,
            self.found,
            self.rank,
        )
        shared = (
            t, self.found, self._n, words.letters, words.starts, tables.sizes, tables.first,
            tables.size, tables.target, tables.length, tables.chance,
        )  # fmt: skip
        if stems:
            m = int(tables.sizes[2 * t])
            endings = given.ending_logp(tables.words[2 * t, :m].tobytes())
            score_stems(*shared, endings, self.lattice, self.scores)
        else:
            score_words(*shared, WHOLE, self.lattice, self.scores)


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Return what is shipped with the program; 0.1 s the first time."""
    return load(FILE)


def load(path: Path, *, without: frozenset[str] = frozenset()) -> Knowledge:
    """Read a file of `graphnet names learn`; `without` leaves out short forms, to see how they are
    guessed."""
    arrays: dict[str, NDArray[Any]] = transducer.load(path)
    models = {
        name: transducer.from_arrays(arrays, name)
        for name in ("latin_cyrillic", "cyrillic_latin", "latin_latin")
    }
    lines = GIVEN_FILE.read_text(encoding="utf-8").splitlines()
    if "given" in arrays:
        lines += arrays["given"].tobytes().decode().splitlines()
    groups = given.read_groups(lines)
    if without:
        groups = {
            name: (weight, full, [form for form in short if form.casefold() not in without])
            for name, (weight, full, short) in groups.items()
        }
    return Knowledge(models, given.build(groups), arrays["letter_pairs"])
