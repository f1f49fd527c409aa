"""Words on stderr for what takes longer than two seconds."""

import sys
import time
from collections.abc import Callable

# Receives a short sentence now and then; may be called from several threads.
Progress = Callable[[str], None]

SILENT_SECONDS = 2.0
_LINE_SECONDS = 10.0


def on_stderr() -> Progress:
    """Show the latest sentence: in place on a terminal, else one line now and then."""
    begun = time.monotonic()
    shown = 0.0
    last = ""

    def show(sentence: str) -> None:
        nonlocal shown, last
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        pause = 0.2 if terminal else _LINE_SECONDS
        if now - begun < SILENT_SECONDS or now - shown < pause or sentence == last:
            return
        shown, last = now, sentence
        sys.stderr.write(f"\r\x1b[2K{sentence}" if terminal else f"{sentence}\n")
        sys.stderr.flush()

    return show


def done_on_stderr() -> None:
    """Clear the sentence from the terminal."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()
