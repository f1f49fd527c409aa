"""The public names: which they are, what they cost, that each is documented with its numbers."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import graphnet
from tests import reference

ROOT = Path(__file__).parents[3]
CLASSES = [one for name in graphnet.__all__ if inspect.isclass(one := getattr(graphnet, name))]
FUNCTIONS = ("open_installation", "open_snapshot", "synthetic")


def test_the_public_names_are_exactly_the_documented_ones() -> None:
    page = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
    assert re.findall(r"^## `(\w+)`$", page, re.M) == [
        name for name in graphnet.__all__ if name != "__version__"
    ]
    assert len(graphnet.__all__) == len(set(graphnet.__all__)) <= 18
    assert set(graphnet.__all__) <= set(dir(graphnet))
    assert "reference/python.md" not in reference.stale()


def test_each_is_documented_and_typed() -> None:
    for name in FUNCTIONS:
        function = getattr(graphnet, name)
        said = inspect.getdoc(function) or ""
        signature = inspect.signature(function)
        for parameter in signature.parameters:
            assert re.search(rf"^{parameter}\b", said, re.M), f"{name}: {parameter}"
        assert ">>> " in said
    for one in CLASSES:
        assert inspect.getdoc(one), one
        for name, method in vars(one).items():
            if name.startswith("_") or not inspect.isfunction(method):
                continue
            said = inspect.getdoc(method) or ""
            assert said, f"{one.__name__}.{name}"
            given = [p for p in inspect.signature(method).parameters if p != "self"]
            assert "return" in inspect.get_annotations(method), f"{one.__name__}.{name}"
            if "Parameters\n" in said:
                parts = said.split("Parameters\n", 1)[1]
                for parameter in given:
                    assert re.search(rf"\b{parameter}\b", parts), f"{one.__name__}.{name}"


def test_importing_it_loads_nothing() -> None:
    code = "import sys, graphnet; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert not {"numpy", "polars", "scipy", "neo4j", "numba"} & set(done.stdout.split())


def test_what_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = graphnet.nothing_like_it  # type: ignore[attr-defined]
