"""The local part of the learned score, compiled: what people who share things with me have besides.

For a history h, over people v who share items with it:

    z_v = sum over x in h and in v of w_x            w_x = d_x^-(0.4 + b): a rare shared thing says
    more L_j = sum over v with j of g_v z_v^q             g_v = d_v^(-c q): of somebody with few,
    more

q > 1 lets close neighbours count more than many distant ones. The matrix of items by items is never
made: one person costs the sum of the degrees of their neighbours. Because
``z_v^q = z_v^(q-1) * sum of w_x``, the score splits exactly over the items of the history.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@njit(cache=True, nogil=True)
def shared_weight(
    history: Ints, owner_start: Ints, owners: Ints, item_weight: Floats, shared: Floats
) -> None:
    """Add to ``shared[v]`` the weights of the items that v shares with the history."""
    for item in history:
        for p in range(owner_start[item], owner_start[item + 1]):
            shared[owners[p]] += item_weight[item]


@njit(cache=True, nogil=True)
def spread_over_items(
    shared: Floats,
    item_start: Ints,
    items: Ints,
    person_weight: Floats,
    power: float,
    scores: Floats,
) -> None:
    """Add ``person_weight[v] * shared[v]^power`` to every item of every v."""
    for v in range(len(shared)):
        if shared[v] > 0:
            vote = np.float32(person_weight[v] * shared[v] ** power)
            for p in range(item_start[v], item_start[v + 1]):
                scores[items[p]] += vote


@njit(cache=True, nogil=True)
def contributions_to_item(
    history: Ints,
    target: int,
    owner_start: Ints,
    owners: Ints,
    item_weight: Floats,
    person_weight: Floats,
    shared: Floats,
    power: float,
    parts: NDArray[np.float64],
    witnesses: NDArray[np.int64],
) -> None:
    """Split one item's local score over the history; count the people who connect the two."""
    has_target = np.zeros(len(shared), dtype=np.bool_)
    for p in range(owner_start[target], owner_start[target + 1]):
        has_target[owners[p]] = True
    for i in range(len(history)):
        item = history[i]
        for p in range(owner_start[item], owner_start[item + 1]):
            v = owners[p]
            if has_target[v]:
                vote = np.float64(person_weight[v]) * np.float64(shared[v]) ** (power - 1)
                parts[i] += vote * item_weight[item]
                witnesses[i] += 1


@njit(cache=True, nogil=True)
def top_positions(scores: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
    """Return the k best positions above minus infinity, best first, ties by the lower position."""
    best = np.full(k, -1, dtype=np.int64)
    value = np.full(k, -np.inf, dtype=np.float32)
    count = 0
    for j in range(len(scores)):
        s = scores[j]
        if s == -np.inf or (count == k and s <= value[k - 1]):
            continue
        i = count if count < k else k - 1
        while i > 0 and value[i - 1] < s:
            value[i] = value[i - 1]
            best[i] = best[i - 1]
            i -= 1
        value[i] = s
        best[i] = j
        if count < k:
            count += 1
    return best[:count], value[:count]


@njit(cache=True, nogil=True)
def ranks_of_blends(
    parts: Floats, weights: Floats, history: Ints, wanted: Ints
) -> NDArray[np.int64]:
    """Rank (0 = best) of each wanted item under each weighting of the parts.

    Parameters
    ----------
    parts : array of shape (parts, items)
    weights : array of shape (blends, parts)
    history, wanted : arrays of item positions; the history is not ranked

    Returns
    -------
    array of shape (blends, wanted); of equal scores the lower position is first
    """
    items = parts.shape[1]
    ranks = np.zeros((len(weights), len(wanted)), dtype=np.int64)
    scores = np.empty(items, dtype=np.float32)
    for b in range(len(weights)):
        scores[:] = 0
        for p in range(len(parts)):
            w = weights[b, p]
            if w != 0:
                for j in range(items):
                    scores[j] += w * parts[p, j]
        scores[history] = -np.inf
        for i in range(len(wanted)):
            target = wanted[i]
            s = scores[target]
            count = 0
            for j in range(target):
                count += scores[j] >= s
            for j in range(target + 1, items):
                count += scores[j] > s
            ranks[b, i] = count
    return ranks
