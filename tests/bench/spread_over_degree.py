"""Does a chosen set reach more than as many people of highest degree? Over five simulation seeds.

    graphnet bench spread --work WORK --k 50
    python tests/bench/spread_over_degree.py WORK [--runs 20000] [--seeds 5]

For each seed both sets are simulated in the same worlds (whom somebody passes word to depends on
the seed, the cascade's number and that person alone), which takes most chance out of the
difference. Prints the difference of each seed, their mean with its standard error over all
cascades and over the seeds, and the error that it would have in worlds of their own, as two
separate runs of a scorer have. Exit 1 if the difference is not above two standard errors.
"""

import argparse
import csv
import json
import os
from pathlib import Path

import numpy as np

from graphnet.bench.spread import people_by_degree, read_cascade
from graphnet.influence.cascade import paired, simulate


def main() -> int:
    """Simulate and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path, help="has edges.csv and seeds.csv")
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    cascade = read_cascade(given.work / "edges.csv")
    with (given.work / "seeds.csv").open(newline="") as file:
        chosen = np.array([int(row["seed"]) for row in csv.DictReader(file)])
    degree = people_by_degree(cascade, len(chosen))
    ours, theirs = [], []
    for seed in range(1000, 1000 + given.seeds):
        ours.append(simulate(cascade, chosen, runs=given.runs, seed=seed))
        theirs.append(simulate(cascade, degree, runs=given.runs, seed=seed))
    each = np.array([a.ahead_of(b)[0] for a, b in zip(ours, theirs, strict=True)])
    ahead, error = paired(
        np.concatenate([a.reached for a in ours]), np.concatenate([b.reached for b in theirs])
    )
    alone = np.sqrt(sum(one.standard_error**2 for one in (*ours, *theirs))) / given.seeds
    report = {
        "people": cascade.n,
        "ties": len(cascade.forward.people),
        "chosen": len(chosen),
        "in_both": len(np.intersect1d(chosen, degree)),
        "reach": round(float(np.mean([a.mean for a in ours])), 2),
        "by_degree": round(float(np.mean([b.mean for b in theirs])), 2),
        "ahead_each_seed": each.round(2).tolist(),
        "ahead": round(ahead, 2),
        "standard_error": round(error, 2),
        "standard_error_over_seeds": round(float(each.std(ddof=1) / np.sqrt(len(each))), 2),
        "standard_error_in_separate_worlds": round(float(alone), 2),
        "better_than_degree": bool(ahead > 2 * error),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(report))
    return 0 if report["better_than_degree"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
