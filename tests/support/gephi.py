"""Gephi's own reader of graphs: its toolkit in a Java of its own, spoken to by py4j.

The toolkit (83 MB) comes by jgo, as Neo4j's jars do, and is kept beside those. It is GPL, a process
of its own, and for the tests alone; py4j comes with pyspark.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphnet.server.binaries import find_java
from tests.support.artifacts import Artifact

TOOLKIT = Artifact(
    "org.gephi",
    "gephi-toolkit",
    "0.10.1",
    "jar",
    "3e4f5fd6c7d1d75c1e0bfbeae42cc58a1d22ae7c5d793a498e6c5842f22bf027",
    classifier="all",
)
WHOLE = 10**6  # lines of Gephi's report that are read
# No complaints: that there are several ties between two people, that there is a newer GEXF, and
# that Gephi keeps nothing of what a file says of itself.
HINTS = ("Parallel edges detected", "GEXF version 1.2", "Graph attributes")
Row = dict[str, Any]


@dataclass
class Read:
    """What Gephi has read: nodes by id, ties with their ends, and what it complains of."""

    nodes: dict[str, Row]
    edges: list[tuple[str, str, Row]]
    directed: bool
    complaints: list[str]


class Gephi:
    """A running toolkit."""

    def __init__(self, jvm: Any) -> None:
        self._jvm = jvm

    def _service(self, name: str) -> Any:
        lookup = self._jvm.org.openide.util.Lookup.getDefault()
        return lookup.lookup(self._jvm.java.lang.Class.forName(name))

    def read(self, path: Path) -> Read:
        """Import a file as its menu does."""
        jvm = self._jvm
        projects = self._service("org.gephi.project.api.ProjectController")
        projects.newProject()
        space = projects.getCurrentWorkspace()
        importing = self._service("org.gephi.io.importer.api.ImportController")
        container = importing.importFile(jvm.java.io.File(str(path)))
        # Ties of several layers between two people: its menu offers not to add them up.
        merging = jvm.org.gephi.io.importer.api.EdgeMergeStrategy.NO_MERGE
        container.getLoader().setEdgesMergeStrategy(merging)
        issues = container.getReport().getIssuesList(WHOLE)
        processor = jvm.org.gephi.io.processor.plugin.DefaultProcessor()
        importing.process(container, processor, space)
        model = self._service("org.gephi.graph.api.GraphController").getGraphModel(space)
        graph = model.getGraph()
        nodes = {
            str(node.getId()): _row(node, model.getNodeTable()) | {"place": (node.x(), node.y())}
            for node in graph.getNodes().toArray()
        }
        edges = [
            (
                str(edge.getSource().getId()),
                str(edge.getTarget().getId()),
                _row(edge, model.getEdgeTable()) | {"weight": edge.getWeight()},
            )
            for edge in graph.getEdges().toArray()
        ]
        complaints = [str(one) for one in issues if not any(hint in str(one) for hint in HINTS)]
        return Read(nodes, edges, model.isDirected(), complaints)


def _row(element: Any, table: Any) -> Row:
    """Return what is known of a node or a tie."""
    found = {
        str(column.getTitle()).casefold(): value
        for column in table.toArray()
        if (value := element.getAttribute(column)) is not None
    }
    found["label"] = element.getLabel()
    return found


@contextmanager
def gephi() -> Iterator[Gephi]:
    """Start the toolkit, and end it after."""
    from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway

    java, _ = find_java()
    port, token = launch_gateway(
        classpath=str(TOOLKIT.fetched()),
        java_path=str(java),
        javaopts=["-Djava.awt.headless=true", "-Xmx512m"],
        die_on_exit=True,
        enable_auth=True,
    )
    gateway = JavaGateway(
        gateway_parameters=GatewayParameters(port=port, auth_token=token, auto_convert=True)
    )
    try:
        yield Gephi(gateway.jvm)
    finally:
        gateway.shutdown()
