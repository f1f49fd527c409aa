"""A data set of the association as files: people, typed ties, who belongs to what, a codebook.

Parquet for tables, GraphML and GEXF for graphs: ties of all layers in one file, and a graph of two
kinds of node (people, and what they belong to) for each kind of thing.
"""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import polars as pl

from graphnet.analysis.graph import Graph
from graphnet.analysis.seen import Seen
from graphnet.analysis.tables import MEANING, memberships, things
from graphnet.errors import BadValue
from graphnet.maps.export import clean
from graphnet.store import Store

FORMS = ("parquet", "graphml", "gexf")
CODEBOOK, ABOUT = "codebook.csv", "about.json"

# Stream. One row: two people who know each other, and since which year, where that is known.
SINCE = """MATCH (p:Person)-[t:KNOWS]->(q:Person) WHERE t.since IS NOT NULL
RETURN p.key AS key, collect(q.key) AS others,
  collect(toInteger(left(toString(t.since), 4))) AS years"""

# File, column: what it says.
COLUMNS = {
    "people": MEANING,
    "ties": {
        "id": "unique in the file: the layer, and a number within it",
        "source": "the one end, a person",
        "target": "the other end; ties have no direction",
        "layer": "knows: acquaintance on file; studied, worked, member, came: a study group, an "
        "employer, a community, an event in common, of at most 60 people (employers: 40)",
        "weight": "strength, 0 to 1: as stated for knows; else 1 / log2(1 + size of the circle), "
        "for studies and work times the share of time spent there together",
        "since": "year, of acquaintance alone",
    },
    "memberships": {
        "id": "unique in the file: the kind, and a number within it",
        "person": "the person",
        "thing": "id of what the person belongs to, in the file of things",
        "kind": "which kind of thing",
        "start": "study groups: half years since the year 0 (2 * year: its autumn); employers: "
        "year; events: seconds since 1970 of the answer",
        "end": "as start",
    },
    "things": {
        "id": "lasting id",
        "name": "in English",
        "name_ru": "in Russian",
        "kind": "which kind of thing",
        "sort": "which sort within that kind, for example faculty among units",
        "year": "of the intake or the graduation",
        "people": "how many of the file's people belong to it",
    },
}


def since(store: Store, place: Mapping[int, int]) -> dict[tuple[int, int], int]:
    """Return since which year two people know each other, by their rows, the lower first.

    Parameters
    ----------
    place : key -> row
        Of the people of the table.
    """
    found: dict[tuple[int, int], int] = {}
    for row in store.stream(SINCE):
        one = place.get(row["key"])
        if one is None:
            continue
        for key, year in zip(row["others"], row["years"], strict=True):
            other = place.get(key)
            if other is not None:
                pair = (min(one, other), max(one, other))
                found[pair] = min(year, found.get(pair, year))
    return found


def ties(
    graphs: Sequence[Graph], dated: Mapping[tuple[int, int], int] | None = None
) -> pl.DataFrame:
    """Return the ties of several layers over the same people in one table."""
    parts = []
    for graph in graphs:
        table = graph.edges()
        years: list[int | None] = [None] * len(table)
        if dated and graph.layer == "knows":
            owner = np.repeat(np.arange(graph.ties.n), np.diff(graph.ties.indptr))
            once = owner < graph.ties.indices
            ends = zip(owner[once].tolist(), graph.ties.indices[once].tolist(), strict=True)
            years = [dated.get(pair) for pair in ends]
        parts.append(table.with_columns(since=pl.Series(years, dtype=pl.Int32)))
    columns = ["id", "source", "target", "layer", "weight", "since"]
    return pl.concat(parts).select(columns)


def tables_of(
    seen: Seen,
    graphs: Sequence[Graph],
    kinds: Sequence[str],
    dated: Mapping[tuple[int, int], int] | None,
) -> dict[str, pl.DataFrame]:
    """Return the data set's tables: people, ties, and with `kinds` memberships and things."""
    files = {"people": graphs[0].people, "ties": ties(graphs, dated)}
    if not kinds:
        return files
    belonging, found = [], []
    for kind in kinds:
        number = pl.lit(f"{kind}-") + pl.int_range(pl.len()).cast(pl.String)
        table = memberships(seen, kind)
        belonging.append(table.with_columns(id=number, kind=pl.lit(kind)))
        found.append(things(seen, kind).rename({"kind": "sort"}).with_columns(kind=pl.lit(kind)))
    for name, parts in (("memberships", belonging), ("things", found)):
        files[name] = pl.concat(parts).select(list(COLUMNS[name]))
    return files


