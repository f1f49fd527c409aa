"""`graphnet names learn`: from pairs of spellings to three small transducers, in minutes.

    wd_russian_64.tsv  ->  em.align  ->  counts in contexts of 1 to 6 letters  ->  learned.npz

For Latin to Cyrillic, Cyrillic to Latin and Latin to Latin (two spellings of the same Cyrillic
name). Reading a word from left to right, the model says at each place which chunk comes next and
what it stands for, given the letters around: the context grows by one letter at a time and backs
off to the smaller one by Witten and Bell's rule. What hardly differs from the smaller context is
left out. The same input gives the same bytes.

References
----------
I. Witten, T. Bell (1991), The zero-frequency problem, IEEE Trans. Information Theory 37 (method C).
A. Stolcke (1998), Entropy-based pruning of backoff language models, section 3.
"""

import csv
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import BadFile
from graphnet.names import alphabet, em
from graphnet.names.romanise import in_latin, romanised
from graphnet.names.transducer import AROUND, LEVELS, QUANTUM

PAIRS = "wd_russian_64.tsv"
GIVEN = "given-names-ru.csv"
PATRONYMICS = "patronymics-ru.csv"
RUSSIAN_FORMS = "alenka-names.json"
ENGLISH_FORMS = "nicknames-en.csv"
SEED = 20260427

_SLAVIC = re.compile(
    "(?:[оеё]ва?|[иы]на?|[сц]кий|[сц]кая|енко|[уюая]к|ич|[кг]о|[иы]й|а?я|[оеи]вна|ин|ая)$"
)
_CYRILLIC = re.compile("[а-яё]+")

Pair = tuple[bytes, bytes, float]


@dataclass(frozen=True)
class Pruning:
    """What is kept: the smaller the numbers, the larger the file."""

    chunk: float = 4.0  # expected count of a chunk in all contexts
    context: float = 3.0  # count of a context
    event: float = 0.6  # count of a chunk in a context
    gain: float = 2.5  # nats that a context must save on its training data


def read_pairs(path: Path) -> list[tuple[str, str, float]]:
    """Read (Latin, Cyrillic, weight) of a file of Wikidata pairs; other scripts are left out."""
    pairs = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            cells = line.rstrip("\n").split("\t")
            if len(cells) != 3:
                raise BadFile(f"{path}, line {number}: three columns, parted by tabs, are expected")
            latin, cyrillic = cells[0], cells[1].replace(" ", "")
            if not _CYRILLIC.fullmatch(cyrillic) or not 2 <= len(latin) <= 24:
                continue
            if not alphabet.is_latin(alphabet.numbers(latin)) or len(cyrillic) > 24:
                continue
            # A name borne by many is spelled with more care, but is still one name.
            pairs.append((latin, cyrillic, 1 + math.log(float(cells[2]))))
    return pairs


def read_column(path: Path, column: str, *, at_least: int) -> list[str]:
    """Read the words of a csv file with a `count`, that occur often enough."""
    with path.open(newline="", encoding="utf-8") as file:
        return sorted(
            {
                row[column].lower()
                for row in csv.DictReader(file)
                if int(row["count"]) >= at_least and _CYRILLIC.fullmatch(row[column].lower())
            }
        )


