"""Mappings: what may be said, and what is told when it contradicts itself."""

from pathlib import Path

import pytest

from graphnet.errors import BadMapping
from graphnet.model import NODES, TIES
from ingest import mapping, words
from ingest.queries import DATED_TIE_QUERIES, MAKE, TIE_QUERIES

GOOD = """
source = "register"
files.people = { path = "people.csv" }
[nodes.person]
label = "Person"
file = "people"
id = "number"
properties.given_name = "name"
"""


def read(tmp_path: Path, text: str, folder: str = "folder", **variables: str) -> mapping.Mapping:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    (tmp_path / folder).mkdir(exist_ok=True)
    return mapping.read(path, tmp_path / folder, variables=variables)


def test_every_label_and_tie_has_its_query() -> None:
    assert set(MAKE) == set(words.NODE_LABELS) - {"Person"}
    assert set(words.NODE_LABELS) <= set(NODES)
    shapes = {(a, t, b) for t, ends in words.TIE_ENDS.items() for a, b in ends}
    assert shapes == set(TIE_QUERIES) | set(DATED_TIE_QUERIES)
    assert {t for _, t, _ in DATED_TIE_QUERIES} == set(words.TIE_IDENTITY)
    assert all("run" in TIES[t] for t in words.TIE_ENDS)
    for (a, t, b), query in (TIE_QUERIES | DATED_TIE_QUERIES).items():
        assert f"(a:{a} " in query, query
        assert f"(b:{b} " in query, query
        assert f"[t:{t}" in query, query
    for shape, query in DATED_TIE_QUERIES.items():
        assert all(f"{name}: row[" in query for name in words.TIE_IDENTITY[shape[1]])
    for label, query in MAKE.items():
        assert f"(n:{label} " in query


