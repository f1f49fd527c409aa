"""The demo's parts: one that dies is started again, one that cannot live is given up with words."""

import os
import signal
import time
from pathlib import Path

import pytest

from graphnet.commands import parts
from graphnet.commands.parts import Part
from graphnet.errors import GraphnetError


def until_dead(part: Part) -> None:
    part.process.wait(timeout=60)


def test_a_part_that_was_killed_is_started_again(tmp_path: Path) -> None:
    part = Part(["server", "logs", "--help"], os.environ, tmp_path / "log")
    try:
        first = part.process.pid
        os.kill(first, signal.SIGKILL)
        until_dead(part)
        assert "ended with -9" in part.look()
        assert part.process.pid != first
    finally:
        part.process.kill()
        part.process.wait()


def test_a_part_that_dies_at_once_again_and_again_is_given_up(tmp_path: Path) -> None:
    wrong = os.environ | {"GRAPHNET_NO_SUCH_SETTING": "1"}
    part = Part(["worker"], wrong, tmp_path / "log")
    for _ in range(parts.MOST_RESTARTS):
        until_dead(part)
        assert part.look()
    until_dead(part)
    with pytest.raises(GraphnetError, match="NO_SUCH_SETTING") as caught:
        part.look()
    assert str(tmp_path / "log") in str(caught.value)


def test_an_old_death_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "WITHIN_SECONDS", 0.0)
    part = Part(["worker"], os.environ | {"GRAPHNET_NO_SUCH_SETTING": "1"}, tmp_path / "log")
    for _ in range(parts.MOST_RESTARTS + 2):
        until_dead(part)
        time.sleep(0.01)
        assert part.look()
    until_dead(part)
