"""Coordinates of a map: distances from a few pivots to start with, then forces.

Computed here and not in the browser, whose workers the content security policy forbids, so that
everybody sees the same picture, of a study group as of the whole network.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.maps.communities import islands
from graphnet.maps.far import push_far

BoolArray = NDArray[np.bool_]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

PIVOTS = 50
# Pushing everybody from everybody takes the square of their number: above this whoever is far off
# counts together, and above that people stay where the scaling of their distances has put them.
MOST_PUSHED = 6000
MOST_MOVED = 200_000


@njit(cache=True, nogil=True)
def _pivot_distances(indptr: Int64, indices: Int32, pivots: int, first: int) -> Int32:
    """Count steps from pivots, each the person farthest from those before."""
    n = len(indptr) - 1
    steps = np.full((pivots, n), -1, np.int32)
    nearest = np.full(n, 1 << 30, np.int32)
    queue = np.empty(n, np.int32)
    pivot = first
    for p in range(pivots):
        row = steps[p]
        row[pivot] = 0
        queue[0] = pivot
        head = 0
        tail = 1
        while head < tail:
            u = queue[head]
            head += 1
            for j in range(indptr[u], indptr[u + 1]):
                v = indices[j]
                if row[v] < 0:
                    row[v] = row[u] + 1
                    queue[tail] = v
                    tail += 1
        farthest = -1
        for v in range(n):
            if row[v] >= 0:
                nearest[v] = min(nearest[v], row[v])
            if nearest[v] > farthest:
                farthest = nearest[v]
                pivot = v
    return steps


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "arcp", "nsz", "nnan", "ninf"})
def _push(x: Float32, y: Float32, mass: Float32, force_x: Float32, force_y: Float32) -> None:
    """Push everybody from everybody, with the product of their masses over the distance."""
    n = len(x)
    for u in range(n):
        px = x[u]
        py = y[u]
        fx = np.float32(0.0)
        fy = np.float32(0.0)
        for v in range(n):
            dx = px - x[v]
            dy = py - y[v]
            strength = mass[v] / (dx * dx + dy * dy + np.float32(1e-4))
            fx += dx * strength
            fy += dy * strength
        force_x[u] = fx * mass[u]
        force_y[u] = fy * mass[u]


@njit(cache=True, nogil=True)
def _relax(
    indptr: Int64,
    indices: Int32,
    weight: Float32,
    x: Float32,
    y: Float32,
    mass: Float32,
    gravity: float,
    steps: int,
    first_step: float,
) -> None:
    """Move along the forces, each time a little less far."""
    n = len(x)
    force_x = np.empty(n, np.float32)
    force_y = np.empty(n, np.float32)
    for step in range(steps):
        if n <= MOST_PUSHED:
            _push(x, y, mass, force_x, force_y)
        else:
            push_far(x, y, mass, force_x, force_y)
        reach = first_step * (1.0 - step / steps)
        for u in range(n):
            fx = force_x[u] - gravity * mass[u] * x[u]
            fy = force_y[u] - gravity * mass[u] * y[u]
            for j in range(indptr[u], indptr[u + 1]):
                v = indices[j]
                fx += weight[j] * (x[v] - x[u])
                fy += weight[j] * (y[v] - y[u])
            # Divided by mass, so that people with many ties do not jump to and fro.
            length = np.sqrt(fx * fx + fy * fy)
            if length > 0:
                go = min(length / (mass[u] * 4.0), reach) / length
                force_x[u] = fx * go
                force_y[u] = fy * go
            else:
                force_x[u] = 0.0
                force_y[u] = 0.0
        for u in range(n):
            x[u] += force_x[u]
            y[u] += force_y[u]


def _start(indptr: Int64, indices: Int32, rng: np.random.Generator) -> Float64:
    n = len(indptr) - 1
    jitter = rng.normal(size=(n, 2))
    if n < 3:
        return jitter
    first = int(np.diff(indptr).argmax())
    steps = _pivot_distances(indptr, indices, min(PIVOTS, n), first).astype(np.float64)
    squares = steps**2
    centred = (
        squares
        - squares.mean(axis=0, keepdims=True)
        - squares.mean(axis=1, keepdims=True)
        + squares.mean()
    )
    _, vectors = np.linalg.eigh(centred @ centred.T)
    position = centred.T @ vectors[:, :-3:-1]
    spread = position.std(axis=0)
    start: Float64 = position / np.where(spread > 0, spread, 1.0) + 0.05 * jitter
    return start


def layout(
    indptr: Int64,
    indices: Int32,
    weight: Float32 | None = None,
    *,
    seed: int = 0,
    steps: int | None = None,
    start: Float64 | None = None,
) -> Float64:
    """Place people so that those tied together lie together.

    People push each other away with ``(d_u + 1)(d_v + 1) / distance`` and ties pull with
    ``weight * distance`` (the forces of ForceAtlas2), weakly held to the middle; they start from a
    scaling of their distances to fifty pivots. Islands are placed one by one and then set around
    the largest, in rings, with room as the number of their people.

    Parameters
    ----------
    indptr, indices, weight : int64[n + 1], int32[m], float32[m] or None
        Symmetric ties.
    seed : int
        The same seed gives the same picture (to rounding: processors add up in different widths).
    steps : int, optional
        Movements; fewer by default the more people there are, none above `MOST_MOVED`.
    start : float64[n, 2], optional
        An earlier picture of most of these people, NaN for who was not on it. An island of which at
        least half was there starts from it, who is new among their acquaintances, is moved a
        quarter as much and turned to lie as before.

    Returns
    -------
    float64[n, 2]
        Within the unit circle. Each island lies with its longest direction flat and the person
        with most ties in the upper right.

    Notes
    -----
    O(steps * (n^2 + ties)), the n^2 in the vector units; above `MOST_PUSHED` people
    O(steps * (n log n + ties)).

    References
    ----------
    Jacomy, Venturini, Heymann and Bastian, "ForceAtlas2", PLOS ONE 9 (2014). Brandes and Pich,
    "Eigensolver methods for progressive multidimensional scaling of large data", 2006.

    Examples
    --------
    >>> import numpy as np
    >>> layout(np.array([0, 1, 2]), np.array([1, 0], np.int32)).shape
    (2, 2)
    """
    n = len(indptr) - 1
    island, sizes = islands(indptr, indices)
    position = np.zeros((n, 2))
    rng = np.random.default_rng(seed)
    order = np.argsort(island, kind="stable")
    ends = np.cumsum(sizes)
    place = np.empty(n, np.int32)
    place[order] = (np.arange(n) - np.repeat(ends - sizes, sizes)).astype(np.int32)
    centres, radii = _rings(sizes)
    for i, size in enumerate(sizes):
        people = order[ends[i] - size : ends[i]]
        if size == 1:
            position[people] = centres[i]
            continue
        part = _part(indptr, indices, weight, people, place)
        before = None if start is None else start[people]
        shape = _place_island(*part, rng, steps, before)
        position[people] = centres[i] + radii[i] * shape
    far = np.sqrt((position**2).sum(axis=1).max(initial=0.0))
    return position / far if far > 0 else position


def _part(
    indptr: Int64, indices: Int32, weight: Float32 | None, people: Int64, place: Int32
) -> tuple[Int64, Int32, Float32]:
    """Return the ties of one island, which has all ties of its people."""
    starts, counts = indptr[people], np.diff(indptr)[people]
    new_indptr = np.zeros(len(people) + 1, np.int64)
    np.cumsum(counts, out=new_indptr[1:])
    rows = np.repeat(starts - new_indptr[:-1], counts) + np.arange(new_indptr[-1])
    value = np.ones(len(rows), np.float32) if weight is None else weight[rows]
    return new_indptr, place[indices[rows]], value


def _rings(sizes: Int64) -> tuple[Float64, Float64]:
    """Return centres and radii of islands: the largest in the middle, the others in rings."""
    radii = 0.8 * np.sqrt(sizes)
    centres = np.zeros((len(sizes), 2))
    outer = radii[0] if len(radii) else 0.0
    i = 1
    while i < len(sizes):
        # The first of a ring is its largest: the ring is as wide as that one.
        ring = outer + 1.6 * radii[i]
        outer = ring + radii[i]
        angle = 0.0
        while i < len(sizes):
            half = float(np.arcsin(min(1.3 * radii[i] / ring, 1.0)))
            if angle > 0 and angle + 2 * half > 2 * np.pi:
                break
            centres[i] = ring * np.cos(angle + half), ring * np.sin(angle + half)
            angle += 2 * half
            i += 1
    return centres, radii


def _place_island(
    indptr: Int64,
    indices: Int32,
    weight: Float32,
    rng: np.random.Generator,
    steps: int | None,
    before: Float64 | None,
) -> Float64:
    """Return coordinates of connected people within the unit circle."""
    n = len(indptr) - 1
    known = np.zeros(n, bool) if before is None else ~np.isnan(before[:, 0])
    again = before is not None and n >= 3 and 2 * np.count_nonzero(known) >= n
    if before is not None and again:
        position = _grown(indptr, indices, before, known, rng)
    else:
        position = _start(indptr, indices, rng)
    degree = np.diff(indptr)
    mass = (degree + 1).astype(np.float32)
    # The size at which push and pull balance, so that the first movements are of the right order.
    size = float(np.sqrt(mass.sum()))
    x = np.ascontiguousarray(position[:, 0] * size, np.float32)
    y = np.ascontiguousarray(position[:, 1] * size, np.float32)
    usual = int(np.clip(200_000 / n, 60, 300)) if n <= MOST_MOVED else 0
    many = usual if steps is None else steps
    pull = (weight / weight.mean()).astype(np.float32)
    reach = size / 10
    if again:
        many, reach = many // 4, reach / 4
    _relax(indptr, indices, pull, x, y, mass, 1.0, many, reach)
    found = np.stack([x, y], axis=1).astype(np.float64)
    if before is None or not again:
        return _upright(found, degree)
    return _as_before(found, before, known, tail=many > 0)


def _grown(
    indptr: Int64, indices: Int32, before: Float64, known: BoolArray, rng: np.random.Generator
) -> Float64:
    """Return where to start from an earlier picture: who is new among their acquaintances."""
    n = len(indptr) - 1
    position = np.where(known[:, None], before - before[known].mean(axis=0), 0.0)
    position /= max(float(np.sqrt((position[known] ** 2).mean())), 1e-9)
    placed = known.copy()
    owner = np.repeat(np.arange(n), np.diff(indptr))
    while not placed.all():
        new = ~placed[owner] & placed[indices]
        if not new.any():
            break
        count = np.bincount(owner[new], minlength=n)
        at = np.flatnonzero(count)
        for axis in range(2):
            total = np.bincount(owner[new], weights=position[indices[new], axis], minlength=n)
            position[at, axis] = total[at] / count[at]
        placed[at] = True
    grown: Float64 = position + np.where(known, 0.0, 0.02)[:, None] * rng.normal(size=(n, 2))
    return grown


def _as_before(found: Float64, before: Float64, known: BoolArray, *, tail: bool) -> Float64:
    """Turn and mirror to lie as in the earlier picture (orthogonal Procrustes), and scale."""
    middle = found[known].mean(axis=0)
    left, _, right = np.linalg.svd(
        (found[known] - middle).T @ (before[known] - before[known].mean(axis=0))
    )
    return _scaled((found - middle) @ (left @ right), tail=tail)


def _upright(position: Float64, degree: Int64) -> Float64:
    """Turn, mirror and scale, so that equal networks give equal pictures."""
    centred = position - position.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    turned: Float64 = centred @ axes.T
    turned = turned * np.where(turned[int(degree.argmax())] < 0, -1.0, 1.0)
    return _scaled(turned)


def _scaled(turned: Float64, *, tail: bool = True) -> Float64:
    distance = np.sqrt((turned**2).sum(axis=1))
    usual = float(np.percentile(distance, 95))
    if tail and usual > 0:
        # A tail of a few people must not shrink everybody else to a dot.
        ratio = np.maximum(distance / usual, 1.0)
        turned = turned * ((1 + np.log(ratio)) / ratio)[:, None]
    radius = float(np.sqrt((turned**2).sum(axis=1).max()))
    return turned / radius if radius > 0 else turned
