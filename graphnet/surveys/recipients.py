"""Who gets a survey: whom it is for, who of them may be written to, and the letters themselves.

Nobody is written to who has not agreed to what the survey rests on, who has refused letters or
being kept on file, who wants no surveys, who was sent one within the last month, or who has had
as many letters as `graphnet.own_accord` lets the Association write in one.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, LiteralString

from graphnet import changes, jobs, mail, own_accord
from graphnet.accounts.sessions import token_hash
from graphnet.consent import newest
from graphnet.errors import BadValue
from graphnet.model import new_id
from graphnet.privacy import Viewer, apart
from graphnet.store import Row, Store, Transaction

if TYPE_CHECKING:
    from graphnet.engine import Engine

KIND, LETTER, SERIES = "survey letters", "surveys.asked", "surveys"
# What a survey may rest on: that somebody wants letters, or is kept on file by consent.
CONSENTS = ("digest", "hold")
BATCH = 200

# Whom a survey is for; what is not asked for is met by everybody.
_MEANT: LiteralString = (
    "NOT "
    + apart("p")
    + """
  AND ($unit = '' AND $from_year IS NULL AND $to_year IS NULL
    OR EXISTS { MATCH (p)-[:STUDIED_IN]->(:StudyGroup|Cohort)-[:OF*0..1]->(c:Cohort)
      WHERE c.intake_year >= coalesce($from_year, 0) AND c.intake_year <= coalesce($to_year, 9999)
        AND ($unit = '' OR EXISTS { (c)-[:OF]->(:Unit)-[:PART_OF*0..3]->(:Unit {id: $unit}) }) }
    OR $from_year IS NULL AND $to_year IS NULL
      AND EXISTS { (p)-[:STUDIED_IN|COMPLETED]->(:Unit)-[:PART_OF*0..3]->(:Unit {id: $unit}) })
  AND ($group = '' OR EXISTS { (p)-[:MEMBER_OF]->(:Group {id: $group}) })
  AND ($city = '' OR EXISTS { MATCH (p)-[l:LIVES_IN]->(:Place {id: $city})
    WHERE l.to_year IS NULL })
"""
)
_AGREED: LiteralString = (
    "CASE $consent WHEN 'digest' THEN "
    + newest("p", "digest")
    + " ELSE "
    + newest("p", "hold")
    + " END = ['given'] AND "
    + newest("p", "digest")
    + " <> ['refused'] AND "
    + newest("p", "hold")
    + " <> ['refused']"
)
_REFUSED: LiteralString = (
    own_accord.refused(own_accord.SURVEYS, "p")
    + " OR EXISTS { (p)-[:GAVE]->(n:NeverAsk) WHERE n.ended_at IS NULL }"
)
_LATELY: LiteralString = (
    "(EXISTS { (p)<-[:TO]-(k:SurveyAsk) WHERE k.at >= $since } OR " + own_accord.enough("p") + ")"
)
_ADDRESSES: LiteralString = """COLLECT { MATCH (p)<-[:OF]-(a:Account) WHERE a.disabled_at IS NULL
      AND NOT EXISTS { (p)-[:HAS]->(c:ContactPoint {value_key: a.email_key})
                       WHERE c.bounced_at IS NOT NULL }
    RETURN [a.email, coalesce(a.language, p.language, '')] ORDER BY a.email LIMIT 1 }
  + COLLECT { MATCH (p)-[:HAS]->(c:ContactPoint {kind: 'email'}) WHERE c.bounced_at IS NULL
    RETURN [c.value, coalesce(p.language, '')] ORDER BY c.verified_at IS NULL, c.value LIMIT 1 }"""

# One row: how many a survey is for, how many of them get it, and why the others do not.
COUNT = (
    "MATCH (p:Person) WHERE "
    + _MEANT
    + "WITH p, "
    + _REFUSED
    + " AS refused, "
    + _AGREED
    + " AS agreed, size("
    + _ADDRESSES
    + ") > 0 AS reachable, "
    + _LATELY
    + """ AS lately
RETURN count(p) AS meant, count(CASE WHEN refused THEN 1 END) AS refused,
  count(CASE WHEN NOT refused AND NOT agreed THEN 1 END) AS not_agreed,
  count(CASE WHEN NOT refused AND agreed AND NOT reachable THEN 1 END) AS unreachable,
  count(CASE WHEN NOT refused AND agreed AND reachable AND lately THEN 1 END) AS lately,
  count(CASE WHEN NOT refused AND agreed AND reachable AND NOT lately THEN 1 END) AS asked
LIMIT 1"""
)

# One row: somebody who is to be asked and has not been yet, with where a letter goes. What is
# asked is computed as in `COUNT`: together in one WHERE it takes Neo4j seconds to plan.
NEXT = (
    "MATCH (p:Person) WHERE p.key > $after AND "
    + _MEANT
    + """  AND NOT EXISTS { (p)<-[:TO]-(:SurveyAsk)-[:IN]->(:Survey {id: $survey}) }
