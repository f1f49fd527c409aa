"""How much more often people of two groups are tied than chance would have it.

For every attribute (year, house, subject ...) a table of log lifts, learned from the visible ties:

    lift(a, b) = log((E_ab + s r) / (X_ab + s)),   X_ab = D_a D_b / 2m

E_ab counts the ties between people of groups a and b, X_ab what their degrees alone would give.
Groups with few ties are drawn towards r, the lift of all pairs of the same group, or of all pairs
of different ones. The weights of the attributes are learned, because attributes overlap (a house
is full of one year). An attribute with very many values (schools) keeps only "the same" and
"another".
"""

from dataclasses import dataclass

import numpy as np

from graphnet.discovery.kernels import Float32, Float64, Int32, Int64

WHOLE_TABLE = 400
SHRINK = 10.0
PAIRS = 20_000


@dataclass(frozen=True)
class Affinity:
    """Log lifts between groups.

    Attributes
    ----------
    tables : one float64[values, values] per attribute, or float64[values] of the same group only
    others : float64[a]
        Lift between different groups where there is no whole table.
    weights : float64[a]
    """

    tables: tuple[Float64, ...]
    others: Float64
    weights: Float64

    def parts(self, codes: Int32, attributes: Int32) -> Float64:
        """Return each attribute's log lift between one person and everyone, (n, a)."""
        out = np.empty(attributes.shape, np.float64)
        for c in range(len(self.tables)):
            out[:, c] = self._lift(c, int(codes[c]), attributes[:, c])
        return out

    def _lift(self, c: int, mine: int, theirs: Int32) -> Float64:
        table = self.tables[c]
        if not 0 < mine < len(table):
            return np.zeros(len(theirs))
        # A value that came up after learning is one of which nothing is known.
        theirs = np.where(theirs < len(table), theirs, 0)
        if table.ndim == 2:
            return np.asarray(table[mine][theirs])
        lift = np.where(theirs == mine, table[mine], self.others[c])
        lift[theirs == 0] = 0.0
        return np.asarray(lift)

    def log_lift(self, codes: Int32, attributes: Int32) -> Float64:
        """Return the weighted sum of `parts`, float64[n]."""
        return self.parts(codes, attributes) @ self.weights

    def pull(self, codes: Int32, mass: Float64, attributes: Int32) -> Float64:
        """Return ``sum over people i of mass_i exp(log_lift(i, .))``, float64[n].

        Parameters
        ----------
        codes : int32[m, a]
            Of the people summed over.
        mass : float64[m]
        attributes : int32[n, a]
        """
        total = np.zeros(len(attributes))
        # Many people share a value: its column of lifts is made once, in single precision.
        columns: dict[tuple[int, int], Float32] = {}
        for row, weight in zip(codes.tolist(), mass.tolist(), strict=True):
            lift = np.zeros(len(attributes), np.float32)
            for c, code in enumerate(row):
                if (c, code) not in columns:
                    of_code = self.weights[c] * self._lift(c, code, attributes[:, c])
                    columns[c, code] = of_code.astype(np.float32)
                lift += columns[c, code]
            total += weight * np.exp(lift)
        return total

    def of_pairs(self, left: Int32, right: Int32) -> Float64:
        """Return the parts of pairs of people given by their codes, both (pairs, a)."""
        out = np.zeros(left.shape, np.float64)
        for c, table in enumerate(self.tables):
            a, b = left[:, c], right[:, c]
            if table.ndim == 2:
                out[:, c] = table[a, b]
            else:
                lift = np.where(a == b, table[a], self.others[c])
                out[:, c] = np.where((a == 0) | (b == 0), 0.0, lift)
        return out


def learn_affinity(
    indptr: Int64, indices: Int32, attributes: Int32, *, rng: np.random.Generator
) -> Affinity:
    """Learn tables and weights from ties and attributes.

    Parameters
    ----------
    indptr, indices : CSR of the ties
    attributes : int32[n, a]
        Codes, 0 for unknown.
    rng : Generator
        Draws the pairs that the weights are learned on.
    """
    n, columns = attributes.shape
    degree = np.diff(indptr).astype(np.float64)
    ends = max(degree.sum(), 1.0)
    source = np.repeat(np.arange(n), np.diff(indptr))
    tables: list[Float64] = []
    others = np.zeros(columns)
    for c in range(columns):
        code = attributes[:, c]
        values = int(code.max(initial=0)) + 1
        mass = np.bincount(code, weights=degree, minlength=values)
        a, b = code[source], code[indices]
        known = (a > 0) & (b > 0)
        a, b = a[known], b[known]
        inside = np.bincount(a[a == b], minlength=values).astype(np.float64)
        chance = mass**2 / ends
        chance[0] = 0.0
        same = (inside.sum() + 1.0) / (chance.sum() + 1.0)
        # What is left when the pairs of one group are taken away.
        rest = mass[1:].sum() ** 2 / ends - chance.sum()
        different = (len(a) - inside.sum() + 1.0) / (max(rest, 0.0) + 1.0)
        others[c] = np.log(different)
        if values <= WHOLE_TABLE:
            count = np.bincount(a.astype(np.int64) * values + b, minlength=values * values)
            count = count.reshape(values, values).astype(np.float64)
            expected = np.outer(mass, mass) / ends
            ratio = np.full((values, values), different)
            np.fill_diagonal(ratio, same)
            table = np.log((count + SHRINK * ratio) / (expected + SHRINK))
            table[0, :] = 0.0
            table[:, 0] = 0.0
        else:
            table = np.log((inside + SHRINK * same) / (chance + SHRINK))
            table[0] = 0.0
        tables.append(table)
    flat = Affinity(tuple(tables), others, np.ones(columns))
    return Affinity(flat.tables, others, _weights(flat, indptr, indices, attributes, rng))


def _weights(
    flat: Affinity, indptr: Int64, indices: Int32, attributes: Int32, rng: np.random.Generator
) -> Float64:
    """Tell ties from pairs of ends drawn at random, which keeps everybody's degree."""
    from sklearn.linear_model import LogisticRegression

    ends = len(indices)
    if ends < 20:
        return np.ones(attributes.shape[1])
    n = len(indptr) - 1
    source = np.repeat(np.arange(n), np.diff(indptr))
    size = min(PAIRS, ends)
    tied = rng.choice(ends, size, replace=False)
    left, right = source[rng.integers(ends, size=size)], indices[rng.integers(ends, size=size)]
    rows = np.concatenate(
        [
            flat.of_pairs(attributes[source[tied]], attributes[indices[tied]]),
            flat.of_pairs(attributes[left], attributes[right]),
        ]
    )
    label = np.concatenate([np.ones(size), np.zeros(size)])
    model = LogisticRegression(C=10.0).fit(rows, label)
    return np.asarray(np.clip(model.coef_[0], 0.0, 1.5), np.float64)
