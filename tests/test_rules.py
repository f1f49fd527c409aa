"""The rules that hold everywhere: imports go one way, every query is proved against the server."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphnet import errors, model
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import queries, words
from tests.support.queries import PACKAGES, QUERIES, ROOT, modules, queries_in
from webapp.app import create_app

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


def raised(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """Return the message of each error of the tree that a module raises, and its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            name = ast.unparse(node.exc.func).rpartition(".")[2]
            if isinstance(getattr(errors, name, None), type):
                yield node.lineno, node.exc.args[0]


def is_bare(message: ast.expr) -> bool:
    """Whether a message is a word or two, or a field and a code, where a sentence belongs."""
    if isinstance(message, ast.JoinedStr):
        text = "".join(
            str(part.value) if isinstance(part, ast.Constant) else "x" for part in message.values
        )
    elif isinstance(message, ast.Constant):
        text = str(message.value)
    else:
        return False
    return len(text.split()) < 3


def test_an_error_says_a_sentence() -> None:
    """Whoever reads it on a command line or in a log is told what happened: its code is apart."""
    said = [ast.parse(text, mode="eval").body for text in ("'state'", "f'{name}: long'", "'a b c'")]
    assert [is_bare(one) for one in said] == [True, True, False]
    found = {
        f"{path.relative_to(ROOT)}:{line}": ast.unparse(message)
        for path in modules()
        for line, message in raised(ast.parse(path.read_text("utf-8")))
        # What the system or the driver says of a file or a server stands behind its name.
        if is_bare(message) and "problem" not in ast.unparse(message)
    }
    assert found == {}


def test_no_page_reads_the_sentence_of_an_error() -> None:
    """Pages word class, code and field: see `webapp.frame.reasons`."""
    compares = re.compile(
        r"str\((?:problem|trouble|wrong|refused|error)\)\s*(?:==|!=|in\b|not in\b|\.\w)"
        r"|(?:==|!=|\bin|\w\[|get\(|words\()\s*str\((?:problem|trouble|wrong|refused|error)\)"
    )
    assert compares.search('if str(problem) == "waits":') and compares.search("WHY[str(problem)]")
    assert compares.search('if "administrator" in str(trouble):')
    assert not compares.search("problem=str(problem)")
    found = [p for p in (ROOT / "webapp").rglob("*.py") if compares.search(p.read_text("utf-8"))]
    assert found == []


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


def test_every_code_that_a_feature_words_is_one_that_something_is_refused_with(
    tmp_path: Path,
) -> None:
    """A table of words that names a code nobody raises is a slip, or words that are left over."""
    own = Settings(home=tmp_path, demo=True, secure_cookies=False)
    with Store("bolt://127.0.0.1:1", "nobody", "asked") as store:  # no page is asked for
        tables = create_app(own, store=store).extensions["reasons"]
    raised_codes = {
        node.value
        for path in modules()
        if path.name != "words.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    worded = {
        (feature, key)
        for feature, table in tables.items()
        for words in table.values()
        for key in words
        if key
    }
    assert len(worded) > 200
    assert {one for one in worded if one[1].rpartition(": ")[2] not in raised_codes} == set()
