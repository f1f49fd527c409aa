"""Whose record a name in somebody's own spelling may be, among the people of one study group.

The names engine answers within the group's lineage only, over an index made for the question: a
group is small (5 ms), and an index of everybody would be as old as the last change it has seen.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphnet.live import person_name
from graphnet.model import lineage
from graphnet.names import NameIndex
from graphnet.privacy import apart
from graphnet.store import Row, Transaction

_FACTS = (
    """RETURN DISTINCT p.key AS key, p.given_name AS given, p.patronymic AS patronymic,
  p.family_name AS family, p.former_names AS former, p.latin_name AS latin,
  """
    + apart("p")
    + """ AS apart,
  EXISTS { (p)<-[:OF]-(:Account) } AS claimed,
  COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'email'})
            WHERE c.value_key = $email_key AND c.bounced_at IS NULL
            RETURN c.value ORDER BY c.verified_at IS NULL, c.value LIMIT 1 } AS address,
  EXISTS { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'email'}) WHERE c.value_key = $email_key
           AND c.bounced_at IS NULL AND c.verified_at >= $since } AS fresh
ORDER BY key LIMIT 2000"""
)

# One row: somebody of the lineage of a study group, with all that a claim depends on: whether they
# have an account, may be found at all, which of their addresses on file $email_key is, as it stands
# there, and whether it was confirmed lately.
MEMBERS = (
    """MATCH (g:StudyGroup {id: $group_id})
"""
    + lineage("g", "h")
    + """MATCH (h)<-[:STUDIED_IN]-(p:Person)
"""
    + _FACTS
)

# One row: the same of somebody for whom that address is on file, whatever they studied.
HOLDERS = (
    """MATCH (:ContactPoint {value_key: $email_key})<-[:HAS]-(p:Person)
"""
    + _FACTS
)

# An address that nobody has confirmed for longer may be somebody else's by now.
FRESH = timedelta(days=730)

LIKE = -9.0  # log probability: names that the engine needs no second look at
FAR = -60.0  # who fits a part of the name comes after who fits it whole
APART = 4.0  # so much better than the next, or it is not known who is meant


@dataclass(frozen=True)
class Match:
    """The person meant, or why nobody can be taken to be: 'nobody', 'several', 'registered'.

    `address` is the claimant's as it stands on file for that person, if it was confirmed within two
    years: else it is not enough alone, and ''.
    """

    key: int | None
    reason: str = ""
    address: str = ""


def members(transaction: Transaction, group_id: str, email_key: str = "") -> list[Row]:
    """Return everybody of a group's lineage; without a group, whose address on file that is."""
    since = datetime.now(UTC) - FRESH
    if not group_id:
        return transaction.run(HOLDERS, email_key=email_key, since=since)
    return transaction.run(MEMBERS, group_id=group_id, email_key=email_key, since=since)


def ranked(
    rows: list[Row], name: str, former: str = "", *, k: int = 8, wide: bool = False
) -> list[tuple[float, Row]]:
    """Return who of the lineage the name may be, best first, with log probabilities.

    With `wide`, for people who compare: also whoever fits one word of the name, after the others.
    """
    if not rows:
        return []
    index = NameIndex.build([row["key"] for row in rows], [person_name(row) for row in rows])
    best: dict[int, float] = {}
    # Both questions are always asked, so that a former name takes no other time than none.
    for text in (name, f"{former} {name.split(' ')[0]}" if former else name):
        for found in index.find(text, k=k):
            best[found.key] = max(best.get(found.key, -1e9), found.score)
    if wide and len(best) < k:
        for word in re.split(r"[\s-]+", f"{name} {former}".strip()):
            for found in index.find(word, k=k) if len(word) > 1 else ():
                if found.score > LIKE:
                    best.setdefault(found.key, FAR + found.score)
    of = {row["key"]: row for row in rows}
    order = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return [(score, of[key]) for key, score in order[:k]]


def match(rows: list[Row], name: str, former: str = "") -> Match:
    """Return whose record a claim is for, if the name leaves no doubt or an address decides it.

    Hidden people, the dead and whoever is in quarantine are never matched; a namesake of theirs is
    'several', so that nobody gets a hidden person's namesake's record, or the other way.
    """
    close = [(score, row) for score, row in ranked(rows, name, former) if score > LIKE]
    by_address = [row for _, row in close if row["address"]]
    row: dict[str, Any]
    if len(by_address) == 1:
        row = by_address[0]
    elif not close:
        return Match(None, "nobody")
    elif len(close) > 1 and close[0][0] - close[1][0] < APART:
        return Match(None, "several")
    else:
        row = close[0][1]
    if row["apart"]:
        return Match(None, "nobody")
    if row["claimed"]:
        return Match(None, "registered")
    return Match(int(row["key"]), address="".join(row["address"]) if row["fresh"] else "")
