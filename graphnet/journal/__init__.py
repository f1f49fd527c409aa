"""A person's file for staff: what is known, by what right, and a journal of all there was.

Most of the journal lies in the graph already, as letters, requests, registrations, corrections: it
is read there and copied nowhere. New is what staff write down: a talk, a meeting, a letter, a note,
each with what comes next, by when, and whose it is.
"""

from graphnet.core import Core


def register(core: Core) -> None:
    """Bring what it holds of a person."""
    from graphnet.journal import personal

    personal.register(core)
