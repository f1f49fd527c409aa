"""Who knows whom: dense in study groups, looser in streams, at work and in clubs, a few by chance.

Two people of a circle meet the more likely the warmer they are, so that degrees are heavy-tailed; a
part of all ties closes triangles. Every tie is drawn, not computed from facts, so that engines that
know all facts do not know the ties.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphnet.synth import cohorts
from graphnet.synth.chance import Floats, Ints, generator
from graphnet.synth.population import Population

CIRCLES = ("group", "stream", "faculty", "work", "club", "chance", "friend")
GROUP, STREAM, FACULTY, WORK, CLUB, CHANCE, FRIEND = range(7)
# Of the ties beyond the study group: which circle they come from.
_SHARES = {STREAM: 0.38, FACULTY: 0.15, WORK: 0.12, CLUB: 0.07, CHANCE: 0.06, FRIEND: 0.22}
# How strong a tie of each circle is at first sight.
_STRENGTH = (0.62, 0.38, 0.24, 0.45, 0.34, 0.2, 0.36)
_STEPS = 1 << 20  # largest number of pairs drawn at once


@dataclass(frozen=True)
class Known:
    """Pairs u < v, each once, sorted; with the circle they met in and a strength in hundredths."""

    u: npt.NDArray[np.int32]
    v: npt.NDArray[np.int32]
    circle: npt.NDArray[np.int8]
    strength: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.u)


@dataclass(frozen=True)
class _Blocks:
    """People in circles of one kind, each circle a stretch of `people`, with summed warmth."""

    people: Ints
    low: Ints  # by person: where the stretch from which they draw begins ...
    high: Ints  # ... and ends; equal for those in no circle
    sums: Floats

    def partners(self, rng: np.random.Generator, one: Ints) -> Ints:
        """Return for each person somebody of the stretch, the warmer the likelier."""
        first, last = self.sums[self.low[one]], self.sums[self.high[one]]
        drawn = first + rng.random(len(one)) * (last - first)
        place = np.searchsorted(self.sums, drawn, side="right") - 1
        return self.people[np.clip(place, 0, len(self.people) - 1)]


def default_degree(n: int) -> float:
    """Return the mean number of ties of an association of this size: 25 small, 65 from 40,000."""
    return float(np.interp(np.log10(max(n, 1)), (np.log10(3000), np.log10(40_000)), (25, 65)))


def make(people: Population, *, mean_degree: float, known: float = 1.0) -> Known:
    """Return the ties of a population, mean_degree * n / 2 of them; `known` is the share kept.

    Same seed, same ties. A million people with 65 ties each take about a minute and 3 GB.
    """
    n = people.n
    rng = generator(people.seed, "ties")
    target = int(min(mean_degree * n / 2, n * (n - 1) / 3))
    codes = [_of_groups(rng, people, mean_degree)]
    if len(codes[0]) > 0.7 * target:
        codes[0] = codes[0][rng.random(len(codes[0])) < 0.7 * target / len(codes[0])]
    have = codes[0]
    circles = np.zeros(len(have), np.int8)
    blocks = _blocks(people)
    for _ in range(8):
        missing = target - len(have)
        if missing <= target * 0.002:
            break
        new, kinds = _round(rng, people, blocks, have, wanted=missing)
        have, circles = _united(have, circles, new, kinds)
        have, circles = _without_bridges(people, have, circles)
    if len(have) > target:
        keep = np.sort(rng.choice(len(have), target, replace=False))
        have, circles = have[keep], circles[keep]
    if known < 1:
        told = rng.random(len(have)) < known
        have, circles = have[told], circles[told]
    u, v = (have // n).astype(np.int32), (have % n).astype(np.int32)
    base = np.array(_STRENGTH)[circles]
    strength = np.clip(base + rng.normal(0, 0.16, len(have)), 0.05, 1.0)
    return Known(u, v, circles, (strength * 100).round().astype(np.int8))


def with_pairs(known: Known, pairs: list[tuple[int, int, int]], people: Population) -> Known:
    """Add ties of the cast: (one, other, strength in hundredths); a strength of 0 removes one."""
    n, group = people.n, people.studies.group
    table = {(min(a, b), max(a, b)): strength for a, b, strength in pairs}
    code = known.u.astype(np.int64) * n + known.v
    wanted = np.array([a * n + b for a, b in table], np.int64)
    keep = ~np.isin(code, wanted)
    add = [(a, b, s) for (a, b), s in sorted(table.items()) if s]
    u, v, strength = np.array(add, np.int64).reshape(-1, 3).T
    circle = np.where(group[u] == group[v], GROUP, FRIEND)
    columns = (
        np.concatenate([known.u[keep], u]),
        np.concatenate([known.v[keep], v]),
        np.concatenate([known.circle[keep], circle]),
        np.concatenate([known.strength[keep], strength]),
    )
    order = np.lexsort((columns[1], columns[0]))
    return Known(
        columns[0][order].astype(np.int32),
        columns[1][order].astype(np.int32),
        columns[2][order].astype(np.int8),
        columns[3][order].astype(np.int8),
    )


def _of_groups(rng: np.random.Generator, people: Population, mean_degree: float) -> Ints:
    """Return pairs of first groups, as sorted codes u * n + v; warm people know more of them."""
    group, n = people.studies.group, people.n
    share = float(np.clip(mean_degree * 0.5 / cohorts.GROUP_SIZE, 0.02, 0.8))
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    sizes = np.diff(np.r_[starts, n])
    found = []
    for size in np.unique(sizes).tolist():
        i, j = np.triu_indices(size, 1)
        places = starts[sizes == size]
        for part in np.array_split(places, max(1, len(places) * len(i) // _STEPS)):
            u = (part[:, None] + i).ravel()
            v = (part[:, None] + j).ravel()
            warm = np.sqrt(people.warmth[u] * people.warmth[v])
            keep = rng.random(len(u)) < np.clip(share * warm**0.6, 0, 0.97)
            found.append(u[keep] * n + v[keep])
    return np.sort(np.concatenate(found))


def _blocks(people: Population) -> dict[int, _Blocks]:
    learned = people.studies
    stream = learned.cohort
    years = people.faculty * 10_000 + learned.intake
    return {
        STREAM: _stretches(people, stream, width=0),
        FACULTY: _stretches(people, years, width=2),
        WORK: _stretches(people, people.organisation, width=0),
        CLUB: _stretches(people, people.club, width=0),
        CHANCE: _stretches(people, np.zeros(people.n, np.int64), width=0),
    }


def _stretches(people: Population, key: Ints, *, width: int) -> _Blocks:
    inside = np.flatnonzero(key >= 0)
    order = inside[np.argsort(key[inside], kind="stable")]
    keys = key[order]
    low, high = np.zeros(people.n, np.int64), np.zeros(people.n, np.int64)
    low[inside] = np.searchsorted(keys, key[inside] - width)
    high[inside] = np.searchsorted(keys, key[inside] + width, side="right")
    sums = np.concatenate([[0.0], np.cumsum(people.warmth[order])])
    return _Blocks(order, low, high, sums)


def _round(
    rng: np.random.Generator,
    people: Population,
    blocks: dict[int, _Blocks],
    have: Ints,
    *,
    wanted: int,
) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Draw about as many pairs as wanted, from every circle and by closing triangles."""
    n = people.n
    codes, kinds = [], []
    begins = np.searchsorted(have, np.arange(n + 1) * n)
    for circle, share in _SHARES.items():
        number = int(wanted * share * 1.06) + 8
        for size in np.diff(np.r_[np.arange(0, number, _STEPS), number]).tolist():
            if circle == FRIEND:
                one, other = _friends_of_friends(rng, have, begins, size)
            else:
                block = blocks[circle]
                # Sorted, so that the two searches walk through memory once.
                place = np.sort(rng.random(size)) * block.sums[-1]
                one = block.people[
                    np.clip(np.searchsorted(block.sums, place, side="right") - 1, 0, None)
                ]
                other = block.partners(rng, one)
            keep = one != other
            one, other = one[keep], other[keep]
            codes.append(np.minimum(one, other) * n + np.maximum(one, other))
            kinds.append(np.full(len(one), circle, np.int8))
    code, kind = np.concatenate(codes), np.concatenate(kinds)
    code, first = np.unique(code, return_index=True)
    return code, kind[first]


