"""Which rows are rejected, before anything is written: a rejected row leaves nothing behind.

Several sections of a mapping may be made of one row: a person, the place they live in, and what
joins the two. If one of them cannot be, none is. So every file of which more than one section is
made, or any node, is read once before the import begins, by all its sections at a time:

1. What a row says by itself: its cells, ids, values. What its sections would identify counts as
   there if the whole row is good.
2. What a row says of others: a tie to somebody who is nowhere is one more reason to reject a row.
   That takes away what this row would have made, so both are repeated until nothing changes.

A file of which only ties are made is judged while it is written, unless the whole import hangs on
its rejects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.node_steps import NodeStep
from ingest.rows import Source
from ingest.steps import Known, Reject, Step
from ingest.tie_steps import TieStep
from ingest.values import Unfit

# Ties whose missing end is found only when another row has been rejected for the same reason: a
# chain of them longer than this is cut while writing, tie by tie.
ROUNDS = 25


@dataclass
class _File:
    source: Source
    nodes: list[NodeStep] = field(default_factory=list)
    sure: list[TieStep] = field(default_factory=list)  # both ends are made of the same row
    ties: list[TieStep] = field(default_factory=list)


def judge(steps: Sequence[Step], known: Known, *, everything: bool = False) -> None:
    """Fill `known.refused`, and hand every reason to the step's `reject`.

    Parameters
    ----------
    everything
        Judge files of ties alone, too.
    """
    files = [file for file in _files(steps) if everything or file.nodes]
    seen: dict[str, set[str]] = {}
    for _ in range(ROUNDS):
        seen.clear()
        for file in files:
            if file.nodes or file.sure:
                _by_itself(file, seen, known)
        gone = [file for file in files if _of_others(file, seen, known)]
        if not gone:
            return


def _by_itself(file: _File, seen: dict[str, set[str]], known: Known) -> None:
    refused = known.refused.setdefault(file.source.name, set())
    sections: list[NodeStep | TieStep] = [*file.nodes, *file.sure]
    for number, cells, problem in file.source.rows():
        if number in refused:
            continue
        made: dict[str, set[str]] = {}
        reasons: list[tuple[Step, Unfit]] = []
        if problem is not None:
            reasons.append((sections[0], problem))
        else:
            for step in sections:
                try:
                    if isinstance(step, NodeStep):
                        step.judge(cells, seen, made)
                    else:
                        step.judge(cells)
                except Unfit as unfit:
                    reasons.append((step, unfit))
        if reasons:
            _refuse(refused, number, cells, reasons)
            continue
        for kind, identities in made.items():
            seen.setdefault(kind, set()).update(identities)


def _of_others(file: _File, seen: dict[str, set[str]], known: Known) -> bool:
    """Judge the ties to other rows; return whether something is no longer made because of it."""
    if not file.ties:
        return False
    refused = known.refused.setdefault(file.source.name, set())
    before = len(refused)
    for number, cells, problem in file.source.rows():
        if number in refused:
            continue
        reasons: list[tuple[Step, Unfit]] = []
        if problem is not None:
            reasons.append((file.ties[0], problem))
        else:
            for step in file.ties:
                try:
                    step.judge(cells, seen, known)
                except Unfit as unfit:
                    reasons.append((step, unfit))
        if reasons:
            _refuse(refused, number, cells, reasons)
    return len(refused) > before and bool(file.nodes)


def _refuse(
    refused: set[int], number: int, cells: list[str], reasons: list[tuple[Step, Unfit]]
) -> None:
    refused.add(number)
    told: set[str] = set()
    for step, unfit in reasons:
        if unfit.field not in told:  # of one cell, what the first section says of it
            step.reject(step, Reject(number, cells, unfit))
        told.add(unfit.field)


def _files(steps: Sequence[Step]) -> list[_File]:
    files: dict[str, _File] = {}
    nodes = [step for step in steps if isinstance(step, NodeStep)]
    for step in steps:
        file = files.setdefault(step.source.name, _File(step.source))
        if isinstance(step, NodeStep):
            file.nodes.append(step)
        elif isinstance(step, TieStep):
            here = [node for node in nodes if node.source.name == step.source.name]
            (file.sure if step.joins_only(here) else file.ties).append(step)
    return list(files.values())
