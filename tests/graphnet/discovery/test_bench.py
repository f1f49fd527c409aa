"""The bench commands on a small university: whole lists, known people, the same twice."""

import csv
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from graphnet.bench.people import command as people
from graphnet.bench.people_files import read_university
from graphnet.bench.recovery import command as recovery
from graphnet.errors import BadFile
from tests.support.networks import classes


def write(path: Path, header: list[str], rows: list[list[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """People with ids 1000, 1003, 1006 ...; those of the first class have no tie known."""
    ties, attributes = classes(200, 3)
    ids = np.arange(200) * 3 + 1000
    source = np.repeat(np.arange(200), np.diff(ties.indptr))
    kept = (source < ties.indices) & (source >= 5)
    edges = np.column_stack([ids[source[kept]], ids[ties.indices[kept]]]).tolist()
    rows = [
        [int(i), *("" if x == 0 else f"v{x}" for x in codes)]
        for i, codes in zip(ids, attributes, strict=True)
    ]
    for folder in (tmp_path, tmp_path / "missing", tmp_path / "newcomer"):
        write(folder / "edges.csv", ["source", "target"], edges)
        write(folder / "attributes.csv", ["id", "class_year", "house", "other"], rows[::-1])
    write(tmp_path / "missing" / "users.csv", ["id"], [[int(i)] for i in ids[50:90]])
    write(tmp_path / "newcomer" / "users.csv", ["id"], [[int(i)] for i in ids[:5]])
    write(tmp_path / "lost.csv", ["id"], [[int(i)] for i in ids[50:65]])
    rest = np.r_[ids[:50], ids[65:]]
    write(tmp_path / "askable.csv", ["id"], [[int(i)] for i in rest])
    return tmp_path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", ["missing", "newcomer"])
def test_people(work: Path, case: str) -> None:
    answers = []
    for _ in range(2):
        options = ["--work", str(work), "--case", case, "--k", "7"]
        result = CliRunner().invoke(people, options, catch_exceptions=False)
        assert result.exit_code == 0
        answers.append(read(work / case / "suggestions.csv"))
    assert answers[0] == answers[1]
    university = read_university(work / case)
    lists: dict[int, list[int]] = {}
    for row in answers[0]:
        assert int(row["rank"]) == len(lists.setdefault(int(row["user"]), [])) + 1
        lists[int(row["user"])].append(int(row["suggestion"]))
    assert lists.keys() == {int(row["id"]) for row in read(work / case / "users.csv")}
    for user, found in lists.items():
        assert len(set(found)) == 7
        position = int(np.searchsorted(university.ids, user))
        tied = university.ids[university.ties.neighbours(position)]
        assert not set(found) & {user, *tied.tolist()}
        assert set(found) <= set(university.ids.tolist())


def test_recovery(work: Path) -> None:
    options = ["--work", str(work), "--k", "12"]
    result = CliRunner().invoke(recovery, options, catch_exceptions=False)
    assert result.exit_code == 0
    asked = read(work / "asked.csv")
    assert [int(row["rank"]) for row in asked] == list(range(1, 13))
    ids = {row["id"] for row in asked}
    assert len(ids) == 12
    assert ids <= {row["id"] for row in read(work / "askable.csv")}


def test_files_that_cannot_be_read_are_named(work: Path) -> None:
    write(work / "edges.csv", ["source", "target"], [[1000, 7]])
    with pytest.raises(BadFile, match=r"edges\.csv"):
        read_university(work)
    (work / "attributes.csv").unlink()
    with pytest.raises(BadFile, match=r"attributes\.csv"):
        read_university(work)
