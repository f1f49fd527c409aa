"""`graphnet synth`: a synthetic association as files."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from graphnet.errors import BadValue


@click.command()
@click.option("--alumni", default=3000, show_default=True, help="How many alumni.")
@click.option("--seed", default=2003, show_default=True, help="Same seed, same association.")
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files.",
)
@click.option(
    "--only", default="", help="Only these parts: people,studies,ties,life,community. All if empty."
)
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the association is looked at; by default today.",
)
@click.option("--mean-degree", type=float, help="Mean number of people whom somebody knows.")
@click.option(
    "--known", default=1.0, show_default=True, help="Share of the ties that the files tell."
)
@click.option("--registered", type=float, help="Share of people with an account.")
@click.option("--json", "as_json", is_flag=True, help="Print the number of rows as JSON.")
def synth(
    *,
    alumni: int,
    seed: int,
    folder: Path,
    only: str,
    today: datetime | None,
    mean_degree: float | None,
    known: float,
    registered: float | None,
    as_json: bool,
) -> None:
    """Make an association of people who do not exist, with known answers, as CSV files.

    Import it with `graphnet import --mapping synth FOLDER`.
    """
    from graphnet.synth import PARTS, write

    parts = [part.strip() for part in only.split(",") if part.strip()] or PARTS
    if seed < 0:
        raise BadValue("--seed: give a number that is not negative")

    def progress(what: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"  {what} ...", err=True)

    rows = write(
        folder,
        alumni=alumni,
        seed=seed,
        today=today.date() if today else None,
        mean_degree=mean_degree,
        known=known,
        registered=registered,
        only=parts,
        progress=progress,
    )
    if as_json:
        click.echo(json.dumps(rows))
        return
    for name, count in rows.items():
        click.echo(f"{count:>12,}  {name}.csv")
    click.echo(f"Now: graphnet import --mapping synth {folder}")
