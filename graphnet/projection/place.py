"""Where the projection lies: a folder in the home with a Neo4j of its own, and what is in it."""

import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from graphnet.server import control
from graphnet.server.layout import layout
from graphnet.settings import Settings

HEAP, PAGE_CACHE = "320m", "64m"
OPTIONS = ("-XX:TieredStopAtLevel=1",)  # one compiler: it starts sooner and needs less memory
SECONDS = 10  # of a query
# Lines of the server's configuration beyond those of every server.
LIMITS = (
    "db.memory.transaction.max=96m",
    "dbms.memory.transaction.total.max=128m",
    "dbms.security.procedures.allowlist=none",
    "dbms.security.procedures.unrestricted=none",
    "internal.dbms.cypher_ip_blocklist=0.0.0.0/0,::/0",
)


@dataclass(frozen=True)
class Filled:
    """What the projection was filled from, and when."""

    made: datetime
    snapshot: datetime
    fingerprint: str
    people: int
    ties: int


def own_settings(settings: Settings) -> Settings:
    """Return the settings of the projection's server."""
    return replace(
        settings, home=settings.home / "projection", neo4j_uri="", neo4j_heap=HEAP,
        neo4j_page_cache=PAGE_CACHE, neo4j_options=OPTIONS, query_seconds=SECONDS,
        neo4j_port=settings.query_port,
        neo4j_configuration=(
            *settings.neo4j_configuration, *LIMITS, f"db.transaction.timeout={SECONDS}s",
        ),
    )  # fmt: skip


def prepare(settings: Settings) -> None:
    """Make the folder."""
    root = layout(own_settings(settings)).root
    root.mkdir(mode=0o700, parents=True, exist_ok=True)


def _note(settings: Settings) -> Path:
    return own_settings(settings).home / "filled.json"


def filled(settings: Settings) -> Filled | None:
    """Return what is in the projection; None if there is none, or it is being filled."""
    try:
        found = json.loads(_note(settings).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return Filled(
        datetime.fromisoformat(found["made"]), datetime.fromisoformat(found["snapshot"]),
        found["fingerprint"], int(found["people"]), int(found["ties"]),
    )  # fmt: skip


def note(settings: Settings, snapshot: datetime, fingerprint: str, people: int, ties: int) -> None:
    """Say that it is whole now."""
    said = {
        "made": datetime.now(UTC).isoformat(), "snapshot": snapshot.isoformat(),
        "fingerprint": fingerprint, "people": people, "ties": ties,
    }  # fmt: skip
    draft = _note(settings).with_suffix(".new")
    draft.write_text(json.dumps(said), encoding="ascii")
    draft.replace(_note(settings))


def drop(settings: Settings) -> None:
    """Remove the projection, whoever asks it now: their next question hears that there is none."""
    own = own_settings(settings)
    if not own.home.exists():
        return
    _note(settings).unlink(missing_ok=True)
    with control.alone(own, now=True):
        # Whoever used it does not have it started again; who fills it anew does.
        layout(own).stopped.touch(mode=0o600)
        shutil.rmtree(layout(own).data, ignore_errors=True)


def people_file(settings: Settings) -> Path:
    """Return where the keys of those stand who are in the projection."""
    return own_settings(settings).home / "people.npy"
