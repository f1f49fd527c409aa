"""Who may stand and who may judge them: rules, conflicts that the graph knows, blind scores."""

from fractions import Fraction

import pytest

from graphnet.contest import candidates, jurors, jury, nominations, seasons
from graphnet.discovery.classmates import classes
from graphnet.errors import (
    BadValue,
    Conflict,
    NotAllowed,
)
from graphnet.privacy import Viewer
from graphnet.store import Store
from tests.support.contest_season import (
    CHECK,
    ENTRY,
    JURORS,
    JURY,
    LETTER,
    MEMBERS,
    STAFF_VIEWER,
    VOTE,
    admitted,
    alumnus,
    announced,
    enter,
    judged,
    season,
    seated,
)
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, ZHANNA
from tests.support.refused import refused

ANNA_V, DARYA_V = alumnus(ANNA), alumnus(DARYA)


# Eligibility


def test_every_rule_of_eligibility_is_shown_with_its_outcome(store: Store) -> None:
    live = announced(store)
    good, member = enter(live, DARYA), enter(live, MEMBERS[0])
    store.write("MATCH (a:Account {id: 'account-201'}) SET a.roles = ['alumnus', 'staff']")
    seated(store, JURORS[0], now=ENTRY)
    found = candidates.checks(store, STAFF_VIEWER, season(store))
    assert all(one.met for one in found[good])
    assert [one.rule for one in found[member] if not one.met] == ["not staff"]
    with refused(Conflict, "rules"):
        candidates.decide(store, STAFF_VIEWER, "2026", member, admit=True, reason="", now=CHECK)
    with refused(BadValue, "reason"):
        candidates.decide(store, STAFF_VIEWER, "2026", member, admit=False, reason="", now=CHECK)
    candidates.decide(
        store, STAFF_VIEWER, "2026", member, admit=False, reason="Works for us.", now=CHECK
    )
    assert nominations.mine(store, alumnus(MEMBERS[0]))[0]["reason"] == "Works for us."
    with pytest.raises(NotAllowed):
        candidates.decide(store, ANNA_V, "2026", good, admit=True, reason="", now=CHECK)
    with pytest.raises(NotAllowed):
        candidates.checks(store, ANNA_V, season(store))


def test_a_recent_winner_sits_out_as_many_seasons_as_the_rules_say(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA)
    store.write(
        """MATCH (p:Person {key: $key})
        CREATE (c:Contest {id: 'old', season: $season, announced_at: datetime()})
        CREATE (a:Award {id: 'a', code: 'a'})-[:IN]->(c)
        CREATE (a)-[:TO]->(n:Nomination {id: 'n', once: 'n'})-[:IN]->(c)
        CREATE (n)-[:OF]->(p)""",
        key=DARYA,
        season="2024",
    )
    broken = [
        check
        for check in candidates.checks(store, STAFF_VIEWER, season(store))[one]
        if not check.met
    ]
    assert [(check.rule, check.about) for check in broken] == [("no recent winner", "2024")]
    store.write("MATCH (c:Contest {id: 'old'}) SET c.season = '2023'")
    assert all(c.met for c in candidates.checks(store, STAFF_VIEWER, season(store))[one])


# The jury


