"""Files about studies: units and their names, cohorts, study groups, codes, stays, diplomas."""

from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from graphnet.model import STUDY_WAYS, term
from graphnet.synth import university as uni
from graphnet.synth.chance import Ints, generator, take
from graphnet.synth.population import Population
from graphnet.synth.studies import NORMAL
from graphnet.synth.tables import UNKNOWN, Folder, numbered

SUPERVISED = 0.5  # of those with a diploma since 1975
POSTGRADUATES = 0.012


def _year(year: int) -> int | None:
    return None if year >= uni.OPEN else year


def write_units(folder: Folder) -> None:
    """Write the units, what they were part of and what they became."""
    chains = [uni.universities(), *(faculty.names for faculty in uni.faculties())]
    departments = [unit for faculty in uni.faculties() for unit in faculty.departments]
    everything = [unit for chain in chains for unit in chain] + departments
    folder.write_rows(
        "units",
        ("id", "kind", "name", "name_ru", "code", "from_year", "to_year"),
        [
            (u.id, u.kind, u.name, u.name_ru, u.code, u.start, _year(u.end))
            for u in everything
        ],
    )  # fmt: skip
    parents = [(f, uni.universities()) for faculty in uni.faculties() for f in faculty.names]
    parents += [(d, faculty.names) for faculty in uni.faculties() for d in faculty.departments]
    folder.write_rows(
        "units_part_of",
        ("unit_id", "part_of_id", "from_year", "to_year"),
        [
            (child.id, unit.id, max(child.start, unit.start), _year(min(child.end, unit.end)))
            for child, units in parents
            for unit in units
            if max(child.start, unit.start) < min(child.end, unit.end)
        ],
    )
    folder.write_rows(
        "units_became",
        ("unit_id", "became_id", "year"),
        [(old.id, new.id, new.start) for chain in chains for old, new in pairwise(chain)],
    )


