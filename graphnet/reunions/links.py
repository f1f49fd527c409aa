"""The link of an invitation's letter: it speaks for whom it was sent to, and no more.

It is made from the invitation's id with the site's key of links, so that every letter about one
invitation has the same; only its sum is stored. "Not this" ends all letters about this reunion.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from graphnet import changes, tokens
from graphnet.accounts.sessions import token_hash
from graphnet.errors import ThingNotFound
from graphnet.privacy import Viewer, alive, shown
from graphnet.reunions.audience import may_be_invited
from graphnet.reunions.invitations import ANSWER, answer
from graphnet.reunions.reading import note
from graphnet.store import Row, Store, Transaction

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


def token_of(key: bytes, invitation: str) -> str:
    """Return the word in an invitation's link: 80 bits."""
    return tokens.word(key, f"reunion invitation {invitation}")


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
