"""The ledger and a frozen season: nothing changes, everything that was changed is found."""

import json
import re
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from graphnet.erasure.person import jsonable
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.ledger import chain, pseudonyms, verification
from graphnet.ledger import entries as ledger
from graphnet.ledger.standings import of_person, standings, trend
from graphnet.privacy import ANYONE, Viewer
from graphnet.store import Store
from tests.support.contributed import (
    CONSENT,
    KEEPER,
    KEY,
    RAW,
    a_season,
    association,
    enter,
    frozen_in,
)
from tests.support.entries import BEGIN, RULES
from tests.support.graphs import ANNA, DARYA, GEORGY, STAFF, VERA, ZHANNA
from tests.support.queries import QUERIES
from tests.support.themselves import erase, export

__all__ = ["association"]

# A clause that changes or deletes, and what follows it up to the next clause.
CHANGING = re.compile(
    r"\b(SET|REMOVE|DELETE)\b(.*?)(?=\b(?:MATCH|WITH|RETURN|CREATE|MERGE|SET|REMOVE|DETACH|DELETE|"
    r"OPTIONAL|FOREACH|CALL|UNWIND|ON)\b|[}|]|\Z)",
    re.DOTALL,
)


def test_the_scan_for_changes_sees_one() -> None:
    planted = "MATCH (c:Contribution) SET c.kind = 'x' WITH c MATCH (n) DETACH DELETE c, n"
    assert [m[0] for m in CHANGING.findall(planted)] == ["SET", "DELETE"]
    assert CHANGING.findall("SET d.x = 1, c.kind = 2 RETURN c")[0][1].split() == [
        "d.x",
        "=",
        "1,",
        "c.kind",
        "=",
        "2",
    ]


def test_nothing_in_the_program_changes_or_deletes_an_entry() -> None:
    """Every query that names Contribution only reads it, ties it, or creates it whole."""
    naming = {f"{m}.{n}": q for m, n, q in QUERIES if "Contribution" in q}
    assert "graphnet/ledger/entries.WRITE" in naming
    creating = [
        name
        for name, query in naming.items()
        if re.search(r"\(\w*:Contribution \{act_id: row\.act_id, number", query)
    ]
    assert creating == ["graphnet/ledger/entries.WRITE"]
    for name, query in naming.items():
        held = set(re.findall(r"\((\w+):(?:\w+\|)*Contribution\b", query))
        for clause, targets in CHANGING.findall(query):
            changed = set(re.findall(r"(\w+)(?:\.\w+)?\s*(?:=|\+=|:\w)", targets))
            if clause != "SET":
                changed = set(re.findall(r"\w+", targets))
            assert not changed & held, f"{name}: {clause} {targets}"


def test_the_same_act_counts_once(association: Store) -> None:
    for _ in range(3):
        enter(association, "a", ANNA, "talk", thing_id="meeting")
    rows = association.read(RAW)
    assert len(rows) == 1
    assert of_person(association, RULES, KEEPER, ANNA).contributed == 6
    tied = association.read("MATCH (c:Contribution)-[:TO]->(e:Event) RETURN e.id AS id LIMIT 9")
    assert tied == [{"id": "meeting"}]


def test_an_entry_must_make_sense(association: Store) -> None:
    for problem, values in (
        (PersonNotFound, {"who": 999}),
        (BadValue, {"participant_key": ANNA}),
        (BadValue, {"quantity": 0}),
        (BadValue, {"credit": 0.0}),
    ):
        with pytest.raises(problem):
            enter(association, "a", kind="talk", **{"who": ANNA, **values})
    with pytest.raises(BadValue):
        enter(association, "correct:a", ANNA, "talk")
    with pytest.raises(BadValue):
        association.in_write(
            lambda t: ledger.record(
                t,
                person_key=ANNA,
                kind="x",
                mode="heroic",
                happened_at=BEGIN,
                act_id="x",
                evidence={},
            )
        )
    assert association.read(RAW) == []


