"""Whose value stands when two are joined: proposed by a rule, chosen by staff, taken back whole."""

from datetime import UTC, date, datetime

import pytest

from graphnet import merging
from graphnet.errors import BadValue, Conflict
from graphnet.merging import clusters, standing
from graphnet.records import corrections, edits
from graphnet.records.corrections import Told
from graphnet.store import Store
from tests.graphnet.merging.test_merging import STAFF, everything
from tests.support.graphs import ANNA, BORIS, DARYA, GEORGY, small_association
from tests.support.refused import refused

NOW = "MATCH (p:Person {key: $key}) RETURN properties(p) AS now LIMIT 1"
LIVES = """MATCH (p:Person)-[l:LIVES_IN]->(c:Place)
RETURN p.id AS who, c.name AS city, l.to_year IS NULL AS now ORDER BY who, city LIMIT 20"""
SAY = """MATCH (p:Person {key: $key}) MERGE (run:ImportRun {id: $source})
SET run.source = $source, run.number = $number, run.started_at = $at
CREATE (r:Record {id: $source + p.id, origin: $source + ':' + p.id, source: $source,
  file: 'list.csv', row: 1, fields: '{}', mapped: $mapped, hash: 'x'})
CREATE (r)-[:ABOUT]->(p) CREATE (r)-[:FROM]->(run)
MERGE (c:Place {name: $city}) ON CREATE SET c.id = $city, c.kind = 'city'
CREATE (p)-[:LIVES_IN {source: $source, run: $number}]->(c) RETURN r.id AS id"""


@pytest.fixture
def two(store: Store) -> Store:
    """Boris, and Georgy, who is he: another name, another birthday, another city, said later."""
    small_association(store)
    store.write(
        "UNWIND [[$b, 'Петров', '1980-01-02', 'Борис'], [$g, 'Орлов', '1980-02-01', 'Боря']] AS r "
        "MATCH (p:Person {key: r[0]}) SET p.family_name = r[1], p.born_on = date(r[2]), "
        "p.given_name = r[3], p.name_key = toLower(r[3] + ' ' + r[1])",
        b=BORIS,
        g=GEORGY,
    )
    for key, source, year, mapped, city in (
        (
            BORIS,
            "old",
            2010,
            '{"family_name": "Петров", "born_on": {"date": "1980-01-02"}}',
            "Пермь",
        ),
        (
            GEORGY,
            "new",
            2020,
            '{"family_name": "Орлов", "born_on": {"date": "1980-02-01"}}',
            "Тверь",
        ),
    ):
        at = datetime(year, 5, 1, tzinfo=UTC)
        store.write(SAY, key=key, source=source, number=year, at=at, mapped=mapped, city=city)
    return store


def now(store: Store, key: int) -> dict[str, object]:
    return dict(store.read(NOW, key=key)[0]["now"])


def proposed(store: Store) -> dict[str, tuple[str, str]]:
    found = standing.differences(store, STAFF, [BORIS, GEORGY])
    return {one.field: (one.stands, one.why) for one in found}


def test_the_rule_says_whose_value_would_stand_and_why(two: Store) -> None:
    assert proposed(two) == {
        "family_name": ("georgy", "newer"),
        "born_on": ("georgy", "newer"),
        "city": ("georgy", "newer"),
        "given_name": ("boris", "first"),
    }
    told = Told("telephone", "his brother")
    edits.rename(two, STAFF, BORIS, {"family_name": "Петров", "given_name": "Борис"}, told=told)
    names = {"family_name": "Петров", "given_name": "Борис", "patronymic": "Ильич"}
    edits.rename(two, STAFF, BORIS, names, told=told)
    assert proposed(two)["family_name"] == ("boris", "staff")
    two.write(
        "MATCH (p:Person {key: $k}) CREATE (:Correction {id: 'own', field: 'names', before: '{}', "
        "after: '{}', role: 'self', at: $at})-[:OF]->(p)",
        k=GEORGY,
        at=datetime(2015, 1, 1, tzinfo=UTC),
    )
    assert proposed(two)["family_name"] == ("georgy", "self"), "whoever it is knows best"


def test_the_rule_decides_where_nobody_has_chosen(two: Store) -> None:
    before = everything(two)
    done = merging.merge(two, STAFF, BORIS, GEORGY)
    stands = now(two, BORIS)
    assert (stands["family_name"], stands["given_name"]) == ("Орлов", "Борис")
    assert stands["name_key"] == "boris orlov"
    assert stands["former_names"] == ["Петров"], "a name that fell is a former one"
    assert "confirmed" not in stands, "a later list may know better"
    assert two.read(LIVES) == [
        {"who": "boris", "city": "Пермь", "now": False},
        {"who": "boris", "city": "Тверь", "now": True},
    ]
    told = {row["field"]: row for row in merging.merges(two, STAFF)[0]["chosen"]}
    assert told["family_name"] == {
        "field": "family_name", "stands": "Орлов", "other": ["Петров"], "why": "newer",
        "by_hand": False,
    }  # fmt: skip
    history = {c.field: c.source for c in corrections.history(two, STAFF, BORIS)}
    assert history["names"] == history["born_on"] == history["city"] == corrections.MERGE
    merging.undo(two, STAFF, done.id)
    assert everything(two) == before


