"""What is known of a running server: its process and port, in files that are ours.

A pid is believed only together with the start of its process, since pids are used again and
Neo4j's own pid file is deleted by a second server that fails to start on the same home.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class Process:
    """A process that may be believed: its pid and when it started."""

    pid: int
    started: str

    @property
    def alive(self) -> bool:
        return started(self.pid) == self.started


@dataclass(frozen=True)
class State:
    """A server that has answered a query."""

    process: Process
    port: int
    neo4j: str
    java: str
    since: str


def started(pid: int) -> str | None:
    """A text that no other process ever shares: boot and start tick; None if dead or a zombie.

    On Linux taken from the kernel's tick counter, because psutil's wall-clock time moves when the
    clock is set.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
        return _started_elsewhere(pid)
    after_name = fields.rpartition(")")[2].split()
    if after_name[0] in ("Z", "X"):
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}:{after_name[19]}"


def _started_elsewhere(pid: int) -> str | None:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return f"{process.create_time():.2f}"
    except psutil.Error:
        return None


def this_process() -> Process:
    mark = started(os.getpid())
    if mark is None:
        raise RuntimeError("the operating system does not show this process")
    return Process(os.getpid(), mark)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any] | None:
    """The content; None if there is no such file or it is not one of ours."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_process(path: Path, process: Process) -> None:
    write_json(path, asdict(process))


def read_process(path: Path) -> Process | None:
    content = read_json(path)
    try:
        return Process(int(content["pid"]), str(content["started"])) if content else None
    except (KeyError, ValueError):
        return None


def write_state(path: Path, state: State) -> None:
    write_json(path, asdict(state))


def read_state(path: Path) -> State | None:
    content = read_json(path)
    try:
        if content is None:
            return None
        process = Process(int(content["process"]["pid"]), str(content["process"]["started"]))
        return State(
            process=process,
            port=int(content["port"]),
            neo4j=str(content["neo4j"]),
            java=str(content["java"]),
            since=str(content["since"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def read_port(path: Path) -> int:
    """The port that the last server had; 0 if none is known."""
    content = read_json(path)
    try:
        port = int(content["port"]) if content else 0
    except (KeyError, TypeError, ValueError):
        return 0
    return port if 1024 <= port <= 65535 else 0
