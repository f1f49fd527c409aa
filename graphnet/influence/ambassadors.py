"""Choosing ambassadors: who together reach the most alumni, under quotas, beside other choices.

Word passes on over every layer of ties (acquaintance, studies, work, communities), with chances
learned from past answers where there are any and by weighted cascade elsewhere. Only people who
agreed to profiling and have a position in the network can be in a set; who objected is not in it
as a listener either.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphnet.errors import BadValue
from graphnet.influence.compare import Alternative, compare
from graphnet.influence.quotas import Lack, QuotasNotMet
from graphnet.influence.sampling import Samples
from graphnet.influence.spread import FIRST_SAMPLES, MOST_SAMPLES, Choice, choose_people
from graphnet.influence.wishes import LARGEST_SET, Network, Wish, barred_people, labels, quotas_of
from graphnet.snapshot import Snapshot

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

SHOWN_CELLS = 3
ALONE_SAMPLES = 1 << 17
# Reverse samples for one listener, as many as a good choice takes (a million for 15,000 people,
# see `choose_people`); fewer people need fewer, and staff wait less.
SAMPLES_A_HEAD = 64


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
