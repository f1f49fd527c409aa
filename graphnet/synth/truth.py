"""Known answers: who is whose groupmate, who is hidden, lost, dead, which cohort fell apart."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from graphnet.synth import cast
from graphnet.synth.chance import Ints, generator
from graphnet.synth.cohorts import DEMO_COHORT, ISLAND_COHORT, ISLAND_GROUPS
from graphnet.synth.life import STATES, Life
from graphnet.synth.names import Names
from graphnet.synth.people_files import OFFICE, email_of
from graphnet.synth.population import Population
from graphnet.synth.tables import Folder

SAMPLED_PEOPLE, SAMPLED_NAMES = 25, 400


def groupmates(people: Population, person: int) -> dict[int, list[int]]:
    """Return by study group the people who were in it at the same time, as the files tell it."""
    stays, learned = people.studies.stays, people.studies
    known = ~(learned.unit_only | learned.cohort_only)
    result: dict[int, list[int]] = {}
    for i in np.flatnonzero(stays.person == person).tolist():
        if not known[person]:
            continue
        together = (
            (stays.group == stays.group[i])
            & (stays.person != person)
            & (stays.start <= stays.end[i])
            & (stays.end >= stays.start[i])
            & known[stays.person]
        )
        found = set(result.get(int(stays.group[i]), [])) | set(stays.person[together].tolist())
        result[int(stays.group[i])] = sorted(found)
    return result


def _island_members(people: Population) -> list[Ints]:
    return [np.flatnonzero(people.studies.group == group) for group in ISLAND_GROUPS]


def answers(
    people: Population, names: Names, life: Life, *, ids: list[str], today: date
) -> dict[str, Any]:
    """Return the known answers, with people by their identifiers in the files."""
    role = cast.choose(people.n)
    rng = generator(people.seed, "truth")
    learned = people.studies

    def named(positions: Ints | list[int]) -> list[str]:
        return [ids[i] for i in positions]

    # Whoever moved between groups is worth a question more than others.
    moved = np.unique(learned.stays.person[learned.stays.how > 0])
    sample = rng.choice(people.n, min(SAMPLED_PEOPLE, people.n), replace=False).tolist()
    sample = sorted({role.ekaterina, role.aleksandr, role.anna, *sample, *moved[:10].tolist()})
    latin = [i for i in range(people.n) if names.cyrillic[i] and not _is_cyrillic(names.family[i])]
    cohort = np.flatnonzero(learned.cohort == DEMO_COHORT)
    return {
        "seed": people.seed,
        "alumni": people.n,
        "today": today.isoformat(),
        "states": {name: int((life.state == number).sum()) for number, name in enumerate(STATES)},
        "state": {ids[i]: STATES[life.state[i]] for i in sample + cohort.tolist()},
        "hidden": named(np.flatnonzero(life.hidden).tolist()),
        "deceased": named(np.flatnonzero(life.died >= 0).tolist()),
        "memorial": named(np.flatnonzero(life.memorial).tolist()),
        "groupmates": {
            ids[i]: {f"g{g + 1}": named(mates) for g, mates in groupmates(people, i).items()}
            for i in sample
        },
        "demo_cohort": {"id": f"c{DEMO_COHORT + 1}", "people": named(cohort.tolist())},
        "islands": {
            "cohort": f"c{ISLAND_COHORT + 1}",
            "people": [named(members.tolist()) for members in _island_members(people)],
        },
        "cast": {
            "ekaterina": ids[role.ekaterina],
            "anna": ids[role.anna],
            "lost": ids[role.aleksandr],
            "namesakes": {
                ids[role.ekaterina]: ids[role.namesakes[0]],
                ids[role.aleksandr]: ids[role.namesakes[1]],
            },
            "hidden": ids[role.hidden],
            "deceased": named(list(role.deceased)),
        },
        "cyrillic_names": {ids[i]: names.cyrillic[i] for i in latin[:SAMPLED_NAMES]},
    }


def _is_cyrillic(word: str) -> bool:
    return any("а" <= letter <= "я" for letter in word.lower())


def sign_ins(
    people: Population, names: Names, *, ids: list[str], emails: list[str]
) -> dict[str, Any]:
    """Return who can sign in to the demo, by role."""
    who = cast.choose(people.n).ekaterina
    alumnus = {
        "id": ids[who],
        "name": f"{names.given[who]} {names.patronymic[who]} {names.family[who]}",
        "email": emails[who],
    }
    office = {
        role: {
            "id": f"s{i}",
            "name": f"{given} {patronymic} {family}",
            "email": email_of(given, family, 0),
        }
        for i, (role, given, patronymic, family, _) in enumerate(OFFICE, start=1)
    }
    return {"alumnus": alumnus, **office}


def write(folder: Folder, name: str, value: Any) -> None:
    """Write one JSON file."""
    path: Path = folder.path / f"{name}.json"
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
