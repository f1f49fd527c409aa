"""Every query of the program is planned well; ties join what the model says."""

import re
import warnings
from collections.abc import Iterator

import pytest

from graphnet import model
from graphnet.conditions import conditions_query, staff_query
from graphnet.features import registered
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import queries
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home
from tests.support.optional_orders import ordered_by_optional
from tests.support.queries import QUERIES


def test_the_queries_of_the_import_are_explained_one_by_one() -> None:
    explained = {text for _, _, text in QUERIES}
    tables = (queries.MAKE, queries.BY_NAME, queries.TIE_QUERIES, queries.DATED_TIE_QUERIES)
    built = [text for table in tables for text in table.values()]
    assert {*built, queries.ALUMNI, queries.PEOPLE} <= explained
    assert len(set(built)) == len(built) > 90


@pytest.fixture(scope="module")
def planner(
    session_store: Store, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A graph with something of everything: plans follow how many there are of what.

    Of what the furnished association has nothing, some is put there; then the server counts anew
    and forgets its plans, so that all are made from these numbers and not from those of a moment.
    """
    session_store.run_alone(WIPE)
    furnished(session_store, own_home(settings, tmp_path_factory.mktemp("planner"))).stop()
    some_of_everything(session_store)
    session_store.run_alone("CALL db.prepareForReplanning(120)")
    yield session_store
    session_store.run_alone(WIPE)


def some_of_everything(store: Store) -> None:
    """Add nodes of labels and ties between them that the graph has none of."""
    for label in model.NODES:
        if not model.NODES[label] or label == "Migration":
            continue
        identity = model.NODES[label][0]
        store.run_alone(
            f"MATCH (n:{label}) WITH count(n) AS n UNWIND range(n + 1, {FEWEST}) AS i "
            f"CREATE (m:{label}) SET m.{identity} = $of + toString(i)",
            of=f"filler {label} ",
        )
    for tie, ends in model.TIE_ENDS.items():
        for start, end in ends:
            store.run_alone(
                f"OPTIONAL MATCH (:{start})-[t:{tie}]->(:{end}) WITH count(t) AS n "
                f"WHERE n < {FEWEST} MATCH (a:{start}) WITH n, a LIMIT {FEWEST} "
                f"WITH n, collect(a) AS starts MATCH (b:{end}) WITH n, starts, b LIMIT {FEWEST} "
                "WITH starts, collect(b) AS ends UNWIND range(0, size(starts) - 1) AS i "
                f"WITH starts[i] AS a, ends[i % size(ends)] AS b CREATE (a)-[:{tie}]->(b)"
            )


FEWEST = 30


@pytest.mark.parametrize(
    ("module", "name", "query"), QUERIES, ids=[f"{m}.{n}" for m, n, _ in QUERIES]
)
def test_every_query_is_planned_well(planner: Store, module: str, name: str, query: str) -> None:
    """EXPLAIN finds no scan of all nodes, no Cartesian product and no unknown name."""
    if "IN TRANSACTIONS" in query:
        query = query.replace("IN TRANSACTIONS", "")
        query = re.sub(r"OF \S+ ROWS", "", query)
    with warnings.catch_warnings():
        # A parameter is missing on purpose; EXPLAIN plans without it.
        warnings.filterwarnings("ignore", message=".*(01N60|[Pp]arameter).*")
        plan, notices = planner.explain(query)
    operators = set(operators_of(plan))
    assert "AllNodesScan" not in {o.split("@")[0] for o in operators}, f"{module}.{name}"
    assert not products(plan), f"{module}.{name}: {operators}"
    bad = [n for n in notices if n.startswith(("01N5", "03N90"))]
    assert not bad, f"{module}.{name}: {bad}"


def test_the_conditions_of_what_waits_are_planned_well(planner: Store) -> None:
    for made, fewest in ((conditions_query, 15), (staff_query, 10)):
        query = made(registered().waiting)
        assert query.count("EXISTS") > fewest
        test_every_query_is_planned_well(planner, "graphnet.conditions", made.__name__, query)


def test_nothing_is_ordered_by_what_is_computed_of_an_optional_match() -> None:
    assert ordered_by_optional(
        "MATCH (e:E) OPTIONAL MATCH (a:A {id: e.owner}) "
        "RETURN e.id AS id, coalesce(a.id, '') AS owner ORDER BY owner, id"
    ) == ["owner"]
    assert not ordered_by_optional("MATCH (e) OPTIONAL MATCH (a) RETURN a.id AS id ORDER BY id")
    wrong = {f"{module}.{name}": ordered_by_optional(query) for module, name, query in QUERIES}
    assert not {name: keys for name, keys in wrong.items() if keys}, "see optional_orders.py"


# One row: a type of tie with the labels of both its ends.
ENDS = """MATCH (a)-[t]->(b) UNWIND labels(a) AS start UNWIND labels(b) AS end
WITH DISTINCT type(t) AS type, start, end WHERE start <> 'Alumnus' AND end <> 'Alumnus'
RETURN type, start, end ORDER BY type, start, end LIMIT 10000"""


def test_ties_join_what_the_model_says_and_nothing_else(planner: Store) -> None:
    found = {(row["type"], row["start"], row["end"]) for row in planner.read(ENDS)}
    said = {(kind, *ends) for kind, all_ends in model.TIE_ENDS.items() for ends in all_ends}
    assert found
    assert found <= said


def test_every_type_of_tie_says_what_it_joins() -> None:
    assert model.TIE_ENDS.keys() == model.TIES.keys()
    labels = {label for ends in model.TIE_ENDS.values() for pair in ends for label in pair}
    assert labels <= model.NODES.keys()


def test_no_path_of_ties_joins_a_ballot_to_a_person() -> None:
    """A ballot hangs on its contest alone, which all ballots of the season share."""
    beside: dict[str, set[str]] = {label: set() for label in model.NODES}
    for ends in model.TIE_ENDS.values():
        for start, end in ends:
            beside[start].add(end)
            beside[end].add(start)
    assert beside["Ballot"] == {"Contest"}
    reached, waiting = {"Ballot"}, ["Ballot"]
    while waiting:
        for label in beside[waiting.pop()] - reached - {"Contest"}:
            reached.add(label)
            waiting.append(label)
    assert "Person" not in reached
    assert "Person" in {label for label in model.NODES if beside[label] & {"Contest"}}, (
        "otherwise the Contest need not be left out"
    )


def products(plan: dict) -> list[dict]:
    """The Cartesian products in a plan, but for those of nodes that a unique index finds."""
    children = plan.get("children", [])
    own = "CartesianProduct" in plan["operatorType"] and not all(map(one_row, children))
    return [*([plan] if own else []), *(found for child in children for found in products(child))]


def one_row(plan: dict) -> bool:
    """Whether a part of a plan gives one row at most: a unique key, perhaps filtered."""
    kind = plan["operatorType"].partition("@")[0]
    if kind in ("Filter", "CacheProperties", "Expand(Into)", "CartesianProduct"):
        return all(map(one_row, plan["children"]))
    return "UniqueIndexSeek" in kind


def operators_of(plan: dict) -> list[str]:
    return [
        plan["operatorType"],
        *(o for child in plan.get("children", []) for o in operators_of(child)),
    ]
