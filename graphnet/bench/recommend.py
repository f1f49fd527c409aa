"""`graphnet bench recommend`: learned scores on plain interactions, full ranking."""

import csv
from pathlib import Path

import click
import numpy as np
import scipy.sparse as sp

from graphnet.bench.measure import Measure
from graphnet.models.factors import InteractionModel


def read_interactions(path: Path) -> tuple[sp.csr_matrix, list[str], list[str]]:
    """Read `user,item`; return the matrix and the ids of its rows and columns, in order of the
    ids."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows, None)
        pairs = [(row[0], row[1]) for row in rows if row]
    # Sorted, so that the order of the file decides nothing; as numbers where they all are numbers.
    users = _order({user for user, _ in pairs})
    items = _order({item for _, item in pairs})
    row_of = {user: i for i, user in enumerate(users)}
    column_of = {item: i for i, item in enumerate(items)}
    row = np.fromiter((row_of[user] for user, _ in pairs), dtype=np.int32, count=len(pairs))
    column = np.fromiter((column_of[item] for _, item in pairs), dtype=np.int32, count=len(pairs))
    ones = np.ones(len(pairs), dtype=np.float32)
    return sp.csr_matrix((ones, (row, column)), shape=(len(users), len(items))), users, items


def _order(ids: set[str]) -> list[str]:
    if all(one.isascii() and one.isdigit() for one in ids):
        return sorted(ids, key=int)
    return sorted(ids)


@click.command("recommend")
@click.option("--work", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--k", type=click.IntRange(1), default=20, show_default=True)
def command(work: Path, k: int) -> None:
    """Read interactions.csv of the folder WORK and write the best k items for every user."""
    measure = Measure("recommend")
    with measure.phase("read"):
        interactions, users, items = read_interactions(work / "interactions.csv")
    with measure.phase("fit"):
        model = InteractionModel().fit(interactions)
    with (
        measure.phase("answer"),
        (work / "recommendations.csv").open("w", newline="", encoding="utf-8") as file,
    ):
        out = csv.writer(file)
        out.writerow(["user", "rank", "item"])
        position = 0
        for answers in model.recommend_all(interactions, k):
            for best, _ in answers:
                user = users[position]
                out.writerows((user, rank, items[j]) for rank, j in enumerate(best, start=1))
                position += 1
    with measure.phase("sample"):
        for u in range(0, len(users), max(1, len(users) // 300)):
            history = interactions.indices[interactions.indptr[u] : interactions.indptr[u + 1]]
            with measure.question():
                model.recommend(history.astype(np.int64), k)
    click.echo(f"settings: {model.blend}", err=True)
    measure.print()
