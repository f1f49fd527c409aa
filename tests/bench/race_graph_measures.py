"""PageRank, core numbers, betweenness and communities beside other libraries, in one run.

    python tests/bench/race_graph_measures.py [--mat FILE.mat] [--rounds 5]

Races on a Facebook100 matrix (if given) and on a synthetic university of 41,500 people and 1.36
million ties. Every round runs each library once, in turn, so that a busy moment meets all of them;
what counts is the median over rounds of (ours / fastest other). igraph takes part where it is
installed (it is GPL, so never a dependency), networkx only where it takes seconds, not minutes.

Fair means: the graph is built beforehand in each library's own form, the same tolerance in the same
norm for PageRank (the error against an exact solution is printed), as many pivots for betweenness
(64, and beside it ours with four times as many; the error over the hundred highest against a larger
sample is printed), and for communities only those count as rivals whose median modularity is not
below ours. The load of the machine is printed with the figures: a rival that uses every processor
loses more on a busy one.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkit
import numpy as np
import scipy.io
import scipy.sparse as sp

from graphnet.influence.betweenness import betweenness
from graphnet.influence.centrality import core_numbers, pagerank
from graphnet.influence.warm import warm as warm_influence
from graphnet.maps.communities import find_communities
from graphnet.maps.warm import warm as warm_maps

try:
    import igraph
except ImportError:
    igraph = None

PIVOTS = 64
TOLERANCE = 1e-9


def from_mat(path: Path) -> sp.csr_array:
    """Read the symmetric matrix of a Facebook100 file."""
    matrix = sp.csr_array(scipy.io.loadmat(path)["A"])
    matrix = matrix.maximum(matrix.T)
    matrix.setdiag(0)
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def synthetic(n: int, ties: int, seed: int) -> sp.csr_array:
    """Make a university: years of entry, houses, friends of friends, unequal activity."""
    rng = np.random.default_rng(seed)
    shares = np.array([0.18, 0.18, 0.17, 0.15, 0.1, 0.06, *[0.16 / 6] * 6])
    year = rng.choice(12, n, p=shares)
    house = year * 80 + rng.integers(80, size=n)
    active = np.array([1.6, 1.5, 1.2, 0.9, 0.6, 0.4, *[0.25] * 6])[year]
    weight = active * np.exp(rng.normal(0, 0.9, n))
    weight = np.minimum(weight, 25 * np.median(weight))
    codes = np.zeros(0, np.int64)

    def add(u: Any, v: Any) -> None:
        nonlocal codes
        keep = u != v
        low, high = np.minimum(u, v)[keep], np.maximum(u, v)[keep]
        codes = np.unique(np.concatenate([codes, low * n + high]))

    def pick(label: Any, count: int) -> tuple[Any, Any]:
        order = np.lexsort((np.arange(n), label))
        base = np.concatenate([[0], np.cumsum(weight[order])])
        first = np.searchsorted(label[order], np.arange(label.max() + 1))
        last = np.searchsorted(label[order], np.arange(label.max() + 1), "right")

        def at(value: Any) -> Any:
            return order[np.minimum(np.searchsorted(base[1:], value, "right"), n - 1)]

        u = at(rng.random(count) * base[-1])
        low, high = base[first[label[u]]], base[last[label[u]]]
        return u, at(low + rng.random(count) * (high - low))

    for label, share in ((year, 0.3), (house, 0.15), (np.zeros(n, np.int64), 0.1)):
        add(*pick(label, int(ties * share)))
    while len(codes) < ties:
        matrix = matrix_of(n, codes)
        degree = np.diff(matrix.indptr)
        count = min(int(ties * 0.16), int((ties - len(codes)) * 1.2) + 100)
        tie = rng.integers(len(matrix.indices), size=count)
        middle = matrix.indices[tie]
        step = (rng.random(count) * degree[middle]).astype(np.int64)
        friend = matrix.indices[matrix.indptr[middle] + step]
        add(np.repeat(np.arange(n), degree)[tie], friend.astype(np.int64))
    return matrix_of(n, rng.permutation(codes)[:ties])


def matrix_of(n: int, codes: Any) -> sp.csr_array:
    """Return the symmetric matrix of ties coded as ``low * n + high``."""
    u, v = codes // n, codes % n
    ones = np.ones(2 * len(u), np.int8)
    matrix = sp.csr_array((ones, (np.r_[u, v], np.r_[v, u])), shape=(n, n))
    matrix.sort_indices()
    return matrix


def race(rivals: dict[str, Callable[[], Any]], rounds: int) -> tuple[dict[str, Any], Any]:
    """Run each once a round; return seconds of each and all answers."""
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    answers: dict[str, list[Any]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, run in rivals.items():
            start = time.perf_counter()
            answers[name].append(run())
            seconds[name].append(time.perf_counter() - start)
    return seconds, answers


def ratio(seconds: dict[str, list[float]], names: list[str]) -> dict[str, float]:
    """Return the median paired ratio of ours to each other one."""
    return {
        name: round(
            statistics.median(
                a / b for a, b in zip(seconds["graphnet"], seconds[name], strict=True)
            ),
            3,
        )
        for name in names
        if name != "graphnet"
    }


def medians(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Return the median of each, for reading."""
    return {name: round(statistics.median(times), 4) for name, times in seconds.items()}


