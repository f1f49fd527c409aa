"""Winning a class back: plans of whom to ask, letters and calls, answers, what they teach.

::

    (:RecoveryPlan)-[:ASKS]->(:Ask)-[:OF]->(:Person)      who is asked, or was looked at
    (:Ask)-[:NAMED]->(:Person)                            of the lost, whom an answer named
    (:Person)-[:GAVE]->(:NeverAsk)                        for all plans, until it is taken back

An `:Ask` is `reserve`, `proposed`, `excluded` or `dropped` until it is `sent`, then `answered` or
`refused`. Whom an answer names is a tie that this planner knows and nobody sees: it makes nobody a
connection, and it goes with the ask when either end is erased.
"""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.recovery import personal

    personal.register(core)
