"""One invitation link for each study group: made, shown again, renewed, revoked, opened.

The link's token is never stored. It is the HMAC of a stored nonce under the installation's key of
links, so that members see the same link whenever they come back, and a copy of the database opens
nothing; what is stored for looking it up is its SHA-256 sum. With another key the old links still
open (the sum is the same) but cannot be shown any more: the group then renews its link.

There is one live link a group, whoever made it. It runs out after 30 days. Two ways to end it:

- *renew* makes another token, for a link that has gone far enough; every claim goes on.
- *revoke* is for a link that came into wrong hands: claims made through it that no groupmate has
  confirmed yet are closed as 'revoked', a claim with a first confirmation goes on.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphnet.accounts import token_hash
from graphnet.audit import acted
from graphnet.erasure.holding import Gone
from graphnet.errors import Conflict, NotAllowed, ThingNotFound
from graphnet.model import new_id
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

DAYS = 30

# One row: a study group as a newcomer may be told of it: codes, years, faculty; and whether $me,
# who is registered, studied in it.
GROUP = """MATCH (g:StudyGroup {id: $group_id})
OPTIONAL MATCH (g)-[:OF]->(c:Cohort)
OPTIONAL MATCH (c)-[:OF]->(u:Unit)
RETURN g.id AS id, coalesce(g.name, '') AS name, c.intake_year AS intake_year,
  coalesce(c.programme, '') AS programme, coalesce(c.programme_ru, c.programme, '') AS programme_ru,
  coalesce(u.name, '') AS unit, coalesce(u.name_ru, u.name, '') AS unit_ru,
  COLLECT { MATCH (g)-[k:CALLED]->(code:GroupCode)
            RETURN [k.academic_year, code.text] ORDER BY k.academic_year, code.text LIMIT 20
  } AS codes,
  EXISTS { (:Person {key: $me})-[:STUDIED_IN]->(g) } AS member
ORDER BY c.id, u.id LIMIT 1"""

# One row: a study group that once had that code or has that name, newest first.
CALLED = """CALL () {
  MATCH (:GroupCode {text: $code})<-[:CALLED]-(g:StudyGroup) RETURN g
  UNION MATCH (g:StudyGroup) WHERE g.name = $code RETURN g
}
RETURN DISTINCT g.id AS id, COLLECT { MATCH (g)-[k:CALLED]->(:GroupCode)
  RETURN k.academic_year ORDER BY k.academic_year DESC LIMIT 1 } AS last
ORDER BY last DESC, id LIMIT 30"""

# One row: the live link of a group, whose node is locked so that two who come at once make one.
LIVE_LOCKED = """MATCH (g:StudyGroup {id: $group_id}) SET g.id = g.id
WITH g MATCH (g)<-[:FOR]-(i:Invitation)
WHERE i.revoked_at IS NULL AND i.expires_at > $now
RETURN i.id AS id, i.nonce AS nonce, i.token_hash AS token_hash, i.created_at AS created_at,
  i.expires_at AS expires_at ORDER BY created_at DESC, id LIMIT 1"""

# One row: the live link of a group.
LIVE = """MATCH (:StudyGroup {id: $group_id})<-[:FOR]-(i:Invitation)
WHERE i.revoked_at IS NULL AND i.expires_at > $now
RETURN i.id AS id, i.nonce AS nonce, i.token_hash AS token_hash, i.created_at AS created_at,
  i.expires_at AS expires_at ORDER BY created_at DESC, id LIMIT 1"""

# One row: the link that was made.
MAKE = """MATCH (g:StudyGroup {id: $group_id})
CREATE (i:Invitation {id: $id, nonce: $nonce, token_hash: $token_hash, created_at: $now,
  expires_at: $expires_at})-[:FOR]->(g)
