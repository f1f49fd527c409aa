"""Jurors who have not scored everybody are reminded by one letter a day, and nobody else is."""

import json
from datetime import timedelta

import pytest

from graphnet.contest import jury, reminding
from graphnet.errors import Conflict, NotAllowed
from graphnet.store import Store
from tests.support.contest_season import (
    CHECK,
    JURORS,
    JURY,
    STAFF_VIEWER,
    VOTE,
    admitted,
    alumnus,
    announced,
    season,
    seated,
)
from tests.support.graphs import DARYA
from tests.support.refused import refused


def test_only_the_silent_are_reminded_once_a_day(store: Store) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)
    for key in JURORS[:3]:
        seated(store, key)
    jury.assign_all(store, STAFF_VIEWER, "2026", now=CHECK)
    scores = {criterion.key: 5 for criterion in season(store).terms.criteria}
    jury.score(store, alumnus(JURORS[0]), "2026", one, scores, now=JURY)
    silent = jury.progress(store, STAFF_VIEWER, season(store)).unfinished
    assert silent == [JURORS[1], JURORS[2]]
    store.write("MATCH (j:Job) DETACH DELETE j")
    for at in (JURY, JURY + timedelta(hours=2), JURY + timedelta(days=1)):
        assert reminding.remind(store, STAFF_VIEWER, "2026", now=at) == 2
    rows = store.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS payload LIMIT 20")
    assert sorted(json.loads(row["payload"])["to"] for row in rows) == [
        f"p{key}@example.org" for key in silent for _ in range(2)
    ]
    with refused(Conflict, "phase"):
        reminding.remind(store, STAFF_VIEWER, "2026", now=VOTE)
    with pytest.raises(NotAllowed):
        reminding.remind(store, alumnus(JURORS[0]), "2026", now=JURY)
