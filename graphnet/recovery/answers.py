"""Answers: by the link in the letter, without signing in, or entered by staff.

Nobody hands over an address: who answers says of whom of their own study group they know the
whereabouts, and passes on a link or a letter. What they say is kept for the planner (`:NAMED`); it
makes nobody a connection and is shown to staff only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from graphnet import changes
from graphnet.accounts.sessions import token_hash
from graphnet.audit import acted
from graphnet.errors import BadValue, PersonNotFound, ThingNotFound
from graphnet.ledger import backfill
from graphnet.live import Live
from graphnet.people import Card, cards
from graphnet.privacy import Rules, Viewer, alive, shown
from graphnet.recovery.classes import class_of, standing
from graphnet.recovery.lost import lost_groupmates
from graphnet.recovery.outreach import refuse
from graphnet.recovery.plans import plan_row
from graphnet.store import Row, Store, Transaction

# What somebody can say of a groupmate, and how sure that makes us that the two are in touch.
HOW = {"in_touch": 0.9, "pass_on": 0.8, "link": 0.9}
LONGEST = 1000

# One row: the ask with that link, while it works and its person is there.
BEHIND_LINK = (
    """MATCH (a:Ask {token_hash: $token_hash})-[:OF]->(p:Person)
WHERE """
    + shown("p")
    + """ AND """
    + alive("p")
    + """ AND a.state IN $states
  AND ($now IS NULL OR a.expires_at > $now)
RETURN a.id AS id, p.key AS key, p.given_name AS given_name, p.language AS language,
  a.state AS state, coalesce(a.said, '') AS said,
  COLLECT { MATCH (a)-[n:NAMED]->(q:Person) RETURN [q.key, n.how] ORDER BY q.key } AS named
LIMIT 1"""
)

# One row: an ask of a plan that was sent.
OF_PLAN = """MATCH (:RecoveryPlan {id: $id})-[:ASKS]->(a:Ask {id: $ask})-[:OF]->(p:Person)
WHERE a.state IN ['sent', 'answered'] RETURN a.id AS id, p.key AS key LIMIT 1"""

# One row: how many earlier answers to this ask are taken back.
FORGET = """MATCH (:Ask {id: $ask})-[n:NAMED]->(:Person) DELETE n RETURN count(*) AS n"""

# One row: somebody who was named.
NAME = """MATCH (a:Ask {id: $ask})-[:OF]->(p:Person)
UNWIND $rows AS row MATCH (q:Person {key: row.key})
MERGE (a)-[n:NAMED]->(q)
SET n.how = row.how, n.confidence = row.confidence, n.source = 'recovery answer', n.at = $now,
  n.known = EXISTS { (p)-[:KNOWS]-(q) }
RETURN count(n) AS n"""

# One row: the ask that was answered. Who answers can be reached: that is a fact about them too.
ANSWERED = """MATCH (a:Ask {id: $ask})-[:OF]->(p:Person)
SET a.state = 'answered', a.answered_at = $now, a.via = $via, a.said = $said, a.next_at = null,
  a.sent_at = coalesce(a.sent_at, $now), p.last_answer_at = $now
RETURN a.id AS id, p.key AS key"""

# One row: an ask of the person that waits for an answer.
WAITS = """MATCH (a:Ask)-[:OF]->(p:Person {key: $key})
WHERE a.state = 'sent' AND (a.expires_at IS NULL OR a.expires_at > $now)
RETURN a.id AS id ORDER BY a.sent_at, id LIMIT 10"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = "EXISTS { (me)<-[:OF]-(:Ask {state: 'sent'}) }"


@dataclass(frozen=True)
class Question:
    """What somebody who follows the link of a letter is asked."""

    ask_id: str
    key: int
    given_name: str
    language: str
    answered: bool
    refused: bool
    said: str
    lost: tuple[Card, ...]
    named: Mapping[int, str]


def question(store: Store, token: str, *, rules: Rules) -> Question:
    """Return the question behind a link.

    Raises
    ------
    ThingNotFound
        If it has run out, never was, or its person hid or was erased: the same answer.
    """
    row = _by_token(store, token, now=datetime.now(UTC))
    return Question(
        row["id"],
        row["key"],
        row["given_name"] or "",
        row["language"] or "",
        row["state"] == "answered",
        row["state"] == "refused",
        row["said"],
        tuple(lost_groupmates(store, row["key"], rules=rules)),
        dict(row["named"]),
    )


