"""Queries that Neo4j may answer wrongly: ordered by what is computed of an OPTIONAL MATCH.

``OPTIONAL MATCH (a) ... RETURN coalesce(a.name, '') AS name ORDER BY name``: some plans of Neo4j up
to 2026.08 at least compute ``name`` within the optional part, so that it is null where there is no
``a`` (neo4j/neo4j issue 13859). Whether a plan does so changes with the numbers of the graph. A
property itself may order, as it is null either way; what is computed belongs into a subquery:
``CALL (e) { OPTIONAL MATCH ... RETURN coalesce(a.name, '') AS name }``.
"""

import re
from collections.abc import Iterator

CLAUSE = re.compile(
    r"\b(OPTIONAL MATCH|MATCH|WHERE|WITH|RETURN|ORDER BY|SKIP|LIMIT|UNWIND|CALL|ON CREATE SET"
    r"|ON MATCH SET|SET|CREATE|MERGE|DETACH DELETE|DELETE|REMOVE|UNION ALL|UNION|FOREACH|YIELD)\b"
)
# What makes something of a null; whatever adds rows up is computed after the optional part.
COMPUTED = re.compile(
    r"coalesce\(|\b(?:CASE|IS (?:NOT )?NULL|EXISTS|COLLECT|COUNT|AND|OR|NOT|IN)\b"
)
ADDED_UP = re.compile(r"\b(?:collect|count|max|min|sum|head)\(")
VARIABLE = re.compile(r"(?<![.\w$:])[a-z_]\w*")


def without_subqueries(query: str) -> tuple[str, list[str]]:
    """Return a query of the same length with all that stands in braces blank, and those parts."""
    flat, inner, depth, start, quote = [], [], 0, 0, ""
    for i, letter in enumerate(query):
        if quote or letter in "'\"`":
            quote = "" if letter == quote else quote or letter
        elif letter == "{":
            depth += 1
            start = i + 1 if depth == 1 else start
        elif letter == "}":
            depth -= 1
            if not depth:
                inner.append(query[start:i])
        flat.append(" " if depth else letter)
    return "".join(flat), inner


def listed(text: str) -> Iterator[str]:
    """Yield what stands between the commas of a clause."""
    depth, begin = 0, 0
    for i, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth:
            yield text[begin:i].strip()
            begin = i + 1
    yield text[begin:].strip()


def _written_out(key: str, made: dict[str, str]) -> str:
    return VARIABLE.sub(lambda name: made.get(name[0]) or name[0], key)


def ordered_by_optional(query: str) -> list[str]:
    """Return the keys of a query and those within it that are computed of what may be null."""
    flat, inner = without_subqueries(query)
    clauses = list(CLAUSE.finditer(flat))
    ends = [*(one.start() for one in clauses[1:]), len(flat)][: len(clauses)]
    bound: set[str] = set()
    optional: set[str] = set()
    found, made = [], {}
    for clause, end in zip(clauses, ends, strict=True):
        kind, plain, text = clause[1], flat[clause.end() : end], query[clause.end() : end]
        if kind in ("MATCH", "OPTIONAL MATCH", "CREATE", "MERGE"):
            names = set(re.findall(r"[(\[](\w+)", plain))
            optional |= names - bound if kind == "OPTIONAL MATCH" else set()
            bound |= names
        elif kind == "CALL":
            bound |= set(VARIABLE.findall(text))
        elif kind in ("WITH", "RETURN"):
            parts = [part.rpartition(" AS ") for part in listed(text.replace("\n", " "))]
            made = {name.strip(): value.strip() for value, _, name in parts}
        elif kind == "ORDER BY":
            for key in listed(text):
                whole = _written_out(key, made)
                computed = COMPUTED.search(whole) and not ADDED_UP.search(whole)
                if computed and optional & set(VARIABLE.findall(whole)):
                    found.append(key)
        if kind == "WITH" and "*" not in plain:
            optional = {name for name, value in made.items() if (value or name) in optional}
            bound = set(made)
    return found + [key for part in inner for key in ordered_by_optional(part)]
