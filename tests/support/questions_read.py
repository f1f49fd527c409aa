"""What a page reads of the question in its address: of what it does not read nothing can follow."""

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

ALL = "*"


class Noting(ImmutableMultiDict[str, str]):
    """What was sent, which notes by what name it is asked; ``*`` is all of it."""

    read: ClassVar[set[str]] = set()

    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        self.read.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: Any, **more: Any) -> Any:
        self.read.add(key)
        return super().getlist(key, *rest, **more)

    def __getitem__(self, key: str) -> str:
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self.read.add(ALL)
        return super().__iter__()

    def keys(self) -> Any:
        self.read.add(ALL)
        return super().keys()

    def values(self) -> Any:
        self.read.add(ALL)
        return super().values()

    def items(self, *rest: Any, **more: Any) -> Any:
        self.read.add(ALL)
        return super().items(*rest, **more)

    def lists(self) -> Any:
        self.read.add(ALL)
        return super().lists()

    def to_dict(self, *rest: Any, **more: Any) -> Any:
        self.read.add(ALL)
        return super().to_dict(*rest, **more)


class NotingRequest(Request):
    """A request whose question notes what is read of it."""

    parameter_storage_class = Noting


def could_matter(question: str, read: frozenset[str]) -> bool:
    """Return whether a page that read those names without a question could answer this one else.

    Until it looks for the first of the question's names it does what it did without it.
    """
    return ALL in read or any(name in read for name, _ in parse_qsl(question[1:]))
