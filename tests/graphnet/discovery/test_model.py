from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from graphnet.discovery.affinity import learn_affinity
from graphnet.discovery.model import TieModel
from graphnet.discovery.newcomer_features import _group_counts
from graphnet.discovery.newcomers import without_people
from graphnet.discovery.suggestions import resource_allocation
from graphnet.discovery.trees import Trees, from_boosting, learn_trees
from graphnet.errors import BadValue, ModelMissing
from graphnet.snapshot.arrays import Ties
from tests.support.networks import among, classes

TIES, ATTRIBUTES = classes(400, 0)


@pytest.fixture(scope="module")
def model() -> TieModel:
    return TieModel(rounds=25, people=120).fit(TIES, ATTRIBUTES, rng=np.random.default_rng(0))


def test_trees_score_as_scikit_learn_does() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(600, 5)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.2] = np.nan
    label = np.nan_to_num(rows[:, 0]) + np.isnan(rows[:, 1]) > 0.3
    learned = HistGradientBoostingClassifier(max_iter=15, random_state=0).fit(rows, label)
    trees = from_boosting(learned)
    assert trees.scores(rows) == pytest.approx(learned.decision_function(rows))
    again = Trees.from_arrays(trees.arrays("x_"), "x_")
    assert again.scores(rows).tolist() == trees.scores(rows).tolist()


def test_affinity_knows_groups() -> None:
    affinity = learn_affinity(TIES.indptr, TIES.indices, ATTRIBUTES, rng=np.random.default_rng(0))
    lift = affinity.log_lift(ATTRIBUTES[0], ATTRIBUTES)
    assert lift[1:25].min() > lift[30:].max()
    assert affinity.log_lift(np.zeros(3, np.int32), ATTRIBUTES).tolist() == [0.0] * 400
    pull = affinity.pull(ATTRIBUTES[:30], np.arange(30.0), ATTRIBUTES)
    one_by_one = [np.exp(affinity.log_lift(ATTRIBUTES[i], ATTRIBUTES)) * i for i in range(30)]
    assert pull == pytest.approx(np.sum(one_by_one, axis=0), rel=1e-5)
    # Values that came up after learning say nothing, and break nothing.
    later = np.array([[1000, 1000, 1000]], np.int32)
    assert affinity.log_lift(ATTRIBUTES[0], later).tolist() == [0.0]
    assert affinity.log_lift(later[0], ATTRIBUTES).tolist() == [0.0] * 400


def test_learned_order_finds_more_hidden_ties(model: TieModel) -> None:
    rng = np.random.default_rng(9)
    source = np.repeat(np.arange(TIES.n), np.diff(TIES.indptr))
    upper = source < TIES.indices
    u, v = source[upper], TIES.indices[upper]
    hide = rng.random(len(u)) < 0.2
    shown, hidden = (Ties.of_pairs(400, u[m], v[m]) for m in (~hide, hide))
    fitted = TieModel(rounds=40, people=400).fit(
        shown, ATTRIBUTES, rng=np.random.default_rng(1), parts=("missing",)
    )
    plain = learned = 0
    for person in range(400):
        wanted = hidden.neighbours(person)
        found = fitted.suggest(shown, ATTRIBUTES, person, 3, reasons=False)
        learned += np.isin(found.positions, wanted).sum()
        plain += np.isin(
            resource_allocation(shown.indptr, shown.indices, person, 3)[0], wanted
        ).sum()
    assert learned > 1.03 * plain


def test_newcomers_meet_their_class(model: TieModel) -> None:
    gone = np.zeros(400, bool)
    gone[[30, 130, 230]] = True
    start, ends = without_people(TIES.indptr, TIES.indices, gone)
    rest = Ties(start, ends, np.ones(len(ends), np.float32))
    for person in (30, 130, 230):
        found = model.suggest(rest, ATTRIBUTES, person, 8)
        same = ATTRIBUTES[found.positions, 0] == ATTRIBUTES[person, 0]
        assert same.mean() > 0.7
        assert person not in found.positions
        assert all(not len(reason.common) for reason in found.reasons)


def test_hidden_people_count_for_nothing(model: TieModel) -> None:
    allowed = np.random.default_rng(5).random(400) < 0.8
    rest = among(TIES, allowed)
    for person in np.flatnonzero(allowed)[:12].tolist():
        seen = model.suggest(TIES, ATTRIBUTES, person, 10, allowed=allowed)
        alone = model.suggest(rest, ATTRIBUTES, person, 10, allowed=allowed)
        assert seen.positions.tolist() == alone.positions.tolist()
        assert seen.scores.tolist() == alone.scores.tolist()
        assert allowed[seen.positions].all()
        for one, other in zip(seen.reasons, alone.reasons, strict=True):
            assert one.common.tolist() == other.common.tolist()
            assert one.passed.tolist() == other.passed.tolist()


