"""Tie layers that follow from shared memberships: studied, worked, member and came together.

A membership binds people only in a small enough circle: merely sharing a university is no tie. The
weight falls with the size of the circle, ``1 / log2(1 + size)``, as in Adamic and Adar (2003),
"Friends and neighbors on the Web", times the share of time spent in it together.
"""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

import numpy as np

from graphnet.errors import BadValue
from graphnet.snapshot.arrays import Memberships, Snapshot, Ties

# Beyond these sizes two members need not have met.
LARGEST_CIRCLE = {"study_groups": 60, "organisations": 40, "groups": 60, "events": 60}


def together(n: int, memberships: Memberships, *, largest: int, timed: bool) -> Ties:
    """Return who shared a thing, weighted by its smallness and, if `timed`, by the time shared.

    Parameters
    ----------
    n
        Number of people.
    largest
        Things with more people than this bind nobody.
    timed
        Whether two members must have been there at the same time. Unknown times overlap.
    """
    rows = len(memberships.things)
    owner = np.repeat(np.arange(n, dtype=np.int64), np.diff(memberships.indptr))
    order = np.argsort(memberships.things, kind="stable") if rows else np.zeros(0, np.int64)
    things = memberships.things[order]
    borders = np.flatnonzero(np.diff(things)) + 1
    left: list[np.ndarray] = []
    right: list[np.ndarray] = []
    weights: list[np.ndarray] = []
    # Once for all things: a large association has as many study groups as others have people.
    begin, end = memberships.start, memberships.end
    first = np.where(begin < 0, np.iinfo(np.int64).min // 2, begin)
    last = np.where(end < 0, np.iinfo(np.int64).max // 2, end)
    for block in np.split(order, borders):
        size = len(block)
        if not 2 <= size <= largest:
            continue
        i, j = np.triu_indices(size, 1)
        a, b = block[i], block[j]
        weight = np.full(len(i), 1.0 / np.log2(1 + size), np.float32)
        if timed:
            shared = np.minimum(last[a], last[b]) - np.maximum(first[a], first[b]) + 1
            longest = np.maximum(last[a] - first[a], last[b] - first[b]) + 1
            keep = shared > 0
            weight = weight * (shared / np.maximum(longest, 1)).astype(np.float32)
            a, b, weight = a[keep], b[keep], weight[keep]
        left.append(owner[a])
        right.append(owner[b])
        weights.append(weight)
    if not left:
        return Ties.of_pairs(n, [], [])
    return Ties.of_pairs(n, np.concatenate(left), np.concatenate(right), np.concatenate(weights))


def derived(n: int, memberships: dict[str, Memberships]) -> dict[str, Ties]:
    """Return the derived layers by name."""
    layers = {}
    for layer, kind, timed in (
        ("studied", "study_groups", True),
        ("worked", "organisations", True),
        ("member", "groups", False),
        ("came", "events", False),
    ):
        if kind in memberships:
            layers[layer] = together(
                n, memberships[kind], largest=LARGEST_CIRCLE[kind], timed=timed
            )
    return layers


# How much a tie of each layer says about being able to reach somebody.
LAYER_WEIGHTS = {"knows": 1.0, "studied": 0.6, "worked": 0.5, "member": 0.2, "came": 0.1}


AT_ONCE = 100_000  # people: ten times as many would need ten times the memory beside the result


def combined(n: int, layers: dict[str, Ties], weights: dict[str, float] | None = None) -> Ties:
    """Return one layer of the chosen ones: the strengths combine as independent chances,
    ``1 - prod(1 - weight * strength)``.
    """
    wanted = LAYER_WEIGHTS if weights is None else weights
    chosen = [
        (layers[name], factor)
        for name, factor in wanted.items()
        if name in layers and factor > 0 and len(layers[name].indices)
    ]
    if not chosen:
        return Ties.of_pairs(n, [], [])
    degree = np.zeros(n, np.int64)
    indices: list[np.ndarray] = []
    strengths: list[np.ndarray] = []
    for start in range(0, n, AT_ONCE):
        stop = min(start + AT_ONCE, n)
        codes, values = [], []
        for layer, factor in chosen:
            indptr = layer.indptr[start : stop + 1]
            own = slice(int(indptr[0]), int(indptr[-1]))
            owner = np.repeat(np.arange(stop - start, dtype=np.int64), np.diff(indptr))
            strength = np.clip(layer.weight[own].astype(np.float64), 0, 1) * factor
            codes.append(owner * n + layer.indices[own])
            values.append(np.log1p(-np.minimum(strength, 0.999)))
        code, value = np.concatenate(codes), np.concatenate(values)
        if not len(code):
            continue
        order = np.argsort(code, kind="stable")
        code, value = code[order], value[order]
        starts = np.concatenate([[0], np.flatnonzero(np.diff(code)) + 1])
        code = code[starts]
        degree[start:stop] = np.bincount(code // n, minlength=stop - start)
        indices.append((code % n).astype(np.int32))
        strengths.append((1 - np.exp(np.add.reduceat(value, starts))).astype(np.float32))
    indptr = np.zeros(n + 1, np.int64)
    np.cumsum(degree, out=indptr[1:])
    return Ties(indptr, np.concatenate(indices), np.concatenate(strengths))


# The last few choices of layers that somebody made: each is half a second of work at a million
# ties, and as large as `reach` itself.
KEPT = 4
_kept: OrderedDict[tuple[str, frozenset[str]], Ties] = OrderedDict()
_keeping = Lock()


def chosen_layers(names: Iterable[str]) -> frozenset[str]:
    """Return the layers that are to count: those named, or all where none is.

    Raises
    ------
    BadValue
        If one of the names is no layer.
    """
    chosen = frozenset(names) or frozenset(LAYER_WEIGHTS)
    if chosen - LAYER_WEIGHTS.keys():
        raise BadValue(f"layers of ties are {', '.join(LAYER_WEIGHTS)}")
    return chosen


def reach_over(snapshot: Snapshot, chosen: frozenset[str]) -> Ties:
    """Return how well people can reach each other over those layers only (`chosen_layers`)."""
    if chosen == LAYER_WEIGHTS.keys():
        return snapshot.layers["reach"]
    key = (snapshot.fingerprint, chosen)
    with _keeping:
        if key not in _kept:
            # In the table's order: floats that are added in another order differ.
            weights = {name: factor for name, factor in LAYER_WEIGHTS.items() if name in chosen}
            _kept[key] = combined(snapshot.n, snapshot.layers, weights)
            if len(_kept) > KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]