def material(folder: Path, pairs_file: Path | None = None) -> dict[str, list[Pair]]:
    """Return the training pairs of each transducer, as letter numbers."""
    rng = Random(SEED)
    pairs = read_pairs(pairs_file or folder / PAIRS)
    spellings: dict[str, list[str]] = defaultdict(list)
    for latin, cyrillic, _ in pairs:
        spellings[cyrillic].append(latin)
    slavic = sorted(word for word in spellings if _SLAVIC.search(word) and len(word) > 3)
    lists = read_column(folder / GIVEN, "text", at_least=300) + read_column(
        folder / PATRONYMICS, "text", at_least=1000
    )
    made: list[tuple[str, str, float]] = []
    same: list[tuple[str, str, float]] = []
    for word in (*slavic, *lists):
        one, two, three = (romanised(word, rng) for _ in range(3))
        made += [(one, word, 0.5), (two, word, 0.5)]
        same += [(one, two, 0.5), (two, three, 0.5)]
        if word in spellings:
            same += [(one, rng.choice(spellings[word]), 0.5), (spellings[word][0], two, 0.5)]
    for group in spellings.values():
        for one in group[:5]:
            same += [(one, other, 1.0) for other in group[:5] if other != one]
    return {
        "latin_cyrillic": _numbered((a, b, w) for a, b, w in (*pairs, *made)),
        "cyrillic_latin": _numbered((b, a, w) for a, b, w in (*pairs, *made)),
        "latin_latin": _numbered(same),
    }


def _numbered(pairs: Iterable[tuple[str, str, float]]) -> list[Pair]:
    numbered = []
    for one, other, weight in pairs:
        source, target = alphabet.numbers(one), alphabet.plain(alphabet.numbers(other))
        if 1 <= len(source) <= 30 and 1 <= len(target) <= 30:
            numbered.append((source, target, weight))
    return numbered


def learn(
    folder: Path, *, pairs_file: Path | None = None, pruning: Pruning | None = None
) -> dict[str, NDArray[Any]]:
    """Learn all three transducers; the arrays of the file that `transducer.load` reads.

    Raises
    ------
    BadFile
        If a file of `folder` is missing or is not what it should be.
    """
    for name in (PAIRS, GIVEN, PATRONYMICS, RUSSIAN_FORMS, ENGLISH_FORMS):
        if not (folder / name).exists():
            raise BadFile(f"{folder / name}: not there; see `graphnet names learn --help`")
    arrays: dict[str, NDArray[Any]] = {}
    for name, pairs in material(folder, pairs_file).items():
        model = contexts(pairs, pruning or Pruning())
        arrays |= {f"{name}.{part}": array for part, array in model.items()}
    lines = "\n".join(given_forms(folder)).encode()
    arrays["given"] = np.frombuffer(lines, np.uint8)
    arrays["letter_pairs"] = letter_pairs(read_pairs(pairs_file or folder / PAIRS))
    return arrays


def letter_pairs(pairs: list[tuple[str, str, float]]) -> NDArray[np.float32]:
    """Return how often each letter follows another within names of either script; 0 is the edge."""
    counts = np.zeros((alphabet.BASES, alphabet.BASES))
    for latin, cyrillic, weight in pairs:
        for word in (latin, cyrillic):
            letters = alphabet.plain(alphabet.numbers(word))
            for one, other in pairwise(b"\0" + letters + b"\0"):
                counts[one, other] += weight
    return np.round(counts).astype(np.float32)


def given_forms(folder: Path) -> list[str]:
    """Return what the two lists know of given names, in the form of `given_names.txt`."""
    lines = []
    russian = json.loads((folder / RUSSIAN_FORMS).read_text(encoding="utf-8"))
    for name, entry in russian.items():
        plain = in_latin(name.lower())
        forms = []
        for form in entry["variants"]:
            # A romanisation is the name itself; another language's name or a short form is not.
            alike = SequenceMatcher(None, form.lower(), plain).ratio() > 0.7
            full = form.isascii() and form[:1].lower() == plain[:1] and alike
            if form.isalpha():
                forms.append("=" + form if full else form)
        lines.append(f"{name} {1 + entry['count']['vk'] / 18:.0f}: {' '.join(forms)}")
    english: dict[str, list[str]] = defaultdict(list)
    with (folder / ENGLISH_FORMS).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["relationship"] == "has_nickname" and row["name2"].isalpha():
                english[row["name1"]].append(row["name2"])
    lines += (f"{name} 2: {' '.join(forms)}" for name, forms in sorted(english.items()))
    return lines


