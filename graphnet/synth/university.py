"""The university's units over time, and what study groups are called in which era."""

from dataclasses import dataclass
from functools import cache

from graphnet.synth.data import read

OPEN = 9999  # a year that has not come
SPECIALIST, BACHELOR, MASTER = range(3)
LEVELS = ("specialist", "bachelor", "master")
FULL_TIME, EVENING, CORRESPONDENCE = range(3)
FORMS = ("full-time", "evening", "correspondence")
# Levels as they stand in the newest codes: P3301 is a bachelors' group.
_LEVEL_DIGIT = (5, 3, 4)
# Numbers of master's groups begin here, so that they are never those of older students.
_FIRST_MASTER = 50


@dataclass(frozen=True)
class Unit:
    """A unit under one of its names."""

    id: str
    kind: str
    name: str
    name_ru: str
    code: str
    start: int
    end: int


@dataclass(frozen=True)
class Programme:
    """What one studies."""

    name: str
    name_ru: str
    faculty: int  # position in `faculties()`
    start: int
    end: int


@dataclass(frozen=True)
class Faculty:
    """A faculty through all its names."""

    number: int
    letter: str
    names: tuple[Unit, ...]
    departments: tuple[Unit, ...]

    def in_year(self, year: int) -> Unit:
        """Return the faculty under the name that it had then, the first before it existed."""
        return next((unit for unit in self.names if year < unit.end), self.names[-1])


def _unit(prefix: str, kind: str, entry: dict[str, object]) -> Unit:
    return Unit(
        id=prefix,
        kind=str(entry.get("kind", kind)),
        name=str(entry["name"]),
        name_ru=str(entry["name_ru"]),
        code=str(entry.get("code", "")),
        start=int(str(entry["from"])),
        end=int(str(entry.get("to", OPEN))),
    )


@cache
def universities() -> tuple[Unit, ...]:
    """Return the university under each of its names, the oldest first."""
    return tuple(
        _unit(f"u{i}", "university", entry)
        for i, entry in enumerate(read("university")["university"], start=1)
    )


@cache
def faculties() -> tuple[Faculty, ...]:
    """Return the faculties."""
    result = []
    for entry in read("university")["faculty"]:
        number, letter = entry["number"], entry["letter"]
        names = [
            _unit(f"f{number}-{i}", "faculty", {"code": letter} | name)
            for i, name in enumerate(entry["names"], start=1)
        ]
        departments = [
            _unit(f"d{number}-{i}", "department", name)
            for i, name in enumerate(entry["departments"], start=1)
        ]
        result.append(Faculty(number, letter, tuple(names), tuple(departments)))
    return tuple(result)


@cache
def programmes() -> tuple[Programme, ...]:
    """Return the programmes of all faculties."""
    return tuple(
        Programme(p["name"], p["name_ru"], i, p["from"], p.get("to", OPEN))
        for i, entry in enumerate(read("university")["faculty"])
        for p in entry["programmes"]
    )


def years_of_study(level: int, form: int) -> int:
    """Return how many years a programme takes."""
    if level == MASTER:
        return 2
    if level == BACHELOR:
        return 4
    return 5 if form == FULL_TIME else 6


def first_number(level: int) -> int:
    """Return where the numbers of a level's groups begin."""
    return _FIRST_MASTER if level == MASTER else 1


def group_code(academic_year: int, *, course: int, faculty: int, level: int, number: int) -> str:
    """Return what a study group was called in one year of its study, by the rule of the era.

    Until 1991 course, faculty, number (121, then 221); until 2010 the same with two digits for the
    number (2105, then 3105); since then letter of the faculty, level, course, number (P3101, then
    P3201). Before 2011 the years of master's students were counted on: 5 and 6.

    Examples
    --------
    >>> [group_code(1980 + c, course=c, faculty=2, level=0, number=1) for c in (1, 2)]
    ['131', '231']
    >>> [group_code(2014 + c, course=c, faculty=2, level=1, number=1) for c in (1, 2)]
    ['P3101', 'P3201']
    """
    unit = faculties()[faculty]
    if academic_year >= 2011:
        return f"{unit.letter}{_LEVEL_DIGIT[level]}{course}{number:02d}"
    counted = course + 4 if level == MASTER else course
    if academic_year >= 1992:
        return f"{counted}{unit.number}{number:02d}"
    return f"{counted}{unit.number}{number}"
