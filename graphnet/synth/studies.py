"""Who studied what, where, when: cohorts, study groups and their lineage, stays of people in them.

All in arrays, so that a million people take seconds. What everybody truly studied
(`Studies.cohort`, `Studies.group`, `Stays`) is known of all; of some
the files will tell only a unit and a year.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graphnet.synth import university as uni
from graphnet.synth.chance import Ints, generator, weighted
from graphnet.synth.cohorts import (
    ISLAND_COHORT,
    LARGEST_GROUP,
    LAST_INTAKE,
    SMALLEST_GROUP,
    Cohorts,
    Row,
    begin,
    group_sizes,
)

TRANSFERS, LEAVES, DROPOUTS, UNIT_ONLY, COHORT_ONLY = 0.04, 0.03, 0.09, 0.05, 0.015
MASTERS = 0.45  # of bachelors
SECOND_DEGREE = 0.012
SPLITS, MERGES = 0.12, 0.2
NORMAL, TRANSFERRED, ON_LEAVE, DROPPED_OUT = range(4)
ADMITTED, TRANSFER, RETURNED, EXCHANGE = range(4)  # as in model.STUDY_WAYS

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Groups:
    """One entry a study group: its cohort, its number in codes, the academic years it existed in.

    `first` and `last` are both included. `lineage` lists (group, its heir, academic year).
    """

    cohort: Ints
    number: Ints
    first: Ints
    last: Ints
    lineage: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Stays:
    """One entry a stay: a person in a study group (or -1), a cohort, from one term to another."""

    person: Ints
    group: Ints
    cohort: Ints
    start: Ints
    end: Ints
    how: Ints
    monitor: Bools
    complete: Bools  # ended with a diploma


@dataclass(frozen=True)
class Studies:
    """Everything about studies; `cohort` and `group` are where each person began."""

    n: int
    cohorts: Cohorts
    groups: Groups
    cohort: Ints
    group: Ints
    fate: Ints
    stays: Stays
    unit_only: Bools  # of these people the files know only faculty and year
    cohort_only: Bools

    @property
    def intake(self) -> Ints:
        """The year in which each person began."""
        return self.cohorts.year[self.cohort]


def make(n: int, seed: int) -> Studies:
    """Return the studies of n alumni."""
    cohorts, of_group, cohort, group = begin(n, seed)
    rng = generator(seed, "studies")
    year, years = cohorts.year[cohort], cohorts.years[cohort]
    cast = cohort <= ISLAND_COHORT
    fate = weighted(rng, (1 - TRANSFERS - LEAVES - DROPOUTS, TRANSFERS, LEAVES, DROPOUTS), n)
    fate[cast] = NORMAL
    turn = rng.integers(1, np.maximum(years, 2), n)  # years done before something happened
    draw = rng.random(n)
    other = np.full(n, -1, np.int64)
    moving = np.flatnonzero(fate == TRANSFERRED)
    other[moving] = _another_group(cohorts, of_group, group[moving], draw[moving], later=0)
    away = np.flatnonzero(fate == ON_LEAVE)
    other[away] = _another_group(cohorts, of_group, group[away], draw[away], later=1)
    fate[(other < 0) & (fate == TRANSFERRED)] = NORMAL
    fate[(other < 0) & (fate == ON_LEAVE)] = DROPPED_OUT

    start, end = 2 * year, 2 * (year + years) - 1
    first_end = np.select(
        [fate == TRANSFERRED, fate == ON_LEAVE, fate == DROPPED_OUT],
        [
            2 * (year + turn) - 1,
            2 * (year + turn) - 1,
            2 * year + (draw * (2 * years - 1)).astype(int),
        ],
        end,
    )
    everyone = np.arange(n)
    moved = np.flatnonzero(other >= 0)
    late = (fate[moved] == ON_LEAVE).astype(np.int64)
    pieces = [
        (everyone, group, start, first_end, np.full(n, ADMITTED), fate == NORMAL),
        (
            moved,
            other[moved],
            2 * (year + turn)[moved] + 2 * late,
            end[moved] + 2 * late,
            np.where(late == 1, RETURNED, TRANSFER),
            np.ones(len(moved), bool),
        ),
    ]
    stay = [np.concatenate(columns) for columns in zip(*pieces, strict=True)]
    master_cohorts, master_groups, masters = _masters(rng, cohorts, stay, of_group)
    cohorts = Cohorts(
        *(
            np.concatenate([old, new])
            for old, new in zip(
                (cohorts.year, cohorts.programme, cohorts.level, cohorts.form),
                master_cohorts,
                strict=True,
            )
        )
    )
    of_group = np.concatenate([of_group, master_groups])
    second = _second_degrees(rng, cohorts, of_group, stay)
    stay = [np.concatenate(columns) for columns in zip(stay, masters, second, strict=True)]
    groups = _numbered(cohorts, of_group)
    groups, stay = _split_and_merge(rng, cohorts, groups, stay)
    person, of, begins, ends, how, complete = stay
    order = np.lexsort((begins, person))
    person, of, begins, ends, how, complete = (
        column[order] for column in (person, of, begins, ends, how, complete)
    )
    unknown = rng.random(n)
    return Studies(
        n=n,
        cohorts=cohorts,
        groups=groups,
        cohort=cohort,
        group=group,
        fate=fate,
        stays=Stays(
            person=person,
            group=of,
            cohort=groups.cohort[of],
            start=begins,
            end=ends,
            how=how,
            monitor=_monitors(rng, of, begins, ends),
            complete=complete.astype(bool),
        ),
        unit_only=(unknown < UNIT_ONLY) & ~cast,
        cohort_only=(unknown > 1 - COHORT_ONLY) & ~cast,
    )


def _another_group(
    cohorts: Cohorts, of_group: Ints, group: Ints, draw: npt.NDArray[np.float64], *, later: int
) -> Ints:
    """Return for each of these groups another of the same faculty and length of study, or -1.

    `later` is 0 for the same intake, 1 for the next. The cast's groups stay as they are.
    """

    def key(cohort: Ints, shift: int) -> Ints:
        year = cohorts.year[cohort] + shift
        length = cohorts.years[cohort] * 2 + (cohorts.level[cohort] == uni.BACHELOR)
        result: Ints = (year * 16 + cohorts.faculty[cohort]) * 16 + length
        return result

    free = np.flatnonzero(of_group > ISLAND_COHORT)
    keys = key(of_group[free], 0)
    order = np.argsort(keys, kind="stable")
    free, keys = free[order], keys[order]
    wanted = key(of_group[group], later)
    low, high = np.searchsorted(keys, wanted), np.searchsorted(keys, wanted, side="right")
    some = high > low
    result = np.full(len(group), -1, np.int64)
    place = low + (draw * (high - low)).astype(np.int64)
    result[some] = free[place[some]]
    same = some & (result == group)
    following = np.where(place + 1 < high, place + 1, low)
    result[same] = free[following[same]]
    result[result == group] = -1
    return result


def _masters(
    rng: np.random.Generator, cohorts: Cohorts, stay: list[Ints], of_group: Ints
) -> tuple[tuple[Ints, Ints, Ints, Ints], Ints, list[Ints]]:
    """Bachelors who went on: new cohorts, their groups, and the stays in them."""
    person, group, _, end, _, complete = stay
    cohort = of_group[group]
    able = (
        complete.astype(bool)
        & (cohorts.level[cohort] == uni.BACHELOR)
        & (cohort > ISLAND_COHORT)
        & (end // 2 + 1 <= LAST_INTAKE)
        & (rng.random(len(person)) < MASTERS)
    )
    who = np.flatnonzero(able)
    year, faculty = end[who] // 2 + 1, cohorts.faculty[cohort[who]]
    key = year * 16 + faculty
    rows: list[Row] = []
    groups: list[int] = []
    pieces: list[tuple[npt.NDArray[Any], ...]] = []
    for value in np.unique(key).tolist():
        members = who[key == value]
        if len(members) < SMALLEST_GROUP - 2:
            continue
        cohort_number = len(cohorts.year) + len(rows)
        began = value // 16
        rows.append((began, int(cohorts.programme[cohort[members[0]]]), uni.MASTER, uni.FULL_TIME))
        sizes = group_sizes(rng, len(members))
        numbers = len(of_group) + len(groups) + np.repeat(np.arange(len(sizes)), sizes)
        groups += [cohort_number] * len(sizes)
        size = len(members)
        pieces.append(
            (
                person[members],
                numbers,
                np.full(size, 2 * began),
                np.full(size, 2 * began + 3),
                np.full(size, ADMITTED),
                (rng.random(size) < 0.93).astype(np.int64),
            )
        )
    if not rows:
        none = np.zeros(0, np.int64)
        return (none, none, none, none), none, [none] * 6
    columns = np.array(rows, np.int64).T
    stays = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    return (columns[0], columns[1], columns[2], columns[3]), np.array(groups, np.int64), stays


def _second_degrees(
    rng: np.random.Generator, cohorts: Cohorts, of_group: Ints, stay: list[Ints]
) -> list[Ints]:
    """A few who came back years later for something else."""
    person, group, _, end, _, complete = stay
    chosen = np.flatnonzero(
        complete.astype(bool)
        & (rng.random(len(person)) < SECOND_DEGREE)
        & (of_group[group] > ISLAND_COHORT)
    )
    free = np.flatnonzero((of_group > ISLAND_COHORT) & (cohorts.level[of_group] != uni.MASTER))
    year = cohorts.year[of_group[free]]
    order = np.argsort(year, kind="stable")
    free, year = free[order], year[order]
    # Three years at the least: until then some are still at their master's degree.
    wanted = end[chosen] // 2 + rng.integers(3, 10, len(chosen))
    low, high = np.searchsorted(year, wanted), np.searchsorted(year, wanted, side="right")
    some = high > low
    chosen, low, high = chosen[some], low[some], high[some]
    other = free[low + (rng.random(len(chosen)) * (high - low)).astype(np.int64)]
    began, years = cohorts.year[of_group[other]], cohorts.years[of_group[other]]
    return [
        person[chosen],
        other,
        2 * began,
        2 * (began + years) - 1,
        np.full(len(chosen), ADMITTED),
        np.ones(len(chosen), np.int64),
    ]


def _numbered(cohorts: Cohorts, of_group: Ints) -> Groups:
    """Number the groups of each faculty and intake, so that no two have one code in one year."""
    first = cohorts.year[of_group]
    numbers = np.zeros(len(of_group), np.int64)
    used: dict[tuple[int, ...], int] = {}
    faculty, level = cohorts.faculty[of_group], cohorts.level[of_group]
    for i, (year, unit, what) in enumerate(
        zip(first.tolist(), faculty.tolist(), level.tolist(), strict=True)
    ):
        # Before 2011 all but masters share the numbers, and a group may live through 2011.
        key = (year, unit, int(what == uni.MASTER))
        numbers[i] = used[key] = used.get(key, uni.first_number(what) - 1) + 1
    return Groups(of_group, numbers, first, first + cohorts.years[of_group] - 1, ())


def _split_and_merge(
    rng: np.random.Generator, cohorts: Cohorts, groups: Groups, stay: list[Ints]
) -> tuple[Groups, list[Ints]]:
    """Let some groups go on as two, and some pairs as one; stays are cut where that happens."""
    person, of, start, end, how, complete = stay
    number = len(groups.cohort)
    size = np.bincount(of, minlength=number)
    luck = rng.random(number)
    years = cohorts.years[groups.cohort]
    ordinary = (groups.cohort > ISLAND_COHORT) & (years >= 4)
    heirs: dict[int, tuple[int, ...]] = {}
    when: dict[int, int] = {}
    last = groups.last.copy()
    new: list[tuple[int, int, int, int]] = []  # cohort, number, first, last
    lineage: list[tuple[int, int, int]] = []
    highest: dict[tuple[int, int], int] = {}
    faculty = cohorts.faculty[groups.cohort]
    for i in range(number):
        if cohorts.level[groups.cohort[i]] != uni.MASTER:
            key = (int(groups.first[i]), int(faculty[i]))
            highest[key] = max(highest.get(key, 0), int(groups.number[i]))

    def child(parent: int, year: int) -> int:
        key = (int(groups.first[parent]), int(faculty[parent]))
        highest[key] += 1
        new.append((int(groups.cohort[parent]), highest[key], year, int(groups.last[parent])))
        return number + len(new) - 1

    large = np.flatnonzero(ordinary & (size >= LARGEST_GROUP - 6))
    for i in _some(large, luck[large] < SPLITS):
        when[i] = year = int(groups.first[i]) + 2
        heirs[i] = (child(i, year), child(i, year))
    pairs = np.flatnonzero(
        ordinary[:-1]
        & (groups.cohort[:-1] == groups.cohort[1:])
        & (size[:-1] + size[1:] <= LARGEST_GROUP + 6)
    )
    for i in _some(pairs, luck[pairs] > 1 - MERGES):
        j = i + 1
        if i in heirs or j in heirs:
            continue
        when[i] = when[j] = year = int(groups.first[i]) + 2
        heirs[i] = heirs[j] = (child(i, year),)
    for parent, children in sorted(heirs.items()):
        last[parent] = when[parent] - 1
        lineage += [(parent, heir, when[parent]) for heir in children]
    added = np.array(new, np.int64).reshape(-1, 4).T
    result = Groups(
        np.concatenate([groups.cohort, added[0]]),
        np.concatenate([groups.number, added[1]]),
        np.concatenate([groups.first, added[2]]),
        np.concatenate([last, added[3]]),
        tuple(lineage),
    )
    cut = np.full(number, 10**6)
    heir = np.full((number, 2), -1, np.int64)
    for parent, children in heirs.items():
        cut[parent] = 2 * when[parent]
        heir[parent] = children[0], children[-1]
    next_group = heir[of, person % 2]
    later = start >= cut[of]  # came after the change
    crossing = ~later & (end >= cut[of])
    after = np.flatnonzero(crossing)
    piece = [
        person[after],
        next_group[after],
        cut[of[after]],
        end[after],
        how[after],
        complete[after],
    ]
    changed = [
        person,
        np.where(later, next_group, of),
        start,
        np.where(crossing, cut[of] - 1, end),
        how,
        np.where(crossing, 0, complete),
    ]
    return result, [np.concatenate([a, b]) for a, b in zip(changed, piece, strict=True)]


def _some(candidates: Ints, chosen: Bools) -> list[int]:
    """Return the chosen candidates, or the first one if luck chose none."""
    result: list[int] = (candidates[chosen] if chosen.any() else candidates[:1]).tolist()
    return result


def _monitors(rng: np.random.Generator, group: Ints, start: Ints, end: Ints) -> Bools:
    """Choose one monitor a group among those who stayed in it longest."""
    order = np.lexsort((rng.random(len(group)), start - end, group))
    first = np.ones(len(order), bool)
    first[1:] = group[order][1:] != group[order][:-1]
    result = np.zeros(len(group), bool)
    result[order[first]] = True
    return result
