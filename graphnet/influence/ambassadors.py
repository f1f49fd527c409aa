"""Choosing ambassadors: who together reach the most alumni, under quotas, beside other choices.

Word passes on over every layer of ties (acquaintance, studies, work, communities), with chances
learned from past answers where there are any and by weighted cascade elsewhere. Only people who
agreed to profiling and have a position in the network can be in a set; who objected is not in it
as a listener either.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from graphnet import privacy
from graphnet.errors import BadValue
from graphnet.influence.cascade import Cascade
from graphnet.influence.compare import Alternative, compare
from graphnet.influence.learned import Answers, learned_cascade
from graphnet.influence.measures import Measures, ground, taking_part, verified_people, visible_ties
from graphnet.influence.quotas import Lack, Quota, QuotasNotMet
from graphnet.influence.sampling import Samples
from graphnet.influence.spread import FIRST_SAMPLES, MOST_SAMPLES, Choice, choose_people
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Ties

Float64 = npt.NDArray[np.float64]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

BY = ("faculty", "decade", "city")
SHOWN_CELLS = 3
ALONE_SAMPLES = 1 << 17
# Reverse samples for one listener, as many as a good choice takes (a million for 15,000 people,
# see `choose_people`); fewer people need fewer, and staff wait less.
SAMPLES_A_HEAD = 64
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


@dataclass(frozen=True)
class Member:
    """One person of a set.

    Attributes
    ----------
    key : int
    alone : float
        How many this person reaches and nobody else of the set does.
    alone_error : float
        Standard error of that.
    cells : tuple of (int, int, float)
        Where most of those are: faculty and decade labels (-1 unknown), expected people.
    fixed : bool
        Whether staff fixed them.
    """

    key: int
    alone: float
    alone_error: float
    cells: tuple[tuple[int, int, float], ...]
    fixed: bool


@dataclass(frozen=True)
class Met:
    """One quota and how many of the set meet it."""

    by: str
    label: int
    asked: int
    got: int


@dataclass(frozen=True)
class Chosen:
    """A chosen set with all that has to stand beside it.

    Attributes
    ----------
    members : tuple of Member
        In the order of choice.
    choice : Choice
    alternatives : tuple of Alternative
        The choice itself first, all simulated alike.
    quotas : tuple of Met
    left_out : tuple of Lack
        What nobody could meet, if that was allowed.
    candidates, audience : int
        How many might have been chosen, how many might be reached.
    people, reached : float64[faculties + 1, decades + 1]
        Audience, and those of it whom the set reaches on average, by faculty and decade; the last
        row and column are of people without one.
    learned : int
        Ties with chances learned from past answers.
    """

    members: tuple[Member, ...]
    choice: Choice
    alternatives: tuple[Alternative, ...]
    quotas: tuple[Met, ...]
    left_out: tuple[Lack, ...]
    candidates: int
    audience: int
    people: Float64
    reached: Float64
    learned: int

    @property
    def better_than_degree(self) -> bool:
        """Whether the set beats as many people with the most ties, beyond the error."""
        return next(a for a in self.alternatives if a.name == "degree").beaten


Progress = Callable[[str, float], None]


def _quiet(step: str, share: float) -> None:
    return None


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


def choose_ambassadors(
    snapshot: Snapshot, net: Network, wish: Wish, *, progress: Progress = _quiet
) -> Chosen:
    """Choose a set, simulate it beside other ways to choose, and say what each member adds.

    Parameters
    ----------
    snapshot : Snapshot
    net : Network
        As `network` returns it.
    wish : Wish
    progress : function of (step, share done), optional

    Returns
    -------
    Chosen

    Raises
    ------
    QuotasNotMet
        If no set meets the quotas; it says which and why.
    BadValue
        If somebody fixed may not be chosen, or the size makes no sense.
    """
    if not 1 <= wish.k <= LARGEST_SET:
        raise BadValue(f"a set has 1 to {LARGEST_SET} people, not {wish.k}")
    fixed = snapshot.positions(wish.fixed)
    if len(fixed) != len(set(wish.fixed)) or not net.candidates[fixed].all():
        raise BadValue(
            "somebody who is fixed has no position in the network: without consent to profiling, "
            "or with too little known of their ties, a person is in no set"
        )
    barred = barred_people(snapshot, net, wish)
    quotas, left_out, asked = quotas_of(snapshot, net, wish, barred)
    room = len(np.union1d(np.flatnonzero(~barred), fixed))
    if room < wish.k:
        raise QuotasNotMet([Lack("people", wish.k, room, "people")], wish.k)
    progress("choose", 0.05)
    outside = np.flatnonzero(barred)
    group = labels(snapshot, wish.fair_by).label
    choice = choose_people(
        net.cascade,
        wish.k,
        quotas=quotas,
        fixed=fixed,
        barred=outside,
        audience=net.audience,
        group=group,
        fairness=wish.fairness,
        seed=wish.seed,
        most_samples=max(
            FIRST_SAMPLES, min(MOST_SAMPLES, SAMPLES_A_HEAD * int(net.audience.sum()))
        ),
    )
    progress("compare", 0.5)
    alternatives = compare(
        net.cascade,
        choice.people,
        (net.ties.indptr, net.ties.indices),
        quotas=quotas,
        fixed=fixed,
        barred=outside,
        audience=net.audience,
        extra=wish.extra or None,
    )
    progress("members", 0.9)
    members, people, reached = _members(snapshot, net, choice.people, set(fixed.tolist()), wish)
    by_label = {by: labels(snapshot, by).label[choice.people] for by, _, _ in asked}
    return Chosen(
        members,
        choice,
        tuple(alternatives),
        tuple(
            Met(by, label, number, int((by_label[by] == label).sum()))
            for by, label, number in asked
        ),
        tuple(left_out),
        int(net.candidates.sum()),
        int(net.audience.sum()),
        people,
        reached,
        net.learned,
    )


def _members(
    snapshot: Snapshot, net: Network, chosen: Int64, fixed: set[int], wish: Wish
) -> tuple[tuple[Member, ...], Float64, Float64]:
    """Say whom each reaches alone, on samples that had no part in the choice."""
    roots = np.flatnonzero(net.audience).astype(np.int32)
    samples = Samples(net.cascade, roots, seed=wish.seed + 1_000_003, threads=None)
    samples.grow_to(ALONE_SAMPLES)
    cover = samples.index()
    worth = len(roots) / len(cover)
    faculty, decade = labels(snapshot, "faculty"), labels(snapshot, "decade")
    rows, columns = len(faculty.ids) + 1, len(decade.ids) + 1
    # Label -1 is the last row and column.
    cell = (faculty.label % rows) * columns + decade.label % columns
    root = cover.root
    times = np.zeros(len(cover), np.int16)
    of = {}
    for person in chosen:
        mine = cover.samples[cover.person_start[person] : cover.person_start[person + 1]]
        of[int(person)] = mine
        times[mine] += 1
    members = []
    for person in chosen:
        only = of[int(person)][times[of[int(person)]] == 1]
        share = len(only) / len(cover)
        counts = np.bincount(cell[root[only]], minlength=rows * columns)
        top = np.lexsort((np.arange(len(counts)), -counts))[:SHOWN_CELLS]
        members.append(
            Member(
                int(snapshot.keys[person]),
                len(only) * worth,
                float(np.sqrt(share * (1 - share) / len(cover))) * len(roots),
                tuple(
                    (
                        int(i) // columns if int(i) // columns < rows - 1 else -1,
                        int(i) % columns if int(i) % columns < columns - 1 else -1,
                        float(counts[i]) * worth,
                    )
                    for i in top
                    if counts[i]
                ),
                int(person) in fixed,
            )
        )
    people = np.bincount(cell[roots], minlength=rows * columns).astype(np.float64)
    # Each root stands for itself: its own share of samples met, so that no cell exceeds its people.
    drawn = np.bincount(root, minlength=snapshot.n)
    met = np.bincount(root[times > 0], minlength=snapshot.n)
    heard = np.where(drawn > 0, met / np.maximum(drawn, 1), 0.0)
    reached = np.bincount(cell[roots], weights=heard[roots], minlength=rows * columns).astype(float)
    return tuple(members), people.reshape(rows, columns), reached.reshape(rows, columns)
