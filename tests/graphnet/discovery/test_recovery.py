from itertools import combinations

import numpy as np
import pytest

from graphnet.discovery.estimate import Estimate, estimate_ties
from graphnet.discovery.recovery import plan_recovery
from graphnet.errors import BadValue
from graphnet.snapshot.arrays import Ties
from tests.support.networks import classes

TRUE, ATTRIBUTES = classes(300, 1, each=60)
LOST = np.arange(0, 60, 2)
ASKABLE = np.setdiff1d(np.arange(300), LOST)


def known_ties(share: float, seed: int) -> Ties:
    source = np.repeat(np.arange(TRUE.n), np.diff(TRUE.indptr))
    upper = np.flatnonzero(source < TRUE.indices)
    kept = upper[np.random.default_rng(seed).random(len(upper)) < share]
    return Ties.of_pairs(TRUE.n, source[kept], TRUE.indices[kept])


def estimated(share: float = 0.1, seed: int = 0) -> Estimate:
    ties = known_ties(share, seed)
    return estimate_ties(ties.indptr, ties.indices, ATTRIBUTES, LOST, rng=np.random.default_rng(0))


def won(chances: np.ndarray, people: list[int], chance: float = 0.1) -> float:
    return float((1 - np.prod(1 - chance * chances[people], axis=0)).sum())


def all_chances(estimate: Estimate) -> np.ndarray:
    return np.array([estimate.chances(p) for p in range(300)])


def test_known_ties_are_certain_and_totals_are_bounds() -> None:
    ties, estimate = known_ties(0.1, 0), estimated()
    for person in ASKABLE[:80].tolist():
        chances = estimate.chances(person)
        assert ((chances >= 0) & (chances <= 1)).all()
        assert chances.sum() <= estimate.total[person] + 1e-9
        tied = np.isin(LOST, ties.neighbours(person))
        assert (chances[tied] == 1).all()
        assert estimate.known[person] == tied.sum()


def test_classmates_are_expected_to_know_most() -> None:
    estimate = estimated()
    expected = np.array([estimate.chances(p).sum() for p in ASKABLE.tolist()])
    assert expected[:30].mean() > 5 * expected[30:].mean()


def test_lazy_plan_is_the_greedy_plan() -> None:
    estimate = estimated()
    chances = all_chances(estimate)
    expected: list[int] = []
    for _ in range(15):
        gains = {p: won(chances, [*expected, p]) for p in ASKABLE.tolist() if p not in expected}
        expected.append(max(gains, key=lambda p: (round(gains[p], 12), -p)))
    plan = plan_recovery(estimate, ATTRIBUTES, ASKABLE, 15, known_first=0)
    assert plan.people.tolist() == expected
    assert plan.won == pytest.approx(won(chances, expected))
    assert (np.diff(plan.gain) <= 1e-12).all()


def test_greedy_keeps_its_guarantee() -> None:
    estimate = estimated(seed=3)
    chances = all_chances(estimate)
    few = ASKABLE[:14]
    plan = plan_recovery(estimate, ATTRIBUTES, few, 3, known_first=0, chance=0.9)
    best = max(won(chances, list(three), 0.9) for three in combinations(few.tolist(), 3))
    assert plan.won >= (1 - 1 / np.e) * best


def test_the_plan_beats_what_is_known_alone() -> None:
    truth = (TRUE.matrix().toarray() > 0).astype(float)[:, LOST]
    ours = plain = 0.0
    for seed in range(4):
        ties = known_ties(0.05, seed)
        estimate = estimated(0.05, seed)
        ours += won(truth, plan_recovery(estimate, ATTRIBUTES, ASKABLE, 15).people.tolist())
        count = (ties.matrix().toarray() > 0)[:, LOST].sum(axis=1)[ASKABLE]
        plain += won(truth, ASKABLE[np.argsort(-count, kind="stable")[:15]].tolist())
    assert ours > 1.03 * plain


def test_the_first_follow_what_is_known() -> None:
    estimate = estimated()
    plan = plan_recovery(estimate, ATTRIBUTES, ASKABLE, 20, known_first=10)
    assert (plan.known[:10] > 0).all()
    assert len(set(plan.people.tolist())) == 20


def test_staff_fix_exclude_and_have_asked() -> None:
    estimate = estimated()
    first = plan_recovery(estimate, ATTRIBUTES, ASKABLE, 10).people.tolist()
    plan = plan_recovery(estimate, ATTRIBUTES, ASKABLE, 10, exclude=first[:2], fixed=[299, 250])
    assert plan.people[:2].tolist() == [299, 250]
    assert not set(plan.people.tolist()) & set(first[:2])
    after = plan_recovery(estimate, ATTRIBUTES, ASKABLE, 8, asked=first[:2])
    assert not set(after.people.tolist()) & set(first[:2])
    assert after.people.tolist() == first[2:]
    assert after.gain == pytest.approx(plan_recovery(estimate, ATTRIBUTES, ASKABLE, 10).gain[2:])
    with pytest.raises(BadValue, match="fixed"):
        plan_recovery(estimate, ATTRIBUTES, ASKABLE, 3, fixed=[int(LOST[0])])
    with pytest.raises(BadValue, match="chance"):
        plan_recovery(estimate, ATTRIBUTES, ASKABLE, 3, chance=0.0)


def test_a_monitor_goes_before_an_equal() -> None:
    estimate = estimated()
    chances = all_chances(estimate)
    monitors = np.zeros(300, bool)
    monitors[1:60:6] = True
    plan = plan_recovery(estimate, ATTRIBUTES, ASKABLE, 12, monitors=monitors)
    people = plan.people.tolist()
    free = plan_recovery(estimate, ATTRIBUTES, ASKABLE, 12)
    assert plan.won >= 0.97 * free.won
    assert sum(monitors[people]) >= sum(monitors[free.people])
    for i, person in enumerate(people):
        gain = won(chances, people[: i + 1]) - won(chances, people[:i])
        assert gain == pytest.approx(plan.gain[i])
        assert person not in LOST


def test_nothing_known_still_makes_a_plan() -> None:
    nothing = Ties.of_pairs(300, [], [])
    estimate = estimate_ties(
        nothing.indptr, nothing.indices, ATTRIBUTES, LOST, rng=np.random.default_rng(0)
    )
    plan = plan_recovery(estimate, ATTRIBUTES, ASKABLE, 5)
    assert len(set(plan.people.tolist())) == 5
    assert plan.shared.shape == (5, 3)