def test_the_graph_knows_conflicts_of_interest(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA, by=ANNA)
    store.write(
        """MATCH (a:Person {key: 101}) MATCH (b:Person {key: 5}) MATCH (c:Person {key: 102})
        CREATE (o:Organisation {id: 'o', name: 'O'})
        CREATE (a)-[:WORKED_AT {from_year: 2001, to_year: 2005}]->(o)
        CREATE (b)-[:WORKED_AT {from_year: 2005}]->(o)
        CREATE (c)-[:WORKED_AT {from_year: 1990, to_year: 2004}]->(o)"""
    )
    # Georgy was in group B with Darya, and knows her; Anna was in group A, and nominated her.
    store.write(
        """MATCH (p:Person {key: $key})
        CREATE (:Account {id: 'account-4', email: 'g', email_key: 'g', roles: ['alumnus']})
          -[:OF]->(p)""",
        key=GEORGY,
    )
    store.write(
        "MATCH (a:Account) WHERE NOT a.email CONTAINS '@' SET a.email = a.id + '@example.org'"
    )
    for key in (ANNA, GEORGY, ZHANNA, *JURORS[:2]):
        seated(store, key, now=CHECK)
    candidates.decide(store, STAFF_VIEWER, "2026", one, admit=True, reason="", now=CHECK)
    found = jury.progress(store, STAFF_VIEWER, season(store)).conflicts
    assert found == {
        (ANNA, one): ("nominee",),
        (GEORGY, one): ("acquaintance", "groupmate"),
        (101, one): ("co-worker",),
    }
    given = jury.assign_all(store, STAFF_VIEWER, "2026", now=CHECK)
    assert given[one] == (ZHANNA, 102)
    assert jury.progress(store, STAFF_VIEWER, season(store)).short == (one,)


def test_groupmates_are_found_along_the_lineage_of_groups(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA)
    store.write(
        """MATCH (b:StudyGroup {id: 'B'}) MATCH (p:Person {key: 101})
        CREATE (b)-[:CONTINUES_AS {academic_year: 2000}]->(d:StudyGroup {id: 'D'})
        CREATE (p)-[:STUDIED_IN {from_term: 4003, to_term: 4007}]->(d)"""
    )
    seated(store, 101, now=CHECK)
    found = jury.progress(store, STAFF_VIEWER, season(store)).conflicts
    assert found == {(101, one): ("groupmate",)}
    store.write(
        "MATCH (:Person {key: 101})-[s:STUDIED_IN]->() SET s.from_term = 4010, s.to_term = 4011"
    )
    assert jury.progress(store, STAFF_VIEWER, season(store)).conflicts == {}
    # Two groups into which one has split are strangers to the site, and so to the jury.
    store.write(
        """MATCH (:Person {key: 101})-[s:STUDIED_IN]->(d:StudyGroup {id: 'D'}) DELETE s
        WITH d MATCH (b:StudyGroup {id: 'B'}) MATCH (p:Person {key: 101})
        CREATE (b)-[:CONTINUES_AS {academic_year: 2000}]->(e:StudyGroup {id: 'E'})
        CREATE (p)-[:STUDIED_IN {from_term: 4003, to_term: 4007}]->(e)
        WITH d MATCH (:Person {key: $key})-[t:STUDIED_IN]->(:StudyGroup {id: 'B'})
        MATCH (q:Person {key: $key}) DELETE t
        CREATE (q)-[:STUDIED_IN {from_term: 4003, to_term: 4007}]->(d)""",
        key=DARYA,
    )
    alike = Viewer("alumnus", 101)
    mates = {mate.card.key for group in classes(store, alike).groups for mate in group.mates}
    assert mates == {GEORGY}, "who stayed in the group that has split"
    assert jury.progress(store, STAFF_VIEWER, season(store)).conflicts == {}


def test_jurors_see_their_own_scores_and_no_others(store: Store) -> None:
    live = announced(store)
    ids = admitted(live, ANNA, DARYA)
    judged(live, ids, (1, 5, 10))
    found = season(store)
    sheets = jury.sheets(store, alumnus(JURORS[0]), found)
    assert {sheet.candidate.id for sheet in sheets} == set(ids)
    assert all(sheet.scores == {"help": 1, "reach": 2} and sheet.complete for sheet in sheets)
    for nobody in (ANNA_V, STAFF_VIEWER, alumnus(MEMBERS[0])):
        with pytest.raises(NotAllowed):
            jury.sheets(store, nobody, found)
    # Not even staff see a score while the jury reads.
    with refused(Conflict, "phase"):
        jury.judged(store, STAFF_VIEWER, found, now=JURY)
    with pytest.raises(NotAllowed):
        jury.judged(store, alumnus(JURORS[0]), found, now=VOTE)
    by, agreed = jury.judged(store, STAFF_VIEWER, found, now=VOTE)
    assert by[ids[0]].medians == {"help": 5, "reach": 6}
    assert by[ids[0]].part == Fraction(1, 2)
    assert set(agreed) == {"help", "reach"}


