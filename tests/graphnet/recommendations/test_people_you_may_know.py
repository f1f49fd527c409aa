"""People I may know in the product: learned beside the snapshot, visible ties only, dismissals."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from graphnet.discovery import stored
from graphnet.errors import BadValue, ModelMissing, NotAllowed, TooMany
from graphnet.live import Live, rebuild
from graphnet.privacy import NO_PROFILE, Viewer
from graphnet.recommendations import people_you_may_know
from graphnet.recommendations.people_you_may_know import dismiss, people_i_may_know, undo_dismissal
from graphnet.snapshot import current, open_snapshot
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.themselves import hide, show

# A circle of 60 alumni in three intakes: everybody knows the next four; 7 is hidden, 8 refuses to
# be profiled, 30 to 39 show whom they know. All have accounts.
MAKE = """
CREATE (f:Unit {id: 'f', kind: 'faculty', name: 'Optics', name_ru: 'Оптика'})
WITH f UNWIND range(0, 2) AS i
CREATE (c:Cohort {id: 'c' + i, programme: 'Optics', intake_year: 1998 + i})-[:OF]->(f)
CREATE (:StudyGroup {id: 'g' + i, name: 'g' + i})-[:OF]->(c)
WITH DISTINCT 1 AS one UNWIND range(1, 60) AS k
CREATE (p:Person:Alumnus {key: k, id: 'p' + k, given_name: 'Имя', family_name: 'Номер' + k,
  name_key: 'p' + k, visibility: CASE k WHEN 7 THEN 'hidden' ELSE 'shown' END,
  audiences: CASE WHEN k >= 30 AND k < 40 THEN ['connections:members'] ELSE [] END})
