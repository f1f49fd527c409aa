"""The one way to open a request, in the transaction of the act that asks."""

from collections.abc import Mapping
from datetime import UTC, datetime

from graphnet import changes, mail
from graphnet.errors import BadValue, Conflict, NotAllowed, TooMany
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.requests import forms, hours, unit_letters
from graphnet.requests.forms import KindForm
from graphnet.requests.kinds import Kind
from graphnet.store import Store, Transaction

# One row: who asks, locked until the request is committed, and what they have open of that kind.
LOCK_ASKER = """MATCH (p:Person {key: $key}) SET p.id = p.id
WITH p
RETURN [(p)-[:ASKED]->(r:Request {kind: $kind}) WHERE r.status <> 'done' | r.subject] AS open,
  COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN [a.email, coalesce(a.language, '')] ORDER BY a.email LIMIT 1 } AS accounts
LIMIT 1"""

# One row: the request that was opened, by whom and about whom it is where that is known.
OPEN = """CREATE (r:Request {id: $id, kind: $kind, status: 'new', subject: $subject, text: $text,
  contact: $contact, at: $now, due_at: $due_at, first_due_at: $first_due_at, form: $form,
  answers: $answers})
WITH r
OPTIONAL MATCH (asker:Person {key: $asker})
OPTIONAL MATCH (about:Person {key: $about})
FOREACH (one IN CASE WHEN asker IS NULL THEN [] ELSE [asker] END | CREATE (one)-[:ASKED]->(r))
FOREACH (one IN CASE WHEN about IS NULL THEN [] ELSE [about] END | CREATE (r)-[:FOR]->(one))
RETURN r.id AS id"""

LONGEST_SUBJECT, LONGEST_TEXT = 200, 2000
MOST_OPEN = 10  # of one kind and one person


def open_request(
    transaction: Transaction,
    kind: Kind,
    *,
    asker: int | None,
    subject: str,
    now: datetime,
    text: str = "",
    contact: str = "",
    about: int | None = None,
    due_at: datetime | None = None,
    form: KindForm | None = None,
    answers: str = "",
) -> str:
    """Leave a request with staff, and return its id; what it is about is the caller's to tie.

    Parameters
    ----------
    asker
        The key of who asks; None for somebody without an account.
    contact
        Where an answer may go besides; it is forgotten when the request is closed.
    about
        The key of the person whom it is about, where that is certain.
    form, answers
        By which version of its kind it is made, and what `forms.answers` gave for it.
    """
    done = kind.working_days * hours.DAY if form is None else form.done
    rows = transaction.run(
        OPEN,
        id=new_id(),
        kind=kind.name,
        subject=subject,
        text=text,
        contact=contact or None,
        now=now,
        due_at=due_at or hours.after(now, done),
        first_due_at=None if form is None else hours.after(now, form.first),
        form=None if form is None else form.id,
        answers=answers or None,
        asker=asker,
        about=about,
    )
    request = str(rows[0]["id"])
    unit_letters.tell(transaction, request, "new")
    changes.record(transaction, "asked", [] if asker is None else [asker], thing=request)
    return request


def ask(
    store: Store,
    viewer: Viewer,
    kind: Kind,
    subject: str,
    text: str = "",
    *,
    form: KindForm | None = None,
    given: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> str:
    """Leave a request with staff on behalf of the viewer, and return its id.

    Parameters
    ----------
    form, given
        The form of its kind, and what was filled in, by the number of the question.

    Raises
    ------
    BadValue
        If nothing is asked, or it is too long; what `forms.answers` refuses.
    Conflict
        If the viewer has asked the same and it is still open.
    TooMany
        If `MOST_OPEN` requests of that kind are open.
    NotAllowed
        If the viewer is nobody in the graph.
    """
    return store.in_write(
        lambda transaction: asked(
            transaction,
            viewer,
            kind,
            subject,
            text,
            form=form,
            given=given,
            now=now or datetime.now(UTC),
        )
    )


def asked(
    transaction: Transaction,
    viewer: Viewer,
    kind: Kind,
    subject: str,
    text: str = "",
    *,
    form: KindForm | None = None,
    given: Mapping[str, str] | None = None,
    now: datetime,
) -> str:
    """Leave a request as `ask` does, in the transaction of an act that does more."""
    key = viewer.own_key()
    subject, text = subject.strip(), text.replace("\r\n", "\n").strip()
    if not subject or len(subject) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise BadValue(
            f"say what is asked in 1 to {LONGEST_SUBJECT} characters, the rest in {LONGEST_TEXT:,}",
            code="subject",
            field="subject",
        )
    answers = forms.answers(form, given or {}) if form is not None else ""
    rows = transaction.run(LOCK_ASKER, key=key, kind=kind.name)
    if not rows:
        raise NotAllowed("a request is somebody's: sign in first", code="visitor")
    if subject in rows[0]["open"]:
        raise Conflict("this has been asked already: wait for the answer", code="asked")
    if len(rows[0]["open"]) >= MOST_OPEN:
        raise TooMany(f"{MOST_OPEN} open requests are enough: wait for an answer", code="open")
    opened = open_request(
        transaction,
        kind,
        asker=key,
        subject=subject,
        text=text,
        now=now,
        form=form,
        answers=answers,
    )
    for account in rows[0]["accounts"]:
        mail.enqueue_about(
            transaction,
            "requests.received",
            {"request": opened},
            to=account[0],
            language=account[1],
            key=f"request-received:{opened}",
        )
    return opened
