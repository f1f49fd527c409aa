"""A map as a file for other programs: GEXF (Gephi), GraphML (yEd, Cytoscape), CSV (anything)."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

import networkx as nx

from graphnet.errors import BadValue
from graphnet.maps.extract import Map
from graphnet.maps.network import Network
from graphnet.spreadsheets import guarded

Value = str | int | float | bool
Table = tuple[list[str], list[list[Value]]]

# Gephi's and yEd's unit is about a pixel: within the unit circle they would pile all up.
SCALE = 1000
BREAKS = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
# Control characters, halves of pairs and what is no character; most of it XML cannot hold at all.
CONTROL = re.compile("[^\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
OWN = ("id", "label", "community", "island", "ties", "x", "y")
MEANING = {
    "id": "pseudonym, or for staff the id of the person's page",
    "label": "name, or the pseudonym again",
    "community": "number of the circle of people who are tied more than chance would have it",
    "island": "number of the connected component; both are numbered from the largest, from 0",
    "ties": "number of ties to others of the file",
    "x": "coordinate of a drawing",
    "y": "coordinate of a drawing",
    "registered": "whether the person has opened an account on the site",
    "source": "id of the one end",
    "target": "id of the other; ties have no direction",
    "weight": "strength of the tie, as computed for its layer",
}


def clean(text: str) -> str:
    """Return text without control characters; a line break or tab is a space."""
    return CONTROL.sub("", BREAKS.sub(" ", text)).strip()


def further(network: Network) -> dict[str, Sequence[Value]]:
    """Return what stands about each person in every form of a file, beside the map's own."""
    return {"registered": network.registered}


def about(network: Network) -> dict[str, Value]:
    """Return what a file is of: thing, layer, day, snapshot, size; it is never thinned."""
    return {
        "title": clean(network.label),
        "kind": network.kind,
        "thing": network.thing_id,
        "layer": network.layer,
        "made": network.day.isoformat(),
        "snapshot": network.snapshot,
        "people": network.people,
        "ties": network.ties,
        "people_left_out": network.drawing.people_left_out,
        "ties_left_out": network.drawing.ties_left_out,
    }


def people_table(
    drawing: Map,
    ids: Sequence[str],
    labels: Sequence[str] | None = None,
    *,
    more: Mapping[str, Sequence[Value]] | None = None,
) -> Table:
    """Return the map's people as a header and a row each: `OWN` and further columns.

    Parameters
    ----------
    drawing : Map
    ids, labels : sequence of str
        One each for the map's people; ids must differ.
    more : column name -> values, optional
        Further about each, of one type a column.
    """
    columns = more or {}
    k = len(drawing.people)
    names = [clean(name) for name in ids]
    shown = names if labels is None else [clean(label) for label in labels]
    if len(names) != k or len(shown) != k or any(len(column) != k for column in columns.values()):
        raise BadValue(f"a map of {k} people needs as many ids, labels and values of each column")
    if len(set(names)) != k:
        raise BadValue("two people of a map have the same id")
    taken = {*OWN, "viz"} & set(columns)
    if taken:
        raise BadValue(f"a map has its own column {sorted(taken)[0]!r}")
    places = SCALE * drawing.coordinates
    rows: list[list[Value]] = [
        [
            names[i], shown[i], int(drawing.community[i]), int(drawing.island[i]),
            int(drawing.degree[i]), round(float(places[i, 0]), 3), round(float(places[i, 1]), 3),
            *(_kept(column[i]) for column in columns.values()),
        ]
        for i in range(k)
    ]  # fmt: skip
    return [*OWN, *columns], rows


def _kept(value: Value) -> Value:
    return clean(value) if isinstance(value, str) else value


def ties_table(drawing: Map, ids: Sequence[str]) -> Table:
    """Return the map's ties as a header and a row each: id, source, target, weight."""
    names = [clean(name) for name in ids]
    ends = zip(drawing.source.tolist(), drawing.target.tolist(), strict=True)
    rows: list[list[Value]] = [
        [f"tie-{i}", names[u], names[v], float(f"{w:.6g}")]
        for i, ((u, v), w) in enumerate(zip(ends, drawing.weight.tolist(), strict=True))
    ]
    return ["id", "source", "target", "weight"], rows


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Return a table as CSV that a spreadsheet opens without computing anything."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(value) if isinstance(value, str) else value


def _graph(
    drawing: Map,
    ids: Sequence[str],
    labels: Sequence[str] | None,
    more: Mapping[str, Sequence[Value]] | None,
) -> "nx.Graph[str]":
    header, people = people_table(drawing, ids, labels, more=more)
    graph: nx.Graph[str] = nx.Graph()
    for row in people:
        graph.add_node(str(row[0]), **dict(zip(header[1:], row[1:], strict=True)))
    for name, source, target, weight in ties_table(drawing, ids)[1]:
        graph.add_edge(str(source), str(target), id=name, weight=weight)
    return graph


def gexf(
    drawing: Map,
    ids: Sequence[str],
    labels: Sequence[str] | None = None,
    *,
    more: Mapping[str, Sequence[Value]] | None = None,
    of: Mapping[str, Value] | None = None,
) -> str:
    """Return the map as GEXF 1.2, positions included; `of` is what `about` returns."""
    graph = _graph(drawing, ids, labels, more)
    for _, attributes in graph.nodes(data=True):
        place = {"x": attributes["x"], "y": attributes["y"], "z": 0.0}
        attributes["viz"] = {"position": place}
    text = "\n".join(nx.generate_gexf(graph, version="1.2draft")) + "\n"
    said = escape("; ".join(f"{name}: {value}" for name, value in (of or {}).items()))
    meta = f"<creator>graphnet</creator>\n    <description>{said}</description>"
    return re.sub("<creator>[^<]*</creator>", lambda _: meta, text, count=1)


def graphml(
    drawing: Map,
    ids: Sequence[str],
    labels: Sequence[str] | None = None,
    *,
    more: Mapping[str, Sequence[Value]] | None = None,
    of: Mapping[str, Value] | None = None,
) -> str:
    """Return the map as GraphML; what `about` returns are attributes of the graph."""
    graph = _graph(drawing, ids, labels, more)
    graph.graph.update(of or {})
    lines = nx.generate_graphml(graph, named_key_ids=True, edge_id_from_attribute="id")
    return "\n".join(lines) + "\n"


def files(network: Network, form: str) -> dict[str, str]:
    """Return a map in one form as the files that it takes: end of the name, text.

    `csv` are two, people and ties; the others hold both.
    """
    ids, labels, more = network.ids(), network.labels(), further(network)
    if form == "csv":
        return {
            ".csv": csv_text(*people_table(network.drawing, ids, labels, more=more)),
            ".ties.csv": csv_text(*ties_table(network.drawing, ids)),
        }
    if form not in ("gexf", "graphml"):
        raise BadValue("a map can be had as gexf, graphml or csv")
    write = gexf if form == "gexf" else graphml
    return {f".{form}": write(network.drawing, ids, labels, more=more, of=about(network))}
