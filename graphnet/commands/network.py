"""The network on the command line: as a whole, who is central in it, a part of it as a file."""

import os
from pathlib import Path
from typing import Any

import click

from graphnet import engine
from graphnet.analysis.whole import whole_network
from graphnet.audit import audit
from graphnet.commands.answers import MANY, card_row, opened, question, show
from graphnet.influence.central import ORDERS, central_people
from graphnet.live import Live
from graphnet.maps import export
from graphnet.maps.network import KINDS, LAYERS, network_of
from graphnet.privacy import Viewer
from graphnet.settings import Settings


@click.command("network")
@click.option("--layer", type=click.Choice(LAYERS), default="knows", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def network_command(settings: Settings, *, layer: str, as_json: bool) -> None:
    """Describe the whole network: density, mixing, communities and how firm they are.

    Of the people whom statistics count. Modularity stands beside that of random networks in which
    everybody has as many ties; stability is the mean adjusted Rand index of five seeds; the cut-off
    are who leaves the largest island if the five of most betweenness go.
    """
    with opened(settings) as live:
        found = whole_network(live, layer)
    if as_json:
        show(found, as_json=True)
        return
    words = found.pop("communities")
    show(found, as_json=False)
    show(words, as_json=False)


@click.command()
@click.option("--by", "order", type=click.Choice(ORDERS), default="percentile", show_default=True)
@click.option("--limit", type=MANY, default=20, show_default=True)
@question
def central(live: Live, viewer: Viewer, *, order: str, limit: int) -> list[dict[str, Any]]:
    """List who is central in the network, for staff; people without consent are left out."""
    found = central_people(live, viewer, order=order, limit=limit)
    return [
        card_row(row.card)
        | {
            "percentile": row.percentile,
            "low": row.low,
            "high": row.high,
            "missing": row.missing,
            "pagerank": row.pagerank,
            "betweenness": row.betweenness,
            "betweenness_error": row.betweenness_error,
            "core": row.core,
            "bridging": row.bridging,
            "answered": row.answered,
            "ties": row.ties,
            "coverage": row.coverage,
        }
        for row in found.rows
    ]


FORMS = ("gexf", "graphml", "csv")


def _writable(_context: click.Context, _option: click.Parameter, out: Path) -> Path:
    """Refuse what cannot be written before anything is computed."""
    if out.suffix[1:] not in FORMS:
        raise click.BadParameter(f"{out.suffix or out} is not .gexf, .graphml or .csv")
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise click.BadParameter(f"{out} may not be written")
    return out


@click.command("map")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("thing_id")
@click.option("--layer", type=click.Choice(LAYERS), default="knows", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    callback=_writable,
    help="FILE.gexf, FILE.graphml or FILE.csv; beside FILE.csv, FILE.ties.csv has the ties.",
)
@click.option(
    "--project",
    default="",
    metavar="NAME",
    help="Pseudonyms and coordinates of this study alone, the same each time; default: the site's.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def map_command(
    settings: Settings,
    *,
    kind: str,
    thing_id: str,
    layer: str,
    out: Path,
    project: str,
    as_json: bool,
) -> None:
    """Write a cohort, group or unit into a file, everybody and every tie, under pseudonyms.

    KIND and THING_ID are what `graphnet list` prints.
    """
    viewer = Viewer("analyst", account_id="command line", purpose="export")
    rules = engine.rules(settings, project=project)
    with opened(settings) as live:
        found = network_of(live, viewer, kind, thing_id, layer=layer, whole=True, rules=rules)
        live.store.in_write(
            lambda t: audit(
                t, "command line", "analyst", "export", project or "maps", f"{kind} {thing_id}",
                f"{len(found.cards)} people, {found.ties} ties",
            )
        )  # fmt: skip
        written = []
        for end, text in export.files(found, out.suffix[1:]).items():
            path = out.with_suffix(end)
            path.write_text(text, encoding="utf-8", newline="")
            written.append(str(path))
    if as_json:
        show(export.about(found) | {"project": project or None, "files": written}, as_json=True)
    else:
        click.echo(
            f"{', '.join(written)}: {len(found.cards)} people, {found.ties} ties, all of them"
        )
