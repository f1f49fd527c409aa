"""The lines of a text file, for every reader of rows: they can be looked at, and given back."""

import re
from collections import deque
from collections.abc import Iterable, Iterator

BYTE_ORDER_MARK = "\ufeff"
# The line before the header by which Excel is told what divides the cells.
SAID_BY_EXCEL = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)


class Lines:
    """Lines that can be given back: a quotation mark that is never closed swallows what follows."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0  # of the line taken last

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        self.number += 1
        return line

    def first(self) -> str:
        """Return the first line, which stays where it is, without a byte order mark."""
        for line in self._lines:
            self._returned.append(line.removeprefix(BYTE_ORDER_MARK))
            break
        return self._returned[0] if self._returned else ""

    def drop(self) -> None:
        """Take away the first line."""
        self._returned.popleft()
        self.number += 1

    def give_back(self) -> None:
        """Give back all lines of the record but the first."""
        self._returned.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