def cleaned(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table whose texts have no control characters."""
    return table.with_columns(
        pl.Series(name, [None if one is None else clean(one) for one in table[name]], pl.String)
        for name, kind in table.schema.items()
        if kind == pl.String
    )


def codebook(files: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return what each column of each file says, its type, and how much of it is missing."""
    rows = []
    for file, table in files.items():
        for name, kind in table.schema.items():
            missing = int(table[name].null_count())
            rows.append(
                (
                    file,
                    name,
                    str(kind),
                    COLUMNS[file][name],
                    len(table),
                    missing,
                    missing / len(table) if len(table) else None,
                    int(table[name].n_unique()),
                )
            )
    columns = ["file", "column", "type", "meaning", "rows", "missing", "missing_share", "distinct"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _attributes(row: Mapping[str, Any], *without: str) -> dict[str, Any]:
    """Return what is known: neither form has a word for what is missing, so that it is left out."""
    return {name: value for name, value in row.items() if value is not None and name not in without}


def one_mode(files: Mapping[str, pl.DataFrame]) -> "nx.MultiGraph[str]":
    """Return people and their ties, one parallel tie a layer."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    for row in files["people"].iter_rows(named=True):
        known = _attributes(row, "person", "name")
        graph.add_node(row["person"], label=row.get("name") or row["person"], **known)
    for row in files["ties"].iter_rows(named=True):
        graph.add_edge(
            row["source"], row["target"], key=row["id"], **_attributes(row, "source", "target")
        )
    return graph


def two_mode(files: Mapping[str, pl.DataFrame], kind: str) -> "nx.MultiGraph[str]":
    """Return people (`bipartite` 0), the things of one kind (1), and who belongs to which when."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    for row in files["people"].iter_rows(named=True):
        known = _attributes(row, "person", "name")
        label = row.get("name") or row["person"]
        graph.add_node(row["person"], label=label, bipartite=0, **known)
    for row in files["things"].filter(pl.col("kind") == kind).iter_rows(named=True):
        known = _attributes(row, "id", "name", "kind")
        graph.add_node(f"{kind}:{row['id']}", label=row["name"], bipartite=1, **known)
    for row in files["memberships"].filter(pl.col("kind") == kind).iter_rows(named=True):
        known = _attributes(row, "person", "thing", "kind", "start", "end")
        # What GEXF calls start and end it takes for dates.
        known |= _attributes({"starts": row["start"], "ends": row["end"]})
        graph.add_edge(row["person"], f"{kind}:{row['thing']}", key=row["id"], **known)
    return graph


def write(
    folder: Path,
    files: Mapping[str, pl.DataFrame],
    *,
    form: str,
    kinds: Sequence[str],
    about: Mapping[str, Any],
) -> list[Path]:
    """Write the data set into a folder, which may have no other files in it; return its files."""
    if form not in FORMS:
        raise BadValue(f"a data set can be had as {', '.join(FORMS)}, not {form!r}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadValue(f"{folder} is there already: give a folder that is not, or an empty one")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = {name: cleaned(table) for name, table in files.items()}
    written = []
    if form == "parquet":
        for name, table in whole.items():
            written.append(folder / f"{name}.parquet")
            table.write_parquet(written[-1])
    else:
        graphs = {"ties": one_mode(whole)} | {kind: two_mode(whole, kind) for kind in kinds}
        for name, graph in graphs.items():
            written.append(folder / f"{name}.{form}")
            _write_graph(graph, written[-1], form)
    written.append(folder / CODEBOOK)
    codebook(whole).write_csv(written[-1])
    written.append(folder / ABOUT)
    text = json.dumps(dict(about), ensure_ascii=False, indent=1)
    written[-1].write_text(text + "\n", encoding="utf-8")
    return written


def _write_graph(graph: "nx.MultiGraph[str]", path: Path, form: str) -> None:
    if form == "graphml":
        lines = nx.generate_graphml(graph, named_key_ids=True, edge_id_from_attribute="id")
    else:
        lines = nx.generate_gexf(graph, version="1.2draft")
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(line + "\n")


def parquet(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return a table as a Parquet file."""
    file = io.BytesIO()
    table = pl.DataFrame(rows, schema=list(header), orient="row", infer_schema_length=None)
    table.write_parquet(file)
    return file.getvalue()


def rows_of(where: npt.NDArray[np.int64], keys: npt.NDArray[np.int64]) -> dict[int, int]:
    """Return the row of each person's key in a table over those positions."""
    return {int(key): row for row, key in enumerate(keys[where].tolist())}
