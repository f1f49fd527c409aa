"""What cleaning one cell gives: the value, and beside it what was changed and what is wrong."""

import re
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ingest.reading.tables import Cell, Note

Value = TypeVar("Value")


@dataclass(frozen=True)
class Cleaned(Generic[Value]):
    """A cleaned value; changes can be undone by taking the original, problems need a person."""

    value: Value
    changes: tuple[Note, ...] = ()
    problems: tuple[Note, ...] = field(default_factory=tuple)


_NOTHING = re.compile(
    r"^(?:[-–—_.*?/\\0]+|нет|нету|нет данных|не указан[оа]?|неизвестн[оа]?|отсутствует|не помню"
    r"|n/?a|none|null|nil|no|unknown|not given|tbd|xxx+)$",
    re.IGNORECASE,
)


def says_nothing(text: str) -> bool:
    """Say whether a cell holds a sign for "nothing known".

    Not asked of names: Null, Na and Нет are real ones.
    """
    return not text or bool(_NOTHING.match(text))


def text_of(cell: Cell) -> str:
    """Return a cell as text; numbers without a fraction as whole ones."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e16:
        return str(int(cell))
    return cell if isinstance(cell, str) else str(cell)
