"""`graphnet snapshot`: build it, describe it."""

import click

from graphnet.commands.answers import opened, show
from graphnet.computed import refresh
from graphnet.errors import SnapshotError
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot


@click.group()
def snapshot() -> None:
    """The immutable copy of the network that engines answer from."""


@snapshot.command("build")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def build_snapshot(settings: Settings, *, as_json: bool) -> None:
    """Build a snapshot now, with the name index and the measures, and make it the current one."""
    with opened(settings, follow=False) as live:
        built = refresh(live.store, settings.snapshots)
        show(built.describe(), as_json=as_json)


@snapshot.command("show")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show_snapshot(settings: Settings, *, as_json: bool) -> None:
    """Describe the current snapshot."""
    path = current(settings.snapshots)
    if path is None:
        raise SnapshotError("there is no snapshot yet: `graphnet snapshot build`")
    show(open_snapshot(path).describe() | {"folder": str(path)}, as_json=as_json)
