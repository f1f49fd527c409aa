"""Who probably knows whom of a lost group, when hardly any tie is known.

How many ties to the lost each person is expected to have comes in three steps, all regressions of
Poisson kind on the ties that are known:

1. from attributes alone: the affinity of groups (`graphnet.discovery.affinity`), and how often
   people of the same year, house, subject ... are tied to the lost, themselves left out;
2. the same for their ties to people who are like the lost, and to all others. What a person is
   known to have of these, beside what was expected, says how sociable they are: as a gamma prior
   is corrected by a count, ``(s + known) / (s + expected)``, its shape s fitted;
3. ties to the lost on the first and the two corrections together.

What is known of ties to the lost themselves then corrects that once more:

    ties(u) = mean(u) (shape + known(u)) / (shape + mean(u)) / share of ties known

Which of the lost those ties lead to follows the affinity. A known tie is certain.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from graphnet.discovery.affinity import Affinity, learn_affinity
from graphnet.discovery.kernels import Bools, Float64, Int32, Int64
from graphnet.discovery.threads import one_thread_each

# Confidence in the regression, in known ties: two of them weigh as much as all the rest.
SHAPE = 2.0
# How many people of their university a person knows, where hardly any tie is on file: the median
# of the facebook100 networks. It decides only how much two people who are asked are taken to
# overlap.
ACQUAINTANCES = 70.0
FEWEST_KNOWN = 20
# Weight of what is typical beside what is known of a group, in people.
GROUP = 10.0


@dataclass(frozen=True)
class Estimate:
    """Estimated ties between everyone and the lost.

    Attributes
    ----------
    lost : int64[m]
    total : float64[n]
        Upper bound of the expected number of the lost whom each person knows.
    known : int64[n]
        Ties to the lost that are on file.
    """

    lost: Int64
    total: Float64
    known: Int64
    _rate: Float64
    _mass: Float64
    _affinity: Affinity
    _attributes: Int32
    _matrix: sp.csr_array

    def chances(self, person: int) -> Float64:
        """Return the chance that this person knows each of the lost, float64[m]."""
        codes = self._attributes[person]
        pull = np.exp(self._affinity.log_lift(codes, self._attributes[self.lost])) * self._mass
        chance = 1.0 - np.exp(-self._rate[person] * pull / max(pull.sum(), 1e-300))
        chance[self.tied(person)] = 1.0
        return np.asarray(chance)

    def tied(self, person: int) -> Int32:
        """Return which of the lost this person is known to know, as positions in `lost`."""
        row = slice(self._matrix.indptr[person], self._matrix.indptr[person + 1])
        return np.asarray(self._matrix.indices[row], np.int32)


def estimate_ties(
    indptr: Int64,
    indices: Int32,
    attributes: Int32,
    lost: Int64,
    *,
    rng: np.random.Generator,
    acquaintances: float = ACQUAINTANCES,
    affinity: Affinity | None = None,
) -> Estimate:
    """Estimate from attributes and the few ties that are known who knows whom of the lost.

    Parameters
    ----------
    indptr, indices : CSR of the known ties
    attributes : int32[n, a]
        Codes, 0 for unknown.
    lost : int64[m], ascending
    acquaintances : float
        How many people an average person knows really; says what share of the ties is on file.
    affinity : Affinity, optional
        Of the same ties and attributes, where it has been learned already: it is the same for every
        class.
    """
    with one_thread_each():
        return _estimate(
            indptr,
            indices,
            attributes,
            lost,
            rng=rng,
            acquaintances=acquaintances,
            affinity=affinity,
        )


def _estimate(
    indptr: Int64,
    indices: Int32,
    attributes: Int32,
    lost: Int64,
    *,
    rng: np.random.Generator,
    acquaintances: float,
    affinity: Affinity | None,
) -> Estimate:
    n = len(indptr) - 1
    degree = np.diff(indptr).astype(np.float64)
    matrix = sp.csr_array((np.ones(len(indices)), indices, indptr), shape=(n, n))
    into_lost = matrix[:, lost].tocsr()
    known: Float64 = np.asarray(into_lost.sum(axis=1)).ravel()
    if affinity is None:
        affinity = learn_affinity(indptr, indices, attributes, rng=rng)
    average = max(float(degree.mean()), 1e-9)
    mass = (degree[lost] + 1.5) / (average + 1.5)
    prior = affinity.pull(attributes[lost], mass, attributes)
    prior *= average / n
    is_lost = np.zeros(n, np.bool_)
    is_lost[lost] = True
    mean = _expected(matrix, attributes, prior, known, is_lost)
    share = min(1.0, average / acquaintances)
    rate = mean * (SHAPE + known) / (SHAPE + mean) / share
    return Estimate(
        lost,
        rate + known,
        known.astype(np.int64),
        rate,
        mass,
        affinity,
        attributes,
        into_lost,
    )


def _expected(
    matrix: sp.csr_array, attributes: Int32, prior: Float64, known: Float64, is_lost: Bools
) -> Float64:
    """Return the expected number of known ties to the lost, from all but the person's own."""
    if float(known[~is_lost].sum()) < FEWEST_KNOWN:
        return np.asarray(prior)
    alike = _alike(attributes, is_lost)
    alike[is_lost] = 0.0
    to_alike: Float64 = np.asarray(matrix @ alike)
    to_others: Float64 = np.asarray(matrix @ (1.0 - alike - is_lost))
    log_prior = np.log(prior + 1e-9)
    columns = [
        np.log(_poisson([log_prior, *_of_groups(attributes, known)], known, ~is_lost) + 1e-9),
        _more_than_expected([log_prior, *_of_groups(attributes, to_alike)], to_alike, ~is_lost),
        _more_than_expected(_of_groups(attributes, to_others), to_others, ~is_lost),
    ]
    # Nobody is expected to have more ties to the lost than the most that anybody is known to have.
    return np.asarray(np.clip(_poisson(columns, known, ~is_lost), 1e-9, known.max()))