def test_only_whole_scores_from_one_to_ten_by_who_is_assigned_in_time(store: Store) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)
    judged(live, [one])
    juror = alumnus(JURORS[0])
    for given in ({"help": 0}, {"help": 11}, {"nonsense": 5}, {}):
        with pytest.raises(BadValue):
            jury.score(store, juror, "2026", one, given, now=JURY)
    with pytest.raises(NotAllowed):
        jury.score(store, alumnus(JURORS[3]), "2026", one, {"help": 5}, now=JURY)
    for at in (CHECK, VOTE):
        with refused(Conflict, "phase"):
            jury.score(store, juror, "2026", one, {"help": 5}, now=at)
    # A tie that came up after the assignment still bars.
    store.write(
        """MATCH (a:Person {key: 101}) MATCH (b:Person {key: 5})
        CREATE (a)-[:KNOWS {strength: 1.0}]->(b)"""
    )
    with refused(NotAllowed, "conflict"):
        jury.score(store, juror, "2026", one, {"help": 5}, now=JURY)


def test_who_declares_a_conflict_is_replaced_and_their_scores_go(store: Store) -> None:
    live = announced(store)
    ids = admitted(live, DARYA, ANNA)
    judged(live, ids, (1, 5, 10))
    seated(store, JURORS[3], now=JURY)
    jury.declare(store, alumnus(JURORS[0]), "2026", ids[0], "We are cousins.", now=JURY)
    progress = jury.progress(store, STAFF_VIEWER, season(store))
    assert progress.assigned[ids[0]] == JURORS[1:]
    assert progress.assigned[ids[1]] == JURORS[:3]
    assert not progress.done[JURORS[3], ids[0]]
    with pytest.raises(NotAllowed):
        jury.score(store, alumnus(JURORS[0]), "2026", ids[0], {"help": 5}, now=JURY)
    by, _ = jury.judged(store, STAFF_VIEWER, season(store), now=VOTE)
    assert by[ids[0]].jurors == 2


def test_a_candidate_is_no_juror_and_a_juror_no_candidate(store: Store) -> None:
    live = announced(store)
    one = enter(live, DARYA)
    with refused(Conflict, "juror"):
        jurors.ask(store, STAFF_VIEWER, "2026", DARYA, now=CHECK)
    with refused(Conflict, "juror"):  # has no account
        jurors.ask(store, STAFF_VIEWER, "2026", BORIS, now=CHECK)
    with pytest.raises(NotAllowed):
        jurors.ask(store, ANNA_V, "2026", ZHANNA, now=CHECK)
    two = nominations.nominate(
        live, ANNA_V, "2026", "mentor", LETTER, now=ENTRY, person_id="zhanna"
    )
    seated(store, ZHANNA, now=ENTRY)
    nominations.accept(store, alumnus(ZHANNA), two, statement="x", finalist_public=False, now=ENTRY)
    found = candidates.checks(store, STAFF_VIEWER, season(store))
    assert [c.rule for c in found[two] if not c.met] == ["not in the jury"]
    assert all(c.met for c in found[one])


def test_a_juror_who_leaves_takes_their_scores_along(store: Store) -> None:
    live = announced(store)
    [one] = admitted(live, DARYA)
    judged(live, [one])
    jurors.remove(store, STAFF_VIEWER, "2026", JURORS[0], now=JURY)
    assert store.read("MATCH (s:JuryScore) RETURN count(s) AS n LIMIT 1")[0]["n"] == 4
    assert jury.progress(store, STAFF_VIEWER, season(store)).short == (one,)


def test_a_juror_is_added_once(store: Store) -> None:
    announced(store)
    jurors.ask(store, STAFF_VIEWER, "2026", JURORS[0], now=CHECK)
    with refused(Conflict, "sits"):
        jurors.ask(store, STAFF_VIEWER, "2026", JURORS[0], now=CHECK)
    log = [row["act"] for row in seasons.log(store, STAFF_VIEWER, season(store))]
    assert log.count("juror asked") == 1
