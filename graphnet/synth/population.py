"""What is decided about each person before anything is written: facts that ties depend on.

Everything is one array entry a person, in the order of the first study groups, so that a million
people take seconds and the same seed gives the same people whichever files are asked for.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphnet.synth import cast, cohorts, studies
from graphnet.synth.chance import Floats, Ints, by_rank, generator, weighted
from graphnet.synth.data import read
from graphnet.synth.names import FEMALE

# Share of women by faculty, of those who ever had a job or a club that somebody knows of.
_WOMEN = (0.42, 0.28, 0.24, 0.27, 0.34, 0.58, 0.52, 0.40)
EMPLOYED, CLUBBED = 0.7, 0.16
CLUBS = 18  # the first so many communities are clubs that students join already


@dataclass(frozen=True)
class Population:
    """Facts of n people.

    Attributes
    ----------
    gender : 1 for men, 2 for women
    born : year of birth
    faculty : position in `university.faculties()`
    finish : year in which they would have got their first diploma
    warmth : how readily they make friends; mean 1, heavy-tailed
    organisation : position of the last employer, -1 for none
    club : position of the student club, -1 for none
    city : position in the list of places
    """

    n: int
    seed: int
    studies: studies.Studies
    gender: Ints
    born: Ints
    faculty: Ints
    finish: Ints
    warmth: Floats
    organisation: Ints
    club: Ints
    city: Ints

    @property
    def intake(self) -> Ints:
        """Year in which each began to study."""
        return self.studies.intake


def organisations(n: int) -> int:
    """Return how many organisations an association of n alumni knows of."""
    return max(12, min(n // 14, 4000))


def make(n: int, seed: int) -> Population:
    """Return n people; same seed, same people."""
    learned = studies.make(n, seed)
    rng = generator(seed, "population")
    faculty = learned.cohorts.faculty[learned.cohort]
    gender = np.where(rng.random(n) < np.array(_WOMEN)[faculty], FEMALE, 1)
    gender = cast.genders(n, gender)
    born = learned.intake - 17 - by_rank(rng, 5, n, exponent=1.6)
    evening = learned.cohorts.form[learned.cohort] > 0
    born = born - np.where(evening, rng.integers(2, 9, n), 0)
    warmth = rng.lognormal(0.0, 0.62, n)

    # Employers have a favourite faculty, and are many small and a few large ones.
    number = organisations(n)
    home = rng.integers(0, len(_WOMEN), number)
    lure = 1.0 / np.arange(3, number + 3) ** 0.75
    organisation = np.full(n, -1, np.int64)
    employed = rng.random(n) < EMPLOYED
    abroad = rng.random(n) < 0.45
    for unit in range(len(_WOMEN)):
        who = np.flatnonzero((faculty == unit) & employed)
        near = np.where(home == unit, lure, lure * 0.05)
        organisation[who] = np.where(
            abroad[who], weighted(rng, lure, len(who)), weighted(rng, near, len(who))
        )
    club = np.where(rng.random(n) < CLUBBED, by_rank(rng, CLUBS, n, exponent=0.5), -1)
    city = weighted(rng, [place[5] for place in read("places")["cities"]], n)

    born[list(range(sum(cohorts.cast_sizes(n)[0])))] = cohorts.DEMO_INTAKE - 17
    # The second island keeps to itself, or it would be none.
    alone = learned.group == cohorts.ISLAND_GROUPS[1]
    organisation[alone] = club[alone] = -1
    return Population(
        n=n,
        seed=seed,
        studies=learned,
        gender=gender,
        born=born,
        faculty=faculty,
        finish=learned.intake + learned.cohorts.years[learned.cohort],
        warmth=warmth / warmth.mean(),
        organisation=organisation,
        club=club,
        city=city,
    )


def attributes(people: Population) -> npt.NDArray[np.int32]:
    """Return what engines group people by, 0 for unknown, shape (n, 7); see `ATTRIBUTES`."""
    learned = people.studies
    columns = (
        people.intake, people.faculty + 1, learned.cohort + 1, learned.group + 1, people.city + 1,
        people.organisation + 1, people.gender,
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.int32)


ATTRIBUTES = ("intake_year", "faculty", "cohort", "study_group", "city", "organisation", "gender")
