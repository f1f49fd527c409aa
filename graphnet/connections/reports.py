"""Reporting somebody to staff: a request at the desk, with the reporter's words and what is meant.

Staff get the words that were reported and nothing around them; the answer goes to who reported.
"""

from datetime import UTC, datetime

from graphnet.audit import acted
from graphnet.errors import BadValue, PersonNotFound, TooMany
from graphnet.people import cards
from graphnet.people.lookup import key_of
from graphnet.privacy import Viewer
from graphnet.requests.kinds import Kind
from graphnet.requests.opening import LOCK_ASKER, MOST_OPEN, open_request
from graphnet.store import Store, Transaction

KIND = Kind("report", working_days=3)
LONGEST = 1000


def checked_reason(text: str) -> str:
    """Return what is wrong, in the reporter's words.

    Raises
    ------
    BadValue
        If nothing is said, or too much.
    """
    said = text.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST:
        raise BadValue(
            f"say what is wrong in 1 to {LONGEST:,} characters", code="words", field="text"
        )
    return said


def report_person(store: Store, viewer: Viewer, person_id: str, why: str) -> str:
    """Report somebody; return the request's id.

    Raises
    ------
    PersonNotFound
        If the viewer sees no such person.
    BadValue, TooMany
    """
    said, other = checked_reason(why), key_of(store, person_id)
    shown = cards(store, viewer, [other], brief=True)
    if not shown or other == viewer.me():
        raise PersonNotFound("no such person")
    return store.in_write(
        lambda transaction: open_report(
            transaction, viewer, other, subject=shown[0].name.full, text=said
        )
    )


def open_report(
    transaction: Transaction, viewer: Viewer, about: int, *, subject: str, text: str
) -> str:
    """Leave a report with staff; return the request's id.

    Raises
    ------
    TooMany
        If enough reports of the viewer's are open.
    """
    me = viewer.me()
    if len(transaction.run(LOCK_ASKER, key=me, kind=KIND.name)[0]["open"]) >= MOST_OPEN:
        raise TooMany(f"{MOST_OPEN} open requests are enough: wait for an answer", code="reports")
    now = datetime.now(UTC)
    request = open_request(
        transaction, KIND, asker=me, subject=subject[:200], text=text, about=about, now=now
    )
    acted(transaction, viewer, "report", request, keys=[me])
    return request
