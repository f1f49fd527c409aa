"""`graphnet bench names`: find people by misspelt, romanised, shortened names."""

import csv
from pathlib import Path

import click
import numpy as np

from graphnet.bench.measure import Measure
from graphnet.names import NameIndex, PersonName
from graphnet.names.learned import knowledge


def read_people(path: Path) -> tuple[list[str], list[PersonName]]:
    """Read people.csv: ids, and names."""
    with path.open(newline="", encoding="utf-8") as file:
        ids, names = [], []
        for row in csv.DictReader(file):
            ids.append(row["id"])
            former = row["former_family_name"]
            names.append(
                PersonName(
                    row["given_name"],
                    row["patronymic"],
                    row["family_name"],
                    (former,) if former else (),
                )
            )
    return ids, names


@click.command("names")
@click.option("--work", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--k", type=click.IntRange(1), default=10, show_default=True)
def command(work: Path, k: int) -> None:
    """Read people.csv and queries.csv of the folder WORK and write found.csv, best first."""
    measure = Measure("names")
    with measure.phase("read"):
        ids, names = read_people(work / "people.csv")
        with (work / "queries.csv").open(newline="", encoding="utf-8") as file:
            queries = [(row["query_id"], row["query"]) for row in csv.DictReader(file)]
    with measure.phase("load"):
        known = knowledge()
    with measure.phase("compile"):
        # Paid in `make venv`; here only where that has not been done.
        NameIndex.build(np.array([0]), names[:1], known=known).find("Аня Ли")
    with measure.phase("build"):
        index = NameIndex.build(np.arange(len(names)), names, known=known)
    with (
        measure.phase("answer"),
        (work / "found.csv").open("w", newline="", encoding="utf-8") as file,
    ):
        out = csv.writer(file)
        out.writerow(["query_id", "rank", "id"])
        for number, query in queries:
            with measure.question():
                found = index.find(query, k=k)
            out.writerows([number, rank, ids[f.key]] for rank, f in enumerate(found, start=1))
    measure.print()
