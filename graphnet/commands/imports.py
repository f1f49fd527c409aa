"""`graphnet import`: files into the graph, the lawful ground of a source, undoing a run.

`graphnet import --mapping FILE.toml FOLDER` is the usual form; `runs`, `ground` and `undo` are
subcommands of the same command.
"""

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from graphnet import engine
from graphnet.commands.answers import known
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import load, mapping, runs, undoing

BY = Viewer("staff", account_id="command line", purpose="imports")


class FolderOrCommand(click.Group):
    """A group whose first argument may also be the folder to import."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in context.help_option_names:
            args = ["folder", *args]
        return super().parse_args(context, args)

    def format_usage(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(context.command_path, "--mapping FILE.toml FOLDER")
        formatter.write_usage(
            context.command_path, "runs | ground RUN TEXT | undo RUN", prefix="or: "
        )


@click.group("import", cls=FolderOrCommand)
def import_command() -> None:
    """Import a folder of files as a mapping says.

    `graphnet import folder --help` shows the options; the word `folder` can be left out.
    """


@import_command.command()
@click.option(
    "--mapping",
    "mapping_name",
    required=True,
    metavar="FILE.toml",
    help="The mapping, or the name of one that ships with the program.",
)
@click.option(
    "--ground", default="", help="The lawful ground on which the source's people are held."
)
@click.option(
    "--set", "variables", multiple=True, metavar="NAME=VALUE", help="A variable of the mapping."
)
@click.option(
    "--rejects",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for rejected rows; SOURCE-rejects by default.",
)
@click.option("--strict", is_flag=True, help="Write nothing if any row would be rejected.")
@click.option(
    "--max-rejects",
    "most_rejects",
    type=click.IntRange(min=0),
    metavar="N",
    help="Write nothing if more than N rows would be rejected.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.argument("path", metavar="FOLDER", type=click.Path(path_type=Path))
@click.pass_obj
def folder(
    settings: Settings,
    *,
    mapping_name: str,
    ground: str,
    variables: tuple[str, ...],
    rejects: Path | None,
    strict: bool,
    most_rejects: int | None,
    as_json: bool,
    path: Path,
) -> None:
    """Import FOLDER. Repeating it changes nothing; after an interruption it goes on.

    Exit status: 0 if rows came in or were there already, 1 if every row was rejected, 2 if nothing
    could be begun: files, columns or the mapping are wrong, or more rows are rejected than may be.
    """
    pairs = [text.partition("=") for text in variables]
    if bad := [name for name, sign, _ in pairs if not sign]:
        raise click.UsageError(f"--set {bad[0]}: write NAME=VALUE")
    chosen = mapping.read(
        mapping.find(mapping_name), path, variables={name: value for name, _, value in pairs}
    )
    with _store(settings) as store, _Bar() as bar:
        report = load.import_folder(
            store,
            chosen,
            path,
            ground=ground,
            by=getpass.getuser(),
            rejects=rejects,
            most_rejects=0 if strict else most_rejects,
            progress=bar,
        )
    click.echo(report.as_json() if as_json else report.as_text())
    if report.failed:
        sys.exit(1)


@import_command.command("runs")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def runs_command(settings: Settings, *, as_json: bool) -> None:
    """List the import runs, the newest first."""
    with _store(settings) as store:
        found = runs.runs(store)
    if as_json:
        rows = [known(run) for run in found]
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for run in found:
        ground = run["ground"] or "no lawful ground named: in quarantine"
        click.echo(
            f"{run['number']:>5}  {run['id']}  {run['source']}  {run['state']}  "
            f"{run['written']:,} written, {run['rejected']:,} rejected  ({ground})"
        )
    if not found:
        click.echo("Nothing has been imported yet.")


@import_command.command("ground")
@click.argument("run")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def ground_command(settings: Settings, *, run: str, text: str, as_json: bool) -> None:
    """Name the lawful ground of RUN's source: its people come out of quarantine."""
    with _store(settings) as store:
        lifted = runs.name_ground(store, run, text, getpass.getuser())
    if as_json:
        click.echo(json.dumps({"run": run, "out_of_quarantine": lifted}))
        return
    click.echo(f"{lifted:,} people, groups, events and projects came out of quarantine.")


@import_command.command("undo")
@click.option("--yes", is_flag=True, help="Do it; otherwise only say what would be done.")
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def undo_command(settings: Settings, *, run: str, yes: bool, as_json: bool) -> None:
    """Take back what RUN made, but for what others have built on."""
    with _store(settings) as store:
        undone = undoing.undo_as(store, BY, run) if yes else undoing.would_undo(store, run)
    if as_json:
        told = asdict(undone) | {"done": yes}
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
    else:
        if not yes:
            click.echo(f"Undoing run {run} would do this:")
        _tell_undone(undone)
        if not yes:
            click.echo("Nothing has been done yet. Say --yes to do it.")
    if not yes:
        sys.exit(1)


def _tell_undone(undone: undoing.Undone) -> None:
    click.echo(
        f"Gone: {undone.people:,} people, {undone.things:,} things, {undone.ties:,} ties. "
        f"Older values back: {undone.restored:,} people. Kept, for others have built on them: "
        f"{undone.kept_people:,} people, {undone.kept_things:,} things."
    )
    if undone.entries:
        click.echo(f"Taken back in the ledger by counter-entries: {undone.entries:,} entries.")
    if undone.answers:
        click.echo(f"Answers of staff about doubles that go along: {undone.answers:,}.")
    for id_, name in undone.kept:
        click.echo(f"  kept: {name} ({id_})")
    if (more := undone.kept_people - len(undone.kept)) > 0 and undone.kept:
        click.echo(f"  and {more:,} more")


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    with engine.open(settings, follow=False, migrate=True) as found:
        yield found.store


class _Bar:
    """A progress bar on standard error, on a terminal only."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._done = 0

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def __call__(self, done: int, total: int, what: str) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = click.progressbar(length=total, label="Importing", file=sys.stderr)
        self._bar.label = f"Importing: {what}"
        self._bar.update(done - self._done)
        self._done = done
