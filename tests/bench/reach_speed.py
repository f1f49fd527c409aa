"""How long it takes to say who can reach whom, on an association of any size.

    graphnet synth --alumni 41500 --mean-degree 66 --only people,ties --out FOLDER
    python tests/bench/reach_speed.py FOLDER

Reads the ties (``knows.csv``) and people of a synthetic association, and asks for ways: from one
person to another person, to one whom no way leads to, to a company of 400; and from the Association
(half of all people) to a person. Prints JSON: milliseconds at the 50th, 95th and 99th percentile
of each by the clock and of the processor (on a busy machine the clock says little), and how much
longer a question with an answer takes the processor than one without, as the difference of the
medians with a 95 % interval (bootstrap).
"""

import csv
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from graphnet.discovery.introductions import introductions
from graphnet.snapshot.arrays import Ties

QUESTIONS = 400
K = 5


def ties_of(folder: Path) -> Ties:
    """Return the network in a folder of `graphnet synth`."""
    with (folder / "people.csv").open(newline="", encoding="utf-8") as file:
        place = {row["id"]: i for i, row in enumerate(csv.DictReader(file))}
    left, right, strength = [], [], []
    with (folder / "knows.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["person_id"] in place and row["other_id"] in place:
                left.append(place[row["person_id"]])
                right.append(place[row["other_id"]])
                strength.append(float(row.get("strength") or 0.5))
    return Ties.of_pairs(len(place), left, right, np.clip(strength, 0.01, 1.0))


def timed(questions: list[Callable[[], Any]]) -> np.ndarray:
    """Return the milliseconds that each question takes: by the clock, and of the processor."""
    spent = []
    for question in questions:
        clock, processor = time.perf_counter(), time.thread_time()
        question()
        spent.append((time.perf_counter() - clock, time.thread_time() - processor))
    return np.array(spent) * 1000


def percentiles(spent: np.ndarray) -> dict[str, float]:
    """Return the figures of one kind of question."""
    return {
        f"{kind}p{q}": round(float(np.percentile(spent[:, column], q)), 3)
        for column, kind in enumerate(("", "processor_"))
        for q in (50, 95, 99)
    }


def main(folder: Path) -> int:
    """Measure and print."""
    ties = ties_of(folder)
    n = ties.n
    rng = np.random.default_rng(0)
    allowed = rng.random(n) < 0.95
    willing = np.where(rng.random(n) < 0.1, 0.6, 1.0)
    alone = Ties(
        np.append(ties.indptr, ties.indptr[-1]), ties.indices, ties.weight
    )  # one person more, without ties

    seen, wants = np.append(allowed, True), np.append(willing, 1.0)

    def ask(me: int, targets: Any, network: Ties = ties) -> Callable[[], Any]:
        row = slice(ties.indptr[me], ties.indptr[me + 1])
        more = network.n - n
        return lambda: introductions(
            network, ties.indices[row], ties.weight[row], targets, K,
            allowed=seen[: n + more], patient=True, willing=wants[: n + more],
        )  # fmt: skip

    pairs = rng.integers(n, size=(QUESTIONS, 2))
    ask(0, [1])()
    found = timed([ask(int(me), [int(to)], alone) for me, to in pairs])
    nobody = timed([ask(int(me), [n], alone) for me, _ in pairs])
    company = timed([ask(int(me), rng.choice(n, 400, replace=False)) for me, _ in pairs])
    reachable = np.flatnonzero(rng.random(n) < 0.5)
    ones = np.ones(len(reachable))
    association = timed([
        lambda to=to: introductions(
            ties, reachable, ones, [int(to)], K, allowed=allowed, willing=willing
        )
        for _, to in pairs
    ])  # fmt: skip
    draws = rng.integers(QUESTIONS, size=(2000, QUESTIONS))
    gaps = np.median(found[draws, 1], axis=1) - np.median(nobody[draws, 1], axis=1)
    low, high = np.percentile(gaps, [2.5, 97.5])
    print(
        json.dumps(
            {
                "people": n,
                "ties": len(ties.indices) // 2,
                "milliseconds": {
                    "person": percentiles(found),
                    "nobody": percentiles(nobody),
                    "company of 400": percentiles(company),
                    "association": percentiles(association),
                },
                "answer_takes_longer_by": {
                    "median": round(float(np.median(gaps)), 4),
                    "from": round(float(low), 4),
                    "to": round(float(high), 4),
                },
            },
            indent=1,
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
