"""What is known of a candidate for somebody who has ties: one row of numbers for each.

Most numbers come both as they are and as a share of the person's greatest, because people with many
ties and people with few are ranked alike, each list for itself.
"""

import numpy as np
from numba import njit

from graphnet.discovery.affinity import Affinity
from graphnet.discovery.kernels import Bools, Float32, Float64, Int32, Int64
from graphnet.discovery.neighbourhood import Neighbourhood, least_squares

PLAIN = 28  # columns before those of the attributes
EACH = 4  # columns of each attribute


@njit(cache=True, nogil=True)
def _fill(
    indptr: Int64,
    indices: Int32,
    allowed: Bools,
    attributes: Int32,
    group_share: Float64,
    person: int,
    circle: Int32,
    ties: int,
    degree: Float64,
    strength: Float64,
    sums: Float64,
    shared: Float32,
    place: Int32,
    whole_degree: int,
    ease: Float64,
    rows: Float32,
) -> None:
    everyone = len(allowed) == 0
    size = len(circle)
    columns = attributes.shape[1]
    own_root = np.sqrt(max(whole_degree, 1))
    typical = 1e-9
    for i in range(ties):
        typical += sums[i, 2] / ties
    inverse = np.empty(size, np.float64)
    for i in range(size):
        inverse[i] = 1.0 / np.sqrt(shared[i, i] + 1e-9)
    codes = attributes[person]
    for i in range(ties, size):
        v = circle[i]
        row = rows[i - ties]
        cosine, three, two_sided, strongest, mean_strength, their_typical = (
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
        )
        rarest = 1e9
        inside, flow, common = 0, 0.0, 0
        row[PLAIN:] = 0.0
        d = 0
        for j in range(indptr[v], indptr[v + 1]):
            w = indices[j]
            if not everyone and not allowed[w]:
                continue
            d += 1
            p = place[w]
            if p >= 0:
                inside += 1
                if p < ties:
                    common += 1
                    close = shared[p, i] * inverse[p] * inverse[i]
                    two_sided += strength[p] * close / np.sqrt(degree[p])
                    strongest = max(strongest, min(strength[p], close))
                    mean_strength += strength[p]
                    their_typical += shared[p, i]
                    rarest = min(rarest, degree[p])
                else:
                    flow += sums[p, 1] / degree[p]
            for c in range(columns):
                if codes[c] > 0 and attributes[w, c] == codes[c]:
                    row[PLAIN + c * EACH + 1] += 1.0
        for p in range(ties):
            cosine += shared[p, i] * inverse[p]
            three += shared[p, i]
            for c in range(columns):
                code = attributes[v, c]
                if code > 0 and attributes[circle[p], c] == code:
                    row[PLAIN + c * EACH + 2] += 1.0
        for c in range(columns):
            at = PLAIN + c * EACH
            code = attributes[v, c]
            if codes[c] > 0 and code > 0:
                row[at] = 1.0 if codes[c] == code else 0.0
            else:
                row[at] = np.nan
            if codes[c] > 0:
                row[at + 1] /= max(d, 1)
            else:
                row[at + 1] = np.nan
            if code > 0:
                # A value that came up after learning is as rare as can be.
                chance = group_share[c, code] if code < group_share.shape[1] else 0.0
                count = row[at + 2]
                row[at + 2] = count / max(ties, 1)
                row[at + 3] = np.log((count + chance + 0.02) / (chance * (ties + 1.0) + 0.02))
            else:
                row[at + 2] = np.nan
                row[at + 3] = np.nan
        root = np.sqrt(degree[i])
        row[0] = np.log(whole_degree + 1.0)
        row[1] = np.log(degree[i] + 1.0)
        row[2] = sums[i, 0]
        row[3] = np.log(sums[i, 1] + 1e-9)
        row[4] = np.log(sums[i, 2] + 1e-9)
        row[5] = np.log(sums[i, 3] + 1e-9)
        row[6] = sums[i, 0] / (own_root * root)
        row[7] = sums[i, 0] / max(whole_degree, 1)
        row[8] = sums[i, 0] / degree[i]
        row[9] = np.log(sums[i, 1] / root + 1e-9)
        row[10] = ease[i]
        row[11] = cosine * inverse[i] / max(ties, 1)
        row[12] = np.log(three / max(ties, 1) + 1e-9)
        row[13] = two_sided
        row[14] = strongest
        row[15] = np.log(rarest)
        row[16] = mean_strength / max(common, 1)
        row[17] = sums[i, 2] / typical
        row[18] = sums[i, 2] * common / (their_typical + 1e-9)
        row[19] = inside / max(d, 1)
        row[20] = flow
    # As shares of the person's greatest.
    if size > ties:
        for at, source in ((21, 1), (22, 2), (23, 3)):
            top = 1e-12
            for i in range(ties, size):
                top = max(top, sums[i, source])
            for i in range(ties, size):
                rows[i - ties, at] = sums[i, source] / top
        for at, source in ((24, 11), (25, 13), (26, 10), (27, 20)):
            most = np.float32(1e-9)
            for r in range(size - ties):
                most = max(most, rows[r, source])
            for r in range(size - ties):
                rows[r, at] = rows[r, source] / most


def group_shares(attributes: Int32) -> Float64:
    """Return the share of people with each code, float64[a, codes]."""
    n, columns = attributes.shape
    out = np.zeros((columns, int(attributes.max(initial=0)) + 1))
    for c in range(columns):
        count = np.bincount(attributes[:, c], minlength=out.shape[1])
        out[c] = count / max(n, 1)
    return out


def describe_candidates(
    indptr: Int64,
    indices: Int32,
    allowed: Bools,
    attributes: Int32,
    shares: Float64,
    affinity: Affinity,
    person: int,
    around: Neighbourhood,
) -> Float32:
    """Return the features of the candidates of a neighbourhood, float32[candidates, f].

    Parameters
    ----------
    shares : float64[a, codes]
        Of `group_shares`.
    """
    columns = attributes.shape[1]
    ease = least_squares(around)
    rows = np.zeros((len(around.circle) - around.ties, PLAIN + EACH * columns + 3), np.float32)
    _fill(
        indptr,
        indices,
        allowed,
        attributes,
        shares,
        person,
        around.circle,
        around.ties,
        around.degree,
        around.strength,
        around.sums,
        around.shared,
        around.place,
        around.whole_degree,
        ease,
        rows,
    )
    candidates = around.circle[around.ties :]
    if len(candidates):
        rows[:, -3] = affinity.log_lift(attributes[person], attributes[candidates])
        rows[:, -2] = _rank(rows[:, 10]) / len(candidates)
        rows[:, -1] = _rank(around.sums[around.ties :, 1]) / len(candidates)
    return rows


def _rank(values: Float32 | Float64) -> Int64:
    rank = np.empty(len(values), np.int64)
    rank[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return rank