RETURN i.id AS id"""

# One row: who made it, where that is a person.
MADE_BY = """MATCH (i:Invitation {id: $id}) CALL (i) { MATCH (p:Person {key: $me}) RETURN p }
CREATE (i)-[:BY]->(p) RETURN p.key AS key"""

# One row: the link that has ended.
END = """MATCH (i:Invitation {id: $id}) SET i.revoked_at = $now RETURN i.id AS id"""

# One row: how many claims through a link were closed, because nobody had confirmed them yet.
CLOSE_CLAIMS = """MATCH (:Invitation {id: $id})<-[:THROUGH]-(c:Claim {state: 'waiting'})
WHERE NOT EXISTS { (:Person)-[:SAID {answer: 'yes'}]->(c) }
SET c.state = 'revoked', c.decided_at = $now, c.letter_hash = null
RETURN count(c) AS closed"""

# One row: how many have asked for their page through a link.
ASKED_THROUGH = """MATCH (:Invitation {id: $id})<-[:THROUGH]-(c:Claim)
RETURN count(c) AS n LIMIT 1"""

# One row: the live link with that token.
OPENED = """MATCH (i:Invitation {token_hash: $token_hash})-[:FOR]->(g:StudyGroup)
WHERE i.revoked_at IS NULL AND i.expires_at > $now
RETURN i.id AS id, g.id AS group_id, i.expires_at AS expires_at LIMIT 1"""

# One row: how many people a claim has brought back since then.
JOINED_SINCE = """MATCH (c:Claim {state: 'done'}) WHERE c.decided_at >= $since
RETURN count(c) AS n LIMIT 1"""


# One row: how many links of somebody's open no door any more.
REVOKE_ALL_OF = """MATCH (i:Invitation)-[:BY]->(:Person {key: $key}) WHERE i.revoked_at IS NULL
SET i.revoked_at = $now RETURN count(i) AS n"""


@dataclass(frozen=True)
class GroupFacts:
    """What anyone with a link is told of a group: no name, no number of people."""

    id: str
    codes: tuple[tuple[int, str], ...]
    name: str
    intake_year: int | None
    programme: tuple[str, str]
    unit: tuple[str, str]

    @property
    def code(self) -> str:
        """The group's latest code, or its name."""
        return self.codes[-1][1] if self.codes else self.name


@dataclass(frozen=True)
class Invitation:
    """A live link; `token` is empty where the key has changed since it was made."""

    id: str
    token: str
    created_at: datetime
    expires_at: datetime


def group_facts(store: Store, viewer: Viewer, group_id: str) -> GroupFacts:
    """Return a group to somebody who studied in it, or to staff.

    Raises
    ------
    ThingNotFound
        If there is none, or it is not the viewer's: the same answer.
    """
    rows = store.read(GROUP, group_id=group_id, me=viewer.person_key or 0)
    if not rows or not _may(viewer, rows[0]):
        raise ThingNotFound("no such group")
    return _facts(rows[0])


def groups_called(store: Store, viewer: Viewer, code: str) -> list[GroupFacts]:
    """Return the groups that ever had a code, newest first; for staff, who know groups by it."""
    viewer.require_staff()
    return [group_facts(store, viewer, row["id"]) for row in store.read(CALLED, code=code)]


def current(
    store: Store, viewer: Viewer, group_id: str, *, keys: Sequence[bytes]
) -> Invitation | None:
    """Return a group's live link, for its members and for staff.

    Raises
    ------
    ThingNotFound
        As `group_facts`.
    """
    group_facts(store, viewer, group_id)
    rows = store.read(LIVE, group_id=group_id, now=datetime.now(UTC))
    return _invitation(rows[0], keys) if rows else None


def make(
    store: Store, viewer: Viewer, group_id: str, *, keys: Sequence[bytes], days: int = DAYS
) -> Invitation:
    """Make a group's link, or return the one that is live.

    Raises
    ------
    ThingNotFound
        As `group_facts`.
    """
    return _replace(store, viewer, group_id, keys=keys, days=days, renew=False)


def renew(
    store: Store, viewer: Viewer, group_id: str, *, keys: Sequence[bytes], days: int = DAYS
) -> Invitation:
    """Make another link in place of the live one; what was claimed through that one goes on."""
    return _replace(store, viewer, group_id, keys=keys, days=days, renew=True)


