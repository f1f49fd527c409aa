"""The ledger and a frozen season: nothing changes, everything that was changed is found."""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphnet.erasure.person import jsonable
from graphnet.errors import BadValue, Conflict, NotAllowed, PersonNotFound, ThingNotFound
from graphnet.ledger import archive, chain, pseudonyms, verification
from graphnet.ledger import entries as ledger
from graphnet.ledger.scoring import canonical, entry_of, sha256
from graphnet.ledger.standings import of_person, standings, trend
from graphnet.privacy import ANYONE, Viewer
from graphnet.store import Store
from tests.support.entries import BEGIN, RULES
from tests.support.graphs import ANNA, DARYA, GEORGY, STAFF, VERA, ZHANNA, small_association
from tests.support.themselves import erase, export
from tests.test_rules import QUERIES

KEEPER = Viewer("staff", STAFF, "account-8", purpose="contributions")
KEY = b"k" * 32
RAW = "MATCH (c:Contribution) RETURN properties(c) AS entry ORDER BY c.number LIMIT 1000"
CONSENT = """MATCH (p:Person {key: $key})
CREATE (p)-[:GAVE]->(:Consent {id: randomUUID(), purpose: 'profile', state: $state, at: $at})"""

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


@pytest.fixture
def association(store: Store) -> Store:
    small_association(store)
    store.write("CREATE (:Event {id: 'meeting', key: 1, title: 'Meeting'})")
    return store


def enter(store: Store, act: str, who: int, kind: str, *, day: int = 0, **more: object) -> None:
    mode = RULES.kinds[kind].mode
    evidence = more.pop("evidence", {"note": f"of {act}"})
    store.in_write(
        lambda t: ledger.record(
            t,
            person_key=who,
            kind=kind,
            mode=mode,
            happened_at=BEGIN + timedelta(days=day),
            act_id=act,
            evidence=evidence,
            **more,
        )
    )


def a_season(store: Store) -> None:
    enter(store, "a", ANNA, "talk", thing_id="meeting")
    enter(store, "b", ANNA, "attended", day=1, thing_id="meeting")
    enter(store, "c", DARYA, "attended", day=1, thing_id="meeting")
    enter(store, "d", ANNA, "referral", day=2, participant_key=ZHANNA)
    enter(store, "e", DARYA, "invitation_accepted", day=2, participant_key=ZHANNA)
    enter(store, "f", ZHANNA, "helped", day=3, entered_by="account-8", quantity=2)
    store.in_write(lambda t: ledger.correct(t, KEEPER, "c", "was marked by mistake"))


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


# A frozen season


@dataclass(frozen=True)
class Frozen:
    path: Path
    sha256: str


def frozen_in(store: Store, folder: Path) -> Frozen:
    """Seal the season into a file, as the export of its archive has it."""
    made = archive.sealed(store.read, RULES, key=KEY)
    path = archive.season_path(folder, "2026")
    archive.write(path, made.text)
    return Frozen(path, made.sha256)


def test_a_season_is_frozen_once_and_late_entries_are_appended(
    association: Store, tmp_path: Path
) -> None:
    a_season(association)
    frozen = frozen_in(association, tmp_path)
    before = frozen.path.read_text(encoding="utf-8")
    assert archive.sealed_late(association.read, [before], key=KEY) is None
    enter(association, "late", DARYA, "talk", day=5)
    association.in_write(lambda t: ledger.correct(t, KEEPER, "a", "nobody came to it"))
    late = archive.sealed_late(association.read, [before], key=KEY)
    assert late is not None
    assert late.entries == 2
    late_path = tmp_path / "season-2026.late-1.json"
    archive.write(late_path, late.text)
    found = verification.verify(
        frozen.path, keys=(KEY,), store=association, published=frozen.sha256
    )
    assert found.holds, found.findings
    assert (found.entries, found.late) == (9, 2)
    # The appended file cannot be dropped into another season, nor changed.
    text = late.text.replace('"previous":"', '"previous":"0', 1)
    late_path.write_text(text, encoding="utf-8")
    assert "previous file" in {
        f.what for f in verification.verify(frozen.path, keys=(KEY,)).findings
    }


