"""Who can reach whom: the best chains of at most three steps along the ties.

    strength(chain) = product of its ties' strengths * product of its connectors' willingness

A connector is whoever stands between the two ends. Alternatives share no connector, so that they
are different ways and not the same friend named five times. Showing only what each end may know is
the caller's part: of a chain, only the first contact belongs to who asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from graphnet.discovery.kernels import Bools, Float32, Float64, Int32, Int64
from graphnet.discovery.suggestions import check_person
from graphnet.errors import BadValue
from graphnet.snapshot.arrays import Ties

MOST_STEPS = 3


@dataclass(frozen=True)
class Chain:
    """One way from a source to a target.

    Attributes
    ----------
    positions : int32[steps + 1]
        Source, connectors, target.
    ties : float64[steps]
        Strength of each tie.
    strength : float
        Their product, less what the connectors' load takes from it.
    """

    positions: Int32
    ties: Float64
    strength: float


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
    told: Bools,
    sources: Int64,
    last: Float64,
    toward: Int32,
    most_steps: int,
    found: Int32,
) -> float:
    """Fill ``found`` (source, connector, connector, target; -1 where shorter); return the strength.

    Of equal chains the shortest wins, then the one met first: the lower positions.
    """
    best = 0.0
    found[:] = -1
    for i in range(len(sources)):
        s = sources[i]
        for j in range(indptr[s], indptr[s + 1]):
            v = indices[j]
            if is_target[v] and not told[j] and weight[j] > best:
                best = weight[j]
                found[0], found[1], found[2], found[3] = s, -1, -1, v
    if most_steps < 2:
        return best
    for i in range(len(sources)):
        s = sources[i]
        for j in range(indptr[s], indptr[s + 1]):
            v = indices[j]
            strength = weight[j] * willing[v] * last[v]
            if strength > best:
                best = strength
                found[0], found[1], found[2], found[3] = s, v, -1, toward[v]
    if most_steps < 3:
        return best
    closest = last.max()
    for i in range(len(sources)):
        s = sources[i]
        for j in range(indptr[s], indptr[s + 1]):
            v = indices[j]
            so_far = weight[j] * willing[v]
            # The strongest tie to a target could not make it the best.
            if so_far * closest <= best:
                continue
            for m in range(indptr[v], indptr[v + 1]):
                w = indices[m]
                strength = so_far * weight[m] * willing[w] * last[w]
                if strength > best:
                    best = strength
                    found[0], found[1], found[2], found[3] = s, v, w, toward[w]
    return best


def introductions(
    ties: Ties,
    sources: Sequence[int],
    targets: Sequence[int],
    k: int,
    *,
    allowed: Bools | None = None,
    willing: Float64 | Float32 | None = None,
    most_steps: int = MOST_STEPS,
) -> list[Chain]:
    """Return at most k chains from any source to any target, the strongest first.

    Parameters
    ----------
    ties : Ties
        `weight` is the strength of a tie, above 0 and at most 1.
    sources : positions
        The person who asks, or the Association's people.
    targets : positions
        One person, or everyone of a company, city or field.
    allowed : bool[n], optional
        Who may be a connector or a target at all.
    willing : float[n], optional
        Between 0 (asked too often lately: no connector) and 1; multiplies into each chain it
        connects. Without it everyone is 1.
    most_steps : int
        1, 2 or 3.

    Returns
    -------
    list of Chain
        No two have a connector in common; each direct tie to a target is a chain of its own. The
        first is the strongest of all; each of the others is the strongest that is left.

    Raises
    ------
    BadValue
        If a strength or a willingness lies outside its range.

    Notes
    -----
    Costs per chain the sum of the degrees of the sources' ties, once the sum of the targets'
    degrees.
    """
    n = ties.n
    if not 1 <= most_steps <= MOST_STEPS:
        raise BadValue(f"chains have 1 to {MOST_STEPS} steps, not {most_steps}")
    for person in (*sources, *targets):
        check_person(ties.indptr, person)
    share = np.ones(n) if willing is None else np.array(willing, np.float64)
    if len(share) != n or (n and not (share.min() >= 0.0 and share.max() <= 1.0)):
        raise BadValue("willingness lies between 0 and 1, one number for each person")
    start = np.unique(np.asarray(sources, np.int64))
    end = np.setdiff1d(np.asarray(targets, np.int64), start)
    if allowed is not None:
        share[~allowed] = 0.0
        end = end[allowed[end]]
    # Whoever stands at an end connects nobody: the chain would be shorter without them.
    share[start] = 0.0
    share[end] = 0.0
    is_target = np.zeros(n, np.bool_)
    is_target[end] = True
    last, toward = np.zeros(n), np.full(n, -1, np.int32)
    _last_step(ties.indptr, ties.indices, ties.weight, end, last, toward)
    told = np.zeros(len(ties.indices), np.bool_)
    found = np.empty(4, np.int32)
    chains: list[Chain] = []
    while len(chains) < k:
        strength = _best_chain(
            ties.indptr,
            ties.indices,
            ties.weight,
            share,
            is_target,
            told,
            start,
            last,
            toward,
            most_steps,
            found,
        )
        if strength <= 0.0:
            break
        positions = found[found >= 0].copy()
        strengths = _strengths(ties, positions)
        # Checked here and not over all ties, which would take longer than the search.
        if strengths.max() > 1.0:
            raise BadValue("strengths of ties lie above 0 and at most at 1")
        chains.append(Chain(positions, strengths, float(strength)))
        share[positions[1:-1]] = 0.0
        if len(positions) == 2:
            told[_place(ties, int(positions[0]), int(positions[1]))] = True
    return chains


def _place(ties: Ties, u: int, v: int) -> int:
    return int(ties.indptr[u] + np.searchsorted(ties.neighbours(u), v))


def _strengths(ties: Ties, positions: Int32) -> Float64:
    pairs = zip(positions[:-1].tolist(), positions[1:].tolist(), strict=True)
    return np.array([ties.weight[_place(ties, u, v)] for u, v in pairs], np.float64)
