"""What is wished of a set of ambassadors: how many, of whom, and who cannot be in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.errors import BadValue
from graphnet.influence.cascade import Cascade
from graphnet.influence.learned import Answers, learned_cascade
from graphnet.influence.measures import Measures, ground, taking_part, verified_people, visible_ties
from graphnet.influence.quotas import Lack, Quota
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Ties

Int32 = npt.NDArray[np.int32]
BY = ("faculty", "decade", "city")
LARGEST_SET = 200


@dataclass(frozen=True)
class Wish:
    """What staff ask for.

    Attributes
    ----------
    k : int
        Size of the set, those who are fixed included.
    per : {'faculty', 'decade', 'city'} -> int
        At least so many of each faculty, decade or city that has alumni.
    cities : place id -> int
        At least so many who live there.
    fixed, barred : tuple of int
        Keys of people who must, or must not, be in it.
    faculty, decade, city : str, int, str
        Only people of this unit, decade, place; '' or 0 for all.
    fairness : float in [0, 1)
        0: reach alone; nearer to 1, groups that few reach count more.
    fair_by : str
        The groups of that: 'faculty' or 'decade'.
    where_possible : bool
        Leave out, and name, what nobody can meet, instead of refusing.
    extra : int
        How many people more 'random plus x' has.
    seed : int
    """

    k: int
    per: Mapping[str, int] = field(default_factory=dict)
    cities: Mapping[str, int] = field(default_factory=dict)
    fixed: tuple[int, ...] = ()
    barred: tuple[int, ...] = ()
    faculty: str = ""
    decade: int = 0
    city: str = ""
    fairness: float = 0.0
    fair_by: str = "faculty"
    where_possible: bool = False
    extra: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Labels:
    """One label a person and what each is called.

    Attributes
    ----------
    label : int32[n]
        -1 for none.
    ids, words, words_ru : tuple of str
        By label.
    """

    label: Int32
    ids: tuple[str, ...]
    words: tuple[str, ...]
    words_ru: tuple[str, ...]


def labels(snapshot: Snapshot, by: str) -> Labels:
    """Return each person's faculty, decade of intake (else of graduation) or city.

    Of several, the first by id, as in `Snapshot.attributes`. An institute counts as a faculty.
    """
    if by == "decade":
        year = np.full(snapshot.n, -1, np.int64)
        for kind, name in (("cohorts", "cohort"), ("graduations", "graduation")):
            codes = snapshot.attributes.get(name)
            years = snapshot.things[kind].numbers.get("year") if kind in snapshot.things else None
            if codes is None or years is None:
                continue
            new = (year < 0) & (codes > 0)
            year[new] = years[codes[new] - 1]
        decades = sorted({int(y) // 10 * 10 for y in year[year > 0]})
        place = {decade: i for i, decade in enumerate(decades)}
        label = np.array([place.get(int(y) // 10 * 10, -1) for y in year], np.int32)
        names = tuple(str(decade) for decade in decades)
        return Labels(label, names, names, names)
    kind, attributes = {
        "faculty": ("units", ("faculty", "institute")),
        "city": ("places", ("place",)),
    }[by]
    if kind not in snapshot.things:
        return Labels(np.full(snapshot.n, -1, np.int32), (), (), ())
    code = np.zeros(snapshot.n, np.int32)
    for attribute in attributes:
        found = snapshot.attributes.get(attribute)
        if found is not None:
            code = np.where(code > 0, code, found).astype(np.int32)
    things = snapshot.things[kind]
    return Labels(
        code - 1,
        tuple(map(str, things.ids)),
        tuple(map(str, things.labels)),
        tuple(map(str, things.labels_ru)),
    )


def place_named(snapshot: Snapshot, name: str) -> str:
    """Return the id of a place by its id or its name in either language.

    Raises
    ------
    BadValue
        If there is no such place.
    """
    found = labels(snapshot, "city")
    wanted = name.strip().casefold()
    for i, names in enumerate(zip(found.ids, found.words, found.words_ru, strict=True)):
        if wanted in {one.casefold() for one in names}:
            return found.ids[i]
    raise BadValue(f"there is no place called {name!r}")


@dataclass(frozen=True)
class Network:
    """Whom a set may be chosen from, whom it may reach, and how word passes on."""

    ties: Ties
    cascade: Cascade
    candidates: BoolArray
    audience: BoolArray
    learned: int


def network(
    snapshot: Snapshot,
    measures: Measures,
    *,
    denied: Sequence[int] = (),
    answers: Answers | None = None,
) -> Network:
    """Return the cascade among people who take part, and who is who in it.

    Left out are those whose acquaintances are too far from verified people (rings of new accounts).
    Candidates are alumni with a position: they agreed to profiling, and enough is known of their
    cohort. The audience is every living alumnus who takes part.

    Parameters
    ----------
    snapshot, measures
        The measures of that snapshot.
    denied : sequence of int
        Keys of people who have hidden, died or withdrawn since.
    answers : Answers, optional
        From whom to whom something was passed on.
    """
    part = taking_part(snapshot)
    part[snapshot.positions(denied)] = False
    on = ground(snapshot.layers["knows"], part, verified_people(snapshot) & part)
    part &= on.near | (np.diff(on.all_ties.indptr) == 0)
    ties = visible_ties(snapshot.layers["reach"], part)
    alumni = part & ((snapshot.flags & privacy.ALUMNUS) != 0)
    candidates = alumni & ~np.isnan(measures.pagerank)
    cascade, learned = learned_cascade(snapshot, ties, answers)
    return Network(ties, cascade, candidates, alumni, learned)


def quotas_of(
    snapshot: Snapshot, net: Network, wish: Wish, barred: BoolArray
) -> tuple[list[Quota], list[Lack], list[tuple[str, int, int]]]:
    """Return the quotas of a wish, those left out as nobody meets them, and what was asked.

    The last is a list of (by, label, number).
    """
    quotas, lacks, asked = [], [], []
    open_to = net.candidates & ~barred
    for by in BY:
        each = int(wish.per.get(by, 0))
        named = wish.cities if by == "city" else {}
        if each <= 0 and not named:
            continue
        found = labels(snapshot, by)
        least: dict[int, int] = {}
        if each > 0:
            for label in np.unique(found.label[net.audience & (found.label >= 0)]):
                least[int(label)] = each
        for place, number in named.items():
            if place not in found.ids:
                raise BadValue(f"there is no place with the id {place!r}")
            label = found.ids.index(place)
            least[label] = max(least.get(label, 0), int(number))
        there = np.bincount(found.label[open_to & (found.label >= 0)], minlength=len(found.ids))
        if wish.where_possible:
            for label, number in list(least.items()):
                if there[label] < number:
                    lacks.append(
                        Lack(f"{by} {found.words[label]}", number, int(there[label]), "people")
                    )
                    least[label] = int(there[label])
        asked += [(by, label, number) for label, number in least.items() if number]
        words = {label: found.words[label] for label in least}
        quotas.append(Quota(by, found.label, least=least, words=words))
    return quotas, lacks, asked


def barred_people(snapshot: Snapshot, net: Network, wish: Wish) -> BoolArray:
    """Return who cannot be chosen: no candidates, barred ones, those outside of the filters."""
    barred = ~net.candidates
    barred[snapshot.positions(wish.barred)] = True
    for by, wanted in (("faculty", wish.faculty), ("decade", str(wish.decade or "")),
                       ("city", wish.city)):  # fmt: skip
        if wanted:
            found = labels(snapshot, by)
            if wanted not in found.ids:
                raise BadValue(f"there is no {by} {wanted!r} in the network")
            barred |= found.label != found.ids.index(wanted)
    return barred
