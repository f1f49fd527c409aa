"""`graphnet server ...`, `graphnet backup` and `graphnet restore`."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from graphnet.commands.answers import known
from graphnet.commands.shell import shell
from graphnet.erasure import remembered
from graphnet.erasure.person import apply_again
from graphnet.errors import GraphnetError, SettingsError
from graphnet.features import registered
from graphnet.server import aot, connect
from graphnet.server import backup as archive
from graphnet.server.binaries import fetch as fetch_jars
from graphnet.server.control import Status, log_text
from graphnet.server.control import start as start_server
from graphnet.server.control import status as status_of
from graphnet.server.control import stop as stop_server
from graphnet.server.progress import on_stderr
from graphnet.settings import Settings
from graphnet.store import Store

_FILE = click.Path(path_type=Path, dir_okay=False)


def _managed(settings: Settings) -> Settings:
    if settings.neo4j_uri:
        raise SettingsError(
            f"GRAPHNET_NEO4J_URI is set: {settings.neo4j_uri} is a server of your own. Start, "
            "stop and back it up with Neo4j's own tools."
        )
    return settings


def _show(found: Status, *, as_json: bool) -> None:
    if as_json:
        told = known({**asdict(found), "folder": str(found.folder)})
        click.echo(json.dumps(told | {"pid": found.pid or None}))
        return
    if not found.running:
        click.echo(f"not running; data in {found.folder}")
        return
    click.echo(f"running at {found.uri} since {found.since}, process {found.pid}")
    click.echo(f"Neo4j {found.neo4j}, Java {found.java}, data in {found.folder}")
    users = ", ".join(map(str, found.clients)) or "none seen"
    click.echo(f"used by processes: {users}")
    click.echo(
        "stays until `graphnet server stop`" if found.stays else "ends with the last of its users"
    )


@click.group()
def server() -> None:
    """See, start and stop the local Neo4j."""


server.add_command(shell)


@server.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def start(settings: Settings, *, as_json: bool) -> None:
    """Start the local Neo4j and let it stay until `graphnet server stop`.

    Other commands start it by themselves and end it with the last of them; this saves them the
    wait.
    """
    _show(start_server(_managed(settings)), as_json=as_json)


@server.command()
@click.option("--now", is_flag=True, help="Stop it although other programs use it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def stop(settings: Settings, *, now: bool, as_json: bool) -> None:
    """Stop the local Neo4j."""
    stopped = stop_server(_managed(settings), now=now)
    if as_json:
        click.echo(json.dumps({"stopped": stopped}))
    else:
        click.echo("stopped" if stopped else "was not running")


@server.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def status(settings: Settings, *, as_json: bool) -> None:
    """Say whether the local Neo4j runs, where, and who uses it."""
    _show(status_of(_managed(settings)), as_json=as_json)


@server.command()
@click.option("--lines", default=40, show_default=True, help="How many of the last lines.")
@click.pass_obj
def logs(settings: Settings, *, lines: int) -> None:
    """Print the end of the local Neo4j's log."""
    click.echo(log_text(_managed(settings), lines=lines))


@server.command()
@click.option("--fast-start", is_flag=True, help="Also make the cache for fast starts (a minute).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def fetch(settings: Settings, *, fast_start: bool, as_json: bool) -> None:
    """Download Neo4j and check every file against neo4j.lock."""
    binaries = fetch_jars(settings)
    cache = aot.make(settings, progress=on_stderr()) if fast_start else None
    if as_json:
        told = {
            "neo4j": binaries.neo4j_version,
            "java": binaries.java_version,
            "jars": len(binaries.jars),
            "folder": str(binaries.jars[0].parent),
            "fast_start": str(cache) if cache else None,
        }
        click.echo(json.dumps(told))
        return
    click.echo(
        f"Neo4j {binaries.neo4j_version}: {len(binaries.jars)} jars in {binaries.jars[0].parent}, "
        f"Java {binaries.java_version}"
    )
    if fast_start:
        click.echo(f"fast starts: {cache}" if cache else "fast starts need Java 25 or newer")


@click.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@click.pass_obj
def backup(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Write the local Neo4j's data to FILE. Nobody else may use the server meanwhile."""
    manifest = archive.backup(_managed(settings), file)
    if as_json:
        click.echo(json.dumps(asdict(manifest)))
    else:
        click.echo(f"{file}: {manifest.bytes / 1e6:.1f} MB of Neo4j {manifest.neo4j}")


def _erased_now(settings: Settings) -> set[int]:
    """Who is erased in the data that are about to be replaced, if those can be read at all."""
    try:
        with (
            connect(settings) as connection,
            Store(connection.uri, connection.user, connection.password) as store,
        ):
            return remembered.in_graph(store)
    except GraphnetError as problem:
        click.echo(
            f"the present data cannot be read ({problem}): only the erasures in "
            f"{settings.home / remembered.FILE} are applied again",
            err=True,
        )
        return set()


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Replace the present data without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print what was restored as JSON.")
@click.pass_obj
def restore(settings: Settings, file: Path, *, yes: bool, as_json: bool) -> None:
    """Replace the local Neo4j's data by those of FILE, a backup."""
    _managed(settings)
    manifest = archive.read_manifest(file)
    if not yes:
        click.confirm(
            f"This replaces all data in {settings.home} by the backup of {manifest.made}. Go on?",
            abort=True,
            err=True,
        )
    gone = remembered.in_file(settings.home) | _erased_now(settings)
    archive.restore(settings, file)
    with (
        connect(settings) as connection,
        Store(connection.uri, connection.user, connection.password) as store,
    ):
        again = apply_again(store, gone, registered().holdings)
    if again:
        click.echo(f"{again} people who were erased since then have been erased again", err=True)
    if as_json:
        click.echo(json.dumps(asdict(manifest)))
    else:
        click.echo(f"restored the data of {manifest.made}")
