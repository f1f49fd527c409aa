"""The `graphnet` command: each subcommand parses, calls the library once, prints.

With webapp/__init__.py the only place that wires packages together. Commands live beside what they
speak for; they are loaded when they are asked for, so that help comes at once. Exit codes: 0 done,
1 failed, 2 wrong usage.
"""

import importlib
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import click

from graphnet import __version__
from graphnet.errors import BadInput, GraphnetError, SettingsError
from graphnet.settings import PREFIX, Settings, load

COMMANDS = {
    "demo": "webapp.demo:demo",
    "server": "graphnet.server.command:server",
    "backup": "graphnet.server.command:backup",
    "restore": "graphnet.server.command:restore",
    "import": "ingest.command:import_command",
    "synth": "graphnet.synth.command:synth",
    "find": "webapp.commands:find",
    "classmates": "webapp.commands:classmates",
    "suggest": "webapp.commands:suggest",
    "events": "webapp.commands:events",
    "central": "webapp.commands:central",
    "map": "webapp.commands:map_command",
    "snapshot": "webapp.commands:snapshot",
    "worker": "webapp.worker:worker",
    "web": "webapp.serve:web",
    "admin": "graphnet.accounts.command:admin",
    "names": "graphnet.names.command:names",
    "bench": "graphnet.bench:bench",
    "doctor": "webapp.doctor:doctor",
    "settings": "graphnet.cli:settings_command",
    "warm": "graphnet.cli:warm",
}


class Commands(click.Group):
    """Loads a command's module when it is asked for; turns our errors into one line and code 1."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: Any = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, context: click.Context) -> Any:
        with errors_as_exit():
            return super().invoke(context)


@contextmanager
def errors_as_exit() -> Iterator[None]:
    """Print an error of ours as one message and leave with 2 for wrong input, 1 for the rest."""
    try:
        yield
    except (BadInput, SettingsError) as problem:
        click.echo(f"graphnet: {problem}", err=True)
        sys.exit(2)
    except GraphnetError as problem:
        click.echo(f"graphnet: {problem}", err=True)
        sys.exit(1)


@click.group(cls=Commands)
@click.version_option(__version__)
@click.option("--verbose", is_flag=True, help="Log what happens, on standard error.")
@click.pass_context
def main(context: click.Context, *, verbose: bool) -> None:
    """A graph-based networking engine for a university's alumni association."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    context.obj = context.obj or load()


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def settings_command(settings: Settings, *, as_json: bool) -> None:
    """Print every setting, its value and what it is for; secrets are not printed."""
    table = []
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        if value and (
            "password" in setting.name or "key" in setting.name or "token" in setting.name
        ):
            value = "(set)"
        table.append(
            {
                "name": PREFIX + setting.name.upper(),
                "value": value if isinstance(value, int | bool) else str(value or ""),
                "help": setting.metadata["help"],
            }
        )
    if as_json:
        click.echo(json.dumps(table, ensure_ascii=False, indent=1))
        return
    for row in table:
        click.echo(f"{row['name']} = {row['value']}\n    {row['help']}")


# Every package with compiled inner loops, and its function that compiles them on tiny input.
WARM = (
    "graphnet.names.warm",
    "graphnet.discovery.warm",
    "graphnet.influence.warm",
    "graphnet.maps.warm",
    "graphnet.recommend.warm",
)


@click.command()
def warm() -> None:
    """Compile the inner loops once, so that the first visitor does not wait for it."""
    for name in WARM:
        importlib.import_module(name).warm()


if __name__ == "__main__":
    main()
