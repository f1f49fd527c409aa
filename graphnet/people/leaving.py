"""Leaving: somebody asks to be erased, may change their mind for seven days, and then it is done.

The wish is a `:Job` that waits; whoever changes their mind calls it off. What is then done, and to
what, is `graphnet.erasure`'s.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from graphnet import jobs, mail
from graphnet.accounts.roles import leave_an_admin
from graphnet.audit import acted
from graphnet.core import Core
from graphnet.erasure import Gone, erase
from graphnet.erasure.person import may_erase
from graphnet.errors import Conflict, PersonNotFound, ThingNotFound
from graphnet.people.lookup import key_of
from graphnet.privacy import Viewer
from graphnet.store import Store, Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

KIND = "erase"
DAYS = 7
# Tried until it is done: who has been promised to be erased is.
POLICY = jobs.Policy(attempts=None, pauses=(4.0, 60.0, 600.0))

# Given a language and the time of the erasure, returns a letter's subject and text.
Write = Callable[[str, datetime], tuple[str, str]]

# One row: the person, locked, and where a letter goes: to their account, else an address that was
# confirmed.
LOCKED = """MATCH (p:Person {key: $key}) SET p.key = p.key
RETURN p.id AS id, COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
      RETURN [a.email, coalesce(a.language, p.language, 'en')] ORDER BY a.email LIMIT 1 }
  + COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'email'})
      WHERE c.bounced_at IS NULL AND c.verified_at IS NOT NULL
      RETURN [c.value, coalesce(p.language, 'en')] ORDER BY c.verified_at DESC, c.value LIMIT 1
  } AS addresses LIMIT 1"""


def asked_until(store: Store, person_id: str) -> datetime | None:
    """Return when somebody will be erased who has asked for it; None if nobody has."""
    return jobs.waits(store, _job(person_id))


def ask(store: Store, viewer: Viewer, key: int, *, why: str, write: Write) -> datetime:
    """Ask for a person to be erased in seven days; a letter says so. Returns when it will be done.

    Parameters
    ----------
    why
        Who has asked for it, and how: it stands in the trail.

    Raises
    ------
    PersonNotFound, NotAllowed
    Conflict
        If it has been asked for already, or they alone can give roles.
    """
    may_erase(viewer, key)

    def work(transaction: Transaction) -> datetime:
        rows = transaction.run(LOCKED, key=key)
        if not rows:
            raise PersonNotFound("no such person")
        person_id, now = rows[0]["id"], datetime.now(UTC)
        leave_an_admin(transaction, Gone(key, person_id, frozenset(), now))
        if transaction.run(jobs.WAITS, idempotency_key=_job(person_id)):
            raise Conflict("this has been asked for already")
        jobs.call_off(transaction, _job(person_id))  # one that has failed is asked for anew
        delay = timedelta(days=DAYS)
        by = {"account": viewer.account_id}
        jobs.enqueue(transaction, KIND, by, key=_job(person_id), delay=delay)
        acted(transaction, viewer, "ask to erase", detail=why, keys=[key])
        for address, language in rows[0]["addresses"][:1]:
            subject, text = write(language, now + delay)
            letter = f"{_job(person_id)}:{now:%Y%m%d%H%M%S}"
            mail.enqueue(transaction, to=address, subject=subject, text=text, key=letter)
        return now + delay

    return store.in_write(work)


def stay(store: Store, viewer: Viewer, key: int) -> None:
    """Change one's mind: nothing will be erased.

    Raises
    ------
    PersonNotFound, NotAllowed
    ThingNotFound
        If nothing had been asked for, or it is being done already.
    """
    may_erase(viewer, key)

    def work(transaction: Transaction) -> None:
        rows = transaction.run(LOCKED, key=key)
        if not rows:
            raise PersonNotFound("no such person")
        if not jobs.call_off(transaction, _job(rows[0]["id"])):
            raise ThingNotFound("nothing waits to be erased")
        acted(transaction, viewer, "call erasure off", keys=[key])

    store.in_write(work)


def eraser(engine: "Engine") -> jobs.Handler:
    """Return the handler that erases whoever has not changed their mind."""

    def work(job: jobs.Job) -> None:
        try:
            key = key_of(engine.store, job.idempotency_key.partition(":")[2])
        except PersonNotFound:  # erased in another way since
            return
        by = Viewer("engine", account_id=job.payload.get("account", ""), purpose="erase")
        erase(engine.store, by, key, engine.core.holdings)

    return work


def register(core: Core) -> None:
    """Bring the job."""
    core.job(KIND, eraser, policy=POLICY)


def _job(person_id: str) -> str:
    return f"{KIND}:{person_id}"