def _alike(attributes: Int32, is_lost: Bools) -> Float64:
    """Return how probably somebody with these attributes is lost, themselves left out."""
    from sklearn.linear_model import LogisticRegression

    share = float(is_lost.mean())
    columns = []
    for c in range(attributes.shape[1]):
        code = attributes[:, c]
        lost = np.bincount(code, weights=is_lost)[code] - is_lost
        rate = (lost + GROUP * share) / (np.bincount(code)[code] - 1.0 + GROUP)
        columns.append(np.log(rate / np.maximum(1.0 - rate, 1e-3) + 1e-9))
    rows = np.column_stack(columns)
    model = LogisticRegression(max_iter=500).fit(rows, is_lost)
    return np.asarray(model.predict_proba(rows)[:, 1], np.float64)


def _of_groups(attributes: Int32, ties: Float64) -> list[Float64]:
    """Return for each attribute the log of how many such ties people of one's group have."""
    typical = ties.mean()
    columns = []
    for c in range(attributes.shape[1]):
        code = attributes[:, c]
        of_group = np.bincount(code, weights=ties)[code] - ties
        size = np.bincount(code)[code] - 1.0
        columns.append(np.log((of_group + GROUP * typical) / (size + GROUP) + 1e-12))
    return columns


def _poisson(columns: list[Float64], ties: Float64, learned_on: Bools) -> Float64:
    from sklearn.linear_model import PoissonRegressor

    rows = np.column_stack(columns)
    rows = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-9)
    model = PoissonRegressor(alpha=1e-4, max_iter=500).fit(rows[learned_on], ties[learned_on])
    return np.asarray(model.predict(rows), np.float64)


def _more_than_expected(columns: list[Float64], ties: Float64, learned_on: Bools) -> Float64:
    """Return the log of how many more ties each person has than their attributes let expect."""
    if not ties[learned_on].sum():
        return np.zeros(len(ties))
    mean = _poisson(columns, ties, learned_on)
    shape = _shape(ties[learned_on], mean[learned_on])
    return np.asarray(np.log((shape + ties) / (shape + mean)))


def _shape(ties: Float64, mean: Float64) -> float:
    """Return the shape of the negative binomial that fits best, on a grid of 40."""
    from scipy.special import gammaln

    grid = np.exp(np.linspace(-1.5, 4.0, 40))
    # Equal counts are looked at once: most people have none, or one or two.
    count = np.round(ties)
    values, where = np.unique(count, return_inverse=True)
    fit = [
        (gammaln(values + s) - gammaln(s))[where].sum()
        + (s * np.log(s / (s + mean)) + count * np.log(mean / (s + mean))).sum()
        for s in grid
    ]
    return float(grid[int(np.argmax(fit))])
