"""Letters that somebody asks for who cannot sign in: with a link to sign in by, or for a password.

Whoever asks gets the same answer after the same steps, whether or not the address has an account:
what they typed is written down, and the worker looks it up. The letter goes to the address as the
account has it, never as it was typed: what looks alike may be another mailbox.
"""

from typing import TYPE_CHECKING

from graphnet import jobs, mail
from graphnet.accounts.records import email_key
from graphnet.audit import audit
from graphnet.errors import BadValue
from graphnet.model import new_id
from graphnet.store import Store, Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

KIND = "accounts.letter"
POLICY = jobs.Policy(lane="letters")
LETTERS = {"sign-in": "accounts.sign_in", "reset": "accounts.reset"}

# One row: the account with that address, if it can be signed in to.
TO = """MATCH (a:Account {email_key: $email_key}) WHERE a.disabled_at IS NULL
RETURN a.id AS id, a.email AS email, a.language AS language LIMIT 1"""


def ask_for_letter(store: Store, email: str, purpose: str, *, language: str = "") -> None:
    """Ask for a letter with a link; nothing comes back, whether or not there is such an account.

    Parameters
    ----------
    purpose
        'sign-in' or 'reset'.

    Raises
    ------
    BadValue
        If that can be no address.
    """
    if purpose not in LETTERS:
        raise BadValue(f"there are letters for {', '.join(LETTERS)}")
    mail.address(email)
    payload = {"email": email_key(email), "purpose": purpose, "language": language}

    def work(transaction: Transaction) -> None:
        jobs.enqueue(transaction, KIND, payload, key=f"{KIND}:{new_id()}")
        audit(transaction, "", "anyone", f"letter.{purpose}")

    store.in_write(work)


def writer(engine: "Engine") -> jobs.Handler:
    """Return the handler that looks up the account, and writes to it."""

    def work(job: jobs.Job) -> None:
        write(engine.store, job)

    return work


def write(store: Store, job: jobs.Job) -> None:
    """Write the letter that was asked for, if there is an account to write to."""
    held = job.payload
    rows = store.read(TO, email_key=held["email"])
    if not rows:
        return
    account = rows[0]
    store.in_write(
        lambda transaction: mail.enqueue_about(
            transaction,
            LETTERS[held["purpose"]],
            {"account": account["id"]},
            to=account["email"],
            key=f"{KIND}:{job.id}",
            language=account["language"] or held["language"],
        )
    )


def tell(transaction: Transaction, account: dict[str, str], letter: str, **values: str) -> None:
    """Tell the owner of an account, in the act's own transaction, what was done with it.

    Parameters
    ----------
    account
        With ``id``, ``email`` and ``language``.
    letter
        Its name, without 'accounts.'.
    """
    mail.enqueue_about(
        transaction,
        f"accounts.{letter}",
        {"account": account["id"], **values},
        to=account["email"],
        key=f"{letter}:{account['id']}:{new_id()}",
        language=account["language"] or "",
    )
