"""A process that takes the projection's answers in: one that is too large ends it, not the site.

The server limits what a query takes there, but not how long the list in a single row is: it makes
`range(1, 1000000000)` while it sends it. So whoever asks does it by this process, which has little
memory.

    asking ──query, rows──> reader ──> the projection's server
           <──a table, or why not──
"""

import contextlib
import os
import pickle
import resource
import struct
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from graphnet.errors import GraphnetError, TakesTooMuch
from graphnet.store import Store, Table, Where

MOST_BYTES = 32 << 20  # of an answer
MEMORY = 384 << 20  # beyond what the process has when it begins
TOO_LARGE = "the answer takes more memory than it may: return less, or count instead of collecting"
_LENGTH = struct.Struct(">Q")


class Reader:
    """The process, as long as somebody asks; it ends with whoever has started it."""

    def __init__(
        self, uri: str, user: str, password: str, *, seconds: float, where: Where | None
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "graphnet.projection.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        given = (uri, user, password), {"query_seconds": seconds, "where": where}
        _send(self._pipe(self._process.stdin), given)

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, query: str, *, rows: int) -> Table:
        """Return what `Store.ask` does.

        Raises
        ------
        TakesTooMuch
            Also if the answer is larger than `MOST_BYTES`, or takes more than `MEMORY`.
        """
        try:
            _send(self._pipe(self._process.stdin), (query, rows))
            found = _receive(self._pipe(self._process.stdout))
        except OSError:
            found = None
        if found is None:
            self.close()
            raise TakesTooMuch(TOO_LARGE)
        if isinstance(found, GraphnetError):
            raise found
        assert isinstance(found, Table)
        return found

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                self._pipe(pipe).close()


def _send(pipe: IO[bytes], value: Any) -> None:
    data = value if isinstance(value, bytes) else pickle.dumps(value)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """Return what was sent; None when the other side has ended."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return pickle.loads(data) if len(data) == length else None  # noqa: S301 - of our own process


def _limit() -> None:
    """Give this process so much more memory, where the system says how much it has."""
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        most = (int(fields["VmData"].split()[0]) << 10) + MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _answer(store: Store, query: str, rows: int) -> bytes:
    try:
        data = pickle.dumps(store.ask(query, rows=rows))
    except GraphnetError as problem:
        return pickle.dumps(problem)
    return data if len(data) <= MOST_BYTES else pickle.dumps(TakesTooMuch(TOO_LARGE))


def main() -> None:
    """Answer one question after another until the other side ends."""
    _limit()
    given = _receive(sys.stdin.buffer)
    if given is None:
        return
    with Store(*given[0], retry_seconds=3.0, **given[1]) as store:
        while (question := _receive(sys.stdin.buffer)) is not None:
            try:
                _send(sys.stdout.buffer, _answer(store, *question))
            except MemoryError:
                # Nothing can be relied on now, and nothing is left to be closed in order.
                os._exit(1)


if __name__ == "__main__":
    main()
