"""`graphnet bench recovery`: whom to ask to win a lost class back."""

import csv
from pathlib import Path

import click
import numpy as np

from graphnet.bench.measure import Measure
from graphnet.bench.people_files import read_university
from graphnet.discovery.estimate import estimate_ties
from graphnet.discovery.recovery import plan_recovery


@click.command("recovery")
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Folder of the task.")
@click.option("--k", type=click.IntRange(min=1), default=100, show_default=True, help="To ask.")
def command(work: Path, k: int) -> None:
    """Write WORK/asked.csv (rank,id): k people to ask, the best first."""
    measure = Measure("recovery")
    with measure.phase("read"):
        university = read_university(work)
        lost = np.sort(university.positions(work / "lost.csv"))
        askable = university.positions(work / "askable.csv")
    ties = university.ties
    with measure.phase("estimate"):
        estimate = estimate_ties(
            ties.indptr, ties.indices, university.attributes, lost, rng=np.random.default_rng(0)
        )
    with measure.phase("plan"), measure.question():
        plan = plan_recovery(estimate, university.attributes, askable, k)
    with (
        measure.phase("write"),
        (work / "asked.csv").open("w", newline="", encoding="utf-8") as file,
    ):
        out = csv.writer(file)
        out.writerow(["rank", "id"])
        out.writerows((rank, int(university.ids[p])) for rank, p in enumerate(plan.people, start=1))
    measure.print()
