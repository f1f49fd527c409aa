"""`graphnet bench spread`: choose people who reach the most, on the chances of a file."""

import csv
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from graphnet.bench.measure import Measure
from graphnet.bench.people_files import read_numbers
from graphnet.errors import BadFile
from graphnet.influence.cascade import Cascade, cascade_of_pairs, simulate
from graphnet.influence.spread import choose_people

SIMULATED = 400


def read_cascade(path: Path) -> Cascade:
    """Read source,target,probability.

    Raises
    ------
    BadFile
        If the file is missing or a row does not hold two whole numbers and a chance.
    """
    try:
        rows = read_numbers(path, np.float64)
    except (OSError, ValueError) as problem:
        raise BadFile(f"{path}: {problem}") from problem
    if rows.shape[1] != 3 or len(rows) == 0:
        raise BadFile(f"{path} needs the columns source,target,probability and at least one row")
    n = int(rows[:, :2].max()) + 1
    return cascade_of_pairs(n, rows[:, 0], rows[:, 1], rows[:, 2])


@click.command("spread")
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Has edges.csv.")
@click.option("--k", type=click.IntRange(min=1), default=50, show_default=True, help="Set size.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of all random choices.")
def command(work: Path, k: int, seed: int) -> None:
    """Write seeds.csv (rank,seed): k people who together reach the most."""
    measure = Measure("spread")
    with measure.phase("read"):
        cascade = read_cascade(work / "edges.csv")
    with measure.phase("choose"), measure.question():
        choice = choose_people(cascade, k, seed=seed)
    with measure.phase("write"), (work / "seeds.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["rank", "seed"])
        writer.writerows((rank, int(p)) for rank, p in enumerate(choice.people, 1))
    with measure.phase("simulate"):
        reach = simulate(cascade, choice.people, runs=SIMULATED, seed=seed)
        by_degree = simulate(cascade, people_by_degree(cascade, k), runs=SIMULATED, seed=seed)
    click.echo(
        f"{choice.samples} samples; reach {choice.reach:.1f} ± {choice.standard_error:.1f}, by "
        f"{SIMULATED} cascades {reach.mean:.1f} ± {reach.standard_error:.1f}; at least "
        f"{choice.certificate:.1%} of the best; by degree {by_degree.mean:.1f} ± "
        f"{by_degree.standard_error:.1f}",
        err=True,
    )
    click.echo(
        f"{choice.ahead_of_degree:+.1f} ± {choice.ahead_error:.1f} beside degree on fresh samples: "
        + (
            "better by more than two standard errors"
            if choice.better_than_degree
            else "not shown to be better than degree (less than two standard errors)"
        ),
        err=True,
    )
    measure.print()


def people_by_degree(cascade: Cascade, k: int) -> NDArray[np.int64]:
    """Return the k people who pass word to most others, the first of equals."""
    degree = np.diff(cascade.forward.indptr)
    return np.argsort(-degree, kind="stable")[:k].astype(np.int64)
