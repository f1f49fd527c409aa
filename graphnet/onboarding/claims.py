"""Claims: who came by a group's invitation link asks for their own record, and it becomes theirs.

    link -> claim -> (address on file | two registered groupmates | staff) -> account -> password

Whatever the name matches, the visitor gets the same page after the same steps: `ask` runs the same
queries for somebody who is on file, hidden, erased, registered or unknown, and every claim is put
before the groupmates. What the name matched is looked up again when a claim is decided, so that
nothing about it is stored. Before that moment a claim gives no access to anything.

States: 'waiting' (groupmates are asked), 'desk' (only staff can decide; `reason` says why), then
'done', 'refused', 'revoked'; before them those of `finding`. A claim that is 30 days old is decided
by nobody any more. Once done, what the claimant wrote is removed from it; of the others it is
removed 30 days after their end.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from graphnet import accounts, changes, mail
from graphnet.audit import acted, audit
from graphnet.errors import BadValue, Conflict, ConstraintViolated, ThingNotFound, TooMany
from graphnet.ledger import backfill
from graphnet.model import lineage, new_id
from graphnet.names.folding import fold
from graphnet.onboarding.name_matching import match, members
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

DAYS = 30
PER_LINK_A_DAY = 60  # a whole group at one meeting, twice over
LETTERS_A_DAY = 3  # to one address: nobody's mailbox is filled by claims in other names
CONFIRMATIONS = 2
ANSWERS = ("yes", "no", "unknown")
LONGEST = 120

Answer = TypeVar("Answer")

# One row: the live link, locked, with how many claims it has had since $since, and whether the same
# claim waits already.
OPEN_LOCKED = """MATCH (i:Invitation {token_hash: $token_hash}) SET i.id = i.id
WITH i WHERE i.revoked_at IS NULL AND i.expires_at > $now
MATCH (i)-[:FOR]->(g:StudyGroup)
RETURN i.id AS id, g.id AS group_id,
  COUNT { (i)<-[:THROUGH]-(c:Claim) WHERE c.at > $since } AS lately,
  EXISTS { (i)<-[:THROUGH]-(c:Claim {state: 'waiting'})
           WHERE c.name_key = $name_key AND c.email_key = $email_key } AS again LIMIT 1"""

# One row: how many claims have named that address since then.
LETTERS = """MATCH (c:Claim) WHERE c.email_key = $email_key AND c.at > $since
RETURN count(c) AS n LIMIT 1"""

# One row: the claim that was made.
MAKE = """MATCH (i:Invitation {id: $invitation})
CREATE (c:Claim {id: $id, name: $name, name_key: $name_key, former_name: $former, email: $email,
  email_key: $email_key, from_year: $from_year, to_year: $to_year, referrer: $referrer,
  language: $language, at: $now, expires_at: $expires_at, state: 'waiting', reason: ''
  })-[:THROUGH]->(i)
RETURN c.id AS id"""

# One row: the registered groupmate whom the newcomer names as who invited them.
NAME_REFERRER = """MATCH (c:Claim {id: $id}) CALL (c) { MATCH (p:Person {key: $key}) RETURN p }
MERGE (c)-[:NAMES]->(p) RETURN p.key AS key"""

# One row: a claim that waits for $me to say whether it is that person. Who registered after the
# claim was made is not asked: nobody confirms a claim with an account made for it.
QUESTIONS = (
    """MATCH (a:Account)-[:OF]->(me:Person {key: $me})-[:STUDIED_IN]->(g:StudyGroup)
"""
    + lineage("g", "h")
    + """MATCH (h)<-[:THROUGH|FOR*1..2]-(c:Claim {state: 'waiting'})
WHERE c.expires_at > $now AND a.disabled_at IS NULL AND a.created_at < c.at
  AND NOT EXISTS { (me)-[:SAID]->(c) }
RETURN DISTINCT c.id AS id, c.name AS name, c.at AS at, h.id AS group_id,
  coalesce(h.name, '') AS group_name,
  COLLECT { MATCH (h)-[k:CALLED]->(code:GroupCode)
            RETURN code.text ORDER BY k.academic_year, code.text LIMIT 20 } AS codes
