"""Letters that come in: an answer to a notice lands in the thread of its request.

Each notice has an address for answers that is its reader's own: the request and a seal, made with a
key of its own, of the request and the person. Whoever writes there writes as that person, into that
request and into no other; the number of a request in a subject opens nothing. What a machine has
written (out of office, lists) is no answer. What cannot be filed is refused in words, so that the
sender's own mail server tells them.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parseaddr

from graphnet import bounces, keys
from graphnet.addresses import address_key
from graphnet.errors import BadValue, Conflict, ConstraintViolated, ThingNotFound
from graphnet.privacy import Viewer, alive
from graphnet.requests import asking_on, referrals, threads, unit_letters, work
from graphnet.requests.kinds import Kinds
from graphnet.requests.letter_text import of_letter
from graphnet.settings import Settings
from graphnet.store import Row, Store, Transaction

MOST_BYTES = 10 * 2**20
MOST_AN_HOUR = 30  # from one person into one request
KEEPS = timedelta(days=90)  # for how long a letter that comes again is known
MAIL = "answer requests by letter"
VISITOR = "visitor"  # who asked without being anybody on file
_SEAL = 24  # characters: 120 bits
_REQUEST = 16

# One row: somebody who has a part in a request, by everything that a seal can have named.
PARTS = (
    """MATCH (r:Request {id: $id})
CALL (r) {
  MATCH (p:Person)-[:ASKED]->(r) RETURN p, 'asker' AS part, '' AS thing, '' AS account
  UNION MATCH (a:Account {id: r.owner})-[:OF]->(p:Person)
  WHERE a.disabled_at IS NULL AND 'staff' IN a.roles
  RETURN p, 'staff' AS part, '' AS thing, a.id AS account
  UNION MATCH (f:Referral)-[:OF]->(r) MATCH (f)-[:TO]->(p:Person)
  RETURN p, 'helper' AS part, f.id AS thing, '' AS account
}
WITH r, p, part, thing, account WHERE """
    + alive("p")
    + """
RETURN p.key AS key, part, thing, account, r.status AS status,
  [p.id] + [(p)<-[:MERGED_INTO]-(m:MergedPerson) | m.id] AS ids,
  [(p)<-[:OF]-(a:Account) | a.email_key] + [(p)-[:HAS]->(c:ContactPoint) | c.value_key]
    AS addresses,
  COUNT { MATCH (e:RequestEntry)-[:IN]->(r) WHERE (e)-[:BY]->(p) AND e.at > $hour } AS lately
