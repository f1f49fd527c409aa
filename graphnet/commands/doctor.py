"""`graphnet doctor`: what is wrong with an installation, and how to mend it."""

import importlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from graphnet import changes, checks, engine, jobs, live, mail, migrations, schema
from graphnet.computed import measured, refresh
from graphnet.discovery import stored
from graphnet.errors import GraphnetError, SnapshotError
from graphnet.recommendations import fitted
from graphnet.settings import Settings
from graphnet.snapshot import current, open_snapshot
from graphnet.store import Store

SMALLEST_FREE = 2 * 1024**3
UNFINISHED_SECONDS = 3600.0  # no snapshot and no fit takes so long
RETRY_SECONDS = 2.0  # somebody waits for what is wrong: one that does not answer is a finding
MENDS = "graphnet doctor --mend"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `good`, `note` or `bad`, and what to do about it.

    `restore` does it, where a program can, and says what it has done.
    """

    state: str
    what: str
    mend: str = ""
    restore: Callable[[], str] | None = None


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


def loose(home: Path) -> list[Path]:
    """Return what in the data folder others than its owner may read or enter."""
    paths = [home, *sorted(home.rglob("*"))] if home.exists() else []
    return [p for p in paths if not p.is_symlink() and p.lstat().st_mode & 0o077]


def privacy(settings: Settings) -> Iterator[Finding]:
    """Whether other users of this machine can read what the data folder holds."""
    found = loose(settings.home)

    def tighten() -> str:
        for path in found:
            path.chmod(path.lstat().st_mode & 0o700)
        return "now for their owner alone"

    if found:
        yield Finding(
            "bad",
            f"{len(found)} files and folders in {settings.home} can be read by other users of "
            f"this machine, such as {found[0]}",
            MENDS,
            tighten,
        )


def limits(settings: Settings) -> Iterator[Finding]:
    """Whether all web processes count tries together."""
    if settings.limits_uri.startswith("memory:"):
        yield Finding(
            "note",
            "each web process counts tries for itself: with two, twice as many wrong passwords "
            "are let through",
            "set GRAPHNET_LIMITS_URI=redis://host:port, or `graphnet web --workers 1`",
        )


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
    missing = migrations.missing(store)
    if missing:
        yield Finding(
            "bad",
            f"migrations not done: {missing}",
            MENDS,
            lambda: f"done: {migrations.migrate(store)}",
        )
        if migrations.missing(store):
            return
    for wanted in schema.lacking(store):
        yield Finding(
            "bad",
            f"a constraint or index is missing or another one: {wanted.name}",
            MENDS,
            partial(_restore, store, wanted),
        )
    for check in checks.CHECKS:
        broken = store.read(check.query)[0]["n"]
        if broken:
            yield Finding("bad", f"{broken} {check.what}", check.mend)
    yield Finding("good", f"{len(checks.CHECKS)} checks of the graph's shape made")


def _restore(store: Store, wanted: schema.Piece) -> str:
    schema.restore(store, wanted)
    return "made again"


def snapshot(store: Store, settings: Settings) -> Iterator[Finding]:
    """The current snapshot: whole, and how far behind; what is computed from it lies beside it."""
    folder = settings.snapshots

    def build() -> str:
        return f"built anew, of {refresh(store, folder).n:,} people"

    path = current(folder)
    if path is None:
        yield Finding("note", "no snapshot yet", "graphnet snapshot build, or start a worker")
        return
    if not live.usable(path):
        try:
            open_snapshot(path)
            what = f"the name index of snapshot {path.name} is of another program"
        except SnapshotError as problem:
            what = str(problem)
        yield Finding("bad", what, MENDS, build)
    elif not measured(path):
        yield Finding("bad", f"the measures of snapshot {path.name} are damaged", MENDS, build)
    path = current(folder)
    if path is None or not live.usable(path):
        return
    opened = open_snapshot(path)
    behind = changes.newest(store) - opened.version
    age = (datetime.now(UTC) - opened.built_at).total_seconds() / 60
    yield Finding(
        "good", f"snapshot of {opened.n:,} people, {age:.0f} min old, {behind} changes behind"
    )

    def learn() -> str:
        stored.learn(opened, path)
        return "learned anew"

    if (path / stored.FACTS).exists() and not stored.whole(path):
        yield Finding("bad", f"the model of people beside {path.name} is damaged", MENDS, learn)

    def fit() -> str:
        fitted.refit(store, opened, settings.models)
        return "fitted anew"

    wrong = fitted.damaged(settings.models)
    if wrong:
        yield Finding("bad", f"learned models are damaged: {', '.join(wrong)}", MENDS, fit)


def leftovers(store: Store, settings: Settings) -> Iterator[Finding]:
    """What a program that was killed has left unfinished."""
    now = time.time()
    found = [
        path
        for folder in (settings.snapshots, settings.models)
        for path in (sorted(folder.glob(".draft-*")) if folder.exists() else ())
        if now - path.stat().st_mtime > UNFINISHED_SECONDS
    ]

    def remove() -> str:
        for path in found:
            shutil.rmtree(path)
        return "removed"

    if found:
        yield Finding("bad", f"{len(found)} unfinished folders, such as {found[0]}", MENDS, remove)


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
    privacy,
    secrets,
    limits,
)
WITH_GRAPH: tuple[Callable[[Store, Settings], Iterator[Finding]], ...] = (
    graph,
    snapshot,
    leftovers,
    workers,
)


def settled(parts: Iterator[Finding], *, mend: bool) -> Iterator[Finding]:
    """Yield what was found, mended where that was wanted and a program can; errors too."""
    try:
        for finding in parts:
            if not mend or finding.restore is None:
                yield finding
                continue
            try:
                yield Finding("note", f"{finding.what}: {finding.restore()}")
            except (GraphnetError, OSError) as problem:
                yield Finding("bad", f"{finding.what}; it could not be mended: {problem}")
    except (GraphnetError, OSError) as problem:
        yield Finding("bad", str(problem))


def examine(settings: Settings, *, mend: bool = False) -> list[Finding]:
    """Look at everything; a part that breaks is a finding, and the rest is still looked at."""
    findings = [f for part in WITHOUT_GRAPH for f in settled(part(settings), mend=mend)]
    try:
        with engine.open(settings, follow=False, retry_seconds=RETRY_SECONDS) as opened:
            opened.store.server_version()  # a Neo4j that is not there is said once
            for part in WITH_GRAPH:
                findings.extend(settled(part(opened.store, settings), mend=mend))
    except GraphnetError as problem:
        findings.append(Finding("bad", str(problem)))
    return findings


@click.command()
@click.option("--mend", is_flag=True, help="Restore what can be restored.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@click.pass_obj
def doctor(settings: Settings, *, mend: bool, as_json: bool) -> None:
    """Say what is wrong with this installation and how to mend it; 1 if anything is."""
    findings = examine(settings, mend=mend)
    if as_json:
        table = [{"state": f.state, "what": f.what, "mend": f.mend or None} for f in findings]
        click.echo(json.dumps(table, ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(f"{finding.state:5s} {finding.what}")
            if finding.mend:
                click.echo(f"      -> {finding.mend}")
    if any(finding.state == "bad" for finding in findings):
        sys.exit(1)
