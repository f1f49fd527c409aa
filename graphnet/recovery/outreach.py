"""Asking: what a letter may say and to whom it may go, that it went, and how calls ended.

A letter names nobody beyond its reader's own study group, and of that only those who are lost and
whom the reader may see by the rules of `graphnet.privacy`. Its link is made from the ask's id with
the site's key of links, so that a letter printed twice has the same one; only its sum is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from graphnet import changes, mail
from graphnet.accounts.sessions import token_hash
from graphnet.audit import acted
from graphnet.consent import everything_said, stands
from graphnet.errors import BadValue, Conflict, ThingNotFound, TooMany
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import (
    Viewer,
    alive,
    apart,
    shown,
)
from graphnet.recovery.classes import ONCE_IN
from graphnet.recovery.lost import Lost, lost_of
from graphnet.recovery.never_ask import bar
from graphnet.recovery.plans import ASKS, plan_row
from graphnet.store import Row, Store, Transaction, native
from graphnet.tokens import word

CHANNELS = ("mail", "post", "copied", "telephone")
OUTCOMES = ("reached", "no_answer", "wrong_number", "call_back", "refused")
LINK_LASTS = timedelta(days=90)


# One row: where one of those who are asked can be reached, and in which language.
REACH = """UNWIND $keys AS wanted MATCH (p:Person {key: wanted})
RETURN p.key AS key, p.language AS language,
  COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
            RETURN [a.email, coalesce(a.language, '')] ORDER BY a.email LIMIT 1 } AS account,
  COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'email'}) WHERE c.bounced_at IS NULL
            RETURN c.value ORDER BY c.verified_at IS NULL, c.value LIMIT 1 } AS emails,
  COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'phone'}) WHERE c.bounced_at IS NULL
            RETURN c.value ORDER BY c.verified_at IS NULL, c.value LIMIT 5 } AS phones
ORDER BY key LIMIT 1000"""


# One row: an ask of the plan whose link nobody has made yet.
UNARMED = """MATCH (:RecoveryPlan {id: $id})-[:ASKS]->(a:Ask) WHERE a.token_hash IS NULL
RETURN a.id AS id ORDER BY id LIMIT 10000"""

# One row: how many asks have a link that works from now on.
ARM = """UNWIND $rows AS row MATCH (a:Ask {id: row.id}) WHERE a.token_hash IS NULL
SET a.token_hash = row.token_hash, a.expires_at = $expires_at
RETURN count(a) AS n"""

# One row: the sum of an ask's link.
HASHES = """UNWIND $asks AS ask MATCH (a:Ask {id: ask})
RETURN a.id AS id, a.token_hash AS token_hash ORDER BY id LIMIT 10000"""

# One row: the ask and its person, both locked: of two who ask at once the second sees the first.
LOCK = (
    """MATCH (:RecoveryPlan {id: $id})-[:ASKS]->(a:Ask {id: $ask})-[:OF]->(p:Person)
SET a.id = a.id, p.id = p.id
RETURN a.state AS state, p.key AS key,
  """
    + apart("p")
    + """ AS gone,
  EXISTS { (p)-[:GAVE]->(n:NeverAsk) WHERE n.ended_at IS NULL } AS never,
  """
    + everything_said("p")
    + """ AS consents,
  EXISTS { (p)<-[:OF]-(other:Ask) WHERE other.id <> $ask
           AND (other.sent_at >= $since OR other.tried_at >= $since) }
    OR EXISTS { (p)<-[:TO]-(h:Handing {act: 'asked'}) WHERE h.at >= $since } AS lately LIMIT 1"""
)

# One row: the ask that was sent.
SENT = """MATCH (a:Ask {id: $ask})
SET a.state = 'sent', a.sent_at = coalesce(a.sent_at, $now), a.channel = $channel,
  a.expires_at = CASE WHEN a.sent_at = $now THEN $expires_at ELSE a.expires_at END