ORDER BY part, key LIMIT 100"""
)

# One row: a request that a visitor has asked, and where they are written to.
VISITORS = """MATCH (r:Request {id: $id}) WHERE r.visitor IS NOT NULL
RETURN r.status AS status, r.visitor AS visitor,
  COUNT { MATCH (e:RequestEntry {by: 'asker'})-[:IN]->(r) WHERE e.at > $hour } AS lately LIMIT 1"""

# One row: the letter that came in, by its hash.
SEEN = "CREATE (l:ReceivedLetter {id: $id, at: $now}) RETURN l.id AS id"

# One row: the letter that may come again after all.
UNSEEN = "MATCH (l:ReceivedLetter {id: $id}) DELETE l RETURN $id AS id"

# One row: how many letters are known no more.
FORGET = """MATCH (l:ReceivedLetter) WHERE l.at < $before WITH l LIMIT 10000 DELETE l
RETURN count(*) AS n"""


@dataclass(frozen=True)
class Received:
    """What became of a letter: a word, and whether its sender is to be told that it was refused.

    filed; asked (see `by_mail`); automatic, duplicate, nothing, hard, soft (`graphnet.bounces`):
    taken, and no answer to anything; unknown, old, empty, long, large, sender: refused; busy: to
    be tried later.
    """

    outcome: str
    request: str = ""

    @property
    def refused(self) -> bool:
        """Whether the sender is told that nobody reads it."""
        return self.outcome in ("unknown", "old", "empty", "long", "large", "sender")


def token(settings: Settings, request: str, person_id: str) -> str:
    """Return what stands in the address for answers of one person to one request."""
    said = f"reply {request} by {person_id}".encode()
    digest = hmac.digest(keys.key(settings, "replies"), said, hashlib.sha256)
    return request + base64.b32encode(digest).decode("ascii").casefold()[:_SEAL]


def address(settings: Settings, request: str, person_id: str) -> str:
    """Return where somebody answers a notice of a request; '' if letters do not come in here."""
    if not settings.mail_replies or not person_id:
        return ""
    name, _, domain = settings.mail_replies.partition("@")
    return f"{name}+{token(settings, request, person_id)}@{domain}"


def token_of(settings: Settings, recipient: str) -> str | None:
    """Return the token of an address for answers; None if the address is none of ours."""
    name, _, domain = settings.mail_replies.casefold().partition("@")
    local, _, at = recipient.strip().strip("<>").casefold().rpartition("@")
    before, plus, held = local.partition("+")
    return held if name and (before, at) == (name, domain) and plus else None


def whose(
    store: Store, settings: Settings, held: str, *, now: datetime | None = None
) -> Row | None:
    """Return who writes by a token and what part they have in which request; None if nobody."""
    request, seal = held[:_REQUEST], held[_REQUEST:]
    if len(seal) != _SEAL or not held.isascii() or not held.isalnum():
        return None
    hour = (now or datetime.now(UTC)) - timedelta(hours=1)
    if hmac.compare_digest(token(settings, request, VISITOR), held):
        rows = store.read(VISITORS, id=request, hour=hour)
        return _visitor(rows[0], request) if rows else None
    unit = unit_letters.writer(store, request, since=hour)
    if unit is not None:
        seal = token(settings, request, unit_letters.reader(unit["unit"]))
        if hmac.compare_digest(seal, held):
            return unit
    for row in store.read(PARTS, id=request, hour=hour):
        for person in row["ids"]:
            if hmac.compare_digest(token(settings, request, person), held):
                return {**row, "request": request}
    return None


def _visitor(row: Row, request: str) -> Row:
    try:
        addresses = [address_key(row["visitor"])]
    except BadValue:
        addresses = []
    return {**row, "request": request, "key": None, "part": VISITOR, "addresses": addresses}


def request_of(settings: Settings, held: str) -> str:
    """Return the request that a visitor follows by a token; '' if we never made it."""
    request = held[:_REQUEST]
    if not held.isascii() or not held.isalnum():
        return ""
    right = hmac.compare_digest(token(settings, request, VISITOR), held)
    return request if right else ""


def automatic(letter: Message) -> bool:
    """Return whether a machine has written a letter (RFC 3834, and what older ones say)."""
    said = str(letter.get("Auto-Submitted", "no")).split(";")[0].strip().casefold()
    if said != "no" or letter.get_content_type() == "multipart/report":
        return True
    if str(letter.get("Precedence", "")).strip().casefold() in (
        "bulk",
        "junk",
        "auto_reply",
        "list",
    ):
        return True
    if any(letter.get(name) for name in ("X-Autoreply", "X-Autorespond", "List-Id")):
        return True
    return str(letter.get("Return-Path", "x")).strip() == "<>"


def recipients(letter: Message) -> list[str]:
    """Return whom a letter was for, where the mail server has not said it."""
    fields = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
    said = [str(value) for name in fields for value in letter.get_all(name, [])]
    return list(dict.fromkeys(found for _, found in getaddresses(said) if found))


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
    """Take one letter in.

    Parameters
    ----------
    to
        Whom the mail server was told that it is for; else the letter's own headers say it.
    sender
        By whom it was told that the letter comes; '' for what a machine has written (RFC 5321).
    """
    at = now or datetime.now(UTC)
    if len(raw) > MOST_BYTES:
        return Received("large")
    came_back = bounces.receive(store, settings, raw, now=at)
    if came_back != "nothing":
        return Received(came_back)
    letter = message_from_bytes(raw, policy=compat32)
    if automatic(letter) or sender in ("", "<>"):
        return Received("automatic")
    given = list(to) or recipients(letter)
    held = [found for one in given if (found := token_of(settings, one)) is not None]
    if not held:
        return Received("unknown" if to else "nothing")
    writer = whose(store, settings, held[0], now=at)
    if writer is None:
        return Received("unknown")
    if writer["lately"] >= MOST_AN_HOUR:
        return Received("busy", writer["request"])
    return _once(store, settings, kinds, letter, raw, held[0], writer, at)


def _once(
    store: Store,
    settings: Settings,
    kinds: Kinds,
    letter: Message,
    raw: bytes,
    held: str,
    writer: Row,
    at: datetime,
) -> Received:
    """File a letter once, however often it comes."""
    name = str(letter.get("Message-ID", "")).strip().encode() or raw
    known = hashlib.sha256(held.encode() + b" " + name).hexdigest()
    try:
        store.write(SEEN, id=known, now=at)
    except ConstraintViolated:
        return Received("duplicate", writer["request"])
    try:
        outcome = _file(store, kinds, letter, writer, at)
    except BaseException:
        store.write(UNSEEN, id=known)
        raise
    if outcome != "filed":
        store.write(UNSEEN, id=known)
    return Received(outcome, writer["request"])


def _file(store: Store, kinds: Kinds, letter: Message, writer: Row, at: datetime) -> str:
    text, files = of_letter(letter)
    if not text:
        return "empty"
    if len(text) > threads.LONGEST:
        return "long"
    request, key = writer["request"], writer["key"]
    try:
        if writer["part"] == "staff":
            work.note(store, _clerk(writer), request, text, now=at)
        elif writer["part"] == "unit":
            _of_unit(store, request, text, at)
        elif writer["part"] == "helper":
            referrals.answer(store, Viewer("alumnus", key), writer["thing"], text, now=at)
        elif writer["part"] == VISITOR:
            asking_on.say_as_visitor(
                store, kinds, request, text, closed=writer["status"] == "done", now=at
            )
        elif writer["status"] == "done":
            asking_on.reopen(store, Viewer("alumnus", key), kinds, request, text, now=at)
        else:
            asking_on.say(store, Viewer("alumnus", key), request, text, now=at)
    except (BadValue, Conflict, ThingNotFound):  # closed long ago, or asked no more
        return "old"
    remarks = _remarks(letter, writer, files)
    if remarks:
        store.in_write(
            lambda transaction: threads.write(
                transaction, request, "note", "\n".join(remarks), by="site", author=None, now=at
            )
        )
    return "filed"


def _of_unit(store: Store, request: str, text: str, at: datetime) -> None:
    def act(transaction: Transaction, row: Row, now: datetime) -> None:
        entry = unit_letters.answered(transaction, request, text, now)
        work.tell_owner(transaction, row, f"request-unit-said:{entry}")

    work.on(store, request, at, act)


def _clerk(writer: Row) -> Viewer:
    return Viewer("staff", writer["key"], writer["account"], frozenset({"staff"}), MAIL)


def _remarks(letter: Message, writer: Row, files: list[str]) -> list[str]:
    """Return what staff should know of a letter besides its words, in the words of `NOTES`."""
    found = []
    try:
        sender = address_key(parseaddr(str(letter.get("From", "")))[1])
    except BadValue:
        sender = ""
    if sender not in writer["addresses"]:
        found.append("other address")
    if files:
        found.append("files: " + ", ".join(files)[:500])
    return found


def forget(store: Store, *, now: datetime | None = None) -> int:
    """Forget letters that cannot come again; return how many."""
    return int(store.write(FORGET, before=(now or datetime.now(UTC)) - KEEPS)[0]["n"])
