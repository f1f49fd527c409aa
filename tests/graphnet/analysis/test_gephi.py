"""Gephi itself reads our files: every person, every tie, attribute by attribute."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import graphnet
from graphnet.maps.export import SCALE, gexf, graphml
from graphnet.maps.extract import cohort_map
from tests.support.gephi import Gephi, gephi

pytestmark = pytest.mark.long
FORMS = ["gexf", "graphml"]
NAMES = ["=HYPERLINK(1)", "Ёлкина, Анна", 'said "so"\n', "+7", " @x", "null\x00", "plain"]


@pytest.fixture(scope="module")
def reader() -> Iterator[Gephi]:
    pytest.importorskip("py4j")
    with gephi() as found:
        yield found


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return bool(float(one) == pytest.approx(float(other), abs=1e-3))
    return bool(one == other)


@pytest.mark.parametrize("form", FORMS)
def test_a_map(reader: Gephi, tmp_path: Path, form: str) -> None:
    around = np.array([sorted(((i - 1) % 7, (i + 1) % 7)) for i in range(7)], np.int32)
    weight = np.ones(14, np.float32)
    drawing = cohort_map(np.arange(0, 15, 2), around.ravel(), weight, np.ones(7, bool))
    ids = [f"p{i}" for i in range(7)]
    city = ["Тверь", "", "<a&b>", "x", "y\tz", "z", "\x0b"]
    there = [True, False] * 3 + [True]
    write = {"gexf": gexf, "graphml": graphml}[form]
    path = tmp_path / f"map.{form}"
    of = {"title": "<Optics & 1998>", "people": 7, "layer": "knows"}
    path.write_text(
        write(drawing, ids, NAMES, more={"city": city, "registered": there}, of=of),
        encoding="utf-8",
    )
    read = reader.read(path)
    assert read.complaints == [] and not read.directed
    assert set(read.nodes) == set(ids)
    assert {frozenset(edge[:2]) for edge in read.edges} == {
        frozenset((ids[i], ids[(i + 1) % 7])) for i in range(7)
    }
    assert read.nodes["p1"]["label"] == "Ёлкина, Анна"
    assert [read.nodes[one]["registered"] for one in ids] == there
    assert (read.nodes["p2"]["city"], read.nodes["p4"]["city"]) == ("<a&b>", "y z")
    for i, one in enumerate(ids):
        assert read.nodes[one]["ties"] == 2
        assert read.nodes[one]["place"] == pytest.approx(SCALE * drawing.coordinates[i], abs=1e-2)
    assert {edge[2]["weight"] for edge in read.edges} == {1.0}


@pytest.mark.parametrize("form", FORMS)
def test_a_data_set_attribute_by_attribute(reader: Gephi, tmp_path: Path, form: str) -> None:
    association = graphnet.synthetic(alumni=150, seed=9)
    kinds = ("cohorts", "study_groups")
    association.export(tmp_path / "tables", kinds=kinds)
    tables = {path.stem: pl.read_parquet(path) for path in tmp_path.glob("tables/*.parquet")}
    association.export(tmp_path / form, kinds=kinds, form=form)
    read = reader.read(tmp_path / form / f"ties.{form}")
    assert read.complaints == [] and not read.directed
    people = {row["person"]: row for row in tables["people"].iter_rows(named=True)}
    assert set(read.nodes) == set(people)
    for person, row in people.items():
        for name, value in row.items():
            if name != "person" and value is not None:
                assert alike(read.nodes[person][name], value), (person, name)
    ties = {row["id"]: row for row in tables["ties"].iter_rows(named=True)}
    assert len(read.edges) == len(ties)
    for one, other, attributes in read.edges:
        tie = ties[attributes["id"]]
        assert {one, other} == {tie["source"], tie["target"]}
        assert alike(attributes["weight"], tie["weight"])
        assert attributes["layer"] == tie["layer"]
        assert attributes.get("since") == tie["since"]
    both = reader.read(tmp_path / form / f"study_groups.{form}")
    assert both.complaints == []
    rows = tables["memberships"].filter(pl.col("kind") == "study_groups")
    assert len(both.edges) == len(rows)
    sides = {node: row["bipartite"] for node, row in both.nodes.items()}
    assert all({sides[one], sides[other]} == {0, 1} for one, other, _ in both.edges)
