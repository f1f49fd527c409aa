"""Letters that the site sends: written in the act's own transaction, delivered by the worker.

A letter is a `:Job` of the kind 'mail', so that one is sent exactly if its act was committed, and
once: its key is the idempotency key and the Message-ID. Nobody is written to here of its own
accord: every letter answers an act, or a wish that its reader can end with one click (RFC 8058).

Without `GRAPHNET_SMTP_URI` letters wait, and `graphnet doctor` says so; in the demo they are
written as ``.eml`` files into the folder ``mail`` beside its data.
"""

import hashlib
import logging
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default as default_policy
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from graphnet import jobs
from graphnet.core import Core
from graphnet.erasure.holding import Known
from graphnet.errors import BadValue, JobGivenUp, MailFailed
from graphnet.settings import Settings
from graphnet.store import Store, Transaction

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


@dataclass(frozen=True)
class Letter:
    """What a letter says, in words that a page has chosen."""

    subject: str
    text: str


def enqueue(
    transaction: Transaction,
    *,
    to: str,
    subject: str,
    text: str,
    key: str,
    unsubscribe: str = "",
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
        "written_at": datetime.now(UTC).isoformat(),
    }
    return jobs.enqueue(transaction, KIND, payload, key=f"mail:{key}")


def address(text: str) -> Address:
    """Return one e-mail address taken apart.

    Raises
    ------
    BadValue
        If it is none; a line break in it would let somebody write headers of their own.
    """
    try:
        found = Address(addr_spec=text.strip())
    # The standard library's parser stumbles over what is no address in several ways.
    except (ValueError, IndexError, AttributeError, TypeError, MessageError) as problem:
        raise BadValue(f"{text!r} is no e-mail address") from problem
    if not found.username or "." not in found.domain:
        raise BadValue(f"{text!r} is no e-mail address")
    return found


def message(settings: Settings, job: jobs.Job) -> EmailMessage:
    """Return the letter that a job holds, as RFC 5322 wants it."""
    letter = EmailMessage()
    sender = address(settings.mail_from)
    letter["From"] = Address(settings.mail_name, sender.username, sender.domain)
    letter["To"] = address(job.payload["to"])
    letter["Subject"] = job.payload["subject"]
    letter["Date"] = format_datetime(datetime.fromisoformat(job.payload["written_at"]))
    # From the key, so that a letter sent twice after a crash is one letter to the reader's program.
    digest = hashlib.sha256(job.idempotency_key.encode()).hexdigest()[:32]
    letter["Message-ID"] = f"<{digest}@{sender.domain}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice in answer
    if job.payload.get("unsubscribe"):
        letter["List-Unsubscribe"] = f"<{job.payload['unsubscribe']}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(job.payload["text"], cte="quoted-printable")
    return letter


def ready(settings: Settings) -> bool:
    """Return whether letters leave this installation at all."""
    return bool(settings.smtp_uri) or settings.demo


def deliver(settings: Settings, store: Store) -> jobs.Handler:
    """Return the worker's handler of letters."""

    def work(job: jobs.Job) -> None:
        written = datetime.fromisoformat(job.payload["written_at"])
        if datetime.now(UTC) - written > KEEPS:
            raise JobGivenUp(f"a letter is not sent {KEEPS.days} days after it was written")
        letter = message(settings, job)
        if not settings.smtp_uri:
            folder = settings.outbox
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{written:%Y%m%d-%H%M%S}-{job.id}.eml"
            (folder / name).write_bytes(letter.as_bytes())
            return
        if not send(settings, letter):
            store.write(
                BOUNCED, value_key=job.payload["to"].strip().casefold(), at=datetime.now(UTC)
            )
            log.warning("mail.refused job=%s", job.id)

    return work


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
        raise MailFailed(f"the mail server said {code}: {said!r}") from problem
    except (smtplib.SMTPException, OSError) as problem:
        raise MailFailed(f"the mail server at {host} did not take a letter: {problem}") from problem
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
        lambda engine: deliver(engine.settings, engine.store) if ready(engine.settings) else None,
        policy=POLICY,
    )
