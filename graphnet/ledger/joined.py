"""Who was joined with somebody has several pseudonyms in the ledger, which no merge may change.

The ledger only grows: what was entered under a pseudonym stays so. Whoever adds up one person's
entries reads those of all their pseudonyms as if they stood under the one that they go by now.
"""

from collections.abc import Callable

from graphnet.store import Row

# One row: a pseudonym's key that came to somebody by a merge, and the one that they go by.
CAME = """MATCH (:MergedPerson)-[:MERGED_INTO]->(p:Person)
WITH DISTINCT p
MATCH (p)<-[t:OF]-(other:PseudonymKey) WHERE size(t.merged) > 0
RETURN other.secret AS other, COLLECT {
  MATCH (p)<-[own:OF]-(k:PseudonymKey)
  RETURN k.secret ORDER BY coalesce(size(own.merged), 0), k.secret LIMIT 1 }[0] AS secret
ORDER BY other LIMIT 100000"""

Read = Callable[..., list[Row]]


def aliases(read: Read, named: Callable[[str], str]) -> dict[str, str]:
    """Return, for pseudonyms that came to somebody by a merge, the one that they go by.

    Parameters
    ----------
    named
        Makes a pseudonym of its key.
    """
    found = {named(row["other"]): named(row["secret"]) for row in read(CAME)}
    return {other: name for other, name in found.items() if other != name}
