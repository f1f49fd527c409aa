"""Two who edit at once lose nothing: who saves second is given what stands there now."""

from dataclasses import fields
from typing import Any

from graphnet.errors import Conflict


class Meanwhile(Conflict):
    """Somebody else has changed it since it was read: what stands there now, and its version."""

    def __init__(self, now: Any, version: int) -> None:
        super().__init__(
            f"somebody else has changed it meanwhile, to version {version}: look at it again",
            code="meanwhile",
        )
        self.now = now
        self.version = version


def differences(before: Any, after: Any) -> dict[str, tuple[object, object]]:
    """Return what two contents, dataclasses of one kind, say differently, by the field's name."""
    return {
        one.name: (getattr(before, one.name), getattr(after, one.name))
        for one in fields(before)
        if getattr(before, one.name) != getattr(after, one.name)
    }
