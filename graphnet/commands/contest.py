"""`graphnet contest list` and `show`: the seasons of the contest, as staff see them."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from graphnet.commands.contributions import VIEWER, contest, opened
from graphnet.contest import archive as kept
from graphnet.contest import seasons
from graphnet.contest.results import mistakes
from graphnet.contest.seasons import Season
from graphnet.settings import Settings
from graphnet.store import Store


@contest.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_command(settings: Settings, *, as_json: bool) -> None:
    """List all seasons, the newest first, with their phase."""
    now = datetime.now(UTC)
    with opened(settings) as store:
        rows = [
            {
                "season": one.season,
                "phase": one.phase(now),
                "title": one.terms.title,
                "rules": one.rules_sha256,
            }
            for one in seasons.seasons(store, VIEWER)
        ]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['season']:12s}  {row['phase']:10s}  {row['title']}")
    if not rows:
        click.echo("no season yet")


@contest.command("show")
@click.argument("season")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show_command(settings: Settings, *, season: str, as_json: bool) -> None:
    """Print a season: its dates, its rule file, and whether its archive adds up."""
    now = datetime.now(UTC)
    with opened(settings) as store:
        found = seasons.season(store, VIEWER, season)
        held = archive(store, found)
        shown = {
            "season": found.season,
            "phase": found.phase(now),
            "title": found.terms.title,
            "dates": {key: str(value) for key, value in vars(found.terms.dates).items()},
            "rules_version": found.rules_version,
            "rules_sha256": found.rules_sha256,
            "versions": len(seasons.versions(store, found)),
            "archive": held,
        }
    if as_json:
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    click.echo(f"{shown['title']}: {shown['phase']}")
    for key, value in vars(found.terms.dates).items():
        click.echo(f"  {key:14s} {value}")
    click.echo(f"rules version {found.rules_version}, sha256 {found.rules_sha256}")
    if held is None:
        return
    click.echo(f"sha256 {held['sha256']}")
    for mistake in held["mistakes"]:
        click.echo(f"  {mistake}")
    good = held["intact"] and not held["mistakes"]
    click.echo("the archive is unchanged and adds up" if good else "the archive does NOT add up")


def archive(store: Store, found: Season) -> dict[str, Any] | None:
    """Return the published sum, whether the archive has it still, and what does not add up."""
    parts = kept.archives(store, VIEWER, found)
    if not parts:
        return None
    full = parts.get("full")
    return {
        "sha256": kept.published_sum(parts),
        "intact": all(part["intact"] for part in parts.values()),
        "mistakes": [] if full is None else mistakes(json.loads(full["file"])),
    }
