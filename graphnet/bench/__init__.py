"""`graphnet bench TASK`: the engine on plain files, for the scored tasks; one module a task.

Each module has a `command`. It reads only the files its task names, calls the functions that the
web pages call, writes the answer and reports wall time, peak memory and time a question on
standard error.
"""

import importlib
from typing import Any

import click

TASKS = {
    name: f"graphnet.bench.{name}:command"
    for name in ("people", "names", "recommend", "events", "dedupe", "spread", "recovery")
}


class Tasks(click.Group):
    """Loads a task's module only when it is run, so that `graphnet --help` stays quick."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(TASKS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in TASKS:
            return None
        module, _, attribute = TASKS[name].partition(":")
        command: Any = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Tasks)
def bench() -> None:
    """Answer a scored task from plain files with the engine itself."""
