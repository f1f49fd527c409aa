"""Letters that the site sends: written in the act's own transaction, delivered by the worker.

A letter is a `:Job` of the kind 'mail', so that one is sent exactly if its act was committed, and
once: its key is the idempotency key and the Message-ID. Nobody is written to here of its own
accord: every letter answers an act, or a wish that its reader can end with one click (RFC 8058).

A letter with a link that lets somebody in is held as what it is about: its words and its link are
made when it is delivered, so that a copy of the database signs nobody in. The link's token comes
from the letter's key and a key that lies beside the database: a letter that is sent twice after a
crash has the same link twice.

Without `GRAPHNET_SMTP_URI` letters wait, and `graphnet doctor` says so; in the demo they are
written as ``.eml`` files into the folder ``mail`` beside its data.
"""

import hashlib
import hmac
import logging
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default as default_policy
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from graphnet import jobs, keys, tokens
from graphnet.addresses import a_label, address_key
from graphnet.core import Core
from graphnet.erasure.holding import Known
from graphnet.errors import BadValue, JobGivenUp, MailFailed
from graphnet.privacy import alive
from graphnet.settings import Settings
from graphnet.store import Store, Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

log = logging.getLogger(__name__)

KIND = "mail"
SECONDS = 20.0
# A letter that could not leave for so long would puzzle its reader more than help.
KEEPS = timedelta(days=7)
# Each pause is half as long again as the one before, up to an hour: after an outage of an hour a
# letter leaves within half an hour, and a server that is away for days is not asked without end.
POLICY = jobs.Policy(
    attempts=None,
    pauses=tuple(min(15.0 * 1.5**n, 3600.0) for n in range(15)),
    lasts=KEEPS,
    lane="letters",
)

# One row: the contact point to which nothing can be delivered.
BOUNCED = """MATCH (c:ContactPoint {value_key: $value_key})
SET c.bounced_at = coalesce(c.bounced_at, $at) RETURN c.id AS id LIMIT 100"""


# One row: whether the person whom a letter is for lives, as far as is known.
LIVES = "MATCH (p:Person {id: $person}) RETURN " + alive("p") + " AS lives LIMIT 1"

# One row: how many people an address is of, and how many of them live.
WHOSE = (
    """CALL () {
  MATCH (:Account {email_key: $address})-[:OF]->(p:Person) RETURN p
  UNION MATCH (:ContactPoint {value_key: $address})<-[:HAS]-(p:Person) RETURN p
}
RETURN count(p) AS known, count(CASE WHEN """
    + alive("p")
    + """ THEN 1 END) AS living LIMIT 1"""
)


@dataclass(frozen=True)
class Letter:
    """What a letter says; `unsubscribe` is a page that ends such letters at one POST.

    `calendar` is an entry for the reader's calendar (RFC 5545), and `method` what is to be done
    with it: 'REQUEST', 'CANCEL' or 'PUBLISH' (RFC 6047). `reply_to` is where an answer to it goes,
    if that is not the sender.
    """

    subject: str
    text: str
    unsubscribe: str = ""
    calendar: bytes = b""
    method: str = ""
    reply_to: str = ""


@dataclass(frozen=True)
class Delivery:
    """A letter that is about to leave: what it is about, and for whom."""

    settings: Settings
    key: str
    to: str
    language: str
    values: Mapping[str, Any]

    def token(self) -> str:
        """Return the token of this letter's link, 256 bits: the same at every attempt."""
        secret = keys.key(self.settings, "links")
        return tokens.token(secret, f"letter {self.key}")


