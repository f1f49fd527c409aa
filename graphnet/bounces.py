"""Letters that come back: which address takes none, by the reports of mail servers (RFC 3464).

Only a report with `message/delivery-status` counts, and only where the delivery has failed; an
out-of-office reply says nothing. Every letter of ours carries in its Message-ID a seal of whom it
was for: a report must bring it back, so that nobody can have somebody else's address marked. What
is marked is the address that we wrote to, whatever it was forwarded to.

A status of 5.x.x is for good at once; three of 4.x.x within seven days are.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default as default_policy
from email.utils import parseaddr

from graphnet import changes
from graphnet.addresses import address_key
from graphnet.errors import BadValue
from graphnet.mail import BOUNCED, seal
from graphnet.settings import Settings
from graphnet.store import Store, Transaction

SOFT = timedelta(days=7)
MOST_SOFT = 3
_STATUS = re.compile(r"^([245])\.\d{1,3}\.\d{1,3}")
_SEALED = re.compile(r"<([0-9a-f]{32})\.([0-9a-f]{32})@")

# One row: the contact point to which a letter could not be delivered for now.
SOFTLY = """MATCH (c:ContactPoint {value_key: $value_key})
WITH c, [at IN coalesce(c.soft_bounces, []) WHERE at > $since] + [$at] AS lately
SET c.soft_bounces = lately,
  c.bounced_at = CASE WHEN size(lately) >= $most THEN coalesce(c.bounced_at, $at)
    ELSE c.bounced_at END
RETURN c.id AS id ORDER BY id LIMIT 100"""

# One row: somebody whose address it is.
WHOSE = """MATCH (:ContactPoint {value_key: $value_key})<-[:HAS]-(p:Person)
RETURN p.key AS key ORDER BY key LIMIT 100"""


@dataclass(frozen=True)
class Bounce:
    """One letter of ours that did not arrive: where, and whether for good."""

    address: str
    hard: bool
    status: str


def recognise(settings: Settings, raw: bytes) -> Bounce | None:
    """Return which letter of ours a message says was not delivered; None if it says no such thing.

    A report speaks of one letter, and a letter of ours has one reader.
    """
    report = message_from_bytes(raw, policy=default_policy)
    if report.get_content_type() != "multipart/report":
        return None
    status = _failed(report)
    if not status:
        return None
    for part in report.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            address = _written_to(settings, part)
            if address:
                return Bounce(address, status.startswith("5"), status)
    return None


def _failed(report: Message) -> str:
    """Return the status of a delivery that has failed; '' if none has."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.get_payload():
            if not isinstance(fields, Message):
                continue
            action = str(fields.get("Action", "")).strip().casefold()
            status = _STATUS.match(str(fields.get("Status", "")).strip())
            if action == "failed" and status and status[1] in "45":
                return status[0]
    return ""


def _written_to(settings: Settings, part: Message) -> str:
    """Return whom the letter that came back was for, if it is ours and its seal is whole."""
    content = part.get_payload()
    if isinstance(content, list) and content and isinstance(content[0], Message):
        letter = content[0]
    else:
        text = part.get_payload(decode=True)
        letter = message_from_bytes(text if isinstance(text, bytes) else b"", policy=default_policy)
    sealed = _SEALED.search(str(letter.get("Message-ID", "")))
    try:
        address = address_key(parseaddr(str(letter.get("To", "")))[1])
    except BadValue:
        return ""
    if sealed is None or not hmac.compare_digest(sealed[2], seal(settings, sealed[1], address)):
        return ""
    return address


def receive(store: Store, settings: Settings, raw: bytes, *, now: datetime | None = None) -> str:
    """Take a message in and mark the address that it is about; return what came of it in a word.

    'hard': the address takes no letters; 'soft': it did not take this one; 'nothing': the message
    reports no failed letter of ours.
    """
    bounce = recognise(settings, raw)
    if bounce is None:
        return "nothing"
    at = now or datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        if bounce.hard:
            transaction.run(BOUNCED, value_key=bounce.address, at=at)
        else:
            transaction.run(
                SOFTLY, value_key=bounce.address, at=at, since=at - SOFT, most=MOST_SOFT
            )
        whose = [row["key"] for row in transaction.run(WHOSE, value_key=bounce.address)]
        if whose:
            changes.record(transaction, "changed", whose)

    store.in_write(work)
    return "hard" if bounce.hard else "soft"
