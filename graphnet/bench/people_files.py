"""What the tasks `people` and `recovery` read: ties and attributes of people, as plain files."""

import csv
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import BadFile
from graphnet.snapshot.arrays import Ties


@dataclass(frozen=True)
class University:
    """People of a university by position, which is the rank of their id."""

    ids: NDArray[np.int64]
    ties: Ties
    attributes: NDArray[np.int32]
    columns: tuple[str, ...]

    def positions(self, path: Path) -> NDArray[np.int64]:
        """Read a file with a column `id`, as positions in the order of the file."""
        ids = read_ids(path)
        places = np.searchsorted(self.ids, ids)
        if len(ids) and (places.max() >= len(self.ids) or (self.ids[places] != ids).any()):
            raise BadFile(f"{path} names somebody who is not in attributes.csv")
        return places


def read_numbers(path: Path, of: type[np.int64] | type[np.float64]) -> NDArray[Any]:
    """Read numbers separated by commas, under a heading; without a row there is nothing to warn of.

    Raises
    ------
    OSError, ValueError
        As numpy does.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "loadtxt: input contained no data", UserWarning)
        return np.loadtxt(path, delimiter=",", skiprows=1, dtype=of, ndmin=2)


def read_ids(path: Path) -> NDArray[np.int64]:
    """Read a file with one column of whole numbers under a heading."""
    try:
        rows = read_numbers(path, np.int64)
    except (OSError, ValueError) as problem:
        raise BadFile(f"{path}: {problem}") from problem
    return rows[:, 0] if rows.size else np.zeros(0, np.int64)


def read_university(folder: Path) -> University:
    """Read attributes.csv and edges.csv.

    Raises
    ------
    BadFile
        If one is missing, or does not hold what its heading says.
    """
    path = folder / "attributes.csv"
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = [row for row in csv.reader(file) if row]
        ids = np.array([int(row[0]) for row in rows], np.int64)
        order = np.argsort(ids)
        codes = np.zeros((len(rows), len(header) - 1), np.int32)
        for column in range(1, len(header)):
            # Codes follow the order of the values, so that the order of the rows decides nothing.
            values = np.array([row[column] for row in rows])
            known = values != ""
            codes[known, column - 1] = np.unique(values[known], return_inverse=True)[1] + 1
    except (OSError, ValueError, IndexError) as problem:
        raise BadFile(f"{path}: {problem}") from problem
    ids, codes = ids[order], codes[order]
    path = folder / "edges.csv"
    try:
        edges = read_numbers(path, np.int64)
    except (OSError, ValueError) as problem:
        raise BadFile(f"{path}: {problem}") from problem
    edges = edges.reshape(-1, 2)
    ends = np.searchsorted(ids, edges)
    if len(edges) and (ends.max() >= len(ids) or (ids[ends] != edges).any()):
        raise BadFile(f"{path} names somebody who is not in attributes.csv")
    return University(
        ids, Ties.of_pairs(len(ids), ends[:, 0], ends[:, 1]), codes, tuple(header[1:])
    )
