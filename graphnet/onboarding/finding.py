"""Find my group: a visitor says who they are, and gets in by what proves it; without an invitation.

    words -> claim 'asked' -> the worker looks: a letter to an address confirmed within two years,
                              or "you have an account already"; else nothing
    their own address -> claim 'address' -> a letter to it, with a button
    the button -> claim 'confirmed' -> the worker decides: that address, or a diploma's number, is
                              on file: theirs; else two groupmates or staff are asked (`claims`)

The visitor's three requests take the same steps, and get the same answers, whoever was typed: each
writes down what was said and asks the worker for the rest. What the words mean is looked up by the
worker alone, anew each time, and written down nowhere; its letters go to addresses on file, or to
the one that the visitor gave whatever the words mean.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from graphnet import accounts, jobs, mail
from graphnet.audit import audit
from graphnet.errors import BadValue, ThingNotFound, TooMany
from graphnet.live import Live
from graphnet.model import lineage, new_id
from graphnet.names.folding import fold
from graphnet.onboarding.claims import (
    CONFIRMATIONS,
    DAYS,
    LETTERS,
    LETTERS_A_DAY,
    LOCKED,
    LONGEST,
    TO_DESK,
    settle,
    settled,
)
from graphnet.onboarding.on_file import OnFile, diploma_key, who
from graphnet.privacy import Viewer
from graphnet.store import Row, Store, Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

KIND = "claims.look"
POLICY = jobs.Policy(lane="letters")
HOURS = 24  # to answer the letter, or to give an address
WINDOW_HOURS = 8  # one letter in it to one person: nobody's mailbox is filled
ADDRESSES = 3  # that may be given on one page: a typing error is mended
YEARS = (1930, 2100)

# One row: what a visitor said of themselves.
ASK = """CREATE (c:Claim {id: $id, name: $name, name_key: $name_key, former_name: $former,
  place: $place, year: $year, email: '', email_key: '', referrer: '', language: $language, at: $now,
  expires_at: $expires_at, state: 'asked', reason: '', page_hash: $page_hash, letters: 0})
RETURN c.id AS id"""

# One row: the claim behind a visitor's page, while it can still be gone on with.
PAGE = """MATCH (c:Claim {page_hash: $page_hash}) WHERE c.expires_at > $now
RETURN c.id AS id LIMIT 1"""

# One row: the claim behind a visitor's page, locked.
PAGE_LOCKED = """MATCH (c:Claim {page_hash: $page_hash}) SET c.id = c.id
WITH c WHERE c.expires_at > $now
RETURN c.id AS id, c.state AS state, c.letters AS letters, c.language AS language LIMIT 1"""

# One row: the claim with the address and the diploma that the visitor named.
GIVE = """MATCH (c:Claim {id: $id}) SET c.state = 'address', c.email = $email,
  c.email_key = $email_key, c.diploma = $diploma, c.letters = c.letters + 1, c.letter_hash = null
RETURN c.id AS id"""

# One row: the claim whose letter about the given address is about to leave.
ARM_ADDRESS = """MATCH (c:Claim {id: $id, state: 'address', email_key: $email_key})
WHERE c.expires_at > $now SET c.letter_hash = $letter_hash RETURN c.id AS id"""

# One row: the claim of such a letter, while the address waits to be confirmed.
BY_ADDRESS = """MATCH (c:Claim {letter_hash: $letter_hash}) SET c.id = c.id
WITH c WHERE c.state = 'address' AND c.expires_at > $now RETURN c.id AS id LIMIT 1"""

# One row: the same, to look at only.
ADDRESS_WAITS = """MATCH (c:Claim {letter_hash: $letter_hash, state: 'address'})
WHERE c.expires_at > $now RETURN c.id AS id LIMIT 1"""

# One row: the claim whose address is the visitor's. It can be decided for 30 days.
CONFIRMED = """MATCH (c:Claim {id: $id}) SET c.state = 'confirmed', c.letter_hash = null,
  c.page_hash = null, c.expires_at = $expires_at RETURN c.id AS id"""

# One row: the claim that is about a study group from now on.
ABOUT_GROUP = """MATCH (c:Claim {id: $id}) CALL (c) {
  MATCH (g:StudyGroup {id: $group_id}) WHERE NOT EXISTS { (c)-[:FOR]->(:StudyGroup) } RETURN g }
CREATE (c)-[:FOR]->(g) RETURN g.id AS id"""

# One row: a claim of its own for a letter to an address on file: the visitor's page goes on as if
# there were none.
FOUND = """MATCH (c:Claim {id: $id})
CREATE (f:Claim {id: $found, name: c.name, name_key: c.name_key, former_name: c.former_name,
  email: $email, email_key: $email_key, referrer: '', language: c.language, at: c.at,
  expires_at: c.expires_at, state: 'found', reason: ''})
