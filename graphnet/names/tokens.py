"""Distinct words of names in one sorted table, with the lists that find a few hundred candidates.

Each word is entered under its pairs and triples of letters, edges included. A question's words and
their most probable readings in the other script vote for the words that share theirs; Dice's
coefficient ranks them, whatever else is in the table, so that nobody's presence changes what
others get.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.names.transducer import Bytes, Floats, Ints

GRAMS = 1 << 18
PAIR_WEIGHT = 0.6
BINS = 2048
WORTH = 0.42  # a candidate with so small a share of the best one's votes is not looked at
Flags = NDArray[np.bool_]
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Words:
    """Distinct words as letter numbers, sorted.

    letters: all words after each other; starts (n + 1): where each begins; gram_starts (2**18 + 1)
    and gram_words: for each pair or triple the words that have it, ascending.
    """

    letters: Bytes
    starts: Ints
    gram_starts: Ints
    gram_words: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1

    def word(self, number: int) -> bytes:
        """Return one word's letters."""
        return self.letters[self.starts[number] : self.starts[number + 1]].tobytes()


def build_words(words: Sequence[bytes]) -> Words:
    """Make a table of distinct, sorted words. O(letters); 0.1 s for 100,000 words."""
    letters = np.frombuffer(b"".join(words), np.uint8).copy()
    starts = np.zeros(len(words) + 1, np.int32)
    np.cumsum([len(word) for word in words], out=starts[1:])
    counts = np.zeros(GRAMS + 1, np.int32)
    _count_grams(letters, starts, counts)
    gram_starts = np.cumsum(counts, dtype=np.int32)
    gram_words = np.zeros(int(gram_starts[-1]), np.int32)
    _enter_grams(letters, starts, gram_starts[:-1].copy(), gram_words)
    return Words(letters, starts, gram_starts, gram_words)


@njit(cache=True, nogil=True)
def _letter(word: Bytes, x: int) -> int:
    return int(word[x]) if 0 <= x < len(word) else 0


@njit(cache=True, nogil=True)
def _gram(word: Bytes, x: int) -> int:
    """Return the x-th gram of a word: first its len + 1 pairs, then its len triples."""
    n = len(word)
    if x <= n:
        return _letter(word, x - 1) << 12 | _letter(word, x) << 6 | 63
    x -= n + 1
    return _letter(word, x - 1) << 12 | _letter(word, x) << 6 | _letter(word, x + 1)


@njit(cache=True, nogil=True)
def _count_grams(letters: Bytes, starts: Ints, counts: Ints) -> None:
    for w in range(len(starts) - 1):
        word = letters[starts[w] : starts[w + 1]]
        for x in range(2 * len(word) + 1):
            counts[_gram(word, x) + 1] += 1


@njit(cache=True, nogil=True)
def _enter_grams(letters: Bytes, starts: Ints, cursor: Ints, gram_words: Ints) -> None:
    for w in range(len(starts) - 1):
        word = letters[starts[w] : starts[w + 1]]
        for x in range(2 * len(word) + 1):
            gram = _gram(word, x)
            gram_words[cursor[gram]] = w
            cursor[gram] += 1


@njit(cache=True, nogil=True)
def someone(word: int, person_starts: Ints, persons: Ints, allowed: Flags, everyone: bool) -> bool:
    """Say whether anybody who may be found bears a word."""
    if everyone:
        return True
    for x in range(person_starts[word], person_starts[word + 1]):  # noqa: SIM110 - compiled
        if allowed[persons[x]]:
            return True
    return False


@njit(cache=True, nogil=True)
def worth(best: int) -> int:
    """Return the last rank that is worth looking at beside the best one."""
    return BINS - 1 - int((BINS - 1 - best) * WORTH)


@njit(cache=True, nogil=True)
def best_allowed(
    score: Singles, starts: Ints, persons: Ints, allowed: Flags, everyone: bool, least: float
) -> float:
    """Return the best score of a word that somebody allowed bears."""
    best = least
    for word in range(len(score)):
        if score[word] > best and someone(word, starts, persons, allowed, everyone):
            best = score[word]
    return best


@njit(cache=True, nogil=True)
def candidates(
    readings: Bytes, reading_length: Ints, reading_weight: Floats, n_readings: int,
    starts: Ints, gram_starts: Ints, gram_words: Ints,
    person_starts: Ints, persons: Ints, allowed: Flags, everyone: bool,
    votes: Singles, touched: Ints, gram_weight: Singles, ordered: Ints, out: Ints, rank: Ints,
) -> int:  # fmt: skip
    """Write the words that share most with the readings into `out`, best first.

    `votes` (words), `gram_weight` (2**18) are zero before and after; `touched`, `ordered` have
    room for every word. Equal ones come in the order of the table. Only words of somebody allowed.
    `rank` gets how far each is from sharing everything (0 to BINS - 1), see `worth`.
    """
    used = np.zeros(4096, np.int32)
    n_used = 0
    total = 0.0
    for r in range(n_readings):
        word = readings[r, : reading_length[r]]
        size = 0.0
        for x in range(2 * len(word) + 1):
            gram = _gram(word, x)
            w = reading_weight[r] * (PAIR_WEIGHT if x <= len(word) else 1.0)
            size += w
            if gram_weight[gram] == 0 and n_used < 4096:
                used[n_used] = gram
                n_used += 1
                gram_weight[gram] = w
            elif gram_weight[gram] < w:
                gram_weight[gram] = w
        total = max(total, size)
    n_touched = 0
    for x in range(n_used):
        gram = used[x]
        w = gram_weight[gram]
        gram_weight[gram] = 0
        for y in range(gram_starts[gram], gram_starts[gram + 1]):
            word_number = gram_words[y]
            if votes[word_number] == 0:
                touched[n_touched] = word_number
                n_touched += 1
            votes[word_number] += w
    counts = np.zeros(BINS + 1, np.int64)
    for x in range(n_touched):
        word_number = touched[x]
        n = starts[word_number + 1] - starts[word_number]
        dice = 2 * votes[word_number] / (total + PAIR_WEIGHT * (n + 1) + n)
        bin_number = BINS - 1 - min(BINS - 1, int(dice * (BINS / 2.2)))
        votes[word_number] = -1.0 - bin_number
        counts[bin_number + 1] += 1
    # Only the bins that can still be needed are put in order.
    room = len(out)
    enough = 4 * room if not everyone else room
    last = 0
    reached = 0
    while last < BINS and reached < enough:
        reached += counts[last + 1]
        last += 1
    if not everyone:
        last = BINS
    limit = BINS
    for b in range(1, BINS + 1):
        counts[b] += counts[b - 1]
    for x in range(n_touched):
        b = int(-1.0 - votes[touched[x]])
        if b < last:
            ordered[counts[b]] = touched[x]
            counts[b] += 1
    # counts[b] now ends bin b.
    written = 0
    begin = 0
    for b in range(last):
        end = counts[b]
        if b > limit:
            break
        if end > begin + 1:
            ordered[begin:end].sort()
        for x in range(begin, end):
            if written < room and someone(ordered[x], person_starts, persons, allowed, everyone):
                if written == 0:
                    limit = worth(b)
                out[written] = ordered[x]
                rank[written] = b
                written += 1
        begin = end
        if written >= room:
            break
    for x in range(n_touched):
        votes[touched[x]] = 0
    return written
