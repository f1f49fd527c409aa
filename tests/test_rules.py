"""The rules that hold everywhere: imports go one way, every query is proved against the server."""

import ast
import importlib
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphnet import model
from graphnet.conditions import conditions_query
from graphnet.features import registered
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import queries, words
from tests.conftest import WIPE
from tests.support.furnished import furnished, own_home
from tests.support.optional_orders import ordered_by_optional
from webapp.app import create_app

ROOT = Path(__file__).parent.parent
PACKAGES = ("graphnet", "ingest", "webapp")

# Who may import whom, from the bottom up; a module may import its own rank and those below.
RANKS = (
    (
        "errors",
        "zones",
        "settings",
        "model",
        "breaker",
        "causal",
        "spreadsheets",
        "sums",
        "threads",
    ),
    ("versions", "bilingual"),
    ("addresses", "web_addresses", "names", "privacy", "consent"),
    ("server", "store"),
    (
        "schema",
        "migrations",
        "delicate",
        "changes",
        "jobs",
        "job_worker",
        "checks",
        "keys",
        "tokens",
    ),
    ("numbering",),
    ("audit", "own_accord"),
    ("erasure",),
    ("core",),
    ("conditions",),
    ("mail", "bounces"),
    ("accounts",),
    ("people",),
    ("snapshot",),
    ("live",),
    ("discovery", "influence", "models", "maps", "contacts"),
    ("ledger", "notices", "requests", "records", "money"),
    ("connections",),
    ("messages",),
    (
        "ambassadors",
        "businesses",
        "contest",
        "events",
        "groups",
        "introductions",
        "journal",
        "loyalty",
        "merging",
        "news",
        "onboarding",
        "projects",
        "recommendations",
        "recovery",
        "statistics",
        "surveys",
    ),
    # They wire several of these together: requests, recovery, events, recommendations.
    ("reunions", "told", "weeks"),
    ("synth", "bench", "computed"),
    ("engine", "features"),
    ("worker", "analysis", "spark"),
    ("projection",),
    ("commands", "cli", "__main__"),
)
# Rooms of one rank that must not know each other: engines, and what people do. Features meet
# through the ledger, the requests and the registry.
STRANGERS = tuple(
    set(next(rooms for rooms in RANKS if one in rooms)) for one in ("discovery", "ambassadors")
)
# A command is an entry point: it wires rooms together, like cli.py and app.py.
ENTRY = (("graphnet", "cli"), ("webapp", "app"))


def modules() -> list[Path]:
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "vendor" not in path.parts
    )


def imports(path: Path) -> set[str]:
    """What a module needs to run: what it names for the type checker alone is no import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rank(room: str) -> int:
    return next(i for i, rooms in enumerate(RANKS) if room in rooms)


def test_every_room_has_a_rank() -> None:
    rooms = {
        path.stem if path.is_file() else path.name
        for path in (ROOT / "graphnet").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists())
    } - {"__init__"}
    assert rooms <= {room for rooms in RANKS for room in rooms}


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = parts[0]
    wiring = parts in ENTRY or parts[:2] == ("graphnet", "commands")
    for name in imports(path):
        other = name.split(".")[0]
        if other in PACKAGES and not wiring:
            assert PACKAGES.index(other) <= PACKAGES.index(package), f"{path} imports {name}"
        if package == other == "graphnet" and name.count(".") and not wiring and len(parts) > 1:
            mine, theirs = parts[1], name.split(".")[1]
            if mine == "__init__" or theirs == "__version__":
                continue
            assert rank(theirs) <= rank(mine), f"{path}: {mine} imports {theirs}"
            for strangers in STRANGERS:
                if mine in strangers and theirs in strangers:
                    assert mine == theirs, f"{path}: {mine} imports {theirs}"


def test_only_the_store_touches_the_driver() -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in modules()
        if any(name.split(".")[0] == "neo4j" for name in imports(path))
    }
    # The breaker asks beside the store whether the server answers at all; the server room asks its
    # own child a first query before there is a Store.
    allowed = {"graphnet/store.py", "graphnet/breaker.py"}
    assert {user for user in users if not user.startswith("graphnet/server/")} == allowed


def test_nothing_in_the_web_is_a_query() -> None:
    for path in (ROOT / "webapp").rglob("*.py"):
        assert not queries_in(path), f"{path}: Cypher belongs to the engine"


def test_modules_are_short() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in modules()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 600
    }
    assert not long, "look for a seam"


QUERY = re.compile(r"\s*(MATCH|MERGE|CREATE|UNWIND|CALL|OPTIONAL|WITH|RETURN)\b")


def queries_in(path: Path) -> dict[str, str]:
    """Module constants that look like Cypher, by name."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            text = node.value.value
            if (
                isinstance(target, ast.Name)
                and isinstance(text, str)
                and QUERY.match(text)
                and target.id.isupper()
            ):
                found[target.id] = text
    return found