def test_staff_choose_field_by_field_and_undoing_takes_all_of_it_back(two: Store) -> None:
    before = everything(two)
    chosen = {"family_name": "boris", "born_on": "georgy", "city": "both", "given_name": "georgy"}
    done = merging.merge(two, STAFF, BORIS, GEORGY, chosen=chosen)
    stands = now(two, BORIS)
    assert stands["family_name"] == "Петров"
    assert stands["given_name"] == "Боря"
    assert stands["born_on"].to_native() == date(1980, 2, 1)  # type: ignore[attr-defined]
    assert stands["former_names"] == ["Орлов"]
    assert stands["confirmed"] == ["city", "family_name", "given_name"], "chosen against the rule"
    assert [row["now"] for row in two.read(LIVES)] == [True, True]
    said = two.read("MATCH (r:Record)-[:ABOUT]->(:Person {key: $k}) RETURN r.mapped AS m", k=BORIS)
    assert len(said) == 2, "what does not stand is in its record"
    change = next(c for c in corrections.history(two, STAFF, BORIS) if c.field == "names")
    assert (change.source, change.told_by) == (corrections.MERGE, done.id)
    assert (change.before["given_name"], change.after["given_name"]) == ("Борис", "Боря")
    by_hand = {row["field"] for row in merging.merges(two, STAFF)[0]["chosen"] if row["by_hand"]}
    assert by_hand == {"family_name", "given_name", "city"}
    merging.undo(two, STAFF, done.id)
    assert everything(two) == before


def test_a_name_that_was_a_mistake_is_no_former_one(two: Store) -> None:
    merging.merge(two, STAFF, BORIS, GEORGY, chosen={"family_name": "boris", "mistake": "yes"})
    assert "former_names" not in now(two, BORIS)


def test_former_names_of_one_or_of_both(two: Store) -> None:
    for key, names in ((BORIS, ["Седов"]), (GEORGY, ["Львов", "Петров"])):
        two.write("MATCH (p:Person {key: $k}) SET p.former_names = $n", k=key, n=names)
    assert proposed(two)["former_names"] == ("both", "both")
    for choice, former in (
        ({}, ["Седов", "Петров", "Львов"]),
        ({"former_names": "georgy"}, ["Петров", "Львов"]),
        ({"former_names": "boris", "mistake": "yes"}, ["Седов"]),
        ({"former_names": "georgy", "family_name": "boris"}, ["Орлов", "Львов"]),
    ):
        before = everything(two)
        done = merging.merge(two, STAFF, BORIS, GEORGY, chosen=choice)
        assert now(two, BORIS)["former_names"] == former, choice
        merging.undo(two, STAFF, done.id)
        assert everything(two) == before


def test_a_city_that_one_has_left_and_the_other_lives_in_is_lived_in(two: Store) -> None:
    two.write(
        "MATCH (p:Person {key: $k}) MATCH (c:Place {name: 'Тверь'}) "
        "CREATE (p)-[:LIVES_IN {to_year: 2001}]->(c)",
        k=BORIS,
    )
    before = everything(two)
    done = merging.merge(two, STAFF, BORIS, GEORGY)
    assert two.read(LIVES)[-1] == {"who": "boris", "city": "Тверь", "now": True}
    merging.undo(two, STAFF, done.id)
    assert everything(two) == before


def test_what_was_edited_since_keeps_its_edit(two: Store) -> None:
    done = merging.merge(two, STAFF, BORIS, GEORGY, chosen={"family_name": "georgy"})
    names = {"family_name": "Лисин", "given_name": "Борис", "former_names": []}
    edits.rename(two, STAFF, BORIS, names, told=Told("telephone", "himself"))
    two.write("MATCH (:Person {key: $k})-[l:LIVES_IN]->() SET l.to_year = 1999", k=BORIS)
    undone = merging.undo(two, STAFF, done.id)
    assert {"family_name", "city"} <= set(undone.edited)
    assert now(two, BORIS)["family_name"] == "Лисин"
    assert now(two, BORIS)["name_key"] == "boris lisin"
    assert now(two, GEORGY)["family_name"] == "Орлов"


def test_only_what_was_looked_at_is_chosen(two: Store) -> None:
    seen = standing.seen(standing.differences(two, STAFF, [GEORGY, BORIS]))
    two.write("MATCH (p:Person {key: $k}) SET p.given_name = 'Другой'", k=GEORGY)
    before = everything(two)
    with refused(Conflict, "values"):
        merging.merge(two, STAFF, BORIS, GEORGY, chosen={"given_name": "georgy"}, seen=seen)
    for wrong in ({"given_name": "anna"}, {"given_name": "both"}, {"points": "boris"}):
        with pytest.raises(BadValue):
            merging.merge(two, STAFF, BORIS, GEORGY, chosen=wrong)
    assert everything(two) == before


def test_of_several_the_value_of_one_stands(two: Store) -> None:
    two.write("MATCH (p:Person {key: $k}) SET p.family_name = 'Третья'", k=DARYA)
    before = everything(two)
    chosen = {"family_name": "boris", "given_name": "georgy"}
    done = clusters.join_all(two, STAFF, [BORIS, DARYA, GEORGY], chosen=chosen)
    assert done[-1].stays == "darya", "who has the account stays"
    stands = now(two, DARYA)
    assert (stands["family_name"], stands["given_name"]) == ("Петров", "Боря")
    assert set(stands["former_names"]) == {"Третья", "Орлов"}  # type: ignore[call-overload]
    letters = two.read("MATCH (j:Job {kind: 'mail'}) RETURN j.payload AS said LIMIT 9")
    assert any("records.corrected" in row["said"] for row in letters), "she is told"
    for one in reversed(done):
        merging.undo(two, STAFF, one.id)
    two.write("MATCH (j:Job) DETACH DELETE j")
    assert everything(two) == before


def test_an_account_goes_before_a_list(two: Store) -> None:
    found = standing.differences(two, STAFF, [ANNA, GEORGY])
    assert {one.why for one in found if one.field in ("family_name", "given_name")} == {"account"}
    assert all(one.of("anna") for one in found)
