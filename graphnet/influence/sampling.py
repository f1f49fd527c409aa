"""Reverse samples: who would have reached a person picked at random.

One sample is the set of all who would reach its root in one cascade. A set of people reaches, on
average, as large a share of the audience as it meets of the samples; so choosing people becomes
covering samples (Borgs et al., "Maximizing social influence in nearly optimal time", 2014).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.influence.cascade import (
    STOP,
    Cascade,
    Float32,
    Int32,
    Int64,
    Ties,
    UInt64,
    next_random,
    spread_once,
    streams,
)
from graphnet.influence.threads import available_threads

BLOCK = 8192  # samples that share one stream of random numbers


@njit(cache=True, nogil=True)
def _draw(
    indptr: Int64,
    ties: Ties,
    people: Int32,
    first_jump: Float32,
    roots: Int32,
    count: int,
    start: np.uint64,
) -> tuple[Int32, Int32]:
    """Draw samples; return their members one after the other, root first, and their sizes."""
    n = len(indptr) - 1
    state = np.empty(1, np.uint64)
    state[0] = start
    mark = np.full(n, -1, np.int32)
    queue = np.empty(n, np.int32)
    sizes = np.empty(count, np.int32)
    members = np.empty(count * 8 + n, np.int32)
    used = 0
    for sample in range(count):
        root = roots[min(int(next_random(state) * len(roots)), len(roots) - 1)]
        queue[0] = root
        mark[root] = sample
        size = spread_once(indptr, ties, people, first_jump, mark, sample, queue, 1, state)
        if used + size > len(members):
            larger = np.empty(2 * len(members) + size, np.int32)
            larger[:used] = members[:used]
            members = larger
        for i in range(size):
            members[used + i] = queue[i]
        used += size
        sizes[sample] = size
    return members[:used].copy(), sizes


@njit(cache=True, nogil=True)
def _met(
    indptr: Int64,
    ties: Ties,
    people: Int32,
    first_jump: Float32,
    roots: Int32,
    chosen: Int64,
    count: int,
    start: np.uint64,
) -> int:
    """Draw samples without keeping them; return how many meet the chosen people.

    Large samples are the ones that meet somebody soon, so that stopping there saves most work.
    """
    n = len(indptr) - 1
    state = np.empty(1, np.uint64)
    state[0] = start
    mark = np.full(n, -1, np.int32)
    for v in chosen:
        mark[v] = STOP
    queue = np.empty(n, np.int32)
    met = 0
    for sample in range(count):
        root = roots[min(int(next_random(state) * len(roots)), len(roots) - 1)]
        if mark[root] == STOP:
            met += 1
            continue
        queue[0] = root
        mark[root] = sample
        if spread_once(indptr, ties, people, first_jump, mark, sample, queue, 1, state) < 0:
            met += 1
    return met


@njit(cache=True, nogil=True)
def _index(members: Int32, sample_start: Int64, n: int) -> tuple[Int64, Int32]:
    """Turn samples' members into people's samples."""
    person_start = np.zeros(n + 1, np.int64)
    for v in members:
        person_start[v + 1] += 1
    for v in range(n):
        person_start[v + 1] += person_start[v]
    fill = person_start[:-1].copy()
    samples = np.empty(len(members), np.int32)
    for sample in range(len(sample_start) - 1):
        for i in range(sample_start[sample], sample_start[sample + 1]):
            v = members[i]
            samples[fill[v]] = sample
            fill[v] += 1
    return person_start, samples


@njit(cache=True, nogil=True)
def _cover(
    person: int,
    step: int,
    person_start: Int64,
    samples: Int32,
    sample_start: Int64,
    members: Int32,
    group: Int32,
    times: NDArray[np.int16],
    gain: Int64,
) -> None:
    """Choose a person (step 1) or give them back (-1): keep everybody's gains up to date.

    What nobody chosen is in yet counts for all its members, in the column of its root's group.
    """
    for i in range(person_start[person], person_start[person + 1]):
        sample = samples[i]
        before = times[sample]
        times[sample] = before + step
        if (before == 0) == (step > 0) and before + min(step, 0) == 0:
            first = sample_start[sample]
            label = group[members[first]]
            for j in range(first, sample_start[sample + 1]):
                gain[members[j], label] -= step


@njit(cache=True, nogil=True)
def _gain_by_group(
    sample_start: Int64, members: Int32, group: Int32, gain: NDArray[np.int64]
) -> None:
    """Count each person's samples by the group of the root."""
    for sample in range(len(sample_start) - 1):
        label = group[members[sample_start[sample]]]
        for j in range(sample_start[sample], sample_start[sample + 1]):
            gain[members[j], label] += 1


