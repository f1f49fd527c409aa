"""One battery that every model of interactions passes, and what each promises besides."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from graphnet.errors import BadValue, ModelMissing
from graphnet.models import factors
from graphnet.models.content import ContentModel, Newcomer, PopularityModel
from graphnet.models.factors import Blend, InteractionModel, ease_weights, rank_for
from graphnet.models.shape import visible

PEOPLE, ITEMS, TOPICS = 120, 60, 8


def tastes(seed: int = 1) -> sp.csr_matrix:
    """Two crowds, each with half of the items, and a little crossing over."""
    rng = np.random.default_rng(seed)
    chance = np.full((PEOPLE, ITEMS), 0.02)
    chance[: PEOPLE // 2, : ITEMS // 2] = 0.3
    chance[PEOPLE // 2 :, ITEMS // 2 :] = 0.3
    dense = rng.random((PEOPLE, ITEMS)) < chance
    dense[:, 0] |= np.arange(PEOPLE) % 5 == 0  # something popular everywhere
    return sp.csr_matrix(dense.astype(np.float32))


def topics_of_items() -> sp.csr_matrix:
    dense = np.zeros((ITEMS, TOPICS), dtype=np.float32)
    dense[np.arange(ITEMS), np.arange(ITEMS) * TOPICS // ITEMS] = 1
    return sp.csr_matrix(dense)


MODELS: dict[str, Callable[[], Any]] = {
    "interactions, chosen": lambda: InteractionModel(),
    "interactions, all parts": lambda: InteractionModel(blend=Blend(ease=0.7, low_rank=0.5)),
    "interactions, local": lambda: InteractionModel(blend=Blend(low_rank=0.0)),
    "content": lambda: ContentModel(topics_of_items(), np.arange(PEOPLE) // 12),
    "popularity": lambda: PopularityModel(),
}


@pytest.fixture(params=sorted(MODELS))
def make(request: pytest.FixtureRequest) -> Callable[[], Any]:
    return MODELS[request.param]


def row(matrix: sp.csr_matrix, person: int) -> np.ndarray:
    return matrix[person].indices.astype(np.int64)


def test_shapes_and_order(make: Callable[[], Any]) -> None:
    matrix = tastes()
    model = make().fit(matrix)
    for person in (0, 7, 100):
        history = row(matrix, person)
        items, scores = model.recommend(history, 10)
        assert items.shape == scores.shape == (10,)
        assert items.dtype == np.int64
        assert len(set(items.tolist())) == 10
        assert not set(items.tolist()) & set(history.tolist())
        assert (np.diff(scores) <= 0).all()
        assert np.isfinite(scores).all()


def test_same_seed_same_answer(make: Callable[[], Any]) -> None:
    matrix = tastes()
    one, two = make().fit(matrix), make().fit(matrix)
    for person in range(0, PEOPLE, 17):
        a, b = one.recommend(row(matrix, person), 5), two.recommend(row(matrix, person), 5)
        np.testing.assert_array_equal(a[0], b[0])
        np.testing.assert_array_equal(a[1], b[1])


def test_excluded_items_do_not_appear_and_leave_no_gap(make: Callable[[], Any]) -> None:
    matrix = tastes()
    model = make().fit(matrix)
    history = row(matrix, 3)
    everything, _ = model.recommend(history, ITEMS)
    exclude = np.zeros(ITEMS, dtype=bool)
    exclude[everything[:4]] = True
    items, _ = model.recommend(history, 5, exclude=exclude)
    np.testing.assert_array_equal(items, everything[4:9])


def test_hidden_people_leave_no_trace(make: Callable[[], Any]) -> None:
    matrix = tastes()
    hidden = np.zeros(PEOPLE, dtype=bool)
    hidden[[4, 5, 70]] = True
    changed = matrix.tolil()
    changed[[4, 5, 70]] = 0
    changed[4, :] = 1  # whatever a hidden person does ...
    one = make().fit(visible(matrix, hidden_people=hidden))
    two = make().fit(visible(sp.csr_matrix(changed), hidden_people=hidden))
    for person in (0, 60):
        a, b = one.recommend(row(matrix, person), 8), two.recommend(row(matrix, person), 8)
        np.testing.assert_array_equal(a[0], b[0])  # ... changes nothing for anybody
        np.testing.assert_array_equal(a[1], b[1])


def test_hidden_items_leave_no_trace(make: Callable[[], Any]) -> None:
    matrix = tastes()
    hidden = np.zeros(ITEMS, dtype=bool)
    hidden[[0, 31]] = True
    changed = matrix.tolil()
    changed[:, 31] = 1
    one = make().fit(visible(matrix, hidden_items=hidden))
    two = make().fit(visible(sp.csr_matrix(changed), hidden_items=hidden))
    history = np.array([1, 2, 9])
    a, b = (model.recommend(history, 8, exclude=hidden) for model in (one, two))
    np.testing.assert_array_equal(a[0], b[0])
    np.testing.assert_array_equal(a[1], b[1])
    assert not {0, 31} & set(a[0].tolist())


def test_empty_history(make: Callable[[], Any]) -> None:
    model = make().fit(tastes())
    items, scores = model.recommend(np.zeros(0, dtype=np.int64), 5)
    if isinstance(model, InteractionModel):
        assert len(items) == len(scores) == 0  # it knows nothing of newcomers, and says so
    else:
        assert len(items) == 5
        assert items[0] == 0  # the thing that is popular everywhere


def test_single_item_history(make: Callable[[], Any]) -> None:
    model = make().fit(tastes())
    items, _ = model.recommend(np.array([40]), 5)
    assert len(items) == 5
    assert 40 not in items
    if not isinstance(model, PopularityModel):
        assert (items >= ITEMS // 2).sum() >= 3  # mostly of the same crowd


def test_everything_seen(make: Callable[[], Any]) -> None:
    model = make().fit(tastes())
    items, scores = model.recommend(np.arange(ITEMS), 5)
    assert len(items) == len(scores) == 0


def test_one_item_left(make: Callable[[], Any]) -> None:
    model = make().fit(tastes())
    items, _ = model.recommend(np.delete(np.arange(ITEMS), 17), 5)
    assert items.tolist() == [17]


def test_data_of_a_single_item(make: Callable[[], Any]) -> None:
    if "content" in str(make) or isinstance(make(), ContentModel):
        model: Any = ContentModel(sp.csr_matrix((1, TOPICS)), np.zeros(3, dtype=np.int64))
    else:
        model = make()
    model.fit(sp.csr_matrix(np.ones((3, 1), dtype=np.float32)))
    assert len(model.recommend(np.array([0]), 5)[0]) == 0


def test_no_interactions_at_all(make: Callable[[], Any]) -> None:
    model = make().fit(sp.csr_matrix((PEOPLE, ITEMS), dtype=np.float32))
    items, scores = model.recommend(np.array([2]), 5)
    assert len(items) == 5
    assert np.isfinite(scores).all()


def test_order_and_repeats_in_the_history_do_not_matter(make: Callable[[], Any]) -> None:
    model = make().fit(tastes())
    a = model.recommend(np.array([3, 9, 14]), 6)
    b = model.recommend(np.array([14, 3, 3, 9]), 6)
    np.testing.assert_array_equal(a[0], b[0])


def test_unknown_item_is_refused(make: Callable[[], Any]) -> None:
    with pytest.raises(BadValue):
        make().fit(tastes()).recommend(np.array([ITEMS]), 3)


def test_parts_sum_to_the_score(make: Callable[[], Any]) -> None:
    matrix = tastes()
    model = make().fit(matrix)
    for person in (0, 33, 90):
        history = row(matrix, person)
        items, scores = model.recommend(history, 6)
        for item, score in zip(items, scores, strict=True):
            parts = model.contributions(history, int(item))
            assert parts.parts.shape == parts.witnesses.shape == (len(history),)
            assert parts.score == pytest.approx(float(score), rel=1e-4, abs=1e-5)


def test_taking_an_item_away_takes_its_witnesses_away() -> None:
    matrix = tastes()
    model = InteractionModel(blend=Blend(low_rank=0.0)).fit(matrix)
    history = row(matrix, 0)
    found = model.contributions(history, int(model.recommend(history, 1)[0][0]))
    dense = matrix.toarray() > 0
    item = int(model.recommend(history, 1)[0][0])
    np.testing.assert_array_equal(
        found.witnesses, [(dense[:, x] & dense[:, item]).sum() for x in history]
    )


@pytest.mark.parametrize("ease", [0.0, 0.7])
@pytest.mark.parametrize("large", [False, True])
def test_without_somebody_it_is_as_if_they_had_never_been_there(
    ease: float, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factors, "LEARN_AGAIN", 10 if large else 10**6)
    matrix = tastes()
    blend = Blend(ease=ease, low_rank=0.5)
    model = InteractionModel(blend=blend).fit(matrix)
    gone = np.isin(np.arange(PEOPLE), (2, 5, 77))
    less = model.without(gone)
    left = Blend(ease=0.0, low_rank=0.0) if large else blend
    never = InteractionModel(blend=left, rank=model.vectors.shape[1]).fit(matrix[~gone])
    for person in (0, 40, 100):
        history = row(matrix, person)
        np.testing.assert_allclose(less.score(history), never.score(history), rtol=2e-3, atol=2e-3)
        split = less.contributions(history, 12)
        assert split.parts.sum() == pytest.approx(float(less.score(history)[12]), abs=1e-4)
    # And what the gone had does not matter at all, to the last digit.
    other = matrix.tolil()
    other[2] = 1
    again = InteractionModel(blend=blend, rank=model.vectors.shape[1]).fit(sp.csr_matrix(other))
    np.testing.assert_array_equal(
        again.without(gone).score(row(matrix, 0)), less.score(row(matrix, 0))
    )
    assert not np.array_equal(again.score(row(matrix, 0)), model.score(row(matrix, 0)))


def test_local_score_is_the_formula() -> None:
    matrix = tastes()
    model = InteractionModel(blend=Blend(low_rank=0.0, popularity=0.2, power=1.5)).fit(matrix)
    history = row(matrix, 2)
    dense = matrix.toarray().astype(np.float64)
    item_degree, person_degree = np.maximum(dense.sum(0), 1), np.maximum(dense.sum(1), 1)
    shared = dense[:, history] @ item_degree[history] ** -0.6
    vote = np.where(shared > 0, person_degree ** (-0.7 * 1.5) * shared**1.5, 0)
    local = (vote @ dense) * item_degree**-0.5
    expected = item_degree**0.2 * local / local.std()
    np.testing.assert_allclose(model.score(history), expected, rtol=1e-4, atol=1e-6)


def test_low_rank_part_is_the_projector_of_scipy() -> None:
    matrix = tastes()
    model = InteractionModel(blend=Blend(low_rank=1.0), rank=5).fit(matrix)
    dense = matrix.toarray().astype(np.float64)
    scaled = np.maximum(dense.sum(1), 1)[:, None] ** -0.35 * dense
    scaled = scaled * np.maximum(dense.sum(0), 1) ** -0.5
    vectors = np.linalg.svd(scaled)[2][:5]
    # Two clear directions (the crowds); what follows is noise, which five iterations only approach.
    for direction in vectors[:2]:
        assert np.linalg.norm(model.vectors.T @ direction) == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(model.vectors.T @ model.vectors, np.eye(5), atol=1e-4)


def test_ease_solves_its_normal_equations() -> None:
    matrix = tastes()
    weights = ease_weights(matrix, 2.0)
    dense = matrix.toarray().astype(np.float64)
    ridge = 2.0 * dense.sum() / ITEMS
    residual = dense.T @ (dense @ weights - dense) + ridge * weights
    off_diagonal = ~np.eye(ITEMS, dtype=bool)
    assert np.abs(np.diag(weights)).max() == 0
    assert np.abs(residual[off_diagonal]).max() < 1e-2 * ridge


def test_many_at_once_gives_the_same_as_one_by_one() -> None:
    matrix = tastes()
    model = InteractionModel().fit(matrix)
    batch = [answer for block in model.recommend_all(matrix, 7) for answer in block]
    assert len(batch) == PEOPLE
    for person in range(PEOPLE):
        items, scores = model.recommend(row(matrix, person), 7)
        np.testing.assert_allclose(batch[person][1], scores, rtol=1e-4, atol=1e-5)
        assert len(set(batch[person][0].tolist()) & set(items.tolist())) >= 6


def test_learned_score_beats_popularity_on_hidden_items() -> None:
    matrix = tastes(3)
    rng = np.random.default_rng(0)
    hidden = {u: int(rng.choice(row(matrix, u))) for u in range(PEOPLE) if matrix[u].nnz > 2}
    rest = matrix.tolil()
    for u, item in hidden.items():
        rest[u, item] = 0
    rest = sp.csr_matrix(rest)
    hits = {}
    for name, model in {"learned": InteractionModel(), "popular": PopularityModel()}.items():
        model.fit(rest)
        hits[name] = sum(item in model.recommend(row(rest, u), 10)[0] for u, item in hidden.items())
    assert hits["learned"] > 1.3 * hits["popular"]


def test_saved_models_answer_the_same(tmp_path: Any) -> None:
    matrix = tastes()
    history = row(matrix, 1)
    for name in ("interactions, all parts", "content"):
        model = MODELS[name]().fit(matrix)
        path = tmp_path / "model.npz"
        model.save(path)
        again = type(model).load(path)
        np.testing.assert_array_equal(
            again.recommend(history, 9)[1], model.recommend(history, 9)[1]
        )
    with pytest.raises(ModelMissing):
        InteractionModel.load(path)  # a content model lies there
    with pytest.raises(ModelMissing):
        InteractionModel.load(tmp_path / "none.npz")
    (tmp_path / "torn.npz").write_bytes(path.read_bytes()[:100])
    with pytest.raises(ModelMissing):
        ContentModel.load(tmp_path / "torn.npz")


def test_unfitted_model_says_so() -> None:
    with pytest.raises(ModelMissing):
        InteractionModel().recommend(np.array([1]), 3)
    with pytest.raises(ModelMissing):
        ContentModel(topics_of_items(), np.zeros(PEOPLE)).recommend(np.array([1]), 3)


def test_rank_follows_the_shape() -> None:
    assert rank_for(29_858, 40_981) == 518
    assert rank_for(3, 2) == 1


def test_newcomer_gets_topics_and_cohort() -> None:
    matrix = tastes()
    model = MODELS["content"]().fit(matrix)
    by_topic, _ = model.recommend_newcomer(Newcomer(np.array([7])), 5)
    assert (by_topic >= ITEMS * 7 // TOPICS).all()
    by_cohort, _ = model.recommend_newcomer(Newcomer(np.zeros(0, dtype=np.int64), cohort=9), 10)
    assert (by_cohort >= ITEMS // 2).sum() >= 7


def test_newcomer_reasons_sum_to_the_score() -> None:
    model = MODELS["content"]().fit(tastes())
    newcomer = Newcomer(np.array([1, 7]), cohort=2)
    scores = model.score(newcomer)
    for item in range(0, ITEMS, 7):
        why = model.reasons(newcomer, item)
        total = why.topic_parts.sum() + why.cohort_part + why.everyone_part
        assert total == pytest.approx(float(scores[item]), abs=1e-6)
