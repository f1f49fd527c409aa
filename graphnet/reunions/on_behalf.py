"""Asking for a reunion for somebody who telephoned: staff write it down, they say whether it is so.

It stands at the desk as if they had asked here, and they are its applicant. They hear of it by a
letter, on the first page, or from staff alone where no letter reaches them. Who has no account says
yes or no by the letter's link, made from the reunion's and their own id with the site's key of
links: it stands nowhere in the database. A no takes their name away at once.
"""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from graphnet import mail, notices, tokens
from graphnet.audit import acted
from graphnet.errors import BadValue, Conflict, PersonNotFound, ThingNotFound
from graphnet.people.own_studies import CHOICES
from graphnet.privacy import Viewer, alive, apart, registered, shown
from graphnet.requests import threads
from graphnet.requests.kinds import Kind
from graphnet.requests.opening import open_request
from graphnet.reunions import applying
from graphnet.reunions.applying import Wish
from graphnet.reunions.organisers import APPOINT, LEAVE, MAKERS, TEAM
from graphnet.reunions.reading import on
from graphnet.reunions.taking import COLLEAGUE
from graphnet.reunions.telling import ADDRESS
from graphnet.store import Row, Store, Transaction

# How somebody has asked the Association, other than on the site.
HOW = ("telephone", "visit", "letter")

# One row: somebody for whom staff may ask, locked; whether they can sign in, and where a letter
# goes.
SOMEBODY = (
    """MATCH (p:Person {key: $key}) SET p.id = p.id
WITH p WHERE NOT """
    + apart("p")
    + """
RETURN p.id AS id, """
    + registered("p")
    + """ AS here, """
    + ADDRESS
    + """ AS address LIMIT 1"""
)

# One row: for whom a reunion was written down, while they are its applicant.
FOR_WHOM = (
    """MATCH (p:Person)-[:ORGANISES {role: 'applicant'}]->(r:Reunion {id: $id})
WHERE r.asked_by IS NOT NULL AND """
    + shown("p")
    + """ AND """
    + alive("p")
    + """
RETURN p.key AS key, p.id AS person, coalesce(p.given_name, '') AS given_name,
  coalesce(p.patronymic, '') AS patronymic ORDER BY key LIMIT 1"""
)

# One row: the reunion of which they have said that it is so.
AGREE = """MATCH (r:Reunion {id: $id}) SET r.agreed_at = coalesce(r.agreed_at, $now)
RETURN r.id AS id"""

# One row: how many invitations of a reunion name no longer who did not ask for it.
UNNAME = """MATCH (r:Reunion {id: $id})
OPTIONAL MATCH (:Person {key: $key})-[a:ASKED]->(r) DELETE a
WITH r OPTIONAL MATCH (r)<-[:FOR]-(:Request)<-[q:ASKED]-(:Person {key: $key}) DELETE q
WITH DISTINCT r OPTIONAL MATCH (r)<-[:FOR]-(:ReunionInvitation)-[b:BY]->(:Person {key: $key})
DELETE b RETURN count(b) AS n"""

# One row: the account that wrote a reunion down or looks after it, its request while that is open,
# and how many were invited.
BEHIND = """MATCH (r:Reunion {id: $id})
RETURN coalesce(r.owner, r.asked_by) AS account,
  COLLECT { MATCH (q:Request)-[:FOR]->(r) WHERE q.status <> 'done'
    RETURN q.id ORDER BY q.at DESC, q.id LIMIT 1 } AS requests,
  COUNT { (:ReunionInvitation)-[:FOR]->(r) } AS invited LIMIT 1"""

# One row: the reunion that there will not be, without what was written down of it.
NOT_THEIRS = """MATCH (r:Reunion {id: $id})
SET r.state = 'closed', r.outcome = 'withdrawn', r.closed_at = $now, r.wishes = ''
RETURN r.id AS id"""


