"""The names of acts: under which one an act stands in the ledger now, or would be entered anew.

An act that was taken back stays taken back; what turns out to be right after all is another one,
``NAME:2`` and so on.
"""

from collections.abc import Sequence
from typing import LiteralString

from graphnet.errors import Conflict
from graphnet.store import Transaction

CORRECTION: LiteralString = "correct:"

# One row: the acts under a name that are in the ledger, and whether each was taken back.
ACTS = """MATCH (c:Contribution) WHERE c.act_id IN $acts
OPTIONAL MATCH (back:Contribution {act_id: 'correct:' + c.act_id})
RETURN c.act_id AS act_id, back IS NOT NULL AS taken_back ORDER BY act_id LIMIT 100000"""

NAMES_LOOKED_AT = 3  # under how many names of one act is looked at first; hardly anybody needs more
MOST_NAMES = 100


def taken_back(act: LiteralString) -> LiteralString:
    """Return the condition that nothing of an act counts: it was taken back, or takes one back."""
    return (
        f"({act} STARTS WITH '{CORRECTION}' "
        f"OR EXISTS {{ (:Contribution {{act_id: '{CORRECTION}' + {act}}}) }})"
    )


def named(name: LiteralString) -> LiteralString:
    """Return the clause that finds the entries `c` of a name that count, as NAME:2 too."""
    return (
        f"MATCH (c:Contribution) WHERE c.act_id STARTS WITH {name}\n"
        f"  AND (c.act_id = {name} OR c.act_id STARTS WITH {name} + ':') AND NOT "
        + taken_back("c.act_id")
    )


def free_acts(transaction: Transaction, names: Sequence[str]) -> dict[str, tuple[str, bool]]:
    """Return under which act each name stands now, or would be entered; and whether it does.

    Raises
    ------
    Conflict
        If one of them was entered and taken back a hundred times.
    """
    found: dict[str, tuple[str, bool]] = {}
    for first, last in ((1, NAMES_LOOKED_AT), (NAMES_LOOKED_AT + 1, MOST_NAMES - 1)):
        acts = {
            name: [name if n == 1 else f"{name}:{n}" for n in range(first, last + 1)]
            for name in names
            if name not in found
        }
        if not acts:
            break
        wanted = [act for of_name in acts.values() for act in of_name]
        known = {row["act_id"]: row["taken_back"] for row in transaction.run(ACTS, acts=wanted)}
        for name, of_name in acts.items():
            for act in of_name:
                if act not in known or not known[act]:
                    found[name] = act, act in known
                    break
    if len(found) < len(set(names)):
        raise Conflict("this was entered and taken back a hundred times", code="often")
    return found
