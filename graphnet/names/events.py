"""The table of events of one word: what each of its places may stand for, and how probably.

Made once for each word of a question and each target script; scoring names against it is then a
microsecond each (`score.py`). Besides what was learned (`transducer.py`) it holds what needs no
learning: the same letter, usual confusions within Cyrillic, two letters swapped, the masculine and
the feminine ending of a family name.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.names.alphabet import BASES, FIRST_LATIN, NUMBER
from graphnet.names.transducer import Bytes, Floats, Ints, Longs, Transducer, place_events

LONGEST = 30  # letters of a word that are looked at
ROOM = 8192  # events of one table
ROW = BASES + 1
LEAST = 4e-4  # less probable events are left out

SWAPPED = 0.006  # two letters typed in the wrong order
GENDER = 0.03  # the other grammatical gender of a family name

# Within Cyrillic: (letter, letters that it may stand for, probability).
_CONFUSED = [
    ("и", "й", 0.01), ("й", "и", 0.02), ("е", "э", 0.004), ("э", "е", 0.02), ("о", "а", 0.004),
    ("а", "о", 0.004), ("и", "ы", 0.003), ("ы", "и", 0.006), ("и", "е", 0.004), ("е", "и", 0.004),
    ("ь", "", 0.03), ("ъ", "", 0.05), ("ъ", "ь", 0.1), ("ь", "ъ", 0.01), ("й", "", 0.004),
    ("з", "с", 0.003), ("с", "з", 0.002), ("д", "т", 0.003), ("т", "д", 0.002), ("б", "п", 0.002),
    ("п", "б", 0.002), ("в", "ф", 0.002), ("ф", "в", 0.003), ("г", "к", 0.002), ("к", "г", 0.002),
    ("ш", "щ", 0.006), ("щ", "ш", 0.01), ("ж", "ш", 0.002), ("ш", "ж", 0.002), ("г", "х", 0.003),
    ("х", "г", 0.003), ("е", "ье", 0.003), ("я", "ья", 0.002), ("я", "иа", 0.002),
    ("ц", "с", 0.002), ("ц", "тс", 0.002), ("ю", "у", 0.003), ("у", "ю", 0.002), ("я", "а", 0.003),
    ("е", "ие", 0.003), ("е", "йе", 0.002), ("к", "х", 0.002), ("ч", "щ", 0.002),
]  # fmt: skip


def _table() -> tuple[Ints, Ints, Ints, Floats]:
    rows = []
    for letter, target, p in _CONFUSED:
        packed = 0
        for c in reversed(target):
            packed = packed << 6 | NUMBER[c]
        rows.append((NUMBER[letter], packed, len(target), p))
    columns = list(zip(*rows, strict=True))
    return (
        np.array(columns[0], np.int32),
        np.array(columns[1], np.int32),
        np.array(columns[2], np.int32),
        np.array(columns[3], np.float64),
    )


CONFUSED = _table()
_A, _V, _N = NUMBER["а"], NUMBER["в"], NUMBER["н"]
_YA, _I, _SHORT_I, _YI, _O = (NUMBER[c] for c in "яийыо")
_E = NUMBER["е"]
_LA, _LV, _LN, _LI, _LY, _LJ, _LK, _LO, _LE = (NUMBER[c] for c in "avniyjkoe")


# Endings, packed with the first letter lowest: -iy -y -i -ij -ii, -ий -ый, -aya -aia -aja.
_MASCULINE_LATIN = (_LI | _LY << 6, _LY, _LI, _LI | _LJ << 6, _LI | _LI << 6)
_MASCULINE = (_I | _SHORT_I << 6, _YI | _SHORT_I << 6)
_FEMININE_LATIN = tuple(_LA | y << 6 | _LA << 12 for y in (_LY, _LI, _LJ))


@njit(cache=True, nogil=True)
def _swapped(
    word: Bytes, i: int, chunk_source: Longs, chunk_size: Ints, chunk_target: Ints,
    chunk_length: Ints, keys: Longs, starts: Ints, events: Ints, p: Floats, work: Floats,
    seen: Ints, t_size: Ints, t_target: Ints, t_length: Ints, t_p: Floats, n: int,
) -> int:  # fmt: skip
    """Add what letters i and i + 1 stand for if they were typed in the wrong order."""
    meant = word.copy()
    meant[i], meant[i + 1] = word[i + 1], word[i]
    few = 0
    one_target, one_length = np.zeros(8, np.int32), np.zeros(8, np.int32)
    one_p = np.zeros(8)
    count = place_events(meant, i, chunk_source, chunk_size, keys, starts, events, p, work, seen)
    for x in range(count):
        e = seen[x]
        q = work[e]
        work[e] = 0.0
        if q < 0.08:
            continue
        if chunk_size[e] == 2:
            t_size[n], t_target[n] = 2, chunk_target[e]
            t_length[n], t_p[n] = chunk_length[e], q * SWAPPED
            n += 1
        elif chunk_size[e] == 1 and few < 8 and chunk_length[e] < 4:
            one_target[few], one_length[few], one_p[few] = chunk_target[e], chunk_length[e], q
            few += 1
    count = place_events(
        meant, i + 1, chunk_source, chunk_size, keys, starts, events, p, work, seen
    )
    for x in range(count):
        e = seen[x]
        q = work[e]
        work[e] = 0.0
        if q < 0.08 or chunk_size[e] != 1:
            continue
        for y in range(few):
            if one_length[y] + chunk_length[e] <= 4:
                t_size[n] = 2
                t_target[n] = one_target[y] | chunk_target[e] << (6 * one_length[y])
                t_length[n] = one_length[y] + chunk_length[e]
                t_p[n] = one_p[y] * q * SWAPPED
                n += 1
    return n


@njit(cache=True, nogil=True)
def _other_gender(
    word: Bytes, i: int, base: Bytes, to_latin: bool, t_size: Ints, t_target: Ints,
    t_length: Ints, t_p: Floats, n: int,
) -> int:  # fmt: skip
    """Add what the end of a family name from place i on is in the other grammatical gender."""
    m = len(word)
    last, before_last = base[word[m - 1]], base[word[m - 2]]
    rest = m - i
    # Иванова typed, Иванов meant; Ivanova, Ivanov.
    if rest == 1 and last in (_A, _LA) and before_last in (_V, _N, _LV, _LN):
        t_size[n], t_target[n], t_length[n], t_p[n] = 1, 0, 0, GENDER
        n += 1
    # And the other way round.
    if (
        rest == 1
        and last in (_V, _N, _LV, _LN)
        and before_last in (_O, _E, _I, _YI, _LO, _LE, _LI, _LY)
    ):
        first_of_them = last in (_V, _LV)
        if to_latin:
            t_target[n] = (_LV if first_of_them else _LN) | _LA << 6
        else:
            t_target[n] = (_V if first_of_them else _N) | _A << 6
        t_size[n], t_length[n], t_p[n] = 1, 2, GENDER
        n += 1
    # -ская, -skaya typed: -ский, -ый, -skiy, -sky, -ski, -skij, -skii meant.
    if (rest == 2 and last == _YA and before_last == _A) or (
        rest == 3 and last == _LA and before_last in (_LY, _LI, _LJ) and base[word[i]] == _LA
    ):
        for kind in range(5 if to_latin else 2):
            if to_latin:
                t_target[n] = _MASCULINE_LATIN[kind]
                t_length[n] = 1 if kind in (1, 2) else 2
            else:
                t_target[n], t_length[n] = _MASCULINE[kind], 2
            t_size[n], t_p[n] = rest, GENDER * 0.4
            n += 1
    # And the other way round.
    before = base[word[i - 1]] if i else 0
    if (rest == 2 and last == _SHORT_I and before_last in (_I, _YI)) or (
        rest <= 2
        and before == _LK
        and last in (_LY, _LI, _LJ)
        and (rest == 1 or before_last in (_LI, _LY))
    ):
        for kind in range(3 if to_latin else 1):
            if to_latin:
                t_target[n], t_length[n] = _FEMININE_LATIN[kind], 3
            else:
                t_target[n], t_length[n] = _A | _YA << 6, 2
            t_size[n], t_p[n] = rest, GENDER * (0.4 if to_latin else 1.0)
            n += 1
    return n


@njit(cache=True, nogil=True)
def fill_events(
    word: Bytes, base: Bytes, to_latin: bool,
    chunk_source: Longs, chunk_size: Ints, chunk_target: Ints, chunk_length: Ints,
    keys: Longs, starts: Ints, events: Ints, p: Floats, share: float,
    confused_from: Ints, confused_to: Ints, confused_length: Ints, confused_p: Floats,
    first: Ints, size: Bytes, target: Ints, length: Bytes, chance: Floats,
) -> None:  # fmt: skip
    """Write the table of events of `word` for one target script.

    `share` is how much of the mass is learned; the rest is the same letter. After it,
    `first[i, c]` .. `first[i, c + 1]` are the events at place i whose target begins with letter c
    (0: with none); `size` source letters become `length` target letters, packed in `target` with
    the first one lowest.
    """
    m = min(len(word), 30)
    word = word[:m]
    work = np.zeros(len(chunk_size))
    seen = np.zeros(len(chunk_size), np.int32)
    t_size, t_target = np.zeros(1024, np.int32), np.zeros(1024, np.int32)
    t_length, t_p = np.zeros(1024, np.int32), np.zeros(1024)
    latin = word[0] >= FIRST_LATIN
    same = latin == to_latin
    written = 0
    for i in range(m):
        n = 0
        letter = np.int32(base[word[i]])
        if share > 0:
            count = place_events(
                word, i, chunk_source, chunk_size, keys, starts, events, p, work, seen
            )
            for x in range(count):
                e = seen[x]
                q = work[e] * share
                work[e] = 0.0
                if q >= LEAST and n < 900:
                    t_size[n], t_target[n] = chunk_size[e], chunk_target[e]
                    t_length[n], t_p[n] = chunk_length[e], q
                    n += 1
        if same:
            t_size[n], t_target[n], t_length[n], t_p[n] = 1, letter, 1, (1 - share) * 0.97
            n += 1
            if not latin:
                for x in range(len(confused_from)):
                    if confused_from[x] == letter:
                        t_size[n], t_target[n] = 1, confused_to[x]
                        t_length[n], t_p[n] = confused_length[x], confused_p[x]
                        n += 1
            # Doubled or single: Кирилл, Кирил; Инна, Ина.
            t_size[n], t_target[n], t_length[n], t_p[n] = 1, letter | letter << 6, 2, 0.004
            n += 1
            if i + 1 < m and base[word[i + 1]] == letter:
                t_size[n], t_target[n], t_length[n], t_p[n] = 2, letter, 1, 0.02
                n += 1
            if i + 1 < m and base[word[i + 1]] != letter:
                t_size[n], t_length[n], t_p[n] = 2, 2, SWAPPED
                t_target[n] = base[word[i + 1]] | letter << 6
                n += 1
        elif i + 1 < m and word[i] != word[i + 1]:
            n = _swapped(
                word, i, chunk_source, chunk_size, chunk_target, chunk_length, keys, starts,
                events, p, work, seen, t_size, t_target, t_length, t_p, n,
            )  # fmt: skip
        if m >= 4:
            n = _other_gender(word, i, base, to_latin, t_size, t_target, t_length, t_p, n)
        # By the first letter of the target, so that a name's letter finds its own.
        row = first[i]
        row[:] = 0
        for x in range(n):
            row[(t_target[x] & 63) + 1 if t_length[x] else 1] += 1
        row[0] = written
        for c in range(1, ROW):
            row[c] += row[c - 1]
        cursor = row.copy()
        for x in range(n):
            c = t_target[x] & 63 if t_length[x] else 0
            at = cursor[c]
            if at < len(size):
                size[at], target[at] = t_size[x], t_target[x]
                length[at], chance[at] = t_length[x], t_p[x]
            cursor[c] += 1
        written = row[ROW - 1]
        if written > len(size) - 1024:
            # Never met: it would take a word of 30 letters with 250 readings each.
            first[i + 1 : m] = written
            break


class Tables:
    """Tables of all words of a question, two a word: for Cyrillic and for Latin names."""

    def __init__(self, most: int) -> None:
        n = 2 * most
        self.first = np.zeros((n, LONGEST, ROW), np.int32)
        self.size = np.zeros((n, ROOM), np.uint8)
        self.target = np.zeros((n, ROOM), np.int32)
        self.length = np.zeros((n, ROOM), np.uint8)
        self.chance = np.zeros((n, ROOM))
        self.words = np.zeros((n, LONGEST), np.uint8)
        self.sizes = np.zeros(n, np.int64)

    def fill(
        self, which: int, word: NDArray[np.uint8], base: Bytes, models: dict[str, Transducer]
    ) -> None:
        """Make both tables of one word."""
        m = min(len(word), LONGEST)
        latin = bool(2 * np.count_nonzero(word[:m] >= FIRST_LATIN) > m)
        for to_latin in (False, True):
            if latin == to_latin:
                share = 0.12 if latin else 0.0
                model = models["latin_latin"]
            else:
                share = 1.0
                model = models["latin_cyrillic" if latin else "cyrillic_latin"]
            row = 2 * which + to_latin
            self.words[row, :m] = base[word[:m]]
            self.sizes[row] = m
            fill_events(
                word[:m], base, to_latin,
                model.chunk_source, model.chunk_size, model.chunk_target, model.chunk_length,
                model.keys, model.starts, model.events, model.p, share, *CONFUSED,
                self.first[row], self.size[row], self.target[row], self.length[row],
                self.chance[row],
            )  # fmt: skip
