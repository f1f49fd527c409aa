"""Every notebook runs from top to bottom, on a snapshot of the hand-made association."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from graphnet.computed import refresh
from graphnet.settings import Settings
from graphnet.store import Store
from tests.support.graphs import small_association

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs(
    path: Path, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_association(store)
    refresh(store, settings.snapshots)
    monkeypatch.setenv("GRAPHNET_HOME", str(settings.home))
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "committed without outputs"
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(
        cwd=str(FOLDER), env=dict(os.environ)
    )
