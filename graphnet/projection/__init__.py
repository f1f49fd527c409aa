"""Cypher for analysts: the network under pseudonyms, in a Neo4j of its own that only answers.

It is filled from the same data set that `graphnet export` writes, so that a query cannot find what
an analyst may not have; there is nothing else in it. The server is small, starts with the first
question, and ends ten minutes after the last. Defences, each enough by itself against most of it:

- what is asked is read before it is sent (`guard`): one reading statement, no procedure, no file;
- the server explains it first: it must be of the kind that reads, its plan without such a step;
- it runs with read access, which the server enforces, within limits of time, memory and rows;
- the server loads no procedure of others, reads no file, and opens no connection to fetch one;
- a server that goes on after its time, or has run out of memory, is ended and started anew.

Who has hidden, or was erased, since it was filled is taken out before the next question.
"""

from graphnet.core import Core
from graphnet.projection.work import register_all


def register(core: Core) -> None:
    """Bring the room."""
    register_all(core)
