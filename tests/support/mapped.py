"""A made-up network whose analyst takes home what may be seen of it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import networkx as nx
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from graphnet.cli import main
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import followed, own_home, reader, site

N = 120
HIDDEN, DEAD, WAITING, REFUSED, OUTSIDE = 101, 102, 103, 104, 105
GONE = {HIDDEN, DEAD, WAITING, REFUSED}
SEEN = 100  # 1 to 100 are whom an analyst may see; all but one of them have registered
MAKE = """UNWIND range(1, $n) AS key
CREATE (p:Person:Alumnus {id: 'p' + toString(key), key: key, given_name: 'G' + toString(key),
  family_name: 'F', name_key: 'f',
  visibility: CASE key WHEN $hidden THEN 'hidden' ELSE 'shown' END})
SET p.quarantined = key = $waiting
WITH p WHERE p.key <= 104
MERGE (u:Unit {id: 'physics', kind: 'faculty', name: 'Physics', name_ru: 'Физика'})
CREATE (p)-[:COMPLETED {year: 1990 + p.key % 3}]->(u)
MERGE (g:Group {id: 'sailing', key: 1, name: 'Sailing', name_ru: 'Парус', kind: 'club',
  visibility: 'members'})
CREATE (p)-[:MEMBER_OF {role: 'member'}]->(g)"""
MAKE_OF_NOTE = """MATCH (p:Person {key: $dead}) SET p.died_on = $day
WITH 1 AS one MATCH (p:Person {key: $refused})
CREATE (p)-[:GAVE]->(:Consent {id: 'no', purpose: 'show_to_members', state: 'refused', at: $now})"""
MAKE_TIES = """UNWIND $rows AS row MATCH (a:Person {key: row[0]}) MATCH (b:Person {key: row[1]})
CREATE (a)-[:KNOWS {strength: row[2], source: 'test'}]->(b)"""


@pytest.fixture(scope="module")
def graph() -> "nx.Graph[int]":
    graph = nx.gnm_random_graph(104, 700, seed=2)
    graph.remove_edges_from(list(graph.edges(99)))  # the hundredth person knows nobody
    named: nx.Graph[int] = nx.relabel_nodes(graph, {v: v + 1 for v in graph})
    return named


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("analyst"))


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings, graph: "nx.Graph[int]") -> Iterator[Live]:
    session_store.run_alone(WIPE)
    session_store.write(MAKE, n=N, hidden=HIDDEN, waiting=WAITING)
    session_store.write(
        MAKE_OF_NOTE, dead=DEAD, refused=REFUSED, day=date(2020, 1, 1), now=datetime.now(UTC)
    )
    session_store.write(MAKE_TIES, rows=[[u, v, 0.25 + (u * v) % 4 / 8] for u, v in graph.edges])
    rows = [
        {"email": f"a{key}@example.org", "person_key": key, "roles": ["alumnus"]}
        for key in range(1, SEEN)
    ]
    rows[0] |= {"email": "analyst@example.org", "roles": ["analyst"]}
    with followed(session_store, home, rows) as following:
        yield following


@pytest.fixture(scope="module")
def analyst(live: Live, home: Settings) -> FlaskClient:
    return reader(site(live, home), "analyst")


@pytest.fixture
def command(home: Settings, address: tuple[str, str, str], live: Live) -> "Command":
    uri, user, password = address
    return Command(replace(home, neo4j_uri=uri, neo4j_user=user, neo4j_password=password))


class Command:
    def __init__(self, own: Settings) -> None:
        self.own = own

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, obj=self.own)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=
                               max(",;", key=text.split("\n")[0].count)))  # fmt: skip


def expected(graph: "nx.Graph[int]") -> "nx.Graph[int]":
    return graph.subgraph(range(1, SEEN + 1))
