"""`graphnet contest ...`: verify a season, print its standings, check a rule file."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from graphnet.community import seasons
from graphnet.community.rules import SeasonRules, read_rules, shipped
from graphnet.community.standing import Standing, standings
from graphnet.errors import BadValue
from graphnet.privacy import Viewer
from graphnet.server import connect
from graphnet.settings import Settings
from graphnet.store import Store

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """Connect to the store, and close it at the end."""
    with (
        connect(settings) as connection,
        Store(
            connection.uri,
            connection.user,
            connection.password,
            database=connection.database,
            query_seconds=settings.query_seconds,
        ) as store,
    ):
        yield store


def seasons_folder(settings: Settings) -> Path:
    """Return where frozen seasons lie."""
    return settings.home / "seasons"


def rules_of(season: str, path: Path | None) -> SeasonRules:
    """Return a season's rules: of the file given, else those that ship with the program."""
    return read_rules(path) if path is not None else shipped(season)


@click.group()
def contest() -> None:
    """The Alumni Contest: its rules, its standings, and whether a season verifies."""


@contest.command("rules")
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def rules_command(file: Path, *, as_json: bool) -> None:
    """Check a season's rule file and print its SHA-256 sum."""
    rules = read_rules(file)
    if as_json:
        click.echo(json.dumps({"sha256": rules.sha256, **rules.model_dump(mode="json")}, indent=1,
                              ensure_ascii=False, default=str))  # fmt: skip
        return
    click.echo(f"{rules.name}: season {rules.season}, version {rules.version}")
    click.echo(f"{rules.starts} to {rules.ends}, {len(rules.kinds)} kinds")
    click.echo(f"sha256 {rules.sha256}")


@contest.command("standing")
@click.argument("season")
@click.option("--rules", "path", type=_FILE, help="The rule file; default: the one shipped.")
@click.option("--limit", default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def standing_command(
    settings: Settings, *, season: str, path: Path | None, limit: int, as_json: bool
) -> None:
    """Print staff's candidate ranking of a season: people who consented to profiling."""
    rules = rules_of(season, path)
    viewer = Viewer("staff", account_id="command line", purpose="candidate ranking")
    with opened(settings) as store:
        lines = standings(store, rules, viewer)[:limit]
    rows = [row(line) for line in lines]
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    click.echo("rank  interval  total    contributed  mobilised  modes  pseudonym")
    for found in rows:
        click.echo(
            f"{found['rank']:>4}  {found['best_rank']:>3}-{found['worst_rank']:<4}  "
            f"{found['total']:>7.2f}  {found['contributed']:>11.2f}  {found['mobilised']:>9.2f}  "
            f"{len(found['modes']):>5}  {found['pseudonym']}"
        )


def row(line: Standing) -> dict[str, Any]:
    """Return a standing as plain values, under its pseudonym."""
    return {
        "rank": line.rank,
        "best_rank": line.best_rank,
        "worst_rank": line.worst_rank,
        "total": float(line.total),
        "contributed": float(line.contributed),
        "mobilised": float(line.mobilised),
        "modes": list(line.modes),
        "capped": float(line.capped),
        "award_ready": line.award_ready,
        "pseudonym": line.pseudonym,
    }


@contest.command("verify")
@click.argument("season")
@click.option("--published", default="", help="The SHA-256 sum that was published.")
@click.option("--file-only", is_flag=True, help="Do not compare with the live ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify_command(
    settings: Settings, *, season: str, published: str, file_only: bool, as_json: bool
) -> None:
    """Recompute a frozen season (a name, or a file) and say every point that disagrees."""
    path = Path(season)
    if not path.suffix:
        path = seasons.season_path(seasons_folder(settings), season)
    key = installation_key(settings)
    if file_only:
        found = seasons.verify(path, key=key, published=published)
    else:
        with opened(settings) as store:
            found = seasons.verify(path, key=key, published=published, store=store)
    if as_json:
        report = asdict(found) | {"holds": found.holds}
        click.echo(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        for finding in found.findings:
            click.echo(str(finding))
        compared = "file and ledger" if found.against_ledger else "file alone"
        signed = {None: "signature not checked: no secret key", True: "signature is ours",
                  False: "signature is NOT ours"}[found.signed]  # fmt: skip
        click.echo(
            f"season {found.season}: {found.entries} entries, {found.late} of them late, "
            f"{len(found.standings)} standings recomputed; {compared}; {signed}"
        )
        click.echo(f"sha256 {found.sha256}")
        click.echo("everything agrees" if found.holds else f"{len(found.findings)} do not agree")
    if not found.holds:
        sys.exit(1)


def installation_key(settings: Settings) -> bytes | None:
    """Return the key that signs this installation's seasons; None where there is no secret key."""
    secret = settings.secret_key
    kept = settings.home / "secret-key"
    if not secret and kept.exists():  # the demo keeps its own there
        secret = kept.read_text(encoding="ascii").strip()
    return seasons.signing_key(secret) if secret else None


@contest.command("freeze")
@click.argument("season")
@click.option("--rules", "path", type=_FILE, help="The rule file; default: the one shipped.")
@click.option("--late", is_flag=True, help="Append what came after the freeze.")
@click.pass_obj
def freeze_command(settings: Settings, *, season: str, path: Path | None, late: bool) -> None:
    """Freeze a season's entries and standings into a signed file; it never changes after that."""
    key = installation_key(settings)
    if key is None:
        raise BadValue("GRAPHNET_SECRET_KEY is not set: a frozen season is signed with it")
    folder = seasons_folder(settings)
    with opened(settings) as store:
        if late:
            appended = seasons.freeze_late(store, folder, season, key=key)
        else:
            appended = seasons.freeze(store, rules_of(season, path), folder, key=key)
    if appended is None:
        click.echo("nothing came after the freeze")
        return
    click.echo(f"{appended.path}: {appended.entries} entries\nsha256 {appended.sha256}")
