"""Whom a reader misses: the lost of their own study groups, as far as they may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from graphnet.consent import newest
from graphnet.model import Name
from graphnet.people import Card, cards
from graphnet.privacy import (
    Facts,
    Level,
    Rules,
    Viewer,
    alive,
    has_contact,
    in_quarantine,
    level,
    registered,
)
from graphnet.store import Store

# Somebody (`other`, by `theirs`) was there when the reader (`mine`) was, and has neither an account
# nor a contact. Terms that nobody knows overlap with every other.
_LOST_WITH_ME: LiteralString = (
    alive("other")
    + """
  AND coalesce(mine.from_term, -1) <= coalesce(theirs.to_term, 99999)
  AND coalesce(theirs.from_term, -1) <= coalesce(mine.to_term, 99999)
  AND NOT """
    + registered("other")
    + """
  AND NOT """
    + has_contact("other")
)

# One row: somebody who was in a study group with $key at the same time, and has neither account
# nor contact.
LOST_GROUPMATES = (
    """MATCH (me:Person {key: $key})-[mine:STUDIED_IN]->(g:StudyGroup)
MATCH (g)<-[theirs:STUDIED_IN]-(other:Alumnus)
WHERE other.key <> $key AND """
    + _LOST_WITH_ME
    + """
RETURN DISTINCT other.key AS key ORDER BY key LIMIT 500"""
)

# One row: one of the lost of the study groups of one of the readers, with what decides whether that
# reader, who was there with them, may see them.
LOST_OF = (
    """UNWIND $keys AS wanted
MATCH (me:Person {key: wanted})-[mine:STUDIED_IN]->(g:StudyGroup)
MATCH (g)<-[theirs:STUDIED_IN]-(other:Alumnus)
WHERE other.key <> wanted AND """
    + _LOST_WITH_ME
    + """
WITH DISTINCT wanted, other
RETURN wanted AS reader, other.key AS key, other.id AS id, other.given_name AS given,
  other.patronymic AS patronymic, other.family_name AS family,
  coalesce(other.visibility = 'hidden', false) AS hidden,
  """
    + in_quarantine("other")
    + """ AS in_quarantine,
  """
    + newest("other", "show_to_members")
    + """ AS show_to_members
ORDER BY reader, key LIMIT 200000"""
)


@dataclass(frozen=True)
class Lost:
    """A lost groupmate whom a letter may name."""

    key: int
    id: str
    name: Name


def lost_groupmates(store: Store, key: int, *, rules: Rules) -> list[Card]:
    """Return the lost of somebody's own study groups, as far as that person may see them."""
    rows = store.read(LOST_GROUPMATES, key=key)
    reader = Viewer("alumnus", key)
    shown = cards(store, reader, (row["key"] for row in rows), rules=rules)
    return sorted(
        (card for card in shown if card.state == "no_contact"),
        key=lambda card: (card.name.family, card.name.given, card.key),
    )


def lost_of(store: Store, keys: Sequence[int], *, rules: Rules) -> dict[int, tuple[Lost, ...]]:
    """Return for each of many readers the lost of their own study groups whom they may see.

    One question, however many readers; the same people as `lost_groupmates` finds for each.
    """
    found: dict[int, list[Lost]] = {key: [] for key in keys}
    for row in store.read(LOST_OF, keys=list(keys)):
        facts = Facts(
            claimed=False,
            hidden=row["hidden"],
            deceased=False,
            memorial=False,
            quarantined=row["in_quarantine"],
            refused=row["show_to_members"] == ["refused"],
            public=False,
            same_group=True,
            same_cohort=True,
            connected=False,
        )
        reader = Viewer("alumnus", row["reader"])
        if level(reader, facts, unclaimed_audience=rules.unclaimed_audience) >= Level.ON_FILE:
            name = Name(row["given"] or "", row["family"] or "", row["patronymic"] or "")
            found[row["reader"]].append(Lost(row["key"], row["id"], name))
    return {
        key: tuple(sorted(lost, key=lambda one: (one.name.family, one.name.given, one.key)))
        for key, lost in found.items()
    }
