"""`graphnet contest ...` (verify a season, its standings, its rules) and `contributions ...`."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from graphnet import engine, keys
from graphnet.commands.answers import known
from graphnet.contest import archive, seasons
from graphnet.errors import SettingsError
from graphnet.ledger import backfill, chain, csv_import
from graphnet.ledger.archive import public_key, season_path, write
from graphnet.ledger.rules import read_rules
from graphnet.ledger.standings import Standing, standings
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_OUT = click.Path(path_type=Path, dir_okay=False)
VIEWER = Viewer("staff", account_id="command line", purpose="contest")


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """Connect to the store, and close it at the end."""
    with engine.open(settings, follow=False) as found:
        yield found.store


def seasons_folder(settings: Settings) -> Path:
    """Return where earlier releases kept the files of frozen seasons."""
    return settings.home / "seasons"


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
@click.option("--limit", default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def standing_command(settings: Settings, *, season: str, limit: int, as_json: bool) -> None:
    """Print staff's candidate ranking of a season: people who consented to profiling."""
    viewer = Viewer("staff", account_id="command line", purpose="candidate ranking")
    with opened(settings) as store:
        rules = read_rules(seasons.season(store, VIEWER, season).rules)
        lines = standings(store, rules, viewer, detail=slice(limit))[:limit]
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
@click.option("--key", "public", default="", help="The Association's public key, as published.")
@click.option("--file-only", is_flag=True, help="Do not compare with the live ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify_command(
    settings: Settings,
    *,
    season: str,
    published: str,
    public: str,
    file_only: bool,
    as_json: bool,
) -> None:
    """Recompute a frozen season (a name, or a file) and say every point that disagrees."""
    trusted = () if public else installation_keys(settings)
    given: dict[str, Any] = {"keys": trusted, "public": public, "published": published}
    path = Path(season)
    if path.suffix and file_only:
        found = archive.verify_file(path, **given)
    else:
        with opened(settings) as store:
            if path.suffix:
                found = archive.verify_file(path, **given, store=store)
            else:
                found = archive.verify_season(
                    store,
                    VIEWER,
                    season,
                    **given,
                    folder=seasons_folder(settings),
                    ledger=not file_only,
                )
    if as_json:
        report = asdict(found.standing) | {
            "sha256": found.sha256,
            "findings": [known(asdict(one)) for one in found.findings],
            "holds": found.holds,
        }
        click.echo(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        say(found)
    if not found.holds:
        sys.exit(1)


def say(found: archive.Verified) -> None:
    """Print a verification: each finding, what was looked at, the sum."""
    for finding in found.findings:
        click.echo(str(finding))
    standing = found.standing
    if not standing.readable:
        return
    compared = "archive and ledger" if standing.against_ledger else "archive alone"
    signed = {None: "whose signature: not checked, no key", True: "signature holds",
              False: "signature is NOT the Association's"}[standing.signed]  # fmt: skip
    click.echo(
        f"season {standing.season}: {standing.entries} entries, {standing.late} of them late, "
        f"{len(standing.standings)} standings recomputed; {compared}; {signed}"
    )
    click.echo(f"sha256 {found.sha256}")
    click.echo("everything agrees" if found.holds else f"{len(found.findings)} do not agree")


def installation_keys(settings: Settings) -> tuple[bytes, ...]:
    """Return the keys that may have sealed this installation's seasons; none without a secret."""
    try:
        return keys.trusted(settings, "seasons")
    except SettingsError:
        return ()


@contest.command("freeze")
@click.argument("season")
@click.option("--late", is_flag=True, help="Append what came after the freeze.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def freeze_command(settings: Settings, *, season: str, late: bool, as_json: bool) -> None:
    """Seal the ledger of a season that is over; publishing does it by itself."""
    key, now = keys.key(settings, "seasons"), datetime.now(UTC)
    with opened(settings) as store:
        if late:
            made = archive.freeze_late(store, VIEWER, season, key=key, now=now)
            appended, sum_ = 0 if made is None else made.entries, None
            said = f"{appended} appended" if appended else "nothing came after the freeze"
        else:
            appended, sum_ = None, archive.freeze(store, VIEWER, season, key=key, now=now)
            said = f"sha256 {sum_}"
    if as_json:
        told = {"season": season, "sha256": sum_, "appended": appended}
        click.echo(json.dumps(told | {"public_key": public_key(key)}))
        return
    click.echo(said)
    click.echo(f"public key {public_key(key)}")


@contest.command("export")
@click.argument("season")
@click.option("--out", type=_OUT, help="Where to; default: season-NAME.json here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def export_command(settings: Settings, *, season: str, out: Path | None, as_json: bool) -> None:
    """Write a season's whole archive to a file, which `graphnet contest verify` verifies."""
    path = out or season_path(Path(), season)
    with opened(settings) as store:
        write(path, archive.exported(store, VIEWER, season))
    click.echo(json.dumps({"season": season, "file": str(path)}) if as_json else str(path))


@click.group()
def contributions() -> None:
    """The ledger of contributions: lists, what an import brought, the chain of hashes."""


@contributions.command("import")
@click.argument("file", type=_FILE)
@click.option("--source", default="", help="Whose list it is; default: the file's name.")
@click.option("--rejects", type=_OUT, help="Write the rejected rows there, as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def import_command(
    settings: Settings, *, file: Path, source: str, rejects: Path | None, as_json: bool
) -> None:
    """Enter a list of contributions (CSV); the same list again changes nothing."""
    viewer = Viewer("staff", account_id="command line", purpose="import contributions")
    with opened(settings) as store:
        found = csv_import.import_list(
            store, viewer, seasons.rules(store), file, source=source or file.name
        )
    if rejects is not None:
        with rejects.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(("row", "reason", "text"))
            writer.writerows((r.row, r.reason, r.text) for r in found.rejects)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        for reject in found.rejects:
            click.echo(f"row {reject.row}: {reject.reason}: {reject.text}")
        click.echo(
            f"{found.entered} entered, {found.known} known already, {len(found.rejects)} rejected"
        )
    if found.rejects:
        sys.exit(1)


@contributions.command("backfill")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def backfill_command(settings: Settings, *, as_json: bool) -> None:
    """Enter what an import brought: registrations, who came, gifts; again without change."""
    with opened(settings) as store:
        found = backfill.backfill(store)
    if as_json:
        click.echo(json.dumps(found))
        return
    for kind, n in found.items():
        click.echo(f"{kind}: {n} new")


@contributions.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def check_command(settings: Settings, *, as_json: bool) -> None:
    """Follow the chain of hashes through the whole ledger; say where it breaks."""
    with opened(settings) as store:
        broken = chain.broken_link(store)
    if as_json:
        click.echo(json.dumps({"holds": broken is None,
                               "broken": None if broken is None else asdict(broken)}))  # fmt: skip
    elif broken is None:
        click.echo("the chain holds")
    else:
        click.echo(
            f"number {broken.number}, entry {broken.act_id or '(missing)'}: "
            f"expected {broken.expected}, found {broken.found}"
        )
    if broken is not None:
        sys.exit(1)
