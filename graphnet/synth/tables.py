"""The files: one CSV for each kind of node and tie, columns named as the properties they become."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

UNKNOWN = -1  # of whole numbers: years, terms, days
_FIRST_DAY = date(1880, 1, 1).toordinal()
_DAYS = [
    date.fromordinal(day).isoformat() for day in range(_FIRST_DAY, date(2130, 1, 1).toordinal())
]
_CHUNK = 200_000


class Folder:
    """Writes tables into a folder and counts their rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, int] = {}
        path.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, columns: Mapping[str, Sequence[Any] | np.ndarray]) -> None:
        """Write one table of columns of the same length; -1 in whole numbers is an empty cell."""
        listed = [_cells(column) for column in columns.values()]
        rows = zip(*listed, strict=True)
        self._write(name, list(columns), rows)

    def write_rows(self, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write one table of rows; None is an empty cell."""
        self._write(name, header, rows)

    def _write(self, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        count = 0
        with (self.path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            rows = iter(rows)
            while chunk := list(islice(rows, _CHUNK)):
                writer.writerows(chunk)
                count += len(chunk)
        self.rows[name] = count


def _cells(column: Sequence[Any] | np.ndarray) -> Sequence[Any]:
    if not isinstance(column, np.ndarray):
        return column
    values: list[Any] = column.tolist()
    if column.dtype.kind == "i" and len(column) and column.min() < 0:
        return ["" if value == UNKNOWN else value for value in values]
    if column.dtype.kind == "b":
        return ["true" if value else "" for value in values]
    return values


def days(ordinals: np.ndarray) -> list[str]:
    """Return dates as text; `UNKNOWN` is empty."""
    return ["" if day == UNKNOWN else _DAYS[day - _FIRST_DAY] for day in ordinals.tolist()]


def moments(seconds: Iterable[int]) -> list[str]:
    """Return times, given in seconds since 1970, as text in UTC; `UNKNOWN` is empty."""
    return [
        "" if at == UNKNOWN else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for at in seconds
    ]


def numbered(prefix: str, n: int, width: int = 0) -> list[str]:
    """Return identifiers of n things in their source."""
    return [f"{prefix}{i:0{width}d}" for i in range(1, n + 1)]
