"""`graphnet contest ...` (verify a season, its standings, its rules) and `contributions ...`."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from graphnet import engine
from graphnet.errors import BadValue, ThingNotFound
from graphnet.ledger import archive, backfill, csv_import, entries
from graphnet.ledger.rules import SeasonRules, all_rules, read_rules
from graphnet.ledger.standings import Standing, standings
from graphnet.privacy import Viewer
from graphnet.settings import Settings
from graphnet.store import Store

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_OUT = click.Path(path_type=Path, dir_okay=False)


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """Connect to the store, and close it at the end."""
    with engine.open(settings, follow=False) as found:
        yield found.store


def seasons_folder(settings: Settings) -> Path:
    """Return where frozen seasons lie."""
    return settings.home / "seasons"


def rules_folder(settings: Settings) -> Path:
    """Return where the installation's own rule files lie; they stand before the shipped ones."""
    return settings.home / "rules"


def rules_of(settings: Settings, season: str, path: Path | None) -> SeasonRules:
    """Return a season's rules: of the file given, else the installation's, else the shipped."""
    if path is not None:
        return read_rules(path)
    for rules in all_rules(rules_folder(settings)):
        if rules.season == season:
            return rules
    raise ThingNotFound(
        f"there are no rules for the season {season!r}: give --rules FILE, or put season-"
        f"{season}.toml into {rules_folder(settings)}"
    )


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
@click.option("--rules", "path", type=_FILE, help="The rule file; default: that of the season.")
@click.option("--limit", default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def standing_command(
    settings: Settings, *, season: str, path: Path | None, limit: int, as_json: bool
) -> None:
    """Print staff's candidate ranking of a season: people who consented to profiling."""
    rules = rules_of(settings, season, path)
    viewer = Viewer("staff", account_id="command line", purpose="candidate ranking")
    with opened(settings) as store:
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
    path = Path(season)
    if not path.suffix:
        path = archive.season_path(seasons_folder(settings), season)
    key = None if public else installation_key(settings)
    if file_only:
        found = archive.verify(path, key=key, public=public, published=published)
    else:
        with opened(settings) as store:
            found = archive.verify(path, key=key, public=public, published=published, store=store)
    if as_json:
        report = asdict(found) | {"holds": found.holds}
        click.echo(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        for finding in found.findings:
            click.echo(str(finding))
        compared = "file and ledger" if found.against_ledger else "file alone"
        signed = {None: "whose signature: not checked, no key", True: "signature holds",
                  False: "signature is NOT the Association's"}[found.signed]  # fmt: skip
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
    return archive.signing_key(secret) if secret else None


@contest.command("freeze")
@click.argument("season")
@click.option("--rules", "path", type=_FILE, help="The rule file; default: that of the season.")
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
            appended = archive.freeze_late(store, folder, season, key=key)
        else:
            appended = archive.freeze(store, rules_of(settings, season, path), folder, key=key)
    if appended is None:
        click.echo("nothing came after the freeze")
        return
    click.echo(f"{appended.path}: {appended.entries} entries\nsha256 {appended.sha256}")
    click.echo(f"public key {archive.public_key(key)}")


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
    rules = all_rules(rules_folder(settings))
    with opened(settings) as store:
        found = csv_import.import_list(store, viewer, rules, file, source=source or file.name)
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
        broken = entries.broken_link(store)
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
