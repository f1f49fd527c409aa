"""Inviting person by person, and answering: here, by the link of a letter, or through who is asked.

Who may be invited is decided when the letter is written and again when it leaves. The link of the
letter stands in `graphnet.reunions.links`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from graphnet import mail, notices
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Rules, Viewer
from graphnet.reunions.audience import may_be_invited
from graphnet.reunions.reading import on
from graphnet.reunions.telling import ADDRESS, keep_seat
from graphnet.store import Row, Store, Transaction, native

STATES = ("invited", "yes", "maybe", "no", "never")
ANSWERS = ("yes", "maybe", "no")
CHANNELS = ("mail", "told")
LINK_LASTS = timedelta(days=180)
LONGEST_WORDS = 500
MOST_AT_ONCE = 100
GATHERED = timedelta(hours=4)  # so long answers are gathered before organisers are told

# One row: somebody whom a reunion gathers, who may be invited and was not; where a letter would go.
INVITABLE = (
    """MATCH (r:Reunion {id: $id})
CALL (r) {
  MATCH (r)-[:GATHERS]->(:StudyGroup|Cohort)<-[:STUDIED_IN]-(p:Alumnus) RETURN p
  UNION MATCH (r)-[:GATHERS]->(:Cohort)<-[:OF]-(:StudyGroup)<-[:STUDIED_IN]-(p:Alumnus) RETURN p
}
WITH DISTINCT r, p WHERE ($keys IS NULL OR p.key IN $keys) AND """
    + may_be_invited("p")
    + """
  AND NOT EXISTS { (p)<-[:TO]-(:ReunionInvitation)-[:FOR]->(r) }
  AND NOT EXISTS { (p)-[:ORGANISES]->(r) }
  AND NOT EXISTS { MATCH (p)-[:BLOCKED]-(maker:Person)-[t:ORGANISES]->(r)
                   WHERE t.role <> 'helper' }
RETURN p.key AS key, p.id AS id, """
    + ADDRESS
    + """ AS address ORDER BY key LIMIT 5000"""
)

# One row: the invitation that was written, and by whom.
INVITE = """MATCH (r:Reunion {id: $id}) CALL (r) { MATCH (p:Person {key: $key}) RETURN p }
CREATE (i:ReunionInvitation {id: $invitation, state: $state, at: $now, channel: $channel,
  expires_at: $expires_at})-[:FOR]->(r)
CREATE (i)-[:TO]->(p)
WITH r, i
OPTIONAL MATCH (maker:Person)-[t:ORGANISES]->(r) WHERE t.role IN ['applicant', 'organiser']
WITH i, maker ORDER BY maker.key = $me DESC, t.role, t.at LIMIT 1
FOREACH (one IN CASE WHEN maker IS NULL THEN [] ELSE [maker] END | CREATE (i)-[:BY]->(one))
RETURN i.id AS id"""

# One row: what somebody has answered.
ANSWER = """MATCH (i:ReunionInvitation {id: $invitation})-[:TO]->(p:Person)
SET i.state = $state, i.answered_at = $now, i.words = $words, p.last_answer_at = $now
RETURN p.key AS key"""

# One row: the key of an organiser, but of that one.
MAKERS = """MATCH (p:Person)-[t:ORGANISES]->(:Reunion {id: $id})
WHERE t.role IN ['applicant', 'organiser'] AND p.key <> $but RETURN p.key AS key
ORDER BY key LIMIT 30"""

# One row: the invitation of somebody to a reunion.
MY_INVITATION = """MATCH (:Person {key: $key})<-[:TO]-(i:ReunionInvitation)-[:FOR]->(r:Reunion)
WHERE r.id = $id RETURN i.id AS id, i.state AS state ORDER BY i.at, id LIMIT 1"""

# One row: an invitation of a reunion, with whom it is to.
OF_REUNION = """MATCH (i:ReunionInvitation)-[:FOR]->(:Reunion {id: $id}) MATCH (i)-[:TO]->(p:Person)
RETURN i.id AS id, p.key AS key, i.state AS state, i.at AS at, i.answered_at AS answered_at,
  i.channel AS channel, coalesce(i.words, '') AS words ORDER BY at, id LIMIT 5000"""

# One row: an invitation of that reunion, and to whom.
ONE_OF = """MATCH (i:ReunionInvitation {id: $invitation})-[:FOR]->(:Reunion {id: $id})
MATCH (i)-[:TO]->(p:Person) RETURN p.key AS key, i.state AS state LIMIT 1"""


@dataclass(frozen=True)
class Invited:
    """Somebody who was invited, as the reader may see them, and what they have said."""

    id: str
    card: Card
    state: str
    channel: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be invited; `by_mail` says whether a letter would reach them."""

    card: Card
    by_mail: bool