def _by_token(store: Store, token: str, *, now: datetime | None) -> Row:
    rows = store.read(
        BEHIND_LINK,
        token_hash=token_hash(token.strip().lower()),
        now=now,
        # A letter may come back before anybody has noted that it went.
        states=["proposed", "sent", "answered", "refused"],
    )
    if not rows:
        raise ThingNotFound("this link does not work any more")
    return rows[0]


def answer_by_link(
    store: Store, token: str, named: Mapping[str, str], said: str, *, rules: Rules
) -> None:
    """Keep what the reader of a letter says; saying it again replaces what was said before.

    Parameters
    ----------
    named
        Ids of people of the reader's own study group, and how: 'in_touch', 'pass_on' or 'link'.
    said
        Names in their own words.

    Raises
    ------
    BadValue, ThingNotFound
    """
    asked = question(store, token, rules=rules)
    known = {card.id: card.key for card in asked.lost}
    _keep(store, asked.ask_id, _named(named, known), said, via="link", replace=True)


def answer_by_hand(
    live: Live, viewer: Viewer, plan_id: str, ask_id: str, named: Mapping[str, str], said: str
) -> None:
    """Enter what somebody has answered by telephone or on paper; it adds to what is there.

    Raises
    ------
    BadValue, NotAllowed, ThingNotFound
    """
    viewer.require_staff()
    rows = live.store.read(OF_PLAN, id=plan_id, ask=ask_id)
    if not rows:
        raise ThingNotFound("no ask of this plan that was sent")
    known = {card.id: card.key for card in may_be_named(live, viewer, plan_id, rows[0]["key"])}
    _keep(live.store, ask_id, _named(named, known), said, via="staff", replace=False, viewer=viewer)


def may_be_named(live: Live, viewer: Viewer, plan_id: str, key: int) -> list[Card]:
    """Return whom staff may note as named: the lost of the person's groups and of the class."""
    viewer.require_staff()
    held = plan_row(live.store, plan_id)
    view = live.view()
    now = standing(live, viewer, view)
    its = class_of(view, held["kind"], held["thing"], now.there)
    lost = its.members[now.lost[its.members]]
    own = lost_groupmates(live.store, key, rules=live.rules)
    keys = [card.key for card in own] + view.snapshot.keys[lost].tolist()
    return cards(live.store, viewer, keys, rules=live.rules)


def _named(named: Mapping[str, str], known: Mapping[str, int]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for person_id, how in named.items():
        if how not in HOW:
            raise BadValue(f"{how!r} is no answer: {', '.join(HOW)}")
        if person_id not in known:
            # Hidden meanwhile, found meanwhile, or never there: the same answer.
            raise PersonNotFound("one of these people cannot be named here")
        rows.append({"key": known[person_id], "how": how, "confidence": HOW[how]})
    return rows


def _keep(
    store: Store,
    ask_id: str,
    rows: list[dict[str, object]],
    said: str,
    *,
    via: str,
    replace: bool,
    viewer: Viewer | None = None,
) -> None:
    text = said.strip()
    if len(text) > LONGEST:
        raise BadValue(f"at most {LONGEST} characters")
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        if replace:
            transaction.run(FORGET, ask=ask_id)
        transaction.run(NAME, ask=ask_id, rows=rows, now=now)
        answered = transaction.run(ANSWERED, ask=ask_id, now=now, via=via, said=text)
        if not answered:
            raise ThingNotFound("no such ask")
        if rows or text:
            backfill.recovered(transaction, answered[0]["key"], ask_id, now)
        if viewer is not None:
            acted(transaction, viewer, "recovery.answer", ask_id, detail=f"{len(rows)} named")
        changes.record(transaction, "recovery", thing=ask_id)

    store.in_write(work)


def refuse_by_link(store: Store, token: str) -> None:
    """Never ask the reader of this letter again; works as long as the ask is known at all.

    Raises
    ------
    ThingNotFound
    """
    row = _by_token(store, token, now=None)

    def work(transaction: Transaction) -> None:
        refuse(transaction, row["id"], row["key"])
        changes.record(transaction, "recovery", thing=row["id"])

    store.in_write(work)


def waiting_for(store: Store, viewer: Viewer) -> list[str]:
    """Return the ids of the asks that wait for the viewer's own answer."""
    if viewer.person_key is None:
        return []
    return [
        str(row["id"]) for row in store.read(WAITS, key=viewer.person_key, now=datetime.now(UTC))
    ]
