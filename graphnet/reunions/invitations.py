"""Inviting person by person, and answering: here, by the link of a letter, or through who is asked.

Who may be invited is decided when the letter is written and again when it leaves. The link is made
from the invitation's id with the site's key of links, so that every letter about one invitation has
the same; only its sum is stored. "Not this" ends all letters about this reunion.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet import changes, mail
from graphnet.accounts.sessions import token_hash
from graphnet.errors import BadValue, Conflict, NotAllowed, ThingNotFound
from graphnet.model import new_id
from graphnet.people import Card, cards
from graphnet.privacy import Rules, Viewer, alive, may_be_invited, shown
from graphnet.reunions.reading import note, on
from graphnet.reunions.telling import ADDRESS, keep_seat
from graphnet.store import Row, Store, Transaction, native

STATES = ("invited", "yes", "maybe", "no", "never")
ANSWERS = ("yes", "maybe", "no")
CHANNELS = ("mail", "told")
LINK_LASTS = timedelta(days=180)
LONGEST_WORDS = 500
MOST_AT_ONCE = 100

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

# One row: the invitation with that link, while it works and its person is there; locked by nobody.
BEHIND_LINK = (
    """MATCH (i:ReunionInvitation {token_hash: $token_hash})-[:TO]->(p:Person)
WHERE """
    + shown("p")
    + """ AND """
    + alive("p")
    + """ AND i.expires_at > $now
MATCH (i)-[:FOR]->(r:Reunion)
RETURN i.id AS id, i.state AS state, coalesce(i.words, '') AS words, r.id AS reunion,
  p.key AS key, coalesce(p.given_name, '') AS given_name LIMIT 1"""
)

# One row: the link's sum.
SUM = """MATCH (i:ReunionInvitation {id: $invitation}) RETURN i.token_hash AS token_hash LIMIT 1"""

# One row: the invitation whose link works from now on.
ARM = """MATCH (i:ReunionInvitation {id: $invitation})
SET i.token_hash = $token_hash RETURN i.id AS id"""

# One row: what a letter about an invitation says, while it is to be sent.
FOR_LETTER = (
    """MATCH (i:ReunionInvitation {id: $invitation})-[:TO]->(p:Person)
MATCH (i)-[:FOR]->(r:Reunion)
WHERE i.state <> 'never' AND """
    + may_be_invited("p")
    + """
RETURN i.state AS state, r.id AS reunion, p.key AS key, coalesce(p.given_name, '') AS given_name,
  coalesce(p.patronymic, '') AS patronymic,
  head(COLLECT { MATCH (i)-[:BY]->(maker:Person) WHERE """
    + shown("maker")
    + """ AND """
    + alive("maker")
    + """
    RETURN trim(coalesce(maker.given_name, '') + ' ' + coalesce(maker.family_name, ''))
    ORDER BY maker.key LIMIT 1 }) AS by LIMIT 1"""
)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


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
        raise BadValue("people")
    if channel not in CHANNELS:
        raise BadValue("channel")
    rows = store.read(INVITABLE, id=reunion_id, keys=None)
    keys = [row["key"] for row in rows if row["id"] in wanted]
    seen = [card.key for card in cards(store, viewer, keys, rules=rules, brief=True)]

    def act(transaction: Transaction, row: Row, now: datetime) -> int:
        if row["state"] == "applied":
            raise Conflict("applied")
        if row["stage"] == "held":
            raise Conflict("over")
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
        raise BadValue("answer")
    if len(said) > LONGEST_WORDS:
        raise BadValue("words")
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
        return row["event"]["id"] if row["event"] else None

    event = on(store, viewer, reunion_id, act, did="answer reunion", who="anyone")
    keep_seat(store, key, event, state)


def _still(row: Row, state: str) -> None:
    """Refuse what comes too late, or says maybe to a day that stands."""
    if row["stage"] == "held":
        raise Conflict("over")
    if row["event"] and state == "maybe":
        raise BadValue("answer")


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
            raise Conflict("never")
        transaction.run(ANSWER, invitation=invitation, state=state, words=said, now=now)
        return rows[0]["key"], row["event"]["id"] if row["event"] else None

    key, event = on(store, viewer, reunion_id, act, did="note answer to reunion")
    keep_seat(store, key, event, state)


# By the link of a letter


def token_of(key: bytes, invitation: str) -> str:
    """Return the word in an invitation's link: 80 bits."""
    digest = hmac.digest(key, f"reunion invitation {invitation}".encode(), hashlib.sha256)
    number = int.from_bytes(digest[:10], "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(75, -1, -5))


def link_of(store: Store, keys: Sequence[bytes], invitation: str) -> str:
    """Return the word in an invitation's link, which works from now on; the same every time.

    Parameters
    ----------
    keys
        The site's keys of links, the newest first: a link that an older one made stays.
    """
    rows = store.read(SUM, invitation=invitation)
    held = rows[0]["token_hash"] if rows else None
    for key in keys:
        if held is not None and token_hash(token_of(key, invitation)) == held:
            return token_of(key, invitation)
    made = token_of(keys[0], invitation)
    store.write(ARM, invitation=invitation, token_hash=token_hash(made))
    return made


def behind_link(store: Store, token: str) -> Row:
    """Return the invitation behind a link: id, state, words, `reunion`, `key`, `given_name`.

    Raises
    ------
    ThingNotFound
        If it has run out, never was, or its person hid, died or was erased: the same answer.
    """
    rows = store.read(
        BEHIND_LINK, token_hash=token_hash(token.strip().lower()), now=datetime.now(UTC)
    )
    if not rows:
        raise ThingNotFound("this link does not work any more")
    return rows[0]


def as_guest(held: Row) -> Viewer:
    """Return the viewer for whom a link speaks: as whom it was sent to, and no more."""
    return Viewer("alumnus", held["key"])


def answer_by_link(store: Store, token: str, state: str, words: str = "") -> Row:
    """Keep what the reader of a letter says; again replaces it. Return what is behind the link.

    Raises
    ------
    ThingNotFound, BadValue, Conflict
    """
    held = behind_link(store, token)
    answer(store, as_guest(held), held["reunion"], state, words)
    return held


def stop_by_link(store: Store, token: str) -> None:
    """Send the reader of a letter nothing more about this reunion.

    Raises
    ------
    ThingNotFound
    """
    held = behind_link(store, token)

    def work(transaction: Transaction) -> None:
        transaction.run(
            ANSWER, invitation=held["id"], state="never", words="", now=datetime.now(UTC)
        )
        note(transaction, as_guest(held), "no more of reunion", held["reunion"])
        changes.record(transaction, "reunion", [held["key"]], thing=held["reunion"])

    store.in_write(work)


def for_letter(store: Store, invitation: str) -> Row | None:
    """Return what a letter about an invitation says; None if it is not to be sent any more."""
    rows = store.read(FOR_LETTER, invitation=invitation)
    return rows[0] if rows else None
