"""The `graphnet` command: each subcommand parses, calls the library once, prints.

With webapp/__init__.py the only place that wires packages together. Commands live beside what they
speak for; they are loaded when they are asked for, so that help comes at once. Exit codes: 0 done,
1 failed, 2 wrong usage.
"""

import importlib
import json
import logging
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import click

from graphnet import __version__
from graphnet.bench import TASKS
from graphnet.errors import BadInput, GraphnetError, SettingsError
from graphnet.settings import PREFIX, Settings, load

# Name: where its function is, and its line in the list of commands. The list is printed without
# loading any of them.
COMMANDS = {
    "demo": ("graphnet.commands.demo:demo", "Run the whole system on synthetic people."),
    "web": ("webapp.serve:web", "Serve the site."),
    "worker": ("graphnet.commands.worker:worker", "Do what is to be done later."),
    "jobs": ("graphnet.commands.jobs:jobs", "What waits, runs, has failed; try it again."),
    "mail": (
        "graphnet.commands.mail:mail",
        "Take in answers to letters, and letters that came back.",
    ),
    "doctor": ("graphnet.commands.doctor:doctor", "Say what is wrong with this installation."),
    "settings": ("graphnet.cli:settings_command", "Print every setting."),
    "admin": ("graphnet.commands.admin:admin", "Accounts, roles, keys, sign-in links."),
    "people": ("graphnet.commands.people:people", "Erase somebody; what is held of them."),
    "merge": ("graphnet.commands.merge:merge_command", "Join two people who are one; undo it."),
    "import": (
        "graphnet.commands.imports:import_command",
        "Import a folder of files by a mapping.",
    ),
    "synth": ("graphnet.commands.synth:synth", "Make a synthetic association."),
    "find": ("graphnet.commands.questions:find", "Find people by name."),
    "classmates": ("graphnet.commands.questions:classmates", "List somebody's groupmates."),
    "suggest": ("graphnet.commands.questions:suggest", "Suggest people whom somebody may know."),
    "reach": ("graphnet.commands.reach:reach", "Say through whom somebody may be reached."),
    "events": (
        "graphnet.commands.questions:events",
        "Recommend events or other things to somebody.",
    ),
    "recover": ("graphnet.commands.recover:recover", "Plan whom to ask to win a lost class back."),
    "list": ("graphnet.commands.listing:list_command", "List cohorts, groups, units and others."),
    "network": ("graphnet.commands.network:network_command", "Describe the whole network."),
    "central": ("graphnet.commands.network:central", "List who is central in the network."),
    "ambassadors": ("graphnet.commands.ambassadors:ambassadors", "Choose ambassadors, test reach."),
    "map": ("graphnet.commands.network:map_command", "Draw a cohort's map into a file."),
    "export": (
        "graphnet.commands.export:export_command",
        "Write the network as a data set, under pseudonyms.",
    ),
    "spark": (
        "graphnet.commands.spark:spark_command",
        "Measure a data set past one machine, on Apache Spark.",
    ),
    "query": (
        "graphnet.commands.query:query_command",
        "Ask the network in Cypher, under pseudonyms.",
    ),
    "report": (
        "webapp.features.statistics.command:report",
        "Write the one-page report for the rector.",
    ),
    "snapshot": ("graphnet.commands.snapshot:snapshot", "Build or describe the snapshot."),
    "server": ("graphnet.commands.server:server", "Start, stop and look at the local Neo4j."),
    "backup": ("graphnet.commands.server:backup", "Back the local Neo4j up."),
    "restore": ("graphnet.commands.server:restore", "Restore a backup."),
    "contest": (
        "graphnet.commands.contest:contest",
        "Seasons, rules, standings; whether they hold.",
    ),
    "contributions": (
        "graphnet.commands.contributions:contributions",
        "Lists of contributions, and the ledger's chain.",
    ),
    "statement": (
        "graphnet.commands.statement:statement",
        "Take statements of the bank in; nothing is booked.",
    ),
    "recommend": (
        "graphnet.commands.recommend:recommend",
        "Judge the lists by what people did later.",
    ),
    "names": ("graphnet.commands.names:names", "Learn how names are written."),
    "bench": ("graphnet.bench:bench", "Answer a scored task from plain files."),
    "warm": ("graphnet.cli:warm", "Compile the inner loops once."),
}


class Commands(click.Group):
    """Loads a command's module when it is asked for; turns our errors into one line and code 1."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: Any = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

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
    if context.invoked_subcommand != "warm":  # whose compiled loops are for every user
        os.umask(0o077)  # snapshots, models, letters, exports: all that is written is personal data
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    context.obj = context.obj or load()


def _shown(value: Any, separator: str) -> int | bool | str | None:
    """Return a setting as it would be written."""
    if isinstance(value, int | bool):
        return value
    if isinstance(value, tuple):
        value = separator.join(value) if any(value) else ""
    return str(value or "") or None


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def settings_command(settings: Settings, *, as_json: bool) -> None:
    """Print every setting, its value and what it is for; secrets are not printed."""
    table = []
    for setting in fields(Settings):
        value = getattr(settings, setting.name)
        if value and (
            "password" in setting.name
            or "key" in setting.name
            or "token" in setting.name
            or setting.name == "smtp_uri"  # it may have a password in it
        ):
            value = "(set)"
        table.append(
            {
                "name": PREFIX + setting.name.upper(),
                "value": _shown(value, setting.metadata["separator"]),
                "help": setting.metadata["help"],
            }
        )
    if as_json:
        click.echo(json.dumps({row["name"]: row for row in table}, ensure_ascii=False, indent=1))
        return
    for row in table:
        value = "" if row["value"] is None else row["value"]
        click.echo(f"{row['name']} = {value}\n    {row['help']}")


# The task that reads files lives above the engine, which knows none.
TASKS["contacts"] = "ingest.bench:command"

# Every package with compiled inner loops, and its function that compiles them on tiny input.
WARM = (
    "graphnet.names.warm",
    "graphnet.discovery.warm",
    "graphnet.influence.warm",
    "graphnet.maps.warm",
    "graphnet.models.warm",
)


@click.command()
def warm() -> None:
    """Compile once the inner loops and what the site and commands load: nobody waits for it."""
    # A process for each processor: compiling takes a minute and holds the interpreter's lock.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        loaded = pool.submit(load_all)
        list(pool.map(warm_package, WARM))
        loaded.result()


def warm_package(name: str) -> None:
    """Compile the inner loops of one package."""
    importlib.import_module(name).warm()


def load_all() -> None:
    """Import what the site, the worker and the commands are made of."""
    for place, _ in COMMANDS.values():
        importlib.import_module(place.partition(":")[0])
    importlib.import_module("graphnet.features").registered()
    for name in ("webapp.app", "webapp.serve", "graphnet.worker"):
        importlib.import_module(name)


if __name__ == "__main__":
    main()
