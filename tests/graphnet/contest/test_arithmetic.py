"""Assignment, medians, agreement, combination: against hand values and independent oracles."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from graphnet.contest.assignment import agreement, assign, median
from graphnet.contest.results import Line, combine


def test_agreement_of_krippendorff_s_own_example() -> None:
    """Krippendorff (2011), section E: four observers, twelve units; interval alpha is 0.849."""
    rows = (
        (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
        (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
        (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
        (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
    )
    units = [[row[i] for row in rows if row[i] is not None] for i in range(12)]
    found = agreement(units)
    assert found is not None
    assert round(found, 3) == 0.849


def test_agreement_says_nothing_where_nothing_can_be_compared() -> None:
    assert agreement([]) is None
    assert agreement([[5], [7]]) is None
    assert agreement([[5, 5], [5, 5]]) is None
    assert agreement([[1, 10], [10, 1]]) == pytest.approx(-0.5)


@given(st.lists(st.integers(1, 10), min_size=1, max_size=15))
def test_the_median_is_numpy_s(values: list[int]) -> None:
    assert float(median(values)) == pytest.approx(float(np.median(values)))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_assignment_is_balanced_as_far_as_conflicts_let_it(data: st.DataObject) -> None:
    """The largest load is the least possible: a linear program says what that is."""
    jurors = range(data.draw(st.integers(3, 7)))
    names = [f"c{i}" for i in range(data.draw(st.integers(1, 7)))]
    allowed = {
        one: sorted(data.draw(st.sets(st.sampled_from(list(jurors)), min_size=3))) for one in names
    }
    found = assign(allowed, each=3, seed="s")
    assert all(len(found[one]) == 3 and set(found[one]) <= set(allowed[one]) for one in names)
    load = max(sum(j in read for read in found.values()) for j in jurors)
    pairs = [(one, j) for one in names for j in allowed[one]]
    # Minimise z: every candidate has three, no juror more than z; totally unimodular but for z.
    fits = [
        z
        for z in range(1, len(names) + 1)
        if linprog(
            np.zeros(len(pairs)),
            A_eq=[[p[0] == one for p in pairs] for one in names], b_eq=[3] * len(names),
            A_ub=[[p[1] == j for p in pairs] for j in jurors], b_ub=[z] * len(jurors),
            bounds=(0, 1),
        ).status == 0
    ]  # fmt: skip
    assert load == fits[0]
    assert assign(allowed, each=3, seed="s") == found


def test_another_seed_may_assign_otherwise_and_who_is_busy_gets_less() -> None:
    allowed = {f"c{i}": range(8) for i in range(4)}
    assert len({str(assign(allowed, each=3, seed=str(s))) for s in range(5)}) > 1
    found = assign({"c": range(4)}, each=3, seed="s", load={2: 5})
    assert found["c"] == (0, 1, 3)
    assert assign({"c": [1, 2]}, each=3, seed="s") == {"c": (1, 2)}


def line(name: str, standing: str, jury: str, vote: str, *, ready: bool = True) -> Line:
    parts = {"standing": Fraction(standing), "jury": Fraction(jury), "vote": Fraction(vote)}
    return Line(name, "a", Fraction(0), ready, {}, 3, 0, parts)


WEIGHTS = {"standing": Fraction("0.4"), "jury": Fraction("0.4"), "vote": Fraction("0.2")}


def test_the_total_is_the_weighted_sum_exactly() -> None:
    found = combine([line("x", "1", "1/3", "1/7")], WEIGHTS, {"a": 1}, "seed")
    assert found[0].total == Fraction(2, 5) + Fraction(2, 15) + Fraction(1, 35)
    assert (found[0].place, found[0].winner, found[0].lot) == (1, True, False)


def test_equals_are_told_apart_by_jury_then_standing_then_vote_then_lot() -> None:
    ahead_by_jury = combine(
        [line("x", "1", "0", "0"), line("y", "0", "1", "0")], WEIGHTS, {"a": 1}, "s"
    )
    assert [one.candidate for one in ahead_by_jury] == ["y", "x"]
    same = [line(f"c{i}", "1/2", "1/2", "1/2") for i in range(4)]
    by_lot = combine(same, WEIGHTS, {"a": 1}, "seed")
    assert all(one.lot for one in by_lot)
    assert by_lot == combine(same[::-1], WEIGHTS, {"a": 1}, "seed")
    orders = {
        tuple(one.candidate for one in combine(same, WEIGHTS, {"a": 1}, str(s))) for s in range(9)
    }
    assert len(orders) > 1


def test_who_lacks_what_the_rules_ask_has_a_place_and_no_award() -> None:
    found = combine(
        [line("x", "1", "1", "1", ready=False), line("y", "0", "0", "0")], WEIGHTS, {"a": 1}, "s"
    )
    assert [(one.candidate, one.place, one.winner) for one in found] == [
        ("x", 1, False), ("y", 2, True),
    ]  # fmt: skip
