"""`graphnet export`: what an analyst may have of the association, as a data set with a codebook."""

from pathlib import Path

import click

from graphnet import engine
from graphnet.analysis.association import KINDS, LAYERS, Association
from graphnet.analysis.dataset import FORMS
from graphnet.commands.answers import show
from graphnet.privacy import Viewer
from graphnet.settings import Settings

USUAL = ("cohorts", "study_groups", "groups")


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--layer", "layers", multiple=True, type=click.Choice(LAYERS), help="All of them.")
@click.option(
    "--things",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    help=f"What people belong to; {', '.join(USUAL)}.",
)
@click.option("--form", type=click.Choice(FORMS), default="parquet", show_default=True)
@click.option("--of", nargs=2, default=None, metavar="KIND ID", help="Only these people.")
@click.option("--project", default="", metavar="NAME", help="Pseudonyms of this study alone.")
@click.option("--purpose", required=True, help="What for; it stands on the audit trail.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def export_command(
    settings: Settings,
    *,
    folder: Path,
    layers: tuple[str, ...],
    kinds: tuple[str, ...],
    form: str,
    of: tuple[str, str] | None,
    project: str,
    purpose: str,
    as_json: bool,
) -> None:
    """Write people, typed ties and memberships into a new FOLDER, under pseudonyms.

    Parquet are tables: people, ties, memberships, things. GraphML and GEXF are graphs: ties of all
    layers, and one of people and things for each kind of thing. Beside them codebook.csv says what
    each column is and how much of it is missing.
    """
    viewer = Viewer("analyst", account_id="command line", purpose=purpose)
    rules = engine.rules(settings, project=project)
    with Association(viewer, rules, opened=engine.open(settings), project=project) as association:
        kind, thing = of or ("", "")
        written = association.export(
            folder, kind=kind, thing=thing, layers=layers or LAYERS, kinds=kinds or USUAL, form=form
        )
        row = association.describe() | {"files": [str(path) for path in written]}
    if as_json:
        show(row, as_json=True)
    else:
        click.echo("\n".join(row["files"]))
