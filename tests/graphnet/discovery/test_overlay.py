import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.discovery.overlay import with_latest
from graphnet.errors import BadValue
from graphnet.snapshot.arrays import Ties
from tests.support.networks import random_ties

N = 14
people = st.lists(st.integers(0, N - 1), max_size=6)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, N - 1), people, people)
def test_agrees_with_building_anew(seed: int, person: int, added: list, removed: list) -> None:
    ties = random_ties(N, 30, seed)
    weights = ties.matrix().toarray()
    for other in added:
        if other != person and other not in removed and weights[person, other] == 0:
            weights[person, other] = weights[other, person] = 0.5
    for other in removed:
        weights[person, other] = weights[other, person] = 0
    u, v = np.nonzero(np.triu(weights))
    expected = Ties.of_pairs(N, u, v, weights[u, v])
    found = with_latest(ties, person, added=added, removed=removed, weight=0.5)
    assert found.indptr.tolist() == expected.indptr.tolist()
    assert found.indices.tolist() == expected.indices.tolist()
    assert found.weight.tolist() == expected.weight.tolist()


def test_no_change_copies_nothing() -> None:
    ties = Ties.of_pairs(4, [0, 1], [1, 2])
    assert with_latest(ties, 0, added=[1], removed=[3]) is ties
    with pytest.raises(BadValue):
        with_latest(ties, 0, added=[4])