def _replace(
    store: Store, viewer: Viewer, group_id: str, *, keys: Sequence[bytes], days: int, renew: bool
) -> Invitation:
    group_facts(store, viewer, group_id)
    nonce = secrets.token_hex(16)
    token = _token(keys[0], nonce)
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> Invitation:
        live = transaction.run(LIVE_LOCKED, group_id=group_id, now=now)
        if live and not renew:
            return _invitation(live[0], keys)
        if live:
            transaction.run(END, id=live[0]["id"], now=now)
        made = Invitation(new_id(), token, now, now + timedelta(days=days))
        transaction.run(
            MAKE,
            group_id=group_id,
            id=made.id,
            nonce=nonce,
            token_hash=token_hash(token),
            now=now,
            expires_at=made.expires_at,
        )
        transaction.run(MADE_BY, id=made.id, me=viewer.person_key or 0)
        _record(transaction, viewer, "invitation.renew" if live else "invitation.make", made.id)
        return made

    return store.in_write(work)


def asked_through(store: Store, invitation: Invitation) -> int:
    """Return how many have asked for their page through a link that the viewer was shown."""
    return int(store.read(ASKED_THROUGH, id=invitation.id)[0]["n"])


def revoke(store: Store, viewer: Viewer, group_id: str) -> int:
    """End a group's link at once; return how many claims nobody had confirmed are closed with it.

    Raises
    ------
    Conflict
        If there is no live link.
    """
    group_facts(store, viewer, group_id)
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> int:
        live = transaction.run(LIVE_LOCKED, group_id=group_id, now=now)
        if not live:
            raise Conflict("there is no link that could be ended", code="none")
        transaction.run(END, id=live[0]["id"], now=now)
        closed = transaction.run(CLOSE_CLAIMS, id=live[0]["id"], now=now)[0]["closed"]
        _record(transaction, viewer, "invitation.revoke", live[0]["id"], f"{closed} claims closed")
        return int(closed)

    return store.in_write(work)


def opened(store: Store, token: str) -> GroupFacts:
    """Return the group that a link invites to, to anyone who has the link.

    Raises
    ------
    ThingNotFound
        If the link was revoked, has run out or never was: the same answer.
    """
    rows = store.read(OPENED, token_hash=token_hash(token), now=datetime.now(UTC))
    if not rows:
        raise ThingNotFound("this link does not work any more")
    return _facts(store.read(GROUP, group_id=rows[0]["group_id"], me=0)[0])


def joined_since(store: Store, since: datetime) -> int:
    """Return how many people were won back by an invitation since then; for staff's figures."""
    return int(store.read(JOINED_SINCE, since=since)[0]["n"])


def _may(viewer: Viewer, row: Row) -> bool:
    if viewer.is_staff:
        if not viewer.purpose:
            raise NotAllowed("staff act for a stated purpose: name the task", code="purpose")
        return True
    return viewer.is_alumnus and bool(row["member"])


def _token(key: bytes, nonce: str) -> str:
    digest = hmac.digest(key, b"invitation:" + nonce.encode(), hashlib.sha256)
    return digest[:16].hex()  # 128 bits: short enough to read out, too many to guess


def _invitation(row: Row, keys: Sequence[bytes]) -> Invitation:
    tokens = (_token(key, row["nonce"]) for key in keys)
    return Invitation(
        row["id"],
        next((t for t in tokens if hmac.compare_digest(token_hash(t), row["token_hash"])), ""),
        row["created_at"].to_native(),
        row["expires_at"].to_native(),
    )


def _facts(row: Row) -> GroupFacts:
    return GroupFacts(
        row["id"],
        tuple((year, code) for year, code in row["codes"]),
        row["name"],
        row["intake_year"],
        (row["programme"], row["programme_ru"]),
        (row["unit"], row["unit_ru"]),
    )


def _record(
    transaction: Transaction, viewer: Viewer, act: str, subject: str, detail: str = ""
) -> None:
    acted(transaction, viewer, act, subject, detail=detail, change="invitation")


def revoke_all_of(transaction: Transaction, gone: Gone) -> None:
    """Let the links of somebody who is being erased open no door any more."""
    transaction.run(REVOKE_ALL_OF, key=gone.key, now=gone.at)
