"""How probably a name is what a typed word stands for: the forward pass, a microsecond a name.

    F[i, j] = probability that the first i letters typed stand for the first j letters of the name

is the sum over the events that end there (`events.py`) and three typing errors: a letter left out,
one too many, one wrong. The slow twin in the tests is written straight from this sentence.
"""

import numpy as np
from numba import njit

from graphnet.names.events import ROW
from graphnet.names.transducer import Bytes, Floats, Ints

LEFT_OUT = 0.004
TOO_MANY = 0.004
WRONG = 0.003
DOUBTFUL_START = 0.15  # people get the first letter right: errors there are so much rarer
CUT = 1e-14

WHOLE, PREFIX, EITHER = 0, 1, 2
BEGUN = 0.03  # in mode EITHER: what stands for the beginning of a name only,
SURELY_BEGUN = 0.05  # and without a typing error
ROW_LAST = ROW - 1  # where the events of a place end


@njit(cache=True, nogil=True)
def forward(
    m: int, name: Bytes, first: Ints, size: Bytes, target: Ints, length: Bytes, chance: Floats,
    mode: int, F: Floats,
) -> float:  # fmt: skip
    """Return P(name | word) of a word of m letters; `F` is scratch of (33, 65) at least.

    In mode PREFIX the word need only stand for the beginning of the name; in mode EITHER it may,
    at a price.
    """
    n = min(len(name), 62)
    for i in range(m + 1):
        for j in range(n + 1):
            F[i, j] = 0.0
    F[0, 0] = 1.0
    for i in range(m):
        empty_to = first[i, 1]
        for j in range(n + 1):
            f = F[i, j]
            if f < CUT:
                continue
            for e in range(first[i, 0], empty_to):
                F[i + size[e], j] += f * chance[e]
            start = DOUBTFUL_START if i == 0 else 1.0
            F[i + 1, j] += f * TOO_MANY * start
            if j == n:
                continue
            F[i, j + 1] += f * LEFT_OUT * start
            F[i + 1, j + 1] += f * WRONG * start
            letter = name[j]
            for e in range(first[i, letter], first[i, letter + 1]):
                b = length[e]
                if b > 1:
                    if j + b > n:
                        continue
                    packed = target[e] >> 6
                    fits = True
                    for x in range(1, b):
                        if packed & 63 != name[j + x]:
                            fits = False
                            break
                        packed >>= 6
                    if not fits:
                        continue
                F[i + size[e], j + b] += f * chance[e]
    begun = 0.0
    if mode != 0:
        for j in range(n):
            begun += F[m, j]
        if mode == 1:
            return float(begun + F[m, n])
    # Letters left out at the very end.
    for j in range(n):
        F[m, j + 1] += F[m, j] * LEFT_OUT
    if begun < SURELY_BEGUN:
        begun = 0.0
    return float(F[m, n] + BEGUN * begun)


@njit(cache=True, nogil=True)
def beam(
    m: int, first: Ints, size: Bytes, target: Ints, length: Bytes, chance: Floats, width: int,
    out: Bytes, out_length: Ints, out_p: Floats,
) -> int:  # fmt: skip
    """Write the `width` most probable readings of a word, best first; return how many there are."""
    p = np.zeros((m + 1, width))
    used = np.zeros(m + 1, np.int32)
    sizes = np.zeros((m + 1, width), np.int32)
    letters = np.zeros((m + 1, width, 64), np.uint8)
    used[0] = 1
    p[0, 0] = 1.0
    for i in range(m):
        for x in range(used[i]):
            for e in range(first[i, 0], first[i, ROW_LAST]):
                q = p[i, x] * chance[e]
                to = i + size[e]
                b = length[e]
                if q < 1e-7 or chance[e] < 0.004 or sizes[i, x] + b > 60:
                    continue
                # The same reading may come by another way.
                n = sizes[i, x] + b
                at = -1
                for y in range(used[to]):
                    if sizes[to, y] != n:
                        continue
                    same = True
                    for z in range(sizes[i, x]):
                        if letters[to, y, z] != letters[i, x, z]:
                            same = False
                            break
                    if same:
                        packed = target[e]
                        for z in range(b):
                            if letters[to, y, sizes[i, x] + z] != packed & 63:
                                same = False
                                break
                            packed >>= 6
                    if same:
                        at = y
                        break
                if at >= 0:
                    p[to, at] += q
                    continue
                if used[to] < width:
                    at = used[to]
                    used[to] += 1
                else:
                    at = 0
                    for y in range(1, width):
                        if p[to, y] < p[to, at]:
                            at = y
                    if p[to, at] >= q:
                        continue
                p[to, at] = q
                sizes[to, at] = n
                letters[to, at, : sizes[i, x]] = letters[i, x, : sizes[i, x]]
                packed = target[e]
                for z in range(b):
                    letters[to, at, sizes[i, x] + z] = packed & 63
                    packed >>= 6
    count = used[m]
    order = np.argsort(-p[m, :count])
    for x in range(count):
        y = order[x]
        out_p[x] = p[m, y]
        out_length[x] = sizes[m, y]
        out[x, : sizes[m, y]] = letters[m, y, : sizes[m, y]]
    return int(count)
