"""`graphnet jobs ...`: what waits, runs and has failed; trying something again."""

import json
from datetime import datetime
from typing import Any

import click

from graphnet import engine
from graphnet import jobs as queue
from graphnet.commands.answers import known
from graphnet.settings import Settings
from graphnet.store import Row


@click.group()
def jobs() -> None:
    """What is done later: what waits, runs and has failed."""


@jobs.command("list")
@click.option(
    "--state",
    "states",
    type=click.Choice(queue.STATES),
    multiple=True,
    default=("waiting", "running", "failed"),
    show_default=True,
    help="Only jobs in this state; may be given again.",
)
@click.option("--kind", default="", help="Only jobs of this kind.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_obj
def list_command(
    settings: Settings, *, states: tuple[str, ...], kind: str, limit: int, as_json: bool
) -> None:
    """List jobs, those that ended or are due last first. What is in a letter is not printed."""
    with engine.open(settings, follow=False) as opened:
        rows = [_plain(row) for row in queue.listed(opened.store, states, kind=kind, limit=limit)]
    if as_json:
        click.echo(json.dumps([known(row) for row in rows], ensure_ascii=False, indent=1))
        return
    for row in rows:
        moment = row["finished_at"] or row["run_at"] or ""
        click.echo(
            f"{row['id']}  {row['state']:8} {row['kind']:14} {moment[:16]}  tried {row['attempts']}"
        )
        if row["error"]:
            click.echo(f"    {row['error'].strip().splitlines()[-1]}")
    if not rows:
        click.echo("no such jobs")


@jobs.command()
@click.argument("job_id")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def retry(settings: Settings, *, job_id: str, as_json: bool) -> None:
    """Have a job that waits or has failed done as soon as a worker is free.

    A letter that has failed cannot be tried again: what it was given went when it ended.
    """
    with engine.open(settings, follow=False) as opened:
        queue.retry(opened.store, job_id)
    click.echo(json.dumps({"id": job_id, "state": "waiting"}) if as_json else "waits for a worker")


def _plain(row: Row) -> dict[str, Any]:
    return {
        name: value.to_native().isoformat()
        if hasattr(value, "to_native")
        else value.isoformat()
        if isinstance(value, datetime)
        else value
        for name, value in row.items()
    }
