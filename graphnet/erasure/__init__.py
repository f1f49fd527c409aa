"""Erasing a person, and giving them what is held of them, both from one registry.

`holding` says how a feature declares what it holds of a person; `person` erases, exports and counts
by all that is declared; `remembered` keeps the keys of the erased beside the data; `trail` declares
what the core itself holds. The core knows no feature's labels: what nobody has declared is a
failing test (`tests/test_erasure.py`).
"""

from graphnet.erasure.holding import Gone, Holding
from graphnet.erasure.person import count, erase, export
from graphnet.erasure.trail import register

__all__ = ["Gone", "Holding", "count", "erase", "export", "register"]
