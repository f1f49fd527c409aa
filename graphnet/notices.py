"""Letters that come of their own accord: each reader chooses how often, and ends them at one click.

Whatever is not strictly about the reader's own act belongs to a *series* that a feature brings by
`core.series`. Its letters carry an address of their reader's own; a POST to it, without signing in,
ends the series (RFC 8058). The address is signed and stands nowhere in the database: it opens
nothing else, and it goes on working for as long as the key of links does.

Notices tell what others have done: at once, once a day with all of it together, or never. What is
in a notice is said when it leaves, so that who has looked in the meantime gets none.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from graphnet import changes, keys, mail
from graphnet.core import Core
from graphnet.errors import BadValue, ThingNotFound
from graphnet.people.lookup import KEY_OF
from graphnet.privacy import Viewer, alive
from graphnet.settings import Settings
from graphnet.store import Row, Store, Transaction

SERIES = "notices"
CHOICES = ("at_once", "daily", "never")
STANDARD = "at_once"
# Who is on the site at that moment reads it there.
PATIENCE = timedelta(minutes=2)

# One row: how often somebody wants to be told.
CHOICE = """MATCH (p:Person {key: $key}) RETURN p.notices AS choice LIMIT 1"""

# One row: the person whose choice was kept.
CHOOSE = """MATCH (p:Person {key: $key}) SET p.notices = $choice RETURN p.key AS key"""

# One row: where somebody is written to who can sign in, what they have chosen, and the language.
# An address that takes no letters gets none.
READER = (
    """MATCH (p:Person {key: $key}) WHERE """
    + alive("p")
    + """
MATCH (a:Account)-[:OF]->(p) WHERE a.disabled_at IS NULL
  AND NOT EXISTS { (p)-[:HAS]->(c:ContactPoint {value_key: a.email_key})
                   WHERE c.bounced_at IS NOT NULL }
RETURN p.id AS id, p.key AS key, a.email AS email, a.id AS account,
  coalesce(a.language, p.language, '') AS language, p.given_name AS name,
  coalesce(p.notices, $standard) AS choice ORDER BY email LIMIT 1"""
)


def choice_of(store: Store, viewer: Viewer) -> str:
    """Return how often the viewer wants to be told."""
    rows = store.read(CHOICE, key=viewer.own_key())
    return str(rows[0]["choice"] or STANDARD) if rows else STANDARD


def choose(store: Store, viewer: Viewer, choice: str) -> None:
    """Keep how often the viewer wants to be told.

    Raises
    ------
    BadValue
    """
    if choice not in CHOICES:
        raise BadValue(f"choose one of {', '.join(CHOICES)}")
    _choose(store, viewer.own_key(), choice)


def _choose(store: Store, key: int, choice: str) -> None:
    def work(transaction: Transaction) -> None:
        transaction.run(CHOOSE, key=key, choice=choice)
        changes.record(transaction, "changed", [key])

    store.in_write(work)


def reader(transaction: Transaction, key: int) -> Row | None:
    """Return where and how a person is written to; None if no letter would arrive."""
    rows = transaction.run(READER, key=key, standard=STANDARD)
    return rows[0] if rows else None


def tell(
    transaction: Transaction,
    key: int,
    letter: str,
    values: Mapping[str, Any],
    *,
    once: str,
    patience: timedelta = PATIENCE,
) -> bool:
    """Write in an act's own transaction that somebody is to be told; return whether it is by now.

    Parameters
    ----------
    key
        Whom.
    letter, values
        As `graphnet.mail.enqueue_about` takes them.
    once
        The same twice is one letter.
    """
    found = reader(transaction, key)
    if found is None or found["choice"] != "at_once":
        return False
    enqueue(transaction, found, letter, values, once=once, patience=patience)
    return True


def enqueue(
    transaction: Transaction,
    found: Row,
    letter: str,
    values: Mapping[str, Any],
    *,
    once: str,
    patience: timedelta,
) -> None:
    """Write that a reader is to be told; `found` is what `reader` returned."""
    mail.enqueue_about(
        transaction,
        letter,
        {"person": found["id"], **values},
        to=found["email"],
        key=once,
        language=found["language"],
        person=found["id"],
        delay=patience,
    )


def stop_address(settings: Settings, series: str, person_id: str) -> str:
    """Return the address that ends somebody's letters of a series at one POST."""
    return f"{settings.site_url}/letters/stop/{_token(settings, series, person_id)}"


def _token(settings: Settings, series: str, person_id: str) -> str:
    said = f"{series} {person_id}".encode()
    digest = hmac.digest(keys.key(settings, "links"), b"end letters " + said, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:18] + said).rstrip(b"=").decode("ascii")


def stop(core: Core, settings: Settings, store: Store, token: str) -> str:
    """End the letters that a token is for, whoever brings it; return the name of their series.

    Of who is here no longer nothing is ended, and that is not told.

    Raises
    ------
    ThingNotFound
        If we never made it.
    """
    series, person_id = _read(settings, token)
    if series not in core.letter_series:
        raise ThingNotFound("no such letters")
    rows = store.read(KEY_OF, id=person_id)
    if rows:
        core.letter_series[series].end(store, int(rows[0]["key"]))
    return series


def series_of(core: Core, settings: Settings, token: str) -> str:
    """Return the name of the series that a token would end.

    Raises
    ------
    ThingNotFound
    """
    series, _ = _read(settings, token)
    if series not in core.letter_series:
        raise ThingNotFound("no such letters")
    return series


def _read(settings: Settings, token: str) -> tuple[str, str]:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        series, _, person_id = raw[18:].decode("ascii").partition(" ")
    except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
        raise ThingNotFound("no such letters") from problem
    if not hmac.compare_digest(_token(settings, series, person_id).encode(), token.encode()):
        raise ThingNotFound("no such letters")
    return series, person_id


def register(core: Core) -> None:
    """Bring the series of notices."""
    core.series(SERIES, lambda store, key: _choose(store, key, "never"))