RETURN a.id AS id"""

# One row: the call that was made.
CALLED = """MATCH (a:Ask {id: $ask})
SET a.tried_at = $now, a.outcome = $outcome, a.next_at = $next_at, a.note = $note
RETURN a.id AS id"""

# One row: a contact of the one who was asked that was said to be wrong: the one that is named, or
# else a telephone number; of two numbers somebody must say which.
SAID_WRONG = """MATCH (:Ask {id: $ask})-[:OF]->(p:Person)-[:HAS]->(c:ContactPoint)
WHERE c.bounced_at IS NULL AND (c.value = $contact OR $contact = '' AND c.kind = 'phone')
RETURN c.id AS id, p.key AS key ORDER BY id LIMIT 2"""

# One row: the contact that does not work from now on.
DOES_NOT_WORK = """MATCH (c:ContactPoint {id: $id}) SET c.bounced_at = $now RETURN c.id AS id"""

# One row: the ask that was refused.
REFUSE = """MATCH (a:Ask {id: $ask}) SET a.state = 'refused', a.answered_at = $now
RETURN a.id AS id"""

# One row: a call that is due.
DUE = (
    """MATCH (plan:RecoveryPlan)-[:ASKS]->(a:Ask)-[:OF]->(p:Person)
WHERE a.state = 'sent' AND a.next_at <= $now AND plan.closed_at IS NULL AND """
    + shown("p")
    + """ AND """
    + alive("p")
    + """
WITH plan, count(a) AS n, min(a.next_at) AS since ORDER BY since, plan.id LIMIT 50
RETURN plan.id AS plan_id, n, since,
  COLLECT { MATCH (owner:Account {id: plan.by})-[:OF]->(o:Person)
            WHERE owner.disabled_at IS NULL AND 'staff' IN owner.roles
            RETURN [owner.id, trim(coalesce(o.given_name, '') + ' ' + coalesce(o.family_name, ''))]
            ORDER BY owner.id LIMIT 1 } AS owners
ORDER BY since, plan_id LIMIT 50"""
)

# A condition without which no call is due.
STAFF_MAY = """EXISTS { (plan:RecoveryPlan)-[:ASKS]->(call:Ask {state: 'sent'})
    WHERE plan.closed_at IS NULL AND call.next_at IS NOT NULL }"""

# Whoever has refused one of these is not written to by a plan.
TO_ASK = ("hold", "digest", "profile", "show_to_members")


@dataclass(frozen=True)
class Letter:
    """What is needed to write to one person; `lost` is whom the letter may name."""

    ask: Row
    card: Card
    language: str
    lost: tuple[Lost, ...]
    token: str
    email: str
    phones: tuple[str, ...]
    contacts: tuple[str, ...] = ()  # on file and working: what a caller can report as wrong


def token_of(key: bytes, ask_id: str) -> str:
    """Return the word in an ask's link: 80 bits, short enough to be typed from paper."""
    return word(key, f"recovery answer {ask_id}")


def arm(store: Store, viewer: Viewer, plan_id: str, *, keys: Sequence[bytes]) -> None:
    """Make the links of a plan's asks that have none, so that a letter can be printed.

    Parameters
    ----------
    keys
        The site's keys of links; the first makes them.
    """
    viewer.require_staff()

    def work(transaction: Transaction) -> None:
        rows = [
            {"id": row["id"], "token_hash": token_hash(token_of(keys[0], row["id"]))}
            for row in transaction.run(UNARMED, id=plan_id)
        ]
        transaction.run(ARM, rows=rows, expires_at=datetime.now(UTC) + LINK_LASTS)

    store.in_write(work)


def tokens(store: Store, keys: Sequence[bytes], asks: Sequence[str]) -> dict[str, str]:
    """Return the word in the link of each of the asks that has one, whichever key made it."""
    found = {}
    for row in store.read(HASHES, asks=list(asks)):
        made = (token_of(key, row["id"]) for key in keys)
        word = next((word for word in made if token_hash(word) == row["token_hash"]), None)
        if word is not None:
            found[row["id"]] = word
    return found


