"""One small association as files for all tests of this folder."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graphnet import synth

TODAY = date(2026, 11, 23)
Read = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="session")
def association(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the files of 300 alumni."""
    folder = tmp_path_factory.mktemp("synth") / "a300"
    synth.write(folder, alumni=300, seed=5, today=TODAY)
    return folder


@pytest.fixture(scope="session")
def table(association: Path) -> Read:
    """Reads one of its tables."""

    def read(name: str) -> list[dict[str, str]]:
        with (association / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="session")
def truth(association: Path) -> dict[str, Any]:
    """The known answers."""
    answers: dict[str, Any] = json.loads((association / "truth.json").read_text(encoding="utf-8"))
    return answers
