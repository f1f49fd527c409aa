"""Pass-ons, as who is sought sees them: by a link, or on the site; here is how to reach me, not
now, or don't look for me.

A link works for one answer. It tells who asks and in which words, and of nobody else. What cannot
be answered any more, has run out or never was gets the same answer.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes, mail, notices, people
from graphnet.accounts.sessions import token_hash
from graphnet.connections.ties import connect as connect_people
from graphnet.errors import BadValue, ThingNotFound
from graphnet.introductions.relays import held
from graphnet.introductions.requests import ANSWERED, checked_words
from graphnet.ledger import backfill
from graphnet.live import Live
from graphnet.messages import posting
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Viewer, alive, engine, shown
from graphnet.requests.hiding import KIND as TO_HIDE
from graphnet.requests.opening import open_request
from graphnet.store import Row, Transaction, native

ANSWERS = ("reach", "not_now", "hide")
HIDE = "introductions.hide"  # the letter that asks whether it was they who wished to be hidden

# One row: the request behind a link that can still be answered, and who is in it.
BEHIND_LINK = (
    """MATCH (h:Handing {token_hash: $token_hash})-[:OF]->(o:PassOn)
WHERE h.done_at IS NULL AND h.expires_at > $now AND o.closes_at > $now
  AND o.state IN ['waiting', 'forwarded']
MATCH (asker:Person)-[:ASKED]->(o)
WHERE """
    + shown("asker")
    + """ AND """
    + alive("asker")
    + """
OPTIONAL MATCH (o)-[:ABOUT]->(person:Person)
OPTIONAL MATCH (o)-[:ABOUT]->(thing:Organisation|Place|Topic)
WITH o, h, asker, person, thing
WHERE thing IS NOT NULL OR person IS NOT NULL AND """
    + alive("person")
    + """
  AND """
    + shown("person")
    + """
RETURN o.id AS id, h.id AS handing, o.text AS text, h.expires_at AS expires_at,
  asker.key AS asker_key, person.key AS sought_key, thing.name AS label,
  coalesce(thing.name_ru, thing.name) AS label_ru LIMIT 1"""
)

# One row: the request, locked; answered by this, if nobody was quicker.
ANSWER = """MATCH (h:Handing {id: $handing})-[:OF]->(o:PassOn) SET o.id = o.id
WITH h, o WHERE h.done_at IS NULL AND h.expires_at > $now AND o.closes_at > $now
  AND o.state IN ['waiting', 'forwarded']
