"""Before somebody is asked to be an ambassador: who was asked when, who should not be, and why.

What they did comes from the ledger, whom they brought or told from what was answered. Silence is in
none of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import numpy as np

from graphnet.influence.learned import Answers
from graphnet.ledger import entries, pseudonyms
from graphnet.ledger.rules import SeasonRules, at_time
from graphnet.ledger.scoring import score
from graphnet.privacy import Viewer
from graphnet.snapshot import Snapshot
from graphnet.store import Store

# One row: somebody who was asked since then.
ASKED_SINCE = """MATCH (a:AmbassadorAsk)<-[:HAS]-(q:Person) WHERE a.at >= $since
RETURN DISTINCT q.key AS key ORDER BY key LIMIT 100000"""

# One row: somebody who handed on requests that were answered, and how many.
PASSED_ON = """MATCH (o:PassOn {state: 'answered'})<-[:OF]-(h:Handing)-[:BY]->(q:Person)
WHERE h.act IN ['forwarded', 'link']
RETURN q.key AS key, count(DISTINCT o) AS times ORDER BY key LIMIT 100000"""

# One row: somebody who answered when asked for the whereabouts of others, and how often.
HELPED_FIND = """MATCH (a:Ask {state: 'answered'})-[:OF]->(q:Person)
RETURN q.key AS key, count(a) AS times ORDER BY key LIMIT 100000"""

# One row: somebody by whose invitation others came, and how many.
INVITED = """MATCH (c:Claim {state: 'done'})-[:THROUGH]->(:Invitation)-[:BY]->(q:Person)
RETURN q.key AS key, count(c) AS times ORDER BY key LIMIT 100000"""

# One row: who gave something on to whom (a request to pass on), how often, and how often the other
# did something about it. The first hand has it from who asked.
TOLD = """MATCH (h:Handing)-[:TO]->(hearer:Person) WHERE h.act IN ['asked', 'forwarded']
MATCH (h)-[:OF]->(o:PassOn)<-[:ASKED]-(asker:Person)
OPTIONAL MATCH (h)-[:BY]->(by:Person)
WITH coalesce(by, asker) AS teller, hearer,
  EXISTS { (o)<-[:OF]-(next:Handing)-[:BY]->(hearer) WHERE next.act IN ['forwarded', 'link'] }
    AS did
RETURN teller.key AS teller, hearer.key AS hearer, count(*) AS tried,
  count(CASE WHEN did THEN 1 END) AS answered ORDER BY teller, hearer LIMIT 1000000"""

# One row: who came by whose invitation.
CAME_BY = """MATCH (hearer:Person)<-[:OF]-(c:Claim {state: 'done'})-[:THROUGH]->(i:Invitation)
MATCH (i)-[:BY]->(teller:Person)
RETURN teller.key AS teller, hearer.key AS hearer, count(c) AS tried, count(c) AS answered
ORDER BY teller, hearer LIMIT 1000000"""

# One row: how often somebody said yes to being an ambassador.
ACCEPTED = """MATCH (a:AmbassadorAsk {state: 'accepted'})<-[:HAS]-(q:Person)
RETURN q.key AS key, count(a) AS times ORDER BY key LIMIT 100000"""

# One row: an account of staff and whose it is.
STAFF_PEOPLE = """MATCH (a:Account)-[:OF]->(q:Person)
WHERE a.disabled_at IS NULL AND any(role IN a.roles WHERE role IN ['staff', 'admin'])
RETURN q.key AS key ORDER BY key LIMIT 10000"""

# One row: a juror of a contest that is announced and not over.
JURORS_NOW = """MATCH (q:Person)-[:JUROR_OF]->(c:Contest)
WHERE c.announced_at IS NOT NULL AND c.published_at IS NULL
RETURN DISTINCT q.key AS key ORDER BY key LIMIT 10000"""

# One row: somebody who stands in such a contest.
CANDIDATES_NOW = """MATCH (n:Nomination)-[:IN]->(c:Contest)
WHERE c.announced_at IS NOT NULL AND c.published_at IS NULL
  AND n.state IN ['accepted', 'admitted']
