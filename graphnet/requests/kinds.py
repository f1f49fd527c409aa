"""Kinds of requests: what a feature says of its own, and what holds where it says nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from graphnet.errors import BadValue, Conflict
from graphnet.privacy import Viewer
from graphnet.store import Row, Transaction

LONGEST_ANSWER = 2000
DECLINED = "declined"


@dataclass(frozen=True)
class Closing:
    """How staff close a request: what they write, and what they chose in the form of its kind."""

    answer: str
    now: datetime
    choice: Mapping[str, str] = field(default_factory=dict)


# In the transaction that closes the request, which is locked and still open; returns in a word what
# came of it. It raises what its rule refuses, and then nothing has happened.
Close = Callable[[Transaction, Viewer, Row, Closing], str]


def closed_already(request: Row) -> Conflict:
    """Return why nothing is done with a request that is closed, or joined to another one."""
    if request["status"] == "done":
        return Conflict("somebody has closed this request already", code="closed")
    return Conflict("this request is joined to another one: take it apart first", code="joined")


def answered(transaction: Transaction, viewer: Viewer, request: Row, closing: Closing) -> str:
    """Close a request by answering it: the rule of every kind that has none of its own.

    With the choice ``decline`` it is declined, and the answer says why.
    """
    if not closing.answer:
        raise BadValue("say what was done: who asked reads it", code="answer")
    return DECLINED if closing.choice.get("how") == DECLINED else "answered"


@dataclass(frozen=True)
class Kind:
    """One kind of request.

    Parameters
    ----------
    working_days
        Until staff must have answered, where the act itself names no day: see `hours`.
    close
        By which rule it is closed.
    told
        Whether the asker is told the answer and the outcome. Where either would say who is on file,
        what staff write is for their own record, and the asker learns that it was dealt with.
    for_members
        Whether staff may show its subject to members who could help, once the asker agreed: never
        where the subject is somebody else's name.
    page
        The endpoint at which staff decide it, if not on its own page of the desk.
    form
        The endpoint at which members ask for it, if the desk's own form is not enough.
    """

    name: str
    working_days: int = 10
    close: Close = answered
    told: bool = True
    for_members: bool = False
    page: str = ""
    form: str = ""

    @property
    def answerable(self) -> bool:
        """Whether it is closed by an answer alone, so that it can be opened again."""
        return self.close is answered


Kinds = Mapping[str, Kind]

# Kinds that staff have made have names that begin so, and are closed by an answer.
OWN = "own-"


def kind_of(kinds: Kinds, name: str) -> Kind | None:
    """Return a kind by its name, those that staff have made in the browser included."""
    if name.startswith(OWN):
        return Kind(name, for_members=True)
    return kinds.get(name)
