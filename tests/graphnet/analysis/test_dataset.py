"""Data sets as files: read back by others attribute by attribute, with what is missing told."""

import json
from pathlib import Path
from typing import Any

import networkx as nx
import polars as pl
import pytest

import graphnet
from graphnet.analysis import dataset


@pytest.fixture(scope="module")
def association() -> graphnet.Association:
    return graphnet.synthetic(alumni=150, seed=9)


KINDS = ("cohorts", "study_groups")


def known(row: dict[str, Any], *without: str) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v is not None and k not in without}


def test_parquet_is_what_the_tables_are_and_the_codebook_counts_what_is_missing(
    association: graphnet.Association, tmp_path: Path
) -> None:
    files = association.export(tmp_path / "set", kinds=(*KINDS, *KINDS))  # each is there once
    read = {path.stem: pl.read_parquet(path) for path in files if path.suffix == ".parquet"}
    assert set(read) == {"people", "ties", "memberships", "things"}
    assert read["people"].equals(association.people())
    assert read["ties"]["id"].n_unique() == len(read["ties"])
    assert read["memberships"]["id"].n_unique() == len(read["memberships"])
    everybody = set(read["people"]["person"])
    assert set(read["ties"]["source"]) | set(read["ties"]["target"]) <= everybody
    assert set(read["memberships"]["person"]) <= everybody
    for layer in ("knows", "studied"):
        part = read["ties"].filter(pl.col("layer") == layer)
        assert part.select("source", "target", "weight").equals(
            association.graph(layer).edges().select("source", "target", "weight")
        )
    book = pl.read_csv(tmp_path / "set/codebook.csv")
    assert set(book["file"]) == set(read)
    for row in book.iter_rows(named=True):
        column = read[row["file"]][row["column"]]
        assert row["missing"] == column.null_count()
        assert row["type"] == str(column.dtype)
        assert row["meaning"]
    assert len(book) == sum(len(table.columns) for table in read.values())
    about = json.loads((tmp_path / "set/about.json").read_text(encoding="utf-8"))
    assert about["ties"] == len(read["ties"])
    assert about["people"] == len(read["people"])
    pyarrow = pytest.importorskip("pyarrow.parquet")
    assert pyarrow.read_table(tmp_path / "set/people.parquet").num_rows == len(read["people"])


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_graphs_are_read_back_by_networkx_attribute_by_attribute(
    form: str, association: graphnet.Association, tmp_path: Path
) -> None:
    association.export(tmp_path / "tables", kinds=KINDS)
    tables = {path.stem: pl.read_parquet(path) for path in tmp_path.glob("tables/*.parquet")}
    files = association.export(tmp_path / form, kinds=KINDS, form=form)
    assert [path.name for path in files[:3]] == [
        f"ties.{form}", f"cohorts.{form}", f"study_groups.{form}"
    ]  # fmt: skip
    graph = _read(files[0], form)
    assert graph.number_of_edges() == len(tables["ties"])
    people = {row["person"]: known(row, "person") for row in tables["people"].iter_rows(named=True)}
    assert set(graph) == set(people)
    for node, attributes in graph.nodes(data=True):
        assert attributes.pop("label") == node
        assert attributes == people[node]
    ties = {row["id"]: row for row in tables["ties"].iter_rows(named=True)}
    seen = set()
    for one, other, attributes in graph.edges(data=True):
        tie = ties[attributes.pop("id")]
        seen.add(tie["id"])
        assert {one, other} == {tie["source"], tie["target"]}
        assert attributes == known(tie, "id", "source", "target")
    assert len(seen) == len(ties)
    both = _read(files[2], form)
    sides = nx.get_node_attributes(both, "bipartite")
    assert set(sides.values()) == {0, 1}
    rows = tables["memberships"].filter(pl.col("kind") == "study_groups")
    assert both.number_of_edges() == len(rows)
    for one, other in both.edges():
        assert {sides[one], sides[other]} == {0, 1}
    starts = {data["id"]: data["starts"] for _, _, data in both.edges(data=True)}
    assert starts == dict(zip(rows["id"], rows["start"], strict=True))


def _read(path: Path, form: str) -> "nx.MultiGraph[str]":
    """A file as networkx has it, with the ids of ties among their attributes."""
    if form == "graphml":
        graph = nx.read_graphml(path, force_multigraph=True)
        for _, _, key, data in graph.edges(keys=True, data=True):
            data["id"] = key
        return graph
    graph = nx.MultiGraph(nx.read_gexf(path))
    for _, _, data in graph.edges(data=True):
        data.pop("networkx_key", None)
    return graph


def test_control_characters_do_not_get_in_and_a_full_folder_is_left_alone(
    association: graphnet.Association, tmp_path: Path
) -> None:
    table = pl.DataFrame({"name": ["a\x00b\x07\nc", None], "n": [1, 2]})
    assert dataset.cleaned(table)["name"].to_list() == ["ab c", None]
    (tmp_path / "mine").write_text("kept")
    for wrong in ({"folder": tmp_path}, {"form": "xlsx"}, {"layers": ["hates"]}, {"layers": []}):
        given: dict[str, Any] = {"folder": tmp_path / "new", **wrong}
        with pytest.raises(graphnet.BadValue):
            association.export(**given)
    assert not (tmp_path / "new").exists()
    with pytest.raises(graphnet.NotAllowed):
        association.export(tmp_path / "new", kinds=["events"])
    assert not (tmp_path / "new").exists()


def test_one_cohort_alone(association: graphnet.Association, tmp_path: Path) -> None:
    cohort = association.things("cohorts").row(0, named=True)
    files = association.export(
        tmp_path, kind="cohorts", thing=cohort["id"], layers=["knows"], kinds=[]
    )
    assert [path.name for path in files] == [
        "people.parquet", "ties.parquet", "codebook.csv", "about.json",
    ]  # fmt: skip
    assert len(pl.read_parquet(files[0])) == cohort["people"]
