"""The steps of an import: each reads one file for one section of the mapping, and makes batches.

A step reads and judges rows only; it may run in a thread of its own, one step at a time, while
`load.py` writes the batch before. What people and things are called in the graph stands in
`Known`, which earlier steps fill.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from graphnet.names.folding import fold
from ingest.rows import Source
from ingest.values import Cells, Text, Unfit

ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
NAMED_BY_TEXT = frozenset({"GroupCode"})


@dataclass
class Known:
    """What is in the graph from this source, or has been read in this import."""

    source: str
    people: dict[str, int | None] = field(default_factory=dict)  # origin: key; None: erased since
    hashes: dict[str, str] = field(
        default_factory=dict
    )  # origin of a person or id of a thing: hash
    ids: dict[str, dict[str, str]] = field(default_factory=dict)  # kind: identity: id of a thing
    seen: dict[str, set[str]] = field(default_factory=dict)  # kind: identities in the files
    named: dict[tuple[str, str], str] = field(default_factory=dict)  # label, name: id
    claimed: set[str] = field(default_factory=set)  # ids of shared things in the files
    refused: dict[str, set[int]] = field(default_factory=dict)  # file: numbers of rejected rows

    def origin(self, kind: str, identity: str) -> str:
        """Return what a person's Record is called for ever."""
        return f"{self.source}:{kind}:{identity}"

    def absent(self, labels: Mapping[str, str]) -> dict[str, int]:
        """Return how many people and things of each kind are in the graph, but in no file now."""
        counts: dict[str, int] = {}
        there = {name for ids in self.ids.values() for name in ids.values()}
        for kind, label in labels.items():
            if label != "Person":
                continue
            prefix, seen = self.origin(kind, ""), self.seen.get(kind, set())
            counts[kind] = sum(
                key is not None and origin.removeprefix(prefix) not in seen
                for origin, key in self.people.items()
                if origin.startswith(prefix)
            )
        things = self.hashes.keys() - self.people.keys() - there
        return {kind: n for kind, n in (counts | {"things": len(things)}).items() if n}

    def thing(self, kind: str, label: str, identity: str) -> str:
        """Return the id of a thing that is not shared."""
        if label in NAMED_BY_TEXT:
            return identity
        return hashed_id(self.source, kind, identity)


@dataclass
class Counts:
    """What became of the rows of one step: what was there, and `made`, is what is there now."""

    read: int = 0
    made: int = 0  # nodes or ties that were not there before
    changed: int = 0  # nodes or ties that were there, and say something else now
    unchanged: int = 0
    repeated: int = 0  # rows about something that a row before them has said already
    skipped: int = 0
    rejected: int = 0
    kept: int = 0  # fields that were left alone because somebody has changed them since
    emptied: int = 0  # fields that have no value any more, because the row says none

    @property
    def written(self) -> int:
        """How many nodes or ties were made or changed."""
        return self.made + self.changed

    @classmethod
    def of(cls, said: dict[str, int]) -> "Counts":
        """Return counts out of the progress of a run."""
        return cls(**{name: n for name, n in said.items() if name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Batch:
    """Rows for one transaction; `last` is the number of the last row of the file in it."""

    rows: list[Any]
    last: int


@dataclass(frozen=True)
class Reject:
    """A row that was not used."""

    row: int
    cells: list[str]
    problem: Unfit


Makes = Literal["people", "things", "ties"]


@dataclass
class Step:
    """One section of the mapping with its file."""

    source: Source
    name: str
    counts: Counts = field(default_factory=Counts)
    reject: Callable[["Step", Reject], None] = lambda step, reject: None

    def refuse(self, number: int, cells: list[str], problem: Unfit) -> None:
        self.counts.rejected += 1
        self.reject(self, Reject(number, cells, problem))

    @property
    def makes(self) -> Makes:
        """What of a graph the section writes."""
        raise NotImplementedError

    def batches(self, known: Known, size: int) -> Iterator[Batch]:
        raise NotImplementedError


def hashed_id(*parts: str) -> str:
    """Return an identifier of 16 letters that is always the same for the same parts."""
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=10)
    number = int.from_bytes(digest.digest(), "big")
    return "".join(ID_LETTERS[(number >> shift) & 31] for shift in range(0, 80, 5))


def shared_name(label: str, name: str) -> str:
    """Return by what a shared thing is found again: organisations are spelled in many ways."""
    return (fold(name) or name) if label == "Organisation" else name


def hash_of(*values: Any) -> str:
    """Return a short sum of values, by which a later import sees whether they have changed."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def identity_of(texts: tuple[Text, ...]) -> Text:
    """Return what names a row: its one cell, or several joined; nothing where one is empty."""
    if len(texts) == 1:
        return texts[0]

    def joined(cells: Cells) -> str:
        parts = [text(cells) for text in texts]
        return "|".join(parts) if all(parts) else ""

    return joined
