"""Names, ties and attributes without files, for runs of the engine at scale."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from graphnet.synth import names, population, ties
from graphnet.synth.names import Names
from graphnet.synth.population import ATTRIBUTES


@dataclass(frozen=True)
class Sample:
    """People and ties in memory.

    Attributes
    ----------
    names : columns of names, one entry a person
    indptr, indices, weight : int64[n + 1], int32[m], float32[m]
        Ties in compressed sparse rows, symmetric, sorted; weights are strengths from 0 to 1.
    attributes : int32[n, len(columns)], 0 for unknown
    columns : names of the attributes
    """

    names: Names
    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float32]
    attributes: npt.NDArray[np.int32]
    columns: tuple[str, ...] = ATTRIBUTES


def people_and_ties(n: int, mean_degree: float | None = None, *, seed: int = 1) -> Sample:
    """Return n people with names, ties and attributes; the same people and ties as in the files.

    The files of `write` have a few ties more, those of the cast.

    Parameters
    ----------
    mean_degree
        Mean number of ties a person; by default 25 in a demo, 65 from 40,000 people.

    Examples
    --------
    >>> sample = people_and_ties(200, 12, seed=3)
    >>> len(sample.names.given), sample.attributes.shape, len(sample.indices)
    (200, (200, 7), 2400)
    """
    people = population.make(n, seed)
    known = ties.make(people, mean_degree=mean_degree or ties.default_degree(n))
    strength = known.strength.astype(np.float32) / 100
    half = sp.csr_array((strength, (known.u, known.v)), shape=(n, n))
    whole = sp.csr_array(half + half.T)
    whole.sort_indices()
    return Sample(
        names=names.make(seed, people.gender, people.born),
        indptr=whole.indptr.astype(np.int64),
        indices=whole.indices.astype(np.int32),
        weight=whole.data.astype(np.float32),
        attributes=population.attributes(people),
    )