def candidates(store: Store, viewer: Viewer, reunion: Row, *, rules: Rules) -> list[Candidate]:
    """Return whom an organiser may invite, as far as they may see them.

    Raises
    ------
    NotAllowed
    """
    if not reunion["makes"]:
        raise NotAllowed("only its organisers and staff invite")
    rows = store.read(INVITABLE, id=reunion["id"], keys=None)
    there = {row["key"]: row["address"] is not None for row in rows}
    found = [
        Candidate(card, there[card.key])
        for card in cards(store, viewer, there, rules=rules)
        if there[card.key] or viewer.is_staff  # who has no address is reached by staff or a relay
    ]
    return sorted(found, key=lambda one: (one.card.name.family, one.card.name.given, one.card.key))


def invite(
    store: Store,
    viewer: Viewer,
    reunion_id: str,
    people: Iterable[str],
    *,
    rules: Rules,
    channel: str = "mail",
) -> tuple[int, int]:
    """Invite people by their ids, each with a letter of their own; return how many, and left out.

    Left out is who was invited meanwhile, has no address, hides or has refused: not told apart.

    Parameters
    ----------
    channel
        'mail', or 'told': somebody has said it to them, and no letter goes.

    Raises
    ------
    ThingNotFound, NotAllowed
    BadValue
        ``people``: nobody was chosen, or too many at once; ``channel``.
    Conflict
        ``applied``: the Association has not taken it over yet; ``over``: it was held.
    """
    wanted = set(people)
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise BadValue(f"choose 1 to {MOST_AT_ONCE} people to invite at once", code="people")
    if channel not in CHANNELS:
        raise BadValue(f"people are invited by one of {', '.join(CHANNELS)}", code="channel")
    rows = store.read(INVITABLE, id=reunion_id, keys=None)
    keys = [row["key"] for row in rows if row["id"] in wanted]
    seen = [card.key for card in cards(store, viewer, keys, rules=rules, brief=True)]

    def act(transaction: Transaction, row: Row, now: datetime) -> int:
        if row["state"] == "applied":
            raise Conflict("first the Association takes the reunion over", code="applied")
        if row["stage"] == "held":
            raise Conflict(
                "the reunion has taken place already: nobody is invited any more", code="over"
            )
        done = 0
        for one in transaction.run(INVITABLE, id=reunion_id, keys=seen):
            if channel == "mail" and not _is_address(one["address"]):
                continue
            invitation = _write(
                transaction, reunion_id, one["key"], "invited", channel, now, viewer.person_key
            )
            done += 1
            if channel == "mail":
                mail.enqueue_about(
                    transaction,
                    "reunions.invited",
                    {"invitation": invitation},
                    to=one["address"][0],
                    language=one["address"][1],
                    key=f"reunion-invited:{invitation}",
                    person=one["id"],
                )
        return done

    done = on(store, viewer, reunion_id, act, did="invite to reunion")
    return done, len(wanted) - done


def _write(
    transaction: Transaction,
    reunion: str,
    key: int,
    state: str,
    channel: str,
    now: datetime,
    me: int | None,
) -> str:
    rows = transaction.run(
        INVITE,
        id=reunion,
        key=key,
        invitation=new_id(),
        state=state,
        channel=channel,
        now=now,
        expires_at=now + LINK_LASTS,
        me=me,
    )
    return str(rows[0]["id"])


def _is_address(address: Sequence[str] | None) -> bool:
    try:
        mail.address(address[0] if address else "")
    except BadValue:
        return False
    return True