WITH f OPTIONAL MATCH (g:StudyGroup {id: $group_id})
FOREACH (one IN CASE WHEN g IS NULL THEN [] ELSE [g] END | CREATE (f)-[:FOR]->(one))
RETURN f.id AS id"""

# One row: how many of the group's lineage could be asked, because they registered before.
MATES = (
    """MATCH (g:StudyGroup {id: $group_id})
"""
    + lineage("g", "h")
    + """MATCH (h)<-[:STUDIED_IN]-(p:Person)<-[:OF]-(a:Account)
WHERE a.disabled_at IS NULL AND a.created_at < $at AND 'alumnus' IN a.roles
RETURN count(DISTINCT p) AS n LIMIT 1"""
)

# One row: the claim that groupmates are asked about from now on.
WAIT = """MATCH (c:Claim {id: $id}) SET c.state = 'waiting', c.reason = '' RETURN c.id AS id"""

# One row: the claim that needs nobody: who made it has an account, and was told so.
NEEDLESS = """MATCH (c:Claim {id: $id}) DETACH DELETE c RETURN count(*) AS gone"""

# One row: the account with that address.
ACCOUNT_OF = """MATCH (a:Account {email_key: $email_key}) WHERE a.disabled_at IS NULL
RETURN a.id AS id, a.email AS email, a.language AS language LIMIT 1"""


def ask(
    store: Store, *, name: str, place: str, year: int, former: str = "", language: str = ""
) -> str:
    """Keep what a visitor says of themselves, and return the token of their page.

    Parameters
    ----------
    name, former
        In any script.
    place
        The code or name of a study group, or a faculty.
    year
        One in which they were there.

    Raises
    ------
    BadValue
        'name', 'place' or 'year'.
    """
    name, former, place = (" ".join(text.split()) for text in (name, former, place))
    if not name or max(len(name), len(former)) > LONGEST:
        raise BadValue(
            f"write a name, and a former one if there is one, each in at most {LONGEST} characters",
            code="name",
            field="name",
        )
    if not place or len(place) > LONGEST:
        raise BadValue(
            f"say where it was: a study group or a faculty, in at most {LONGEST} characters",
            code="place",
            field="place",
        )
    if not YEARS[0] <= year <= YEARS[1]:
        raise BadValue(f"the year is between {YEARS[0]} and {YEARS[1]}", code="year", field="year")
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    claim = new_id()

    def work(transaction: Transaction) -> None:
        transaction.run(
            ASK,
            id=claim,
            name=name,
            name_key=fold(name),
            former=former,
            place=place,
            year=year,
            language=language,
            now=now,
            expires_at=now + timedelta(hours=HOURS),
            page_hash=accounts.token_hash(token),
        )
        _look(transaction, claim, "asked")
        audit(transaction, "", "anyone", "claim.find", subject=claim)

    store.in_write(work)
    return token


def page(store: Store, token: str) -> None:
    """Let a visitor's page be shown.

    Raises
    ------
    ThingNotFound
        If the token is none, or too old.
    """
    asked = {"page_hash": accounts.token_hash(token), "now": datetime.now(UTC)}
    if not store.read(PAGE, **asked):
        raise ThingNotFound("this page has run out")


def give_address(store: Store, token: str, email: str, *, diploma: str = "") -> None:
    """Take the address that a visitor reads; a letter goes to it, whoever they say they are.

    Raises
    ------
    BadValue
        'email' or 'diploma'.
    ThingNotFound
        As `page`.
    TooMany
        If three addresses were given on this page.
    """
    email, diploma = email.strip(), " ".join(diploma.split())
    try:
        mail.address(email)
        email_key = accounts.email_key(email)
    except BadValue as problem:
        raise BadValue(
            "this is no e-mail address: write it like anna@example.org", code="email", field="email"
        ) from problem
    if len(diploma) > LONGEST:
        raise BadValue(
            f"the number of a diploma has at most {LONGEST} characters",
            code="diploma",
            field="diploma",
        )
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        asked = {"page_hash": accounts.token_hash(token), "now": now}
        rows = transaction.run(PAGE_LOCKED, **asked)
        if not rows:
            raise ThingNotFound("this page has run out")
        claim, number = rows[0]["id"], rows[0]["letters"]
        if number >= ADDRESSES:
            raise TooMany("three addresses are enough: begin anew", code="addresses")
        since = now - timedelta(days=1)
        sent = transaction.run(LETTERS, email_key=email_key, since=since)[0]["n"]
        transaction.run(GIVE, id=claim, email=email, email_key=email_key, diploma=diploma)
        if sent < LETTERS_A_DAY:
            mail.enqueue_about(
                transaction,
                "claims.address",
                {"claim": claim},
                to=email,
                key=f"address:{claim}:{number}",
                language=rows[0]["language"],
            )
        audit(transaction, "", "anyone", "claim.address", subject=claim)

    store.in_write(work)


def arm_address(store: Store, claim: str, email: str, token: str) -> bool:
    """Make the link of a letter to a given address work; False if another was given since."""
    given = {"id": claim, "email_key": accounts.email_key(email), "now": datetime.now(UTC)}
    return bool(store.write(ARM_ADDRESS, letter_hash=accounts.token_hash(token), **given))


def address_waits(store: Store, token: str) -> bool:
    """Return whether the link of a letter to a given address still works, without using it."""
    asked = {"letter_hash": accounts.token_hash(token), "now": datetime.now(UTC)}
    return bool(store.read(ADDRESS_WAITS, **asked))


def confirm_address(store: Store, token: str) -> None:
    """Take it that the visitor reads the address they gave; the worker decides the rest.

    Raises
    ------
    ThingNotFound
        If the link does not work any more.
    """
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(BY_ADDRESS, letter_hash=accounts.token_hash(token), now=now)
        if not rows:
            raise ThingNotFound("this link does not work any more")
        claim = rows[0]["id"]
        transaction.run(CONFIRMED, id=claim, expires_at=now + timedelta(days=DAYS))
        _look(transaction, claim, "confirmed")
        audit(transaction, "", "anyone", "claim.confirm_address", subject=claim)

    store.in_write(work)


def _look(transaction: Transaction, claim: str, state: str) -> None:
    jobs.enqueue(transaction, KIND, {"claim": claim}, key=f"{KIND}:{claim}:{state}")


# What the worker does


def looker(engine: "Engine") -> jobs.Handler:
    """Return the handler that looks up what a visitor said."""

    def work(job: jobs.Job) -> None:
        look(engine.store, engine.live, str(job.payload["claim"]))

    return work


def look(store: Store, live: Live, claim_id: str) -> None:
    """Do what a claim waits for: letters to who is on file, or the decision."""
    now = datetime.now(UTC)

    def work(transaction: Transaction) -> bool:
        rows = transaction.run(LOCKED, id=claim_id, now=now)
        if not rows or not rows[0]["open"] or rows[0]["state"] not in ("asked", "confirmed"):
            return False
        claim = rows[0]
        found = who(
            transaction,
            live,
            name=claim["name"],
            former=claim["former_name"],
            place=claim["place"],
            year=claim["year"],
            now=now,
        )
        transaction.run(ABOUT_GROUP, id=claim_id, group_id=found.group_id)
        claim = claim | {"group_id": claim["group_id"] or found.group_id}
        act = _write if claim["state"] == "asked" else _decide
        act(transaction, claim, found, now)
        return True

    settled(store, claim_id, work)


def _write(transaction: Transaction, claim: Row, found: OnFile, now: datetime) -> None:
    """Write to who is on file where they read their letters; to nobody else."""
    if found.account is not None:
        _already(transaction, found.account, claim, now)
    elif not found.reason and found.key is not None and found.address:
        made = new_id()
        transaction.run(
            FOUND,
            id=claim["id"],
            found=made,
            group_id=claim["group_id"],
            email=found.address,
            email_key=accounts.email_key(found.address),
        )
        mail.enqueue_about(
            transaction,
            "claims.found",
            {"claim": made},
            to=found.address,
            key=f"found:{found.key}:{_window(now)}",
            language=claim["language"],
        )


def _already(
    transaction: Transaction, account: tuple[str, str, str], claim: Row, now: datetime
) -> None:
    account_id, email, language = account
    mail.enqueue_about(
        transaction,
        "claims.already",
        {"account": account_id},
        to=email,
        key=f"already:{account_id}:{_window(now)}",
        language=language or claim["language"],
    )


def _window(now: datetime) -> str:
    return f"{now:%Y-%m-%d}:{now.hour // WINDOW_HOURS}"


def _decide(transaction: Transaction, claim: Row, found: OnFile, now: datetime) -> None:
    """Give the visitor, who reads the address they gave, the record if that is proved; else ask."""
    mine = transaction.run(ACCOUNT_OF, email_key=claim["email_key"])
    if mine:
        account = mine[0]
        _already(transaction, (account["id"], account["email"], account["language"]), claim, now)
        transaction.run(NEEDLESS, id=claim["id"])
        return
    nobody = Viewer("anyone")
    if not found.reason and found.key is not None:
        by_address = found.address and accounts.email_key(found.address) == claim["email_key"]
        by_diploma = diploma_key(claim["diploma"] or "") in {d for d in found.diplomas if d}
        if by_address or by_diploma:
            how = "confirmed address" if by_address else "diploma"
            settle(transaction, nobody, claim, how=how, key=found.key)
            return
    mates = transaction.run(MATES, group_id=claim["group_id"], at=claim["at"])
    if mates and mates[0]["n"] >= CONFIRMATIONS:
        transaction.run(WAIT, id=claim["id"])
    else:
        transaction.run(TO_DESK, id=claim["id"], reason=found.reason or "few_groupmates")
    mail.enqueue_about(
        transaction,
        "claims.waits",
        {"claim": claim["id"]},
        to=claim["email"],
        key=f"claim:{claim['id']}",
        language=claim["language"],
    )