CREATE (:Account {id: 'a' + k, email_key: 'a' + k, roles: ['alumnus']})-[:OF]->(p)
WITH p, k MATCH (g:StudyGroup {id: 'g' + toString((k - 1) / 20)})
CREATE (p)-[:STUDIED_IN {from_term: 3996, to_term: 4005, role: 'student'}]->(g)"""
TIES = """UNWIND range(1, 60) AS k UNWIND range(1, 4) AS step
MATCH (p:Person {key: k}) MATCH (q:Person {key: (k + step - 1) % 60 + 1})
CREATE (p)-[:KNOWS {strength: 1.0}]->(q)"""
REFUSE = """MATCH (p:Person {key: 8})
CREATE (p)-[:GAVE]->(:Consent {id: 'no', purpose: 'profile', state: 'refused', at: datetime()})"""


@pytest.fixture(scope="module")
def live(session_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    for query in (MAKE, TIES, REFUSE):
        session_store.write(query)
    folder = tmp_path_factory.mktemp("suggestions")
    rebuild(session_store, folder)
    following = Live(session_store, folder)
    following.start()
    yield following
    following.stop()


def asker(key: int) -> Viewer:
    return Viewer("alumnus", key)


def keys(live: Live, key: int, k: int = 10) -> list[int]:
    return [one.card.key for one in people_i_may_know(live, asker(key), k=k)]


def learned(live: Live) -> Path:
    folder = live.view().folder
    assert folder is not None
    if not (folder / stored.FACTS).exists():
        stored.learn(open_snapshot(folder), folder)
        stored._missing.clear()
    return folder


def test_without_a_model_the_plain_measure_answers(live: Live) -> None:
    assert stored.ready(live.view()) is None
    found = keys(live, 20)
    assert found and not set(found) & {16, 17, 18, 19, 20, 21, 22, 23, 24}


def test_what_is_learned_lies_beside_the_snapshot_and_is_used(live: Live) -> None:
    folder = learned(live)
    facts = stored.read_facts(folder)
    assert facts.people == 60 and facts.ties > 200
    assert current(live.folder) == folder
    ready = stored.ready(live.view())
    assert ready is not None and stored.ready(live.view()) is ready
    found = people_i_may_know(live, asker(50), k=10)
    assert {45, 55} & {one.card.key for one in found[:6]}
    assert all(one.reasons for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_trees_are_taken_over_by_the_next_snapshot(live: Live, tmp_path: Path) -> None:
    folder = learned(live)
    first = stored.read_facts(folder)
    again = stored.learn(open_snapshot(folder), tmp_path, before=folder)
    assert again.learned_at == first.learned_at
    with pytest.raises(ModelMissing):
        stored.read_facts(tmp_path / "nothing")


def test_a_hidden_person_is_no_suggestion_and_no_evidence(live: Live) -> None:
    learned(live)
    for key in (2, 5, 11, 13):
        found = people_i_may_know(live, asker(key), k=50)
        assert 7 not in [one.card.key for one in found]
        assert all(other.key != 7 for one in found for other in one.through)
    hide(live.store, 12)
    live.catch_up()
    assert 12 not in keys(live, 20, k=50)
    show(live.store, 12)
    live.catch_up()


def test_who_refuses_profiling_is_not_learned_from(live: Live) -> None:
    learned(live)
    ready = stored.ready(live.view())
    assert ready is not None
    refused = int(np.flatnonzero(live.view().snapshot.flags & NO_PROFILE)[0])
    assert len(ready.ties.neighbours(refused)) == 0
    theirs = int(live.view().snapshot.keys[refused])
    assert all(theirs not in keys(live, key, k=50) for key in range(1, 45)), "nobody's candidate"
    assert keys(live, 8)  # from their groups, by the plain measure


def test_nobody_is_named_who_hides_whom_they_know(live: Live) -> None:
    learned(live)
    named = {
        (one.card.key, other.key)
        for key in (29, 33, 36, 41)
        for one in people_i_may_know(live, asker(key), k=50)
        for other in one.through
    }
    assert named
    assert all(30 <= key < 40 for pair in named for key in pair)


def test_the_latest_ties_count(live: Live) -> None:
    learned(live)
    # p1 knows p30 by now: no suggestion any more, and p30's friends become ones.
    before = keys(live, 1, k=60)
    live.store.write(
        "MATCH (p:Person {key: 1}) MATCH (q:Person {key: 30}) CREATE (p)-[:KNOWS]->(q)"
    )
    after = keys(live, 1, k=60)
    assert 30 not in after
    assert {31, 32, 29, 28} & (set(after) - set(before)) or after != before


def test_a_dismissal_stays_until_it_is_taken_back(live: Live) -> None:
    learned(live)
    first = keys(live, 50)[0]
    dismiss(live.store, asker(50), "people", f"p{first}")
    assert first not in keys(live, 50, k=60)
    undo_dismissal(live.store, asker(50), "people", f"p{first}")
    assert keys(live, 50)[0] == first
    undo_dismissal(live.store, asker(50), "people", "nobody")
    with pytest.raises(BadValue):
        undo_dismissal(live.store, asker(50), "letters", "p1")
    with pytest.raises(NotAllowed):
        undo_dismissal(live.store, Viewer("analyst"), "people", "p1")


def test_the_same_dismissal_is_kept_once_and_there_is_a_ceiling(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        dismiss(live.store, asker(50), "people", "zzz")
    rows = live.store.read(
        "MATCH (:Person {key: 50})-[:DISMISSED]->(d:Dismissal) RETURN count(d) AS n LIMIT 1"
    )
    assert rows[0]["n"] == 1
    monkeypatch.setattr(people_you_may_know, "MOST_DISMISSED", 1)
    with pytest.raises(TooMany):
        dismiss(live.store, asker(50), "people", "yyy")


def test_attributes_count_only_where_they_are_shown_to_members(live: Live) -> None:
    snapshot = live.view().snapshot
    names, codes = stored.attributes_of(snapshot)
    assert names[:2] == ("study_group", "cohort") and "place" not in names
    assert (codes[:, 0] > 0).all()
    again, more = stored.attributes_of(snapshot, ("place", "cohort"))
    assert again == ("place", "cohort") and not more[:, 0].any()
