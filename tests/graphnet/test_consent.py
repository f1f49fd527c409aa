"""The newest consent counts; of two of one moment the more careful; both forms agree."""

from datetime import UTC, datetime, timedelta

import pytest

from graphnet.consent import everything_said, newest, stands
from graphnet.store import Store

DAY = datetime(2026, 5, 5, tzinfo=UTC)
MAKE = """CREATE (p:Person {key: 1, id: 'p'}) WITH p UNWIND $rows AS row
CREATE (p)-[:GAVE]->(:Consent {id: row[0], purpose: 'profile', at: row[1], state: row[2]})"""
ONE = "MATCH (p:Person {key: 1}) RETURN " + newest("p", "profile") + " AS said LIMIT 1"
ALL = "MATCH (p:Person {key: 1}) RETURN " + everything_said("p") + " AS said LIMIT 1"


@pytest.mark.parametrize(
    ("states", "counts"),
    [
        ([], None),
        ([(0, "refused"), (1, "given")], "given"),
        ([(1, "refused"), (0, "given")], "refused"),
        ([(0, "given"), (0, "refused")], "refused"),
        ([(0, "refused"), (0, "unknown")], "refused"),
        ([(0, "given"), (0, "unknown")], "unknown"),
    ],
)
def test_the_newest_and_most_careful_counts(
    store: Store, states: list[tuple[int, str]], counts: str | None
) -> None:
    rows = [[f"c{i}", DAY + timedelta(days=d), state] for i, (d, state) in enumerate(states)]
    store.write(MAKE, rows=rows)
    assert store.read(ONE)[0]["said"] == ([] if counts is None else [counts])
    assert stands(store.read(ALL)[0]["said"]).get("profile") == counts