def enqueue(
    transaction: Transaction,
    *,
    to: str,
    subject: str,
    text: str,
    key: str,
    unsubscribe: str = "",
    person: str = "",
) -> str:
    """Write a letter in the act's own transaction; the same `key` twice is one letter.

    Parameters
    ----------
    to
        One address.
    text
        Plain text; lines are kept.
    unsubscribe
        Address of a page that ends such letters at one POST, for letters that come again.
    person
        The id of whom it is for, where one address may be several people's.

    Raises
    ------
    BadValue
        If the address cannot be written to, or subject or key are empty.
    """
    if not subject.strip() or not key:
        raise BadValue("a letter has a subject and a key")
    address(to)
    payload = {
        "to": to,
        "subject": " ".join(subject.split()),
        "text": text,
        "unsubscribe": unsubscribe,
        "person": person,
        "written_at": datetime.now(UTC).isoformat(),
    }
    return jobs.enqueue(transaction, KIND, payload, key=f"mail:{key}")


def enqueue_about(
    transaction: Transaction,
    letter: str,
    values: Mapping[str, Any],
    *,
    to: str,
    key: str,
    language: str = "",
    person: str = "",
    delay: timedelta = timedelta(0),
) -> str:
    """Write in the act's own transaction that a letter is to be sent, and what it is about.

    Parameters
    ----------
    letter
        Its name, under which a feature has registered who writes it (`core.letter`).
    values
        What its writer needs to know: ids, no words and no tokens.
    language
        Of its reader: 'en', 'ru' or '' if that is not known.
    person
        The id of whom it is for, where one address may be several people's.
    delay
        How long it waits at least.

    Raises
    ------
    BadValue
        If the address cannot be written to, or the key is empty.
    """
    if not key:
        raise BadValue("a letter has a key")
    address(to)
    payload = {
        "letter": letter,
        "values": dict(values),
        "to": to.strip(),
        "language": language,
        "person": person,
        "written_at": datetime.now(UTC).isoformat(),
    }
    return jobs.enqueue(transaction, KIND, payload, key=f"mail:{key}", delay=delay)


def address(text: str) -> Address:
    """Return one e-mail address taken apart, its domain as it goes over the wire.

    Raises
    ------
    BadValue
        If it is none; a line break in it would let somebody write headers of their own.
    """
    try:
        found = Address(addr_spec=text.strip())
        if found.username and "." in found.domain:
            return Address(username=found.username, domain=a_label(found.domain))
    # The standard library's parser stumbles over what is no address in several ways.
    except (ValueError, IndexError, AttributeError, TypeError, MessageError, BadValue) as problem:
        raise BadValue(f"{text!r} is no e-mail address") from problem
    raise BadValue(f"{text!r} is no e-mail address")


def message(settings: Settings, job: jobs.Job, written: Letter) -> EmailMessage:
    """Return the letter of a job, as RFC 5322 wants it."""
    letter = EmailMessage()
    sender = address(settings.mail_from)
    letter["From"] = Address(
        settings.sender(job.payload.get("language", "")), sender.username, sender.domain
    )
    letter["To"] = address(job.payload["to"])
    if written.reply_to:
        letter["Reply-To"] = address(written.reply_to)
    letter["Subject"] = written.subject
    letter["Date"] = format_datetime(datetime.fromisoformat(job.payload["written_at"]))
    # From the key, so that a letter sent twice after a crash is one letter to the reader's program.
    digest = hashlib.sha256(job.idempotency_key.encode()).hexdigest()[:32]
    sealed = seal(settings, digest, address_key(job.payload["to"]))
    letter["Message-ID"] = f"<{digest}.{sealed}@{sender.domain}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice in answer
    if written.unsubscribe:
        letter["List-Unsubscribe"] = f"<{written.unsubscribe}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(written.text, cte="quoted-printable")
    if written.calendar:
        # As bytes: as text it would get the line ends of the letter, which are not RFC 5545's.
        letter.add_alternative(
            written.calendar,
            maintype="text",
            subtype="calendar",
            params={"method": written.method, "charset": "utf-8"},
        )
    return letter


def seal(settings: Settings, digest: str, to: str) -> str:
    """Return what a letter carries of whom it was for: see `graphnet.bounces`."""
    said = f"letter {digest} to {to}".encode()
    return hmac.digest(keys.key(settings, "links"), said, hashlib.sha256).hex()[:32]


def ready(settings: Settings) -> bool:
    """Return whether letters leave this installation at all."""
    return bool(settings.smtp_uri) or settings.demo


