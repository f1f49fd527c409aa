"""From numbers to a folder of files: the whole association, or only its people and ties."""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from pathlib import Path

from graphnet.errors import BadValue
from graphnet.synth import (
    cast,
    community,
    events,
    life,
    names,
    people_files,
    population,
    ties,
    truth,
    university_files,
)
from graphnet.synth.chance import generator
from graphnet.synth.tables import Folder

PARTS = ("people", "studies", "ties", "life", "community")
SMALLEST, LARGEST = 50, 2_000_000


def write(
    folder: Path,
    *,
    alumni: int = 3000,
    seed: int = 2003,
    today: date | None = None,
    mean_degree: float | None = None,
    known: float = 1.0,
    registered: float | None = None,
    only: Collection[str] = PARTS,
    progress: Callable[[str], None] = lambda what: None,
) -> dict[str, int]:
    """Write an association as files; same arguments, same files.

    Parameters
    ----------
    today
        The day on which it is looked at: three years of events end on it. By default today.
    mean_degree
        Mean number of people whom somebody knows; by default 25 in a demo, 65 from 40,000 alumni.
    known
        Share of the ties that the files tell.
    registered
        Share of people with an account; by default 45 % in a demo, 6 % at real size.
    only
        Parts to write, of `PARTS`.

    Returns
    -------
    dict
        Number of rows of each table.

    Raises
    ------
    BadValue
        If a number is out of range or a part unknown.
    """
    wanted = set(only)
    if unknown := wanted - set(PARTS):
        raise BadValue(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    _check("alumni", alumni, SMALLEST, LARGEST)
    _check("known", known, 0, 1)
    if registered is not None:
        _check("registered", registered, 0, 0.9)
    degree = ties.default_degree(alumni) if mean_degree is None else mean_degree
    _check("mean degree", degree, 0.5, min(500, alumni / 2))
    day = today or datetime.now(UTC).date()
    _check("year of today", day.year, 2023, 2060)
    files = Folder(folder)

    progress("people")
    people = population.make(alumni, seed)
    named = names.make(seed, people.gender, people.born)
    cast.choose(alumni).name(named)
    alive = life.make(people, today=day, registered=registered)
    ids = people_files.ids_of(alumni)
    emails = people_files.accounts(people, named, alive)
    if "people" in wanted:
        people_files.write_people(files, people, named, alive, ids)
        teachers = people_files.write_staff(files, people)
        people_files.write_registered(files, ids, alive, emails)
        truth.write(files, "demo", truth.sign_ins(people, named, ids=ids, emails=emails))
        truth.write(files, "truth", truth.answers(people, named, alive, ids=ids, today=day))
    if "studies" in wanted:
        progress("studies")
        university_files.write_units(files)
        university_files.write_groups(files, people)
        university_files.write_stays(files, people, ids, day)
        if "people" in wanted:
            university_files.write_supervisors(files, people, ids, teachers)
    if "ties" in wanted or "community" in wanted:
        progress("ties")
        pairs = ties.make(people, mean_degree=degree, known=known)
        own = cast.ties(alumni, alive.registered, generator(seed, "cast"))
        pairs = ties.with_pairs(pairs, own, people)
        if "ties" in wanted:
            people_files.write_ties(files, people, pairs, ids=ids, today=day)
    if "life" in wanted:
        progress("contacts, homes, jobs")
        people_files.write_contacts(files, people, named, alive, ids=ids, emails=emails)
        people_files.write_consents(files, people, alive, ids=ids, today=day)
        people_files.write_places(files, people, ids, day)
        people_files.write_organisations(files, people, ids, day)
    if "community" in wanted:
        progress("communities and events")
        crowd = community.crowd(people, alive)
        community.write_topics(files)
        community.write_groups(files, people, alive, crowd, ids=ids, today=day)
        community.write_interests(files, people, alive, crowd, ids=ids)
        community.write_projects(files, people, crowd, ids=ids, today=day)
        community.write_talk(files, people, crowd, ids=ids, today=day)
        events.write(files, people, alive, crowd, pairs, ids=ids, today=day)
    return files.rows


def _check(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise BadValue(f"{what} is {value:g}: give a number from {low:g} to {high:g}")
