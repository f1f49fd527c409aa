"""Everybody pushed from everybody without looking at all pairs: whoever is far off counts together.

Barnes and Hut, "A hierarchical O(N log N) force-calculation algorithm", Nature 324 (1986).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]

# A square counts as one where its side is below so much of its distance. At 1 the push is off by
# three in a hundred, which no picture shows.
OPENING = 1.0
DEEPEST = 24  # halvings of the side; people closer than that stand on one spot


@njit(cache=True, nogil=True)
def _tree(
    x: Float32, y: Float32, mass: Float32
) -> tuple[Int32, Float32, Float32, Float32, Float32]:
    """Return the squares: their four quarters (-1 for none), mass, its middle, their side."""
    n = len(x)
    room = 4 * n + 64
    quarter = np.full((room, 4), -1, np.int32)
    heavy = np.zeros(room, np.float32)
    middle_x = np.zeros(room, np.float32)  # sums of mass times place until the end
    middle_y = np.zeros(room, np.float32)
    side = np.zeros(room, np.float32)
    alone = np.full(room, -1, np.int32)  # the one person of a square without quarters
    left, low = x.min(), y.min()
    whole = max(x.max() - left, y.max() - low) + np.float32(1e-6)
    side[0] = whole
    made = 1
    for u in range(n):
        node = 0
        at_x, at_y, width = left, low, whole
        for depth in range(DEEPEST + 1):
            before = alone[node]
            empty = heavy[node] == 0
            if before >= 0 and depth < DEEPEST and made + 2 < room:
                # The one who was alone here goes into a quarter.
                half = width / 2
                q = int(x[before] >= at_x + half) + 2 * int(y[before] >= at_y + half)
                quarter[node, q] = made
                alone[made] = before
                heavy[made] = mass[before]
                middle_x[made] = mass[before] * x[before]
                middle_y[made] = mass[before] * y[before]
                side[made] = half
                made += 1
                alone[node] = -1
                before = -1
            heavy[node] += mass[u]
            middle_x[node] += mass[u] * x[u]
            middle_y[node] += mass[u] * y[u]
            if empty:
                alone[node] = u
                break
            if before >= 0 or depth == DEEPEST or made + 2 >= room:
                break  # on one spot with somebody: they count together
            half = width / 2
            right, high = x[u] >= at_x + half, y[u] >= at_y + half
            q = int(right) + 2 * int(high)
            if quarter[node, q] < 0:
                quarter[node, q] = made
                side[made] = half
                made += 1
            if right:
                at_x += half
            if high:
                at_y += half
            width = half
            node = quarter[node, q]
    for node in range(made):
        if heavy[node] > 0:
            middle_x[node] /= heavy[node]
            middle_y[node] /= heavy[node]
    return quarter[:made], heavy[:made], middle_x[:made], middle_y[:made], side[:made]


@njit(cache=True, nogil=True)
def push_far(x: Float32, y: Float32, mass: Float32, force_x: Float32, force_y: Float32) -> None:
    """Push everybody from everybody, with the product of their masses over the distance, nearly."""
    quarter, heavy, middle_x, middle_y, side = _tree(x, y, mass)
    stack = np.empty(4 * DEEPEST + 8, np.int32)
    limit = np.float32(OPENING * OPENING)
    for u in range(len(x)):
        px, py = x[u], y[u]
        fx = np.float32(0.0)
        fy = np.float32(0.0)
        stack[0] = 0
        top = 1
        while top:
            top -= 1
            node = stack[top]
            dx = px - middle_x[node]
            dy = py - middle_y[node]
            square = dx * dx + dy * dy
            parts = 0
            if side[node] * side[node] >= limit * square:
                for q in range(4):
                    child = quarter[node, q]
                    if child >= 0:
                        stack[top] = child
                        top += 1
                        parts += 1
            if parts == 0:
                strength = heavy[node] / (square + np.float32(1e-4))
                fx += dx * strength
                fy += dy * strength
        force_x[u] = fx * mass[u]
        force_y[u] = fy * mass[u]
