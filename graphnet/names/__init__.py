"""The search for people by name: folding, questions, the index.

`NameIndex` is what a web process holds; `parse` takes a question apart; `fold` makes the key that
the graph stores.
"""

from graphnet.names.columns import PersonName
from graphnet.names.explain import Explained
from graphnet.names.folding import fold
from graphnet.names.index import Found, NameIndex
from graphnet.names.query import ParsedQuery, parse

__all__ = ["Explained", "Found", "NameIndex", "ParsedQuery", "PersonName", "fold", "parse"]
