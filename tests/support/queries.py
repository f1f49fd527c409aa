"""All modules of the program, and all queries that are in them."""

import ast
import importlib
import re
from pathlib import Path

from graphnet.features import registered

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("graphnet", "ingest", "webapp")


def modules() -> list[Path]:
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "vendor" not in path.parts
    )


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
