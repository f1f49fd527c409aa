"""Whether an act is refused for the reason that is meant: its class and code, not its sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from graphnet.errors import GraphnetError


@contextmanager
def refused(kind: type[GraphnetError], *whys: str) -> Iterator[pytest.ExceptionInfo[GraphnetError]]:
    """Pass if what is done below it raises that error for one of these reasons.

    A reason is a code, or ``"field: code"``. The error's sentence has to be more than that, so that
    a command says what happened.
    """
    with pytest.raises(kind) as caught:
        yield caught
    problem = caught.value
    assert {problem.code, f"{problem.field}: {problem.code}"} & set(whys), (
        f"refused as {problem.field!r}: {problem.code!r}: {problem}"
    )
    assert len(str(problem).split()) > 2