def deliver(engine: "Engine") -> jobs.Handler:
    """Return the worker's handler of letters."""
    settings, store = engine.settings, engine.store

    def work(job: jobs.Job) -> None:
        at = datetime.fromisoformat(job.payload["written_at"])
        if datetime.now(UTC) - at > KEEPS:
            raise JobGivenUp(
                f"a letter is not sent {KEEPS.days} days after it was written", code="old"
            )
        written = written_of(engine, job) if for_the_living(store, job.payload) else None
        if written is None:
            log.info("mail.needless job=%s", job.id)
            return
        letter = message(settings, job, written)
        if not settings.smtp_uri:
            folder = settings.outbox
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{at:%Y%m%d-%H%M%S}-{job.id}.eml"
            (folder / name).write_bytes(letter.as_bytes())
            return
        if not send(settings, letter):
            store.write(BOUNCED, value_key=address_key(job.payload["to"]), at=datetime.now(UTC))
            log.warning("mail.refused job=%s", job.id)

    return work


def for_the_living(store: Store, payload: Mapping[str, Any]) -> bool:
    """Return whether a letter still has a reader: who has died since it was written gets none.

    A letter that names nobody goes by its address: one that is nobody's on file is left alone.
    """
    if payload.get("person"):
        rows = store.read(LIVES, person=payload["person"])
        return bool(rows) and bool(rows[0]["lives"])
    whose = store.read(WHOSE, address=address_key(payload["to"]))[0]
    return not whose["known"] or bool(whose["living"])


def written_of(engine: "Engine", job: jobs.Job) -> Letter | None:
    """Return what a job's letter says; None if what it is about needs no letter any more.

    Raises
    ------
    JobGivenUp
        If no feature writes such letters.
    """
    held = job.payload
    if "letter" not in held:
        return Letter(held["subject"], held["text"], held.get("unsubscribe", ""))
    write = engine.core.letters.get(held["letter"])
    if write is None:
        raise JobGivenUp(f"no feature writes the letter {held['letter']!r}", code="unwritten")
    return write(
        engine,
        Delivery(
            engine.settings, job.idempotency_key, held["to"], held["language"], held["values"]
        ),
    )


def send(settings: Settings, letter: EmailMessage) -> bool:
    """Hand one letter to the mail server; return False if it will never take this address.

    Raises
    ------
    MailFailed
        If it may take it later: not reached, busy, or its own settings are wrong.
    """
    parts = urlsplit(settings.smtp_uri)
    host, port = parts.hostname or "localhost", parts.port
    starttls = parse_qs(parts.query).get("starttls", ["yes"])[0] not in ("no", "0", "false")
    try:
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(
                host, port or 465, timeout=SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port or 587, timeout=SECONDS)
        with server:
            if parts.scheme == "smtp" and starttls:
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as problem:
        code, said = next(iter(problem.recipients.values()))
        if 500 <= code < 600:
            return False
        raise MailFailed(f"the mail server said {code}: {said!r}", code="refused") from problem
    except (smtplib.SMTPException, OSError) as problem:
        raise MailFailed(
            f"the mail server at {host} did not take a letter: {problem}", code="away"
        ) from problem
    return True


def forget(settings: Settings, known: Known) -> int:
    """Remove letters to or about an erased person from the folder of letters; return how many."""
    gone = 0
    for path in sorted(settings.outbox.glob("*.eml")) if settings.outbox.is_dir() else ():
        letter = message_from_bytes(path.read_bytes(), policy=default_policy)
        body = letter.get_body(("plain",))
        words = " ".join(str(letter[name] or "") for name in ("To", "Subject"))
        if known.within(words + " " + (body.get_content() if body is not None else "")):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def register(core: Core) -> None:
    """Bring the job; without a mail server letters wait."""
    core.files("letters", lambda engine, known: forget(engine.settings, known))
    core.job(
        KIND,
        lambda engine: deliver(engine) if ready(engine.settings) else None,
        policy=POLICY,
    )