def test_a_correction_adds_an_entry_and_leaves_the_first(association: Store) -> None:
    enter(association, "a", ANNA, "talk")
    before = association.read(RAW)[0]["entry"]
    act = association.in_write(lambda t: ledger.correct(t, KEEPER, "a", "it was somebody else"))
    rows = [row["entry"] for row in association.read(RAW)]
    assert rows[0] == before
    assert (rows[1]["corrects"], rows[1]["points_basis"], rows[1]["act_id"]) == ("a", "-1", act)
    assert of_person(association, RULES, KEEPER, ANNA).contributed == 0
    for act_id, problem in (("a", Conflict), (act, Conflict), ("unknown", ThingNotFound)):
        with pytest.raises(problem):
            association.in_write(
                lambda t, act_id=act_id: ledger.correct(t, KEEPER, act_id, "again")
            )
    with pytest.raises(BadValue):
        association.in_write(lambda t: ledger.correct(t, KEEPER, "a", " "))
    with pytest.raises(NotAllowed):
        association.in_write(lambda t: ledger.correct(t, Viewer("alumnus", ANNA), "a", "no"))


def test_who_has_something_in_a_mode_is_told_without_what_was_taken_back(
    association: Store,
) -> None:
    for act, key in (("a", ANNA), ("b", ANNA), ("c", DARYA)):
        enter(association, act, key, "talk")
    end = BEGIN + timedelta(days=700)

    def who() -> set[str]:
        return ledger.modes_in_time(association.read, BEGIN, end).get(mode, set())

    ((mode, both),) = ledger.modes_in_time(association.read, BEGIN, end).items()
    anna, darya = pseudonyms.pseudonyms(association.read, [ANNA, DARYA]).values()
    assert both == {anna, darya}
    for act, left in (("a", {anna, darya}), ("c", {anna}), ("b", set())):
        association.in_write(lambda t, act=act: ledger.correct(t, KEEPER, act, "nobody came"))
        assert who() == left
    assert ledger.modes_in_time(association.read, end, end + timedelta(days=1)) == {}


def test_an_entry_names_nobody(association: Store) -> None:
    a_season(association)
    for row in association.read(RAW):
        text = json.dumps(jsonable(row["entry"]), ensure_ascii=False)
        assert not re.search("anna|darya|zhanna|account-8|Анна", text)
    ties = association.read(
        "MATCH (:Contribution)-[t]-(other) RETURN DISTINCT type(t) AS kind, labels(other) AS to "
        "ORDER BY kind LIMIT 10"
    )
    assert ties == [{"kind": "TO", "to": ["Event"]}]


def test_an_erased_person_leaves_a_season_that_verifies_and_names_nobody(
    association: Store, tmp_path: Path
) -> None:
    a_season(association)
    frozen = frozen_in(association, tmp_path)
    name = pseudonyms.pseudonyms(association.read, [ANNA])[ANNA]
    erase(association, Viewer("staff", STAFF, "s", purpose="erase"), ANNA)
    found = verification.verify(
        frozen.path, keys=(KEY,), store=association, published=frozen.sha256
    )
    assert found.holds, found.findings
    assert any(line["pseudonym"] == name for line in found.standings)
    assert name not in pseudonyms.people_behind(association)
    assert chain.broken_link(association) is None
    left = association.read("MATCH (e:Evidence) RETURN e.act_id AS act ORDER BY act LIMIT 99")
    assert [row["act"] for row in left] == ["c", "correct:c", "e", "f"]
    # Zhanna's erasure destroys the evidence of those who brought her, too.
    erase(association, Viewer("staff", STAFF, "s", purpose="erase"), ZHANNA)
    left = association.read("MATCH (e:Evidence) RETURN e.act_id AS act ORDER BY act LIMIT 99")
    assert [row["act"] for row in left] == ["c", "correct:c"]
    assert verification.verify(frozen.path, keys=(KEY,), store=association).holds
    # A correction is possible still, and finds nobody to tie its reason to.
    association.in_write(lambda t: ledger.correct(t, KEEPER, "a", "late"))