def choices(store: Store, viewer: Viewer, key: int) -> list[Row]:
    """Return for which groups staff may ask for somebody: those for which they could themselves.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    return store.read(CHOICES, me=key)


def apply_for(
    store: Store, viewer: Viewer, kind: Kind, key: int, wish: Wish, *, how: str, subject: str
) -> tuple[str, bool]:
    """Ask for a reunion for somebody; return its id, and whether a letter tells them.

    Parameters
    ----------
    key
        Who asked: they are its applicant.
    how
        One of `HOW`.
    subject
        What the desk calls it.

    Raises
    ------
    NotAllowed
    PersonNotFound
        For who has hidden, died or is not to be seen as for those who are not there.
    BadValue
        As `Wish.check`; ``how``.
    There
        With the reunion that one of the groups has already.
    """
    viewer.require_staff()
    wish.check()
    if how not in HOW:
        raise BadValue(f"say how they have asked: one of {', '.join(HOW)}", code="how", field="how")

    def work(transaction: Transaction) -> tuple[str, bool]:
        now = datetime.now(UTC)
        rows = transaction.run(SOMEBODY, key=key)
        if not rows:
            raise PersonNotFound("no such person")
        chosen = applying.lock(transaction, key, wish.groups)
        request = open_request(
            transaction, kind, asker=key, subject=subject, text=wish.text, now=now
        )
        reunion = applying.make(
            transaction, key, request, wish, chosen, now, by=viewer.account_id, how=how
        )
        acted(
            transaction,
            viewer,
            "ask for reunion for somebody",
            reunion,
            detail=how,
            keys=[key],
            change="reunion",
        )
        return reunion, _tell(transaction, reunion, rows[0])

    return store.in_write(work)


def _tell(transaction: Transaction, reunion: str, person: Row) -> bool:
    if person["address"] is None:
        return False
    try:
        mail.enqueue_about(
            transaction,
            "reunions.asked_for",
            {"reunion": reunion, "person": person["id"], "here": person["here"]},
            to=person["address"][0],
            language=person["address"][1],
            key=f"reunion-asked-for:{reunion}",
            person=person["id"],
        )
    except BadValue:
        return False
    return True


def for_whom(store: Store, reunion_id: str) -> Row | None:
    """Return for whom a reunion was written down: `key`, `person`, names; None if nobody's is."""
    rows = store.read(FOR_WHOM, id=reunion_id)
    return rows[0] if rows else None


def word_of(key: bytes, reunion: str, person: str) -> str:
    """Return the word in the link of the letter to whom a reunion was written down for: 80 bits."""
    return tokens.word(key, f"reunion asked for {reunion} {person}")


def behind_link(store: Store, keys: Sequence[bytes], reunion_id: str, word: str) -> Row:
    """Return for whom the link of such a letter speaks.

    Parameters
    ----------
    keys
        The site's keys of links, the newest first.

    Raises
    ------
    ThingNotFound
        If it was never ours, or they have no part in it any more: the same answer.
    """
    held, said = for_whom(store, reunion_id), word.strip().lower().encode()
    if held is None or not any(
        hmac.compare_digest(word_of(key, reunion_id, held["person"]).encode(), said) for key in keys
    ):
        raise ThingNotFound("this link does not work any more")
    return held


def _theirs(row: Row) -> None:
    if not row["written_down"] or row["role"] != "applicant":
        raise Conflict(
            "nobody has written this reunion down for you, or you have answered: there is "
            "nothing to do",
            code="none",
        )


def agree(store: Store, viewer: Viewer, reunion_id: str) -> None:
    """Say that one did ask for the reunion that staff have written down; twice is once.

    Raises
    ------
    ThingNotFound
    Conflict
        ``none``: it was written down for nobody, or for somebody else. ``closed``.
    """

    def act(transaction: Transaction, row: Row, now: datetime) -> None:
        _theirs(row)
        transaction.run(AGREE, id=reunion_id, now=now)

    on(store, viewer, reunion_id, act, did="agree to reunion", who="anyone")


def refuse(store: Store, viewer: Viewer, reunion_id: str) -> bool:
    """Have no part in a reunion that was written down for one; return whether it ends with that.

    It ends unless others organise it too, or somebody was invited: then it goes on without one's
    name, with staff. Whoever of staff wrote it down is told, and reads it in the request.

    Raises
    ------
    ThingNotFound
    Conflict
        As `agree`; ``over``: it was held.
    """
    key = viewer.own_key()

    def act(transaction: Transaction, row: Row, now: datetime) -> bool:
        _theirs(row)
        if row["stage"] == "held":
            raise Conflict("the reunion has taken place already", code="over")
        behind = transaction.run(BEHIND, id=reunion_id)[0]
        team = transaction.run(TEAM, id=reunion_id)
        others = [one for one in team if one["role"] in MAKERS and one["key"] != key]
        transaction.run(LEAVE, id=reunion_id, key=key)
        transaction.run(UNNAME, id=reunion_id, key=key)
        ends = not others and not behind["invited"] and row["event"] is None
        if others:
            transaction.run(APPOINT, id=reunion_id, person=others[0]["id"], role="applicant")
        elif ends:
            transaction.run(NOT_THEIRS, id=reunion_id, now=now)
        for request in behind["requests"]:
            threads.write(
                transaction, request, "note", "not asked", by="site", author=None, now=now
            )
        for clerk in transaction.run(COLLEAGUE, account=behind["account"]):
            notices.tell(
                transaction,
                clerk["key"],
                "reunions.refused",
                {"reunion": reunion_id},
                once=f"reunion-refused:{reunion_id}:{key}",
            )
        return ends

    return on(store, viewer, reunion_id, act, did="refuse reunion", who="anyone")
