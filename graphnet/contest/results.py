"""The result: standing, jury and vote put together by the weights that were fixed before the start.

Each part is a number from 0 to 1, kept as an exact fraction:

- *standing*: the candidate's points divided by the most points of any admitted candidate,
- *jury*: the mean over the criteria of the median score, moved from 1-10 to 0-1,
- *vote*: approvals divided by ballots.

The total is the weighted sum. Equal totals are told apart by the jury's part, then the standing's,
then the vote's, then by a lot drawn from the season's seed, which was fixed by the announcement.
`combine` is pure and works on the frozen file too, so that a past season is computed again by it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from graphnet.contest import jury, voting
from graphnet.contest.candidates import candidates
from graphnet.contest.seasons import Season, need_phase
from graphnet.contest.terms import MINIMUM_JURORS
from graphnet.errors import NotAllowed
from graphnet.ledger import standings
from graphnet.ledger.rules import read_rules
from graphnet.privacy import Viewer, engine
from graphnet.store import Store

PARTS = ("standing", "jury", "vote")


@dataclass(frozen=True)
class Line:
    """One candidate's result in a category; `points` are the standing's, from the ledger."""

    candidate: str
    category: str
    points: Fraction
    ready: bool  # what the rules ask of an award is there: enough modes, enough points
    medians: dict[str, Fraction]
    jurors: int
    approvals: int
    parts: dict[str, Fraction]
    total: Fraction = Fraction(0)
    place: int = 0
    winner: bool = False
    lot: bool = False  # told apart from an equal by lot


@dataclass(frozen=True)
class Result:
    """A season's result, category by category, best first."""

    lines: tuple[Line, ...]
    weights: dict[str, Fraction]
    count: voting.Count
    agreement: dict[str, float | None]

    @property
    def short(self) -> tuple[str, ...]:
        """Candidates whom fewer jurors scored whole than a season needs at least."""
        return tuple(line.candidate for line in self.lines if line.jurors < MINIMUM_JURORS)

    def of(self, category: str) -> list[Line]:
        """Return the lines of one category."""
        return [line for line in self.lines if line.category == category]


def result(store: Store, viewer: Viewer, season: Season, *, now: datetime) -> Result:
    """Work out the result, for staff or an engine, once the vote has ended.

    Raises
    ------
    Conflict
        Before that: ``phase``. There is no interim result of anything.
    """
    if not (viewer.is_staff or viewer.is_engine):
        raise NotAllowed("the result is for staff until it is published")
    need_phase(season, now, "appeal", "decision", "published", "archived")
    rules = read_rules(season.rules)
    standing_by = candidates(store, viewer, season)
    keys = sorted({one.key for one in standing_by})
    held = {
        line.person_key: line
        for line in standings.standings(store, rules, viewer, candidates=keys, firmness=False)
    }
    judged, agreed = jury.judged(store, viewer, season, now=now)
    count = voting.count(store, viewer, season, now=now)
    most = max((line.total for line in held.values()), default=Fraction(0))
    lines = []
    for one in standing_by:
        mine, scores = held.get(one.key), judged.get(one.id)
        points = mine.total if mine else Fraction(0)
        lines.append(
            Line(
                candidate=one.id,
                category=one.category,
                points=points,
                ready=mine is not None and mine.award_ready,
                medians=scores.medians if scores else {},
                jurors=scores.jurors if scores else 0,
                approvals=count.approvals.get(one.id, 0),
                parts={
                    "standing": points / most if most else Fraction(0),
                    "jury": scores.part if scores else Fraction(0),
                    "vote": count.part(one.id),
                },
            )
        )
    weights = {part: getattr(rules.contest, part) for part in PARTS}
    winners = {category.key: category.winners for category in season.terms.categories}
    return Result(tuple(combine(lines, weights, winners, season.seed)), weights, count, agreed)


def own_lines(store: Store, viewer: Viewer, season: Season, *, now: datetime) -> list[Line]:
    """Return the viewer's own lines of the result, from the appeal window on.

    A candidate sees their own parts whole, before anybody else does, so that they can appeal.
    """
    need_phase(season, now, "appeal", "decision", "published", "archived")
    mine = {one.id for one in candidates(store, viewer, season) if one.key == viewer.person_key}
    if not mine:
        return []
    whole = result(store, engine("a candidate's own result"), season, now=now)
    return [line for line in whole.lines if line.candidate in mine]


def combine(
    lines: Sequence[Line], weights: Mapping[str, Fraction], winners: Mapping[str, int], seed: str
) -> list[Line]:
    """Put the parts together and say who has won; pure.

    Parameters
    ----------
    weights
        Part: weight; they add up to 1.
    winners
        Category: how many awards it has.

    Returns
    -------
    list of Line
        By category in the order of `winners`, then by place. Who is not `ready` has a place and
        wins nothing; an award for which nobody is ready is not given.
    """
    done: list[Line] = []
    for category, awards in winners.items():
        summed = [
            replace(
                line,
                total=sum((weights[p] * line.parts[p] for p in PARTS), Fraction(0)),
            )
            for line in lines
            if line.category == category
        ]
        ordered = sorted(summed, key=lambda line: (*_before(line), _lot(seed, line.candidate)))
        given = 0
        for place, line in enumerate(ordered, start=1):
            near = ordered[max(0, place - 2) : place - 1] + ordered[place : place + 1]
            wins = line.ready and given < awards
            given += wins
            done.append(
                replace(
                    line,
                    place=place,
                    winner=wins,
                    lot=any(_before(line) == _before(other) for other in near),
                )
            )
    return done


def _before(line: Line) -> tuple[Fraction, ...]:
    return (
        -line.total,
        -line.parts["jury"],
        -line.parts["standing"],
        -line.parts["vote"],
    )


def _lot(seed: str, candidate: str) -> str:
    return hashlib.sha256(f"{seed} lot {candidate}".encode()).hexdigest()


def mistakes(file: Mapping[str, Any]) -> list[str]:
    """Return where a whole file does not add up, worked out anew from its own parts."""
    lines = [
        Line(
            candidate=row["candidate"],
            category=row["category"],
            points=Fraction(row["points"]),
            ready=row["ready"],
            jurors=row["jurors"],
            approvals=row["approvals"],
            medians={key: Fraction(value) for key, value in row["medians"].items()},
            parts={part: Fraction(row["parts"][part]) for part in PARTS},
        )
        for row in file["lines"]
    ]
    weights = {part: Fraction(file["weights"][part]) for part in PARTS}
    found = []
    most = max((line.points for line in lines), default=Fraction(0))
    for line in lines:
        medians = list(line.medians.values())
        own = {
            "standing": line.points / most if most else Fraction(0),
            "jury": (sum(medians, Fraction(0)) / len(medians) - 1) / 9 if medians else Fraction(0),
            "vote": Fraction(line.approvals, file["ballots"] or 1),
        }
        found += [
            f"{line.candidate}: {part} is {line.parts[part]}, {value} follows from the file"
            for part, value in own.items()
            if value != line.parts[part]
        ]
    again = {
        line.candidate: line for line in combine(lines, weights, file["categories"], file["seed"])
    }
    for row in file["lines"]:
        line = again[row["candidate"]]
        for name in ("total", "place", "winner"):
            held = Fraction(row[name]) if name == "total" else row[name]
            if held != getattr(line, name):
                found.append(f"{line.candidate}: {name} is {row[name]}, not {getattr(line, name)}")
    return found