def test_somebody_hidden_is_not_hidden_from_themselves(model: TieModel) -> None:
    allowed = np.ones(400, bool)
    allowed[7] = False
    assert len(model.suggest(TIES, ATTRIBUTES, 7, 10, allowed=allowed).positions) == 10


def test_lists_are_whole_and_say_why(model: TieModel) -> None:
    for person in range(0, 400, 37):
        found = model.suggest(TIES, ATTRIBUTES, person, 20)
        assert len(found.positions) == len(set(found.positions.tolist())) == 20
        assert not set(found.positions.tolist()) & {person, *TIES.neighbours(person).tolist()}
        assert (np.diff(found.scores) <= 0).all()
        for other, reason in zip(found.positions.tolist(), found.reasons, strict=True):
            assert set(reason.common.tolist()) == set(TIES.neighbours(person).tolist()) & set(
                TIES.neighbours(other).tolist()
            )
            for column in reason.same:
                assert ATTRIBUTES[person, column] == ATTRIBUTES[other, column] > 0


def test_dismissed_people_stay_away(model: TieModel) -> None:
    first = model.suggest(TIES, ATTRIBUTES, 7, 20).positions
    later = model.suggest(TIES, ATTRIBUTES, 7, 20, exclude=first[:5]).positions
    assert not set(later.tolist()) & set(first[:5].tolist())
    assert later[:10].tolist() == first[5:15].tolist()


def test_the_same_question_has_the_same_answer(model: TieModel) -> None:
    again = TieModel(rounds=25, people=120).fit(TIES, ATTRIBUTES, rng=np.random.default_rng(0))
    for person in (3, 99):
        one, other = (m.suggest(TIES, ATTRIBUTES, person, 20) for m in (model, again))
        assert one.positions.tolist() == other.positions.tolist()
        assert one.scores.tolist() == other.scores.tolist()


def test_saved_and_opened(model: TieModel, tmp_path: Path) -> None:
    model.save(tmp_path / "people.npz")
    opened = TieModel.open(tmp_path / "people.npz")
    one, other = (m.suggest(TIES, ATTRIBUTES, 5, 20) for m in (model, opened))
    assert one.scores.tolist() == other.scores.tolist()
    with pytest.raises(ModelMissing):
        TieModel.open(tmp_path / "nothing.npz")
    with pytest.raises(ModelMissing):
        TieModel().suggest(TIES, ATTRIBUTES, 5, 20)
    with pytest.raises(BadValue):
        TieModel().fit(TIES, ATTRIBUTES[:10], rng=np.random.default_rng(0))


def test_too_few_ties_leave_the_plain_order() -> None:
    few = Ties.of_pairs(30, [0, 1, 2], [1, 2, 3])
    model = TieModel().fit(few, ATTRIBUTES[:30], rng=np.random.default_rng(0))
    assert model.trees is None
    assert model.suggest(few, ATTRIBUTES[:30], 0, 1).positions.tolist() == [2]
    assert len(model.suggest(few, ATTRIBUTES[:30], 20, 5).positions) == 5


def test_ties_into_groups_are_counted() -> None:
    pattern = np.random.default_rng(0).integers(0, 256, 400).astype(np.uint8)
    groups = np.array([1, 4, 3, 130, 7, 200], np.uint8)
    candidates = np.array([5, 77, 399], np.int32)
    for allowed in (np.zeros(0, bool), np.random.default_rng(1).random(400) < 0.6):
        counts = np.zeros((3, 6))
        _group_counts(TIES.indptr, TIES.indices, allowed, pattern, groups, candidates, counts)
        for row, person in enumerate(candidates.tolist()):
            ends = TIES.neighbours(person)
            ends = ends[allowed[ends]] if len(allowed) else ends
            expected = [int((pattern[ends] & g == g).sum()) for g in groups]
            assert counts[row].tolist() == expected


def test_a_feature_that_nobody_has_is_no_hindrance() -> None:
    rng = np.random.default_rng(0)
    rows = rng.random((400, 3)).astype(np.float32)
    rows[:, 1] = np.nan
    labels = rows[:, 0] > 0.5
    trees = learn_trees(rows, labels, seed=0, rounds=10, leaves=4, rate=0.3, share_of_features=1.0)
    scores = trees.scores(rows)
    assert scores[labels].min() > scores[~labels].max()
