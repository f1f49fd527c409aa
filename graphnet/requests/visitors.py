"""Visitors ask, too: by an address that is shown to be theirs, and follow it by a link.

What they write lies apart until they have pressed the button behind the letter's link; looking at
the link uses nothing up. Nobody learns whether an address is on file: the pages and the letter are
the same. Who has an account, and that address as its own or as a confirmed contact, finds the
request among their own. Letters that ask come this way, too: see `by_mail`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from graphnet import mail
from graphnet.accounts import email_key, token_hash
from graphnet.audit import audit
from graphnet.errors import BadValue, ThingNotFound, TooMany
from graphnet.model import new_id
from graphnet.requests import forms, replies, threads
from graphnet.requests.asking_on import REOPEN_WITHIN, say_as_visitor
from graphnet.requests.desk import told, visitors_row
from graphnet.requests.forms import KindForm
from graphnet.requests.kinds import Kinds, kind_of
from graphnet.requests.opening import LONGEST_SUBJECT, LONGEST_TEXT, open_request
from graphnet.settings import Settings
from graphnet.store import Row, Store, Transaction

LASTS = timedelta(days=1)
LASTS_BY_MAIL = timedelta(days=7)  # who wrote on a Friday evening reads on Monday
LETTERS_A_DAY = 3  # to one address, whoever asks for them
LETTERS_AN_HOUR = 200  # to all strangers together, on the site, and as many by mail
MOST_OPEN = 10  # of one address
PLAIN = "question"  # the kind of what a letter asks, where its writer chooses no other
LONGEST_NAME = 100

# One row: what a visitor has written and not yet confirmed.
WRITE = """CREATE (q:Enquiry {id: $id, kind: $kind, form: $form, subject: $subject, text: $text,
  answers: $answers, email: $email, email_key: $email_key, name: $name, language: $language,
  at: $now, expires_at: $expires_at, came: $came, files: $files}) RETURN q.id AS id"""

# One row: how many letters went to an address lately.
LETTERS = """MATCH (q:Enquiry {email_key: $email_key}) WHERE q.at > $since
RETURN count(q) AS n LIMIT 1"""

# One row: how many wait of all that was asked lately in one way and confirmed by nobody.
UNCONFIRMED = """MATCH (q:Enquiry) WHERE q.at > $hour AND coalesce(q.came, '') = $came
RETURN count(q) AS n LIMIT 1"""

# One row: the enquiry whose letter's link works from now on.
ARM = """MATCH (q:Enquiry {id: $id}) WHERE q.expires_at > $now SET q.letter_hash = $letter_hash
RETURN q.id AS id, coalesce(q.came, '') AS came"""

# One row: the enquiry of a letter's link.
WAITS = """MATCH (q:Enquiry {letter_hash: $letter_hash}) WHERE q.expires_at > $now
RETURN q.kind AS kind, q.subject AS subject, q.text AS text, coalesce(q.came, '') AS came,
  coalesce(q.files, []) AS files LIMIT 1"""

# One row: the same, taken away: it becomes a request. Who has an account under its address, and
# which members have it as a contact that they have confirmed.
TAKE = """MATCH (q:Enquiry {letter_hash: $letter_hash}) SET q.id = q.id
WITH q WHERE q.expires_at > $now
RETURN q.id AS id, q.kind AS kind, q.form AS form, q.subject AS subject, q.text AS text,
  q.answers AS answers, q.email AS email, q.email_key AS email_key, q.name AS name,
  q.language AS language, coalesce(q.came, '') AS came, coalesce(q.files, []) AS files,
  COLLECT { MATCH (a:Account {email_key: q.email_key})-[:OF]->(p:Person)
            WHERE a.disabled_at IS NULL RETURN p.key LIMIT 1 } AS keys,
  COLLECT { MATCH (c:ContactPoint {value_key: q.email_key})<-[:HAS]-(p:Person)
            WHERE c.verified_at IS NOT NULL
              AND EXISTS { MATCH (a:Account)-[:OF]->(p) WHERE a.disabled_at IS NULL }
            RETURN DISTINCT p.key AS key ORDER BY key LIMIT 2 } AS holders,
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
    TooMany
        If much waits that nobody has confirmed, whoever has asked it.
    """
    subject, text, name = subject.strip(), text.replace("\r\n", "\n").strip(), name.strip()
    if not subject or len(subject) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise BadValue(
            f"say what you ask in 1 to {LONGEST_SUBJECT} characters, the rest in {LONGEST_TEXT:,}",
            code="subject",
            field="subject",
        )
    if not name or len(name) > LONGEST_NAME:
        raise BadValue(
            f"say what you are called, in 1 to {LONGEST_NAME} characters", code="name", field="name"
        )
    email = email.strip()
    try:
        mail.address(email)
        key = email_key(email)
    except BadValue as problem:
        raise BadValue(
            "this is no e-mail address: write it like anna@example.org", code="email", field="email"
        ) from problem
    answers, at = forms.answers(form, given or {}), now or datetime.now(UTC)
    asked = {
        "kind": form.kind,
        "form": form.id,
        "subject": subject,
        "text": text,
        "answers": answers or None,
        "email": email,
        "email_key": key,
        "name": name,
        "language": language,
    }

    def work(transaction: Transaction) -> None:
        full(transaction, "", at)
        if letters(transaction, key, at) < LETTERS_A_DAY:
            keep(transaction, asked, at)
        # Else the page says the same: nobody can be written to without end.

    store.in_write(work)


def full(transaction: Transaction, came: str, at: datetime) -> None:
    """Refuse more while so much of one way waits that nobody has confirmed.

    Raises
    ------
    TooMany
    """
    held = transaction.run(UNCONFIRMED, hour=at - timedelta(hours=1), came=came)
    if held[0]["n"] >= LETTERS_AN_HOUR:
        raise TooMany("much waits that nobody has confirmed: try again in an hour", code="waiting")


def letters(transaction: Transaction, email_key: str, at: datetime) -> int:
    """Return how many letters went to an address within a day."""
    return int(transaction.run(LETTERS, email_key=email_key, since=at - timedelta(days=1))[0]["n"])


def keep(
    transaction: Transaction,
    asked: Mapping[str, object],
    at: datetime,
    *,
    came: str = "",
    files: Sequence[str] = (),
) -> None:
    """Keep what is asked apart, and write to the address that it names: is it yours?"""
    enquiry = new_id()
    transaction.run(
        WRITE,
        **asked,
        id=enquiry,
        now=at,
        expires_at=at + (LASTS_BY_MAIL if came else LASTS),
        came=came or None,
        files=list(files) or None,
    )
    mail.enqueue_about(
        transaction,
        "requests.confirm",
        {"enquiry": enquiry},
        to=str(asked["email"]),
        language=str(asked["language"]),
        key=f"request-confirm:{enquiry}",
    )
    audit(transaction, "", "anyone", "ask without an account", subject=enquiry)


def arm(store: Store, enquiry: str, token: str, *, now: datetime | None = None) -> Row | None:
    """Make the link of a letter work, and return how it was asked; None if it is too late."""
    at = now or datetime.now(UTC)
    rows = store.write(ARM, id=enquiry, letter_hash=token_hash(token), now=at)
    return rows[0] if rows else None


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
    chosen: str = "",
    now: datetime | None = None,
) -> str:
    """File what a letter's link is for, and return the token of the page on which it is followed.

    Parameters
    ----------
    chosen
        What it is about, where that was asked by a letter: one of `choices`.

    Raises
    ------
    BadValue
        ``kind`` if that cannot be chosen.
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
        if chosen and held["came"]:
            if chosen not in choices(kinds, offered):
                raise BadValue(
                    f"choose what it is about: one of {', '.join(choices(kinds, offered))}",
                    code="kind",
                )
            held["kind"] = chosen
        kind, form = kind_of(kinds, held["kind"]), offered.get(held["kind"])
        if kind is None:
            raise ThingNotFound("this is not asked here any more")
        if held["form"] is None and form is not None:
            held["form"] = form.id
        if held["open"] >= MOST_OPEN:
            raise TooMany(f"{MOST_OPEN} open requests are enough: wait for an answer", code="open")
        request = open_request(
            transaction,
            kind,
            asker=_whose(held),
            subject=held["subject"],
            text=held["text"],
            contact=held["email"],
            now=at,
            form=form,
        )
        if held["came"]:
            came = [f"came {held['came']}"]
            came += ["files: " + ", ".join(held["files"])[:500]] if held["files"] else []
            threads.write(
                transaction, request, "note", "\n".join(came), by="site", author=None, now=at
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


def choices(kinds: Kinds, offered: Mapping[str, KindForm]) -> dict[str, KindForm]:
    """Return what a letter can be about, in the order of the desk: a plain question, and kinds.

    Of these whatever members ask by the desk's own form, and no question of it must be answered.
    """
    return {
        name: form
        for name, form in offered.items()
        if (kind := kind_of(kinds, name)) is not None
        and (
            name == PLAIN
            or (form.shown and not kind.form and not any(one.needed for one in form.fields))
        )
    }


def _whose(held: Row) -> int | None:
    """Return whose the address is that was just confirmed, if it is one member's."""
    if held["keys"]:
        return int(held["keys"][0])
    return int(held["holders"][0]) if len(held["holders"]) == 1 else None


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