def _friends_of_friends(
    rng: np.random.Generator, have: Ints, begins: Ints, size: int
) -> tuple[Ints, Ints]:
    """Return ends of paths of two ties: (u, v) drawn, then one more tie of v.

    Only the ties whose first end is v are looked at, which lie together in the sorted codes.
    """
    n = len(begins) - 1
    u, v = np.divmod(have[np.sort(rng.integers(0, len(have), size))], n)
    low, high = begins[v], begins[v + 1]
    some = high > low
    u, low, high = u[some], low[some], high[some]
    return u, have[low + (rng.random(len(u)) * (high - low)).astype(np.int64)] % n


def _united(
    have: Ints, circles: npt.NDArray[np.int8], new: Ints, kinds: npt.NDArray[np.int8]
) -> tuple[Ints, npt.NDArray[np.int8]]:
    place = np.searchsorted(have, new)
    fresh = have[np.minimum(place, len(have) - 1)] != new
    new, place, kinds = new[fresh], place[fresh], kinds[fresh]
    return np.insert(have, place, new), np.insert(circles, place, kinds)


def _without_bridges(
    people: Population, codes: Ints, circles: npt.NDArray[np.int8]
) -> tuple[Ints, npt.NDArray[np.int8]]:
    """Remove ties between the two groups of the cohort that fell apart."""
    group = people.studies.group
    left, right = cohorts.ISLAND_GROUPS
    # Both groups are stretches of positions, so their pairs are found by two comparisons each.
    a, b = np.flatnonzero(group == left), np.flatnonzero(group == right)
    u, v = codes // people.n, codes % people.n
    bridge = (u >= a[0]) & (u <= a[-1]) & (v >= b[0]) & (v <= b[-1])
    return codes[~bridge], circles[~bridge]
