"""Who probably knows whom of a lost group, when hardly any tie is known.

How many of the lost each person knows is a Poisson regression of the ties that are known: on the
affinity of groups (`graphnet.discovery.affinity`), the person's other ties, whom those lead to,
and how often people of the same year, house, subject ... are tied to the lost, themselves left
out. What is known of the person then corrects it, as a gamma prior of that mean is corrected by a
count:

    ties(u) = mean(u) (shape + known(u)) / (shape + mean(u)) / share of ties known

Which of the lost those ties lead to follows the affinity. A known tie is certain.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from graphnet.discovery.affinity import Affinity, learn_affinity
from graphnet.discovery.kernels import Bools, Float64, Int32, Int64

# Confidence in the regression, in known ties: two of them weigh as much as all the rest.
SHAPE = 2.0
# How many people of their university a person knows, where hardly any tie is on file: the median
# of the facebook100 networks. It decides only how much two people who are asked are taken to
# overlap.
ACQUAINTANCES = 70.0
FEWEST_KNOWN = 20


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
        row = slice(self._matrix.indptr[person], self._matrix.indptr[person + 1])
        chance[self._matrix.indices[row]] = 1.0
        return np.asarray(chance)


def estimate_ties(
    indptr: Int64,
    indices: Int32,
    attributes: Int32,
    lost: Int64,
    *,
    rng: np.random.Generator,
    acquaintances: float = ACQUAINTANCES,
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
    """
    n = len(indptr) - 1
    degree = np.diff(indptr).astype(np.float64)
    matrix = sp.csr_array((np.ones(len(indices)), indices, indptr), shape=(n, n))
    into_lost = matrix[:, lost].tocsr()
    known: Float64 = np.asarray(into_lost.sum(axis=1)).ravel()
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
    from sklearn.linear_model import PoissonRegressor

    total = float(known[~is_lost].sum())
    if total < FEWEST_KNOWN:
        return np.asarray(prior)
    n = len(prior)
    others = matrix @ sp.diags_array((~is_lost).astype(np.float64))
    elsewhere = np.asarray(others.sum(axis=1)).ravel()
    # A person whose prior is far above all others would otherwise decide for all their neighbours.
    leads_to = np.asarray(others @ np.minimum(prior, np.quantile(prior, 0.999)))
    two_steps = np.asarray(others @ known)
    typical = known.sum() / n
    columns = [
        np.log(prior + 1e-9),
        np.log1p(elsewhere),
        np.log(leads_to + prior.mean() + 1e-9),
        leads_to / (elsewhere + 1.0),
        np.log(two_steps + 0.5),
        two_steps / (elsewhere + 2.0),
    ]
    for c in range(attributes.shape[1]):
        code = attributes[:, c]
        of_group = np.bincount(code, weights=known)[code] - known
        size = np.bincount(code)[code] - 1.0
        columns.append(np.log((of_group + 10.0 * typical) / (size + 10.0)))
    rows = np.column_stack(columns)
    rows = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-9)
    model = PoissonRegressor(alpha=1e-4, max_iter=500).fit(rows[~is_lost], known[~is_lost])
    # Nobody is expected to have more ties to the lost than the most that anybody is known to have.
    return np.asarray(np.clip(model.predict(rows), 1e-9, known.max()))
