"""The steps of an import: each reads one file for one section of the mapping, and makes batches.

A step reads and judges rows only; it may run in a thread of its own, one step at a time, while
`load.py` writes the batch before. What people and things are called in the graph stands in
`Known`, which earlier steps fill.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphnet.errors import BadMapping
from graphnet.names.folding import fold
from ingest.fitness import Fitness
from ingest.rows import Chooser, Source
from ingest.sections import End, NodeSpec, TieSpec
from ingest.sections import Mapping as ImportMapping
from ingest.values import Cells, Convert, Text, Unfit, converter, text_of
from ingest.words import TIE_IDENTITY, unknown_word

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


def compiled(
    mapping: ImportMapping, sources: dict[str, Source], lookups: dict[str, dict[str, str]]
) -> list[Step]:
    """Return the steps of a mapping in order, nodes before ties.

    Raises
    ------
    BadMapping
        With every column that a file does not have, one a line.
    """
    steps: list[Step] = []
    mistakes: list[str] = []
    without: dict[str, Source] = {}
    sections: list[tuple[str, NodeSpec | TieSpec]] = [
        (f"nodes.{name}", node) for name, node in mapping.nodes.items()
    ]
    sections += [(f"ties[{n}] ({tie.type})", tie) for n, tie in enumerate(mapping.ties, 1)]
    for where, spec in sections:
        source = sources.get(spec.file)
        if source is None:
            continue
        named = {*source.columns, *mapping.variables}
        if missing := [name for name in dict.fromkeys(spec.columns()) if name not in named]:
            names = ", ".join(f"no column {name!r}" for name in missing)
            mistakes.append(f"{where}, {source.path.name}: {names}")
            without.setdefault(source.path.name, source)
            continue
        try:
            if isinstance(spec, NodeSpec):
                kind = spec.kind or where.removeprefix("nodes.")
                steps.append(NodeStep.of(kind, spec, source, mapping, lookups))
            else:
                steps.append(TieStep.of(spec, source, mapping, lookups))
        except BadMapping as problem:
            mistakes.append(f"{where}, {source.path.name}: {problem}")
    mistakes += [
        f"{name} has the columns {', '.join(source.columns)}" + source.looks_divided_by()
        for name, source in without.items()
    ]
    if mistakes:
        raise BadMapping("nothing was written:\n  " + "\n  ".join(mistakes))
    return steps


def _identity(texts: tuple[Text, ...]) -> Text:
    if len(texts) == 1:
        return texts[0]

    def joined(cells: Cells) -> str:
        parts = [text(cells) for text in texts]
        return "|".join(parts) if all(parts) else ""

    return joined


@dataclass
class NodeStep(Step):
    """Makes people or things. A row of a batch is (identity, row number, cells, values, hash)."""

    kind: str = ""
    spec: NodeSpec = field(kw_only=True)
    identity: Text = field(kw_only=True)
    values: dict[str, Convert] = field(kw_only=True)
    chooser: Chooser = field(kw_only=True)
    fields: list[tuple[str, int]] = field(kw_only=True)  # columns that a Record keeps
    fitness: Fitness = field(kw_only=True)

    @classmethod
    def of(
        cls,
        kind: str,
        spec: NodeSpec,
        source: Source,
        mapping: ImportMapping,
        lookups: dict[str, dict[str, str]],
    ) -> "NodeStep":
        columns, variables = source.columns, mapping.variables
        unused = mapping.unused_columns(spec.file, columns)
        return cls(
            source,
            f"{spec.label} {kind}" if spec.label.lower() != kind else spec.label,
            kind=kind,
            spec=spec,
            identity=_identity(tuple(text_of(name, columns, variables) for name in spec.id)),
            values={
                name: converter(
                    value,
                    columns,
                    variables=variables,
                    lookups=lookups,
                    unknown=unknown_word(spec.label, name),
                )
                for name, value in spec.properties.items()
            },
            chooser=Chooser(spec, columns, variables),
            fields=[(name, index) for name, index in columns.items() if name not in unused],
            fitness=Fitness.of(spec.label, spec.properties, kind),
        )

    def judge(self, cells: list[str], seen: dict[str, set[str]], made: dict[str, set[str]]) -> None:
        """Find out what a row would make; `seen` is what rows before it have made, by kind.

        Raises
        ------
        Unfit
            If the row is to be rejected.
        """
        before, beside = seen.get(self.kind, ()), made.get(self.kind, ())
        mine: set[str] = set()
        for part in self.chooser.chosen(cells):
            identity = self._identified(part)
            if not identity or identity in mine:
                continue
            if identity in before or identity in beside:
                self._again(identity)
            else:
                self._converted(part)
                mine.add(identity)
        if mine:
            made.setdefault(self.kind, set()).update(mine)

    def batches(self, known: Known, size: int) -> Iterator[Batch]:
        counts = self.counts
        seen = known.seen.setdefault(self.kind, set())
        refused = known.refused.setdefault(self.source.name, set())
        waiting: list[Any] = []
        number = 0
        for number, cells, problem in self.source.rows():
            counts.read += 1
            if number in refused:  # told already
                counts.rejected += 1
                continue
            if problem is not None:
                self.refuse(number, cells, problem)
                refused.add(number)
                continue
            parts = self.chooser.chosen(cells)
            if not parts:
                counts.skipped += 1
            mine: set[str] = set()
            for part in parts:
                try:
                    row = self._row(part, number, known, seen, mine)
                except Unfit as unfit:
                    self.refuse(number, cells, unfit)
                    refused.add(number)
                    continue
                if row is not None:
                    waiting.append(row)
            if len(waiting) >= size:
                yield Batch(waiting, number)
                waiting = []
        if waiting:
            yield Batch(waiting, number)

    def _identified(self, cells: list[str]) -> str:
        """Return what identifies the thing in its source; nothing if the row is passed over."""
        identity = self.identity(cells)
        if not identity and self.spec.empty == "reject":
            raise Unfit(", ".join(self.spec.id), "", "is empty, and it identifies the row")
        return identity

    def _again(self, identity: str) -> None:
        if not self.spec.repeated:
            raise Unfit(", ".join(self.spec.id), identity, "comes twice; the first row counts")

    def _converted(self, cells: list[str]) -> dict[str, Any]:
        values = {name: convert(cells) for name, convert in self.values.items()}
        self.fitness.check(values, self.identity, cells)
        if self.spec.shared and not values.get("name"):
            raise Unfit("name", "", "is empty, and the name identifies it")
        return values

    def _row(
        self, cells: list[str], number: int, known: Known, seen: set[str], mine: set[str]
    ) -> Any:
        identity = self._identified(cells)
        if not identity:
            self.counts.skipped += 1
            return None
        if identity in seen:
            if identity not in mine:
                self._again(identity)
            self.counts.repeated += 1
            return None
        values = self._converted(cells)
        seen.add(identity)
        mine.add(identity)
        if self.spec.label == "Person":
            # A person's Record keeps the row; of a thing only what is mapped counts.
            hash_ = hash_of(values, [cells[i] for _, i in self.fields], self.spec.labels)
            name = known.origin(self.kind, identity)
            if name in known.people and known.people[name] is None:
                self.counts.skipped += 1  # erased since: what a file says does not bring them back
                return None
        else:
            hash_ = hash_of(values)
            if self.spec.shared:
                place = (self.spec.label, shared_name(self.spec.label, str(values["name"])))
                name = known.named.get(place) or hashed_id(*place)
            else:
                name = known.thing(self.kind, self.spec.label, identity)
            known.ids.setdefault(self.kind, {})[identity] = name
            if self.spec.shared:
                if name in known.claimed:  # another row of the files has the same name
                    self.counts.repeated += 1
                    return None
                known.claimed.add(name)
        if known.hashes.get(name) == hash_:
            self.counts.unchanged += 1
            return None
        return identity, number, cells, values, hash_


@dataclass
class TieStep(Step):
    """Makes ties. A row of a batch is [from, to, properties, and what tells two ties apart]."""

    spec: TieSpec = field(kw_only=True)
    labels: tuple[str, str] = field(kw_only=True)
    start: Text = field(kw_only=True)
    end: Text = field(kw_only=True)
    values: dict[str, Convert] = field(kw_only=True)
    constants: dict[str, Any] = field(kw_only=True)
    chooser: Chooser = field(kw_only=True)
    fitness: Fitness = field(kw_only=True)

    @classmethod
    def of(
        cls,
        spec: TieSpec,
        source: Source,
        mapping: ImportMapping,
        lookups: dict[str, dict[str, str]],
    ) -> "TieStep":
        columns, variables = source.columns, mapping.variables
        labels = mapping.labels_of_kinds
        identity = TIE_IDENTITY.get(spec.type, ())
        made = {
            name: converter(
                value,
                columns,
                variables=variables,
                lookups=lookups,
                unknown=unknown_word(spec.type, name),
            )
            for name, value in spec.properties.items()
        }
        constant = {
            name
            for name, value in spec.properties.items()
            if value.constant is not None and name not in identity
        }
        return cls(
            source,
            f"{spec.type} {spec.start.kind} to {spec.end.kind}",
            spec=spec,
            labels=(labels[spec.start.kind], labels[spec.end.kind]),
            start=_identity(
                tuple(text_of(name, columns, variables) for name in spec.start.columns)
            ),
            end=_identity(tuple(text_of(name, columns, variables) for name in spec.end.columns)),
            values={name: convert for name, convert in made.items() if name not in constant},
            constants={name: made[name]([]) for name in sorted(constant)},
            chooser=Chooser(spec, columns, variables),
            fitness=Fitness.of(spec.type, spec.properties),
        )

    def joins_only(self, nodes: Sequence[NodeStep]) -> bool:
        """Return whether both ends of each tie are made by these sections of the same row."""
        return all(
            any(self._made_by(node, end) for node in nodes)
            for end in (self.spec.start, self.spec.end)
        )

    def _made_by(self, node: NodeStep, end: End) -> bool:
        spec = node.spec
        always = not spec.only and not spec.unless and spec.each in (None, self.spec.each)
        return (
            always
            and node.kind == end.kind
            and spec.id == end.columns
            and (end.empty == "skip" or spec.empty == "reject")
        )

    def judge(
        self,
        cells: list[str],
        seen: Mapping[str, set[str]] | None = None,
        known: Known | None = None,
    ) -> None:
        """Find out whether a row makes ties; without `seen`, both ends are of the same row.

        Raises
        ------
        Unfit
            If the row is to be rejected.
        """
        for part in self.chooser.chosen(cells):
            start, end = self.start(part), self.end(part)
            if not self._there(self.spec.start, self.labels[0], start, seen, known):
                continue
            if not self._there(self.spec.end, self.labels[1], end, seen, known):
                continue
            if start == end and self.spec.start.kind == self.spec.end.kind:
                raise Unfit(self.spec.end.columns[0], end, "is tied to itself")
            self._converted(part)

    def _there(
        self,
        end: End,
        label: str,
        identity: str,
        seen: Mapping[str, set[str]] | None,
        known: Known | None,
    ) -> bool:
        if identity and (seen is None or known is None or identity in seen.get(end.kind, ())):
            return True
        if identity and known is not None:
            origin = known.origin(end.kind, identity)
            if label == "Person" and origin in known.people:
                return known.people[origin] is not None
            if label != "Person" and known.thing(end.kind, label, identity) in known.hashes:
                return True
        _missing(end, identity)
        return False

    def _converted(self, cells: list[str]) -> dict[str, Any]:
        given = {}
        for name, convert in self.values.items():
            value = convert(cells)
            if value is not None:
                given[name] = value
        if self.fitness.matters:
            self.fitness.check(given)
        return given

    def batches(self, known: Known, size: int) -> Iterator[Batch]:
        counts = self.counts
        refused = known.refused.get(self.source.name, set())
        find_start = self._finder(known, self.spec.start, self.labels[0])
        find_end = self._finder(known, self.spec.end, self.labels[1])
        waiting: list[Any] = []
        number = 0
        for number, cells, problem in self.source.rows():
            counts.read += 1
            if number in refused:  # told already
                counts.rejected += 1
                continue
            if problem is not None:
                self.refuse(number, cells, problem)
                continue
            parts = self.chooser.chosen(cells)
            if not parts:
                counts.skipped += 1
            for part in parts:
                try:
                    row = self._row(part, find_start, find_end)
                except Unfit as unfit:
                    self.refuse(number, cells, unfit)
                    continue
                if row is None:
                    counts.skipped += 1
                else:
                    waiting.append(row)
            if len(waiting) >= size:
                yield Batch(waiting, number)
                waiting = []
        if waiting:
            yield Batch(waiting, number)

    def _row(
        self,
        cells: list[str],
        find_start: Callable[[str], int | str | None],
        find_end: Callable[[str], int | str | None],
    ) -> list[Any] | None:
        start = find_start(self.start(cells))
        if start is None:
            return None
        end = find_end(self.end(cells))
        if end is None:
            return None
        if start == end:
            raise Unfit(self.spec.end.columns[0], self.end(cells), "is tied to itself")
        given = self._converted(cells)
        if self.spec.undirected and start > end:  # type: ignore[operator] # both are people's keys
            start, end = end, start
        return [start, end, given]

    def _finder(self, known: Known, spec: End, label: str) -> Callable[[str], int | str | None]:
        """Return what finds an end of the tie; None means that the row is skipped."""
        prefix = known.origin(spec.kind, "")
        people, hashes = known.people, known.hashes
        ids = known.ids.get(spec.kind, {})

        def person(identity: str) -> int | None:
            key = people.get(prefix + identity)
            if key is None and prefix + identity not in people:
                _missing(spec, identity)
            return key

        def thing(identity: str) -> str | None:
            found = ids.get(identity)
            if found is None and identity:
                # Not in today's files, but perhaps in those of an earlier run.
                found = known.thing(spec.kind, label, identity)
                found = found if found in hashes else None
            if found is None:
                _missing(spec, identity)
            return found

        return person if label == "Person" else thing


def _missing(end: End, identity: str) -> None:
    """Say of an end of a tie that is nowhere why its row is rejected, or that it is passed over."""
    columns = ", ".join(end.columns)
    if not identity:
        if end.empty == "reject":
            raise Unfit(columns, identity, f"is empty, and names the {end.kind}")
    elif end.unknown == "reject":
        raise Unfit(columns, identity, f"there is no {end.kind} with this id")