ORDER BY at, id LIMIT 50"""
)

# One row: a claim, locked until its decision is committed, and the answers it has.
LOCKED = """MATCH (c:Claim {id: $id}) SET c.id = c.id
WITH c OPTIONAL MATCH (c)-[:THROUGH|FOR*1..2]->(g:StudyGroup)
RETURN c.id AS id, c.state AS state, c.name AS name, c.former_name AS former_name,
  c.email AS email, c.email_key AS email_key, c.language AS language, c.at AS at,
  c.from_year AS from_year, c.to_year AS to_year, c.reason AS reason, c.place AS place,
  c.year AS year, c.diploma AS diploma, c.expires_at > $now AS open,
  coalesce(g.id, '') AS group_id,
  COLLECT { MATCH (p:Person)-[s:SAID]->(c) RETURN s.answer ORDER BY s.at, p.key LIMIT 100
  } AS answers LIMIT 1"""

# One row: whether $me may answer for that claim, and has.
MAY_ANSWER = (
    """MATCH (c:Claim {id: $id})-[:THROUGH|FOR*1..2]->(g:StudyGroup)
"""
    + lineage("g", "h")
    + """MATCH (h)<-[:STUDIED_IN]-(me:Person {key: $me})
RETURN EXISTS { (a:Account)-[:OF]->(me)
    WHERE a.disabled_at IS NULL AND a.created_at < c.at } AS before,
  EXISTS { (me)-[:SAID]->(c) } AS said LIMIT 1"""
)

# One row: the answer that was kept.
SAY = """MATCH (c:Claim {id: $id}) CALL (c) { MATCH (me:Person {key: $me}) RETURN me }
CREATE (me)-[s:SAID {answer: $answer, at: $now}]->(c) RETURN s.answer AS answer"""

# One row: the claim that only staff can decide from now on.
TO_DESK = """MATCH (c:Claim {id: $id}) SET c.state = 'desk', c.reason = $reason
RETURN c.id AS id"""

# One row: the person whose record is claimed, locked, so that of two claims one sees the other's
# account; and whether the address has one.
LOCKED_PERSON = """MATCH (p:Person {key: $key}) SET p.key = p.key
RETURN EXISTS { (p)<-[:OF]-(:Account) } AS claimed,
  EXISTS { (:Account {email_key: $email_key}) } AS taken LIMIT 1"""

# One row: the claim that is done; only when and how stays, and whose record it was.
DONE = """MATCH (c:Claim {id: $id}) CALL (c) { MATCH (p:Person {key: $key}) RETURN p }
SET c.state = 'done', c.how = $how, c.decided_at = $now, c.reason = ''
REMOVE c.name, c.name_key, c.former_name, c.email, c.email_key, c.letter_hash, c.referrer,
  c.place, c.diploma, c.page_hash
CREATE (c)-[:OF]->(p) RETURN c.id AS id"""

# One row: how many of their addresses on file were confirmed at this moment, by a letter there.
VERIFIED = """MATCH (:Claim {id: $id})-[:OF]->(p:Person)-[:HAS]->(k:ContactPoint {kind: 'email'})
WHERE k.value_key = $email_key SET k.verified_at = $now RETURN count(k) AS n"""

# One row: how many claims whose time is over are gone.
FORGET = """MATCH (c:Claim) WHERE c.state <> 'done'
  AND (c.expires_at < $before OR c.decided_at < $before
    OR c.state IN ['asked', 'address', 'found'] AND c.expires_at < $now)
