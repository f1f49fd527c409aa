"""`graphnet spark link`: files of people joined to people, the heavy steps on Apache Spark."""

from pathlib import Path

import click

from graphnet.commands.answers import show
from graphnet.errors import BadValue
from graphnet.spark.linking import link_on_spark
from ingest.bench import write_clusters
from ingest.contacts import contacts_of, records_of, sources_of


@click.command("link")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new CSV file.")
@click.option("--master", default="local[*]", show_default=True, help="Where Spark runs.")
@click.option("--memory", default="4g", show_default=True, help="Of Spark's driver.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, folder: Path, out: Path, master: str, memory: str, as_json: bool) -> None:
    """Find which rows of the files in FOLDER are of one person, and write OUT.

    The files are read as an upload is: spreadsheets, CSV, vCards. Pairs are found, compared,
    counted and joined on Spark by the very functions that the contact base uses; the answer is
    the same to the last digit. OUT has a row for each row: file, row, cluster_id.
    """
    if out.exists():
        raise BadValue(f"{out} is there already")
    contacts = contacts_of(sources_of(folder))
    if not contacts:
        raise BadValue(f"{folder} has no file with rows of people in it")
    linked = link_on_spark(records_of(contacts), master=master, memory=memory)
    write_clusters(out, contacts, linked.clusters)
    people = len(set(linked.clusters))
    show({"records": len(contacts), "people": people}, as_json=as_json)
