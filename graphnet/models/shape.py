"""The shape that every model shares, and how a model is kept in a file.

A model has ``fit(interactions)``, ``recommend(history, k, exclude=...)``, ``contributions(history,
item)``; positions in, positions and scores out. What may not be seen is taken out of the data
before it is learned from (`visible`), and out of the candidates before they are scored
(`exclude`): a score that has seen somebody hidden gives them away even where the name is left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graphnet.errors import BadValue, ModelMissing, SnapshotError
from graphnet.snapshot import read_npz

Positions = NDArray[np.int64]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Contributions:
    """Why one item has its score: ``base + parts.sum()`` is the score.

    Attributes
    ----------
    parts : array of shape (history,), float64
        What each item of the history adds.
    base : float
        What comes from elsewhere, such as general popularity.
    witnesses : array of shape (history,), int64
        How many other people connect the two items; a page must not show a count under 3.
    """

    parts: NDArray[np.float64]
    base: float
    witnesses: NDArray[np.int64]

    @property
    def score(self) -> float:
        """The score that the parts make."""
        return float(self.base + self.parts.sum())


def visible(
    interactions: sp.csr_matrix,
    *,
    hidden_people: Mask | None = None,
    hidden_items: Mask | None = None,
) -> sp.csr_matrix:
    """Return the interactions without those of hidden people or items; the shape stays."""
    coordinates = interactions.tocoo()
    keep = np.ones(coordinates.nnz, dtype=bool)
    if hidden_people is not None:
        keep &= ~hidden_people[coordinates.row]
    if hidden_items is not None:
        keep &= ~hidden_items[coordinates.col]
    return sp.csr_matrix(
        (coordinates.data[keep], (coordinates.row[keep], coordinates.col[keep])),
        shape=interactions.shape,
    )


def binary(interactions: sp.csr_matrix) -> sp.csr_matrix:
    """Return the same pattern with ones, float32, sorted, without repeats and stored zeros."""
    matrix = sp.csr_matrix(interactions, dtype=np.float32, copy=True)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix.data[:] = 1
    matrix.sort_indices()
    return matrix


def clean_history(history: Positions, items: int) -> NDArray[np.int32]:
    """Return the history as sorted distinct positions.

    Raises
    ------
    BadValue
        If a position is outside 0 ... items - 1.
    """
    distinct = np.unique(np.asarray(history, dtype=np.int64))
    if len(distinct) and (distinct[0] < 0 or distinct[-1] >= items):
        raise BadValue(f"the history names an item outside 0 ... {items - 1}")
    return distinct.astype(np.int32)


def save_arrays(path: Path, kind: str, facts: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write a model as one .npz of plain arrays, its facts as JSON inside; nothing is pickled.

    The file is written beside its place and then moved there, so that a reader never meets half of
    it.
    """
    header = json.dumps({"kind": kind, "version": 1, **facts}, ensure_ascii=False, sort_keys=True)
    partial = path.with_name(path.name + ".part")
    with partial.open("wb") as file:
        np.savez(file, header=np.frombuffer(header.encode(), dtype=np.uint8), **arrays)
    partial.replace(path)


def load_arrays(
    path: Path, kind: str, **expected: Any
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Read what `save_arrays` wrote.

    Raises
    ------
    ModelMissing
        If there is no such file, or it holds another kind of model or other facts than expected.
    """
    try:
        arrays = read_npz(path)
        facts = json.loads(bytes(arrays.pop("header")).decode())
    except (OSError, ValueError, KeyError, SnapshotError) as problem:
        raise ModelMissing(f"{path}: no model of kind {kind}; fit one first") from problem
    if facts.get("kind") != kind or facts.get("version") != 1:
        raise ModelMissing(f"{path}: a model of kind {facts.get('kind')}, {kind} was asked for")
    for name, value in expected.items():
        if facts.get(name) != value:
            raise ModelMissing(f"{path}: a model of other {name}; fit it again")
    return facts, arrays
