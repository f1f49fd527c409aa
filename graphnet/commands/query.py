"""`graphnet query`: ask the network in Cypher, under pseudonyms, as /query does."""

import csv
import io
import json
import sys
from typing import Any

import click

from graphnet import engine
from graphnet.commands.answers import show
from graphnet.privacy import Viewer
from graphnet.projection import asking, place
from graphnet.projection.filling import fill
from graphnet.settings import Settings
from graphnet.spreadsheets import guarded


@click.command("query")
@click.argument("query")
@click.option("--rows", type=click.IntRange(1, asking.MOST_ROWS), default=asking.ROWS,
              show_default=True, help="At most so many.")  # fmt: skip
@click.option("--anew", is_flag=True, help="Fill the graph for queries anew first.")
@click.option("--purpose", required=True, help="What for; it stands on the audit trail.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def query_command(
    settings: Settings, *, query: str, rows: int, anew: bool, purpose: str, as_csv: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Ask QUERY of the graph for queries, or what stands on standard input for '-'.

    The graph has people under pseudonyms, what they studied and belong to, and the ties between
    them; it can only be read, by one query at a time, of at most 10 seconds and 10,000 rows. The
    first query fills it, which takes a minute.
    """
    text = sys.stdin.read() if query == "-" else query
    viewer = Viewer("analyst", account_id="command line", purpose=purpose)
    with engine.open(settings) as opened:
        if anew or place.filled(settings) is None:
            click.echo("filling the graph for queries ...", err=True)
            fill(opened)
        try:
            found = asking.ask(settings, opened.live, viewer, text, rows=rows)
        finally:
            asking.let_go(settings)
    if as_json:
        answer = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        show({"columns": found.columns, "rows": answer, "more": found.more}, as_json=True)
        return
    if as_csv:
        out = io.StringIO()
        writer = csv.writer(out)
        for row in (found.columns, *found.rows):
            writer.writerow([cell(value) for value in row])
        click.echo(out.getvalue(), nl=False)
    else:
        for row in (found.columns, *found.rows):
            click.echo("\t".join(str(cell(value)) for value in row))
    if found.more:
        click.echo(f"there are more than {rows} rows: see --rows", err=True)


def cell(value: Any) -> Any:
    """Return a value as one cell of a table."""
    if isinstance(value, str):
        return guarded(value)
    if value is None or isinstance(value, int | float):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