def built_in(path: Path) -> dict[str, str]:
    """Queries that a module builds of literal pieces, or keeps in a table: of what it assigns in
    capitals, what is a query when the module is imported. Pieces have names that begin with _.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and node.value is not None
        and not isinstance(node.value, ast.Constant)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id.isupper() and not target.id.startswith("_")
    }
    if not names:
        return {}
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found = {}
    for name in sorted(names):
        value = getattr(module, name)
        table = value if isinstance(value, dict) else {"": value}
        for key, text in table.items():
            if isinstance(text, str) and QUERY.match(text) and PATTERN.search(text):
                found[f"{name}[{_words(key)}]" if key else name] = text
    return found


def _words(key: object) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


# A query, and no sentence that happens to begin with one of the same words.
PATTERN = re.compile(r"\(\w*:?\w*.*\)", re.DOTALL)

CONSTANTS = [
    (str(path.relative_to(ROOT).with_suffix("")), name, text)
    for path in modules()
    for name, text in queries_in(path).items()
    if not name.startswith("_")
]
_PLAIN = {text for _, _, text in CONSTANTS}
QUERIES = CONSTANTS + [
    (str(path.relative_to(ROOT).with_suffix("")), name, text)
    for path in modules()
    if path.relative_to(ROOT).parts[0] != "webapp"
    for name, text in built_in(path).items()
    if text not in _PLAIN
]
# What each feature's declaration of what it holds of a person is made into.
QUERIES += [
    (f"{holding.label}{holding.tie and '-'}{holding.tie}{i}", name, text)
    for i, holding in enumerate(registered().holdings)
    for name, text in holding.queries.items()
]


def test_the_queries_of_the_import_are_explained_one_by_one() -> None:
    explained = {text for _, _, text in QUERIES}
    tables = (queries.MAKE, queries.BY_NAME, queries.TIE_QUERIES, queries.DATED_TIE_QUERIES)
    built = [text for table in tables for text in table.values()]
    assert {*built, queries.ALUMNI, queries.PEOPLE} <= explained
    assert len(set(built)) == len(built) > 90


# An assignment to one property of what a variable stands for, in a SET clause.
_SET = re.compile(
    r"\bSET\b((?:(?!\b(?:MATCH|MERGE|CREATE|WITH|RETURN|WHERE|DELETE)\b).)*)", re.DOTALL
)


def sets_on_people(query: str, name: str) -> bool:
    """Whether a query sets that property of a person."""
    people = set(re.findall(r"\((\w+):(?:\w+:)*Person\b", query))
    return any(
        variable in people
        for clause in _SET.findall(query)
        for variable in re.findall(rf"\b(\w+)\.{name}\s*=", clause)
    )


def test_only_privacy_knows_the_kinds_of_viewers() -> None:
    """Everybody else asks the viewer: `is_staff`, `require_staff`, `me`, `own_key`."""
    asked = re.compile(r"\bviewer(?:\(\))?\.kind\s*(?:==|!=|in\b|not in\b)")
    files = [*modules(), *(ROOT / "webapp").rglob("*.html")]
    privacy = ROOT / "graphnet" / "privacy"
    found = {path for path in files if asked.search(path.read_text("utf-8"))}
    assert {path.parent for path in found} == {privacy}
    refused = re.compile(r"person_key is None:\n\s+raise NotAllowed")
    found = {path for path in modules() if refused.search(path.read_text("utf-8"))}
    assert found == {privacy / "viewers.py"}


def test_one_module_says_who_is_of_one_lineage() -> None:
    """Groupmates on the site are the groupmates who conflict in the jury."""
    said = {
        str(path.relative_to(ROOT))
        for path in modules()
        if re.search(r"CONTINUES_AS(\*|\]-\{)", path.read_text("utf-8"))
    }
    # `doctor` looks for circles, which are no relation of people.
    assert said == {"graphnet/model/study.py", "graphnet/checks.py"}


def test_one_module_says_which_consent_is_the_newest() -> None:
    asked = re.compile(r"\w+:Consent[^)]*\)[^\"]{0,80}?(?:ORDER BY|\|\s*\[)", re.DOTALL)
    copy = "(p)-[:GAVE]->(c:Consent {purpose: 'x'})\n RETURN c.state ORDER BY c.at DESC LIMIT 1"
    assert asked.search(copy) and asked.search("(p)-[:GAVE]->(c:Consent) | [c.purpose, c.state]")
    said = {
        str(path.relative_to(ROOT)) for path in modules() if asked.search(path.read_text("utf-8"))
    }
    assert said == set(), "ask graphnet.consent"


def test_one_module_says_who_is_seen() -> None:
    """Hidden, dead, in quarantine, reachable: `graphnet.privacy` has the condition of each."""
    rest = [path for path in modules() if path.parent.name not in ("privacy", "model")]
    engine = {p: p.read_text("utf-8") for p in rest if "graphnet" in p.relative_to(ROOT).parts[:1]}
    assert not {str(p) for p, text in engine.items() if re.search(r"\.quarantined\b", text)}
    asked = re.compile(
        r"\.visibility, ''\)|\.died_on IS NULL"
        r"|EXISTS \{ \(\w+\)-\[:HAS\]->\(c:ContactPoint\)\s+WHERE c\.bounced_at IS NULL \}"
        r"|EXISTS \{ \(\w+\)<-\[:OF\]-\(a:Account\)\s+WHERE a\.disabled_at IS NULL \}"
    )
    assert not {str(path) for path, text in engine.items() if asked.search(text)}


def test_one_module_says_whether_a_person_is_found() -> None:
    assert sets_on_people(
        "MATCH (q:Person) WHERE q.key = 1 SET q.id = 1, q.visibility = $v", "visibility"
    )
    assert not sets_on_people(
        "MATCH (q:Person) SET q.a = 1 RETURN q.visibility = 'x'", "visibility"
    )
    writers = {module for module, _, query in QUERIES if sets_on_people(query, "visibility")}
    assert writers == {"graphnet/people/visibility"}


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
    query = conditions_query(registered().waiting)
    assert query.count("EXISTS") > 15
    test_every_query_is_planned_well(planner, "graphnet.conditions", "all of them", query)


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


def test_no_file_makes_anything_of_a_contest_or_the_ledger() -> None:
    made_by_acts = {
        "Contest", "Announcement", "Nomination", "Letter", "Ballot", "JuryScore", "Award",
        "SeasonArchive", "Contribution", "Evidence", "PseudonymKey",
    }  # fmt: skip
    assert made_by_acts <= model.NODES.keys()
    assert not made_by_acts & words.NODE_LABELS.keys()
    tied = {label for ends in words.TIE_ENDS.values() for pair in ends for label in pair}
    assert not made_by_acts & tied
    for text in (*queries.MAKE.values(), *queries.TIE_QUERIES.values()):
        assert not any(f":{label} " in text or f":{label})" in text for label in made_by_acts)


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


def names_given_to_pages() -> dict[str, str]:
    """Return what features give to templates, by name: where."""
    found = {}
    for path in (ROOT / "webapp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if getattr(node.func, "id", "") in ("answer", "form_page"):
                of = f"{path.relative_to(ROOT)}:{node.lineno}"
                found |= {word.arg: of for word in node.keywords if word.arg}
    return found


def test_no_page_hides_what_all_templates_have(tmp_path: Path) -> None:
    """A variable of a global's name breaks every macro and frame that calls the global."""
    own = Settings(home=tmp_path, demo=True, secure_cookies=False)
    with Store("bolt://127.0.0.1:1", "nobody", "asked") as store:  # no page is asked for
        app = create_app(own, store=store)
        everywhere = set(app.jinja_env.globals)
        with app.test_request_context("/"):
            for processor in app.template_context_processors[None]:
                everywhere |= set(processor())
    given = names_given_to_pages()
    assert len(given) > 100 and {"parts", "current_viewer"} <= everywhere
    assert not {name: of for name, of in given.items() if name in everywhere}


ADDRESS = re.compile(r'\b(?:href|action|src|hx-get|hx-post)="/')
ENDPOINT = re.compile(r"url_for\(\s*['\"]([\w.]+)['\"]")


def test_addresses_are_made_by_their_endpoint(tmp_path: Path) -> None:
    """No page writes an address out, and every endpoint that one names exists."""
    own = Settings(home=tmp_path, demo=True, secure_cookies=False)
    with Store("bolt://127.0.0.1:1", "nobody", "asked") as store:  # no page is asked for
        known = {rule.endpoint for rule in create_app(own, store=store).url_map.iter_rules()}
    for path in [*(ROOT / "webapp").rglob("*.html"), *(ROOT / "webapp").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert not ADDRESS.search(text), path
        assert set(ENDPOINT.findall(text)) <= known, path
