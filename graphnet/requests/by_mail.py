"""A letter that answers nothing asks: it becomes a request once its sender has confirmed it.

An address in a From: proves nothing. So what a letter asks lies apart, and a link goes to the
address that it names; behind the link is a page with a button. Known and unknown addresses are
answered alike. What a machine, a list or this site itself has written asks nothing. Who writes too
often is told to try later, by their own mail server: nothing is dropped without a word.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.headerregistry import AddressHeader
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.policy import default as modern

from graphnet import mail
from graphnet.addresses import address_key
from graphnet.errors import BadValue, ConstraintViolated, TooMany
from graphnet.requests import replies, threads, visitors
from graphnet.requests.kinds import Kinds
from graphnet.requests.letter_text import of_letter
from graphnet.requests.opening import LONGEST_SUBJECT
from graphnet.requests.replies import SEEN, Received
from graphnet.settings import Settings
from graphnet.store import Store, Transaction

CAME = "mail"
MOST_FILES = 20  # names that are told
# Addresses at which nobody reads an answer: it would only go round (RFC 3834, 2).
_NOBODYS = re.compile(
    r"(?:mailer-daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply|bounces?(?:[-+].*)?"
    r"|owner-.*|.*-(?:request|owner|bounces?))",
    re.IGNORECASE,
)
# What only letters of lists and machines carry, besides what `replies.automatic` looks at.
_OF_MACHINES = ("List-Post", "List-Unsubscribe", "X-Loop")


def asks(settings: Settings, recipient: str) -> bool:
    """Return whether whoever writes to an address asks the Association."""
    wanted = settings.mail_requests.casefold()
    return bool(wanted) and recipient.strip().strip("<>").casefold() == wanted


def receive(
    store: Store,
    settings: Settings,
    kinds: Kinds,
    raw: bytes,
    *,
    to: Iterable[str] = (),
    sender: str | None = None,
    now: datetime | None = None,
) -> Received:
    """Take one letter in: an answer lands in its thread, what asks waits to be confirmed.

    Parameters
    ----------
    to, sender
        As of `replies.receive`.
    """
    at, told = now or datetime.now(UTC), list(to)
    received = replies.receive(store, settings, kinds, raw, to=told, sender=sender, now=at)
    if received.outcome not in ("unknown", "nothing"):
        return received
    letter = message_from_bytes(raw, policy=compat32)
    named = replies.recipients(letter)
    if not any(asks(settings, one) for one in told or named):
        return received
    if any(replies.token_of(settings, one) is not None for one in [*told, *named]):
        return Received("nothing")  # it is an answer, which has gone to its own address as well
    return Received(_asked(store, settings, letter, raw, at))


def _asked(store: Store, settings: Settings, letter: Message, raw: bytes, at: datetime) -> str:
    name, email, subject = _headers(raw)
    try:
        mail.address(email)
        key = address_key(email)
    except BadValue:
        return "sender"
    if _of_machine(settings, letter, email, key):
        return "automatic"
    text, files = of_letter(letter, whole=True)
    if len(text) > threads.LONGEST:
        text, files = of_letter(letter)
    if len(text) > threads.LONGEST:
        return "long"
    if not text and not subject:
        return "empty"
    if len(subject) > LONGEST_SUBJECT:
        text = f"{subject}\n\n{text}".strip()[: threads.LONGEST]
    shown = subject or text.split("\n", 1)[0]
    asked = {
        "kind": visitors.PLAIN,
        "form": None,
        "subject": shown if len(shown) <= LONGEST_SUBJECT else shown[: LONGEST_SUBJECT - 1] + "…",
        "text": text,
        "answers": None,
        "email": email,
        "email_key": key,
        "name": (name or email)[: visitors.LONGEST_NAME],
        "language": "ru" if re.search("[а-яё]", subject + text, re.IGNORECASE) else "en",
    }
    return _keep(store, asked, key, _hash(letter, raw, key), files, at)


def _keep(
    store: Store, asked: Mapping[str, object], key: str, known: str, files: list[str], at: datetime
) -> str:
    def work(transaction: Transaction) -> str:
        transaction.run(SEEN, id=known, now=at)
        visitors.full(transaction, CAME, at)
        if visitors.letters(transaction, key, at) >= visitors.LETTERS_A_DAY:
            raise TooMany("enough letters to one address", code="letters")
        visitors.keep(transaction, asked, at, came=CAME, files=files[:MOST_FILES])
        return "asked"

    try:
        return store.in_write(work)
    except ConstraintViolated:
        return "duplicate"
    except TooMany:
        return "busy"


def _hash(letter: Message, raw: bytes, key: str) -> str:
    """Return by what a letter that comes again is known."""
    name = str(letter.get("Message-ID", "")).strip().encode("utf-8", "replace") or raw
    return hashlib.sha256(b"asks " + key.encode() + b" " + name).hexdigest()


def _headers(raw: bytes) -> tuple[str, str, str]:
    """Return what a letter's one sender is called, their address, and the subject.

    The address is '' where there is no sender, or several.
    """
    headers = BytesHeaderParser(policy=modern).parsebytes(raw)
    try:
        sent, subject = headers.get_all("From", []), _line(str(headers.get("Subject", "")))
        found = [
            one for field in sent if isinstance(field, AddressHeader) for one in field.addresses
        ]
    # The standard library's parser stumbles over what is no header in several ways.
    except (ValueError, IndexError, AttributeError, TypeError, LookupError, MessageError):
        return "", "", ""
    if len(sent) != 1 or len(found) != 1:
        return "", "", subject
    return _line(found[0].display_name), found[0].addr_spec, subject


def _line(text: str) -> str:
    """Return a header's text in one line; one that was not encoded is UTF-8 (RFC 6532)."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _of_machine(settings: Settings, letter: Message, email: str, key: str) -> bool:
    """Return whether nobody reads what we would answer, or it would come back to us."""
    own = [settings.mail_from, settings.mail_replies, settings.mail_requests]
    if any(key == address_key(one) for one in own if one):
        return True
    if replies.token_of(settings, email) is not None:
        return True
    if any(letter.get(name) for name in _OF_MACHINES):
        return True
    return _NOBODYS.fullmatch(email.rpartition("@")[0]) is not None
