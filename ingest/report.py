"""What an import tells afterwards: a report for people and programs, and the file of rejects."""

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from ingest.steps import Counts, Reject, Step

COLUMNS = ("file", "row", "field", "value", "reason")


@dataclass(frozen=True)
class StepReport:
    """What became of one section of the mapping."""

    file: str
    name: str
    counts: Counts


@dataclass(frozen=True)
class FileReport:
    """A file: how many rows it has, and how many of them are among the rejects."""

    file: str
    read: int
    rejected: int


@dataclass(frozen=True)
class Report:
    """What an import did. `run` is empty if there was nothing to write."""

    source: str
    run: str
    number: int
    resumed: bool
    quarantined: bool
    seconds: float
    files: tuple[FileReport, ...]
    steps: tuple[StepReport, ...]
    rejects: tuple[str, ...]

    @property
    def written(self) -> int:
        """How many nodes and ties were made or changed."""
        return sum(step.counts.written for step in self.steps)

    @property
    def read(self) -> int:
        """How many rows the files have."""
        return sum(file.read for file in self.files)

    @property
    def skipped(self) -> int:
        """How often a section of the mapping passed a row over."""
        return sum(step.counts.skipped for step in self.steps)

    @property
    def rejected(self) -> int:
        """How many rows are among the rejects."""
        return sum(file.rejected for file in self.files)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON can hold it."""
        totals = {
            "read": self.read,
            "written": self.written,
            "skipped": self.skipped,
            "rejected": self.rejected,
        }
        return asdict(self) | totals

    def as_json(self) -> str:
        """Return the report as one JSON object."""
        return json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True)

    def as_text(self) -> str:
        """Return the report as a table for a terminal."""
        lines = []
        for file in self.files:
            lines.append(f"{file.file}: {file.read:,} rows, {file.rejected:,} rejected")
            for step in self.steps:
                if step.file != file.file:
                    continue
                counts = step.counts
                line = (
                    f"  {step.name:<36} {counts.written:>9,} written {counts.unchanged:>9,} "
                    f"unchanged {counts.skipped:>9,} skipped {counts.rejected:>7,} rejected"
                )
                lines.append(line + (f" {counts.kept:>7,} kept" if counts.kept else ""))
        if not self.run:
            lines.append(f"Nothing has changed: {self.source} is as it was.")
        else:
            verb = "Resumed and finished" if self.resumed else "Finished"
            lines.append(f"{verb} run {self.number} ({self.run}) in {self.seconds:.1f} s.")
        if self.quarantined:
            lines.append(
                "Alumni do not see it: name the lawful ground of the source with "
                f'`graphnet import ground {self.run or "RUN"} "..."`.'
            )
        lines += [f"Rejected rows and the reasons: {path}" for path in self.rejects]
        return "\n".join(lines)


class Rejects:
    """Files of rejected rows: one for each file that has any, with the same delimiter.

    The first columns say file, row, field, value and reason, the rest is the row as it was; so a
    mended file can be imported again by the same mapping.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, set[int]] = {}
        self._open: dict[str, tuple[Path, IO[str], Any]] = {}
        self._told: set[tuple[str, int, str, str]] = set()

    def add(self, step: Step, reject: Reject) -> None:
        """Write a row, unless the same was said of it already."""
        name, problem = step.source.name, reject.problem
        self.rows.setdefault(name, set()).add(reject.row)
        said = (name, reject.row, problem.field, problem.reason)
        if said in self._told:
            return
        self._told.add(said)
        if name not in self._open:
            self._open[name] = self._begin(step)
        writer = self._open[name][2]
        file = step.source.spec.path
        cells = [file, str(reject.row), problem.field, problem.value, problem.reason, *reject.cells]
        writer.writerow([c.encode("utf-8", "backslashreplace").decode() for c in cells])

    def close(self) -> tuple[str, ...]:
        """Close the files and return their paths."""
        for _, file, _ in self._open.values():
            file.close()
        return tuple(str(path) for path, _, _ in self._open.values())

    def _begin(self, step: Step) -> tuple[Path, IO[str], Any]:
        path = self.folder / step.source.spec.path
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", encoding="utf-8", newline="")
        writer = csv.writer(file, delimiter=step.source.spec.delimiter)
        writer.writerow([*COLUMNS, *step.source.columns])
        return path, file, writer
