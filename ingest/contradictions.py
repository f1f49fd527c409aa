"""What is wrong with a mapping: all of it at once, each mistake with its place in the file.

First the shape of the file: keys that are missing, unknown or of the wrong type. What is wrong is
taken out, so that the rest can still be checked against the words of the graph and against itself.
"""

import copy
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from graphnet.model import NODES, TIES
from ingest.sections import Mapping, NodeSpec, Rows
from ingest.words import NODE_LABELS, SHARED, TIE_ENDS, TIE_OWN, unknown_word

# Stands where a mapping has to say something and does not.
UNSAID = "\u2026"
_UNSAID: dict[str, Any] = {
    "from": {"kind": UNSAID, "columns": UNSAID},
    "to": {"kind": UNSAID, "columns": UNSAID},
    "files": {UNSAID: {"path": UNSAID}},
    "nodes": {UNSAID: {"label": UNSAID, "file": UNSAID, "id": UNSAID}},
}


def validated(raw: dict[str, Any]) -> tuple[Mapping | None, list[str]]:
    """Return a mapping without what is wrong with its shape, and what that is, one line each."""
    mistakes: dict[str, str] = {}  # by place
    for _ in range(10):
        try:
            mapping = Mapping.model_validate(raw)
        except ValidationError as problem:
            raw = copy.deepcopy(raw)
            for error in problem.errors():
                place = _mended(raw, error["loc"], missing=error["type"] == "missing")
                mistakes.setdefault(place, f"{place}: {error['msg']}")
        else:
            return mapping, list(mistakes.values())
    return None, list(mistakes.values())


def _mended(raw: dict[str, Any], loc: tuple[int | str, ...], *, missing: bool) -> str:
    """Put something harmless where something is wrong, and return the place in words."""
    inside: Any = raw
    way: list[tuple[Any, Any]] = []
    for step in loc:
        if not _holds(inside, step):
            break
        way.append((inside, step))
        inside = inside[step]
    if missing and isinstance(inside, dict) and len(way) == len(loc) - 1:
        inside[loc[-1]] = copy.deepcopy(_UNSAID.get(str(loc[-1]), UNSAID))
        return ".".join(map(str, loc))
    if way:
        parent, step = way[-1]
        whole = len(way) > 1 and way[-2][1] == "properties"
        if whole or step in ("column", "template", "constant") or isinstance(parent, list):
            parent[step] = UNSAID
        else:
            del parent[step]
    return ".".join(str(step) for _, step in way)


def _holds(inside: Any, step: int | str) -> bool:
    if isinstance(inside, list):
        return isinstance(step, int) and step < len(inside)
    return isinstance(inside, dict) and step in inside


def contradictions(mapping: Mapping) -> list[str]:
    """Return what in a mapping contradicts itself or the graph's words."""
    mistakes: list[str] = []
    kinds: dict[str, NodeSpec] = {}
    for name, node in mapping.nodes.items():
        where = f"nodes.{name}"
        kind = node.kind or name
        label = _nearest(node.label, NODE_LABELS)
        if label != node.label:
            mistakes.append(
                f"{where}.label: {node.label!r} is not one of {_words(NODE_LABELS)}{_meant(label)}"
            )
        first = kinds.setdefault(kind, node)
        if first.label != node.label or len(first.id) != len(node.id):
            mistakes.append(f"{where}: kind {kind!r} has two labels or two kinds of id")
        if ":" in kind:
            mistakes.append(f"{where}.kind: {kind!r} must not contain ':'")
        if node.labels and label and (label != "Person" or set(node.labels) != {"Alumnus"}):
            mistakes.append(f'{where}.labels: only a Person may have more, and only "Alumnus"')
        if node.shared and label and label not in SHARED:
            mistakes.append(f"{where}.shared: only Topic, Place and Organisation are shared")
        if node.shared and "name" not in node.properties:
            mistakes.append(f"{where}.shared: needs properties.name")
        if node.shared != first.shared:
            mistakes.append(f"{where}.shared: kind {kind!r} is shared in one section only")
        allowed = [p for p in NODES[label] if p not in NODE_LABELS[label]] if label else None
        mistakes += _rows_mistakes(mapping, where, node, label, allowed)
    for number, tie in enumerate(mapping.ties, start=1):
        where = f"ties[{number}] ({tie.type})"
        kind = _nearest(tie.type, TIE_ENDS)
        if kind != tie.type:
            mistakes.append(f"{where}: type is not one of {_words(TIE_ENDS)}{_meant(kind)}")
        mistakes += [
            f"{where}: no section of nodes has the kind {end.kind!r}"
            for end in (tie.start, tie.end)
            if end.kind not in kinds
        ]
        if tie.start.kind in kinds and tie.end.kind in kinds:
            ends = (kinds[tie.start.kind].label, kinds[tie.end.kind].label)
            if kind and {*ends} <= NODE_LABELS.keys() and ends not in TIE_ENDS[kind]:
                can = "; ".join(f"{a} to {b}" for a, b in TIE_ENDS[kind])
                mistakes.append(f"{where}: cannot join {ends[0]} to {ends[1]}, only {can}")
            mistakes += [
                f"{where}: {end.kind} is identified by {len(kinds[end.kind].id)} columns, "
                f"not {len(end.columns)}"
                for end in (tie.start, tie.end)
                if len(end.columns) != len(kinds[end.kind].id)
            ]
        if tie.undirected and tie.type != "KNOWS":
            mistakes.append(f"{where}: only KNOWS can be undirected")
        if tie.type == "CALLED" and not {"academic_year", "term"} <= set(tie.properties):
            mistakes.append(f"{where}: needs properties.academic_year and properties.term")
        allowed = [p for p in TIES[kind] if p not in TIE_OWN] if kind else None
        mistakes += _rows_mistakes(mapping, where, tie, kind, allowed)
    mistakes += [
        f"lookups.{name}.file: no section files.{lookup.file}"
        for name, lookup in mapping.lookups.items()
        if lookup.file not in mapping.files
    ]
    return [mistake for mistake in mistakes if UNSAID not in mistake]


def _rows_mistakes(
    mapping: Mapping, where: str, rows: Rows, owner: str, allowed: list[str] | None
) -> list[str]:
    mistakes = []
    if rows.file not in mapping.files:
        mistakes.append(f"{where}.file: no section files.{rows.file}")
    for name, value in rows.properties.items():
        place = f"{where}.properties.{name}"
        if allowed is not None and name not in allowed:
            mistakes.append(f"{place}: not a property of it; there are {_words(allowed)}")
        if told := unknown_word(owner, name):
            mistakes += [
                f"{place}: {word!r} {reason}" for word in value.words() if (reason := told(word))
            ]
        if value.lookup and value.lookup not in mapping.lookups:
            mistakes.append(f"{place}.lookup: no section lookups.{value.lookup}")
    return mistakes


def _nearest(word: str, words: Iterable[str]) -> str:
    """Return the word that is meant, so that what else is wrong can be told; "" if none is."""
    known = list(words)
    return word if word in known else next(iter(get_close_matches(word, known, n=1)), "")


def _meant(word: str) -> str:
    return f" (did you mean {word!r}?)" if word else ""


def _words(words: Any) -> str:
    return ", ".join(sorted(words)) or "none"
