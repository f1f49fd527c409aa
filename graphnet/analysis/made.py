"""A made association in memory: to learn on, and for examples, without a database."""

from datetime import date

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.analysis.association import Association
from graphnet.analysis.opening import of_snapshot
from graphnet.analysis.seen import FIELD
from graphnet.errors import BadValue
from graphnet.snapshot import Memberships, Snapshot, Things, Ties, assemble, combined
from graphnet.snapshot.layers import derived
from graphnet.synth import life, people_and_ties, population, university
from graphnet.synth.population import Population

FEWEST, MOST = 50, 100_000
AGREED, OBJECTED = 0.6, 0.08  # of the registered: to having a position computed
TODAY = date(2026, 1, 1)


def synthetic(*, alumni: int = 600, seed: int = 2003) -> Association:
    """Return an association of people who do not exist, in memory, as an analyst sees it.

    It has studies, acquaintances and states as the demo has them, and one cohort that fell into two
    islands (that of 2006); communities, events and names are only in the demo itself.

    Parameters
    ----------
    alumni
        How many, from 50 to 100,000.
    seed
        The same seed gives the same people, ties and pseudonyms.

    Examples
    --------
    >>> import graphnet
    >>> association = graphnet.synthetic(alumni=200, seed=1)
    >>> association.who, len(association.people()) <= 200
    ('analyst', True)
    """
    if not FEWEST <= alumni <= MOST or seed < 0:
        raise BadValue(f"alumni: from {FEWEST} to {MOST:,}; the seed is not negative")
    key = f"synthetic {seed}".encode()
    return of_snapshot(_snapshot(alumni, seed), purpose="to learn", key=key)


def _snapshot(n: int, seed: int) -> Snapshot:
    people = population.make(n, seed)
    sample = people_and_ties(n, seed=seed)
    rng = np.random.default_rng(seed)
    lives = life.make(people, today=TODAY)
    flags = np.full(n, privacy.ALUMNUS, np.uint16)
    said = rng.random(n)
    registered = lives.state == life.REGISTERED
    able = registered | (lives.state == life.REACHABLE) | (lives.state == life.SILENT)
    for bit, holds in (
        (privacy.CLAIMED, registered),
        (privacy.REACHABLE, able),
        (privacy.HIDDEN, lives.hidden),
        (privacy.DECEASED, lives.state == life.DECEASED),
        (privacy.REACH, registered & (said < AGREED)),
        (privacy.NO_PROFILE, registered & (said > 1 - OBJECTED)),
    ):
        flags[holds] |= bit
    things, memberships = _studies(people)
    for kind in FIELD.keys() - things.keys():
        nothing_yet = _texts([])
        things[kind] = Things(nothing_yet, nothing_yet, nothing_yet, nothing_yet)
        memberships[kind] = Memberships.of_rows(n, 0, [], [])
    layers = {"knows": Ties(sample.indptr, sample.indices, sample.weight)}
    layers |= derived(n, memberships)
    nothing = Ties.of_pairs(n, [], [])
    layers |= {name: nothing for name in ("worked", "member", "came") if name not in layers}
    layers["reach"] = combined(n, layers)
    order = np.arange(n, dtype=np.int32)
    return assemble(
        version=1,
        keys=np.arange(1, n + 1, dtype=np.int64),
        ids=np.asarray([f"p{i + 1}" for i in range(n)], np.str_),
        flags=flags,
        audiences=np.full(n, privacy.packed(None), np.int64),
        name_order=order,
        layers=layers,
        memberships=memberships,
        things=things,
    )


def _texts(words: list[str]) -> npt.NDArray[np.str_]:
    return np.asarray(words, np.str_) if words else np.zeros(0, "U1")


def _studies(people: Population) -> tuple[dict[str, Things], dict[str, Memberships]]:
    learned, n = people.studies, people.n
    cohorts, groups, stays = learned.cohorts, learned.groups, learned.stays
    programmes = [university.programmes()[i] for i in cohorts.programme.tolist()]
    years = cohorts.year.tolist()
    faculties = [faculty.names[-1] for faculty in university.faculties()]
    cohort_names = [f"{p.name} {y}" for p, y in zip(programmes, years, strict=True)]
    cohort_ru = [f"{p.name_ru} {y}" for p, y in zip(programmes, years, strict=True)]
    plain = _texts([""] * len(years))
    of_group = groups.cohort
    group_ids = [f"g{i + 1}" for i in range(len(of_group))]
    group_names = [f"{cohort_names[c]}, group {i + 1}" for i, c in enumerate(of_group.tolist())]
    group_ru = [f"{cohort_ru[c]}, группа {i + 1}" for i, c in enumerate(of_group.tolist())]
    things = {
        "cohorts": Things(
            _texts([f"c{i + 1}" for i in range(len(years))]),
            _texts(cohort_names), _texts(cohort_ru), plain, {"year": cohorts.year},
        ),
        "study_groups": Things(
            _texts(group_ids), _texts(group_names), _texts(group_ru),
            _texts([""] * len(group_ids)),
        ),
        "units": Things(
            _texts([one.id for one in faculties]), _texts([one.name for one in faculties]),
            _texts([one.name_ru for one in faculties]), _texts(["faculty"] * len(faculties)),
        ),
    }  # fmt: skip
    whole = stays.group >= 0
    memberships = {
        "cohorts": Memberships.of_rows(n, len(years), np.arange(n), learned.cohort),
        "study_groups": Memberships.of_rows(
            n, len(group_ids), stays.person[whole], stays.group[whole],
            start=stays.start[whole], end=stays.end[whole],
        ),
        "units": Memberships.of_rows(n, len(faculties), np.arange(n), people.faculty),
    }  # fmt: skip
    return things, memberships