def contexts(pairs: list[Pair], pruning: Pruning) -> Mapping[str, NDArray[Any]]:
    """Align pairs and count each chunk in its contexts; return one transducer's arrays."""
    source = np.frombuffer(b"".join(s for s, _, _ in pairs), np.uint8)
    target = np.frombuffer(b"".join(t for _, t, _ in pairs), np.uint8)
    s_at = np.cumsum([0, *(len(s) for s, _, _ in pairs)]).astype(np.int32)
    t_at = np.cumsum([0, *(len(t) for _, t, _ in pairs)]).astype(np.int32)
    weight = np.array([w for _, _, w in pairs])
    at, chunk, mass = em.align(source, s_at, target, t_at, weight)

    kept, event = np.unique(chunk, return_inverse=True)
    frequent = np.bincount(event, mass) >= pruning.chunk
    use = frequent[event]
    number = np.cumsum(frequent) - 1
    at, event, mass = at[use], number[event[use]], mass[use]
    kept = kept[frequent]

    # Three edges between words, so that a context never reaches into the next word.
    pair = np.searchsorted(s_at, at, side="right") - 1
    padded = np.zeros(len(source) + 4 * (len(pairs) + 2), np.int64)
    every = np.arange(len(source))
    padded[every + 4 * (np.searchsorted(s_at, every, side="right"))] = source
    at = at + 4 * (pair + 1)

    keys: list[NDArray[np.int64]] = []
    events: list[NDArray[np.uint16]] = []
    quanta: list[NDArray[np.uint8]] = []
    starts: list[NDArray[np.int64]] = []
    total = 0
    context = np.zeros(len(at), np.int64)
    above: tuple[NDArray[np.int64], NDArray[np.float64]] | None = None
    for level in range(LEVELS):
        context = (context << alphabet.MARKED_BITS) | padded[at + AROUND[level]]
        rows, which = np.unique((context << 14) | event, return_inverse=True)
        count = np.bincount(which, mass)
        of = rows >> 14
        distinct, first, inverse = np.unique(of, return_index=True, return_inverse=True)
        n = np.bincount(inverse, count)
        types = np.bincount(inverse, count >= 0.2).clip(1)
        p = count / (n + types)[inverse]
        if above is not None:
            parent = ((of >> alphabet.MARKED_BITS) << 14) | (rows & 0x3FFF)
            place = np.searchsorted(above[0], parent)
            p_parent = above[1][place]
            p = p + (types / (n + types))[inverse] * p_parent
            gain = np.bincount(inverse, count * np.log(np.maximum(p, 1e-9) / p_parent))
            keep = (gain >= pruning.gain) & (n >= pruning.context)
        else:
            keep = n > 0
        above = (rows, p)
        # The part of its own that a context adds to what is passed down from the smaller one.
        own = count / (n + types)[inverse]
        stay = keep[inverse] & ((count >= pruning.event) | (level == 0)) & (own > 2e-4)
        keep &= np.bincount(inverse, stay) > 0
        stay &= keep[inverse]
        keys.append(distinct[keep] | (np.int64(level + 1) << (LEVELS * alphabet.MARKED_BITS)))
        starts.append(total + np.cumsum(np.bincount(inverse[stay], minlength=len(n))[keep]))
        total += int(stay.sum())
        events.append((rows[stay] & 0x3FFF).astype(np.uint16))
        quanta.append(np.clip(np.round(-np.log(own[stay]) / QUANTUM), 0, 255).astype(np.uint8))
        del first
    return {
        "chunks": kept,
        # Differences of sorted keys compress to a third.
        "keys": np.diff(np.concatenate(keys), prepend=0),
        "sizes": np.diff(np.concatenate(starts), prepend=0).astype(np.uint16),
        "events": np.concatenate(events),
        "quanta": np.concatenate(quanta),
    }


def write(arrays: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Write the arrays; numpy stamps every entry with the same date, so the bytes are stable."""
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