def test_a_person_is_given_their_evidence_and_not_the_key(association: Store) -> None:
    a_season(association)
    text = json.dumps(jsonable(export(association, Viewer("alumnus", ANNA), ANNA)))
    assert '"of a' in text.replace("\\", "") or "of a" in text
    assert "PseudonymKey" not in text


def test_standings_are_for_those_who_may(association: Store) -> None:
    a_season(association)
    enter(association, "hidden", VERA, "talk")
    enter(association, "staff", STAFF, "talk")
    with pytest.raises(NotAllowed):
        standings(association, RULES, Viewer("alumnus", ANNA))
    assert standings(association, RULES, KEEPER) == []  # nobody has consented to profiling
    for key in (DARYA, ZHANNA, VERA, STAFF):
        association.write(CONSENT, key=key, state="given", at=BEGIN)
    ranking = standings(association, RULES, KEEPER)
    assert [(s.person_key, s.rank, s.total) for s in ranking] == [
        (ZHANNA, 1, Fraction(6)),
        (DARYA, 2, Fraction(2)),
    ]
    association.write(CONSENT, key=ZHANNA, state="refused", at=BEGIN + timedelta(days=1))
    assert [s.person_key for s in standings(association, RULES, KEEPER)] == [DARYA]
    # The contest by one's own will: no consent to profiling is asked of those who entered.
    entered = [ANNA, GEORGY, VERA, STAFF]
    public = standings(association, RULES, ANYONE, candidates=entered)
    assert [(s.person_key, s.rank, s.total) for s in public] == [
        (ANNA, 1, Fraction(21, 2)),
        (GEORGY, 2, Fraction(0)),
    ]
    assert all(s.points == () and s.steps == () for s in public)
    own = standings(association, RULES, Viewer("alumnus", ANNA), candidates=entered)
    assert [bool(s.points) for s in own] == [True, False]
    with pytest.raises(NotAllowed):
        standings(association, RULES, KEEPER, candidates=entered, reach={ANNA: Fraction(1)})
    with pytest.raises(NotAllowed):
        of_person(association, RULES, Viewer("alumnus", DARYA), ANNA)


def test_a_place_within_the_intake_comes_with_its_coverage(association: Store) -> None:
    a_season(association)
    anna, zhanna = standings(association, RULES, ANYONE, candidates=[ANNA, ZHANNA])
    # Of the intake of 1998 on file and alive: Anna, Boris, Georgy, Zhanna; registered: 2.
    assert anna.cohort is not None
    assert zhanna.cohort is not None
    assert (anna.cohort.registered, anna.cohort.percentile) == (2, 1.0)
    assert (zhanna.cohort.coverage, zhanna.cohort.percentile) == (0.5, 0.0)


def test_reach_counts_in_the_candidate_ranking_by_its_weight(association: Store) -> None:
    a_season(association)
    for key in (ANNA, ZHANNA):
        association.write(CONSENT, key=key, state="given", at=BEGIN)
    with_reach = RULES.model_copy(
        update={"weights": RULES.weights.model_copy(update={"reach": Fraction(10)})}
    )
    reach = {ZHANNA: Fraction(1, 2)}
    assert [s.person_key for s in standings(association, RULES, KEEPER, reach=reach)] == [
        ANNA,
        ZHANNA,
    ]
    ranking = standings(association, with_reach, KEEPER, reach=reach)
    assert [(s.person_key, s.total) for s in ranking] == [
        (ZHANNA, Fraction(11)),
        (ANNA, Fraction(21, 2)),
    ]


def test_seasons_in_a_row(association: Store) -> None:
    a_season(association)
    before = RULES.model_copy(
        update={
            "season": "2025",
            "starts": RULES.starts.replace(year=2025),
            "ends": RULES.ends.replace(year=2025),
        }
    )
    enter(association, "old", ANNA, "mentoring", day=-365)
    row = trend(association, [RULES, before], Viewer("alumnus", ANNA), ANNA)
    assert [(s.rules.season, s.total, s.change) for s in row] == [
        ("2025", 8, None),
        ("2026", Fraction(21, 2), Fraction(5, 2)),
    ]
