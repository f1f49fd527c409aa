"""`graphnet bench dedupe`: which records of people, in one file or in two, are of one person."""

import csv
from pathlib import Path

import click

from graphnet.bench.measure import Measure
from graphnet.contacts import FIELDS, KINDS, Field, Records, link

COLUMNS = (
    "given_name", "family_name", "birth_date", "street", "city", "postcode", "region",
    "national_id", "email",
)  # fmt: skip


def read_records(path: Path) -> Records:
    """Read records.csv."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    fields = [FIELDS[name] for name in COLUMNS]
    return Records(
        [row["record_id"] for row in rows],
        [row["source"] for row in rows],
        {field: [_values(field, row[field.name]) for row in rows] for field in fields},
    )


def _values(field: Field, text: str) -> tuple[str, ...]:
    key = KINDS[field.kind].key(text)
    return (key,) if key else ()


@click.command("dedupe")
@click.option("--work", type=click.Path(path_type=Path, exists=True), required=True)
def command(work: Path) -> None:
    """Read records.csv of the folder WORK and write clusters.csv, every record once."""
    measure = Measure("dedupe")
    with measure.phase("read"):
        records = read_records(work / "records.csv")
    with measure.phase("link"):
        linked = link(records)
    with (
        measure.phase("write"),
        (work / "clusters.csv").open("w", newline="", encoding="utf-8") as file,
    ):
        out = csv.writer(file)
        out.writerow(["record_id", "cluster_id"])
        out.writerows(zip(records.ids, linked.clusters, strict=True))
    measure.print()
