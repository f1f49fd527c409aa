"""Who began together: the cohorts of each intake, and how they were parted into study groups."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphnet.synth import university as uni
from graphnet.synth.chance import Ints, generator, parts

FIRST_INTAKE, LAST_INTAKE = 1965, 2022
GROUP_SIZE, LARGEST_GROUP, SMALLEST_GROUP = 20, 28, 12
COHORT_SIZE = 44

# Two cohorts that are always there: the demo's own, and one that fell into two islands.
DEMO_COHORT, ISLAND_COHORT = 0, 1
DEMO_GROUP, PARALLEL_GROUP, ISLAND_GROUPS = 0, 1, (2, 3)
DEMO_INTAKE, ISLAND_INTAKE = 1998, 2006

# Year, programme, level, form.
Row = tuple[int, int, int, int]


@dataclass(frozen=True)
class Cohorts:
    """One entry a cohort."""

    year: Ints
    programme: Ints
    level: Ints
    form: Ints

    @property
    def faculty(self) -> Ints:
        """Position of each cohort's faculty."""
        return np.array([p.faculty for p in uni.programmes()])[self.programme]

    @property
    def years(self) -> Ints:
        """How many years each takes."""
        table = [[uni.years_of_study(k, f) for f in range(3)] for k in range(3)]
        return np.array(table)[self.level, self.form]


def cast_sizes(n: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the sizes of the four groups that are always there."""
    return ((22, 20), (18, 16)) if n >= 150 else ((14, 12), (12, 12))


def begin(n: int, seed: int) -> tuple[Cohorts, Ints, Ints, Ints]:
    """Return cohorts, the cohort of each group, and each person's cohort and group.

    People are in the order of their groups.
    """
    rng = generator(seed, "cohorts")
    (demo, parallel), islands = cast_sizes(n)
    rows = [
        (
            DEMO_INTAKE,
            _programme("Computing machinery and networks"),
            uni.SPECIALIST,
            uni.FULL_TIME,
        ),
        (ISLAND_INTAKE, _programme("Laser technology"), uni.BACHELOR, uni.FULL_TIME),
    ]
    sizes = [demo, parallel, *islands]
    cohort_of_group = [0, 0, 1, 1]
    rest = n - sum(sizes)
    number = int(np.clip(rest // 40, 3, LAST_INTAKE - FIRST_INTAKE + 1))
    years = np.unique(np.linspace(FIRST_INTAKE, LAST_INTAKE, number).round().astype(np.int64))
    for year, people in zip(years.tolist(), parts(rest, _intake_weights(years)), strict=True):
        chosen = _cohorts_of(rng, year, int(people))
        for row, size in chosen:
            rows.append(row)
            for part in group_sizes(rng, size):
                sizes.append(part)
                cohort_of_group.append(len(rows) - 1)
    columns = np.array(rows, np.int64).T
    cohorts = Cohorts(*columns)
    of_group = np.array(cohort_of_group, np.int64)
    group = np.repeat(np.arange(len(sizes)), sizes)
    return cohorts, of_group, of_group[group], group


def _programme(name: str) -> int:
    return next(i for i, p in enumerate(uni.programmes()) if p.name == name)


def _intake_weights(years: Ints) -> npt.NDArray[np.float64]:
    growth = 0.6 + 0.9 * (years - FIRST_INTAKE) / (LAST_INTAKE - FIRST_INTAKE)
    lean = np.where((years >= 1991) & (years <= 1996), 0.7, 1.0)
    return np.asarray(growth * lean)


def _cohorts_of(rng: np.random.Generator, year: int, people: int) -> list[tuple[Row, int]]:
    """Choose the cohorts of one intake, each large enough for a group."""
    if not people:
        return []
    variants: list[Row] = []
    weights: list[float] = []
    for i, programme in enumerate(uni.programmes()):
        if not programme.start <= year < programme.end:
            continue
        if year < uni.faculties()[programme.faculty].names[0].start:
            continue
        bachelors = 0.0 if year < 1994 else 0.25 if year < 2005 else 0.7 if year < 2011 else 1.0
        for level, share in ((uni.SPECIALIST, 1 - bachelors), (uni.BACHELOR, bachelors)):
            for form, part in enumerate((0.88, 0.08, 0.04)):
                if share and (level == uni.SPECIALIST or form == uni.FULL_TIME):
                    variants.append((year, i, level, form))
                    weights.append(share * part)
    wanted = int(np.clip(round(people / COHORT_SIZE), 1, len(variants)))
    chance = np.array(weights) / sum(weights)
    chosen = sorted(rng.choice(len(variants), wanted, replace=False, p=chance).tolist())
    large = chance[chosen] ** 0.3 * rng.uniform(0.7, 1.3, wanted)
    sizes = parts(people - wanted * min(people // wanted, SMALLEST_GROUP), large)
    sizes = sizes + min(people // wanted, SMALLEST_GROUP)
    return [(variants[i], int(size)) for i, size in zip(chosen, sizes, strict=True)]


def group_sizes(rng: np.random.Generator, size: int) -> list[int]:
    """Part so many people into study groups of about `GROUP_SIZE`."""
    number = max(1, round(size / GROUP_SIZE))
    if size / number > LARGEST_GROUP - 2:
        number += 1
    while number > 1 and size / number < SMALLEST_GROUP + 1:
        number -= 1
    result = parts(size, rng.uniform(0.92, 1.08, number))
    return [int(part) for part in result]
