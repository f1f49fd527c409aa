"""The attack test: what a ring of new accounts would gain in every measure of position.

The ring is planted in a copy of the ties, in memory; nothing is written. Its accounts are as bold
as they can be: every tie of theirs claims the greatest strength, they agreed to profiling, and they
count as part of a cohort of which enough is known. They are new: nobody has verified them.
"""

from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from graphnet.errors import BadValue
from graphnet.influence.betweenness import betweenness
from graphnet.influence.centrality import core_numbers, pagerank
from graphnet.influence.measures import (
    PIVOTS,
    Ground,
    ground,
    rank,
    taking_part,
    verified_people,
    visible_ties,
)
from graphnet.influence.reach import bridging
from graphnet.snapshot import Snapshot
from graphnet.snapshot.arrays import BoolArray, Ties

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

# Into whom the ring talks itself: anyone, those with the fewest and with the most ties, and the
# same among verified people, from whom walks start.
BRIDGES = ("random", "weak", "strong", "verified", "verified weak", "verified strong")
MEASURES = ("pagerank", "betweenness", "core", "bridging")
ALLOWED_GAIN = 0.01


@dataclass(frozen=True)
class Gain:
    """What the ring gained in one measure: the worst of all attacks tried.

    Attributes
    ----------
    measure : str
    share : float
        The best planted account's value, as a share of the best honest person's.
    usual : float
        The same, the median over attacks.
    unprotected : float
        The worst share if everybody's ties counted and walks started anywhere.
    bridges, seed
        The attack that gained most.
    """

    measure: str
    share: float
    usual: float
    unprotected: float
    bridges: str
    seed: int

    @property
    def held(self) -> bool:
        """Whether the ring gained at most one in a hundred."""
        return self.share <= ALLOWED_GAIN


@dataclass(frozen=True)
class Attack:
    """All gains, and what the defence costs honest people.

    Attributes
    ----------
    gains : tuple of Gain
    attacks : int
        How many were tried.
    let_in : int
        The most planted accounts that were near enough to verified people in any of them.
    kept_out : int
        Honest people with ties who are not near enough, without any attack.
    honest : int
        Honest people with ties.
    """

    gains: tuple[Gain, ...]
    attacks: int
    let_in: int
    kept_out: int
    honest: int


def plant(
    ties: Ties,
    pool: Int64,
    *,
    accounts: int,
    inner: int,
    bridges: int,
    rng: np.random.Generator,
    doors: int | None = None,
) -> Ties:
    """Return the ties with a ring of new accounts behind the last position.

    Parameters
    ----------
    ties : Ties
    pool : int64[bridges]
        Who is talked into a tie with the ring.
    accounts, inner, bridges : int
        Planted accounts, ties among them, ties into the network.
    rng : Generator
    doors : int, optional
        How many of the accounts share the bridges; each has one of its own by default.
    """
    n = ties.n
    left, right = np.triu_indices(accounts, 1)
    if not 0 <= inner <= len(left):
        raise BadValue(f"{accounts} accounts can have 0 to {len(left)} ties among themselves")
    drawn = rng.choice(len(left), inner, replace=False)
    wanted = min(bridges if doors is None else doors, accounts)
    door = np.resize(rng.choice(accounts, wanted, replace=False), bridges)
    owner = np.repeat(np.arange(n), np.diff(ties.indptr))
    once = owner < ties.indices
    strongest = float(ties.weight.max(initial=1.0))
    return Ties.of_pairs(
        n + accounts,
        np.concatenate([owner[once], n + left[drawn], pool]),
        np.concatenate([ties.indices[once], n + right[drawn], n + door]),
        np.concatenate([ties.weight[once], np.full(inner + bridges, strongest)]),
    )


def talked_into(
    how: str, ties: Ties, verified: BoolArray, bridges: int, rng: np.random.Generator
) -> Int64:
    """Return which honest people accept a tie with the ring."""
    degree = np.diff(ties.indptr)
    wanted = (degree > 0) & verified if "verified" in how else degree > 0
    people = np.flatnonzero(wanted)
    if len(people) < bridges:
        raise BadValue(f"{bridges} bridges need as many people; {len(people)} can be had ({how})")
    if how.endswith("weak"):
        return people[np.lexsort((people, degree[people]))[:bridges]]
    if how.endswith("strong"):
        return people[np.lexsort((people, -degree[people]))[:bridges]]
    return np.sort(rng.choice(people, bridges, replace=False))


