"""A sum of every file of a folder: taken when the folder is complete, compared when it is opened.

CRC-32, as in every .npz and .zip: against disks and half-made copies, not against people, who
cannot write here anyway. It reads a gigabyte a second.
"""

import time
import zlib
from collections.abc import Mapping
from pathlib import Path

_CHUNK = 1 << 20
_AGAIN_SECONDS = 600.0


def sum_of(path: Path) -> int:
    """Return the CRC-32 of one file."""
    crc = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
    return crc


def sums(folder: Path) -> dict[str, int]:
    """Return the sum of every file below a folder, by its path in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sum_of(path) for path in files}


def damaged(folder: Path, expected: Mapping[str, int]) -> list[str]:
    """Return which files are missing or not what they were."""
    found = []
    for name, crc in expected.items():
        try:
            if sum_of(folder / name) != crc:
                found.append(name)
        except OSError:
            found.append(name)
    return found


class Watched:
    """Remembers what was found whole, for who asks every two seconds.

    Asking again costs a look at each file's size and time; all are read again once in ten minutes,
    since a disk that errs changes neither.
    """

    def __init__(self) -> None:
        self._whole: dict[Path, tuple[float, tuple[tuple[int, int, int], ...]]] = {}

    def whole(self, folder: Path, expected: Mapping[str, int]) -> bool:
        """Return whether every file is there and what it was."""
        try:
            stats = [(folder / name).stat() for name in expected]
        except OSError:
            return False
        looks = tuple((s.st_ino, s.st_size, s.st_mtime_ns) for s in stats)
        now = time.monotonic()
        when, known = self._whole.get(folder, (0.0, ()))
        if known == looks and now - when < _AGAIN_SECONDS:
            return True
        if damaged(folder, expected):
            self._whole.pop(folder, None)
            return False
        self._whole = {folder: (now, looks)}  # an older folder is not asked for again
        return True
