"""What past answers teach: who answers, and how often a tie really leads to somebody.

That a person answers, with the counts of their cohort and of everyone as priors::

    m    = (10 x 0.3 + answered by anyone)   / (10 + asked of anyone)
    m_c  = (10 m + answered by the cohort)   / (10 + asked of the cohort)
    r_p  = (3 m_c + answered by the person)  / (3 + asked of the person)

each the mean of a Beta posterior whose prior counts as so many asks. That who answers brings back
one of the lost, apart for ties on file and for estimated ones::

    k    = (12 / 3 + named)                  / (12 + ties of those who answered)

Before any answer an ask brings back somebody known with 0.3 x 1/3 = 0.1, as the scored task has it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from graphnet.discovery.kernels import Float64, Int32
from graphnet.discovery.recovery import Rates
from graphnet.snapshot import Snapshot
from graphnet.store import Store

FIRST_RESPONSE, FIRST_TIE = 0.3, 1.0 / 3.0
EVERYONE, COHORT, PERSON, TIES = 10.0, 10.0, 3.0, 12.0
# After so long silence is an answer.
SILENT = timedelta(days=30)

# One row: an ask that was sent, with what came of it.
SENT = """MATCH (a:Ask)-[:OF]->(p:Person) WHERE a.sent_at IS NOT NULL
RETURN p.key AS key, a.sent_at AS sent_at, a.state = 'answered' AS answered,
  a.state = 'refused' AS refused, coalesce(a.known, 0) AS known,
  coalesce(a.expected, 0.0) AS expected,
  COUNT { (a)-[n:NAMED]->(:Person) WHERE n.known } AS named_known,
  COUNT { (a)-[n:NAMED]->(:Person) WHERE NOT n.known } AS named_guessed
ORDER BY sent_at, a.id LIMIT 100000"""


@dataclass(frozen=True)
class Outcome:
    """One ask whose time is over, and what it brought."""

    key: int
    answered: bool
    known: int
    guessed: float
    named_known: int
    named_guessed: int


def outcomes(store: Store, now: datetime) -> list[Outcome]:
    """Return every ask that was answered, refused, or silent for long enough."""
    found = []
    for row in store.read(SENT):
        silent = now - row["sent_at"].to_native() >= SILENT
        if row["answered"] or row["refused"] or silent:
            found.append(
                Outcome(
                    int(row["key"]),
                    bool(row["answered"]),
                    int(row["known"]),
                    max(float(row["expected"]) - float(row["known"]), 0.0),
                    int(row["named_known"]),
                    int(row["named_guessed"]),
                )
            )
    return found


def learn(snapshot: Snapshot, past: list[Outcome]) -> Rates:
    """Return the rates that these outcomes give, for everyone in the snapshot."""
    here = [one for one in past if len(snapshot.positions([one.key]))]
    place = snapshot.positions(one.key for one in here)
    answered = np.array([one.answered for one in here], np.float64)
    cohort = cohorts(snapshot)
    mean = (EVERYONE * FIRST_RESPONSE + answered.sum()) / (EVERYONE + len(here))
    size = int(cohort.max(initial=0)) + 1
    asked_of = np.bincount(cohort[place], minlength=size).astype(np.float64)
    answers_of = np.bincount(cohort[place], weights=answered, minlength=size)
    asked_of[0] = answers_of[0] = 0.0  # nothing is known of those without a cohort
    of_cohort = (COHORT * mean + answers_of) / (COHORT + asked_of)
    asked = np.bincount(place, minlength=snapshot.n)
    answers = np.bincount(place, weights=answered, minlength=snapshot.n)
    response: Float64 = (PERSON * of_cohort[cohort] + answers) / (PERSON + asked)
    those = [one for one in here if one.answered]
    return Rates(
        response,
        _tie_rate(sum(one.named_known for one in those), sum(one.known for one in those)),
        _tie_rate(sum(one.named_guessed for one in those), sum(one.guessed for one in those)),
    )


def _tie_rate(named: float, ties: float) -> float:
    # More may be named than were estimated: a chance is at most 1 all the same.
    return min(1.0, (TIES * FIRST_TIE + named) / (TIES + max(ties, named)))


def cohorts(snapshot: Snapshot) -> Int32:
    """Return a code for each person's cohort, else their graduation; 0 where neither is known."""
    nobody = np.zeros(snapshot.n, np.int32)
    first = snapshot.attributes.get("cohort", nobody)
    second = snapshot.attributes.get("graduation", nobody)
    codes = np.where(first > 0, first, np.where(second > 0, second + first.max(initial=0), 0))
    return codes.astype(np.int32)
