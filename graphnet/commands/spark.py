"""`graphnet spark`: measures of a data set, and linkage of files, on Apache Spark."""

import importlib
from pathlib import Path
from typing import Any

import click

from graphnet.analysis.association import LAYERS
from graphnet.commands.answers import show
from graphnet.spark.measures import measures

# Linkage reads files, which live above the engine: it is found by name, like the tasks of bench.
LINK = "ingest.spark:command"


class OfSpark(click.Group):
    """Takes a folder that stands without a command before it for one to be measured."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Put `measures` before what is no command."""
        if args and args[0] not in (*self.list_commands(context), "--help"):
            args = ["measures", *args]
        return super().parse_args(context, args)

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the commands."""
        return ["measures", "link"]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Load linkage only when it is asked for."""
        if name != "link":
            return super().get_command(context, name)
        module, _, attribute = LINK.partition(":")
        command: Any = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group("spark", cls=OfSpark)
def spark_command() -> None:
    """Measure networks and join records that one machine is too small for, on Apache Spark.

    pyspark has to be installed. `graphnet spark FOLDER` is `graphnet spark measures FOLDER`.
    """


@spark_command.command("measures")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option("--layer", type=click.Choice(LAYERS), default="knows", show_default=True)
@click.option("--master", default="local[*]", show_default=True, help="Where Spark runs.")
@click.option("--memory", default="4g", show_default=True, help="Of Spark's driver.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def measures_command(
    *, folder: Path, out: Path, layer: str, master: str, memory: str, as_json: bool
) -> None:
    """Compute ties, PageRank and islands of FOLDER, which `graphnet export` has written.

    The same as the engine of one machine has them, by GraphX, for networks that do not fit into
    it. OUT is a table in Parquet: person, ties, pagerank, island.
    """
    show(measures(folder, out, layer=layer, master=master, memory=memory), as_json=as_json)
