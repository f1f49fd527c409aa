"""A few people who are always there, so that demo and tests know whom to look for.

Ekaterina studied from 1998 to 2003. Of her group some are registered, Aleksandr Petrov and others
are lost, one is hidden, two have died. She does not know Aleksandr, but Anna of the parallel group
knows both. Ekaterina and Aleksandr each have a namesake elsewhere.
"""

from dataclasses import dataclass

import numpy as np

from graphnet.synth import cohorts
from graphnet.synth.chance import Ints
from graphnet.synth.names import FEMALE, Names

EKATERINA = 0
ALEKSANDR = 3
NAMESAKE_SHARES = (0.63, 0.81)  # where in the order of people the namesakes are


@dataclass(frozen=True)
class Person:
    """A name and a gender that somebody gets whatever the dice say."""

    position: int
    given: str
    patronymic: str
    family: str
    gender: int
    former: str = ""


@dataclass(frozen=True)
class Cast:
    """Positions of those who are always there."""

    ekaterina: int
    aleksandr: int
    anna: int
    namesakes: tuple[int, int]
    hidden: int
    deceased: tuple[int, int]  # the first has a memorial page
    lost: tuple[int, ...]
    silent: int
    reachable: int
    registered: tuple[int, ...]

    def people(self) -> tuple[Person, ...]:
        """Return the names."""
        return (
            Person(self.ekaterina, "Екатерина", "Андреевна", "Соколова", FEMALE, "Лебедева"),
            Person(self.aleksandr, "Александр", "Сергеевич", "Петров", 1),
            Person(self.anna, "Анна", "Викторовна", "Кузнецова", FEMALE),
            Person(self.namesakes[0], "Екатерина", "Игоревна", "Соколова", FEMALE),
            Person(self.namesakes[1], "Александр", "Николаевич", "Петров", 1),
            Person(self.hidden, "Виктор", "Павлович", "Зимин", 1),
        )

    def name(self, names: Names) -> None:
        """Write the cast's names into the columns."""
        for person in self.people():
            i = person.position
            names.given[i], names.patronymic[i] = person.given, person.patronymic
            names.family[i], names.former[i] = person.family, person.former
            names.latin[i] = ""
            names.cyrillic[i] = f"{person.given} {person.patronymic} {person.family}"


def choose(n: int) -> Cast:
    """Return who plays what among n people."""
    (first, second), _ = cohorts.cast_sizes(n)
    rest = sum(sum(sizes) for sizes in cohorts.cast_sizes(n))
    # In an association so small that there is nobody else, the namesakes are of the islands.
    namesakes = [max(int(n * share), first + second) for share in NAMESAKE_SHARES]
    if n > rest + 2:
        namesakes = [max(place, rest + i) for i, place in enumerate(namesakes)]
    return Cast(
        ekaterina=EKATERINA,
        aleksandr=ALEKSANDR,
        anna=first + 2,
        namesakes=(namesakes[0], namesakes[1]),
        hidden=5,
        deceased=(7, 8),
        lost=(3, 9, 11),
        silent=10,
        reachable=12,
        registered=(0, 1, 2, 4, 6, 13, *range(14, first, 2), first + 2, first + 4),
    )


def genders(n: int, gender: Ints) -> Ints:
    """Return the genders with those of the cast."""
    result = gender.copy()
    for person in choose(n).people():
        result[person.position] = person.gender
    return result


def ties(n: int, registered: Ints, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Return ties of the cast as (one, other, strength in hundredths), 0 for none at all."""
    cast = choose(n)
    beyond = registered[registered >= studies_end(n)]
    friends = rng.choice(beyond, min(12, len(beyond)), replace=False).tolist()
    mates = [i for i in cast.registered if i not in (cast.ekaterina, cast.anna)][:5]
    return [
        (cast.ekaterina, cast.aleksandr, 0),
        (cast.ekaterina, cast.hidden, 40),
        (cast.ekaterina, cast.anna, 86),
        (cast.anna, cast.aleksandr, 82),
        *((cast.ekaterina, mate, 70) for mate in mates),
        *((cast.ekaterina, friend, 45) for friend in friends),
    ]


def studies_end(n: int) -> int:
    """Return the first position after the groups that are always there."""
    return sum(sum(sizes) for sizes in cohorts.cast_sizes(n))
