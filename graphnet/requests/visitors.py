"""Visitors ask, too: by an address that is shown to be theirs, and follow it by a link.

What they write lies apart until they have pressed the button behind the letter's link; looking at
the link uses nothing up. Nobody learns whether an address is on file: the pages and the letter are
the same. Who has an account under that address finds the request among their own.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from graphnet import mail
from graphnet.accounts import email_key, token_hash
from graphnet.audit import audit
from graphnet.errors import BadValue, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.requests import forms, replies
from graphnet.requests.asking_on import REOPEN_WITHIN, say_as_visitor
from graphnet.requests.desk import told, visitors_row
from graphnet.requests.forms import KindForm
from graphnet.requests.kinds import Kinds, kind_of
from graphnet.requests.opening import LONGEST_SUBJECT, LONGEST_TEXT, open_request
from graphnet.settings import Settings
from graphnet.store import Row, Store, Transaction

LASTS = timedelta(days=1)
LETTERS_A_DAY = 3  # to one address, whoever asks for them
MOST_OPEN = 10  # of one address
LONGEST_NAME = 100

# One row: what a visitor has written and not yet confirmed.
WRITE = """CREATE (q:Enquiry {id: $id, kind: $kind, form: $form, subject: $subject, text: $text,
  answers: $answers, email: $email, email_key: $email_key, name: $name, language: $language,
  at: $now, expires_at: $expires_at}) RETURN q.id AS id"""

# One row: how many letters went to an address lately.
LETTERS = """MATCH (q:Enquiry {email_key: $email_key}) WHERE q.at > $since
RETURN count(q) AS n LIMIT 1"""

# One row: the enquiry whose letter's link works from now on.
ARM = """MATCH (q:Enquiry {id: $id}) WHERE q.expires_at > $now SET q.letter_hash = $letter_hash
RETURN q.id AS id"""

# One row: the enquiry of a letter's link.
WAITS = """MATCH (q:Enquiry {letter_hash: $letter_hash}) WHERE q.expires_at > $now
RETURN q.kind AS kind, q.subject AS subject, q.text AS text LIMIT 1"""

# One row: the same, taken away: it becomes a request. Who has an account under its address.
TAKE = """MATCH (q:Enquiry {letter_hash: $letter_hash}) SET q.id = q.id
WITH q WHERE q.expires_at > $now
RETURN q.id AS id, q.kind AS kind, q.form AS form, q.subject AS subject, q.text AS text,
  q.answers AS answers, q.email AS email, q.email_key AS email_key, q.name AS name,
  q.language AS language,
  COLLECT { MATCH (a:Account {email_key: q.email_key})-[:OF]->(p:Person)
            WHERE a.disabled_at IS NULL RETURN p.key LIMIT 1 } AS keys,
  COUNT { MATCH (r:Request {visitor: q.email}) WHERE r.status <> 'done' } AS open LIMIT 1"""

# One row: the enquiry that is a request now.
TAKEN = """MATCH (q:Enquiry {id: $id}) DETACH DELETE q RETURN $id AS id"""

# One row: the request, with where its asker is written to.
FILED = """MATCH (r:Request {id: $id})
SET r.visitor = $email, r.language = $language, r.form = $form, r.answers = $answers
RETURN r.id AS id"""

# One row: how many enquiries that nobody confirmed are gone.
FORGET = """MATCH (q:Enquiry) WHERE q.expires_at < $now WITH q LIMIT 10000 DETACH DELETE q
RETURN count(*) AS n"""

# One row: how many closed requests have no address of a visitor any more.
LEAVE = """MATCH (r:Request {status: 'done'}) WHERE r.visitor IS NOT NULL AND r.closed_at < $before
WITH r LIMIT 10000 REMOVE r.visitor RETURN count(*) AS n"""


def ask(
    store: Store,
    form: KindForm,
    *,
    name: str,
    email: str,
    subject: str,
    text: str = "",
    given: Mapping[str, str] | None = None,
    language: str = "",
    now: datetime | None = None,
) -> None:
    """Keep what a visitor asks until they have confirmed their address; a letter goes to it.

    Raises
    ------
    BadValue
        ``subject``, ``name``, ``email``; what `forms.answers` refuses.
    """
    subject, text, name = subject.strip(), text.replace("\r\n", "\n").strip(), name.strip()
    if not subject or len(subject) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise BadValue("subject")
    if not name or len(name) > LONGEST_NAME:
        raise BadValue("name")
    email = email.strip()
    try:
        mail.address(email)
        key = email_key(email)
    except BadValue as problem:
        raise BadValue("email") from problem
    answers, at, enquiry = forms.answers(form, given or {}), now or datetime.now(UTC), new_id()

    def keep(transaction: Transaction) -> None:
        sent = transaction.run(LETTERS, email_key=key, since=at - timedelta(days=1))[0]["n"]
        if sent >= LETTERS_A_DAY:
            return  # the page says the same: nobody can be written to without end
        transaction.run(
            WRITE,
            id=enquiry,
            kind=form.kind,
            form=form.id,
            subject=subject,
            text=text,
            answers=answers or None,
            email=email,
            email_key=key,
            name=name,
            language=language,
            now=at,
            expires_at=at + LASTS,
        )
        mail.enqueue_about(
            transaction,
            "requests.confirm",
            {"enquiry": enquiry},
            to=email,
            language=language,
            key=f"request-confirm:{enquiry}",
        )
        audit(transaction, "", "anyone", "ask without an account", subject=enquiry)

    store.in_write(keep)


def arm(store: Store, enquiry: str, token: str, *, now: datetime | None = None) -> bool:
    """Make the link of a letter work; False if it is too late."""
    at = now or datetime.now(UTC)
    return bool(store.write(ARM, id=enquiry, letter_hash=token_hash(token), now=at))


def waits(store: Store, token: str, *, now: datetime | None = None) -> Row:
    """Return what a letter's link would file; looking at it uses nothing up.

    Raises
    ------
    ThingNotFound
    """
    at = now or datetime.now(UTC)
    rows = store.read(WAITS, letter_hash=token_hash(token), now=at)
    if not rows:
        raise ThingNotFound("this link does not work any more")
    return rows[0]


def confirm(
    store: Store,
    settings: Settings,
    kinds: Kinds,
    offered: Mapping[str, KindForm],
    token: str,
    *,
    now: datetime | None = None,
) -> str:
    """File what a letter's link is for, and return the token of the page on which it is followed.

    Raises
    ------
    ThingNotFound
        If the link does not work any more.
    TooMany
        If much of that address is open.
    """
    at = now or datetime.now(UTC)

    def file(transaction: Transaction) -> str:
        rows = transaction.run(TAKE, letter_hash=token_hash(token), now=at)
        if not rows:
            raise ThingNotFound("this link does not work any more")
        held = rows[0]
        kind = kind_of(kinds, held["kind"])
        if kind is None:
            raise ThingNotFound("this is not asked here any more")
        if held["open"] >= MOST_OPEN:
            raise TooMany(f"{MOST_OPEN} open requests are enough: wait for an answer")
        request = open_request(
            transaction,
            kind,
            asker=held["keys"][0] if held["keys"] else None,
            subject=held["subject"],
            text=held["text"],
            contact=held["email"],
            now=at,
            form=offered.get(held["kind"]),
        )
        transaction.run(
            FILED,
            id=request,
            email=held["email"],
            language=held["language"],
            form=held["form"],
            answers=_with_name(held["name"], held["answers"]),
        )
        transaction.run(TAKEN, id=held["id"])
        mail.enqueue_about(
            transaction,
            "requests.received",
            {"request": request},
            to=held["email"],
            language=held["language"],
            key=f"request-received:{request}",
        )
        audit(transaction, "", "anyone", "confirm request", subject=request)
        return request

    return page_token(settings, store.in_write(file))


def _with_name(name: str, answers: str | None) -> str:
    """Return what was filled in, and before it what the visitor is called."""
    said = {"label": "Name", "label_ru": "Имя", "value": name, "value_ru": name}
    return json.dumps([said, *forms.read_answers(answers)], ensure_ascii=False)


def page_token(settings: Settings, request: str) -> str:
    """Return what stands in the address of the page on which a visitor follows a request."""
    return replies.token(settings, request, replies.VISITOR)


def followed(store: Store, settings: Settings, kinds: Kinds, token: str) -> Row:
    """Return the request of a visitor's page, as far as they are told.

    Raises
    ------
    ThingNotFound
        If it is nobody's, or was closed long ago.
    """
    request = replies.request_of(settings, token)
    rows = visitors_row(store, request) if request else []
    if not rows:
        raise ThingNotFound("no such request")
    return told(rows[0], kinds)


def say(
    store: Store,
    settings: Settings,
    kinds: Kinds,
    token: str,
    text: str,
    *,
    now: datetime | None = None,
) -> None:
    """Write into the request of a visitor's page; into a closed one, to open it again.

    Raises
    ------
    BadValue
        ``words``; ``late`` if it was closed long ago; ``rule``
    Conflict, ThingNotFound
    """
    row = followed(store, settings, kinds, token)
    say_as_visitor(store, kinds, row["id"], text, closed=row["status"] == "done", now=now)


def forget(store: Store, *, now: datetime | None = None) -> int:
    """Forget what nobody confirmed, and where visitors were answered; return how many."""
    at = now or datetime.now(UTC)
    gone = int(store.write(FORGET, now=at)[0]["n"])
    return gone + int(store.write(LEAVE, before=at - REOPEN_WITHIN)[0]["n"])