def run(name: str, matrix: sp.csr_array, rounds: int) -> dict[str, Any]:
    """Race all four measures on one graph."""
    n = matrix.shape[0]
    indptr, indices = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
    row = np.repeat(np.arange(n, dtype=np.int32), np.diff(indptr))
    once = row < indices
    kit = networkit.GraphFromCoo((row[once], indices[once]), n)
    graph = None
    if igraph is not None:
        graph = igraph.Graph(n=n, edges=np.stack([row[once], indices[once]], axis=1))
    load = round(os.getloadavg()[0], 1)
    report: dict[str, Any] = {"graph": name, "people": n, "ties": int(once.sum()), "load": load}
    l1 = networkit.centrality.Norm.L1_NORM
    sinks = networkit.centrality.SinkHandling.DistributeSinks

    def kit_pagerank() -> Any:
        rank = networkit.centrality.PageRank(kit, 0.85, TOLERANCE, distributeSinks=sinks)
        rank.norm = l1
        return rank.run().scores()

    rivals: dict[str, Callable[[], Any]] = {
        "graphnet": lambda: pagerank(indptr, indices, tolerance=TOLERANCE).scores,
        "networkit": kit_pagerank,
    }
    if graph is not None:
        rivals["igraph"] = lambda: graph.pagerank(damping=0.85)
    seconds, answers = race(rivals, rounds)
    exact = pagerank(indptr, indices, tolerance=1e-14).scores
    report["pagerank"] = {
        "seconds": medians(seconds),
        "ratio": ratio(seconds, list(rivals)),
        "error": {k: float(abs(np.array(v[-1]) - exact).sum()) for k, v in answers.items()},
    }

    rivals = {
        "graphnet": lambda: core_numbers(indptr, indices),
        "networkit": lambda: networkit.centrality.CoreDecomposition(kit).run().scores(),
    }
    if graph is not None:
        rivals["igraph"] = graph.coreness
    seconds, answers = race(rivals, rounds)
    report["core"] = {
        "seconds": medians(seconds),
        "ratio": ratio(seconds, list(rivals)),
        "same": {
            k: bool(np.array_equal(v[-1], answers["graphnet"][-1])) for k, v in answers.items()
        },
    }

    pivots = np.sort(np.random.default_rng(0).choice(n, PIVOTS, replace=False)).tolist()
    rivals = {
        "graphnet": lambda: betweenness(indptr, indices, k=PIVOTS, seed=0).scores,
        "graphnet_256": lambda: betweenness(indptr, indices, k=4 * PIVOTS, seed=0).scores,
        "networkit": lambda: (
            networkit.centrality.EstimateBetweenness(kit, PIVOTS, False, True).run().scores()
        ),
    }
    if graph is not None:
        rivals["igraph"] = lambda: graph.betweenness(sources=pivots)
    seconds, answers = race(rivals, rounds)
    better = betweenness(indptr, indices, k=min(n, 4096), seed=1).scores
    report["betweenness"] = {
        "seconds": medians(seconds),
        "ratio": ratio(seconds, list(rivals)),
        "relative_error": {k: relative_error(np.array(v[-1]), better) for k, v in answers.items()},
    }

    numbers = iter(range(10_000))
    rivals = {
        "graphnet": lambda: find_communities(indptr, indices, seed=next(numbers)).modularity,
        "networkit_leiden": lambda: kit_modularity(
            networkit.community.ParallelLeiden(kit).run().getPartition()
        ),
        "networkit_plm": lambda: kit_modularity(networkit.community.PLM(kit).run().getPartition()),
    }

    def kit_modularity(partition: Any) -> float:
        return float(networkit.community.Modularity().getQuality(partition, kit))

    if graph is not None:
        rivals["igraph_leiden"] = lambda: graph.community_leiden("modularity").modularity
        rivals["igraph_louvain"] = lambda: graph.community_multilevel().modularity
    seconds, answers = race(rivals, rounds)
    quality = {k: statistics.median(v) for k, v in answers.items()}
    report["communities"] = {
        "seconds": medians(seconds),
        "modularity": {k: round(v, 5) for k, v in quality.items()},
        "ratio": ratio(seconds, list(rivals)),
        "rivals_no_worse": [
            k for k, v in quality.items() if k != "graphnet" and v >= quality["graphnet"] - 1e-4
        ],
    }
    return report


def relative_error(estimate: Any, better: Any) -> float:
    """Return the error over the hundred highest, whatever the scale of the library."""
    top = np.argsort(-better)[:100]
    scaled = estimate * (better.sum() / estimate.sum())
    return round(float(np.abs(scaled[top] - better[top]).sum() / better[top].sum()), 4)


def main() -> None:
    """Race and print one JSON object a graph."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mat", type=Path, help="a Facebook100 matrix, say Cornell5.mat")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skip-synthetic", action="store_true")
    given = parser.parse_args()
    warm_influence()
    warm_maps()
    print(f"load before: {os.getloadavg()[0]:.1f}", file=sys.stderr)
    if given.mat:
        print(json.dumps(run(given.mat.stem, from_mat(given.mat), given.rounds), indent=1))
    if not given.skip_synthetic:
        print(json.dumps(run("synthetic", synthetic(41_500, 1_360_000, 0), given.rounds), indent=1))


if __name__ == "__main__":
    main()
