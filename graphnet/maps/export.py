"""A map as a file for other programs: GEXF (Gephi), GraphML (yEd, Cytoscape), CSV (anything)."""

import csv
import io
import re
from collections.abc import Mapping, Sequence

import networkx as nx

from graphnet.errors import BadValue
from graphnet.maps.extract import Map

# What XML 1.0 cannot hold, not even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FORMULA = tuple("=+-@\t\r\n|%＝＋－＠")


def guarded(text: str) -> str:
    """Return text that a spreadsheet shows and does not compute (OWASP, "CSV injection")."""
    return "'" + text if text.lstrip(" \u00a0\ufeff\u200b\x00").startswith(FORMULA) else text


def _graph(
    drawing: Map,
    ids: Sequence[str],
    labels: Sequence[str] | None,
    more: Mapping[str, Sequence[str]],
) -> "nx.Graph[str]":
    names = _checked(drawing, ids, labels, more)
    graph: nx.Graph[str] = nx.Graph()
    for i, name in enumerate(ids):
        x, y = (float(c) for c in drawing.coordinates[i])
        graph.add_node(
            NOT_XML.sub("", name),
            label=NOT_XML.sub("", names[i]),
            community=int(drawing.community[i]),
            ties=int(drawing.degree[i]),
            x=x,
            y=y,
            **{key: NOT_XML.sub("", column[i]) for key, column in more.items()},
        )
    for u, v, w in zip(drawing.source, drawing.target, drawing.weight, strict=True):
        graph.add_edge(NOT_XML.sub("", ids[u]), NOT_XML.sub("", ids[v]), weight=float(w))
    return graph


def _checked(
    drawing: Map,
    ids: Sequence[str],
    labels: Sequence[str] | None,
    more: Mapping[str, Sequence[str]],
) -> Sequence[str]:
    k = len(drawing.people)
    names = ids if labels is None else labels
    if len(ids) != k or len(names) != k or any(len(column) != k for column in more.values()):
        raise BadValue(f"a map of {k} people needs as many ids, labels and values of each column")
    if len({NOT_XML.sub("", name) for name in ids}) != k:
        raise BadValue("two people of a map have the same id")
    taken = {"id", "label", "community", "ties", "x", "y", "viz"} & set(more)
    if taken:
        raise BadValue(f"a map has its own column {sorted(taken)[0]!r}")
    return names


def gexf(
    drawing: Map,
    ids: Sequence[str],
    labels: Sequence[str] | None = None,
    *,
    more: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return the map as GEXF 1.2, positions included.

    Parameters
    ----------
    drawing : Map
    ids, labels : sequence of str
        One each for the map's people; ids must differ.
    more : column name -> values, optional
        Further text about each.
    """
    graph = _graph(drawing, ids, labels, more or {})
    for _, attributes in graph.nodes(data=True):
        place = {"x": attributes["x"], "y": attributes["y"], "z": 0.0}
        attributes["viz"] = {"position": place}
    return "\n".join(nx.generate_gexf(graph, version="1.2draft")) + "\n"


def graphml(
    drawing: Map,
    ids: Sequence[str],
    labels: Sequence[str] | None = None,
    *,
    more: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return the map as GraphML; parameters as for `gexf`."""
    return "\n".join(nx.generate_graphml(_graph(drawing, ids, labels, more or {}))) + "\n"


def people_csv(
    drawing: Map,
    ids: Sequence[str],
    labels: Sequence[str] | None = None,
    *,
    more: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return the map's people as CSV: id, label, community, ties, x, y and further columns."""
    columns = more or {}
    names = _checked(drawing, ids, labels, columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    header = ["id", "label", "community", "ties", "x", "y", *(guarded(key) for key in columns)]
    writer.writerow(header)
    for i, name in enumerate(ids):
        x, y = drawing.coordinates[i]
        own = [guarded(name), guarded(names[i]), int(drawing.community[i]), int(drawing.degree[i])]
        further = [guarded(column[i]) for column in columns.values()]
        writer.writerow([*own, f"{x:.6f}", f"{y:.6f}", *further])
    return text.getvalue()


def ties_csv(drawing: Map, ids: Sequence[str]) -> str:
    """Return the map's ties as CSV: source, target, weight."""
    _checked(drawing, ids, None, {})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["source", "target", "weight"])
    for u, v, w in zip(drawing.source, drawing.target, drawing.weight, strict=True):
        writer.writerow([guarded(ids[u]), guarded(ids[v]), f"{w:g}"])
    return text.getvalue()