def letters(
    live: Live, viewer: Viewer, plan_id: str, *, keys: Sequence[bytes], asks: Sequence[str] = ()
) -> list[Letter]:
    """Return the letters of a plan to those who are proposed, or to the given asks.

    A number of questions that does not depend on how many letters there are; nothing is written.

    Raises
    ------
    NotAllowed, ThingNotFound
    """
    viewer.require_staff()
    plan_row(live.store, plan_id)
    wanted = set(asks)
    rows = [
        row
        for row in live.store.read(ASKS, id=plan_id)
        if (row["id"] in wanted if wanted else row["state"] == "proposed")
        and row["state"] in ("proposed", "sent", "answered")
    ]
    if not rows:
        return []
    shown = {
        card.key: card
        for card in cards(live.store, viewer, (row["key"] for row in rows), rules=live.rules)
        if card.state != "deceased"
    }
    rows = [row for row in rows if row["key"] in shown]
    reach = {row["key"]: row for row in live.store.read(REACH, keys=sorted(shown))}
    lost = lost_of(live.store, sorted(shown), rules=live.rules)
    words = tokens(live.store, keys, [row["id"] for row in rows])
    found = []
    for row in rows:
        card, where = shown[row["key"]], reach[row["key"]]
        found.append(
            Letter(
                row,
                card,
                _language(card, where),
                lost[card.key],
                words.get(row["id"], ""),
                where["account"][0][0] if where["account"] else "".join(where["emails"]),
                tuple(where["phones"]),
                (*where["phones"], *where["emails"]),
            )
        )
    return found


def _language(card: Card, where: Row) -> str:
    said = where["account"][0][1] if where["account"] else ""
    if said in ("en", "ru"):
        return str(said)
    if where["language"] in ("en", "ru"):
        return str(where["language"])
    return "ru" if any("\u0400" <= letter <= "\u04ff" for letter in card.name.full) else "en"


def send(
    live: Live,
    viewer: Viewer,
    plan_id: str,
    ask_id: str,
    channel: str,
    *,
    to: Letter | None = None,
    label: tuple[str, str] = ("", ""),
) -> None:
    """Note that somebody was asked; by mail, write the letter in the same transaction.

    Parameters
    ----------
    channel
        'mail', 'post', 'copied' (into a messenger) or 'telephone'.
    to
        For 'mail': to whom. What the letter says is written when it leaves.
    label
        What is looked for, in English and Russian, as the letter calls it.

    Raises
    ------
    BadValue, Conflict, NotAllowed, ThingNotFound
    TooMany
        If the person was asked in the last month, in whatever plan.
    """
    viewer.require_staff()
    if channel not in CHANNELS:
        raise BadValue(f"{channel!r} is no way of asking: {', '.join(CHANNELS)}")
    if (channel == "mail") != (to is not None):
        raise BadValue("a letter by mail needs its reader, and no other does")

    def work(transaction: Transaction) -> None:
        may_ask(transaction, plan_id, ask_id)
        now = datetime.now(UTC)
        transaction.run(SENT, ask=ask_id, now=now, expires_at=now + LINK_LASTS, channel=channel)
        if to is not None:
            mail.enqueue_about(
                transaction,
                "recovery.ask",
                {
                    "plan": plan_id,
                    "ask": ask_id,
                    "label": label[0],
                    "label_ru": label[1],
                    "by": viewer.account_id,
                },
                to=to.email,
                key=f"recovery:{ask_id}",
                language=to.language,
            )
        acted(transaction, viewer, "recovery.sent", ask_id, detail=channel, change="recovery")

    live.store.in_write(work)


