"""Where the managed server's files are: one folder in GRAPHNET_HOME, and its locks beside it."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from graphnet.errors import DataDirectoryUnusable
from graphnet.server.locks import lock_file
from graphnet.settings import Settings

# Beginning of the name of a folder of data that a restore has put aside and not yet given up.
BEFORE_RESTORE = "data-before-restore-"


@dataclass(frozen=True)
class Layout:
    """Paths of one managed server."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def conf(self) -> Path:
        return self.root / "conf"

    @property
    def state(self) -> Path:
        return self.root / "state.json"

    @property
    def version(self) -> Path:
        return self.root / "version.json"

    @property
    def port(self) -> Path:
        """The port that the server had last: it gets it again, so that drivers find it."""
        return self.root / "port.json"

    @property
    def password(self) -> Path:
        return self.root / "password"

    @property
    def output(self) -> Path:
        """Everything that the Java process prints."""
        return self.logs / "output.log"

    # These belong to this machine and user, not to the data.
    @property
    def clients_lock(self) -> Path:
        return lock_file(self.root, "clients.lock")

    @property
    def start_lock(self) -> Path:
        return lock_file(self.root, "start.lock")

    @property
    def keeper_lock(self) -> Path:
        return lock_file(self.root, "keeper.lock")

    @property
    def keeper(self) -> Path:
        return lock_file(self.root, "keeper.json")

    @property
    def starting(self) -> Path:
        """The Java process that was started and has not answered yet."""
        return lock_file(self.root, "starting.json")

    @property
    def failure(self) -> Path:
        """Why the last start failed; not in the data directory, which may be what is full."""
        return lock_file(self.root, "failure.json")

    @property
    def pinned(self) -> Path:
        """The keeper that `server start` asked to stay without clients."""
        return lock_file(self.root, "pinned.json")

    @property
    def stopped(self) -> Path:
        """A mark that the server was stopped on purpose, under those who used it."""
        return lock_file(self.root, "stopped")

    @property
    def keeper_log(self) -> Path:
        return lock_file(self.root, "keeper.out")


def layout(settings: Settings) -> Layout:
    return Layout(settings.home / "neo4j")


def prepare(where: Layout) -> str:
    """Make the folders and the password; return the password.

    Raises
    ------
    DataDirectoryUnusable
        If the folder cannot be written to.
    """
    try:
        _undo_half_a_restore(where)
        where.root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (where.root, where.data, where.logs, where.conf, where.root / "import"):
            folder.mkdir(parents=True, exist_ok=True)
        where.root.chmod(0o700)
        probe = where.root / "writable"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
        return _password(where)
    except OSError as problem:
        raise unusable(where.root, problem) from problem


def _undo_half_a_restore(where: Layout) -> None:
    """A restore was killed between its two renames: the data put aside are the data."""
    aside = sorted(where.root.glob(BEFORE_RESTORE + "*"))
    if aside and not where.data.exists():
        aside[-1].rename(where.data)


def unusable(folder: Path, problem: OSError) -> DataDirectoryUnusable:
    return DataDirectoryUnusable(
        f"the data directory {folder} cannot be written to: {problem.strerror}. "
        "Make room or give yourself the right to write there, or set GRAPHNET_HOME to another "
        "folder."
    )


def read_password(where: Layout) -> str:
    try:
        return where.password.read_text(encoding="ascii").strip()
    except OSError as problem:
        raise DataDirectoryUnusable(
            f"the password of the local Neo4j, {where.password}, cannot be read: {problem.strerror}"
        ) from problem


def _password(where: Layout) -> str:
    """The directory's own random password, made once, in a file that only its owner reads."""
    if not where.password.exists():
        draft = where.password.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(where.password)
    return read_password(where)