WITH p, """
    + _REFUSED
    + " AS refused, "
    + _AGREED
    + " AS agreed, "
    + _LATELY
    + " AS lately, "
    + _ADDRESSES
    + """ AS addresses
WHERE NOT refused AND agreed AND NOT lately AND size(addresses) > 0
RETURN p.key AS key, p.id AS id, addresses ORDER BY key LIMIT $limit"""
)

# One row: the survey, locked, if it is still open.
OPEN = """MATCH (s:Survey {id: $survey}) SET s.id = s.id
WITH s WHERE s.state = 'open'
RETURN s.audience AS audience, s.consent AS consent LIMIT 1"""

# One row: how many are asked from now on.
ASK = """UNWIND $rows AS row MATCH (p:Person {key: row.key})
WITH p, row SKIP 0 MATCH (s:Survey {id: $survey})
CREATE (k:SurveyAsk {id: row.id, once: row.once, at: $now})-[:TO]->(p) CREATE (k)-[:IN]->(s)
SET s.asked = coalesce(s.asked, 0) + 1 RETURN count(k) AS n"""

# One row: a letter that still has a reader: the survey is open, they have not answered.
ARM = (
    """MATCH (k:SurveyAsk {id: $ask})-[:TO]->(p:Person) WHERE NOT """
    + apart("p")
    + """
MATCH (k)-[:IN]->(s:Survey {state: 'open'})
WHERE NOT EXISTS { (p)<-[:BY]-(:SurveyAnswer)-[:IN]->(s) }
  AND NOT """
    + own_accord.refused(own_accord.SURVEYS, "p")
    + """
SET k.token_hash = $token_hash
RETURN s.title AS title, s.title_ru AS title_ru, s.about AS about, s.about_ru AS about_ru,
  s.closes_on AS closes_on, coalesce(p.given_name, '') AS called, s.consent AS consent LIMIT 1"""
)


@dataclass(frozen=True)
class Audience:
    """Whom a survey is for: a faculty, years of intake, a community, a city; all that are given."""

    unit: str = ""
    from_year: int | None = None
    to_year: int | None = None
    group: str = ""
    city: str = ""

    def checked(self) -> "Audience":
        """Return it.

        Raises
        ------
        BadValue
            'audience' if it is everybody; 'years' if they are none.
        """
        if not any(asdict(self).values()):
            raise BadValue(
                "say whom the survey is for: a faculty, years, a community or a city",
                code="audience",
                field="unit",
            )
        first, last = self.from_year or 1900, self.to_year or 2100
        if not 1900 <= first <= last <= 2100:
            raise BadValue(
                "the first year comes before the last one, both between 1900 and 2100",
                code="years",
                field="to_year",
            )
        return self


@dataclass(frozen=True)
class Numbers:
    """How many a survey is for, and what becomes of them."""

    meant: int
    asked: int
    not_agreed: int
    unreachable: int
    lately: int
    refused: int


def count(store: Store, viewer: Viewer, audience: Audience, consent: str) -> Numbers:
    """Return how many would be asked now, and why others would not.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    limits = own_accord.limits(datetime.now(UTC))
    row = store.read(COUNT, **asdict(audience), consent=consent, **limits)[0]
    return Numbers(**row)


def sender(engine: "Engine") -> jobs.Handler:
    """Return the handler that writes a survey's letters, some people at a time."""

    def work(job: jobs.Job) -> None:
        survey, after = job.about, 0
        while (done := _some(engine.store, survey, after)) is not None:
            after = done

    return work


def _some(store: Store, survey: str, after: int) -> int | None:
    def work(transaction: Transaction) -> int | None:
        held = transaction.run(OPEN, survey=survey)
        if not held:
            return None
        audience, now = audience_of(held[0]["audience"]), datetime.now(UTC)
        rows = transaction.run(
            NEXT,
            **asdict(audience),
            consent=held[0]["consent"],
            **own_accord.limits(now),
            survey=survey,
            after=after,
            limit=BATCH,
        )
        if not rows:
            return None
        asks = [
            {"key": row["key"], "id": new_id(), "once": f"{survey}:{row['key']}"} for row in rows
        ]
        transaction.run(ASK, survey=survey, rows=asks, now=now)
        for row, ask in zip(rows, asks, strict=True):
            _write(transaction, row, ask)
        changes.record(transaction, "survey", [row["key"] for row in rows], thing=survey)
        return int(rows[-1]["key"])

    return store.in_write(work)


def _write(transaction: Transaction, row: Row, ask: Row) -> None:
    address, language = row["addresses"][0]
    mail.enqueue_about(
        transaction,
        LETTER,
        {"ask": ask["id"], "person": row["id"]},
        to=address,
        key=f"survey:{ask['once']}",
        language=language,
        person=row["id"],
    )


def arm(store: Store, ask: str, token: str) -> Row | None:
    """Give a letter that leaves now its link; None if nobody waits for it any more."""
    rows = store.write(ARM, ask=ask, token_hash=token_hash(token))
    return rows[0] if rows else None


def audience_of(text: str | None) -> Audience:
    """Return an audience out of how the graph keeps it."""
    return Audience(**json.loads(text or "{}"))
