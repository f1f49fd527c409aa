"""Where the map of a chosen set draws everything: the chosen, the places, and who reaches where.

On the left stands the set, each near the height of where they reach; on the right a circle for
each faculty (down) and decade of intake (across), its area the people there and the filled area
those who hear of it. A line joins somebody of the set to a place for those there whom they reach
and nobody else of the set does; its width is how many. The map shows what the table beneath it
says in figures.
"""

from dataclasses import dataclass
from math import sqrt

from graphnet.ambassadors.plans import Plan

NAMES = 240  # room for the names, and for those of the faculties, in units of the drawing
STEP_DOWN, STEP_ACROSS = 58, 72
ROW = 34  # at least so much for each person
LARGEST = 25  # radius of the largest circle
TOP = 40
LEAST = 0.5  # people: a thinner line says nothing
WIDEST = 9


Centres = dict[tuple[str, str], tuple[float, float]]  # of faculty and decade


@dataclass(frozen=True)
class Chosen:
    """Somebody of the set: their place among the set, and at which height they stand."""

    person: int
    y: float


@dataclass(frozen=True)
class Spot:
    """A faculty and decade: its circle, and the radius of the part that hears."""

    x: float
    y: float
    radius: float
    reached: float


@dataclass(frozen=True)
class Line:
    """From somebody of the set to a place, as the data of a path."""

    path: str
    width: float


@dataclass(frozen=True)
class Picture:
    """All of it, and how large the drawing is."""

    width: float
    height: float
    chosen: tuple[Chosen, ...]
    spots: tuple[Spot, ...]
    lines: tuple[Line, ...]
    columns: tuple[float, ...]
    rows: tuple[float, ...]
    names_at: float
    labels_at: float


def picture(plan: Plan) -> Picture:
    """Return the map of a plan that has been chosen, with those of its set who are shown."""
    result = plan.result
    faculties, decades = list(result["faculties"]), list(result["decades"])
    height = max(STEP_DOWN * len(faculties), ROW * len(plan.people)) + TOP
    down = (height - TOP) / max(len(faculties), 1)
    rows = tuple(round(TOP + down * (i + 0.5), 1) for i in range(len(faculties)))
    left = NAMES + 3 * STEP_ACROSS
    columns = tuple(left + STEP_ACROSS * j for j in range(len(decades)))
    most = max((people for row in result["people"] for people in row), default=0) or 1
    spots: list[Spot] = []
    centre: Centres = {}
    for i, faculty in enumerate(faculties):
        for j, decade in enumerate(decades):
            people, reached = result["people"][i][j], result["reached"][i][j]
            if not people:
                continue
            radius = max(3.0, LARGEST * sqrt(people / most))
            inner = radius * sqrt(min(reached / people, 1.0))
            spots.append(Spot(columns[j], rows[i], round(radius, 1), round(inner, 1)))
            centre[faculty, decade] = (columns[j], rows[i])
    step = (height - TOP) / max(len(plan.people), 1)
    # Each by the middle of their places, so that few lines cross.
    order = sorted(range(len(plan.people)), key=lambda number: _middle(plan, number, centre))
    chosen = tuple(
        Chosen(number, round(TOP + step * (place + 0.5), 1)) for place, number in enumerate(order)
    )
    widest = max((cell[2] for one in plan.people for cell in one.cells), default=0.0) or 1.0
    lines = []
    for at in chosen:
        for faculty_label, decade_label, people in plan.people[at.person].cells:
            end = centre.get((str(faculty_label), str(decade_label)))
            if end is None or people < LEAST:
                continue
            x, middle = NAMES + 10, (NAMES + end[0]) / 2
            path = f"M{x} {at.y}C{middle:.1f} {at.y} {middle:.1f} {end[1]} {end[0]} {end[1]}"
            lines.append(Line(path, round(max(1.0, WIDEST * people / widest), 1)))
    labels_at = (columns[-1] if columns else left) + LARGEST + 14
    return Picture(
        width=labels_at + NAMES,
        height=height,
        chosen=chosen,
        spots=tuple(spots),
        lines=tuple(lines),
        columns=columns,
        rows=rows,
        names_at=NAMES,
        labels_at=labels_at,
    )


def _middle(plan: Plan, number: int, centre: Centres) -> float:
    """Return the mean height of the places that somebody of the set reaches."""
    total = weights = 0.0
    for faculty, decade, people in plan.people[number].cells:
        end = centre.get((str(faculty), str(decade)))
        if end is not None:
            total, weights = total + end[1] * people, weights + people
    return total / weights if weights else 0.0
