"""Reverse samples: who would have reached a person picked at random.

One sample is the set of all who would reach its root in one cascade. A set of people reaches, on
average, as large a share of the audience as it meets of the samples; so choosing people becomes
covering samples (Borgs et al., "Maximizing social influence in nearly optimal time", 2014).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import sqrt

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
from graphnet.threads import available_threads

BoolArray = NDArray[np.bool_]

BLOCK = 8192  # samples that share one stream of random numbers


@njit(cache=True, nogil=True)
def _draw(
    indptr: Int64,
    ties: Ties,
    people: Int32,
    first_jump: Float32,
    roots: Int32,
    keep: NDArray[np.bool_],
    settled: Int64,
    count: int,
    start: np.uint64,
) -> tuple[Int32, Int32, Int32]:
    """Draw samples; return members to keep one after the other, their numbers, and roots.

    Samples that no such member is in, or somebody settled, are left out.
    """
    n = len(indptr) - 1
    state = np.empty(1, np.uint64)
    state[0] = start
    mark = np.full(n, -1, np.int32)
    for v in settled:
        mark[v] = STOP
    queue = np.empty(n, np.int32)
    sizes = np.empty(count, np.int32)
    first = np.empty(count, np.int32)
    members = np.empty(count * 8 + n, np.int32)
    used = 0
    kept = 0
    for sample in range(count):
        root = roots[min(int(next_random(state) * len(roots)), len(roots) - 1)]
        if mark[root] == STOP:
            continue
        queue[0] = root
        mark[root] = sample
        size = spread_once(
            indptr, ties, people, first_jump, mark, sample, queue, 1, state, np.uint64(0)
        )
        if used + size > len(members):
            larger = np.empty(2 * len(members) + size, np.int32)
            larger[:used] = members[:used]
            members = larger
        before = used
        for i in range(size):
            members[used] = queue[i]
            used += keep[queue[i]]
        if used > before:
            sizes[kept] = used - before
            first[kept] = root
            kept += 1
    return members[:used].copy(), sizes[:kept].copy(), first[:kept].copy()


@njit(cache=True, nogil=True)
def _met(
    indptr: Int64,
    ties: Ties,
    people: Int32,
    first_jump: Float32,
    roots: Int32,
    side: NDArray[np.uint8],
    count: int,
    start: np.uint64,
) -> tuple[int, int, int]:
    """Draw samples without keeping them; return how many meet both of two sets, or one only.

    `side` is 1 for the first set's people, 2 for the other's, 3 for who is in both. Large samples
    are the ones that meet somebody soon, so that stopping at the latter saves most work.
    """
    n = len(indptr) - 1
    state = np.empty(1, np.uint64)
    state[0] = start
    mark = np.full(n, -1, np.int32)
    for v in range(n):
        if side[v] == 3:
            mark[v] = STOP
    queue = np.empty(n, np.int32)
    both = 0
    first = 0
    second = 0
    for sample in range(count):
        root = roots[min(int(next_random(state) * len(roots)), len(roots) - 1)]
        if mark[root] == STOP:
            both += 1
            continue
        queue[0] = root
        mark[root] = sample
        size = spread_once(
            indptr, ties, people, first_jump, mark, sample, queue, 1, state, np.uint64(0)
        )
        if size < 0:
            both += 1
            continue
        seen = 0
        for i in range(size):
            seen |= side[queue[i]]
        both += seen == 3
        first += seen == 1
        second += seen == 2
    return both, first, second


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
    label: Int32,
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
            for j in range(sample_start[sample], sample_start[sample + 1]):
                gain[members[j], label[sample]] -= step


@njit(cache=True, nogil=True)
def _gain_by_group(
    sample_start: Int64, members: Int32, label: Int32, gain: NDArray[np.int64]
) -> None:
    """Count each person's samples by the group of the root."""
    for sample in range(len(sample_start) - 1):
        for j in range(sample_start[sample], sample_start[sample + 1]):
            gain[members[j], label[sample]] += 1


