"""Measures on Spark are those of the engine of one machine, on the same data set."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

import graphnet
from graphnet.cli import main
from graphnet.influence.centrality import pagerank
from graphnet.settings import Settings


@pytest.mark.long
def test_graphx_gives_what_the_engine_gives(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    association = graphnet.synthetic(alumni=2000, seed=4)
    association.export(tmp_path / "set", layers=["knows", "worked"], kinds=())
    said = CliRunner().invoke(
        main,
        ["spark", str(tmp_path / "set"), "--out", str(tmp_path / "out"), "--master", "local[2]",
         "--memory", "1g", "--layer", "worked", "--json"],
        obj=Settings(),
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    worked = association.graph("worked")
    found = pl.read_parquet(tmp_path / "out/*.parquet").sort("person")
    assert found["person"].to_list() == sorted(worked.ids)
    row = {person: i for i, person in enumerate(worked.ids)}
    order = [row[person] for person in found["person"]]
    assert found["ties"].to_list() == np.diff(worked.ties.indptr)[order].tolist()
    exact = pagerank(worked.ties.indptr, worked.ties.indices, tolerance=1e-12).scores[order]
    assert found["pagerank"].sum() == pytest.approx(1, abs=1e-6)
    assert np.abs(found["pagerank"].to_numpy() / exact - 1).max() < 1e-5
    assert (np.diff(worked.ties.indptr) == 0).any(), "some have no ties, whose walks start over"
    island = worked.islands()["island"].to_numpy()[order]
    pairs = set(zip(found["island"].to_list(), island.tolist(), strict=True))
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
    assert (found["island"] == 0).sum() == (island == 0).sum()
    counts = json.loads(said.output)
    assert counts["people"] == len(worked) and counts["ties"] == len(worked.edges())


def test_what_is_no_data_set_is_refused_before_spark_starts(tmp_path: Path) -> None:
    said = CliRunner().invoke(
        main, ["spark", str(tmp_path), "--out", str(tmp_path / "x")], obj=Settings()
    )
    assert said.exit_code == 2 and "graphnet export" in said.output
