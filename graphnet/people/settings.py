"""What people set of themselves: who sees which field, what they say of themselves, their name."""

from typing import Any

from graphnet import changes, privacy
from graphnet.errors import BadValue, PersonNotFound
from graphnet.model import Name
from graphnet.names.folding import fold
from graphnet.store import Store, Transaction

# One row: the person whose settings were changed.
SET_AUDIENCES = """MATCH (p:Person {key: $key}) SET p.audiences = $audiences RETURN p.key AS key"""

# One row: the person whose text was changed.
SET_ABOUT = """MATCH (p:Person {key: $key}) SET p.about = $about RETURN p.key AS key"""

# One row: the person whose name was changed.
SET_NAME = """MATCH (p:Person {key: $key})
SET p.given_name = $given, p.patronymic = $patronymic, p.family_name = $family,
  p.former_names = $former, p.name_key = $name_key RETURN p.key AS key"""


def set_audiences(store: Store, key: int, chosen: dict[str, str]) -> None:
    """Keep who may see which field of this person.

    Raises
    ------
    BadValue
        If a field or an audience is unknown.
    """
    for name, audience in chosen.items():
        if name not in privacy.DEFAULT_AUDIENCES or audience not in privacy.AUDIENCES:
            raise BadValue(f"{name}: {audience!r} is not an audience")
    stored = [f"{name}:{audience}" for name, audience in sorted(chosen.items())]
    _set(store, SET_AUDIENCES, "changed", key=key, audiences=stored)


def set_about(store: Store, key: int, about: str) -> None:
    """Keep what a person says of themselves; at most 2,000 characters."""
    text = about.strip()
    if len(text) > 2000:
        raise BadValue("the text is longer than 2,000 characters")
    _set(store, SET_ABOUT, "changed", key=key, about=text)


def rename(store: Store, key: int, name: Name) -> None:
    """Give a person another name; search finds it within a second."""
    if not name.given.strip() and not name.family.strip():
        raise BadValue("a person needs a given or a family name")
    _set(
        store,
        SET_NAME,
        "changed",
        key=key,
        given=name.given,
        patronymic=name.patronymic,
        family=name.family,
        former=list(name.former),
        name_key=fold(name.full),
    )


def _set(store: Store, query: Any, kind: str, *, key: int, **parameters: Any) -> None:
    def work(transaction: Transaction) -> None:
        if not transaction.run(query, key=key, **parameters):
            raise PersonNotFound("no such person")
        changes.record(transaction, kind, [key])

    store.in_write(work)