def invited(store: Store, viewer: Viewer, reunion: Row, *, rules: Rules) -> list[Invited]:
    """Return who was invited and what each has said, for its organisers and staff.

    Raises
    ------
    NotAllowed
    """
    if not reunion["makes"]:
        raise NotAllowed("only its organisers and staff see who was invited")
    rows = [native(row) for row in store.read(OF_REUNION, id=reunion["id"])]
    shown_to = {
        card.key: card
        for card in cards(store, viewer, [row["key"] for row in rows], rules=rules)
        if card.state != "deceased"
    }
    found = {
        row["key"]: Invited(
            row["id"],
            shown_to[row["key"]],
            row["state"],
            row["channel"],
            row["words"],
            row["at"],
        )
        for row in rows
        if row["key"] in shown_to
    }
    return list(found.values())


def _said(state: str, words: str) -> str:
    said = words.replace("\r\n", "\n").strip()
    if state not in ANSWERS:
        raise BadValue(
            f"say whether you will come: one of {', '.join(ANSWERS)}", code="answer", field="answer"
        )
    if len(said) > LONGEST_WORDS:
        raise BadValue(
            f"words to an answer have at most {LONGEST_WORDS} characters",
            code="words",
            field="words",
        )
    return said


def answer(store: Store, viewer: Viewer, reunion_id: str, state: str, words: str = "") -> None:
    """Say yes, maybe or no to a reunion; whoever finds it may, invited or not yet.

    Once there is an event, yes and no are the registration there.

    Raises
    ------
    ThingNotFound, BadValue, Conflict
    """
    key, said = viewer.own_key(), _said(state, words)

    def act(transaction: Transaction, row: Row, now: datetime) -> str | None:
        if not (row["gathered"] or row["role"] or row["invited"]):
            raise NotAllowed("it is not your group's")
        _still(row, state)
        rows = transaction.run(MY_INVITATION, key=key, id=reunion_id)
        mine = rows[0]["id"] if rows else None
        if mine is None:
            mine = _write(transaction, reunion_id, key, "invited", "site", now, None)
        transaction.run(ANSWER, invitation=mine, state=state, words=said, now=now)
        _tell_makers(transaction, reunion_id, key, now)
        return row["event"]["id"] if row["event"] else None

    event = on(store, viewer, reunion_id, act, did="answer reunion", who="anyone")
    keep_seat(store, key, event, state)


def _tell_makers(transaction: Transaction, reunion_id: str, key: int, now: datetime) -> None:
    """Tell its organisers that there are answers: once a day, some hours after the first."""
    for maker in transaction.run(MAKERS, id=reunion_id, but=key):
        notices.tell(
            transaction,
            maker["key"],
            "reunions.answers",
            {"reunion": reunion_id},
            once=f"reunion-answers:{reunion_id}:{maker['key']}:{now.date()}",
            patience=GATHERED,
        )


def _still(row: Row, state: str) -> None:
    """Refuse what comes too late, or says maybe to a day that stands."""
    if row["stage"] == "held":
        raise Conflict("the reunion has taken place already: answers are closed", code="over")
    if row["event"] and state == "maybe":
        raise BadValue(
            "there is an event now: say yes or no, not maybe", code="answer", field="answer"
        )


def note_answer(
    store: Store, viewer: Viewer, reunion_id: str, invitation: str, state: str, words: str = ""
) -> None:
    """Note what somebody has said by telephone or face to face.

    Raises
    ------
    ThingNotFound, NotAllowed, BadValue
    Conflict
        ``never``: this person wishes to hear no more of it.
    """
    said = _said(state, words)

    def act(transaction: Transaction, row: Row, now: datetime) -> tuple[int, str | None]:
        _still(row, state)
        rows = transaction.run(ONE_OF, id=reunion_id, invitation=invitation)
        if not rows:
            raise ThingNotFound("no such invitation")
        if rows[0]["state"] == "never":
            raise Conflict("this person wishes to hear no more of the reunion", code="never")
        transaction.run(ANSWER, invitation=invitation, state=state, words=said, now=now)
        return rows[0]["key"], row["event"]["id"] if row["event"] else None

    key, event = on(store, viewer, reunion_id, act, did="note answer to reunion")
    keep_seat(store, key, event, state)
