"""Steps that make nodes of the rows of a file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.fitness import Fitness
from ingest.rows import Chooser, Source
from ingest.sections import Mapping as ImportMapping
from ingest.sections import NodeSpec
from ingest.steps import Batch, Known, Makes, Step, hash_of, hashed_id, identity_of, shared_name
from ingest.values import Convert, Text, Unfit, converter, text_of
from ingest.words import unknown_word


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
            identity=identity_of(tuple(text_of(name, columns, variables) for name in spec.id)),
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

    @property
    def makes(self) -> Makes:
        return "people" if self.spec.label == "Person" else "things"

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
