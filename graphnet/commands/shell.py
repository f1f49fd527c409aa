"""`graphnet server shell`: one query in Cypher after another, of the graph under pseudonyms."""

import sys
from collections.abc import Iterator

import click

from graphnet import engine
from graphnet.commands.query import cell
from graphnet.errors import BadInput, Conflict, StoreError
from graphnet.privacy import Viewer
from graphnet.projection import asking, place
from graphnet.projection.filling import fill
from graphnet.server import connect
from graphnet.server.control import status
from graphnet.server.layout import layout
from graphnet.settings import Settings
from graphnet.store import Table

WIDEST = 60  # letters of a column on the screen
FIRST = "MATCH (p:Person) RETURN count(p) AS people"
HELP = "A query ends with ; and may go over several lines. Ctrl-D ends the shell."


@click.command()
@click.option("--rows", type=click.IntRange(1, asking.MOST_ROWS), default=asking.ROWS,
              show_default=True, help="At most so many of an answer.")  # fmt: skip
@click.option("--purpose", required=True, help="What for; it stands on the audit trail.")
@click.pass_obj
def shell(settings: Settings, *, rows: int, purpose: str) -> None:
    """Ask the graph for queries, one query after another, each ended by a semicolon.

    It is what /query and `graphnet query` ask, within the same limits: it can only be read. While
    the shell is open other programs reach the same graph at the address that it prints; what they
    ask is not on the audit trail, their opening is.
    """
    viewer = Viewer("analyst", account_id="command line", purpose=purpose)
    terminal = sys.stdin.isatty()
    with engine.open(settings) as opened:
        if place.filled(settings) is None:
            click.echo("filling the graph for queries ...", err=True)
            fill(opened)

        def ask(query: str) -> Table:
            return asking.ask(settings, opened.live, viewer, query, rows=rows)

        try:
            (people,) = ask(FIRST).rows[0]
            own = place.own_settings(settings)
            with connect(own):  # else it would end ten minutes after the last query
                click.echo(
                    f"{people:,} people under pseudonyms at {status(own).uri}, user neo4j, "
                    f"password in {layout(own).password}\n{HELP}",
                    err=True,
                )
                for query in queries(terminal=terminal):
                    try:
                        found = ask(query)
                    except (BadInput, Conflict, StoreError) as problem:
                        click.echo(str(problem), err=True)
                    else:
                        click.echo(table(found))
        finally:
            asking.let_go(settings)


def queries(*, terminal: bool) -> Iterator[str]:
    """Read queries from standard input, each up to its semicolon; the last may be without one."""
    lines: list[str] = []
    while True:
        if terminal:
            click.echo("... " if lines else "cypher> ", nl=False, err=True)
        line = sys.stdin.readline()
        lines.append(line)
        if not line or line.rstrip().endswith(";"):
            query = "".join(lines).strip()
            lines = []
            if query.strip(";").strip():
                yield query
        if not line:
            return


def table(found: Table) -> str:
    """Return an answer as columns of one width each."""
    rows = [[_short(name) for name in found.columns]]
    rows += [[_short(cell(value)) for value in row] for row in found.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(found.columns))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    count = len(found.rows)
    said = f"more than {count} rows: see --rows" if found.more else f"{count} rows"
    return "\n".join([*lines, f"({said})"])


def _short(value: object) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 2]} …"