class Samples:
    """Reverse samples that are kept, and can grow; the same seed draws the same ones."""

    def __init__(self, cascade: Cascade, roots: Int32, *, seed: int, threads: int | None) -> None:
        self.cascade = cascade
        self.roots = roots
        self.seed = seed
        self.threads = threads or available_threads()
        self.members: Int32 = np.zeros(0, np.int32)
        self.sample_start: Int64 = np.zeros(1, np.int64)

    def __len__(self) -> int:
        return len(self.sample_start) - 1

    def grow_to(self, count: int) -> None:
        """Draw until there are at least so many, in whole blocks."""
        blocks = -(-count // BLOCK)
        first = len(self) // BLOCK
        starts = streams(self.seed, blocks, use=1)
        way = self.cascade.backward

        def draw(block: int) -> tuple[Int32, Int32]:
            members, sizes = _draw(
                way.indptr, way.ties, way.people, way.first_jump, self.roots, BLOCK, starts[block]
            )
            return members, sizes

        with ThreadPoolExecutor(self.threads) as pool:
            drawn = list(pool.map(draw, range(first, blocks)))
        self.members = np.concatenate([self.members, *(members for members, _ in drawn)])
        sizes = np.concatenate([np.diff(self.sample_start), *(sizes for _, sizes in drawn)])
        self.sample_start = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])

    def index(self) -> "Coverage":
        """Return the samples ready for choosing people."""
        person_start, samples = _index(self.members, self.sample_start, self.cascade.n)
        return Coverage(self.members, self.sample_start, person_start, samples)


@dataclass(frozen=True)
class Coverage:
    """Samples by member and members by sample."""

    members: Int32
    sample_start: Int64
    person_start: Int64
    samples: Int32

    def __len__(self) -> int:
        return len(self.sample_start) - 1

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.person_start) - 1

    def gains(self, group: Int32, groups: int) -> Int64:
        """Return how many samples each person is in by the root's group, shape (n, groups)."""
        gain = np.zeros((self.n, groups), np.int64)
        _gain_by_group(self.sample_start, self.members, group, gain)
        return gain

    def choose(
        self, person: int, step: int, group: Int32, times: NDArray[np.int16], gain: Int64
    ) -> None:
        """Choose a person (step 1) or give them back (-1), changing `times` and `gain` in place."""
        _cover(
            person, step, self.person_start, self.samples, self.sample_start, self.members,
            group, times, gain,
        )  # fmt: skip


def samples_met(
    cascade: Cascade, roots: Int32, chosen: Int64, count: int, *, seed: int, threads: int | None
) -> tuple[int, int]:
    """Draw fresh samples; return how many of them meet the chosen people, and how many there were.

    These are other samples than those of `Samples` with the same seed, so that what they say of a
    set chosen on the latter is unbiased.
    """
    blocks = max(1, -(-count // BLOCK))
    starts: UInt64 = streams(seed, blocks, use=2)
    way = cascade.backward

    def meet(block: int) -> int:
        start = starts[block]
        return int(
            _met(way.indptr, way.ties, way.people, way.first_jump, roots, chosen, BLOCK, start)
        )

    with ThreadPoolExecutor(threads or available_threads()) as pool:
        return sum(pool.map(meet, range(blocks))), blocks * BLOCK
