"""Invariants of studies, over several sizes and seeds."""

import numpy as np
import pytest

from graphnet.synth import cohorts, studies
from graphnet.synth import university as uni
from graphnet.synth.population import make
from graphnet.synth.university_files import called


@pytest.mark.parametrize(("n", "seed"), [(50, 1), (300, 2), (3000, 3), (20_000, 4)])
def test_invariants(n: int, seed: int) -> None:
    learned = studies.make(n, seed)
    stays, groups = learned.stays, learned.groups
    assert np.array_equal(np.unique(stays.person), np.arange(n)), "everybody studied somewhere"
    assert (stays.start <= stays.end).all()
    # Nobody is in a group before it begins or after it ends.
    assert (stays.start >= 2 * groups.first[stays.group]).all()
    assert (stays.end <= 2 * groups.last[stays.group] + 1).all()
    # Two stays of one person never overlap: stays are in order of person and time.
    same = stays.person[1:] == stays.person[:-1]
    assert (stays.start[1:][same] > stays.end[:-1][same]).all()
    # One monitor in each group that anybody was in.
    monitors = np.bincount(stays.group[stays.monitor], minlength=len(groups.cohort))
    assert (monitors[np.unique(stays.group)] == 1).all()
    sizes = np.bincount(learned.group)
    assert sizes.min() >= 10
    assert sizes.max() <= cohorts.LARGEST_GROUP
    assert learned.cohorts.year.min() >= cohorts.FIRST_INTAKE
    assert learned.cohorts.year.max() <= cohorts.LAST_INTAKE


def test_lineage_is_acyclic_and_in_time() -> None:
    learned = studies.make(20_000, 4)
    groups = learned.groups
    heirs: dict[int, list[int]] = {}
    parents: dict[int, list[int]] = {}
    for old, new, year in groups.lineage:
        assert groups.last[old] == year - 1
        assert groups.first[new] == year
        assert groups.cohort[old] == groups.cohort[new]
        heirs.setdefault(old, []).append(new)
        parents.setdefault(new, []).append(old)
    assert any(len(them) == 2 for them in heirs.values()), "some split"
    assert any(len(them) == 2 for them in parents.values()), "some merge"
    hows = set(learned.stays.how.tolist())
    assert {studies.ADMITTED, studies.TRANSFER, studies.RETURNED} <= hows
    assert learned.unit_only.any()
    assert (np.bincount(learned.stays.cohort)[cohorts_of(learned, uni.MASTER)] > 0).all()


def cohorts_of(learned: studies.Studies, level: int) -> np.ndarray:
    return np.flatnonzero(learned.cohorts.level == level)


@pytest.mark.parametrize(("n", "seed"), [(3000, 1), (40_000, 2)])
def test_codes_move_each_year_and_are_nobody_elses(n: int, seed: int) -> None:
    rows = called(make(n, seed))
    by_year = {(year, code) for _, year, code in rows}
    assert len(by_year) == len(rows), "no two groups have one code in one year"
    by_group: dict[int, list[tuple[int, str]]] = {}
    for group, year, code in rows:
        by_group.setdefault(group, []).append((year, code))
    for codes in by_group.values():
        years = [year for year, _ in codes]
        assert years == list(range(years[0], years[0] + len(years)))
        texts = [code for _, code in codes]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("years", "level", "codes"),
    [
        ((1970, 1971, 1972), uni.SPECIALIST, ["121", "221", "321"]),
        ((1998, 1999), uni.SPECIALIST, ["1201", "2201"]),
        ((2009, 2010, 2011, 2012), uni.BACHELOR, ["1201", "2201", "R3301", "R3401"]),
        ((2018, 2019), uni.MASTER, ["R4101", "R4201"]),
        ((2005, 2006), uni.MASTER, ["5201", "6201"]),
    ],
)
def test_codes_of_the_eras(years: tuple[int, ...], level: int, codes: list[str]) -> None:
    assert [
        uni.group_code(year, course=year - years[0] + 1, faculty=1, level=level, number=1)
        for year in years
    ] == codes