@pytest.mark.parametrize("path", sorted(mapping.SHIPPED.glob("*.toml")), ids=lambda p: p.stem)
def test_every_shipped_mapping_can_be_read(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Somewhere1-csv"
    folder.mkdir()
    chosen = mapping.read(path, folder)
    assert chosen.source.startswith(path.stem)
    assert chosen.nodes


def test_no_mapping_can_make_what_is_the_programs_own() -> None:
    for label in ("Session", "OneTimeLink", "AuditEntry", "Change", "Job", "Record", "ImportRun"):
        assert label not in words.NODE_LABELS
    assert {"password_hash", "roles"} <= words.NODE_LABELS["Account"]


def test_variables_come_from_the_folder(tmp_path: Path) -> None:
    text = GOOD.replace('"register"', '"uni-{place}"') + "\n"
    text = "folder = '(?P<place>[A-Z][a-z]+)-csv'" + text
    chosen = read(tmp_path, text, folder="Perm-csv")
    assert chosen.source == "uni-perm"
    assert chosen.variables == {"place": "Perm"}
    other = read(tmp_path, text, folder="elsewhere", place="Omsk")
    assert other.source == "uni-omsk"
    assert other.digest != chosen.digest
    with pytest.raises(BadMapping, match="--set place="):
        read(tmp_path, text, folder="elsewhere")
    with pytest.raises(BadMapping, match="no variable planet"):
        read(tmp_path, text, folder="Perm-csv", planet="Mars")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"Person"', '"Persn"', "nodes.person.label"),
        ('"Person"', '"Session"', "nodes.person.label"),
        ("given_name", "given", "nodes.person.properties.given: not a property"),
        ("given_name", "key", "nodes.person.properties.key: not a property"),
        ('file = "people"', 'file = "peple"', "no section files.peple"),
        ('id = "number"', "", "nodes.person.id"),
        ('id = "number"', 'id = "number"\nlabels = "Account"', 'only "Alumnus"'),
        ('id = "number"', 'id = "number"\nshared = "name"', "only Topic, Place and Organisation"),
        ('id = "number"', 'id = "number"\nunexpected = 1', "unexpected"),
        ('= "name"', '= { column = "name", constant = 1 }', "exactly one of"),
        ('= "name"', '= { column = "name", type = "txt" }', "type"),
        ('= "name"', '= { column = "name", pattern = "(" }', "pattern"),
        ('= "name"', '= { column = "name", lookup = "x" }', "no section lookups.x"),
        ('"register"', '"Реестр"', "use letters a-z"),
        ('"register"', '"{place}"', "names no variable"),
        ("[nodes.person]", "[nodes.person", "not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(BadMapping) as caught:
        read(tmp_path, GOOD.replace(old, new))
    assert told in str(caught.value)
    assert "mapping.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("tie", "told"),
    [
        ('type = "LIKES"', "type is not one of"),
        ('type = "MEMBER_OF"', "cannot join Person to Person, only Person to Group"),
        ('type = "KNOWS"\nproperties.run = "number"', "not a property"),
        ('type = "SUPERVISED_BY"\nundirected = true', "only KNOWS"),
    ],
)
def test_a_wrong_tie_is_told(tmp_path: Path, tie: str, told: str) -> None:
    ends = 'from = { kind = "person", columns = "a" }\nto = { kind = "person", columns = "b" }\n'
    with pytest.raises(BadMapping, match="ties"):
        read(tmp_path, f'{GOOD}\n[[ties]]\nfile = "people"\n{ends}{tie}')
    try:
        read(tmp_path, f'{GOOD}\n[[ties]]\nfile = "people"\n{ends}{tie}')
    except BadMapping as problem:
        assert told in str(problem)


def test_a_tie_needs_a_known_kind_and_as_many_columns(tmp_path: Path) -> None:
    ends = (
        'from = { kind = "persn", columns = "a" }\nto = { kind = "person", columns = ["b", "c"] }'
    )
    with pytest.raises(BadMapping) as caught:
        read(tmp_path, f'{GOOD}\n[[ties]]\ntype = "KNOWS"\nfile = "people"\n{ends}')
    assert "no section of nodes has the kind 'persn'" in str(caught.value)
    with pytest.raises(BadMapping, match="identified by 1 columns, not 2"):
        read(tmp_path, f'{GOOD}\n[[ties]]\ntype = "KNOWS"\nfile = "people"\n'
             + ends.replace("persn", "person"))  # fmt: skip


def test_all_mistakes_are_told_in_one_round(tmp_path: Path) -> None:
    text = """
source = "Плохое имя"
surprise = 1
[files.people]
path = "people.csv"
delimiter = ";;"
[nodes.person]
label = "Persona"
file = "peple"
id = "id"
properties.surname = "Фамилия"
properties.born_on = { column = "Дата", type = "dat" }
properties.about = { format = "x" }
[nodes.city]
label = "Place"
file = "people"
properties.kind = { constant = "деревня" }
[[ties]]
type = "FRIEND"
file = "people"
from = { kind = "persn", columns = "id" }
to = { kind = "city", columns = ["a", "b"] }
[[ties]]
type = "KNOWS"
file = "people"
from = { kind = "person" }
"""
    with pytest.raises(BadMapping) as caught:
        read(tmp_path, text)
    lines = [line.strip() for line in str(caught.value).splitlines()[1:]]
    places = [
        "surprise", "files.people.delimiter", "nodes.person.label", "nodes.person.file",
        "nodes.person.properties.surname", "nodes.person.properties.born_on.type",
        "nodes.person.properties.about", "nodes.city.id", "nodes.city.properties.kind",
        "ties[1] (FRIEND): type", "ties[1] (FRIEND): no section of nodes has the kind 'persn'",
        "ties.1.from.columns", "ties.1.to", "source",
    ]  # fmt: skip
    for place in places:
        assert sum(line.startswith(place) for line in lines) == 1, (place, lines)
    more = {"ties[1] (FRIEND): city is identified by 1 columns, not 2"}
    assert len(lines) == len(places) + len(more & set(lines)), lines
    assert "did you mean 'Person'?" in str(caught.value)
    assert "…" not in str(caught.value)


def test_an_unknown_name_lists_those_that_ship() -> None:
    with pytest.raises(BadMapping, match=r"facebook100, ldbc-snb, meetup-montana"):
        mapping.find("facebok")
    assert mapping.find("ldbc-snb").name == "ldbc-snb.toml"
