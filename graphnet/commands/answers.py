"""What commands that answer share: who asks, and how an answer is printed.

Every such command imports this module; it loads no engine of its own, so that none waits for what
another one needs.
"""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import numpy as np

from graphnet import engine, people
from graphnet.live import Live
from graphnet.people import Card
from graphnet.privacy import Viewer
from graphnet.settings import Settings

MANY = click.IntRange(1, 500)


@contextmanager
def opened(settings: Settings, *, follow: bool = True) -> Iterator[Live]:
    """Connect, follow the feed, and close everything at the end."""
    with engine.open(settings, follow=follow) as found:
        yield found.live


def question(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--as` and `--json` to a command, and call it with a Live and a Viewer."""

    @click.option("--as", "asker", metavar="ID", help="Ask as this alumnus; default: as staff.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @click.pass_obj
    def command(settings: Settings, /, *, asker: str | None, as_json: bool, **options: Any) -> None:
        with opened(settings) as live:
            if asker:
                viewer = Viewer("alumnus", people.key_of(live.store, asker))
            else:
                viewer = Viewer("staff", account_id="command line", purpose="command line")
            show(function(live, viewer, **options), as_json=as_json)

    command.__name__, command.__doc__ = function.__name__, function.__doc__
    # Options that stand nearer to the function were collected on it by click.
    command.__click_params__ = [  # type: ignore[attr-defined]
        *command.__click_params__,  # type: ignore[attr-defined]
        *getattr(function, "__click_params__", []),
    ]
    return command


def show(rows: list[dict[str, Any]] | dict[str, Any], *, as_json: bool) -> None:
    """Print rows as a table of aligned columns, or everything as JSON (docs/reference/json.md)."""
    if as_json:
        text = json.dumps(machine(rows), ensure_ascii=False, indent=1, default=str, allow_nan=False)
        click.echo(text)
        return
    table = rows if isinstance(rows, list) else [{"what": k, "value": v} for k, v in rows.items()]
    if not table:
        click.echo("nothing found")
        return
    columns = list(table[0])
    cells = [[_said(row[name]) for name in columns] for row in table]
    widths = [max(len(line[i]) for line in [columns, *cells]) for i in range(len(columns))]
    for line in [columns, *cells]:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def machine(value: Any) -> Any:
    """Return a value as JSON has it: a number is a number, and what there is none of is null."""
    if isinstance(value, dict):
        return {key: machine(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [machine(one) for one in value]
    if isinstance(value, np.generic):
        return machine(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def known(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row in which a text that says nothing is null."""
    return {name: None if value == "" else value for name, value in row.items()}


def _said(value: Any) -> str:
    """Return a value as a table has it."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def card_row(card: Card) -> dict[str, Any]:
    """Return a person as a row; None where nothing is known, or shown to who asks."""
    study = card.studies[0] if card.studies else None
    return {
        "id": card.id,
        "name": card.name.full,
        "state": card.state,
        "group": (study.code if study else "") or None,
        "intake": study.intake_year if study else None,
    }
