"""From a mapping to the steps of an import, in the order in which they run."""

from graphnet.errors import BadMapping
from ingest.node_steps import NodeStep
from ingest.rows import Source
from ingest.sections import Mapping as ImportMapping
from ingest.sections import NodeSpec, TieSpec
from ingest.steps import Step
from ingest.tie_steps import TieStep


def compiled(
    mapping: ImportMapping, sources: dict[str, Source], lookups: dict[str, dict[str, str]]
) -> list[Step]:
    """Return the steps of a mapping in order, nodes before ties.

    Raises
    ------
    BadMapping
        With every column that a file does not have, one a line.
    """
    steps: list[Step] = []
    mistakes: list[str] = []
    without: dict[str, Source] = {}
    sections: list[tuple[str, NodeSpec | TieSpec]] = [
        (f"nodes.{name}", node) for name, node in mapping.nodes.items()
    ]
    sections += [(f"ties[{n}] ({tie.type})", tie) for n, tie in enumerate(mapping.ties, 1)]
    for where, spec in sections:
        source = sources.get(spec.file)
        if source is None:
            continue
        named = {*source.columns, *mapping.variables}
        if missing := [name for name in dict.fromkeys(spec.columns()) if name not in named]:
            names = ", ".join(f"no column {name!r}" for name in missing)
            mistakes.append(f"{where}, {source.path.name}: {names}")
            without.setdefault(source.path.name, source)
            continue
        try:
            if isinstance(spec, NodeSpec):
                kind = spec.kind or where.removeprefix("nodes.")
                steps.append(NodeStep.of(kind, spec, source, mapping, lookups))
            else:
                steps.append(TieStep.of(spec, source, mapping, lookups))
        except BadMapping as problem:
            mistakes.append(f"{where}, {source.path.name}: {problem}")
    mistakes += [
        f"{name} has the columns {', '.join(source.columns)}" + source.looks_divided_by()
        for name, source in without.items()
    ]
    if mistakes:
        raise BadMapping("nothing was written:\n  " + "\n  ".join(mistakes))
    return steps
