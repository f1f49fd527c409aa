"""The compiled steps of the Louvain and Leiden algorithms, on weighted ties without loops.

In one thread and with our own numbers for order, so that a seed gives one answer on any machine;
communities.py puts the steps together. What a move of v to community C gains (times the total
weight) is ``w(v, C) - resolution * s_v * S_C / W``, s and S being strengths and W the sum
of all.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Weight = NDArray[np.float64] | NDArray[np.int32]


@njit(cache=True, nogil=True)
def move_people(
    indptr: Int64,
    indices: Int32,
    weight: Weight,
    strength: Float64,
    order: Int32,
    resolution: float,
    community: Int32,
) -> int:
    """Move everybody to their best community until nobody gains; return the number of moves.

    Whoever has a neighbour that moved to another community is looked at again, nobody else.
    Whether a community was met before is as good as random to the processor: written down without
    a branch it costs a fifth less, and with whole numbers for ties that are all alike, half.
    """
    n = len(indptr) - 1
    total = np.zeros(n, np.float64)
    all_strength = 0.0
    for v in range(n):
        total[community[v]] += strength[v]
        all_strength += strength[v]
    if all_strength == 0.0:
        return 0
    factor = resolution / all_strength
    queue = order.copy()
    waiting = np.ones(n, np.bool_)
    toward = np.zeros(n, weight.dtype)
    touched = np.empty(n + 1, np.int32)
    head = 0
    size = n
    moves = 0
    while size > 0:
        v = queue[head]
        head += 1
        if head == n:
            head = 0
        size -= 1
        waiting[v] = False
        own = community[v]
        count = 0
        for j in range(indptr[v], indptr[v + 1]):
            c = community[indices[j]]
            before = toward[c]
            touched[count] = c
            count += before == 0
            toward[c] = before + weight[j]
        pull = factor * strength[v]
        total[own] -= strength[v]
        best = own
        best_gain = toward[own] - pull * total[own]
        # A hair more than rounding, else two equal communities pass a person to and fro.
        limit = best_gain + 1e-10 * strength[v]
        for i in range(count):
            c = touched[i]
            gain = toward[c] - pull * total[c]
            if gain > limit:
                best = c
                best_gain = gain
                limit = gain
            toward[c] = 0
        total[best] += strength[v]
        if best != own:
            community[v] = best
            moves += 1
            for j in range(indptr[v], indptr[v + 1]):
                u = indices[j]
                if not waiting[u] and community[u] != best:
                    waiting[u] = True
                    tail = head + size
                    if tail >= n:
                        tail -= n
                    queue[tail] = u
                    size += 1
    return moves


@njit(cache=True, nogil=True)
def split(indptr: Int64, indices: Int32, community: Int32) -> int:
    """Make groups of those parts of communities that hang together, in place; return how many.

    Modularity cannot fall by it: no tie between groups is added, and smaller ones are expected to
    have less.
    """
    n = len(indptr) - 1
    new = np.full(n, -1, np.int32)
    queue = np.empty(n, np.int32)
    count = 0
    for s in range(n):
        if new[s] >= 0:
            continue
        new[s] = count
        queue[0] = s
        head = 0
        tail = 1
        while head < tail:
            u = queue[head]
            head += 1
            for j in range(indptr[u], indptr[u + 1]):
                v = indices[j]
                if new[v] < 0 and community[v] == community[s]:
                    new[v] = count
                    queue[tail] = v
                    tail += 1
        count += 1
    community[:] = new
    return count


@njit(cache=True, nogil=True)
def refine(
    indptr: Int64,
    indices: Int32,
    weight: Weight,
    strength: Float64,
    order: Int32,
    resolution: float,
    community: Int32,
) -> Int32:
    """Split each community into well connected parts: everybody alone first, then merged once.

    Only who is still alone moves, only within the community, and only where both sides are tied
    to the rest of it at least as well as chance would have it; so every part is connected.
    """
    n = len(indptr) - 1
    part = np.arange(n).astype(np.int32)
    total = np.zeros(n, np.float64)
    all_strength = 0.0
    for v in range(n):
        total[community[v]] += strength[v]
        all_strength += strength[v]
    if all_strength == 0.0:
        return part
    factor = resolution / all_strength
    outward = np.zeros(n, np.float64)  # weight from a part to the rest of its community
    for v in range(n):
        inside = 0.0
        for j in range(indptr[v], indptr[v + 1]):
            if community[indices[j]] == community[v]:
                inside += weight[j]
        outward[v] = inside
    part_strength = strength.copy()
    alone = np.ones(n, np.bool_)
    toward = np.zeros(n, np.float64)
    touched = np.empty(n, np.int32)
    for i in range(n):
        v = order[i]
        if not alone[v]:
            continue
        own = community[v]
        rest = total[own]
        if outward[v] < factor * strength[v] * (rest - strength[v]):
            continue
        count = 0
        for j in range(indptr[v], indptr[v + 1]):
            u = indices[j]
            if community[u] == own:
                c = part[u]
                if toward[c] == 0.0:
                    touched[count] = c
                    count += 1
                toward[c] += weight[j]
        best = v
        best_gain = 0.0
        for t in range(count):
            c = touched[t]
            gain = toward[c] - factor * strength[v] * part_strength[c]
            well = outward[c] >= factor * part_strength[c] * (rest - part_strength[c])
            if c != v and well and gain > best_gain:
                best = c
                best_gain = gain
        if best != v:
            part[v] = best
            outward[best] += outward[v] - 2 * toward[best]
            part_strength[best] += strength[v]
            alone[best] = False
            alone[v] = False
        for t in range(count):
            toward[touched[t]] = 0.0
    return part


@njit(cache=True, nogil=True)
def renumber(labels: Int32) -> int:
    """Number labels in the order in which they first appear, in place; return how many."""
    new = np.full(len(labels), -1, np.int32)
    count = 0
    for v in range(len(labels)):
        c = labels[v]
        if new[c] < 0:
            new[c] = count
            count += 1
        labels[v] = new[c]
    return count


@njit(cache=True, nogil=True)
def contract(
    indptr: Int64, indices: Int32, weight: Weight, part: Int32, parts: int
) -> tuple[Int64, Int32, Float64]:
    """Make one node of each part; ties add up, those inside a part go (moves do not need them)."""
    n = len(indptr) - 1
    start = np.zeros(parts + 1, np.int64)
    for v in range(n):
        start[part[v] + 1] += 1
    for c in range(parts):
        start[c + 1] += start[c]
    members = np.empty(n, np.int32)
    fill = start[:-1].copy()
    for v in range(n):
        members[fill[part[v]]] = v
        fill[part[v]] += 1
    new_indptr = np.zeros(parts + 1, np.int64)
    most = min(len(indices), parts * (parts - 1))
    new_indices = np.empty(most, np.int32)
    new_weight = np.empty(most, np.float64)
    slot = np.full(parts, -1, np.int64)
    at = 0
    for c in range(parts):
        first = at
        for i in range(start[c], start[c + 1]):
            v = members[i]
            for j in range(indptr[v], indptr[v + 1]):
                d = part[indices[j]]
                if d == c:
                    continue
                if slot[d] < first:
                    slot[d] = at
                    new_indices[at] = d
                    new_weight[at] = weight[j]
                    at += 1
                else:
                    new_weight[slot[d]] += weight[j]
        new_indptr[c + 1] = at
    return new_indptr, new_indices[:at].copy(), new_weight[:at].copy()


@njit(cache=True, nogil=True)
def quality(
    indptr: Int64,
    indices: Int32,
    weight: Weight,
    strength: Float64,
    resolution: float,
    community: Int32,
) -> float:
    """Return the modularity of a division (labels below the number of people)."""
    n = len(indptr) - 1
    total = np.zeros(n, np.float64)
    all_strength = 0.0
    inside = 0.0
    for v in range(n):
        total[community[v]] += strength[v]
        all_strength += strength[v]
        for j in range(indptr[v], indptr[v + 1]):
            if community[indices[j]] == community[v]:
                inside += weight[j]
    if all_strength == 0.0:
        return 0.0
    value = inside / all_strength
    for c in range(n):
        value -= resolution * (total[c] / all_strength) ** 2
    return value
