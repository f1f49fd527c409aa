"""How time and memory grow from 40,000 to 1,000,000 people, for what is computed of arrays.

    python tests/bench/scale.py [PEOPLE ...] [--degree 20]

A synthetic association of each size, with as many ties a person everywhere (at 20 a million people
have 10 million ties), in a process of its own: arrays written and opened as a snapshot has them,
people by name, people one may know, ways to somebody, measures, communities, the map of all; the 50
who reach the most, where a word passes along a tie with a chance of one by the number of ties of
who hears it (the weighted cascade of Kempe, Kleinberg and Tardos 2003); and what one would like of
2,600 things of which everybody has chosen six. Prints a JSON line a size: seconds, milliseconds a
question (median and 95th percentile), mebibytes that the process held at most after each step, and
the load of the machine. What is read from Neo4j is not in it: see `tests/bench/pages.py` and
`tests/bench/snapshot_speed.py`.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import scipy.sparse as sp

from graphnet.discovery.introductions import introductions
from graphnet.discovery.suggestions import resource_allocation
from graphnet.influence.betweenness import betweenness
from graphnet.influence.cascade import Cascade, cascade_of_pairs
from graphnet.influence.centrality import core_numbers, pagerank
from graphnet.influence.spread import choose_people
from graphnet.influence.warm import warm as warm_influence
from graphnet.maps.communities import find_communities
from graphnet.maps.layout import MOST_MOVED, layout
from graphnet.maps.warm import warm as warm_maps
from graphnet.models.factors import InteractionModel
from graphnet.models.warm import warm as warm_models
from graphnet.names import NameIndex, PersonName
from graphnet.snapshot.arrays import Ties
from graphnet.synth import people_and_ties
from tests.bench.search_speed import peak, typed

SIZES = (40_000, 100_000, 300_000, 1_000_000)
ASKED = 200
PIVOTS = 64
SEED_SET = 50
THINGS, CHOSEN = 2_600, 6  # as many as the demo of 40,000 has events


def seconds(figures: dict[str, Any], name: str, act: Callable[[], Any]) -> Any:
    """Note how long one act takes and what the process has held at most by then."""
    began = time.perf_counter()
    done = act()
    figures[name] = {"seconds": round(time.perf_counter() - began, 2), "mebibytes": round(peak())}
    return done


def questions(figures: dict[str, Any], name: str, ask: Callable[[Any], Any], of: list[Any]) -> None:
    """Note the milliseconds of a question by the clock."""
    ask(of[0])
    spent = []
    for one in of:
        began = time.perf_counter()
        ask(one)
        spent.append(1000 * (time.perf_counter() - began))
    p50, p95 = np.percentile(spent, [50, 95])
    figures[name] = {"p50": round(float(p50), 2), "p95": round(float(p95), 2)}


def passing(indptr: np.ndarray, indices: np.ndarray) -> Cascade:
    """Return the weighted cascade of ties."""
    degree = np.diff(indptr)
    who = np.repeat(np.arange(len(degree)), degree)
    return cascade_of_pairs(len(degree), who, indices, 1 / degree[indices])


def likes(n: int, seed: int) -> sp.csr_matrix:
    """Return whom of n people chose which things: a few are chosen often; every third choice is
    among those that one kind of people likes."""
    random = np.random.default_rng(seed)
    size = n * CHOSEN
    popular = np.minimum(random.zipf(1.4, size) - 1, 10 * THINGS) % THINGS
    who = np.repeat(np.arange(n), CHOSEN)
    own = (who % 13 + 13 * random.integers(0, THINGS // 13, size)) % THINGS
    what = np.where(random.random(size) < 1 / 3, own, popular)
    found = sp.csr_matrix((np.ones(size, np.float32), (who, what)), shape=(n, THINGS))
    found.data[:] = 1
    return found


def of_size(n: int, degree: float) -> dict[str, Any]:
    """Return the figures of one size."""
    warm_influence()
    warm_maps()
    warm_models()
    figures: dict[str, Any] = {"people": n, "load": round(os.getloadavg()[0], 1)}
    sample = seconds(figures, "made", lambda: people_and_ties(n, degree))
    indptr, indices, weight = sample.indptr, sample.indices, np.clip(sample.weight, 0.01, 1.0)
    figures["ties"] = len(indices) // 2
    with tempfile.TemporaryDirectory() as folder:
        arrays = {"indptr": indptr, "indices": indices, "weight": weight}

        def write() -> None:
            for name, array in arrays.items():
                np.save(Path(folder) / f"{name}.npy", array)

        seconds(figures, "arrays written", write)
        seconds(
            figures,
            "arrays opened",
            lambda: [np.load(Path(folder) / f"{name}.npy", mmap_mode="r") for name in arrays],
        )
    names = sample.names
    rng = Random(2026)

    def name_of(i: int) -> PersonName:
        return PersonName(names.given[i], names.patronymic[i], names.family[i])

    index = seconds(
        figures, "name index", lambda: NameIndex.build(np.arange(n), map(name_of, range(n)))
    )
    asked = [typed(name_of(rng.randrange(n)), rng) for _ in range(ASKED)]
    questions(figures, "name", lambda text: index.find(text, k=10), asked)
    able = np.flatnonzero(np.diff(indptr) > 0)
    chosen = np.random.default_rng(0).choice(able, ASKED, replace=False).tolist()
    questions(figures, "suggestions", lambda u: resource_allocation(indptr, indices, u, 20), chosen)
    ties = Ties(indptr, indices, weight.astype(np.float32))
    allowed = np.ones(n, bool)
    pairs = np.random.default_rng(1).choice(able, (ASKED, 2)).tolist()

    def ways(pair: list[int]) -> Any:
        row = slice(int(indptr[pair[0]]), int(indptr[pair[0] + 1]))
        return introductions(
            ties, ties.indices[row], ties.weight[row], [pair[1]], 5, allowed=allowed, patient=True
        )

    questions(figures, "ways", ways, pairs)
    seconds(figures, "pagerank", lambda: pagerank(indptr, indices, ties.weight))
    seconds(figures, "core numbers", lambda: core_numbers(indptr, indices))
    seconds(figures, "betweenness", lambda: betweenness(indptr, indices, k=PIVOTS))
    found = seconds(figures, "communities", lambda: find_communities(indptr, indices, ties.weight))
    figures["modularity"] = round(found.modularity, 4)
    seconds(figures, "layout", lambda: layout(indptr, indices, ties.weight))
    figures["layout"]["moved by forces"] = n <= MOST_MOVED
    cascade = seconds(figures, "cascade", lambda: passing(indptr, indices))
    seconds(figures, "reach", lambda: choose_people(cascade, SEED_SET, seed=0))
    liked = likes(n, 3)
    model = seconds(figures, "recommender", lambda: InteractionModel().fit(liked))
    histories = [
        liked.indices[liked.indptr[u] : liked.indptr[u + 1]].astype(np.int64) for u in chosen
    ]
    questions(figures, "recommendations", lambda history: model.recommend(history, 20), histories)
    figures["peak mebibytes"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return figures


def main() -> None:
    """Measure each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("people", type=int, nargs="*")
    parser.add_argument("--degree", type=float, default=20.0, help="mean number of ties a person")
    parser.add_argument("--alone", action="store_true", help="in this process")
    given = parser.parse_args()
    for n in given.people or SIZES:
        if given.alone:
            print(json.dumps(of_size(n, given.degree)), flush=True)
            continue
        subprocess.run(
            [sys.executable, __file__, str(n), "--degree", str(given.degree), "--alone"],
            check=True,
        )


if __name__ == "__main__":
    main()