CHANGES = {
    "kind": "mentoring", "mode": "philanthropic", "points_basis": "3", "thing": "another",
    "participation": "another", "evidence_hash": "0" * 64, "pseudonym": "0" * 32, "corrects": "a",
    "happened_at": datetime(2026, 2, 2, tzinfo=UTC),
    "recorded_at": datetime(2026, 2, 2, tzinfo=UTC),
}  # fmt: skip
NAMES = {"points_basis": "basis"}


@pytest.mark.parametrize("name", sorted(CHANGES))
@pytest.mark.parametrize("act", ["a", "d", "f"])
def test_one_changed_field_in_the_database_is_named(
    association: Store, tmp_path: Path, name: str, act: str
) -> None:
    a_season(association)
    frozen = frozen_in(association, tmp_path)
    assert verification.verify(frozen.path, keys=(KEY,), store=association).holds
    association.write(
        "MATCH (c:Contribution {act_id: $act}) SET c += $change",
        act=act,
        change={name: CHANGES[name]},
    )
    [finding] = verification.verify(frozen.path, keys=(KEY,), store=association).findings
    assert (finding.act_id, finding.field) == (act, NAMES.get(name, name))
    assert finding.expected != finding.found
    assert finding.kind in {"talk", "referral", "helped"}
    assert act in str(finding)
    assert chain.broken_link(association) is not None


def test_a_deleted_an_inserted_and_a_rewritten_entry_are_found(
    association: Store, tmp_path: Path
) -> None:
    a_season(association)
    frozen = frozen_in(association, tmp_path)
    association.write("MATCH (e:Evidence {act_id: 'f'}) SET e.facts = '{}'")
    [finding] = verification.verify(frozen.path, store=association).findings
    assert (finding.what, finding.act_id) == ("evidence changed", "f")
    association.write("MATCH (e:Evidence) DETACH DELETE e")
    association.write("MATCH (c:Contribution {act_id: 'b'}) DETACH DELETE c")
    [finding] = verification.verify(frozen.path, store=association).findings
    assert (finding.what, finding.act_id) == ("entry is not in the ledger", "b")
    association.write(
        "MATCH (c:Contribution {act_id: 'a'}) WITH properties(c) AS like "
        "CREATE (d:Contribution {act_id: 'planted', number: 2}) "
        "SET d += like{.kind, .mode, .happened_at, .recorded_at, .points_basis, .pseudonym}"
    )
    found = verification.verify(frozen.path, store=association).findings
    assert {(f.act_id, f.what) for f in found} == {
        ("b", "entry is not in the ledger"),
        ("planted", "entry is in the ledger but not in the season"),
    }
    association.write("MATCH (c:Contribution {act_id: 'a'}) SET c.points_basis = 'many'")
    found = verification.verify(frozen.path, store=association).findings
    assert ("a", "basis", "1", "many") in {(f.act_id, f.field, f.expected, f.found) for f in found}


def test_the_chain_finds_what_happened_before_any_freeze(association: Store) -> None:
    a_season(association)
    assert chain.broken_link(association) is None
    association.write("MATCH (c:Contribution {act_id: 'e'}) SET c.points_basis = '3'")
    broken = chain.broken_link(association)
    assert broken is not None
    assert (broken.number, broken.act_id) == (5, "e")
    association.write("MATCH (c:Contribution {act_id: 'e'}) SET c.points_basis = '1'")
    association.write("MATCH (c:Contribution {number: 7}) DETACH DELETE c")
    broken = chain.broken_link(association)
    assert broken is not None
    assert broken.number == 7


