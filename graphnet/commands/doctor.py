"""`graphnet doctor`: what is wrong with an installation, and how to mend it."""

import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import click

from graphnet import changes, checks, jobs, mail, schema
from graphnet.errors import GraphnetError
from graphnet.server import connect
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot
from graphnet.store import Store

SMALLEST_FREE = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `good`, `note` or `bad`, and what to do about it."""

    state: str
    what: str
    mend: str = ""


def python_and_packages(settings: Settings) -> Iterator[Finding]:
    """The interpreter and the packages that have compiled parts."""
    for name in ("numpy", "scipy", "numba", "sklearn", "neo4j"):
        try:
            importlib.import_module(name)
        except ImportError as problem:
            yield Finding("bad", f"{name} cannot be imported: {problem}", "make venv")
            return
    yield Finding("good", f"Python {sys.version.split()[0]} with all packages")


def folders(settings: Settings) -> Iterator[Finding]:
    """Where data and caches lie: can be written, with room left."""
    for name, path in (("GRAPHNET_HOME", settings.home), ("GRAPHNET_CACHE", settings.cache)):
        there = path
        while not there.exists():
            there = there.parent
        if not os.access(there, os.W_OK):
            yield Finding("bad", f"{path} cannot be written", f"chown it, or set {name}")
            continue
        free = shutil.disk_usage(there).free
        if free < SMALLEST_FREE:
            yield Finding(
                "bad", f"{path}: only {free / 1024**3:.1f} GiB free", f"make room, or set {name}"
            )
        else:
            yield Finding("good", f"{path}: {free / 1024**3:.0f} GiB free")


def secrets(settings: Settings) -> Iterator[Finding]:
    """What a site that strangers can reach must have."""
    if settings.demo:
        yield Finding("note", "this is a demo: loopback only, demo accounts")
    elif not settings.secret_key:
        yield Finding(
            "note",
            "no secret key: the web server will refuse to start",
            "export GRAPHNET_SECRET_KEY=$(graphnet admin secret-key)",
        )
    else:
        yield Finding("good", "a secret key is set")
    if not settings.demo and not settings.secure_cookies:
        yield Finding("bad", "cookies go over plain HTTP", "unset GRAPHNET_SECURE_COOKIES")


def graph(store: Store, settings: Settings) -> Iterator[Finding]:
    """Migrations, and what Community Edition cannot enforce."""
    yield Finding("good", f"Neo4j {store.server_version()} answers")
    missing = schema.missing(store)
    if missing:
        yield Finding("bad", f"migrations not done: {missing}", "graphnet doctor --mend")
        return
    for check in checks.CHECKS:
        broken = store.read(check.query)[0]["n"]
        if broken:
            yield Finding("bad", f"{broken} {check.what}", check.mend)
    yield Finding("good", f"{len(checks.CHECKS)} checks of the graph's shape made")


def snapshot(store: Store, settings: Settings) -> Iterator[Finding]:
    """The current snapshot and how far it is behind."""
    path = current(settings.snapshots)
    if path is None:
        yield Finding("note", "no snapshot yet", "graphnet snapshot build, or start a worker")
        return
    opened = open_snapshot(path)
    behind = changes.newest(store) - opened.version
    age = (datetime.now(UTC) - opened.built_at).total_seconds() / 60
    yield Finding(
        "good", f"snapshot of {opened.n:,} people, {age:.0f} min old, {behind} changes behind"
    )


def workers(store: Store, settings: Settings) -> Iterator[Finding]:
    """Workers that live, and jobs that failed."""
    living = [beat for beat in jobs.alive(store) if beat["kind"] == "worker"]
    if living:
        yield Finding("good", f"{len(living)} worker(s) alive")
    else:
        yield Finding("note", "no worker is running", "graphnet worker")
    for row in jobs.counts(store):
        if row["state"] == "failed":
            yield Finding(
                "bad",
                f"{row['n']} {row['kind']} job(s) failed",
                "graphnet jobs list --state failed",
            )
        if row["kind"] == mail.KIND and row["state"] == "waiting" and not mail.ready(settings):
            yield Finding(
                "bad",
                f"{row['n']} letter(s) wait: no mail server is named",
                "set GRAPHNET_SMTP_URI",
            )


WITHOUT_GRAPH: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    python_and_packages,
    folders,
    secrets,
)
WITH_GRAPH: tuple[Callable[[Store, Settings], Iterator[Finding]], ...] = (graph, snapshot, workers)


def examine(settings: Settings, *, mend: bool = False) -> list[Finding]:
    """Look at everything; a part that breaks is a finding, and the rest is still looked at."""
    findings = [finding for part in WITHOUT_GRAPH for finding in part(settings)]
    try:
        with (
            connect(settings) as connection,
            Store(connection.uri, connection.user, connection.password) as store,
        ):
            if mend:
                done = schema.migrate(store)
                findings.append(Finding("note", f"migrations done now: {done or 'none needed'}"))
            for part in WITH_GRAPH:
                try:
                    findings.extend(part(store, settings))
                except GraphnetError as problem:
                    findings.append(Finding("bad", str(problem)))
    except GraphnetError as problem:
        findings.append(Finding("bad", str(problem)))
    return findings


@click.command()
@click.option("--mend", is_flag=True, help="Do the migrations that are missing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def doctor(settings: Settings, *, mend: bool, as_json: bool) -> None:
    """Say what is wrong with this installation and how to mend it; 1 if anything is."""
    findings = examine(settings, mend=mend)
    if as_json:
        click.echo(json.dumps([asdict(f) for f in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(f"{finding.state:5s} {finding.what}")
            if finding.mend:
                click.echo(f"      -> {finding.mend}")
    if any(finding.state == "bad" for finding in findings):
        sys.exit(1)
