"""How fast people are found and suggested, on a synthetic association of any size.

    graphnet synth --alumni 41500 --mean-degree 66 --only people,ties --out FOLDER
    python tests/bench/search_speed.py FOLDER

Prints wall and processor milliseconds a question (p50, p95, p99): on a busy machine the wall says
how busy it is. Questions are names of random people as they are typed (short form or initial,
one letter wrong in half of them); suggestions are asked for random people with ties.
"""

import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from graphnet.discovery.model import TieModel
from graphnet.discovery.suggestions import resource_allocation, resource_allocation_everyone
from graphnet.names import NameIndex, PersonName
from graphnet.snapshot.arrays import Ties

ASKED = 400


def measured(label: str, ask: Callable[[Any], object], questions: list[Any]) -> None:
    """Print how long each question takes."""
    wall, processor = [], []
    for question in questions:
        began, cpu = time.perf_counter(), time.process_time()
        ask(question)
        wall.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - cpu))
    for what, values in (("wall", wall), ("processor", processor)):
        p50, p95, p99 = np.percentile(values, [50, 95, 99])
        print(f"{label}, {what}: p50 {p50:.2f} ms, p95 {p95:.2f} ms, p99 {p99:.2f} ms", flush=True)


def timed(label: str, act: Callable[[], Any]) -> Any:
    """Print how long one act takes, and return what it returns."""
    began, cpu = time.perf_counter(), time.process_time()
    done = act()
    took, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"{label}: {took:.1f} s wall, {used:.1f} s processor", flush=True)
    return done


def typed(name: PersonName, rng: Random) -> str:
    """Return a name as somebody types it."""
    given = name.given[:1] + "." if rng.random() < 0.3 else name.given
    family = name.family
    if rng.random() < 0.5 and len(family) > 4:
        at = rng.randrange(1, len(family) - 1)
        family = family[:at] + family[at + 1 :]
    return f"{family} {given}"


def people(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of people.csv one by one: a million of them would outweigh the index."""
    with (folder / "people.csv").open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def name_in(row: dict[str, str]) -> PersonName:
    """Return the names in a row."""
    return PersonName(
        row["given_name"],
        row["patronymic"],
        row["family_name"],
        tuple(filter(None, row["former_names"].split(";"))),
        row["latin_name"],
    )


def peak() -> float:
    """Return how much memory this process has held at most, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ask_names(index: NameIndex, names: list[PersonName], rng: Random) -> None:
    """Measure the questions that people ask of names."""
    n = len(index)
    whole = [typed(name, rng) for name in names]
    measured(f"names, {n} people", lambda q: index.find(q, k=10), whole)
    allowed = np.random.default_rng(1).random(n) < 0.5
    measured("names, half may be seen", lambda q: index.find(q, k=10, allowed=allowed), whole)
    measured("names, family name only", lambda q: index.find(q, k=10), [p.family for p in names])
    measured("names, given name only", lambda q: index.find(q, k=10), [p.given for p in names])
    begun = [f"{name.given} {name.family[: rng.randint(1, 5)]}" for name in names]
    measured("names, while typing", lambda q: index.suggest(q, k=8), begun)
    print(f"names: peak {peak():.0f} MiB in this process", flush=True)


def main(folder: Path) -> None:
    """Measure names, and suggestions where the folder has ties."""
    n = sum(1 for _ in people(folder))
    before = peak()
    index = timed(
        "name index, build (with reading the file)",
        lambda: NameIndex.build(np.arange(n), map(name_in, people(folder))),
    )
    print(f"name index: {peak() - before:.0f} MiB more at the peak of building it", flush=True)
    with tempfile.TemporaryDirectory() as place:
        index.save(Path(place) / "names")
        index = NameIndex.open(Path(place) / "names")
        index.find("Аня Ли")
        rng = Random(2026)
        chosen = {rng.randrange(n) for _ in range(ASKED)}
        names = [name_in(row) for x, row in enumerate(people(folder)) if x in chosen]
        ask_names(index, names, rng)
    del index
    ask_suggestions(folder)


def ask_suggestions(folder: Path) -> None:
    """Measure people one may know, where the folder has ties."""
    if not (folder / "knows.csv").exists():
        return
    rows = [(row["id"], row.get("born_on", "")) for row in people(folder)]
    place = {person: i for i, (person, _) in enumerate(rows)}
    with (folder / "knows.csv").open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        next(reader)
        pairs = np.array([(place[a], place[b]) for a, b, *_ in reader])
    ties = Ties.of_pairs(len(rows), pairs[:, 0], pairs[:, 1])
    print(f"{ties.n} people, {len(ties.indices) // 2} ties", flush=True)
    able = np.flatnonzero(np.diff(ties.indptr) > 0)
    asked = np.random.default_rng(0).choice(able, ASKED, replace=False).tolist()
    resource_allocation(ties.indptr, ties.indices, 0, 20)
    measured(
        "suggestions, plain",
        lambda u: resource_allocation(ties.indptr, ties.indices, u, 20),
        asked,
    )
    timed(
        "suggestions, plain, everyone",
        lambda: resource_allocation_everyone(ties.indptr, ties.indices, 20),
    )
    years = np.array([hash_of(born) for _, born in rows], np.int32)
    attributes = np.column_stack([years, np.arange(len(rows), dtype=np.int32) // 30 + 1])
    model = timed(
        "suggestions, learning",
        lambda: TieModel().fit(
            ties, attributes.astype(np.int32), rng=np.random.default_rng(0), parts=("missing",)
        ),
    )
    measured(
        "suggestions, learned with reasons",
        lambda u: model.suggest(ties, attributes.astype(np.int32), u, 20),
        asked,
    )


def hash_of(born: str) -> int:
    """Return the year of a date as a code; 0 where unknown."""
    return int(born[:4]) - 1900 if born[:4].isdigit() else 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
