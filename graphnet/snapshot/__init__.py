"""Snapshot: an immutable, versioned copy of the graph's ties, memory-mapped and shared."""

from graphnet.snapshot.arrays import Memberships, Snapshot, Things, Ties
from graphnet.snapshot.build import assemble, build
from graphnet.snapshot.files import (
    Manifest,
    current,
    fingerprint,
    open_snapshot,
    read_manifest,
    read_npz,
    remove_old,
    save,
)
from graphnet.snapshot.layers import combined

__all__ = [
    "Manifest",
    "Memberships",
    "Snapshot",
    "Things",
    "Ties",
    "assemble",
    "build",
    "combined",
    "current",
    "fingerprint",
    "open_snapshot",
    "read_manifest",
    "read_npz",
    "remove_old",
    "save",
]
