"""What became of people: who registered, answers, is silent, lost, hidden or dead; jobs, homes.

Registered, reachable, silent and lost are never written as such: they follow from accounts, contact
points and answers, as in the graph. The states in `Life` are the known answers.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from graphnet.synth import cast
from graphnet.synth.chance import Floats, Ints, generator, weighted
from graphnet.synth.population import Population
from graphnet.synth.tables import UNKNOWN

REGISTERED, REACHABLE, SILENT, LOST, DECEASED = range(5)
STATES = ("registered", "reachable", "silent", "lost", "deceased")
HIDDEN = 0.012
MEMORIAL = 0.06  # of the dead
REFUSED_MEMBERS, REFUSED_PROFILE = 0.025, 0.12  # of the registered
KNOWN_HOME, KNOWN_WORK = 0.55, 0.5

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Life:
    """One entry a person; days are ordinals, -1 for none.

    `state` is one of `STATES`, by position.
    """

    state: Ints
    hidden: Bools
    memorial: Bools
    died: Ints
    joined: Ints  # day of registration
    answered: Ints  # day of the last answer
    bounced: Bools  # lost people who have an address that does not work

    @property
    def registered(self) -> Ints:
        """Positions of people with an account."""
        return np.flatnonzero(self.state == REGISTERED)


def registered_share(n: int) -> float:
    """Return the share of people with an account: 45 % in a demo, 6 % at real size."""
    return float(np.interp(np.log10(n), (np.log10(4000), np.log10(30_000)), (0.45, 0.06)))


def make(people: Population, *, today: date, registered: float | None = None) -> Life:
    """Return what became of everyone until today."""
    n, rng = people.n, generator(people.seed, "life")
    share = registered_share(n) if registered is None else registered
    now = today.toordinal()
    age = today.year - people.born
    chance = 0.6 / (1 + np.exp(-(age - 82) / 9.0)) + 0.004
    dead = rng.random(n) < chance
    role = cast.choose(n)
    everybody = cast.studies_end(n)
    dead[:everybody] = False
    dead[list(role.deceased)] = True
    dead[list(role.namesakes)] = False

    living = np.flatnonzero(~dead)
    # The warm and those of middle age come first.
    pull = people.warmth**0.5 * np.exp(-(((age - 38) / 22.0) ** 2)) + 0.05
    luck = rng.random(n) ** (1 / pull)
    state = np.full(n, DECEASED)
    order = living[np.argsort(-luck[living], kind="stable")]
    number = round(share * n)
    rest = order[number:]
    reach, silent = (0.25, 0.35) if n <= 6000 else (0.08, 0.46)
    state[order[:number]] = REGISTERED
    state[rest] = weighted(rng, (reach, silent, 1 - reach - silent), len(rest)) + REACHABLE
    for who, what in (
        (role.registered, REGISTERED), (role.namesakes, REGISTERED), (role.lost, LOST),
        ((role.silent,), SILENT), ((role.reachable, role.hidden), REACHABLE),
    ):  # fmt: skip
        state[list(who)] = what

    hidden = (rng.random(n) < HIDDEN) & ~dead
    hidden[: cast.studies_end(n)] = False
    hidden[list(role.namesakes)] = False
    hidden[role.hidden] = True
    if everybody + 8 < n:  # one who registered and hid later, one who is lost and hidden
        spare = np.setdiff1d(np.arange(everybody, n), role.namesakes)
        for what in (REGISTERED, LOST):
            able = spare[state[spare] == what]
            hidden[able[:1]] = True
    memorial = dead & (rng.random(n) < MEMORIAL)
    memorial[list(role.deceased)] = (True, False)

    # Most deaths are late ones; nobody dies before leaving the university, nor tomorrow.
    begin = np.array([date(year, 9, 1).toordinal() for year in people.finish.tolist()])
    span = np.maximum(now - 40 - begin, 1)
    died = np.where(dead, begin + (rng.random(n) ** 0.45 * span).astype(np.int64), UNKNOWN)
    died = np.minimum(died, now - 30)
    joined = np.full(n, UNKNOWN)
    members = np.flatnonzero(state == REGISTERED)
    joined[members] = now - 20 - (rng.random(len(members)) ** 0.6 * 1500).astype(np.int64)
    joined[role.ekaterina] = now - 1100
    answered = np.full(n, UNKNOWN)
    heard = np.flatnonzero((state == REGISTERED) | (state == REACHABLE))
    answered[heard] = now - 1 - (rng.random(len(heard)) ** 2 * 700).astype(np.int64)
    bounced = (state == LOST) & (rng.random(n) < 0.4)
    bounced[role.aleksandr] = True
    return Life(state, hidden, memorial, died, joined, answered, bounced)


def audiences(people: Population, life: Life) -> list[str]:
    """Return what registered people set for their fields, as `field:audience`, if anything."""
    rng = generator(people.seed, "audiences")
    result = [""] * people.n
    choices = ("connections", "cohort", "members", "members", "public", "nobody")
    fields = (
        ("city", 0.4), ("employer", 0.35), ("events", 0.45), ("contacts", 0.1), ("photo", 0.1),
        ("about", 0.1), ("groups", 0.08), ("interests", 0.05), ("connections", 0.12),
    )  # fmt: skip
    members = life.registered
    draws = rng.random((len(members), len(fields), 2))
    for i, row in zip(members.tolist(), draws.tolist(), strict=True):
        if row[0][0] > 0.85:
            continue  # a few change nothing at all
        chosen = [
            f"{name}:{choices[int(which * len(choices))]}"
            for (name, share), (luck, which) in zip(fields, row, strict=True)
            if luck < share
        ]
        result[i] = ";".join(chosen)
    role = cast.choose(people.n)
    result[role.ekaterina] = "city:members;employer:connections;events:members"
    result[role.anna] = "city:members;events:members"
    return result


def homes(people: Population, today: date) -> dict[str, Ints]:
    """Return where people live and lived: person, place, from_year, to_year."""
    rng = generator(people.seed, "homes")
    n = people.n
    known = np.flatnonzero(rng.random(n) < KNOWN_HOME)
    known = np.union1d(known, cast.choose(n).registered)
    moved = known[rng.random(len(known)) < 0.18]
    finish = people.finish
    since = np.minimum(finish[known], today.year)
    # Whoever moved lived in St Petersburg, the first of the places, before.
    year = np.minimum(finish[moved] + 1 + (rng.random(len(moved)) * 12).astype(int), today.year)
    away = people.city[moved] != 0
    moved, year = moved[away], year[away]
    since[np.searchsorted(known, moved)] = year
    return {
        "person": np.concatenate([known, moved]),
        "place": np.concatenate([people.city[known], np.zeros(len(moved), np.int64)]),
        "from_year": np.concatenate([since, people.intake[moved]]),
        "to_year": np.concatenate([np.full(len(known), UNKNOWN), year]),
    }


def jobs(people: Population, number: int, today: date) -> dict[str, Ints]:
    """Return who worked where: person, organisation, role, from_year, to_year."""
    rng = generator(people.seed, "jobs")
    known = np.flatnonzero((people.organisation >= 0) & (rng.random(people.n) < KNOWN_WORK))
    first = people.finish[known]
    career = np.maximum(today.year - first, 0)
    began = first + (rng.random(len(known)) ** 1.5 * career).astype(np.int64)
    retired = today.year - people.born[known] > 66
    ended = np.where(retired, np.maximum(people.born[known] + 64, began), UNKNOWN)
    earlier = np.flatnonzero((began - first >= 2) & (rng.random(len(known)) < 0.6))
    elsewhere = weighted(rng, 1.0 / np.arange(3, number + 3) ** 0.75, len(earlier))
    return {
        "person": np.concatenate([known, known[earlier]]),
        "organisation": np.concatenate([people.organisation[known], elsewhere]),
        "role": rng.integers(0, 1 << 30, len(known) + len(earlier)),
        "from_year": np.concatenate([began, first[earlier]]),
        "to_year": np.concatenate([ended, began[earlier]]),
    }


def gumbel_top(rng: np.random.Generator, logits: Floats, k: int) -> Ints:
    """Draw k positions without repetition, with chances as the logits say, in random order."""
    k = min(k, len(logits))
    noisy = logits + rng.gumbel(size=len(logits))
    return np.argsort(-noisy, kind="stable")[:k].astype(np.int64)
