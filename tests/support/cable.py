"""A way to a server of this machine that can be cut and joined, as a phone loses its network.

A browser that is told to be offline still sends now and then: what a page asks in the instant in
which it is loaded anew may go out before its new process knows.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Cable:
    """Leads what comes to `port` to the port `end`, and nothing while it is cut."""

    def __init__(self, end: int) -> None:
        """Open a port; nothing is led before `run`."""
        self.end = end
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._joined = True
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def cut(self) -> None:
        """End what is under way, and whatever comes from now on."""
        with self._lock:
            self._joined = False
            ended, self._open = self._open, set()
        for one in ended:
            _end(one)

    def join(self) -> None:
        """Lead what comes from now on."""
        with self._lock:
            self._joined = True

    def run(self) -> None:
        """Take connections until the cable is thrown away."""
        while True:
            try:
                come, _ = self._listening.accept()
            except OSError:
                return
            with self._lock:
                if not self._joined:
                    _end(come)
                    continue
                led = socket.create_connection(("127.0.0.1", self.end))
                self._open |= {come, led}
            for pair in ((come, led), (led, come)):
                threading.Thread(target=self._lead, args=pair, daemon=True).start()

    def throw_away(self) -> None:
        """End everything; the port is free again."""
        self.cut()
        # A socket that another thread waits on is woken by its shutting down, not by its closing.
        _end(self._listening)

    def _lead(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while some := source.recv(65536):
                target.sendall(some)
            target.shutdown(socket.SHUT_WR)
            return
        for one in (source, target):
            _end(one)
        with self._lock:
            self._open -= {source, target}


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def cable(end: int) -> Iterator[Cable]:
    """Lay one to the port `end` for as long as the block takes."""
    laid = Cable(end)
    taking = threading.Thread(target=laid.run, name="cable", daemon=True)
    taking.start()
    try:
        yield laid
    finally:
        laid.throw_away()
        taking.join(timeout=5)
