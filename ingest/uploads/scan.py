"""The whole base looked through for doubles, as a job: what may be one person is asked about."""

from graphnet.merging import doubles
from graphnet.store import Store
from ingest.uploads.matching import match
from ingest.uploads.people import BASE, people

KIND = "scan doubles"


def scan(store: Store) -> int:
    """Compare everybody with everybody; return how many pairs are new in the queue."""
    base = people(store)
    found = match([], base, decided=doubles.decided(store))
    pairs = [
        (one, other, pair)
        for (kind, one), (other_kind, other), pair in found.unsure
        if kind == other_kind == BASE
    ]
    return doubles.propose(store, pairs, source=KIND)