WITH c LIMIT 1000 DETACH DELETE c RETURN count(*) AS gone"""

# A condition on `me` without which nothing of this waits for them.
MAY_WAIT = (
    "EXISTS { MATCH (me)-[:STUDIED_IN]->(own:StudyGroup)\n"
    + lineage("own", "theirs")
    + "MATCH (theirs)<-[:THROUGH|FOR*1..2]-(:Claim {state: 'waiting'}) }"
)


@dataclass(frozen=True)
class Question:
    """One claim as a groupmate sees it: the name as written, and the group. No more."""

    id: str
    name: str
    group: str
    at: datetime


def ask(
    store: Store,
    token: str,
    *,
    name: str,
    former: str = "",
    email: str = "",
    from_year: int | None = None,
    to_year: int | None = None,
    referrer: str = "",
    language: str = "",
) -> None:
    """Take a newcomer's claim; nothing comes back, whatever the name matches.

    Parameters
    ----------
    name, former
        In the newcomer's own spelling, any script; 'Anna Petrova (Ivanova)' is read as both.
    email
        Whose it is. If it is on file for the person meant, a letter with a link goes to the address
        as it stands there; else one with the news that the claim waits goes to the one given.
    referrer
        Who invited them, by name; kept as a tie if that is clearly one registered groupmate.

    Raises
    ------
    BadValue
        If the name is empty, or a value is too long or no address.
    ThingNotFound
        If the link does not work any more.
    TooMany
        If too many have asked by this link today.
    """
    name, former = " ".join(name.split()), " ".join(former.split())
    email, referrer = email.strip(), " ".join(referrer.split())
    if bracket := re.fullmatch(r"([^()]+)\(([^()]+)\)", name):
        name, former = bracket[1].strip(), former or bracket[2].strip()
    if not name or max(map(len, (name, former, referrer))) > LONGEST:
        raise BadValue(
            f"write a given and a family name, each name in at most {LONGEST} characters",
            code="name",
            field="name",
        )
    email_key = accounts.email_key(email) if email else ""
    if email:
        mail.address(email)
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(
            OPEN_LOCKED,
            token_hash=accounts.token_hash(token),
            now=now,
            since=now - timedelta(days=1),
            name_key=fold(name),
            email_key=email_key,
        )
        if not rows:
            raise ThingNotFound("this link does not work any more")
        if rows[0]["lately"] >= PER_LINK_A_DAY:
            raise TooMany("too many have asked by this link today", code="link")
        if rows[0]["again"]:
            return
        sent = transaction.run(LETTERS, email_key=email_key, since=now - timedelta(days=1))
        group = members(transaction, rows[0]["group_id"], email_key)
        found = match(group, name, former)
        here = [row for row in group if row["claimed"] and not row["apart"]]
        by = match([row | {"claimed": False} for row in here], referrer or name)
        claim = new_id()
        transaction.run(
            MAKE,
            invitation=rows[0]["id"],
            id=claim,
            name=name,
            name_key=fold(name),
            former=former,
            email=email,
            email_key=email_key,
            from_year=from_year,
            to_year=to_year,
            referrer=referrer,
            language=language,
            now=now,
            expires_at=now + timedelta(days=DAYS),
        )
        transaction.run(
            NAME_REFERRER, id=claim, key=by.key if referrer and by.key is not None else -1
        )
        if email and sent[0]["n"] < LETTERS_A_DAY:
            mail.enqueue_about(
                transaction,
                "claims.confirm" if found.address else "claims.waits",
                {"claim": claim},
                to=found.address or email,
                key=f"claim:{claim}",
                language=language,
            )
        audit(transaction, "", "anyone", "claim.ask", subject=claim)
        changes.record(transaction, "claim", thing=claim)

    store.in_write(work)


def questions(store: Store, viewer: Viewer) -> list[Question]:
    """Return the claims that wait for this groupmate's word, oldest first."""
    if viewer.person_key is None or not viewer.is_alumnus:
        return []
    rows = store.read(QUESTIONS, me=viewer.person_key, now=datetime.now(UTC))
    found: dict[str, Question] = {}
    for row in rows:
        group = row["codes"][-1] if row["codes"] else row["group_name"]
        found.setdefault(row["id"], Question(row["id"], row["name"], group, row["at"].to_native()))
    return list(found.values())