def unit_ids(faculty: Ints, year: Ints) -> list[str]:
    """Return the ids of faculties under the names that they had in these years."""
    code = faculty * 10_000 + year
    distinct, place = np.unique(code, return_inverse=True)
    ids = [uni.faculties()[c // 10_000].in_year(c % 10_000).id for c in distinct.tolist()]
    return take(ids, place)


def called(people: Population) -> list[tuple[int, int, str]]:
    """Return what each study group was called in each year of its study: group, year, code."""
    groups, cohorts = people.studies.groups, people.studies.cohorts
    faculty, level = cohorts.faculty, cohorts.level
    rows = []
    for i, (cohort, number, first, last) in enumerate(
        zip(
            groups.cohort.tolist(),
            groups.number.tolist(),
            groups.first.tolist(),
            groups.last.tolist(),
            strict=True,
        )
    ):
        began = int(cohorts.year[cohort])
        for year in range(first, last + 1):
            code = uni.group_code(
                year,
                course=year - began + 1,
                faculty=int(faculty[cohort]),
                level=int(level[cohort]),
                number=number,
            )
            rows.append((i, year, code))
    return rows


def write_groups(folder: Folder, people: Population) -> None:
    """Write cohorts, study groups with their codes, and how groups went on as others."""
    cohorts, groups = people.studies.cohorts, people.studies.groups
    programmes = uni.programmes()
    folder.write(
        "cohorts",
        {
            "id": numbered("c", len(cohorts.year)),
            "programme": take([p.name for p in programmes], cohorts.programme),
            "programme_ru": take([p.name_ru for p in programmes], cohorts.programme),
            "level": take(uni.LEVELS, cohorts.level),
            "form": take(uni.FORMS, cohorts.form),
            "intake_year": cohorts.year,
            "unit_id": unit_ids(cohorts.faculty, cohorts.year),
        },
    )
    rows = called(people)
    names: dict[int, str] = {}
    for group, year, code in rows:
        names.setdefault(group, f"{code} ({year}/{(year + 1) % 100:02d})")
    ids = numbered("g", len(groups.cohort))
    folder.write(
        "study_groups",
        {
            "id": ids,
            "name": [names[i] for i in range(len(ids))],
            "cohort_id": [f"c{cohort + 1}" for cohort in groups.cohort.tolist()],
        },
    )
    folder.write_rows(
        "group_codes",
        ("group_id", "code", "academic_year", "term"),
        [(ids[group], code, year, term(year)) for group, year, code in rows],
    )
    folder.write_rows(
        "continues_as",
        ("group_id", "next_id", "academic_year"),
        [(ids[old], ids[new], year) for old, new, year in groups.lineage],
    )


def write_stays(folder: Folder, people: Population, ids: list[str], today: date) -> None:
    """Write who studied where, and who completed what."""
    learned, stays = people.studies, people.studies.stays
    rng = generator(people.seed, "stays")
    whole = ~(learned.unit_only | learned.cohort_only)
    known = whole[stays.person]
    person, group = stays.person[known], stays.group[known]
    sure = np.where(rng.random(len(person)) < 0.9, 100, rng.integers(60, 96, len(person)))
    partly = np.flatnonzero(~whole)
    intake, finish = people.intake[partly], people.finish[partly]
    by_unit = learned.unit_only[partly]
    faculty_now = unit_ids(people.faculty[partly], intake)
    later = _postgraduates(people, rng, today)
    later_unit = [_department(people, i) for i in later.tolist()]
    began = people.finish[later]
    size, more = len(person), len(partly) + len(later)
    folder.write(
        "studied_in",
        {
            "person_id": take(ids, np.concatenate([person, partly, later])),
            "group_id": [f"g{g + 1}" for g in group.tolist()] + [""] * more,
            "cohort_id": [""] * size
            + [
                "" if unit else f"c{cohort + 1}"
                for unit, cohort in zip(
                    by_unit.tolist(), learned.cohort[partly].tolist(), strict=True
                )
            ]
            + [""] * len(later),
            "unit_id": [""] * size
            + [
                unit if only else ""
                for only, unit in zip(by_unit.tolist(), faculty_now, strict=True)
            ]
            + later_unit,
            "from_term": np.concatenate([stays.start[known], 2 * intake, 2 * began]),
            "to_term": np.concatenate(
                [
                    stays.end[known],
                    np.where(rng.random(len(partly)) < 0.6, 2 * finish - 1, UNKNOWN),
                    2 * began + 5,
                ]
            ),
            "role": np.where(
                np.concatenate([stays.monitor[known], np.zeros(more, bool)]), "monitor", "student"
            ),
            "how": take(STUDY_WAYS, np.concatenate([stays.how[known], np.zeros(more, int)])),
            "confidence": [
                f"{c / 100:g}"
                for c in np.concatenate(
                    [sure, np.full(len(partly), 60), np.full(len(later), 90)]
                ).tolist()
            ],
        },
    )
    _write_diplomas(folder, people, ids, later, later_unit, today=today)


def _postgraduates(people: Population, rng: np.random.Generator, today: date) -> Ints:
    done = finished(people)
    able = done & (people.finish + 3 <= today.year)
    return np.flatnonzero(able & (rng.random(people.n) < POSTGRADUATES))


def finished(people: Population) -> npt.NDArray[np.bool_]:
    """Return who completed the studies that they began with, in time."""
    done: npt.NDArray[np.bool_] = people.studies.fate == NORMAL
    return done


def _department(people: Population, i: int) -> str:
    year = int(people.finish[i])
    units = uni.faculties()[int(people.faculty[i])].departments
    open_ = [u for u in units if u.start <= year < u.end] or list(units)
    return open_[i % len(open_)].id


def _write_diplomas(
    folder: Folder,
    people: Population,
    ids: list[str],
    later: Ints,
    later_unit: list[str],
    *,
    today: date,
) -> None:
    learned, stays = people.studies, people.studies.stays
    programmes = [p.name for p in uni.programmes()]
    cohorts = learned.cohorts
    done = stays.complete & ((stays.end + 1) // 2 <= today.year)
    person, cohort = stays.person[done], stays.cohort[done]
    year = (stays.end[done] + 1) // 2
    folder.write(
        "completed",
        {
            "person_id": take(ids, np.concatenate([person, later])),
            "unit_id": unit_ids(cohorts.faculty[cohort], year) + later_unit,
            "level": take(uni.LEVELS, cohorts.level[cohort]) + ["postgraduate"] * len(later),
            "programme": take(programmes, cohorts.programme[cohort]) + [""] * len(later),
            "year": np.concatenate([year, people.finish[later] + 3]),
        },
    )


def write_supervisors(
    folder: Folder, people: Population, ids: list[str], teachers: list[str]
) -> None:
    """Write who was supervised by whom: teachers keep to one faculty."""
    rng = generator(people.seed, "supervisors")
    who = np.flatnonzero(
        finished(people) & (people.finish >= 1975) & (rng.random(people.n) < SUPERVISED)
    )
    chairs = len(uni.faculties())
    per_faculty = max(1, len(teachers) // chairs)
    nth = rng.integers(0, per_faculty, len(who))
    teacher = np.minimum(people.faculty[who] * per_faculty + nth, len(teachers) - 1)
    folder.write(
        "supervised_by", {"person_id": take(ids, who), "supervisor_id": take(teachers, teacher)}
    )
