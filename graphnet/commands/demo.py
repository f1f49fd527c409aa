"""`graphnet demo`: a synthetic association, imported like any other, with everything running.

The demo's accounts exist only in its own data folder, and its server listens on loopback only. A
second start finds the data again; what was made half is made again.
"""

import csv
import json
import os
import shutil
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from graphnet import accounts, engine, synth
from graphnet.commands.parts import Parts
from graphnet.computed import refresh
from graphnet.engine import Engine
from graphnet.errors import BadValue, Conflict
from graphnet.people import of_origins
from graphnet.server import fetch
from graphnet.server.control import stop
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder

PASSWORD = "demo-alumni-2003"  # noqa: S105 - the demo's own, on loopback only
DONE = "demo.json"
PREPARING_SECONDS = 300  # limit of one query while the data are made
_CLEAR = "\r\x1b[2K"  # the beginning of the line, and away with it
_SHOW_SECONDS = 0.2


class Steps:
    """Says what is going on: one line a step; how far a step is only on a terminal, in place."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self._shown = 0.0

    def _line(self, text: str) -> str:
        return f"  {time.monotonic() - self.began:5.1f} s  {text}"

    def say(self, text: str) -> None:
        """Print one line with the time since the start."""
        click.echo((_CLEAR if sys.stderr.isatty() else "") + self._line(text), err=True)

    def progress(self, text: str) -> None:
        """Show how far the present step is."""
        if sys.stderr.isatty() and time.monotonic() - self._shown > _SHOW_SECONDS:
            self._shown = time.monotonic()
            click.echo(_CLEAR + self._line(text), err=True, nl=False)

    def rows(self, done: int, of: int, what: str) -> None:
        """Show how far an import is."""
        self.progress(f"imported {done:,} of {of:,} rows: {what}")


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
    # No visitor waits for what is made here: on a slow machine a cold server may take its time.
    patient = max(settings.query_seconds, PREPARING_SECONDS)
    own = replace(settings, home=folder, demo=True, secure_cookies=False, query_seconds=patient)
    steps = Steps()
    steps.say(f"the demo's data lies in {folder}")
    fetch(own, progress=steps.progress)
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Files of people are made while the server starts.
        made = None if (folder / DONE).exists() else beside.submit(make_files, folder, alumni)
        steps.say("starting Neo4j" + ("" if made is None else f", making {alumni:,} alumni"))
        # Held to the end, so that the server stays up while the parts come and go.
        opened = engine.open(own, follow=False, migrate=True)
    with opened:
        steps.say("Neo4j answers")
        people, fresh = import_data(opened, None if made is None else made.result(), steps)
        if prepare:
            if fresh:
                furnish_data(opened, people, steps)
            return
        environment = os.environ | {
            "GRAPHNET_HOME": str(folder),
            "GRAPHNET_CACHE": str(own.cache),
            "GRAPHNET_DEMO": "yes",
            "GRAPHNET_SECURE_COOKIES": "no",
            "GRAPHNET_SITE_URL": f"http://127.0.0.1:{port}",
        }
        logs = folder / "logs"
        with Parts(environment, port=port, logs=logs) as parts:
            steps.say(f"starting the site; worker and web server write to {logs}")
            parts.start("web", "--port", str(port))
            parts.wait_for_page()
            _welcome(port, people, steps)
            if fresh:
                # Everybody is there, and each act is whole when it can be seen. The worker waits:
                # what it learns and sends should be of the demo as a whole.
                steps.say("the page is open; what people have done there is still being made")
                furnish_data(opened, people, steps)
                steps.say("all of it is there")
            parts.start("worker")
            parts.watch(steps.say)


def make_files(folder: Path, alumni: int) -> Path:
    """Make the association's files; return their folder."""
    files = folder / "synth"
    synth.write(files, alumni=alumni, seed=2003)
    return files


def import_data(opened: Engine, files: Path | None, steps: Steps) -> tuple[dict[str, Any], bool]:
    """Import the association, give it accounts and a snapshot; once, if there are new files.

    Returns who can sign in, by role, and whether `furnish_data` is still to come.
    """
    store, settings, say = opened.store, opened.settings, steps.say
    done = settings.home / DONE
    if files is None:
        say("data of an earlier start found")
        return json.loads(done.read_text(encoding="utf-8")), False
    say("importing the files")
    import_folder(
        store,
        mapping.read(mapping.find("synth"), files),
        files,
        ground="synthetic: these people do not exist",
        by="demo",
        rejects=settings.rejects,
        progress=steps.rows,
    )
    say("making accounts")
    people: dict[str, Any] = json.loads((files / "demo.json").read_text(encoding="utf-8"))
    make_accounts(store, files / "registered.csv")
    say("building the snapshot")
    refresh(store, settings.snapshots)
    return people, True


def furnish_data(opened: Engine, people: dict[str, Any], steps: Steps) -> None:
    """Let the people of the demo do what they have done by now, and note that this is done."""
    done = opened.settings.home / DONE
    for _, name, furnish in sorted(opened.core.furnishings, key=lambda one: one[:2]):
        steps.say(f"furnishing: {name}")
        furnish(opened, people)
    refresh(opened.store, opened.settings.snapshots)
    draft = done.with_suffix(".draft")
    draft.write_text(json.dumps(people, ensure_ascii=False), encoding="utf-8")
    draft.replace(done)


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


def _welcome(port: int, people: dict[str, Any], steps: Steps) -> None:
    steps.say("ready")
    lines = [f"\n  http://127.0.0.1:{port}/", ""]
    for role in ("alumnus", "staff", "analyst", "admin"):
        if role in people:
            lines.append(f"  {role:8s}  {people[role]['email']:40s} {PASSWORD}")
    lines += ["", "  Ctrl-C stops it; `make demo` finds the data again."]
    click.echo("\n".join(lines))


def _stop_server(settings: Settings, folder: Path) -> None:
    stop(replace(settings, home=folder), now=True)