SET h.done_at = $now, o.state = $state, o.answer = $answer, o.answered_at = $now
CREATE (o)<-[:OF]-(:Handing {id: $id, act: 'answered', at: $now})
RETURN o.id AS id"""


# One row: where somebody who has an account is written to.
ACCOUNT = """MATCH (a:Account)-[:OF]->(p:Person {key: $key}) WHERE a.disabled_at IS NULL
RETURN a.email AS email, coalesce(a.language, p.language, '') AS language, p.id AS person
ORDER BY email LIMIT 1"""


@dataclass(frozen=True)
class Sought:
    """Somebody seeks me: who, in which words; and who I am, as far as the link says it."""

    id: str
    asker: Card
    text: str
    expires_at: datetime
    sought: Card | None
    label: str
    label_ru: str
    handing: str


def by_token(live: Live, token: str) -> Sought:
    """Return the request behind a link.

    Raises
    ------
    ThingNotFound
        If it was answered, has run out, or never was: the same answer.
    """
    rows = live.store.read(BEHIND_LINK, token_hash=token_hash(token), now=datetime.now(UTC))
    found = _sought(live, native(rows[0])) if rows else None
    if found is None:
        raise ThingNotFound("this link does not work any more")
    return found


def answer_link(
    live: Live, viewer: Viewer, token: str, kind: str, text: str = "", *, connect: bool = False
) -> bool:
    """Answer by a link; return whether it was who is sought, signed in: `connect` is for them only.

    Raises
    ------
    ThingNotFound
        As `by_token`, also where somebody else was quicker.
    BadValue
        If the answer is none, or says how to reach me without a word.
    """
    one = by_token(live, token)
    sought = one.sought.key if one.sought else None
    known = viewer.person_key is not None and viewer.person_key == sought
    _answer(live, viewer, one, kind, text, connect=connect and known, by_link=not known)
    return known


def answer_held(
    live: Live, viewer: Viewer, pass_on: str, kind: str, text: str = "", *, connect: bool = False
) -> None:
    """Answer what was handed to me on the site.

    Raises
    ------
    ThingNotFound
        If it does not lie with me, or is not for me.
    BadValue
        As `answer_link`.
    """
    one = held(live, viewer, pass_on)
    if not one.is_for_me:
        raise ThingNotFound("nothing here waits for you")
    mine = Sought(one.id, one.asker, one.text, one.expires_at, one.sought, "", "", one.handing)
    viewer.me()
    _answer(live, viewer, mine, kind, text, connect=connect, by_link=False)


def _answer(
    live: Live, viewer: Viewer, one: Sought, kind: str, text: str, *, connect: bool, by_link: bool
) -> None:
    if kind not in ANSWERS:
        raise BadValue(f"an answer is one of {', '.join(ANSWERS)}")
    words = checked_words(text) if kind == "reach" else ""
    key = one.sought.key if one.sought else None

    def work(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        answered = transaction.run(
            ANSWER,
            handing=one.handing,
            id=new_id(),
            now=now,
            answer=words or None,
            state="answered" if kind == "reach" else "closed",
        )
        if not answered:
            raise ThingNotFound("this link does not work any more")
        if kind == "reach":
            backfill.relayed(transaction, one.id, now)
            notices.tell(
                transaction,
                one.asker.key,
                ANSWERED,
                {"pass_on": one.id},
                once=f"pass-on:{one.id}:answered",
            )
        touched = [one.asker.key] + ([key] if key is not None else [])
        changes.record(transaction, "answered", touched, thing=one.id)
        if kind == "reach" and connect and key is not None:
            connect_people(transaction, key, one.asker.key, source="pass-on", now=now)
        if kind == "reach" and key is not None and not by_link:
            posting.carry(
                transaction,
                Viewer("alumnus", one.asker.key),
                Viewer("alumnus", key),
                asked=one.text,
                answered=words,
            )
        if kind == "hide" and key is not None:
            _hide(transaction, viewer, one, key, now, by_link=by_link)

    live.store.in_write(work)


def _hide(
    transaction: Transaction, viewer: Viewer, one: Sought, key: int, now: datetime, *, by_link: bool
) -> None:
    """Hide at once who says so themselves.

    By a link anybody could have said it. Who has an account is told by a letter and hides, or does
    not, with one click of their own; who has none is hidden. In both cases staff look at it again.
    """
    if not by_link:
        people.hide(transaction, viewer, key, why="asked to be passed on to")
        return
    accounts = transaction.run(ACCOUNT, key=key)
    for account in accounts:
        mail.enqueue_about(
            transaction,
            HIDE,
            {},
            to=account["email"],
            language=account["language"],
            person=account["person"],
            key=f"pass-on:{one.id}:hide",
        )
    if not accounts:
        people.hide(
            transaction, engine("don't look for me"), key, why="by a link that was passed on"
        )
    if one.sought is not None:
        open_request(
            transaction,
            TO_HIDE,
            asker=None,
            subject=one.sought.name.full,
            text=(
                "Asked by a link that was passed on. They have an account, are not hidden, and "
                "were asked by a letter."
                if accounts
                else "Hidden at once, by a link that was passed on."
            ),
            about=key,
            now=now,
        )


def _sought(live: Live, row: Row) -> Sought | None:
    # The asker has agreed to be named to whom they seek, who may be nobody to us.
    as_asker = Viewer("alumnus", row["asker_key"])
    keys = [row["asker_key"], row["sought_key"]] if row["sought_key"] else [row["asker_key"]]
    seen = {card.key: card for card in cards(live.store, as_asker, keys, rules=live.rules)}
    asker, sought = seen.get(row["asker_key"]), seen.get(row["sought_key"])
    if asker is None or (row["sought_key"] and sought is None):
        return None
    return Sought(
        id=row["id"],
        asker=asker,
        text=row["text"],
        expires_at=row["expires_at"],
        sought=sought,
        label=row["label"] or "",
        label_ru=row["label_ru"] or "",
        handing=row["handing"],
    )
