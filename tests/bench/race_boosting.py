"""Our boosting beside LightGBM on the choice of coming events: the same rows, the same questions.

    uv pip install lightgbm
    python events.py make --data meetup-montana --work WORK     # of the scored tasks
    python tests/bench/race_boosting.py WORK

Both learn as many trees of the same size, step and shares; LightGBM once by single rows (binary)
and once by lists (lambdarank). Its trees are read from `Booster.dump_model` into our arrays, so
that the time of an answer is the same code's, and what is compared is what was learned and how
long that took. Prints recall@3, ndcg@3, the seconds of learning and of everything as JSON.
"""

import csv
import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphnet.bench.events import read_log
from graphnet.models import training
from graphnet.models.boosting import Boosting, boost
from graphnet.models.training import Question, answer_in_time
from graphnet.models.trees import Trees

Learner = Callable[..., Trees]
K = 3


def lightgbm_trees(objective: str) -> Learner:
    """Return a learner with the interface of `boost` that asks LightGBM."""
    import lightgbm

    ours = Boosting()

    def learn(
        rows: NDArray[np.float32],
        labels: NDArray[np.int64],
        start: NDArray[np.int64],
        *,
        seed: int = 0,
    ) -> Trees:
        groups = np.diff(start) if objective == "lambdarank" else None
        data = lightgbm.Dataset(rows, labels, group=groups, params={"max_bin": ours.bins})
        model = lightgbm.train(
            {
                "objective": objective,
                "learning_rate": ours.rate,
                "num_leaves": 2**ours.depth,
                "max_depth": ours.depth,
                "feature_fraction": ours.features,
                "bagging_freq": 1,
                "bagging_fraction": ours.rows,
                "lambda_l2": ours.ridge,
                "num_threads": 1,
                "min_sum_hessian_in_leaf": ours.lightest,
                "min_data_in_leaf": 1,
                "seed": seed,
                "deterministic": True,
                "force_row_wise": True,
                "verbosity": -1,
                "zero_as_missing": False,
                "use_missing": False,
                "max_bin": ours.bins,
            },
            data,
            num_boost_round=ours.trees,
        )
        trees = as_arrays(model.dump_model())
        # What was learned is what is asked: the same scores, but for the last bits.
        some = rows[:200]
        assert np.allclose(trees.scores(some), model.predict(some, raw_score=True), atol=1e-4)
        return trees

    return learn


def as_arrays(model: dict[str, Any]) -> Trees:
    """Turn what LightGBM says of its trees into our arrays."""
    columns: dict[str, list[float]] = {
        name: [] for name in ("feature", "threshold", "left", "right", "value")
    }
    root = [0]

    def put(node: dict[str, Any]) -> int:
        place = len(columns["feature"])
        leaf = "leaf_value" in node
        columns["feature"].append(-1 if leaf else node["split_feature"])
        columns["threshold"].append(0.0 if leaf else node["threshold"])
        columns["value"].append(node["leaf_value"] if leaf else node["internal_value"])
        columns["left"].append(0)
        columns["right"].append(0)
        if not leaf:
            columns["left"][place] = put(node["left_child"])
            columns["right"][place] = put(node["right_child"])
        return place

    for tree in model["tree_info"]:
        put(tree["tree_structure"])
        root.append(len(columns["feature"]))
    return Trees(
        base=0.0,
        root=np.array(root, np.int32),
        feature=np.array(columns["feature"], np.int32),
        threshold=np.array(columns["threshold"], np.float64),
        left=np.array(columns["left"], np.int32),
        right=np.array(columns["right"], np.int32),
        value=np.array(columns["value"], np.float64),
    )


def main(work: Path) -> None:
    """Race them on the questions of one folder."""
    log, event_ids, people = read_log(work)
    with (work / "questions.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    questions = [
        Question(people.get(row["member_id"], -1), _milliseconds(row["asked_at"])) for row in rows
    ]
    truth = json.loads((work / "truth" / "answers.json").read_text(encoding="utf-8"))
    wanted = [set(truth[row["question_id"]][2]) for row in rows]
    learners: dict[str, Learner] = {
        "ours": boost,
        "LightGBM, rows": lightgbm_trees("binary"),
        "LightGBM, lists": lightgbm_trees("lambdarank"),
    }
    figures = {}
    for name, learn in learners.items():
        spent = 0.0

        def timed(*given: Any, learn: Learner = learn, **more: Any) -> Trees:
            nonlocal spent
            began = time.process_time()
            trees = learn(*given, **more)
            spent += time.process_time() - began
            return trees

        training.boost = timed  # type: ignore[assignment]
        began = time.perf_counter()
        recall, ndcg = [], []
        discount = 1 / np.log2(np.arange(2, K + 2))
        for i, found in answer_in_time(log, questions, K):
            gain = np.array([event_ids[e] in wanted[i] for e in found], float)
            most = min(len(wanted[i]), K)
            recall.append(gain.sum() / most)
            ndcg.append((gain * discount[: len(gain)]).sum() / discount[:most].sum())
        figures[name] = {
            "recall@3": round(float(np.mean(recall)), 4),
            "ndcg@3": round(float(np.mean(ndcg)), 4),
            "ndcg_standard_error": round(float(np.std(ndcg) / np.sqrt(len(ndcg))), 4),
            "learning_s": round(spent, 1),
            "all_s": round(time.perf_counter() - began, 1),
        }
        print(name, figures[name], file=sys.stderr, flush=True)
    json.dump(figures, sys.stdout, indent=1)


def _milliseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
