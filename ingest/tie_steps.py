"""Steps that make ties of the rows of a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.fitness import Fitness
from ingest.node_steps import NodeStep
from ingest.rows import Chooser, Source
from ingest.sections import End, TieSpec
from ingest.sections import Mapping as ImportMapping
from ingest.steps import Batch, Known, Makes, Step, identity_of
from ingest.values import Convert, Text, Unfit, converter, text_of
from ingest.words import TIE_IDENTITY, unknown_word


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
            start=identity_of(
                tuple(text_of(name, columns, variables) for name in spec.start.columns)
            ),
            end=identity_of(tuple(text_of(name, columns, variables) for name in spec.end.columns)),
            values={name: convert for name, convert in made.items() if name not in constant},
            constants={name: made[name]([]) for name in sorted(constant)},
            chooser=Chooser(spec, columns, variables),
            fitness=Fitness.of(spec.type, spec.properties),
        )

    @property
    def makes(self) -> Makes:
        return "ties"

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
