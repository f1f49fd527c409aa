"""Linkage on Spark is that of the engine of one machine, on the same files, to the last digit."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from graphnet.cli import main
from graphnet.contacts import FIELDS, KINDS, Decision, Records, link
from graphnet.settings import Settings
from graphnet.spark.linking import on_spark

FILES = Path(__file__).parents[2] / "webapp" / "six_files"
COLUMNS = {
    "given_name": "given_name", "family_name": "surname", "birth_date": "date_of_birth",
    "street": "address_1", "city": "suburb", "postcode": "postcode", "region": "state",
    "national_id": "soc_sec_id",
}  # fmt: skip


def run(*arguments: str | Path) -> str:
    said = CliRunner().invoke(main, [str(one) for one in arguments], obj=Settings())
    assert said.exit_code == 0, said.output
    return said.stdout


@pytest.mark.long
def test_files_are_joined_on_spark_as_they_are_on_one_machine(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    shutil.copytree(FILES, tmp_path / "files")
    (tmp_path / "files/README.md").unlink()
    run("bench", "contacts", "--work", tmp_path)
    out = tmp_path / "on_spark.csv"
    said = run("spark", "link", tmp_path / "files", "--out", out, "--master", "local[2]",
               "--memory", "1g", "--json")  # fmt: skip
    assert out.read_bytes() == (tmp_path / "clusters.csv").read_bytes()
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    people = {row["cluster_id"] for row in rows}
    assert json.loads(said) == {"records": len(rows), "people": len(people)}
    assert len(people) < len(rows), "some of them are the same"


@pytest.mark.long
def test_febrl_is_joined_on_spark_to_the_last_digit(real_data: Path) -> None:
    pytest.importorskip("pyspark")
    with (real_data / "febrl" / "dataset3.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    ids = [row["rec_id"] for row in rows]
    values = {}
    for name, column in COLUMNS.items():
        field = FIELDS[name]
        kind = KINDS[field.kind]
        keys = [kind.key(row[column].strip()) for row in rows]
        values[field] = [(key,) if key else () for key in keys]
    given = Records(ids, [""] * len(ids), values)
    decisions = [Decision(ids[0], ids[1], same=True), Decision(ids[2], ids[3], same=False)]
    here = link(given, decisions)
    with on_spark("local[2]", "2g", size=20_000) as work:
        there = link(given, decisions, work=work)
    assert there.clusters == here.clusters
    assert there.model.prior == here.model.prior
    assert all((a == b).all() for a, b in zip(there.model.m, here.model.m, strict=True))
    for a, b in zip((*there.pairs, there.odds), (*here.pairs, here.odds), strict=True):
        assert (a == b).all()
    assert len(set(there.clusters)) < 0.5 * len(ids)  # 2,000 people in 5,000 records


def test_a_folder_without_people_is_refused_before_spark_starts(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    said = CliRunner().invoke(
        main, ["spark", "link", str(tmp_path), "--out", str(out)], obj=Settings()
    )
    assert said.exit_code == 2 and "no file with rows of people" in said.output
    out.write_text("")
    said = CliRunner().invoke(
        main, ["spark", "link", str(FILES), "--out", str(out)], obj=Settings()
    )
    assert said.exit_code == 2 and "is there already" in said.output
