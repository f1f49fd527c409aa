"""`graphnet spark`: measures of a data set on Apache Spark."""

from pathlib import Path

import click

from graphnet.analysis.association import LAYERS
from graphnet.commands.questions import show
from graphnet.spark.measures import measures


@click.command("spark")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option("--layer", type=click.Choice(LAYERS), default="knows", show_default=True)
@click.option("--master", default="local[*]", show_default=True, help="Where Spark runs.")
@click.option("--memory", default="4g", show_default=True, help="Of Spark's driver.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def spark_command(
    *, folder: Path, out: Path, layer: str, master: str, memory: str, as_json: bool
) -> None:
    """Compute ties, PageRank and islands of FOLDER, which `graphnet export` has written.

    The same as the engine of one machine has them, by GraphX, for networks that do not fit into
    it. pyspark has to be installed. OUT is a table in Parquet: person, ties, pagerank, island.
    """
    show(measures(folder, out, layer=layer, master=master, memory=memory), as_json=as_json)
