"""The one way to close a request: under its lock, by the rule of its kind, on the record.

The audit trail holds who closed which request and what came of it in a word; what was written is
with the request alone. The asker gets a letter, and sees the same on their own page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes, mail
from graphnet.audit import acted
from graphnet.errors import BadValue, ThingNotFound
from graphnet.privacy import Viewer, alive
from graphnet.requests import joining, referrals, threads
from graphnet.requests.kinds import (
    DECLINED,
    LONGEST_ANSWER,
    Closing,
    Kinds,
    closed_already,
    kind_of,
)
from graphnet.store import Row, Store, Transaction

# One row: the request, locked before anything of it is read; who asked, and where they are written
# to: their account's address, else one on file at which letters arrive.
LOCK = (
    """MATCH (r:Request {id: $id}) SET r.id = r.id
WITH r
OPTIONAL MATCH (asker:Person)-[:ASKED]->(r) WHERE """
    + alive("asker")
    + """
RETURN r.id AS id, r.kind AS kind, r.status AS status, r.subject AS subject, r.at AS at,
  r.contact AS contact, r.visitor AS visitor, r.from_year AS from_year, r.to_year AS to_year,
  asker.key AS asker,
  asker.language AS language,
  COLLECT { MATCH (asker)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN [a.email, a.language] ORDER BY a.email LIMIT 1 } AS accounts,
  COLLECT { MATCH (asker)-[:HAS]->(c:ContactPoint {kind: 'email'}) WHERE c.bounced_at IS NULL
            RETURN c.value ORDER BY c.verified_at DESC, c.value LIMIT 1 } AS addresses
LIMIT 1"""
)

# One row: the request that is closed. Where to answer was given for this one answer.
DONE = """MATCH (r:Request {id: $id})
SET r.status = 'done', r.answer = $answer, r.outcome = $outcome, r.closed_at = $now,
  r.first_answered_at = coalesce(r.first_answered_at, $now)
REMOVE r.contact, r.visibility RETURN r.id AS id"""


@dataclass(frozen=True)
class Answered:
    """A request that was closed, as far as the asker is told."""

    id: str
    subject: str
    answer: str  # empty where the asker learns only that it was dealt with
    has_page: bool  # whether they can sign in and see it there


Tell = Callable[[str, Answered], mail.Letter]


def close(
    store: Store,
    viewer: Viewer,
    kinds: Kinds,
    request_id: str,
    answer: str = "",
    *,
    choice: Mapping[str, str] | None = None,
    tell: Tell | None = None,
    now: datetime | None = None,
) -> str:
    """Close a request by the rule of its kind, and return in a word what came of it.

    Of several who close one at once the first does, and nothing of the others happens.

    Parameters
    ----------
    choice
        What was chosen in the form of its kind.
    tell
        Words the letter to the asker: given their language and what they are told.

    Raises
    ------
    ThingNotFound
    Conflict
        ``closed``: somebody has closed it already.
    BadValue
        ``kind`` if no feature knows this kind; ``answer`` if it is missing or too long; else what
        the rule of its kind refuses.
    NotAllowed
    """
    viewer.require_staff()
    said = answer.replace("\r\n", "\n").strip()
    if len(said) > LONGEST_ANSWER:
        raise BadValue(f"an answer has at most {LONGEST_ANSWER:,} characters", code="answer")
    closing = Closing(said, now or datetime.now(UTC), choice or {})

    def work(transaction: Transaction) -> str:
        rows = transaction.run(LOCK, id=request_id)
        if not rows:
            raise ThingNotFound("no such request")
        request = rows[0]
        if request["status"] in ("done", "joined"):
            raise closed_already(request)
        kind = kind_of(kinds, request["kind"])
        if kind is None:
            raise BadValue(
                f"nobody knows how a request of the kind {request['kind']!r} is closed", code="kind"
            )
        outcome = kind.close(transaction, viewer, request, closing)
        how = f"{kind.name}: {outcome}"
        acted(transaction, viewer, "close request", request_id, detail=how)
        others = [row["id"] for row in transaction.run(joining.OF, id=request_id)]
        for one in (request, *(transaction.run(LOCK, id=other)[0] for other in others)):
            _done(transaction, viewer, one, said, outcome, closing.now)
            referrals.thank(transaction, one["id"])
            if tell is not None:
                _write(transaction, one, said if kind.told else "", tell)
        return outcome

    return store.in_write(work)


def _done(
    transaction: Transaction, viewer: Viewer, request: Row, said: str, outcome: str, now: datetime
) -> None:
    """Close one request, or one that was joined to it: each has its own history."""
    transaction.run(DONE, id=request["id"], answer=said, outcome=outcome, now=now)
    step = "declined" if outcome == DECLINED else "closed"
    author = viewer.person_key
    threads.write(transaction, request["id"], "step", step, by="staff", author=author, now=now)
    asker = request["asker"]
    changes.record(transaction, "closed", [] if asker is None else [asker], thing=request["id"])


def _write(transaction: Transaction, request: Row, answer: str, tell: Tell) -> None:
    """Write to who asked: where they have an account, else where they said or are on file."""
    account = request["accounts"][0] if request["accounts"] else ["", ""]
    given = [account[0], request["contact"] or "", request["visitor"] or "", *request["addresses"]]
    to = next((one for one in given if _is_address(one)), None)
    if to is None:
        return
    told = Answered(request["id"], request["subject"] or "", answer, bool(account[0]))
    letter = tell(account[1] or request["language"] or "", told)
    mail.enqueue(
        transaction,
        to=to,
        subject=letter.subject,
        text=letter.text,
        key=f"request:{request['id']}",
    )


def _is_address(text: str) -> bool:
    try:
        mail.address(text)
    except BadValue:
        return False
    return True
