"""`graphnet bench people`: suggest people from plain ties and attributes."""

import csv
from pathlib import Path

import click
import numpy as np

from graphnet.bench.measure import Measure
from graphnet.bench.people_files import read_university
from graphnet.discovery.model import TieModel
from graphnet.discovery.suggestions import (
    completed,
    resource_allocation,
    resource_allocation_everyone,
)
from graphnet.discovery.warm import warm


@click.command("people")
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Folder of the task.")
@click.option("--case", type=click.Choice(["missing", "newcomer"]), required=True)
@click.option("--k", type=click.IntRange(min=1), default=20, show_default=True, help="List length.")
def command(work: Path, case: str, k: int) -> None:
    """Write WORK/CASE/suggestions.csv (user,rank,suggestion): k people for each user."""
    measure = Measure(f"people {case}")
    folder = work / case
    with measure.phase("read"):
        university = read_university(folder)
        users = university.positions(folder / "users.csv")
    ties = university.ties
    popular = np.argsort(-np.diff(ties.indptr), kind="stable").astype(np.int32)
    with measure.phase("compile"):
        warm()
    with measure.phase("fit"):
        model = TieModel().fit(
            ties, university.attributes, rng=np.random.default_rng(0), parts=(case,)
        )
    with measure.phase("answer"):
        answers = []
        for user in users.tolist():
            with measure.question():
                found = model.suggest(ties, university.attributes, user, k).positions
            answers.append(completed(found, ties.indptr, ties.indices, user, k, fallback=popular))
    with (
        measure.phase("write"),
        (folder / "suggestions.csv").open("w", newline="", encoding="utf-8") as file,
    ):
        out = csv.writer(file)
        out.writerow(["user", "rank", "suggestion"])
        for user, positions in zip(users.tolist(), answers, strict=True):
            name = int(university.ids[user])
            out.writerows(
                (name, rank, int(university.ids[v])) for rank, v in enumerate(positions, start=1)
            )
    measure.print()
    if case == "missing":
        plain = Measure("people, plain measure")
        with plain.phase("everyone"):
            resource_allocation_everyone(ties.indptr, ties.indices, k)
        for user in users.tolist():
            with plain.question():
                resource_allocation(ties.indptr, ties.indices, user, k)
        plain.print()
