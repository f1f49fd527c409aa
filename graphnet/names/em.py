"""Learning how one script's letters stand for another's: alignment by expectation maximisation.

A pair of spellings is cut into chunks, 1 to 4 letters of the source against 0 to 4 of the target.
Each chunk has one probability, learned from all ways of cutting all pairs (a unigram joint
multigram model); the posterior of each chunk at each place then feeds the context model in
`learn.py`.

References
----------
S. Deligne, F. Bimbot (1997), Inference of variable-length linguistic and acoustic units by
multigrams, Speech Communication 23, sections 2-3.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.names.alphabet import BITS, MARKED_BITS

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int32]
Keys = NDArray[np.int64]
Counts = NDArray[np.float64]

SLOTS = 1 << 23  # of the first table; later ones hold what is left
TARGET_BITS = 4 * BITS + 3  # four letters and how many there are

# How willingly a chunk of so many letters (rows: source, columns: target) is cut. Without this the
# likelihood prefers long chunks, which fit the pairs they were seen in and nothing else.
WILLING = np.array(
    [
        # 0     1     2     3      4
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.3, 1.0, 0.3, 0.1, 0.05],
        [0.03, 0.3, 0.05, 0.0, 0.0],
        [0.0, 0.1, 0.01, 0.0, 0.0],
        [0.0, 0.05, 0.0, 0.0, 0.0],
    ]
)


@njit(cache=True, inline="always")
def _chunk(source: Bytes, i: int, a: int, target: Bytes, j: int, b: int) -> int:
    key = np.int64(a)
    for x in range(a):
        key = (key << MARKED_BITS) | source[i + x]
    key = (key << 3) | b
    for x in range(b):
        key = (key << BITS) | target[j + x]
    for _ in range(b, 4):
        key <<= BITS
    return int(key)


@njit(cache=True, inline="always")
def _slot(keys: Keys, key: int) -> int:
    last = len(keys) - 1
    place = (key * 0x9E3779B97F4A7C1 >> 17) & last
    while keys[place] != 0 and keys[place] != key:
        place = (place + 1) & last
    return place


@njit(cache=True)
def _first_counts(
    source: Bytes, s_at: Offsets, target: Bytes, t_at: Offsets, willing: Counts, keys: Keys
) -> Counts:
    """Enter every chunk near the diagonal once, with its willingness as the first count."""
    counts = np.zeros(SLOTS)
    filled = 0
    for pair in range(len(s_at) - 1):
        x, y = source[s_at[pair] : s_at[pair + 1]], target[t_at[pair] : t_at[pair + 1]]
        m, n = len(x), len(y)
        for i in range(m):
            for j in range(n + 1):
                if abs(i * n - j * m) > 1.5 * max(m, n):
                    continue
                for a in range(1, min(4, m - i) + 1):
                    for b in range(min(4, n - j) + 1):
                        if willing[a, b] > 0:
                            place = _slot(keys, _chunk(x, i, a, y, j, b))
                            if keys[place] == 0:
                                if filled > SLOTS * 9 // 10:
                                    continue
                                filled += 1
                                keys[place] = _chunk(x, i, a, y, j, b)
                            counts[place] += willing[a, b]
    return counts


@njit(cache=True)
def _lattice(
    x: Bytes, y: Bytes, willing: Counts, keys: Keys, p: Counts, forward: Counts, backward: Counts
) -> float:
    """Fill forward and backward sums of one pair; return the probability of the pair."""
    m, n = len(x), len(y)
    forward[: m + 1, : n + 1] = 0
    backward[: m + 1, : n + 1] = 0
    forward[0, 0] = 1
    backward[m, n] = 1
    for i in range(m):
        for j in range(n + 1):
            if forward[i, j] > 0:
                for a in range(1, min(4, m - i) + 1):
                    for b in range(min(4, n - j) + 1):
                        if willing[a, b] > 0:
                            q = p[_slot(keys, _chunk(x, i, a, y, j, b))]
                            forward[i + a, j + b] += forward[i, j] * q
    if forward[m, n] <= 0:
        return 0.0
    for i in range(m - 1, -1, -1):
        for j in range(n, -1, -1):
            for a in range(1, min(4, m - i) + 1):
                for b in range(min(4, n - j) + 1):
                    if willing[a, b] > 0:
                        q = p[_slot(keys, _chunk(x, i, a, y, j, b))]
                        backward[i, j] += q * backward[i + a, j + b]
    return float(forward[m, n])


@njit(cache=True)
def _expect(
    source: Bytes, s_at: Offsets, target: Bytes, t_at: Offsets, weight: Counts,
    willing: Counts, keys: Keys, p: Counts, fit: Counts,
) -> Counts:  # fmt: skip
    counts = np.zeros(len(keys))
    forward, backward = np.zeros((64, 64)), np.zeros((64, 64))
    for pair in range(len(s_at) - 1):
        x, y = source[s_at[pair] : s_at[pair + 1]], target[t_at[pair] : t_at[pair + 1]]
        m, n = len(x), len(y)
        total = _lattice(x, y, willing, keys, p, forward, backward)
        if total <= 0:
            fit[pair] = -99.0
            continue
        fit[pair] = np.log(total) / (m + n)
        for i in range(m):
            for j in range(n + 1):
                if forward[i, j] > 0:
                    for a in range(1, min(4, m - i) + 1):
                        for b in range(min(4, n - j) + 1):
                            if willing[a, b] > 0 and backward[i + a, j + b] > 0:
                                place = _slot(keys, _chunk(x, i, a, y, j, b))
                                counts[place] += (
                                    weight[pair] * forward[i, j] * p[place]
                                    * backward[i + a, j + b] / total
                                )  # fmt: skip
    return counts


@njit(cache=True)
def _places(
    source: Bytes, s_at: Offsets, target: Bytes, t_at: Offsets, weight: Counts,
    willing: Counts, keys: Keys, p: Counts, least: float, at: Keys, chunk: Keys, mass: Counts,
) -> int:  # fmt: skip
    """Write (position in `source`, chunk, posterior) of every chunk above `least`."""
    forward, backward = np.zeros((64, 64)), np.zeros((64, 64))
    written = 0
    for pair in range(len(s_at) - 1):
        x, y = source[s_at[pair] : s_at[pair + 1]], target[t_at[pair] : t_at[pair + 1]]
        m, n = len(x), len(y)
        if weight[pair] <= 0:
            continue
        total = _lattice(x, y, willing, keys, p, forward, backward)
        if total <= 0:
            continue
        for i in range(m):
            for j in range(n + 1):
                if forward[i, j] > 0:
                    for a in range(1, min(4, m - i) + 1):
                        for b in range(min(4, n - j) + 1):
                            if willing[a, b] > 0 and backward[i + a, j + b] > 0:
                                key = _chunk(x, i, a, y, j, b)
                                posterior = (
                                    forward[i, j] * p[_slot(keys, key)]
                                    * backward[i + a, j + b] / total
                                )  # fmt: skip
                                if posterior >= least and written < len(at):
                                    at[written] = s_at[pair] + i
                                    chunk[written] = key
                                    mass[written] = posterior * weight[pair]
                                    written += 1
    return written


def align(
    source: Bytes, s_at: Offsets, target: Bytes, t_at: Offsets, weight: Counts, *, rounds: int = 8
) -> tuple[Keys, Keys, Counts]:
    """Learn the chunks of pairs of spellings, and where they lie.

    Parameters
    ----------
    source, target : array of uint8
        All words, one after the other, as letter numbers (`alphabet.py`).
    s_at, t_at : array of int32, shape (pairs + 1,)
        Where each word begins.
    weight : array of float, shape (pairs,)
        How much a pair counts. About one pair in fifty is of two different names: those that fit
        worst are given no weight after the third round, in place.

    Returns
    -------
    at, chunk, mass : arrays of the same length
        Position in `source`, packed chunk (`unpack`), expected count.
        O(rounds x letters x 16); half a minute for 100,000 pairs.
    """
    keys = np.zeros(SLOTS, np.int64)
    counts = _first_counts(source, s_at, target, t_at, WILLING, keys)
    keys, p = _thinned(keys, counts, 0.1)
    fit = np.zeros(len(s_at) - 1)
    for turn in range(rounds):
        counts = _expect(source, s_at, target, t_at, weight, WILLING, keys, p, fit)
        keys, p = _thinned(keys, counts, 1.0)
        if turn == 3:
            doubtful = fit < np.quantile(fit, 0.03)
            weight[doubtful] = 0
    room = int(s_at[-1]) * 6
    at, chunk = np.zeros(room, np.int64), np.zeros(room, np.int64)
    mass = np.zeros(room)
    n = _places(source, s_at, target, t_at, weight, WILLING, keys, p, 0.02, at, chunk, mass)
    return at[:n], chunk[:n], mass[:n]


@njit(cache=True)
def _entered(keys: Keys, chosen: Keys, p_chosen: Counts, p: Counts) -> None:
    for x in range(len(chosen)):
        place = _slot(keys, chosen[x])
        keys[place] = chosen[x]
        p[place] = p_chosen[x]


def _thinned(keys: Keys, counts: Counts, least: float) -> tuple[Keys, Counts]:
    """Return a table of the chunks that are left, and their probabilities."""
    stay = np.flatnonzero((keys != 0) & (counts >= least))
    p_chosen = counts[stay] * _willing_of(keys[stay])
    size = 1 << max(12, int(2.5 * len(stay)).bit_length())
    table, p = np.zeros(size, np.int64), np.zeros(size)
    _entered(table, keys[stay], p_chosen / p_chosen.sum(), p)
    return table, p


def _willing_of(keys: Keys) -> Counts:
    b = (keys >> (4 * BITS)) & 7
    rest = keys >> TARGET_BITS
    a = np.zeros(len(keys), np.int64)
    for size in range(1, 5):
        a[(rest >> (MARKED_BITS * size)) == size] = size
    willing: Counts = WILLING[a, np.minimum(b, 4)]
    return willing


def unpack(key: int) -> tuple[bytes, bytes]:
    """Return the source letters and the target letters of a packed chunk."""
    b = (key >> (4 * BITS)) & 7
    target = bytes((key >> (BITS * (3 - x))) & (2**BITS - 1) for x in range(b))
    rest = key >> TARGET_BITS
    for size in range(1, 5):
        if rest >> (MARKED_BITS * size) == size:
            mask = 2**MARKED_BITS - 1
            source = bytes((rest >> (MARKED_BITS * (size - 1 - x))) & mask for x in range(size))
            return source, target
    raise ValueError(key)