class Samples:
    """Reverse samples that are kept, and can grow; the same seed and use draw the same ones.

    Parameters
    ----------
    keep : bool[n], optional
        Keep of each sample only these people (who may be chosen): a hundredth of the memory.
    settled : int64[s]
        Leave out samples that one of these is in (they are chosen already): half of the time.
    use : int
        Samples of different uses of a seed are independent; 2 belongs to `samples_met`.
    """

    def __init__(
        self,
        cascade: Cascade,
        roots: Int32,
        *,
        seed: int,
        threads: int | None,
        keep: BoolArray | None = None,
        settled: Int64 | None = None,
        use: int = 1,
    ) -> None:
        self.cascade = cascade
        self.roots = roots
        self.seed = seed
        self.threads = threads or available_threads()
        self.keep = np.ones(cascade.n, np.bool_) if keep is None else keep
        self.settled = np.zeros(0, np.int64) if settled is None else settled
        self.use = use
        self.blocks = 0
        self.members: Int32 = np.zeros(0, np.int32)
        self.root: Int32 = np.zeros(0, np.int32)
        self.sample_start: Int64 = np.zeros(1, np.int64)

    def __len__(self) -> int:
        """Return how many were drawn, those that are left out included."""
        return self.blocks * BLOCK

    def grow_to(self, count: int) -> None:
        """Draw until there are at least so many, in whole blocks."""
        blocks = -(-count // BLOCK)
        starts = streams(self.seed, blocks, use=self.use)
        way = self.cascade.backward

        def draw(block: int) -> tuple[Int32, Int32, Int32]:
            members, sizes, root = _draw(
                way.indptr, way.ties, way.people, way.first_jump, self.roots, self.keep,
                self.settled, BLOCK, starts[block],
            )  # fmt: skip
            return members, sizes, root

        with ThreadPoolExecutor(self.threads) as pool:
            drawn = list(pool.map(draw, range(self.blocks, blocks)))
        self.blocks = max(blocks, self.blocks)
        self.members = np.concatenate([self.members, *(one[0] for one in drawn)])
        sizes = np.concatenate([np.diff(self.sample_start), *(one[1] for one in drawn)])
        self.root = np.concatenate([self.root, *(one[2] for one in drawn)])
        self.sample_start = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])

    def index(self) -> "Coverage":
        """Return the samples ready for choosing people."""
        person_start, samples = _index(self.members, self.sample_start, self.cascade.n)
        return Coverage(self.members, self.sample_start, self.root, person_start, samples)


@dataclass(frozen=True)
class Coverage:
    """Samples by member and members by sample, and whom each sample was drawn for."""

    members: Int32
    sample_start: Int64
    root: Int32
    person_start: Int64
    samples: Int32

    def __len__(self) -> int:
        return len(self.sample_start) - 1

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.person_start) - 1

    def gains(self, label: Int32, groups: int) -> Int64:
        """Return how many samples each person is in by the sample's label, shape (n, groups)."""
        gain = np.zeros((self.n, groups), np.int64)
        _gain_by_group(self.sample_start, self.members, label, gain)
        return gain

    def choose(
        self, person: int, step: int, label: Int32, times: NDArray[np.int16], gain: Int64
    ) -> None:
        """Choose a person (step 1) or give them back (-1), changing `times` and `gain` in place."""
        _cover(
            person, step, self.person_start, self.samples, self.sample_start, self.members,
            label, times, gain,
        )  # fmt: skip


@dataclass(frozen=True)
class Meeting:
    """Fresh samples and how many of them meet two sets of people.

    Attributes
    ----------
    samples, met : int
        Drawn, and of them those that meet the first set.
    only, other_only : int
        Those that meet the first set alone, and the other alone.
    """

    samples: int
    met: int
    only: int
    other_only: int

    @property
    def share(self) -> float:
        """Share of samples that meet the first set."""
        return self.met / self.samples

    @property
    def error(self) -> float:
        """Standard error of `share`."""
        return sqrt(self.share * (1 - self.share) / self.samples)

    @property
    def ahead(self) -> tuple[float, float]:
        """How much larger a share the first set meets than the other, with its standard error."""
        more = (self.only - self.other_only) / self.samples
        square = (self.only + self.other_only) / self.samples
        return more, sqrt(max(square - more * more, 0.0) / self.samples)


def samples_met(
    cascade: Cascade,
    roots: Int32,
    chosen: Int64,
    other: Int64,
    count: int,
    *,
    seed: int,
    threads: int | None,
) -> Meeting:
    """Draw fresh samples; count those that meet the chosen people, and the others.

    These are other samples than those of `Samples` with the same seed, so that what they say of a
    set chosen on the latter is unbiased.
    """
    blocks = max(1, -(-count // BLOCK))
    starts: UInt64 = streams(seed, blocks, use=2)
    way = cascade.backward
    side = np.zeros(cascade.n, np.uint8)
    side[chosen] = 1
    side[other] |= 2

    def meet(block: int) -> tuple[int, int, int]:
        both, first, second = _met(
            way.indptr, way.ties, way.people, way.first_jump, roots, side, BLOCK, starts[block]
        )
        return int(both), int(first), int(second)

    with ThreadPoolExecutor(threads or available_threads()) as pool:
        counts = np.array(list(pool.map(meet, range(blocks)))).sum(axis=0)
    both, first, second = (int(c) for c in counts)
    return Meeting(blocks * BLOCK, both + first, first, second)
