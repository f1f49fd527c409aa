"""`graphnet names`: learn the file that the name search ships with, and look at what it knows."""

from pathlib import Path

import click


@click.group()
def names() -> None:
    """The search for people by name: what it has learned."""


@names.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder with wd_russian_64.tsv and the lists of names.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option(
    "--pairs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Learn from these pairs instead, to try on the others.",
)
def learn(data: Path, out: Path, pairs: Path | None) -> None:
    """Learn spellings in two scripts from pairs; the same input gives the same bytes."""
    from graphnet.names import learn as learning

    arrays = learning.learn(data, pairs_file=pairs)
    learning.write(arrays, out)
    click.echo(f"{out}: {out.stat().st_size} bytes", err=True)


@names.command()
@click.argument(
    "dictionaries", type=click.Path(path_type=Path, exists=True, dir_okay=False), nargs=-1
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
def words(dictionaries: tuple[Path, ...], out: Path) -> None:
    """Take the words that are no names out of spelling DICTIONARIES (.dic, with .aff beside)."""
    from graphnet.names import lexicon

    found = lexicon.build(dictionaries)
    lexicon.write(found, out)
    click.echo(f"{out}: {len(found)} words, {out.stat().st_size} bytes", err=True)