MATCH (n)-[:OF]->(q:Person)
RETURN DISTINCT q.key AS key ORDER BY key LIMIT 10000"""


def year_begins(now: datetime | None = None) -> datetime:
    """Return the first moment of this year, UTC."""
    return datetime((now or datetime.now(UTC)).year, 1, 1, tzinfo=UTC)


def asked_since(store: Store, viewer: Viewer, since: datetime) -> set[int]:
    """Return the keys of people who have been asked to be ambassadors since then."""
    viewer.require_staff()
    return {int(row["key"]) for row in store.read(ASKED_SINCE, since=since)}


def answered(store: Store, snapshot: Snapshot) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return how often each person responded, by position; silence is not counted.

    Passing on a request that was answered, answering when asked for others, inviting somebody who
    came, and saying yes to being an ambassador each count once a time.
    """
    count = np.zeros(snapshot.n)
    rows = [
        row for query in (ACCEPTED, PASSED_ON, HELPED_FIND, INVITED) for row in store.read(query)
    ]
    keys = np.asarray([row["key"] for row in rows], np.int64)
    times = np.asarray([row["times"] for row in rows], np.float64)
    here = np.isin(keys, snapshot.keys)
    np.add.at(count, np.searchsorted(snapshot.keys, keys[here]), times[here])
    return count


def told(store: Store) -> Answers:
    """Return who passed something on to whom, and how often something came of it."""
    rows = [*store.read(TOLD), *store.read(CAME_BY)]

    def column(name: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.asarray([row[name] for row in rows], np.int64)

    return Answers(column("teller"), column("hearer"), column("tried"), column("answered"))


def conflicts(store: Store, viewer: Viewer) -> dict[int, tuple[str, ...]]:
    """Return who should not be asked, and why: 'staff', 'juror', 'candidate' (of this contest)."""
    viewer.require_staff()
    found: dict[int, tuple[str, ...]] = {}
    for why, rows in (
        ("staff", store.read(STAFF_PEOPLE)),
        ("juror", store.read(JURORS_NOW)),
        ("candidate", store.read(CANDIDATES_NOW)),
    ):
        for row in rows:
            found[int(row["key"])] = (*found.get(int(row["key"]), ()), why)
    return found


@dataclass(frozen=True)
class Done:
    """What one person did in a season: points of both parts, and how often what kind counted."""

    season: str
    contributed: Fraction
    mobilised: Fraction
    kinds: tuple[tuple[str, str, int], ...]  # in English, in Russian, times


def what_they_did(
    store: Store, viewer: Viewer, keys: Iterable[int], *, seasons: Sequence[SeasonRules]
) -> dict[int, Done]:
    """Return what the ledger has of people this season, for staff; who has nothing is left out.

    Parameters
    ----------
    seasons
        The rules of every announced season; before the first there is nothing to count by.
    """
    viewer.require_staff()
    if not seasons:
        return {}
    season = at_time(seasons, datetime.now(UTC))
    scores = score(entries.in_time(store.read, season.start, season.end), season)
    wanted = set(keys)
    found = {}
    for name, key in pseudonyms.people_behind(store).items():
        if key not in wanted or name not in scores:
            continue
        mine = scores[name]
        times: dict[str, int] = {}
        for point in mine.points:
            if point.points > 0:
                times[point.entry.kind] = times.get(point.entry.kind, 0) + 1
        found[key] = Done(
            season.season,
            mine.contributed,
            mine.mobilised,
            tuple(
                (season.kinds[kind].en, season.kinds[kind].ru, number)
                for kind, number in sorted(times.items(), key=lambda one: (-one[1], one[0]))
            ),
        )
    return found
