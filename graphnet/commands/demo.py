"""`graphnet demo`: a synthetic association, imported like any other, with everything running.

The demo's accounts exist only in its own data folder, and its server listens on loopback only. A
second start finds the data again; what was made half is made again.
"""

import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from graphnet import accounts, engine, synth
from graphnet.computed import refresh
from graphnet.engine import Engine
from graphnet.errors import BadValue, Conflict, GraphnetError
from graphnet.people import of_origins
from graphnet.server import fetch
from graphnet.server.control import stop
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder

PASSWORD = "demo-alumni-2003"  # noqa: S105 - the demo's own, on loopback only
DONE = "demo.json"


class Steps:
    """Says what is going on, for whatever takes longer than two seconds."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def say(self, text: str) -> None:
        """Print one line with the time since the start."""
        click.echo(f"  {time.monotonic() - self.began:5.1f} s  {text}", err=True)


@click.command()
@click.option("--alumni", default=3000, show_default=True, help="How many people to make.")
@click.option("--port", default=8000, show_default=True, help="Port of the site.")
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="The demo's data.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and do no more.")
@click.option("--prepare", is_flag=True, help="Make the data and do not serve.")
@click.pass_obj
def demo(
    settings: Settings, *, alumni: int, port: int, folder: Path, reset: bool, prepare: bool
) -> None:
    """Run the whole system on synthetic people, and print how to sign in."""
    if settings.neo4j_uri:
        raise BadValue(
            "the demo uses a Neo4j of its own: unset GRAPHNET_NEO4J_URI, or import into yours "
            "with `graphnet synth` and `graphnet import`"
        )
    folder = folder.absolute()
    if reset:
        if folder.exists():
            _stop_server(settings, folder)
            shutil.rmtree(folder)
        click.echo(f"{folder} is gone; `make demo` makes it anew.")
        return
    if not 50 <= alumni <= 2_000_000:
        raise BadValue("--alumni: between 50 and 2,000,000")
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as problem:
            raise Conflict(
                f"port {port} is taken; choose another: make demo PORT={port + 1}"
            ) from problem
    own = replace(settings, home=folder, demo=True, secure_cookies=False)
    steps = Steps()
    steps.say(f"the demo's data lies in {folder}")
    fetch(own, progress=steps.say)
    # Held to the end, so that the server stays up while children come and go.
    with engine.open(own, follow=False, migrate=True) as opened:
        steps.say("Neo4j answers")
        people = prepare_data(opened, alumni=alumni, say=steps.say)
        if prepare:
            return
        environment = os.environ | {
            "GRAPHNET_HOME": str(folder),
            "GRAPHNET_CACHE": str(own.cache),
            "GRAPHNET_DEMO": "yes",
            "GRAPHNET_SECURE_COOKIES": "no",
            "GRAPHNET_SITE_URL": f"http://127.0.0.1:{port}",
        }
        with children(environment, port=port) as running:
            wait_for_page(port, running)
            _welcome(port, people, steps)
            _watch(running)


def prepare_data(opened: Engine, *, alumni: int, say: Any) -> dict[str, Any]:
    """Make the association, import it, give it accounts and a snapshot; once.

    Returns who can sign in, by role.
    """
    store, settings = opened.store, opened.settings
    done = settings.home / DONE
    if done.exists():
        say("data of an earlier start found")
        people: dict[str, Any] = json.loads(done.read_text(encoding="utf-8"))
        return people
    files = settings.home / "synth"
    say(f"making an association of {alumni:,} alumni")
    synth.write(files, alumni=alumni, seed=2003)
    say("importing it")
    import_folder(
        store,
        mapping.read(mapping.find("synth"), files),
        files,
        ground="synthetic: these people do not exist",
        by="demo",
        rejects=settings.home / "rejects",
        progress=Progress(say),
    )
    say("making accounts")
    people = json.loads((files / "demo.json").read_text(encoding="utf-8"))
    make_accounts(store, files / "registered.csv")
    say("building the snapshot")
    refresh(store, settings.snapshots)
    for _, name, furnish in sorted(opened.core.furnishings, key=lambda one: one[:2]):
        say(f"furnishing: {name}")
        furnish(opened, people)
    refresh(store, settings.snapshots)
    draft = done.with_suffix(".draft")
    draft.write_text(json.dumps(people, ensure_ascii=False), encoding="utf-8")
    draft.replace(done)
    return people


class Progress:
    """Turns the progress of an import into a line every few seconds."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.said = time.monotonic()

    def __call__(self, done: int, of: int, what: str) -> None:
        if time.monotonic() - self.said > 3:
            self.said = time.monotonic()
            self.say(f"imported {done:,} of {of:,} rows: {what}")


def make_accounts(store: Store, registered: Path) -> None:
    """Give everyone in the list of the registered an account, all with the demo's password."""
    with registered.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = of_origins(store, (f"synth:person:{row['person_id']}" for row in rows))
    accounts.create_many(
        store,
        (
            {
                "email": row["email"],
                "person_key": keys[f"synth:person:{row['person_id']}"][0],
                "roles": row["roles"].split(";"),
                "created_at": datetime.fromisoformat(row["registered_at"]),
            }
            for row in rows
        ),
        PASSWORD,
    )


@contextmanager
def children(environment: dict[str, str], *, port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start worker and web server; stop both at the end, however it comes."""
    command = [sys.executable, "-m", "graphnet"]
    running: list[subprocess.Popen[bytes]] = []
    # Also where a shell has started us in the background, which makes Ctrl-C be ignored.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupt)
    try:
        for arguments in (["worker"], ["web", "--port", str(port)]):
            # Their own process group: Ctrl-C reaches us, and we stop them in order.
            running.append(
                subprocess.Popen([*command, *arguments], env=environment, start_new_session=True)
            )
        yield running
    except KeyboardInterrupt:
        click.echo("\nstopping ...", err=True)
    finally:
        for child in running:
            if child.poll() is None:
                child.terminate()
        for child in running:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def name_of(child: subprocess.Popen[bytes]) -> str:
    """Return the command that the process was started with."""
    words = child.args if isinstance(child.args, list) else [child.args]
    return " ".join(str(word) for word in words[1:])


def wait_for_page(port: int, running: list[subprocess.Popen[bytes]], seconds: float = 60) -> None:
    """Return when the site answers; say so if one of its processes has ended instead."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for child in running:
            if child.poll() is not None:
                raise GraphnetError(
                    f"`{name_of(child)}` ended with {child.returncode}: its messages stand above"
                )
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError, OSError):
            time.sleep(0.2)
    raise GraphnetError(f"the site did not answer on port {port} within {seconds:.0f} s")


def _welcome(port: int, people: dict[str, Any], steps: Steps) -> None:
    steps.say("ready")
    lines = [f"\n  http://127.0.0.1:{port}/", ""]
    for role in ("alumnus", "staff", "analyst", "admin"):
        if role in people:
            lines.append(f"  {role:8s}  {people[role]['email']:40s} {PASSWORD}")
    lines += ["", "  Ctrl-C stops it; `make demo` finds the data again."]
    click.echo("\n".join(lines))


def _watch(running: list[subprocess.Popen[bytes]]) -> None:
    while True:
        for child in running:
            if child.poll() is not None:
                raise GraphnetError(f"`{name_of(child)}` ended with {child.returncode}")
        time.sleep(0.5)


def _stop_server(settings: Settings, folder: Path) -> None:
    stop(replace(settings, home=folder), now=True)