def say(store: Store, viewer: Viewer, claim_id: str, answer: str) -> None:
    """Keep a groupmate's answer; the second 'yes' makes the record theirs, a 'no' asks staff.

    Raises
    ------
    BadValue
        If the answer is none of `ANSWERS`.
    ThingNotFound
        If there is no such claim, or the viewer is no registered groupmate who may answer.
    Conflict
        If it was decided or has run out meanwhile, or the viewer has answered.
    """
    if answer not in ANSWERS:
        raise BadValue(f"{answer!r} is no answer: {', '.join(ANSWERS)}", code="answer")
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, id=claim_id, now=now)
        may = transaction.run(MAY_ANSWER, id=claim_id, me=viewer.person_key or 0)
        if not rows or not may or not may[0]["before"] or not viewer.is_alumnus:
            raise ThingNotFound("no such question")
        claim = rows[0]
        if claim["state"] != "waiting" or not claim["open"]:
            raise Conflict("it has been decided meanwhile", code="decided")
        if may[0]["said"]:
            raise Conflict("you have answered already", code="answered")
        transaction.run(SAY, id=claim_id, me=viewer.person_key, answer=answer, now=now)
        record(transaction, viewer, f"claim.{answer}", claim_id)
        answers = [*claim["answers"], answer]
        if "no" in answers:
            transaction.run(TO_DESK, id=claim_id, reason="no")
        elif answers.count("yes") >= CONFIRMATIONS:
            settle(transaction, viewer, claim, how="groupmates")

    settled(store, claim_id, work)


def settle(
    transaction: Transaction,
    viewer: Viewer,
    claim: Row,
    *,
    how: str,
    key: int | None = None,
) -> str:
    """Make the record the claimant's, in the act's own transaction; else leave it to staff.

    Parameters
    ----------
    claim
        The row of `LOCKED`.
    how
        'address', 'confirmed address', 'diploma', 'groupmates' or 'staff'.
    key
        Whose record, where staff have chosen it; otherwise it is matched anew.

    Returns
    -------
    account
        Its id; '' if staff must decide. Who did not come by a letter gets one with a link.
    """
    reason = "" if claim["email"] else "no_address"
    group = members(transaction, claim["group_id"], claim["email_key"])
    if key is None:
        found = match(group, claim["name"], claim["former_name"])
        reason = found.reason or reason
        if how == "address" and not found.address:
            reason = "changed"
        key = found.key
    person = transaction.run(LOCKED_PERSON, key=key or -1, email_key=claim["email_key"])
    if person and person[0]["claimed"]:
        reason = "registered"
    elif person and person[0]["taken"]:
        reason = "address_taken"
    if reason or key is None or not person:
        transaction.run(TO_DESK, id=claim["id"], reason=reason or "changed")
        return ""
    # The address as it stands on file, if it does: what is typed may look like it, and be another.
    on_file = "".join(address for row in group if row["key"] == key for address in row["address"])
    email = on_file or claim["email"]
    account = accounts.create_in(
        transaction,
        email,
        key,
        language=claim["language"],
        actor=viewer.account_id,
        role=viewer.kind,
    )
    now = datetime.now(UTC)
    transaction.run(DONE, id=claim["id"], key=key, how=how, now=now)
    if how in ("address", "confirmed address"):
        transaction.run(VERIFIED, id=claim["id"], email_key=claim["email_key"], now=now)
    backfill.joined(transaction, claim["id"], key, now)
    if how != "address":  # who came by a letter goes on at once
        mail.enqueue_about(
            transaction,
            "claims.yours",
            {"account": account},
            to=email,
            key=f"claimed:{claim['id']}",
            language=claim["language"],
        )
    record(transaction, viewer, "claim.done", claim["id"], detail=how)
    return account


def settled(store: Store, claim_id: str, work: Callable[[Transaction], Answer]) -> Answer | None:
    """Run a decision; if the address or the record has an account by now, staff must decide."""
    try:
        return store.in_write(work)
    except ConstraintViolated:
        store.write(TO_DESK, id=claim_id, reason="address_taken")
        return None


def forget(store: Store) -> int:
    """Remove claims that came to nothing 30 days ago or more; return how many."""
    now = datetime.now(UTC)
    return int(store.write(FORGET, before=now - timedelta(days=DAYS), now=now)[0]["gone"])


def record(
    transaction: Transaction, viewer: Viewer, act: str, subject: str, detail: str = ""
) -> None:
    acted(transaction, viewer, act, subject, detail=detail, change="claim")
