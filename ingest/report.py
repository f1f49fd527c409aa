"""What an import tells afterwards: a report for people and programs, and the file of rejects."""

import csv
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from graphnet.erasure.holding import Known
from ingest.encodings import SAMPLE, guessed
from ingest.rows import Source
from ingest.sections import Mapping
from ingest.steps import Counts, Makes, Reject, Step

COLUMNS = ("file", "row", "field", "value", "reason")


@dataclass(frozen=True)
class StepReport:
    """What became of one section of the mapping."""

    file: str
    name: str
    makes: Makes
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
    reasons: tuple[str, ...] = ()  # why rows were rejected, the commonest first
    unused: dict[str, tuple[str, ...]] = field(default_factory=dict)  # columns of no section
    absent: dict[str, int] = field(default_factory=dict)  # of the source, and in no file any more
    latest: str = ""  # the newest run of the source that stands

    @property
    def failed(self) -> bool:
        """Whether rows were rejected and nothing of the rest is in the graph."""
        there = (step.counts.written + step.counts.unchanged for step in self.steps)
        return self.rejected > 0 and not any(there)

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
        told = asdict(self) | totals
        for step, said in zip(self.steps, told["steps"], strict=True):
            said["counts"]["written"] = step.counts.written
        return told

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
                numbers = {
                    "made": counts.made,
                    "changed": counts.changed,
                    "unchanged": counts.unchanged,
                    "repeated": counts.repeated,
                    "passed over": counts.skipped,
                    "rejected": counts.rejected,
                    "fields emptied": counts.emptied,
                    "fields kept, for somebody changed them since": counts.kept,
                }
                told = ", ".join(f"{n:,} {word}" for word, n in numbers.items() if n)
                lines.append(f"  {step.name:<36} {told or 'nothing'}")
            if unused := self.unused.get(file.file):
                lines.append(f"  not stored, for no section uses them: {', '.join(unused)}")
        lines += [
            f"In no file any more, and left as they are: {n:,} of {kind}"
            for kind, n in self.absent.items()
        ]
        if self.failed:
            lines.append(f"Nothing was imported: {self.rejected:,} rows were rejected.")
        elif not self.run:
            lines.append(f"Nothing has changed: {self.source} is as it was.")
        else:
            verb = "Resumed and finished" if self.resumed else "Finished"
            lines.append(f"{verb} run {self.number} ({self.run}) in {self.seconds:.1f} s.")
        if self.quarantined and self.latest:
            lines.append(
                "Alumni do not see it: name the lawful ground of the source with "
                f'`graphnet import ground {self.latest} "..."`.'
            )
        lines += self.reasons
        lines += [f"Rejected rows and the reasons: {path}" for path in self.rejects]
        return "\n".join(lines)


class Rejects:
    """Files of rejected rows: one for each file that has any, written as that one is.

    The first columns say file, row, field, value and reason, the rest is the row as it was, without
    the cells of columns that the mapping does not name; so a mended file can be imported again by
    the same mapping.
    """

    def __init__(self, folder: Path, mapping: Mapping | None = None) -> None:
        self.folder = folder
        self.rows: dict[str, set[int]] = {}
        self._mapping = mapping
        self._open: dict[str, _RejectFile] = {}
        self._told: set[tuple[str, int, str, str]] = set()
        self._reasons: Counter[tuple[str, str, str]] = Counter()

    @property
    def count(self) -> int:
        """How many rows are rejected."""
        return sum(map(len, self.rows.values()))

    def reasons(self, most: int = 10) -> list[str]:
        """Return in words why rows were rejected, the commonest reasons first."""
        lines = [
            f"  {n:,} x {file}{', ' if field else ''}{field}: {reason}"
            for (file, field, reason), n in sorted(
                self._reasons.items(), key=lambda item: (-item[1], item[0])
            )
        ]
        return lines[:most] + [f"  and {len(lines) - most:,} more reasons"] * (len(lines) > most)

    def add(self, step: Step, reject: Reject) -> None:
        """Write a row, unless the same was said of it already."""
        name, problem = step.source.name, reject.problem
        self.rows.setdefault(name, set()).add(reject.row)
        said = (name, reject.row, problem.field, problem.reason)
        if said in self._told:
            return
        self._told.add(said)
        file = step.source.spec.path
        self._reasons[file, problem.field, problem.reason] += 1
        if name not in self._open:
            self._open[name] = self._begin(step.source)
        opened = self._open[name]
        cells = reject.cells
        if len(cells) == len(step.source.columns):
            cells = ["" if i in opened.unused else cell for i, cell in enumerate(cells)]
        opened.writer.writerow(
            [file, str(reject.row), problem.field, problem.value, problem.reason, *cells]
        )

    def close(self) -> tuple[str, ...]:
        """Close the files and return their paths."""
        for opened in self._open.values():
            opened.file.close()
        return tuple(str(opened.path) for opened in self._open.values())

    def _begin(self, source: Source) -> "_RejectFile":
        path = self.folder / source.spec.path
        path.parent.mkdir(parents=True, exist_ok=True)
        # A letter that the file's own encoding does not have is written by its number.
        file = path.open("w", encoding=source.spec.encoding, errors="backslashreplace", newline="")
        writer = csv.writer(file, delimiter=source.spec.delimiter)
        writer.writerow([*COLUMNS, *source.columns])
        names = self._mapping.unused_columns(source.name, source.columns) if self._mapping else ()
        return _RejectFile(path, file, writer, frozenset(source.columns[name] for name in names))


@dataclass(frozen=True)
class _RejectFile:
    path: Path
    file: IO[str]
    writer: Any
    unused: frozenset[int]


def forget(folder: Path, known: Known) -> int:
    """Take an erased person's rows out of the files of rejects in a folder; return how many.

    Each file is written anew beside the old one and put in its place, so that it is never half.
    """
    gone = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if not path.is_file() or path.name.startswith("."):
            continue
        encoding = guessed(path.read_bytes()[:SAMPLE])  # that of the file that was imported
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
            separator = _separator(file.readline())
            file.seek(0)
            rows = list(csv.reader(file, delimiter=separator))
        kept = [row for i, row in enumerate(rows) if i == 0 or not known.within(" ".join(row))]
        if len(kept) == len(rows):
            continue
        draft = path.with_name(f".{path.name}.new")
        with draft.open("w", encoding=encoding, errors="surrogateescape", newline="") as out:
            csv.writer(out, delimiter=separator).writerows(kept)
        draft.replace(path)
        gone += len(rows) - len(kept)
    return gone


def _separator(head: str) -> str:
    # The first columns of every such file are COLUMNS.
    return head[len(COLUMNS[0]) : len(COLUMNS[0]) + 1] or ","
