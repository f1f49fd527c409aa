"""Who can reach whom: the best chains of at most three steps along the ties.

    strength(chain) = product of its ties' strengths * product of its connectors' willingness

A chain begins with a first contact: somebody tied to who asks or, where the Association asks,
anybody whom it can reach; the strength of that first tie is given. A connector is whoever stands
between who asks and who is sought. Alternatives share no connector, so that they are different ways
and not the same friend named five times. Showing only what each end may know is the caller's part:
of a chain, only the first contact belongs to who asks.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from graphnet.discovery.kernels import Bools, Float32, Float64, Int32, Int64
from graphnet.discovery.suggestions import check_person
from graphnet.errors import BadValue
from graphnet.snapshot.arrays import Ties

MOST_STEPS = 3


@dataclass(frozen=True)
class Chain:
    """One way to a target.

    Attributes
    ----------
    positions : int32[steps]
        First contact, further connectors, target; of one step the first contact is the target.
    strength : float
        Product of the ties' strengths, less what the connectors' load takes from it.
    """

    positions: Int32
    strength: float

    @property
    def steps(self) -> int:
        """How many ties lie between who asks and who is sought."""
        return len(self.positions)


@njit(cache=True, nogil=True)
def _last_step(
    indptr: Int64,
    indices: Int32,
    weight: Float32,
    targets: Int64,
    strength: Float64,
    toward: Int32,
) -> None:
    """For everybody tied to a target: the strongest such tie, and to whom."""
    for i in range(len(targets)):
        t = targets[i]
        for j in range(indptr[t], indptr[t + 1]):
            v = indices[j]
            if weight[j] > strength[v]:
                strength[v] = weight[j]
                toward[v] = t


@njit(cache=True, nogil=True)
def _best_chain(
    indptr: Int64,
    indices: Int32,
    weight: Float32,
    willing: Float64,
    is_target: Bools,
    first: Int64,
    begin: Float64,
    last: Float64,
    toward: Int32,
    most_steps: int,
    patient: bool,
    found: Int32,
) -> float:
    """Fill ``found`` (first contact, connector, target; -1 where shorter); return the strength.

    Of equal chains the shortest wins, then the one met first: the lower positions. A patient search
    looks at every tie of every first contact, whatever it has found, so that its time hardly tells.
    """
    best = 0.0
    found[:] = -1
    closest = 0.0
    for v in range(len(last)):
        closest = max(closest, last[v])
    for i in range(len(first)):
        v = first[i]
        if is_target[v]:
            if begin[i] > best:
                best = begin[i]
                found[0], found[1], found[2] = v, -1, -1
            continue
        strength = begin[i] * willing[v] * last[v]
        if most_steps > 1 and strength > best:
            best = strength
            found[0], found[1], found[2] = v, toward[v], -1
    if most_steps < 3:
        return best
    for i in range(len(first)):
        v = first[i]
        so_far = begin[i] * willing[v]
        # The strongest tie to a target could not make it the best.
        if not patient and (is_target[v] or so_far * closest <= best):
            continue
        for j in range(indptr[v], indptr[v + 1]):
            w = indices[j]
            strength = so_far * weight[j] * willing[w] * last[w]
            if strength > best and not is_target[v]:
                best = strength
                found[0], found[1], found[2] = v, w, toward[w]
    return best


@njit(cache=True, nogil=True)
def _best_chain_from_behind(
    indptr: Int64,
    indices: Int32,
    weight: Float32,
    willing: Float64,
    begin: Float64,
    end: Int64,
    before: Int64,
    last: Float64,
    toward: Int32,
    most_steps: int,
    found: Int32,
) -> float:
    """Do the same from the targets back: for many first contacts and few people near the targets.

    ``begin`` has an entry for everybody here; ``before`` are those who are tied to a target.
    """
    best = 0.0
    found[:] = -1
    for i in range(len(end)):
        if begin[end[i]] > best:
            best = begin[end[i]]
            found[0], found[1], found[2] = end[i], -1, -1
    if most_steps < 2:
        return best
    for i in range(len(before)):
        w = before[i]
        strength = begin[w] * willing[w] * last[w]
        if strength > best:
            best = strength
            found[0], found[1], found[2] = w, toward[w], -1
    if most_steps < 3:
        return best
    for i in range(len(before)):
        w = before[i]
        if willing[w] * last[w] <= best:
            continue
        for j in range(indptr[w], indptr[w + 1]):
            v = indices[j]
            strength = begin[v] * willing[v] * weight[j] * willing[w] * last[w]
            longer = found[2] >= 0
            lower = longer and (v < found[0] or (v == found[0] and w < found[1]))
            if strength > best or (strength == best and strength > 0.0 and lower):
                best = strength
                found[0], found[1], found[2] = v, w, toward[w]
    return best


def introductions(
    ties: Ties,
    first: npt.ArrayLike,
    strength: npt.ArrayLike,
    targets: npt.ArrayLike,
    k: int,
    *,
    allowed: Bools | None = None,
    willing: Float64 | None = None,
    most_steps: int = MOST_STEPS,
    patient: bool = False,
) -> list[Chain]:
    """Return at most k chains through the first contacts to any target, the strongest first.

    Parameters
    ----------
    ties : Ties
        `weight` is the strength of a tie, above 0 and at most 1.
    first : positions
        Who can be asked first, each once.
    strength : float[len(first)]
        Of the tie to each of them, between 0 (cannot be asked after all) and 1.
    targets : positions
        One person, or everyone of a company, city or field.
    allowed : bool[n], optional
        Who may stand on a chain at all.
    willing : float[n], optional
        Between 0 (no connector: asked too often lately, or not willing) and 1; multiplies into each
        chain that the person connects. Without it everyone is 1.
    most_steps : int
        1, 2 or 3.
    patient : bool
        Do the same work whether or not anything is found.

    Returns
    -------
    list of Chain
        No two have a connector in common. The first is the strongest of all; each of the others is
        the strongest that is left. A first contact who is a target is a chain of one step and the
        end of no other.

    Raises
    ------
    BadValue
        If a strength or a willingness lies outside its range.

    Notes
    -----
    Costs per chain the sum of the degrees of the first contacts or, unless it is patient, of those
    who are tied to a target, whichever are fewer people; once the sum of the targets' degrees, and
    n for its scratch space. ``tests/bench/reach_speed.py`` measures it.
    """
    n = ties.n
    if not 1 <= most_steps <= MOST_STEPS:
        raise BadValue(f"chains have 1 to {MOST_STEPS} steps, not {most_steps}")
    start, where = np.unique(np.asarray(first, np.int64), return_index=True)
    begin = np.asarray(strength, np.float64)[where]
    end = np.unique(np.asarray(targets, np.int64))
    for ends in (start, end):
        if len(ends):
            check_person(ties.indptr, int(ends[0]))
            check_person(ties.indptr, int(ends[-1]))
    if len(begin) and not (begin.min() >= 0.0 and begin.max() <= 1.0):
        raise BadValue("strengths of ties lie above 0 and at most at 1")
    share = np.ones(n) if willing is None else np.array(willing, np.float64)
    if len(share) != n or (n and not (share.min() >= 0.0 and share.max() <= 1.0)):
        raise BadValue("willingness lies between 0 and 1, one number for each person")
    if allowed is not None:
        share[~allowed] = 0.0
        begin = np.where(allowed[start], begin, 0.0)
        end = end[allowed[end]]
    # Whoever is sought connects nobody: the chain would be shorter without the rest of it.
    share[end] = 0.0
    is_target = np.zeros(n, np.bool_)
    is_target[end] = True
    last, toward = np.zeros(n), np.full(n, -1, np.int32)
    further = np.setdiff1d(end, start[begin > 0.0])
    _last_step(ties.indptr, ties.indices, ties.weight, further, last, toward)
    if n and last.max() > 1.0:
        raise BadValue("strengths of ties lie above 0 and at most at 1")
    found = np.empty(3, np.int32)
    before = np.flatnonzero(last > 0.0)
    everyone = np.zeros(n)
    everyone[start] = begin
    behind = not patient and len(before) < len(start)
    network = (ties.indptr, ties.indices, ties.weight, share)
    chains: list[Chain] = []
    for _ in range(k):
        if behind:
            best = _best_chain_from_behind(
                *network, everyone, end, before, last, toward, most_steps, found
            )
        else:
            best = _best_chain(
                *network, is_target, start, begin, last, toward, most_steps, patient, found
            )
        if best <= 0.0 and not patient:
            break
        # Nobody found costs the same bookkeeping.
        positions = found[found >= 0].copy()
        connectors = positions[:-1] if len(positions) > 1 else positions
        share[connectors] = 0.0
        begin[np.isin(start, connectors)] = 0.0
        everyone[connectors] = 0.0
        if best > 0.0:
            chains.append(Chain(positions, float(best)))
    return chains


def offered(chains: list[Chain], short: list[Chain], k: int) -> list[Chain]:
    """Return chains of which k are to be offered, with a short one among these.

    Parameters
    ----------
    chains
        What `introductions` found, the strongest first.
    short
        What it found with at most two steps, the strongest first.

    Returns
    -------
    list of Chain
        As many as there were, or one more. If none of the first k has two steps or fewer, the
        strongest that has is the k-th, and chains that share a connector with it are gone: two weak
        ties may be more to somebody than three strong ones, and who asks can tell.
    """
    if not short or any(chain.steps <= 2 for chain in chains[:k]):
        return chains
    best = short[0]
    taken = set(best.positions[:-1].tolist() or best.positions.tolist())
    others = [chain for chain in chains if not taken & set(chain.positions[:-1].tolist())]
    return [*others[: k - 1], best, *others[k - 1 :]]
