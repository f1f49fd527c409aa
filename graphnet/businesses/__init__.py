"""Businesses of alumni: written by the alumnus, published by staff, found by members.

::

    (:Business {state})-[:OF]->(:Person), -[:ABOUT]->(:Topic), -[:LOCATED_IN]->(:Place)

It is found while the alumnus is: who hides takes it along. What it does at events is an `EventRole`
of theirs.
"""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.businesses import personal

    personal.register(core)
