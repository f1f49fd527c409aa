"""Every notebook runs from top to bottom, on one made association on a Neo4j of its own address."""

import ast
import os
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import graphnet
from graphnet import synth
from graphnet.commands.demo import make_accounts
from graphnet.computed import refresh
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder
from tests.conftest import WIPE
from tests.support import notebooks

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ALUMNI = 400
# What a notebook may import beside the public names of the package.
OTHERS = {"graphnet", "matplotlib", "numpy", "polars", "scipy", "networkx"}


@pytest.fixture(scope="module")
def environment(
    session_store: Store,
    settings: Settings,
    address: tuple[str, str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """An association of people who do not exist, imported once; and what says where it is."""
    home = tmp_path_factory.mktemp("association")
    own = replace(settings, home=home)
    files = home / "synth"
    synth.write(files, alumni=ALUMNI, seed=2003)
    session_store.run_alone(WIPE)
    import_folder(
        session_store,
        mapping.read(mapping.find("synth"), files),
        files,
        ground="synthetic: these people do not exist",
        by="test",
        rejects=own.rejects,
    )
    make_accounts(session_store, files / "registered.csv")
    refresh(session_store, own.snapshots)
    uri, user, password = address
    return {
        "GRAPHNET_HOME": str(home),
        "GRAPHNET_NEO4J_URI": uri,
        "GRAPHNET_NEO4J_USER": user,
        "GRAPHNET_NEO4J_PASSWORD": password,
    }


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) == 7


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_uses_public_names_only_and_says_what_would_change_it(path: Path) -> None:
    cells = code_cells(path)
    assert all(not cell.get("outputs") for cell in cells), "committed without outputs"
    tree = ast.parse("\n".join(cell.source for cell in cells))
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert {name.split(".")[0] for name in names} <= OTHERS
        assert not any(name.startswith("graphnet.") for name in names)
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_")
            if isinstance(node.value, ast.Name) and node.value.id == "graphnet":
                assert node.attr in graphnet.__all__
    text = path.read_text(encoding="utf-8")
    assert "Conclusion" in text
    assert "What would change it" in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs(
    path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    said, pictures = notebooks.run(path)
    assert "Conclusion" in said
    assert pictures
    if path.stem == "2_map_of_a_cohort":
        # The story of the made association: one intake of 2006 fell apart.
        assert "2006 has islands of 18 and 16 people" in said


def test_jupyter_runs_one_as_well(environment: dict[str, str]) -> None:
    notebook = nbformat.read(FOLDER / "7_from_scratch.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(
        cwd=str(FOLDER), env=os.environ | environment
    )
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
