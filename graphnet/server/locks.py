"""File locks of the managed server: who uses it, who starts it, who keeps it.

The kernel drops a lock with the last descriptor of its holder, however the holder died, so nobody
counts pids. The files lie in one fixed local folder of the user, not in the data directory, which
may be on a network file system, and not under TMPDIR or the login's runtime folder, which differ
between a cron job, a container shell and a desktop of the same user.
"""

import contextlib
import fcntl
import hashlib
import os
import stat
import time
from pathlib import Path

from graphnet.errors import DataDirectoryUnusable

_POLL_SECONDS = 0.02


def lock_folder() -> Path:
    """The user's folder of lock files; made on first use, refused if somebody else owns it."""
    root = Path("/var/tmp") if Path("/var/tmp").is_dir() else Path("/tmp")  # noqa: S108 - checked below
    folder = root / f"graphnet-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as problem:
        raise DataDirectoryUnusable(
            f"the folder of lock files {folder} cannot be made: {problem.strerror}"
        ) from problem
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise DataDirectoryUnusable(
            f"{folder} is not a private folder of yours (owner {found.st_uid}, mode "
            f"{stat.S_IMODE(found.st_mode):o}); it holds the locks of the local Neo4j. "
            "Remove it, or give it back to yourself with mode 700."
        )
    return folder


def lock_file(data: Path, name: str) -> Path:
    """The file called `name` that belongs to the data directory `data`."""
    return lock_folder() / f"{_key(data)}.{name}"


def _key(data: Path) -> str:
    return hashlib.sha256(os.fsencode(os.path.realpath(data))).hexdigest()[:24]


def touch_all(data: Path) -> None:
    """Renew the files' times, so that programs that empty /var/tmp by age leave them alone."""
    for path in lock_folder().glob(f"{_key(data)}.*"):
        with contextlib.suppress(FileNotFoundError):
            os.utime(path)


class FileLock:
    """An advisory lock on a whole file (`flock`), close-on-exec, released by `close` or death."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def acquire(self, *, shared: bool = False, timeout: float | None = None) -> bool:
        """Take the lock; wait at most `timeout` seconds (None: for ever); say whether it is held.

        A tidy-up of the folder may remove the file between open and lock, which would leave two
        holders of two files: so the lock counts only if the path still leads to what was locked.
        """
        if self._descriptor is not None:
            raise RuntimeError(f"{self.path} is held already")
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            descriptor = os.open(
                self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
            )
            try:
                if not _lock(descriptor, how, deadline):
                    os.close(descriptor)
                    return False
                if _same_file(descriptor, self.path):
                    self._descriptor = descriptor
                    return True
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    def close(self) -> None:
        """Let go. Closed, not unlocked: a forked copy of the descriptor may still need the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _lock(descriptor: int, how: int, deadline: float | None) -> bool:
    if deadline is None:
        fcntl.flock(descriptor, how)
        return True
    while True:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)


def _same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def free(path: Path) -> bool:
    """Whether nobody holds the lock at `path` now; asks by a shared lock, which harms nobody."""
    probe = FileLock(path)
    try:
        return probe.acquire(shared=True, timeout=0)
    finally:
        probe.close()


def holders(path: Path) -> list[int]:
    """Pids that hold or wait for the lock at `path`, as far as the kernel tells (Linux only)."""
    try:
        inode = path.stat().st_ino
        table = Path("/proc/locks").read_text(encoding="ascii")
    except OSError:
        return []
    pids: set[int] = set()
    for line in table.splitlines():
        columns = [column for column in line.split() if column != "->"]
        # 1: FLOCK ADVISORY READ 4711 08:01:131 0 EOF
        if len(columns) >= 6 and columns[1] == "FLOCK" and columns[5].endswith(f":{inode}"):
            pids.add(int(columns[4]))
    return sorted(pids)
