"""The demo's parts, a worker and a web server: started, watched, started again if one dies."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import click

from graphnet.errors import GraphnetError

# A part that dies again and again is not saved by starting it again.
MOST_RESTARTS = 3
WITHIN_SECONDS = 60.0
_END_SECONDS = 10.0


class Part:
    """One process, its output in a file."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.arguments = arguments
        self.log = log
        self._environment = environment
        self._begun: deque[float] = deque(maxlen=MOST_RESTARTS + 1)
        self.process = self._start()

    @property
    def name(self) -> str:
        """The command that it was started with."""
        return f"graphnet {self.arguments[0]}"

    def _start(self) -> subprocess.Popen[bytes]:
        self._begun.append(time.monotonic())
        with self.log.open("ab") as output:
            # Its own process group: Ctrl-C reaches us, and we stop them in order.
            return subprocess.Popen(
                [sys.executable, "-m", "graphnet", *self.arguments],
                env=self._environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def look(self) -> str:
        """Start it again if it has died; return how it died, or nothing.

        Raises
        ------
        GraphnetError
            If it has died too often to be worth it.
        """
        code = self.process.poll()
        if code is None:
            return ""
        if len(self._begun) > MOST_RESTARTS and time.monotonic() - self._begun[0] < WITHIN_SECONDS:
            raise GraphnetError(
                f"`{self.name}` ended {len(self._begun)} times in a minute, the last time with "
                f"{code}; its messages stand in {self.log}:\n{self.last_words()}"
            )
        self.process = self._start()
        return f"`{self.name}` ended with {code}; it is started again"

    def last_words(self) -> str:
        """The end of what it has printed."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-8:])


class Parts:
    """All of them: `with Parts(...) as parts` and `start`, which stops them however it ends."""

    def __init__(self, environment: Mapping[str, str], *, port: int, logs: Path) -> None:
        self._environment = environment
        self._port = port
        self._logs = logs
        self.parts: list[Part] = []

    def __enter__(self) -> Self:
        # Also where a shell has started us in the background, which makes Ctrl-C be ignored.
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, _interrupt)
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def start(self, *arguments: str) -> None:
        """Start ``graphnet`` with a subcommand and its options, and keep it running."""
        log = self._logs / f"{arguments[0]}.log"
        self.parts.append(Part(list(arguments), self._environment, log))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        stopped = kind is KeyboardInterrupt
        if stopped:
            click.echo("\nstopping ...", err=True)
        for part in self.parts:
            if part.process.poll() is None:
                part.process.terminate()
        for part in self.parts:
            try:
                part.process.wait(timeout=_END_SECONDS)
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()
        return stopped

    def wait_for_page(self, *, seconds: float = 120) -> None:
        """Return when the site answers; say so if one of its parts keeps ending instead."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for part in self.parts:
                part.look()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=3):
                    return
            except (urllib.error.URLError, TimeoutError, OSError):
                time.sleep(0.2)
        raise GraphnetError(
            f"the site did not answer on port {self._port} within {seconds:.0f} s; its messages "
            f"stand in {self._logs}"
        )

    def watch(self, say: Callable[[str], None]) -> None:
        """Start again what dies, for ever."""
        while True:
            for part in self.parts:
                if died := part.look():
                    say(died)
            time.sleep(0.5)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
