"""Accounts: who may sign in, in which roles, by which sessions and one-time links.

Verbs take the Store first. Passwords are kept as argon2id hashes, sessions and links as SHA-256
sums of random tokens, so that a copy of the database signs nobody in.
"""

from datetime import timedelta

from graphnet.accounts.letters import ask_for_letter
from graphnet.accounts.links import (
    Link,
    link_of,
    make_link,
    make_link_in,
    make_link_of_letter,
    set_password_by_link,
    use_sign_in_link,
)
from graphnet.accounts.passwords import check_password
from graphnet.accounts.records import (
    Account,
    account,
    account_by_email,
    accounts,
    change_password,
    create,
    create_in,
    create_many,
    create_person,
    disable,
    email_key,
    enable,
    knows_password,
    set_language,
)
from graphnet.accounts.roles import give_role, take_role
from graphnet.accounts.sessions import (
    Office,
    Session,
    begin_session,
    end_other_sessions,
    end_session,
    forget_ended,
    held_by,
    is_fresh,
    knows_device,
    session_of,
    sign_out,
    token_hash,
    who_signs_in,
)
from graphnet.core import Core

__all__ = [
    "Account",
    "Link",
    "Office",
    "Session",
    "account",
    "account_by_email",
    "accounts",
    "ask_for_letter",
    "begin_session",
    "change_password",
    "check_password",
    "create",
    "create_in",
    "create_many",
    "create_person",
    "disable",
    "email_key",
    "enable",
    "end_other_sessions",
    "end_session",
    "forget_ended",
    "give_role",
    "held_by",
    "is_fresh",
    "knows_device",
    "knows_password",
    "link_of",
    "make_link",
    "make_link_in",
    "make_link_of_letter",
    "register",
    "session_of",
    "set_language",
    "set_password_by_link",
    "sign_out",
    "take_role",
    "token_hash",
    "use_sign_in_link",
    "who_signs_in",
]


def register(core: Core) -> None:
    """Bring the sweep, and letters that are asked for."""
    from graphnet.accounts import letters, personal

    personal.register(core)
    core.job(letters.KIND, letters.writer, policy=letters.POLICY)
    core.duty(
        "forget sessions", lambda engine: forget_ended(engine.store), every=timedelta(hours=1)
    )
