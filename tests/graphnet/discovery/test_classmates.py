"""Lineages, terms shared, narrowing, and what people have in common as far as they show it."""

from datetime import UTC, datetime, timedelta

import pytest

from graphnet.discovery.classmates import (
    Common,
    classes,
    in_common,
    joined_lately,
    narrowed,
    shared_by_many,
)
from graphnet.errors import BadValue
from graphnet.model import term
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, VERA, ZHANNA, small_association
from tests.support.themselves import set_audiences

# A (to spring 2000) goes on as D, with Anna and Boris, and as E, with Georgy.
SPLIT = """MATCH (a:StudyGroup {id: 'A'})-[:OF]->(c:Cohort)
CREATE (d:StudyGroup {id: 'D', name: 'D'})-[:OF]->(c)
CREATE (e:StudyGroup {id: 'E', name: 'E'})-[:OF]->(c)
CREATE (a)-[:CONTINUES_AS {academic_year: 2000}]->(d)
CREATE (a)-[:CONTINUES_AS {academic_year: 2000}]->(e)
CREATE (d)-[:CALLED {academic_year: 2000, term: 1}]->(:GroupCode {text: '321'})
CREATE (e)-[:CALLED {academic_year: 2000, term: 1}]->(:GroupCode {text: '322'})
WITH a, d, e
MATCH (p:Person)-[s:STUDIED_IN]->(a) SET s.to_term = CASE p.key WHEN $georgy
  THEN s.to_term ELSE $cut - 1 END
WITH DISTINCT d, e
MATCH (p:Person) WHERE p.key IN [$anna, $boris, $zhanna]
FOREACH (one IN CASE p.key WHEN $zhanna THEN [e] ELSE [d] END |
  CREATE (p)-[:STUDIED_IN {from_term: $cut, to_term: $end, role: 'student'}]->(one))"""
SHARED = """MATCH (p:Person) WHERE p.key IN $keys
MERGE (t:Topic {id: 'chess'}) ON CREATE SET t.name = 'Chess', t.name_ru = 'Шахматы'
MERGE (p)-[:INTERESTED_IN]->(t)
MERGE (e:Event {id: 'ball'}) ON CREATE SET e.title = 'Ball', e.visibility = 'public'
CREATE (e)<-[:FOR]-(:Registration {id: 'r' + p.id, state: 'yes'})-[:BY]->(p)"""

ANNA_ASKS = Viewer("alumnus", ANNA)


@pytest.fixture
def split(store: Store) -> Store:
    small_association(store)
    cut = term(2000)
    store.write(
        SPLIT, anna=ANNA, boris=BORIS, georgy=GEORGY, zhanna=ZHANNA, cut=cut, end=term(2002, 1)
    )
    return store


def test_a_lineage_is_one_group_with_every_code(split: Store) -> None:
    found = classes(split, ANNA_ASKS)
    assert [group.ids for group in found.groups] == [{"A", "D"}]
    group = found.groups[0]
    assert group.id == "D", "where she was last"
    assert group.codes == ((1998, "121"), (1999, "221"), (2000, "321"))
    assert [(m.card.key, m.terms) for m in group.mates] == [(BORIS, 10), (GEORGY, 2)]
    # Zhanna came into the other half, after the split: an intake, not a group, is what they share.
    assert [card.key for card in found.classmates] == [ZHANNA]
    assert [(i.year, i.keys) for i in found.intakes] == [(1998, {ZHANNA})]


def test_an_heir_meets_who_was_there_before_only_if_their_time_overlaps(split: Store) -> None:
    # Georgy's stay in the parent is known to go on past the split: a source that knows no halves.
    split.write(
        "MATCH (:Person {key: $key})-[s:STUDIED_IN]->(:StudyGroup {id: 'A'}) SET s.to_term = $end",
        key=GEORGY, end=term(2002, 1),
    )  # fmt: skip
    found = classes(split, Viewer("alumnus", ZHANNA)).groups
    mates = {group.id: {m.card.key: m.terms for m in group.mates} for group in found}
    assert mates["E"] == {GEORGY: 6}, "of the parent's others none stayed so long"


def test_terms_are_not_counted_where_a_stay_has_no_end(split: Store) -> None:
    split.write("MATCH (:Person {key: $key})-[s:STUDIED_IN]->() SET s.to_term = null", key=BORIS)
    mates = classes(split, ANNA_ASKS).groups[0].mates
    assert {m.card.key: m.terms for m in mates} == {GEORGY: 2, BORIS: 0}


def test_a_list_is_narrowed(split: Store) -> None:
    found = classes(split, ANNA_ASKS)
    by_state = narrowed(found, state="no_contact")
    assert [m.card.key for m in by_state.groups[0].mates] == [BORIS]
    assert by_state.classmates == ()
    within = narrowed(found, within="optics98")
    assert within.groups == ()
    assert [card.key for card in within.classmates] == [ZHANNA]
    assert narrowed(found, within="A").classmates == ()
    assert [m.card.key for m in narrowed(found, keys=frozenset({GEORGY})).groups[0].mates] == [
        GEORGY
    ]
    lately = narrowed(found, state="lately", lately=frozenset({ZHANNA}))
    assert [card.key for card in lately.classmates] == [ZHANNA]
    with pytest.raises(BadValue):
        narrowed(found, state="nonsense")


def test_what_is_common_is_named_only_as_each_one_shows_it(split: Store) -> None:
    split.write(SHARED, keys=[ANNA, BORIS, VERA, GEORGY, ZHANNA])
    found = classes(split, ANNA_ASKS).people()
    assert VERA not in {card.key for card in found}
    common = in_common(split, ANNA_ASKS, found)
    assert [t[0] for t in common[ZHANNA].topics] == ["chess"]
    assert common[ZHANNA].events == (), "events are shown to nobody unless one says so"
    assert common[BORIS].topics == (), "on file only: nothing but name and studies"
    set_audiences(split, ZHANNA, {"interests": "nobody", "events": "members"})
    again = in_common(split, ANNA_ASKS, classes(split, ANNA_ASKS).people())
    assert again[ZHANNA].topics == ()
    assert [e[0] for e in again[ZHANNA].events] == ["ball"]


def test_few_are_not_counted() -> None:
    chess = ("chess", "Chess", "Шахматы")
    assert shared_by_many([Common(topics=(chess,))] * 2) == []
    assert shared_by_many([Common(topics=(chess,))] * 3) == [(chess, 3)]


def test_who_joined_lately(split: Store) -> None:
    split.write(
        "MATCH (a:Account)-[:OF]->(:Person {key: $key}) SET a.created_at = $at",
        key=DARYA, at=datetime.now(UTC) - timedelta(days=70),
    )  # fmt: skip
    viewer = Viewer("alumnus", GEORGY)
    found = classes(split, viewer).people()
    assert {ANNA, DARYA} <= {card.key for card in found}
    assert DARYA not in joined_lately(in_common(split, viewer, found))
    assert ANNA in joined_lately(in_common(split, viewer, found))
