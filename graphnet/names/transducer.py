"""Reading learned transducers, and what a word may stand for: its table of events.

For each place of a word the table lists chunks of 1 to 4 letters, the 0 to 4 letters that each may
stand for, and with which probability given the letters around. Tables are made once for a
question; scoring a name against one is a forward pass (`score.py`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.names.alphabet import BASES, BITS, MARKED_BITS
from graphnet.names.em import unpack

LEVELS = 6
# Which letter a context takes in next, as offsets from the place.
AROUND = (0, 1, -1, 2, -2, 3)
QUANTUM = 0.04
LONGEST = 32  # letters of a word that are looked at
ROOM = 4096  # events of one table
ROW = BASES + 1

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Transducer:
    """One learned transducer.

    chunk_source, chunk_size, chunk_target, chunk_length describe the chunks; keys (sorted), starts,
    events, p are the contexts: `p` is what a context adds by itself, the rest of its mass is passed
    down from the next smaller one.
    """

    chunk_source: Longs
    chunk_size: Ints
    chunk_target: Ints
    chunk_length: Ints
    keys: Longs
    starts: Ints
    events: Ints
    p: Floats


def from_arrays(arrays: dict[str, NDArray[Any]], name: str) -> Transducer:
    """Return one transducer out of the arrays of `learn.learn`."""
    keys = np.cumsum(arrays[f"{name}.keys"]).astype(np.int64)
    sizes = arrays[f"{name}.sizes"].astype(np.int64)
    source, size, target, length = [], [], [], []
    for key in arrays[f"{name}.chunks"].tolist():
        s, t = unpack(key)
        packed = 0
        for letter in s:
            packed = packed << MARKED_BITS | letter
        source.append(packed)
        size.append(len(s))
        packed = 0
        for letter in reversed(t):
            packed = packed << BITS | letter
        target.append(packed)
        length.append(len(t))
    return Transducer(
        np.array(source, np.int64),
        np.array(size, np.int32),
        np.array(target, np.int32),
        np.array(length, np.int32),
        keys,
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32),
        arrays[f"{name}.events"].astype(np.int32),
        np.exp(-QUANTUM * arrays[f"{name}.quanta"].astype(np.float64)),
    )


def load(path: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays that `learn` wrote."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


@njit(cache=True, nogil=True)
def place_events(
    word: Bytes, i: int, chunk_source: Longs, chunk_size: Ints, keys: Longs, starts: Ints,
    events: Ints, p: Floats, work: Floats, seen: Ints,
) -> int:  # fmt: skip
    """Sum up the contexts of one place: `work[event]` gets its probability, `seen` lists events.

    Returns how many events there are; the caller puts `work` back to zero.
    """
    m = len(word)
    n = 0
    context = np.int64(0)
    for level in range(6):
        offset = (0, 1, -1, 2, -2, 3)[level]
        letter = np.int64(0)
        if 0 <= i + offset < m:
            letter = np.int64(word[i + offset])
        context = (context << 7) | letter
        key = context | (np.int64(level + 1) << 42)
        place = np.searchsorted(keys, key)
        if place == len(keys) or keys[place] != key:
            continue
        # What is here keeps its mass as far as its letters are the word's; the rest is passed down.
        own = 0.0
        for e in range(starts[place], starts[place + 1]):
            own += p[e]
        down = max(1e-6, 1.0 - own)  # never 0, which marks an event not yet met
        for x in range(n):
            work[seen[x]] *= down
        for e in range(starts[place], starts[place + 1]):
            event = events[e]
            a = chunk_size[event]
            if i + a > m:
                continue
            packed = np.int64(0)
            for x in range(a):
                packed = (packed << 7) | word[i + x]
            if packed != chunk_source[event]:
                continue
            if work[event] == 0.0:
                seen[n] = event
                n += 1
            work[event] += p[e]
        # Chunks that the letters rule out gave up their mass: the others share it.
        total = 0.0
        for x in range(n):
            total += work[seen[x]]
        if total > 0:
            for x in range(n):
                work[seen[x]] /= total
    return n