@pytest.fixture(scope="module")
def a_frozen_season(session_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.conftest import WIPE

    session_store.run_alone(WIPE)
    small_association(session_store)
    a_season(session_store)
    folder = tmp_path_factory.mktemp("frozen")
    return frozen_in(session_store, folder).path


@given(st.data())
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_one_flipped_byte_anywhere_is_found(
    a_frozen_season: Path, tmp_path: Path, data: st.DataObject
) -> None:
    raw = bytearray(a_frozen_season.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path / a_frozen_season.name
    path.write_bytes(bytes(raw))
    assert not verification.verify(path, keys=(KEY,)).holds


def test_one_changed_point_in_the_file_is_named(a_frozen_season: Path, tmp_path: Path) -> None:
    """Even if the forger recomputes every sum and only the signing key is missing."""
    outer = json.loads(a_frozen_season.read_text(encoding="utf-8"))
    published = outer["sha256"]
    line = next(s for s in outer["content"]["standings"] if len(s["points"]) == 3)
    point = line["points"][0]
    point["counted"] = "7"
    path = tmp_path / a_frozen_season.name
    path.write_text(canonical(outer) + "\n", encoding="utf-8")
    found = verification.verify(path, keys=(KEY,)).findings
    named = [f for f in found if f.what == "point"]
    assert [(f.act_id, f.pseudonym) for f in named] == [(point["act_id"], line["pseudonym"])]
    assert '"6"' in named[0].expected
    assert '"7"' in named[0].found
    outer["sha256"] = sha256(canonical(outer["content"]))
    path.write_text(canonical(outer) + "\n", encoding="utf-8")
    found = verification.verify(path, published=published).findings
    assert {f.what for f in found} == {"point", "published sum", "signature"}
    assert {f.what for f in verification.verify(path, keys=(KEY,)).findings} == {
        "point",
        "signature",
    }


def test_a_whole_forgery_has_another_sum_and_no_signature(
    a_frozen_season: Path, tmp_path: Path
) -> None:
    outer = json.loads(a_frozen_season.read_text(encoding="utf-8"))
    content, published = outer["content"], outer["sha256"]
    entries = [entry_of(e) for e in content["entries"]]
    entries.pop(0)
    content["entries"] = archive.linked(entries, sha256(RULES.text))
    content["standings"] = archive.results(entries, RULES, None)
    outer["sha256"] = sha256(canonical(content))
    path = tmp_path / a_frozen_season.name
    path.write_text(canonical(outer) + "\n", encoding="utf-8")
    found = verification.verify(path, published=published).findings
    assert {f.what for f in found} == {"published sum", "signature"}
    assert {f.what for f in verification.verify(path, keys=(KEY,)).findings} == {"signature"}


def test_whoever_signs_with_another_key_is_found(a_frozen_season: Path, tmp_path: Path) -> None:
    """A forger who makes a key of their own passes only where nobody compares the key."""
    outer = json.loads(a_frozen_season.read_text(encoding="utf-8"))
    forged = tmp_path / a_frozen_season.name
    archive.write(forged, archive._seal(outer["content"], b"f" * 32, 0).text)
    assert verification.verify(forged).holds
    assert {f.what for f in verification.verify(forged, keys=(KEY,)).findings} == {"signature"}
    ours = archive.public_key(KEY)
    assert {f.what for f in verification.verify(forged, public=ours).findings} == {"signature"}
    assert verification.verify(a_frozen_season, public=ours).signed


def test_a_season_that_the_first_release_sealed_still_verifies(
    a_frozen_season: Path, tmp_path: Path
) -> None:
    outer = json.loads(a_frozen_season.read_text(encoding="utf-8"))
    del outer["public_key"]
    outer["signature"] = hmac.new(KEY, outer["sha256"].encode(), hashlib.sha256).hexdigest()
    path = tmp_path / a_frozen_season.name
    path.write_text(canonical(outer) + "\n", encoding="utf-8")
    assert verification.verify(path, keys=(KEY,)).holds
    assert verification.verify(path, keys=(b"f" * 32,)).findings
    assert verification.verify(path, public=archive.public_key(KEY)).findings
