"""What the values of a row must be together, whatever a mapping says: of use, and not too long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphnet import model
from ingest.sections import Value
from ingest.values import Cells, Text, Unfit
from ingest.words import INDEXED, LONGEST

_NAMES = ("given_name", "patronymic", "family_name")


@dataclass(frozen=True)
class Fitness:
    """Checks of one section, worked out once; of a property, by the column that it comes from."""

    columns: dict[str, str]
    required: tuple[str, ...]
    period: tuple[str, str] | None
    indexed: tuple[str, ...]
    origin: bool  # whether a Record is called by the id
    text: bool  # whether the id is the thing's own

    @classmethod
    def of(cls, owner: str, properties: Mapping[str, Value], kind: str = "") -> "Fitness":
        """Return the checks for a label or a type of ties."""
        columns = {name: v.column or v.template or name for name, v in properties.items()}
        period = model.PERIODS.get(owner)
        return cls(
            columns,
            tuple(n for n in model.REQUIRED.get(owner, ()) if _may_lack(properties.get(n))),
            period if period is not None and set(period) <= properties.keys() else None,
            tuple(name for name in INDEXED.get(owner, ()) if name in properties),
            origin=owner == "Person",
            text=owner == "GroupCode",
        )

    @property
    def matters(self) -> bool:
        """Whether there is anything to check."""
        return bool(self.required or self.period or self.indexed)

    def check(
        self, values: Mapping[str, Any], identity: Text | None = None, cells: Cells = ()
    ) -> None:
        """Raise `Unfit` if the values of a row are of no use together."""
        for name in self.required:
            if values.get(name) is None:
                column = self.columns.get(name, name)
                raise Unfit(column, "", f"is empty, and {name} is needed")
        if self.period is not None:
            begins, ends = (values.get(name) for name in self.period)
            if begins is not None and ends is not None and ends < begins:
                raise Unfit(self.columns[self.period[1]], str(ends), "ends before it begins")
        for name in self.indexed:
            _short(self.columns[name], values.get(name))
        if self.origin:
            # All names make one key, in letters of which some take several.
            names = [str(values.get(name) or "") for name in _NAMES]
            if sum(map(len, names)) > LONGEST // 12:
                column = ", ".join(self.columns[n] for n in _NAMES if n in self.columns)
                raise Unfit(
                    column,
                    " ".join(names),
                    f"is no name: all of it is longer than {LONGEST // 12} letters",
                )
        if identity is not None and (self.origin or self.text):
            _short("", identity(cells), most=LONGEST // 2)


def _may_lack(value: Value | None) -> bool:
    return value is None or (value.constant is None and not value.required)


def _short(column: str, value: Any, most: int = LONGEST) -> None:
    # A letter takes four bytes at most.
    if isinstance(value, str) and len(value) * 4 > most and len(value.encode()) > most:
        raise Unfit(column, value, f"is longer than {most:,} bytes, too long to be searched for")