def may_ask(transaction: Transaction, plan_id: str, ask_id: str) -> Row:
    """Return the ask, locked, if it may be sent now.

    Raises
    ------
    Conflict, ThingNotFound, TooMany
    """
    rows = transaction.run(LOCK, id=plan_id, ask=ask_id, since=datetime.now(UTC) - ONCE_IN)
    if not rows or rows[0]["gone"]:
        raise ThingNotFound("no such ask in this plan")
    row = rows[0]
    said = stands(row["consents"])
    if row["never"] or any(said.get(purpose) == "refused" for purpose in TO_ASK):
        raise Conflict("this person is not to be asked")
    if row["state"] != "proposed":
        raise Conflict("this person is not in the plan, or has been asked already")
    if row["lately"]:
        raise TooMany("this person was asked within the last month, for another plan")
    return row


def call(
    live: Live,
    viewer: Viewer,
    plan_id: str,
    ask_id: str,
    outcome: str,
    *,
    next_on: date | None = None,
    note: str = "",
    contact: str = "",
) -> None:
    """Note how a call ended.

    With 'wrong_number' the `contact`, or the only telephone number on file, counts as one that does
    not work: who has no other is lost from then on.

    Raises
    ------
    BadValue
        If there is no such outcome, 'call_back' without a day, or 'wrong_number' without saying
        which of several.
    Conflict, NotAllowed, ThingNotFound, TooMany
    """
    viewer.require_staff()
    if outcome not in OUTCOMES:
        raise BadValue(f"{outcome!r} is no outcome: {', '.join(OUTCOMES)}")
    if outcome == "call_back" and next_on is None:
        raise BadValue("say on which day to call back")
    now = datetime.now(UTC)
    again = outcome in ("call_back", "no_answer")
    next_at = datetime.combine(next_on, time(6), UTC) if next_on and again else None

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCK, id=plan_id, ask=ask_id, since=now - ONCE_IN)
        if not rows or rows[0]["gone"]:
            raise ThingNotFound("no such ask in this plan")
        if rows[0]["state"] != "sent":  # the first call is the asking
            may_ask(transaction, plan_id, ask_id)
            transaction.run(
                SENT, ask=ask_id, now=now, expires_at=now + LINK_LASTS, channel="telephone"
            )
        transaction.run(
            CALLED, ask=ask_id, now=now, outcome=outcome, next_at=next_at, note=note.strip()[:300]
        )
        if outcome == "refused":
            transaction.run(REFUSE, ask=ask_id, now=now)
        if outcome == "wrong_number":
            _does_not_work(transaction, viewer, ask_id, contact.strip(), now)
        acted(transaction, viewer, "recovery.called", ask_id, detail=outcome, change="recovery")

    live.store.in_write(work)


def _does_not_work(
    transaction: Transaction, viewer: Viewer, ask_id: str, contact: str, now: datetime
) -> None:
    rows = transaction.run(SAID_WRONG, ask=ask_id, contact=contact)
    if len(rows) > 1 or (contact and not rows):
        raise BadValue("say which number or address does not work")
    for row in rows:
        transaction.run(DOES_NOT_WORK, id=row["id"], now=now)
        acted(transaction, viewer, "recovery.wrong_contact", row["id"], change="recovery")
        changes.record(transaction, "contact", [row["key"]])


OWN_WISH = "own wish"  # why somebody is not to be asked, where they have said so by a link


def refuse(transaction: Transaction, ask_id: str, key: int) -> None:
    """Write in the act's own transaction that somebody wishes never to be asked again."""
    transaction.run(REFUSE, ask=ask_id, now=datetime.now(UTC))
    bar(transaction, key, OWN_WISH, by="")


def due(store: Store, viewer: Viewer) -> list[Row]:
    """Return the plans with calls that are due: how many, since when, and who made the plan.

    `owner` is the account and name of whoever made it, None where they are no longer of staff.
    """
    viewer.require_staff()
    rows = store.read(DUE, now=datetime.now(UTC))
    return [native(row) | {"owner": next(iter(row["owners"]), None)} for row in rows]