def _protected(
    ties: Ties, allowed: BoolArray, verified: BoolArray, cohort: Int64, seed: int
) -> tuple[dict[str, Float64], Ground]:
    on = ground(ties, allowed, verified)
    used = on.ties
    found: dict[str, npt.ArrayLike] = {
        "pagerank": rank(on).scores,
        "betweenness": betweenness(
            used.indptr, used.indices, k=min(PIVOTS, used.n), seed=seed
        ).scores,
        "core": core_numbers(used.indptr, used.indices),
        "bridging": bridging(used.indptr, used.indices, cohort),
    }
    # Who is not near enough has no position at all.
    return {
        name: np.where(on.near, np.asarray(value, np.float64), 0.0) for name, value in found.items()
    }, on


def _plain(ties: Ties, cohort: Int64, seed: int) -> dict[str, Float64]:
    return {
        "pagerank": pagerank(ties.indptr, ties.indices, ties.weight).scores,
        "betweenness": betweenness(
            ties.indptr, ties.indices, k=min(PIVOTS, ties.n), seed=seed
        ).scores,
        "core": core_numbers(ties.indptr, ties.indices).astype(np.float64),
        "bridging": bridging(ties.indptr, ties.indices, cohort),
    }


def attack(
    snapshot: Snapshot,
    cohort: Int64,
    *,
    accounts: int = 200,
    inner: int = 2000,
    bridges: int = 10,
    doors: int | None = None,
    seeds: int = 3,
    seed: int = 0,
) -> Attack:
    """Plant the ring in every way that `BRIDGES` names, with several seeds each.

    Parameters
    ----------
    snapshot : Snapshot
    cohort : int64[n]
        Label of each person's cohort, -1 for none. Each planted account claims one at random, the
        best that it can do for bridging.
    accounts, inner, bridges, doors : int
        As `plant` takes them.
    seeds, seed : int
        How many random draws of each way, and the first.

    Returns
    -------
    Attack

    Raises
    ------
    BadValue
        If the network is too small for the attack.
    """
    if accounts < 2 or bridges < 1 or seeds < 1:
        raise BadValue("an attack needs two accounts, a bridge and a seed at least")
    n = snapshot.n
    allowed, verified = taking_part(snapshot), verified_people(snapshot)
    known = visible_ties(snapshot.layers["knows"], allowed)
    if not verified.any():
        raise BadValue("nobody is registered: there is no verified person to start from")
    before = ground(known, allowed, verified)
    tied = allowed & (np.diff(known.indptr) > 0)
    labels = max(int(cohort.max(initial=0)) + 1, 1)
    shares: dict[str, list[tuple[float, str, int]]] = {name: [] for name in MEASURES}
    plain: dict[str, float] = dict.fromkeys(MEASURES, 0.0)
    let_in = 0
    for how in BRIDGES:
        for number in range(seed, seed + seeds):
            rng = np.random.default_rng([number, BRIDGES.index(how)])
            pool = talked_into(how, known, verified, bridges, rng)
            planted = plant(
                known, pool, accounts=accounts, inner=inner, bridges=bridges, rng=rng, doors=doors
            )
            claimed = np.concatenate([cohort, rng.integers(labels, size=accounts)])
            everybody = np.concatenate([allowed, np.ones(accounts, np.bool_)])
            nobody_new = np.concatenate([verified, np.zeros(accounts, np.bool_)])
            held, on = _protected(planted, everybody, nobody_new, claimed, number)
            let_in = max(let_in, int(on.near[n:].sum()))
            for name, value in held.items():
                shares[name].append((_share(value, n), how, number))
            for name, value in _plain(planted, claimed, number).items():
                plain[name] = max(plain[name], _share(value, n))
    gains = []
    for name, found in shares.items():
        worst, how, number = max(found, key=lambda one: one[0])
        usual = median(share for share, _, _ in found)
        gains.append(Gain(name, worst, usual, plain[name], how, number))
    return Attack(
        tuple(gains),
        len(BRIDGES) * seeds,
        let_in,
        int((tied & ~before.near).sum()),
        int(tied.sum()),
    )


def _share(value: Float64, n: int) -> float:
    top = float(value[:n].max(initial=0.0))
    return float(value[n:].max(initial=0.0)) / top if top > 0 else 0.0
